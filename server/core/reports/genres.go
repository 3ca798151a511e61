package reports

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// Genre is what a report of a period is for. All are made of the same figures.
type Genre string

// The genres.
const (
	ClosureReport    Genre = ""           // 周报, 月报 …: closure by unit, category and place
	Bulletin         Genre = "bulletin"   // 通报: what is open where, who is best and last
	PlacesReport     Genre = "places"     // 问题分析: categories, roads, recurring places
	InspectorsReport Genre = "inspectors" // 巡查: what each inspector reported and verified
	AssessmentSheet  Genre = "assessment" // 考核: score with points that a person adds or takes away
	ReturnsReport    Genre = "returns"    // 报表: who sent what is owed, who was late, who is missing

)

// Genres are all of them.
var Genres = []Genre{ClosureReport, Bulletin, PlacesReport, InspectorsReport, AssessmentSheet, ReturnsReport}

// UnmarshalText reads a genre; closure stands for the report of closure.
func (g *Genre) UnmarshalText(text []byte) error {
	if *g = Genre(text); *g == "closure" {
		*g = ClosureReport
	}
	if !slices.Contains(Genres, *g) {
		return errors.New("want closure, bulletin, places, inspectors, assessment or returns")
	}
	return nil
}

// NamesInReports says whether a city wants the names of persons in its reports. They have staff numbers there otherwise.
var NamesInReports = city.Setting[bool]{Key: "names_in_reports", Read: city.ReadFlag}

// need is the permission to read a genre: what single people did is for the office and leaders.
func (g Genre) need() inspect.Permission {
	if g == InspectorsReport {
		return inspect.MaySeeWork
	}
	return inspect.MaySeeReports
}

// InspectorRow is what one person reported and verified.
type InspectorRow struct {
	Name      string `json:"name"` // the staff number, unless the report names persons
	Submitted int64  `json:"submitted"`
	Filed     int64  `json:"filed"`
	Merged    int64  `json:"merged"`
	Refused   int64  `json:"refused"`
	Verified  int64  `json:"verified"`   // in the period
	Due       int64  `json:"verify_due"` // verified, with the inspectors' own limit in the period
	OnTime    int64  `json:"on_time"`    // of those, by the limit
}

// TrendPoint is what a person added to the score of a unit, or took from it.
type TrendPoint struct {
	Unit   inspect.ID   `json:"unit"`
	Name   string       `json:"name"`
	Day    inspect.Date `json:"day"`
	Points float64      `json:"points"`
	Reason string       `json:"reason"`
}

// bulletinLines is how many open issues a bulletin names; bulletinDays is after how many working days what it names has to be done.
const (
	bulletinLines = 60
	bulletinDays  = 3
)

// scores says whether a report of the genre has scores of units, and so their formula.
func (g Genre) scores() bool {
	return g != InspectorsReport && g != ReturnsReport && g != PlacesReport
}

// ofGenre adds what only reports of a genre say.
func (m *builder) ofGenre(ctx context.Context, genre Genre) error {
	m.Genre = genre
	switch genre {
	case Bulletin:
		m.ReplyBy = m.Calendar.Add(m.Tx.Now.UTC(), bulletinDays*m.Calendar.WorkingDay(), calendar.WorkingDay).UTC()
		return m.leftOpen(ctx)
	case InspectorsReport:
		return m.inspectors(ctx)
	case AssessmentSheet:
		return m.points(ctx)
	case ReturnsReport:
		return m.owedReturns(ctx)
	}
	return nil
}

func (m *builder) inspectors(ctx context.Context) error {
	if m.Reader.Scope.Kind == inspect.UnitSubtree {
		return inspect.InvalidField("/scope", "inspectors work in the city or an area")
	}
	all, err := m.inspectorWork(ctx)
	if err != nil {
		return err
	}
	people := slices.Collect(maps.Keys(all))
	names, err := m.Tx.PeopleRefs(ctx, people)
	if err != nil {
		return err
	}
	if m.Named, err = NamesInReports.In(ctx, m.Tx); err != nil {
		return err
	}
	slices.SortFunc(people, func(a, b inspect.ID) int { return bytes.Compare(a[:], b[:]) })
	for n, person := range people {
		v := all[person]
		if v.Name = names[person].DisplayName; !m.Named {
			v.Name = cmp.Or(names[person].StaffNumber, fmt.Sprintf(m.say("巡查员%d", "inspector %d"), n+1))
		}
		m.Inspectors = append(m.Inspectors, *v)
	}
	slices.SortFunc(m.Inspectors, func(a, b InspectorRow) int {
		return cmp.Or(cmp.Compare(b.Submitted, a.Submitted), cmp.Compare(b.Verified, a.Verified), cmp.Compare(a.Name, b.Name))
	})
	return nil
}

