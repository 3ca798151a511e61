package paper_test

import (
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/paper"
)

// TestASignSaysWhatItIs reads what stands on a sign of each size; a long name is set smaller and never cut.
func TestASignSaysWhatItIs(t *testing.T) {
	long := strings.Repeat("很长的名字", 12)
	s := paper.Sign{Language: "zh-CN", Office: "演示市双创办", Head: "环境卫生等级公示", Place: long, Grade: "A", Lines: []string{"学校检查标准", "最近检查 2026-11-20"},
		Address: "https://city.example/app/#/report?place=0190a1b2-0000-7000-8000-00000000000a&name=" + strings.Repeat("%E5%AD%A6", 60), Caption: "扫码反映这里的问题",
		Made: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}
	for size, wide := range map[paper.PaperSize]float64{paper.A4: 210 / 25.4 * 72, paper.A5: 148 / 25.4 * 72} {
		file, err := s.PDF(size)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]said{}
		for _, text := range readPDF(t, file) {
			found[text.text] = text
		}
		for _, want := range append([]string{s.Office, s.Head, s.Place, s.Grade, s.Caption}, s.Lines...) {
			got, ok := found[want]
			if !ok {
				t.Errorf("%s lacks %q", size, want)
			} else if got.x < 0 || got.x > wide/2 || got.page != 1 {
				t.Errorf("%s: %q stands at %s", size, want, got)
			}
		}
		if found["A"].size < 10*found["最近检查 2026-11-20"].size {
			t.Errorf("%s: the grade is set in %v", size, found["A"].size)
		}
	}
	if _, err := s.PDF("a3"); err == nil {
		t.Error("a sign is printed on a3")
	}
}
