package servertest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"spotcheck/server/servertest"
)

// behindProxy lets tests say where they come from.
func behindProxy(s *servertest.Server) {
	s.Stop()
	s.Config.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	s.Start()
}

// password is that of everybody in these tests.
const password = "correct horse battery"

// logsIn tries to log in from an address.
func logsIn(t *testing.T, s *servertest.Server, address, name, password string) *servertest.Answer {
	t.Helper()
	c := (&servertest.Client{Server: s}).WithT(t)
	return c.Send(http.MethodPost, "/api/v1/sessions", fmt.Appendf(nil, `{"name":%q,"password":%q,"device":"test"}`, name, password),
		http.Header{"X-Forwarded-For": {address}})
}

func TestAnUnknownNameIsAnsweredAsAWrongPassword(t *testing.T) {
	servertest.EachAlone(t, func(t *testing.T, s *servertest.Server) {
		s.HashesAsTheProgram()
		s.As("admin")
		behindProxy(s)
		var times [2][]time.Duration
		var bodies [2][]byte
		for n := range 9 {
			known, address := fmt.Sprintf("known-%d", n), fmt.Sprintf("198.51.100.%d", n)
			s.AddPerson(known, M{"role": "inspector", "scope": M{"kind": "city"}})
			for k, name := range []string{known, fmt.Sprintf("nobody-%d", n)} {
				began := time.Now()
				a := logsIn(t, s, address, name, "not the password").WantProblem(401, "session.refused", "after-login")
				times[k] = append(times[k], time.Since(began))
				bodies[k] = regexp.MustCompile(`"request_id":"[0-9a-f]+"`).ReplaceAll(a.Body, nil)
			}
		}
		if !bytes.Equal(bodies[0], bodies[1]) {
			t.Errorf("a known name gets %s, an unknown one %s", bodies[0], bodies[1])
		}
		known, unknown := median(times[0]), median(times[1])
		if unknown < known/3 || known < unknown/3 { // a missing hash would make it ten times
			t.Errorf("a known name takes %s, an unknown one %s", known, unknown)
		}
	})
}

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

func TestADisabledPersonIsAnsweredAsAnUnknownOne(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, admin := s.As("lin"), s.As("admin")
		lin.Do(http.MethodGet, "/api/v1/me", nil).Want(200)
		disable(admin, "lin", true)
		lin.Do(http.MethodGet, "/api/v1/me", nil).WantProblem(401, "session.required", "after-login")
		behindProxy(s)
		logsIn(t, s, "198.51.100.1", "lin", password).WantProblem(401, "session.refused", "after-login")
		disable(admin, "lin", false)
		lin.Do(http.MethodGet, "/api/v1/me", nil).WantProblem(401, "session.required", "after-login")
		logsIn(t, s, "198.51.100.1", "lin", password).Want(201)
	})
}

func disable(admin *servertest.Client, name string, disabled bool) {
	admin.Do(http.MethodPut, "/api/v1/people/"+servertest.ID(name).String(), M{"name": name, "display_name": "Person " + name, "disabled": disabled,
		"grants": []M{{"role": "inspector", "scope": M{"kind": "city"}}}}).Want(200)
}

func TestGuessingIsSlowedAndNobodyIsLockedOut(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin")
		behindProxy(s)
		logsIn(t, s, "192.0.2.1", "lin", password).Want(201) // where lin works

		slowed := hammer(t, s, 40, func(n int) (string, string) { return fmt.Sprintf("198.51.100.%d", n), "lin" }) // one account, many addresses
		if slowed < 15 {
			t.Errorf("of 40 guesses at an account from everywhere only %d were slowed", slowed)
		}
		for n := range 30 { // and who waits as long as it takes waits longer and longer
			a := logsIn(t, s, fmt.Sprintf("198.51.100.%d", 100+n), "lin", "not the password")
			if wait, _ := strconv.Atoi(a.Header.Get("Retry-After")); wait > 0 {
				s.Pass(time.Duration(wait) * time.Second)
			}
		}
		hammer(t, s, 20, func(n int) (string, string) { return fmt.Sprintf("198.51.100.%d", 150+n), "lin" })
		a := logsIn(t, s, "203.0.113.9", "lin", password).WantProblem(429, "session.too-many", "later")
		wait, err := strconv.Atoi(a.Header.Get("Retry-After"))
		if err != nil || wait < 1 || wait > 31 {
			t.Fatalf("Retry-After: got %q, want 1 to 31 seconds", a.Header.Get("Retry-After"))
		}
		hammer(t, s, 60, func(n int) (string, string) { return "192.0.2.1", fmt.Sprintf("guess-%d", n) }) // one address, many accounts
		logsIn(t, s, "192.0.2.1", "lin", password).Want(201)
		s.Pass(31 * time.Second)
		logsIn(t, s, "203.0.113.9", "lin", password).Want(201)
	})
}

