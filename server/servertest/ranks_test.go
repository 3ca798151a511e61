package servertest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// rowsIn are the rows of a table of a report that was computed for a week, each as its texts.
func rowsIn(c *servertest.Client, query, table string) (rows [][]string) {
	var report struct {
		Parts []struct {
			Table *struct {
				Name string
				Rows []struct{ Cells []struct{ Text string } }
			}
		}
	}
	c.Do(http.MethodGet, "/api/v1/reports/compute?form=json&"+query, nil).Want(http.StatusOK).Into(&report)
	for _, p := range report.Parts {
		if p.Table == nil || p.Table.Name != table {
			continue
		}
		for _, r := range p.Table.Rows {
			var cells []string
			for _, cell := range r.Cells {
				cells = append(cells, cell.Text)
			}
			rows = append(rows, cells)
		}
	}
	return rows
}

// TestEqualsAreRankedTogetherAndFewAreNot has nine units of one group in W49. Eight have two issues due: A, B and H fixed them in time (100 points), D, E
// and F an hour late (40 + 30 = 70), Y and Z not at all (0). So the ranks are 1, 1, 1, 4, 4, 4, 7, 7, the median is 70, and a third of eight is two: of the
// three firsts all stand on the red list or none, and H, whose one open issue is on hold, is barred from it. G fixed the only issue that it had in time, one
// less than the least number of a week, and has no rank in any report.
func TestEqualsAreRankedTogetherAndFewAreNot(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-11-30 08:00")
		admin, office := s.As("admin"), s.As("office")
		admin.Do(http.MethodPut, "/api/v1/settings/formula", M{"value": M{"version": 1, "disposal": 40, "on_time": 30, "long": 10, "rework": 10, "extension": 10,
			"false_fix": 1, "least_due": 2, "week_start": 1}}).Want(http.StatusOK)
		crews, given := map[string]*servertest.Client{}, map[string][]inspect.ID{}
		names := []string{"A", "B", "H", "D", "E", "F", "Y", "Z", "G"}
		for _, name := range names {
			admin.Do(http.MethodPut, "/api/v1/units/"+servertest.ID("unit "+name).String(), M{"name": name + "街道", "kind": "street", "peer_group": "街道"}).Want(http.StatusCreated)
			crews[name] = s.Joins("crew of "+name, M{"role": "unit", "scope": M{"kind": "unit", "id": "unit " + name}})
		}
		goTo(t, s, "2026-11-30 09:00")
		for _, name := range names {
			for range map[bool]int{true: 1, false: 2}[name == "G"] {
				id := reportsOf(s, "08012")
				office.Assigns(id, "unit "+name, 8*time.Hour) // until 17:00
				given[name] = append(given[name], id)
			}
		}
		held := reportsOf(s, "08012")
		office.Assigns(held, "unit H", 30*24*time.Hour)
		crews["H"].Acts(held, "ask_hold", M{"reason": "待拨款", "until": s.Now().Add(20 * 24 * time.Hour).UTC().Format(time.RFC3339)}).Want(http.StatusCreated)
		s.As("office2").Acts(held, "decide_hold", M{"answer": "grant", "reason": "同意"}).Want(http.StatusCreated)
		fixes := func(units ...string) {
			for _, name := range units {
				for _, id := range given[name] {
					crews[name].Fixes(id)
				}
			}
		}
		goTo(t, s, "2026-11-30 10:00")
		fixes("A", "B", "H", "G")
		goTo(t, s, "2026-11-30 18:00")
		fixes("D", "E", "F")
		goTo(t, s, "2026-12-08 09:00")

		var board struct {
			Units []struct {
				Unit      struct{ Name string }
				PeerGroup string `json:"peer_group"`
				Rank      int
				Score     float64
			}
		}
		office.Do(http.MethodGet, "/api/v1/figures?period=2026-W49", nil).Want(http.StatusOK).Into(&board)
		ranks := map[string]string{}
		for _, u := range board.Units {
			if u.PeerGroup == "街道" {
				ranks[u.Unit.Name] = fmt.Sprintf("%d %.2f", u.Rank, u.Score)
			}
		}
		for name, want := range map[string]string{"A": "1 100.00", "B": "1 100.00", "H": "1 100.00", "D": "4 70.00", "E": "4 70.00", "F": "4 70.00", "Y": "7 0.00", "Z": "7 0.00",
			"G": "0 100.00"} {
			if got := ranks[name+"街道"]; got != want {
				t.Errorf("the board: %s has %q, want %q", name, got, want)
			}
		}
		for _, c := range []struct {
			table string
			want  []string
		}{{"红榜", []string{"A街道 1", "B街道 1"}}, {"黑榜", []string{"Y街道 7", "Z街道 7"}}} {
			for _, genre := range []string{"closure", "bulletin"} {
				var got []string
				for _, r := range rowsIn(office, "period=2026-W49&genre="+genre, c.table) {
					got = append(got, r[1]+" "+r[2])
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("%s of the %s: got %q, want %q", c.table, genre, got, c.want)
				}
			}
		}
		text := string(office.Do(http.MethodGet, "/api/v1/reports/compute?form=html&period=2026-W49", nil).Want(http.StatusOK).Body)
		for _, part := range []string{"挂账率超过 30 %，不列入红榜：H街道。", "其中Y街道、Z街道各 2 件", "件数不足"} {
			if !strings.Contains(text, part) {
				t.Errorf("the report lacks %q:\n%s", part, text)
			}
		}
		for _, r := range rowsIn(office, "period=2026-W49&genre=assessment", "考核") {
			few, last := slices.Contains(r, "G街道"), r[len(r)-1]
			if few != (last == "件数不足") {
				t.Errorf("the assessment: %q", r)
			}
		}
		s.Recounts("2026-W49")
		s.Audit()
	})
}

// TestAReportSaysWhatIsProvisional asks for more time a minute before the deadline of Monday 15:00: the mark of 16:00 is provisional while that is undecided,
// also after it until nothing done in time can arrive any more (12 hours), and then not.
func TestAReportSaysWhatIsProvisional(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-11-30 09:00")
		office, id := s.As("office"), reportsOf(s, "06010") // 4 working hours: until 15:00
		office.Acts(id, "assign", M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		goTo(t, s, "2026-11-30 14:59")
		s.As("crew").Acts(id, "ask_extension", M{"reason": "等待吊车", "until": when(t, "2026-12-01 09:00").UTC().Format(time.RFC3339)}).Want(http.StatusCreated)
		says := func(at, marks string) {
			t.Helper()
			goTo(t, s, at)
			switch rows := rowsIn(office, "period=2026-W49", "超期"); {
			case len(rows) != 1 || rows[0][6] != marks:
				t.Errorf("%s: the overdue are %q, want the marks %q", at, rows, marks)
			}
			text := string(office.Do(http.MethodGet, "/api/v1/reports/compute?form=text&period=2026-W49&genre=bulletin", nil).Want(http.StatusOK).Body)
			if got := strings.Contains(text, "超期暂定"); got != (marks == "暂定") {
				t.Errorf("%s: the bulletin says %s", at, text)
			}
		}
		says("2026-11-30 16:00", "暂定")
		office.Acts(id, "decide_extension", M{"answer": "refuse", "reason": "理由不足"}).Want(http.StatusCreated)
		says("2026-12-01 02:59", "暂定")
		says("2026-12-01 03:01", "")
	})
}
