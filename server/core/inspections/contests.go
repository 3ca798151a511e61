package inspections

import (
	"context"
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/messages"
	"spotcheck/server/store"
)

// ContestVisit says what a unit has against a visit, item by item; once for each visit. The same again changes nothing.
func (svc *Service) ContestVisit(ctx context.Context, a *inspect.Actor, id inspect.ID, items []string, reason string) (page VisitPage, repeated bool, err error) {
	return svc.changeVisit(ctx, a, id, func(ctx context.Context, tx *store.Tx, v *store.VisitRow, w inspect.Jurisdiction) (bool, error) {
		if !a.MayThroughout(inspect.MayContest, inspect.Jurisdiction{Units: w.Units}) {
			return false, inspect.ErrForbidden
		}
		switch state := v.State(tx.Now); {
		case v.Contest.At != 0:
			if v.Contest.By == a.ID && v.Contest.Reason == reason && slices.Equal(v.Contest.Items, items) {
				return true, nil
			}
			return false, inspect.ErrVisitState
		case state != inspect.VisitDone:
			return false, inspect.ErrContestLate
		}
		if err := among("/items", items, v.Failed(), "nothing was found wrong with this item"); err != nil {
			return false, err
		}
		v.Contest = inspect.VisitContest{Items: items, Reason: reason, By: a.ID, At: tx.Now}
		if err := svc.keepContest(ctx, tx, a, "visit.contested", v); err != nil {
			return false, err
		}
		name, err := targetName(ctx, tx, a, &v.Visit)
		if err != nil {
			return false, err
		}
		return false, svc.tellOffices(ctx, tx, v, w, name)
	})
}

// DecideContest strikes what a unit was right about; an empty list says that all stands. The same again changes nothing.
func (svc *Service) DecideContest(ctx context.Context, a *inspect.Actor, id inspect.ID, struck []string, reason string) (page VisitPage, repeated bool, err error) {
	return svc.changeVisit(ctx, a, id, func(ctx context.Context, tx *store.Tx, v *store.VisitRow, w inspect.Jurisdiction) (bool, error) {
		if v.Contest.DecidedAt != 0 && v.Contest.DecidedBy == a.ID && v.Contest.Decision == reason && slices.Equal(v.Contest.Struck, struck) {
			return true, nil
		}
		if err := decidesContest(a, &v.Visit, w); err != nil {
			return false, err
		}
		if v.State(tx.Now) != inspect.VisitContested {
			return false, inspect.ErrVisitState
		}
		if err := among("/struck", struck, v.Contest.Items, "this item is not contested"); err != nil {
			return false, err
		}
		s, _, err := tx.Standard(ctx, v.Standard, v.Version)
		if err != nil {
			return false, err
		}
		v.Contest.Struck, v.Contest.Decision, v.Contest.DecidedBy, v.Contest.DecidedAt = struck, reason, a.ID, tx.Now
		v.Strike(struck)
		v.Settle(&s)
		if err := svc.keepContest(ctx, tx, a, "visit.contest_decided", v); err != nil {
			return false, err
		}
		name, err := targetName(ctx, tx, a, &v.Visit)
		if err != nil {
			return false, err
		}
		return false, svc.tellUnit(ctx, tx, contestDecided, v, name)
	})
}

// among refuses items that are none of these, and one that is named twice.
func among(field string, items, these []string, detail string) error {
	for n, code := range items {
		if !slices.Contains(these, code) {
			return inspect.InvalidField(field, detail+": "+code)
		}
		if slices.Contains(items[:n], code) {
			return inspect.InvalidField(field, "is named twice: "+code)
		}
	}
	return nil
}

func (svc *Service) keepContest(ctx context.Context, tx *store.Tx, a *inspect.Actor, event string, v *store.VisitRow) error {
	if err := recordVisit(ctx, tx, a.ID, event, v); err != nil {
		return err
	}
	return tx.SaveContest(ctx, v)
}

// changeVisit changes a visit that the actor sees; f says when nothing is left to do.
func (svc *Service) changeVisit(ctx context.Context, a *inspect.Actor, id inspect.ID,
	f func(context.Context, *store.Tx, *store.VisitRow, inspect.Jurisdiction) (repeated bool, err error)) (page VisitPage, repeated bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		v, w, err := visibleVisit(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if repeated, err = f(ctx, tx, &v, w); err != nil {
			return err
		}
		page, err = svc.visitPage(ctx, tx, a, &v)
		return err
	})
	return page, repeated, err
}

// What people are told of visits.
const (
	visitDone      = "visit.done"
	visitContested = "visit.contested"
	contestDecided = "visit.contest_decided"
)

// Wordings are the titles of what people are told of visits.
var Wordings = messages.Wordings{
	visitDone:      {inspect.Chinese: "现场检查结果 {number}", inspect.English: "Visited: {number}"},
	visitContested: {inspect.Chinese: "检查结果有异议，请裁定 {number}", inspect.English: "A visit is contested: {number}"},
	contestDecided: {inspect.Chinese: "检查异议已裁定 {number}", inspect.English: "A contest was decided: {number}"},
}

// targetName is the name of where a visit went.
func targetName(ctx context.Context, tx *store.Tx, a *inspect.Actor, v *inspect.Visit) (string, error) {
	names, err := namesOf(ctx, tx, a, []inspect.Visit{*v})
	return names.Targets[v.Target], err
}

// tellUnit tells the contacts of the unit that answers for the place, and after a decision whoever made the visit.
func (svc *Service) tellUnit(ctx context.Context, tx *store.Tx, what string, v *store.VisitRow, name string) error {
	people, err := messages.Contacts(ctx, tx, v.Unit)
	if err != nil {
		return err
	}
	if what == contestDecided {
		people = append(people, v.By)
	}
	return svc.tell(ctx, tx, what, v, name, people)
}

// tellOffices tells the offices in whose scope the place lies that a visit is contested.
func (svc *Service) tellOffices(ctx context.Context, tx *store.Tx, v *store.VisitRow, w inspect.Jurisdiction, name string) error {
	at, err := tx.RoleHolders(ctx, inspect.Office, w.Units, w.Areas)
	if err != nil {
		return err
	}
	var people []inspect.ID
	for _, some := range at {
		people = append(people, some...)
	}
	return svc.tell(ctx, tx, visitContested, v, name, people)
}

func (svc *Service) tell(ctx context.Context, tx *store.Tx, what string, v *store.VisitRow, name string, people []inspect.ID) error {
	var to []messages.Recipient
	slices.SortFunc(people, func(a, b inspect.ID) int { return slices.Compare(a[:], b[:]) })
	for _, id := range slices.Compact(people) {
		to = append(to, messages.Recipient{Person: id, Urgency: inspect.Normal})
	}
	if len(to) == 0 {
		return nil
	}
	if v.Scored {
		name += " " + v.Score.String()
	}
	return svc.messages.Tell(ctx, tx, messages.Notification{To: to, NotificationEvent: store.NotificationEvent{Ref: what + "/" + v.ID.String(), Type: what, At: tx.Now,
		Facts: store.IssueSummary{Number: name, Unit: v.Unit}}})
}
