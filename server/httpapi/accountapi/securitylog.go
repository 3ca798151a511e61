package accountapi

import (
	"math"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/people"
	"spotcheck/server/httpapi/rest"
)

// securityLogHandlers serve the log of who came in and who was turned away.
type securityLogHandlers struct {
	people *people.Service
}

func (h *securityLogHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/security-log", Handle: h.securityLog},
	}
}

type securityLogEntry struct {
	ID      int64           `json:"id"`
	At      inspect.Time    `json:"at"`
	Kind    string          `json:"kind"`
	Person  *rest.PersonRef `json:"person,omitempty"`
	Address string          `json:"address,omitempty"`
	Detail  string          `json:"detail,omitempty"`
	Times   int             `json:"times"`
}

func (h *securityLogHandlers) securityLog(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	kind, before, limit := q.Text("kind", 50), q.Cursor("cursor"), q.Limit(100, 200)
	if before == 0 {
		before = math.MaxInt64
	}
	if err := q.Err(); err != nil {
		return err
	}
	lines, people, err := h.people.SecurityLog(c.UserContext(), rest.Actor(c), kind, before, limit)
	if err != nil {
		return err
	}
	out := struct {
		Entries []securityLogEntry `json:"entries"`
		Next    string             `json:"next,omitempty"`
	}{Entries: []securityLogEntry{}}
	for _, l := range lines {
		w := securityLogEntry{ID: l.ID, At: l.At, Kind: l.Kind, Address: l.Address, Detail: l.Detail, Times: l.Times}
		w.Person = rest.PersonIfAny(l.Person, people)
		out.Entries = append(out.Entries, w)
	}
	if len(lines) == limit {
		out.Next = rest.CursorText(lines[limit-1].ID)
	}
	return c.JSON(out)
}
