package httpapi

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/reports"
	"spotcheck/server/store"
)

// reportAsk reads which report is wanted. Without a period it is the week that is running.
func (q *query) reportAsk(period string) reports.Request {
	ask := reports.Request{Period: q.text("period", 30), Language: inspect.Chinese, Scope: figures.Scope{Kind: inspect.City}}
	if ask.Period == "" {
		ask.Period = period
	}
	if ask.Period == "" {
		q.fail("period", "is missing")
	}
	q.as("scope", &ask.Scope)
	q.as("lang", &ask.Language)
	q.as("genre", &ask.Genre)
	return ask
}

// computeReport is the report of a period as figures stand now, in any form.
func (a *API) computeReport(c *fiber.Ctx) error {
	q := queryOf(c)
	ask := q.reportAsk("")
	form := paper.FileFormat(q.text("form", 10))
	if form == "" {
		form = paper.AsJSON
	}
	if err := q.fault(); err != nil {
		return err
	}
	f, err := a.Core.Reports.Report(c.UserContext(), actor(c), ask, reports.DetailOf(form))
	if err != nil {
		return err
	}
	return a.sendReport(c, f, form)
}

// mediaOf is the media type of a form of a report.
func mediaOf(form paper.FileFormat) string {
	if form == reports.AsText {
		return "text/plain; charset=utf-8"
	}
	return form.MediaType()
}

// sendReport answers with a report in a form, as a file but for what a program or a chat takes.
func (a *API) sendReport(c *fiber.Ctx, f *reports.File, form paper.FileFormat) error {
	var b bytes.Buffer
	if err := a.Core.Reports.WriteReport(c.UserContext(), f, form, &b); err != nil {
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
		c.Set(fiber.HeaderContentDisposition, attachment(safeName("报告-"+name)+"."+string(form), "report."+string(form)))
	}
}

type draftIn struct {
	Period   string           `json:"period" need:"true" max:"30"`
	Scope    figures.Scope    `json:"scope"`
	Language inspect.Language `json:"language"`
	Genre    reports.Genre    `json:"genre"`
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
	MadeBy     *personRef              `json:"made_by,omitempty"`
	MadeAt     inspect.Time            `json:"made_at"`
	CheckedBy  *personRef              `json:"checked_by,omitempty"`
	CheckedAt  inspect.Time            `json:"checked_at,omitzero"`
	IssuedBy   *personRef              `json:"issued_by,omitempty"`
	IssuedAt   inspect.Time            `json:"issued_at,omitzero"`
	RecalledBy *personRef              `json:"recalled_by,omitempty"`
	RecalledAt inspect.Time            `json:"recalled_at,omitzero"`
	Reason     string                  `json:"recall_reason,omitempty"`
	Files      []store.PublicationFile `json:"files"`
	Told       []readingWire           `json:"told,omitempty"`
	Notes      []noteWire              `json:"notes,omitempty"`
	Short      string                  `json:"short,omitempty"`
	Says       json.RawMessage         `json:"says,omitempty"`
}

// noteWire is what somebody who checks a report remarks on one of its figures.
type noteWire struct {
	ID   inspect.ID   `json:"id"`
	Cell string       `json:"cell"`
	Text string       `json:"text"`
	By   personRef    `json:"by"`
	At   inspect.Time `json:"at"`
}

type readingWire struct {
	Person string       `json:"person"`
	At     inspect.Time `json:"at"`
	ReadAt inspect.Time `json:"read_at,omitzero"`
}

func publicationOf(p *store.Publication, people map[inspect.ID]store.PersonRef) publicationWire {
	who := func(id inspect.ID) *personRef {
		if id.IsZero() {
			return nil
		}
		p := personOf(id, people)
		return &p
	}
	w := publicationWire{ID: p.ID, Genre: p.Genre, Kind: p.Kind, Period: p.Period, Scope: p.Scope, Language: p.Language, State: p.State, Revision: p.Revision, Number: p.Number, CutEvent: p.CutEvent, CutAt: p.CutAt,
		MadeBy: who(p.MadeBy), MadeAt: p.MadeAt, CheckedBy: who(p.CheckedBy), CheckedAt: p.CheckedAt, IssuedBy: who(p.IssuedBy), IssuedAt: p.IssuedAt, RecalledBy: who(p.RecalledBy), RecalledAt: p.RecalledAt, Files: p.Files}
	if w.Files == nil {
		w.Files = []store.PublicationFile{}
	}
	return w
}

func (a *API) wholePublication(v *reports.Publication) (w publicationWire, err error) {
	w = publicationOf(&v.Publication, v.Names)
	for _, r := range v.Told {
		w.Told = append(w.Told, readingWire(r))
	}
	for _, n := range v.Notes {
		w.Notes = append(w.Notes, noteWire{n.ID, n.Cell, n.Text, personOf(n.By, v.Names), n.At})
	}
	v.Week.Zone = a.Core.Zone
	w.Reason, w.Short = v.Reason, v.Week.Short()
	w.Says, err = v.Week.Document().JSON()
	return w, err
}

func (a *API) sendPublication(c *fiber.Ctx, v *reports.Publication) error {
	w, err := a.wholePublication(v)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(w)
}

