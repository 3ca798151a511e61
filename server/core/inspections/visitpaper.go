package inspections

import (
	"context"
	"fmt"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// VisitPaper is the record of a visit (检查记录), to be printed and signed.
func (svc *Service) VisitPaper(ctx context.Context, a *inspect.Actor, id inspect.ID, language inspect.Language) (d *paper.Document, name string, err error) {
	page, err := svc.Visit(ctx, a, id)
	if err != nil {
		return nil, "", err
	}
	office := ""
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		office, err = city.Name.In(ctx, tx)
		return err
	}); err != nil {
		return nil, "", err
	}
	w := &visitWriter{Formatter: paper.Formatter{Language: language, Zone: svc.zone}, page: &page, standard: page.Names.Standard(&page.Visit)}
	return w.document(office), page.Names.Targets[page.Target], nil
}

// visitWriter writes the record of a visit in a language.
type visitWriter struct {
	paper.Formatter
	page     *VisitPage
	standard inspect.Standard
}

func (w *visitWriter) say(chinese, english string) string {
	if w.Language == inspect.English {
		return english
	}
	return chinese
}

func (w *visitWriter) document(office string) *paper.Document {
	v := w.page
	parts := []paper.Part{w.heading("检查情况", "Visit"), w.facts(), w.heading("检查项目", "Items"), w.items()}
	if v.Contest.At != 0 {
		parts = append(parts, w.heading("异议与裁定", "Contest"), w.contest())
	}
	parts = append(parts, w.heading("签字", "Signatures"), w.signatures())
	return &paper.Document{Language: w.Language, Office: office, Title: w.say("检查记录", "Record of a visit"), Subtitle: v.Names.Targets[v.Target], Made: v.UpdatedAt.UTC(),
		Facts: []paper.Fact{{Name: w.say("检查标准", "Standard"), Text: fmt.Sprintf(w.say("%s 第 %d 版", "%s, version %d"), w.standard.Name, v.Version)}}, Parts: parts}
}

func (w *visitWriter) heading(chinese, english string) paper.Part {
	return paper.Part{Heading: &paper.Heading{Level: 1, Text: w.say(chinese, english)}}
}

func (w *visitWriter) at(t inspect.Time) string {
	if t == 0 {
		return ""
	}
	return w.At(t.UTC()).Text
}

func (w *visitWriter) person(id inspect.ID) string {
	p := w.page.Names.People[id]
	return strings.TrimSpace(p.DisplayName + " " + p.StaffNumber)
}

// result is the score in words.
func (w *visitWriter) result() string {
	v := w.page
	if !v.Scored {
		return w.say("无适用项，不计分", "nothing applies, no score")
	}
	text := v.Score.String() + " " + w.say("分", "points")
	switch {
	case v.Vetoed:
		text += w.say("，一票否决，不合格", ", failed by a veto item")
	case v.Passed:
		text += w.say("，合格", ", passed")
	default:
		text += fmt.Sprintf(w.say("，不合格（合格线 %s 分）", ", failed (the mark is %s)"), v.Mark(&w.standard))
	}
	if v.Grade != "" {
		text += w.say("，等级 ", ", grade ") + v.Grade
		if !v.Passed {
			text += w.say("（等级只按得分划分）", " (by the score alone)")
		}
	}
	if v.First.Score != v.Score {
		text += fmt.Sprintf(w.say("（裁定前 %s 分）", " (%s before the decision)"), v.First.Score)
	}
	return text
}

func (w *visitWriter) facts() paper.Part {
	v := w.page
	var who []string
	for _, id := range append([]inspect.ID{v.By}, v.With...) {
		who = append(who, w.person(id))
	}
	kind := w.say("现场检查", "Visit")
	if !v.Rechecks.IsZero() {
		kind = w.say("复查", "Re-check")
	}
	return w.table([][2]string{{w.say("检查对象", "Place"), v.Names.Targets[v.Target]}, {w.say("检查类型", "Kind"), kind}, {w.say("区域", "Area"), v.Names.Areas[v.Area]},
		{w.say("责任单位", "Unit"), v.Names.Units[v.Unit]}, {w.say("检查人员", "Inspectors"), strings.Join(who, w.say("、", ", "))},
		{w.say("开始时间", "Begun"), w.at(v.StartedAt)}, {w.say("结束时间", "Ended"), w.at(v.DoneAt)}, {w.say("得分", "Score"), w.result()}, {w.say("备注", "Note"), v.Note}})
}

