package assessmentapi

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/assessment"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/score"
	"spotcheck/server/core/assessments"
	"spotcheck/server/httpapi/rest"
)

// schemeHandlers serve schemes of assessment.
type schemeHandlers struct {
	assessments *assessments.Service
}

func (h *schemeHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/assessment-schemes", Handle: h.list},
		{Method: fiber.MethodPut, Path: "/api/v1/assessment-schemes/:id", Handle: h.put},
	}
}

type schemeWire struct {
	ID        inspect.ID          `json:"id"`
	Title     string              `json:"title"`
	PeerGroup string              `json:"peer_group"`
	Weights   []assessment.Weight `json:"weights"`
	Grades    []score.Grade       `json:"grades"`
	LeastDue  int64               `json:"least_due"`
	Enabled   bool                `json:"enabled"`
	Version   int                 `json:"version"`
	CreatedAt inspect.Time        `json:"created_at"`
	UpdatedAt inspect.Time        `json:"updated_at"`
}

func schemeOf(s *assessment.Scheme) schemeWire {
	return schemeWire{s.ID, s.Title, s.PeerGroup, append([]assessment.Weight{}, s.Weights...), append([]score.Grade{}, s.Grades...), s.LeastDue, s.Enabled, s.Version,
		s.CreatedAt, s.UpdatedAt}
}

func (h *schemeHandlers) list(c *fiber.Ctx) error {
	all, err := h.assessments.Schemes(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	schemes := []schemeWire{}
	for n := range all {
		schemes = append(schemes, schemeOf(&all[n]))
	}
	return c.JSON(fiber.Map{"schemes": schemes})
}

type weightIn struct {
	Part   assessment.Part `json:"part" need:"true"`
	Weight float64         `json:"weight" need:"true"`
}

type gradeIn struct {
	Name string  `json:"name" need:"words" max:"10"`
	From float64 `json:"from" need:"true"`
}

type schemeIn struct {
	Title     string     `json:"title" need:"words" max:"200"`
	PeerGroup string     `json:"peer_group" need:"words" max:"100"`
	Weights   []weightIn `json:"weights" need:"true" max:"10"`
	Grades    *[]gradeIn `json:"grades" max:"10"`
	LeastDue  int64      `json:"least_due"`
	Enabled   *bool      `json:"enabled"`
}

// scheme is what the client says in the words of the office.
func (in *schemeIn) scheme(id inspect.ID) (s assessment.Scheme, err error) {
	var wrong []fault.Field
	points := func(pointer string, f float64) score.Points {
		p, err := score.PointsOf(f)
		if err != nil {
			wrong = append(wrong, fault.Field{Pointer: pointer, Detail: "want 0 to 1000000 with at most two decimals"})
		}
		return p
	}
	s = assessment.Scheme{ID: id, Enabled: rest.TrueIfAbsent(in.Enabled), Rules: assessment.Rules{Title: in.Title, PeerGroup: in.PeerGroup,
		Weights: []assessment.Weight{}, Grades: score.Grades(), LeastDue: in.LeastDue}}
	for n, w := range in.Weights {
		s.Weights = append(s.Weights, assessment.Weight{Part: w.Part, Weight: points(fmt.Sprintf("/weights/%d/weight", n), w.Weight)})
	}
	if in.Grades != nil {
		s.Grades = []score.Grade{}
		for n, g := range *in.Grades {
			s.Grades = append(s.Grades, score.Grade{Name: g.Name, From: points(fmt.Sprintf("/grades/%d/from", n), g.From)})
		}
	}
	if in.LeastDue < 0 || in.LeastDue > 10_000 {
		wrong = append(wrong, fault.Field{Pointer: "/least_due", Detail: "want 0 to 10000"})
	}
	if len(wrong) > 0 {
		return s, inspect.ErrContent.At(wrong...)
	}
	return s, nil
}

func (h *schemeHandlers) put(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrAssessmentNotFound)
	if err != nil {
		return err
	}
	var in schemeIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	s, err := in.scheme(id)
	if err != nil {
		return err
	}
	if s.UpdatedAt, err = rest.SeenRow(c); err != nil {
		return err
	}
	saved, repeated, fresh, err := h.assessments.PutScheme(c.UserContext(), rest.Actor(c), s)
	if err != nil {
		return rest.WithRow(err, schemeOf(&saved))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "scheme": schemeOf(&saved)})
}
