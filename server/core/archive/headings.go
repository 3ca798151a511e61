package archive

import (
	"context"
	"fmt"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// HeldHeading is a heading with what lies below it and what is missing, of the documents of a year.
type HeldHeading struct {
	inspect.Heading
	Documents int
	Short     int          // so many documents are missing of those that are wanted
	Lacking   []inspect.ID // units that have to bring one and brought none
}

// deepest is how many headings lie above each other at the most.
const deepest = 8

// mostHeadings is how many the archive has at the most.
const mostHeadings = 1000

// Headings gives the tree, the way down and in the order of numbers, with what is missing in a year (0 for all years), and the names of units.
func (svc *Service) Headings(ctx context.Context, a *inspect.Actor, year int) (all []HeldHeading, units map[inspect.ID]string, err error) {
	if !a.MayAnywhere(inspect.MaySeeArchive) {
		return nil, nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if all, err = svc.held(ctx, tx, a, year); err != nil {
			return err
		}
		var named []inspect.ID
		for n := range all {
			named = append(named, all[n].Units...)
		}
		units, err = tx.NodeNames(ctx, store.UnitTree, named)
		return err
	})
	return all, units, err
}

// held counts what lies below each heading.
func (svc *Service) held(ctx context.Context, tx *store.Tx, a *inspect.Actor, year int) ([]HeldHeading, error) {
	headings, err := tx.Headings(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := tx.HeldCounts(ctx, spanOf(year))
	if err != nil {
		return nil, err
	}
	total, brought := map[inspect.ID]int{}, map[[2]inspect.ID]bool{}
	for _, c := range counts {
		total[c.Heading] += c.Documents
		brought[[2]inspect.ID{c.Heading, c.Unit}] = true
	}
	all := make([]HeldHeading, 0, len(headings))
	for _, h := range inOrder(headings) {
		v := HeldHeading{Heading: h, Documents: total[h.ID]}
		if h.Source != "" {
			leaves, err := svc.leaves(ctx, tx, a, &h, year)
			if err != nil {
				return nil, err
			}
			v.Documents = len(leaves)
		}
		if h.Enabled {
			v.Short = max(0, h.Least-v.Documents)
			for _, unit := range h.Units {
				if !brought[[2]inspect.ID{h.ID, unit}] {
					v.Lacking = append(v.Lacking, unit)
				}
			}
		}
		all = append(all, v)
	}
	return all, nil
}

// spanOf are the days of a year, all of them for 0.
func spanOf(year int) inspect.Span {
	if year == 0 {
		return inspect.Span{From: "0000-01-01", To: "9999-12-31"}
	}
	return inspect.Span{From: inspect.Date(fmt.Sprintf("%04d-01-01", year)), To: inspect.Date(fmt.Sprintf("%04d-12-31", year))}
}

// inOrder is the tree on the way down, siblings by their numbers.
func inOrder(headings []inspect.Heading) (all []inspect.Heading) {
	below := map[inspect.ID][]inspect.Heading{}
	for _, h := range headings {
		below[h.Parent] = append(below[h.Parent], h)
	}
	var walk func(inspect.ID)
	walk = func(parent inspect.ID) {
		some := below[parent]
		slices.SortStableFunc(some, func(a, b inspect.Heading) int { return inspect.CompareHeadings(&a, &b) })
		for _, h := range some {
			all = append(all, h)
			walk(h.ID)
		}
	}
	walk(inspect.ID{})
	return all
}

// PutHeading makes or changes a heading; the same again changes nothing. UpdatedAt is what the actor saw.
func (svc *Service) PutHeading(ctx context.Context, a *inspect.Actor, h inspect.Heading) (saved inspect.Heading, repeated, created bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		all, err := tx.Headings(ctx)
		if err != nil {
			return err
		}
		saved, repeated, created, err = putHeading(ctx, tx, a, all, h)
		return err
	})
	return saved, repeated, created, err
}

