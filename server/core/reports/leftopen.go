package reports

import (
	"cmp"
	"context"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/store"
)

// LeftOpenRow is an issue that the last bulletin named as not fixed, with what became of it.
type LeftOpenRow struct {
	Number   string `json:"number"`
	Place    string `json:"place"`
	Category string `json:"category"`
	Unit     string `json:"unit"`
	Outcome  string `json:"outcome"`
	Settled  bool   `json:"settled,omitempty"` // it is fixed, or no issue any more
}

// leftPairs is how many pairs of photos show what became of what the last bulletin named.
const leftPairs = 6

// leftOpen is what became of the issues that the last bulletin of the scope named.
func (m *builder) leftOpen(ctx context.Context) error {
	last, ok, err := m.Tx.LastIssuedBulletin(ctx, m.Reader.Scope.String())
	if err != nil || !ok {
		return err
	}
	f, err := frozenReport(ctx, m.Tx, last.ID)
	if err != nil {
		return err
	}
	m.LastBulletin = last.Number
	for n := range f.Week.Overdue[:min(len(f.Week.Overdue), bulletinLines)] {
		old := &f.Week.Overdue[n]
		row, ok, err := m.Tx.IssueByNumber(ctx, old.Number)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		v := LeftOpenRow{Number: old.Number, Place: old.Place, Category: old.Category, Unit: cmp.Or(m.units[row.Unit].Name, old.Unit)}
		v.Outcome, v.Settled = m.outcome(&row)
		m.LeftOpen = append(m.LeftOpen, v)
		if row.FixedAt == 0 || len(m.LeftPairs) == leftPairs {
			continue
		}
		pair, ok, err := m.pair(ctx, &row)
		if err != nil {
			return err
		}
		if ok {
			m.LeftPairs = append(m.LeftPairs, pair)
		}
	}
	return nil
}

// outcome says how an issue stands now.
func (m *builder) outcome(row *store.IssueRow) (text string, settled bool) {
	f := paper.Formatter{Language: m.Report.Language, Zone: m.Zone}
	at := func(t inspect.Time) string { return f.At(t.UTC()).Text }
	switch {
	case row.Status == inspect.Verified:
		return fmt.Sprintf(m.say("%s 已整改，%s 已结案", "fixed %s, closed %s"), at(row.FixedAt), at(row.ClosedAt)), true
	case row.Status == inspect.Fixed:
		return fmt.Sprintf(m.say("%s 已整改，待核查", "fixed %s, to be verified"), at(row.FixedAt)), true
	case row.Status == inspect.Dismissed:
		return m.say("已作废", "dismissed"), true
	case row.Status == inspect.Merged:
		return m.say("已并入他案", "merged into another"), true
	case row.Status == inspect.Reported:
		return m.say("已退回，待重新派遣", "given back, to be assigned again"), false
	case row.HeldUntil > m.Tx.Now:
		return fmt.Sprintf(m.say("挂账至 %s", "on hold until %s"), f.Day(row.HeldUntil.UTC()).Text), false
	}
	return m.say("仍未整改", "still not fixed"), false
}

// since says what became of what the last bulletin named.
func (b *renderer) since() {
	if b.LastBulletin == "" {
		return
	}
	b.chapter("上期通报问题整改情况", "What became of the last bulletin")
	settled := 0
	for n := range b.LeftOpen {
		if b.LeftOpen[n].Settled {
			settled++
		}
	}
	all := len(b.LeftOpen)
	b.add(paper.Part{Paragraph: b.sayf("%[1]s点名未整改问题 %[2]d 件，现已整改或了结 %[3]d 件，仍未整改 %[4]d 件。",
		"%[1]s named %[5]s as not fixed: %[3]d settled since, %[4]d still open.", b.LastBulletin, all, settled, all-settled, counted(int64(all), "issue", "issues"))})
	t := &paper.Table{Name: b.say("上期问题", "Last bulletin"), Caption: b.say("上期通报问题现状", "Where they stand"),
		Empty: b.say("上期未点名问题。", "The last bulletin named none."), Columns: []paper.Column{{Head: b.say("编号", "Number")}, {Head: b.say("地点", "Place"), Width: 2},
			{Head: b.say("类别", "Category")}, {Head: b.say("责任单位", "Unit")}, {Head: b.say("整改情况", "What became of it"), Width: 2}}}
	for n := range b.LeftOpen {
		v := &b.LeftOpen[n]
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.Text(v.Number), b.Text(v.Place), b.Text(v.Category), b.Text(v.Unit), b.Text(v.Outcome)}})
	}
	b.table(t)
	if len(b.LeftPairs) > 0 {
		b.add(paper.Part{Pairs: b.photoPairs(b.LeftPairs)})
	}
}
