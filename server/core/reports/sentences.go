package reports

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/paper"
)

// mostSentences is how many a part of the leaders' page has, so that it stays one page.
const mostSentences = 4

// noteworthy is how many issues a category or unit had in one of two weeks at least, so that its change means something.
const noteworthy = 10

// better are the sentences on what got better, the largest change first inside rates, units and categories.
func (b *renderer) better() []string {
	if b.Better != nil {
		return b.Better
	}
	return b.changes(1)
}

// worse are the sentences on what got worse.
func (b *renderer) worse() []string {
	if b.Worse != nil {
		return b.Worse
	}
	return b.changes(-1)
}

// changes are the sentences of one direction: at most two on rates, one on a unit, one on a category.
func (b *renderer) changes(sign float64) (all []string) {
	all = append(all, largest(b.rateChanges(), sign, 2, nil)...)
	all = append(all, largest(b.unitChanges(), sign, 1, func(names []string, size string) string {
		return b.sayf("%[1]s处置率较上周均%[2]s。", "%[1]s: disposal is %[2]s each against last week.", b.equals(names), size)
	})...)
	all = append(all, largest(b.categoryChanges(), sign, 1, func(names []string, size string) string {
		return b.sayf("%[1]s受理件数较上周均%[2]s。", "%[1]s: what was received is %[2]s each against last week.", b.equals(names), size)
	})...)
	return all[:min(len(all), mostSentences)]
}

// judged are the rates of which less or more is better.
var judged = []struct {
	zh, en string
	of     func(*Figures) Ratio
	sign   float64
}{{"处置率", "disposal", (*Figures).disposal, 1}, {"按期处置率", "on-time disposal", (*Figures).onTime, 1}, {"结案率", "closure", (*Figures).closure, 1},
	{"返工率", "rework", (*Figures).rework, -1},
	{"延期率", "extension", (*Figures).extension, -1}, {"严重超期率", "long overdue", (*Figures).longOverdue, -1}}

func (b *renderer) rateChanges() (all []movedNode) {
	if b.Before == nil {
		return nil
	}
	for _, r := range judged {
		now, d := r.of(&b.Now), b.change(r.of, &b.Now, b.Before)
		if d.Kind != paper.Points || d.Number == 0 {
			continue
		}
		all = append(all, movedNode{by: d.Number * r.sign, text: b.sayf("%[1]s%[2]s为 %[3]s（%[4]d/%[5]d），较上周%[6]s。", "%[1]s: %[2]s is %[3]s (%[4]d/%[5]d), %[6]s against last week.",
			b.Scope, b.say(r.zh, r.en), b.rate(now).Text, now.N, now.Of, b.turned(d))})
	}
	return all
}

// turned says a change in words.
func (b *renderer) turned(d paper.Value) string {
	size := strings.TrimLeft(d.Text, "+-")
	if d.Number < 0 {
		return b.sayf("下降 %s", "down %s", size)
	}
	return b.sayf("上升 %s", "up %s", size)
}

func (b *renderer) unitChanges() (all []movedNode) {
	for n := range b.Units {
		u := &b.Units[n]
		if u.Before == nil || u.Now.Due < noteworthy || u.Before.Due < noteworthy {
			continue
		}
		d := b.change((*Figures).disposal, &u.Now, u.Before)
		if d.Kind != paper.Points {
			continue
		}
		text := b.sayf("%[1]s处置率为 %[2]s（%[3]d/%[4]d），较上周%[5]s", "%[1]s: disposal is %[2]s (%[3]d/%[4]d), %[5]s against last week", u.Name,
			b.rate(u.Now.disposal()).Text, u.Now.Disposed, u.Now.Due, b.turned(d))
		if u.Rank > 0 && u.RankBefore > 0 && u.Rank != u.RankBefore {
			text += b.sayf("，在%[1]s中由第 %[2]d 名变为第 %[3]d 名", "; its rank among %[1]s went from %[2]d to %[3]d", u.Group, u.RankBefore, u.Rank)
		}
		all = append(all, movedNode{d.Number, u.Name, b.turned(d), text + b.say("。", ".")})
	}
	return all
}

func (b *renderer) categoryChanges() (all []movedNode) {
	for n := range b.Categories {
		c := &b.Categories[n]
		// a category of which nothing came in says nothing of anybody's work
		if c.Before == nil || c.Now.Received == 0 || max(c.Now.Received, c.Before.Received) < noteworthy {
			continue
		}
		if c.Before.Received == 0 {
			all = append(all, movedNode{-float64(c.Now.Received), c.Name, b.sayf("由零增至 %d 件", "%d, from none,", c.Now.Received),
				b.sayf("%[1]s受理 %[2]d 件，上周为零。", "%[1]s: %[2]d were received, none the week before.", c.Name, c.Now.Received)})
			continue
		}
		d := b.Change(c.Now.Received, c.Before.Received)
		all = append(all, movedNode{-d.Number, c.Name, b.turned(d), b.sayf("%[1]s受理 %[2]d 件，较上周%[4]s。", "%[1]s: %[3]s received, %[4]s against last week.", c.Name,
			c.Now.Received, wereOf(c.Now.Received), b.turned(d))})
	}
	return all
}

