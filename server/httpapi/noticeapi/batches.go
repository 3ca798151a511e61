package noticeapi

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/notices"
	"spotcheck/server/httpapi/issueapi"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// batchHandlers serve papers that are asked for together.
type batchHandlers struct {
	notices *notices.Service
	site    *rest.Site
	zone    *time.Location
	log     *slog.Logger
}

func (h *batchHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodPost, Path: "/api/v1/paper-batches/preview", Slow: true, Abandoned: true, Handle: h.previewBatch},
		{Method: fiber.MethodPut, Path: "/api/v1/paper-batches/:id", Handle: h.putBatch},
		{Method: fiber.MethodGet, Path: "/api/v1/paper-batches/:id", Handle: h.batch},
		{Method: fiber.MethodGet, Path: "/api/v1/paper-batches/:id/zip", Slow: true, Handle: h.batchZIP},
	}
}

type batchIn struct {
	Kind inspect.PaperKind `json:"kind" need:"true"`
	Each string            `json:"each" need:"true" max:"10"`
	paperTexts
}

// putBatch takes the filter from the address, as the list of issues does.
func (h *batchHandlers) putBatch(c *fiber.Ctx) error {
	batch, err := rest.ID(c, "id", inspect.ErrBatchNotFound)
	if err != nil {
		return err
	}
	ask, err := readBatch(c)
	if err != nil {
		return err
	}
	asked, err := json.Marshal(fiber.Map{"body": json.RawMessage(rest.Body(c)), "filter": string(c.Context().QueryArgs().QueryString())})
	if err != nil {
		return err
	}
	ask.ID, ask.Content = batch, asked
	b, repeated, err := h.notices.AskBatch(c.UserContext(), rest.Actor(c), ask)
	if err != nil {
		return err
	}
	w, err := batchOf(&b)
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "batch": w})
}

// readBatch is the batch that a body and the filter in the address ask for.
func readBatch(c *fiber.Ctx) (ask notices.BatchRequest, err error) {
	q := rest.QueryOf(c)
	f := issueapi.Filter(q)
	if err := q.Err(); err != nil {
		return ask, err
	}
	var in batchIn
	if err := rest.Read(c, &in); err != nil {
		return ask, err
	}
	each := notices.BatchPart(in.Each)
	wrong := in.check(in.Kind)
	if !slices.Contains([]notices.BatchPart{notices.EachIssue, notices.EachUnit}, each) {
		wrong = append(wrong, fault.Field{Pointer: "/each", Detail: "want issue or unit"})
	}
	if len(wrong) > 0 {
		return ask, inspect.ErrContent.At(wrong...)
	}
	return notices.BatchRequest{Kind: in.Kind, Each: each, Office: in.Office, Filter: f, PaperTexts: in.texts()}, nil
}

// previewBatch says what a batch would be if it were asked for now.
func (h *batchHandlers) previewBatch(c *fiber.Ctx) error {
	ask, err := readBatch(c)
	if err != nil {
		return err
	}
	v, err := h.notices.PreviewBatch(c.UserContext(), rest.Actor(c), ask)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.JSON(struct {
		Papers    int    `json:"papers"`
		Issues    int    `json:"issues"`
		Unprinted string `json:"unprinted,omitempty"`
	}{v.Papers, v.Issues, v.Unprinted})
}

type batchWire struct {
	ID       inspect.ID             `json:"id"`
	Kind     inspect.PaperKind      `json:"kind"`
	AskedAt  inspect.Time           `json:"asked_at"`
	Papers   int                    `json:"papers"`
	Issued   int                    `json:"issued"`
	Made     int                    `json:"made"`
	Finished bool                   `json:"finished"`
	Failed   []notices.BatchFailure `json:"failed"`
}

func batchOf(b *store.Batch) (batchWire, error) {
	w := batchWire{ID: b.ID, Kind: b.Kind, AskedAt: b.AskedAt, Papers: b.Papers, Issued: b.Issued, Made: b.Made, Finished: b.Done && b.Made == b.Issued,
		Failed: []notices.BatchFailure{}}
	if b.Failed == "" {
		return w, nil
	}
	err := json.Unmarshal([]byte(b.Failed), &w.Failed)
	return w, err
}

