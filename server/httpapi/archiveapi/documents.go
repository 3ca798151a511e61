package archiveapi

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/document"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/pkg/stablezip"
	"spotcheck/server/core/archive"
	"spotcheck/server/httpapi/photoapi"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// documentHandlers serve what was brought to the archive.
type documentHandlers struct {
	archive *archive.Service
}

func (h *documentHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/archive/documents", Handle: h.list},
		{Method: fiber.MethodGet, Path: "/api/v1/archive/documents/:id", Handle: h.document},
		{Method: fiber.MethodPut, Path: "/api/v1/archive/documents/:id", Handle: h.put},
		{Method: fiber.MethodPut, Path: "/api/v1/archive/documents/:id/file", Slow: true, Upload: true, Handle: h.accept},
		{Method: fiber.MethodGet, Path: "/api/v1/archive/documents/:id/files/:n", Slow: true, Handle: h.file},
		{Method: fiber.MethodPut, Path: "/api/v1/archive/documents/:id/withdrawal", Handle: h.withdraw},
	}
}

type documentFileWire struct {
	N          int            `json:"n"`
	Name       string         `json:"name"`
	Type       string         `json:"type"`
	Bytes      int64          `json:"bytes"`
	SHA256     string         `json:"sha256"`
	By         rest.PersonRef `json:"by"`
	ReceivedAt inspect.Time   `json:"received_at"`
}

type withdrawalWire struct {
	Reason string         `json:"reason"`
	By     rest.PersonRef `json:"by"`
	At     inspect.Time   `json:"at"`
}

type documentWire struct {
	ID        inspect.ID         `json:"id"`
	Heading   rest.Ref           `json:"heading"`
	Title     string             `json:"title"`
	Number    string             `json:"number,omitempty"`
	Dated     inspect.Date       `json:"dated"`
	Unit      *rest.Ref          `json:"unit,omitempty"`
	KeepTo    inspect.Date       `json:"keep_to,omitempty"`
	Files     []documentFileWire `json:"files"`
	Withdrawn *withdrawalWire    `json:"withdrawn,omitempty"`
	MadeBy    rest.PersonRef     `json:"made_by"`
	CreatedAt inspect.Time       `json:"created_at"`
	UpdatedAt inspect.Time       `json:"updated_at"`
}

func documentOf(p *archive.DocumentPage, n int) documentWire {
	d := &p.Documents[n]
	h := p.Headings[d.Heading]
	w := documentWire{ID: d.ID, Heading: rest.Ref{ID: d.Heading, Name: h.Title}, Title: d.Title, Number: d.Number, Dated: d.Dated, Unit: rest.RefOf(d.Unit, p.Units),
		KeepTo: d.KeepTo(&h), Files: []documentFileWire{}, MadeBy: rest.PersonOf(d.MadeBy, p.People), CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt}
	for _, f := range d.Files {
		w.Files = append(w.Files, documentFileWire{f.N, f.Name, f.Type, f.Bytes, f.SHA256, rest.PersonOf(f.By, p.People), f.ReceivedAt})
	}
	if d.Withdrawn.At != 0 {
		w.Withdrawn = &withdrawalWire{d.Withdrawn.Reason, rest.PersonOf(d.Withdrawn.By, p.People), d.Withdrawn.At}
	}
	return w
}

func (h *documentHandlers) list(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	ask := archive.DocumentQuery{Year: year(q), DocumentFilter: store.DocumentFilter{Text: strings.TrimSpace(q.Text("text", 100)), Withdrawn: q.Flag("withdrawn"),
		After: q.Cursor("cursor"), Limit: q.Limit(100, 200)}}
	q.As("heading", &ask.Heading)
	q.As("unit", &ask.Unit)
	if err := q.Err(); err != nil {
		return err
	}
	page, err := h.archive.Documents(c.UserContext(), rest.Actor(c), ask)
	if err != nil {
		return err
	}
	out := struct {
		Documents []documentWire `json:"documents"`
		Next      string         `json:"next,omitempty"`
	}{Documents: []documentWire{}}
	for n := range page.Documents {
		out.Documents = append(out.Documents, documentOf(&page, n))
	}
	if page.Next > 0 {
		out.Next = rest.CursorText(page.Next)
	}
	return c.JSON(out)
}

func (h *documentHandlers) document(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrDocumentNotFound)
	if err != nil {
		return err
	}
	page, err := h.archive.Document(c.UserContext(), rest.Actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(documentOf(&page, 0))
}

// saved is the answer of every change of a document.
func saved(c *fiber.Ctx, page *archive.DocumentPage, repeated, fresh bool, err error) error {
	if err != nil {
		if len(page.Documents) == 1 {
			err = rest.WithRow(err, documentOf(page, 0))
		}
		return err
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "document": documentOf(page, 0)})
}

func (h *documentHandlers) put(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrDocumentNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Heading inspect.ID   `json:"heading" need:"true"`
		Title   string       `json:"title" need:"words" max:"200"`
		Number  string       `json:"number" max:"100"`
		Dated   inspect.Date `json:"dated" need:"true"`
		Unit    inspect.ID   `json:"unit"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	page, repeated, fresh, err := h.archive.PutDocument(c.UserContext(), rest.Actor(c), inspect.Document{ID: id, Heading: in.Heading, Title: in.Title,
		Number: strings.TrimSpace(in.Number), Dated: in.Dated, Unit: in.Unit, UpdatedAt: seen})
	return saved(c, &page, repeated, fresh, err)
}

// accept takes the next version of the file of a document.
func (h *documentHandlers) accept(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrDocumentNotFound)
	if err != nil {
		return err
	}
	q := rest.QueryOf(c)
	name := strings.TrimSpace(q.Text("name", 200))
	if err := q.Err(); err != nil {
		return err
	}
	u, err := photoapi.UploadOf(c)
	if err != nil {
		return err
	}
	page, repeated, err := h.archive.AcceptFile(c.UserContext(), rest.Actor(c), id, name, u)
	return saved(c, &page, repeated, !repeated, err)
}

func (h *documentHandlers) file(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrDocumentNotFound)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Params("n"))
	if err != nil || n < 1 {
		return inspect.ErrDocumentNoFile
	}
	d, f, body, err := h.archive.DocumentBytes(c.UserContext(), rest.Actor(c), id, n)
	if err != nil {
		return err
	}
	media := document.Type(f.Type).MediaType()
	if media == "" {
		media = photo.Type(f.Type).MediaType()
	}
	c.Set(fiber.HeaderContentType, media)
	c.Set(fiber.HeaderContentDisposition, rest.Attachment(stablezip.SafeName(d.Title)+"."+f.Type, "document."+f.Type))
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return rest.SendBytes(c, body, f.Bytes, f.SHA256)
}

func (h *documentHandlers) withdraw(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrDocumentNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Reason string `json:"reason" need:"words" max:"500"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	page, repeated, err := h.archive.WithdrawDocument(c.UserContext(), rest.Actor(c), id, in.Reason)
	return saved(c, &page, repeated, !repeated, err)
}