// holdsEnd is how near the end of a hold is that needs a decision.
const holdsEnd = 30 * 24 * time.Hour

// decisions are the sentences on what somebody has to decide.
func (b *renderer) decisions() (all []string) {
	if b.Decisions != nil {
		return b.Decisions
	}
	for _, s := range []string{b.longOverdue(), b.holdsToEnd(), b.disputed(), b.comesBack()} {
		if s != "" {
			all = append(all, s)
		}
	}
	return all
}

func (b *renderer) longOverdue() string {
	var count int
	units := map[string]int{}
	for n := range b.Overdue {
		if o := &b.Overdue[n]; o.Long {
			count++
			units[o.Unit]++
		}
	}
	if count == 0 {
		return ""
	}
	return b.sayf("严重超期未处置 %[1]d 件，最长已超期 %[2]s%[3]s：是否督办。", "Long overdue: %[1]d, the longest by %[2]s%[3]s: supervise?",
		count, strings.Join(b.longest(), b.say("、", " and ")), b.most(units))
}

// longest are the longest times over a deadline of what is long overdue, one for each clock: hours of work are not compared with others.
func (b *renderer) longest() (all []string) {
	worst := map[string]paper.Value{}
	for n := range b.Overdue {
		if o := &b.Overdue[n]; o.Long {
			if v := b.over(o); v.Number >= worst[v.Unit].Number {
				worst[v.Unit] = v
			}
		}
	}
	for _, unit := range slices.Sorted(maps.Keys(worst)) {
		all = append(all, worst[unit].Text)
	}
	return all
}

// over is how long a deadline is past, by the clock of its limit and in its unit.
func (b *renderer) over(o *OverdueRow) paper.Value {
	switch {
	case o.Clock.Working():
		return b.Duration(o.Over, time.Hour, b.say("工作时", "working hours"))
	case o.Clock == calendar.CalendarDay:
		return b.Duration(o.Over, 24*time.Hour, b.say("天", "days"))
	}
	return b.Duration(o.Over, time.Hour, b.say("小时", "hours"))
}

func (b *renderer) holdsToEnd() string {
	count, first := 0, time.Time{}
	for _, h := range b.Holds {
		if h.Until.Sub(b.To) <= holdsEnd {
			count++
			if first.IsZero() || h.Until.Before(first) {
				first = h.Until
			}
		}
	}
	if count == 0 {
		return ""
	}
	return b.sayf("挂账 %[1]d 件将在 30 日内到期，最早 %[2]s：是否安排经费或另定办法。", "Holds that end within 30 days: %[1]d, the first on %[2]s: money, or another way?", count, b.Day(first).Text)
}

// disputed are returns that the office rejected, and staged fixes.
func (b *renderer) disputed() string {
	if b.Now.Shirked+b.Now.FalseFixes == 0 {
		return ""
	}
	units := map[string]int{}
	for n := range b.Units {
		if f := &b.Units[n].Now; f.Shirked+f.FalseFixes > 0 {
			units[b.Units[n].Name] = int(f.Shirked + f.FalseFixes)
		}
	}
	var what []string
	for _, c := range []struct {
		zh, en string
		n      int64
	}{{"推诿 %d 件", "shirked %d", b.Now.Shirked}, {"虚假整改 %d 件", "false fixes %d", b.Now.FalseFixes}} {
		if c.n > 0 {
			what = append(what, b.sayf(c.zh, c.en, c.n))
		}
	}
	return b.sayf("%[1]s%[2]s：是否通报。", "%[1]s%[2]s: publish it?", capital(strings.Join(what, b.say("、", ", "))), b.most(units))
}

func (b *renderer) comesBack() string {
	if len(b.Places) == 0 {
		return ""
	}
	times := slices.MaxFunc(b.Places, func(a, c PlaceRow) int { return cmp.Compare(a.Times, c.Times) }).Times
	var names []string
	var p PlaceRow
	for _, c := range b.Places {
		if c.Times == times {
			names, p = append(names, c.Name), c
		}
	}
	count := int64(len(b.Places))
	if len(names) == 1 {
		return b.sayf("反复发生点位 %[1]d 处，最多的是%[2]s（%[3]s，%[4]d 日内 %[5]d 次）：是否现场会办。",
			"Places where the same came back: %[1]d, most often %[2]s (%[3]s, %[6]s in %[7]s): meet on site?", count, p.Name, p.Category, p.Days, p.Times,
			counted(p.Times, "time", "times"), counted(p.Days, "day", "days"))
	}
	return b.sayf("反复发生点位 %[1]d 处，最多的是%[2]s（各 %[3]d 次）：是否现场会办。", "Places where the same came back: %[1]d, most often %[2]s (%[4]s each): meet on site?",
		count, b.equals(names), times, counted(times, "time", "times"))
}
