package core

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/people"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

// FirstAccount is who may log in to a new installation.
type FirstAccount struct{ Name, Password string }

// Start prepares an installation: the city's zone, the catalogue, and once a first account, which is nil later.
func (c *Core) Start(ctx context.Context) (first *FirstAccount, err error) {
	if err := c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if epoch, err := tx.Epoch(ctx); err != nil {
			return err
		} else if epoch == "" {
			if err := tx.NewEpoch(ctx); err != nil {
				return err
			}
		}
		return c.City.FixZone(ctx, tx)
	}); err != nil {
		return nil, err
	}
	if err := c.Issues.SettlePending(ctx); err != nil {
		return nil, err
	}
	if err := c.People.KeepOnePerson(ctx, c.City); err != nil {
		return nil, err
	}
	empty := false
	if err := c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.CountPeople(ctx)
		empty = n == 0
		return err
	}); err != nil || !empty {
		return nil, err
	}
	if _, err := c.Places.ImportCatalogue(ctx, inspect.ID{}, places.Catalogue()); err != nil {
		return nil, err
	}
	if err := c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SetFiguresCounted(ctx); err != nil { // there is nothing from before
			return err
		}
		for _, r := range duties.FirstRules {
			if _, _, _, err := duties.PutRule(ctx, tx, inspect.ID{}, r); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	first = &FirstAccount{Name: "admin", Password: people.NewSecret()}
	grants := []inspect.Grant{{Role: inspect.Admin, Scope: inspect.Scope{Kind: inspect.City}}}
	if c.OnePerson {
		grants = append(grants, inspect.Grant{Role: inspect.Office, Scope: inspect.Scope{Kind: inspect.City}})
		if err := c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.LockRegisters(ctx); err != nil {
				return err
			}
			return c.City.PutSetting(ctx, tx, &inspect.Actor{}, &people.OnePerson, []byte("true"))
		}); err != nil {
			return nil, err
		}
	}
	if err := c.People.AddPeople(ctx, first.Password, inspect.Person{ID: inspect.NewID(), Name: first.Name, DisplayName: "Administrator",
		Grants: grants}); err != nil {
		return nil, err
	}
	return first, c.People.AskForOwnPassword(ctx, first.Name)
}
