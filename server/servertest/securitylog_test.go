package servertest_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/notify/notifytest"
	"spotcheck/server/servertest"
)

// logLine is a line of the security log as its readers get it.
type logLine struct {
	ID      int64
	Kind    string
	Person  *struct{ ID string }
	About   *struct{ ID string }
	Address string
	Detail  string
	Changes []struct {
		Field    string
		From, To any
	}
	Times int
}

func logOf(c *servertest.Client, query string) []logLine {
	var in struct{ Entries []logLine }
	c.Do(http.MethodGet, "/api/v1/security-log?limit=200&"+query, nil).Want(200).Into(&in)
	return in.Entries
}

// lastOf is the newest line of a kind, once there is one: refusals are written beside the answer.
func lastOf(t *testing.T, c *servertest.Client, kind string) logLine {
	t.Helper()
	for t.Context().Err() == nil {
		if lines := logOf(c, "kind="+kind); len(lines) > 0 {
			return lines[0]
		}
	}
	t.Fatalf("no line tells of %s", kind)
	return logLine{}
}

// TestTheLogSaysWhoChangedWhatFromWhere does each thing that lets others in or out and reads its line as an auditor.
func TestTheLogSaysWhoChangedWhatFromWhere(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, auditor, lin := s.As("admin"), s.As("auditor"), s.As("lin")
		var me struct{ Person struct{ ID string } }
		admin.Do(http.MethodGet, "/api/v1/me", nil).Want(200).Into(&me)
		tells := func(kind string, want ...string) {
			t.Helper()
			l := lastOf(t, auditor, kind)
			text, err := json.Marshal(l)
			if err != nil {
				t.Fatal(err)
			}
			if l.Person == nil || l.Person.ID != me.Person.ID || l.Address != "127.0.0.1" {
				t.Errorf("%s: who and from where: %s", kind, text)
			}
			for _, w := range want {
				if !strings.Contains(string(text), w) {
					t.Errorf("%s: %s does not say %s", kind, text, w)
				}
			}
			for _, secret := range []string{"a new long password", "whsec_", "geheim-1"} {
				if strings.Contains(string(text), secret) {
					t.Errorf("%s: %s tells a secret", kind, text)
				}
			}
		}
		admin.Do(http.MethodPut, "/api/v1/settings/city_name", M{"value": "甲市"}).Want(200)
		admin.Do(http.MethodPut, "/api/v1/settings/city_name", M{"value": "乙市"}).Want(200)
		tells("setting.changed", `"Field":"city_name","From":"甲市","To":"乙市"`)

		person := servertest.ID("lin").String()
		admin.Do(http.MethodPut, "/api/v1/people/"+person, M{"name": "lin", "display_name": "Person lin", "staff_number": "S-lin", "phone": "13800001111",
			"grants": []M{{"role": "leader", "scope": M{"kind": "city"}}}}).Want(200)
		tells("roles.changed", `"Field":"grants","From":[{"role":"inspector","scope":"city"}],"To":[{"role":"leader","scope":"city"}]`, person, `"Field":"phone","From":null,"To":null`)
		admin.Do(http.MethodPut, "/api/v1/people/"+person, M{"name": "lin", "display_name": "Person lin", "staff_number": "S-lin", "phone": "13800002222",
			"password": "a new long password", "grants": []M{{"role": "leader", "scope": M{"kind": "city"}}}}).Want(200)
		tells("person.changed", `"Field":"phone"`, person)
		tells("password.changed", person)
		admin.Do(http.MethodDelete, "/api/v1/people/"+person+"/sessions", nil).Want(204)
		tells("sessions.ended", person)
		admin.Do(http.MethodPost, "/api/v1/people/"+person+"/enrolment", nil).Want(201)
		tells("enrolment.made", person)

		p := notifytest.Receiver(t)
		opens(t, s, p)
		h := newHook(s, p.To().Address, "issue.assigned")
		tells("webhook.changed", p.To().Address, `"Field":"types","From":null,"To":["issue.assigned"]`)
		admin.Do(http.MethodPost, h.path+"/secret", nil).Want(200)
		tells("webhook.rotated")
		admin.Do(http.MethodDelete, h.path, nil).Want(204)
		tells("webhook.removed", `"Field":"removed","From":false,"To":true`)
		admin.Do(http.MethodPut, "/api/v1/gateways/email", M{"enabled": true, "secret": "geheim-1",
			"settings": M{"host": "mail.city.example", "port": 587, "from": "office@city.example"}}).Want(201, 200)
		tells("gateway.changed", "mail.city.example", `"Field":"secret","From":null,"To":null`)

		admin.Do(http.MethodPut, "/api/v1/record/audits/"+inspect.NewID().String(), M{}).Want(201)
		tells("audit.asked")
		admin.Do(http.MethodGet, "/api/v1/me/seal-key", nil).Want(200)
		tells("key.given")

		lin.Do(http.MethodGet, "/api/v1/me", nil).Want(401) // their sessions were ended
		if l := lastOf(t, auditor, "session.refused"); l.Detail != "GET /api/v1/me" || l.Address != "127.0.0.1" {
			t.Errorf("a session that was ended: %+v", l)
		}
		nobody := s.Phone("nobody", "")
		for range 3 {
			nobody.Do(http.MethodGet, "/api/v1/people", nil).Want(401)
		}
		crew := s.As("crew")
		for range 5 {
			crew.Do(http.MethodGet, "/api/v1/security-log?kind=login", nil).Want(403)
		}
		for t.Context().Err() == nil {
			if l := lastOf(t, auditor, "access.refused"); l.Times == 5 {
				if l.Person == nil || l.Person.ID != servertest.ID("crew").String() || l.Detail != "GET /api/v1/security-log" {
					t.Errorf("who may not: %+v", l)
				}
				break
			}
		}
		s.As("office").Do(http.MethodGet, "/api/v1/issues.csv?status=assigned&text=%E5%9E%83%E5%9C%BE", nil).Want(200)
		if l := lastOf(t, auditor, "export"); l.Detail != "issues.csv?status=assigned&text=垃圾" {
			t.Errorf("an export says %q", l.Detail)
		}
		s.Audit()
	})
}

