package archiveapi

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
	"spotcheck/server/core/archive"
	"spotcheck/server/core/places"
	"spotcheck/server/httpapi/rest"
)

// headingHandlers serve the tree of headings, with what fills them and what is missing.
type headingHandlers struct {
	archive *archive.Service
}

func (h *headingHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/archive/headings", Handle: h.list},
		{Method: fiber.MethodPut, Path: "/api/v1/archive/headings/:id", Handle: h.put},
		{Method: fiber.MethodGet, Path: "/api/v1/archive/headings/:id/leaves", Handle: h.leaves},
		{Method: fiber.MethodPost, Path: "/api/v1/archive/heading-imports", Slow: true, Upload: true, Abandoned: true, Handle: h.imports},
		{Method: fiber.MethodGet, Path: "/api/v1/archive/coverage", Slow: true, Handle: h.coverage},
	}
}

type headingWire struct {
	ID        inspect.ID            `json:"id"`
	Parent    inspect.ID            `json:"parent,omitzero"`
	Number    string                `json:"number,omitempty"`
	Title     string                `json:"title"`
	Note      string                `json:"note,omitempty"`
	Source    inspect.HeadingSource `json:"source,omitempty"`
	Detail    string                `json:"detail,omitempty"`
	Least     int                   `json:"least"`
	Units     []inspect.ID          `json:"units"`
	KeepYears int                   `json:"keep_years"`
	Enabled   bool                  `json:"enabled"`
	CreatedAt inspect.Time          `json:"created_at"`
	UpdatedAt inspect.Time          `json:"updated_at"`
}

func headingOf(h *inspect.Heading) headingWire {
	return headingWire{h.ID, h.Parent, h.Number, h.Title, h.Note, h.Source, h.Detail, h.Least, append([]inspect.ID{}, h.Units...), h.KeepYears, h.Enabled,
		h.CreatedAt, h.UpdatedAt}
}

// heldWire is a heading with what lies below it and what is missing.
type heldWire struct {
	headingWire
	Documents int        `json:"documents"`
	Short     int        `json:"short"`
	Lacking   []rest.Ref `json:"lacking"`
}

// year is a year from the address, 0 for all.
func year(q *rest.Query) int {
	if !q.Given("year") {
		return 0
	}
	n := q.Count("year", 0, 2099)
	if n != 0 && n < 2000 {
		q.Fail("year", "want 2000 to 2099")
	}
	return n
}

func (h *headingHandlers) list(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	of := year(q)
	if err := q.Err(); err != nil {
		return err
	}
	all, units, err := h.archive.Headings(c.UserContext(), rest.Actor(c), of)
	if err != nil {
		return err
	}
	list := []heldWire{}
	for n := range all {
		w := heldWire{headingOf(&all[n].Heading), all[n].Documents, all[n].Short, []rest.Ref{}}
		for _, unit := range all[n].Lacking {
			w.Lacking = append(w.Lacking, *rest.RefOf(unit, units))
		}
		list = append(list, w)
	}
	return c.JSON(fiber.Map{"headings": list})
}

type headingIn struct {
	Parent    inspect.ID            `json:"parent"`
	Number    string                `json:"number" max:"30"`
	Title     string                `json:"title" need:"words" max:"200"`
	Note      string                `json:"note" max:"1000"`
	Source    inspect.HeadingSource `json:"source"`
	Detail    string                `json:"detail" max:"20"`
	Least     int                   `json:"least" from:"0" to:"1000"`
	Units     []inspect.ID          `json:"units" max:"500"`
	KeepYears int                   `json:"keep_years" from:"0" to:"100"`
	Enabled   *bool                 `json:"enabled"`
}

func (h *headingHandlers) put(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrHeadingNotFound)
	if err != nil {
		return err
	}
	var in headingIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	in.Title, in.Number = strings.TrimSpace(in.Title), strings.TrimSpace(in.Number)
	var wrong []fault.Field
	if in.Title == "" {
		wrong = append(wrong, fault.Field{Pointer: "/title", Detail: "is empty"})
	}
	if in.Least < 0 || in.Least > 1000 {
		wrong = append(wrong, fault.Field{Pointer: "/least", Detail: "want 0 to 1000"})
	}
	if in.KeepYears < 0 || in.KeepYears > archive.MostKeepYears {
		wrong = append(wrong, fault.Field{Pointer: "/keep_years", Detail: "want 0 to 100"})
	}
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	v, repeated, fresh, err := h.archive.PutHeading(c.UserContext(), rest.Actor(c), inspect.Heading{ID: id, Parent: in.Parent, Number: in.Number, Title: in.Title,
		Note: in.Note, Source: in.Source, Detail: in.Detail, Least: in.Least, Units: in.Units, KeepYears: in.KeepYears, Enabled: rest.TrueIfAbsent(in.Enabled),
		UpdatedAt: seen})
	if err != nil {
		return rest.WithRow(err, headingOf(&v))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "heading": headingOf(&v)})
}

// leafWire is something that was made here, below a heading that fills itself.
type leafWire struct {
	ID     inspect.ID   `json:"id,omitzero"`
	Title  string       `json:"title"`
	Number string       `json:"number,omitempty"`
	Dated  inspect.Date `json:"dated"`
	Unit   *rest.Ref    `json:"unit,omitempty"`
	SHA256 string       `json:"sha256,omitempty"`
	Bytes  int64        `json:"bytes,omitempty"`
	Type   string       `json:"type"`
}

func (h *headingHandlers) leaves(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrHeadingNotFound)
	if err != nil {
		return err
	}
	q := rest.QueryOf(c)
	of := year(q)
	if err := q.Err(); err != nil {
		return err
	}
	all, units, err := h.archive.Leaves(c.UserContext(), rest.Actor(c), id, of)
	if err != nil {
		return err
	}
	list := []leafWire{}
	for _, l := range all {
		list = append(list, leafWire{l.ID, l.Title, l.Number, l.Dated, rest.RefOf(l.Unit, units), l.SHA256, l.Bytes, l.Type})
	}
	return c.JSON(fiber.Map{"leaves": list})
}

// imports takes a table of headings.
func (h *headingHandlers) imports(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var file places.TableFile
	file.Sheet, file.Heads = q.Table()
	if err := q.Err(); err != nil {
		return err
	}
	if !rest.Actor(c).MayAnywhere(inspect.MayArchive) { // before anybody's megabytes are read
		return inspect.ErrForbidden
	}
	var err error
	if file.Body, err = rest.ReadUpload(c, table.MostBytes); err != nil {
		return err
	}
	n, err := h.archive.ImportHeadings(c.UserContext(), rest.Actor(c), file)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"rows": n.Added + n.Changed + n.Same, "added": n.Added, "changed": n.Changed, "same": n.Same})
}

// coverage is the list of how many have signed, as it would leave with an export now.
func (h *headingHandlers) coverage(c *fiber.Ctx) error {
	q, language := rest.QueryOf(c), inspect.Chinese
	q.As("lang", &language)
	if err := q.Err(); err != nil {
		return err
	}
	b, err := h.archive.Coverage(c.UserContext(), rest.Actor(c), language)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Set(fiber.HeaderContentDisposition, rest.Attachment("签订率.xlsx", "coverage.xlsx"))
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(b)
}
