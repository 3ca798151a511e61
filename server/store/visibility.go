package store

import (
	"context"
	"strings"

	"spotcheck/pkg/inspect"
)

// visibleTo is inspect's rule of who sees an issue: what lies in a scope or has a part there, and what one reported oneself or took over;
// everything is true for who sees the whole city.
func (tx *Tx) visibleTo(ctx context.Context, a *inspect.Actor) (parts []*values, everything bool, err error) {
	for _, g := range a.SeeingGrants() {
		part, tree := &values{column: "i.area"}, AreaTree
		switch g.Scope.Kind {
		case inspect.City:
			return nil, true, nil
		case inspect.UnitSubtree:
			part.column, tree = "i.unit", UnitTree
		}
		if part.all, err = tx.idsIn(ctx, subtree(tree)+" SELECT id FROM line", bytesOf(g.Scope.ID)); err != nil {
			return nil, false, err
		}
		parts = append(parts, part)
		if tree == UnitTree {
			helped := &values{column: "i.id", by: "assists AND unit", all: part.all}
			if ok, err := tx.any(ctx, "SELECT 1 FROM issue_part WHERE assists AND unit IN ("+marks(len(part.all))+") LIMIT 1", part.all...); err != nil {
				return nil, false, err
			} else if ok {
				parts = append(parts, helped)
			}
		}
	}
	if a.SeesOwnReports() {
		me, err := tx.idsIn(ctx, "SELECT id FROM person WHERE uid = ?", bytesOf(a.ID))
		if err != nil {
			return nil, false, err
		}
		parts = append(parts, &values{column: "i.reporter", all: me})
		if ok, err := tx.any(ctx, "SELECT 1 FROM issue WHERE keeper IN ("+marks(len(me))+") LIMIT 1", me...); err != nil {
			return nil, false, err
		} else if ok {
			parts = append(parts, &values{column: "i.keeper", all: me})
		}
	}
	return parts, false, nil
}

// visible narrows to what somebody sees.
func (l *listing) visible(parts []*values, status *values) {
	if len(parts) == 0 {
		l.and("1 = 0")
		return
	}
	var s source
	var either []string
	var args []any
	for _, p := range parts {
		either, args = append(either, p.sql()), append(args, p.all...)
		s.set = append(s.set, l.ids(indexed[p.column], p.sql(), p.all...))
	}
	at := l.and("("+strings.Join(either, " OR ")+")", args...)
	for _, p := range parts {
		p.at = at
		switch {
		case len(args) > maxStreams || l.f.Sort == ByDue:
		case p.by != "":
			s.streams = append(s.streams, l.rows("", p.sql(), p.all...))
		default:
			s.streams = append(s.streams, l.each(p.column, p.all)...)
		}
	}
	s.covers = []int{at}
	l.sources = append(l.sources, s)
	l.inStatus(status, parts...)
}
