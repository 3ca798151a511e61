package reports

import (
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
)

// inChart is how many bars a chart has at most.
const inChart = 15

func (b *renderer) categories() {
	b.chapter("问题类别", "Categories")
	t := &paper.Table{Name: b.say("类别", "Categories"), Caption: b.say("问题类别", "Issues by category"),
		Empty: b.say("本期无受理案件。", "Nothing was received."), Columns: []paper.Column{{Head: b.say("代码", "Code")}, {Head: b.say("类别", "Category")},
			{Head: b.say("受理", "Received"), Kind: paper.Count}, {Head: b.say("占比", "Share"), Kind: paper.Rate},
			{Head: b.say("受理较上周", "Against last week"), Kind: paper.Share}, {Head: b.say("应处置", "Due"), Kind: paper.Count}, {Head: b.say("处置率", "Disposal"), Kind: paper.Rate}}}
	c := &paper.Chart{Title: b.say("各类问题受理件数", "Issues received, by category"), Kind: paper.BarChart,
		Series: []paper.Series{{Name: b.say("本周", "This week")}, {Name: b.say("上周", "Last week")}}}
	for n := range b.Categories {
		k := &b.Categories[n]
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.Text(k.Code), b.Text(k.Name), b.Count(k.Now.Received),
			b.Rate(k.Now.Received, b.Now.Received), b.growth(k.Now.Received, received, k.Before), b.Count(k.Now.Due), b.rate(k.Now.disposal())}})
		if n >= inChart {
			continue
		}
		before := b.NoData()
		switch {
		case k.Before != nil:
			before = b.Count(k.Before.Received)
		case b.Before != nil: // it was counted, and nothing of this category came in
			before = b.Count(0)
		}
		c.Labels = append(c.Labels, k.Name)
		c.Series[0].Values, c.Series[1].Values = append(c.Series[0].Values, b.Count(k.Now.Received)), append(c.Series[1].Values, before)
	}
	b.table(t)
	if len(c.Labels) > 0 {
		b.chart(c)
	}
}

func (b *renderer) roads() {
	b.chapter("问题集中路段", "Worst road sections")
	t := &paper.Table{Name: b.say("路段", "Roads"), Caption: b.say("每公里问题件数最多的路段", "Road sections by issues per kilometre"),
		Empty: b.say("本期无路段数据。", "There are no figures of road sections."), Columns: []paper.Column{{Head: b.say("路段", "Road section")},
			{Head: b.say("所属区域", "Area")}, {Head: b.say("件数", "Issues"), Kind: paper.Count}, {Head: b.say("长度（公里）", "Length (km)"), Kind: paper.Number},
			{Head: b.say("每公里件数", "Issues per km"), Kind: paper.Number}}}
	for _, r := range b.Roads {
		length, per := b.NoData(), b.NoData()
		if r.Metres > 0 {
			length, per = b.Decimal(r.Metres/1000), b.Decimal(float64(r.Issues)/r.Metres*1000)
		}
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.Text(r.Name), b.Text(r.Area), b.Count(r.Issues), length, per}})
	}
	b.table(t)
}

func (b *renderer) places() {
	b.chapter("反复发生点位", "Recurring places")
	t := &paper.Table{Name: b.say("反复发生", "Recurring"), Caption: b.say("反复发生的点位", "Places where the same came back"),
		Empty: b.say("本期无反复发生的点位。", "Nothing came back."), Columns: []paper.Column{{Head: b.say("点位", "Place")}, {Head: b.say("类别", "Category")},
			{Head: b.say("责任单位", "Unit")}, {Head: b.say("次数", "Times"), Kind: paper.Count}, {Head: b.say("天数内", "In days"), Kind: paper.Count},
			{Head: b.say("最近一次", "Last"), Kind: paper.DateTime}}}
	for _, p := range b.Places {
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.Text(p.Name), b.Text(p.Category), b.Text(p.Unit), b.Count(p.Times), b.Count(p.Days), b.At(p.LastAt)}})
	}
	b.table(t)
}

