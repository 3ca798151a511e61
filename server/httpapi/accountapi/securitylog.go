package accountapi

import (
	"bufio"
	"cmp"
	"context"
	"encoding"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/people"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// securityLogHandlers serve the log of who came in, who was turned away, and who changed what lets others in or out.
type securityLogHandlers struct {
	people *people.Service
	zone   *time.Location
	log    *slog.Logger
}

func (h *securityLogHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/security-log", Handle: h.securityLog},
		{Method: fiber.MethodGet, Path: "/api/v1/security-log.csv", Slow: true, Handle: h.export},
	}
}

type securityLogEntry struct {
	ID      int64               `json:"id"`
	At      inspect.Time        `json:"at"`
	Kind    inspect.LogKind     `json:"kind"`
	Person  *rest.PersonRef     `json:"person,omitempty"`
	Address string              `json:"address,omitempty"`
	About   *rest.PersonRef     `json:"about,omitempty"`
	Detail  string              `json:"detail,omitempty"`
	Changes []inspect.LogChange `json:"changes,omitempty"`
	Times   int                 `json:"times"`
}

// filter reads which lines are wanted.
func (h *securityLogHandlers) filter(q *rest.Query) (f store.LogFilter) {
	for name, dst := range map[string]encoding.TextUnmarshaler{"kind": &f.Kind, "person": &f.Person, "from": &f.From, "to": &f.To} {
		q.As(name, dst)
	}
	f.Address = q.Text("address", 100)
	f.Before = cmp.Or(q.Cursor("cursor"), math.MaxInt64)
	return f
}

func (h *securityLogHandlers) securityLog(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	f := h.filter(q)
	f.Limit = q.Limit(100, 200)
	if err := q.Err(); err != nil {
		return err
	}
	lines, people, err := h.people.SecurityLog(c.UserContext(), rest.Actor(c), f)
	if err != nil {
		return err
	}
	out := struct {
		Entries []securityLogEntry `json:"entries"`
		Next    string             `json:"next,omitempty"`
	}{Entries: []securityLogEntry{}}
	for _, l := range lines {
		out.Entries = append(out.Entries, securityLogEntry{l.ID, l.At, l.Kind, rest.PersonIfAny(l.Person, people), l.Address,
			rest.PersonIfAny(l.About, people), l.Detail, l.Changes, l.Times})
	}
	if len(lines) == f.Limit {
		out.Next = rest.CursorText(lines[f.Limit-1].ID)
	}
	return c.JSON(out)
}

// export writes what a filter finds as a table; a failure in the middle breaks the connection.
func (h *securityLogHandlers) export(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	f := h.filter(q)
	if err := q.Err(); err != nil {
		return err
	}
	who, asked := rest.Actor(c), rest.Asked(c)
	if !who.MayAnywhere(inspect.MaySeeLog) {
		return inspect.ErrForbidden
	}
	return rest.StreamDownload(c, h.log, "text/csv; charset=utf-8", "security-log.csv", func(ctx context.Context, w *bufio.Writer) error {
		if _, err := w.WriteString("\ufeff"); err != nil { // spreadsheets read UTF-8 by it
			return err
		}
		t := csv.NewWriter(w)
		if err := t.Write([]string{"id", "at", "kind", "person", "person_id", "address", "about", "about_id", "detail", "changes", "times"}); err != nil {
			return err
		}
		return h.people.ExportLog(ctx, who, f, asked, func(p people.LogPage) error {
			for n := range p.Lines {
				row, err := h.row(&p.Lines[n], p.People)
				if err != nil {
					return err
				}
				if err := t.Write(row); err != nil {
					return err
				}
			}
			t.Flush()
			return t.Error()
		})
	})
}

// row is a line of the log as texts, its moment in the city's zone.
func (h *securityLogHandlers) row(l *store.LogEntry, names map[inspect.ID]store.PersonRef) ([]string, error) {
	changes := ""
	if len(l.Changes) > 0 {
		text, err := json.Marshal(l.Changes)
		if err != nil {
			return nil, err
		}
		changes = string(text)
	}
	who := func(id inspect.ID) (name, text string) {
		if id.IsZero() {
			return "", ""
		}
		return names[id].DisplayName, id.String()
	}
	person, personID := who(l.Person)
	about, aboutID := who(l.About)
	row := []string{fmt.Sprint(l.ID), rest.LocalTime(l.At, h.zone), string(l.Kind), person, personID, l.Address, about, aboutID, l.Detail, changes,
		fmt.Sprint(l.Times)}
	for n := range row {
		row[n] = rest.EscapeFormula(row[n])
	}
	return row, nil
}
