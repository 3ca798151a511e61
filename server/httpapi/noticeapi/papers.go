package noticeapi

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/pkg/stablezip"
	"spotcheck/server/core/notices"
	"spotcheck/server/httpapi/photoapi"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

func (h *paperHandlers) signature(c *fiber.Ctx) error {
	paper, err := rest.ID(c, "id", inspect.ErrPaperNotFound)
	if err != nil {
		return err
	}
	pic, err := h.notices.Signature(c.UserContext(), rest.Actor(c), paper)
	if err != nil {
		return err
	}
	return photoapi.SendPicture(c, pic, "signature")
}

// paperHandlers serve the papers that are handed to units, and their receipts.
type paperHandlers struct {
	notices *notices.Service
}

func (h *paperHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/papers", Handle: h.papers},
		{Method: fiber.MethodPost, Path: "/api/v1/papers/preview", Handle: h.previewPaper},
		{Method: fiber.MethodPut, Path: "/api/v1/papers/:id", Handle: h.putPaper},
		{Method: fiber.MethodPut, Path: "/api/v1/papers/:id/cancellation", Handle: h.cancelPaper},
		{Method: fiber.MethodGet, Path: "/api/v1/papers/:id", Handle: h.paper},
		{Method: fiber.MethodGet, Path: "/api/v1/papers/:id/pdf", Slow: true, Handle: h.paperFile(notices.PDF)},
		{Method: fiber.MethodGet, Path: "/api/v1/papers/:id/docx", Slow: true, Handle: h.paperFile(notices.DOCX)},
		{Method: fiber.MethodPut, Path: "/api/v1/papers/:id/receipt", Handle: h.signPaper},
		{Method: fiber.MethodGet, Path: "/api/v1/papers/:id/signature", Slow: true, Handle: h.signature},
	}
}

// paperTexts are what the office writes on a paper.
type paperTexts struct {
	Office      string       `json:"office" max:"20"`
	CopyTo      []string     `json:"copy_to" max:"20" each:"100"`
	Reason      string       `json:"reason" max:"500"`
	Demand      string       `json:"demand" max:"1000"`
	DueAt       inspect.Time `json:"due_at"`
	Basis       string       `json:"basis" max:"500"`
	Consequence string       `json:"consequence" max:"500"`
	Signer      string       `json:"signer" max:"50"`
}

func (in *paperTexts) texts() notices.PaperTexts {
	return notices.PaperTexts{CopyTo: in.CopyTo, Reason: in.Reason, Demand: in.Demand, DueAt: in.DueAt, Basis: in.Basis, Consequence: in.Consequence, Signer: in.Signer}
}

// check refuses what does not belong on a kind of paper.
func (in *paperTexts) check(k inspect.PaperKind) (wrong []fault.Field) {
	for n, to := range in.CopyTo {
		if strings.TrimSpace(to) == "" {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/copy_to/%d", n), Detail: "is empty"})
		}
	}
	if pressing := k == inspect.SupervisionLetter; pressing != (strings.TrimSpace(in.Reason) != "") {
		wrong = append(wrong, fault.Field{Pointer: "/reason", Detail: "is needed for a supervision letter, and has no meaning for other papers"})
	}
	return wrong
}

type paperIn struct {
	Kind     inspect.PaperKind `json:"kind" need:"true"`
	Issues   []inspect.ID      `json:"issues" need:"true" max:"100"`
	Unit     inspect.ID        `json:"unit"`
	Corrects inspect.ID        `json:"corrects"`
	paperTexts
}

func (h *paperHandlers) putPaper(c *fiber.Ctx) error {
	paper, err := rest.ID(c, "id", inspect.ErrPaperNotFound)
	if err != nil {
		return err
	}
	ask, err := readPaper(c)
	if err != nil {
		return err
	}
	ask.ID, ask.Content = paper, rest.Body(c)
	v, repeated, err := h.notices.IssuePaper(c.UserContext(), rest.Actor(c), ask)
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "paper": wholePaper(&v)})
}

// previewPaper shows a paper as it would be issued now.
func (h *paperHandlers) previewPaper(c *fiber.Ctx) error {
	ask, err := readPaper(c)
	if err != nil {
		return err
	}
	ask.ID = inspect.NewID()
	v, err := h.notices.PreviewPaper(c.UserContext(), rest.Actor(c), ask)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.JSON(fiber.Map{"paper": wholePaper(&v)})
}

