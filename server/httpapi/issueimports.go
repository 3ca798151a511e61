package httpapi

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	tables "spotcheck/pkg/intake"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/intake"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// mappingWire says under a name how tables are read.
type mappingWire struct {
	ID      inspect.ID `json:"id"`
	Name    string     `json:"name"`
	Enabled bool       `json:"enabled"`
	tables.Mapping
}

type mappingIn struct {
	Name       string          `json:"name" need:"true" max:"100"`
	Enabled    *bool           `json:"enabled"`
	Source     inspect.Source  `json:"source" need:"true"`
	Datum      geo.Datum       `json:"datum"`
	Heads      int             `json:"heads"`
	Columns    json.RawMessage `json:"columns" need:"true" max:"20000"`
	Categories json.RawMessage `json:"categories" max:"400000"`
	Otherwise  string          `json:"otherwise" max:"20"`
}

// mapping reads what stands under names of its own.
func (in *mappingIn) mapping(id inspect.ID) (intake.Mapping, error) {
	m := intake.Mapping{ID: id, Name: strings.TrimSpace(in.Name), Enabled: enabled(in.Enabled),
		Mapping: tables.Mapping{Source: in.Source, Datum: in.Datum, Heads: in.Heads, DefaultCategory: in.Otherwise}}
	var wrong []fault.Field
	if m.Name == "" {
		wrong = append(wrong, fault.Field{Pointer: "/name", Detail: "is empty"})
	}
	if err := json.Unmarshal(in.Columns, &m.Columns); err != nil {
		wrong = append(wrong, fault.Field{Pointer: "/columns", Detail: "want names of columns by field: " + err.Error()})
	}
	if len(in.Categories) > 0 {
		if err := json.Unmarshal(in.Categories, &m.Categories); err != nil {
			wrong = append(wrong, fault.Field{Pointer: "/categories", Detail: "want codes by the names of the other system"})
		}
	}
	if len(wrong) > 0 {
		return m, inspect.ErrContent.At(wrong...)
	}
	return m, nil
}

func (a *API) putMapping(c *fiber.Ctx) error {
	which, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	in := mappingIn{Heads: 1}
	if err := read(c, &in); err != nil {
		return err
	}
	m, err := in.mapping(which)
	if err != nil {
		return err
	}
	repeated, fresh, err := a.Core.Intake.PutMapping(c.UserContext(), actor(c), m)
	if err != nil {
		return err
	}
	return created(c, fresh).JSON(fiber.Map{"repeated": repeated, "mapping": mappingWire(m)})
}

