package issueapi

import (
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/httpapi/rest"
)

type eventWire struct {
	Seq    int64             `json:"seq"`
	N      int64             `json:"n"`
	Type   string            `json:"type"`
	At     inspect.Time      `json:"at"`
	By     *rest.PersonRef   `json:"by,omitempty"`
	Link   inspect.ID        `json:"link,omitzero"` // through which it was done on that person's word
	DoneAt inspect.Time      `json:"done_at,omitzero"`
	Late   bool              `json:"late_arrival,omitempty"`
	Unit   *rest.Ref         `json:"unit,omitempty"`
	Texts  map[string]string `json:"texts,omitempty"`
	Erased []string          `json:"erased,omitempty"`
	Photos []inspect.ID      `json:"photos,omitempty"`
	Put    []correctedWire   `json:"corrected,omitempty"`
	Body   json.RawMessage   `json:"body"`
	Prev   string            `json:"prev"`
	Hash   string            `json:"hash"`
}

func (h *issueHandlers) history(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	q := rest.QueryOf(c)
	after, limit := q.Cursor("cursor"), q.Limit(200, 200)
	if err := q.Err(); err != nil {
		return err
	}
	all, err := h.issues.History(c.UserContext(), rest.Actor(c), issue, after, limit)
	if err != nil {
		return err
	}
	out := struct {
		Events []eventWire `json:"events"`
		Next   string      `json:"next,omitempty"`
	}{Events: []eventWire{}}
	for n := range all.Events {
		e := &all.Events[n]
		var told struct{ Link inspect.ID }
		if err := json.Unmarshal(e.Body, &told); err != nil {
			return err
		}
		out.Events = append(out.Events, eventWire{Seq: e.Seq, N: e.N, Type: e.Type, At: e.At, By: rest.PersonIfAny(e.By, all.People), Link: told.Link, DoneAt: e.DoneAt,
			Late: e.Late, Unit: rest.RefOf(e.Unit, all.Units), Texts: e.Texts, Erased: e.Erased, Photos: e.Photos, Put: correctedOf(e.Corrected), Body: e.Body,
			Prev: e.Prev.String(), Hash: e.Hash.String()})
	}
	if len(all.Events) == limit {
		out.Next = rest.CursorText(all.Events[limit-1].N)
	}
	return c.JSON(out)
}
