package reports

import (
	"context"
	"slices"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// PlanRow is a task of the plan that the period of a report touches.
type PlanRow struct {
	Unit  string            `json:"unit"`
	Title string            `json:"title"`
	From  inspect.Date      `json:"from"`
	Due   inspect.Date      `json:"due"` // moved by a hold that was granted
	Begun inspect.Date      `json:"begun,omitempty"`
	Done  inspect.Date      `json:"done,omitempty"`
	State inspect.PlanState `json:"state"` // on the last day of the period, or today
	Open  []string          `json:"open,omitempty"`
}

// ReplyRow is a reply that a complaint wanted in the period.
type ReplyRow struct {
	Number    string         `json:"number"`
	Source    inspect.Source `json:"source"`
	Place     string         `json:"place"`
	Category  string         `json:"category"`
	Unit      string         `json:"unit"`
	DueAt     time.Time      `json:"due_at"`
	RepliedAt time.Time      `json:"replied_at,omitzero"`
}

// How many lines these lists have at most; replies are counted further.
const (
	plansListed    = 200
	repliesListed  = 100
	repliesCounted = 5000
)

// plans are the tasks whose days meet the period, and those that are late in it.
func (m *builder) plans(ctx context.Context) error {
	if m.Reader.Scope.Kind == inspect.AreaSubtree {
		return nil // tasks belong to units
	}
	unit := inspect.ID{}
	if m.Reader.Scope.Kind == inspect.UnitSubtree {
		unit = m.Reader.Scope.ID
	}
	first, last := m.period.From, min(m.period.To-1, closure.DayOf(min(m.Tx.Now, m.to-1), m.reports.zone))
	from, on := inspect.Date(first.String()), inspect.Date(last.String())
	for year := first.Date().Year(); year <= last.Date().Year(); year++ {
		for after := int64(0); len(m.Plans) < plansListed; {
			page, next, err := m.Tx.PlanTasks(ctx, year, unit, after, plansListed)
			if err != nil {
				return err
			}
			for n := range page {
				t := &page[n]
				done := t.Actual.To != "" && t.Actual.To <= on
				meets := t.Planned.From <= on && (t.Due() >= from || !done) || t.Actual.To >= from && done
				if !t.Enabled || !meets || done && t.Actual.To < from {
					continue
				}
				row := PlanRow{Unit: m.units[t.Unit].Name, Title: t.Title, From: t.Planned.From, Due: t.Due(), Begun: t.Actual.From, Done: t.Actual.To, State: t.State(on)}
				for _, step := range t.Open(on) {
					if step.Title != "" {
						row.Open = append(row.Open, step.Title)
					}
				}
				m.Plans = append(m.Plans, row)
			}
			if after = next; next == 0 {
				break
			}
		}
	}
	return nil
}

// replies are those that complaints wanted in the period, by a limit of their source.
func (m *builder) replies(ctx context.Context) error {
	rows, err := m.Tx.RepliesWanted(ctx, m.from, min(m.to, m.Tx.Now), repliesCounted)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r store.WantedReply) bool { return !m.InScope(r.Unit, r.Area, r.ReplyBy) })
	var ids []inspect.ID
	for n := range rows[:min(len(rows), repliesListed)] {
		ids = append(ids, rows[n].ID)
	}
	where, err := m.addressesOf(ctx, ids)
	for n := range rows {
		r := &rows[n]
		v := ReplyRow{Number: r.Number, Source: r.Source, Place: where[r.ID], Category: m.category(r.Category), Unit: m.units[r.Unit].Name, DueAt: r.ReplyBy.UTC()}
		if at := r.Feedback.At; at != 0 && at < min(m.Tx.Now+1, m.to) {
			v.RepliedAt = at.UTC()
		}
		m.Replies = append(m.Replies, v)
	}
	return err
}

// planWords are the states of a task as people read them.
var planWords = map[inspect.PlanState][2]string{inspect.PlanAhead: {"未开始", "not begun"}, inspect.PlanOnTime: {"按期", "on time"}, inspect.PlanEarly: {"提前", "early"},
	inspect.PlanLate: {"滞后", "late"}, inspect.PlanSuspended: {"中止", "suspended"}}

func (b *renderer) source(s inspect.Source) paper.Value {
	return b.Text(b.say(issues.SourceWords[s][0], issues.SourceWords[s][1]))
}

