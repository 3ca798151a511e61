package people

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// limitToLink turns the person who made a link into whoever has it: one issue is all that they see, for as long as that person may fix it.
func limitToLink(ctx context.Context, tx *store.Tx, a *inspect.Actor, link *store.Session) error {
	if _, err := issues.Visible(ctx, tx, a, link.Issue, inspect.MayIssueLinks); err != nil {
		return inspect.ErrSignIn.With("The link is no longer good: who made it does not answer for the issue any more.").Because(err)
	}
	a.Grants = []inspect.Grant{{Role: inspect.Crew, Scope: inspect.Scope{Kind: inspect.OneIssue, ID: link.Issue}}}
	a.Link = link.ID
	return nil
}

// touchSession notes that a session was used; the use of a link is in the security log.
func touchSession(ctx context.Context, tx *store.Tx, s *store.Session, address string) error {
	if err := tx.TouchSession(ctx, s.ID); err != nil || s.Issue.IsZero() {
		return err
	}
	return tx.Log(ctx, store.LogEntry{Kind: inspect.LogLinkUsed, Person: s.Person, Address: address, Detail: s.Device})
}
