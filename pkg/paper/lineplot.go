package paper

// plot is a chart of lines: its values over its labels, which stand in their order.
func (c *Chart) plot(wide float64) row {
	s := c.scaleFor()
	from := 0.0
	for k := 0; k <= s.steps; k++ {
		from = max(from, width(s.label(k), chartType-1))
	}
	from += 6
	const above = 12.0
	span := wide - from - 4
	y := func(v float64) float64 { return above + plotHigh*(1-s.at(v)) }
	r := row{height: above + plotHigh + 2*chartLead}
	for k := 0; k <= s.steps; k++ {
		at := above + plotHigh*(1-float64(k)/float64(s.steps))
		r.marks = append(r.marks, mark{rule: true, x: from, y: at, w: span, thick: 0.3, ink: pale},
			mark{text: s.label(k), size: chartType - 1, align: toRight, x: from - 4, y: at + 2.5, ink: grey})
	}
	if len(c.Labels) == 0 {
		return r
	}
	each := span / float64(len(c.Labels))
	x := func(n int) float64 { return from + each*(float64(n)+0.5) }
	labels := make([]string, len(c.Labels))
	widest := 0.0
	for n, l := range c.Labels {
		labels[n] = firstFitting(printed(oneLine(l)), chartType-1, min(120, each+60))
		widest = max(widest, width(labels[n], chartType-1))
	}
	skip := max(1, int((widest+4)/each+0.999))
	for n := 0; n < len(c.Labels); n += skip {
		r.marks = append(r.marks, mark{rule: true, x: x(n), y: above + plotHigh, h: 2, thick: hairline, ink: grey},
			mark{text: labels[n], size: chartType - 1, align: toMiddle, x: min(x(n), wide-width(labels[n], chartType-1)/2), y: above + plotHigh + chartLead, ink: grey})
	}
	for k := range c.Series {
		r.marks = append(r.marks, c.curve(k, x, y, each)...)
	}
	return r
}

// curve is the line of a series, with a point for each value and its text where there is room for it.
func (c *Chart) curve(series int, x func(int) float64, y func(float64) float64, each float64) (all []mark) {
	colour := seriesInk(series)
	for n := range c.Labels {
		v := c.value(series, n)
		if !there(v) {
			continue
		}
		if n > 0 && there(c.value(series, n-1)) {
			x0, y0 := x(n-1), y(c.value(series, n-1).Number)
			all = append(all, mark{rule: true, x: x0, y: y0, w: x(n) - x0, h: y(v.Number) - y0, thick: 1.2, ink: colour})
		}
		all = append(all, mark{fill: true, x: x(n) - 1.8, y: y(v.Number) - 1.8, w: 3.6, h: 3.6, ink: colour})
		if text := c.valueText(v); len(c.Series) == 1 && width(text, chartType-1) < each {
			all = append(all, mark{text: text, size: chartType - 1, align: toMiddle, x: x(n), y: y(v.Number) - 4})
		}
	}
	return all
}
