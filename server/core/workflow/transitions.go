package workflow

import (
	"context"
	"fmt"
	"slices"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// VisitShare is the share of fixes that may be verified by photo and are visited all the same, in %.
var VisitShare = city.Setting[int64]{Key: "visit_share", Default: 10, Read: city.ReadNumber(0, 100, "a share of 0 to 100 %")}

// prepare looks up everything that the rules ask about.
func (svc *Service) prepare(ctx context.Context, tx *store.Tx, a *inspect.Actor, row *store.IssueRow, ask *ActionRequest) (m *inspect.Transition, into *store.IssueRow, err error) {
	late, err := issues.LateWindow(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	share, err := VisitShare.In(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	m = &inspect.Transition{
		Action: ask.Action, ID: ask.ID, By: a.ID, Link: a.Link, DoneAt: ask.DoneAt, SentAt: ask.SentAt, ReceivedAt: tx.Now,
		LateWindow: late, Unit: ask.Unit, DueAt: ask.DueAt, Area: ask.Area,
		Verdict: ask.Verdict, Method: ask.How, Place: ask.Place, Decided: ask.Decided, Until: ask.Until, Answer: ask.Answer,
		LetterKind: ask.Kind, Letter: ask.Letter, AppealSubject: ask.About, Finding: ask.Finding, FieldCheckResult: ask.Found, Mentions: ask.Named, Part: ask.Part, To: ask.To,
		Seed: svc.newSeed(), VisitShare: int(share),
	}
	if m.Calendar, err = svc.city.Calendar(ctx, tx); err != nil {
		return nil, nil, err
	}
	if m.DayCounting, err = city.DayCounting.In(ctx, tx); err != nil {
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
		if m.Rule, err = duties.RuleOf(ctx, tx, row, ask.Rule); err == nil && ask.DueAt != 0 && !ask.Rule.IsZero() {
			err = inspect.InvalidField("/due_at", "either a rule or a deadline by hand")
		}
	case inspect.ReplyPart:
		err = ofOwnPart(ctx, tx, a, row, ask)
	case inspect.HandOver:
		err = takesOver(ctx, tx, ask)
	case inspect.Correct:
		err = svc.correct(ctx, tx, row, ask, m)
	case inspect.PassDown:
		m.SubordinateUnits, err = tx.SelfAndDescendants(ctx, store.UnitTree, row.Unit)
	case inspect.Verify:
		err = issues.Belonging(ctx, tx, row, m)
	case inspect.Unmerge:
		m.OtherMergedDueAt, err = tx.EarliestMergedDeadline(ctx, row.MergedInto, row.ID)
	case inspect.Erase:
		err = svc.askedBefore(ctx, tx, row, m, ask)
	}
	return m, into, err
}

// namedPlaces checks that the unit and the area of an action are there.
func namedPlaces(ctx context.Context, tx *store.Tx, ask *ActionRequest) error {
	if !ask.Unit.IsZero() {
		if u, ok, err := tx.Unit(ctx, ask.Unit); err != nil {
			return err
		} else if !ok || !u.Enabled {
			return inspect.UnknownField("/unit", "there is no such unit, or it is switched off")
		}
	}
	if !ask.Area.IsZero() {
		if _, ok, err := tx.Area(ctx, ask.Area); err != nil {
			return err
		} else if !ok {
			return inspect.UnknownField("/area", "there is no such area")
		}
	}
	return nil
}

// proofs are the photos that an action names; each has to be safe, or the phone tries again later.
func proofs(ctx context.Context, tx *store.Tx, row *store.IssueRow, ids []inspect.ID) ([]inspect.Photo, error) {
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
func namedPhoto(ctx context.Context, tx *store.Tx, a *inspect.Actor, row *store.IssueRow, ask *ActionRequest) (*inspect.Photo, error) {
	p, ok, err := tx.Photo(ctx, ask.Photo)
	switch {
	case err != nil:
		return nil, err
	case !ok || p.Issue != row.ID:
		return nil, inspect.ErrPhotoNotFound
	case ask.Action == inspect.WithdrawPhoto && p.Declarer != a.ID && !a.HasRole(inspect.Office):
		return nil, inspect.ErrForbidden.With("A photo is withdrawn by the person who declared it, or by the office.")
	}
	return &p, nil
}

// otherIssue is the issue to merge into, or that was merged into.
func otherIssue(ctx context.Context, tx *store.Tx, a *inspect.Actor, row *store.IssueRow, ask *ActionRequest) (*store.IssueRow, error) {
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
	other, err := issues.Visible(ctx, tx, a, id, need)
	if f, ok := fault.As(err); ok && ask.Action == inspect.Merge && f.Kind == fault.NotFound {
		return nil, inspect.UnknownField("/into", "there is no such issue, or none that you may see")
	}
	return &other, err
}

// askedBefore finds who asked for the same erasure and settles that it is answered.
func (svc *Service) askedBefore(ctx context.Context, tx *store.Tx, row *store.IssueRow, m *inspect.Transition, ask *ActionRequest) error {
	open, err := tx.OpenErasures(ctx, row)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(open, func(d store.AcceptedAction) bool { return d.Photo == ask.Photo })
	if at < 0 {
		return nil
	}
	if m.AskedBy = open[at].By; m.AskedBy == m.By {
		return nil // the rule refuses it
	}
	return tx.SettleErasure(ctx, open[at].ID)
}
