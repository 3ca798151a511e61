package issueapi

import (
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/registerapi"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// listWire is an issue in a list, with the picture to show beside it.
type listWire struct {
	rowWire
	Thumb inspect.ID `json:"thumb,omitzero"`
}

func listOf(p *issues.Page, n int) listWire {
	r := &p.Issues[n]
	return listWire{rowOf(&r.IssueRow, r.Address, r.Note, &p.Names, p.At), r.Thumb}
}

type stretchWire struct {
	Start geo.Point  `json:"start"`
	End   *geo.Point `json:"end,omitempty"`
}

// rowWire is an issue in a list.
type rowWire struct {
	ID          inspect.ID              `json:"id"`
	Number      string                  `json:"number"`
	Status      inspect.Status          `json:"status"`
	Version     int64                   `json:"version"`
	Category    registerapi.CategoryRef `json:"category"`
	Severity    inspect.Severity        `json:"severity"`
	Source      inspect.Source          `json:"source"`
	Place       *registerapi.Position   `json:"place,omitempty"`
	Line        *stretchWire            `json:"line,omitempty"` // of mud on a road
	Address     string                  `json:"address,omitempty"`
	Note        string                  `json:"note,omitempty"`
	Unit        *rest.Ref               `json:"unit,omitempty"`
	Area        *rest.Ref               `json:"area,omitempty"`
	Reporter    rest.PersonRef          `json:"reporter"`
	ReportedAt  inspect.Time            `json:"reported_at"`
	ReceivedAt  inspect.Time            `json:"received_at"`
	DueAt       inspect.Time            `json:"due_at,omitzero"`
	FixedAt     inspect.Time            `json:"fixed_at,omitzero"`
	ClosedAt    inspect.Time            `json:"closed_at,omitzero"`
	Overdue     bool                    `json:"overdue"`
	LateArrival bool                    `json:"late_arrival"`
	Complete    bool                    `json:"complete"`
	PhotosSafe  int                     `json:"photos_safe"`
	PhotosTotal int                     `json:"photos_total"`
	FlagsOpen   int                     `json:"flags_open"`
	SignedFront bool                    `json:"signed_front,omitempty"`
}

func rowOf(r *store.IssueRow, address, note string, n *issues.Names, now inspect.Time) rowWire {
	category := n.Categories[r.Category]
	var line *stretchWire
	if r.Line != nil {
		line = &stretchWire{r.Line.Start, r.Line.End}
	}
	return rowWire{
		ID: r.ID, Number: r.Number, Status: r.Status, Version: r.Version,
		Category: registerapi.CategoryRef{Code: r.Category, NameZH: category.NameZH, NameEN: category.NameEN, Group: category.Group},
		Severity: r.Severity, Source: r.Source, Place: registerapi.PositionOf(r.Place), Line: line, Address: address, Note: note,
		Unit: rest.RefOf(r.Unit, n.Units), Area: rest.RefOf(r.Area, n.Areas), Reporter: rest.PersonOf(r.Reporter, n.People),
		ReportedAt: r.ReportedAt, ReceivedAt: r.ReceivedAt, DueAt: r.DueAt, FixedAt: r.FixedAt, ClosedAt: r.ClosedAt,
		Overdue: r.Overdue(now), LateArrival: r.Late, Complete: r.Complete(), PhotosSafe: r.PhotosSafe, PhotosTotal: r.PhotosDeclared,
		FlagsOpen: r.FlagsOpen, SignedFront: r.SignedFront,
	}
}
