package workflow

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/people"
	"spotcheck/server/store"
)

// The life of a link to an issue.
const (
	LinkLife    = 7 * 24 * time.Hour // unless the unit says something else
	LongestLink = 30 * 24 * time.Hour
)

// MakeLink gives a crew without an account one issue: to see it, to send after-photos and to say that it is fixed, on the word of the
// person who made the link. The token is shown once and never stored.
func (svc *Service) MakeLink(ctx context.Context, a *inspect.Actor, issue inspect.ID, life time.Duration) (s store.Session, token string, err error) {
	random := make([]byte, 32)
	rand.Read(random)
	token = base64.RawURLEncoding.EncodeToString(random)
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		row, err := issues.Visible(ctx, tx, a, issue, inspect.MayIssueLinks)
		if err != nil {
			return err
		}
		s = store.Session{ID: inspect.NewID(), Person: a.ID, Device: "link " + row.Number, CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(life), Issue: issue}
		if err := tx.InsertSession(ctx, s, people.TokenHash(token)); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: inspect.LogLink, Person: a.ID, Address: a.Address, Detail: row.Number})
	})
	return s, token, err
}

// Links gives the live links to an issue.
func (svc *Service) Links(ctx context.Context, a *inspect.Actor, issue inspect.ID) (all []store.Session, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := issues.Visible(ctx, tx, a, issue, inspect.MayIssueLinks); err != nil {
			return err
		}
		all, err = tx.Links(ctx, issue)
		return err
	})
	return all, err
}

// EndLink makes a link good for nothing; one that is gone is no error.
func (svc *Service) EndLink(ctx context.Context, a *inspect.Actor, issue, link inspect.ID) error {
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		row, err := issues.Visible(ctx, tx, a, issue, inspect.MayIssueLinks)
		if err != nil {
			return err
		}
		if ok, err := tx.EndLink(ctx, issue, link); err != nil || !ok {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: inspect.LogLinkEnded, Person: a.ID, Address: a.Address, Detail: row.Number})
	})
}
