package httpapi

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core"
	"spotcheck/server/store"
)

type batchIn struct {
	Kind inspect.PaperKind `json:"kind" need:"true"`
	Each string            `json:"each" need:"true" max:"10"`
	paperTexts
}

// putBatch takes the filter from the address, as the list of issues does.
func (a *API) putBatch(c *fiber.Ctx) error {
	batch, err := id(c, "id", inspect.ErrBatchNotFound)
	if err != nil {
		return err
	}
	q := queryOf(c)
	f := filterOf(q)
	if err := q.fault(); err != nil {
		return err
	}
	var in batchIn
	if err := read(c, &in); err != nil {
		return err
	}
	each := core.BatchEach(in.Each)
	wrong := in.check(in.Kind)
	if !slices.Contains([]core.BatchEach{core.EachIssue, core.EachUnit}, each) {
		wrong = append(wrong, fault.Field{Pointer: "/each", Detail: "want issue or unit"})
	}
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	asked, err := json.Marshal(fiber.Map{"body": json.RawMessage(bodyOf(c)), "filter": string(c.Context().QueryArgs().QueryString())})
	if err != nil {
		return err
	}
	b, repeated, err := a.Core.AskBatch(c.UserContext(), actor(c), core.BatchAsk{ID: batch, Kind: in.Kind, Each: each, Office: in.Office, Filter: f,
		PaperTexts: in.texts(), Content: asked})
	if err != nil {
		return err
	}
	w, err := batchOf(&b)
	if err != nil {
		return err
	}
	return created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "batch": w})
}

type batchWire struct {
	ID       inspect.ID          `json:"id"`
	Kind     inspect.PaperKind   `json:"kind"`
	AskedAt  inspect.Time        `json:"asked_at"`
	Papers   int                 `json:"papers"`
	Issued   int                 `json:"issued"`
	Made     int                 `json:"made"`
	Finished bool                `json:"finished"`
	Failed   []core.BatchFailure `json:"failed"`
}

func batchOf(b *store.Batch) (batchWire, error) {
	w := batchWire{ID: b.ID, Kind: b.Kind, AskedAt: b.AskedAt, Papers: b.Papers, Issued: b.Issued, Made: b.Made, Finished: b.Done && b.Made == b.Issued,
		Failed: []core.BatchFailure{}}
	if b.Failed == "" {
		return w, nil
	}
	return w, json.Unmarshal([]byte(b.Failed), &w.Failed)
}

func (a *API) batch(c *fiber.Ctx) error {
	batch, err := id(c, "id", inspect.ErrBatchNotFound)
	if err != nil {
		return err
	}
	b, err := a.Core.Batch(c.UserContext(), actor(c), batch)
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
func (a *API) batchZIP(c *fiber.Ctx) error {
	batch, err := id(c, "id", inspect.ErrBatchNotFound)
	if err != nil {
		return err
	}
	q := queryOf(c)
	kind := core.PaperFileKind(q.text("form", 4))
	switch kind {
	case "":
		kind = core.PDF
	case core.PDF, core.DOCX:
	default:
		q.fail("form", "want pdf or docx")
	}
	if err := q.fault(); err != nil {
		return err
	}
	who, from := actor(c), a.address(c)
	b, err := a.Core.Batch(c.UserContext(), who, batch)
	if err != nil {
		return err
	}
	if !b.Done || b.Made < b.Issued {
		return inspect.ErrBatchRunning
	}
	return a.pour(c, "application/zip", "papers-"+batch.String()+".zip", func(ctx context.Context, w *bufio.Writer) error {
		z := zip.NewWriter(w)
		index := newIndex(a.local)
		if err := a.Core.BatchPapers(ctx, who, batch, from, func(page core.PaperPage) error {
			for n := range page.Papers {
				if err := a.pack(ctx, z, who, &page, n, kind, index); err != nil {
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
func (a *API) pack(ctx context.Context, z *zip.Writer, who *inspect.Actor, page *core.PaperPage, n int, kind core.PaperFileKind, index *index) error {
	p := &page.Papers[n]
	f, err := a.Core.PaperFile(ctx, who, p.ID, kind)
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

// index is the table of an archive, for a spreadsheet.
type index struct {
	bytes.Buffer
	rows  *csv.Writer
	local func(inspect.Time) string
}

func newIndex(local func(inspect.Time) string) *index {
	i := &index{local: local}
	i.WriteString("\ufeff") // spreadsheets read UTF-8 by it
	i.rows = csv.NewWriter(i)
	_ = i.rows.Write([]string{"number", "kind", "unit", "issues", "issued_at", "file", "sha256", "id"}) // a buffer takes everything
	return i
}

func (i *index) add(p *store.Paper, n *core.PaperNames, file, sum string) error {
	var issues []string
	for _, id := range p.Issues {
		issues = append(issues, n.Numbers[id])
	}
	return i.rows.Write([]string{inert(p.Number), paper.Title(p.Kind), inert(n.Units[p.Unit]), strings.Join(issues, " "), i.local(p.IssuedAt), inert(file), sum, p.ID.String()})
}

func (i *index) write(z *zip.Writer) error {
	i.rows.Flush()
	w, err := z.Create("index.csv")
	if err == nil {
		_, err = i.WriteTo(w)
	}
	return err
}

func (a *API) signature(c *fiber.Ctx) error {
	paper, err := id(c, "id", inspect.ErrPaperNotFound)
	if err != nil {
		return err
	}
	pic, err := a.Core.Signature(c.UserContext(), actor(c), paper)
	if err != nil {
		return err
	}
	return send(c, pic, "signature")
}