func (a *API) mappings(c *fiber.Ctx) error {
	all, err := a.Core.Intake.Mappings(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	list := []mappingWire{}
	for _, m := range all {
		list = append(list, mappingWire(m))
	}
	return c.JSON(fiber.Map{"mappings": list})
}

// intakeWire is an import of issues in a list.
type intakeWire struct {
	ID        inspect.ID             `json:"id"`
	State     store.IssueImportState `json:"state"`
	SentBy    personRef              `json:"sent_by"`
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

func intakeOf(i *store.IssueImport, people map[inspect.ID]store.PersonRef) intakeWire {
	return intakeWire{i.ID, i.State, personOf(i.By, people), i.Source, i.Format, i.SHA256, i.Bytes, i.Lines, i.NewRows, i.KnownRows, i.InvalidRows, i.RemainingRows, i.SentAt, i.UpdatedAt}
}

// orderWire is a row as it is read. Who called is left out.
type orderWire struct {
	Row        int              `json:"row"`
	Number     string           `json:"number,omitempty"`
	CameAt     inspect.Time     `json:"came_at,omitzero"`
	Category   *categoryRef     `json:"category,omitempty"`
	Severity   inspect.Severity `json:"severity"`
	Note       string           `json:"note,omitempty"`
	Address    string           `json:"address,omitempty"`
	Site       string           `json:"site,omitempty"`
	Plate      string           `json:"plate,omitempty"`
	Position   *placeWire       `json:"position,omitempty"`
	Area       *ref             `json:"area,omitempty"`
	Unit       *ref             `json:"unit,omitempty"`
	ReplyBy    inspect.Time     `json:"reply_by,omitzero"`
	HasFinding bool             `json:"has_finding"`
}

func orderOf(o *tables.WorkOrder, n *issues.Names) orderWire {
	w := orderWire{Row: o.N, Number: o.Number, CameAt: o.SourceReceivedAt, Severity: o.Severity, Note: o.Texts.Note, Address: o.Texts.Address, Site: o.Texts.Site, Plate: o.Texts.Plate,
		Position: placeOf(o.Place), Area: refOf(o.Area, n.Areas), Unit: refOf(o.Unit, n.Units), ReplyBy: o.ReplyBy, HasFinding: len(o.Findings) > 0}
	if v, ok := n.Categories[o.Category]; ok {
		w.Category = &categoryRef{v.Code, v.NameZH, v.NameEN, v.Group}
	}
	return w
}

type rowFindingWire struct {
	Column   string             `json:"column,omitempty"`
	Kind     tables.FindingKind `json:"kind"`
	DetailZH string             `json:"detail_zh"`
	DetailEN string             `json:"detail_en"`
}

type wrongRowWire struct {
	Row      int              `json:"row"`
	Number   string           `json:"number,omitempty"`
	Findings []rowFindingWire `json:"findings"`
}

// importPage is an import with its first rows.
func importPage(i *intake.IssueImport) fiber.Map {
	rows, wrong := []orderWire{}, []wrongRowWire{}
	for n := range i.Rows {
		rows = append(rows, orderOf(&i.Rows[n], &i.Names))
	}
	for _, r := range i.Wrong {
		w := wrongRowWire{Row: r.N, Number: r.Number, Findings: []rowFindingWire{}}
		for n := range r.Findings {
			f := &r.Findings[n]
			w.Findings = append(w.Findings, rowFindingWire{f.Column, f.Kind, f.Text(inspect.Chinese), f.Text(inspect.English)})
		}
		wrong = append(wrong, w)
	}
	return fiber.Map{"import": intakeOf(&i.IssueImport, i.Names.People), "rows": rows, "wrong": wrong}
}

func (a *API) checkIssues(c *fiber.Ctx) error {
	q := queryOf(c)
	var f intake.IssueFile
	q.as("format", &f.Format)
	q.as("mapping", &f.Mapping)
	if f.Format == "" {
		q.fail("format", "is missing")
	}
	if f.Mapping.IsZero() {
		q.fail("mapping", "is missing")
	}
	if err := q.fault(); err != nil {
		return err
	}
	if !actor(c).MayAnywhere(inspect.MayImport) { // before anybody's megabytes are read
		return inspect.ErrForbidden
	}
	in := incomingOf(c)
	if in.length > tables.MostBytes {
		return inspect.ErrTooLarge
	}
	var err error
	if f.Body, err = io.ReadAll(io.LimitReader(in, tables.MostBytes+1)); err != nil {
		return cutOff(err)
	}
	done, repeated, err := a.Core.Intake.CheckIssues(c.UserContext(), actor(c), f)
	if err != nil {
		return err
	}
	page := importPage(&done)
	page["repeated"] = repeated
	return created(c, !repeated).JSON(page)
}

func (a *API) issueImport(c *fiber.Ctx) error {
	which, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	done, err := a.Core.Intake.IssueImport(c.UserContext(), actor(c), which)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(importPage(&done))
}

func (a *API) issueImports(c *fiber.Ctx) error {
	q := queryOf(c)
	before, limit := q.cursor("cursor"), q.limit(50, 200)
	if err := q.fault(); err != nil {
		return err
	}
	all, people, next, err := a.Core.Intake.IssueImports(c.UserContext(), actor(c), before, limit)
	if err != nil {
		return err
	}
	list := []intakeWire{}
	for n := range all {
		list = append(list, intakeOf(&all[n], people))
	}
	out := fiber.Map{"imports": list}
	if next != 0 {
		out["next"] = cursorText(next)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(out)
}

func (a *API) makeIssues(c *fiber.Ctx) error {
	if len(bodyOf(c)) > 0 {
		return inspect.ErrContent.At(fault.Field{Detail: "this door takes no body"})
	}
	which, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	done, repeated, err := a.Core.Intake.AskIssues(c.UserContext(), actor(c), which)
	if err != nil {
		return err
	}
	page := importPage(&done)
	page["repeated"] = repeated
	return c.JSON(page)
}

// sheet streams rows that a use case gives, as CSV or as a workbook.
func (a *API) sheet(name string, of func(*intake.Service, context.Context, *inspect.Actor, inspect.ID, string) (*paper.Sheet, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		which, err := id(c, "id", inspect.ErrNotFound)
		if err != nil {
			return err
		}
		q := queryOf(c)
		format := tables.CSV
		q.as("format", &format)
		if err := q.fault(); err != nil {
			return err
		}
		rows, err := of(a.Core.Intake, c.UserContext(), actor(c), which, a.address(c))
		if err != nil {
			return err
		}
		return a.pour(c, paper.FileFormat(format).MediaType(), name+"-"+which.String()+"."+string(format), func(_ context.Context, w *bufio.Writer) error {
			if format == tables.XLSX {
				return rows.XLSX(w)
			}
			return rows.CSV(w)
		})
	}
}

// feedbackWire is what who told the office was told, and when.
type feedbackWire struct {
	At       inspect.Time `json:"at"`
	By       personRef    `json:"by"`
	Findings string       `json:"findings,omitempty"`
	Handling string       `json:"handling,omitempty"`
	Note     string       `json:"note,omitempty"`
}

func feedbackOf(v *issues.View) *feedbackWire {
	f := &v.Feedback
	if f.At == 0 {
		return nil
	}
	return &feedbackWire{f.At, personOf(f.By, v.Names.People), v.FeedbackTexts["findings"], v.FeedbackTexts["handling"], v.FeedbackTexts["note"]}
}
