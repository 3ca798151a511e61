package servertest_test

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/intake"
	"spotcheck/server/servertest"
	"spotcheck/server/store"
)

const orderHeads = "工单编号,受理时间,问题类别,诉求内容,事发地点,纬度,经度,承办单位,来电人,联系电话,反馈情况\n"

// hotline keeps how the tables of the hotline are read.
func hotline(c *servertest.Client) inspect.ID {
	id := servertest.ID("hotline mapping")
	c.Do(http.MethodPut, "/api/v1/import-mappings/"+id.String(),
		M{"name": "12345 工单", "source": "hotline", "datum": "gcj02", "otherwise": "06010", "categories": M{"占道经营": "09020"},
			"columns": M{"number": "工单编号", "came_at": "受理时间", "category": "问题类别", "note": "诉求内容", "address": "事发地点", "lat": "纬度", "lon": "经度", "unit": "承办单位",
				"caller_name": "来电人", "caller_phone": "联系电话", "feedback": "反馈情况", "status": "办理状态"}}).Want(201, 200)
	return id
}

func sendTable(c *servertest.Client, mapping inspect.ID, table string) *servertest.Answer {
	return c.Send(http.MethodPost, "/api/v1/issue-imports?format=csv&mapping="+mapping.String(), []byte(table), http.Header{"Content-Type": {"text/csv"}})
}

// intakePage is an import as it is told.
type intakePage struct {
	Repeated bool
	Import   struct {
		ID                              inspect.ID
		State                           string
		Rows, Fresh, Known, Wrong, Left int
	}
	Rows []struct {
		Row      int
		Number   string
		Category *struct{ Code string }
		Position *struct{ Lat float64 }
		Unit     *struct{ Name string }
	}
	Wrong []struct {
		Row      int
		Findings []struct{ Column, Kind string }
	}
}

func (p *intakePage) counts() string {
	return fmt.Sprintf("%s: %d rows, %d fresh, %d known, %d wrong, %d left", p.Import.State, p.Import.Rows, p.Import.Fresh, p.Import.Known, p.Import.Wrong, p.Import.Left)
}

// makes makes issues of an import.
func makes(t *testing.T, s *servertest.Server, c *servertest.Client, id inspect.ID) (p intakePage) {
	t.Helper()
	c.Do(http.MethodPost, "/api/v1/issue-imports/"+id.String()+"/apply", nil).Want(200)
	for range 2 { // a job may come twice
		if err := s.Core.Intake.MakeIssues(t.Context(), intake.MakeIssues{Import: id.String()}); err != nil {
			t.Fatal(err)
		}
	}
	c.Do(http.MethodGet, "/api/v1/issue-imports/"+id.String(), nil).Want(200).Into(&p)
	return p
}

func rowsOf(t *testing.T, a *servertest.Answer) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(a.Body), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestAReplyLimitHoldsForEverySource however the issue came: an inspector writes down what a journalist told, with no table.
func TestAReplyLimitHoldsForEverySource(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-05 15:00") // a Thursday
		limits := M{"media": M{"limit": 1.5, "unit": "working_day"}, "hotline": M{"limit": 2, "unit": "calendar_day"}}
		s.As("admin").Do(http.MethodPut, "/api/v1/settings/reply_limits", M{"value": limits}).Want(200)
		reports := func(source string) inspect.ID {
			id, body := inspect.NewID(), s.As("lin").Report()
			body["source"] = source
			s.As("lin").Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(http.StatusCreated)
			return id
		}
		wants := func(id inspect.ID, want string) {
			t.Helper()
			var i struct {
				ReplyBy *time.Time `json:"reply_by"`
			}
			s.As("office").Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(200).Into(&i)
			if want == "" && i.ReplyBy != nil || want != "" && (i.ReplyBy == nil || !near(*i.ReplyBy, when(t, want))) {
				t.Errorf("reply by %v, want %q", i.ReplyBy, want)
			}
		}
		media := reports("media")
		wants(media, "2026-03-09 09:00") // three hours on Thursday, eight on Friday, one on Monday
		wants(reports("patrol"), "")
		s.As("admin").Do(http.MethodPut, "/api/v1/settings/day_counting", M{"value": "civil_code"}).Want(200)
		wants(reports("hotline"), "2026-03-10 00:00") // ends on Saturday, so with Monday
		goTo(t, s, "2026-03-09 09:02")
		s.Drain()
		if n := s.Texts("SELECT count(*) FROM happening WHERE type = 'issue.feedback_due'"); n[0] != "1" {
			t.Errorf("the office was asked for %s replies", n[0])
		}
		s.Audit()
	})
}

