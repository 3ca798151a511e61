package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

func TestSessions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s, c := ticking(t, o)
		found(t, s)
		now := inspect.At(c.now)
		session := func(name, person string, life time.Duration) store.Session {
			return store.Session{ID: id(name), Person: id(person), Device: "手机 " + name, Cookie: true, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(life)}
		}
		phone, desk, other := session("phone", "lin", time.Hour), session("desk", "lin", 3*time.Hour), session("other", "crew", 2*time.Hour)
		insert(t, s, reported("mud"))
		link := session("link", "crew", time.Hour)
		link.Issue, link.Uses, link.PasswordGiven, link.AuthenticatedAt = id("mud"), 1, true, now
		wantFilled(t, link)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return each([]store.Session{phone, desk, other}, func(v store.Session) error { return tx.InsertSession(ctx, v, v.ID[:]) })
		})
		of := func(v store.Session) (got store.Session, ok bool) {
			read(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				got, ok, err = tx.SessionOf(ctx, v.ID[:])
				return err
			})
			return got, ok
		}
		wantLive := func(when string, want ...store.Session) {
			t.Helper()
			for _, v := range []store.Session{phone, desk, other} {
				got, ok := of(v)
				if ok != contains(want, v) {
					t.Errorf("%s: %s live is %t", when, v.Device, ok)
				} else if ok {
					same(t, when, got, v)
				}
			}
		}
		wantLive("at first", phone, desk, other)
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			mine, err := tx.Sessions(ctx, id("lin"))
			same(t, "mine, newest first", mine, []store.Session{desk, phone})
			return err
		})
		c.pass(time.Hour - time.Millisecond)
		desk.SeenAt, desk.Uses = inspect.At(c.now), 1
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.TouchSession(ctx, desk.ID) })
		wantLive("just before the first runs out", phone, desk, other)
		c.pass(time.Millisecond)
		wantLive("when it has run out", desk, other)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.EndSession(ctx, id("lin"), other.ID), tx.EndSession(ctx, id("lin"), id("unknown"))) // not theirs, and none
		})
		wantLive("after an attempt on another's", desk, other)
		lin := people[0]
		lin.Disabled = true
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SavePerson(ctx, lin) })
		wantLive("of somebody who may not log in", other)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.SavePerson(ctx, people[0]), tx.EndSession(ctx, other.Person, other.ID))
		})
		wantLive("after it was ended", desk)

		link.ExpiresAt, link.SeenAt = inspect.At(c.now.Add(time.Hour)), inspect.At(c.now)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.InsertSession(ctx, link, link.ID[:]), tx.TouchSession(ctx, link.ID))
		})
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			links, err := tx.Links(ctx, id("mud"))
			same(t, "the links of an issue", links, []store.Session{link})
			mine, errMine := tx.Sessions(ctx, id("crew"))
			same(t, "a link is no device", len(mine), 0)
			ended, errEnd := tx.EndLink(ctx, id("mud"), link.ID)
			again, errAgain := tx.EndLink(ctx, id("mud"), link.ID)
			if !ended || again {
				t.Errorf("a link ends once: got %t, then %t", ended, again)
			}
			return errors.Join(err, errMine, errEnd, errAgain)
		})
	})
}

func TestEndingAllSessionsButOne(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		var now inspect.Time
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			now = tx.Now
			return each([]string{"a", "b", "c"}, func(name string) error {
				return tx.InsertSession(ctx, store.Session{ID: id(name), Person: id("lin"), ExpiresAt: now.Add(time.Hour)}, []byte(name))
			})
		})
		left := func() (n int) {
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				all, err := tx.Sessions(ctx, id("lin"))
				n = len(all)
				return err
			})
			return n
		}
		for _, c := range []struct {
			person, but inspect.ID
			want        int
		}{{id("crew"), inspect.ID{}, 3}, {id("lin"), id("b"), 1}, {id("lin"), inspect.ID{}, 0}} {
			write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.EndSessions(ctx, c.person, c.but) })
			if got := left(); got != c.want {
				t.Errorf("of %s but %s: got %d left, want %d", c.person, c.but, got, c.want)
			}
		}
	})
}

