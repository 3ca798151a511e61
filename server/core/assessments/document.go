package assessments

import (
	"context"
	"fmt"
	"strings"

	"spotcheck/pkg/assessment"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// Document is a sheet as a document, with the lines that the actor may see.
func (svc *Service) Document(ctx context.Context, a *inspect.Actor, id inspect.ID, language inspect.Language) (d *paper.Document, name string, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := visible(ctx, tx, a, id)
		if err != nil {
			return err
		}
		page, err := pageOf(ctx, tx, a, &t)
		if err != nil {
			return err
		}
		office, err := city.Name.In(ctx, tx)
		if err != nil {
			return err
		}
		w := &writer{Formatter: paper.Formatter{Language: language, Zone: svc.zone}, page: &page}
		d, name = w.document(office), t.Content.Rules.Title+" "+t.Period
		return nil
	})
	return d, name, err
}

// partWords are what the parts are called, what their numbers count, and how they are counted, in Chinese and English.
var partWords = map[assessment.Part]struct{ name, made, how [2]string }{
	assessment.Closure: {[2]string{"整改处置", "Closure"}, [2]string{"处置 %d / 应处置 %d", "%d of %d disposed"},
		[2]string{"周报得分，按城市现行得分算法", "score of the weekly report, by the formula of the city"}},
	assessment.Visits: {[2]string{"现场检查", "Visits"}, [2]string{"检查 %d 次", "%d visits"},
		[2]string{"检查得分的平均，不含复查和未裁定的异议", "mean score of visits, without re-checks and contests that are not decided"}},
	assessment.Rounds: {[2]string{"任务落实", "Rounds"}, [2]string{"落实 %d / 应落实 %d", "%d of %d kept"},
		[2]string{"单位承担的检查任务的落实率 × 100", "100 × compliance with the duties that the unit has"}},
}

// writer writes a sheet in a language.
type writer struct {
	paper.Formatter
	page *Page
}

func (w *writer) say(words [2]string) string {
	if w.Language == inspect.English {
		return words[1]
	}
	return words[0]
}

func (w *writer) in(chinese, english string) string { return w.say([2]string{chinese, english}) }

func (w *writer) heading(chinese, english string) paper.Part {
	return paper.Part{Heading: &paper.Heading{Level: 1, Text: w.in(chinese, english)}}
}

func (w *writer) document(office string) *paper.Document {
	t, r := &w.page.Sheet, &w.page.Content.Rules
	d := &paper.Document{Language: w.Language, Office: office, Title: w.in("考核结果", "Assessment"), Subtitle: r.Title, Made: t.Drafted.At.UTC(),
		Date: string(inspect.DateOf(t.Drafted.At, w.Zone)), Facts: []paper.Fact{
			{Name: w.in("考核期", "Period"), Text: t.Period},
			{Name: w.in("考核对象", "Peer group"), Text: r.PeerGroup},
			{Name: w.in("办法", "Scheme"), Text: fmt.Sprintf(w.in("%s（第 %d 版）", "%s, version %d"), r.Title, r.Version)},
			{Name: w.in("数据截至", "Figures up to"), Text: w.At(t.Drafted.At.UTC()).Text}}}
	if t.State() != assessment.Issued {
		d.Banners = []string{w.in("未发布，仅供核对", "Not issued: to be checked")}
	}
	d.Parts = append(d.Parts, w.heading("得分", "Scores"), paper.Part{Table: w.scores()}, w.heading("数据来源", "Where the numbers come from"),
		paper.Part{Table: w.sources()}, w.heading("加分与扣分", "Points added and taken"), paper.Part{Table: w.merits()},
		w.heading("口径", "How it is counted"), paper.Part{Definitions: w.definitions()})
	return d
}

// figure is the score of a figure, or that there is nothing to count.
func (w *writer) figure(f *assessment.Figure) paper.Value {
	if !f.Known {
		return w.NoData()
	}
	return w.Decimal(f.Score.Float())
}

