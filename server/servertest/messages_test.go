package servertest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/notify"
	"spotcheck/server/notify/notifytest"
	"spotcheck/server/servertest"
)

// opens lets a server reach the servers of a test.
func opens(t *testing.T, s *servertest.Server, p notifytest.Place) {
	t.Helper()
	outbound := notify.NewOutboundClient(notifytest.Loopback, p.Roots())
	s.Core.Messages.SendBy(outbound)
	t.Cleanup(outbound.Close)
	t.Cleanup(func() {
		for _, f := range p.Faults() {
			t.Error(f)
		}
	})
}

// sendsDue does what is due.
func sendsDue(t *testing.T, s *servertest.Server) {
	t.Helper()
	if err := s.Core.Messages.Send(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// delivery is what became of a message.
type delivery struct {
	ID, Type, Channel, State, Why, Payload string
	Attempts                               int
	DueAt                                  time.Time `json:"due_at"`
	Tries                                  []struct {
		Status          int
		Outcome, Answer string
	}
}

func deliveriesAt(c *servertest.Client, path string) []delivery {
	var out struct{ Deliveries []delivery }
	c.Do(http.MethodGet, path, nil).Want(http.StatusOK).Into(&out)
	return out.Deliveries
}

// hook is a webhook of a city.
type hook struct {
	*servertest.Client
	path, secret string
}

func newHook(s *servertest.Server, url string, types ...string) *hook {
	h := &hook{Client: s.As("admin"), path: "/api/v1/webhooks/" + inspect.NewID().String()}
	var out struct{ Secret string }
	h.Do(http.MethodPut, h.path, servertest.M{"name": "调度平台", "url": url, "types": types}).Want(http.StatusCreated).Into(&out)
	h.secret = out.Secret
	return h
}

func (h *hook) log() []delivery { return deliveriesAt(h.Client, h.path+"/deliveries") }

// TestAProgramIsToldUntilItListens follows a webhook through faults, three days of patience, and sending again.
func TestAProgramIsToldUntilItListens(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		p := notifytest.Receiver(t)
		opens(t, s, p)
		h := newHook(s, p.To().Address, "issue.assigned", "issue.reported")
		p.Trusts(h.secret)
		p.Behaves(notifytest.Busy)
		id := s.As("lin").ReportsMud()
		for n, wait := range []time.Duration{0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour} {
			s.Pass(wait)
			sendsDue(t, s)
			sendsDue(t, s) // nothing is due again at once
			if l := h.log(); len(l) != 1 || l[0].State != "queued" || l[0].Attempts != n+1 || len(l[0].Tries) != n+1 || l[0].Tries[n].Status != 503 ||
				!strings.Contains(l[0].Why, "503") {
				t.Fatalf("after %d attempts: %+v", n+1, l)
			}
		}
		s.Pass(24 * time.Hour)
		sendsDue(t, s)
		l := h.log()
		if l[0].State != "failed" || l[0].Attempts != 10 {
			t.Fatalf("after three days: %+v", l[0])
		}
		p.Behaves(notifytest.Takes)
		h.Do(http.MethodPost, h.path+"/deliveries/"+l[0].ID, nil).Want(http.StatusNoContent)
		h.Do(http.MethodPost, h.path+"/deliveries/"+inspect.NewID().String(), nil).Want(http.StatusNotFound)
		sendsDue(t, s)
		got := p.Got()
		if len(got) != 1 || got[0].ID != l[0].ID || got[0].Text != l[0].Payload || !strings.Contains(got[0].Text, s.As("office").Issue(id).Number) {
			t.Errorf("got %+v, want the frozen payload under the id %s", got, l[0].ID)
		}
		if strings.Contains(got[0].Text, "龙昆南路") {
			t.Error("the payload holds the address")
		}
		if l := h.log(); l[0].State != "sent" || l[0].Why != "" {
			t.Errorf("then: %+v", l[0])
		}
		s.Audit()
	})
}

