package reports

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/workflow"
	"spotcheck/server/store"
)

// mostReturnDays is how long a time a list of returns spans at most.
const mostReturnDays = 366

// OwedReturn is a return that a unit owes for a period, with what it sent.
type OwedReturn struct {
	Form   *inspect.ReturnForm
	Period string
	From   inspect.Date // the first day of the period
	Ends   inspect.Date // the day after its last
	Unit   inspect.ID
	DueAt  inspect.Time
	SentAt inspect.Time // first; 0 for not yet
	Sent   int          // how many times: more than once is corrected
	Last   inspect.ReturnSubmission
	State  inspect.ReturnState
}

// PutReturnForm makes or changes a form; the same again changes nothing. What a form asks stays as it is once somebody sent it.
func (svc *Service) PutReturnForm(ctx context.Context, a *inspect.Actor, f inspect.ReturnForm) (saved inspect.ReturnForm, repeated, created bool, err error) {
	only, err := city.Repeating(ctx, svc.store, a, a.MayThroughout(inspect.MayDraftReports, inspect.Jurisdiction{}), store.StreamReturnForm, f.ID.String())
	if err != nil {
		return saved, false, false, err
	}
	if kind := closure.PeriodKind(f.Every); kind == closure.Between || !slices.Contains(closure.PeriodKinds, kind) {
		return saved, false, false, inspect.InvalidField("/every", "want day, week, ten_days, month, quarter, half_year or year")
	}
	err = svc.store.Write(ctx, city.OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		if gone, err := tx.UnknownUnits(ctx, f.Units); err != nil {
			return err
		} else if len(gone) > 0 {
			return inspect.UnknownField(fmt.Sprintf("/units/%d", slices.Index(f.Units, gone[0])), "there is no such unit")
		}
		old, ok, err := tx.ReturnForm(ctx, f.ID)
		if err != nil {
			return err
		}
		if f.AskedFrom, err = svc.askedFrom(ctx, tx, &f, &old); err != nil {
			return err
		}
		seen := f.UpdatedAt
		f.CreatedAt, f.UpdatedAt = old.CreatedAt, old.UpdatedAt
		if repeated = ok && reflect.DeepEqual(f, old); repeated {
			saved = old
			return nil
		}
		if err := ledger.CheckSeen(seen, ok, old.UpdatedAt); err != nil {
			saved = old
			return err
		}
		if ok && (f.Every != old.Every || !slices.Equal(f.Lines, old.Lines)) {
			if sent, err := tx.ReturnSent(ctx, f.ID); err != nil {
				return err
			} else if sent {
				return inspect.InvalidField("/lines", "units have sent this form already: make another one, and end this")
			}
		}
		if f.UpdatedAt = tx.Now; !ok {
			f.CreatedAt = tx.Now
		}
		saved, created = f, !ok
		ledger.Record(tx, a.ID, store.StreamReturnForm, f.ID.String(), "return_form.changed", returnFormBody(&f))
		return tx.SaveReturnForm(ctx, f)
	}))
	return saved, repeated, created, err
}

// askedFrom is from which day on each unit of a form is asked in time: who is new is not late for what was due before.
func (svc *Service) askedFrom(ctx context.Context, tx *store.Tx, f, old *inspect.ReturnForm) ([]inspect.Date, error) {
	formula, err := figures.ScoreFormula.In(ctx, tx)
	if err != nil {
		return nil, err
	}
	asked := make([]inspect.Date, len(f.Units))
	fresh := max(f.From, svc.firstOpen(f, tx.Now, time.Weekday(formula.WeekStart)))
	for n, unit := range f.Units {
		was, known := old.AskedOf(unit)
		if !known && slices.Contains(old.Units, unit) {
			was, known = max(old.From, svc.firstOpen(old, old.CreatedAt, time.Weekday(formula.WeekStart))), true
		}
		switch {
		case !known || f.Enabled && !old.Enabled:
			asked[n] = fresh
		case f.From > old.From:
			asked[n] = max(was, f.From)
		default:
			asked[n] = min(was, fresh)
		}
	}
	return asked, nil
}

// firstOpen is the first day of the first period of a form that is not yet due at a moment.
func (svc *Service) firstOpen(f *inspect.ReturnForm, at inspect.Time, first time.Weekday) inspect.Date {
	today := closure.DayOf(at, svc.zone)
	for d := today - calendar.Day(f.Days) - 1; d <= today+mostReturnDays; {
		p, err := closure.PeriodOf(closure.PeriodKind(f.Every), d, first)
		switch {
		case err != nil: // before there were periods, or after
			d++
		case svc.returnDue(f, p) > at:
			return inspect.Date(p.From.String())
		default:
			d = p.To
		}
	}
	return f.From
}

