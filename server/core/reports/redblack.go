package reports

import (
	"context"
	"fmt"
	"strings"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/city"
)

// RedListHoldPercent is how much of what a unit has open may be on hold before it stands on no red list.
var RedListHoldPercent = city.Setting[int64]{Key: "red_list_hold_percent", Default: 30, Read: city.ReadNumber(0, 100, "percent, 0 to 100")}

// barred marks the units that no red list names: what cannot be fixed now is no merit.
func (m *builder) barred(ctx context.Context) error {
	percent, err := RedListHoldPercent.In(ctx, m.Tx)
	for n := range m.Units {
		held := m.Units[n].Now.Holding
		m.Units[n].BarredFromRed = held.Of > 0 && held.N*100 > percent*held.Of
	}
	m.HoldPercent = percent
	return err
}

// redAndBlack are the units of one peer group, all with a rank and the best first, that stand on the red list and on the black one. Nobody who is barred
// stands on the red list, and nobody who has nothing left to do on the black one; no other unit comes in for them.
func redAndBlack(group []*UnitRow) (red, black []*UnitRow) {
	scores := make([]float64, len(group))
	for n, u := range group {
		scores[n] = u.Score
	}
	best, last := closure.RedAndBlack(scores)
	for n, u := range group {
		switch {
		case best[n] && !u.BarredFromRed:
			red = append(red, u)
		case last[n] && u.Now.Disposed < u.Now.Due:
			black = append(black, u)
		}
	}
	return red, black
}

// lists are the red list, the best of each group, and the black one, the last.
func (b *renderer) lists() {
	b.chapter("红黑榜", "Red and black list")
	columns := []paper.Column{{Head: b.say("同类组", "Peer group")}, {Head: b.say("责任单位", "Unit")}, {Head: b.say("名次", "Rank"), Kind: paper.Count},
		{Head: b.say("得分", "Score"), Kind: paper.Number},
		{Head: b.say("处置率", "Disposal"), Kind: paper.Rate}, {Head: b.say("按期处置率", "On time"), Kind: paper.Rate}, {Head: b.say("名次较上周", "Rank last week")}}
	red := &paper.Table{Name: b.say("红榜", "Red list"), Caption: b.say("红榜", "Red list"), Columns: columns, Empty: b.say("本期无单位列入红榜。", "No unit is on the red list.")}
	black := &paper.Table{Name: b.say("黑榜", "Black list"), Caption: b.say("黑榜", "Black list"), Columns: columns, Empty: b.say("本期无单位列入黑榜。", "No unit is on the black list."),
		Notes: []string{b.say("红榜为同类组内名次在前三分之一且得分高于中位数的单位，黑榜为后三分之一且低于中位数的单位；得分相同的一并列入或都不列入；应处置案件全部处置完毕的不列入黑榜。",
			"Red is the upper third of a peer group and above its median, black the lower third and below it; equals stand there together or not at all; "+
				"who has disposed of all that was due is on no black list.")}}
	var barred []string
	for _, g := range b.ranked() {
		best, last := redAndBlack(g)
		for _, u := range best {
			red.Rows = append(red.Rows, b.listRow(u))
		}
		for _, u := range last {
			black.Rows = append(black.Rows, b.listRow(u))
		}
		for _, u := range g {
			if u.BarredFromRed {
				barred = append(barred, u.Name)
			}
		}
	}
	if len(barred) > 0 {
		red.Notes = append(red.Notes, b.sayf("挂账率超过 %[1]d %%，不列入红榜：%[2]s。", "More than %[1]d %% of what they have open is on hold, so they are on no red list: %[2]s.",
			b.HoldPercent, strings.Join(barred, b.say("、", ", "))))
	}
	b.table(red)
	b.table(black)
}

func (b *renderer) listRow(u *UnitRow) paper.Row {
	moved := b.Dash()
	if u.RankBefore > 0 {
		moved = b.Text(fmt.Sprintf("%d → %d", u.RankBefore, u.Rank))
	}
	score := b.NoData()
	if u.HasScore {
		score = b.Decimal(u.Score)
	}
	return paper.Row{Cells: []paper.Value{b.Text(u.Group), b.Text(u.Name), b.Count(int64(u.Rank)), score, b.rate(u.Now.disposal()), b.rate(u.Now.onTime()), moved}}
}
