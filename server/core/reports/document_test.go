package reports_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/reports"
)

var china = time.FixedZone("CST", 8*3600)

// someFigures are those of a unit with so many issues due.
func someFigures(rng *rand.Rand, due int64) reports.Figures {
	f := reports.Figures{Received: due + rng.Int64N(20), Due: due, Carried: due / 9, HasMedian: true, Median: time.Duration(rng.Int64N(3000)) * time.Minute}
	f.Filed, f.Assigned, f.New = f.Received-rng.Int64N(2), f.Received-3, f.Due-f.Carried
	f.Disposed = due - rng.Int64N(due/5+1)
	f.OnTime, f.Closed = f.Disposed-rng.Int64N(f.Disposed/6+1), f.Disposed-rng.Int64N(f.Disposed/8+1)
	f.Waiting, f.ClosedTimed, f.DueToClose = f.Disposed-f.Closed, min(f.Closed, f.OnTime), f.Due
	f.Rework, f.Extended, f.LongOverdue, f.OnHold = rng.Int64N(3), rng.Int64N(3), rng.Int64N(2), rng.Int64N(2)
	f.Assigning, f.Verifying = reports.Ratio{N: f.Assigned - 2, Of: f.Assigned}, reports.Ratio{N: f.Closed - 1, Of: f.Closed}
	return f
}

// sum adds the counts that the report compares.
func sum(to *reports.Figures, f reports.Figures) {
	for _, p := range []struct {
		to *int64
		n  int64
	}{{&to.Received, f.Received}, {&to.Filed, f.Filed}, {&to.Assigned, f.Assigned}, {&to.Due, f.Due}, {&to.New, f.New}, {&to.Carried, f.Carried},
		{&to.Disposed, f.Disposed}, {&to.OnTime, f.OnTime},
		{&to.Waiting, f.Waiting}, {&to.DueToClose, f.DueToClose}, {&to.Closed, f.Closed}, {&to.ClosedTimed, f.ClosedTimed}, {&to.Rework, f.Rework}, {&to.Extended, f.Extended},
		{&to.LongOverdue, f.LongOverdue}, {&to.OnHold, f.OnHold},
		{&to.Assigning.N, f.Assigning.N}, {&to.Assigning.Of, f.Assigning.Of}, {&to.Verifying.N, f.Verifying.N}, {&to.Verifying.Of, f.Verifying.Of}} {
		*p.to += p.n
	}
}