func (h *batchHandlers) batch(c *fiber.Ctx) error {
	batch, err := rest.ID(c, "id", inspect.ErrBatchNotFound)
	if err != nil {
		return err
	}
	b, err := h.notices.Batch(c.UserContext(), rest.Actor(c), batch)
	if err != nil {
		return err
	}
	w, err := batchOf(&b)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(w)
}

// batchZIP streams the papers of a batch with an index. A failure in the middle breaks the connection.
func (h *batchHandlers) batchZIP(c *fiber.Ctx) error {
	batch, err := rest.ID(c, "id", inspect.ErrBatchNotFound)
	if err != nil {
		return err
	}
	q := rest.QueryOf(c)
	kind := notices.PaperFileKind(q.Text("form", 4))
	switch kind {
	case "":
		kind = notices.PDF
	case notices.PDF, notices.DOCX:
	default:
		q.Fail("form", "want pdf or docx")
	}
	if err := q.Err(); err != nil {
		return err
	}
	who, asked := rest.Actor(c), rest.Asked(c)
	b, err := h.notices.Batch(c.UserContext(), who, batch)
	if err != nil {
		return err
	}
	if !b.Done || b.Made < b.Issued {
		return inspect.ErrBatchRunning
	}
	return rest.StreamDownload(c, h.log, "application/zip", "papers-"+batch.String()+".zip", func(ctx context.Context, w *bufio.Writer) error {
		z := zip.NewWriter(w)
		index := newBatchIndex(h.zone)
		if err := h.notices.BatchPapers(ctx, who, batch, asked, func(page notices.PaperPage) error {
			for n := range page.Papers {
				if err := h.pack(ctx, z, who, &page, n, kind, index); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		if err := index.write(z); err != nil {
			return err
		}
		return z.Close()
	})
}

// pack puts the file of one paper into an archive: it is small already.
func (h *batchHandlers) pack(ctx context.Context, z *zip.Writer, who *inspect.Actor, page *notices.PaperPage, n int, kind notices.PaperFileKind, index *batchIndex) error {
	p := &page.Papers[n]
	f, err := h.notices.PaperFile(ctx, who, p.ID, kind)
	if err != nil {
		return err
	}
	defer f.Body.Close()
	name := fmt.Sprintf("%05d-%s", p.N, fileName(p, kind))
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: p.IssuedAt.UTC()})
	if err == nil {
		_, err = io.Copy(w, f.Body)
	}
	if err != nil {
		return err
	}
	return index.add(p, &page.Names, name, f.SHA256)
}

// batchIndex is the table of an archive, for a spreadsheet.
type batchIndex struct {
	bytes.Buffer
	rows *csv.Writer
	zone *time.Location
}

func newBatchIndex(zone *time.Location) *batchIndex {
	i := &batchIndex{zone: zone}
	i.WriteString("\ufeff") // spreadsheets read UTF-8 by it
	i.rows = csv.NewWriter(i)
	_ = i.rows.Write([]string{"number", "kind", "unit", "issues", "issued_at", "file", "sha256", "id"}) // a buffer takes everything
	return i
}

func (i *batchIndex) add(p *store.Paper, n *notices.PaperNames, file, sum string) error {
	var issues []string
	for _, id := range p.Issues {
		issues = append(issues, n.Numbers[id])
	}
	return i.rows.Write([]string{rest.EscapeFormula(p.Number), paper.Title(p.Kind), rest.EscapeFormula(n.Units[p.Unit]), strings.Join(issues, " "),
		rest.LocalTime(p.IssuedAt, i.zone), rest.EscapeFormula(file), sum, p.ID.String()})
}

func (i *batchIndex) write(z *zip.Writer) error {
	i.rows.Flush()
	w, err := z.Create("index.csv")
	if err == nil {
		_, err = i.WriteTo(w)
	}
	return err
}
