package audit

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// issueReplay is an issue as its events tell it.
type issueReplay struct {
	*replay
	issue   inspect.Issue
	photos  map[inspect.ID]*inspect.Photo
	texts   map[inspect.ID]map[string]*sealed // by owner and field
	actions map[inspect.ID]*store.AcceptedAction
	flags   []inspect.Flag
}

// sealed is what the record keeps of a text.
type sealed struct {
	seal     string
	decision bool         // it is the reason of an erasure, which stays
	erasedAt inspect.Time // when a decision took it away
	field    string       // under which it was sealed, where that is another one: it was wrong, and lies by what put it right
}

// mergeHalf is an event that names the head of another chain.
type mergeHalf struct {
	stream, other evidence.Stream
	n             int64
	head          evidence.Digest
}

func newIssueReplay(r *replay, id inspect.ID) *issueReplay {
	return &issueReplay{replay: r, issue: inspect.Issue{ID: id}, photos: map[inspect.ID]*inspect.Photo{},
		texts: map[inspect.ID]map[string]*sealed{id: {}}, actions: map[inspect.ID]*store.AcceptedAction{}}
}

func (r *issueReplay) apply(e store.RecordedEvent) error {
	body := inspect.Event{Type: e.Type}
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return err
	}
	if r.issue.Version == 0 && body.Report == nil {
		return errors.New("the first event is no report")
	}
	before := r.issue
	if err := r.issue.Apply(&body); err != nil {
		return err
	}
	inspect.ApplyPhotos(r.photos, &body)
	want := store.RecordedEvent{At: body.At, By: body.By, Unit: r.issue.Unit, DueAt: r.issue.DueAt, Status: r.issue.Status}
	if e.Schema > 1 {
		want.LeftCustody = store.CustodyLeft(&before, &r.issue)
	}
	r.columns(e, want)
	if body.Action != "" {
		r.action(&body)
	}
	r.seal(&body)
	r.flag(&body)
	if body.OtherHead == "" {
		return nil
	}
	m := mergeHalf{stream: r.stream, other: store.IssueStream(body.Into), n: e.N}
	err := m.head.UnmarshalText([]byte(body.OtherHead))
	r.merges = append(r.merges, m)
	return err
}

// action keeps what the table of actions should say.
func (r *issueReplay) action(e *inspect.Event) {
	d := &store.AcceptedAction{ID: e.ActionID, Kind: e.Action, By: e.By, ReceivedAt: e.At, CreditedAt: e.CreditedAt, Late: e.Late,
		Skew: inspect.Skew(e.SentAt, e.At), Settled: e.Type != "issue.erasure_asked"}
	if (e.Action == inspect.Erase || e.Action == inspect.WithdrawPhoto) && len(e.Photos) == 1 {
		d.Photo = e.Photos[0]
	}
	if e.Type == "issue.erased" {
		for _, asked := range r.actions {
			if asked.Kind == inspect.Erase && asked.Photo == d.Photo {
				asked.Settled = true
			}
		}
	}
	r.actions[d.ID] = d
	r.texts[d.ID] = map[string]*sealed{}
}

// seal keeps which texts should lie beside the record, and which a decision took away.
func (r *issueReplay) seal(e *inspect.Event) {
	owner := e.ActionID
	if owner.IsZero() {
		owner = r.issue.ID
	}
	for _, field := range e.Corrected {
		if old := r.texts[r.issue.ID][field]; old != nil {
			old.field = field
			r.texts[owner][store.FieldBefore(field)] = old
			delete(r.texts[r.issue.ID], field)
		}
		if seal := e.Seals[field]; seal != "" {
			r.texts[r.issue.ID][field] = &sealed{seal: seal}
		}
	}
	for field, seal := range e.Seals {
		r.texts[owner][field] = &sealed{seal: seal, decision: e.Action == inspect.Erase}
	}
	if e.Type != "issue.erased" || len(e.Photos) > 0 {
		return
	}
	for _, fields := range r.texts {
		for _, s := range fields {
			if !s.decision && s.erasedAt == 0 {
				s.erasedAt = e.At
			}
		}
	}
}

