package servertest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// TestSearchFoldsAndKnowsNames looks for an issue as people write: in wide letters, with and without blanks and marks, by what it names.
func TestSearchFoldsAndKnowsNames(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		id := inspect.NewID()
		report := lin.Report()
		report["category"], report["plate"], report["address"], report["note"] = "06011", "琼A·12345", "龙昆南路 88 号（东门）", "泥土"
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), report).Want(201)
		other := lin.ReportsMud()
		number := office.Issue(id).Number
		finds := func(c *servertest.Client, text string, want bool) {
			t.Helper()
			got := false
			for _, found := range numbers(c, "?text="+url.QueryEscape(text)) {
				got = got || found == id.String()
			}
			if got != want {
				t.Errorf("%q finds it: %t, want %t", text, got, want)
			}
		}
		for _, text := range []string{"琼A12345", "琼Ａ·１２３４５", "琼a 12345", "龙昆南路88号", "８８号", "88 号 泥土", "（东门）", "东门", number, number[:4] + number[5:], "S-lin", "ｓ－LIN", "06011"} {
			finds(office, text, true)
		}
		for _, text := range []string{"琼B12345", "Person lin", "S-wang", "08012 泥土东门"} {
			finds(office, text, false)
		}
		const unit = "龙华环卫"
		finds(office, unit, false)
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		finds(office, unit, true)
		finds(crew, unit+" 东门", true)
		finds(s.As("meilan-crew"), "东门", false)
		if n := len(numbers(office, "?text="+url.QueryEscape(unit))); n != 1 {
			t.Errorf("the name of the unit finds %d issues, want 1 (%s has none)", n, other)
		}

		office.Acts(id, "correct", M{"reason": "车牌看错", "plate": "琼B·54321"}).Want(201)
		finds(office, "琼B54321", true)
		finds(office, "琼A12345", false)

		s.SQL("DELETE FROM issue_text WHERE rowid > 0") // as if an older program had filed it otherwise
		finds(office, "琼B54321", false)
		if err := s.Core.Issues.FileWords(t.Context()); err != nil {
			t.Fatal(err)
		}
		finds(office, "琼B54321", true)
		finds(office, unit, true)
		finds(office, "昆南路88号", true)
		finds(office, "南路8号8", false)
		for _, text := range []string{number, number[:4] + number[5:], number[5:], strings.TrimLeft(number[5:], "0")} {
			if got := numbers(office, "?limit=1&text="+text); len(got) != 1 || got[0] != id.String() {
				t.Errorf("%s finds %v first, want its issue", text, got)
			}
		}
	})
}