func TestTheCountsOfGuessesAreInTheDatabase(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin")
		behindProxy(s)
		for range 12 {
			a := logsIn(t, s, "198.51.100.1", "lin", "not the password")
			if wait, _ := strconv.Atoi(a.Header.Get("Retry-After")); wait > 0 {
				s.Pass(time.Duration(wait) * time.Second)
			}
		}
		logsIn(t, s, "198.51.100.1", "lin", "not the password")
		s.Stop()
		s.Start()
		logsIn(t, s, "198.51.100.1", "lin", password).WantProblem(429, "session.too-many", "later")
	})
}

// hammer guesses wrong and says how many guesses were refused without a look at the password.
func hammer(t *testing.T, s *servertest.Server, times int, guess func(n int) (address, name string)) (slowed int) {
	t.Helper()
	for n := range times {
		address, name := guess(n)
		switch a := logsIn(t, s, address, name, "not the password"); a.Status {
		case 401:
		case 429:
			slowed++
		default:
			t.Fatalf("a wrong guess got %d", a.Status)
		}
	}
	return slowed
}

func TestAWrongPasswordFromOnesOwnPlaceWaitsMinutesAtMost(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin")
		behindProxy(s)
		logsIn(t, s, "192.0.2.1", "lin", password).Want(201)
		for range 20 { // each waits as long as it is told
			a := logsIn(t, s, "192.0.2.1", "lin", "not the password")
			if wait, _ := strconv.Atoi(a.Header.Get("Retry-After")); wait > 0 {
				s.Pass(time.Duration(wait) * time.Second)
			}
		}
		logsIn(t, s, "192.0.2.1", "lin", "not the password")
		a := logsIn(t, s, "192.0.2.1", "lin", password).WantProblem(429, "session.too-many", "later")
		wait, err := strconv.Atoi(a.Header.Get("Retry-After"))
		if err != nil || wait < 10 || wait > 301 {
			t.Errorf("after twenty mistakes: got %q, want up to five minutes", a.Header.Get("Retry-After"))
		}
		s.Pass(time.Duration(wait) * time.Second)
		logsIn(t, s, "192.0.2.1", "lin", password).Want(201)
		logsIn(t, s, "192.0.2.1", "lin", "not the password").WantProblem(401, "session.refused", "after-login") // and all is forgotten
	})
}

func TestManyGuessesAtOnceAreCountedOneByOne(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin")
		behindProxy(s)
		var tried sync.Map
		var all sync.WaitGroup
		for n := range 40 {
			all.Go(func() { tried.Store(n, logsIn(t, s, "198.51.100.1", "lin", "not the password").Status) })
		}
		all.Wait()
		seen := map[any]int{}
		tried.Range(func(_, status any) bool { seen[status]++; return true })
		if seen[401] < 5 || seen[401] > 12 || seen[401]+seen[429] != 40 { // five are free, then they come at 1, 2, 4 … seconds
			t.Errorf("40 guesses at once got %v", seen)
		}
	})
}

func TestWhoIsKnownHereStaysKnownWhenTheSessionRunsOut(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin")
		behindProxy(s)
		logsIn(t, s, "192.0.2.1", "lin", password).Want(201)
		s.Pass(31 * 24 * time.Hour)
		if err := s.Core.Daily(t.Context()); err != nil {
			t.Fatal(err)
		}
		hammer(t, s, 30, func(n int) (string, string) { return fmt.Sprintf("198.51.100.%d", n), "lin" })
		logsIn(t, s, "192.0.2.1", "lin", password).Want(201)
	})
}

func TestMistakesOfYesterdayAreForgotten(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin")
		behindProxy(s)
		hammer(t, s, 70, func(n int) (string, string) { return "192.0.2.1", fmt.Sprintf("guess-%d", n) })
		s.Pass(25 * time.Hour)
		for n := range 10 { // the whole office behind one address, from new devices
			if a := logsIn(t, s, "192.0.2.1", fmt.Sprintf("other-%d", n), "not the password"); a.Status != 401 {
				t.Fatalf("attempt %d of the next day: got %d, want 401", n, a.Status)
			}
		}
	})
}

