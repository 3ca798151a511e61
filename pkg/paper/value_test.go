package paper_test

import (
	"math"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
)

var en = paper.Formatter{Language: inspect.English}

// TestFiguresThatWerePublished has the rates that reports of cities printed.
func TestFiguresThatWerePublished(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n, of int64
		want  string
	}{
		{51229, 51571, "99.34 %"}, {49151, 51229, "95.94 %"}, {43523, 52434, "83.01 %"}, {911, 972, "93.72 %"}, {40394, 52434, "77.04 %"},
		{737, 972, "75.82 %"}, {276, 52434, "0.53 %"},
		{104, 52434, "0.20 %"}, {0, 7, "0.00 %"}, {7, 7, "100.00 %"}, {1, 20000, "0.01 %"}, {1, 20001, "0.00 %"}, {3, 20000, "0.02 %"}, {1, 8, "12.50 %"}, {2, 3, "66.67 %"},
		{0, 0, "无数据"}, {5, 0, "无数据"}, {5, -1, "无数据"}, {math.MaxInt64 / 2, math.MaxInt64 - 1, "50.00 %"},
	} {
		if got := zh.Rate(tt.n, tt.of); got.Text != tt.want {
			t.Errorf("%d/%d: got %s, want %s", tt.n, tt.of, got.Text, tt.want)
		}
	}
	if got := en.Rate(5, 0).Text; got != "no data" {
		t.Errorf("got %s, want no data", got)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ got, want string }{
		{zh.Points(911, 972, 880, 960).Text, "+2.05 个百分点"}, {zh.Points(737, 972, 760, 960).Text, "-3.35 个百分点"},
		{zh.Points(1, 2, 1, 2).Text, "0.00 个百分点"}, {zh.Points(1, 2, 0, 0).Text, "—"},
		{zh.Points(0, 0, 1, 2).Text, "—"}, {en.Points(911, 972, 880, 960).Text, "+2.05 pp"}, {zh.Points(2, 3, 1, 3).Text, "+33.34 个百分点"}, // as the two rates on paper differ
		{zh.Change(1298, 1201).Text, "+8.1 %"}, {zh.Change(1201, 1298).Text, "-7.5 %"}, {zh.Change(5, 0).Text, "—"},
		{zh.Change(0, 5).Text, "-100.0 %"}, {zh.Change(5, 5).Text, "0.0 %"},
		{zh.Change(9995, 10000).Text, "-0.1 %"}, {zh.Change(10005, 10000).Text, "+0.1 %"}, {zh.Change(9996, 10000).Text, "0.0 %"},
		{zh.Hours(26*time.Hour + 30*time.Minute).Text, "26.5"}, {zh.Hours(26 * time.Hour).TextWithUnit(), "26.0 小时"},
		{zh.Hours(3 * time.Minute).Text, "0.1"}, {zh.Hours(2 * time.Minute).Text, "0.0"},
		{zh.Decimal(99.999).Text, "100.00"}, {zh.Decimal(1.5).Text, "1.50"}, {zh.Decimal(-0.001).Text, "0.00"}, {zh.Decimal(-1.255).Text, "-1.25"}, {zh.Count(1298).Text, "1298"},
		{zh.At(time.Date(2026, 11, 22, 16, 5, 59, 0, time.UTC)).Text, "2026-11-23 00:05"},
		{zh.Day(time.Date(2026, 11, 22, 16, 5, 0, 0, time.UTC)).Text, "2026-11-23"}, {zh.At(time.Time{}).Text, "—"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}
