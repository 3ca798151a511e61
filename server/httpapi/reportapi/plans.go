package reportapi

import (
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/workflow"
	"spotcheck/server/httpapi/rest"
)

// planTaskHandlers serve the tasks of the yearly plan.
type planTaskHandlers struct {
	workflow *workflow.Service
}

func (h *planTaskHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/plan-tasks", Handle: h.planTasks},
		{Method: fiber.MethodPut, Path: "/api/v1/plan-tasks/:id", Handle: h.putPlanTask},
		{Method: fiber.MethodPut, Path: "/api/v1/plan-tasks/:id/hold", Handle: h.decidePlanHold},
	}
}

type milestoneIn struct {
	Title string       `json:"title" need:"words" max:"200"`
	Due   inspect.Date `json:"due" need:"true"`
	Done  inspect.Date `json:"done"`
}

type planHoldIn struct {
	Reason string       `json:"reason" need:"words" max:"500"`
	From   inspect.Date `json:"from" need:"true"`
	To     inspect.Date `json:"to" need:"true"`
}

type planTaskIn struct {
	Year        int           `json:"year" need:"true" from:"2000" to:"2099"`
	Unit        inspect.ID    `json:"unit" need:"true"`
	Title       string        `json:"title" need:"words" max:"200"`
	Note        string        `json:"note" max:"2000"`
	PlannedFrom inspect.Date  `json:"planned_from" need:"true"`
	PlannedTo   inspect.Date  `json:"planned_to" need:"true"`
	RealFrom    inspect.Date  `json:"real_from"`
	RealTo      inspect.Date  `json:"real_to"`
	BudgetFen   int64         `json:"budget_fen"`
	Milestones  []milestoneIn `json:"milestones" max:"50"`
	Hold        *planHoldIn   `json:"hold"`
	Enabled     *bool         `json:"enabled"`
}

// maxBudget is a hundred billion yuan, in fen.
const maxBudget = 10_000_000_000_000

func (in *planTaskIn) check() (wrong []fault.Field) {
	add := func(pointer, detail string) { wrong = append(wrong, fault.Field{Pointer: pointer, Detail: detail}) }
	if in.Year < 2000 || in.Year > 2099 {
		add("/year", "want 2000 to 2099")
	}
	if in.PlannedTo < in.PlannedFrom {
		add("/planned_to", "before planned_from")
	}
	if in.RealTo != "" && (in.RealFrom == "" || in.RealTo < in.RealFrom) {
		add("/real_to", "without real_from, or before it")
	}
	if in.BudgetFen < 0 || in.BudgetFen > maxBudget {
		add("/budget_fen", "want 0 or more, in hundredths of a yuan")
	}
	for n, m := range in.Milestones {
		if m.Due < in.PlannedFrom || m.Due > in.PlannedTo {
			add(fmt.Sprintf("/milestones/%d/due", n), "not between planned_from and planned_to")
		}
	}
	if in.Hold != nil && in.Hold.To < in.Hold.From {
		add("/hold/to", "before from")
	}
	return wrong
}

func (h *planTaskHandlers) putPlanTask(c *fiber.Ctx) error {
	task, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in planTaskIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	if wrong := in.check(); len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	t := inspect.PlanTask{ID: task, Year: in.Year, Unit: in.Unit, Title: in.Title, Note: in.Note, Planned: inspect.Span{From: in.PlannedFrom, To: in.PlannedTo},
		Actual: inspect.Span{From: in.RealFrom, To: in.RealTo}, BudgetFen: in.BudgetFen, Enabled: rest.TrueIfAbsent(in.Enabled)}
	for _, m := range in.Milestones {
		t.Milestones = append(t.Milestones, inspect.Milestone(m))
	}
	if in.Hold != nil {
		t.Hold = inspect.PlanHoldRequest{Reason: in.Hold.Reason, From: in.Hold.From, To: in.Hold.To}
	}
	if t.UpdatedAt, err = rest.SeenRow(c); err != nil {
		return err
	}
	saved, repeated, fresh, err := h.workflow.PutPlanTask(c.UserContext(), rest.Actor(c), t)
	if err != nil {
		return rest.WithRow(err, planTaskOf(&saved, nil))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "task": planTaskOf(&saved, nil)})
}

