package issues

import (
	"context"
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Names are what the ids in a view stand for.
type Names struct {
	People     map[inspect.ID]store.PersonRef
	Units      map[inspect.ID]string
	Areas      map[inspect.ID]string
	Categories map[string]inspect.Category
}

func loadNames(ctx context.Context, tx *store.Tx, v *View) (err error) {
	v.Names, err = NamesOf(ctx, tx, append(slices.Clone(v.From), v.IssueRow), func(add func(inspect.ID)) {
		if v.Dismissal != nil {
			add(v.Dismissal.By)
		}
		add(v.Extension.By)
		add(v.Hold.By)
		add(v.Feedback.By)
		add(v.TakenOverBy)
		for _, p := range v.Parts {
			add(p.By)
			add(p.RepliedBy)
		}
		for _, l := range v.Letters {
			add(l.By)
			add(l.RepliedBy)
		}
		for _, a := range v.Appeals {
			add(a.By)
			add(a.DecidedBy)
		}
		for _, f := range v.Flags {
			add(f.DecidedBy)
		}
		for _, e := range v.Erasures {
			add(e.By)
		}
	})
	return err
}

// NamesOf looks up everything that some issues name, in one query for each table.
func NamesOf(ctx context.Context, tx *store.Tx, rows []store.IssueRow, more func(add func(inspect.ID))) (n Names, err error) {
	var people, units, areas []inspect.ID
	var codes []string
	for _, r := range rows {
		people, units, areas = AppendID(people, r.Reporter), AppendID(units, r.Unit), AppendID(areas, r.Area)
		for _, p := range r.Parts {
			units = AppendID(units, p.Unit)
		}
		if !slices.Contains(codes, r.Category) {
			codes = append(codes, r.Category)
		}
	}
	more(func(id inspect.ID) { people = AppendID(people, id) })
	if n.People, err = tx.PeopleRefs(ctx, people); err != nil {
		return n, err
	}
	if n.Units, err = tx.NodeNames(ctx, store.UnitTree, units); err != nil {
		return n, err
	}
	if n.Areas, err = tx.NodeNames(ctx, store.AreaTree, areas); err != nil {
		return n, err
	}
	all, err := tx.CategoriesOf(ctx, codes)
	n.Categories = make(map[string]inspect.Category, len(all))
	for _, c := range all {
		n.Categories[c.Code] = c
	}
	return n, err
}

// hideReporter leaves the staff number alone of who reported an issue, and of who looks after it for them, to whom their names are not
// to know: the units that fix, and links.
func hideReporter(people map[inspect.ID]store.PersonRef, a *inspect.Actor, i *inspect.Issue, w inspect.Jurisdiction) {
	if a.May(inspect.MaySeeReporter, i, w) {
		return
	}
	for _, id := range []inspect.ID{i.Reporter, i.TakenOverBy} {
		if p, ok := people[id]; ok && (id != a.ID || a.HasRole(inspect.Crew)) {
			p.DisplayName = p.StaffNumber
			people[id] = p
		}
	}
}

// hideReporters is hideReporter for a page: a name that one of its issues does not tell stands nowhere on it.
func hideReporters(ctx context.Context, tx *store.Tx, a *inspect.Actor, rows []store.IssueRow, people map[inspect.ID]store.PersonRef) error {
	if a == nil || a.MayThroughout(inspect.MaySeeReporter, inspect.Jurisdiction{}) {
		return nil
	}
	for n := range rows {
		var w inspect.Jurisdiction
		if a.MayAnywhere(inspect.MaySeeReporter) {
			var err error
			if w, err = LocationOf(ctx, tx, &rows[n]); err != nil {
				return err
			}
		}
		hideReporter(people, a, &rows[n].Issue, w)
	}
	return nil
}

func AppendID(ids []inspect.ID, id inspect.ID) []inspect.ID {
	if id.IsZero() || slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}

// StatusWords are the states as people read them (the glossary in server/decisions).
var StatusWords = map[inspect.Status][2]string{inspect.Reported: {"待派遣", "reported"}, inspect.Assigned: {"整改中", "assigned"},
	inspect.Fixed: {"待核查", "fixed"}, inspect.Verified: {"已结案", "verified"},
	inspect.Dismissed: {"已作废", "dismissed"}, inspect.Merged: {"已合并", "merged"}}

// SourceWords are the sources of an issue as people read them.
var SourceWords = map[inspect.Source][2]string{"patrol": {"巡查", "patrol"}, "hotline": {"12345 热线", "hotline 12345"}, "media": {"媒体曝光", "media"},
	"inspection": {"上级检查", "higher-level inspection"}, "public": {"群众举报", "public"}, inspect.SourceUnit: {"单位自查", "own unit"}}
