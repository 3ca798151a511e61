package assessment

import (
	"slices"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/score"
)

// parted says of which kind the periods are whose mean a longer one is: a year is the mean of its quarters, a quarter of its months. All others are counted
// by themselves.
var parted = map[closure.PeriodKind]closure.PeriodKind{closure.Year: closure.Quarter, closure.Half: closure.Quarter, closure.Quarter: closure.Month}

// Within are the periods whose mean a period is, none where it is counted by itself.
func Within(p closure.Period) (all []closure.Period, err error) {
	kind, is := parted[p.Kind]
	if !is {
		return nil, nil
	}
	for day := p.From; day < p.To; {
		next, err := closure.PeriodOf(kind, day, time.Monday) // whatever day a week begins on, months do not depend on it
		if err != nil {
			return nil, err
		}
		all, day = append(all, next), next.To
	}
	return all, nil
}

// RollUp is the mean of what was reached in the periods within one. What has nothing to count leaves the mean and is told as missing.
func RollUp(period string, within []Figure) Figure {
	f := Figure{Period: period}
	sum, known := score.Points(0), score.Points(0)
	for _, w := range within {
		f.N, f.Of, f.Missing = f.N+w.N, f.Of+w.Of, f.Missing+w.Missing
		switch {
		case w.Known:
			sum, known = sum+w.Score, known+1
		case len(w.Within) == 0:
			f.Missing++
		}
		w.Within = nil // a sheet shows one step; the shorter period has a sheet of its own
		f.Within = append(f.Within, w)
	}
	if f.Known = known > 0; f.Known {
		f.Score = (2*sum + known) / (2 * known)
	}
	return f
}

// Mean is the figure of so many scores with a sum.
func Mean(period string, sum score.Points, n int64) Figure {
	f := Figure{Period: period, N: n, Known: n > 0}
	if f.Known {
		f.Score = (2*sum + score.Points(n)) / score.Points(2*n)
	}
	return f
}

// Share is the figure of n out of so many.
func Share(period string, n, of int64) Figure {
	f := Figure{Period: period, N: n, Of: of, Known: of > 0}
	if f.Known {
		f.Score = score.Points((2*int64(score.Full)*n + of) / (2 * of))
	}
	return f
}

// weigh is the score of a line: the mean of its figures by weight. A part that has nothing to count leaves both sums, as an item that does not apply does.
func (l *Line) weigh(weights []Weight) {
	sum, of := score.Points(0), score.Points(0)
	for n, w := range weights {
		if f := l.Figures[n]; f.Known {
			sum, of = sum+w.Weight*f.Score, of+w.Weight
		}
	}
	if l.Known = of > 0; l.Known {
		l.Score = (2*sum + of) / (2 * of)
	}
}

// due is what decides whether the line has a rank: the issues due where closure is a part, otherwise enough for one that is known.
func (l *Line) due(r *Rules) int64 {
	for n, w := range r.Weights {
		if w.Part == Closure {
			return l.Figures[n].Of
		}
	}
	if l.Known {
		return max(r.LeastDue, 1)
	}
	return 0
}

// Assess scores lines that have figures and merits, and puts them in order: ranks, grades, the red and the black list.
func Assess(r Rules, lines []Line) Content {
	units, of := make([]*closure.RankedUnit, len(lines)), map[*closure.RankedUnit]*Line{}
	for n := range lines {
		l := &lines[n]
		l.weigh(r.Weights)
		l.Points = 0
		for _, m := range l.Merits {
			l.Points += m.Points
		}
		l.Total = Balance(l.Score) + l.Points
		units[n] = &closure.RankedUnit{Name: l.Name, Due: l.due(&r), Score: l.Total.Float()}
		of[units[n]] = l
	}
	closure.Rank(units, r.LeastDue)
	c := Content{Rules: r, Lines: make([]Line, 0, len(lines))}
	var totals []float64
	for _, u := range units {
		l := of[u]
		if l.Rank = u.Rank; l.Rank > 0 {
			outcome := score.Outcome{Applicable: score.Full, Score: score.Points(max(l.Total, 0))}
			l.Grade, totals = outcome.Grade(r.Grades), append(totals, u.Score)
		}
		c.Lines = append(c.Lines, *l)
	}
	red, black := closure.RedAndBlack(totals) // those with a rank stand first
	for n := range totals {
		switch {
		case red[n]:
			c.Lines[n].Listing = Red
		case black[n]:
			c.Lines[n].Listing = Black
		}
	}
	return c
}

// Has says whether a part has a weight.
func (r *Rules) Has(p Part) bool {
	return slices.ContainsFunc(r.Weights, func(w Weight) bool { return w.Part == p })
}
