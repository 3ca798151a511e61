package campaigns

import (
	"context"
	"strings"

	"spotcheck/pkg/campaign"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// Invitation is what everybody may know of an activity who has the code of its sign-in.
type Invitation struct {
	City     string
	Title    string
	Kind     campaign.ActivityKind
	Where    string // its places, or its area
	StartsAt inspect.Time
	EndsAt   inspect.Time
	Open     bool // people can sign in now
}

// Invitation gives what stands behind a code; nobody has to say who they are.
func (svc *Service) Invitation(ctx context.Context, code string) (i Invitation, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		v, ok, err := tx.ActivityOfCode(ctx, code)
		if err != nil {
			return err
		}
		if !ok {
			return inspect.ErrSignInNotFound
		}
		i, err = invitationOf(ctx, tx, &v)
		return err
	})
	return i, err
}

func invitationOf(ctx context.Context, tx *store.Tx, v *campaign.Activity) (i Invitation, err error) {
	names, err := namesOf(ctx, tx, *v)
	if err != nil {
		return i, err
	}
	var where []string
	for _, id := range v.Spots {
		where = append(where, names.Spots[id])
	}
	if len(where) == 0 {
		where = append(where, names.Areas[v.Area])
	}
	i = Invitation{Title: v.Title, Kind: v.Kind, Where: strings.Join(where, "、"), StartsAt: v.StartsAt, EndsAt: v.EndsAt, Open: v.SignsIn(tx.Now)}
	i.City, err = city.Name.In(ctx, tx)
	return i, err
}

// SignIn notes that somebody takes part, with a name only where they give one; the same again is the same sign-in.
func (svc *Service) SignIn(ctx context.Context, code string, id inspect.ID, name string) (i Invitation, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		v, ok, err := tx.ActivityOfCode(ctx, code)
		if err != nil {
			return err
		}
		if !ok {
			return inspect.ErrSignInNotFound
		}
		if i, err = invitationOf(ctx, tx, &v); err != nil {
			return err
		}
		if _, known, err := tx.SignIn(ctx, id); err != nil || known {
			return err
		}
		if !i.Open {
			return inspect.ErrSignInOver
		}
		s := campaign.SignIn{ID: id, Activity: v.ID, Name: name, At: tx.Now}
		body := signInBody(&s)
		if body["seals"], err = tx.SealTexts(ctx, s.ID, signInTexts(&s)); err != nil {
			return err
		}
		ledger.Record(tx, inspect.ID{}, store.StreamSignIn, s.ID.String(), "activity.signed_in", body)
		return tx.InsertSignIn(ctx, &s)
	})
	return i, err
}

// signInBody is what the record keeps of a sign-in, signInTexts what it keeps as a seal only.
func signInBody(s *campaign.SignIn) map[string]any { return map[string]any{"activity": s.Activity} }

func signInTexts(s *campaign.SignIn) map[string]string { return map[string]string{"name": s.Name} }
