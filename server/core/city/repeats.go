package city

import (
	"context"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Repeating lets somebody change a thing who may. Who may not any more, and left the last line about it, is let in for a repetition alone:
// it acknowledges what they did and shows what they left, since nobody changed it after them. Anybody else is refused.
func Repeating(ctx context.Context, s *store.Store, a *inspect.Actor, may bool, kind, id string) (only bool, err error) {
	if may {
		return false, nil
	}
	return true, s.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := LeftBy(ctx, tx, a, inspect.ErrForbidden, kind, id)
		return err
	})
}

// LeftBy is Repeating within a transaction: refused is why somebody may not, nil where they may.
func LeftBy(ctx context.Context, tx *store.Tx, a *inspect.Actor, refused error, kind, id string) (only bool, err error) {
	if f, ok := fault.As(refused); !ok || !f.Is(inspect.ErrForbidden) {
		return false, refused
	}
	by, err := tx.LastBy(ctx, evidence.Stream{Kind: kind, ID: id})
	if err == nil && (by.IsZero() || by != a.ID) {
		err = refused
	}
	return true, err
}

// ForbiddenUnless refuses who may not.
func ForbiddenUnless(may bool) error {
	if may {
		return nil
	}
	return inspect.ErrForbidden
}

// OnlyRepeated is a change that was let in for a repetition alone: anything but the same again is refused and leaves nothing, whatever else is wrong
// with it.
func OnlyRepeated(only bool, repeated *bool, change func(context.Context, *store.Tx) error) func(context.Context, *store.Tx) error {
	if !only {
		return change
	}
	return func(ctx context.Context, tx *store.Tx) error {
		err := change(ctx, tx)
		if f, theirs := fault.As(err); theirs && f.Kind != fault.Unavailable || err == nil && !*repeated {
			return inspect.ErrForbidden
		}
		return err
	}
}
