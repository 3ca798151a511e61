package notices

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// The types of event of a paper.
const (
	paperCancelled = "paper.cancelled"
	paperIssued    = "paper.issued"
	paperMade      = "paper.made"
	paperSigned    = "paper.signed"
)

// Events are the types that webhooks can be told of.
var Events = []string{paperCancelled, paperIssued, paperMade, paperSigned}

// paperData is what a program is told of a paper.
type paperData struct {
	ID     inspect.ID        `json:"id"`
	Kind   inspect.PaperKind `json:"kind"`
	Number string            `json:"number"`
	Unit   inspect.ID        `json:"unit"`
	Issues []inspect.ID      `json:"issues"`
}

// tellPrograms tells webhooks of an event of a paper, in the transaction that keeps it.
func (svc *Service) tellPrograms(ctx context.Context, tx *store.Tx, event string, p *store.Paper) error {
	return svc.messages.TellWebhooks(ctx, tx, event, p.ID, paperData{p.ID, p.Kind, p.Number, p.Unit, p.Issues})
}
