package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core"
	"spotcheck/server/store"
)

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

func (in *paperTexts) texts() core.PaperTexts {
	return core.PaperTexts{CopyTo: in.CopyTo, Reason: in.Reason, Demand: in.Demand, DueAt: in.DueAt, Basis: in.Basis, Consequence: in.Consequence, Signer: in.Signer}
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

func (a *API) putPaper(c *fiber.Ctx) error {
	paper, err := id(c, "id", inspect.ErrPaperNotFound)
	if err != nil {
		return err
	}
	var in paperIn
	if err := read(c, &in); err != nil {
		return err
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
		return inspect.ErrContent.At(wrong...)
	}
	v, repeated, err := a.Core.IssuePaper(c.UserContext(), actor(c), core.PaperAsk{ID: paper, Kind: in.Kind, Office: in.Office, Issues: in.Issues, Unit: in.Unit,
		Corrects: in.Corrects, PaperTexts: in.texts(), Content: bodyOf(c)})
	if err != nil {
		return err
	}
	return created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "paper": wholePaper(&v)})
}

type fileWire struct {
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

type receiptWire struct {
	Name      string       `json:"name,omitempty"`
	SignedAt  inspect.Time `json:"signed_at"`
	By        personRef    `json:"by"`
	At        inspect.Time `json:"at"`
	Signature *fileWire    `json:"signature,omitempty"`
	Photo     inspect.ID   `json:"photo,omitzero"`
}

type paperWire struct {
	ID          inspect.ID        `json:"id"`
	Kind        inspect.PaperKind `json:"kind"`
	Number      string            `json:"number"`
	Office      string            `json:"office"`
	Unit        *ref              `json:"unit"`
	Issues      []numberRef       `json:"issues"`
	Issuer      personRef         `json:"issuer"`
	IssuedAt    inspect.Time      `json:"issued_at"`
	Corrects    *numberRef        `json:"corrects,omitempty"`
	CorrectedBy *numberRef        `json:"corrected_by,omitempty"`
	Batch       inspect.ID        `json:"batch,omitzero"`
	Made        bool              `json:"made"`
	Signed      bool              `json:"signed"`
	PDF         *fileWire         `json:"pdf,omitempty"`
	DOCX        *fileWire         `json:"docx,omitempty"`

	Content   json.RawMessage `json:"content,omitempty"`
	Unprinted string          `json:"unprinted,omitempty"`
	Receipt   *receiptWire    `json:"receipt,omitempty"`
}

func paperOf(p *store.Paper, n *core.PaperNames) paperWire {
	w := paperWire{ID: p.ID, Kind: p.Kind, Number: p.Number, Office: p.Office, Unit: refOf(p.Unit, n.Units), Issues: []numberRef{}, Issuer: personOf(p.Issuer, n.People),
		IssuedAt: p.IssuedAt, Corrects: numberOf(p.Corrects, n), CorrectedBy: numberOf(p.CorrectedBy, n), Batch: p.Batch, Made: p.HasFiles(), Signed: p.Signed}
	for _, i := range p.Issues {
		w.Issues = append(w.Issues, numberRef{i, n.Numbers[i]})
	}
	if p.HasFiles() {
		w.PDF, w.DOCX = &fileWire{p.PDF.SHA256, p.PDF.Bytes}, &fileWire{p.DOCX.SHA256, p.DOCX.Bytes}
	}
	return w
}

func numberOf(id inspect.ID, n *core.PaperNames) *numberRef {
	if id.IsZero() {
		return nil
	}
	return &numberRef{id, n.Numbers[id]}
}

func wholePaper(v *core.PaperView) paperWire {
	w := paperOf(&v.Paper, &v.Names)
	w.Content, w.Unprinted = v.Says, v.Unprinted
	if r := v.Receipt; r != nil {
		w.Receipt = &receiptWire{Name: r.Name, SignedAt: r.SignedAt, By: personOf(r.By, v.Names.People), At: r.At, Photo: r.Photo}
		if r.Signature.SHA256 != "" {
			w.Receipt.Signature = &fileWire{r.Signature.SHA256, r.Signature.Bytes}
		}
	}
	return w
}

func (a *API) paper(c *fiber.Ctx) error {
	paper, err := id(c, "id", inspect.ErrPaperNotFound)
	if err != nil {
		return err
	}
	v, err := a.Core.Paper(c.UserContext(), actor(c), paper)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(wholePaper(&v))
}

func (a *API) papers(c *fiber.Ctx) error {
	q := queryOf(c)
	f := store.PaperFilter{After: q.cursor("cursor"), Limit: q.limit(50, 200)}
	q.as("issue", &f.Issue)
	q.as("unit", &f.Unit)
	q.as("batch", &f.Batch)
	q.as("kind", &f.Kind)
	if signed := q.flag("signed"); c.Query("signed") != "" {
		f.Signed = &signed
	}
	if err := q.fault(); err != nil {
		return err
	}
	page, err := a.Core.Papers(c.UserContext(), actor(c), f)
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
		out.Next = cursorText(page.Next)
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(out)
}

// The media types of papers.
var paperTypes = map[core.PaperFileKind]string{
	core.PDF: "application/pdf", core.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

func (a *API) paperFile(kind core.PaperFileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		paper, err := id(c, "id", inspect.ErrPaperNotFound)
		if err != nil {
			return err
		}
		f, err := a.Core.PaperFile(c.UserContext(), actor(c), paper, kind)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, paperTypes[kind])
		c.Set(fiber.HeaderContentDisposition, attachment(fileName(&f.Paper, kind), string(f.Paper.Kind)+"-"+f.Paper.ID.String()+"."+string(kind)))
		c.Set(fiber.HeaderETag, `"`+f.SHA256+`"`)
		c.Set(fiber.HeaderCacheControl, "private, no-cache")
		c.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		c.Context().SetBodyStream(&part{f.Body, f.Body}, int(f.Bytes))
		return nil
	}
}

