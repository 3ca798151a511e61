package core

import (
	"context"
	"fmt"
	"slices"
	"time"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Ask is an action as a person sends it.
type Ask struct {
	ID      inspect.ID
	Issue   inspect.ID
	Action  inspect.Action
	DoneAt  inspect.Time
	SentAt  inspect.Time
	Version int64 // workflow version of If-Match, 0 for none
	Reason  string
	Note    string
	Unit    inspect.ID
	DueAt   inspect.Time
	Area    inspect.ID
	Into    inspect.ID
	Photos  []inspect.ID
	Photo   inspect.ID
	Verdict inspect.Verdict
	How     inspect.Method
	Place   *inspect.Place
	Flag    inspect.ID
	Decided inspect.Decision
	Rule    inspect.ID
	Until   inspect.Time
	Answer  inspect.Answer
	Kind    inspect.LetterKind
	Letter  inspect.ID
	About   inspect.Contested
	Found   inspect.Reality
	Named   []inspect.ID // people whom a comment mentions
	Part    inspect.ID   // of joint work
	To      inspect.ID   // who takes over

	Findings, Handling string // of feedback, beside the note: what was found, what was done

	Content []byte // the body as it came, to know a repetition
}

// Acted is the receipt of an action.
type Acted struct {
	Repeated   bool
	ReceivedAt inspect.Time
	CreditedAt inspect.Time
	Late       bool
	Skew       time.Duration
	Issue      View
}

// Act does something to an issue; the same action again is done once.
func (c *Core) Act(ctx context.Context, a *inspect.Actor, ask Ask) (done Acted, err error) {
	text, err := content(ask.Content)
	if err != nil {
		return done, err
	}
	if ask.Place != nil {
		p := *ask.Place
		p.Given, p.Point = p.Point, geo.ToWGS84(p.Point, p.Datum)
		ask.Place = &p
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := lockForAct(ctx, tx, &ask); err != nil {
			return err
		}
		old, ok, err := tx.Action(ctx, ask.ID)
		if err != nil {
			return err
		}
		if ok {
			if old.Issue != ask.Issue || old.By != a.ID || !sameContent(text, old.ContentSalt, old.ContentSeal) {
				return inspect.ErrActionDiffers
			}
		} else if old, err = c.act(ctx, tx, a, &ask, text); err != nil {
			return err
		}
		done = Acted{Repeated: ok, ReceivedAt: old.ReceivedAt, CreditedAt: old.CreditedAt, Late: old.Late, Skew: old.Skew}
		done.Issue, err = c.viewAfter(ctx, tx, a, ask.Issue)
		return err
	})
	return done, err
}

// lockForAct keeps the issue, and the other one of a merge, from being changed by others.
func lockForAct(ctx context.Context, tx *store.Tx, ask *Ask) error {
	ids := []inspect.ID{ask.Issue}
	if !ask.Into.IsZero() {
		ids = append(ids, ask.Into)
	}
	if ask.Action == inspect.Unmerge {
		row, ok, err := tx.Issue(ctx, ask.Issue)
		if err != nil {
			return err
		}
		if ok && !row.MergedInto.IsZero() {
			ids = append(ids, row.MergedInto)
		}
	}
	return tx.LockIssues(ctx, ids...)
}