// TestASecretIsChangedWithoutAGap rotates the secret of a webhook.
func TestASecretIsChangedWithoutAGap(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		p := notifytest.Receiver(t)
		opens(t, s, p)
		h := newHook(s, p.To().Address, "issue.reported")
		old := h.secret
		var out struct{ Secret string }
		h.Do(http.MethodPost, h.path+"/secret", nil).Want(http.StatusOK).Into(&out)
		p.Trusts(old, out.Secret) // both sign
		s.As("lin").ReportsMud()
		sendsDue(t, s)
		s.Pass(25 * time.Hour)
		p.Trusts(out.Secret)
		s.As("lin").ReportsMud()
		sendsDue(t, s)
		if len(p.Got()) != 2 {
			t.Errorf("got %d messages, want 2", len(p.Got()))
		}
		p.Behaves(notifytest.Refuses) // 410: nobody is there
		s.As("lin").ReportsMud()
		sendsDue(t, s)
		var list struct {
			Webhooks []struct{ Enabled bool }
		}
		h.Do(http.MethodGet, "/api/v1/webhooks", nil).Want(http.StatusOK).Into(&list)
		if len(list.Webhooks) != 1 || list.Webhooks[0].Enabled {
			t.Errorf("a webhook that is gone: %+v", list.Webhooks)
		}
		h.Do(http.MethodDelete, h.path, nil).Want(http.StatusNoContent)
		h.Do(http.MethodDelete, h.path, nil).Want(http.StatusNotFound)
		for _, text := range s.Texts("SELECT body FROM event WHERE type LIKE 'webhook.%'") {
			if strings.Contains(text, "whsec_") || strings.Contains(text, strings.TrimPrefix(out.Secret, "whsec_")) {
				t.Errorf("the record holds a secret: %s", text)
			}
		}
		s.Audit()
	})
}

// mails sets up the mail of a city.
func mails(s *servertest.Server, m *notifytest.MailServer) {
	set := m.Settings()
	s.As("admin").Do(http.MethodPut, "/api/v1/gateways/email", servertest.M{"settings": set, "secret": notifytest.MailPassword}).Want(http.StatusOK)
}

func chooses(c *servertest.Client, fields servertest.M) {
	body := servertest.M{"rules": servertest.M{"low": []string{"email"}, "normal": []string{"email"}, "urgent": []string{"email"}}, "email": c.Name + "@city.example"}
	for k, v := range fields {
		body[k] = v
	}
	c.Do(http.MethodPut, "/api/v1/me/channels", body).Want(http.StatusOK)
}

// until turns the clock to a time of the city's day, later than now, on a day that is so many days on.
func until(s *servertest.Server, days, hour, minute int) {
	now := s.Now().In(s.Core.Zone)
	s.Pass(time.Date(now.Year(), now.Month(), now.Day()+days, hour, minute, 0, 0, s.Core.Zone).Sub(now))
}

// TestADigestGathersADay sends by mail what was not urgent, once, at the next time of a digest.
func TestADigestGathersADay(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		m := notifytest.NewMailServer(t)
		opens(t, s, m)
		mails(s, m)
		lin, office := s.As("lin"), s.As("office")
		chooses(office, nil)
		now := s.Now().In(s.Core.Zone)
		until(s, (int(time.Monday-now.Weekday())+7)%7+7, 9, 0) // a Monday; 09:00
		for range 3 {
			lin.ReportsMud()
		}
		sendsDue(t, s)
		if got := m.Got(); len(got) != 0 {
			t.Fatalf("mail came at once: %+v", got)
		}
		until(s, 0, 14, 31)
		m.Behaves(notifytest.Busy)
		sendsDue(t, s)
		lin.ReportsMud() // for the next one
		m.Behaves(notifytest.Takes)
		s.Pass(2 * time.Minute)
		sendsDue(t, s)
		got := m.Got()
		if len(got) != 1 || !strings.Contains(got[0].Text, "3 条消息") || strings.Count(got[0].Text, "新上报") != 3 || !strings.Contains(got[0].Text, "龙昆南路") {
			t.Fatalf("got %+v, want one mail of three", got)
		}
		if parts := strings.Split(got[0].ID, "@"); len(parts) != 2 || parts[1] != "city.example" {
			t.Errorf("the Message-ID is %s", got[0].ID)
		}
		until(s, 1, 8, 31)
		sendsDue(t, s)
		if got := m.Got(); len(got) != 2 || strings.Contains(got[1].Text, "条消息") {
			t.Errorf("got %+v, want one more message by itself", got)
		}
		s.Audit()
	})
}

