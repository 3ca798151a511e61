package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// clock is a clock that stands still until it is told.
type clock struct{ now time.Time }

// ticking gives a database whose clock starts at the morning of the tests.
func ticking(t *testing.T, o store.Options) (*store.Store, *clock) {
	c := &clock{at(0).UTC()}
	o.Now = func() time.Time { return c.now }
	return storetest.Open(t, o), c
}

func (c *clock) pass(d time.Duration) inspect.Time {
	c.now = c.now.Add(d)
	return inspect.At(c.now)
}

func TestPeopleAreReadBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s, c := ticking(t, o)
		found(t, s)
		start := inspect.At(c.now)
		city := inspect.Grant{Role: inspect.Admin, Scope: inspect.Scope{Kind: inspect.City}}
		crew := inspect.Grant{Role: inspect.UnitRole, Scope: inspect.Scope{Kind: inspect.UnitSubtree, ID: id("north crew")}}
		lin := people[0]
		lin.Name, lin.DisplayName, lin.StaffNumber, lin.Phone, lin.Disabled, lin.UpdatedAt = "林二", "林", "", "", true, at(9)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.SavePerson(ctx, lin), tx.SetPassword(ctx, lin.ID, "hash"), tx.AddGrant(ctx, lin.ID, city), tx.AddGrant(ctx, lin.ID, crew))
		})
		city.Since, crew.Since = start, start
		lin.Grants = []inspect.Grant{city, crew}
		wantFilled(t, lin, ".StaffNumber", ".Phone")
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, ok, err := tx.Person(ctx, lin.ID)
			same(t, "person", got, lin)
			named, hash, disabled, okNamed, errNamed := tx.PersonNamed(ctx, "林二")
			if !ok || !okNamed || named != lin.ID || hash != "hash" || !disabled {
				t.Errorf("named: got %s, %q, disabled %t, %t", named, hash, disabled, okNamed)
			}
			password, errPassword := tx.Password(ctx, lin.ID)
			if password != "hash" {
				t.Errorf("password: got %q, want %q", password, "hash")
			}
			_, ok, errUnknown := tx.Person(ctx, id("unknown"))
			_, _, _, okNamed, errOld := tx.PersonNamed(ctx, "lin")
			if ok || okNamed {
				t.Error("somebody unknown is there")
			}
			n, errCount := tx.CountPeople(ctx)
			if n != len(people) {
				t.Errorf("got %d people, want %d", n, len(people))
			}
			refs, errRefs := tx.PeopleRefs(ctx, []inspect.ID{lin.ID, id("crew"), id("unknown")})
			same(t, "refs", refs, map[inspect.ID]store.PersonRef{lin.ID: {lin.ID, "林", ""}, id("crew"): {id("crew"), "林 crew", "A-crew"}})
			return errors.Join(err, errNamed, errPassword, errUnknown, errOld, errCount, errRefs)
		})
		if err := s.Read(t.Context(), func(ctx context.Context, tx *store.Tx) error { _, err := tx.Password(ctx, id("unknown")); return err }); err == nil {
			t.Error("the password of nobody: got nil")
		}
		twice := people[1]
		twice.Name = "林二"
		if err := s.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.SavePerson(ctx, twice) }); err == nil {
			t.Error("two people with one name: got nil")
		}
	})
}

func TestPagesOfPeople(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		want := slices.Clone(people)
		for _, limit := range []int{1, 2, 3, len(people), len(people) + 1} {
			var all []inspect.Person
			for after, pages := int64(0), 0; pages == 0 || after != 0; pages++ {
				if pages > len(people) {
					t.Fatalf("limit %d: it goes on", limit)
				}
				read(t, s, func(ctx context.Context, tx *store.Tx) error {
					page, next, err := tx.People(ctx, "", after, limit)
					all, after = append(all, page...), next
					return err
				})
			}
			same(t, "people", all, want)
		}
	})
}