func (w *visitWriter) table(lines [][2]string) paper.Part {
	t := &paper.Table{Name: w.say("检查记录", "Visit"), Columns: []paper.Column{{Head: w.say("项目", "Field"), Width: 1}, {Head: w.say("内容", "Value"), Width: 4}}}
	for _, l := range lines {
		if l[1] != "" {
			t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{w.Text(l[0]), w.Text(l[1])}})
		}
	}
	return paper.Part{Table: t}
}

// resultWords are what is said of an item.
var resultWords = map[inspect.AnswerResult][2]string{inspect.AnswerYes: {"符合", "yes"}, inspect.AnswerNo: {"不符合", "no"}, inspect.AnswerNA: {"不适用", "n.a."}}

func (w *visitWriter) items() paper.Part {
	t := &paper.Table{Name: w.say("检查项目", "Items"), Groups: w.say("部分", "Section"), Columns: []paper.Column{{Head: w.say("编号", "No."), Width: 1},
		{Head: w.say("检查内容", "Item"), Width: 5}, {Head: w.say("分值", "Points"), Width: 1}, {Head: w.say("结果", "Result"), Width: 1.4},
		{Head: w.say("得分", "Score"), Width: 1}, {Head: w.say("情况", "What was found"), Width: 4}}}
	section := ""
	for _, i := range w.standard.Items {
		a := w.page.Answer(i.Code)
		if a == nil {
			continue
		}
		if i.Section != section {
			section = i.Section
			t.Rows = append(t.Rows, paper.Row{Group: section})
		}
		words, earned := resultWords[a.Result], ""
		if a.Result != inspect.AnswerNA {
			earned = w.standard.ScoreOf(a).String()
		}
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{w.Text(i.Code), w.Text(i.Text), w.Text(i.Points.String()), w.Text(w.say(words[0], words[1])), w.Text(earned),
			w.Text(w.found(a))}})
	}
	return paper.Part{Table: t}
}

// found is what was written at an item, with the numbers of the issues.
func (w *visitWriter) found(a *inspect.VisitAnswer) string {
	var all []string
	if a.Note != "" {
		all = append(all, a.Note)
	}
	for _, f := range a.Findings {
		all = append(all, strings.TrimSpace(w.page.Issues[f.Issue].Number+" "+f.Note))
	}
	if a.Carried {
		all = append(all, w.say("（沿用上次检查）", "(from the visit before)"))
	}
	if a.Struck {
		all = append(all, w.say("（裁定撤销）", "(struck by the decision)"))
	}
	return strings.Join(all, w.say("；", "; "))
}

func (w *visitWriter) contest() paper.Part {
	c := w.page.Contest
	lines := [][2]string{{w.say("异议项目", "Contested items"), strings.Join(c.Items, w.say("、", ", "))}, {w.say("异议理由", "Reason"), c.Reason},
		{w.say("提出人", "By"), w.person(c.By)}, {w.say("提出时间", "At"), w.at(c.At)}}
	if c.DecidedAt != 0 {
		struck := strings.Join(c.Struck, w.say("、", ", "))
		if struck == "" {
			struck = w.say("无，维持原结果", "none, all stands")
		}
		lines = append(lines, [][2]string{{w.say("撤销项目", "Struck items"), struck}, {w.say("裁定理由", "Decision"), c.Decision}, {w.say("裁定人", "Decided by"), w.person(c.DecidedBy)},
			{w.say("裁定时间", "Decided at"), w.at(c.DecidedAt)}}...)
	}
	return w.table(lines)
}

func (w *visitWriter) signatures() paper.Part {
	s := w.page.Signature
	said := map[inspect.SignatureKind]string{inspect.Countersigned: w.say("已签字：", "Signed: ") + s.Name,
		inspect.SignRefused: w.say("拒绝签字：", "Refused to sign: ") + s.Name + w.say("，理由：", ", because: ") + s.Reason,
		inspect.NobodyThere: w.say("现场无人签字", "Nobody was there to sign")}[s.Kind]
	return w.table([][2]string{{w.say("被检查方", "Visited"), said}, {w.say("检查人员签字", "Inspectors"), " "}})
}