func (b *renderer) pairs() {
	b.chapter("整改前后对比", "Before and after")
	all := b.photoPairs(b.Pairs)
	if len(all) == 0 {
		b.add(paper.Part{Paragraph: b.say("本期无对比照片。", "There are no pairs of photos.")})
		return
	}
	b.add(paper.Part{Pairs: all})
}

// photoPairs are pairs of photos under what they show.
func (b *renderer) photoPairs(pairs []PhotoPair) (all []paper.PhotoPair) {
	for _, p := range pairs {
		all = append(all, paper.PhotoPair{Title: b.sayf("%[1]s %[2]s %[3]s（%[4]s）", "%[1]s %[3]s, %[2]s (%[4]s)", p.Number, p.Place, p.Category,
			p.Unit), Before: b.shot(p.Before), After: b.shot(p.After)})
	}
	return all
}

func (b *renderer) shot(s PairPhoto) paper.CaptionedPhoto {
	if s.ID == "" {
		return paper.CaptionedPhoto{}
	}
	caption := b.At(s.At).Text
	if s.Received {
		caption = b.sayf("%s收到", "%s received", caption)
	}
	return paper.CaptionedPhoto{ID: s.ID, SHA256: s.SHA256, Caption: caption}
}

func (b *renderer) overdue() {
	b.chapter("超期案件", "Overdue issues")
	t := &paper.Table{Name: b.say("超期", "Overdue"), Caption: b.say("超期未处置案件及告知情况", "Overdue issues, and who was told how often"), Landscape: true,
		Empty: b.say("截止时无超期未处置案件。", "Nothing was overdue at the cut-off."), Columns: []paper.Column{{Head: b.say("编号", "Number")},
			{Head: b.say("地点", "Place"), Width: 2}, {Head: b.say("类别", "Category"), Width: 1.3}, {Head: b.say("责任单位", "Unit"), Width: 1.3},
			{Head: b.say("期限", "Deadline"), Kind: paper.DateTime}, {Head: b.say("已超期", "Over by"), Kind: paper.Duration},
			{Head: b.say("标记", "Marks"), Width: 0.5}, {Head: b.say("告知情况", "Told"), Width: 2}},
		Notes: []string{b.say("已超期按案件时限的计时方式计算：工作时只计工作时间，小时、天昼夜连续。暂定：期限前提出的申请尚未决定，或补传期限未满，超期标记可能撤销。",
			"Over by: counted by the clock of the limit; working hours are those of working time, hours and days run day and night. Provisional: what was asked for in "+
				"time is undecided, or what was done in time may still arrive, so that the mark may go.")}}
	for n := range b.Overdue {
		o := &b.Overdue[n]
		var marks []string
		if o.Long {
			marks = append(marks, b.say("严重超期", "long overdue"))
		}
		if o.Provisional {
			marks = append(marks, b.say("暂定", "provisional"))
		}
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.Text(o.Number), b.Text(o.Place), b.Text(o.Category), b.Text(o.Unit), b.At(o.DueAt),
			b.over(o), b.Text(strings.Join(marks, b.say("、", ", "))), b.Text(b.told(o.Told))}})
	}
	t.Notes = append(t.Notes, b.undoneLines()...)
	if more := b.Now.Due - b.Now.Disposed - int64(len(b.Overdue)+len(b.Undone)); more > 0 {
		t.Notes = append(t.Notes, b.sayf("另有 %d 件未列出。", "%d more are not listed.", more))
	}
	b.table(t)
}

// roleWords are the people of a role as a report speaks of them.
var roleWords = map[inspect.Role][2]string{inspect.UnitRole: {"责任单位", "the unit"}, inspect.Leader: {"领导", "leaders"}, inspect.Office: {"办公室", "the office"},
	inspect.Inspector: {"巡查员", "inspectors"}, inspect.Admin: {"管理员", "administrators"},
	inspect.Auditor: {"审计员", "auditors"}, "": {"其他人员", "others"}}

// told is how often each role was told and when last, one below the other.
func (b *renderer) told(all []Reminder) string {
	if len(all) == 0 {
		return b.say("尚未告知", "nobody yet")
	}
	lines := make([]string, len(all))
	for n, t := range all {
		role, times := roleWords[t.Role], max(t.Times, 1)
		lines[n] = b.sayf("%[1]s %[2]d 次，最近 %[4]s", "%[1]s: %[3]s, last %[4]s", b.say(role[0], role[1]), times, counted(times, "time", "times"), b.At(t.At).Text)
	}
	return strings.Join(lines, "\n")
}

