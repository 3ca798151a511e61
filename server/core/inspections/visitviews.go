package inspections

import (
	"context"
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/score"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// VisitNames are the names of what visits are about.
type VisitNames struct {
	At        inspect.Time // for what is late
	Targets   map[inspect.ID]string
	Areas     map[inspect.ID]string
	Units     map[inspect.ID]string
	People    map[inspect.ID]store.PersonRef
	Standards map[inspect.ID]map[int]inspect.Standard // by version
}

// Standard is the version of the standard by which a visit was made.
func (n *VisitNames) Standard(v *inspect.Visit) inspect.Standard {
	return n.Standards[v.Standard][v.Version]
}

// VisitPage is a visit with what belongs to it.
type VisitPage struct {
	inspect.Visit
	Names    VisitNames
	First    score.Outcome // before a contest struck anything
	Issues   map[inspect.ID]store.IssueRow
	Again    inspect.ID      // the visit by which it was looked at again
	Earlier  []inspect.Visit // of the same place or area, the newest first
	May      []inspect.Permission
	MayAgain bool // it failed, and was not looked at again
}

// earlierVisits is how many earlier visits are shown beside one.
const earlierVisits = 5

// Visits gives a page of visits that the actor may see, the newest first.
func (svc *Service) Visits(ctx context.Context, a *inspect.Actor, f store.VisitFilter) (all []inspect.Visit, names VisitNames, next int64, err error) {
	if !a.MayAnywhere(inspect.MaySeeVisits) {
		return nil, names, 0, inspect.ErrForbidden
	}
	f.For = a
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		var rows []store.VisitRow
		if rows, next, err = tx.Visits(ctx, f); err != nil {
			return err
		}
		for n := range rows {
			all = append(all, rows[n].Visit)
		}
		names, err = namesOf(ctx, tx, a, all)
		return err
	})
	return all, names, next, err
}

// Visit gives one visit.
func (svc *Service) Visit(ctx context.Context, a *inspect.Actor, id inspect.ID) (page VisitPage, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		row, _, err := visibleVisit(ctx, tx, a, id)
		if err != nil {
			return err
		}
		page, err = svc.visitPage(ctx, tx, a, &row)
		return err
	})
	return page, err
}

