package issueapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/workflow"
	"spotcheck/server/httpapi/registerapi"
	"spotcheck/server/httpapi/rest"
)

// correctionHandlers say what a correction would do.
type correctionHandlers struct {
	workflow *workflow.Service
}

func (h *correctionHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/correction", Handle: h.preview},
	}
}

// preview says what another category, area or position does to the deadline.
func (h *correctionHandlers) preview(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	ask := workflow.ActionRequest{Issue: issue}
	q := rest.QueryOf(c)
	ask.Correction.Category = q.Text("category", 20)
	q.As("area", &ask.Area)
	if q.Given("at") {
		ask.Place = &inspect.Place{Point: q.Point("at"), Datum: geo.WGS84}
		q.As("datum", &ask.Place.Datum)
	}
	if err := q.Err(); err != nil {
		return err
	}
	e, err := h.workflow.PreviewCorrection(c.UserContext(), rest.Actor(c), ask)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(effectOf(&e))
}

type ruleEffect struct {
	DueAt   inspect.Time         `json:"due_at"`
	Passed  bool                 `json:"passed"`
	ReadsZH string               `json:"reads_zh"`
	ReadsEN string               `json:"reads_en"`
	Steps   []issues.WorkingStep `json:"steps"`
}

type effectWire struct {
	AsksDeadline bool         `json:"asks_deadline"`
	Area         *rest.Ref    `json:"area,omitempty"`
	DueAt        inspect.Time `json:"due_at,omitzero"`
	Rule         *ruleEffect  `json:"rule,omitempty"`
}

func effectOf(e *workflow.CorrectionEffect) effectWire {
	w := effectWire{AsksDeadline: e.Asks, Area: namedOf(e.Area), DueAt: e.DueAt}
	if v := e.Rule; v != nil {
		zh, en := registerapi.DeadlineWords(v)
		w.Rule = &ruleEffect{DueAt: v.DueAt, Passed: v.DueAt <= v.ComputedAt, ReadsZH: zh, ReadsEN: en, Steps: v.Deadline.Steps}
	}
	return w
}

// correctedWire is a field that a correction put right, as people read it.
type correctedWire struct {
	Field string        `json:"field"`
	Was   *issues.Words `json:"was,omitempty"`
	Is    *issues.Words `json:"is,omitempty"`
}

func correctedOf(all []issues.FieldChange) (wire []correctedWire) {
	for _, c := range all {
		wire = append(wire, correctedWire(c))
	}
	return wire
}
