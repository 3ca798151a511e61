package rounds

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

// Names are the names of what duties and rounds are about.
type Names struct {
	Areas, Units, Targets map[inspect.ID]string
	Duties                map[inspect.ID]*inspect.Duty
	People                map[inspect.ID]store.PersonRef
}

// Duties gives the duties that the actor may see or is part of, those that run first.
func (svc *Service) Duties(ctx context.Context, a *inspect.Actor) (all []inspect.Duty, names Names, err error) {
	if !a.MayAnywhere(inspect.MaySeeRounds) {
		return nil, names, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		every, err := tx.Duties(ctx)
		if err != nil {
			return err
		}
		for n := range every {
			if sees, err := seesDuty(ctx, tx, a, &every[n]); err != nil {
				return err
			} else if sees {
				all = append(all, every[n])
			}
		}
		names, err = namesOfDuties(ctx, tx, a, all)
		return err
	})
	return all, names, err
}

// Duty gives one duty with the names of what it is about.
func (svc *Service) Duty(ctx context.Context, a *inspect.Actor, id inspect.ID) (d inspect.Duty, names Names, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if d, err = visibleDuty(ctx, tx, a, id); err != nil {
			return err
		}
		if names, err = namesOfDuties(ctx, tx, a, []inspect.Duty{d}); err != nil {
			return err
		}
		names.Targets, err = targetNames(ctx, tx, d.Subject, d.Targets)
		return err
	})
	return d, names, err
}

// visibleDuty gives a duty to who may see it; who may not is not told that it is there.
func visibleDuty(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (d inspect.Duty, err error) {
	d, ok, err := tx.Duty(ctx, id)
	if err != nil {
		return d, err
	}
	if sees, err := seesDuty(ctx, tx, a, &d); err != nil {
		return d, err
	} else if !ok || !sees {
		return d, inspect.ErrDutyNotFound
	}
	return d, nil
}

func seesDuty(ctx context.Context, tx *store.Tx, a *inspect.Actor, d *inspect.Duty) (bool, error) {
	w, err := locationOf(ctx, tx, d.Area, d.Unit)
	return slices.Contains(d.People, a.ID) || a.MayThroughout(inspect.MaySeeRounds, w), err
}

func namesOfDuties(ctx context.Context, tx *store.Tx, a *inspect.Actor, all []inspect.Duty) (names Names, err error) {
	var areas, units, people []inspect.ID
	for _, d := range all {
		areas, units, people = append(areas, d.Area), append(units, d.Unit), append(people, d.People...)
	}
	if names.Areas, err = tx.NodeNames(ctx, store.AreaTree, areas); err != nil {
		return names, err
	}
	if names.Units, err = tx.NodeNames(ctx, store.UnitTree, units); err != nil {
		return names, err
	}
	names.People, err = peopleFor(ctx, tx, a, people)
	return names, err
}

func targetNames(ctx context.Context, tx *store.Tx, subject inspect.VisitSubject, ids []inspect.ID) (map[inspect.ID]string, error) {
	if subject == inspect.VisitPlace {
		return tx.SpotNames(ctx, ids)
	}
	return tx.NodeNames(ctx, store.AreaTree, ids)
}

// PutDuty makes or changes a duty, and opens what is due of it; the same again changes nothing. What is opened already stays as it was planned.
func (svc *Service) PutDuty(ctx context.Context, a *inspect.Actor, d inspect.Duty) (saved inspect.Duty, repeated, created bool, err error) {
	if wrong := checkDuty(&d); len(wrong) > 0 {
		return d, false, false, inspect.ErrContent.At(wrong...)
	}
	err = svc.keepDuty(ctx, a, d.ID, func(ctx context.Context, tx *store.Tx, old inspect.Duty, ok bool) error {
		if err := mayKeep(ctx, tx, a, &d); err != nil {
			return err
		}
		seen := d.UpdatedAt
		d.MadeBy, d.OpenedTo, d.EndedAt, d.CreatedAt, d.UpdatedAt = old.MadeBy, old.OpenedTo, old.EndedAt, old.CreatedAt, old.UpdatedAt
		if today := svc.city.Today(tx); !ok {
			d.MadeBy, d.CreatedAt, d.Holds.From = a.ID, tx.Now, max(d.Holds.From, today)
		}
		if repeated, created = ok && sameDuty(&d, &old), !ok; repeated {
			saved = old
			return nil
		}
		saved = old
		switch err := ledger.CheckSeen(seen, ok, old.UpdatedAt); {
		case err != nil:
			return err
		case old.EndedAt != 0:
			return inspect.ErrDutyEnded
		}
		if err := checkDutyRefs(ctx, tx, &d); err != nil {
			return err
		}
		if err := saveDuty(ctx, tx, a.ID, "duty.set", &d); err != nil {
			return err
		}
		saved = d
		return svc.open(ctx, tx, &saved)
	})
	return saved, repeated, created, err
}

// EndDuty ends a duty: what was not made yet is cancelled. The same again changes nothing.
func (svc *Service) EndDuty(ctx context.Context, a *inspect.Actor, id inspect.ID) (saved inspect.Duty, repeated bool, err error) {
	err = svc.keepDuty(ctx, a, id, func(ctx context.Context, tx *store.Tx, old inspect.Duty, ok bool) error {
		if !ok {
			return inspect.ErrDutyNotFound
		}
		if saved, repeated = old, old.EndedAt != 0; repeated {
			return nil
		}
		saved.EndedAt = tx.Now
		return saveDuty(ctx, tx, a.ID, "duty.ended", &saved)
	})
	return saved, repeated, err
}

// keepDuty changes a duty that is there or not.
func (svc *Service) keepDuty(ctx context.Context, a *inspect.Actor, id inspect.ID, f func(context.Context, *store.Tx, inspect.Duty, bool) error) error {
	if !a.MayAnywhere(inspect.MayKeepDuties) {
		return inspect.ErrForbidden
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		old, ok, err := tx.Duty(ctx, id)
		if err != nil {
			return err
		}
		if ok {
			if err := mayKeep(ctx, tx, a, &old); err != nil {
				return err
			}
		}
		return f(ctx, tx, old, ok)
	})
}

