package notices

import (
	"context"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/store"
)

// BatchPreview is what a batch would be if it were asked for now.
type BatchPreview struct {
	Papers, Issues int
	Unprinted      string // characters that the pages of its papers cannot show, each once
}

// PreviewBatch gives how many papers a batch would make, and what their pages could not show; no number is taken and nothing is kept.
func (svc *Service) PreviewBatch(ctx context.Context, a *inspect.Actor, ask BatchRequest) (v BatchPreview, err error) {
	if !a.MayAnywhere(inspect.MayIssuePapers) {
		return v, inspect.ErrForbidden
	}
	papers, err := svc.batchOf(ctx, a, &ask)
	if err != nil {
		return v, err
	}
	var missing strings.Builder
	for _, about := range papers {
		v.Issues += len(about)
		if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
			letters, err := svc.unprintedOf(ctx, tx, &ask, about)
			missing.WriteString(letters)
			return err
		}); err != nil {
			return v, err
		}
	}
	v.Papers, v.Unprinted = len(papers), paper.UnprintableRunes(missing.String())
	return v, nil
}

// unprintedOf are the characters that the pages of one paper of a batch could not show.
func (svc *Service) unprintedOf(ctx context.Context, tx *store.Tx, ask *BatchRequest, about []inspect.ID) (string, error) {
	if err := ask.ahead(tx.Now); err != nil {
		return "", err
	}
	office, ok, err := OfficeNamed(ctx, tx, ask.Office)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", inspect.UnknownField("/office", "no office has this code")
	}
	var rows []store.IssueRow
	for _, id := range about {
		row, ok, err := tx.Issue(ctx, id)
		if err != nil {
			return "", err
		}
		if ok {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return "", nil
	}
	unit, _, err := tx.Unit(ctx, rows[0].Unit)
	if err != nil {
		return "", err
	}
	says, err := svc.content(ctx, tx, &PaperRequest{Kind: ask.Kind, PaperTexts: ask.PaperTexts}, rows, &unit)
	if err != nil {
		return "", err
	}
	says.Office = office.Name
	return says.UnprintableRunes(), nil
}