func (h *planTaskHandlers) decidePlanHold(c *fiber.Ctx) error {
	task, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Answer inspect.Answer `json:"answer" need:"true"`
		Reason string         `json:"reason" need:"words" max:"500"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	saved, repeated, err := h.workflow.DecidePlanHold(c.UserContext(), rest.Actor(c), task, in.Answer, in.Reason)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"repeated": repeated, "task": planTaskOf(&saved, nil)})
}

func (h *planTaskHandlers) planTasks(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	year, err := strconv.Atoi(q.Text("year", 4))
	if err != nil || year < 2000 || year > 2099 {
		q.Fail("year", "want 2000 to 2099")
	}
	var unit inspect.ID
	var state inspect.PlanState
	q.As("unit", &unit)
	q.As("state", &state)
	after, limit := q.Cursor("cursor"), q.Limit(100, 200)
	if err := q.Err(); err != nil {
		return err
	}
	all, names, next, err := h.workflow.PlanTasks(c.UserContext(), rest.Actor(c), year, unit, after, limit)
	if err != nil {
		return err
	}
	list := []planTaskWire{}
	for n := range all {
		if state == "" || all[n].State == state {
			list = append(list, planTaskOf(&all[n], names))
		}
	}
	out := fiber.Map{"tasks": list}
	if next != 0 {
		out["next"] = rest.CursorText(next)
	}
	return c.JSON(out)
}

// planHoldWire is a wish for a task to rest, and what was decided.
type planHoldWire struct {
	Reason    string         `json:"reason"`
	From      inspect.Date   `json:"from"`
	To        inspect.Date   `json:"to"`
	AskedBy   inspect.ID     `json:"asked_by"`
	AskedAt   inspect.Time   `json:"asked_at"`
	Answer    inspect.Answer `json:"answer,omitempty"`
	Decision  string         `json:"decision,omitempty"`
	DecidedBy inspect.ID     `json:"decided_by,omitzero"`
	DecidedAt inspect.Time   `json:"decided_at,omitzero"`
}

type planTaskWire struct {
	ID          inspect.ID          `json:"id"`
	Year        int                 `json:"year"`
	Unit        inspect.ID          `json:"unit"`
	UnitName    string              `json:"unit_name,omitempty"`
	Title       string              `json:"title"`
	Note        string              `json:"note,omitempty"`
	PlannedFrom inspect.Date        `json:"planned_from"`
	PlannedTo   inspect.Date        `json:"planned_to"`
	DueOn       inspect.Date        `json:"due_on"`
	RealFrom    inspect.Date        `json:"real_from,omitempty"`
	RealTo      inspect.Date        `json:"real_to,omitempty"`
	BudgetFen   int64               `json:"budget_fen"`
	Milestones  []inspect.Milestone `json:"milestones"`
	Hold        *planHoldWire       `json:"hold,omitempty"`
	State       inspect.PlanState   `json:"state"`
	Enabled     bool                `json:"enabled"`
	CreatedAt   inspect.Time        `json:"created_at"`
	UpdatedAt   inspect.Time        `json:"updated_at"`
}

func planTaskOf(t *workflow.PlannedTask, names map[inspect.ID]string) planTaskWire {
	w := planTaskWire{ID: t.ID, Year: t.Year, Unit: t.Unit, UnitName: names[t.Unit], Title: t.Title, Note: t.Note, PlannedFrom: t.Planned.From, PlannedTo: t.Planned.To,
		DueOn: t.Due, RealFrom: t.Actual.From, RealTo: t.Actual.To, BudgetFen: t.BudgetFen, Milestones: append([]inspect.Milestone{}, t.Milestones...), State: t.State,
		Enabled: t.Enabled, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt}
	if t.Hold != (inspect.PlanHoldRequest{}) {
		h := planHoldWire(t.Hold)
		w.Hold = &h
	}
	return w
}
