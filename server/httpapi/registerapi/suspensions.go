package registerapi

import (
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/duties"
	"spotcheck/server/httpapi/rest"
)

// suspensionHandlers serve the spans in which limits rest.
type suspensionHandlers struct {
	duties *duties.Service
	now    func() time.Time
}

func (h *suspensionHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/suspensions", Handle: h.suspensions},
		{Method: fiber.MethodPut, Path: "/api/v1/suspensions/:id", Handle: h.putSuspension},
	}
}

type suspensionWire struct {
	ID         inspect.ID   `json:"id"`
	Area       inspect.ID   `json:"area,omitzero"`
	Categories []string     `json:"categories,omitempty"`
	From       inspect.Time `json:"from"`
	To         inspect.Time `json:"to"`
	Reason     string       `json:"reason"`
	By         inspect.ID   `json:"by"`
	CreatedAt  inspect.Time `json:"created_at"`
	UpdatedAt  inspect.Time `json:"updated_at"`
}

type suspensionIn struct {
	Area       inspect.ID   `json:"area"`
	Categories []string     `json:"categories" max:"200"`
	From       inspect.Time `json:"from" need:"true"`
	To         inspect.Time `json:"to" need:"true"`
	Reason     string       `json:"reason" need:"words" max:"500"`
}

// suspensions are those that are not over.
func (h *suspensionHandlers) suspensions(c *fiber.Ctx) error {
	all, err := h.duties.Suspensions(c.UserContext(), inspect.At(h.now()))
	if err != nil {
		return err
	}
	list := []suspensionWire{}
	for _, v := range all {
		list = append(list, suspensionWire(v))
	}
	return c.JSON(fiber.Map{"suspensions": list})
}

func (h *suspensionHandlers) putSuspension(c *fiber.Ctx) error {
	which, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in suspensionIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	var wrong []fault.Field
	if in.To < in.From {
		wrong = append(wrong, fault.Field{Pointer: "/to", Detail: "ends before it begins"})
	}
	for n, code := range in.Categories {
		if !validCode(code) {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/categories/%d", n), Detail: "want a code of the catalogue"})
		}
	}
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	v, repeated, fresh, err := h.duties.PutSuspension(c.UserContext(), rest.Actor(c), inspect.Suspension{ID: which, Area: in.Area,
		Categories: in.Categories, From: in.From, To: in.To, Reason: in.Reason, UpdatedAt: seen})
	if err != nil {
		return rest.WithRow(err, suspensionWire(v))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "suspension": suspensionWire(v)})
}