// week is a report of a week of 40 units as cities have them.
func week(l inspect.Language) *reports.Report {
	rng := rand.New(rand.NewPCG(47, 2026))
	say := func(zh, en string) string {
		if l == inspect.English {
			return en
		}
		return zh
	}
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, china) }
	w := &reports.Report{Language: l, Zone: china, Office: say("海口市双创工作指挥部办公室", "Office of the Haikou campaign headquarters"),
		City: say("海口市", "Haikou"), Scope: say("全市", "The whole city"), Issue: say("第47期", "No. 47"), ISO: "2026-W47",
		From: at(16, 0), To: at(23, 0), IssuedAt: at(23, 9), CutAt: at(23, 0), CutEvent: 184202, Formula: "v1: 40·处置 + 30·按期 + 处置·(10 + 10 + 10)",
		Checkpoint: "2026-11-22 3f9ac2d1e87b44a0 (52434)",
		Before:     &reports.Figures{HasMedian: true, Median: 31 * time.Hour}}
	w.Now.HasMedian, w.Now.Median, w.Now.OnTheSpot, w.Now.Shirked, w.Now.FalseFixes = true, 26*time.Hour+30*time.Minute, 61, 1, 2
	for g, group := range []string{say("区政府", "districts"), say("市直部门", "bureaus"), say("街道（镇）", "streets"), say("环卫企业", "contractors")} {
		for k := range []int{4, 8, 18, 10}[g] {
			before := someFigures(rng, 20+rng.Int64N(200))
			u := reports.UnitRow{Group: group, Name: fmt.Sprintf(say("%s第%d责任单位", "%s, unit %d"), group, k+1),
				Now: someFigures(rng, 15+rng.Int64N(200)), Before: &before, Score: 98 - 1.37*float64(k), HasScore: true, Rank: k + 1, RankBefore: (k+2)%9 + 1}
			if k == 7 {
				u.Now, u.Before, u.Rank, u.RankBefore, u.HasScore = reports.Figures{Received: 2}, nil, 0, 0, false
			}
			sum(&w.Now, u.Now)
			if u.Before != nil {
				sum(w.Before, *u.Before)
			}
			w.Units = append(w.Units, u)
		}
	}
	for n, name := range []string{"暴露垃圾", "积存垃圾渣土", "带泥上路", "道路遗撒", "占道经营", "机动车乱停放", "乱张贴、乱涂写小广告", "道路破损"} {
		before := reports.Figures{Received: int64(400 - n*31)}
		w.Categories = append(w.Categories, reports.CategoryRow{Code: fmt.Sprintf("060%02d", n+10), Name: name, Now: someFigures(rng, int64(420-n*40)), Before: &before})
	}
	for n := range 8 {
		w.Trend = append(w.Trend, reports.TrendWeek{Label: fmt.Sprintf("W%d", 40+n), Disposal: reports.Ratio{N: int64(850 + n*8), Of: 972},
			OnTime: reports.Ratio{N: int64(700 + n*n), Of: 972}})
		w.Roads = append(w.Roads, reports.RoadRow{Name: fmt.Sprintf("龙昆南路（第%d段）", n+1), Area: "金贸街道", Issues: int64(30 - n), Metres: 800 + 55*float64(n)})
		w.Places = append(w.Places, reports.PlaceRow{Name: fmt.Sprintf("和平南路%d号", n+1), Category: "占道经营（09020）", Unit: w.Units[n].Name,
			Times: int64(7 - n/2), Days: 30, LastAt: at(20, n)})
		w.Holds = append(w.Holds, reports.HoldRow{Number: fmt.Sprintf("2026-%06d", 300+n), Place: "椰海大道", Unit: w.Units[n].Name, Until: at(25+10*n, 0), Reason: "需安排专项经费"})
		w.Late = append(w.Late, reports.LateRow{Number: fmt.Sprintf("2026-%06d", 600+n), Unit: w.Units[n].Name, What: "整改完成", DoneAt: at(18, n), ReceivedAt: at(18, n+9)})
	}
	for n := range 24 {
		w.Overdue = append(w.Overdue, reports.OverdueRow{Number: fmt.Sprintf("2026-%06d", 900+n), Place: "和平南路与海府路交叉口东北侧人行道施工围挡旁",
			Category: "占道经营（09020）", Unit: w.Units[n*n%40].Name, DueAt: at(17, n%24), Over: time.Duration(n*7) * time.Hour,
			Clock: []calendar.Unit{calendar.WorkingDay, calendar.CalendarDay}[n/23], Long: n > 17, Told: []reports.Reminder{{Role: inspect.UnitRole, Times: 5, At: at(17, 9)},
				{Role: inspect.Office, Times: 3, At: at(18, 8)}, {Role: inspect.Leader, Times: 1, At: at(19, 8)}}[:n%4]})
	}
	for n := range 4 {
		w.Pairs = append(w.Pairs, reports.PhotoPair{Number: fmt.Sprintf("2026-%06d", 1200+n), Place: "龙昆南路88号门前", Category: "积存垃圾渣土",
			Unit: w.Units[n].Name, Before: reports.PairPhoto{ID: fmt.Sprint("p", n), At: at(17, 9)}, After: reports.PairPhoto{ID: fmt.Sprint("p", 3-n), At: at(17, 15)}})
	}
	w.Suspensions = []reports.SuspensionRow{{From: at(18, 6), To: at(19, 18), Area: "全市", What: "全部", Reason: "台风红色预警", Issues: 214}}
	w.Corrections = []reports.Correction{{Report: "第46期", Number: "2026-000771", Figure: "按期处置", Was: "否", Is: "是", Why: "申诉成立"}}
	w.Definitions = []paper.Definition{{Term: "处置率", Text: "截止时已整改且其后未被判不合格的件数 ÷ 应处置件数。"}, {Term: "得分", Text: "40·处置率 + 30·按期处置率 + 处置率·（10·（1−严重超期率）+ 10·（1−返工率）+ 10·（1−延期率））"}}
	return w
}

func chapters(d *paper.Document) (all []string) {
	for _, p := range d.Parts {
		if p.Heading != nil && p.Heading.Level == 1 {
			all = append(all, p.Heading.Text)
		}
	}
	return all
}

func TestAWeeklyReportHasItsOrder(t *testing.T) {
	t.Parallel()
	want := []string{"一、领导专页", "二、总体情况", "三、各责任单位", "四、红黑榜", "五、问题类别", "六、问题集中路段", "七、反复发生点位", "八、整改前后对比", "九、超期案件", "十、中止与挂账", "十一、补传", "十二、计划任务与投诉反馈", "十三、更正", "十四、指标定义"}
	for name, w := range map[string]*reports.Report{"full": week(inspect.Chinese), "empty": {Language: inspect.Chinese, City: "海口市"}} {
		if d := cmp.Diff(want, chapters(w.Document())); d != "" {
			t.Errorf("%s: (-want +got)\n%s", name, d)
		}
	}
	if got := chapters(week(inspect.English).Document()); len(got) != len(want) || got[0] != "1  For the leaders" {
		t.Errorf("got %q", got)
	}
}

