package assessmentapi

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/assessment"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/pkg/score"
	"spotcheck/pkg/stablezip"
	"spotcheck/server/core/assessments"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// sheetHandlers serve the sheets of assessment, from draft to issue.
type sheetHandlers struct {
	assessments *assessments.Service
}

func (h *sheetHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/assessment-sheets", Handle: h.list},
		{Method: fiber.MethodGet, Path: "/api/v1/assessment-sheets/:id", Handle: h.sheet},
		{Method: fiber.MethodPut, Path: "/api/v1/assessment-sheets/:id", Slow: true, Handle: h.draft},
		{Method: fiber.MethodPut, Path: "/api/v1/assessment-sheets/:id/recount", Slow: true, Handle: h.step((*assessments.Service).RecountSheet)},
		{Method: fiber.MethodPut, Path: "/api/v1/assessment-sheets/:id/check", Handle: h.step((*assessments.Service).CheckSheet)},
		{Method: fiber.MethodPut, Path: "/api/v1/assessment-sheets/:id/issue", Handle: h.step((*assessments.Service).IssueSheet)},
		{Method: fiber.MethodGet, Path: "/api/v1/assessment-sheets/:id/document", Slow: true, Handle: h.document},
	}
}

type sheetSummary struct {
	ID        inspect.ID       `json:"id"`
	Scheme    rest.Ref         `json:"scheme"`
	Version   int              `json:"scheme_version"`
	PeerGroup string           `json:"peer_group"`
	Period    string           `json:"period"`
	State     assessment.State `json:"state"`
	Revision  int64            `json:"revision"`
	DraftedBy rest.PersonRef   `json:"drafted_by"`
	DraftedAt inspect.Time     `json:"drafted_at"`
	CheckedBy *rest.PersonRef  `json:"checked_by,omitempty"`
	CheckedAt inspect.Time     `json:"checked_at,omitzero"`
	IssuedBy  *rest.PersonRef  `json:"issued_by,omitempty"`
	IssuedAt  inspect.Time     `json:"issued_at,omitzero"`
	UpdatedAt inspect.Time     `json:"updated_at"`
}

func summaryOf(t *assessment.Sheet, people map[inspect.ID]store.PersonRef) sheetSummary {
	r := &t.Content.Rules
	return sheetSummary{t.ID, rest.Ref{ID: t.Scheme, Name: r.Title}, r.Version, r.PeerGroup, t.Period, t.State(), t.Revision, rest.PersonOf(t.Drafted.By, people),
		t.Drafted.At, rest.PersonIfAny(t.Checked.By, people), t.Checked.At, rest.PersonIfAny(t.Issued.By, people), t.Issued.At, t.UpdatedAt}
}

type sheetWire struct {
	sheetSummary
	Weights  []assessment.Weight  `json:"weights"`
	Grades   []score.Grade        `json:"grades"`
	LeastDue int64                `json:"least_due"`
	Ranked   int                  `json:"ranked"`
	Lines    []lineWire           `json:"lines"`
	May      []assessments.Action `json:"may"`
}

type lineWire struct {
	Unit    rest.Ref           `json:"unit"`
	Figures []figureWire       `json:"figures"`
	Score   *float64           `json:"score,omitempty"`
	Merits  []meritWire        `json:"merits"`
	Points  float64            `json:"points"`
	Total   *float64           `json:"total,omitempty"`
	Rank    int                `json:"rank,omitempty"`
	Grade   string             `json:"grade,omitempty"`
	Listing assessment.Listing `json:"listing,omitempty"`
}

type figureWire struct {
	Period  string       `json:"period"`
	Score   *float64     `json:"score,omitempty"`
	N       int64        `json:"n"`
	Of      int64        `json:"of"`
	Missing int          `json:"missing"`
	Within  []figureWire `json:"within,omitempty"`
}

type meritWire struct {
	Day    inspect.Date `json:"day"`
	Points float64      `json:"points"`
	Reason string       `json:"reason"`
}

func figureOf(f *assessment.Figure) figureWire {
	w := figureWire{Period: f.Period, Score: ifKnown(f.Known, f.Score.Float()), N: f.N, Of: f.Of, Missing: f.Missing}
	for n := range f.Within {
		w.Within = append(w.Within, figureOf(&f.Within[n]))
	}
	return w
}