func (w *writer) scores() *paper.Table {
	t := &paper.Table{Name: w.in("得分", "Scores"), Empty: w.in("该组没有单位。", "The group has no unit."),
		Columns: []paper.Column{{Head: w.in("名次", "Rank"), Kind: paper.Count}, {Head: w.in("单位", "Unit"), Width: 2}}}
	for _, p := range w.page.Content.Rules.Weights {
		t.Columns = append(t.Columns, paper.Column{Head: fmt.Sprintf("%s (%s%%)", w.say(partWords[p.Part].name), p.Weight), Kind: paper.Number})
	}
	t.Columns = append(t.Columns, paper.Column{Head: w.in("得分", "Score"), Kind: paper.Number}, paper.Column{Head: w.in("加扣分", "Points"), Kind: paper.Number},
		paper.Column{Head: w.in("总分", "Total"), Kind: paper.Number}, paper.Column{Head: w.in("等级", "Grade")}, paper.Column{Head: w.in("红黑榜", "List")})
	for n := range w.page.Content.Lines {
		l := &w.page.Content.Lines[n]
		rank, total, score := w.Text(w.in("不排名", "none")), w.NoData(), w.NoData()
		if l.Rank > 0 {
			rank = w.Count(int64(l.Rank))
		}
		if l.Known {
			score, total = w.Decimal(l.Score.Float()), w.Decimal(l.Total.Float())
		}
		cells := []paper.Value{rank, w.Text(l.Name)}
		for k := range l.Figures {
			cells = append(cells, w.figure(&l.Figures[k]))
		}
		list := map[assessment.Listing]string{assessment.Red: w.in("红榜", "red"), assessment.Black: w.in("黑榜", "black")}[l.Listing]
		t.Rows = append(t.Rows, paper.Row{Cells: append(cells, score, w.Decimal(l.Points.Float()), total, w.Text(l.Grade), w.Text(list))})
	}
	return t
}

// sources are the figures behind the scores: of each unit and part, and of the shorter periods that they are the mean of.
func (w *writer) sources() *paper.Table {
	t := &paper.Table{Name: w.in("数据来源", "Sources"), Columns: []paper.Column{{Head: w.in("单位", "Unit"), Width: 2}, {Head: w.in("项目", "Part")},
		{Head: w.in("时段", "Period")}, {Head: w.in("得分", "Score"), Kind: paper.Number}, {Head: w.in("数据", "Counted"), Width: 2}}}
	for n := range w.page.Content.Lines {
		l := &w.page.Content.Lines[n]
		for k := range l.Figures {
			f, words := &l.Figures[k], partWords[w.page.Content.Rules.Weights[k].Part]
			row := func(f *assessment.Figure) {
				made := fmt.Sprintf(w.say(words.made), f.N, f.Of)
				if !strings.Contains(words.made[1], "of") {
					made = fmt.Sprintf(w.say(words.made), f.N)
				}
				if f.Missing > 0 {
					made += fmt.Sprintf(w.in("，%d 个月无数据", ", %d months without data"), f.Missing)
				}
				t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{w.Text(l.Name), w.Text(w.say(words.name)), w.Text(f.Period), w.figure(f), w.Text(made)}})
			}
			row(f)
			for m := range f.Within {
				row(&f.Within[m])
			}
		}
	}
	return t
}

func (w *writer) merits() *paper.Table {
	t := &paper.Table{Name: w.in("加扣分", "Points"), Empty: w.in("本期无加分与扣分。", "No points were added or taken."),
		Columns: []paper.Column{{Head: w.in("日期", "Day")}, {Head: w.in("单位", "Unit"), Width: 2}, {Head: w.in("分值", "Points"), Kind: paper.Number},
			{Head: w.in("事由", "Reason"), Width: 3}}}
	for n := range w.page.Content.Lines {
		l := &w.page.Content.Lines[n]
		for _, m := range l.Merits {
			t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{w.Text(string(m.Day)), w.Text(l.Name), w.Decimal(m.Points.Float()), w.Text(m.Reason)}})
		}
	}
	return t
}

func (w *writer) definitions() (all []paper.Definition) {
	r := &w.page.Content.Rules
	for _, p := range r.Weights {
		all = append(all, paper.Definition{Term: w.say(partWords[p.Part].name), Text: w.say(partWords[p.Part].how)})
	}
	all = append(all,
		paper.Definition{Term: w.in("汇总", "Roll-up"), Text: w.in("季度为各月平均，半年和年度为各季度平均；无数据的月不计入平均并列明",
			"a quarter is the mean of its months, half a year and a year of their quarters; a month without data leaves the mean and is told")},
		paper.Definition{Term: w.in("得分", "Score"), Text: w.in("各项目按权重平均；无数据的项目不计入分子和分母", "mean of the parts by weight; a part without data leaves both sums")},
		paper.Definition{Term: w.in("红黑榜", "Lists"), Text: w.in("红榜为前三分之一且高于中位数，黑榜为后三分之一且低于中位数；同分的一并列入或都不列入",
			"red is the upper third and above the median, black the lower third and below it; equals stand there together or not at all")})
	if r.Has(assessment.Closure) {
		all = append(all, paper.Definition{Term: w.in("不排名", "No rank"), Text: fmt.Sprintf(w.in("应处置少于 %d 件", "fewer than %d issues due"), max(r.LeastDue, 1))})
	}
	var grades []string
	for _, g := range r.Grades {
		grades = append(grades, fmt.Sprintf("%s ≥ %s", g.Name, g.From))
	}
	return append(all, paper.Definition{Term: w.in("等级", "Grades"), Text: strings.Join(grades, w.in("，", ", "))})
}