// TestNothingIsLeftInTheOtherLanguage finds no Chinese in an English report of nothing, where all words are the program's own.
func TestNothingIsLeftInTheOtherLanguage(t *testing.T) {
	t.Parallel()
	w := &reports.Report{Language: inspect.English, City: "Haikou",
		Units: []reports.UnitRow{{Group: "streets", Name: "A", Now: reports.Figures{Due: 20, Disposed: 3, Shirked: 1},
			Before: &reports.Figures{Due: 20, Disposed: 9}, Rank: 3, RankBefore: 1}},
		Now: reports.Figures{Due: 20, Disposed: 3, Shirked: 1, HasMedian: true}, Before: &reports.Figures{Due: 20, Disposed: 9}, Draft: true, Unfinished: true,
		Categories: []reports.CategoryRow{{Name: "mud", Now: reports.Figures{Received: 30}, Before: &reports.Figures{}}},
		Overdue:    []reports.OverdueRow{{Unit: "A", Long: true}}, Holds: []reports.HoldRow{{}}, Places: []reports.PlaceRow{{Name: "B"}},
		Late: []reports.LateRow{{}}, Pairs: []reports.PhotoPair{{Before: reports.PairPhoto{ID: "x"}}}}
	j, err := w.Document().JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(j), string(w.Document().HTML(nil)), w.Short()} {
		if n := strings.IndexFunc(text, func(r rune) bool { return r >= 0x2e80 }); n >= 0 {
			t.Errorf("it says %q", text[max(0, n-60):min(len(text), n+60)])
		}
	}
}