// ReturnForms gives the forms: all of them to who makes them, to others those that a unit in their scope owes.
func (svc *Service) ReturnForms(ctx context.Context, a *inspect.Actor) (all []inspect.ReturnForm, names map[inspect.ID]string, err error) {
	if !a.MayAnywhere(inspect.MaySeeReports) {
		return nil, nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		var units []inspect.ID
		if err := tx.EachReturnForm(ctx, func(f inspect.ReturnForm) error {
			for _, u := range f.Units {
				units = issues.AppendID(units, u)
			}
			all = append(all, f)
			return nil
		}); err != nil {
			return err
		}
		sees, err := unitsOver(ctx, tx, a, inspect.MaySeeReports, units)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(f inspect.ReturnForm) bool {
			return !a.MayThroughout(inspect.MayDraftReports, inspect.Jurisdiction{}) && !slices.ContainsFunc(f.Units, func(u inspect.ID) bool { return sees[u] })
		})
		names, err = tx.NodeNames(ctx, store.UnitTree, units)
		return err
	})
	return all, names, err
}

// unitsOver says over which units somebody has a permission.
func unitsOver(ctx context.Context, tx *store.Tx, a *inspect.Actor, need inspect.Permission, units []inspect.ID) (map[inspect.ID]bool, error) {
	over := map[inspect.ID]bool{}
	for _, u := range units {
		w, err := workflow.LocationOfUnit(ctx, tx, u)
		if err != nil {
			return nil, err
		}
		over[u] = a.MayThroughout(need, w)
	}
	return over, nil
}

// SendReturn keeps what a unit sends for a period; the same again is kept once.
func (svc *Service) SendReturn(ctx context.Context, a *inspect.Actor, v inspect.ReturnSubmission) (saved inspect.ReturnSubmission, repeated bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		old, ok, err := tx.Return(ctx, v.ID)
		if err != nil {
			return err
		}
		w, err := workflow.LocationOfUnit(ctx, tx, v.Unit)
		if err != nil {
			return err
		}
		if mine := ok && old.By == a.ID; !mine && !a.MayThroughout(inspect.MayReportProgress, w) && !a.MayThroughout(inspect.MayDraftReports, w) {
			return inspect.ErrForbidden // a return never changes: who sent it sees no more by sending it again
		}
		if v.By, v.At = a.ID, tx.Now; ok {
			v.By, v.At, v.From = old.By, old.At, old.From
			if repeated = reflect.DeepEqual(v, old); !repeated {
				return inspect.ErrActionDiffers
			}
			saved = old
			return nil
		}
		if err := svc.owes(ctx, tx, &v); err != nil {
			return err
		}
		body := returnBody(&v)
		if body["seals"], err = tx.SealNewTexts(ctx, v.ID, returnTexts(&v)); err != nil {
			return err
		}
		saved = v
		ledger.Record(tx, a.ID, store.StreamReturn, v.ID.String(), returnSent, body)
		if err := svc.messages.TellWebhooks(ctx, tx, returnSent, v.ID, returnData{v.ID, v.Form, v.Unit, v.Period}); err != nil {
			return err
		}
		return tx.InsertReturn(ctx, v)
	})
	return saved, repeated, err
}

// owes says whether a return is owed, and for what days.
func (svc *Service) owes(ctx context.Context, tx *store.Tx, v *inspect.ReturnSubmission) error {
	f, ok, err := tx.ReturnForm(ctx, v.Form)
	if err != nil {
		return err
	}
	formula, err := figures.ScoreFormula.In(ctx, tx)
	if err != nil {
		return err
	}
	p, err := svc.period(tx, v.Period, &formula)
	switch {
	case err != nil:
		return err
	case !ok:
		return inspect.UnknownField("/form", "there is no such form")
	case !f.Enabled:
		return inspect.InvalidField("/form", "this form is not in use any more")
	case !slices.Contains(f.Units, v.Unit):
		return inspect.InvalidField("/unit", "this unit does not owe this form")
	case string(p.Kind) != f.Every || inspect.Date(p.From.String()) < f.From:
		return inspect.InvalidField("/period", fmt.Sprintf("this form is sent for every %s from %s on", f.Every, f.From))
	case len(v.Hundredths) != len(f.Lines):
		return inspect.InvalidField("/numbers", fmt.Sprintf("want %d numbers, one for each line of the form", len(f.Lines)))
	}
	v.From = inspect.Date(p.From.String())
	return nil
}

// Returns gives the returns due on some days, both included, that units owe over which the actor sees figures.
func (svc *Service) Returns(ctx context.Context, a *inspect.Actor, from, to calendar.Day) (all []OwedReturn, names map[inspect.ID]string, err error) {
	if !a.MayAnywhere(inspect.MaySeeReports) {
		return nil, nil, inspect.ErrForbidden
	}
	if to < from || to-from > mostReturnDays {
		return nil, nil, inspect.InvalidField("/to", fmt.Sprintf("want a day from the first one on, and at most %d days", mostReturnDays))
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		formula, err := figures.ScoreFormula.In(ctx, tx)
		if err != nil {
			return err
		}
		owed, err := svc.owedReturns(ctx, tx, closure.StartOfDay(from, svc.zone), closure.StartOfDay(to+1, svc.zone), time.Weekday(formula.WeekStart))
		if err != nil {
			return err
		}
		var units []inspect.ID
		for n := range owed {
			units = issues.AppendID(units, owed[n].Unit)
		}
		sees, err := unitsOver(ctx, tx, a, inspect.MaySeeReports, units)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(owed, func(o OwedReturn) bool { return !sees[o.Unit] })
		names, err = tx.NodeNames(ctx, store.UnitTree, units)
		return err
	})
	return all, names, err
}

