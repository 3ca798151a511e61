package reports

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
)

// renderer writes a weekly report part by part.
type renderer struct {
	*Report
	paper.Formatter
	document *paper.Document
	chapters int
	tables   int
	figures  int
}

// Document is the report in the order of its genre; the weekly report of closure: the leaders' page, overall, units, lists, categories, roads, places, pairs,
// overdue, suspensions and holds, late arrivals, plan and replies, corrections, definitions.
func (w *Report) Document() *paper.Document {
	b := &renderer{Report: w, Formatter: paper.Formatter{Language: w.Language, Zone: w.Zone}}
	b.document = b.cover()
	if !b.pages() {
		for _, part := range []func(){b.leaders, b.overall, b.units, b.lists, b.categories, b.roads, b.places, b.pairs, b.overdue, b.standing, b.late,
			b.plansAndReplies, b.corrections, b.definitions} {
			part()
		}
	}
	if len(b.CopyTo) > 0 {
		b.add(paper.Part{Paragraph: b.say("抄送：", "Copy to: ") + strings.Join(b.CopyTo, b.say("，", ", ")) + b.say("。", ".")})
	}
	return b.document
}

// say chooses the text of the report's language, in the words of its period.
func (b *renderer) say(chinese, english string) string {
	if b.Report.Language == inspect.English {
		return periodWords[b.Kind].english.Replace(english)
	}
	return periodWords[b.Kind].chinese.Replace(chinese)
}

// periodWording is what a report of another period than a week says in place of the words for a week.
type periodWording struct{ chinese, english *strings.Replacer }

func wordsFor(report, here, before, each, whole, title, now, last, parts, total string) periodWording {
	return periodWording{strings.NewReplacer("双创工作周报", "双创工作"+report, "各周之和不等于全月", each+"之和不等于"+whole, "本周", here, "上周", before),
		strings.NewReplacer("weekly report", title, "weeks do not add up to the month", parts+" do not add up to "+total, "Rank last week",
			"Rank "+last, "Against last week", "Against "+last, "against last week", "against "+last,
			"Last week", capital(last), "last week", last, "This week", capital(now), "this week", now, "each week", "each period", "the week before",
			"the period before", "the week", "the period")}
}

// capital is a text that begins with a capital letter, where its script has any.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// periodWords are the words of each kind of period; a week has its own.
var periodWords = map[closure.PeriodKind]periodWording{
	"":              {strings.NewReplacer(), strings.NewReplacer()},
	closure.Week:    {strings.NewReplacer(), strings.NewReplacer()},
	closure.Day:     wordsFor("日报", "本日", "上日", "各日", "全月", "daily report", "this day", "the day before", "days", "the month"),
	closure.TenDays: wordsFor("旬报", "本旬", "上旬", "各旬", "全月", "ten-day report", "these ten days", "the ten days before", "they", "the month"),
	closure.Month:   wordsFor("月报", "本月", "上月", "各月", "全年", "monthly report", "this month", "last month", "months", "the year"),
	closure.Quarter: wordsFor("季报", "本季", "上季", "各季", "全年", "quarterly report", "this quarter", "last quarter", "quarters", "the year"),
	closure.Half:    wordsFor("半年报", "本半年", "上半年度", "各半年", "全年", "half-yearly report", "this half-year", "the half-year before", "half-years", "the year"),
	closure.Year:    wordsFor("年报", "本年", "上年", "各年", "任期", "yearly report", "this year", "last year", "years", "the term"),
	closure.Between: wordsFor("专报", "本期", "上期", "各期", "全程", "report", "this period", "the period before", "periods", "the whole"),
}

// sayf is say with values; both texts name them by their places.
func (b *renderer) sayf(chinese, english string, values ...any) string {
	return fmt.Sprintf(b.say(chinese, english), values...)
}

func (b *renderer) add(parts ...paper.Part) { b.document.Parts = append(b.document.Parts, parts...) }

// numerals count chapters in Chinese.
var numerals = []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五"}

func (b *renderer) chapter(chinese, english string) {
	b.chapters++
	b.add(paper.Part{Heading: &paper.Heading{Level: 1, Text: b.say(numerals[b.chapters]+"、"+chinese, fmt.Sprintf("%d  %s", b.chapters, english))}})
}

