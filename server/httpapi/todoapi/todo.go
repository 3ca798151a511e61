// Package todoapi serves what waits for a person.
package todoapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/todo"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	Todo *todo.Service
}

// Routes are the doors.
func Routes(n Needs) []rest.Route {
	return []rest.Route{{Method: fiber.MethodGet, Path: "/api/v1/todo", Handle: (&todoHandlers{todo: n.Todo}).todoList}}
}

type todoHandlers struct {
	todo *todo.Service
}

type itemWire struct {
	Kind     todo.Kind    `json:"kind"`
	Count    int          `json:"count"`
	Exact    bool         `json:"exact"`
	OldestAt inspect.Time `json:"oldest_at,omitzero"`
	DueAt    inspect.Time `json:"due_at,omitzero"`
}

type dayWire struct {
	Day      inspect.Date `json:"day"`
	Reported int          `json:"reported"`
	Closed   int          `json:"closed"`
	Exact    bool         `json:"exact"`
}

// How many of the last days are counted, and at most.
const (
	usualDays = 14
	mostDays  = 98
)

func (h *todoHandlers) todoList(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	days := q.Count("days", usualDays, mostDays)
	if err := q.Err(); err != nil {
		return err
	}
	l, err := h.todo.Todo(c.UserContext(), rest.Actor(c), days)
	if err != nil {
		return err
	}
	out := struct {
		At    inspect.Time `json:"at"`
		Items []itemWire   `json:"items"`
		Days  []dayWire    `json:"days"`
	}{At: l.At, Items: []itemWire{}, Days: []dayWire{}}
	for _, i := range l.Items {
		out.Items = append(out.Items, itemWire(i))
	}
	for _, d := range l.Days {
		out.Days = append(out.Days, dayWire(d))
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(out)
}
