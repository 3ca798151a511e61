package reports

import (
	"context"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Comparison says with what the figures of a period are compared.
type Comparison string

// The comparisons: with the report of the period before as it was issued; with that period recounted at the same distance from its end; or, while
// the period runs, with the same moment of the one before.
const (
	WithIssued     Comparison = "issued"
	WithRecount    Comparison = "recounted"
	WithSameMoment Comparison = "same_moment"
)

// previous is the period before as figures are compared with it.
type previous struct {
	Compared   Comparison
	Now        *Figures // nil where nothing was counted
	units      map[inspect.ID]UnitRow
	categories map[string]Figures
}

// previous finds the figures of the period before.
func (m *builder) previous(ctx context.Context, before closure.Period) (*previous, error) {
	if m.slowly(closure.Month) {
		return &previous{}, nil
	}
	from, to := closure.StartOfDay(before.From, m.reports.zone), closure.StartOfDay(before.To, m.reports.zone)
	if m.Unfinished {
		return m.recounted(ctx, before, min(from+(m.CutOff-m.from), to), WithSameMoment)
	}
	issued, ok, err := m.Tx.IssuedReportOf(ctx, before.Name, m.Reader.Scope.String())
	if err != nil {
		return nil, err
	}
	if ok {
		return issuedFigures(ctx, m.Tx, issued.ID)
	}
	return m.recounted(ctx, before, to+(m.CutOff-m.to), WithRecount)
}

// recounted counts a period as it stood at a cut-off.
func (m *builder) recounted(ctx context.Context, p closure.Period, cutOff inspect.Time, how Comparison) (*previous, error) {
	a, err := m.reports.figures.Read(ctx, m.Tx, m.Reader.Scope, cutOff)
	if err != nil {
		return nil, err
	}
	s, err := a.Sheet(ctx, p.Span, store.RollUpUnits, store.RollUpCategories)
	if err != nil || s.Total.IsEmpty() {
		return &previous{}, err
	}
	if err := a.AddFixTimes(ctx, s, p.Span); err != nil {
		return nil, err
	}
	total := m.of(&s.Total)
	then := &previous{how, &total, map[inspect.ID]UnitRow{}, map[string]Figures{}}
	for _, u := range m.ranked(a, s, p.Span) {
		then.units[u.ID] = u
	}
	for code, f := range s.Categories {
		then.categories[code] = figuresFrom(f)
	}
	return then, nil
}

// issuedFigures are those of a report as it was issued.
func issuedFigures(ctx context.Context, tx *store.Tx, id inspect.ID) (*previous, error) {
	f, err := frozenReport(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	was := f.Week
	then := &previous{WithIssued, &was.Now, map[inspect.ID]UnitRow{}, map[string]Figures{}}
	for _, u := range was.Units {
		then.units[u.ID] = u
	}
	for _, k := range was.Categories {
		then.categories[k.Code] = k.Now
	}
	return then, nil
}