// readPaper is the paper that a body asks for.
func readPaper(c *fiber.Ctx) (ask notices.PaperRequest, err error) {
	var in paperIn
	if err := rest.Read(c, &in); err != nil {
		return ask, err
	}
	wrong := in.check(in.Kind)
	seen := map[inspect.ID]bool{}
	for n, i := range in.Issues {
		if seen[i] {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/issues/%d", n), Detail: "stands twice"})
		}
		seen[i] = true
	}
	if len(in.Issues) == 0 {
		wrong = append(wrong, fault.Field{Pointer: "/issues", Detail: "want at least one"})
	}
	if len(wrong) > 0 {
		return ask, inspect.ErrContent.At(wrong...)
	}
	return notices.PaperRequest{Kind: in.Kind, Office: in.Office, Issues: in.Issues, Unit: in.Unit, Corrects: in.Corrects, PaperTexts: in.texts()}, nil
}

type cancelIn struct {
	Reason string `json:"reason" need:"words" max:"500"`
}

func (h *paperHandlers) cancelPaper(c *fiber.Ctx) error {
	paper, err := rest.ID(c, "id", inspect.ErrPaperNotFound)
	if err != nil {
		return err
	}
	var in cancelIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	v, repeated, err := h.notices.CancelPaper(c.UserContext(), rest.Actor(c), notices.CancelRequest{Paper: paper, Reason: in.Reason, Content: rest.Body(c)})
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(paperReceipt(repeated, &v))
}

// paperReceipt acknowledges what was done to a paper, with the paper as it is now where the person may see it.
func paperReceipt(repeated bool, v *notices.PaperView) fiber.Map {
	if v.ID.IsZero() {
		return fiber.Map{"repeated": repeated}
	}
	return fiber.Map{"repeated": repeated, "paper": wholePaper(v)}
}