func TestFiguresStandWhereALeaderReadsThem(t *testing.T) {
	t.Parallel()
	w := &reports.Report{City: "海口市", Scope: "全市", Now: reports.Figures{Received: 1298, Filed: 1290, Due: 972, Disposed: 911, OnTime: 737,
		DueToClose: 972, Closed: 820, Rework: 5, HasMedian: true, Median: 26*time.Hour + 30*time.Minute, Found: 30*time.Hour + 6*time.Minute},
		Before: &reports.Figures{Received: 1201, Due: 960, Disposed: 880, OnTime: 760, DueToClose: 960, Closed: 800, Rework: 5}}
	var got []string
	for _, p := range w.Document().Parts {
		for _, k := range p.Key {
			line := k.Name + " " + k.Value.TextWithUnit() + " " + k.Detail
			for _, c := range k.Change {
				line += " " + c.Text
			}
			got = append(got, line)
		}
	}
	want := []string{"受理 1298 立案 1290 +8.1 %", "处置率 93.72 % 911 / 972 +2.05 个百分点", "按期处置率 75.82 % 737 / 972 -3.35 个百分点",
		"结案率 84.36 % 820 / 972 +1.03 个百分点", "派遣至整改中位数 26.5 小时 发现至整改 30.1 小时"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	lists := sentences(w)
	if d := cmp.Diff([]string{"全市处置率为 93.72 %（911/972），较上周上升 2.05 个百分点。", "全市结案率为 84.36 %（820/972），较上周上升 1.03 个百分点。"}, lists["变好的方面"]); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if d := cmp.Diff([]string{"全市按期处置率为 75.82 %（737/972），较上周下降 3.35 个百分点。"}, lists["变差的方面"]); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// sentences are those of the leaders' page by their headings.
func sentences(w *reports.Report) map[string][]string {
	all, under := map[string][]string{}, ""
	for _, p := range w.Document().Parts {
		if p.Heading != nil {
			under = p.Heading.Text
		}
		if p.List != nil {
			all[under] = p.List
		}
	}
	return all
}

// TestAReportOfACityWithoutAName begins with what it is.
func TestAReportOfACityWithoutAName(t *testing.T) {
	t.Parallel()
	for want, w := range map[string]*reports.Report{"双创工作周报": {}, "Weekly report": {Language: inspect.English}, "海口市双创工作通报": {City: "海口市", Genre: reports.Bulletin},
		"Bulletin": {Language: inspect.English, Genre: reports.Bulletin}, "Haikou: monthly report": {City: "Haikou", Language: inspect.English, Kind: closure.Month}} {
		if got := w.Document().Title; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestNothingIsSaidOfNothing leaves out what is 0, and tells 0 from no data.
func TestNothingIsSaidOfNothing(t *testing.T) {
	t.Parallel()
	w := &reports.Report{Scope: "全市", Now: reports.Figures{Received: 12}, Before: &reports.Figures{Received: 30}, Categories: []reports.CategoryRow{
		{Name: "带泥上路", Now: reports.Figures{}, Before: &reports.Figures{Received: 30}}, {Name: "暴露垃圾", Now: reports.Figures{Received: 12}}},
		Roads:   []reports.RoadRow{{Name: "龙昆南路", Issues: 3}},
		Returns: []reports.ReturnRow{{Form: "旬报", Lines: []string{"人次"}, Unit: "甲", State: inspect.ReturnMissing}}}
	if got := sentences(w); len(got) != 0 {
		t.Errorf("got %v, want nothing said", got)
	}
	for _, p := range w.Document().Parts {
		if p.Chart != nil && p.Chart.Series[1].Values[1].Text != "0" {
			t.Errorf("a category that did not come up the week before is %q then, want 0", p.Chart.Series[1].Values[1].Text)
		}
		if p.Table != nil && p.Table.Name == "路段" && (p.Table.Rows[0].Cells[3].Text != "无数据" || p.Table.Rows[0].Cells[4].Text != "无数据") {
			t.Errorf("got %v, want no data of a road without a length", p.Table.Rows[0].Cells)
		}
	}
	w.Genre = reports.ReturnsReport
	for _, p := range w.Document().Parts {
		if p.Table != nil && p.Table.Name == "旬报" && p.Table.Rows[1].Cells[1].Text != "无数据" {
			t.Errorf("the sum of what nobody sent is %q", p.Table.Rows[1].Cells[1].Text)
		}
	}
}

// TestAFormOfReturnsCountsWhole: persons and carts are whole, tonnes may not be; and a report without scores has no formula of them.
func TestAFormOfReturnsCountsWhole(t *testing.T) {
	t.Parallel()
	w := &reports.Report{Language: inspect.Chinese, Scope: "全市", Formula: "v1: 40·处置", Genre: reports.ReturnsReport,
		Returns: []reports.ReturnRow{{Form: "周报", Lines: []string{"人次", "清运（吨）"}, Unit: "甲", Sent: 1, Values: []float64{537, 12.5}},
			{Form: "周报", Lines: []string{"人次", "清运（吨）"}, Unit: "乙", Sent: 1, Values: []float64{1000, 3}}}}
	var got [][]string
	for _, p := range w.Document().Parts {
		if p.Table == nil || !strings.HasPrefix(p.Table.Name, "周报") {
			continue
		}
		for _, r := range p.Table.Rows {
			got = append(got, []string{r.Cells[1].Text, r.Cells[2].Text})
		}
	}
	if d := cmp.Diff([][]string{{"537", "12.50"}, {"1000", "3.00"}, {"1537", "15.50"}}, got); d != "" {
		t.Errorf("numbers of the form:\n%s", d)
	}
	for genre, want := range map[reports.Genre]bool{reports.ClosureReport: true, reports.Bulletin: true, reports.AssessmentSheet: true,
		reports.PlacesReport: false, reports.InspectorsReport: false, reports.ReturnsReport: false} {
		w.Genre = genre
		if got := slices.ContainsFunc(w.Document().Facts, func(f paper.Fact) bool { return f.Text == w.Formula }); got != want {
			t.Errorf("%q says the formula of scores: %t, want %t", genre, got, want)
		}
	}
}

// TestOneIsNoPlural reads an English report of one of each.
func TestOneIsNoPlural(t *testing.T) {
	t.Parallel()
	w := &reports.Report{Language: inspect.English, Scope: "The city", City: "Haikou", Now: reports.Figures{Received: 1, Filed: 1, Due: 1, Waiting: 1, Closed: 1, LongOverdue: 1},
		Overdue: []reports.OverdueRow{{Unit: "A", Long: true, Told: []reports.Reminder{{Role: inspect.UnitRole, Times: 1}}}},
		Places:  []reports.PlaceRow{{Name: "B", Times: 1, Days: 1}}}
	for _, g := range reports.Genres {
		w.Genre = g
		text := string(w.Document().HTML(nil)) + w.Short()
		if at := regexp.MustCompile(`\b1 (issues|were|wait|are|times|days|hours|others)\b`).FindString(text); at != "" {
			t.Errorf("%s says %q", g, at)
		}
	}
}

func TestSentencesSayWhatStandsOut(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	figures := func(due, disposed int64) reports.Figures { return reports.Figures{Due: due, Disposed: disposed} }
	before := figures(40, 20)
	w := &reports.Report{Scope: "全市", To: day(23), Now: reports.Figures{Due: 80, Disposed: 60, Shirked: 1, FalseFixes: 2}, Before: &reports.Figures{Due: 80, Disposed: 60},
		Units: []reports.UnitRow{{Group: "街道", Name: "甲街道", Now: figures(40, 36), Before: &before, Rank: 1, RankBefore: 3},
			{Group: "街道", Name: "乙街道", Now: figures(40, 12), Before: &before, Rank: 2, RankBefore: 2},
			{Group: "街道", Name: "丙街道", Now: reports.Figures{Due: 3, FalseFixes: 2}, Before: &before}},
		Categories: []reports.CategoryRow{{Name: "带泥上路", Now: reports.Figures{Received: 41}, Before: &reports.Figures{Received: 53}},
			{Name: "暴露垃圾", Now: reports.Figures{Received: 12}, Before: &reports.Figures{Received: 9}},
			{Name: "小广告", Now: reports.Figures{Received: 4}, Before: &reports.Figures{Received: 1}}},
		Overdue: []reports.OverdueRow{{Unit: "乙街道", Long: true, Over: 120 * time.Hour, Clock: calendar.WorkingHour},
			{Unit: "乙街道", Long: true, Over: 20 * time.Hour, Clock: calendar.WorkingDay}, {Unit: "甲街道", Over: 500 * time.Hour}},
		Holds:  []reports.HoldRow{{Until: day(30)}, {Until: day(28)}, {Until: day(28).AddDate(1, 0, 0)}},
		Places: []reports.PlaceRow{{Name: "市场东门", Category: "占道经营", Times: 5, Days: 30}, {Name: "桥下", Times: 3, Days: 30}}}
	want := map[string][]string{
		"变好的方面": {"甲街道处置率为 90.00 %（36/40），较上周上升 40.00 个百分点，在街道中由第 3 名变为第 1 名。", "带泥上路受理 41 件，较上周下降 22.6 %。"},
		"变差的方面": {"乙街道处置率为 30.00 %（12/40），较上周下降 20.00 个百分点。", "暴露垃圾受理 12 件，较上周上升 33.3 %。"},
		"需要决策的事项": {"严重超期未处置 2 件，最长已超期 120.0 工作时，其中乙街道 2 件：是否督办。", "挂账 2 件将在 30 日内到期，最早 2026-11-28：是否安排经费或另定办法。", "推诿 1 件、虚假整改 2 件，其中丙街道 2 件：是否通报。",
			"反复发生点位 2 处，最多的是市场东门（占道经营，30 日内 5 次）：是否现场会办。"},
	}
	if d := cmp.Diff(want, sentences(w)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	w.Better, w.Decisions = []string{"人写的一句。"}, []string{}
	if got := sentences(w); !slices.Equal(got["变好的方面"], w.Better) || got["需要决策的事项"] != nil {
		t.Errorf("what a person wrote is not what stands there: %v", got)
	}
}

func TestTheShortTextFitsAGroupChat(t *testing.T) {
	t.Parallel()
	for _, l := range inspect.Languages {
		text := week(l).Short()
		if n := len([]rune(text)); n > 500 || n < 150 {
			t.Errorf("%s: it has %d characters: %s", l, n, text)
		}
	}
	lines := strings.Split(week(inspect.Chinese).Short(), "\n")
	if got, want := lines[0], "海口市双创工作周报 第47期（2026-11-16 至 2026-11-22，全市）"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := lines[len(lines)-1], "统计截止 2026-11-23 00:00。"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestEveryFormOfAWeek is made, in both languages, also of a week in which nothing happened.
func TestEveryFormOfAWeek(t *testing.T) {
	t.Parallel()
	for _, w := range []*reports.Report{week(inspect.Chinese), week(inspect.English), {}, {Language: inspect.English, Unfinished: true, Draft: true}} {
		d := w.Document()
		var book, table bytes.Buffer
		pdf, err := d.PDF(nil)
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			t.Errorf("pdf: %v", err)
		}
		if _, err := d.DOCX(nil); err != nil {
			t.Error(err)
		}
		if err := d.XLSX(&book, nil); err != nil {
			t.Error(err)
		}
		if err := d.CSV(&table); err != nil {
			t.Error(err)
		}
		if missing := d.UnprintableRunes(); missing != "" {
			t.Errorf("the pages cannot show %q", missing)
		}
	}
}
