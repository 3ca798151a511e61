package workflow

import (
	"cmp"
	"context"
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// CorrectionRequest is what a person says is right of an issue (更正). What is empty stays; the position and the area stand in the action.
type CorrectionRequest struct {
	Category string
	Severity inspect.Severity
	Spot     inspect.ID // the place of the register
	Address  string
	Plate    string
	Clear    []string // fields that should have nothing: see Clearable
	Deadline inspect.DeadlineChoice
}

// Clearable are the fields that an issue can do without.
var Clearable = []string{"address", "plate", "place_id"}

// CorrectionEffect is what a correction does to the deadline, before it is done.
type CorrectionEffect struct {
	Asks     bool             // whether the deadline of the other rule applies
	Area     issues.NamedUnit // in which the issue lies by it
	DueAt    inspect.Time     // that it has
	Rule     *issues.View     // with the deadline that the rule would give it, and its working; nil where nothing is asked
	Category string           // that it has by it
	Status   inspect.Status   // in which it is
}

// correct looks up what of an issue differs from what somebody says is right.
func (svc *Service) correct(ctx context.Context, tx *store.Tx, row *store.IssueRow, ask *ActionRequest, m *inspect.Transition) error {
	c := &inspect.Correction{Deadline: ask.Correction.Deadline}
	for _, part := range []func(context.Context, *store.Tx, *store.IssueRow, *ActionRequest, *inspect.Correction) error{
		correctCategory, correctSpot, svc.correctPlace, correctTexts} {
		if err := part(ctx, tx, row, ask, c); err != nil {
			return err
		}
	}
	if ask.Correction.Severity != row.Severity {
		c.Severity = ask.Correction.Severity
	}
	var err error
	if c.SignedFront, err = tx.SpotSigned(ctx, c.Spot, inspect.DateOf(row.ReceivedAt, svc.zone)); err != nil {
		return err
	}
	m.Correction, m.Area, m.Place = c, inspect.ID{}, nil
	if !row.AsksDeadline(c) {
		return nil
	}
	right := *row
	right.Category = cmp.Or(c.Category, row.Category)
	if !c.Area.IsZero() {
		right.Area = c.Area
	}
	m.Rule, err = duties.RuleOf(ctx, tx, &right, inspect.ID{})
	return err
}

func correctCategory(ctx context.Context, tx *store.Tx, row *store.IssueRow, ask *ActionRequest, c *inspect.Correction) error {
	code := ask.Correction.Category
	if code == "" || code == row.Category {
		return nil
	}
	category, ok, err := tx.Category(ctx, code)
	if err != nil {
		return err
	}
	if !ok || !category.Enabled {
		return inspect.UnknownField("/category", "the catalogue has no such item, or it is switched off")
	}
	c.Category = code
	return nil
}

func correctSpot(ctx context.Context, tx *store.Tx, row *store.IssueRow, ask *ActionRequest, c *inspect.Correction) error {
	spot := ask.Correction.Spot
	c.NoSpot = slices.Contains(ask.Correction.Clear, "place_id") && !row.Spot.IsZero()
	if spot.IsZero() || spot == row.Spot {
		return nil
	}
	if _, ok, err := tx.Spot(ctx, spot); err != nil {
		return err
	} else if !ok {
		return inspect.UnknownField("/place_id", "the register has no such place")
	}
	c.Spot = spot
	return nil
}

// correctPlace takes another position, and the area in which it lies where nobody names one.
func (svc *Service) correctPlace(ctx context.Context, tx *store.Tx, row *store.IssueRow, ask *ActionRequest, c *inspect.Correction) error {
	area := ask.Area
	if p := ask.Place; p != nil && (row.Place == nil || row.Place.Point != p.Point) {
		c.Place = p
		if area.IsZero() {
			index, err := svc.places.AreaIndexIn(ctx, tx)
			if err != nil {
				return err
			}
			area, _ = index.At(p.Point)
		}
	}
	if area.IsZero() || area == row.Area {
		return nil
	}
	before, err := tx.AreaClass(ctx, row.Area)
	if err != nil {
		return err
	}
	class, err := tx.AreaClass(ctx, area)
	c.Area, c.OtherClass = area, class != before
	return err
}

// correctTexts finds the texts that would be others, and those of them that are there.
func correctTexts(ctx context.Context, tx *store.Tx, row *store.IssueRow, ask *ActionRequest, c *inspect.Correction) error {
	kept, err := tx.PersonalTexts(ctx, row.ID)
	if err != nil {
		return err
	}
	for _, field := range issues.CorrectedTexts {
		n := slices.IndexFunc(kept, func(t store.PersonalText) bool { return t.Field == field })
		old, text := "", ask.Correction.text(field)
		if n >= 0 {
			old = kept[n].Body
		}
		if text == old || text == "" && !slices.Contains(ask.Correction.Clear, field) {
			continue
		}
		if c.Texts = append(c.Texts, field); n >= 0 {
			c.TextsBefore = append(c.TextsBefore, field)
		}
	}
	return nil
}

// text is the right text of a field.
func (r *CorrectionRequest) text(field string) string {
	if field == "plate" {
		return r.Plate
	}
	return r.Address
}

// replaceTexts keeps the texts that are right, and those that were wrong by the correction that replaced them.
func replaceTexts(ctx context.Context, tx *store.Tx, ask *ActionRequest, e *inspect.Event) error {
	for _, field := range e.Corrected {
		seal, err := tx.ReplaceText(ctx, ask.Issue, ask.ID, field, ask.Correction.text(field))
		if err != nil {
			return err
		}
		if seal != "" {
			e.Seals[field] = seal
		}
	}
	return nil
}

// PreviewCorrection says what a correction would do to the deadline.
func (svc *Service) PreviewCorrection(ctx context.Context, a *inspect.Actor, ask ActionRequest) (effect CorrectionEffect, err error) {
	ask.Action = inspect.Correct
	ask.Place = inWGS84(ask.Place)
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		row, err := issues.Visible(ctx, tx, a, ask.Issue, inspect.Permission(inspect.Correct))
		if err != nil {
			return err
		}
		m, err := svc.deadlineRules(ctx, tx)
		if err != nil {
			return err
		}
		if err := namedPlaces(ctx, tx, &ask); err != nil {
			return err
		}
		if err := svc.correct(ctx, tx, &row, &ask, m); err != nil {
			return err
		}
		c := m.Correction
		effect = CorrectionEffect{Asks: row.AsksDeadline(c), DueAt: row.DueAt, Status: row.Status, Category: cmp.Or(c.Category, row.Category), Area: issues.NamedUnit{ID: row.Area}}
		if !c.Area.IsZero() {
			effect.Area.ID = c.Area
		}
		names, err := tx.NodeNames(ctx, store.AreaTree, []inspect.ID{effect.Area.ID})
		if effect.Area.Name = names[effect.Area.ID]; err != nil || !effect.Asks {
			return err
		}
		right := row
		right.Category = effect.Category
		right.Clock, right.DueAt = row.DeadlineUnder(m)
		right.OwnDueAt = right.DueAt
		effect.Rule, err = svc.issues.Explained(ctx, tx, right)
		return err
	})
	return effect, err
}

// deadlineRules is what the rules of deadlines ask about, whatever is done.
func (svc *Service) deadlineRules(ctx context.Context, tx *store.Tx) (m *inspect.Transition, err error) {
	m = &inspect.Transition{Action: inspect.Correct, ReceivedAt: tx.Now}
	if m.Calendar, err = svc.city.Calendar(ctx, tx); err != nil {
		return nil, err
	}
	m.DayCounting, err = city.DayCounting.In(ctx, tx)
	return m, err
}