// fileName is the name of a paper as a file: its kind and its number.
func fileName(p *store.Paper, kind core.PaperFileKind) string {
	return safeName(paper.Title(p.Kind)+"-"+p.Number) + "." + string(kind)
}

// safeName is a text without what file systems and archives take for more than a name.
func safeName(text string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|%`, r) || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, text)
	return strings.Trim(name, ". ")
}

// attachment is the header that gives a file its name, and a plain one to who reads ASCII only (RFC 6266).
func attachment(name, plain string) string {
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + url.PathEscape(name)
}

// base64Text is bytes as base64 with padding.
type base64Text []byte

// UnmarshalText reads base64 and refuses all else.
func (b *base64Text) UnmarshalText(text []byte) (err error) {
	if *b, err = base64.StdEncoding.Strict().DecodeString(string(text)); err != nil {
		return errors.New("want base64 with padding")
	}
	return nil
}

type receiptIn struct {
	Name      string       `json:"name" need:"true" max:"50"`
	SignedAt  inspect.Time `json:"signed_at" need:"true"`
	Signature base64Text   `json:"signature" max:"300000"`
	Photo     inspect.ID   `json:"photo"`
	SentAt    inspect.Time `json:"sent_at"`
}

func (a *API) signPaper(c *fiber.Ctx) error {
	paper, err := id(c, "id", inspect.ErrPaperNotFound)
	if err != nil {
		return err
	}
	var in receiptIn
	if err := readEvidence(c, &in); err != nil {
		return err
	}
	if len(in.Signature) > 0 && !in.Photo.IsZero() {
		return inspect.ErrContent.At(fault.Field{Pointer: "/photo", Detail: "a drawn signature or a photo, not both"})
	}
	v, repeated, err := a.Core.SignPaper(c.UserContext(), actor(c), core.ReceiptAsk{Paper: paper, Name: in.Name, SignedAt: in.SignedAt, Signature: in.Signature,
		Photo: in.Photo, Content: bodyOf(c)})
	if err != nil {
		return err
	}
	return created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "paper": wholePaper(&v)})
}
