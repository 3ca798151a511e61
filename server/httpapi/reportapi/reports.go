package reportapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/pkg/stablezip"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/reports"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// reportHandlers serve reports on their way from a draft to an issued paper.
type reportHandlers struct {
	reports *reports.Service
}

func (h *reportHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/reports", Handle: h.list},
		{Method: fiber.MethodGet, Path: "/api/v1/reports/compute", Slow: true, Abandoned: true, Handle: h.computeReport},
		{Method: fiber.MethodPut, Path: "/api/v1/reports/:id", Slow: true, Handle: h.putReport},
		{Method: fiber.MethodGet, Path: "/api/v1/reports/:id", Handle: h.report},
		{Method: fiber.MethodPut, Path: "/api/v1/reports/:id/sentences", Handle: h.reportStep(h.editReport)},
		{Method: fiber.MethodPost, Path: "/api/v1/reports/:id/renew", Slow: true, Handle: h.reportStep(h.renewReport)},
		{Method: fiber.MethodPut, Path: "/api/v1/reports/:id/check", Handle: h.reportStep(h.checkReport)},
		{Method: fiber.MethodPut, Path: "/api/v1/reports/:id/issue", Handle: h.reportStep(h.issueReport)},
		{Method: fiber.MethodPut, Path: "/api/v1/reports/:id/recall", Handle: h.reportStep(h.recallReport)},
		{Method: fiber.MethodGet, Path: "/api/v1/reports/:id/issues", Handle: h.reportIssues},
		{Method: fiber.MethodGet, Path: "/api/v1/reports/:id/files/:form", Slow: true, Abandoned: true, Handle: h.reportFile},
		{Method: fiber.MethodPost, Path: "/api/v1/reports/:id/notes", Handle: h.noteReport},
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/casefile", Slow: true, Handle: h.caseFile},
	}
}

// requestOf reads which report is wanted. Without a period it is the week that is running.
func requestOf(q *rest.Query, period string) reports.Request {
	ask := reports.Request{Period: q.Text("period", 30), Language: inspect.Chinese, Scope: figures.Scope{Kind: inspect.City}}
	if ask.Period == "" {
		ask.Period = period
	}
	if ask.Period == "" {
		q.Fail("period", "is missing")
	}
	q.As("scope", &ask.Scope)
	q.As("lang", &ask.Language)
	q.As("genre", &ask.Genre)
	q.As("cut_off", &ask.CutOff)
	return ask
}

// computeReport is the report of a period as figures stand now, in any form.
func (h *reportHandlers) computeReport(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	ask := requestOf(q, "")
	form := paper.FileFormat(q.Text("form", 10))
	if form == "" {
		form = paper.AsJSON
	}
	if err := q.Err(); err != nil {
		return err
	}
	f, err := h.reports.Report(c.UserContext(), rest.Actor(c), ask, reports.DetailOf(form))
	if err != nil {
		return err
	}
	return h.sendReport(c, f, form)
}

// mediaOf is the media type of a form of a report.
func mediaOf(form paper.FileFormat) string {
	if form == reports.AsText {
		return "text/plain; charset=utf-8"
	}
	return form.MediaType()
}

// sendReport answers with a report in a form, as a file but for what a program or a chat takes.
func (h *reportHandlers) sendReport(c *fiber.Ctx, f *reports.File, form paper.FileFormat) error {
	var b bytes.Buffer
	if err := h.reports.WriteReport(c.UserContext(), f, form, &b); err != nil {
		return err
	}
	reportHeaders(c, f.Week.Name, form)
	return c.Send(b.Bytes())
}

func reportHeaders(c *fiber.Ctx, name string, form paper.FileFormat) {
	c.Set(fiber.HeaderContentType, mediaOf(form))
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox")
	if form != paper.AsJSON && form != reports.AsText {
		c.Set(fiber.HeaderContentDisposition, rest.Attachment(stablezip.SafeName("报告-"+name)+"."+form.Ending(), "report."+form.Ending()))
	}
}