func (m *builder) points(ctx context.Context) error {
	all, err := m.Tx.AssessmentPoints(ctx, inspect.Date(m.period.From.String()), inspect.Date((m.period.To - 1).String()))
	for _, p := range all {
		if !p.Withdrawn && m.UnitInScope(p.Unit, m.from) {
			m.Merits = append(m.Merits, TrendPoint{p.Unit, m.units[p.Unit].Name, p.Day, float64(p.Hundredths) / 100, p.Reason})
		}
	}
	return err
}

// titles are what the genres are called, in place of the name of the report of closure; the name of the city stands before it.
var titles = map[Genre][2]string{Bulletin: {"双创工作通报", "bulletin"}, PlacesReport: {"问题分析报告", "where and what"}, InspectorsReport: {"巡查工作报告", "inspectors"},
	AssessmentSheet: {"双创工作考核表", "assessment"}, ReturnsReport: {"报表报送情况", "returns"}}

// Title is what reports of a genre about a kind of period are called in a language.
func Title(g Genre, k closure.PeriodKind, l inspect.Language) string {
	words, ok := titles[g]
	if !ok {
		words = [2]string{"双创工作周报", "weekly report"}
	}
	if l == inspect.English {
		return periodWords[k].english.Replace(words[1])
	}
	return periodWords[k].chinese.Replace(words[0])
}

// pages writes the parts of a genre; false stands for the report of closure, which has all.
func (b *renderer) pages() bool {
	switch b.Genre {
	case Bulletin:
		b.bulletin()
	case PlacesReport:
		b.categories()
		b.roads()
		b.places()
		b.pairs()
		b.definitions()
	case InspectorsReport:
		b.inspectors()
	case AssessmentSheet:
		b.assessment()
		b.definitions()
	case ReturnsReport:
		b.returns()
	default:
		return false
	}
	return true
}

func (b *renderer) inspectors() {
	b.chapter("巡查人员", "Inspectors")
	who := b.say("工号", "Staff number")
	if b.Named {
		who = b.say("姓名", "Name")
	}
	t := &paper.Table{Name: b.say("巡查", "Inspectors"), Caption: b.say("巡查人员上报与核查情况", "What inspectors reported and verified"),
		Empty: b.say("本期无上报与核查。", "Nothing was reported or verified."),
		Notes: []string{b.say("有效率为立案 ÷ 上报；按期核查率为按期核查 ÷ 核查期限在本期内（截止时已到）的，与周报同一口径；无人核查的只计入合计。",
			"Valid is filed ÷ submitted; on time is verified by the inspectors' own limit ÷ what had its limit in the period, up to the cut-off, as in the "+
				"weekly report; what nobody verified counts in the total only.")},
		Columns: []paper.Column{{Head: who}, {Head: b.say("上报", "Submitted"), Kind: paper.Count},
			{Head: b.say("立案", "Filed"), Kind: paper.Count}, {Head: b.say("有效率", "Valid"), Kind: paper.Rate}, {Head: b.say("合并", "Merged"), Kind: paper.Count},
			{Head: b.say("作废", "Dismissed"), Kind: paper.Count}, {Head: b.say("核查", "Verified"), Kind: paper.Count},
			{Head: b.say("应核查", "To verify"), Kind: paper.Count}, {Head: b.say("按期核查", "On time"), Kind: paper.Count}, {Head: b.say("按期核查率", "On-time rate"), Kind: paper.Rate}}}
	row := func(v *InspectorRow) paper.Row {
		return paper.Row{Cells: []paper.Value{b.Text(v.Name), b.Count(v.Submitted), b.Count(v.Filed), b.Rate(v.Filed, v.Submitted), b.Count(v.Merged),
			b.Count(v.Refused), b.Count(v.Verified), b.Count(v.Due), b.Count(v.OnTime), b.Rate(v.OnTime, v.Due)}}
	}
	for n := range b.Inspectors {
		t.Rows = append(t.Rows, row(&b.Inspectors[n]))
	}
	if len(t.Rows) > 0 {
		all := b.allInspectors()
		total := row(&all)
		total.Total = true
		t.Rows = append(t.Rows, total)
	}
	b.table(t)
}

// allInspectors is what they did together.
func (b *renderer) allInspectors() InspectorRow {
	all := InspectorRow{Name: b.say("合计", "All"), OnTime: b.Now.Verifying.N, Due: b.Now.Verifying.Of}
	for n := range b.Inspectors {
		v := &b.Inspectors[n]
		all.Submitted, all.Filed, all.Merged, all.Refused = all.Submitted+v.Submitted, all.Filed+v.Filed, all.Merged+v.Merged, all.Refused+v.Refused
		all.Verified += v.Verified
	}
	return all
}

