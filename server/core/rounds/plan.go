package rounds

import (
	"cmp"
	"context"
	"slices"

	"spotcheck/pkg/duty"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// PlanDays is how many days a plan shows.
const PlanDays = 7

// PlanRow is a target with how its rounds stand on each day.
type PlanRow struct {
	Subject inspect.VisitSubject
	Target  inspect.ID
	Name    string
	Days    [PlanDays]map[inspect.RoundState]int // nil where nothing is planned
}

// Plan is what was planned and done in some days.
type Plan struct {
	From  inspect.Date
	Rows  []PlanRow
	Total map[inspect.RoundState]int
}

// PlanRequest says which plan is asked for.
type PlanRequest struct {
	From       inspect.Date // the first of its days; none for the city's week of today
	Area, Duty inspect.ID
}

// Plan gives the plan of a week: what was opened as it stands, and what will be opened later.
func (svc *Service) Plan(ctx context.Context, a *inspect.Actor, ask PlanRequest) (p Plan, err error) {
	if !a.MayAnywhere(inspect.MaySeeRounds) {
		return p, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		c, err := svc.days(ctx, tx)
		if err != nil {
			return err
		}
		if p = (Plan{From: ask.From, Total: map[inspect.RoundState]int{}}); p.From == "" {
			p.From = dateOf(c.Period(duty.Week, dayOf(svc.city.Today(tx))).From)
		}
		f := store.RoundFilter{Duty: ask.Duty, Area: ask.Area, From: p.From, To: p.From.Add(PlanDays - 1), For: a}
		cells, err := tx.PlanCells(ctx, f)
		if err != nil {
			return err
		}
		later, err := svc.later(ctx, tx, a, c, f)
		if err != nil {
			return err
		}
		return p.fill(ctx, tx, append(cells, later...))
	})
	return p, err
}

// fill puts cells into rows by name.
func (p *Plan) fill(ctx context.Context, tx *store.Tx, cells []store.PlanCell) error {
	at := map[inspect.ID]int{}
	ids := map[inspect.VisitSubject][]inspect.ID{}
	for _, c := range cells {
		n, ok := at[c.Target]
		if !ok {
			n = len(p.Rows)
			at[c.Target] = n
			p.Rows = append(p.Rows, PlanRow{Subject: c.Subject, Target: c.Target})
			ids[c.Subject] = append(ids[c.Subject], c.Target)
		}
		day := &p.Rows[n].Days[dayOf(c.Day)-dayOf(p.From)]
		if *day == nil {
			*day = map[inspect.RoundState]int{}
		}
		(*day)[c.State] += c.Rounds
		p.Total[c.State] += c.Rounds
	}
	for subject, some := range ids {
		names, err := targetNames(ctx, tx, subject, some)
		if err != nil {
			return err
		}
		for _, id := range some {
			p.Rows[at[id]].Name = names[id]
		}
	}
	slices.SortFunc(p.Rows, func(a, b PlanRow) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), slices.Compare(a.Target[:], b.Target[:]))
	})
	return nil
}

// later are the rounds that will be opened after those that are, within the days of a filter and in the actor's sight.
func (svc *Service) later(ctx context.Context, tx *store.Tx, a *inspect.Actor, c duty.City, f store.RoundFilter) (cells []store.PlanCell, err error) {
	if f.To <= svc.city.Today(tx).Add(daysAhead) {
		return nil, nil
	}
	all, err := tx.Duties(ctx)
	if err != nil {
		return nil, err
	}
	sight, err := sightOf(ctx, tx, a, f.Area)
	if err != nil {
		return nil, err
	}
	for n := range all {
		d := &all[n]
		if d.EndedAt != 0 || !f.Duty.IsZero() && d.ID != f.Duty {
			continue
		}
		slots := map[inspect.Date]int{}
		for day := max(d.OpenedTo.Add(1), d.Holds.From); day <= f.To; day = day.Add(1) {
			for _, slot := range d.Schedule.OpenedOn(c, spanOf(d), dayOf(day)) {
				if on := dateOf(slot.Day); f.From <= on && on <= f.To {
					slots[on]++
				}
			}
		}
		if len(slots) == 0 {
			continue
		}
		targets, err := targetsOf(ctx, tx, d, f.To)
		if err != nil {
			return nil, err
		}
		for _, t := range targets {
			if !sight.has(t, d.Unit) {
				continue
			}
			for day, rounds := range slots {
				cells = append(cells, store.PlanCell{Subject: d.Subject, Target: t.ID, Day: day, State: inspect.RoundPlanned, Rounds: rounds})
			}
		}
	}
	return cells, nil
}

