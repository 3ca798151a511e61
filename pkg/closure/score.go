package closure

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"spotcheck/pkg/inspect"
)

// Formula is how figures become a score. A city may change weights and the least number; each change has a version of its own.
type Formula struct {
	Version   int     `json:"version"`
	Disposal  float64 `json:"disposal"`   // points for the whole rate
	OnTime    float64 `json:"on_time"`    //
	Long      float64 `json:"long"`       // points times disposal for none long overdue
	Rework    float64 `json:"rework"`     // points times disposal for none reworked
	Extension float64 `json:"extension"`  // points times disposal for none extended
	FalseFix  float64 `json:"false_fix"`  // points that a false fix costs at least
	LeastDue  int64   `json:"least_due"`  // fewer issues due have no rank, in a week
	WeekStart int     `json:"week_start"` // 0 for Sunday
}

// DefaultFormula is the formula of pkg/inspect/rules.md, "Score and rank": 40·disposal + 30·on-time disposal + disposal·(10·(1−long overdue) + 10·(1−rework) +
// 10·(1−extension)), less max(1, 100 ÷ due) for each false fix.
var DefaultFormula = Formula{Version: 1, Disposal: 40, OnTime: 30, Long: 10, Rework: 10, Extension: 10, FalseFix: 1, LeastDue: 10, WeekStart: 1}

// Text is the formula as it is printed on a report.
func (f *Formula) Text(l inspect.Language) string {
	n := func(x float64) string { return fmt.Sprintf("%g", x) }
	text := "v%d: %s·disposal + %s·on-time disposal + disposal·(%s·(1−long overdue) + %s·(1−rework) + %s·(1−extension)) − max(%s, 100÷due)·false fixes"
	if l == inspect.Chinese {
		text = "v%d：%s·处置率＋%s·按期处置率＋处置率·（%s·（1−严重超期率）＋%s·（1−返工率）＋%s·（1−延期率））−max（%s，100÷应处置）·虚假整改件数"
	}
	return fmt.Sprintf(text, f.Version, n(f.Disposal), n(f.OnTime), n(f.Long), n(f.Rework), n(f.Extension), n(f.FalseFix))
}

// Score is from 0 to the sum of the weights; ok is false when nothing was due. All its rates have the same denominator, so none of them is
// without data alone.
func (f *Formula) Score(c *Counts) (score float64, ok bool) {
	due := float64(c[Due])
	if due <= 0 {
		return 0, false
	}
	rate := func(n Count) float64 { return float64(c[n]) / due }
	disposal := rate(Disposed)
	score = f.Disposal*disposal + f.OnTime*rate(OnTime) + disposal*(f.Long*(1-rate(LongOverdue))+f.Rework*(1-rate(Reworked))+f.Extension*(1-rate(Extended)))
	score -= float64(c[FalseFix]) * max(f.FalseFix, 100/due)
	return math.Round(max(score, 0)*100) / 100, true
}

// RankedUnit is a unit in its peer group.
type RankedUnit struct {
	PeerGroup string
	Name      string // decides between equals in the order of a list, never in rank
	Due       int64
	Score     float64
	Rank      int // 1 is the best; 0 for too few issues due
}

// Rank gives ranks inside peer groups by disposal score; equal scores share a rank. Units with fewer than least issues due get none. The
// list comes out by group, then rank, those without last.
func Rank(units []*RankedUnit, least int64) {
	for _, u := range units {
		u.Rank = 0
	}
	slices.SortStableFunc(units, func(a, b *RankedUnit) int {
		few := func(u *RankedUnit) int {
			if u.Due < max(least, 1) {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(a.PeerGroup, b.PeerGroup), few(a)-few(b), (1-few(a))*cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name, b.Name))
	})
	place := 0
	for n, u := range units {
		if n == 0 || u.PeerGroup != units[n-1].PeerGroup {
			place = 0
		}
		if u.Due < max(least, 1) {
			continue
		}
		place++
		if u.Rank = place; place > 1 && u.Score == units[n-1].Score {
			u.Rank = units[n-1].Rank
		}
	}
}

// RedAndBlack says which of the scores of a peer group stand on the red list and which on the black one. Red is the upper third and above the median, black
// the lower third and below it, so nobody is on both; a tie at the border of a third is taken whole where all of it lies on its side of the median, and
// otherwise not at all.
func RedAndBlack(scores []float64) (red, black []bool) {
	red, black = make([]bool, len(scores)), make([]bool, len(scores))
	inOrder := slices.Sorted(slices.Values(scores))
	third := len(scores) / 3
	for n, score := range scores {
		middle := (inOrder[(len(scores)-1)/2] + inOrder[len(scores)/2]) / 2
		worse, _ := slices.BinarySearch(inOrder, score)
		better := len(scores) - worse
		for better > 0 && inOrder[len(scores)-better] == score {
			better--
		}
		red[n] = better < third && score > middle
		black[n] = worse < third && score < middle
	}
	return red, black
}
