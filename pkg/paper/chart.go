package paper

import "math"

// chart is a Chart set on a page. It is drawn in strips, so that one with many bars goes on over the next page.
type chart struct {
	*Chart
	empty string // said when there is nothing to draw
}

func (c chart) texts() []string {
	all := append([]string{c.Title}, c.Labels...)
	for _, s := range c.Series {
		all = append(all, s.Name)
	}
	return all
}

func (c chart) rows(s *sheet, _ Pictures) []row {
	rows := c.strips(s.room, c.empty)
	high := highOf(rows)
	for n := range rows {
		rows[n].keep = n < 3 || n == len(rows)-2 || high < s.depth*0.8 // a longer one goes on over the page
	}
	rows[len(rows)-1].keep = false
	return rows
}

// Measures of charts, in points.
const (
	chartType = 8.0
	chartLead = 11.0
	barHigh   = 8.0
	plotHigh  = 140.0
)

// seriesInks are the colours of the series of a chart, in their order.
var seriesInks = []ink{blue, orange, green, grey}

func seriesInk(n int) ink { return seriesInks[n%len(seriesInks)] }

// strips are the chart in rows of such a width.
func (c *Chart) strips(wide float64, empty string) (all []row) {
	for _, l := range setLines(c.Title, size5, 0, wide) {
		all = append(all, row{height: 17, marks: []mark{{text: l.text, size: size5, align: toMiddle, x: wide / 2, y: 12}}})
	}
	if low, high := c.bounds(); len(c.Labels) == 0 || low > high {
		return append(all, row{height: 2 * chartLead, marks: []mark{{text: empty, size: chartType, align: toMiddle, x: wide / 2, y: chartLead, ink: grey}}})
	}
	if len(c.Series) > 1 {
		all = append(all, c.legend(wide)...)
	}
	if c.Kind == LineChart {
		return append(all, c.plot(wide), row{height: chartLead})
	}
	return append(append(all, c.bars(wide)...), row{height: chartLead})
}

// legend names the series, as many in a line as fit.
func (c *Chart) legend(wide float64) []row {
	const sample, gap = 14.0, 12.0
	all := []row{{height: chartLead + 3}}
	x := 0.0
	for n, s := range c.Series {
		name := printed(oneLine(s.Name))
		name = firstFitting(name, chartType, wide-sample-gap)
		w := sample + 3 + width(name, chartType) + gap
		if x > 0 && x+w > wide {
			all, x = append(all, row{height: chartLead + 3}), 0
		}
		r := &all[len(all)-1]
		r.marks = append(r.marks, mark{fill: true, x: x, y: 3, w: sample, h: 6, ink: seriesInk(n)}, mark{text: name, size: chartType, x: x + sample + 3, y: 9})
		x += w
	}
	return all
}

// firstFitting is as much of a text as fits, with dots when it is cut. The whole text stands in the table beside the chart.
func firstFitting(text string, size, room float64) string {
	all := []rune(text)
	if n := fitting(all, size, room); n < len(all) {
		return string(all[:max(0, fitting(all, size, room-size))]) + "…"
	}
	return text
}

// there says whether a value can be drawn.
func there(v Value) bool { return v.Kind != None && v.Kind != Text }

// bounds are the least and the greatest value of a chart; without values the least is above.
func (c *Chart) bounds() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, s := range c.Series {
		for _, v := range s.Values {
			if there(v) {
				low, high = min(low, v.Number), max(high, v.Number)
			}
		}
	}
	return low, high
}

// scale is an axis with its ticks.
type scale struct {
	from, step float64
	steps      int
	kind       ValueKind
}

// scaleFor covers the values with three to six round steps. Bars begin at nothing; lines of rates need not.
func (c *Chart) scaleFor() scale {
	low, high := c.bounds()
	if kind := c.kind(); c.Kind == BarChart || kind == Count || low < (high-low)/2 {
		low = min(low, 0)
	}
	high = max(high, low)
	least := 1.0
	switch c.kind() {
	case Rate, Share:
		least = 0.01
	case Hours, Number, Points:
		least = 0.1
	}
	step := max(niceStep((high-low)/5), least)
	from := math.Floor(low/step+1e-9) * step
	steps := max(1, int(math.Ceil((high-from)/step-1e-9)))
	return scale{from, step, steps, c.kind()}
}

// niceStep is 1, 2 or 5 times a power of ten, at least v.
func niceStep(v float64) float64 {
	if v <= 0 {
		return 0
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

func (c *Chart) kind() ValueKind {
	for _, s := range c.Series {
		for _, v := range s.Values {
			if there(v) {
				return v.Kind
			}
		}
	}
	return Count
}

// at is where a value stands, from 0 to 1.
func (s scale) at(v float64) float64 { return (v - s.from) / (float64(s.steps) * s.step) }

// label is the text of a tick.
func (s scale) label(n int) string {
	v := s.from + float64(n)*s.step
	switch s.kind {
	case Rate, Share:
		return trimmed(v*100) + " %"
	}
	return trimmed(v)
}

// trimmed writes a number with at most one decimal.
func trimmed(v float64) string {
	tenths := int64(math.Round(v * 10))
	if tenths%10 == 0 {
		return itoa(int(tenths / 10))
	}
	return fixed(tenths, 1)
}
