package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

// ReportSchedules are the reports that are drafted by themselves.
var ReportSchedules = city.Setting[[]Schedule]{Key: "report_schedules", Read: readSchedules}

// maxSchedules is how many reports are drafted by themselves at most.
const maxSchedules = 20

func readSchedules(v json.RawMessage) (all []Schedule, err error) {
	d := json.NewDecoder(bytes.NewReader(v))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil || len(all) > maxSchedules {
		return nil, fmt.Errorf("want a list of at most %d of kind, scope, language", maxSchedules)
	}
	for n := range all {
		k := &all[n]
		var scope figures.Scope
		switch {
		case !slices.Contains(closure.PeriodKinds, k.Kind) || k.Kind == closure.Between:
			return nil, fmt.Errorf("%d: want a kind such as week or month", n)
		case scope.UnmarshalText([]byte(k.Scope)) != nil:
			return nil, fmt.Errorf("%d: want the scope city, unit:ID or area:ID", n)
		case k.Language != inspect.Chinese && k.Language != inspect.English:
			return nil, fmt.Errorf("%d: want the language zh or en", n)
		}
		k.Scope = scope.String()
	}
	return all, nil
}

// Schedule is a report that is drafted by itself when its period is over.
type Schedule struct {
	Kind     closure.PeriodKind `json:"kind"`
	Scope    string             `json:"scope"`
	Language inspect.Language   `json:"language"`
}

// mostMissed is how many periods are looked back for the last one that has a report.
const mostMissed = 60

// DraftScheduled drafts the reports of the schedule whose period is over and that nobody has drafted, the oldest first, and tells the offices that they
// are to be checked: that of the period that ended last, and those before it that were missed since the last one that has a report, as when the server was
// down. It may run any number of times.
func (svc *Service) DraftScheduled(ctx context.Context) error {
	var plan []Request
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		formula, err := figures.ScoreFormula.In(ctx, tx)
		if err != nil {
			return err
		}
		schedules, err := ReportSchedules.In(ctx, tx)
		if err != nil {
			return err
		}
		for _, k := range schedules {
			missed, err := svc.missed(ctx, tx, k, time.Weekday(formula.WeekStart))
			if err != nil {
				return err
			}
			plan = append(plan, missed...)
		}
		return nil
	}); err != nil {
		return fmt.Errorf("reports: scheduled reports: %w", err)
	}
	var failed error
	for _, ask := range plan {
		if err := svc.draftScheduled(ctx, ask); err != nil && !errors.Is(err, inspect.ErrFiguresPending) {
			failed = errors.Join(failed, fmt.Errorf("reports: scheduled report of %s: %w", ask.Period, err))
		}
	}
	return failed
}

// missed are the reports of a schedule that nobody has drafted, the oldest first. A series that has none yet begins with the period that ended last.
func (svc *Service) missed(ctx context.Context, tx *store.Tx, k Schedule, first time.Weekday) (all []Request, err error) {
	ask := Request{Language: k.Language}
	if err := ask.Scope.UnmarshalText([]byte(k.Scope)); err != nil {
		return nil, err
	}
	p, err := closure.PeriodOf(k.Kind, closure.DayOf(tx.Now, svc.zone), first)
	if err != nil {
		return nil, err
	}
	for len(all) < mostMissed {
		if p, err = p.Before(first); errors.Is(err, closure.ErrPeriod) {
			break // before there were periods
		} else if err != nil {
			return nil, err
		}
		known, err := tx.PublicationOf(ctx, p.Name, k.Scope)
		if err != nil {
			return nil, err
		}
		if known {
			slices.Reverse(all)
			return all, nil
		}
		ask.Period = p.Name
		all = append(all, ask)
	}
	return all[:min(len(all), 1)], nil
}

func (svc *Service) draftScheduled(ctx context.Context, ask Request) error {
	f, err := svc.draft(ctx, places.OperatorDesk, ask)
	if err != nil {
		return err
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		if known, err := tx.PublicationOf(ctx, ask.Period, ask.Scope.String()); err != nil || known {
			return err // another copy was faster
		}
		p := &store.Publication{ID: inspect.NewID(), Kind: f.Week.Kind, Period: f.Week.Name, Scope: ask.Scope.String(), Language: ask.Language, CreatedAt: tx.Now}
		if err := svc.saveDraft(ctx, tx, p, f, inspect.ID{}); err != nil {
			return err
		}
		people, err := everybody(ctx, tx, inspect.Office)
		if err != nil {
			return err
		}
		return svc.messages.Tell(ctx, tx, messages.Notification{To: onceEach(people, inspect.ID{}),
			NotificationEvent: store.NotificationEvent{Ref: reportDrafted + "/" + p.ID.String(), Type: reportDrafted, At: tx.Now,
				Facts: store.IssueSummary{Number: f.Week.title()}}})
	})
}