// compare holds the rows of the issue against its events.
func (r *issueReplay) compare(ctx context.Context, tx *store.Tx) error {
	r.sum.Issues++
	r.numbers[r.issue.Number] = true
	subject := r.stream.String()
	row, ok, err := tx.Issue(ctx, r.issue.ID)
	if err != nil {
		return r.unreadable(subject, err)
	}
	if !ok {
		r.found(subject, "issue %s is in the record but not in the database", r.issue.Number)
		return nil
	}
	for _, d := range differences(compared, &r.issue, &row.Issue) {
		r.found(subject, "issue %s: %s", row.Number, d)
	}
	for _, part := range []func(context.Context, *store.Tx, *store.IssueRow) error{r.comparePhotos, r.compareActions, r.compareFlags, r.compareTexts, r.compareParts,
		r.comparePending} {
		if err := r.unreadable(subject, part(ctx, tx, &row)); err != nil {
			return err
		}
	}
	return nil
}

// unreadable makes a finding of a row that this program never wrote; other errors stay errors.
func (r *replay) unreadable(subject string, err error) error {
	if !errors.Is(err, store.ErrUnreadable) {
		return err
	}
	r.found(subject, "%v", err)
	return nil
}

func (r *issueReplay) comparePhotos(ctx context.Context, tx *store.Tx, row *store.IssueRow) error {
	photos, err := tx.Photos(ctx, row.ID)
	if err != nil {
		return err
	}
	declared, safe := 0, 0
	for _, p := range r.photos {
		if p.State == inspect.PhotoDeclared || p.State == inspect.PhotoSafe {
			declared++
		}
		if p.State == inspect.PhotoSafe {
			safe++
		}
	}
	for n := range photos {
		p := &photos[n]
		r.sum.Photos++
		told := r.photos[p.ID]
		delete(r.photos, p.ID)
		if told == nil {
			r.found("photo/"+p.ID.String(), "issue %s: stands in the database but not in the record", row.Number)
			continue
		}
		for _, d := range differences(photosCompared, told, p) {
			r.found("photo/"+p.ID.String(), "issue %s: %s", row.Number, d)
		}
	}
	for id := range r.photos {
		r.found("photo/"+id.String(), "issue %s: is in the record but not in the database", row.Number)
	}
	if declared != row.PhotosDeclared || safe != row.PhotosSafe {
		r.found(r.stream.String(), "issue %s counts %d of %d photos safe, the record %d of %d", row.Number, row.PhotosSafe, row.PhotosDeclared, safe, declared)
	}
	return nil
}

func (r *issueReplay) compareActions(ctx context.Context, tx *store.Tx, row *store.IssueRow) error {
	kept, err := tx.Actions(ctx, row)
	if err != nil {
		return err
	}
	for n := range kept {
		told := r.actions[kept[n].ID]
		delete(r.actions, kept[n].ID)
		subject := "action/" + kept[n].ID.String()
		if told == nil {
			r.found(subject, "issue %s: stands in the database but not in the record", row.Number)
			continue
		}
		for _, d := range differences(actionsCompared, told, &kept[n]) {
			r.found(subject, "issue %s: %s", row.Number, d)
		}
	}
	for id := range r.actions {
		r.found("action/"+id.String(), "issue %s: is in the record but not in the database", row.Number)
	}
	return nil
}

// flag keeps what was raised and decided. Schema 1 has neither id nor photo of a flag.
func (r *issueReplay) flag(e *inspect.Event) {
	for _, raised := range e.Flags {
		f := inspect.Flag{ID: raised.ID, Kind: raised.Kind, Photo: raised.Photo, Other: raised.Other, At: e.At}
		if f.ID.IsZero() && e.Received != nil {
			f.Photo = e.Received.ID
		}
		r.flags = append(r.flags, f)
	}
	for n := range r.flags {
		if f := &r.flags[n]; !e.Flag.IsZero() && f.ID == e.Flag {
			f.Decision, f.DecidedBy, f.DecidedAt, f.Decided = e.Decision, e.By, e.At, e.ActionID
		}
	}
}