func TestGrantsHoldForATime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s, c := ticking(t, o)
		found(t, s)
		start := inspect.At(c.now)
		office := inspect.Grant{Role: inspect.Office, Scope: inspect.Scope{Kind: inspect.City}}
		unit := inspect.Grant{Role: inspect.UnitRole, Scope: inspect.Scope{Kind: inspect.UnitSubtree, ID: id("north crew")}}
		add := func(g inspect.Grant) func() {
			return func() {
				write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddGrant(ctx, id("lin"), g) })
			}
		}
		end := func(g inspect.Grant) func() {
			return func() {
				write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.EndGrant(ctx, id("lin"), g) })
			}
		}
		other := unit
		other.Scope.ID = id("south crew")
		for _, step := range []func(){add(office), add(unit), end(other), end(unit), end(unit), add(unit), end(office)} {
			c.pass(time.Hour)
			step()
		}
		hour := func(n int) inspect.Time { return start.Add(time.Duration(n) * time.Hour) }
		first, second, held := unit, unit, office
		held.Since, held.Until = hour(1), hour(7)
		first.Since, first.Until = hour(2), hour(4)
		second.Since = hour(6)
		for _, w := range []struct {
			at   inspect.Time
			want []inspect.Grant
		}{
			{0, []inspect.Grant{second}}, // those that hold now
			{start, []inspect.Grant{second}},
			{hour(1), []inspect.Grant{held, second}},
			{hour(2), []inspect.Grant{held, first, second}},
			{hour(4) - 1, []inspect.Grant{held, first, second}},
			{hour(4), []inspect.Grant{held, second}},
			{hour(7) - 1, []inspect.Grant{held, second}},
			{hour(7), []inspect.Grant{second}},
		} {
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				got, err := tx.Grants(ctx, id("lin"), w.at)
				same(t, "grants at "+w.at.String(), got, w.want)
				return err
			})
		}
	})
}

func TestCityAdmins(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		admin := inspect.Grant{Role: inspect.Admin, Scope: inspect.Scope{Kind: inspect.City}}
		gone, off := id("crew"), people[3]
		off.Disabled = true
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.AddGrant(ctx, id("lin"), admin), tx.AddGrant(ctx, id("lin"), admin), tx.AddGrant(ctx, gone, admin),
				tx.EndGrant(ctx, gone, admin), tx.AddGrant(ctx, off.ID, admin), tx.SavePerson(ctx, off))
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.CityAdmins(ctx)
			if n != 1 {
				t.Errorf("got %d, want 1", n)
			}
			return err
		})
	})
}

func TestPeopleInSight(t *testing.T) {
	t.Parallel()
	grant := func(role inspect.Role, kind inspect.ScopeKind, of string) inspect.Grant {
		g := inspect.Grant{Role: role, Scope: inspect.Scope{Kind: kind}}
		if of != "" {
			g.Scope.ID = id(of)
		}
		return g
	}
	holds := map[string][]inspect.Grant{
		"lin":    {grant(inspect.Inspector, inspect.AreaSubtree, "Longhua")},
		"office": {grant(inspect.Office, inspect.City, "")},
		"crew":   {grant(inspect.UnitRole, inspect.UnitSubtree, "night shift"), grant(inspect.UnitRole, inspect.UnitSubtree, "north crew")},
		"leader": {grant(inspect.Leader, inspect.UnitSubtree, "bureau"), grant(inspect.Leader, inspect.AreaSubtree, "city")},
	}
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, p := range people { // in one order
				for _, g := range holds[p.Name] {
					if err := tx.AddGrant(ctx, p.ID, g); err != nil {
						return err
					}
				}
			}
			gone := grant(inspect.Inspector, inspect.City, "")
			return errors.Join(tx.AddGrant(ctx, id("nobody"), gone), tx.EndGrant(ctx, id("nobody"), gone))
		})
		for name, want := range map[string][]string{
			"lin": {"lin"}, "office": {"lin", "office", "crew", "leader"}, "crew": {"crew"}, "leader": {"lin", "crew", "leader"}, "nobody": nil,
		} {
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				refs, err := tx.PeopleInSight(ctx, &inspect.Actor{ID: id(name), Grants: holds[name]})
				var got []inspect.ID
				for _, r := range refs {
					got = append(got, r.ID)
				}
				same(t, "in sight of "+name, got, ids(want))
				return err
			})
		}
	})
}
