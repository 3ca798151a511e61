package reports_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/reports"
)

// peers are units of one group by their scores, ranked; a score of -1 stands for too few issues due.
func peers(scores ...float64) *reports.Report {
	w := &reports.Report{City: "海口市", HoldPercent: 30}
	for n, s := range scores {
		u := reports.UnitRow{Group: "街道", Name: string(rune('A' + n)), Now: reports.Figures{Due: 20, Disposed: 10}, Score: s, HasScore: true, Rank: 1}
		for _, other := range scores {
			if other > s {
				u.Rank++
			}
		}
		if s < 0 {
			u.Rank = 0
		}
		w.Units = append(w.Units, u)
	}
	return w
}

// listed are the names on the red list and on the black one.
func listed(w *reports.Report) (red, black string) {
	names := func(t *paper.Table) (all string) {
		for _, r := range t.Rows {
			all += r.Cells[1].Text
		}
		return all
	}
	for _, p := range w.Document().Parts {
		if p.Table != nil && p.Table.Name == "红榜" {
			red = names(p.Table)
		}
		if p.Table != nil && p.Table.Name == "黑榜" {
			black = names(p.Table)
		}
	}
	return red, black
}

func TestEqualsStandOnAListTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what       string
		scores     []float64
		red, black string
	}{
		{"nobody", nil, "", ""},
		{"two have no third", []float64{90, 80}, "", ""},
		{"three", []float64{90, 80, 70}, "A", "C"},
		{"ten", []float64{99, 95, 91, 90, 88, 85, 82, 80, 79, 70}, "ABC", "HIJ"},
		{"ranks 1, 1, 3, 3", []float64{90, 90, 70, 70}, "AB", "CD"},
		{"all are equal", []float64{90, 90, 90, 90, 90, 90}, "", ""},
		{"a tie that reaches the median", []float64{90, 80, 80, 80, 80, 10}, "A", "F"},
		{"a tie over the border above the median", []float64{90, 80, 80, 80, 70, 60, 50, 40, 30}, "ABCD", "GHI"},
		{"too few issues due are in no third", []float64{90, 80, 70, -1, -1, -1}, "A", "C"},
	} {
		if red, black := listed(peers(c.scores...)); red != c.red || black != c.black {
			t.Errorf("%s: got red %q and black %q, want %q and %q", c.what, red, black, c.red, c.black)
		}
	}
	w := peers(90, 80, 70, 60, 50, 40)
	w.Units[0].BarredFromRed = true
	w.Units[5].Now.Disposed = w.Units[5].Now.Due
	if red, black := listed(w); red != "B" || black != "E" {
		t.Errorf("barred and without anything left to do: got red %q and black %q, want B and E", red, black)
	}
	if text := string(w.Document().HTML(nil)); !strings.Contains(text, "挂账率超过 30 %，不列入红榜：A。") {
		t.Error("it does not say who is barred from the red list")
	}
}

// TestASentenceNamesAllEquals has seven units that are equally the last, four places, and two units that fell by as much.
func TestASentenceNamesAllEquals(t *testing.T) {
	t.Parallel()
	w := &reports.Report{Scope: "全市", City: "海口市", Now: reports.Figures{Due: 80, Disposed: 60, FalseFixes: 2}, Before: &reports.Figures{Due: 80, Disposed: 60}}
	for n, name := range []string{"A", "B", "C", "D", "E", "F", "G"} {
		w.Overdue = append(w.Overdue, reports.OverdueRow{Unit: name, Long: true})
		w.Places = append(w.Places, reports.PlaceRow{Name: name, Times: int64(3 - n/4), Days: 30})
	}
	before := reports.Figures{Due: 40, Disposed: 20}
	for _, name := range []string{"甲", "乙"} {
		w.Units = append(w.Units, reports.UnitRow{Name: name, Now: reports.Figures{Due: 40, Disposed: 10, FalseFixes: 1}, Before: &before})
	}
	want := map[inspect.Language][]string{
		inspect.Chinese: {"其中A、B、C等 7 个各 1 件", "最多的是A、B、C等 4 个（各 3 次）", "甲、乙处置率较上周均下降 25.00 个百分点。", "虚假整改 2 件，其中乙、甲各 1 件：是否通报。"},
		inspect.English: {"1 each with A, B, C and 4 others", "most often A, B, C and 1 other (3 times each)", "甲 and 乙: disposal is down 25.00 pp each against last week.",
			"False fixes 2, 1 each with 乙 and 甲: publish it?"},
	}
	for l, all := range want {
		w.Language = l
		var text strings.Builder
		for _, some := range sentences(w) {
			text.WriteString(strings.Join(some, "\n"))
		}
		for _, s := range all {
			if !strings.Contains(text.String(), s) {
				t.Errorf("it does not say %q: %s", s, text.String())
			}
		}
		if strings.Contains(text.String(), "推诿") {
			t.Error("it says something of no shirked issues")
		}
	}
}