func (r *issueReplay) compareFlags(ctx context.Context, tx *store.Tx, row *store.IssueRow) error {
	open := 0
	err := tx.EachFlag(ctx, row, func(f inspect.Flag) error {
		if f.Decision == "" {
			open++
		}
		f.Detail = ""
		at := slices.IndexFunc(r.flags, func(told inspect.Flag) bool {
			if told.ID.IsZero() { // of schema 1
				told.ID = f.ID
				told.Decision, told.DecidedBy, told.DecidedAt, told.Decided = f.Decision, f.DecidedBy, f.DecidedAt, f.Decided
			}
			return told == f
		})
		if at < 0 {
			r.found(r.stream.String(), "issue %s: the flag %s of %s was never raised, or is not as it was", row.Number, f.Kind, f.At)
			return nil
		}
		r.flags = slices.Delete(r.flags, at, at+1)
		return nil
	})
	for _, f := range r.flags {
		r.found(r.stream.String(), "issue %s: the flag %s of %s is missing", row.Number, f.Kind, f.At)
	}
	if open != row.FlagsOpen {
		r.found(r.stream.String(), "issue %s counts %d open flags, there are %d", row.Number, row.FlagsOpen, open)
	}
	return err
}

// compareParts holds what the lists and the reports see of the parts against the record.
func (r *issueReplay) compareParts(ctx context.Context, tx *store.Tx, row *store.IssueRow) error {
	kept, err := tx.Parts(ctx, row)
	if err != nil {
		return err
	}
	var told []store.PartSummary
	for n := range r.issue.Parts {
		told = append(told, store.PartSummaryOf(&r.issue.Parts[n]))
	}
	if !slices.Equal(kept, told) {
		r.found(r.stream.String(), "issue %s: the parts of joint work in the database are not those of the record", row.Number)
	}
	return nil
}

// comparePending holds what the lists say that waits against what does. Where the issue is not as it should be, neither is that.
func (r *issueReplay) comparePending(ctx context.Context, tx *store.Tx, row *store.IssueRow) error {
	if len(r.later) > 0 {
		return nil
	}
	kept, known, err := tx.PendingBits(ctx, row)
	if err == nil && known && kept != row.PendingBits() {
		r.found(r.stream.String(), "issue %s: what waits for somebody is kept as %b, by the issue itself it is %b", row.Number, kept, row.PendingBits())
	}
	return err
}

