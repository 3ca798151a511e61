package reports

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
)

// ReturnRow is a return that was due in the period of a report.
type ReturnRow struct {
	Form   string              `json:"form"`
	Lines  []string            `json:"lines"`
	Period string              `json:"period"`
	Unit   string              `json:"unit"`
	DueAt  time.Time           `json:"due_at"`
	State  inspect.ReturnState `json:"state"`
	SentAt time.Time           `json:"sent_at,omitzero"`
	Sent   int                 `json:"sent"`              // how many times: more than once is corrected
	Values []float64           `json:"numbers,omitempty"` // as they were sent last
}

// owedReturns are those that were due in the period.
func (m *builder) owedReturns(ctx context.Context) error {
	if m.Reader.Scope.Kind == inspect.AreaSubtree {
		return inspect.InvalidField("/scope", "returns are owed by units: want the city or a unit")
	}
	owed, err := m.reports.owedReturns(ctx, m.Tx, m.from, m.to, time.Weekday(m.formula.WeekStart))
	for n := range owed {
		o := &owed[n]
		if !m.UnitInScope(o.Unit, o.DueAt) {
			continue
		}
		w := ReturnRow{Form: o.Form.Name, Lines: o.Form.Lines, Period: o.Period, Unit: m.units[o.Unit].Name, DueAt: o.DueAt.UTC(), State: o.State, Sent: o.Sent}
		if o.Sent > 0 {
			w.SentAt = o.SentAt.UTC()
			for _, h := range o.Last.Hundredths {
				w.Values = append(w.Values, float64(h)/100)
			}
		}
		m.Returns = append(m.Returns, w)
	}
	return err
}

// returnStates are what the states of a return are called.
var returnStates = map[inspect.ReturnState][2]string{inspect.ReturnAwaited: {"未到期", "not due yet"}, inspect.ReturnMissing: {"未报", "missing"},
	inspect.ReturnOnTime: {"按时", "on time"}, inspect.ReturnLate: {"迟报", "late"}}

// returns says who sent what is owed, who was late and who is missing, then the numbers of every form (报表).
func (b *renderer) returns() {
	b.chapter("报送情况", "Who sent what")
	var units []string
	states := map[string]map[inspect.ReturnState]int64{"": {}}
	for n := range b.Returns {
		r := &b.Returns[n]
		if states[r.Unit] == nil {
			units, states[r.Unit] = append(units, r.Unit), map[inspect.ReturnState]int64{}
		}
		states[r.Unit][r.State]++
		states[""][r.State]++
	}
	t := &paper.Table{Name: b.say("报送", "Returns"), Caption: b.say("各单位报表报送情况", "Returns of units"), Empty: b.say("本期无应报报表。", "No return was due."),
		Notes: []string{b.say("按时率为按时 ÷（按时＋迟报＋未报）；未到期的不计。", "On time is on time ÷ (on time + late + missing); what is not due yet is left out.")},
		Columns: []paper.Column{{Head: b.say("责任单位", "Unit")}, {Head: b.say("按时", "On time"), Kind: paper.Count}, {Head: b.say("迟报", "Late"), Kind: paper.Count},
			{Head: b.say("未报", "Missing"), Kind: paper.Count}, {Head: b.say("未到期", "Not due yet"), Kind: paper.Count}, {Head: b.say("按时率", "On-time rate"), Kind: paper.Rate}}}
	row := func(name string, n map[inspect.ReturnState]int64) paper.Row {
		onTime, late, missing := n[inspect.ReturnOnTime], n[inspect.ReturnLate], n[inspect.ReturnMissing]
		return paper.Row{Cells: []paper.Value{b.Text(name), b.Count(onTime), b.Count(late), b.Count(missing), b.Count(n[inspect.ReturnAwaited]),
			b.Rate(onTime, onTime+late+missing)}}
	}
	for _, name := range units {
		t.Rows = append(t.Rows, row(name, states[name]))
	}
	if len(units) > 0 {
		total := row(b.say("合计", "All"), states[""])
		total.Total = true
		t.Rows = append(t.Rows, total)
	}
	b.table(t)

	late := &paper.Table{Name: b.say("迟报未报", "Late or missing"), Caption: b.say("迟报与未报", "Late or missing"), Empty: b.say("本期无迟报、未报。", "Nothing is late or missing."),
		Columns: []paper.Column{{Head: b.say("报表", "Form")}, {Head: b.say("期", "Period")}, {Head: b.say("责任单位", "Unit")},
			{Head: b.say("应报时间", "Due"), Kind: paper.DateTime}, {Head: b.say("报送时间", "Sent"), Kind: paper.DateTime}, {Head: b.say("状态", "State")}}}
	for n := range b.Returns {
		if r := &b.Returns[n]; r.State == inspect.ReturnMissing || r.State == inspect.ReturnLate {
			sent := b.Text("—")
			if r.Sent > 0 {
				sent = b.At(r.SentAt)
			}
			late.Rows = append(late.Rows, paper.Row{Cells: []paper.Value{b.Text(r.Form), b.Text(r.Period), b.Text(r.Unit), b.At(r.DueAt), sent,
				b.Text(b.say(returnStates[r.State][0], returnStates[r.State][1]))}})
		}
	}
	b.table(late)

	b.chapter("各报表数据", "What was sent")
	if len(b.Returns) == 0 {
		b.add(paper.Part{Paragraph: b.say("本期无应报报表。", "No return was due.")})
	}
	for rest := b.Returns; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(r ReturnRow) bool { return r.Form != rest[0].Form || r.Period != rest[0].Period })
		if n < 0 {
			n = len(rest)
		}
		b.returnedForm(rest[:n])
		rest = rest[n:]
	}
}