// TestWorkOrdersComeAndTheirRepliesGoBack follows a table of the hotline from its first look to the reply.
func TestWorkOrdersComeAndTheirRepliesGoBack(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, office2, crew := s.As("office"), s.As("office2"), s.As("crew")
		s.As("admin").Do(http.MethodPut, "/api/v1/settings/reply_limits", M{"value": M{"hotline": M{"limit": 2, "unit": "working_day"}}}).Want(200)
		mapping := hotline(office)
		table := orderHeads +
			"G-1,2026-03-09 08:05,占道经营,=堵了路,龙昆南路12号,20.03,110.33,,王女士,'+86 138,\n" +
			"G-2,2026-03-09 08:10,,垃圾,海秀路,,,Longhua Sanitation,李先生,139,\n" +
			"G-3,2026-03-09 08:10,外星人,垃圾,海秀路,,,,赵先生,137,\n"
		gb, err := simplifiedchinese.GB18030.NewEncoder().String(strings.Replace(table, "Longhua Sanitation", unitName(s, office), 1))
		if err != nil {
			t.Fatal(err)
		}
		crew.Do(http.MethodGet, "/api/v1/issue-imports", nil).WantProblem(403, "forbidden", "never")
		sendTable(crew, mapping, gb).WantProblem(403, "forbidden", "never")
		sendTable(office, mapping, "a,b\n1,2\n").WantProblem(422, "issue-import.unreadable", "never")

		var p intakePage
		sendTable(office, mapping, gb).Want(201).Into(&p)
		if got, want := p.counts(), "checked: 3 rows, 2 fresh, 0 known, 1 wrong, 0 left"; got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		if r := p.Rows[0]; r.Number != "G-1" || r.Category.Code != "09020" || r.Position.Lat == 20.03 || p.Rows[1].Unit == nil || len(p.Wrong) != 1 ||
			p.Wrong[0].Findings[0].Kind != "unknown" {
			t.Errorf("got %+v", p)
		}
		var again intakePage
		if sendTable(office, mapping, gb).Want(200).Into(&again); again.Import.ID != p.Import.ID {
			t.Error("the same file is another import")
		}
		for _, secret := range []string{"王女士", "138"} {
			if strings.Contains(strings.Join(s.Texts("SELECT findings || mapping || heads FROM issue_import_row r JOIN issue_import i ON i.id = r.import"), ""), secret) {
				t.Errorf("%s can be read while the table waits", secret)
			}
		}
		if n := s.Texts("SELECT count(*) FROM issue"); n[0] != "0" {
			t.Errorf("%s issues before anybody asked", n)
		}

		made := makes(t, s, office, p.Import.ID)
		if got, want := made.counts(), "done: 3 rows, 2 fresh, 0 known, 1 wrong, 0 left"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		ids := s.Texts("SELECT outside FROM issue ORDER BY id")
		if !slices.Equal(ids, []string{"G-1", "G-2"}) {
			t.Fatalf("got %v", ids)
		}
		issue := issueNumbered(t, s, "G-1")
		var seen struct {
			OutsideNumber string `json:"outside_number"`
			ReplyBy       string `json:"reply_by"`
			Source        string
			Note          string
			Feedback      *struct{ At, Findings, Note string }
		}
		at := "/api/v1/issues/" + issue.String()
		office.Do(http.MethodGet, at, nil).Want(200).Into(&seen)
		if seen.OutsideNumber != "G-1" || seen.Source != "hotline" || seen.Note != "=堵了路" || seen.ReplyBy == "" {
			t.Errorf("got %+v", seen)
		}
		office.WantStatus(issueNumbered(t, s, "G-2"), "assigned")
		if kept := strings.Join(s.Texts("SELECT body FROM personal_text WHERE field IN ('caller_name', 'caller_phone', 'row')"),
			" "); strings.Contains(kept, "王女士") || strings.Contains(kept, "138") {
			t.Errorf("who called can be read in the database: %s", kept)
		}
		var caller struct{ Name, Phone string }
		office.Do(http.MethodGet, at+"/caller", nil).Want(200).Into(&caller)
		if caller.Name != "王女士" || caller.Phone != "+86 138" {
			t.Errorf("got %+v", caller)
		}

		t.Run("those who handle the source", func(t *testing.T) {
			desk := M{"hotline": []inspect.ID{servertest.ID("office")}}
			s.As("admin").Do(http.MethodPut, "/api/v1/settings/source_desks",
				M{"value": M{"hotline": []inspect.ID{servertest.ID("nobody")}}}).WantProblem(422, "content.invalid", "never")
			s.As("admin").Do(http.MethodPut, "/api/v1/settings/source_desks", M{"value": desk}).Want(200)
			office2.Do(http.MethodGet, at+"/caller", nil).WantProblem(403, "forbidden", "never")
			office2.Do(http.MethodGet, "/api/v1/issue-imports/"+p.Import.ID.String()+"/replies", nil).WantProblem(403, "forbidden", "never")
			sendTable(office2, mapping, table).WantProblem(403, "forbidden", "never")
		})

		office.Acts(issue, "feedback", M{"findings": "属实", "handling": "已疏导", "note": "已电话告知"}).Want(201)
		office.Acts(issue, "feedback", M{"note": "再次告知"}).Want(201)
		office.Do(http.MethodGet, at, nil).Want(200).Into(&seen)
		if seen.Feedback == nil || seen.Feedback.Note != "再次告知" {
			t.Errorf("got %+v", seen.Feedback)
		}
		rows := rowsOf(t, office.Do(http.MethodGet, "/api/v1/issue-imports/"+p.Import.ID.String()+"/replies", nil).Want(200))
		want := strings.Split(strings.TrimSuffix(orderHeads, "\n")+",办理状态", ",")
		if len(rows) != 3 || !slices.Equal(rows[0], want) || rows[1][3] != "'=堵了路" || rows[1][9] != "'+86 138" || rows[1][10] != "再次告知" ||
			rows[1][11] != "待派遣" || rows[2][11] != "整改中" {
			t.Errorf("got %q", rows)
		}
		office.Do(http.MethodGet, "/api/v1/issue-imports/"+p.Import.ID.String()+"/replies?format=xlsx", nil).Want(200)

		// what was wrong is corrected in its own file and sent again
		errorsFile := office.Do(http.MethodGet, "/api/v1/issue-imports/"+p.Import.ID.String()+"/errors", nil).Want(200)
		if rows := rowsOf(t, errorsFile); len(rows) != 2 || rows[1][0] != "G-3" || !strings.Contains(rows[1][11], "问题类别：没有“外星人”") {
			t.Errorf("got %q", rows)
		}
		var second intakePage
		sendTable(office, mapping, strings.Replace(string(errorsFile.Body), ",外星人,", ",暴露垃圾,", 1)).Want(201).Into(&second)
		if got, want := second.counts(), "checked: 1 rows, 1 fresh, 0 known, 0 wrong, 0 left"; got != want {
			t.Errorf("corrected: got %s, want %s", got, want)
		}
		makes(t, s, office, second.Import.ID)
		var third intakePage
		sendTable(office, mapping, gb+"\n").Want(201).Into(&third)
		if got, want := third.counts(), "checked: 3 rows, 0 fresh, 2 known, 1 wrong, 0 left"; got != want {
			t.Errorf("the whole table again: got %s, want %s", got, want)
		}
		if n := s.Texts("SELECT count(*) FROM issue"); n[0] != "3" {
			t.Errorf("got %s issues, want 3", n)
		}
		if log := s.Texts("SELECT detail FROM security_log WHERE kind = 'caller.seen' ORDER BY id"); len(log) != 4 {
			t.Errorf("views of who called: got %q", log)
		}
		s.Audit()

		// an erasure takes the row with it
		office.Acts(issue, "erase", M{"reason": "来电人要求"}).Want(201)
		office2.Acts(issue, "erase", M{"reason": "同意"}).Want(201)
		rows = rowsOf(t, office.Do(http.MethodGet, "/api/v1/issue-imports/"+p.Import.ID.String()+"/replies", nil).Want(200))
		if strings.Join(rows[1], "") != "待派遣" {
			t.Errorf("erased: got %q", rows[1])
		}
		s.Audit()
	})
}