// putHeading makes or changes a heading beside all others.
func putHeading(ctx context.Context, tx *store.Tx, a *inspect.Actor, all []inspect.Heading, h inspect.Heading) (_ inspect.Heading, repeated, created bool, err error) {
	if !a.MayThroughout(inspect.MayArchive, inspect.Jurisdiction{}) {
		return h, false, false, inspect.ErrForbidden
	}
	var old inspect.Heading
	at := slices.IndexFunc(all, func(other inspect.Heading) bool { return other.ID == h.ID })
	if at >= 0 {
		old = all[at]
	}
	seen := h.UpdatedAt
	h.CreatedAt, h.UpdatedAt = old.CreatedAt, old.UpdatedAt
	if at >= 0 && sameHeading(&h, &old) {
		return old, true, false, nil
	}
	if err := ledger.CheckSeen(seen, at >= 0, old.UpdatedAt); err != nil {
		return old, false, false, err
	}
	if at < 0 && len(all) >= mostHeadings {
		return h, false, false, inspect.InvalidField("/title", fmt.Sprintf("the archive has %d headings already, which is the most", mostHeadings))
	}
	if err := checkHeading(ctx, tx, all, &h); err != nil {
		return h, false, false, err
	}
	if h.UpdatedAt = tx.Now; at < 0 {
		h.CreatedAt = tx.Now
	}
	ledger.Record(tx, a.ID, store.StreamHeading, h.ID.String(), "heading.changed", headingBody(&h))
	return h, false, at < 0, tx.SaveHeading(ctx, h)
}

func sameHeading(a, b *inspect.Heading) bool {
	return a.Parent == b.Parent && a.Number == b.Number && a.Title == b.Title && a.Note == b.Note && a.Source == b.Source && a.Detail == b.Detail &&
		a.Least == b.Least && slices.Equal(a.Units, b.Units) && a.KeepYears == b.KeepYears && a.Enabled == b.Enabled
}

// checkHeading refuses a heading that hangs nowhere, or whose documents would have no place.
func checkHeading(ctx context.Context, tx *store.Tx, all []inspect.Heading, h *inspect.Heading) error {
	above := map[inspect.ID]inspect.Heading{}
	for _, other := range all {
		above[other.ID] = other
		if other.Parent == h.ID && other.Enabled && (!h.Enabled || h.Source != "") {
			return inspect.ErrHeadingNotEmpty
		}
	}
	depth := 1
	for at := h.Parent; !at.IsZero(); at = above[at].Parent {
		parent, there := above[at]
		switch depth++; {
		case at == h.ID:
			return inspect.ErrTreeLoop
		case !there:
			return inspect.UnknownField("/parent", "there is no such heading")
		case parent.Source != "":
			return inspect.ErrHeadingFilled
		case depth > deepest:
			return inspect.InvalidField("/parent", fmt.Sprintf("want at most %d headings above each other", deepest))
		}
	}
	if err := checkSource(h); err != nil {
		return err
	}
	for n, unit := range h.Units {
		if _, there, err := tx.Unit(ctx, unit); err != nil {
			return err
		} else if !there || slices.Contains(h.Units[:n], unit) {
			return inspect.UnknownField(fmt.Sprintf("/units/%d", n), "there is no such unit, or it is named twice")
		}
	}
	if h.Enabled && h.Source == "" {
		return nil
	}
	held, err := tx.HeldBelow(ctx, h.ID)
	if err == nil && held {
		err = inspect.ErrHeadingNotEmpty
	}
	return err
}

// headingBody is what the record keeps of a heading.
func headingBody(h *inspect.Heading) map[string]any {
	return map[string]any{"parent": h.Parent, "number": h.Number, "title": h.Title, "note": h.Note, "source": h.Source, "detail": h.Detail, "least": h.Least,
		"units": append([]inspect.ID{}, h.Units...), "keep_years": h.KeepYears, "enabled": h.Enabled}
}

// LoadHeadings gives headings as the record tells them.
func LoadHeadings(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	return tx.EachHeading(ctx, func(h *inspect.Heading) error {
		rows[evidence.Stream{Kind: store.StreamHeading, ID: h.ID.String()}] = &ledger.Row{Body: headingBody(h), CreatedAt: h.CreatedAt, ChangedAt: h.UpdatedAt}
		return nil
	})
}
