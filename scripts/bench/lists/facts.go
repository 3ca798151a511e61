package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/store"
)

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

// record writes the record of an issue and gives what figures keep of it; hashes are of the right length and no more.
func (f *filler) record(ctx context.Context, id int64, o *origin, l *life) (moments []closure.Moment, err error) {
	i, events := inspect.Issue{ID: o.uid}, o.events(l)
	if !f.lean {
		if err := f.stream.add(ctx, firstStream+id, "issue", o.uid.String(), len(events), f.bytes(32)); err != nil {
			return nil, err
		}
	}
	for n := range events {
		e := &events[n]
		if err := i.Apply(e); err != nil {
			return nil, err
		}
		if m, ok := closure.MomentOf(e); ok {
			moments = append(moments, m)
		}
		if f.lean {
			continue
		}
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
	return moments, nil
}

// addCourse keeps what figures know of an issue, and adds it to their sums.
func (f *filler) addCourse(ctx context.Context, issue int64, moments []closure.Moment) error {
	course, _ := closure.CourseOf(moments, closure.Forever)
	for _, d := range course.Cells(f.app.Core.Zone) {
		store.RollUpKeys(&d.Cell, func(k store.RollUpKey) {
			if f.sums[k] == nil {
				f.sums[k] = &closure.Counts{}
			}
			for _, of := range d.Counts {
				f.sums[k][of] += d.Times
			}
		})
	}
	row := (&store.Course{Moments: moments, Index: figures.IndexOf(&course, f.calendar)}).Row()
	return f.course.add(ctx, append([]any{issue}, row...)...)
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
