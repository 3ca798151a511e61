package core

import (
	"context"
	"fmt"
	"slices"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// The types of event of reports, papers and returns that programs can be told of.
const (
	reportDrafted  = "report.drafted"
	reportChecked  = "report.checked"
	reportIssued   = "report.issued"
	reportRecalled = "report.recalled"
	paperIssued    = "paper.issued"
	paperMade      = "paper.made"
	paperSigned    = "paper.signed"
	returnSent     = "return.sent"
)

var documentEvents = []string{reportDrafted, reportChecked, reportIssued, reportRecalled, paperIssued, paperMade, paperSigned, returnSent}

// WebhookEventTypes are all types of event that programs can be told of.
func WebhookEventTypes() []string { return append(inspect.IssueEventTypes(), documentEvents...) }

// reportData is what a program is told of a report.
type reportData struct {
	ID       inspect.ID             `json:"id"`
	Genre    string                 `json:"genre,omitempty"`
	Kind     closure.PeriodKind     `json:"kind"`
	Period   string                 `json:"period"`
	Scope    string                 `json:"scope"`
	Language inspect.Language       `json:"language"`
	State    store.PublicationState `json:"state"`
	Revision int64                  `json:"revision"`
	Number   string                 `json:"number,omitempty"`
}

// paperData is what a program is told of a paper.
type paperData struct {
	ID     inspect.ID        `json:"id"`
	Kind   inspect.PaperKind `json:"kind"`
	Number string            `json:"number"`
	Unit   inspect.ID        `json:"unit"`
	Issues []inspect.ID      `json:"issues"`
}

// returnData is what a program is told of a return.
type returnData struct {
	ID     inspect.ID `json:"id"`
	Form   inspect.ID `json:"form"`
	Unit   inspect.ID `json:"unit"`
	Period string     `json:"period"`
}

// tellOfReport tells programs of an event of a report, in the transaction that keeps it.
func (c *Core) tellOfReport(ctx context.Context, tx *store.Tx, event string, p *store.Publication) error {
	return c.tellOfDocument(ctx, tx, event, p.ID, reportData{ID: p.ID, Genre: p.Genre, Kind: p.Kind, Period: p.Period, Scope: p.Scope,
		Language: p.Language, State: p.State, Revision: p.Revision, Number: p.Number})
}

// tellOfPaper tells programs of an event of a paper, in the transaction that keeps it.
func (c *Core) tellOfPaper(ctx context.Context, tx *store.Tx, event string, p *store.Paper) error {
	return c.tellOfDocument(ctx, tx, event, p.ID, paperData{p.ID, p.Kind, p.Number, p.Unit, p.Issues})
}

// tellOfDocument tells the programs that take a type of event. People are told of documents in notices of their own.
func (c *Core) tellOfDocument(ctx context.Context, tx *store.Tx, event string, id inspect.ID, data any) error {
	if !slices.Contains(documentEvents, event) {
		return nil
	}
	if hooks, err := hooked(ctx, tx, event); err != nil || !hooks {
		return err
	}
	return c.Tell(ctx, tx, Notice{NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("program/%s/%s/%d", event, id, tx.Now),
		Type: event, At: tx.Now, Data: data}})
}
