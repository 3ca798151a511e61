package workflow

import (
	"context"
	"crypto/sha256"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// HandOverReceipt is what somebody's open work became.
type HandOverReceipt struct {
	Issues int // that somebody else looks after now
	Left   int // that lie outside of what the office may hand over
	Duties int // times on call that are still to come
}

// handedAtOnce is how many issues change hands in one transaction.
const handedAtOnce = 10

// takesOver checks who is to look after an issue: somebody who can verify what they reported.
func takesOver(ctx context.Context, tx *store.Tx, ask *ActionRequest) error {
	p, ok, err := tx.Person(ctx, ask.To)
	switch {
	case err != nil:
		return err
	case !ok || p.Disabled || !slices.ContainsFunc(p.Grants, func(g inspect.Grant) bool { return g.Role == inspect.Inspector || g.Role == inspect.Office }):
		return inspect.UnknownField("/to", "there is no such person, or none who inspects")
	}
	return nil
}

// HandOver gives the open issues that somebody looks after, as far as the actor is of their office, and for an administrator the times on call
// that are still to come, to another person: each issue by an action of its own. Interrupted, the same again goes on.
func (svc *Service) HandOver(ctx context.Context, a *inspect.Actor, id, from, to inspect.ID) (h HandOverReceipt, err error) {
	if !a.MayAnywhere(inspect.Permission(inspect.HandOver)) && !a.MayAnywhere(inspect.MayAdminister) {
		return svc.handedOver(ctx, a, id, from, to)
	}
	if from == to {
		return h, inspect.UnknownField("/to", "is the same person")
	}
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, ok, err := tx.Person(ctx, from); err != nil {
			return err
		} else if !ok {
			return inspect.ErrNotFound
		}
		return takesOver(ctx, tx, &ActionRequest{To: to})
	}); err != nil {
		return h, err
	}
	for after := int64(0); ; {
		var ids []inspect.ID
		if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
			ids, after, err = tx.OpenIssuesOfReporter(ctx, from, after, handedAtOnce)
			return err
		}); err != nil {
			return h, err
		}
		if len(ids) == 0 {
			break
		}
		var some HandOverReceipt // a transaction may run more than once
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			some, err = svc.handOver(ctx, tx, a, id, to, ids)
			return err
		}); err != nil {
			return h, err
		}
		h.Issues, h.Left = h.Issues+some.Issues, h.Left+some.Left
		if after == 0 {
			break
		}
	}
	if a.MayAnywhere(inspect.MayAdminister) {
		h.Duties, err = svc.handDuties(ctx, a, from, to)
	}
	return h, err
}

// handedOver acknowledges a hand-over to who made it and may not any more: the issues that came by it and are still looked after by who got them, and the
// times on call where nobody changed the roster since. Where there are none, it is refused.
func (svc *Service) handedOver(ctx context.Context, a *inspect.Actor, id, from, to inspect.ID) (h HandOverReceipt, err error) {
	for after := int64(0); ; {
		var done int // a transaction may run more than once
		var next int64
		if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			var ids []inspect.ID
			if ids, next, err = tx.OpenIssuesOfReporter(ctx, to, after, handedAtOnce); err != nil {
				return err
			}
			done = 0
			for _, issue := range ids {
				before, ok, err := tx.Action(ctx, actionOf(id, issue))
				if err != nil {
					return err
				}
				if ok && before.By == a.ID {
					done++
				}
			}
			return nil
		}); err != nil {
			return h, err
		}
		if h.Issues, after = h.Issues+done, next; after == 0 {
			break
		}
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		h.Duties, err = dutiesHandedBy(ctx, tx, a, from, to)
		return err
	})
	if err == nil && h.Issues+h.Duties == 0 {
		err = inspect.ErrForbidden
	}
	return h, err
}

// dutiesHandedBy counts the times on call to come that somebody has, where the actor left the roster so and the other one has none.
func dutiesHandedBy(ctx context.Context, tx *store.Tx, a *inspect.Actor, from, to inspect.ID) (n int, err error) {
	by, err := tx.LastBy(ctx, evidence.Stream{Kind: store.StreamSetting, ID: duties.DutyRoster.Key})
	if err != nil || by != a.ID {
		return 0, err
	}
	roster, err := duties.DutyRoster.In(ctx, tx)
	for _, d := range roster {
		switch {
		case d.To <= tx.Now:
		case d.Person == from:
			return 0, err
		case d.Person == to:
			n++
		}
	}
	return n, err
}

// handOver hands over some issues; one that meanwhile closed, that the office does not reach, or that this request handed over before, is left.
func (svc *Service) handOver(ctx context.Context, tx *store.Tx, a *inspect.Actor, id, to inspect.ID, ids []inspect.ID) (done HandOverReceipt, err error) {
	if err := tx.LockIssues(ctx, ids...); err != nil {
		return done, err
	}
	for _, issue := range ids {
		row, ok, err := tx.Issue(ctx, issue)
		if err != nil {
			return done, err
		}
		w, err := issues.LocationOf(ctx, tx, &row)
		if err != nil {
			return done, err
		}
		_, before, err := tx.Action(ctx, actionOf(id, issue))
		if err != nil {
			return done, err
		}
		if !ok || before || a.Authorise(inspect.Permission(inspect.HandOver), &row.Issue, w) != nil || !row.Status.Allows(inspect.HandOver) || row.ReporterOrSuccessor() == to {
			done.Left++
			continue
		}
		ask := &ActionRequest{ID: actionOf(id, issue), Issue: issue, Action: inspect.HandOver, DoneAt: tx.Now, SentAt: tx.Now, To: to}
		if _, err := svc.ActWithin(ctx, tx, a, ask, to.String()); err != nil {
			return done, err
		}
		done.Issues++
	}
	return done, nil
}

// actionOf names the action on one issue of many that were asked for at once.
func actionOf(id, issue inspect.ID) (action inspect.ID) {
	sum := sha256.Sum256(append(id[:], issue[:]...))
	copy(action[:], sum[:])
	action[6], action[8] = action[6]&0x0f|0x80, action[8]&0x3f|0x80 // a UUID of version 8
	return action
}

// handDuties gives somebody's times on call that are not over to another person.
func (svc *Service) handDuties(ctx context.Context, a *inspect.Actor, from, to inspect.ID) (n int, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		n = 0 // it may run more than once
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		roster, err := duties.DutyRoster.In(ctx, tx)
		if err != nil {
			return err
		}
		for k := range roster {
			if d := &roster[k]; d.Person == from && d.To > tx.Now {
				d.Person, n = to, n+1
			}
		}
		if n == 0 {
			return nil
		}
		canonical, err := evidence.CanonicalOf(roster)
		if err != nil {
			return err
		}
		return svc.city.PutSetting(ctx, tx, a, &duties.DutyRoster, canonical)
	})
	return n, err
}
