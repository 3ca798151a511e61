package workflow

import (
	"context"
	"fmt"
	"slices"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/messages"
	"spotcheck/server/store"
)

// namedPeople checks that whom a comment mentions is there and sees the issue: nobody else is told of it.
func namedPeople(ctx context.Context, tx *store.Tx, row *store.IssueRow, ask *ActionRequest) error {
	if len(ask.Named) == 0 {
		return nil
	}
	urgency := map[inspect.ID]inspect.Urgency{}
	for _, id := range ask.Named {
		urgency[id] = inspect.Normal
	}
	see, err := messages.WhoSees(ctx, tx, row, urgency)
	if err != nil {
		return err
	}
	var wrong []fault.Field
	for n, id := range ask.Named {
		if !slices.ContainsFunc(see, func(t messages.Recipient) bool { return t.Person == id }) {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/mentions/%d", n), Detail: "there is no such person who sees this issue"})
		}
	}
	if len(wrong) > 0 {
		return inspect.ErrUnknownRef.At(wrong...)
	}
	return nil
}
