package inspections

import (
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/pkg/score"
)

func TestAVisitThatFailedWithAGradeSaysWhy(t *testing.T) {
	standard := inspect.Standard{Items: []inspect.StandardItem{{Code: "1", Points: 100 * score.One, Deduction: 9 * score.One}},
		PassMark: 60 * score.One, RecheckMark: 92 * score.One, Grades: score.Grades()}
	visit := inspect.Visit{Answers: []inspect.VisitAnswer{{Item: "1", Result: inspect.AnswerNo, Findings: make([]inspect.VisitFinding, 1)}}}
	again := visit
	again.Rechecks = inspect.ID{1}
	for _, c := range []struct {
		visit    inspect.Visit
		language inspect.Language
		want     string
	}{
		{visit, inspect.Chinese, "91 分，合格，等级 A"},
		{again, inspect.Chinese, "91 分，不合格（合格线 92 分），等级 A（等级只按得分划分）"},
		{again, inspect.English, "91 points, failed (the mark is 92), grade A (by the score alone)"},
	} {
		c.visit.Settle(&standard)
		w := visitWriter{Formatter: paper.Formatter{Language: c.language}, standard: standard,
			page: &VisitPage{Visit: c.visit, First: standard.FirstOutcomeOf(&c.visit)}}
		if got := w.result(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