func (a *API) putReport(c *fiber.Ctx) error {
	report, err := id(c, "id", inspect.ErrReportNotFound)
	if err != nil {
		return err
	}
	in := draftIn{Scope: figures.Scope{Kind: inspect.City}, Language: inspect.Chinese}
	if err := read(c, &in); err != nil {
		return err
	}
	v, repeated, err := a.Core.Reports.DraftReport(c.UserContext(), actor(c), report, reports.Request{Period: in.Period, Scope: in.Scope, Language: in.Language, Genre: in.Genre})
	if err != nil {
		return err
	}
	return a.sendPublication(created(c, !repeated), &v)
}

// reportStep is a door that takes a report on its way; the body names the revision that the person has seen.
func (a *API) reportStep(do func(c *fiber.Ctx, report inspect.ID, in *stepIn) (reports.Publication, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		report, err := id(c, "id", inspect.ErrReportNotFound)
		if err != nil {
			return err
		}
		var in stepIn
		if err := read(c, &in); err != nil {
			return err
		}
		v, err := do(c, report, &in)
		if err != nil {
			return err
		}
		return a.sendPublication(c, &v)
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

func (a *API) editReport(c *fiber.Ctx, report inspect.ID, in *stepIn) (reports.Publication, error) {
	return a.Core.Reports.EditReport(c.UserContext(), actor(c), report, in.Revision, reports.Sentences{Better: in.Better, Worse: in.Worse, Decisions: in.Decisions, CopyTo: in.CopyTo})
}

func (a *API) renewReport(c *fiber.Ctx, report inspect.ID, in *stepIn) (reports.Publication, error) {
	return a.Core.Reports.RenewReport(c.UserContext(), actor(c), report, in.Revision)
}

func (a *API) checkReport(c *fiber.Ctx, report inspect.ID, in *stepIn) (reports.Publication, error) {
	return a.Core.Reports.CheckReport(c.UserContext(), actor(c), report, in.Revision)
}

func (a *API) issueReport(c *fiber.Ctx, report inspect.ID, in *stepIn) (reports.Publication, error) {
	return a.Core.Reports.IssueReport(c.UserContext(), actor(c), report, in.Revision)
}

func (a *API) recallReport(c *fiber.Ctx, report inspect.ID, in *stepIn) (reports.Publication, error) {
	if strings.TrimSpace(in.Reason) == "" {
		return reports.Publication{}, inspect.ErrContent.At(fault.Field{Pointer: "/reason", Detail: "is missing"})
	}
	return a.Core.Reports.RecallReport(c.UserContext(), actor(c), report, in.Reason)
}

// noteReport keeps a remark on a figure of a draft.
func (a *API) noteReport(c *fiber.Ctx) error {
	report, err := id(c, "id", inspect.ErrReportNotFound)
	if err != nil {
		return err
	}
	var in struct {
		ID   inspect.ID `json:"id" need:"true"`
		Cell string     `json:"cell" need:"true" max:"200"`
		Text string     `json:"text" need:"true" max:"500"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	v, err := a.Core.Reports.NoteReport(c.UserContext(), actor(c), report, reports.Note{ID: in.ID, Cell: in.Cell, Text: in.Text})
	if err != nil {
		return err
	}
	return a.sendPublication(c, &v)
}

func (a *API) report(c *fiber.Ctx) error {
	report, err := id(c, "id", inspect.ErrReportNotFound)
	if err != nil {
		return err
	}
	v, err := a.Core.Reports.Publication(c.UserContext(), actor(c), report)
	if err != nil {
		return err
	}
	return a.sendPublication(c, &v)
}

func (a *API) reports(c *fiber.Ctx) error {
	q := queryOf(c)
	f := store.PublicationFilter{Before: q.cursor("cursor"), Limit: q.limit(50, 200), Kind: closure.PeriodKind(q.text("kind", 20)), State: store.PublicationState(q.text("state", 20))}
	if g := reports.Genre(""); q.text("genre", 20) != "" {
		q.as("genre", &g)
		of := string(g)
		f.Genre = &of
	}
	if err := q.fault(); err != nil {
		return err
	}
	all, people, next, err := a.Core.Reports.Publications(c.UserContext(), actor(c), f)
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
		out.Next = cursorText(next)
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(out)
}

// reportFile is a report in a form: an issued one as it was frozen, a draft as it would look.
func (a *API) reportFile(c *fiber.Ctx) error {
	report, err := id(c, "id", inspect.ErrReportNotFound)
	if err != nil {
		return err
	}
	form := paper.FileFormat(c.Params("form"))
	p, f, err := a.Core.Reports.ReportOf(c.UserContext(), actor(c), report)
	if err != nil {
		return err
	}
	if p.State == store.Draft || p.State == store.Checked {
		return a.sendReport(c, f, form)
	}
	body, file, err := a.Core.Reports.ReportBytes(c.UserContext(), &p, form)
	if err != nil {
		return err
	}
	reportHeaders(c, p.Period, form)
	c.Set(fiber.HeaderETag, `"`+file.SHA256+`"`)
	c.Context().SetBodyStream(&part{body, body}, int(file.Bytes))
	return nil
}

// reportIssues are the issues behind a figure of a report, as it was computed.
func (a *API) reportIssues(c *fiber.Ctx) error {
	report, err := id(c, "id", inspect.ErrReportNotFound)
	if err != nil {
		return err
	}
	q := queryOf(c)
	f := q.lines()
	if err := q.fault(); err != nil {
		return err
	}
	_, of, err := a.Core.Reports.ReportOf(c.UserContext(), actor(c), report)
	if err != nil {
		return err
	}
	return sendLines(c, of.Lines, f)
}