func (c *Core) act(ctx context.Context, tx *store.Tx, a *inspect.Actor, ask *Ask, text string) (store.Done, error) {
	row, err := visibleIssue(ctx, tx, a, ask.Issue, inspect.Permission(ask.Action))
	if err != nil {
		return store.Done{}, err
	}
	if ask.Version != 0 && ask.Version != row.Version {
		return store.Done{}, inspect.ErrIssueChanged.Showing(state(&row))
	}
	m, into, err := c.move(ctx, tx, a, &row, ask)
	if err != nil {
		return store.Done{}, showing(err, &row)
	}
	e, err := row.Check(m)
	if err != nil {
		return store.Done{}, showing(err, &row)
	}
	if err := c.proposed(ctx, tx, &row, e); err != nil {
		return store.Done{}, err
	}
	if e.Seals, err = tx.SealTexts(ctx, ask.ID, map[string]string{"reason": ask.Reason, "note": ask.Note, "findings": ask.Findings, "handling": ask.Handling}); err != nil {
		return store.Done{}, err
	}
	d := store.Done{ID: ask.ID, Issue: ask.Issue, Kind: ask.Action, By: a.ID, Photo: ask.Photo, ReceivedAt: tx.Now,
		CreditedAt: e.CreditedAt, Late: e.Late, Skew: inspect.Skew(ask.SentAt, tx.Now), Settled: e.Type != "issue.erasure_asked"}
	d.ContentSalt, d.ContentSeal = sealedContent(text)
	if err := tx.InsertAction(ctx, d); err != nil {
		return d, err
	}
	if err := c.consequences(ctx, tx, &row, into, m, e); err != nil {
		return d, err
	}
	if err := c.saveIssue(ctx, tx, &row, e); err != nil || ask.Action != inspect.Assign {
		return d, err
	}
	under, err := tx.Suspensions(ctx, tx.Now)
	if err != nil {
		return d, err
	}
	return d, c.suspend(ctx, tx, &row, under)
}

// showing adds the current state to what a rule refuses.
func showing(err error, row *store.Row) error {
	f, ok := fault.As(err)
	if ok && f.State == nil && (f.Kind == fault.Conflict || f.Kind == fault.Forbidden || f.Is(inspect.ErrPhotoNeeded)) {
		return f.Showing(state(row))
	}
	return err
}

// move looks up everything that the rules ask about.
func (c *Core) move(ctx context.Context, tx *store.Tx, a *inspect.Actor, row *store.Row, ask *Ask) (m *inspect.Move, into *store.Row, err error) {
	s, err := c.settings(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	m = &inspect.Move{
		Action: ask.Action, ID: ask.ID, By: a.ID, DoneAt: ask.DoneAt, SentAt: ask.SentAt, ReceivedAt: tx.Now,
		LateWindow: time.Duration(s.LateWindowMinutes) * time.Minute, Unit: ask.Unit, DueAt: ask.DueAt, Area: ask.Area,
		Verdict: ask.Verdict, How: ask.How, Place: ask.Place, Decided: ask.Decided, Until: ask.Until, Answer: ask.Answer,
		LetterKind: ask.Kind, Letter: ask.Letter, About: ask.About, Found: ask.Found, Mentions: ask.Named, Part: ask.Part, To: ask.To,
		Seed: c.Lot(), VisitShare: int(s.VisitShare),
	}
	if m.Calendar, err = c.calendar(ctx, tx); err != nil {
		return nil, nil, err
	}
	category, _, err := tx.Category(ctx, row.Category)
	if err != nil {
		return nil, nil, err
	}
	m.Category = &category
	if err := namedPlaces(ctx, tx, ask); err != nil {
		return nil, nil, err
	}
	if err := namedPeople(ctx, tx, row, ask); err != nil {
		return nil, nil, err
	}
	if m.Photos, err = proofs(ctx, tx, row, ask.Photos); err != nil {
		return nil, nil, err
	}
	if !ask.Photo.IsZero() {
		if m.Photo, err = namedPhoto(ctx, tx, a, row, ask); err != nil {
			return nil, nil, err
		}
	}
	if !ask.Flag.IsZero() {
		f, ok, err := tx.Flag(ctx, row, ask.Flag)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			m.Flag = &f
		}
	}
	if into, err = otherIssue(ctx, tx, a, row, ask); err != nil {
		return nil, nil, err
	}
	if into != nil {
		m.Into = &into.Issue
	}
	switch ask.Action {
	case inspect.Assign:
		if m.Rule, err = ruleOf(ctx, tx, row, ask.Rule); err == nil && ask.DueAt != 0 && !ask.Rule.IsZero() {
			err = invalid("/due_at", "either a rule or a deadline by hand")
		}
	case inspect.ReplyPart:
		err = ofOwnPart(ctx, tx, a, row, ask)
	case inspect.HandOver:
		err = takesOver(ctx, tx, ask)
	case inspect.PassDown:
		m.Below, err = tx.Below(ctx, store.UnitTree, row.Unit)
	case inspect.Verify:
		err = belonging(ctx, tx, row, m)
	case inspect.Unmerge:
		m.RestDue, err = tx.EarliestMerged(ctx, row.MergedInto, row.ID)
	case inspect.Erase:
		err = c.askedBefore(ctx, tx, row, m, ask)
	}
	return m, into, err
}

