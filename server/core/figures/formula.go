package figures

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// ScoreFormula is the formula of scores, with the first day of the office's week.
var ScoreFormula = city.Setting[closure.Formula]{Key: "formula", Default: closure.DefaultFormula, Read: readFormula}

// readFormula reads weights and limits of scores. A change takes the next version; the one in force is printed on every report.
func readFormula(v json.RawMessage) (closure.Formula, error) {
	f := closure.DefaultFormula
	d := json.NewDecoder(bytes.NewReader(v))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return f, errors.New("want weights disposal, on_time, long, rework, extension, false_fix, the numbers least_due and week_start, and a version")
	}
	sum := 0.0
	for _, w := range []float64{f.Disposal, f.OnTime, f.Long, f.Rework, f.Extension} {
		if w < 0 || w > 100 {
			return f, errors.New("a weight is from 0 to 100")
		}
		sum += w
	}
	switch {
	case sum < 99.999 || sum > 100.001:
		return f, errors.New("the weights disposal, on_time, long, rework and extension add up to 100")
	case f.FalseFix < 0 || f.FalseFix > 100 || f.LeastDue < 0 || f.LeastDue > 10_000 || f.WeekStart < 0 || f.WeekStart > 6 || f.Version < 1:
		return f, errors.New("false_fix is from 0 to 100, least_due from 0 to 10000, week_start from 0 for Sunday to 6, version from 1")
	}
	return f, nil
}

// PeriodNamed is the name of a period; without one it is the last of its kind that is over.
func (svc *Service) PeriodNamed(ctx context.Context, kind closure.PeriodKind, name string) (string, error) {
	err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		formula, err := ScoreFormula.In(ctx, tx)
		if err != nil {
			return err
		}
		first := time.Weekday(formula.WeekStart)
		var p closure.Period
		if name != "" {
			if p, err = closure.ParsePeriod(name, first); err == nil && p.Kind != kind {
				err = closure.ErrPeriod
			}
			return err
		}
		if p, err = closure.PeriodOf(kind, closure.DayOf(tx.Now, svc.zone), first); err == nil {
			p, err = p.Before(first)
		}
		name = p.Name
		return err
	})
	return name, err
}
