package httpapi

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

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
	Reason     string       `json:"reason" need:"true" max:"500"`
}

// suspensions are those that are not over.
func (a *API) suspensions(c *fiber.Ctx) error {
	all, err := a.Core.Duties.Suspensions(c.UserContext(), inspect.At(a.Core.Now()))
	if err != nil {
		return err
	}
	list := []suspensionWire{}
	for _, v := range all {
		list = append(list, suspensionWire(v))
	}
	return c.JSON(fiber.Map{"suspensions": list})
}

func (a *API) putSuspension(c *fiber.Ctx) error {
	which, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in suspensionIn
	if err := read(c, &in); err != nil {
		return err
	}
	var wrong []fault.Field
	if in.To < in.From {
		wrong = append(wrong, fault.Field{Pointer: "/to", Detail: "ends before it begins"})
	}
	for n, code := range in.Categories {
		if !goodCode(code) {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/categories/%d", n), Detail: "want a code of the catalogue"})
		}
	}
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	v, repeated, fresh, err := a.Core.Duties.PutSuspension(c.UserContext(), actor(c), inspect.Suspension{ID: which, Area: in.Area, Categories: in.Categories, From: in.From, To: in.To, Reason: in.Reason})
	if err != nil {
		return err
	}
	return created(c, fresh).JSON(fiber.Map{"repeated": repeated, "suspension": suspensionWire(v)})
}
