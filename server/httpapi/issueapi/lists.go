package issueapi

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// listHandlers serve lists of issues.
type listHandlers struct {
	issues *issues.Service
}

func (h *listHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/issues", Handle: h.listIssues},
	}
}

// maxRadius is how far in metres a search near a point may reach.
const maxRadius = 50_000

// mostNamed is how many issues a filter names at most.
const mostNamed = 200

// Filter reads the filters of a list of issues.
func Filter(q *rest.Query) (f store.IssueFilter) {
	for _, v := range q.All("status") {
		var s inspect.Status
		if err := s.UnmarshalText([]byte(v)); err != nil {
			q.Fail("status", err.Error())
		}
		f.Status = append(f.Status, s)
	}
	for _, v := range q.All("pending") {
		var p inspect.Pending
		if err := p.UnmarshalText([]byte(v)); err != nil {
			q.Fail("pending", err.Error())
			continue
		}
		f.Pending = append(f.Pending, p)
	}
	for _, v := range q.UpTo("issue", mostNamed) {
		var id inspect.ID
		if err := id.UnmarshalText([]byte(v)); err != nil {
			q.Fail("issue", err.Error())
		}
		f.IDs = append(f.IDs, id)
	}
	f.Categories, f.Groups = q.All("category"), q.All("group")
	q.As("unit", &f.Unit)
	q.As("area", &f.Area)
	q.As("reporter", &f.Reporter)
	q.As("place", &f.Spot)
	f.Plate, f.Site, f.Contractor = q.Text("plate", 20), q.Text("site", 100), q.Text("contractor", 100)
	q.As("assisting", &f.Assisting)
	q.As("source", &f.Source)
	for name, at := range map[string]*inspect.Time{
		"reported_from": &f.ReportedFrom, "reported_to": &f.ReportedTo, "due_from": &f.DueFrom, "due_to": &f.DueTo,
		"closed_from": &f.ClosedFrom, "closed_to": &f.ClosedTo,
	} {
		q.As(name, at)
	}
	f.Overdue, f.Incomplete, f.Flagged, f.Text = q.Flag("overdue"), q.Flag("incomplete"), q.Flag("flagged"), strings.TrimSpace(q.Text("text", 100))
	f.SignedFront = q.Flag("signed_front")
	f.Box = q.Box()
	if n := q.Numbers("near", 3, "lat,lon,radius in metres"); n != nil {
		f.Near, f.RadiusM = &geo.Point{Lat: n[0], Lon: n[1]}, n[2]
		if !f.Near.Valid() || f.RadiusM <= 0 || f.RadiusM > maxRadius {
			q.Fail("near", "want lat,lon in degrees and a radius up to 50000 m")
		}
	}
	switch f.Sort = store.Sort(q.Text("sort", 20)); f.Sort {
	case "":
		f.Sort = store.NewestFirst
	case store.NewestFirst, store.OldestFirst, store.ByDue:
	default:
		q.Fail("sort", "want -received, received or due")
	}
	return f
}

func (h *listHandlers) listIssues(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	f := Filter(q)
	f.Limit = q.Limit(50, 200)
	if p := q.Position("cursor", 2); p != nil {
		f.Cursor = &store.Cursor{Key: p[0], ID: p[1]}
	}
	if err := q.Err(); err != nil {
		return err
	}
	page, err := h.issues.ListIssues(c.UserContext(), rest.Actor(c), f)
	if err != nil {
		return err
	}
	out := struct {
		Issues     []listWire `json:"issues"`
		Total      int        `json:"total"`
		TotalExact bool       `json:"total_exact"`
		More       bool       `json:"more"`
		Next       string     `json:"next,omitempty"`
	}{[]listWire{}, page.Total, page.Counted, page.Next != nil, ""}
	for n := range page.Issues {
		out.Issues = append(out.Issues, listOf(&page, n))
	}
	if page.Next != nil {
		out.Next = rest.CursorText(page.Next.Key, page.Next.ID)
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(out)
}