type draftIn struct {
	Period   string           `json:"period" need:"true" max:"30"`
	Scope    figures.Scope    `json:"scope"`
	Language inspect.Language `json:"language"`
	Genre    reports.Genre    `json:"genre"`
	CutOff   inspect.Time     `json:"cut_off"`
}

type publicationWire struct {
	ID         inspect.ID              `json:"id"`
	Genre      string                  `json:"genre,omitempty"`
	Kind       closure.PeriodKind      `json:"kind"`
	Period     string                  `json:"period"`
	Scope      string                  `json:"scope"`
	Language   inspect.Language        `json:"language"`
	State      store.PublicationState  `json:"state"`
	Revision   int64                   `json:"revision"`
	Number     string                  `json:"number,omitempty"`
	CutEvent   int64                   `json:"cut_event"`
	CutAt      inspect.Time            `json:"cut_at"`
	MadeBy     *rest.PersonRef         `json:"made_by,omitempty"`
	MadeAt     inspect.Time            `json:"made_at"`
	CheckedBy  *rest.PersonRef         `json:"checked_by,omitempty"`
	CheckedAt  inspect.Time            `json:"checked_at,omitzero"`
	IssuedBy   *rest.PersonRef         `json:"issued_by,omitempty"`
	IssuedAt   inspect.Time            `json:"issued_at,omitzero"`
	RecalledBy *rest.PersonRef         `json:"recalled_by,omitempty"`
	RecalledAt inspect.Time            `json:"recalled_at,omitzero"`
	Reason     string                  `json:"recall_reason,omitempty"`
	Files      []store.PublicationFile `json:"files"`
	Told       []recipientWire         `json:"told,omitempty"`
	Notes      []noteWire              `json:"notes,omitempty"`
	Short      string                  `json:"short,omitempty"`
	Says       json.RawMessage         `json:"says,omitempty"`
	Sentences  *sentencesWire          `json:"sentences,omitempty"`
	Unprinted  string                  `json:"unprinted,omitempty"`
}

// sentencesWire are those that a person wrote in the place of the generated ones.
type sentencesWire struct {
	Better    []string `json:"better,omitempty"`
	Worse     []string `json:"worse,omitempty"`
	Decisions []string `json:"decisions,omitempty"`
	CopyTo    []string `json:"copy_to,omitempty"`
}

// noteWire is what somebody who checks a report remarks on one of its figures.
type noteWire struct {
	ID   inspect.ID     `json:"id"`
	Cell string         `json:"cell"`
	Text string         `json:"text"`
	By   rest.PersonRef `json:"by"`
	At   inspect.Time   `json:"at"`
}

type recipientWire struct {
	Person string       `json:"person"`
	At     inspect.Time `json:"at"`
	ReadAt inspect.Time `json:"read_at,omitzero"`
}

func publicationOf(p *store.Publication, people map[inspect.ID]store.PersonRef) publicationWire {
	who := func(id inspect.ID) *rest.PersonRef { return rest.PersonIfAny(id, people) }
	w := publicationWire{ID: p.ID, Genre: p.Genre, Kind: p.Kind, Period: p.Period, Scope: p.Scope, Language: p.Language, State: p.State,
		Revision: p.Revision, Number: p.Number, CutEvent: p.CutEvent, CutAt: p.CutAt, MadeBy: who(p.MadeBy), MadeAt: p.MadeAt,
		CheckedBy: who(p.CheckedBy), CheckedAt: p.CheckedAt, IssuedBy: who(p.IssuedBy), IssuedAt: p.IssuedAt,
		RecalledBy: who(p.RecalledBy), RecalledAt: p.RecalledAt, Files: p.Files}
	if w.Files == nil {
		w.Files = []store.PublicationFile{}
	}
	return w
}

