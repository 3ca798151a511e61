package paper_test

import (
	"strings"
	"testing"

	"spotcheck/pkg/paper"
)

func TestLines(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		wide float64
		want string
	}{
		{"清扫路面，冲洗", 16 * 4, "清扫路|面，冲洗"}, {"清扫（路面）", 16 * 3, "清扫|（路|面）"}, {"甲\n乙", 100, "甲|乙"}, {"", 100, ""}, {"甲\r\n\r\n乙", 100, "甲||乙"},
		{"按 GB/T 9704 排", 16 * 5, "按 GB/T|9704 排"}, {strings.Repeat("W", 9), 16 * 4, "WWWW|WWWW|W"}, {"《条例》第十四条", 16 * 4, "《条例》|第十四条"},
	} {
		if got := strings.Join(paper.Lines(tt.text, tt.wide), "|"); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.text, got, tt.want)
		}
	}
}

// FuzzLines breaks any text: nothing is lost, nothing is too wide, and no mark begins a line where another cut was possible.
func FuzzLines(f *testing.F) {
	for _, s := range []string{"清扫路面，冲洗。", "。。。。。。", "\u202e\x00", strings.Repeat("A", 90), strings.Repeat("（", 90), "第1条，第22条；", "a\n\n\nb", "\xff\xfe", "甲 乙  丙"} {
		f.Add(s, uint16(64))
	}
	bare := strings.NewReplacer(" ", "", "\n", "")
	f.Fuzz(func(t *testing.T, text string, wide uint16) {
		room := float64(wide%600) + 32
		lines := paper.Lines(text, room)
		if got, want := bare.Replace(strings.Join(lines, "")), bare.Replace(paper.Printed(text)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		for n, l := range lines {
			if w := paper.Width(l); w > room+0.1 {
				t.Errorf("%q is %.1f points wide, there are %.1f", l, w, room)
			}
			if n > 0 && strings.Contains(paper.Printed(text), lines[n-1]+l) && badCut(lines[n-1], l) && cuts([]rune(lines[n-1])) {
				t.Errorf("%q was cut before %q", lines[n-1], l)
			}
		}
	})
}

// The marks of GB/T 15834 and what goes with them, written apart from the code.
const (
	shut = "，。、；：！？）》〉」』】〕〗”’…—·％‰℃,.;:!?)]}%"
	open = "（《〈「『【〔〖“‘([{￥$"
)

// badCut says whether a line should not end between these.
func badCut(before, after string) bool {
	b, a := []rune(before), []rune(after)
	return len(b) > 0 && len(a) > 0 && (strings.ContainsRune(shut, a[0]) || strings.ContainsRune(open, b[len(b)-1]))
}

// cuts says whether a line could have ended somewhere inside.
func cuts(line []rune) bool {
	for n := 1; n < len(line); n++ {
		if !badCut(string(line[:n]), string(line[n:])) {
			return true
		}
	}
	return false
}

// TestDatesAreNotBroken sets a line with a number, a date and a time in every width.
func TestDatesAreNotBroken(t *testing.T) {
	t.Parallel()
	for wide := 200.0; wide < 500; wide += 3 {
		set := strings.Join(paper.Lines("金宇街道龙昆南路60号附近——露天烧烤（龙华区城管局，2026-000002，原定 2026-10-05 11:51 前）", wide), "\n")
		for _, whole := range []string{"2026-000002", "2026-10-05", "11:51"} {
			if !strings.Contains(set, whole) {
				t.Errorf("%g points: %s is broken in %q", wide, whole, set)
			}
		}
	}
}