// TestADeadlineIsToldBeforeItIsOver: over three days of holidays mail goes at once where a digest would come after the deadline, or after its warning.
func TestADeadlineIsToldBeforeItIsOver(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		m := notifytest.NewMailServer(t)
		opens(t, s, m)
		mails(s, m)
		office, crew := s.As("office"), s.As("crew")
		chooses(crew, nil)
		goTo(t, s, "2026-09-30 18:30") // the next digest comes on 8 October
		soon, later, warned := s.As("lin").ReportsMud(), s.As("lin").ReportsMud(), s.As("lin").ReportsMud()
		office.Assigns(soon, "longhua-sanitation", 3*24*time.Hour)
		office.Assigns(later, "longhua-sanitation", 30*24*time.Hour)
		office.Assigns(warned, "longhua-sanitation", 8*24*time.Hour) // due on the evening of the 8th, warned on the 6th
		sendsDue(t, s)
		text := ""
		for _, got := range m.Got() {
			text += got.Text
		}
		if n := len(m.Got()); n != 2 || !strings.Contains(text, office.Issue(soon).Number) || !strings.Contains(text, office.Issue(warned).Number) {
			t.Errorf("at once came %d, want what is due, or warned of, before the digest:\n%s", n, text)
		}
		goTo(t, s, "2026-10-03 00:31") // a quarter of the limit is left
		s.Drain()
		sendsDue(t, s)
		if got := m.Got(); len(got) != 3 || !strings.Contains(got[2].Text, office.Issue(soon).Number) {
			t.Errorf("the warning waits for the digest: %+v", got)
		}
		goTo(t, s, "2026-10-08 08:31")
		sendsDue(t, s)
		got := m.Got()
		if last := got[len(got)-1].Text; !strings.Contains(last, office.Issue(later).Number) {
			t.Errorf("in the digest: %s", last)
		}
	})
}

// TestUrgentIsToldByNight sends at once what cannot wait, and holds back what can.
func TestUrgentIsToldByNight(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		p := notifytest.NewMailServer(t)
		opens(t, s, p)
		mails(s, p)
		office, crew, lin := s.As("office"), s.As("crew"), s.As("lin")
		chooses(crew, servertest.M{"quiet": servertest.M{"from": "22:00", "to": "07:00"}})
		until(s, 1, 2, 40)
		ids := map[string]inspect.ID{}
		for _, code := range []string{"08012", "06010"} {
			id := inspect.NewID()
			report := lin.Report()
			report["category"] = code
			lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), report).Want(http.StatusCreated)
			ids[code] = id
		}
		s.As("admin").Do(http.MethodPut, "/api/v1/categories/08012",
			servertest.M{"name_zh": "带泥上路", "name_en": "Mud", "group": "road_mud", "limit": 15, "limit_unit": "minute", "by_photo": false}).Want(http.StatusOK)
		office.Assigns(ids["08012"], "longhua-sanitation", 15*time.Minute)
		office.Assigns(ids["06010"], "longhua-sanitation", 30*24*time.Hour) // after the next digest, whatever holidays come
		sendsDue(t, s)
		got := p.Got()
		if len(got) != 1 || !strings.Contains(got[0].Text, office.Issue(ids["08012"]).Number) {
			t.Errorf("at 02:40 came %+v, want the one with minutes", got)
		}
	})
}

// TestEverySecretIsSealed looks for secrets where they must not be.
func TestEverySecretIsSealed(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		robot := notifytest.DingTalk(t)
		opens(t, s, robot)
		s.As("admin").Do(http.MethodPut, "/api/v1/gateways/email",
			servertest.M{"settings": servertest.M{"host": "mail.example", "port": 587, "user": "u", "from": "a@b.example"}, "secret": "a-secret-of-mail"}).Want(http.StatusOK)
		crew := s.As("crew")
		to := robot.To()
		chooses(crew, servertest.M{"rules": servertest.M{"normal": []string{"dingtalk"}},
			"robots": []servertest.M{{"kind": "dingtalk", "url": to.Address, "secret": to.Secrets[0]}}})
		chooses(crew, servertest.M{"rules": servertest.M{"normal": []string{"dingtalk"}}, "language": "en", "robots": []servertest.M{{"kind": "dingtalk"}}}) // keeps its address
		var mine struct{ Robots []struct{ Kind, Host string } }
		if a := crew.Do(http.MethodGet, "/api/v1/me/channels", nil).Want(http.StatusOK).Into(&mine); len(mine.Robots) != 1 ||
			mine.Robots[0].Host == "" || strings.Contains(string(a.Body), "key-of-the-robot") {
			t.Errorf("got %s", a.Body)
		}
		dump := strings.Join(append(s.Texts("SELECT body FROM event"), s.Texts("SELECT settings FROM gateway")...), "\n")
		for _, secret := range []string{"a-secret-of-mail", "key-of-the-robot", to.Secrets[0]} {
			if strings.Contains(dump, secret) {
				t.Errorf("%s can be read in the database", secret)
			}
		}
		id := s.As("lin").ReportsMud()
		s.As("office").Assigns(id, "longhua-sanitation", 24*time.Hour)
		until(s, 7, 23, 0)
		sendsDue(t, s)
		got := robot.Got()
		if len(got) != 1 || !strings.Contains(got[0].Text, "Assigned: ") || strings.Contains(got[0].Text, "龙昆南路") {
			t.Errorf("the group chat reads %+v", got)
		}
		s.Audit()
	})
}

