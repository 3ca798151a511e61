package issueapi

import (
	"math"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/workflow"
	"spotcheck/server/httpapi/rest"
)

// similarHandlers find what may have been reported already.
type similarHandlers struct {
	workflow *workflow.Service
}

func (h *similarHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/issues/similar", Handle: h.similar},
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/similar", Handle: h.similarToIssue},
	}
}

// similarWire is an issue near by, with how far it is.
type similarWire struct {
	Issue     listWire `json:"issue"`
	DistanceM float64  `json:"distance_m"`
}

func (h *similarHandlers) similar(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	category := q.Text("category", 20)
	if category == "" {
		q.Fail("category", "is missing")
	}
	line := geo.Line{Start: q.Point("at")}
	if q.Given("to") {
		to := q.Point("to")
		line.End = &to
	}
	datum := geo.WGS84
	q.As("datum", &datum)
	if err := q.Err(); err != nil {
		return err
	}
	line.Start = geo.ToWGS84(line.Start, datum)
	if line.End != nil {
		*line.End = geo.ToWGS84(*line.End, datum)
	}
	page, err := h.workflow.SimilarTo(c.UserContext(), rest.Actor(c), category, line)
	return writeSimilar(c, &page, err)
}

func (h *similarHandlers) similarToIssue(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	if err := rest.QueryOf(c).Err(); err != nil {
		return err
	}
	page, err := h.workflow.SimilarToIssue(c.UserContext(), rest.Actor(c), issue)
	return writeSimilar(c, &page, err)
}

func writeSimilar(c *fiber.Ctx, page *workflow.SimilarIssues, err error) error {
	if err != nil {
		return err
	}
	all := []similarWire{}
	for n, s := range append(page.Similar, page.Before...) {
		all = append(all, similarWire{listOf(&page.Page, n), math.Round(s.DistanceM*10) / 10})
	}
	open := len(page.Similar)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(struct {
		WithinM float64       `json:"within_m"`
		Issues  []similarWire `json:"issues"`
		Before  []similarWire `json:"before"`
		Area    *rest.Ref     `json:"area,omitempty"`
		Unit    *rest.Ref     `json:"unit,omitempty"`
	}{page.WithinM, all[:open], all[open:], namedOf(page.Area), namedOf(page.Unit)})
}

func namedOf(n issues.NamedUnit) *rest.Ref {
	return rest.RefOf(n.ID, map[inspect.ID]string{n.ID: n.Name})
}
