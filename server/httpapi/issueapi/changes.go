package issueapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/cityapi"
	"spotcheck/server/httpapi/registerapi"
	"spotcheck/server/httpapi/rest"
)

// changeHandlers serve the feed by which a device keeps its copy up to date.
type changeHandlers struct {
	issues *issues.Service
}

func (h *changeHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/changes", Handle: h.changes},
	}
}

// changeWire is a line of the feed.
type changeWire struct {
	Seq      int64                 `json:"seq"`
	Kind     string                `json:"kind"`
	ID       string                `json:"id,omitempty"`
	Gone     bool                  `json:"gone,omitempty"`
	Issue    *listWire             `json:"issue,omitempty"`
	Unit     *registerapi.Unit     `json:"unit,omitempty"`
	Area     *registerapi.Area     `json:"area,omitempty"`
	Category *registerapi.Category `json:"category,omitempty"`
	Rule     *registerapi.Rule     `json:"rule,omitempty"`
	Settings fiber.Map             `json:"settings,omitempty"`
}

func changeOf(f *issues.Feed, c *issues.Change) (w changeWire, err error) {
	w = changeWire{Seq: c.Seq, Kind: c.Kind, ID: c.ID, Unit: (*registerapi.Unit)(c.Unit), Area: (*registerapi.Area)(c.Area),
		Category: (*registerapi.Category)(c.Category), Rule: (*registerapi.Rule)(c.Rule)}
	switch {
	case c.Kind == "person":
		w.Kind = "people"
	case c.Settings != nil:
		w.Settings, err = cityapi.SettingsOf(c.Settings)
	case c.Issue != nil:
		w.Issue = &listWire{rowOf(&c.Issue.IssueRow, c.Issue.Address, c.Issue.Note, &f.Names, f.At), c.Issue.Thumb}
	case c.Kind == "issue":
		w.Gone = true
	}
	return w, err
}

func (h *changeHandlers) changes(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var since *issues.Cursor
	if text := q.Text("since", 200); text != "" {
		at, err := issues.ParseCursor(text)
		if err != nil {
			q.Fail("since", err.Error())
		}
		since = &at
	}
	if err := q.Err(); err != nil {
		return err
	}
	f, err := h.issues.Changes(c.UserContext(), rest.Actor(c), since)
	if err != nil {
		return err
	}
	out := struct {
		Changes    []changeWire `json:"changes"`
		Next       string       `json:"next"`
		More       bool         `json:"more"`
		ServerTime inspect.Time `json:"server_time"`
	}{[]changeWire{}, f.Next.String(), f.More, f.At}
	for n := range f.Changes {
		w, err := changeOf(&f, &f.Changes[n])
		if err != nil {
			return err
		}
		out.Changes = append(out.Changes, w)
	}
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.JSON(out)
}