func wholePublication(v *reports.Publication) publicationWire {
	w := publicationOf(&v.Publication, v.Names)
	for _, r := range v.Told {
		w.Told = append(w.Told, recipientWire(r))
	}
	for _, n := range v.Notes {
		w.Notes = append(w.Notes, noteWire{n.ID, n.Cell, n.Text, rest.PersonOf(n.By, v.Names), n.At})
	}
	w.Reason, w.Short, w.Says, w.Unprinted = v.Reason, v.Short, v.Says, v.Unprinted
	if r := v.Week; r != nil {
		w.Sentences = &sentencesWire{r.Better, r.Worse, r.Decisions, r.CopyTo}
	}
	return w
}

func (h *reportHandlers) sendPublication(c *fiber.Ctx, v *reports.Publication) error {
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(wholePublication(v))
}

func (h *reportHandlers) putReport(c *fiber.Ctx) error {
	report, err := rest.ID(c, "id", inspect.ErrReportNotFound)
	if err != nil {
		return err
	}
	in := draftIn{Scope: figures.Scope{Kind: inspect.City}, Language: inspect.Chinese}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	v, repeated, err := h.reports.DraftReport(c.UserContext(), rest.Actor(c), report, reports.Request{Period: in.Period, Scope: in.Scope,
		Language: in.Language, Genre: in.Genre, CutOff: in.CutOff})
	if err != nil {
		return err
	}
	return h.sendPublication(rest.Created(c, !repeated), &v)
}

// reportStep is a door that takes a report on its way; the body names the revision that the person has seen.
func (h *reportHandlers) reportStep(do func(c *fiber.Ctx, report inspect.ID, in *stepIn) (reports.Publication, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		report, err := rest.ID(c, "id", inspect.ErrReportNotFound)
		if err != nil {
			return err
		}
		var in stepIn
		if err := rest.Read(c, &in); err != nil {
			return err
		}
		v, err := do(c, report, &in)
		if err != nil {
			return err
		}
		return h.sendPublication(c, &v)
	}
}

type stepIn struct {
	Revision  int64    `json:"revision" need:"true"`
	Reason    string   `json:"reason" max:"500"`
	Better    []string `json:"better" max:"10" each:"300"`
	Worse     []string `json:"worse" max:"10" each:"300"`
	Decisions []string `json:"decisions" max:"10" each:"300"`
	CopyTo    []string `json:"copy_to" max:"20" each:"100"`
}

func (h *reportHandlers) editReport(c *fiber.Ctx, report inspect.ID, in *stepIn) (reports.Publication, error) {
	return h.reports.EditReport(c.UserContext(), rest.Actor(c), report, in.Revision, reports.Sentences{Better: in.Better, Worse: in.Worse,
		Decisions: in.Decisions, CopyTo: in.CopyTo})
}

func (h *reportHandlers) renewReport(c *fiber.Ctx, report inspect.ID, in *stepIn) (reports.Publication, error) {
	return h.reports.RenewReport(c.UserContext(), rest.Actor(c), report, in.Revision)
}

func (h *reportHandlers) checkReport(c *fiber.Ctx, report inspect.ID, in *stepIn) (reports.Publication, error) {
	return h.reports.CheckReport(c.UserContext(), rest.Actor(c), report, in.Revision)
}

func (h *reportHandlers) issueReport(c *fiber.Ctx, report inspect.ID, in *stepIn) (reports.Publication, error) {
	return h.reports.IssueReport(c.UserContext(), rest.Actor(c), report, in.Revision)
}

func (h *reportHandlers) recallReport(c *fiber.Ctx, report inspect.ID, in *stepIn) (reports.Publication, error) {
	if strings.TrimSpace(in.Reason) == "" {
		return reports.Publication{}, inspect.ErrContent.At(fault.Field{Pointer: "/reason", Detail: "is missing"})
	}
	return h.reports.RecallReport(c.UserContext(), rest.Actor(c), report, in.Reason)
}