// mayKeep refuses who has no say over all of the area of a duty.
func mayKeep(ctx context.Context, tx *store.Tx, a *inspect.Actor, d *inspect.Duty) error {
	w, err := locationOf(ctx, tx, d.Area, d.Unit)
	if err == nil && !a.MayThroughout(inspect.MayKeepDuties, w) {
		err = inspect.ErrForbidden
	}
	return err
}

// sameDuty says whether two duties ask the same.
func sameDuty(a, b *inspect.Duty) bool {
	asked := func(d inspect.Duty) inspect.Duty {
		d.Targets, d.People = append([]inspect.ID{}, d.Targets...), append([]inspect.ID{}, d.People...)
		d.Schedule.Weekdays = append([]int{}, d.Schedule.Weekdays...)
		return d
	}
	return reflect.DeepEqual(asked(*a), asked(*b))
}

// checkDuty finds what no register has to be asked for.
func checkDuty(d *inspect.Duty) (wrong []fault.Field) {
	add := func(at, detail string) { wrong = append(wrong, fault.Field{Pointer: at, Detail: detail}) }
	if field, detail := d.Schedule.Check(); field != "" {
		add("/schedule/"+field, detail)
	}
	if d.Holds.To != "" && d.Holds.To < d.Holds.From {
		add("/valid_to", "is before the first day")
	}
	if d.Unit.IsZero() && len(d.People) == 0 {
		add("/people", "want people who take turns, or a unit")
	}
	if d.Each < 0 || d.Each > len(d.People) {
		add("/people_each", "want at most as many as there are people")
	}
	if d.Subject == inspect.VisitPlace && d.Place == "" && len(d.Targets) == 0 {
		add("/place_kind", "want a kind of place, or places")
	}
	for list, ids := range map[string][]inspect.ID{"/targets": d.Targets, "/people": d.People} {
		seen := map[inspect.ID]bool{}
		for n, id := range ids {
			if seen[id] {
				add(fmt.Sprintf("%s/%d", list, n), "is named twice")
			}
			seen[id] = true
		}
	}
	return wrong
}

// checkDutyRefs finds what a duty names and the registers do not have.
func checkDutyRefs(ctx context.Context, tx *store.Tx, d *inspect.Duty) error {
	var wrong []fault.Field
	add := func(at, detail string) { wrong = append(wrong, fault.Field{Pointer: at, Detail: detail}) }
	if !d.Area.IsZero() {
		if _, ok, err := tx.Area(ctx, d.Area); err != nil {
			return err
		} else if !ok {
			add("/area", "there is no such area")
		}
	}
	if gone, err := tx.UnknownUnits(ctx, []inspect.ID{d.Unit}); err != nil {
		return err
	} else if len(gone) > 0 && !d.Unit.IsZero() {
		add("/unit", "there is no such unit")
	}
	if kinds, err := places.PlaceKinds.In(ctx, tx); err != nil {
		return err
	} else if d.Place != "" && !inspect.KnownKind(d.Place, kinds) {
		add("/place_kind", "the city has no such kind of place")
	}
	for n, id := range d.People {
		if p, ok, err := tx.Person(ctx, id); err != nil {
			return err
		} else if !ok || p.Disabled {
			add(fmt.Sprintf("/people/%d", n), "there is no such person, or they may not log in")
		}
	}
	targets, err := tx.DutyTargets(ctx, d, d.Holds.From)
	if err != nil {
		return err
	}
	for n, id := range d.Targets {
		if !slices.ContainsFunc(targets, func(t store.Target) bool { return t.ID == id }) {
			add(fmt.Sprintf("/targets/%d", n), "the register has no such area or place in use there")
		}
	}
	if len(targets) > inspect.MostDutyTargets {
		add("/area", fmt.Sprintf("more than %d areas or places: narrow the area", inspect.MostDutyTargets))
	}
	if len(wrong) > 0 {
		return inspect.ErrUnknownRef.At(wrong...)
	}
	return nil
}

func saveDuty(ctx context.Context, tx *store.Tx, by inspect.ID, event string, d *inspect.Duty) error {
	d.UpdatedAt = tx.Now
	ledger.Record(tx, by, store.StreamDuty, d.ID.String(), event, dutyBody(d))
	return tx.SaveDuty(ctx, d)
}

// dutyBody is what the record keeps of a duty: all that its rounds follow from.
func dutyBody(d *inspect.Duty) map[string]any {
	return map[string]any{"name": d.Name, "kind": d.Kind, "subject": d.Subject, "area": d.Area, "class": d.Class, "place_kind": d.Place,
		"targets": append([]inspect.ID{}, d.Targets...), "unit": d.Unit, "people": append([]inspect.ID{}, d.People...), "people_each": d.Each, "schedule": d.Schedule,
		"valid_from": d.Holds.From, "valid_to": d.Holds.To, "ended_at": d.EndedAt, "made_by": d.MadeBy}
}

// LoadDuties gives duties as the record tells them.
func LoadDuties(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	return tx.EachDuty(ctx, func(d inspect.Duty) error {
		rows[evidence.Stream{Kind: store.StreamDuty, ID: d.ID.String()}] = &ledger.Row{Body: dutyBody(&d), CreatedAt: d.CreatedAt, ChangedAt: d.UpdatedAt}
		return nil
	})
}
