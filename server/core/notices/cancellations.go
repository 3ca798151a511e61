package notices

import (
	"context"

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
		p, err := visiblePaper(ctx, tx, a, ask.Paper)
		if err != nil {
			return err
		}
		if ok, err := mayPaper(ctx, tx, a, inspect.MayIssuePapers, &p); err != nil || !ok {
			return orForbidden(err)
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

// orForbidden is what went wrong, or that the person may not.
func orForbidden(err error) error {
	if err == nil {
		return inspect.ErrForbidden
	}
	return err
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
