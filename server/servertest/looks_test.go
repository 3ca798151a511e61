package servertest_test

import (
	"net/http"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// TestATableIsLookedAtBeforeItIsMapped finds its heads below a title, guesses the columns, names what nobody has mapped, and knows the
// mapping again when there is one.
func TestATableIsLookedAtBeforeItIsMapped(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		table := "十月 12345 热线工单\n" + orderHeads + "A1,2026-11-16 09:00,占道经营,甲,解放路,,,,,,\nA2,2026-11-16 09:00,市容秩序,乙,解放路,,,,,,\nA3,2026-11-16 09:00,市容秩序,丙,解放路,,,,,,\n"
		var l struct {
			Found   struct{ Heads int }
			Rows    int
			Mapping *inspect.ID
			Columns map[string]string
			Words   []struct {
				Word string
				Rows int
			}
		}
		look := func(c *servertest.Client) *servertest.Answer {
			l.Mapping, l.Columns, l.Words = nil, nil, nil
			return c.Send(http.MethodPost, "/api/v1/issue-imports/look?format=csv", []byte(table), http.Header{"Content-Type": {"text/csv"}})
		}
		look(office).Want(200).Into(&l)
		if l.Found.Heads != 2 || l.Rows != 3 || l.Mapping != nil || l.Columns["number"] != "工单编号" || l.Columns["category"] != "问题类别" || l.Columns["address"] != "事发地点" {
			t.Errorf("got %+v, want the heads in row 2 and the columns guessed", l)
		}
		if len(l.Words) != 1 || l.Words[0].Word != "市容秩序" || l.Words[0].Rows != 2 { // the other one is of the catalogue
			t.Errorf("got %+v, want the word that no category has, and in how many rows it stands", l.Words)
		}
		id := hotline(office)
		look(office).Want(200).Into(&l)
		if l.Mapping == nil || *l.Mapping != id || len(l.Words) != 1 || l.Words[0].Word != "市容秩序" {
			t.Errorf("got %+v, want the mapping and the word that it does not know", l)
		}
		look(s.As("crew")).Want(403)
		var all struct{ Imports []struct{ ID string } }
		office.Do(http.MethodGet, "/api/v1/issue-imports", nil).Want(200).Into(&all)
		if len(all.Imports) != 0 {
			t.Errorf("something was kept: %+v", all.Imports)
		}
	})
}