// noteReport keeps a remark on a figure of a draft.
func (h *reportHandlers) noteReport(c *fiber.Ctx) error {
	report, err := rest.ID(c, "id", inspect.ErrReportNotFound)
	if err != nil {
		return err
	}
	var in struct {
		ID   inspect.ID `json:"id" need:"true"`
		Cell string     `json:"cell" need:"true" max:"200"`
		Text string     `json:"text" need:"words" max:"500"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	v, err := h.reports.NoteReport(c.UserContext(), rest.Actor(c), report, reports.Note{ID: in.ID, Cell: in.Cell, Text: in.Text})
	if err != nil {
		return err
	}
	return h.sendPublication(c, &v)
}

func (h *reportHandlers) report(c *fiber.Ctx) error {
	report, err := rest.ID(c, "id", inspect.ErrReportNotFound)
	if err != nil {
		return err
	}
	v, err := h.reports.Publication(c.UserContext(), rest.Actor(c), report)
	if err != nil {
		return err
	}
	return h.sendPublication(c, &v)
}

func (h *reportHandlers) list(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	f := store.PublicationFilter{Before: q.Cursor("cursor"), Limit: q.Limit(50, 200), Kind: closure.PeriodKind(q.Text("kind", 20)),
		State: store.PublicationState(q.Text("state", 20))}
	if g := reports.Genre(""); q.Text("genre", 20) != "" {
		q.As("genre", &g)
		of := string(g)
		f.Genre = &of
	}
	if err := q.Err(); err != nil {
		return err
	}
	all, people, next, err := h.reports.Publications(c.UserContext(), rest.Actor(c), f)
	if err != nil {
		return err
	}
	out := struct {
		Reports []publicationWire `json:"reports"`
		Next    string            `json:"next,omitempty"`
	}{Reports: []publicationWire{}}
	for n := range all {
		out.Reports = append(out.Reports, publicationOf(&all[n], people))
	}
	if next != 0 {
		out.Next = rest.CursorText(next)
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(out)
}

// reportFile is a report in a form: an issued one as it was frozen, a draft as it would look.
func (h *reportHandlers) reportFile(c *fiber.Ctx) error {
	report, err := rest.ID(c, "id", inspect.ErrReportNotFound)
	if err != nil {
		return err
	}
	form := paper.FileFormat(c.Params("form"))
	p, f, err := h.reports.ReportOf(c.UserContext(), rest.Actor(c), report)
	if err != nil {
		return err
	}
	if p.State == store.Draft || p.State == store.Checked {
		return h.sendReport(c, f, form)
	}
	body, file, err := h.reports.ReportBytes(c.UserContext(), &p, form)
	if err != nil {
		return err
	}
	reportHeaders(c, p.Period, form)
	if form == paper.AsCSV {
		if err := plainCSV(c, body, p.Period); err != nil {
			return err
		}
	}
	c.Set(fiber.HeaderETag, `"`+file.SHA256+`"`)
	rest.SendStream(c, body, body, file.Bytes)
	return nil
}

// plainCSV gives a file of before tables lay in a ZIP the headers of what it is.
func plainCSV(c *fiber.Ctx, body io.ReadSeeker, name string) error {
	begins := make([]byte, 2)
	_, err := io.ReadFull(body, begins)
	if _, back := body.Seek(0, io.SeekStart); err != nil || back != nil {
		return errors.Join(err, back)
	}
	if string(begins) != "PK" {
		c.Set(fiber.HeaderContentType, paper.CSVMediaType)
		c.Set(fiber.HeaderContentDisposition, rest.Attachment(stablezip.SafeName("报告-"+name)+".csv", "report.csv"))
	}
	return nil
}

// reportIssues are the issues behind a figure of a report, as it was computed.
func (h *reportHandlers) reportIssues(c *fiber.Ctx) error {
	report, err := rest.ID(c, "id", inspect.ErrReportNotFound)
	if err != nil {
		return err
	}
	q := rest.QueryOf(c)
	f := issueLineFilterOf(q)
	if err := q.Err(); err != nil {
		return err
	}
	lines, err := h.reports.IssuesOf(c.UserContext(), rest.Actor(c), report)
	if err != nil {
		return err
	}
	return sendLines(c, h.reports, lines, f)
}
