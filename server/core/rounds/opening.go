package rounds

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"spotcheck/pkg/duty"
	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// OpenRounds asks for the rounds that are due to be opened.
type OpenRounds struct{}

// Kind names the job.
func (OpenRounds) Kind() string { return "rounds.open" }

// daysAhead is how long before their day rounds are opened, so that phones have them without network.
const daysAhead = 1

// Open opens the rounds of all duties up to tomorrow. It may run any number of times: each day of a duty is opened once, those too that passed while nobody
// ran it.
func (svc *Service) Open(ctx context.Context, _ OpenRounds) error {
	var all []inspect.Duty
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = tx.Duties(ctx)
		return err
	}); err != nil {
		return err
	}
	for n := range all {
		if all[n].EndedAt != 0 {
			continue
		}
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.LockRegisters(ctx); err != nil {
				return err
			}
			d, ok, err := tx.Duty(ctx, all[n].ID)
			if err != nil || !ok || d.EndedAt != 0 {
				return err
			}
			return svc.open(ctx, tx, &d)
		}); err != nil {
			return fmt.Errorf("rounds: open %s: %w", all[n].ID, err)
		}
	}
	return nil
}

// open opens the rounds of a duty up to tomorrow.
func (svc *Service) open(ctx context.Context, tx *store.Tx, d *inspect.Duty) error {
	from, to := d.Holds.From, svc.city.Today(tx).Add(daysAhead)
	if d.OpenedTo != "" {
		from = max(from, d.OpenedTo.Add(1))
	}
	if from > to {
		return nil
	}
	c, err := svc.days(ctx, tx)
	if err != nil {
		return err
	}
	for day := from; day <= to; day = day.Add(1) {
		slots := d.Schedule.OpenedOn(c, spanOf(d), dayOf(day))
		if len(slots) == 0 {
			continue
		}
		targets, err := targetsOf(ctx, tx, d, day)
		if err != nil {
			return err
		}
		if err := openDay(ctx, tx, d, day, slots, targets); err != nil {
			return err
		}
	}
	d.OpenedTo = to
	return tx.SetOpenedTo(ctx, d.ID, to)
}

// targetsOf gives where a duty goes on a day, in the order of the way where it has one.
func targetsOf(ctx context.Context, tx *store.Tx, d *inspect.Duty, on inspect.Date) ([]store.Target, error) {
	targets, err := tx.DutyTargets(ctx, d, on)
	at := map[inspect.ID]int{}
	for n, id := range d.Targets {
		at[id] = n
	}
	slices.SortStableFunc(targets, func(a, b store.Target) int { return cmp.Compare(at[a.ID], at[b.ID]) })
	return targets, err
}

// openDay opens the rounds that begin with a day. One line of the record tells of all of them.
func openDay(ctx context.Context, tx *store.Tx, d *inspect.Duty, day inspect.Date, slots []duty.Slot, targets []store.Target) error {
	var rows []store.RoundRow
	for _, slot := range slots {
		for _, t := range targets {
			unit := d.Unit
			if unit.IsZero() {
				unit = t.Unit
			}
			on := dateOf(slot.Day)
			r := store.RoundRow{OpenedAt: tx.Now, Round: inspect.Round{ID: roundID(d.ID, t.ID, on, slot.N), Duty: d.ID, Subject: d.Subject, Target: t.ID, Area: t.Area,
				Unit: unit, Day: on, Period: dateOf(slot.Period), UpdatedAt: tx.Now,
				Plan: inspect.RoundPlan{OpenedOn: day, N: slot.N, OpensAt: inspect.At(slot.OpensAt), ClosesAt: inspect.At(slot.ClosesAt)}}}
			if err := tx.SaveRound(ctx, &r); err != nil {
				return err
			}
			rows = append(rows, r)
		}
	}
	if len(rows) > 0 {
		ledger.Record(tx, inspect.ID{}, store.StreamOpening, openingOf(&rows[0]).ID, "round.opened", openingBody(rows))
	}
	return nil
}

// roundID is the id of a planned round: the same whoever opens it.
func roundID(duty, target inspect.ID, day inspect.Date, n int) (id inspect.ID) {
	sum := sha256.Sum256(fmt.Appendf(nil, "round/%s/%s/%s/%d", duty, target, day, n))
	copy(id[:], sum[:])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // UUIDv8
	return id
}

// openingOf is the stream of the rounds that were opened together.
func openingOf(r *store.RoundRow) evidence.Stream {
	return evidence.Stream{Kind: store.StreamOpening, ID: r.Duty.String() + "." + string(r.Plan.OpenedOn)}
}

// openedRound is a round as the line tells that opened it.
type openedRound struct {
	ID     inspect.ID   `json:"id"`
	Target inspect.ID   `json:"target"`
	Area   inspect.ID   `json:"area,omitzero"`
	Unit   inspect.ID   `json:"unit,omitzero"`
	Day    inspect.Date `json:"day"`
	Period inspect.Date `json:"period"`
	N      int          `json:"n"`
	Opens  inspect.Time `json:"opens_at"`
	Closes inspect.Time `json:"closes_at"`
}

// openingBody is what the record keeps of rounds that were opened together.
func openingBody(rows []store.RoundRow) map[string]any {
	var all []openedRound
	for n := range rows {
		r := &rows[n]
		all = append(all, openedRound{r.ID, r.Target, r.Area, r.Unit, r.Day, r.Period, r.Plan.N, r.Plan.OpensAt, r.Plan.ClosesAt})
	}
	slices.SortFunc(all, func(a, b openedRound) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return map[string]any{"duty": rows[0].Duty, "subject": rows[0].Subject, "rounds": all}
}