// TestHoursOfWorkAreNotComparedWithOthers names the longest of each clock.
func TestHoursOfWorkAreNotComparedWithOthers(t *testing.T) {
	t.Parallel()
	w := week(inspect.Chinese)
	want := "最长已超期 6.7 天、154.0 工作时"
	if got := strings.Join(sentences(w)["需要决策的事项"], ""); !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, p := range w.Document().Parts {
		if p.Table == nil || p.Table.Name != "超期" {
			continue
		}
		for k, r := range p.Table.Rows {
			over := r.Cells[5].Text
			if !strings.HasSuffix(over, map[bool]string{true: "天", false: "工作时"}[k == 23]) {
				t.Errorf("row %d is over by %s, want it with its unit", k, over)
			}
		}
	}
}

// TestTheAssessmentRanksNobodyWithTooFewIssues holds the sheet to the same minimum as the report, and gives grades.
func TestTheAssessmentRanksNobodyWithTooFewIssues(t *testing.T) {
	t.Parallel()
	w := peers(95, 80, 80, 62, -1)
	w.Genre = reports.AssessmentSheet
	few := &w.Units[4]
	few.Now.Due, few.Score = 2, 100
	for n := range w.Units {
		w.Units[n].ID = inspect.NewID()
	}
	w.Merits = []reports.TrendPoint{{Unit: w.Units[3].ID, Points: -3}, {Unit: few.ID, Points: 5}}
	w.Units = append(w.Units, reports.UnitRow{ID: inspect.NewID(), Group: "街道", Name: "F"})
	w.Merits = append(w.Merits, reports.TrendPoint{Unit: w.Units[5].ID, Points: 1})
	var got []string
	for _, p := range w.Document().Parts {
		if p.Table != nil && p.Table.Name == "考核" {
			for _, r := range p.Table.Rows {
				var line []string
				for _, c := range r.Cells[1:] {
					line = append(line, c.Text)
				}
				got = append(got, strings.Join(line, " "))
			}
		}
	}
	want := []string{"A 20 95.00 0.00 0.00 95.00 A 1", "B 20 80.00 0.00 0.00 80.00 B 2", "C 20 80.00 0.00 0.00 80.00 B 2", "D 20 62.00 0.00 -3.00 59.00 D 4",
		"E 2 100.00 5.00 0.00 105.00 — 件数不足", "F 0 无数据 1.00 0.00 无数据 — 件数不足"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestEveryGenreIsItselfInEveryForm finds its title and what only it says in the text for a chat, the page and the JSON of each.
func TestEveryGenreIsItselfInEveryForm(t *testing.T) {
	t.Parallel()
	w := week(inspect.Chinese)
	w.LastBulletin, w.LeftOpen = "2026年第3期", []reports.LeftOpenRow{{Number: "2026-000001", Outcome: "仍未整改"}}
	w.Inspectors = []reports.InspectorRow{{Name: "S-1", Submitted: 7, Filed: 6}}
	w.Returns = []reports.ReturnRow{{Form: "旬报", Unit: "甲单位", State: inspect.ReturnMissing}}
	for genre, want := range map[reports.Genre][2]string{
		reports.ClosureReport: {"双创工作周报", "需决策：严重超期未处置 6 件"}, reports.Bulletin: {"双创工作通报", "2026年第3期点名 1 件"},
		reports.PlacesReport: {"问题分析报告", "最多的类别：暴露垃圾"}, reports.InspectorsReport: {"巡查工作报告", "上报 7 件，立案 6 件"},
		reports.AssessmentSheet: {"双创工作考核表", "区政府第 1 名：区政府第1责任单位"}, reports.ReturnsReport: {"报表报送情况", "未报：甲单位。"}} {
		w.Genre = genre
		text := w.Short()
		if !strings.HasPrefix(text, "海口市"+want[0]) || !strings.Contains(text, want[1]) || len([]rune(text)) > paper.MaxFittedText {
			t.Errorf("the text of %q is %s", genre, text)
		}
		d := w.Document()
		j, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{string(j), string(d.HTML(nil))} {
			if !strings.Contains(form, "海口市"+want[0]) {
				t.Errorf("a form of %q has another title", genre)
			}
		}
	}
}
