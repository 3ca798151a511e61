package httpapi

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
)

type countsWire map[string]int64

// countsOf are the counts of figures by their names, without those that are zero.
func countsOf(f *closure.Figures) countsWire {
	w := countsWire{}
	for n, key := range closure.CountKeys() {
		if v := f.Counts[n]; v != 0 {
			w[key] = v
		}
	}
	if f.Carried != 0 {
		w["carried"] = f.Carried
	}
	return w
}

type unitFigures struct {
	Unit        ref        `json:"unit"`
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
func (a *API) figures(c *fiber.Ctx) error {
	q := queryOf(c)
	ask := q.reportAsk("now")
	if err := q.fault(); err != nil {
		return err
	}
	b, err := a.Core.Board(c.UserContext(), actor(c), ask)
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
	}{b.Period.Name, b.Period.From.String(), (b.Period.To - 1).String(), b.Unfinished, b.CutEvent, b.CutAt, b.Formula, countsOf(&b.Sheet.Total), []unitFigures{}, []categoryFigures{}}
	for _, u := range b.Units {
		w := unitFigures{Unit: ref{u.ID, u.Name}, Group: u.Group, Counts: countsOf(b.Sheet.Units[u.ID]), Rank: u.Rank}
		if u.HasScore {
			w.Score = &u.Score
		}
		if d, ok := b.Sheet.Units[u.ID].Counts.MedianToFix(); ok {
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

// lineFilter chooses issues behind a figure.
type lineFilter struct {
	count, category string
	unit            inspect.ID
}

func (q *query) lines() (f lineFilter) {
	f.count, f.category = q.text("count", 30), q.text("category", 20)
	if f.count != "" && !slices.Contains(core.LineCounts(), f.count) {
		q.fail("count", "there is no such count")
	}
	q.as("unit", &f.unit)
	return f
}

func (f *lineFilter) holds(l *core.ReportLine) bool {
	return (f.count == "" || f.count == "carried" && l.Carried || slices.Contains(l.Counts, f.count)) && (f.category == "" || f.category == l.Category) && (f.unit.IsZero() || f.unit == l.Unit)
}

// sendLines answers with the issues behind a figure.
func sendLines(c *fiber.Ctx, all []core.ReportLine, f lineFilter) error {
	out := struct {
		Issues []core.ReportLine `json:"issues"`
		Total  int               `json:"total"`
		More   bool              `json:"more"`
	}{Issues: []core.ReportLine{}}
	for n := range all {
		if !f.holds(&all[n]) {
			continue
		}
		if out.Total++; len(out.Issues) < maxLines {
			out.Issues = append(out.Issues, all[n])
		}
	}
	out.More = out.Total > len(out.Issues)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(out)
}

// figureIssues are the issues behind a figure of a period as it stands now.
func (a *API) figureIssues(c *fiber.Ctx) error {
	q := queryOf(c)
	ask, f := q.reportAsk("now"), q.lines()
	if err := q.fault(); err != nil {
		return err
	}
	lines, err := a.Core.FigureLines(c.UserContext(), actor(c), ask)
	if err != nil {
		return err
	}
	return sendLines(c, lines, f)
}

// definitions are the formulas in words.
func (a *API) definitions(c *fiber.Ctx) error {
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
	return c.JSON(fiber.Map{"version": closure.Version, "indicators": out, "counts": core.LineCounts()})
}