// owedReturns are the returns due from one moment until before another, form by form, period by period, unit by unit.
func (svc *Service) owedReturns(ctx context.Context, tx *store.Tx, from, to inspect.Time, first time.Weekday) (all []OwedReturn, err error) {
	var forms []*inspect.ReturnForm
	if err := tx.EachReturnForm(ctx, func(f inspect.ReturnForm) error {
		if f.Enabled {
			forms = append(forms, &f)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	for _, f := range forms {
		var periods []closure.Period
		begins, err := calendar.ParseDay(string(f.From))
		if err != nil {
			return nil, err
		}
		for d := max(closure.DayOf(from, svc.zone)-calendar.Day(f.Days)-1, begins); ; {
			p, err := closure.PeriodOf(closure.PeriodKind(f.Every), d, first)
			if err != nil { // before there were periods, or after
				if d++; closure.StartOfDay(d, svc.zone) >= to {
					break
				}
				continue
			}
			due := svc.returnDue(f, p)
			if due >= to {
				break
			}
			if d = p.To; due >= from && inspect.Date(p.From.String()) >= f.From {
				periods = append(periods, p)
			}
		}
		if len(periods) == 0 {
			continue
		}
		sent, err := tx.Returns(ctx, f.ID, inspect.Date(periods[0].From.String()), inspect.Date(periods[len(periods)-1].From.String()))
		if err != nil {
			return nil, err
		}
		for _, p := range periods {
			for _, unit := range f.Units {
				o := OwedReturn{Form: f, Period: p.Name, From: inspect.Date(p.From.String()), Ends: inspect.Date(p.To.String()),
					Unit: unit, DueAt: svc.returnDue(f, p)}
				if o.fill(sent, tx.Now); o.Sent > 0 || svc.asked(f, &o) {
					all = append(all, o)
				}
			}
		}
	}
	return all, nil
}

// asked says whether a unit was asked for a return before it was due.
func (svc *Service) asked(f *inspect.ReturnForm, o *OwedReturn) bool {
	from, known := f.AskedOf(o.Unit)
	if !known {
		return o.DueAt > f.CreatedAt
	}
	return o.From >= from
}

// returnDue is when a form is due for a period.
func (svc *Service) returnDue(f *inspect.ReturnForm, p closure.Period) inspect.Time {
	return closure.StartOfDay(p.To+calendar.Day(f.Days), svc.zone).Add(time.Duration(f.Minute) * time.Minute)
}

// fill finds what was sent for a period by a unit.
func (o *OwedReturn) fill(sent []inspect.ReturnSubmission, now inspect.Time) {
	for _, v := range sent {
		if v.Unit != o.Unit || v.From != o.From {
			continue
		}
		if o.Sent++; o.Sent == 1 {
			o.SentAt = v.At
		}
		o.Last = v
	}
	o.State = inspect.StateOfReturn(o.SentAt, o.DueAt, now)
}

// returnFormBody is what the record keeps of a form; returnBody and returnTexts are what it keeps of a return, the latter as seals only.
func returnFormBody(f *inspect.ReturnForm) map[string]any {
	body := map[string]any{"name": f.Name, "every": f.Every, "lines": f.Lines, "units": f.Units, "days": f.Days, "minute": f.Minute, "from": f.From, "enabled": f.Enabled}
	if len(f.AskedFrom) > 0 { // older records have no word for it
		body["asked_from"] = f.AskedFrom
	}
	return body
}

func returnBody(v *inspect.ReturnSubmission) map[string]any {
	return map[string]any{"form": v.Form, "unit": v.Unit, "period": v.Period, "from": v.From, "hundredths": v.Hundredths, "sent_by": v.By}
}

func returnTexts(v *inspect.ReturnSubmission) map[string]string {
	return map[string]string{"note": v.Note}
}

func LoadReturns(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	if err := tx.EachReturnForm(ctx, func(f inspect.ReturnForm) error {
		rows[evidence.Stream{Kind: store.StreamReturnForm, ID: f.ID.String()}] = &ledger.Row{Body: returnFormBody(&f), CreatedAt: f.CreatedAt, ChangedAt: f.UpdatedAt}
		return nil
	}); err != nil {
		return err
	}
	return tx.EachReturn(ctx, func(v inspect.ReturnSubmission) error {
		rows[evidence.Stream{Kind: store.StreamReturn, ID: v.ID.String()}] = &ledger.Row{Body: returnBody(&v), Owner: v.ID, Texts: returnTexts(&v),
			CreatedAt: v.At, ChangedAt: v.At}
		return nil
	})
}
