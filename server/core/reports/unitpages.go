package reports

import (
	"slices"

	"spotcheck/pkg/paper"
)

// unitColumns are the columns of the table of units, each with its value.
func (b *renderer) unitColumns() (all []paper.Column, values []func(*UnitRow) paper.Value) {
	column := func(over, head string, kind paper.ValueKind, value func(*UnitRow) paper.Value) {
		all, values = append(all, paper.Column{GroupHead: over, Head: head, Kind: kind}), append(values, value)
	}
	count := func(over, head string, of func(*Figures) int64) {
		column(over, head, paper.Count, func(u *UnitRow) paper.Value { return b.Count(of(&u.Now)) })
	}
	rate := func(over, head string, of func(*Figures) Ratio) {
		column(over, head, paper.Rate, func(u *UnitRow) paper.Value { return b.rate(of(&u.Now)) })
	}
	due, disposed, timed, closed := b.say("应处置", "Due"), b.say("处置", "Disposed"), b.say("按期处置", "On time"), b.say("结案", "Closed")
	number := b.say("件数", "no.")
	column("", b.say("责任单位", "Unit"), paper.Text, func(u *UnitRow) paper.Value { return b.Text(u.Name) })
	count("", b.say("受理", "Received"), received)
	count(due, b.say("合计", "all"), func(f *Figures) int64 { return f.Due })
	count(due, b.say("新到期", "new"), func(f *Figures) int64 { return f.New })
	count(due, b.say("结转", "carried"), func(f *Figures) int64 { return f.Carried })
	count(disposed, number, func(f *Figures) int64 { return f.Disposed })
	rate(disposed, b.say("处置率", "rate"), (*Figures).disposal)
	count(timed, number, func(f *Figures) int64 { return f.OnTime })
	rate(timed, b.say("按期率", "rate"), (*Figures).onTime)
	count("", b.say("待核查", "To verify"), func(f *Figures) int64 { return f.Waiting })
	count(closed, number, func(f *Figures) int64 { return f.Closed })
	rate(closed, b.say("结案率", "rate"), (*Figures).closure)
	rate("", b.say("返工率", "Rework"), (*Figures).rework)
	rate("", b.say("延期率", "Extended"), (*Figures).extension)
	rate("", b.say("严重超期率", "Long overdue"), (*Figures).longOverdue)
	rate("", b.say("挂账率", "On hold"), func(f *Figures) Ratio { return f.Holding })
	median := b.say("中位时长（小时）", "Median hours")
	column(median, b.say("派遣至整改", "assigned to fixed"), paper.Hours, func(u *UnitRow) paper.Value { return b.median(&u.Now) })
	column(median, b.say("发现至整改", "found to fixed"), paper.Hours, func(u *UnitRow) paper.Value { return b.found(&u.Now) })
	column("", b.say("得分", "Score"), paper.Number, func(u *UnitRow) paper.Value {
		if !u.HasScore {
			return b.NoData()
		}
		return b.Decimal(u.Score)
	})
	column("", b.say("处置率较上周", "Disposal against last week"), paper.Points, func(u *UnitRow) paper.Value { return b.change((*Figures).disposal, &u.Now, u.Before) })
	column("", b.say("名次", "Rank"), paper.Count, b.rank)
	return all, values
}

func (b *renderer) rank(u *UnitRow) paper.Value {
	if u.Rank == 0 {
		return b.Text(b.say("件数不足", "too few"))
	}
	return b.Count(int64(u.Rank))
}

func (b *renderer) units() {
	b.chapter("各责任单位", "Units")
	t := &paper.Table{Name: b.say("单位", "Units"), Caption: b.say("各责任单位整改情况（同类组内排名）", "Units, ranked inside their peer groups"),
		Groups: b.say("同类组", "Peer group"), Landscape: true,
		Empty: b.say("本期各单位均无案件。", "No unit had issues this week."), Notes: []string{b.say("“件数不足”：应处置件数少于参与排名的最少件数，不参与排名。自行处置及单位自报的案件不计入比率和得分。",
			"“too few”: fewer issues due than a rank needs. Issues fixed on the spot and those that a unit reported itself are outside rates and score.")}}
	var values []func(*UnitRow) paper.Value
	t.Columns, values = b.unitColumns()
	row := func(u *UnitRow) (cells []paper.Value) {
		for _, v := range values {
			cells = append(cells, v(u))
		}
		return cells
	}
	b.byGroup(t, row)
	if n := len(t.Rows); n > 0 { // all of them have no score and no rank
		cells := t.Rows[n-1].Cells
		cells[len(cells)-1], cells[len(cells)-3] = b.Dash(), b.Dash()
	}
	b.table(t)
	b.besideRanks()
}

