package campaigns

import (
	"context"
	"fmt"
	"strings"

	"spotcheck/pkg/campaign"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/pkg/score"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// Report is how far a campaign is, or how it ended, as a document. What a closed campaign says never changes.
func (svc *Service) Report(ctx context.Context, a *inspect.Actor, id inspect.ID, language inspect.Language) (d *paper.Document, name string, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		c, err := visible(ctx, tx, a, id)
		if err != nil {
			return err
		}
		page, err := svc.pageOf(ctx, tx, a, &c)
		if err != nil {
			return err
		}
		office, err := city.Name.In(ctx, tx)
		if err != nil {
			return err
		}
		w := &reportWriter{Formatter: paper.Formatter{Language: language, Zone: svc.zone}, page: &page, cutOff: tx.Now, today: svc.city.Today(tx)}
		if c.Closing.At != 0 {
			w.cutOff, w.today = c.Closing.At, inspect.DateOf(c.Closing.At, svc.zone)
		}
		d, name = w.document(office), c.Title
		return nil
	})
	return d, name, err
}

// measureWords are what is counted, in what, and how, in Chinese and English.
var measureWords = map[campaign.Measure]struct{ name, unit, how [2]string }{
	campaign.MeasureVisits: {[2]string{"现场检查", "Visits"}, [2]string{"次", "visits"},
		[2]string{"按标准的现场检查，不含复查", "visits by a standard, without re-checks"}},
	campaign.MeasureRechecks: {[2]string{"复查", "Re-checks"}, [2]string{"次", "visits"},
		[2]string{"对不合格项目的复查", "visits that looked again at what failed"}},
	campaign.MeasureRecheckScore: {[2]string{"复查平均分", "Mean of re-checks"}, [2]string{"分", "points"},
		[2]string{"复查得分的平均，无复查则无数据", "mean score of re-checks; no data without any"}},
	campaign.MeasureIssuesFound: {[2]string{"发现问题", "Issues found"}, [2]string{"件", "issues"},
		[2]string{"期内上报，不含作废和合并", "reported in the time, without dismissed and merged ones"}},
	campaign.MeasureIssuesClosed: {[2]string{"问题结案", "Issues closed"}, [2]string{"件", "issues"},
		[2]string{"期内核查通过", "verified in the time"}},
	campaign.MeasureNotices: {[2]string{"下发通知单", "Notices"}, [2]string{"份", "papers"},
		[2]string{"任务通知单和整改通知单，不含作废", "task and rectification notices, without cancelled ones"}},
	campaign.MeasurePlanTasks: {[2]string{"完成计划任务", "Plan tasks done"}, [2]string{"项", "tasks"},
		[2]string{"行动计划中期内实际完成的任务", "tasks of action plans that ended in the time"}},
	campaign.MeasureActivities: {[2]string{"活动", "Activities"}, [2]string{"场", "times"},
		[2]string{"已开展的清扫、宣传、志愿活动", "clean-ups, publicity and voluntary work, carried out"}},
	campaign.MeasurePeople: {[2]string{"参加人员", "People"}, [2]string{"人次", "people"},
		[2]string{"活动参加人次", "that took part in activities"}},
	campaign.MeasurePlaces: {[2]string{"清理点位", "Places cleaned"}, [2]string{"处", "places"},
		[2]string{"活动清理处数", "in activities"}},
	campaign.MeasureVehicles: {[2]string{"出动车辆", "Vehicles"}, [2]string{"车次", "vehicles"},
		[2]string{"活动出动车次", "in activities"}},
	campaign.MeasureTonnes: {[2]string{"清运垃圾", "Carried away"}, [2]string{"吨", "tonnes"},
		[2]string{"活动清运吨数", "in activities"}},
}

// standingWords are how a target stands.
var standingWords = map[campaign.Standing][2]string{campaign.StandingReached: {"已达标", "reached"}, campaign.StandingOnTrack: {"按进度", "on track"},
	campaign.StandingBehind: {"落后", "behind"}, campaign.StandingNoData: {"无数据", "no data"}, campaign.StandingCounted: {"", ""}}

// reportWriter writes the report of a campaign in a language.
type reportWriter struct {
	paper.Formatter
	page   *Page
	cutOff inspect.Time
	today  inspect.Date
}

func (w *reportWriter) say(words [2]string) string {
	if w.Language == inspect.English {
		return words[1]
	}
	return words[0]
}