func (b *renderer) section(chinese, english string) {
	b.add(paper.Part{Heading: &paper.Heading{Level: 2, Text: b.say(chinese, english)}})
}

// table adds one with its number; empty is said when it has no rows.
func (b *renderer) table(t *paper.Table) {
	b.tables++
	t.Caption = fmt.Sprintf(b.say("表%d %s", "Table %d  %s"), b.tables, t.Caption)
	b.add(paper.Part{Table: t})
}

func (b *renderer) chart(c *paper.Chart) {
	b.figures++
	c.Title = fmt.Sprintf(b.say("图%d %s", "Figure %d  %s"), b.figures, c.Title)
	b.add(paper.Part{Chart: c})
}

// span is the first and the last day of the week.
func (b *renderer) span() (first, last string) {
	return b.Day(b.From).Text, b.Day(b.To.Add(-time.Second)).Text
}

func (b *renderer) cover() *paper.Document {
	first, last := b.span()
	period := b.sayf("%[1]s 至 %[2]s", "%[1]s to %[2]s", first, last)
	if b.ISO != "" {
		year, week, _ := strings.Cut(b.ISO, "-W")
		period = b.sayf("%[1]s年第%[2]s周（%[3]s）", "Week %[2]s of %[1]s (%[3]s)", year, strings.TrimLeft(week, "0"), period)
	}
	d := &paper.Document{Language: b.Report.Language, Office: b.Office, Title: b.heading(), Number: b.Issue, Subtitle: strings.TrimSpace(period + "  " + b.Scope),
		Date: b.issued(), Made: b.made()}
	if b.Draft {
		d.Banners = append(d.Banners, b.say("草稿　未经核定，不得引用", "Draft: not checked, not to be quoted"))
	}
	if b.Unfinished {
		d.Banners = append(d.Banners, b.say("未完：本期尚未结束，数据截至统计时点", "Unfinished: the week is not over, figures as of the cut-off"))
	}
	d.Facts = append(d.Facts, paper.Fact{Name: b.say("指标口径", "Definitions"), Text: b.sayf("第 %d 版", "version %d", max(b.FormulaVersion, 1))})
	d.Facts = append(d.Facts, paper.Fact{Name: b.say("统计截止", "Cut-off"), Text: b.sayf("%[1]s（第 %[2]d 号事件）", "%[1]s (event %[2]d)", b.At(b.CutAt).Text, b.CutEvent)})
	if b.Genre.scores() {
		d.Facts = append(d.Facts, paper.Fact{Name: b.say("算法", "Formula"), Text: b.Formula})
	}
	if b.Changed != "" && b.Genre.scores() {
		d.Facts = append(d.Facts, paper.Fact{Name: b.say("算法变更", "Formula changed"), Text: b.Changed})
	}
	if b.OnePerson {
		d.Facts = append(d.Facts, paper.Fact{Name: b.say("岗位分离", "Separation of roles"),
			Text: b.say("未分离:管理员、办公室、审计员可由一人兼任", "none: one person may be administrator, office and auditor at once")})
	}
	if b.Checkpoint != "" {
		d.Facts = append(d.Facts, paper.Fact{Name: b.say("存证检查点", "Checkpoint of the record"), Text: b.Checkpoint})
	}
	return d
}

// made is the time that the files bear: when the report was issued, or its cut-off.
func (b *renderer) made() time.Time {
	at := b.CutAt
	if !b.IssuedAt.IsZero() {
		at = b.IssuedAt
	}
	if b.Report.Zone != nil {
		at = at.In(b.Report.Zone)
	}
	return at
}

// heading is what the report is called, with its city where that has a name.
func (b *renderer) heading() string {
	title := Title(b.Genre, b.Kind, b.Report.Language)
	if b.City == "" {
		return capital(title)
	}
	return b.City + b.say("", ": ") + title
}

// issued is the date of the report.
func (b *renderer) issued() string {
	if b.IssuedAt.IsZero() {
		return ""
	}
	at := b.IssuedAt
	if b.Report.Zone != nil {
		at = at.In(b.Report.Zone)
	}
	return at.Format(b.say("2006年1月2日", "2 January 2006"))
}

// rate is the value of a ratio.
func (b *renderer) rate(r Ratio) paper.Value { return b.Rate(r.N, r.Of) }

