package core

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// The life of a link to an issue.
const (
	LinkLife    = 7 * 24 * time.Hour // unless the unit says something else
	LongestLink = 30 * 24 * time.Hour
)

// The kinds of line in the security log that tell of links.
const (
	LogLink     = "link.made"
	LogLinkUsed = "link.used"
	LogLinkEnd  = "link.ended"
)

// MakeLink gives a crew without an account one issue: to see it, to send after-photos and to say that it is fixed, on the word of the
// person who made the link. The token is shown once and never stored.
func (c *Core) MakeLink(ctx context.Context, a *inspect.Actor, issue inspect.ID, life time.Duration, address string) (s store.Session, token string, err error) {
	random := make([]byte, 32)
	rand.Read(random)
	token = base64.RawURLEncoding.EncodeToString(random)
	err = c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		row, err := visibleIssue(ctx, tx, a, issue, inspect.MayIssueLinks)
		if err != nil {
			return err
		}
		s = store.Session{ID: inspect.NewID(), Person: a.ID, Device: "link " + row.Number, CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(life), Issue: issue}
		if err := tx.InsertSession(ctx, s, tokenHash(token)); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: LogLink, Person: a.ID, Address: address, Detail: row.Number})
	})
	return s, token, err
}

// Links gives the live links to an issue.
func (c *Core) Links(ctx context.Context, a *inspect.Actor, issue inspect.ID) (all []store.Session, err error) {
	err = c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := visibleIssue(ctx, tx, a, issue, inspect.MayIssueLinks); err != nil {
			return err
		}
		all, err = tx.Links(ctx, issue)
		return err
	})
	return all, err
}

// EndLink makes a link good for nothing; one that is gone is no error.
func (c *Core) EndLink(ctx context.Context, a *inspect.Actor, issue, link inspect.ID, address string) error {
	return c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		row, err := visibleIssue(ctx, tx, a, issue, inspect.MayIssueLinks)
		if err != nil {
			return err
		}
		if ok, err := tx.EndLink(ctx, issue, link); err != nil || !ok {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: LogLinkEnd, Person: a.ID, Address: address, Detail: row.Number})
	})
}

// byLink turns the person who made a link into whoever has it: one issue is all that they see, for as long as that person may fix it.
func byLink(ctx context.Context, tx *store.Tx, a *inspect.Actor, issue inspect.ID) error {
	if _, err := visibleIssue(ctx, tx, a, issue, inspect.MayIssueLinks); err != nil {
		return inspect.ErrSignIn.With("The link is no longer good: who made it does not answer for the issue any more.").Because(err)
	}
	a.Grants = []inspect.Grant{{Role: inspect.Crew, Scope: inspect.Scope{Kind: inspect.OneIssue, ID: issue}}}
	return nil
}

// touch notes that a session was used; the use of a link is in the security log.
func touch(ctx context.Context, tx *store.Tx, s *store.Session) error {
	if err := tx.TouchSession(ctx, s.ID); err != nil || s.Issue.IsZero() {
		return err
	}
	return tx.Log(ctx, store.LogEntry{Kind: LogLinkUsed, Person: s.Person, Detail: s.Device})
}
