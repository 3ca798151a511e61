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

func AppendID(ids []inspect.ID, id inspect.ID) []inspect.ID {
	if id.IsZero() || slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}

// The kinds of line in the security log.
const (
	LogExport     = "export"
	LogCallerSeen = "caller.seen"
)

// StatusWords are the states as people read them (the glossary in server/decisions).
var StatusWords = map[inspect.Status][2]string{inspect.Reported: {"待派遣", "reported"}, inspect.Assigned: {"整改中", "assigned"},
	inspect.Fixed: {"待核查", "fixed"}, inspect.Verified: {"已结案", "verified"},
	inspect.Dismissed: {"已作废", "dismissed"}, inspect.Merged: {"已合并", "merged"}}