// change is that of a rate against another week, which may not be known.
func (b *renderer) change(of func(*Figures) Ratio, now, before *Figures) paper.Value {
	if before == nil {
		return b.Dash()
	}
	r, r0 := of(now), of(before)
	return b.Points(r.N, r.Of, r0.N, r0.Of)
}

func (b *renderer) growth(n int64, of func(*Figures) int64, before *Figures) paper.Value {
	if before == nil {
		return b.Dash()
	}
	return b.Change(n, of(before))
}

func (b *renderer) median(f *Figures) paper.Value {
	if !f.HasMedian {
		return b.NoData()
	}
	return b.Hours(f.Median)
}

// found is the median from discovery to fix.
func (b *renderer) found(f *Figures) paper.Value {
	if !f.HasMedian {
		return b.NoData()
	}
	return b.Hours(f.Found)
}

func received(f *Figures) int64 { return f.Received }

// leaders is the page that the head of the office reads.
func (b *renderer) leaders() {
	b.chapter("领导专页", "For the leaders")
	key := []paper.KeyFigure{{Name: b.say("受理", "Received"), Value: b.Count(b.Now.Received), Detail: b.sayf("立案 %d", "filed %d", b.Now.Filed),
		Change: []paper.Value{b.growth(b.Now.Received, received, b.Before)}}}
	for _, r := range []struct {
		zh, en string
		of     func(*Figures) Ratio
	}{{"处置率", "Disposal rate", (*Figures).disposal}, {"按期处置率", "On-time disposal rate", (*Figures).onTime}, {"结案率", "Closure rate", (*Figures).closure}} {
		ratio := r.of(&b.Now)
		key = append(key, paper.KeyFigure{Name: b.say(r.zh, r.en), Value: b.rate(ratio), Detail: fmt.Sprintf("%d / %d", ratio.N, ratio.Of),
			Change: []paper.Value{b.change(r.of, &b.Now, b.Before)}})
	}
	key = append(key, paper.KeyFigure{Name: b.say("派遣至整改中位数", "Assignment to fix"), Value: b.median(&b.Now),
		Detail: b.sayf("发现至整改 %s", "discovery to fix %s", b.found(&b.Now).TextWithUnit())})
	b.add(paper.Part{Key: key}, paper.Part{Note: b.say("方框末行为较上周变化；比率为个百分点，件数为百分比，基数为零记“—”。",
		"The last line of a box is the change against the week before: rates in percentage points, counts in percent, “—” from a base of 0.")})
	for _, s := range []struct {
		zh, en    string
		sentences []string
	}{{"变好的方面", "What got better", b.better()}, {"变差的方面", "What got worse", b.worse()}, {"需要决策的事项", "What needs a decision", b.decisions()}} {
		b.section(s.zh, s.en)
		if len(s.sentences) == 0 {
			b.add(paper.Part{Paragraph: b.say("本期无。", "Nothing this week.")})
			continue
		}
		b.add(paper.Part{List: s.sentences})
	}
	b.add(paper.Part{Break: true})
}

func (b *renderer) trend() {
	c := &paper.Chart{Title: b.say("处置率与按期处置率", "Disposal and on-time disposal"), Kind: paper.LineChart,
		Series: []paper.Series{{Name: b.say("处置率", "Disposal rate")}, {Name: b.say("按期处置率", "On-time disposal rate")}}}
	for _, w := range b.Trend {
		c.Labels = append(c.Labels, w.Label)
		c.Series[0].Values = append(c.Series[0].Values, b.rate(w.Disposal))
		c.Series[1].Values = append(c.Series[1].Values, b.rate(w.OnTime))
	}
	b.chart(c)
}

// overallRates are the rates of the overall block.
var overallRates = []struct {
	zh, en string
	of     func(*Figures) Ratio
}{
	{"立案率", "Acceptance", (*Figures).acceptance}, {"派遣率", "Assignment", (*Figures).assignment}, {"处置率", "Disposal", (*Figures).disposal},
	{"按期处置率", "On-time disposal", (*Figures).onTime},
	{"结案率", "Closure", (*Figures).closure}, {"按期结案率", "On-time closure", (*Figures).closedOnTime}, {"返工率", "Rework", (*Figures).rework}, {"延期率", "Extension", (*Figures).extension},
	{"严重超期率", "Long overdue", (*Figures).longOverdue}, {"按时派遣率", "Assigned in time", func(f *Figures) Ratio { return f.Assigning }},
	{"按期核查率", "Verified in time", func(f *Figures) Ratio { return f.Verifying }},
}

