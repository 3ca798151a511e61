package audit

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/signedlog"
	"spotcheck/server/store"
)

// logPage is how many events of the log are looked at between two queries.
const logPage = 1000

// changedShown is how many changed leaves of the log are named, each with its event.
const changedShown = 20

// theLog is what findings about the growing log are about.
const theLog = "log"

// growingLog lets the tree of the log grow again from the events, and holds it against the stored one and against every signed checkpoint. Who
// rewrote an event with its chain, its heads and the tree cannot sign what comes of it.
type growingLog struct {
	*auditor
	tree   signedlog.Frontier
	last   int64              // index of the last stored hash
	next   int64              // index of the stored hash that is looked at next
	signed []signedCheckpoint // smallest first
	wrongs int                // leaves that differ
	nodes  int                // hashes over right leaves that differ
}

// signedCheckpoint is a checkpoint whose signature is right, and how findings call it.
type signedCheckpoint struct {
	signedlog.Checkpoint
	name string
}

// log holds the events against the growing log. An outside checkpoint is nil, or one that was kept elsewhere.
func (a *auditor) log(ctx context.Context, tx *store.Tx, outside []byte) (err error) {
	g := &growingLog{auditor: a}
	if g.last, err = tx.LastLogHash(ctx); err != nil {
		return err
	}
	if err := g.checkpoints(ctx, tx, outside); err != nil {
		return err
	}
	a.sum.Logged = signedlog.SizeOf(g.last)
	if a.sum.Logged > a.sum.LastEvent {
		a.wrong(theLog, "it holds %d events, the record ends at %d", a.sum.Logged, a.sum.LastEvent)
	}
	if n := tlog.StoredHashCount(a.sum.Logged); n != g.last+1 {
		a.wrong(theLog, "its last hash is not the last of a tree: %d hashes are stored, a tree over %d events has %d", g.last+1, a.sum.Logged, n)
	}
	upTo := a.sum.Logged
	for _, c := range g.signed {
		upTo = max(upTo, c.Size)
	}
	if err := g.grow(ctx, tx, upTo); err != nil {
		return err
	}
	if g.wrongs > changedShown {
		a.wrong(theLog, "and %d more events are not those that it holds", g.wrongs-changedShown)
	}
	if g.wrongs == 0 && g.nodes > 0 {
		a.wrong(theLog, "%d hashes of the tree are not those over its events", g.nodes)
	}
	for _, c := range g.signed {
		a.wrong(theLog, "%s is over %d events, the record ends at %d", c.name, c.Size, g.tree.Size())
	}
	return nil
}

// checkpoints reads the signed checkpoints and leaves those whose signature is right.
func (g *growingLog) checkpoints(ctx context.Context, tx *store.Tx, outside []byte) error {
	kept, err := tx.LogCheckpoints(ctx)
	if err != nil {
		return err
	}
	keys := g.core.logKeys.Public()
	origin := ""
	if first, err := tx.LogHashes(ctx, []int64{0}); err == nil {
		origin = signedlog.Origin(tlog.Hash(first[0]))
	} else if !errors.Is(err, store.ErrNoLogHash) {
		return err
	}
	for _, k := range kept {
		name := "the signed checkpoint of " + k.At.UTC().In(g.core.zone).Format(time.DateTime)
		if c, ok := g.opened(name, origin, []byte(k.Note), keys); ok {
			if c.Size != k.Size {
				g.wrong(theLog, "%s is kept as one of %d events, it says %d", name, k.Size, c.Size)
			}
			g.signed = append(g.signed, c)
		}
	}
	g.sum.Signed = int64(len(kept))
	if len(kept) > 0 && len(keys) == 0 {
		g.note(theLog, "no key of the log is known here: the signatures of %d checkpoints were not checked", len(kept))
	}
	if outside != nil {
		if c, ok := g.opened("the outside checkpoint", origin, outside, keys); ok {
			g.signed = append(g.signed, c)
		}
	}
	slices.SortStableFunc(g.signed, func(a, b signedCheckpoint) int { return int(min(1, max(-1, a.Size-b.Size))) })
	return nil
}