// compareTexts holds what lies beside the record against the seals in it. Erased by decision is no loss.
func (r *issueReplay) compareTexts(ctx context.Context, tx *store.Tx, row *store.IssueRow) error {
	for owner, fields := range r.texts {
		kept, err := tx.PersonalTexts(ctx, owner)
		if err != nil {
			return err
		}
		subject := "text/" + owner.String()
		for _, t := range kept {
			told := fields[t.Field]
			delete(fields, t.Field)
			switch {
			case told == nil:
				r.found(subject, "issue %s: a %s that was never recorded", row.Number, t.Field)
			case told.erasedAt != 0 && t.ErasedAt == 0:
				r.found(subject, "issue %s: the %s was to be erased by a decision of %s and is still here", row.Number, t.Field, told.erasedAt)
			case told.erasedAt != t.ErasedAt:
				r.found(subject, "issue %s: the %s is gone since %s, and no decision of that time is in the record", row.Number, t.Field, t.ErasedAt)
			case told.erasedAt != 0:
				r.later = append(r.later, Finding{Subject: subject, Detail: fmt.Sprintf("issue %s: the %s was erased by decision on %s", row.Number, t.Field, t.ErasedAt)})
			case !evidence.SealMatches(told.seal, cmp.Or(told.field, t.Field), t.Body, t.Salt):
				r.found(subject, "issue %s: the %s is not the one that was recorded", row.Number, t.Field)
			}
		}
		for field := range fields {
			r.found(subject, "issue %s: the %s is missing", row.Number, field)
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
	{"keeper", func(i *inspect.Issue) any { return i.TakenOverBy }},
	{"place of the register", func(i *inspect.Issue) any { return i.Spot }}, {"signed front", func(i *inspect.Issue) any { return i.SignedFront }},
	{"recurrence of", func(i *inspect.Issue) any { return i.RecurrenceOf }}, {"outside number", func(i *inspect.Issue) any { return i.ExternalNumber }},
	{"reply by", func(i *inspect.Issue) any { return i.ReplyBy }}, {"import", func(i *inspect.Issue) any { return i.Import }},
	{"unit", func(i *inspect.Issue) any { return i.Unit }}, {"fixer", func(i *inspect.Issue) any { return i.Fixer }},
	{"on the spot", func(i *inspect.Issue) any { return i.OnTheSpot }}, {"reported at", func(i *inspect.Issue) any { return i.ReportedAt }},
	{"sent at", func(i *inspect.Issue) any { return i.SentAt }}, {"received at", func(i *inspect.Issue) any { return i.ReceivedAt }},
	{"filed at", func(i *inspect.Issue) any { return i.FiledAt }}, {"assigned at", func(i *inspect.Issue) any { return i.AssignedAt }},
	{"due at", func(i *inspect.Issue) any { return i.DueAt }}, {"own due at", func(i *inspect.Issue) any { return i.OwnDueAt }},
	{"fixed at", func(i *inspect.Issue) any { return i.FixedAt }}, {"closed at", func(i *inspect.Issue) any { return i.ClosedAt }},
	{"changed at", func(i *inspect.Issue) any { return i.ChangedAt }}, {"updated at", func(i *inspect.Issue) any { return i.UpdatedAt }},
	{"dismissal asked at", func(i *inspect.Issue) any { return i.DismissalAskedAt }}, {"dismissal asked by", func(i *inspect.Issue) any { return i.DismissalAskedBy }},
	{"dismissal asked", func(i *inspect.Issue) any { return i.DismissalAction }}, {"returns", func(i *inspect.Issue) any { return i.Returns }},
	{"rejected returns", func(i *inspect.Issue) any { return i.RejectedReturns }}, {"returned by", func(i *inspect.Issue) any { return i.ReturnedBy }},
	{"time used", func(i *inspect.Issue) any { return i.TimeUsed }}, {"rework", func(i *inspect.Issue) any { return i.Rework }},
	{"false fixes", func(i *inspect.Issue) any { return i.FalseFixes }}, {"late arrival", func(i *inspect.Issue) any { return i.Late }},
	{"clock", func(i *inspect.Issue) any { return asText(&i.Timing) }}, {"matters", func(i *inspect.Issue) any { return asText(&i.Correspondence) }},
	{"clock set at", func(i *inspect.Issue) any { return i.ClockAt }}, {"held until", func(i *inspect.Issue) any { return i.HeldUntil }},
	{"merged into", func(i *inspect.Issue) any { return i.MergedInto }}, {"status before merging", func(i *inspect.Issue) any { return i.StatusBeforeMerge }},
}

var photosCompared = []comparison[inspect.Photo]{
	{"state", func(p *inspect.Photo) any { return p.State }}, {"digest", func(p *inspect.Photo) any { return p.SHA256 }},
	{"size", func(p *inspect.Photo) any { return p.Bytes }}, {"kind", func(p *inspect.Photo) any { return p.Kind }},
	{"captured at", func(p *inspect.Photo) any { return p.CapturedAt }}, {"how taken", func(p *inspect.Photo) any { return p.CaptureMethod }},
	{"declarer", func(p *inspect.Photo) any { return p.Declarer }}, {"skew", func(p *inspect.Photo) any { return asText(p.Skew) }},
	{"declared at", func(p *inspect.Photo) any { return p.DeclaredAt }}, {"received at", func(p *inspect.Photo) any { return p.ReceivedAt }},
	{"what it proves", func(p *inspect.Photo) any { return p.UsedBy }}, {"why it is gone", func(p *inspect.Photo) any { return p.RemovalAction }},
	{"facts", func(p *inspect.Photo) any { return asText(&p.Facts) }},
}

var actionsCompared = []comparison[store.AcceptedAction]{
	{"kind", func(d *store.AcceptedAction) any { return d.Kind }}, {"person", func(d *store.AcceptedAction) any { return d.By }},
	{"photo", func(d *store.AcceptedAction) any { return d.Photo }}, {"received at", func(d *store.AcceptedAction) any { return d.ReceivedAt }},
	{"credited at", func(d *store.AcceptedAction) any { return d.CreditedAt }}, {"late arrival", func(d *store.AcceptedAction) any { return d.Late }},
	{"skew", func(d *store.AcceptedAction) any { return d.Skew }}, {"settled", func(d *store.AcceptedAction) any { return d.Settled }},
}

// asText is a value in the one form that compares.
func asText[T *inspect.Timing | *inspect.Correspondence | *inspect.Place | *geo.Line | *inspect.PhotoMetadata | *time.Duration](v T) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func differences[T any](table []comparison[T], told, row *T) (all []string) {
	for _, c := range table {
		if want, got := c.of(told), c.of(row); want != got {
			all = append(all, fmt.Sprintf("the database says %s %v, the record says %v", c.name, got, want))
		}
	}
	return all
}
