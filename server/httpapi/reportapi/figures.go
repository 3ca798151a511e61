package reportapi

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/reports"
	"spotcheck/server/httpapi/rest"
)

// figureHandlers serve what is counted in a period as it stands now.
type figureHandlers struct {
	reports *reports.Service
}

func (h *figureHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/figures", Handle: h.figures},
		{Method: fiber.MethodGet, Path: "/api/v1/figures/issues", Slow: true, Abandoned: true, Handle: h.figureIssues},
		{Method: fiber.MethodGet, Path: "/api/v1/figures/definitions", Handle: h.definitions},
	}
}

type countsWire map[string]int64

// countsOf are the counts of figures by their names, without those that are zero.
func countsOf(f *closure.Figures) countsWire {
	w := countsWire{}
	for n, key := range closure.CountKeys() {
		if v := f.Counts[n]; v != 0 {
			w[key] = v
		}
	}
	return w
}

type unitFigures struct {
	Unit        rest.Ref   `json:"unit"`
	Group       string     `json:"peer_group"`
	Counts      countsWire `json:"counts"`
	Score       *float64   `json:"score,omitempty"`
	Rank        int        `json:"rank,omitempty"`
	MedianHours *float64   `json:"median_hours,omitempty"`
}

type categoryFigures struct {
	Code   string     `json:"code"`
	Counts countsWire `json:"counts"`
}

// figures is the live board: what is counted in a period as it stands now.
func (h *figureHandlers) figures(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	ask := requestOf(q, "now")
	if err := q.Err(); err != nil {
		return err
	}
	b, err := h.reports.Board(c.UserContext(), rest.Actor(c), ask)
	if err != nil {
		return err
	}
	out := struct {
		Period     string            `json:"period"`
		From       string            `json:"from"`
		To         string            `json:"to"`
		Unfinished bool              `json:"unfinished"`
		CutEvent   int64             `json:"cut_event"`
		CutAt      inspect.Time      `json:"cut_at"`
		Formula    closure.Formula   `json:"formula"`
		Counts     countsWire        `json:"counts"`
		Units      []unitFigures     `json:"units"`
		Categories []categoryFigures `json:"categories"`
	}{b.Period.Name, b.Period.From.String(), (b.Period.To - 1).String(), b.Unfinished, b.CutEvent, b.CutAt, b.Formula, countsOf(&b.Sheet.Total),
		[]unitFigures{}, []categoryFigures{}}
	for _, u := range b.Units {
		w := unitFigures{Unit: rest.Ref{ID: u.ID, Name: u.Name}, Group: u.Group, Counts: countsOf(b.Sheet.Units[u.ID]), Rank: u.Rank}
		if u.HasScore {
			w.Score = &u.Score
		}
		if d, ok := b.Sheet.Units[u.ID].MedianToFix(); ok {
			hours := d.Hours()
			w.MedianHours = &hours
		}
		out.Units = append(out.Units, w)
	}
	for _, k := range b.Categories {
		out.Categories = append(out.Categories, categoryFigures{k.Code, countsOf(b.Sheet.Categories[k.Code])})
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(out)
}

// maxLines is how many issues behind a figure come at once.
const maxLines = 1000

// issueLineFilter chooses issues behind a figure.
type issueLineFilter struct {
	count, but, category string
	unit                 inspect.ID
}

func issueLineFilterOf(q *rest.Query) (f issueLineFilter) {
	f.count, f.but, f.category = q.Text("count", 30), q.Text("but", 30), q.Text("category", 20)
	for name, count := range map[string]string{"count": f.count, "but": f.but} {
		if count != "" && !slices.Contains(reports.LineCounts(), count) {
			q.Fail(name, "there is no such count")
		}
	}
	q.As("unit", &f.unit)
	return f
}

func (f *issueLineFilter) holds(l *figures.Line) bool {
	return (f.count == "" || slices.Contains(l.Counts, f.count)) && (f.but == "" || !slices.Contains(l.Counts, f.but)) &&
		(f.category == "" || f.category == l.Category) && (f.unit.IsZero() || f.unit == l.Unit)
}

// lineWire is an issue behind a figure, with its first photo and where it is.
type lineWire struct {
	figures.Line
	Thumb   inspect.ID `json:"thumb,omitzero"`
	Address string     `json:"address,omitempty"`
}

// sendLines answers with the issues behind a figure.
func sendLines(c *fiber.Ctx, s *reports.Service, all []figures.Line, f issueLineFilter) error {
	out := struct {
		Issues []lineWire `json:"issues"`
		Total  int        `json:"total"`
		More   bool       `json:"more"`
	}{Issues: []lineWire{}}
	var ids []inspect.ID
	for n := range all {
		if !f.holds(&all[n]) {
			continue
		}
		if out.Total++; len(out.Issues) < maxLines {
			out.Issues, ids = append(out.Issues, lineWire{Line: all[n]}), append(ids, all[n].Issue)
		}
	}
	seen, err := s.Glances(c.UserContext(), ids)
	if err != nil {
		return err
	}
	for n := range out.Issues {
		g := seen[out.Issues[n].Issue]
		out.Issues[n].Thumb, out.Issues[n].Address = g.Photo, g.Address
	}
	out.More = out.Total > len(out.Issues)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(out)
}

// figureIssues are the issues behind a figure of a period as it stands now.
func (h *figureHandlers) figureIssues(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	ask, f := requestOf(q, "now"), issueLineFilterOf(q)
	if err := q.Err(); err != nil {
		return err
	}
	lines, err := h.reports.FigureLines(c.UserContext(), rest.Actor(c), ask)
	if err != nil {
		return err
	}
	return sendLines(c, h.reports, lines, f)
}

// definitions are the formulas in words.
func (h *figureHandlers) definitions(c *fiber.Ctx) error {
	type wire struct {
		Key         string `json:"key"`
		ZH          string `json:"name_zh"`
		EN          string `json:"name_en"`
		Numerator   string `json:"numerator"`
		Denominator string `json:"denominator"`
		WordsZH     string `json:"formula_zh"`
		WordsEN     string `json:"formula_en"`
	}
	out := []wire{}
	for _, i := range closure.Indicators {
		out = append(out, wire{i.Key, i.ZH, i.EN, i.Numerator.Key(), i.Denominator.Key(), i.FormulaZH, i.FormulaEN})
	}
	return c.JSON(fiber.Map{"version": closure.Version, "indicators": out, "counts": reports.LineCounts()})
}
