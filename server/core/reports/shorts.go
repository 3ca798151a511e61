package reports

import (
	"cmp"
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
)

// Short is the report for a group chat: at most 500 characters, ready to paste. Each genre says what it is for.
func (w *Report) Short() string {
	b := &renderer{Report: w, Formatter: paper.Formatter{Language: w.Language, Zone: w.Zone}}
	d := b.cover()
	first, last := b.span()
	where := b.sayf("（%[1]s 至 %[2]s，%[3]s）", " (%[1]s to %[2]s, %[3]s)", first, last, b.Scope)
	sentences := append([]string{strings.TrimSpace(d.Title+" "+d.Number) + where}, d.Banners...)
	ends := []string{b.sayf("统计截止 %s。", "As of %s.", b.At(b.CutAt).Text)}
	switch b.Genre {
	case Bulletin:
		if text := b.demand(); text != "" {
			ends = append([]string{text}, ends...)
		}
		sentences = append(sentences, b.shortBulletin()...)
	case PlacesReport:
		sentences = append(sentences, b.shortPlaces()...)
	case InspectorsReport:
		sentences = append(sentences, b.shortInspectors()...)
	case AssessmentSheet:
		sentences = append(sentences, b.shortAssessment()...)
	case ReturnsReport:
		sentences = append(sentences, b.shortReturns()...)
	default:
		sentences = append(sentences, b.shortClosure()...)
	}
	return paper.FitSentences(sentences, ends...)
}

func (b *renderer) shortClosure() []string {
	n := &b.Now
	all := []string{b.sayf("受理 %[1]d 件；应处置 %[2]d 件，已处置 %[3]d 件，处置率 %[4]s；按期处置率 %[5]s；结案率 %[6]s。",
		"Received %[1]d; due %[2]d, disposed %[3]d: %[4]s; on time %[5]s; closed %[6]s.",
		n.Received, n.Due, n.Disposed, b.rate(n.disposal()).Text, b.rate(n.onTime()).Text, b.rate(n.closure()).Text)}
	for _, part := range []struct {
		head      string
		sentences []string
	}{{b.say("需决策：", "To decide: "), b.decisions()}, {b.say("变差：", "Worse: "), b.worse()}, {b.say("变好：", "Better: "), b.better()}} {
		for _, s := range part.sentences {
			all = append(all, part.head+s)
		}
	}
	return all
}

// shortBulletin is the sum, what became of the last bulletin, the lists, and as many open places as fit.
func (b *renderer) shortBulletin() []string {
	all := []string{b.bulletinSum()}
	if b.LastBulletin != "" {
		settled := 0
		for n := range b.LeftOpen {
			if b.LeftOpen[n].Settled {
				settled++
			}
		}
		all = append(all, b.sayf("%[1]s点名 %[2]d 件，已整改或了结 %[3]d 件。", "Of %[2]d named in %[1]s, %[3]d are settled.", b.LastBulletin, len(b.LeftOpen), settled))
	}
	var red, black []string
	for _, g := range b.ranked() {
		best, last := redAndBlack(g)
		for _, u := range best {
			red = append(red, u.Name)
		}
		for _, u := range last {
			black = append(black, u.Name)
		}
	}
	for _, l := range []struct {
		head  string
		names []string
	}{{b.say("红榜：", "Red list: "), red}, {b.say("黑榜：", "Black list: "), black}} {
		if len(l.names) > 0 {
			all = append(all, l.head+strings.Join(l.names, b.say("、", ", "))+b.say("。", "."))
		}
	}
	return append(append(all, b.openLines()...), b.undoneLines()...)
}

