package core

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/blob"
	"spotcheck/server/store"
)

// Finding is one thing that an audit found; Wrong is false for what only a person should know.
type Finding struct {
	Wrong   bool
	Subject string // what it is about
	Detail  string
}

// AuditSummary counts what an audit looked at.
type AuditSummary struct {
	Events, Streams, Issues, Photos, Blobs, Checkpoints int64
	LastEvent                                           int64
	Wrong                                               int
}

// auditor looks at everything once and tells each finding as it comes.
type auditor struct {
	core *Core
	tell func(Finding)
	sum  AuditSummary
}

// Audit checks the whole record: chains against heads, rows against events, texts against seals, every blob against its
// digest, checkpoints against the chains and against an outside copy if there is one. On a live server it takes the last
// event number first and looks at one snapshot of the database.
func (c *Core) Audit(ctx context.Context, outside []byte, tell func(Finding)) (AuditSummary, error) {
	a := &auditor{core: c}
	a.tell = func(f Finding) {
		if f.Wrong {
			a.sum.Wrong++
		}
		tell(f)
	}
	var named map[string]inspect.PhotoState
	err := c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if a.sum.LastEvent, err = tx.LastSeq(ctx); err != nil {
			return err
		}
		if err := a.record(ctx, tx); err != nil {
			return err
		}
		if named, err = a.digests(ctx, tx); err != nil {
			return err
		}
		return a.checkpoints(ctx, tx, outside)
	})
	if err != nil {
		return a.sum, err
	}
	return a.sum, a.blobs(ctx, named)
}

func (a *auditor) wrong(subject, format string, args ...any) {
	a.tell(Finding{Wrong: true, Subject: subject, Detail: fmt.Sprintf(format, args...)})
}

// eventPage is how many events of a stream are read at once.
const eventPage = 500

// record checks the chain of every stream and replays those of issues.
func (a *auditor) record(ctx context.Context, tx *store.Tx) error {
	type end struct {
		stream evidence.Stream
		head   evidence.Head
	}
	var ends []end
	if err := tx.EachHead(ctx, func(s evidence.Stream, h evidence.Head) error { ends = append(ends, end{s, h}); return nil }); err != nil {
		return err
	}
	for _, e := range ends {
		a.sum.Streams++
		r := newReplay(e.stream)
		for n := int64(0); ; {
			page, err := tx.Events(ctx, e.stream, n, eventPage)
			if err != nil {
				return err
			}
			for _, event := range page {
				a.sum.Events++
				r.chain.Add(event.Recorded)
				r.apply(a, event)
				n = event.N
			}
			if len(page) < eventPage {
				break
			}
		}
		for _, f := range r.chain.End(e.head) {
			a.wrong(f.Stream.String(), "%s: %s (event %d)", f.Fault, f.Detail, f.N)
		}
		if err := a.rows(ctx, tx, r); err != nil {
			return err
		}
	}
	return a.strangers(ctx, tx)
}

// strangers finds issues that have no events.
func (a *auditor) strangers(ctx context.Context, tx *store.Tx) error {
	return tx.EachIssueWithoutEvents(ctx, func(id inspect.ID, number string) error {
		a.wrong("issue/"+id.String(), "issue %s stands in the database but not in the record", number)
		return nil
	})
}

// replay is a stream as its events tell it.
type replay struct {
	chain  *evidence.Chain
	issue  *inspect.Issue
	photos map[inspect.ID]*inspect.Photo
	seals  map[inspect.ID]map[string]string // by owner and field
	broken bool
}

func newReplay(s evidence.Stream) *replay {
	r := &replay{chain: &evidence.Chain{Stream: s}, photos: map[inspect.ID]*inspect.Photo{}, seals: map[inspect.ID]map[string]string{}}
	if id, err := inspect.ParseID(s.ID); err == nil && s.Kind == store.StreamIssue {
		r.issue = &inspect.Issue{ID: id}
	}
	return r
}