type fileWire struct {
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

type receiptWire struct {
	Name      string         `json:"name,omitempty"`
	SignedAt  inspect.Time   `json:"signed_at"`
	By        rest.PersonRef `json:"by"`
	At        inspect.Time   `json:"at"`
	Signature *fileWire      `json:"signature,omitempty"`
	Photo     inspect.ID     `json:"photo,omitzero"`
}

type paperWire struct {
	ID          inspect.ID        `json:"id"`
	Kind        inspect.PaperKind `json:"kind"`
	Number      string            `json:"number"`
	Office      string            `json:"office"`
	Unit        *rest.Ref         `json:"unit"`
	Issues      []rest.NumberRef  `json:"issues"`
	Issuer      rest.PersonRef    `json:"issuer"`
	IssuedAt    inspect.Time      `json:"issued_at"`
	Corrects    *rest.NumberRef   `json:"corrects,omitempty"`
	CorrectedBy *rest.NumberRef   `json:"corrected_by,omitempty"`
	Batch       inspect.ID        `json:"batch,omitzero"`
	Made        bool              `json:"made"`
	Signed      bool              `json:"signed"`
	PDF         *fileWire         `json:"pdf,omitempty"`
	DOCX        *fileWire         `json:"docx,omitempty"`
	CancelledAt inspect.Time      `json:"cancelled_at,omitzero"`

	Content   json.RawMessage `json:"content,omitempty"`
	Unprinted string          `json:"unprinted,omitempty"`
	Receipt   *receiptWire    `json:"receipt,omitempty"`
	Void      *voidWire       `json:"cancellation,omitempty"`
}

// voidWire is who cancelled a paper, and why.
type voidWire struct {
	By     rest.PersonRef `json:"by"`
	At     inspect.Time   `json:"at"`
	Reason string         `json:"reason"`
}

func paperOf(p *store.Paper, n *notices.PaperNames) paperWire {
	w := paperWire{ID: p.ID, Kind: p.Kind, Number: p.Number, Office: p.Office, Unit: rest.RefOf(p.Unit, n.Units), Issues: []rest.NumberRef{},
		Issuer: rest.PersonOf(p.Issuer, n.People), IssuedAt: p.IssuedAt, Corrects: numberOf(p.Corrects, n),
		CorrectedBy: numberOf(p.CorrectedBy, n), Batch: p.Batch, Made: p.HasFiles(), Signed: p.Signed, CancelledAt: p.CancelledAt}
	for _, i := range p.Issues {
		w.Issues = append(w.Issues, rest.NumberRef{ID: i, Number: n.Numbers[i]})
	}
	if p.HasFiles() {
		w.PDF, w.DOCX = &fileWire{p.PDF.SHA256, p.PDF.Bytes}, &fileWire{p.DOCX.SHA256, p.DOCX.Bytes}
	}
	return w
}

func numberOf(id inspect.ID, n *notices.PaperNames) *rest.NumberRef {
	if id.IsZero() {
		return nil
	}
	return &rest.NumberRef{ID: id, Number: n.Numbers[id]}
}

func wholePaper(v *notices.PaperView) paperWire {
	w := paperOf(&v.Paper, &v.Names)
	w.Content, w.Unprinted = v.Says, v.Unprinted
	if void := v.Void; void != nil {
		w.Void = &voidWire{rest.PersonOf(void.By, v.Names.People), void.At, void.Reason}
	}
	if r := v.Receipt; r != nil {
		w.Receipt = &receiptWire{Name: r.Name, SignedAt: r.SignedAt, By: rest.PersonOf(r.By, v.Names.People), At: r.At, Photo: r.Photo}
		if r.Signature.SHA256 != "" {
			w.Receipt.Signature = &fileWire{r.Signature.SHA256, r.Signature.Bytes}
		}
	}
	return w
}

func (h *paperHandlers) paper(c *fiber.Ctx) error {
	paper, err := rest.ID(c, "id", inspect.ErrPaperNotFound)
	if err != nil {
		return err
	}
	v, err := h.notices.Paper(c.UserContext(), rest.Actor(c), paper)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(wholePaper(&v))
}

func (h *paperHandlers) papers(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	f := store.PaperFilter{After: q.Cursor("cursor"), Limit: q.Limit(50, 200)}
	q.As("issue", &f.Issue)
	q.As("unit", &f.Unit)
	q.As("batch", &f.Batch)
	q.As("kind", &f.Kind)
	if signed := q.Flag("signed"); c.Query("signed") != "" {
		f.Signed = &signed
	}
	if err := q.Err(); err != nil {
		return err
	}
	page, err := h.notices.Papers(c.UserContext(), rest.Actor(c), f)
	if err != nil {
		return err
	}
	out := struct {
		Papers []paperWire `json:"papers"`
		Next   string      `json:"next,omitempty"`
	}{Papers: []paperWire{}}
	for n := range page.Papers {
		out.Papers = append(out.Papers, paperOf(&page.Papers[n], &page.Names))
	}
	if page.Next != 0 {
		out.Next = rest.CursorText(page.Next)
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(out)
}

// The media types of papers.
var paperTypes = map[notices.PaperFileKind]string{
	notices.PDF: "application/pdf", notices.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

func (h *paperHandlers) paperFile(kind notices.PaperFileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		paper, err := rest.ID(c, "id", inspect.ErrPaperNotFound)
		if err != nil {
			return err
		}
		f, err := h.notices.PaperFile(c.UserContext(), rest.Actor(c), paper, kind)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, paperTypes[kind])
		c.Set(fiber.HeaderContentDisposition, rest.Attachment(fileName(&f.Paper, kind), string(f.Paper.Kind)+"-"+f.Paper.ID.String()+"."+string(kind)))
		c.Set(fiber.HeaderETag, `"`+f.SHA256+`"`)
		c.Set(fiber.HeaderCacheControl, "private, no-cache")
		c.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		rest.SendStream(c, f.Body, f.Body, f.Bytes)
		return nil
	}
}

// fileName is the name of a paper as a file: its kind and its number.
func fileName(p *store.Paper, kind notices.PaperFileKind) string {
	return stablezip.SafeName(paper.Title(p.Kind)+"-"+p.Number) + "." + string(kind)
}

// signatureBytes is bytes as base64 with padding.
type signatureBytes []byte

// UnmarshalText reads base64 and refuses all else.
func (b *signatureBytes) UnmarshalText(text []byte) (err error) {
	if *b, err = base64.StdEncoding.Strict().DecodeString(string(text)); err != nil {
		return errors.New("want base64 with padding")
	}
	return nil
}

type receiptIn struct {
	Name      string         `json:"name" need:"words" max:"50"`
	SignedAt  inspect.Time   `json:"signed_at" need:"true"`
	Signature signatureBytes `json:"signature" max:"300000"`
	Photo     inspect.ID     `json:"photo"`
	SentAt    inspect.Time   `json:"sent_at"`
}

func (h *paperHandlers) signPaper(c *fiber.Ctx) error {
	paper, err := rest.ID(c, "id", inspect.ErrPaperNotFound)
	if err != nil {
		return err
	}
	var in receiptIn
	if err := rest.ReadEvidence(c, &in); err != nil {
		return err
	}
	if len(in.Signature) > 0 && !in.Photo.IsZero() {
		return inspect.ErrContent.At(fault.Field{Pointer: "/photo", Detail: "a drawn signature or a photo, not both"})
	}
	v, repeated, err := h.notices.SignPaper(c.UserContext(), rest.Actor(c), notices.ReceiptRequest{Paper: paper, Name: in.Name, SignedAt: in.SignedAt, Signature: in.Signature,
		Photo: in.Photo, Content: rest.Body(c)})
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(paperReceipt(repeated, &v))
}