func (w *reportWriter) in(chinese, english string) string { return w.say([2]string{chinese, english}) }

func (w *reportWriter) heading(chinese, english string) paper.Part {
	return paper.Part{Heading: &paper.Heading{Level: 1, Text: w.in(chinese, english)}}
}

func (w *reportWriter) person(id inspect.ID) string {
	p := w.page.People[id]
	if p.DisplayName == "" {
		return p.StaffNumber
	}
	return p.DisplayName
}

func (w *reportWriter) document(office string) *paper.Document {
	p := w.page
	title := w.in("专项整治进展报告", "Progress of a campaign")
	if p.State == campaign.Closed {
		title = w.in("专项整治总结报告", "Closing report of a campaign")
	}
	d := &paper.Document{Language: w.Language, Office: office, Title: title, Subtitle: p.Title, Made: w.cutOff.UTC(), Date: string(w.today), Facts: []paper.Fact{
		{Name: w.in("时间", "Time"), Text: string(p.Span.From) + w.in(" 至 ", " to ") + string(p.Span.To)},
		{Name: w.in("范围", "Scope"), Text: w.scope()},
		{Name: w.in("组织", "Organisation"), Text: fmt.Sprintf(w.in("%d 位领导牵头，%d 个工作组", "%d leaders, %d groups"), len(p.Leaders()), len(p.Campaign.Groups))},
		{Name: w.in("截止", "Cut-off"), Text: w.At(w.cutOff.UTC()).Text}}}
	if p.State != campaign.Closed {
		d.Banners = []string{w.in("专项未结束，数据截至上述时间", "The campaign is not closed; figures up to the cut-off")}
	}
	if p.Note != "" {
		d.Parts = append(d.Parts, w.heading("工作内容", "What it is about"), paper.Part{Paragraph: p.Note})
	}
	d.Parts = append(d.Parts, w.heading("总体情况", "In all"), paper.Part{Key: w.totals()})
	if p.Closing.Conclusion != "" {
		d.Parts = append(d.Parts, w.heading("工作总结", "Conclusion"), paper.Part{Paragraph: p.Closing.Conclusion})
	}
	d.Parts = append(d.Parts, w.heading("各组完成情况", "By group"), paper.Part{Table: w.groups()})
	if behind := w.behind(); len(behind) > 0 {
		d.Parts = append(d.Parts, w.heading("落后的目标", "What is behind"), paper.Part{List: behind})
	}
	d.Parts = append(append(d.Parts, w.heading("每周进展", "By week"), paper.Part{Table: w.weeks()}), w.charts()...)
	d.Parts = append(d.Parts, w.heading("口径", "How it is counted"), paper.Part{Definitions: w.definitions()})
	return d
}

func (w *reportWriter) scope() string {
	if w.page.Area.IsZero() {
		return w.in("全市", "The whole city")
	}
	return w.page.Areas[w.page.Area]
}

// reached is an amount beside its goal.
func reached(c campaign.Cell) string {
	if c.Goal == 0 {
		return c.Amount.String()
	}
	return c.Amount.String() + " / " + c.Goal.String()
}

// value is how far a target is, with its standing in words where there is a goal.
func (w *reportWriter) value(c campaign.Cell) paper.Value {
	if c.Standing == campaign.StandingNoData {
		return w.NoData()
	}
	return w.Text(strings.TrimSpace(reached(c) + " " + w.say(standingWords[c.Standing])))
}

// number is an amount, without decimals where it has none.
func (w *reportWriter) number(c campaign.Cell) paper.Value {
	switch {
	case c.Standing == campaign.StandingNoData:
		return w.NoData()
	case c.Amount%score.One == 0:
		return w.Count(int64(c.Amount / score.One))
	}
	return w.Decimal(c.Amount.Float())
}

func (w *reportWriter) totals() (all []paper.KeyFigure) {
	for n, t := range w.page.Targets {
		c, words := w.page.Progress.Totals[n], measureWords[t.Measure]
		k := paper.KeyFigure{Name: w.say(words.name) + w.in("（", " (") + w.say(words.unit) + w.in("）", ")"), Value: w.number(c)}
		if c.Goal > 0 {
			k.Detail = w.in("目标 ", "goal ") + c.Goal.String() + w.in("，", ", ") + w.say(standingWords[c.Standing])
		}
		all = append(all, k)
	}
	return all
}

