package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// factColumns are those of a fact, in the order in which addFact gives them.
const factColumns = `issue n spell run last category area status own reported_at received_at filed assigned aside assign_by assigned_at taken holders due_at time_limit
	limit_unit held_until extended reworks false_fixes upheld wrong given_at shirked fixed_at on_the_spot verify_by checked_at closed_at unit counted gone_at due_day long_at calendar`

// origin is how an issue began.
type origin struct {
	uid, reporter, office, photo inspect.ID
	report                       inspect.Report
}

// events are the record of a life, as the server would have written it.
func (o *origin) events(l *life) (all []inspect.Event) {
	ms := o.report.ReportedAt
	add := func(kind string, action inspect.Action, by inspect.ID, at int64, e inspect.Event) {
		e.Type, e.Action, e.ActionID, e.By, e.At, e.DoneAt, e.SentAt, e.CreditedAt = kind, action, inspect.NewID(), by, inspect.Time(at+1500),
			inspect.Time(at), inspect.Time(at), inspect.Time(at)
		all = append(all, e)
	}
	all = append(all, inspect.Event{Type: "issue.reported", By: o.reporter, At: ms + 2000, SentAt: ms, Report: &o.report, StepDueAt: ms + 1_800_000,
		Declared: []inspect.Declaration{{ID: o.photo, SHA256: strings.Repeat("0123456789abcdef", 4), Bytes: 2_200_000, Kind: "report", CaptureMethod: "camera", CapturedAt: ms}}},
		inspect.Event{Type: "photo.received", By: o.reporter, At: ms + 5000, SentAt: ms,
			Received: &inspect.PhotoReceipt{ID: o.photo, SHA256: strings.Repeat("0123456789abcdef", 4), Bytes: 2_200_000,
				Facts: inspect.PhotoMetadata{Type: "image/jpeg", Width: 4032, Height: 3024, Make: "HUAWEI"}}})
	switch l.status {
	case inspect.Dismissed:
		add("issue.dismissed", inspect.Dismiss, o.office, l.closed, inspect.Event{Before: inspect.Reported})
	case inspect.Merged:
		add("issue.merged", inspect.Merge, o.office, l.closed, inspect.Event{Before: inspect.Reported, Into: o.photo})
	}
	if l.assigned == 0 {
		return all
	}
	limit := float64((l.due - l.assigned) / 3_600_000)
	add("issue.assigned", inspect.Assign, o.office, l.assigned,
		inspect.Event{Before: inspect.Reported, Unit: l.holder, DueAt: inspect.Time(l.due), RemindAt: inspect.Time(l.due - (l.due-l.assigned)/4),
			Clock: &inspect.Clock{Limit: limit, Unit: calendar.UrgentHour, From: inspect.Time(l.assigned), RemainingMS: l.due - l.assigned}})
	if l.fixed != 0 {
		add("issue.fixed", inspect.Fix, o.office, l.fixed, inspect.Event{Before: inspect.Assigned, Unit: l.holder, Photos: []inspect.ID{o.photo},
			StepDueAt: inspect.Time(l.fixed + 4*3_600_000)})
	}
	if l.status == inspect.Verified {
		add("issue.verified", inspect.Verify, o.reporter, l.closed, inspect.Event{Before: inspect.Fixed, Verdict: "pass", Method: "on_site", Photos: []inspect.ID{o.photo}})
	}
	return all
}

// record writes the record of an issue and gives what figures count of it; hashes are of the right length and no more.
func (f *filler) record(ctx context.Context, id int64, o *origin, l *life) (closure.FactHistory, error) {
	i, book := inspect.Issue{ID: o.uid}, closure.FactHistory{}
	events := o.events(l)
	if f.lean {
		for n := range events {
			if err := i.Apply(&events[n]); err != nil {
				return nil, err
			}
			book.Apply(&i, &events[n])
		}
		return book, nil
	}
	if err := f.stream.add(ctx, firstStream+id, "issue", o.uid.String(), len(events), f.bytes(32)); err != nil {
		return nil, err
	}
	for n := range events {
		e := &events[n]
		if err := i.Apply(e); err != nil {
			return nil, err
		}
		book.Apply(&i, e)
		body, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		f.seq++
		var unit any
		if !i.Unit.IsZero() {
			unit = i.Unit[:]
		}
		if err := f.event.add(ctx, f.seq, firstStream+id, n+1, e.Type, inspect.EventSchema, make([]byte, 32), f.bytes(32), string(body), int64(e.At),
			e.By[:], unit, int64(i.DueAt), string(i.Status)); err != nil {
			return nil, err
		}
	}
	return book, nil
}

// addFact keeps what the figures count of an issue, and adds it to their sums.
func (f *filler) addFact(ctx context.Context, issue int64, v *closure.Fact) error {
	holders := ""
	if len(v.Holders) > 0 {
		holders = fmt.Sprintf("%s@%d", v.Holders[0].Unit, v.Holders[0].From)
	}
	for _, c := range v.Cells(f.app.Core.Zone) {
		store.RollUpKeys(&c, func(k store.RollUpKey) {
			if f.sums[k] == nil {
				f.sums[k] = &closure.Counts{}
			}
			for _, of := range c.Counts {
				f.sums[k][of]++
			}
		})
	}
	var day calendar.Day
	var long inspect.Time
	mark := int64(0)
	if v.CanBeDue() {
		day, long, mark = closure.DayOf(v.DueAt, f.app.Core.Zone), v.LongOverdueAt(f.calendar), f.calendar.Fingerprint()
	}
	unit := v.Unit()
	var unitBytes any
	if !unit.IsZero() {
		unitBytes = unit[:]
	}
	return f.fact.add(ctx, issue, 0, 0, 0, true, v.Category, v.Area[:], string(v.Status), v.OwnReport, int64(v.ReportedAt), int64(v.ReceivedAt),
		v.Filed, v.Assigned, v.ExcludedFromRates, int64(v.AssignDueAt),
		int64(v.AssignedAt), v.NewlyAssigned, holders, int64(v.DueAt), v.Limit.N, string(v.Limit.Unit), 0, false, 0, 0, false, false, 0, false,
		int64(v.FixedAt), false, int64(v.VerifyDueAt),
		int64(v.VerdictAt), int64(v.ClosedAt), unitBytes, v.CanBeDue(), int64(v.VerifiedAt()), int(day), int64(long), mark)
}

// writeSums keeps the sums of all facts.
func (f *filler) writeSums(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	b := newBulk(tx, f.postgres, "figure_sum", "?", strings.Fields("part kind grain day name counts")...)
	for k, c := range f.sums {
		text, err := c.MarshalText()
		if err != nil {
			return err
		}
		if err := b.add(ctx, k.Part, k.Kind, k.Grain, int(k.Day), k.Name, string(text)); err != nil {
			return err
		}
	}
	if err := b.flush(ctx); err != nil {
		return err
	}
	return tx.Commit()
}