// TestNobodyIsKeptOutByWhatOthersGuess: while forty addresses guess at a name without an end, a stranger's turn comes all the same, and who has a
// device that logged in before, or holds a session, notices nothing, wherever they are.
func TestNobodyIsKeptOutByWhatOthersGuess(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin")
		behindProxy(s)
		var first struct {
			Known string `json:"known_device"`
		}
		logsIn(t, s, "192.0.2.1", "lin", password).Want(201).Into(&first)
		guesses := func() {
			hammer(t, s, 40, func(n int) (string, string) { return fmt.Sprintf("198.51.100.%d", n), "lin" })
		}
		guesses()
		a := logsIn(t, s, "203.0.113.9", "lin", password).WantProblem(429, "session.too-many", "later")
		wait, _ := strconv.Atoi(a.Header.Get("Retry-After"))
		if wait < 1 || wait > 31 {
			t.Fatalf("Retry-After: got %q, want 1 to 31 seconds", a.Header.Get("Retry-After"))
		}
		for range wait { // they guess in each second of it
			s.Pass(time.Second)
			guesses()
		}
		logsIn(t, s, "203.0.113.9", "lin", password).Want(201)
		guesses()
		elsewhere := func(known string) *servertest.Answer {
			body := fmt.Sprintf(`{"name":"lin","password":%q,"device":"test","known_device":%q}`, password, known)
			return (&servertest.Client{Server: s}).WithT(t).Send(http.MethodPost, "/api/v1/sessions", []byte(body), http.Header{"X-Forwarded-For": {"198.51.100.7"}})
		}
		elsewhere("made up").WantProblem(429, "session.too-many", "later")
		elsewhere(first.Known).Want(201)
	})
}

// TestTheAddressesOfOneLineAreOneClient: whoever has IPv6 at home has more addresses than there are seconds.
func TestTheAddressesOfOneLineAreOneClient(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin")
		behindProxy(s)
		slowed := hammer(t, s, 150, func(n int) (string, string) { return fmt.Sprintf("2001:db8:1:2::%x", n+1), "lin" })
		if slowed < 140 {
			t.Errorf("of 150 guesses from the addresses of one /64 only %d were slowed", slowed)
		}
		slowed = hammer(t, s, 400, func(n int) (string, string) { return fmt.Sprintf("2001:db8:7:%x::1", n), fmt.Sprintf("guess-%d", n) })
		if slowed < 150 {
			t.Errorf("of 400 guesses from the networks of one /48 only %d were slowed", slowed)
		}
	})
}

func TestGuessingTheOldPasswordIsSlowed(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		changes := func(old string) *servertest.Answer {
			return lin.WithT(t).Do(http.MethodPut, "/api/v1/me/password", M{"old_password": old, "password": "another horse battery"})
		}
		for range 5 {
			changes("not the password").WantProblem(403, "password.wrong", "never")
		}
		a := changes(password).WantProblem(429, "session.too-many", "later")
		wait, _ := strconv.Atoi(a.Header.Get("Retry-After"))
		s.Pass(time.Duration(wait) * time.Second)
		changes(password).Want(204)
		if refused := securityLog(s.As("admin"), "password.refused"); len(refused) != 1 || refused[0].Times != 5 {
			t.Errorf("the log says %+v, want five in one line", refused)
		}
	})
}

// TestRefusalsDoNotFillTheLog: what is alike within a minute is one line, and so is what is too much.
func TestRefusalsDoNotFillTheLog(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin := s.As("admin")
		s.StandsAt(s.Now())
		behindProxy(s)
		hammer(t, s, 60, func(int) (string, string) { return "192.0.2.1", "nobody" })
		hammer(t, s, 100, func(n int) (string, string) { return fmt.Sprintf("198.51.100.%d", n), fmt.Sprintf("guess-%d", n) })
		times := map[string]int{}
		for _, kind := range []string{"login.refused", "login.limited"} {
			lines := securityLog(admin, kind)
			if len(lines) > 61 {
				t.Errorf("%s: %d lines in a minute", kind, len(lines))
			}
			for _, l := range lines {
				times["all"] += l.Times
				times[l.Detail] += l.Times
			}
		}
		if times["all"] != 160 || times["others"] != 41 {
			t.Errorf("160 were turned away, the log says %v", times)
		}
	})
}

func TestACodeForAPhoneDiesWithThePassword(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, admin := s.As("lin"), s.As("admin")
		var code struct{ Code string }
		admin.Do(http.MethodPost, "/api/v1/people/"+servertest.ID("lin").String()+"/enrolment", nil).Want(201).Into(&code)
		lin.Do(http.MethodPut, "/api/v1/me/password", M{"old_password": password, "password": "another horse battery"}).Want(204)
		(&servertest.Client{Server: s}).WithT(t).Do(http.MethodPost, "/api/v1/enrolments", M{"code": code.Code, "device": "phone"}).
			WantProblem(401, "enrolment.gone", "")
	})
}