// TestAnAuditorReadsTheLogAndChangesNothing filters and exports as an auditor, whose table no spreadsheet takes for a formula.
func TestAnAuditorReadsTheLogAndChangesNothing(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, auditor := s.As("admin"), s.As("auditor")
		evil := s.LogIn("auditor", "correct horse battery")
		evil.Do(http.MethodPost, "/api/v1/sessions", M{"name": "auditor", "password": "correct horse battery", "device": "\u200b=1+1"}).Want(201)
		admin.Do(http.MethodPut, "/api/v1/settings/city_name", M{"value": "甲市"}).Want(200)

		id := servertest.ID("auditor").String()
		for query, want := range map[string]func(logLine) bool{
			"kind=setting.changed": func(l logLine) bool { return l.Kind == "setting.changed" },
			"person=" + id: func(l logLine) bool {
				return l.Person != nil && l.Person.ID == id || l.About != nil && l.About.ID == id
			},
			"address=127.0.0.1": func(l logLine) bool { return l.Address == "127.0.0.1" },
			"from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z": func(logLine) bool { return true },
		} {
			lines := logOf(auditor, query)
			if len(lines) == 0 {
				t.Errorf("%s finds nothing", query)
			}
			for _, l := range lines {
				if !want(l) {
					t.Errorf("%s finds %+v", query, l)
				}
			}
		}
		if lines := logOf(auditor, "to=2000-01-01T00:00:00Z"); len(lines) != 0 {
			t.Errorf("before there was a city: %+v", lines)
		}
		file := auditor.Do(http.MethodGet, "/api/v1/security-log.csv?person="+id, nil).Want(200)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(file.Body), "\ufeff"))).ReadAll()
		if err != nil || len(rows) < 3 || len(rows) != len(logOf(auditor, "person="+id))+1 {
			t.Fatalf("%d rows, %v:\n%s", len(rows), err, file.Body)
		}
		if !strings.Contains(string(file.Body), "'\u200b=1+1") {
			t.Errorf("a device named like a formula is one:\n%s", file.Body)
		}
		if l := lastOf(t, auditor, "export"); l.Detail != "security-log.csv?person="+id {
			t.Errorf("the export of the log says %q", l.Detail)
		}
		for _, refused := range []struct {
			method, path string
			body         M
		}{
			{"PUT", "/api/v1/settings/city_name", M{"value": "丙市"}}, {"PUT", "/api/v1/record/audits/" + inspect.NewID().String(), M{}},
			{"PUT", "/api/v1/people/" + id, M{"name": "auditor", "display_name": "x", "grants": []M{{"role": "admin", "scope": M{"kind": "city"}}}}},
			{"DELETE", "/api/v1/people/" + id + "/sessions", nil}, {"GET", "/api/v1/issues", nil}, {"GET", "/api/v1/webhooks", nil}, {"GET", "/api/v1/health", nil},
			{"GET", "/api/v1/places", nil}, {"GET", "/api/v1/standards", nil},
		} {
			auditor.Do(refused.method, refused.path, refused.body).Want(403)
		}
		s.Audit()
	})
}