// namedPlaces checks that the unit and the area of an action are there.
func namedPlaces(ctx context.Context, tx *store.Tx, ask *Ask) error {
	if !ask.Unit.IsZero() {
		if u, ok, err := tx.Unit(ctx, ask.Unit); err != nil {
			return err
		} else if !ok || !u.Enabled {
			return unknown("/unit", "there is no such unit, or it is switched off")
		}
	}
	if !ask.Area.IsZero() {
		if _, ok, err := tx.Area(ctx, ask.Area); err != nil {
			return err
		} else if !ok {
			return unknown("/area", "there is no such area")
		}
	}
	return nil
}

// proofs are the photos that an action names; each has to be safe, or the phone tries again later.
func proofs(ctx context.Context, tx *store.Tx, row *store.Row, ids []inspect.ID) ([]inspect.Photo, error) {
	var photos []inspect.Photo
	var missing []fault.Field
	for n, id := range ids {
		p, ok, err := tx.Photo(ctx, id)
		if err != nil {
			return nil, err
		}
		if !ok || p.Issue != row.ID || p.State != inspect.PhotoSafe {
			missing = append(missing, fault.Field{Pointer: fmt.Sprintf("/photos/%d", n), Detail: "not safe here yet"})
		}
		photos = append(photos, p)
	}
	if len(missing) > 0 {
		return nil, inspect.ErrPhotoNotSafe.At(missing...)
	}
	return photos, nil
}

// namedPhoto is the photo that is withdrawn or erased; a photo is withdrawn by who declared it, or by the office.
func namedPhoto(ctx context.Context, tx *store.Tx, a *inspect.Actor, row *store.Row, ask *Ask) (*inspect.Photo, error) {
	p, ok, err := tx.Photo(ctx, ask.Photo)
	switch {
	case err != nil:
		return nil, err
	case !ok || p.Issue != row.ID:
		return nil, inspect.ErrPhotoNotFound
	case ask.Action == inspect.WithdrawPhoto && p.Declarer != a.ID && !a.Has(inspect.Office):
		return nil, inspect.ErrForbidden.With("A photo is withdrawn by the person who declared it, or by the office.")
	}
	return &p, nil
}

// otherIssue is the issue to merge into, or that was merged into.
func otherIssue(ctx context.Context, tx *store.Tx, a *inspect.Actor, row *store.Row, ask *Ask) (*store.Row, error) {
	id := ask.Into
	if ask.Action == inspect.Unmerge {
		id = row.MergedInto
	}
	if id.IsZero() {
		return nil, nil
	}
	need := inspect.MaySee
	if ask.Action == inspect.Merge { // it may get an earlier deadline by this
		need = inspect.Permission(inspect.Merge)
	}
	other, err := visibleIssue(ctx, tx, a, id, need)
	if f, ok := fault.As(err); ok && ask.Action == inspect.Merge && f.Kind == fault.NotFound {
		return nil, unknown("/into", "there is no such issue, or none that you may see")
	}
	return &other, err
}