// byGroup fills a table with the units under the heads of their groups, and all of them below.
func (b *renderer) byGroup(t *paper.Table, row func(*UnitRow) []paper.Value) {
	for n := range b.Units {
		u := &b.Units[n]
		if n == 0 || u.Group != b.Units[n-1].Group {
			t.Rows = append(t.Rows, paper.Row{Group: u.Group})
		}
		t.Rows = append(t.Rows, paper.Row{Cells: row(u)})
	}
	if len(b.Units) > 0 {
		t.Rows = append(t.Rows, paper.Row{Total: true, Cells: row(&UnitRow{Name: b.say("合计", "All"), Now: b.Now, Before: b.Before})})
	}
}

// besideRanks is what is shown beside the ranks of units and has no part in them.
func (b *renderer) besideRanks() {
	t := &paper.Table{Name: b.say("单位其他", "Units, other"), Caption: b.say("不计入排名的情况", "What has no part in ranks"),
		Groups: b.say("同类组", "Peer group"), Empty: b.say("本期各单位均无案件。", "No unit had issues this week."),
		Columns: []paper.Column{{Head: b.say("责任单位", "Unit")}, {Head: b.say("自行处置", "Fixed on the spot"), Kind: paper.Count},
			{Head: b.say("单位自报", "Reported by itself"), Kind: paper.Count}, {GroupHead: b.say("挂账", "On hold"), Head: b.say("件数", "no."), Kind: paper.Count},
			{GroupHead: b.say("挂账", "On hold"), Head: b.say("挂账率", "rate"), Kind: paper.Rate},
			{GroupHead: b.say("回退", "Returned"), Head: b.say("件数", "no."), Kind: paper.Count},
			{GroupHead: b.say("回退", "Returned"), Head: b.say("回退率", "rate"), Kind: paper.Rate},
			{Head: b.say("推诿", "Shirked"), Kind: paper.Count}, {Head: b.say("虚假整改", "False fixes"), Kind: paper.Count}}}
	helps := b.Now.Assisting.Of > 0
	if helps {
		over := b.say("协办", "Joint work")
		t.Columns = append(t.Columns, paper.Column{GroupHead: over, Head: b.say("应反馈", "due"), Kind: paper.Count},
			paper.Column{GroupHead: over, Head: b.say("按期率", "on time"), Kind: paper.Rate})
	}
	row := func(u *UnitRow) []paper.Value {
		f := &u.Now
		cells := []paper.Value{b.Text(u.Name), b.Count(f.OnTheSpot), b.Count(f.Own), b.Count(f.OnHold), b.rate(f.Holding), b.Count(f.Returned),
			b.rate(f.Returning), b.Count(f.Shirked), b.Count(f.FalseFixes)}
		if helps {
			cells = append(cells, b.Count(f.Assisting.Of), b.rate(f.Assisting))
		}
		return cells
	}
	b.byGroup(t, row)
	b.table(t)
}

// ranked are the units of each group that have a rank, best first.
func (b *renderer) ranked() (groups [][]*UnitRow) {
	for n := range b.Units {
		u := &b.Units[n]
		if u.Rank == 0 {
			continue
		}
		k := slices.IndexFunc(groups, func(g []*UnitRow) bool { return g[0].Group == u.Group })
		if k < 0 {
			groups = append(groups, nil)
			k = len(groups) - 1
		}
		groups[k] = append(groups[k], u)
	}
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, c *UnitRow) int { return a.Rank - c.Rank })
	}
	return groups
}
