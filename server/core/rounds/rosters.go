package rounds

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"spotcheck/pkg/duty"
	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// RosterDay is who takes the rounds of a duty on a day.
type RosterDay struct {
	Day       inspect.Date
	People    []inspect.ID
	Away      []inspect.ID // of those who take turns: on leave
	Exchanged bool         // by the office
	Reason    string
}

// mostRosterDays is how long a time a roster is shown for at once.
const mostRosterDays = 62

// Roster gives who takes the rounds of a duty in some days.
func (svc *Service) Roster(ctx context.Context, a *inspect.Actor, id inspect.ID, from, to inspect.Date) (days []RosterDay, names Names, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		d, err := visibleDuty(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if from.Add(mostRosterDays) < to {
			return inspect.InvalidField("to", fmt.Sprintf("want at most %d days", mostRosterDays))
		}
		if days, err = svc.rosterOf(ctx, tx, &d, from, to); err != nil {
			return err
		}
		names, err = namesOfRoster(ctx, tx, a, &d, days)
		return err
	})
	return days, names, err
}

func namesOfRoster(ctx context.Context, tx *store.Tx, a *inspect.Actor, d *inspect.Duty, days []RosterDay) (names Names, err error) {
	people := slices.Clone(d.People)
	for _, day := range days {
		people = append(people, day.People...)
	}
	names.People, err = peopleFor(ctx, tx, a, people)
	return names, err
}

// rosterOf gives who takes the rounds of a duty in some days: those whose turn it is and who are not away, or those whom the office put in their place.
func (svc *Service) rosterOf(ctx context.Context, tx *store.Tx, d *inspect.Duty, from, to inspect.Date) (days []RosterDay, err error) {
	leaves, err := tx.Leaves(ctx, from, to)
	if err != nil {
		return nil, err
	}
	changes, err := tx.RosterChanges(ctx, d.ID, from, to)
	if err != nil {
		return nil, err
	}
	for day := from; day <= to; day = day.Add(1) {
		away := func(id inspect.ID) bool { return inspect.Away(leaves, id, day) }
		on := RosterDay{Day: day}
		for _, id := range d.People {
			if away(id) {
				on.Away = append(on.Away, id)
			}
		}
		at := slices.IndexFunc(changes, func(c inspect.RosterChange) bool { return c.Day == day })
		if on.Exchanged = at >= 0; on.Exchanged {
			on.People, on.Reason = changes[at].People, changes[at].Reason
		} else if n := int(dayOf(day) - dayOf(d.Holds.From)); n >= 0 {
			on.People = duty.Crew(d.People, d.Each, n, away)
		}
		days = append(days, on)
	}
	return days, nil
}

// ExchangeRoster puts people in the place of those whose turn it is on a day. Somebody on leave is refused; the same again changes nothing.
func (svc *Service) ExchangeRoster(ctx context.Context, a *inspect.Actor, c inspect.RosterChange) (day RosterDay, names Names, repeated bool, err error) {
	err = svc.keepDuty(ctx, a, c.Duty, func(ctx context.Context, tx *store.Tx, d inspect.Duty, ok bool) error {
		switch {
		case !ok:
			return inspect.ErrDutyNotFound
		case d.EndedAt != 0:
			return inspect.ErrDutyEnded
		}
		old, err := tx.RosterChanges(ctx, c.Duty, c.Day, c.Day)
		if err != nil {
			return err
		}
		if repeated = len(old) > 0 && slices.Equal(old[0].People, c.People) && old[0].Reason == c.Reason; !repeated {
			if err := checkRosterPeople(ctx, tx, c.People, c.Day); err != nil {
				return err
			}
			if c.CreatedAt = tx.Now; len(old) > 0 {
				c.CreatedAt = old[0].CreatedAt
			}
			if err := saveRosterChange(ctx, tx, a.ID, &c); err != nil {
				return err
			}
		}
		days, err := svc.rosterOf(ctx, tx, &d, c.Day, c.Day)
		if err != nil {
			return err
		}
		day = days[0]
		names, err = namesOfRoster(ctx, tx, a, &d, days)
		return err
	})
	return day, names, repeated, err
}

// checkRosterPeople refuses people who are not there, who make no rounds, or who are on leave on a day.
func checkRosterPeople(ctx context.Context, tx *store.Tx, people []inspect.ID, on inspect.Date) error {
	grants, err := tx.GrantsOf(ctx, people)
	if err != nil {
		return err
	}
	leaves, err := tx.Leaves(ctx, on, on)
	if err != nil {
		return err
	}
	var wrong, away []fault.Field
	for n, id := range people {
		at := fmt.Sprintf("/people/%d", n)
		p, ok, err := tx.Person(ctx, id)
		if err != nil {
			return err
		}
		actor := inspect.Actor{Grants: grants[id]}
		switch {
		case !ok || p.Disabled || !actor.MayAnywhere(inspect.MayDoRounds):
			wrong = append(wrong, fault.Field{Pointer: at, Detail: "there is no such person who makes rounds"})
		case slices.Contains(people[:n], id):
			wrong = append(wrong, fault.Field{Pointer: at, Detail: "is named twice"})
		case inspect.Away(leaves, id, on):
			away = append(away, fault.Field{Pointer: at, Detail: fmt.Sprintf("%s is on leave on %s", p.StaffNumber, on)})
		}
	}
	switch {
	case len(wrong) > 0:
		return inspect.ErrUnknownRef.At(wrong...)
	case len(away) > 0:
		return inspect.ErrOnLeave.At(away...)
	}
	return nil
}