// standing are the suspensions and the holds.
func (b *renderer) standing() {
	b.chapter("中止与挂账", "Suspensions and holds")
	t := &paper.Table{Name: b.say("中止", "Suspensions"), Caption: b.say("中止计时", "Suspensions"), Empty: b.say("本期无中止。", "No clock was suspended."),
		Columns: []paper.Column{{Head: b.say("起", "From"), Kind: paper.DateTime}, {Head: b.say("止", "To"), Kind: paper.DateTime},
			{Head: b.say("区域", "Area")}, {Head: b.say("类别", "Categories")}, {Head: b.say("事由", "Reason")}, {Head: b.say("涉及件数", "Issues"), Kind: paper.Count}}}
	for _, s := range b.Suspensions {
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.At(s.From), b.At(s.To), b.Text(s.Area), b.Text(s.What), b.Text(s.Reason), b.Count(s.Issues)}})
	}
	b.table(t)
	t = &paper.Table{Name: b.say("挂账", "Holds"), Caption: b.say("挂账案件", "Issues on hold"),
		Empty: b.say("截止时无挂账案件。", "Nothing was on hold at the cut-off."),
		Columns: []paper.Column{{Head: b.say("编号", "Number")}, {Head: b.say("地点", "Place")}, {Head: b.say("责任单位", "Unit")},
			{Head: b.say("挂账至", "Until"), Kind: paper.Day}, {Head: b.say("原因", "Reason")}}}
	for _, h := range b.Holds {
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.Text(h.Number), b.Text(h.Place), b.Text(h.Unit), b.Day(h.Until), b.Text(h.Reason)}})
	}
	b.table(t)
}

func (b *renderer) late() {
	b.chapter("补传", "Late arrivals")
	t := &paper.Table{Name: b.say("补传", "Late"), Caption: b.say("离线办理、按办理时间计入的案件", "Done offline and counted at the time of doing"),
		Empty: b.say("本期无补传。", "Nothing arrived late."), Columns: []paper.Column{{Head: b.say("编号", "Number")}, {Head: b.say("责任单位", "Unit")},
			{Head: b.say("动作", "Action")}, {Head: b.say("办理时间", "Done"), Kind: paper.DateTime}, {Head: b.say("收到时间", "Received"), Kind: paper.DateTime},
			{Head: b.say("相差（小时）", "Hours between"), Kind: paper.Hours}}}
	for _, l := range b.Late {
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.Text(l.Number), b.Text(l.Unit), b.Text(l.What), b.At(l.DoneAt), b.At(l.ReceivedAt),
			b.Hours(l.ReceivedAt.Sub(l.DoneAt))}})
	}
	b.table(t)
}

func (b *renderer) corrections() {
	b.chapter("更正", "Corrections")
	t := &paper.Table{Name: b.say("更正", "Corrections"), Caption: b.say("对已印发各期的更正", "Corrections to reports that were issued"),
		Empty: b.say("本期无更正。", "There are no corrections."), Columns: []paper.Column{{Head: b.say("期号", "Report")}, {Head: b.say("案件", "Issue")},
			{Head: b.say("指标", "Figure")}, {Head: b.say("原", "Was")}, {Head: b.say("更正为", "Is")}, {Head: b.say("原因", "Why")}}}
	for _, c := range b.Corrections {
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.Text(c.Report), b.Text(c.Number), b.Text(c.Figure), b.Text(c.Was), b.Text(c.Is), b.Text(c.Why)}})
	}
	b.table(t)
	b.totals()
}

func (b *renderer) definitions() {
	b.chapter("指标定义", "Definitions")
	if len(b.Definitions) > 0 {
		b.add(paper.Part{Definitions: slices.Clone(b.Definitions)})
	}
	b.add(paper.Part{Note: b.say("“双创”指创建国家卫生城市、全国文明城市。本报告为截止时点的快照，此后的变化列入下期更正。",
		"This report is a snapshot of its cut-off; what changed later is listed as corrections in the next.")})
}
