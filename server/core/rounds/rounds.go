package rounds

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// EndedRound is what was done on a round, as a phone sends it, whole.
type EndedRound struct {
	ID, Duty, Target          inspect.ID // of a round beyond the plan the phone makes the id
	StartedAt, DoneAt, SentAt inspect.Time
	With                      []inspect.ID
	Note                      string
	Quantities                []inspect.Quantity
	Content                   []byte // the body as it came, to know a repetition
}

// RoundView is a round as it stands, with what it is about.
type RoundView struct {
	store.RoundRow
	State      inspect.RoundState
	Quantities []inspect.Quantity
	MyTurn     bool         // of those that are to be made: whether it is the actor's
	Crew       []inspect.ID // of those that are to be made: whose turn it is
}

// EndRound takes what was done on a round; the same again is the same. One that was ended differently stays as it is, and says so.
func (svc *Service) EndRound(ctx context.Context, a *inspect.Actor, n EndedRound) (view RoundView, names Names, repeated bool, err error) {
	text, err := ledger.Content(n.Content)
	if err != nil {
		return view, names, false, err
	}
	if !a.MayAnywhere(inspect.MayDoRounds) {
		return view, names, false, inspect.ErrForbidden
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		row, ok, err := tx.Round(ctx, n.ID)
		if err != nil {
			return err
		}
		if repeated = ok && row.DoneAt != 0; repeated {
			if row.By != a.ID || !ledger.SameContent(text, row.ContentSalt, row.ContentSeal) {
				return endedBy(ctx, tx, &row)
			}
		} else if err := svc.end(ctx, tx, a, &row, ok, &n, text); err != nil {
			return err
		}
		views, all, err := svc.viewsOf(ctx, tx, a, []store.RoundRow{row})
		if err == nil {
			view, names = views[0], all
		}
		return err
	})
	return view, names, repeated, err
}

// endedBy says who ended a round first, and when.
func endedBy(ctx context.Context, tx *store.Tx, r *store.RoundRow) error {
	people, err := tx.PeopleRefs(ctx, []inspect.ID{r.By})
	if err != nil {
		return err
	}
	return inspect.ErrRoundEnded.With("The round was ended by %s, made at %s; what came later was not kept.", cmp.Or(people[r.By].StaffNumber, "somebody else"), r.DoneAt)
}

// end checks what was done on a round and keeps it.
func (svc *Service) end(ctx context.Context, tx *store.Tx, a *inspect.Actor, r *store.RoundRow, planned bool, n *EndedRound, text string) error {
	d, ok, err := tx.Duty(ctx, n.Duty)
	switch {
	case err != nil:
		return err
	case !ok:
		return inspect.UnknownField("/duty", "there is no such duty")
	case planned && (r.Duty != n.Duty || r.Target != n.Target):
		return inspect.InvalidField("/target", "the round with this id goes elsewhere")
	}
	sent := cmp.Or(n.SentAt, tx.Now)
	skew := inspect.Skew(sent, tx.Now)
	done := min(cmp.Or(n.DoneAt, sent).Add(skew), tx.Now)
	if !planned {
		if err := svc.beyondPlan(ctx, tx, &d, r, n, done); err != nil {
			return err
		}
	}
	if err := mayEnd(ctx, tx, a, &d, r); err != nil {
		return err
	}
	switch {
	case d.EndedAt != 0 && done > d.EndedAt:
		return inspect.ErrDutyEnded
	case r.Planned() && done < r.Plan.OpensAt:
		return inspect.ErrRoundNotOpen
	}
	if err := checkCompany(ctx, tx, a, n.With); err != nil {
		return err
	}
	r.By, r.With, r.DoneAt, r.SentAt, r.ReceivedAt, r.Note = a.ID, n.With, done, sent, tx.Now, n.Note
	if r.StartedAt = done; n.StartedAt != 0 {
		r.StartedAt = min(n.StartedAt.Add(skew), done)
	}
	r.ContentSalt, r.ContentSeal = ledger.SealedContent(text)
	if err := recordRound(ctx, tx, a.ID, "round.done", r); err != nil {
		return err
	}
	if err := tx.SaveRound(ctx, r); err != nil {
		return err
	}
	if err := tx.LookedAt(ctx, r.Subject, r.Target, done); err != nil {
		return err
	}
	return figures.TakeQuantities(ctx, tx, &inspect.WorkDone{ID: r.ID, Source: inspect.QuantityOfRound, Area: r.Area, Unit: r.Unit, Day: inspect.DateOf(done, svc.zone),
		By: a.ID, Quantities: n.Quantities})
}

// beyondPlan makes a round that nobody planned.
func (svc *Service) beyondPlan(ctx context.Context, tx *store.Tx, d *inspect.Duty, r *store.RoundRow, n *EndedRound, done inspect.Time) error {
	day := inspect.DateOf(done, svc.zone)
	targets, err := tx.DutyTargets(ctx, d, day)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(targets, func(t store.Target) bool { return t.ID == n.Target })
	if at < 0 {
		return inspect.UnknownField("/target", "the duty does not go there")
	}
	c, err := svc.days(ctx, tx)
	if err != nil {
		return err
	}
	unit := d.Unit
	if unit.IsZero() {
		unit = targets[at].Unit
	}
	r.Round = inspect.Round{ID: n.ID, Duty: d.ID, Subject: d.Subject, Target: n.Target, Area: targets[at].Area, Unit: unit, Day: day,
		Period: dateOf(c.Period(d.Schedule.Every, dayOf(day)).From)}
	r.OpenedAt = tx.Now
	return nil
}

