package notices

import (
	"context"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// CancelRequest is that a paper was issued by mistake.
type CancelRequest struct {
	Paper   inspect.ID
	Reason  string
	Content []byte // the body as it came, to know a repetition
}

// CancelPaper makes a paper void, once; the same again changes nothing. Its number stays taken. One that was signed for or corrected is
// in somebody's hands: a new paper corrects it.
func (svc *Service) CancelPaper(ctx context.Context, a *inspect.Actor, ask CancelRequest) (v PaperView, repeated bool, err error) {
	text, err := ledger.Content(ask.Content)
	if err != nil {
		return v, false, err
	}
	void := store.Cancellation{By: a.ID, Reason: ask.Reason}
	void.ContentSalt, void.ContentSeal = ledger.SealedContent(text)
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockPaper(ctx, ask.Paper); err != nil {
			return err
		}
		p, err := cancellable(ctx, tx, a, ask.Paper)
		if err != nil {
			repeated, err = cancelledBefore(ctx, tx, a, ask.Paper, text, err)
			return err
		}
		old, err := tx.Cancellation(ctx, &p)
		if err != nil {
			return err
		}
		switch repeated = old != nil; {
		case repeated && (old.By != a.ID || !ledger.SameContent(text, old.ContentSalt, old.ContentSeal)):
			return inspect.ErrPaperCancelled
		case repeated:
		case p.Signed:
			return inspect.ErrPaperSigned
		case !p.CorrectedBy.IsZero():
			return inspect.ErrPaperCorrected
		default:
			if err := svc.cancelPaper(ctx, tx, a, &p, &void); err != nil {
				return err
			}
		}
		v, err = svc.paperView(ctx, tx, ask.Paper)
		return err
	})
	return v, repeated, err
}

// cancellable gives a paper that the actor may make void.
func cancellable(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (store.Paper, error) {
	p, err := visiblePaper(ctx, tx, a, id)
	if err != nil {
		return p, err
	}
	if ok, err := mayPaper(ctx, tx, a, inspect.MayIssuePapers, &p); err != nil || !ok {
		return p, orElse(err, inspect.ErrForbidden)
	}
	return p, nil
}

// cancelledBefore says whether somebody to whom a paper is out of reach now made it void by the same request. Anything else is refused as it was.
func cancelledBefore(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID, text string, refused error) (bool, error) {
	if !outOfReach(refused) {
		return false, refused
	}
	p, ok, err := tx.Paper(ctx, id)
	if err != nil || !ok {
		return false, orElse(err, refused)
	}
	old, err := tx.Cancellation(ctx, &p)
	if err != nil || old == nil || old.By != a.ID || !ledger.SameContent(text, old.ContentSalt, old.ContentSeal) {
		return false, orElse(err, refused)
	}
	return true, nil
}

// outOfReach says that somebody was refused a paper because of who they are now.
func outOfReach(err error) bool {
	f, ok := fault.As(err)
	return ok && (f.Is(inspect.ErrPaperNotFound) || f.Is(inspect.ErrForbidden))
}

// orElse is what went wrong, or what it comes to.
func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (svc *Service) cancelPaper(ctx context.Context, tx *store.Tx, a *inspect.Actor, p *store.Paper, void *store.Cancellation) error {
	if err := tx.LockIssues(ctx, p.Issues...); err != nil {
		return err
	}
	void.At, p.UpdatedAt, p.CancelledAt = tx.Now, tx.Now, tx.Now
	if _, err := tx.SealTexts(ctx, p.ID, map[string]string{store.CancellationReason: void.Reason}); err != nil {
		return err
	}
	seals, err := SealsOf(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	recordPaper(tx, a.ID, paperCancelled, p, seals, nil, void)
	if err := svc.tellPrograms(ctx, tx, paperCancelled, p); err != nil {
		return err
	}
	for _, id := range p.Issues {
		row, _, err := tx.Issue(ctx, id)
		if err != nil {
			return err
		}
		if err := svc.issues.Save(ctx, tx, &row, &inspect.Event{Type: "issue.paper_cancelled", By: a.ID, At: tx.Now, Paper: p.ID, PaperNumber: p.Number}); err != nil {
			return err
		}
	}
	return tx.InsertCancellation(ctx, p, void)
}
