package paper_test

import (
	"strings"
	"testing"

	"spotcheck/pkg/paper"
)

func TestTemplates(t *testing.T) {
	t.Parallel()
	for text, good := range map[paper.Template]bool{
		"海环整改〔{year}〕{n}号": true, "{year}-{n}": true, "A{n}/{year}": true,
		"": false, "海环": false, "{year}": false, "{n}号": false, "{year}{n}": false, "{n}{year}": false, "{year}〕{n}{n}": false, "{year}{year}〕{n}": false,
		"{year}〕{n}{x}": false, "{year}〕{n}}": false, "2026〔{year}〕{n}": false, "〔{year}〕{n}\u202e": false, "〔{year}〕{n}\n": false,
		paper.Template(strings.Repeat("长", 42) + "{year}-{n}"): false,
	} {
		if err := text.Check(); (err == nil) != good {
			t.Errorf("%q: got %v, want good %v", text, err, good)
		}
	}
	if got, want := paper.Template("海环整改〔{year}〕{n}号").Number(2026, 12), "海环整改〔2026〕12号"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