func (r *replay) apply(a *auditor, e store.RecordedEvent) {
	if r.issue == nil || r.broken {
		return
	}
	body := inspect.Event{Type: e.Type}
	err := json.Unmarshal(e.Body, &body)
	if err == nil && r.issue.Version == 0 && body.Report == nil {
		err = errors.New("the first event is no report")
	}
	if err == nil {
		err = r.issue.Apply(&body)
	}
	if err != nil {
		r.broken = true
		a.wrong(e.Stream.String(), "event %d cannot be replayed: %v", e.N, err)
		return
	}
	inspect.ApplyPhotos(r.photos, &body)
	owner := body.ActionID
	if owner.IsZero() {
		owner = r.issue.ID
	}
	for field, seal := range body.Seals {
		if r.seals[owner] == nil {
			r.seals[owner] = map[string]string{}
		}
		r.seals[owner][field] = seal
	}
}

// rows compares what the events tell with what the database says.
func (a *auditor) rows(ctx context.Context, tx *store.Tx, r *replay) error {
	if r.issue == nil || r.broken {
		return nil
	}
	a.sum.Issues++
	subject := r.chain.Stream.String()
	row, ok, err := tx.Issue(ctx, r.issue.ID)
	if err != nil {
		return err
	}
	if !ok {
		a.wrong(subject, "issue %s is in the record but not in the database", r.issue.Number)
		return nil
	}
	for _, d := range differences(r.issue, &row.Issue) {
		a.wrong(subject, "issue %s: %s", row.Number, d)
	}
	photos, err := tx.Photos(ctx, r.issue.ID)
	if err != nil {
		return err
	}
	declared, safe := 0, 0
	for _, p := range photos {
		a.sum.Photos++
		if p.State == inspect.PhotoDeclared || p.State == inspect.PhotoSafe {
			declared++
		}
		if p.State == inspect.PhotoSafe {
			safe++
		}
		told := r.photos[p.ID]
		delete(r.photos, p.ID)
		if told == nil {
			a.wrong("photo/"+p.ID.String(), "stands in the database but not in the record")
			continue
		}
		for _, d := range photoDifferences(told, &p) {
			a.wrong("photo/"+p.ID.String(), "issue %s: %s", row.Number, d)
		}
	}
	for id := range r.photos {
		a.wrong("photo/"+id.String(), "issue %s: is in the record but not in the database", row.Number)
	}
	if declared != row.PhotosDeclared || safe != row.PhotosSafe {
		a.wrong(subject, "issue %s counts %d of %d photos safe, there are %d of %d", row.Number, row.PhotosSafe, row.PhotosDeclared, safe, declared)
	}
	return a.texts(ctx, tx, r, row.Number)
}

// texts holds what lies beside the record against the seals in it. Erased texts are a decision, missing ones a loss.
func (a *auditor) texts(ctx context.Context, tx *store.Tx, r *replay, number string) error {
	for owner, seals := range r.seals {
		kept, err := tx.PersonalTexts(ctx, owner)
		if err != nil {
			return err
		}
		for _, t := range kept {
			seal, sealed := seals[t.Field]
			delete(seals, t.Field)
			switch {
			case t.ErasedAt != 0:
				a.tell(Finding{Subject: "text/" + owner.String(), Detail: fmt.Sprintf("issue %s: %s was erased by decision on %s", number, t.Field, t.ErasedAt)})
			case !sealed, !evidence.Opens(seal, t.Field, t.Body, t.Salt):
				a.wrong("text/"+owner.String(), "issue %s: the %s is not the one that was recorded", number, t.Field)
			}
		}
		for field := range seals {
			a.wrong("text/"+owner.String(), "issue %s: the %s is missing", number, field)
		}
	}
	return nil
}

// comparison is a row of the table of what the database repeats from the record.
type comparison[T any] struct {
	name string
	of   func(*T) any
}

