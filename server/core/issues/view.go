package issues

import (
	"context"
	"errors"
	"time"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// SimilarTo is the photo that another one is a copy of, where the person may see it.
type SimilarTo struct {
	Photo, Issue inspect.ID
	Number       string
}

// PendingDecision is a decision that waits for a second person.
type PendingDecision struct {
	Photo  inspect.ID
	By     inspect.ID
	At     inspect.Time
	Reason string
}

// Proposal is the deadline of a rule, if the issue is assigned now.
type Proposal struct {
	Limit  float64
	Unit   inspect.LimitUnit
	DueAt  inspect.Time
	Rules  []inspect.Rule  // that may be taken, the proposed one first; one without an id stands for the catalogue
	Repeat *RepeatProposal // nil when no unit gave the issue back
}

// RepeatProposal is the proposal for the unit that gave the issue back: the time that it used stays used.
type RepeatProposal struct {
	Unit  inspect.ID
	Used  time.Duration
	DueAt inspect.Time
}

// View is an issue as one person may see it, with what they may do next.
type View struct {
	store.IssueRow
	Texts         inspect.Texts
	Photos        []inspect.Photo
	Reasons       map[inspect.ID]string // of photos that were withdrawn or erased, of flags that were decided on; what people said in an action
	FeedbackTexts map[string]string     // in the feedback that stands, by field
	Flags         []inspect.Flag
	SimilarTo     map[inspect.ID]SimilarTo // by flag
	Into          *store.IssueRow
	From          []store.IssueRow
	Old           *store.IssueRow  // that came back as this one
	Recurrences   []store.IssueRow // as which it came back
	Proposed      *Proposal
	Deadline      *DeadlineExplanation
	Responsible   []Responsible // who could answer for it, the proposal first
	Candidates    []NamedUnit   // that answer for something where it lies
	Dismissal     *PendingDecision
	Erasures      []PendingDecision
	OwnParts      []inspect.ID       // parts of joint work that the person may reply to
	SpotName      string             // of the place of the register that it is about
	Work          []inspect.WorkDone // that was told of at its fixes
	NearSpots     []store.NearbySpot // that it may be about, where it names none
	Names         Names
	May           []inspect.Action
	Contestable   []inspect.AppealSubject // of what a unit may appeal against now
	ComputedAt    inspect.Time
}

// LocationOf is the place of an issue in the two trees.
func LocationOf(ctx context.Context, tx *store.Tx, row *store.IssueRow) (w inspect.Jurisdiction, err error) {
	w.Issue = row.ID
	if w.Areas, err = tx.SelfAndAncestors(ctx, store.AreaTree, row.Area); err != nil {
		return w, err
	}
	if w.Units, err = tx.SelfAndAncestors(ctx, store.UnitTree, row.Unit); err != nil {
		return w, err
	}
	w.Assisting, err = assisting(ctx, tx, row)
	return w, err
}

// Visible gives an issue that the actor has a permission on.
func Visible(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID, need inspect.Permission) (store.IssueRow, error) {
	row, ok, err := tx.Issue(ctx, id)
	if err != nil {
		return row, err
	}
	if !ok {
		return row, inspect.ErrIssueNotFound
	}
	w, err := LocationOf(ctx, tx, &row)
	if err != nil {
		return row, err
	}
	err = a.Authorise(need, &row.Issue, w)
	return row, err
}

// Locked is Visible for a change: nobody else changes the issue until the commit.
func Locked(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID, need inspect.Permission) (store.IssueRow, error) {
	if err := tx.LockIssues(ctx, id); err != nil {
		return store.IssueRow{}, err
	}
	return Visible(ctx, tx, a, id, need)
}

// Save applies an event to an issue, keeps both, and tells whom it concerns.
func (svc *Service) Save(ctx context.Context, tx *store.Tx, row *store.IssueRow, e *inspect.Event) error {
	before := row.Issue
	if err := row.Apply(e); err != nil {
		return err
	}
	tx.RecordIssue(&row.Issue, e, store.CustodyLeft(&before, &row.Issue))
	if err := svc.beforeEvent(ctx, tx, row, e); err != nil {
		return err
	}
	if err := tx.UpdateIssue(ctx, row); err != nil {
		return err
	}
	if before.Category != row.Category || before.Unit != row.Unit || before.TakenOverBy != row.TakenOverBy || len(e.Corrected) > 0 {
		if err := tx.FileWords(ctx, row); err != nil {
			return err
		}
	}
	return svc.afterEvent(ctx, tx, row, e)
}

// CurrentState is what somebody whose action came too late needs to know.
func CurrentState(row *store.IssueRow) map[string]any {
	s := map[string]any{"id": row.ID, "number": row.Number, "status": row.Status, "version": row.Version}
	if !row.Unit.IsZero() {
		s["unit"] = row.Unit
	}
	if row.DueAt != 0 {
		s["due_at"] = row.DueAt
	}
	return s
}

// Issue gives an issue that the actor may see.
func (svc *Service) Issue(ctx context.Context, a *inspect.Actor, id inspect.ID) (v View, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if v, err = svc.View(ctx, tx, a, id); err != nil {
			return err
		}
		if v.Work, err = tx.WorkOfIssue(ctx, v.ID); err != nil {
			return err
		}
		return svc.extendPage(ctx, tx, &v)
	})
	return v, err
}

