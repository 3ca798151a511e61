package intake

import (
	"context"
	"errors"
	"maps"
	"slices"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/intake"
	"spotcheck/pkg/table"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// maxWords is how many words for categories are told of a table.
const maxWords = 200

// TableLook is what a table holds before anybody said how to read it.
type TableLook struct {
	Found   table.Head
	Rows    int
	Mapping *Mapping                // that fits it best; nil for none
	Columns map[intake.Field]string // of the mapping, or guessed by their names
	Words   []CategoryWord          // that nobody knows a category for, the most frequent first
}

// CategoryWord is what another system calls a category.
type CategoryWord struct {
	Word string
	Rows int
}

// LookAt reads the heads of a table and the words of its categories. Nothing of it is kept.
func (svc *Service) LookAt(ctx context.Context, a *inspect.Actor, f table.Options, body []byte) (l TableLook, err error) {
	if !a.MayAnywhere(inspect.MayImport) {
		return l, inspect.ErrForbidden
	}
	select {
	case svc.checking <- struct{}{}:
		defer func() { <-svc.checking }()
	case <-ctx.Done():
		return l, ctx.Err()
	}
	var mine []Mapping
	var known intake.Registers
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if mine, err = handled(ctx, tx, a); err != nil {
			return err
		}
		known, err = svc.rowsMayName(ctx, tx)
		return err
	}); err != nil {
		return l, err
	}
	f.Names, f.Hint = intake.UsualNames(), 1
	for n := range mine {
		for _, name := range mine[n].Columns {
			f.Names = append(f.Names, []string{name})
		}
	}
	rows := map[string]int{}
	m, at := &intake.Mapping{}, -1
	err = svc.tables(ctx, body, f, func(h table.Head) error {
		l.Found = h
		if l.Mapping = fitting(mine, h.Names); l.Mapping != nil {
			m = &l.Mapping.Mapping
			l.Columns = m.Columns
		} else {
			l.Columns = intake.GuessColumns(h.Names)
		}
		at, _ = table.Find(h.Names, l.Columns[intake.Category])
		return nil
	}, func(r table.Row) error {
		l.Rows++
		if at >= 0 && at < len(r.Cells) && r.Cells[at] != "" {
			rows[r.Cells[at]]++
		}
		return nil
	})
	if why := (*table.Unreadable)(nil); errors.As(err, &why) {
		return l, inspect.ErrIssueFile.With("%s.", why).At(fault.Field{Detail: why.Why})
	}
	for _, word := range slices.Sorted(maps.Keys(rows)) {
		if _, ok := m.Code(word, known); !ok {
			l.Words = append(l.Words, CategoryWord{word, rows[word]})
		}
	}
	slices.SortStableFunc(l.Words, func(a, b CategoryWord) int { return b.Rows - a.Rows })
	l.Words = l.Words[:min(len(l.Words), maxWords)]
	return l, err
}

// handled are the mappings in use of the sources that somebody handles.
func handled(ctx context.Context, tx *store.Tx, a *inspect.Actor) (all []Mapping, err error) {
	desks, err := issues.SourceDesks.In(ctx, tx)
	if err != nil {
		return nil, err
	}
	kept, err := tx.ImportMappings(ctx)
	for n := range kept {
		m, err := mappingOf(&kept[n])
		if err != nil {
			return nil, err
		}
		if m.Enabled && desks.Handle(a.ID, m.Source) {
			all = append(all, m)
		}
	}
	return all, err
}

// fitting is the mapping that reads most of a table; nil for none.
func fitting(all []Mapping, heads []string) (best *Mapping) {
	for n := range all {
		m := &all[n]
		if m.Fits(heads) && (best == nil || len(m.Columns) > len(best.Columns)) {
			best = m
		}
	}
	return best
}
