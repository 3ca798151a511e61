package decoder

import (
	"os"
	"regexp"
	"testing"

	"spotcheck/pkg/photo/phototest"
)

// kindRow is a row of the table of kinds that names a sample and what comes of it.
var kindRow = regexp.MustCompile("(?m)^\\|.*\\| `([^`]+)` \\| (\\w+) \\|$")

func TestTheTableOfKindsIsTrue(t *testing.T) {
	doc, err := os.ReadFile("../decisions/photos.md")
	if err != nil {
		t.Fatal(err)
	}
	samples := map[string]phototest.Sample{}
	for _, s := range phototest.Generated() {
		samples[s.Name] = s
	}
	rows := kindRow.FindAllStringSubmatch(string(doc), -1)
	if len(rows) < 20 {
		t.Errorf("got %d rows with a sample, want at least 20", len(rows))
	}
	for _, row := range rows {
		s, ok := samples[row[1]]
		want := "shown"
		switch {
		case s.Refused != nil:
			want = "refused"
		case s.Pictures == phototest.Failed:
			want = "flagged"
		}
		if !ok || row[2] != want {
			t.Errorf("%s (there %t): the table says %s, want %s", row[1], ok, row[2], want)
		}
	}
}
