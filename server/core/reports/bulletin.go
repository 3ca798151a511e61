package reports

import (
	"cmp"
	"fmt"
	"strings"

	"spotcheck/pkg/paper"
)

// bulletin says what was found, fixed and is open, what became of the last one, names the open places, and who is best and last (通报).
func (b *renderer) bulletin() {
	b.chapter("总体情况", "Overall")
	b.add(paper.Part{Paragraph: b.bulletinSum()})
	b.since()
	b.lists()
	b.chapter("未整改问题", "What is not fixed")
	if len(b.Overdue) == 0 {
		b.add(paper.Part{Paragraph: b.say("截止时无超期未处置案件。", "Nothing was overdue at the cut-off.")})
	}
	for k, line := range b.openLines() {
		b.add(paper.Part{Paragraph: fmt.Sprintf("%d. %s", k+1, line)})
	}
	if more := b.Now.Due - b.Now.Disposed - int64(min(len(b.Overdue), bulletinLines)+len(b.Undone)); more > 0 {
		b.add(paper.Part{Note: b.sayf("另有 %d 件，见超期案件清单。", "%d more on the list of overdue issues.", more)})
	}
	for _, line := range b.undoneLines() {
		b.add(paper.Part{Paragraph: line})
	}
	if text := b.demand(); text != "" {
		b.add(paper.Part{Paragraph: text})
	}
	b.pairs()
	b.units()
}

// bulletinSum is the sum of a bulletin in a sentence.
func (b *renderer) bulletinSum() string {
	n := &b.Now
	sum := b.sayf("本期受理问题 %[1]d 件，应处置 %[2]d 件，已处置 %[3]d 件，处置率 %[4]s，按期处置率 %[5]s。截至 %[6]s，尚有 %[7]d 件未处置，其中严重超期 %[8]d 件。",
		"Received %[9]s; of %[2]d due, %[10]s disposed of (%[4]s), on time %[5]s. As of %[6]s, %[11]s open, %[8]d of them long overdue.",
		n.Received, n.Due, n.Disposed, b.rate(n.disposal()).Text, b.rate(n.onTime()).Text, b.At(b.CutAt).Text, n.Due-n.Disposed, n.LongOverdue,
		counted(n.Received, "issue", "issues"), wereOf(n.Disposed), counted(n.Due-n.Disposed, "is", "are"))
	return sum + b.undoneSum()
}

// undoneSum says how many count as not disposed of although nobody has to fix them.
func (b *renderer) undoneSum() string {
	if len(b.Undone) == 0 {
		return ""
	}
	var falseFixed int
	for n := range b.Undone {
		if !b.Undone[n].FixedAt.IsZero() {
			falseFixed++
		}
	}
	var zh, en []string
	if falseFixed > 0 {
		zh, en = append(zh, fmt.Sprintf("虚假整改后已重新整改、不计为已处置的 %d 件", falseFixed)), append(en, fmt.Sprintf("%d had a false fix and are fixed since", falseFixed))
	}
	if merged := len(b.Undone) - falseFixed; merged > 0 {
		zh, en = append(zh, fmt.Sprintf("超期后并入其他案件的 %d 件", merged)), append(en, fmt.Sprintf("%d were merged after their deadline", merged))
	}
	return b.sayf("未处置中含%s。", " Among those not disposed of, %s.", b.say(strings.Join(zh, "、"), strings.Join(en, " and ")))
}

// undoneLines name them one by one.
func (b *renderer) undoneLines() (all []string) {
	for n := range b.Undone {
		u := &b.Undone[n]
		why := b.say("超期后并入其他案件", "merged after its deadline")
		if !u.FixedAt.IsZero() {
			why = b.sayf("虚假整改，后于 %s 整改", "a false fix, fixed since: %s", b.At(u.FixedAt).Text)
		}
		all = append(all, b.sayf("%[1]s——%[2]s（%[3]s，%[4]s，%[5]s）", "%[1]s – %[2]s (%[3]s, %[4]s, %[5]s)",
			cmp.Or(u.Place, b.say("地点不详", "place unknown")), u.Category, u.Unit, u.Number, why))
	}
	return all
}

// openLines are the lines "place – problem (responsible unit)" of a bulletin.
func (b *renderer) openLines() (all []string) {
	for k := range b.Overdue[:min(len(b.Overdue), bulletinLines)] {
		o := &b.Overdue[k]
		due := b.At(o.DueAt).Text
		if o.Provisional {
			due += b.say("，超期暂定", ", provisional")
		}
		all = append(all, b.sayf("%[1]s——%[2]s（%[3]s，%[4]s，原定 %[5]s 前）", "%[1]s – %[2]s (%[3]s, %[4]s, due %[5]s)",
			cmp.Or(o.Place, b.say("地点不详", "place unknown")), o.Category, o.Unit, o.Number, due))
	}
	return all
}

// demand says by when what a bulletin names has to be done.
func (b *renderer) demand() string {
	if len(b.Overdue) == 0 || b.ReplyBy.IsZero() {
		return ""
	}
	return b.sayf("请以上责任单位于 %s 前完成整改并书面报送整改情况。", "The units named above fix these and report in writing by %s.", b.At(b.ReplyBy).Text)
}
