package importapi

import (
	"bufio"
	"context"
	"log/slog"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	tables "spotcheck/pkg/intake"
	"spotcheck/pkg/paper"
	"spotcheck/pkg/table"
	"spotcheck/server/core/intake"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/registerapi"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// importHandlers take in work orders of other systems and answer them.
type importHandlers struct {
	intake *intake.Service
	site   *rest.Site
	log    *slog.Logger
}

func (h *importHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/issue-imports", Handle: h.issueImports},
		{Method: fiber.MethodPost, Path: "/api/v1/issue-imports", Slow: true, Upload: true, Abandoned: true, Handle: h.checkIssues},
		{Method: fiber.MethodPost, Path: "/api/v1/issue-imports/look", Slow: true, Upload: true, Abandoned: true, Handle: h.look},
		{Method: fiber.MethodGet, Path: "/api/v1/issue-imports/:id", Handle: h.issueImport},
		{Method: fiber.MethodPost, Path: "/api/v1/issue-imports/:id/apply", Handle: h.makeIssues},
		{Method: fiber.MethodGet, Path: "/api/v1/issue-imports/:id/errors", Slow: true, Handle: h.sheet("errors", (*intake.Service).WrongRows)},
		{Method: fiber.MethodGet, Path: "/api/v1/issue-imports/:id/replies", Slow: true, Handle: h.sheet("replies", (*intake.Service).Replies)},
	}
}

// issueImportWire is an import of issues in a list.
type issueImportWire struct {
	ID        inspect.ID             `json:"id"`
	State     store.IssueImportState `json:"state"`
	SentBy    rest.PersonRef         `json:"sent_by"`
	Source    inspect.Source         `json:"source"`
	Format    string                 `json:"format"`
	SHA256    string                 `json:"sha256"`
	Bytes     int64                  `json:"bytes"`
	Rows      int                    `json:"rows"`
	Fresh     int                    `json:"fresh"`
	Known     int                    `json:"known"`
	Wrong     int                    `json:"wrong"`
	Left      int                    `json:"left"`
	SentAt    inspect.Time           `json:"sent_at"`
	UpdatedAt inspect.Time           `json:"updated_at"`
}

func issueImportOf(i *store.IssueImport, people map[inspect.ID]store.PersonRef) issueImportWire {
	return issueImportWire{i.ID, i.State, rest.PersonOf(i.By, people), i.Source, i.Format, i.SHA256, i.Bytes, i.Lines, i.NewRows, i.KnownRows,
		i.InvalidRows, i.RemainingRows, i.SentAt, i.UpdatedAt}
}

// importRow is a row as it is read. Who called is left out.
type importRow struct {
	Row        int                      `json:"row"`
	Number     string                   `json:"number,omitempty"`
	CameAt     inspect.Time             `json:"came_at,omitzero"`
	Category   *registerapi.CategoryRef `json:"category,omitempty"`
	Severity   inspect.Severity         `json:"severity"`
	Note       string                   `json:"note,omitempty"`
	Address    string                   `json:"address,omitempty"`
	Site       string                   `json:"site,omitempty"`
	Plate      string                   `json:"plate,omitempty"`
	Position   *registerapi.Position    `json:"position,omitempty"`
	Area       *rest.Ref                `json:"area,omitempty"`
	Unit       *rest.Ref                `json:"unit,omitempty"`
	ReplyBy    inspect.Time             `json:"reply_by,omitzero"`
	HasFinding bool                     `json:"has_finding"`
}

func importRowOf(o *tables.WorkOrder, n *issues.Names) importRow {
	w := importRow{Row: o.N, Number: o.Number, CameAt: o.SourceReceivedAt, Severity: o.Severity, Note: o.Texts.Note, Address: o.Texts.Address,
		Site: o.Texts.Site, Plate: o.Texts.Plate,
		Position: registerapi.PositionOf(o.Place), Area: rest.RefOf(o.Area, n.Areas), Unit: rest.RefOf(o.Unit, n.Units), ReplyBy: o.ReplyBy, HasFinding: len(o.Findings) > 0}
	if v, ok := n.Categories[o.Category]; ok {
		w.Category = &registerapi.CategoryRef{Code: v.Code, NameZH: v.NameZH, NameEN: v.NameEN, Group: v.Group}
	}
	return w
}

type rowFindingWire struct {
	Column   string             `json:"column,omitempty"`
	Kind     tables.FindingKind `json:"kind"`
	DetailZH string             `json:"detail_zh"`
	DetailEN string             `json:"detail_en"`
}

type importErrorWire struct {
	Row      int              `json:"row"`
	Number   string           `json:"number,omitempty"`
	Findings []rowFindingWire `json:"findings"`
}

