package font_test

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/image/math/fixed"

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
		{"合格。。。。。。", 4, "合"}, {"《条例》规定", 4, "《条例》"}, {"龙华区城管局截至 2026-11-30 08:00 整改", 21, "龙华区城管局截至 "},
		{"龙华区城管局截至 2026-11-30 08:00 整改", 19, "龙华区城管局截至 "}, {"龙华区城管局截至 2026-11-30 08:00 整改", 25, "龙华区城管局截至 2026-11-30 08:00"},
		{"整改期限为11月30日 8:00前", 11, "整改期限为"}, {"2026 年", 5, "2026 "}, {"共 30 10 件", 5, "共 30 "}, {"2026-11-30 08:00", 12, "2026-11-30 "}, {"整改期限为11月30日前", 9, "整改期限为"},
		{"整改期限为11月30日前", 7, "整改期限为"}, {"依照《条例》", 3, "依照"},
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
	for _, r := range "䶮㛃𬭎𬬭鿍𠮷𫟹龘" { // beyond GBK, some beyond the basic plane
		if got, ok := font.Advance(r); !ok || got != 1000 {
			t.Errorf("%c: got %d %v, want 1000", r, got, ok)
		}
	}
	for _, r := range []rune{'\U0001F600', '\U00031350', -1, 0xffff, '\u202e'} {
		if _, ok := font.Advance(r); ok {
			t.Errorf("%U is in the font", r)
		}
	}
}

// TestAllStandardCharacters are in the fonts: the 8,105 of 通用规范汉字表, by width and by outline.
func TestAllStandardCharacters(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("testdata/standard-characters.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.ReplaceAll(string(table), "\n", "")
	if n := len([]rune(all)); n != 8105 {
		t.Fatalf("the table has %d characters", n)
	}
	if missing := font.Unprintable(all); missing != "" {
		t.Errorf("not in the fonts: %s", missing)
	}
	face, err := font.Face(20)
	if err != nil {
		t.Fatal(err)
	}
	defer face.Close()
	for _, r := range all {
		if bounds, width, ok := face.GlyphBounds(r); !ok || width != fixed.I(20) || bounds.Empty() {
			t.Errorf("%c is drawn %v wide in %v, %v", r, width, bounds, ok)
		}
	}
}

func TestWhatIsPrinted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ printed, missing string }{
		"王䶮、李㛃、张𬭎":                      {"王䶮、李㛃、张𬭎", ""},
		"辻\ufe00葛\U000e0100":            {"辻葛", ""},
		"已清扫👍🏽，谢谢❤️":                    {"已清扫，谢谢", "👍❤"},
		"👨\u200d👩\u200d👧 1\ufe0f\u20e3": {" 1", "👨👩👧"},
		"5 − 3":                         {"5 - 3", ""},
		"𱍐字":                            {"〓字", "𱍐"},
		"甲\n乙":                          {"甲\n乙", ""},
	} {
		if got := font.Printable(text); got != want.printed {
			t.Errorf("%q: got %q, want %q", text, got, want.printed)
		}
		if got := font.Unprintable(text); got != want.missing {
			t.Errorf("%q: got %q as missing, want %q", text, got, want.missing)
		}
	}
	var runs []string
	for run, rare := range font.Runs("王䶮㛃在路口") {
		if runs = append(runs, run); rare != (run == "䶮㛃") {
			t.Errorf("%s is rare: %v", run, rare)
		}
	}
	if got := strings.Join(runs, "|"); got != "王|䶮㛃|在路口" {
		t.Errorf("got the runs %s", got)
	}
}