var compared = []comparison[inspect.Issue]{
	{"number", func(i *inspect.Issue) any { return i.Number }}, {"status", func(i *inspect.Issue) any { return i.Status }},
	{"version", func(i *inspect.Issue) any { return i.Version }}, {"category", func(i *inspect.Issue) any { return i.Category }},
	{"severity", func(i *inspect.Issue) any { return i.Severity }}, {"source", func(i *inspect.Issue) any { return i.Source }},
	{"place", func(i *inspect.Issue) any { return asText(i.Place) }}, {"line", func(i *inspect.Issue) any { return asText(i.Line) }},
	{"area", func(i *inspect.Issue) any { return i.Area }}, {"reporter", func(i *inspect.Issue) any { return i.Reporter }},
	{"unit", func(i *inspect.Issue) any { return i.Unit }}, {"fixer", func(i *inspect.Issue) any { return i.Fixer }},
	{"on the spot", func(i *inspect.Issue) any { return i.OnTheSpot }}, {"reported at", func(i *inspect.Issue) any { return i.ReportedAt }},
	{"sent at", func(i *inspect.Issue) any { return i.SentAt }}, {"received at", func(i *inspect.Issue) any { return i.ReceivedAt }},
	{"filed at", func(i *inspect.Issue) any { return i.FiledAt }}, {"assigned at", func(i *inspect.Issue) any { return i.AssignedAt }},
	{"due at", func(i *inspect.Issue) any { return i.DueAt }}, {"fixed at", func(i *inspect.Issue) any { return i.FixedAt }},
	{"closed at", func(i *inspect.Issue) any { return i.ClosedAt }}, {"changed at", func(i *inspect.Issue) any { return i.ChangedAt }},
	{"updated at", func(i *inspect.Issue) any { return i.UpdatedAt }}, {"dismissal asked at", func(i *inspect.Issue) any { return i.AskedAt }},
	{"dismissal asked by", func(i *inspect.Issue) any { return i.AskedBy }}, {"returns", func(i *inspect.Issue) any { return i.Returns }},
	{"rejected returns", func(i *inspect.Issue) any { return i.Rejected }}, {"returned by", func(i *inspect.Issue) any { return i.ReturnedBy }},
	{"time used", func(i *inspect.Issue) any { return i.Used }}, {"rework", func(i *inspect.Issue) any { return i.Rework }},
	{"false fixes", func(i *inspect.Issue) any { return i.FalseFixes }}, {"late arrival", func(i *inspect.Issue) any { return i.Late }},
	{"merged into", func(i *inspect.Issue) any { return i.MergedInto }}, {"status before merging", func(i *inspect.Issue) any { return i.Before }},
}

var photosCompared = []comparison[inspect.Photo]{
	{"state", func(p *inspect.Photo) any { return p.State }}, {"digest", func(p *inspect.Photo) any { return p.SHA256 }},
	{"size", func(p *inspect.Photo) any { return p.Bytes }}, {"kind", func(p *inspect.Photo) any { return p.Kind }},
	{"captured at", func(p *inspect.Photo) any { return p.CapturedAt }}, {"how taken", func(p *inspect.Photo) any { return p.Taken }},
	{"declared at", func(p *inspect.Photo) any { return p.DeclaredAt }}, {"received at", func(p *inspect.Photo) any { return p.ReceivedAt }},
	{"what it proves", func(p *inspect.Photo) any { return p.UsedBy }}, {"facts", func(p *inspect.Photo) any { return asText(&p.Facts) }},
}

// asText is a value in the one form that compares.
func asText[T *inspect.Place | *geo.Line | *inspect.Facts](v T) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func differences(told, row *inspect.Issue) []string { return compare(compared, told, row) }

func photoDifferences(told, row *inspect.Photo) []string { return compare(photosCompared, told, row) }

func compare[T any](table []comparison[T], told, row *T) (all []string) {
	for _, c := range table {
		if want, got := c.of(told), c.of(row); want != got {
			all = append(all, fmt.Sprintf("the database says %s %v, the record says %v", c.name, got, want))
		}
	}
	return all
}

// digests gives what the rows say of the bytes that should be there.
func (a *auditor) digests(ctx context.Context, tx *store.Tx) (map[string]inspect.PhotoState, error) {
	named := map[string]inspect.PhotoState{}
	err := tx.EachPhoto(ctx, func(p *inspect.Photo) error {
		if now := named[p.SHA256]; now != inspect.PhotoSafe { // one safe photo is enough to want the bytes
			named[p.SHA256] = p.State
		}
		if p.State == inspect.PhotoErased {
			a.tell(Finding{Subject: "photo/" + p.ID.String(), Detail: "its bytes were erased by decision; the record keeps the digest " + p.SHA256})
		}
		return nil
	})
	return named, err
}

