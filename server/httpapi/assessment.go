package httpapi

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

// mostPoints is how much one entry adds to a score or takes from it at most.
const mostPoints = 100

type meritIn struct {
	Unit      inspect.ID   `json:"unit" need:"true"`
	Day       inspect.Date `json:"day" need:"true"`
	Points    float64      `json:"points" need:"true"`
	Reason    string       `json:"reason" need:"true" max:"500"`
	Withdrawn bool         `json:"withdrawn"`
}

type meritWire struct {
	ID        inspect.ID   `json:"id"`
	Unit      ref          `json:"unit"`
	Day       inspect.Date `json:"day"`
	Points    float64      `json:"points"`
	Reason    string       `json:"reason"`
	Withdrawn bool         `json:"withdrawn"`
	CreatedAt inspect.Time `json:"created_at"`
	UpdatedAt inspect.Time `json:"updated_at"`
}

func meritOf(p *inspect.AssessmentPoint, names map[inspect.ID]string) meritWire {
	return meritWire{p.ID, ref{p.Unit, names[p.Unit]}, p.Day, float64(p.Hundredths) / 100, p.Reason, p.Withdrawn, p.CreatedAt, p.UpdatedAt}
}

func (a *API) putAssessmentPoint(c *fiber.Ctx) error {
	point, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in meritIn
	if err := read(c, &in); err != nil {
		return err
	}
	points, ok := hundredths(in.Points, mostPoints)
	if !ok || points == 0 {
		return inspect.ErrContent.At(fault.Field{Pointer: "/points", Detail: "want -100 to 100 but not 0, with at most two decimals"})
	}
	if strings.TrimSpace(in.Reason) == "" {
		return inspect.ErrContent.At(fault.Field{Pointer: "/reason", Detail: "is missing"})
	}
	saved, repeated, fresh, err := a.Core.Reports.PutAssessmentPoint(c.UserContext(), actor(c), inspect.AssessmentPoint{ID: point, Unit: in.Unit, Day: in.Day, Hundredths: points, Reason: in.Reason, Withdrawn: in.Withdrawn})
	if err != nil {
		return err
	}
	return created(c, fresh).JSON(fiber.Map{"repeated": repeated, "point": meritOf(&saved, nil)})
}

func (a *API) assessmentPoints(c *fiber.Ctx) error {
	q := queryOf(c)
	var from, to inspect.Date
	q.as("from", &from)
	q.as("to", &to)
	if err := q.fault(); err != nil {
		return err
	}
	if to == "" {
		to = "9999-12-31"
	}
	all, names, err := a.Core.Reports.AssessmentPoints(c.UserContext(), actor(c), from, to)
	if err != nil {
		return err
	}
	out := []meritWire{}
	for n := range all {
		out = append(out, meritOf(&all[n], names))
	}
	return c.JSON(fiber.Map{"points": out})
}
