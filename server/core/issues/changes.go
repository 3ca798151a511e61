package issues

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// changesExamined is how many events one page of the feed looks at, at the most.
const changesExamined = 1000

// Cursor is a place in the feed of changes as one person sees it. Epoch changes when a backup is restored, Scope when
// what the person may see does.
type Cursor struct {
	Epoch, Scope string
	Seq          int64
}

// String is the cursor as phones keep it.
func (c Cursor) String() string { return fmt.Sprintf("%s.%s.%d", c.Epoch, c.Scope, c.Seq) }

// ParseCursor reads what String wrote.
func ParseCursor(text string) (c Cursor, err error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" {
		return c, fmt.Errorf("want a cursor that this server gave")
	}
	c.Epoch, c.Scope = parts[0], parts[1]
	if c.Seq, err = strconv.ParseInt(parts[2], 10, 64); err != nil || c.Seq < 0 {
		return c, fmt.Errorf("want a cursor that this server gave")
	}
	return c, nil
}

// Change is one line of the feed: something as it is now, or that it is out of the person's sight.
type Change struct {
	Seq      int64
	Kind     string // of the stream: issue, unit, area, category, setting; person stands for "the people in sight"
	ID       string
	Issue    *ListRow // nil when it left the person's sight
	Unit     *inspect.Unit
	Area     *inspect.Area
	Category *inspect.Category
	Rule     *inspect.Rule
	Settings map[string]string // all, by key
}

// Feed is a page of changes.
type Feed struct {
	Changes []Change
	Names   Names
	At      inspect.Time
	Next    Cursor
	More    bool
}

// CursorFor is where the feed stands for a person.
func CursorFor(ctx context.Context, tx *store.Tx, a *inspect.Actor) (c Cursor, err error) {
	if c.Epoch, err = tx.Epoch(ctx); err != nil {
		return c, err
	}
	if c.Seq, err = tx.LastSeq(ctx); err != nil {
		return c, err
	}
	tree, err := tx.TreeVersion(ctx)
	if err != nil {
		return c, err
	}
	var grants []string
	for _, g := range a.Grants {
		grants = append(grants, fmt.Sprintf("%s %s %s", g.Role, g.Scope.Kind, g.Scope.ID))
	}
	slices.Sort(grants)
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", tree, strings.Join(grants, "\n")))
	c.Scope = hex.EncodeToString(sum[:8])
	return c, nil
}

// Changes gives what changed in the actor's sight after a cursor; without one it says only where the feed stands. A
// cursor of another epoch or scope is ErrResync: the phone starts from a bootstrap.
func (svc *Service) Changes(ctx context.Context, a *inspect.Actor, since *Cursor) (f Feed, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		f = Feed{At: tx.Now}
		now, err := CursorFor(ctx, tx, a)
		switch {
		case err != nil:
			return err
		case since == nil:
			f.Next = now
			return nil
		case since.Epoch != now.Epoch, since.Scope != now.Scope, since.Seq > now.Seq:
			return inspect.ErrResync
		}
		all, err := tx.Changes(ctx, since.Seq, changesExamined)
		if err != nil {
			return err
		}
		f.Next = *since
		if len(all) > 0 {
			f.Next.Seq = all[len(all)-1].Seq
		}
		f.More = len(all) == changesExamined
		return svc.changes(ctx, tx, a, latest(all), &f)
	})
	return f, err
}

// followedStreams are the kinds of stream that phones are told of; other registers are read where they are needed.
var followedStreams = map[string]bool{store.StreamIssue: true, store.StreamPerson: true, store.StreamUnit: true, store.StreamArea: true,
	store.StreamCategory: true, store.StreamRule: true, store.StreamSetting: true}

// latest keeps the last change of each thing that phones are told of, in order; where an issue was before any of them is kept as well.
func latest(all []store.Change) []foldedChange {
	at := map[string]int{}
	var kept []foldedChange
	for _, c := range all {
		if !followedStreams[c.Kind] {
			continue
		}
		if c.Kind == store.StreamPerson {
			c.ID = "" // the people in sight are told of as one
		}
		if c.Kind == store.StreamRule {
			c.ID, _, _ = strings.Cut(c.ID, ".") // each version has a stream of its own
		}
		key := c.Kind + "/" + c.ID
		n, ok := at[key]
		if !ok {
			n = len(kept)
			at[key], kept = n, append(kept, foldedChange{})
		}
		kept[n].Change = c
		kept[n].left = append(kept[n].left, c.LeftCustody)
	}
	slices.SortFunc(kept, func(a, b foldedChange) int { return cmp.Compare(a.Seq, b.Seq) })
	return kept
}

// foldedChange is the last change of a thing, with every place that it left on the way.
type foldedChange struct {
	store.Change
	left []store.Custody
}

