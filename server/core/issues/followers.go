package issues

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Followers is what other rooms do when an issue changes or is shown. Each room gives its own to Follow when the office is made.
type Followers struct {
	Before func(context.Context, *store.Tx, *store.IssueRow, *inspect.Event) error // an event is kept; the row may still change
	After  func(context.Context, *store.Tx, *store.IssueRow, *inspect.Event) error // an event was kept, in the same transaction
	View   func(context.Context, *store.Tx, *View) error                           // the issue is shown to anybody
	Page   func(context.Context, *store.Tx, *View) error                           // a person reads it whole
}

// Follow adds followers, each of which may be nil. It is called before the first request, in the order in which they run.
func (svc *Service) Follow(f Followers) { svc.followers = append(svc.followers, f) }

// beforeEvent and after run what follows an event.
func (svc *Service) beforeEvent(ctx context.Context, tx *store.Tx, row *store.IssueRow, e *inspect.Event) error {
	for _, f := range svc.followers {
		if f.Before != nil {
			if err := f.Before(ctx, tx, row, e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (svc *Service) afterEvent(ctx context.Context, tx *store.Tx, row *store.IssueRow, e *inspect.Event) error {
	for _, f := range svc.followers {
		if f.After != nil {
			if err := f.After(ctx, tx, row, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// extendView and paged add what other rooms know of an issue.
func (svc *Service) extendView(ctx context.Context, tx *store.Tx, v *View) error {
	for _, f := range svc.followers {
		if f.View != nil {
			if err := f.View(ctx, tx, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func (svc *Service) extendPage(ctx context.Context, tx *store.Tx, v *View) error {
	for _, f := range svc.followers {
		if f.Page != nil {
			if err := f.Page(ctx, tx, v); err != nil {
				return err
			}
		}
	}
	return nil
}