// visibleVisit gives a visit and where it lies to who may see it; who may not is not told that it is there.
func visibleVisit(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (row store.VisitRow, w inspect.Jurisdiction, err error) {
	row, ok, err := tx.Visit(ctx, id)
	if err != nil {
		return row, w, err
	}
	if !ok {
		return row, w, inspect.ErrVisitNotFound
	}
	if w, err = jurisdictionOf(ctx, tx, &row.Visit); err != nil {
		return row, w, err
	}
	if row.By != a.ID && !a.MayThroughout(inspect.MaySeeVisits, w) {
		return row, w, inspect.ErrVisitNotFound
	}
	return row, w, nil
}

// namesOf finds the names of all that visits are about.
func namesOf(ctx context.Context, tx *store.Tx, a *inspect.Actor, all []inspect.Visit) (names VisitNames, err error) {
	var spots, areas, units, people []inspect.ID
	names.At, names.Standards = tx.Now, map[inspect.ID]map[int]inspect.Standard{}
	for n := range all {
		v := &all[n]
		if areas = issues.AppendID(areas, v.Area); v.Subject == inspect.VisitPlace {
			spots = issues.AppendID(spots, v.Target)
		} else {
			areas = issues.AppendID(areas, v.Target)
		}
		units = issues.AppendID(units, v.Unit)
		people = issues.AppendID(issues.AppendID(issues.AppendID(people, v.By), v.Contest.By), v.Contest.DecidedBy)
		people = append(people, v.With...)
		if _, known := names.Standards[v.Standard][v.Version]; !known {
			s, _, err := tx.Standard(ctx, v.Standard, v.Version)
			if err != nil {
				return names, err
			}
			if names.Standards[v.Standard] == nil {
				names.Standards[v.Standard] = map[int]inspect.Standard{}
			}
			names.Standards[v.Standard][v.Version] = s
		}
	}
	if names.Targets, err = tx.SpotNames(ctx, spots); err != nil {
		return names, err
	}
	if names.Areas, err = tx.NodeNames(ctx, store.AreaTree, areas); err != nil {
		return names, err
	}
	for n := range all {
		if all[n].Subject == inspect.VisitArea {
			names.Targets[all[n].Target] = names.Areas[all[n].Target]
		}
	}
	if names.Units, err = tx.NodeNames(ctx, store.UnitTree, units); err != nil {
		return names, err
	}
	if names.People, err = tx.PeopleRefs(ctx, people); err != nil || a.MayAnywhere(inspect.MaySeeReporter) {
		return names, err
	}
	for n := range all { // a unit reads who was there by staff number
		for _, id := range append([]inspect.ID{all[n].By, all[n].Contest.DecidedBy}, all[n].With...) {
			if p, ok := names.People[id]; ok && id != a.ID {
				p.DisplayName = p.StaffNumber
				names.People[id] = p
			}
		}
	}
	return names, nil
}

func (svc *Service) visitPage(ctx context.Context, tx *store.Tx, a *inspect.Actor, row *store.VisitRow) (page VisitPage, err error) {
	page.Visit = row.Visit
	earlier, _, err := tx.Visits(ctx, store.VisitFilter{Target: row.Target, For: a, Limit: earlierVisits + 1})
	if err != nil {
		return page, err
	}
	for n := range earlier {
		if earlier[n].ID != row.ID && earlier[n].DoneAt <= row.DoneAt {
			page.Earlier = append(page.Earlier, earlier[n].Visit)
		}
		if earlier[n].Rechecks == row.ID {
			page.Again = earlier[n].ID
		}
	}
	if page.Names, err = namesOf(ctx, tx, a, append([]inspect.Visit{row.Visit}, page.Earlier...)); err != nil {
		return page, err
	}
	s := page.Names.Standard(&row.Visit)
	page.First = s.FirstOutcomeOf(&row.Visit)
	var found []inspect.ID
	for _, answer := range row.Answers {
		for _, f := range answer.Findings {
			found = issues.AppendID(found, f.Issue)
		}
	}
	rows, err := tx.Issues(ctx, found)
	if err != nil {
		return page, err
	}
	page.Issues = map[inspect.ID]store.IssueRow{}
	for n := range rows {
		page.Issues[rows[n].ID] = rows[n]
	}
	w, err := jurisdictionOf(ctx, tx, &row.Visit)
	if err != nil {
		return page, err
	}
	taken, err := tx.VisitTaken(ctx, inspect.ID{}, row.Target, row.ID)
	if err != nil {
		return page, err
	}
	page.MayAgain = !taken && len(row.Failed()) > 0 && a.MayThroughout(inspect.MayVisit, w)
	switch state := row.State(tx.Now); {
	case state == inspect.VisitDone && len(row.Failed()) > 0 && a.MayThroughout(inspect.MayContest, inspect.Jurisdiction{Units: w.Units}):
		page.May = append(page.May, inspect.MayContest)
	case state == inspect.VisitContested && decidesContest(a, &row.Visit, w) == nil:
		page.May = append(page.May, inspect.MayDecideContest)
	}
	return page, nil
}

// belongsTo says whether somebody belongs to a unit, or to one above it.
func belongsTo(a *inspect.Actor, units []inspect.ID) bool {
	return slices.ContainsFunc(a.Grants, func(g inspect.Grant) bool {
		return g.Scope.Kind == inspect.UnitSubtree && slices.Contains(units, g.Scope.ID)
	})
}

// decidesContest says why somebody may not decide a contest; nil for who may.
func decidesContest(a *inspect.Actor, v *inspect.Visit, w inspect.Jurisdiction) error {
	switch {
	case !a.MayThroughout(inspect.MayDecideContest, w):
		return inspect.ErrForbidden
	case v.By == a.ID || v.Contest.By == a.ID || slices.Contains(v.With, a.ID) || belongsTo(a, w.Units):
		return inspect.ErrContestOwn
	}
	return nil
}