// unitName is the name by which tables know the unit of the crew.
func unitName(s *servertest.Server, c *servertest.Client) string {
	var all struct {
		Units []struct {
			ID   inspect.ID
			Name string
		}
	}
	c.Do(http.MethodGet, "/api/v1/units", nil).Want(200).Into(&all)
	for _, u := range all.Units {
		if u.ID == servertest.ID("longhua-sanitation") {
			return u.Name
		}
	}
	return ""
}

func issueNumbered(t *testing.T, s *servertest.Server, outside string) (id inspect.ID) {
	t.Helper()
	if err := s.Core.Store.Read(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		known, err := tx.IssuesByExternalNumber(ctx, "hotline", []string{outside})
		id = known[outside]
		return err
	}); err != nil || id.IsZero() {
		t.Fatalf("%s: %v, %v", outside, id, err)
	}
	return id
}

// TestAnImportThatIsCutOffGoesOn ends the job again and again in the middle; nothing is made twice and nothing is left out.
func TestAnImportThatIsCutOffGoesOn(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		mapping := hotline(office)
		var table strings.Builder
		table.WriteString(orderHeads)
		for n := range 120 {
			fmt.Fprintf(&table, "C-%03d,2026-03-09 08:05,,垃圾,海秀路,,,,王,1,\n", n)
		}
		var p intakePage
		sendTable(office, mapping, table.String()).Want(201).Into(&p)
		office.Do(http.MethodPost, "/api/v1/issue-imports/"+p.Import.ID.String()+"/apply", nil).Want(200)
		cuts := 0
		for done := false; !done; {
			ctx, cancel := context.WithCancel(t.Context())
			seen := len(s.Texts("SELECT outside FROM issue"))
			ended := make(chan error, 1)
			go func() { ended <- s.Core.Intake.MakeIssues(ctx, intake.MakeIssues{Import: p.Import.ID.String()}) }()
			for len(ended) == 0 && len(s.Texts("SELECT outside FROM issue")) == seen && seen < 120 {
			}
			if seen < 120 { // all are there: now it may end what it does
				cancel()
			}
			err := <-ended
			cut := ctx.Err() != nil
			cancel()
			switch {
			case err == nil:
				done = true
			// What the driver says of a statement that was cut differs: it was cancelled, its connection is gone, or its transaction is over.
			case cut && (errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "cancel") || fault.KindOf(err) == fault.Unavailable || errors.Is(err, sql.ErrTxDone)):
				cuts++
			default:
				t.Fatal(err)
			}
		}
		if numbers := s.Texts("SELECT outside FROM issue ORDER BY id"); len(numbers) != 120 || !slices.IsSorted(numbers) || len(slices.Compact(numbers)) != 120 {
			t.Errorf("after %d cuts: got %v", cuts, numbers)
		}
		if cuts == 0 {
			t.Error("nothing was cut off")
		}
		s.Audit()
	})
}