// blobs reads every original once and holds it against its digest.
func (a *auditor) blobs(ctx context.Context, named map[string]inspect.PhotoState) error {
	err := a.core.Blobs.List(ctx, "photo/", func(key string, _ blob.Info) error {
		a.sum.Blobs++
		sum := key[strings.LastIndexByte(key, '/')+1:]
		state, known := named[sum]
		delete(named, sum)
		if !known {
			a.tell(Finding{Subject: key, Detail: "no row names these bytes; a sweep takes them after a day"})
		}
		if state == inspect.PhotoErased {
			a.tell(Finding{Subject: key, Detail: "these bytes are to be erased; the job for it has not run yet"})
		}
		got, err := a.digest(ctx, key)
		if err != nil {
			return err
		}
		if got != sum {
			a.wrong(key, "the bytes of the photo were changed: their digest is %s", got)
		}
		return nil
	})
	if err != nil {
		return away(err)
	}
	for sum, state := range named {
		if state == inspect.PhotoSafe {
			a.wrong(OriginalKey(sum), "the bytes of a photo that was acknowledged are missing")
		}
	}
	return nil
}

func (a *auditor) digest(ctx context.Context, key string) (string, error) {
	r, _, err := a.core.Blobs.Open(ctx, key)
	if errors.Is(err, blob.ErrNotExist) {
		return "gone while looking", nil
	}
	if err != nil {
		return "", err
	}
	defer r.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// checkpoints holds the record against every checkpoint, those of the database against those of the blob store, and an
// outside copy against both.
func (a *auditor) checkpoints(ctx context.Context, tx *store.Tx, outside []byte) error {
	raw, err := tx.Checkpoints(ctx)
	if err != nil {
		return err
	}
	var all []evidence.Checkpoint
	for _, r := range raw {
		c, err := evidence.ParseCheckpoint(r)
		if err != nil {
			a.wrong("checkpoint", "cannot be read: %v", err)
			continue
		}
		a.sum.Checkpoints++
		all = append(all, c)
		kept, err := a.keptCheckpoint(ctx, c.Date)
		if err != nil {
			return err
		}
		if kept != nil {
			a.findings(c.Same(*kept))
		}
	}
	a.findings(evidence.VerifyCheckpoints(func(yield func(evidence.Checkpoint) bool) {
		for _, c := range all {
			if !yield(c) {
				return
			}
		}
	}))
	if outside != nil {
		c, err := evidence.ParseCheckpoint(outside)
		if err != nil {
			return fmt.Errorf("the checkpoint to compare with: %w", err)
		}
		for _, own := range all {
			if own.Date == c.Date {
				a.findings(own.Same(c))
			}
		}
		all = append(all, c)
	}
	return a.snapshots(ctx, tx, all)
}

// keptCheckpoint is the copy in the blob store, nil with a finding when it is not there.
func (a *auditor) keptCheckpoint(ctx context.Context, date string) (*evidence.Checkpoint, error) {
	r, _, err := a.core.Blobs.Open(ctx, CheckpointKey(date))
	if errors.Is(err, blob.ErrNotExist) {
		a.wrong(CheckpointKey(date), "the copy of the checkpoint beside the photos is missing")
		return nil, nil
	}
	if err != nil {
		return nil, away(err)
	}
	defer r.Close()
	raw, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return nil, away(err)
	}
	c, err := evidence.ParseCheckpoint(raw)
	if err != nil {
		a.wrong(CheckpointKey(date), "cannot be read: %v", err)
		return nil, nil
	}
	return &c, nil
}

func (a *auditor) findings(all []evidence.Finding, err error) {
	if err != nil {
		a.wrong("checkpoint", "%v", err)
	}
	for _, f := range all {
		a.wrong("checkpoint", "%s: %s", f.Fault, f.Detail)
	}
}

// snapshots computes the root at each checkpoint again, all in one walk over the events.
func (a *auditor) snapshots(ctx context.Context, tx *store.Tx, all []evidence.Checkpoint) error {
	shots := make([]*evidence.Snapshot, len(all))
	for n, c := range all {
		shots[n] = evidence.SnapshotAt(c.Events)
	}
	if len(all) == 0 {
		return nil
	}
	if err := tx.EachEvent(ctx, a.sum.LastEvent, func(e store.RecordedEvent) error {
		for _, s := range shots {
			if err := s.Add(e.Recorded); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for n, c := range all {
		a.findings(c.Against(shots[n]))
	}
	return nil
}
