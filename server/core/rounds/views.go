package rounds

import (
	"context"
	"slices"

	"spotcheck/pkg/duty"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Rounds gives a page of rounds that the actor may see, the newest first.
func (svc *Service) Rounds(ctx context.Context, a *inspect.Actor, f store.RoundFilter) (all []RoundView, names Names, next int64, err error) {
	if !a.MayAnywhere(inspect.MaySeeRounds) {
		return nil, names, 0, inspect.ErrForbidden
	}
	f.For = a
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		rows, at, err := tx.Rounds(ctx, f)
		if err != nil {
			return err
		}
		next = at
		all, names, err = svc.viewsOf(ctx, tx, a, rows)
		return err
	})
	return all, names, next, err
}

// MyRounds gives the rounds of today and tomorrow of the duties that the actor is part of, in the order of the way: those whose turn it is, and those of the
// others for whom they may stand in.
func (svc *Service) MyRounds(ctx context.Context, a *inspect.Actor) (all []RoundView, names Names, err error) {
	if !a.MayAnywhere(inspect.MayDoRounds) {
		return nil, names, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		duties, err := tx.Duties(ctx)
		if err != nil {
			return err
		}
		for n := range duties {
			d := &duties[n]
			if d.EndedAt != 0 {
				continue
			}
			mine, err := svc.mineOf(ctx, tx, a, d)
			if err != nil {
				return err
			}
			all = append(all, mine...)
		}
		rows := make([]store.RoundRow, len(all))
		for n := range all {
			rows[n] = all[n].RoundRow
		}
		views, n, err := svc.viewsOf(ctx, tx, a, rows)
		for k := range views {
			views[k].MyTurn, views[k].Crew = all[k].MyTurn, all[k].Crew
		}
		all, names = views, n
		return err
	})
	return all, names, err
}

// mineOf gives the rounds of a duty to who is part of it, each with whose turn it is.
func (svc *Service) mineOf(ctx context.Context, tx *store.Tx, a *inspect.Actor, d *inspect.Duty) (all []RoundView, err error) {
	today := svc.city.Today(tx)
	roster, err := svc.rosterOf(ctx, tx, d, today.Add(-1), today.Add(daysAhead))
	if err != nil {
		return nil, err
	}
	w, err := locationOf(ctx, tx, inspect.ID{}, d.Unit)
	if err != nil {
		return nil, err
	}
	ofUnit := !d.Unit.IsZero() && slices.ContainsFunc(a.Grants, func(g inspect.Grant) bool {
		return g.Scope.Kind == inspect.UnitSubtree && g.Scope.Covers(w)
	})
	if !ofUnit && !slices.Contains(d.People, a.ID) && !slices.ContainsFunc(roster, func(r RosterDay) bool { return slices.Contains(r.People, a.ID) }) {
		return nil, nil
	}
	rows, err := tx.RunningRounds(ctx, d.ID, tx.Now)
	if err != nil {
		return nil, err
	}
	byDay := map[inspect.Date][]store.RoundRow{}
	for _, r := range rows {
		if on := crewDay(d, &r, today); on <= today.Add(daysAhead) {
			byDay[on] = append(byDay[on], r)
		}
	}
	for _, day := range roster {
		for n, r := range byDay[day.Day] {
			v := RoundView{RoundRow: r, MyTurn: ofUnit && len(d.People) == 0}
			if turn := duty.Turn(n, len(byDay[day.Day]), len(day.People)); turn >= 0 {
				v.Crew = []inspect.ID{day.People[turn]}
				v.MyTurn = day.People[turn] == a.ID
			}
			all = append(all, v)
		}
	}
	return all, nil
}

// crewDay is the day whose people make a round: its own, or today where its day is over and it may still be made.
func crewDay(d *inspect.Duty, r *store.RoundRow, today inspect.Date) inspect.Date {
	if d.Schedule.Fixed() {
		return r.Day
	}
	return max(r.Day, today)
}

// peopleFor names people: to who does not see names, others by their staff number.
func peopleFor(ctx context.Context, tx *store.Tx, a *inspect.Actor, ids []inspect.ID) (map[inspect.ID]store.PersonRef, error) {
	people, err := tx.PeopleRefs(ctx, ids)
	if a.MayAnywhere(inspect.MaySeeReporter) {
		return people, err
	}
	for id, p := range people {
		if id != a.ID {
			p.DisplayName = p.StaffNumber
			people[id] = p
		}
	}
	return people, err
}

// viewsOf are rounds with their names, as they stand.
func (svc *Service) viewsOf(ctx context.Context, tx *store.Tx, a *inspect.Actor, rows []store.RoundRow) (all []RoundView, names Names, err error) {
	var people, ids []inspect.ID
	bySubject := map[inspect.VisitSubject][]inspect.ID{}
	names = Names{Targets: map[inspect.ID]string{}, Duties: map[inspect.ID]*inspect.Duty{}}
	for n := range rows {
		r := &rows[n]
		ids = append(ids, r.ID)
		people = append(append(people, r.By, r.Excuse.By), r.With...)
		bySubject[r.Subject] = append(bySubject[r.Subject], r.Target)
		if names.Duties[r.Duty] == nil {
			d, _, err := tx.Duty(ctx, r.Duty)
			if err != nil {
				return nil, names, err
			}
			people = append(people, d.People...)
			names.Duties[r.Duty] = &d
		}
	}
	done, err := tx.WorkDoneOf(ctx, ids)
	if err != nil {
		return nil, names, err
	}
	for subject, targets := range bySubject {
		some, err := targetNames(ctx, tx, subject, targets)
		if err != nil {
			return nil, names, err
		}
		for id, name := range some {
			names.Targets[id] = name
		}
	}
	if names.People, err = peopleFor(ctx, tx, a, people); err != nil {
		return nil, names, err
	}
	for n := range rows {
		all = append(all, RoundView{RoundRow: rows[n], State: rows[n].State(tx.Now), Quantities: done[rows[n].ID]})
	}
	return all, names, nil
}
