package httpapi

import (
	"math"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/workflow"
)

// similarWire is an issue near by, with how far it is.
type similarWire struct {
	Issue     listWire `json:"issue"`
	DistanceM float64  `json:"distance_m"`
}

func (a *API) similar(c *fiber.Ctx) error {
	q := queryOf(c)
	category := q.text("category", 20)
	if category == "" {
		q.fail("category", "is missing")
	}
	line := geo.Line{Start: q.point("at")}
	if q.given("to") {
		to := q.point("to")
		line.End = &to
	}
	datum := geo.WGS84
	q.as("datum", &datum)
	if err := q.fault(); err != nil {
		return err
	}
	line.Start = geo.ToWGS84(line.Start, datum)
	if line.End != nil {
		*line.End = geo.ToWGS84(*line.End, datum)
	}
	page, err := a.Core.Workflow.SimilarTo(c.UserContext(), actor(c), category, line)
	return writeSimilar(c, &page, err)
}

func (a *API) similarToIssue(c *fiber.Ctx) error {
	issue, err := id(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	if err := queryOf(c).fault(); err != nil {
		return err
	}
	page, err := a.Core.Workflow.SimilarToIssue(c.UserContext(), actor(c), issue)
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
		Area    *ref          `json:"area,omitempty"`
		Unit    *ref          `json:"unit,omitempty"`
	}{page.WithinM, all[:open], all[open:], namedOf(page.Area), namedOf(page.Unit)})
}

func namedOf(n issues.NamedUnit) *ref { return refOf(n.ID, map[inspect.ID]string{n.ID: n.Name}) }

// given says whether a parameter stands in the address.
func (q *query) given(name string) bool {
	q.known[name] = true
	return q.c.Query(name) != ""
}

// point reads a place that must be there.
func (q *query) point(name string) (p geo.Point) {
	n := q.numbers(name, 2, "lat,lon in degrees")
	if n == nil {
		if !q.given(name) {
			q.fail(name, "is missing")
		}
		return p
	}
	if p = (geo.Point{Lat: n[0], Lon: n[1]}); !p.Valid() {
		q.fail(name, "want lat,lon in degrees")
	}
	return p
}