// TestABrowserIsToldByPush subscribes a browser, and forgets it when it is gone.
func TestABrowserIsToldByPush(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, crew := s.As("admin"), s.As("crew")
		admin.Do(http.MethodPut, "/api/v1/gateways/push", servertest.M{"settings": servertest.M{"subject": "office@example.org"}}).Want(http.StatusOK)
		admin.Do(http.MethodPut, "/api/v1/gateways/push", servertest.M{"settings": servertest.M{"subject": "office@example.org"}}).Want(http.StatusOK)
		var mine struct {
			VAPID   string `json:"vapid_public_key"`
			Devices []struct{ ID string }
		}
		look := func() {
			mine.Devices = nil
			crew.Do(http.MethodGet, "/api/v1/me/channels", nil).Want(http.StatusOK).Into(&mine)
		}
		look()
		b := notifytest.NewBrowser(t, mine.VAPID)
		opens(t, s, b)
		for range 2 {
			crew.Do(http.MethodPost, "/api/v1/me/devices", servertest.M{"endpoint": b.To().Address,
				"keys": servertest.M{"p256dh": b.To().P256dh, "auth": b.To().Auth}}).Want(http.StatusOK)
		}
		if look(); len(mine.Devices) != 1 {
			t.Fatalf("got the devices %v, want one", mine.Devices)
		}
		until(s, 1, 10, 0)
		id := s.As("lin").ReportsMud()
		s.As("office").Assigns(id, "longhua-sanitation", 24*time.Hour)
		sendsDue(t, s)
		if got := b.Got(); len(got) != 1 || !strings.Contains(got[0].Text, "派遣") {
			t.Fatalf("got %+v", got)
		}
		b.Behaves(notifytest.Refuses)
		crew.Acts(id, "return", servertest.M{"reason": "不归我们"}).Want(http.StatusCreated)
		s.As("office").Assigns(id, "longhua-sanitation", 24*time.Hour)
		sendsDue(t, s)
		if look(); len(mine.Devices) != 0 {
			t.Errorf("a browser that is gone is still there: %v", mine.Devices)
		}
		if all := deliveriesAt(admin, "/api/v1/deliveries?channel=push&state=failed"); len(all) != 1 || all[0].Why == "" {
			t.Errorf("got %+v", all)
		}
	})
}

// TestSomebodyTriesTheirChannels sends oneself messages by mail: before it is set up, as it should be, and while the other side refuses.
func TestSomebodyTriesTheirChannels(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		m := notifytest.NewMailServer(t)
		opens(t, s, m)
		crew := s.As("crew")
		type tried struct {
			Sent bool
			Why  string
		}
		try := func(channel string) (got tried) {
			crew.Do(http.MethodPost, "/api/v1/me/channels/"+channel+"/test", nil).Want(http.StatusOK).Into(&got)
			return got
		}
		if got := try("email"); got.Sent || got.Why != "no gateway is set up for this channel" {
			t.Errorf("without a gateway: %+v", got)
		}
		mails(s, m)
		if got := try("email"); got.Sent || got.Why == "" {
			t.Errorf("without an address: %+v", got)
		}
		chooses(crew, nil)
		if got := try("email"); !got.Sent || len(m.Got()) != 1 || !strings.Contains(m.Got()[0].Text, "说明渠道可用") {
			t.Errorf("got %+v, and the mail server %+v", got, m.Got())
		}
		if got := try("dingtalk"); got.Sent || got.Why == "" {
			t.Errorf("without a robot: %+v", got)
		}
		m.Behaves(notifytest.Refuses)
		if got := try("email"); got.Sent || got.Why == "" || strings.Contains(got.Why, notifytest.MailPassword) {
			t.Errorf("refused: %+v", got)
		}
		loosely(t, crew).Do(http.MethodPost, "/api/v1/me/channels/pigeon/test", nil).WantProblem(404, "not-found", "never")
	})
}