func (b *renderer) overall() {
	b.chapter("总体情况", "Overall")
	n := &b.Now
	b.add(paper.Part{Paragraph: b.sayf("%[1]s本期受理 %[2]d 件，立案 %[3]d 件；应处置 %[4]d 件（新到期 %[5]d 件，结转 %[6]d 件），已处置 %[7]d 件，其中按期 %[8]d 件；"+
		"应结案 %[16]d 件，结案 %[10]d 件，待核查 %[9]d 件，结案后重开 %[17]d 件。截止时在手 %[18]d 件，其中挂账 %[12]d 件、超期 %[19]d 件。"+
		"自行处置 %[11]d 件，回退 %[13]d 件，推诿 %[14]d 件，虚假整改 %[15]d 件。",
		"%[1]s: %[20]s received and %[3]d filed. %[21]s due (%[5]d new, %[6]d carried over), %[7]d of them disposed, %[8]d on time. "+
			"%[22]s due to close: %[23]s closed, %[24]s to be verified; %[25]s reopened. Units have %[18]d open, %[12]d of them on hold and %[19]d overdue. "+
			"Fixed on the spot %[11]d, returned %[13]d, shirked %[14]d, false fixes %[15]d.",
		b.Scope, n.Received, n.Filed, n.Due, n.New, n.Carried, n.Disposed, n.OnTime, n.Waiting, n.Closed, n.OnTheSpot, n.OnHold, n.Returned, n.Shirked,
		n.FalseFixes, n.DueToClose, n.Reopened, n.Open, n.Overdue, counted(n.Received, "issue was", "issues were"), wereOf(n.Due), wereOf(n.DueToClose),
		wereOf(n.Closed), counted(n.Waiting, "waits", "wait"), wereOf(n.Reopened))})
	t := &paper.Table{Name: b.say("总体", "Overall"), Caption: b.say("主要指标", "Main figures"),
		Columns: []paper.Column{{Head: b.say("指标", "Figure")}, {Head: b.say("本周", "This week"), Kind: paper.Rate},
			{Head: b.say("分子", "Numerator"), Kind: paper.Count}, {Head: b.say("分母", "Denominator"), Kind: paper.Count},
			{Head: b.say("较上周（环比）", "Against last week"), Kind: paper.Points}, {Head: b.say("较上年（同比）", "Against last year"), Kind: paper.Points}},
		Notes: []string{b.say("应处置＝期限在本期内的案件与期初尚未整改的结转案件，扣除截止时挂账的及作废、合并、申诉改派的；应结案＝同上，但以期初尚未结案为结转。结转案件每期重复计入，各周之和不等于全月。",
			"Due: a deadline in the week, or one before it and not fixed at its start, less on hold at the cut-off, dismissed, merged and appealed away; "+
				"due to close: likewise, not closed at its start. Carry-over is counted again each week, so weeks do not add up to the month.")}}
	for _, r := range overallRates {
		ratio := r.of(n)
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.Text(b.say(r.zh, r.en)), b.rate(ratio), b.Count(ratio.N), b.Count(ratio.Of),
			b.change(r.of, n, b.Before), b.change(r.of, n, b.LastYear)}})
	}
	if how := comparisonNames[b.Compared]; b.Before != nil && how != [2]string{} {
		t.Notes = append(t.Notes, b.say(how[0], how[1]))
	}
	b.table(t)
	if len(b.Trend) > 1 {
		b.trend()
	}
}

// comparisonNames say with what the week before is compared.
var comparisonNames = map[Comparison][2]string{
	WithIssued:     {"较上周＝与上周报告印发时的数字相比。", "Against last week: with the figures of its report as it was issued."},
	WithRecount:    {"上周报告未印发，较上周＝与上周在同样截止时距重算的数字相比。", "No report of last week was issued: it is recounted at the same distance from its end."},
	WithSameMoment: {"本周尚未结束，较上周＝与上周同一时刻的数字相比。", "This week is not over: it is compared with the same moment of last week."},
}
