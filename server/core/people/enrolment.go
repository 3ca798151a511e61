package people

import (
	"context"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// enrolmentLife is how long somebody has to open the app on a new phone with the code that an administrator shows.
const enrolmentLife = 10 * time.Minute

// Enrol makes a code by which a person logs in once, on a new phone; it is shown once and never stored. An older one is no good any more.
func (svc *Service) Enrol(ctx context.Context, a *inspect.Actor, person inspect.ID) (token string, until inspect.Time, err error) {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return "", 0, inspect.ErrForbidden
	}
	token = NewSecret()
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, ok, err := tx.Person(ctx, person)
		switch {
		case err != nil:
			return err
		case !ok:
			return inspect.ErrNotFound
		case p.Disabled:
			return inspect.ErrPersonDisabled
		}
		if err := a.RecentlyAuthenticated(tx.Now); err != nil {
			return err
		}
		until = tx.Now.Add(enrolmentLife)
		if err := tx.SetEnrolment(ctx, person, TokenHash(token), until); err != nil {
			return err
		}
		if err := svc.tellOwner(ctx, tx, inspect.AccountCode, person, a); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: inspect.LogEnrolment, Person: a.ID, Address: a.Address, About: person})
	})
	return token, until, err
}

// Redeem logs a person in by the code that an administrator showed them.
func (svc *Service) Redeem(ctx context.Context, token string, from Client) (Login, error) {
	hash, person := TokenHash(token), inspect.ID{}
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		id, ok, err := tx.Enrolment(ctx, hash)
		if person = id; err == nil && !ok {
			err = inspect.ErrEnrolment
		}
		return err
	}); err != nil {
		return Login{}, err
	}
	look := ""
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, _, err := tx.Person(ctx, person)
		if err != nil {
			return err
		}
		look = inspect.AccountLook(p.Name)
		ok, err := tx.UseEnrolment(ctx, hash)
		if err == nil && !ok {
			err = inspect.ErrEnrolment
		}
		return err
	}); err != nil {
		return Login{}, err
	}
	return svc.openSession(ctx, person, look, from, inspect.LogEnrolmentUsed, nil)
}