func (svc *Service) View(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (View, error) {
	if _, err := Visible(ctx, tx, a, id, inspect.MaySee); err != nil {
		return View{}, err
	}
	return svc.viewFor(ctx, tx, a, id)
}

// ViewIfVisible shows an issue to who may see it now, and nothing to others: for the receipt of what was done before.
func (svc *Service) ViewIfVisible(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (*View, error) {
	v, err := svc.View(ctx, tx, a, id)
	if OutOfReach(err) {
		return nil, nil
	}
	return &v, err
}

// Receipt shows an issue after the commit of what somebody did to it, so that nobody waits for the looking: to who just acted, even when it has left their hands
// by that; of what was done before, to who may see it still, and nothing to others.
func (svc *Service) Receipt(ctx context.Context, a *inspect.Actor, id inspect.ID, before bool) (v *View, err error) {
	show := svc.ViewAfter
	if before {
		show = svc.ViewIfVisible
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		v, err = show(ctx, tx, a, id)
		return err
	})
	return v, err
}

// OutOfReach says whether an error is that the actor may not see an issue, or not do what was asked.
func OutOfReach(err error) bool {
	f, ok := fault.As(err)
	return ok && (f.Kind == fault.NotFound || f.Kind == fault.Forbidden)
}

// ViewAfter shows an issue to who just acted on it, even when it has left their hands by that.
func (svc *Service) ViewAfter(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (*View, error) {
	v, err := svc.viewFor(ctx, tx, a, id)
	return &v, err
}

func (svc *Service) viewFor(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (v View, err error) {
	v.ComputedAt = tx.Now
	if v.IssueRow, _, err = tx.Issue(ctx, id); err != nil {
		return v, err
	}
	for _, part := range []func(context.Context, *store.Tx, *View) error{loadTexts, loadPhotos, loadStatements, loadRelated, svc.pendingDecisions,
		svc.extendView, svc.explainDeadline, loadSpot, loadNames} {
		if err := part(ctx, tx, &v); err != nil {
			return v, err
		}
	}
	if err := findSimilar(ctx, tx, a, &v); err != nil {
		return v, err
	}
	w, err := LocationOf(ctx, tx, &v.IssueRow)
	if err != nil {
		return v, err
	}
	hideReporter(v.Names.People, a, &v.Issue, w)
	if err := ownParts(ctx, tx, a, &v); err != nil {
		return v, err
	}
	err = svc.offered(ctx, tx, a, &v, w)
	return v, err
}

func loadTexts(ctx context.Context, tx *store.Tx, v *View) error {
	all, err := tx.Texts(ctx, v.ID)
	for field, text := range v.Texts.Fields() {
		*text = all[field]
	}
	return err
}

func loadPhotos(ctx context.Context, tx *store.Tx, v *View) (err error) {
	if v.Photos, err = tx.Photos(ctx, v.ID); err != nil {
		return err
	}
	v.Reasons = map[inspect.ID]string{}
	for _, p := range v.Photos {
		if p.RemovalAction.IsZero() {
			continue
		}
		told, err := tx.Texts(ctx, p.RemovalAction)
		if err != nil {
			return err
		}
		v.Reasons[p.ID] = told["reason"]
	}
	if v.Flags, err = tx.Flags(ctx, &v.IssueRow); err != nil {
		return err
	}
	for _, f := range v.Flags {
		if f.Decided.IsZero() {
			continue
		}
		told, err := tx.Texts(ctx, f.Decided)
		if err != nil {
			return err
		}
		v.Reasons[f.ID] = told["reason"]
	}
	return nil
}

// loadStatements finds what people said: why the unit wants more time or a hold, what letters demand, what is contested, and the answers.
func loadStatements(ctx context.Context, tx *store.Tx, v *View) error {
	actions := []inspect.ID{}
	for _, r := range []inspect.Request{v.Extension, v.Hold} {
		actions = AppendID(actions, r.Action)
	}
	for _, l := range v.Letters {
		actions = AppendID(AppendID(actions, l.ID), l.Reply)
	}
	for _, a := range v.Appeals {
		actions = AppendID(AppendID(actions, a.Action), a.Decision)
	}
	for _, p := range v.Parts {
		actions = AppendID(AppendID(AppendID(actions, p.ID), p.Reply), p.Ended)
	}
	for _, id := range actions {
		told, err := tx.Texts(ctx, id)
		if err != nil {
			return err
		}
		v.Reasons[id] = told["reason"] + told["note"]
	}
	if v.Feedback.At == 0 {
		return nil
	}
	var err error
	v.FeedbackTexts, err = tx.Texts(ctx, v.Feedback.Action)
	return err
}

// findSimilar finds what copies were made of, and says it to who may see that as well.
func findSimilar(ctx context.Context, tx *store.Tx, a *inspect.Actor, v *View) error {
	v.SimilarTo = map[inspect.ID]SimilarTo{}
	for _, f := range v.Flags {
		if f.Other.IsZero() {
			continue
		}
		p, ok, err := tx.Photo(ctx, f.Other)
		if err != nil || !ok {
			return err
		}
		row, err := Visible(ctx, tx, a, p.Issue, inspect.MaySee)
		switch {
		case err == nil:
			v.SimilarTo[f.ID] = SimilarTo{f.Other, row.ID, row.Number}
		case !errors.Is(err, inspect.ErrIssueNotFound):
			return err
		}
	}
	return nil
}

func loadRelated(ctx context.Context, tx *store.Tx, v *View) (err error) {
	if !v.MergedInto.IsZero() {
		into, _, err := tx.Issue(ctx, v.MergedInto)
		if err != nil {
			return err
		}
		v.Into = &into
	}
	if !v.RecurrenceOf.IsZero() {
		old, _, err := tx.Issue(ctx, v.RecurrenceOf)
		if err != nil {
			return err
		}
		v.Old = &old
	}
	if v.Recurrences, err = tx.Recurrences(ctx, v.ID); err != nil {
		return err
	}
	v.From, err = tx.MergedInto(ctx, v.ID)
	return err
}

// pendingDecisions finds what waits for a second person.
func (svc *Service) pendingDecisions(ctx context.Context, tx *store.Tx, v *View) error {
	asked := func(action, photo, by inspect.ID, at inspect.Time) (PendingDecision, error) {
		told, err := tx.Texts(ctx, action)
		return PendingDecision{Photo: photo, By: by, At: at, Reason: told["reason"]}, err
	}
	if v.DismissalAskedAt != 0 {
		d, err := asked(v.DismissalAction, inspect.ID{}, v.DismissalAskedBy, v.DismissalAskedAt)
		if err != nil {
			return err
		}
		v.Dismissal = &d
	}
	open, err := tx.OpenErasures(ctx, &v.IssueRow)
	if err != nil {
		return err
	}
	for _, d := range open {
		e, err := asked(d.ID, d.Photo, d.By, d.ReceivedAt)
		if err != nil {
			return err
		}
		v.Erasures = append(v.Erasures, e)
	}
	return nil
}

// Responsible is a unit that answers for an issue by a rule, and why.
type Responsible struct {
	Unit               inspect.ID
	UnitName           string
	Rule               int64
	ReasonZH, ReasonEN string
	Leader, Contact    string
	Assisting          []NamedUnit
}

// NamedUnit is a unit with its name.
type NamedUnit struct {
	ID   inspect.ID
	Name string
}

// loadSpot names the place of the register that an issue is about.
func loadSpot(ctx context.Context, tx *store.Tx, v *View) error {
	if v.Spot.IsZero() {
		return nil
	}
	s, _, err := tx.Spot(ctx, v.Spot)
	v.SpotName = s.Name
	return err
}