// opened reads one; where no key is known its text is believed, which is said.
func (g *growingLog) opened(name, origin string, note []byte, keys []ed25519.PublicKey) (c signedCheckpoint, ok bool) {
	var err error
	c.name = name
	if len(keys) == 0 {
		c.Checkpoint, err = signedlog.Parse(note)
	} else {
		c.Checkpoint, err = signedlog.Open(note, keys)
	}
	switch {
	case errors.Is(err, signedlog.ErrUnknownKey):
		g.wrong(theLog, "%s was signed by none of the known keys", name)
	case errors.Is(err, signedlog.ErrSignature):
		g.wrong(theLog, "%s does not have the signature of its text", name)
	case err != nil:
		g.wrong(theLog, "%s cannot be read", name)
	case c.Origin != origin:
		g.wrong(theLog, "%s is of the log %s, this is %s", name, c.Origin, origin)
	default:
		return c, true
	}
	return c, false
}

// grow adds the events up to one of the whole record.
func (g *growingLog) grow(ctx context.Context, tx *store.Tx, upTo int64) error {
	for g.tree.Size() < upTo {
		events, err := tx.LoggedEvents(ctx, g.tree.Size(), int(min(logPage, upTo-g.tree.Size())))
		if err != nil {
			return err
		}
		var grown []leafHashes
		for _, e := range events {
			if e.Seq != g.tree.Size()+1 {
				break
			}
			grown = append(grown, leafHashes{e.Seq, g.tree.Append(signedlog.Leaf(e.Hash))})
			g.checkRoots()
		}
		if err := g.compare(ctx, tx, grown); err != nil {
			return err
		}
		if len(grown) < len(events) || len(events) == 0 {
			g.wrong(theLog, "the record lacks event %d: what came after it cannot be held against the log", g.tree.Size()+1)
			g.signed = nil
			return nil
		}
	}
	return nil
}

// leafHashes are what the leaf of an event completes in the tree.
type leafHashes struct {
	seq    int64
	hashes []tlog.Hash
}

// checkRoots holds the checkpoints of the size that the tree has now against its root.
func (g *growingLog) checkRoots() {
	for len(g.signed) > 0 && g.signed[0].Size == g.tree.Size() {
		if c := g.signed[0]; c.Root != g.tree.Root() {
			g.wrong(theLog, "%s does not hold: over the first %d events the root was %x, they lead to %x; something of them was changed",
				c.name, c.Size, c.Root[:], evidence.Digest(g.tree.Root()))
		}
		g.signed = g.signed[1:]
	}
}

// compare holds the stored hashes against those that the events lead to.
func (g *growingLog) compare(ctx context.Context, tx *store.Tx, grown []leafHashes) error {
	stored := map[int64][]byte{}
	from, to := g.next, g.next
	for _, leaf := range grown {
		to += int64(len(leaf.hashes))
	}
	if err := tx.EachLogHash(ctx, from, min(to, g.last+1), func(index int64, hash []byte) error {
		stored[index] = hash
		return nil
	}); err != nil {
		return err
	}
	g.next = to
	for _, leaf := range grown {
		for n, hash := range leaf.hashes {
			index := from
			from++
			switch {
			case index > g.last || bytes.Equal(stored[index], hash[:]):
			case n > 0:
				g.nodes++
			case g.wrongs < changedShown:
				if err := g.changed(ctx, tx, leaf.seq); err != nil {
					return err
				}
				g.wrongs++
			default:
				g.wrongs++
			}
		}
	}
	return nil
}

// changed tells of an event that is not the one that the log holds.
func (g *growingLog) changed(ctx context.Context, tx *store.Tx, seq int64) error {
	s, ok, err := tx.StreamOf(ctx, seq)
	if err == nil && ok {
		g.wrong(s.String(), "the log holds another event under the number %d of the whole record", seq)
	}
	return err
}