// belonging finds the units by which the actor has or had a role when the issue was fixed, and those around the fixing
// unit.
func belonging(ctx context.Context, tx *store.Tx, row *store.Row, m *inspect.Move) error {
	grants, err := tx.Grants(ctx, m.By, row.FixedAt)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if g.Scope.Kind == inspect.UnitSubtree {
			m.Belonged = append(m.Belonged, g.Scope.ID)
		}
	}
	above, err := tx.Above(ctx, store.UnitTree, row.Unit)
	if err != nil {
		return err
	}
	below, err := tx.Below(ctx, store.UnitTree, row.Unit)
	m.FixerLine = append(above, below...)
	return err
}

// askedBefore finds who asked for the same erasure and settles that it is answered.
func (c *Core) askedBefore(ctx context.Context, tx *store.Tx, row *store.Row, m *inspect.Move, ask *Ask) error {
	open, err := tx.OpenErasures(ctx, row)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(open, func(d store.Done) bool { return d.Photo == ask.Photo })
	if at < 0 {
		return nil
	}
	if m.AskedBy = open[at].By; m.AskedBy == m.By {
		return nil // the rule refuses it
	}
	return tx.SettleErasure(ctx, open[at].ID)
}

// consequences are what an action changes beside its own issue's workflow.
func (c *Core) consequences(ctx context.Context, tx *store.Tx, row, into *store.Row, m *inspect.Move, e *inspect.Event) error {
	flags := oddActions(row, e)
	note(row, e, flags)
	if err := raise(ctx, tx, row, flags); err != nil {
		return err
	}
	switch e.Type {
	case "issue.photo_withdrawn":
		row.PhotosDeclared--
		return tx.SetPhotoState(ctx, *m.Photo, inspect.PhotoWithdrawn, m.ID)
	case "issue.merged", "issue.unmerged":
		return c.link(ctx, tx, row, into, m, e)
	case "issue.erased":
		return c.erase(ctx, tx, row, m)
	case "issue.flag_decided":
		if m.Flag.Decision == "" {
			row.FlagsOpen--
		}
		return tx.DecideFlag(ctx, m.Flag.ID, m.Decided, m.By, m.ID)
	case "issue.erasure_asked":
		return nil
	}
	if !e.Proves() {
		return nil
	}
	for _, p := range m.Photos {
		if !p.UsedBy.IsZero() {
			continue
		}
		if err := tx.UsePhoto(ctx, p.ID, m.ID); err != nil {
			return err
		}
	}
	return nil
}

// link writes the other half of a merge, or of its undoing, into the record of the other issue; each half names the head
// of the other chain.
func (c *Core) link(ctx context.Context, tx *store.Tx, row, into *store.Row, m *inspect.Move, e *inspect.Event) error {
	head, err := tx.Head(ctx, store.IssueStream(into.ID))
	if err != nil {
		return err
	}
	e.OtherHead = head.Hash.String()
	own, err := tx.Head(ctx, store.IssueStream(row.ID))
	if err != nil {
		return err
	}
	other := row.OtherHalf(m, e)
	other.OtherHead = own.Hash.String()
	return c.saveIssue(ctx, tx, into, other)
}

// erase forgets the bytes of a photo, or the personal texts of an issue; digest, seals and the decision stay.
func (c *Core) erase(ctx context.Context, tx *store.Tx, row *store.Row, m *inspect.Move) error {
	if err := tx.Log(ctx, store.LogEntry{Kind: LogErase, Person: m.By, Detail: row.Number}); err != nil {
		return err
	}
	if m.Photo == nil {
		return tx.EraseTexts(ctx, row)
	}
	if err := tx.SetPhotoState(ctx, *m.Photo, inspect.PhotoErased, m.ID); err != nil {
		return err
	}
	if err := forget(ctx, tx, m.Photo.ID); err != nil {
		return err
	}
	row.PhotosDeclared--
	row.PhotosSafe--
	made, err := tx.DropRenditions(ctx, m.Photo.ID)
	if err != nil {
		return err
	}
	job := RemoveBytes{Original: m.Photo.SHA256}
	for _, v := range made {
		job.Renditions = append(job.Renditions, v.SHA256)
	}
	return tx.Enqueue(ctx, job, 0)
}
