package reports

import (
	"context"
	"slices"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// The types of event of reports and returns that somebody is told of.
const (
	reportDrafted  = "report.drafted"
	reportChecked  = "report.checked"
	reportIssued   = "report.issued"
	reportRecalled = "report.recalled"
	returnSent     = "return.sent"
)

// Events are the types that webhooks can be told of.
var Events = []string{reportDrafted, reportChecked, reportIssued, reportRecalled, returnSent}

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

// returnData is what a program is told of a return.
type returnData struct {
	ID     inspect.ID `json:"id"`
	Form   inspect.ID `json:"form"`
	Unit   inspect.ID `json:"unit"`
	Period string     `json:"period"`
}

// tellPrograms tells webhooks of an event of a report where they can be told of it, in the transaction that keeps it.
func (svc *Service) tellPrograms(ctx context.Context, tx *store.Tx, event string, p *store.Publication) error {
	if !slices.Contains(Events, event) {
		return nil
	}
	return svc.messages.TellWebhooks(ctx, tx, event, p.ID, reportData{ID: p.ID, Genre: p.Genre, Kind: p.Kind, Period: p.Period, Scope: p.Scope,
		Language: p.Language, State: p.State, Revision: p.Revision, Number: p.Number})
}