// returnedForm is the numbers of a form for one period, with their sums over the units that sent it. A line in which all numbers are
// whole is written without decimals.
func (b *renderer) returnedForm(all []ReturnRow) {
	first := &all[0]
	t := &paper.Table{Name: first.Form + " " + first.Period, Caption: first.Form + "  " + first.Period, Columns: []paper.Column{{Head: b.say("责任单位", "Unit")}}}
	sums, sent := make([]float64, len(first.Lines)), 0
	written := make([]func(float64) paper.Value, len(first.Lines))
	for k, line := range first.Lines {
		written[k] = b.Decimal
		column := paper.Column{Head: line, Kind: paper.Number}
		if !slices.ContainsFunc(all, func(r ReturnRow) bool { return k < len(r.Values) && r.Values[k] != math.Trunc(r.Values[k]) }) {
			written[k] = func(v float64) paper.Value { return b.Count(int64(v)) } // nobody counts half a person
			column.Kind = paper.Count
		}
		t.Columns = append(t.Columns, column)
	}
	for n := range all {
		r := &all[n]
		cells := []paper.Value{b.Text(r.Unit)}
		for k := range first.Lines {
			if k >= len(r.Values) {
				cells = append(cells, b.NoData())
				continue
			}
			sums[k] += r.Values[k]
			cells = append(cells, written[k](r.Values[k]))
		}
		if t.Rows = append(t.Rows, paper.Row{Cells: cells}); r.Sent > 0 {
			sent++
		}
		if r.Sent > 1 {
			t.Notes = append(t.Notes, b.sayf("%[1]s 更正 %[2]d 次，以最后一次为准。", "%[1]s corrected it %[3]s; the last one stands.", r.Unit,
				r.Sent-1, counted(int64(r.Sent-1), "time", "times")))
		}
	}
	total := paper.Row{Total: true, Cells: []paper.Value{b.Text(fmt.Sprintf(b.say("合计（%d/%d 个单位）", "Sum of %d of %d units"), sent, len(all)))}}
	for k, sum := range sums {
		cell := b.NoData()
		if sent > 0 {
			cell = written[k](sum)
		}
		total.Cells = append(total.Cells, cell)
	}
	t.Rows = append(t.Rows, total)
	b.table(t)
}
