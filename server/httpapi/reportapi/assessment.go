package reportapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/reports"
	"spotcheck/server/httpapi/rest"
)

// assessmentPointHandlers serve the points that are added to a score or taken from it by hand.
type assessmentPointHandlers struct {
	reports *reports.Service
}

func (h *assessmentPointHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/assessment-points", Handle: h.assessmentPoints},
		{Method: fiber.MethodPut, Path: "/api/v1/assessment-points/:id", Handle: h.putAssessmentPoint},
	}
}

// mostPoints is how much one entry adds to a score or takes from it at most.
const mostPoints = 100

type assessmentPointIn struct {
	Unit      inspect.ID   `json:"unit" need:"true"`
	Day       inspect.Date `json:"day" need:"true"`
	Points    float64      `json:"points" need:"true"`
	Reason    string       `json:"reason" need:"words" max:"500"`
	Withdrawn bool         `json:"withdrawn"`
}

type assessmentPointWire struct {
	ID        inspect.ID   `json:"id"`
	Unit      rest.Ref     `json:"unit"`
	Day       inspect.Date `json:"day"`
	Points    float64      `json:"points"`
	Reason    string       `json:"reason"`
	Withdrawn bool         `json:"withdrawn"`
	CreatedAt inspect.Time `json:"created_at"`
	UpdatedAt inspect.Time `json:"updated_at"`
}

func assessmentPointOf(p *inspect.AssessmentPoint, names map[inspect.ID]string) assessmentPointWire {
	return assessmentPointWire{p.ID, rest.Ref{ID: p.Unit, Name: names[p.Unit]}, p.Day, float64(p.Hundredths) / 100, p.Reason, p.Withdrawn, p.CreatedAt, p.UpdatedAt}
}

func (h *assessmentPointHandlers) putAssessmentPoint(c *fiber.Ctx) error {
	point, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in assessmentPointIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	points, ok := hundredths(in.Points, mostPoints)
	if !ok || points == 0 {
		return inspect.ErrContent.At(fault.Field{Pointer: "/points", Detail: "want -100 to 100 but not 0, with at most two decimals"})
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	saved, repeated, fresh, err := h.reports.PutAssessmentPoint(c.UserContext(), rest.Actor(c),
		inspect.AssessmentPoint{ID: point, Unit: in.Unit, Day: in.Day, Hundredths: points, Reason: in.Reason, Withdrawn: in.Withdrawn, UpdatedAt: seen})
	if err != nil {
		return rest.WithRow(err, assessmentPointOf(&saved, nil))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "point": assessmentPointOf(&saved, nil)})
}

func (h *assessmentPointHandlers) assessmentPoints(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var from, to inspect.Date
	q.As("from", &from)
	q.As("to", &to)
	if err := q.Err(); err != nil {
		return err
	}
	if to == "" {
		to = "9999-12-31"
	}
	all, names, err := h.reports.AssessmentPoints(c.UserContext(), rest.Actor(c), from, to)
	if err != nil {
		return err
	}
	out := []assessmentPointWire{}
	for n := range all {
		out = append(out, assessmentPointOf(&all[n], names))
	}
	return c.JSON(fiber.Map{"points": out})
}
