package archiveapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/archive"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// exportHandlers serve what leaves the archive.
type exportHandlers struct {
	archive *archive.Service
}

func (h *exportHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/archive/exports", Handle: h.list},
		{Method: fiber.MethodPut, Path: "/api/v1/archive/exports/:id", Slow: true, Handle: h.put},
		{Method: fiber.MethodGet, Path: "/api/v1/archive/exports/:id", Handle: h.export},
		{Method: fiber.MethodGet, Path: "/api/v1/archive/exports/:id/zip", Slow: true, Handle: h.zip},
	}
}

type exportWire struct {
	ID      inspect.ID     `json:"id"`
	Heading *rest.Ref      `json:"heading,omitempty"`
	Year    int            `json:"year,omitempty"`
	Files   int            `json:"files"`
	Bytes   int64          `json:"bytes"`
	Digest  string         `json:"digest"`
	MadeBy  rest.PersonRef `json:"made_by"`
	MadeAt  inspect.Time   `json:"made_at"`
	GoneAt  inspect.Time   `json:"gone_at,omitzero"`
}

func exportOf(p *archive.ExportPage) exportWire {
	w := exportWire{ID: p.ID, Year: p.Year, Files: p.Files, Bytes: p.Bytes, Digest: p.Digest, MadeAt: p.MadeAt, GoneAt: p.GoneAt,
		MadeBy: rest.PersonOf(p.MadeBy, map[inspect.ID]store.PersonRef{p.MadeBy: p.MadeByRef})}
	if !p.Heading.IsZero() {
		w.Heading = &rest.Ref{ID: p.Heading, Name: p.HeadingTitle}
	}
	return w
}

func (h *exportHandlers) list(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	before, limit := q.Cursor("cursor"), q.Limit(20, 200)
	if err := q.Err(); err != nil {
		return err
	}
	all, next, err := h.archive.Exports(c.UserContext(), rest.Actor(c), before, limit)
	if err != nil {
		return err
	}
	page := struct {
		Exports []exportWire `json:"exports"`
		Next    string       `json:"next,omitempty"`
	}{Exports: []exportWire{}}
	for n := range all {
		page.Exports = append(page.Exports, exportOf(&all[n]))
	}
	if next > 0 {
		page.Next = rest.CursorText(next)
	}
	return c.JSON(page)
}

func (h *exportHandlers) put(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrExportNotFound)
	if err != nil {
		return err
	}
	in := struct {
		Heading  inspect.ID       `json:"heading"`
		Year     int              `json:"year" from:"2000" to:"2099"`
		Language inspect.Language `json:"lang"`
	}{}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	if in.Year != 0 && (in.Year < 2000 || in.Year > 2099) {
		return inspect.InvalidField("/year", "want 2000 to 2099")
	}
	if in.Language == "" {
		in.Language = inspect.Chinese
	}
	page, repeated, err := h.archive.PutExport(c.UserContext(), rest.Actor(c), archive.ExportRequest{ID: id, Heading: in.Heading, Year: in.Year, Language: in.Language})
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "export": exportOf(&page)})
}

func (h *exportHandlers) export(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrExportNotFound)
	if err != nil {
		return err
	}
	page, err := h.archive.Export(c.UserContext(), rest.Actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(exportOf(&page))
}

// zip sends an export, or the rest of it from where a connection broke.
func (h *exportHandlers) zip(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrExportNotFound)
	if err != nil {
		return err
	}
	page, body, err := h.archive.ExportZIP(c.UserContext(), rest.Actor(c), id)
	if err != nil {
		return err
	}
	name := "archive-" + page.MadeAt.UTC().Format("20060102")
	c.Set(fiber.HeaderContentType, "application/zip")
	c.Set(fiber.HeaderContentDisposition, rest.Attachment("档案-"+page.MadeAt.UTC().Format("20060102")+".zip", name+".zip"))
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return rest.SendBytes(c, body, page.Bytes, page.Digest)
}