// importPage is an import with its first rows.
func importPage(i *intake.IssueImport) fiber.Map {
	rows, wrong := []importRow{}, []importErrorWire{}
	for n := range i.Rows {
		rows = append(rows, importRowOf(&i.Rows[n], &i.Names))
	}
	for _, r := range i.Wrong {
		w := importErrorWire{Row: r.N, Number: r.Number, Findings: []rowFindingWire{}}
		for n := range r.Findings {
			f := &r.Findings[n]
			w.Findings = append(w.Findings, rowFindingWire{f.Column, f.Kind, f.Text(inspect.Chinese), f.Text(inspect.English)})
		}
		wrong = append(wrong, w)
	}
	return fiber.Map{"import": issueImportOf(&i.IssueImport, i.Names.People), "rows": rows, "wrong": wrong}
}

func (h *importHandlers) checkIssues(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var f intake.IssueFile
	q.As("format", &f.Format)
	q.As("mapping", &f.Mapping)
	f.Sheet, f.Heads = q.Table()
	if f.Format == "" {
		q.Fail("format", "is missing")
	}
	if f.Mapping.IsZero() {
		q.Fail("mapping", "is missing")
	}
	if err := q.Err(); err != nil {
		return err
	}
	err := h.intake.MaySend(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	if f.Body, err = rest.ReadUpload(c, tables.MostBytes); err != nil {
		return err
	}
	done, repeated, err := h.intake.CheckIssues(c.UserContext(), rest.Actor(c), f)
	if err != nil {
		return err
	}
	page := importPage(&done)
	page["repeated"] = repeated
	if done.Found != nil {
		page["found"] = foundOf(done.Found)
	}
	return rest.Created(c, !repeated).JSON(page)
}

type wordWire struct {
	Word string `json:"word"`
	Rows int    `json:"rows"`
}

// look says what a table holds, and which mapping fits it.
func (h *importHandlers) look(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var format tables.Format
	q.As("format", &format)
	var o table.Options
	o.Sheet, o.Heads = q.Table()
	if err := q.Err(); err != nil {
		return err
	}
	if !rest.Actor(c).MayAnywhere(inspect.MayImport) { // before anybody's megabytes are read
		return inspect.ErrForbidden
	}
	body, err := rest.ReadUpload(c, tables.MostBytes)
	if err != nil {
		return err
	}
	l, err := h.intake.LookAt(c.UserContext(), rest.Actor(c), o, body)
	if err != nil {
		return err
	}
	words := []wordWire{}
	for _, w := range l.Words {
		words = append(words, wordWire(w))
	}
	out := fiber.Map{"found": foundOf(&l.Found), "rows": l.Rows, "columns": l.Columns, "words": words}
	if l.Mapping != nil {
		out["mapping"] = l.Mapping.ID
	}
	return c.JSON(out)
}

// foundWire says where a table was found in a file.
type foundWire struct {
	Sheet  string   `json:"sheet,omitempty"`
	Sheets []string `json:"sheets,omitempty"`
	Heads  int      `json:"heads"`
	Names  []string `json:"names"`
}

func foundOf(h *table.Head) foundWire { return foundWire{h.Sheet, h.Sheets, h.N, h.Names} }

func (h *importHandlers) issueImport(c *fiber.Ctx) error {
	which, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	done, err := h.intake.IssueImport(c.UserContext(), rest.Actor(c), which)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(importPage(&done))
}

func (h *importHandlers) issueImports(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	before, limit := q.Cursor("cursor"), q.Limit(50, 200)
	if err := q.Err(); err != nil {
		return err
	}
	all, people, next, err := h.intake.IssueImports(c.UserContext(), rest.Actor(c), before, limit)
	if err != nil {
		return err
	}
	list := []issueImportWire{}
	for n := range all {
		list = append(list, issueImportOf(&all[n], people))
	}
	out := fiber.Map{"imports": list}
	if next != 0 {
		out["next"] = rest.CursorText(next)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(out)
}

func (h *importHandlers) makeIssues(c *fiber.Ctx) error {
	if err := rest.NoBody(c); err != nil {
		return err
	}
	which, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	done, repeated, err := h.intake.AskIssues(c.UserContext(), rest.Actor(c), which)
	if err != nil {
		return err
	}
	page := importPage(&done)
	page["repeated"] = repeated
	return c.JSON(page)
}

// sheet streams rows that a use case gives, as CSV or as a workbook.
func (h *importHandlers) sheet(name string, of func(*intake.Service, context.Context, *inspect.Actor, inspect.ID, string) (*paper.Sheet, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		which, err := rest.ID(c, "id", inspect.ErrNotFound)
		if err != nil {
			return err
		}
		q := rest.QueryOf(c)
		format := tables.CSV
		q.As("format", &format)
		if err := q.Err(); err != nil {
			return err
		}
		rows, err := of(h.intake, c.UserContext(), rest.Actor(c), which, rest.Asked(c))
		if err != nil {
			return err
		}
		media := paper.CSVMediaType
		if format == tables.XLSX {
			media = paper.AsXLSX.MediaType()
		}
		return rest.StreamDownload(c, h.log, media, name+"-"+which.String()+"."+string(format), func(_ context.Context, w *bufio.Writer) error {
			if format == tables.XLSX {
				return rows.XLSX(w)
			}
			return rows.CSV(w)
		})
	}
}