// rfc5424 is a message as RFC 5424 writes it: priority, version, time, host, program, process, type, data, text.
var rfc5424 = regexp.MustCompile(`^<(\d+)>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\S+) spotcheck (\d+) (\S+) \[spotcheck@32473((?: [a-z]+="(?:[^"\\\]]|\\["\\\]])*")*)\](?: \x{feff}(.*))?$`)

// TestTheLogIsSentOutAsItHappens has a collector by syslog over TLS and a webhook, of which one is away for a while.
func TestTheLogIsSentOutAsItHappens(t *testing.T) {
	for _, pair := range servertest.Pairs() {
		t.Run(string(pair), func(t *testing.T) {
			t.Parallel()
			collector := notifytest.NewCollector(t)
			c := servertest.Settings(t, pair)
			c.Syslog, c.SyslogRoots = collector.Address, collector.Roots
			s := servertest.On(t, c)
			admin := s.As("admin")
			p := notifytest.Receiver(t)
			opens(t, s, p)
			h := newHook(s, p.To().Address, inspect.SecurityLogged)
			p.Trusts(h.secret)
			tell := func() error { return s.Core.Messages.TellLog(t.Context()) }
			if jobs := s.Texts("SELECT kind FROM river_job WHERE kind = 'log.tell'"); len(jobs) == 0 {
				t.Error("nobody is told by itself")
			}
			collector.Refuses(true)
			if err := tell(); err == nil {
				t.Error("a collector that breaks off has taken the lines")
			}
			if len(collector.Lines()) > 0 || len(p.Got()) > 0 {
				t.Errorf("got %q and %v", collector.Lines(), p.Got())
			}
			collector.Refuses(false)
			admin.Do(http.MethodPut, "/api/v1/settings/city_name", M{"value": `甲"市]\` + "\n" + `乙`}).Want(200)
			if err := tell(); err != nil {
				t.Fatal(err)
			}
			before := len(collector.Lines())
			found := false
			for _, line := range collector.Lines() {
				m := rfc5424.FindStringSubmatch(line)
				if m == nil {
					t.Fatalf("not RFC 5424: %q", line)
				}
				if m[1] != fmt.Sprint(13*8+5) {
					t.Errorf("what was done is a notice: %q", line)
				}
				found = found || m[5] == "setting.changed" && strings.Contains(m[6], ` address="127.0.0.1"`) && strings.Contains(m[6], "city_name")
			}
			if !found {
				t.Errorf("the change of the setting was not sent: %q", collector.Lines())
			}
			if err := tell(); err != nil || len(collector.Lines()) != before {
				t.Errorf("what was sent is sent again: %v", err)
			}
			s.As("crew").Do(http.MethodGet, "/api/v1/security-log", nil).Want(403)
			lastOf(t, admin, "access.refused")
			if err := tell(); err != nil {
				t.Fatal(err)
			}
			refused := collector.Lines()[before:]
			if last := refused[len(refused)-1]; !strings.HasPrefix(last, fmt.Sprintf("<%d>1 ", 13*8+4)) || !strings.Contains(last, "access.refused") {
				t.Errorf("who was turned away is a warning: %q", last)
			}
			for range 20 {
				sendsDue(t, s)
			}
			hooked := ""
			for _, m := range p.Got() {
				servertest.WantPayload(t, m.Text)
				hooked += m.Text
			}
			if !strings.Contains(hooked, "setting.changed") || !strings.Contains(hooked, "access.refused") {
				t.Errorf("the webhook was told %q", hooked)
			}
			if q := (url.Values{"kind": {"webhook.changed"}}).Encode(); len(logOf(admin, q)) != 1 {
				t.Errorf("the webhook: %+v", logOf(admin, q))
			}
			s.Audit()
		})
	}
}