// sight is what somebody sees of what is not opened yet.
type sight struct {
	whole        bool
	areas, units map[inspect.ID]bool
	within       map[inspect.ID]bool // nil for the whole city
}

func sightOf(ctx context.Context, tx *store.Tx, a *inspect.Actor, within inspect.ID) (s sight, err error) {
	below := func(into map[inspect.ID]bool, tree store.Tree, id inspect.ID) error {
		ids, err := tx.SelfAndDescendants(ctx, tree, id)
		for _, id := range ids {
			into[id] = true
		}
		return err
	}
	s = sight{areas: map[inspect.ID]bool{}, units: map[inspect.ID]bool{}}
	for _, g := range a.RoundGrants() {
		switch g.Scope.Kind {
		case inspect.City:
			s.whole = true
		case inspect.AreaSubtree:
			err = below(s.areas, store.AreaTree, g.Scope.ID)
		case inspect.UnitSubtree:
			err = below(s.units, store.UnitTree, g.Scope.ID)
		}
		if err != nil {
			return s, err
		}
	}
	if !within.IsZero() {
		s.within = map[inspect.ID]bool{}
		err = below(s.within, store.AreaTree, within)
	}
	return s, err
}

func (s *sight) has(t store.Target, unit inspect.ID) bool {
	if unit.IsZero() {
		unit = t.Unit
	}
	return (s.within == nil || s.within[t.Area]) && (s.whole || s.areas[t.Area] || s.units[unit])
}

// KeptDuty is how far a duty, a target or a period was kept.
type KeptDuty struct {
	Duty, Target inspect.ID
	Period       inspect.Date
	duty.Compliance
}

// Compliance gives how far duties were kept in the periods that begin in some days, by a key, and all in all.
func (svc *Service) Compliance(ctx context.Context, a *inspect.Actor, f store.RoundFilter, by store.ComplianceKey) (all []KeptDuty, total duty.Compliance,
	names Names, err error) {
	if !a.MayAnywhere(inspect.MaySeeRounds) {
		return nil, total, names, inspect.ErrForbidden
	}
	f.For = a
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		windows, err := tx.Compliance(ctx, f, by)
		if err != nil {
			return err
		}
		for _, w := range windows {
			if last := len(all) - 1; last < 0 || all[last].Duty != w.Duty || all[last].Target != w.Target || all[last].Period != w.Period {
				all = append(all, KeptDuty{Duty: w.Duty, Target: w.Target, Period: w.Period})
			}
			all[len(all)-1].Add(w.Window, w.Times)
			total.Add(w.Window, w.Times)
		}
		names, err = namesOfKept(ctx, tx, all)
		return err
	})
	return all, total, names, err
}

func namesOfKept(ctx context.Context, tx *store.Tx, all []KeptDuty) (names Names, err error) {
	names = Names{Targets: map[inspect.ID]string{}, Duties: map[inspect.ID]*inspect.Duty{}}
	var targets []inspect.ID
	for _, k := range all {
		if !k.Target.IsZero() {
			targets = append(targets, k.Target)
		}
		if k.Duty.IsZero() {
			continue
		}
		d, _, err := tx.Duty(ctx, k.Duty)
		if err != nil {
			return names, err
		}
		names.Duties[k.Duty] = &d
	}
	if len(targets) == 0 {
		return names, nil
	}
	for _, subject := range inspect.VisitSubjects {
		some, err := targetNames(ctx, tx, subject, targets)
		if err != nil {
			return names, err
		}
		for id, name := range some {
			names.Targets[id] = name
		}
	}
	return names, nil
}

// NeverVisited gives the first places or areas that nobody visited or made a round to, with how many there are of how many.
func (svc *Service) NeverVisited(ctx context.Context, a *inspect.Actor, f store.NeverLookedAt) (first []store.Target, never, all int, areas map[inspect.ID]string, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		w, err := locationOf(ctx, tx, f.Area, inspect.ID{})
		if err != nil {
			return err
		}
		if !a.MayThroughout(inspect.MaySeeRounds, w) {
			return inspect.ErrForbidden.With("Name an area all of which you may see.")
		}
		f.On = svc.city.Today(tx)
		if first, never, all, err = tx.NeverVisited(ctx, f); err != nil {
			return err
		}
		var ids []inspect.ID
		for _, t := range first {
			ids = append(ids, t.Area)
		}
		areas, err = tx.NodeNames(ctx, store.AreaTree, ids)
		return err
	})
	return first, never, all, areas, err
}
