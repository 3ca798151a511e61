package font_test

import (
	"testing"

	"spotcheck/pkg/font"
)

func TestCut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		n    int
		want string // what stands on the line
	}{
		{"清扫路面", 2, "清扫"}, {"清扫，路面", 2, "清"}, {"清扫（路面）", 3, "清扫"}, {"清扫路面", 9, "清扫路面"}, {"清", 0, "清"},
		{"编号 abcdef", 5, "编号 "}, {"abcdefghij", 5, "abcde"}, {"。。。。", 2, "。。"}, {"（（（（清", 2, "（（"}, {"限3日内，整改", 4, "限3日"}, {"第12345条", 4, "第123"},
		{"合格。。。。。。", 4, "合"}, {"《条例》规定", 4, "《条例》"}, {"依照《条例》", 3, "依照"},
	} {
		text := []rune(tt.text)
		if got := string(text[:font.LineBreak(text, tt.n)]); got != tt.want {
			t.Errorf("%q cut at %d: got %q, want %q", tt.text, tt.n, got, tt.want)
		}
	}
}

func TestAdvance(t *testing.T) {
	t.Parallel()
	for r, want := range map[rune]int{'海': 1000, '，': 1000, '〓': 1000, '〔': 1000} {
		if got, ok := font.Advance(r); !ok || got != want {
			t.Errorf("%c: got %d %v, want %d", r, got, ok, want)
		}
	}
	if w, ok := font.Advance('i'); !ok || w >= 500 {
		t.Errorf("i is %d wide, %v", w, ok)
	}
	for _, r := range []rune{'\U0001F600', '𠮷', -1, 0xffff, '\u202e'} {
		if _, ok := font.Advance(r); ok {
			t.Errorf("%U is in the font", r)
		}
	}
}
