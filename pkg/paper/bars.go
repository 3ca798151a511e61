package paper

// bars are the labels of a chart below each other, each with a bar for each series and its text.
func (c *Chart) bars(wide float64) (all []row) {
	s := c.scaleFor()
	names, room := c.labelLines(wide * 0.32)
	from := room + 6
	span := wide - from - c.valueRoom()
	x := func(v float64) float64 { return from + s.at(v)*span }
	for n := range c.Labels {
		high := max(float64(len(c.Series))*(barHigh+1), float64(len(names[n]))*chartLead) + 4
		r := row{height: high}
		for k := 0; k <= s.steps; k++ {
			at := from + span*float64(k)/float64(s.steps)
			r.marks = append(r.marks, mark{rule: true, x: at, h: high, thick: 0.3, ink: pale})
		}
		y := (high - float64(len(names[n]))*chartLead) / 2
		for k, l := range names[n] {
			r.marks = append(r.marks, mark{text: l.text, size: chartType, align: toRight, x: room, y: y + float64(k)*chartLead + chartLead - 3})
		}
		y = (high - float64(len(c.Series))*(barHigh+1)) / 2
		for k := range c.Series {
			r.marks = append(r.marks, c.bar(k, n, y+float64(k)*(barHigh+1), x)...)
		}
		all = append(all, append([]row(nil), r)...)
	}
	axis := row{height: chartLead + 2}
	for k := 0; k <= s.steps; k++ {
		at := from + span*float64(k)/float64(s.steps)
		axis.marks = append(axis.marks, mark{rule: true, x: at, h: 2, thick: hairline, ink: grey},
			mark{text: s.label(k), size: chartType - 1, align: toMiddle, x: at, y: 10, ink: grey})
	}
	axis.marks = append(axis.marks, mark{rule: true, x: from, w: span, thick: hairline, ink: grey})
	return append(all, axis)
}

// bar is that of one value; one that is not there is only its text.
func (c *Chart) bar(series, label int, y float64, x func(float64) float64) []mark {
	v := c.value(series, label)
	text := mark{text: c.valueText(v), size: chartType - 1, x: x(0) + 3, y: y + barHigh - 1.5}
	if !there(v) {
		text.ink = grey
		return []mark{text}
	}
	from, to := min(x(0), x(v.Number)), max(x(0), x(v.Number))
	text.x = to + 3
	return []mark{{fill: true, x: from, y: y, w: to - from, h: barHigh, ink: seriesInk(series)}, text}
}

// value is one of a series; a series may be short.
func (c *Chart) value(series, label int) Value {
	if label < len(c.Series[series].Values) {
		return c.Series[series].Values[label]
	}
	return Value{Kind: None}
}

// labelLines breaks the labels into at most two lines and gives the room that they need.
func (c *Chart) labelLines(most float64) (all [][]line, room float64) {
	for _, l := range c.Labels {
		lines := setLines(l, chartType, 0, most)
		if len(lines) > 2 {
			rest := lines[1].text + lines[2].text
			lines = []line{lines[0], {text: firstFitting(rest, chartType, most)}}
			lines[1].width = width(lines[1].text, chartType)
		}
		for _, l := range lines {
			room = max(room, l.width)
		}
		all = append(all, lines)
	}
	return all, room
}

// valueRoom is the room that the texts of values need behind the longest bar.
func (c *Chart) valueRoom() (room float64) {
	for n := range c.Series {
		for k := range c.Labels {
			room = max(room, width(c.valueText(c.value(n, k)), chartType-1))
		}
	}
	return room + 8
}

// longestValue is the room that the text of a value takes in a chart at most, in points.
const longestValue = 90.0

func (c *Chart) valueText(v Value) string {
	return firstFitting(printed(oneLine(v.Text)), chartType-1, longestValue)
}