// shortPlaces is which category came in most, which road is worst, and where the same comes back.
func (b *renderer) shortPlaces() (all []string) {
	if len(b.Categories) > 0 && b.Categories[0].Now.Received > 0 {
		most := b.Categories[0].Now.Received
		var names []string
		for n := range b.Categories {
			if b.Categories[n].Now.Received == most {
				names = append(names, b.Categories[n].Name)
			}
		}
		each := ""
		if len(names) > 1 {
			each = b.say("各", " each")
		}
		all = append(all, b.sayf("受理 %[1]d 件，最多的类别：%[2]s（%[4]s %[3]d 件）。", "Received %[1]d, most of all %[2]s (%[3]d%[4]s).", b.Now.Received, b.equals(names), most, each))
	}
	if names, per := b.worstRoads(); len(names) > 0 {
		all = append(all, b.sayf("每公里件数最多的路段：%[1]s（每公里 %[2]s 件）。", "Most issues per kilometre: %[1]s (%[2]s).", b.equals(names), per))
	}
	if s := b.comesBack(); s != "" {
		all = append(all, s)
	}
	return all
}

// worstRoads are the road sections with the most issues per kilometre, as that is printed.
func (b *renderer) worstRoads() (names []string, per string) {
	for _, r := range b.Roads {
		if r.Metres <= 0 {
			continue
		}
		text := b.Decimal(float64(r.Issues) / r.Metres * 1000).Text
		if per == "" {
			per = text
		}
		if text == per {
			names = append(names, r.Name)
		}
	}
	return names, per
}

// shortInspectors is what all of them did; persons are compared in no chat.
func (b *renderer) shortInspectors() []string {
	all := b.allInspectors()
	return []string{b.sayf("巡查人员 %[1]d 人，上报 %[2]d 件，立案 %[3]d 件，有效率 %[4]s；核查 %[5]d 件，按期核查率 %[6]s。",
		"Inspectors %[1]d: submitted %[2]d, filed %[3]d, valid %[4]s; verified %[5]d, on time %[6]s.", len(b.Inspectors), all.Submitted, all.Filed,
		b.Rate(all.Filed, all.Submitted).Text, all.Verified, b.Rate(all.OnTime, all.Due).Text)}
}

// shortAssessment is the best of each group, and how many have which grade.
func (b *renderer) shortAssessment() (all []string) {
	graded := map[string]int{}
	var groups []string
	best := map[string][]string{}
	few := 0
	for _, v := range b.assessments() {
		if v.rank == 0 {
			few++
			continue
		}
		graded[gradeOf(v.total)]++
		if v.rank == 1 {
			if best[v.Group] == nil {
				groups = append(groups, v.Group)
			}
			best[v.Group] = append(best[v.Group], v.Name)
		}
	}
	var counts []string
	for _, g := range grades {
		counts = append(counts, b.sayf("%[1]s %[2]d 个", "%[1]s %[2]d", g.name, graded[g.name]))
	}
	all = append(all, b.sayf("等级：%[1]s；件数不足、不参与排名 %[2]d 个。", "Grades: %[1]s; too few issues for a rank: %[2]d.", strings.Join(counts, b.say("、", ", ")), few))
	for _, g := range groups {
		all = append(all, b.sayf("%[1]s第 1 名：%[2]s。", "First of %[1]s: %[2]s.", cmp.Or(g, b.say("各单位", "all units")), b.equals(best[g])))
	}
	return all
}

// shortReturns is who was on time, and who is missing.
func (b *renderer) shortReturns() []string {
	states := map[inspect.ReturnState]int64{}
	var missing []string
	for n := range b.Returns {
		r := &b.Returns[n]
		if states[r.State]++; r.State == inspect.ReturnMissing && !slices.Contains(missing, r.Unit) {
			missing = append(missing, r.Unit)
		}
	}
	onTime, late, none := states[inspect.ReturnOnTime], states[inspect.ReturnLate], states[inspect.ReturnMissing]
	all := []string{b.sayf("应报 %[1]d 份，按时 %[2]d 份，迟报 %[3]d 份，未报 %[4]d 份，按时率 %[5]s。", "Due %[1]d: on time %[2]d, late %[3]d, missing %[4]d; on time %[5]s.",
		onTime+late+none, onTime, late, none, b.Rate(onTime, onTime+late+none).Text)}
	if len(missing) > 0 {
		all = append(all, b.say("未报：", "Missing: ")+strings.Join(missing, b.say("、", ", "))+b.say("。", "."))
	}
	return all
}