func (w *reportWriter) columns(first string) []paper.Column {
	all := []paper.Column{{Head: first, Width: 2}}
	for _, t := range w.page.Targets {
		all = append(all, paper.Column{Head: w.say(measureWords[t.Measure].name) + " " + w.say(measureWords[t.Measure].unit), Width: 1.5})
	}
	return all
}

// groups are the groups below their leaders.
func (w *reportWriter) groups() *paper.Table {
	t := &paper.Table{Name: w.in("各组完成情况", "By group"), Groups: w.in("领导", "Leader"), Columns: w.columns(w.in("工作组", "Group")), Landscape: len(w.page.Targets) > 4}
	for _, leader := range w.page.Leaders() {
		t.Rows = append(t.Rows, paper.Row{Group: w.person(leader)})
		for n, g := range w.page.Campaign.Groups {
			if g.Leader != leader {
				continue
			}
			row := paper.Row{Cells: []paper.Value{w.Text(g.Name)}}
			for _, c := range w.page.Progress.Groups[n] {
				row.Cells = append(row.Cells, w.value(c))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	total := paper.Row{Cells: []paper.Value{w.Text(w.in("合计", "In all"))}, Total: true}
	for _, c := range w.page.Progress.Totals {
		total.Cells = append(total.Cells, w.value(c))
	}
	t.Rows = append(t.Rows, total)
	t.Notes = []string{w.in("一项工作属于几个组时，各组都计，合计只计一次。", "What counts for several groups stands with each of them, and once in all.")}
	return t
}

func (w *reportWriter) behind() (all []string) {
	for n, g := range w.page.Campaign.Groups {
		for k, c := range w.page.Progress.Groups[n] {
			if c.Standing == campaign.StandingBehind {
				words := measureWords[w.page.Targets[k].Measure]
				all = append(all, fmt.Sprintf(w.in("%s（%s）：%s %s %s", "%s (%s): %s %s %s"), g.Name, w.person(g.Leader), w.say(words.name), reached(c), w.say(words.unit)))
			}
		}
	}
	return all
}

func weekName(week *campaign.Week) string {
	return string(week.From)[5:] + "–" + string(week.To)[5:]
}

func (w *reportWriter) weeks() *paper.Table {
	t := &paper.Table{Name: w.in("每周进展", "By week"), Columns: w.columns(w.in("周", "Week")), Empty: w.in("专项尚未开始。", "The campaign has not begun."),
		Landscape: len(w.page.Targets) > 4}
	for n := range w.page.Progress.Weeks {
		week := &w.page.Progress.Weeks[n]
		row := paper.Row{Cells: []paper.Value{w.Text(weekName(week))}}
		for _, c := range week.Amounts {
			row.Cells = append(row.Cells, w.number(c))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// charts are the weekly lines of those targets that have a goal.
func (w *reportWriter) charts() (all []paper.Part) {
	if len(w.page.Progress.Weeks) < 2 {
		return nil
	}
	for n, t := range w.page.Targets {
		if t.Goal == 0 {
			continue
		}
		words := measureWords[t.Measure]
		c := &paper.Chart{Title: w.say(words.name) + " " + w.say(words.unit), Kind: paper.LineChart, Series: []paper.Series{{Name: w.say(words.name)}}}
		for k := range w.page.Progress.Weeks {
			week := &w.page.Progress.Weeks[k]
			c.Labels = append(c.Labels, weekName(week))
			c.Series[0].Values = append(c.Series[0].Values, w.number(week.Amounts[n]))
		}
		all = append(all, paper.Part{Chart: c})
	}
	return all
}

func (w *reportWriter) definitions() (all []paper.Definition) {
	for _, t := range w.page.Targets {
		words := measureWords[t.Measure]
		all = append(all, paper.Definition{Term: w.say(words.name), Text: w.say(words.how)})
	}
	gone, days := campaign.DaysGone(w.page.Span, w.today)
	return append(all, paper.Definition{Term: w.say(standingWords[campaign.StandingBehind]),
		Text: fmt.Sprintf(w.in("完成数低于目标 × 已过天数 ÷ 总天数（%d ÷ %d）；平均分低于目标即为落后", "less than goal × days gone ÷ days (%d ÷ %d); a mean is behind below its goal"),
			gone, days)})
}
