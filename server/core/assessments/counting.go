package assessments

import (
	"context"
	"math"
	"time"

	"spotcheck/pkg/assessment"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/duty"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/score"
	"spotcheck/server/core/figures"
	"spotcheck/server/store"
)

// counter counts what units reached, on one snapshot of the database.
type counter struct {
	tx      *store.Tx
	zone    *time.Location
	formula closure.Formula
	reader  *figures.Reader
	units   []inspect.Unit // that are assessed
}

// count makes what a sheet says of a period that is over, as it stands now.
func (svc *Service) count(ctx context.Context, tx *store.Tx, r assessment.Rules, name string) (c assessment.Content, err error) {
	n := &counter{tx: tx, zone: svc.zone}
	if n.formula, err = figures.ScoreFormula.In(ctx, tx); err != nil {
		return c, err
	}
	p, err := closure.ParsePeriod(name, time.Weekday(n.formula.WeekStart))
	if err != nil {
		return c, err
	}
	if closure.StartOfDay(p.To, svc.zone) > tx.Now {
		return c, inspect.ErrPeriodOpen
	}
	if n.reader, err = svc.figures.Read(ctx, tx, figures.Scope{Kind: inspect.City}, 0); err != nil {
		return c, err
	}
	if err := n.assessed(ctx, r.PeerGroup, p); err != nil {
		return c, err
	}
	lines := make([]assessment.Line, len(n.units))
	at := map[inspect.ID]int{}
	for k, u := range n.units {
		lines[k], at[u.ID] = assessment.Line{Unit: u.ID, Name: u.Name, Merits: []assessment.Merit{}}, k
	}
	for _, w := range r.Weights {
		reached, err := n.reached(ctx, w.Part, p)
		if err != nil {
			return c, err
		}
		for k := range lines {
			lines[k].Figures = append(lines[k].Figures, reached[lines[k].Unit])
		}
	}
	points, err := tx.AssessmentPoints(ctx, first(p), last(p))
	for _, v := range points {
		if k, is := at[v.Unit]; is && !v.Withdrawn {
			lines[k].Merits = append(lines[k].Merits, assessment.Merit{Day: v.Day, Points: assessment.Balance(v.Hundredths), Reason: v.Reason})
		}
	}
	return assessment.Assess(r, lines), err
}

// assessed finds the units that were in a peer group at the end of a period.
func (n *counter) assessed(ctx context.Context, group string, p closure.Period) error {
	all, err := n.tx.Units(ctx)
	for _, u := range all {
		if u.Enabled && n.reader.PeerGroup(&u, p.Span) == group {
			n.units = append(n.units, u)
		}
	}
	return err
}

// reached gives what each unit reached in a part in a period: the mean of the shorter periods that it is made of, otherwise what is counted in it.
func (n *counter) reached(ctx context.Context, part assessment.Part, p closure.Period) (map[inspect.ID]assessment.Figure, error) {
	within, err := assessment.Within(p)
	if err != nil {
		return nil, err
	}
	all := map[inspect.ID]assessment.Figure{}
	if len(within) == 0 {
		found, err := n.counted(ctx, part, p)
		for _, u := range n.units {
			f := found[u.ID]
			f.Period = p.Name
			all[u.ID] = f
		}
		return all, err
	}
	shorter := map[inspect.ID][]assessment.Figure{}
	for _, w := range within {
		some, err := n.reached(ctx, part, w)
		if err != nil {
			return nil, err
		}
		for id, f := range some {
			shorter[id] = append(shorter[id], f)
		}
	}
	for id, some := range shorter {
		all[id] = assessment.RollUp(p.Name, some)
	}
	return all, nil
}

// counted gives what is on record of a part in a period.
func (n *counter) counted(ctx context.Context, part assessment.Part, p closure.Period) (map[inspect.ID]assessment.Figure, error) {
	switch part {
	case assessment.Closure:
		return n.closure(ctx, p)
	case assessment.Visits:
		return n.visits(ctx, p)
	}
	return n.rounds(ctx, p)
}

func (n *counter) closure(ctx context.Context, p closure.Period) (map[inspect.ID]assessment.Figure, error) {
	sheet, err := n.reader.Sheet(ctx, p.Span, store.RollUpUnits)
	if err != nil {
		return nil, err
	}
	all := map[inspect.ID]assessment.Figure{}
	for id, f := range sheet.Units {
		points, known := n.formula.Score(&f.Counts)
		all[id] = assessment.Figure{Known: known, Score: score.Points(math.Round(points * float64(score.One))), N: f.Counts[closure.Disposed], Of: f.Counts[closure.Due]}
	}
	return all, nil
}

func (n *counter) visits(ctx context.Context, p closure.Period) (map[inspect.ID]assessment.Figure, error) {
	sums, err := n.tx.UnitScores(ctx, closure.StartOfDay(p.From, n.zone), closure.StartOfDay(p.To, n.zone))
	all := map[inspect.ID]assessment.Figure{}
	for _, s := range sums {
		all[s.Unit] = assessment.Mean(p.Name, s.Sum, s.Visits)
	}
	return all, err
}

func (n *counter) rounds(ctx context.Context, p closure.Period) (map[inspect.ID]assessment.Figure, error) {
	windows, err := n.tx.Compliance(ctx, store.RoundFilter{From: first(p), To: last(p)}, store.OfUnit)
	kept := map[inspect.ID]duty.Compliance{}
	for _, w := range windows {
		c := kept[w.Unit]
		c.Add(w.Window, w.Times)
		kept[w.Unit] = c
	}
	all := map[inspect.ID]assessment.Figure{}
	for id, c := range kept {
		all[id] = assessment.Share(p.Name, int64(c.Kept), int64(c.Due))
	}
	return all, err
}

func first(p closure.Period) inspect.Date { return inspect.Date(p.From.String()) }

func last(p closure.Period) inspect.Date { return inspect.Date((p.To - 1).String()) }