// assessed is a unit with the points that persons gave it.
type assessed struct {
	*UnitRow
	bonus, malus, total float64
	rank                int // 0 for too few issues due
}

// assessments are the units that have a score or points, inside their groups by both together; who has too few issues due comes last and has no rank.
func (w *Report) assessments() (all []assessed) {
	for n := range w.Units {
		v := assessed{UnitRow: &w.Units[n]}
		for _, p := range w.Merits {
			switch {
			case p.Unit != v.ID:
			case p.Points > 0:
				v.bonus += p.Points
			default:
				v.malus += p.Points
			}
		}
		if v.HasScore || v.bonus != 0 || v.malus != 0 {
			v.total = math.Round((v.Score+v.bonus+v.malus)*100) / 100
			all = append(all, v)
		}
	}
	few := func(v *assessed) int {
		if v.Rank == 0 {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, func(a, b assessed) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), few(&a)-few(&b), cmp.Compare(b.total, a.total), cmp.Compare(a.Name, b.Name))
	})
	place := 0
	for n := range all {
		if n == 0 || all[n].Group != all[n-1].Group {
			place = 0
		}
		if all[n].Rank == 0 {
			continue
		}
		place++
		if all[n].rank = place; place > 1 && all[n].total == all[n-1].total {
			all[n].rank = all[n-1].rank
		}
	}
	return all
}

// grades are from how many points on each is given, the best first; what has fewer than the last has the grade below it.
var grades = []struct {
	from float64
	name string
}{{90, "A"}, {75, "B"}, {60, "C"}, {math.Inf(-1), "D"}}

func gradeOf(total float64) string {
	for _, g := range grades {
		if total >= g.from {
			return g.name
		}
	}
	return ""
}

// assessment joins the score of each unit with the points that persons gave it (考核).
func (b *renderer) assessment() {
	b.chapter("考核结果", "Result")
	t := &paper.Table{Name: b.say("考核", "Assessment"), Caption: b.say("各责任单位考核得分（同类组内排名）", "Assessment of units, ranked inside their peer groups"),
		Empty: b.say("本期无考核对象。", "Nobody is assessed."),
		Columns: []paper.Column{{Head: b.say("同类组", "Peer group")}, {Head: b.say("责任单位", "Unit")}, {Head: b.say("应处置", "Due"), Kind: paper.Count},
			{Head: b.say("得分", "Score"), Kind: paper.Number}, {Head: b.say("加分", "Added"), Kind: paper.Number},
			{Head: b.say("扣分", "Taken"), Kind: paper.Number}, {Head: b.say("总分", "Total"), Kind: paper.Number}, {Head: b.say("等级", "Grade")},
			{Head: b.say("名次", "Rank"), Kind: paper.Count}},
		Notes: []string{b.say("总分 90 分及以上为 A，75 分及以上为 B，60 分及以上为 C，其余为 D；得分相同的名次相同。“件数不足”：应处置件数少于参与排名的最少件数，不参与排名，不评等级。",
			"A from 90 points on, B from 75, C from 60, D below; equal totals share a rank. “too few”: fewer issues due than a rank needs, so no rank and no grade.")}}
	for _, v := range b.assessments() {
		score, total, grade := b.NoData(), b.NoData(), b.Text("—")
		if v.HasScore {
			score, total = b.Decimal(v.Score), b.Decimal(v.total)
		}
		rank := b.Text(b.say("件数不足", "too few"))
		if v.rank > 0 {
			rank, grade = b.Count(int64(v.rank)), b.Text(gradeOf(v.total))
		}
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{b.Text(v.Group), b.Text(v.Name), b.Count(v.Now.Due), score, b.Decimal(v.bonus),
			b.Decimal(v.malus), total, grade, rank}})
	}
	b.table(t)
	b.chapter("加分与扣分", "Points added and taken")
	p := &paper.Table{Name: b.say("加扣分", "Points"), Caption: b.say("加分与扣分明细", "Each with its reason"), Empty: b.say("本期无加分与扣分。", "No points were added or taken."),
		Columns: []paper.Column{{Head: b.say("日期", "Day")}, {Head: b.say("责任单位", "Unit")}, {Head: b.say("分值", "Points"), Kind: paper.Number},
			{Head: b.say("事由", "Reason"), Width: 3}}}
	for _, v := range b.Merits {
		p.Rows = append(p.Rows, paper.Row{Cells: []paper.Value{b.Text(string(v.Day)), b.Text(v.Name), b.Decimal(v.Points), b.Text(v.Reason)}})
	}
	b.table(p)
}

// reportSeries names the series in which a report has its number.
func reportSeries(p *store.Publication) string {
	kind := string(p.Kind)
	if p.Genre != "" {
		kind = p.Genre + "." + kind
	}
	return fmt.Sprintf("report-%s-%d-%s", kind, p.Year, p.Scope)
}