func TestFailuresAreCountedOneByOne(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		const attempts = 24
		ended := make(chan error)
		for range attempts {
			go func() {
				ended <- s.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
					n, _, err := tx.LoginFailures(ctx, "bucket")
					if err != nil {
						return err
					}
					return tx.SetLoginFailures(ctx, "bucket", n+1)
				})
			}()
		}
		for range attempts {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		var n int
		var last, now, never inspect.Time
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			now = tx.Now
			if n, last, err = tx.LoginFailures(ctx, "bucket"); err != nil {
				return err
			}
			_, never, err = tx.LoginFailures(ctx, "another")
			return err
		})
		if n != attempts || last == 0 || last > now || never != 0 {
			t.Errorf("got %d failures, the last at %s, another's at %s; want %d", n, last, never, attempts)
		}
	})
}

func TestSecurityLog(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s, c := ticking(t, o)
		found(t, s)
		var want []store.LogEntry
		for n, kind := range []inspect.LogKind{"login", "export", "login", "login.refused"} {
			e := store.LogEntry{At: c.pass(time.Minute), Kind: kind, Address: "192.0.2.1", Detail: "细节", Times: 1}
			if n < 3 {
				e.Person, e.About = id("lin"), id("crew")
				e.Changes = []inspect.LogChange{{Field: "role", From: "unit", To: "office"}}
			}
			write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Log(ctx, e) })
			want = append([]store.LogEntry{e}, want...)
		}
		lines := func(kind inspect.LogKind, before int64, limit int) (got []store.LogEntry) {
			read(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				got, err = tx.SecurityLog(ctx, store.LogFilter{Kind: kind, Before: before, Limit: limit})
				return err
			})
			return got
		}
		all := lines("", 1<<60, 10)
		for n := range all {
			if n > 0 && all[n].ID >= all[n-1].ID {
				t.Errorf("line %d has number %d after %d", n, all[n].ID, all[n-1].ID)
			}
			want[n].ID = all[n].ID
		}
		same(t, "all, newest first", all, want)
		wantFilled(t, all[1])
		same(t, "of one kind", lines("login", 1<<60, 10), []store.LogEntry{want[1], want[3]})
		same(t, "a page", lines("", want[1].ID, 1), want[2:3])
		same(t, "a page of one kind", lines("login", want[1].ID, 10), want[3:])
	})
}

func TestWhatHasRunOutIsSwept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s, c := ticking(t, o)
		found(t, s)
		raw := storetest.Raw(t, o)
		leave := func(name string) {
			now := inspect.At(c.now)
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				return errors.Join(tx.InsertSession(ctx, store.Session{ID: id(name), Person: id("lin"), ExpiresAt: now.Add(time.Hour)}, []byte(name)),
					tx.SetLoginFailures(ctx, name, 1), tx.Log(ctx, store.LogEntry{Kind: inspect.LogKind(name)}))
			})
		}
		leave("old")
		c.pass(time.Hour)
		leave("new")
		for _, w := range []struct{ limits, log, wantLimits, wantLog int }{{60, 60, 2, 2}, {59, 61, 2, 1}, {61, 61, 1, 1}} {
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				return tx.SweepSessions(ctx, at(w.limits-60), at(w.log-60))
			})
			got := [3]int{ask[int](t, raw, "SELECT count(*) FROM session"), ask[int](t, raw, "SELECT count(*) FROM login_limit"),
				ask[int](t, raw, "SELECT count(*) FROM security_log")}
			if want := [3]int{1, w.wantLimits, w.wantLog}; got != want {
				t.Errorf("before minutes %d and %d: got %v sessions, limits and lines, want %v", w.limits-60, w.log-60, got, want)
			}
		}
	})
}