// plansAndReplies are the tasks of the plan, and what complaints were answered.
func (b *renderer) plansAndReplies() {
	b.chapter("计划任务与投诉反馈", "Plan and replies to complaints")
	t := &paper.Table{Name: b.say("计划任务", "Plan"), Caption: b.say("本期计划任务", "Tasks of the plan"), Empty: b.say("本期无计划任务。", "The plan has no task this week."),
		Columns: []paper.Column{{Head: b.say("任务", "Task"), Width: 2}, {Head: b.say("责任单位", "Unit")}, {Head: b.say("计划起", "From"), Kind: paper.Day},
			{Head: b.say("计划止", "Due"), Kind: paper.Day}, {Head: b.say("完成", "Done"), Kind: paper.Day}, {Head: b.say("进度", "State")},
			{Head: b.say("逾期节点", "Steps past their day")}}}
	day := func(d inspect.Date) paper.Value {
		if d == "" {
			return b.Dash()
		}
		return paper.Value{Kind: paper.Day, Text: string(d)}
	}
	for n := range b.Plans {
		p := &b.Plans[n]
		open := b.Dash()
		for k, step := range p.Open {
			if k == 0 {
				open = b.Text("")
			} else {
				open.Text += b.say("、", ", ")
			}
			open.Text += step
		}
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.Text(p.Title), b.Text(p.Unit), day(p.From), day(p.Due), day(p.Done),
			b.Text(b.say(planWords[p.State][0], planWords[p.State][1])), open}})
	}
	b.table(t)
	b.replies()
}

// replies are the replies that complaints wanted in the period: their sums by source, then each.
func (b *renderer) replies() {
	type sum struct{ due, replied, onTime int64 }
	sums := map[inspect.Source]*sum{}
	for n := range b.Replies {
		r := &b.Replies[n]
		if sums[r.Source] == nil {
			sums[r.Source] = &sum{}
		}
		s := sums[r.Source]
		s.due++
		if !r.RepliedAt.IsZero() {
			s.replied++
			if !r.RepliedAt.After(r.DueAt) {
				s.onTime++
			}
		}
	}
	t := &paper.Table{Name: b.say("投诉反馈", "Replies"), Caption: b.say("本期到期的投诉反馈", "Replies that were due"),
		Empty: b.say("本期无到期的投诉反馈。", "No reply was due this week."), Columns: []paper.Column{{Head: b.say("来源", "Source")}, {Head: b.say("应反馈", "Due"), Kind: paper.Count},
			{Head: b.say("已反馈", "Replied"), Kind: paper.Count}, {Head: b.say("按期反馈", "In time"), Kind: paper.Count}, {Head: b.say("按期反馈率", "In time, rate"), Kind: paper.Rate}}}
	for _, source := range inspect.Sources {
		if s := sums[source]; s != nil {
			t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.source(source), b.Count(s.due), b.Count(s.replied), b.Count(s.onTime), b.Rate(s.onTime, s.due)}})
		}
	}
	b.table(t)
	if len(b.Replies) == 0 {
		return
	}
	t = &paper.Table{Name: b.say("反馈明细", "Each reply"), Caption: b.say("投诉反馈明细", "Each complaint"), Columns: []paper.Column{{Head: b.say("编号", "Number")},
		{Head: b.say("来源", "Source")}, {Head: b.say("地点", "Place"), Width: 2}, {Head: b.say("类别", "Category")}, {Head: b.say("责任单位", "Unit")},
		{Head: b.say("反馈期限", "Reply by"), Kind: paper.DateTime}, {Head: b.say("反馈时间", "Replied"), Kind: paper.DateTime}, {Head: b.say("是否按期", "In time")}}}
	for n := range b.Replies[:min(len(b.Replies), repliesListed)] {
		r := &b.Replies[n]
		timely := b.say("未反馈", "no reply")
		switch {
		case r.RepliedAt.IsZero():
		case r.RepliedAt.After(r.DueAt):
			timely = b.say("逾期", "late")
		default:
			timely = b.say("按期", "in time")
		}
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.Text(r.Number), b.source(r.Source), b.Text(r.Place), b.Text(r.Category),
			b.Text(r.Unit), b.At(r.DueAt), b.At(r.RepliedAt), b.Text(timely)}})
	}
	if more := len(b.Replies) - repliesListed; more > 0 {
		t.Notes = append(t.Notes, b.sayf("另有 %d 件。", "%d more.", more))
	}
	b.table(t)
}
