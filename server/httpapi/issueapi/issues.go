package issueapi

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/workflow"
	"spotcheck/server/httpapi/photoapi"
	"spotcheck/server/httpapi/registerapi"
	"spotcheck/server/httpapi/rest"
)

// issueHandlers take in reports and serve an issue as it is, with its history and its caller.
type issueHandlers struct {
	issues   *issues.Service
	workflow *workflow.Service
	site     *rest.Site
	zone     *time.Location // of the city
}

func (h *issueHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodPut, Path: "/api/v1/issues/:id", Handle: h.reportIssue},
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id", Link: true, Handle: h.issue},
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/events", Link: true, Handle: h.history},
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/caller", Handle: h.caller},
	}
}

type callerIn struct {
	Name  string `json:"name" max:"50"`
	Phone string `json:"phone" max:"30"`
}

type reportIn struct {
	Category   string                     `json:"category" need:"true" max:"20"`
	Place      *registerapi.PositionClaim `json:"place"`
	Area       inspect.ID                 `json:"area"`
	PlaceID    inspect.ID                 `json:"place_id"`
	Address    string                     `json:"address" max:"200"`
	Note       string                     `json:"note" max:"2000"`
	Severity   inspect.Severity           `json:"severity"`
	Source     inspect.Source             `json:"source"`
	Line       *stretchIn                 `json:"line"`
	Site       string                     `json:"site" max:"100"`
	Plate      string                     `json:"plate" max:"20"`
	Caller     *callerIn                  `json:"caller"`
	Photos     []photoapi.Declaration     `json:"photos" need:"true" max:"20"`
	Joins      inspect.ID                 `json:"joins"`
	Recurs     inspect.ID                 `json:"recurs"`
	ReportedAt inspect.Claim              `json:"reported_at" need:"true"`
	SentAt     inspect.Claim              `json:"sent_at" need:"true"`
}

func (h *issueHandlers) reportIssue(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	in := reportIn{Severity: "normal", Source: "patrol"}
	if err := rest.ReadEvidence(c, &in); err != nil {
		return err
	}
	photos, lost, wrong := photoapi.Declarations(in.Photos)
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	place, more := in.Place.Place()
	line, another := in.Line.line(place)
	lost = append(append(more, another...), lost...)
	lost = in.SentAt.Drop(in.ReportedAt.Drop(lost, "/reported_at"), "/sent_at")
	r := workflow.NewIssue{
		ID: issue, Category: in.Category, Place: place, Line: line, Area: in.Area, Spot: in.PlaceID, Severity: in.Severity, Source: in.Source,
		Texts:  inspect.Texts{Address: in.Address, Note: in.Note, Site: in.Site, Plate: in.Plate},
		Photos: photos, ReportedAt: in.ReportedAt.Time, SentAt: in.SentAt.Time, Lost: lost, Joins: in.Joins, Recurs: in.Recurs, Content: rest.Body(c),
	}
	if in.Caller != nil {
		r.Texts.CallerName, r.Texts.CallerPhone = in.Caller.Name, in.Caller.Phone
	}
	done, err := h.workflow.ReportIssue(c.UserContext(), rest.Actor(c), r)
	if err != nil {
		return err
	}
	setVersionOf(c, done.Issue)
	return rest.Created(c, !done.Repeated).JSON(withIssue(fiber.Map{"repeated": done.Repeated, "received_at": done.ReceivedAt,
		"skew_ms": done.Skew.Milliseconds()}, done.Issue))
}

func (h *issueHandlers) issue(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	v, err := h.issues.Issue(c.UserContext(), rest.Actor(c), issue)
	if err != nil {
		return err
	}
	rest.SetVersion(c, v.Version)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	w := issueOf(&v)
	if !rest.Session(c).Issue.IsZero() { // a link has no other way to learn them
		w.Timezone, w.ServerTime = h.zone.String(), v.ComputedAt
	}
	return c.JSON(w)
}

func (h *issueHandlers) caller(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	who, err := h.issues.Caller(c.UserContext(), rest.Actor(c), issue)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(struct {
		Name  string `json:"name,omitempty"`
		Phone string `json:"phone,omitempty"`
	}{who.Name, who.Phone})
}