func ifKnown(known bool, v float64) *float64 {
	if !known {
		return nil
	}
	return &v
}

func lineOf(l *assessment.Line) lineWire {
	w := lineWire{Unit: rest.Ref{ID: l.Unit, Name: l.Name}, Figures: []figureWire{}, Score: ifKnown(l.Known, l.Score.Float()), Merits: []meritWire{},
		Points: l.Points.Float(), Total: ifKnown(l.Known, l.Total.Float()), Rank: l.Rank, Grade: l.Grade, Listing: l.Listing}
	for n := range l.Figures {
		w.Figures = append(w.Figures, figureOf(&l.Figures[n]))
	}
	for _, m := range l.Merits {
		w.Merits = append(w.Merits, meritWire{m.Day, m.Points.Float(), m.Reason})
	}
	return w
}

func sheetOf(p *assessments.Page) sheetWire {
	r := &p.Content.Rules
	w := sheetWire{sheetSummary: summaryOf(&p.Sheet, p.People), Weights: append([]assessment.Weight{}, r.Weights...), Grades: append([]score.Grade{}, r.Grades...),
		LeastDue: r.LeastDue, Ranked: p.Ranked, Lines: []lineWire{}, May: append([]assessments.Action{}, p.May...)}
	for n := range p.Content.Lines {
		w.Lines = append(w.Lines, lineOf(&p.Content.Lines[n]))
	}
	return w
}

func (h *sheetHandlers) list(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	before, limit := q.Cursor("cursor"), q.Limit(50, 200)
	if err := q.Err(); err != nil {
		return err
	}
	all, people, next, err := h.assessments.Sheets(c.UserContext(), rest.Actor(c), before, limit)
	if err != nil {
		return err
	}
	page := struct {
		Sheets []sheetSummary `json:"sheets"`
		Next   string         `json:"next,omitempty"`
	}{Sheets: []sheetSummary{}}
	for n := range all {
		page.Sheets = append(page.Sheets, summaryOf(&all[n], people))
	}
	if next > 0 {
		page.Next = rest.CursorText(next)
	}
	return c.JSON(page)
}

func (h *sheetHandlers) sheet(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrAssessmentNotFound)
	if err != nil {
		return err
	}
	page, err := h.assessments.Sheet(c.UserContext(), rest.Actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(sheetOf(&page))
}

func (h *sheetHandlers) draft(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrAssessmentNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Scheme inspect.ID `json:"scheme" need:"true"`
		Period string     `json:"period" need:"words" max:"30"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	page, repeated, err := h.assessments.DraftSheet(c.UserContext(), rest.Actor(c), id, in.Scheme, in.Period)
	if f, ok := fault.As(err); ok && f.Is(inspect.ErrAssessmentDrafted) {
		return f.WithRow(summaryOf(&page.Sheet, nil))
	}
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "sheet": sheetOf(&page)})
}

// step is a door of what is done with the figures that somebody saw.
func (h *sheetHandlers) step(do func(*assessments.Service, context.Context, *inspect.Actor, inspect.ID, int64) (assessments.Page, bool, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		id, err := rest.ID(c, "id", inspect.ErrAssessmentNotFound)
		if err != nil {
			return err
		}
		var in struct {
			Revision int64 `json:"revision" need:"true"`
		}
		if err := rest.Read(c, &in); err != nil {
			return err
		}
		page, repeated, err := do(h.assessments, c.UserContext(), rest.Actor(c), id, in.Revision)
		if err != nil {
			return err
		}
		return c.JSON(fiber.Map{"repeated": repeated, "sheet": sheetOf(&page)})
	}
}

// document is a sheet as a table or a paper.
func (h *sheetHandlers) document(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrAssessmentNotFound)
	if err != nil {
		return err
	}
	language, form, err := rest.DocumentForm(c, paper.AsXLSX)
	if err != nil {
		return err
	}
	d, name, err := h.assessments.Document(c.UserContext(), rest.Actor(c), id, language)
	if err != nil {
		return err
	}
	return rest.SendDocument(c, d, form, "考核-"+stablezip.SafeName(name), "assessment")
}