// mayEnd refuses who neither takes turns in a duty, nor belongs to its unit, nor may make rounds in all of the place.
func mayEnd(ctx context.Context, tx *store.Tx, a *inspect.Actor, d *inspect.Duty, r *store.RoundRow) error {
	if slices.Contains(d.People, a.ID) {
		return nil
	}
	changes, err := tx.RosterChanges(ctx, d.ID, r.Day, r.Day)
	if err != nil || len(changes) > 0 && slices.Contains(changes[0].People, a.ID) {
		return err
	}
	w, err := locationOf(ctx, tx, r.Area, r.Unit)
	if err == nil && !a.MayThroughout(inspect.MayDoRounds, w) {
		err = inspect.ErrForbidden
	}
	return err
}

func checkCompany(ctx context.Context, tx *store.Tx, a *inspect.Actor, with []inspect.ID) error {
	people, err := tx.PeopleRefs(ctx, with)
	if err != nil {
		return err
	}
	for n, id := range with {
		if _, known := people[id]; !known || id == a.ID || slices.Contains(with[:n], id) {
			return inspect.UnknownField(fmt.Sprintf("/with/%d", n), "want other people, each once")
		}
	}
	return nil
}

// ExcuseRound says why a planned round that nobody made does not count; the same again changes nothing.
func (svc *Service) ExcuseRound(ctx context.Context, a *inspect.Actor, id inspect.ID, reason string) (view RoundView, names Names, repeated bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		row, ok, err := tx.Round(ctx, id)
		if err != nil {
			return err
		}
		w, err := locationOf(ctx, tx, row.Area, row.Unit)
		switch {
		case err != nil:
			return err
		case !ok || row.By != a.ID && !a.MayThroughout(inspect.MaySeeRounds, w):
			return inspect.ErrRoundNotFound
		case !a.MayThroughout(inspect.MayKeepDuties, w):
			return inspect.ErrForbidden
		}
		if repeated = row.Excuse.At != 0 && row.Excuse.Reason == reason; !repeated {
			switch state := row.State(tx.Now); {
			case state == inspect.RoundExcused, state == inspect.RoundDone, state == inspect.RoundCancelled, row.DoneAt != 0:
				return inspect.ErrRoundState.With("The round is %s and cannot be excused.", state)
			}
			row.Excuse = inspect.RoundExcuse{Reason: reason, By: a.ID, At: tx.Now}
			if err := recordRound(ctx, tx, a.ID, "round.excused", &row); err != nil {
				return err
			}
			if err := tx.SaveRound(ctx, &row); err != nil {
				return err
			}
		}
		views, all, err := svc.viewsOf(ctx, tx, a, []store.RoundRow{row})
		if err == nil {
			view, names = views[0], all
		}
		return err
	})
	return view, names, repeated, err
}

// recordRound leaves a line about a round, as it is from now on.
func recordRound(ctx context.Context, tx *store.Tx, by inspect.ID, event string, r *store.RoundRow) (err error) {
	r.UpdatedAt = tx.Now
	body := roundBody(r)
	if body["seals"], err = tx.SealTexts(ctx, r.ID, roundTexts(r)); err != nil {
		return err
	}
	ledger.Record(tx, by, store.StreamRound, r.ID.String(), event, body)
	return nil
}

// roundBody is what the record keeps of a round that was made or excused: all but what people wrote. When it was due stands in the line that opened it.
func roundBody(r *store.RoundRow) map[string]any {
	return map[string]any{"duty": r.Duty, "subject": r.Subject, "target": r.Target, "area": r.Area, "unit": r.Unit, "day": r.Day, "period": r.Period,
		"opened_on": r.Plan.OpenedOn, "made_by": r.By, "with": append([]inspect.ID{}, r.With...), "started_at": r.StartedAt, "done_at": r.DoneAt, "sent_at": r.SentAt,
		"received_at": r.ReceivedAt, "excused_by": r.Excuse.By, "excused_at": r.Excuse.At}
}

// roundTexts are what people wrote about a round, which the record keeps as seals only.
func roundTexts(r *store.RoundRow) map[string]string {
	return map[string]string{"note": r.Note, "excuse": r.Excuse.Reason}
}

// LoadRounds gives rounds as the record tells them: what was opened together under one stream, and each that was made or excused under its own.
func LoadRounds(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	opened := map[evidence.Stream][]store.RoundRow{}
	if err := tx.EachRound(ctx, func(r *store.RoundRow) error {
		if r.Planned() {
			opened[openingOf(r)] = append(opened[openingOf(r)], *r)
		}
		if r.DoneAt == 0 && r.Excuse.At == 0 {
			return nil
		}
		first := cmp.Or(r.ReceivedAt, r.Excuse.At)
		if r.Excuse.At != 0 {
			first = min(first, r.Excuse.At)
		}
		rows[evidence.Stream{Kind: store.StreamRound, ID: r.ID.String()}] = &ledger.Row{Body: roundBody(r), Owner: r.ID, Texts: roundTexts(r), CreatedAt: first,
			ChangedAt: r.UpdatedAt}
		return nil
	}); err != nil {
		return err
	}
	for stream, all := range opened {
		row := &ledger.Row{Body: openingBody(all), CreatedAt: all[0].OpenedAt, ChangedAt: all[0].OpenedAt}
		for n := range all {
			if all[n].OpenedAt != row.CreatedAt {
				row.Amiss = "its rounds were not opened at one time"
			}
		}
		rows[stream] = row
	}
	return nil
}