// rosterOwner is under which id the reason of an exchange lies.
func rosterOwner(c *inspect.RosterChange) (id inspect.ID) {
	sum := sha256.Sum256([]byte("roster/" + rosterStream(c).ID))
	copy(id[:], sum[:])
	return id
}

func rosterStream(c *inspect.RosterChange) evidence.Stream {
	return evidence.Stream{Kind: store.StreamRoster, ID: c.Duty.String() + "." + string(c.Day)}
}

func saveRosterChange(ctx context.Context, tx *store.Tx, by inspect.ID, c *inspect.RosterChange) (err error) {
	c.UpdatedAt = tx.Now
	body := rosterBody(c)
	if body["seals"], err = tx.SealTexts(ctx, rosterOwner(c), rosterTexts(c)); err != nil {
		return err
	}
	ledger.Record(tx, by, store.StreamRoster, rosterStream(c).ID, "roster.exchanged", body)
	return tx.SaveRosterChange(ctx, c)
}

func rosterBody(c *inspect.RosterChange) map[string]any {
	return map[string]any{"duty": c.Duty, "day": c.Day, "people": append([]inspect.ID{}, c.People...)}
}

func rosterTexts(c *inspect.RosterChange) map[string]string {
	return map[string]string{"reason": c.Reason}
}

// Leaves gives who is on leave in some days.
func (svc *Service) Leaves(ctx context.Context, a *inspect.Actor, from, to inspect.Date) (all []inspect.Leave, names Names, err error) {
	if !a.MayAnywhere(inspect.MayKeepDuties) {
		return nil, names, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if all, err = tx.Leaves(ctx, from, to); err != nil {
			return err
		}
		var people []inspect.ID
		for _, l := range all {
			people = append(people, l.Person)
		}
		names.People, err = tx.PeopleRefs(ctx, people)
		return err
	})
	return all, names, err
}

// PutLeave makes or changes a leave; the same again changes nothing. Who is on leave takes no turns, and is put on no roster.
func (svc *Service) PutLeave(ctx context.Context, a *inspect.Actor, l inspect.Leave) (saved inspect.Leave, repeated, created bool, err error) {
	if !a.MayAnywhere(inspect.MayKeepDuties) {
		return l, false, false, inspect.ErrForbidden
	}
	if l.To < l.From {
		return l, false, false, inspect.InvalidField("/to", "is before the first day")
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		old, ok, err := tx.Leave(ctx, l.ID)
		if err != nil {
			return err
		}
		if _, there, err := tx.Person(ctx, l.Person); err != nil {
			return err
		} else if !there {
			return inspect.UnknownField("/person", "there is no such person")
		}
		l.CreatedAt, l.UpdatedAt = old.CreatedAt, old.UpdatedAt
		if repeated, created = ok && l == old, !ok; repeated {
			saved = old
			return nil
		}
		if l.UpdatedAt = tx.Now; !ok {
			l.CreatedAt = tx.Now
		}
		saved = l
		ledger.Record(tx, a.ID, store.StreamLeave, l.ID.String(), "leave.set", leaveBody(&l))
		return tx.SaveLeave(ctx, l)
	})
	return saved, repeated, created, err
}

func leaveBody(l *inspect.Leave) map[string]any {
	return map[string]any{"person": l.Person, "from": l.From, "to": l.To, "withdrawn": l.Withdrawn}
}

// LoadRosters gives leaves and exchanges as the record tells them.
func LoadRosters(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	if err := tx.EachLeave(ctx, func(l inspect.Leave) error {
		rows[evidence.Stream{Kind: store.StreamLeave, ID: l.ID.String()}] = &ledger.Row{Body: leaveBody(&l), CreatedAt: l.CreatedAt, ChangedAt: l.UpdatedAt}
		return nil
	}); err != nil {
		return err
	}
	return tx.EachRosterChange(ctx, func(c inspect.RosterChange) error {
		rows[rosterStream(&c)] = &ledger.Row{Body: rosterBody(&c), Owner: rosterOwner(&c), Texts: rosterTexts(&c), CreatedAt: c.CreatedAt, ChangedAt: c.UpdatedAt}
		return nil
	})
}