func (svc *Service) changes(ctx context.Context, tx *store.Tx, a *inspect.Actor, all []foldedChange, f *Feed) error {
	issues, err := svc.visibleChanges(ctx, tx, a, all, f)
	if err != nil {
		return err
	}
	for _, change := range all {
		if change.Kind != store.StreamIssue {
			out, ok, err := svc.register(ctx, tx, change.Change)
			if err != nil {
				return err
			}
			if ok {
				f.Changes = append(f.Changes, out)
			}
			continue
		}
		if row, ok := issues[change.ID]; ok {
			f.Changes = append(f.Changes, Change{Seq: change.Seq, Kind: change.Kind, ID: change.ID, Issue: row})
			continue
		}
		was, err := wasVisible(ctx, tx, a, change.left)
		if err != nil {
			return err
		}
		if was {
			f.Changes = append(f.Changes, Change{Seq: change.Seq, Kind: change.Kind, ID: change.ID})
		}
	}
	return nil
}

// visibleChanges gives those of the changed issues that the actor sees now.
func (svc *Service) visibleChanges(ctx context.Context, tx *store.Tx, a *inspect.Actor, all []foldedChange, f *Feed) (map[string]*ListRow, error) {
	ids := []inspect.ID{}
	for _, change := range all {
		if change.Kind == store.StreamIssue {
			id, err := inspect.ParseID(change.ID)
			if err != nil {
				return nil, fmt.Errorf("issues: feed: %w", err)
			}
			ids = append(ids, id)
		}
	}
	seen := map[string]*ListRow{}
	if len(ids) == 0 || !a.MayAnywhere(inspect.MaySee) {
		return seen, nil
	}
	var p Page
	if err := svc.page(ctx, tx, store.IssueFilter{IDs: ids, Viewer: a, Sort: store.OldestFirst, Limit: len(ids)}, &p); err != nil {
		return nil, err
	}
	f.Names = p.Names
	for n := range p.Issues {
		seen[p.Issues[n].ID.String()] = &p.Issues[n]
	}
	return seen, nil
}

// wasVisible says whether an issue was in the actor's sight in one of the places that it left.
func wasVisible(ctx context.Context, tx *store.Tx, a *inspect.Actor, left []store.Custody) (bool, error) {
	for _, place := range left {
		if place.Person == a.ID && a.SeesOwnReports() {
			return true, nil
		}
		var w inspect.Jurisdiction
		var err error
		if w.Areas, err = tx.SelfAndAncestors(ctx, store.AreaTree, place.Area); err != nil {
			return false, err
		}
		if w.Units, err = tx.SelfAndAncestors(ctx, store.UnitTree, place.Unit); err != nil {
			return false, err
		}
		if slices.ContainsFunc(a.SeeingGrants(), func(g inspect.Grant) bool { return g.Scope.Kind != inspect.City && g.Scope.Covers(w) }) {
			return true, nil
		}
	}
	return false, nil
}

// register gives a register's entry as it is now; ok is false when there is none that phones know: an area that an import
// has only staged, or the import itself, after which they start from a bootstrap.
func (svc *Service) register(ctx context.Context, tx *store.Tx, change store.Change) (out Change, ok bool, err error) {
	out = Change{Seq: change.Seq, Kind: change.Kind, ID: change.ID}
	id, _ := inspect.ParseID(change.ID) // categories and settings have none
	switch change.Kind {
	case store.StreamUnit:
		u, ok, err := tx.Unit(ctx, id)
		out.Unit = &u
		return out, ok, err
	case store.StreamArea:
		v, ok, err := tx.Area(ctx, id)
		out.Area = &v
		return out, ok, err
	case store.StreamCategory:
		v, ok, err := tx.Category(ctx, change.ID)
		out.Category = &v
		return out, ok, err
	case store.StreamRule:
		v, ok, err := tx.Rule(ctx, id, 0)
		out.Rule = &v
		return out, ok, err
	case store.StreamSetting:
		out.Settings, err = tx.Settings(ctx)
		return out, true, err
	}
	return out, change.Kind == store.StreamPerson, nil
}

// Notifier tells streams that there is something new. The zero Notifier is ready.
type Notifier struct {
	mu        sync.Mutex
	seq       int64
	listeners map[chan int64]struct{}
}

// Ring tells every listener the number of the last event.
func (b *Notifier) Ring(seq int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq = seq
	for l := range b.listeners {
		select {
		case <-l: // an older number that nobody took
		default:
		}
		l <- seq
	}
}

// Listen gives a channel that holds the latest number once there is a new one; end stops it.
func (b *Notifier) Listen() (heard <-chan int64, end func()) {
	l := make(chan int64, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listeners == nil {
		b.listeners = map[chan int64]struct{}{}
	}
	b.listeners[l] = struct{}{}
	l <- b.seq
	return l, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners, l)
	}
}
