package store_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// listed is an issue as the model of the lists knows it.
type listed struct {
	store.IssueRow
	words string
}

// vocabulary is what the notes of the random city are made of.
var vocabulary = []string{"带泥上路", "龙昆南路", "龙华路", "渣土车", "垃圾", "mud", "Longkun", "B12", "泥"}

// randomCity is so many issues with everything at random, more than the rules would allow.
func randomCity(r *rand.Rand, n int) (city []listed) {
	some := func(names ...string) inspect.ID {
		if at := r.IntN(len(names) + 1); at < len(names) {
			return id(names[at])
		}
		return inspect.ID{}
	}
	for n := range n {
		row := store.IssueRow{Issue: inspect.Issue{ID: id(fmt.Sprint(n)), Number: fmt.Sprintf("2026-%06d", n+1), Version: 1, Status: inspect.Reported,
			Category: categories[r.IntN(len(categories))].Code, Severity: "normal", Source: inspect.Sources[r.IntN(3)],
			Area: some("city", "Longhua", "Meilan", "Jinmao street", "elsewhere"), Reporter: id([]string{"lin", "office", "crew"}[r.IntN(3)]),
			ReportedAt: at(r.IntN(40) * 30), SentAt: at(1), ReceivedAt: at(1)}, PhotosDeclared: r.IntN(3), ContentSalt: []byte{1}, ContentSeal: "x"}
		if r.IntN(10) > 0 {
			p := geo.Point{Lat: 19.9 + float64(r.IntN(200))/1000, Lon: 110.2 + float64(r.IntN(200))/1000} // some in the same place
			row.Place = &inspect.Place{Point: p, Datum: geo.WGS84, OriginalPoint: p}
		}
		words := make([]string, r.IntN(4))
		for n := range words {
			words[n] = vocabulary[r.IntN(len(vocabulary))]
		}
		city = append(city, listed{row, strings.Join(words, " ")})
	}
	return city
}

// work does something at random to an issue.
func work(r *rand.Rand, row *store.IssueRow) {
	moment := func() inspect.Time {
		if r.IntN(4) == 0 {
			return 0
		}
		return at(r.IntN(40) * 30)
	}
	row.Status = inspect.Statuses[r.IntN(len(inspect.Statuses))]
	if at := r.IntN(len(units) + 1); at < len(units) {
		row.Unit = units[at].ID
	}
	row.DueAt, row.FixedAt, row.ClosedAt = moment(), moment(), moment()
	row.PhotosSafe = r.IntN(row.PhotosDeclared + 1)
}

// settle keeps a random city in a database whose clock then stands at minute 600.
func settle(t *testing.T, o store.Options, seed uint64, n int) (*store.Store, []listed) {
	t.Helper()
	s, c := ticking(t, o)
	r := rand.New(rand.NewPCG(seed, 0))
	city := randomCity(r, n)
	found(t, s)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		for n := range city {
			row := &city[n].IssueRow
			if err := tx.InsertIssue(ctx, row, city[n].words); err != nil {
				return err
			}
			work(r, row)
			if err := tx.UpdateIssue(ctx, row); err != nil {
				return err
			}
		}
		return nil
	})
	c.pass(10 * time.Hour)
	return s, city
}

// condition is one filter with the same thing in Go.
type condition struct {
	kind string // two of one kind cannot stand together
	set  func(*store.IssueFilter)
	keep func(*listed) bool
}

// byKind puts conditions of one kind together.
func byKind(all []condition) (kinds [][]condition) {
	at := map[string]int{}
	for _, c := range all {
		if _, ok := at[c.kind]; !ok {
			at[c.kind], kinds = len(kinds), append(kinds, nil)
		}
		kinds[at[c.kind]] = append(kinds[at[c.kind]], c)
	}
	return kinds
}

func parentsOf() map[inspect.ID]inspect.ID {
	parents := map[inspect.ID]inspect.ID{}
	for _, u := range units {
		parents[u.ID] = u.Parent
	}
	for _, a := range areas {
		parents[a.ID] = a.Parent
	}
	return parents
}

// line is a node of a tree with all above it.
func line(parents map[inspect.ID]inspect.ID, node inspect.ID) (all []inspect.ID) {
	for ; !node.IsZero(); node = parents[node] {
		all = append(all, node)
	}
	return all
}

func within(from, to inspect.Time, at inspect.Time) bool {
	return at > 0 && at >= from && (to == 0 || at < to)
}

// conditions are all filters, each with a few values.
func conditions() (all []condition) {
	parents := parentsOf()
	add := func(kind string, set func(*store.IssueFilter), keep func(*listed) bool) {
		all = append(all, condition{kind, set, keep})
	}
	for _, v := range [][]inspect.Status{{inspect.Assigned}, {inspect.Verified, inspect.Dismissed}, inspect.Statuses} {
		add("status", func(f *store.IssueFilter) { f.Status = v }, func(i *listed) bool { return slices.Contains(v, i.Status) })
	}
	for _, v := range [][]string{{"08012"}, {"L001", "06011", "unknown"}} {
		add("category", func(f *store.IssueFilter) { f.Categories = v }, func(i *listed) bool { return slices.Contains(v, i.Category) })
	}
	add("group", func(f *store.IssueFilter) { f.Groups = []string{"litter"} }, func(i *listed) bool { return i.Category == "06011" || i.Category == "L001" })
	for _, v := range []string{"bureau", "night shift", "unknown"} {
		add("unit", func(f *store.IssueFilter) { f.Unit = id(v) }, func(i *listed) bool { return slices.Contains(line(parents, i.Unit), id(v)) })
	}
	for _, v := range []string{"city", "Longhua", "elsewhere"} {
		add("area", func(f *store.IssueFilter) { f.Area = id(v) }, func(i *listed) bool { return slices.Contains(line(parents, i.Area), id(v)) })
	}
	for _, v := range []string{"lin", "nobody"} {
		add("reporter", func(f *store.IssueFilter) { f.Reporter = id(v) }, func(i *listed) bool { return i.Reporter == id(v) })
	}
	add("source", func(f *store.IssueFilter) { f.Source = "hotline" }, func(i *listed) bool { return i.Source == "hotline" })
	for _, v := range [][2]inspect.Time{{at(300), at(900)}, {at(300), 0}, {0, at(900)}} {
		add("reported", func(f *store.IssueFilter) { f.ReportedFrom, f.ReportedTo = v[0], v[1] }, func(i *listed) bool { return within(v[0], v[1], i.ReportedAt) })
		add("due", func(f *store.IssueFilter) { f.DueFrom, f.DueTo = v[0], v[1] }, func(i *listed) bool { return within(v[0], v[1], i.DueAt) })
		add("closed", func(f *store.IssueFilter) { f.ClosedFrom, f.ClosedTo = v[0], v[1] }, func(i *listed) bool { return within(v[0], v[1], i.ClosedAt) })
	}
	add("overdue", func(f *store.IssueFilter) { f.Overdue = true }, func(i *listed) bool {
		return (i.Status == inspect.Assigned || i.Status == inspect.Fixed) && i.Overdue(at(600))
	})
	add("incomplete", func(f *store.IssueFilter) { f.Incomplete = true }, func(i *listed) bool { return !i.Complete() })
	for _, v := range []geo.Box{{South: 19.95, West: 110.25, North: 20.001, East: 110.333}, {South: 20.05, West: 110.3, North: 20.05, East: 110.4},
		{South: 0, West: 0, North: 1, East: 1}} {
		add("box", func(f *store.IssueFilter) { f.Box = &v }, func(i *listed) bool { return i.Place != nil && v.Contains(i.Place.Point) })
	}
	for _, v := range []float64{150, 3_000, 20_000, 50_000} {
		p := geo.Point{Lat: 20.0001, Lon: 110.3001}
		add("near", func(f *store.IssueFilter) { f.Near, f.RadiusM = &p, v }, func(i *listed) bool { return i.Place != nil && geo.Distance(p, i.Place.Point) <= v })
	}
	for _, v := range []string{"泥", "龙", "昆南", "带泥上路", "mud", "垃圾 渣土", "B1", "2026-000007", "…"} {
		add("text", func(f *store.IssueFilter) { f.Text = v }, func(i *listed) bool { return i.Number == v || i.says(v) })
	}
	return append(all, sights(parents)...)
}

// says is the search in Go: each word has its pairs of letters, or its one letter, somewhere in the words of the issue.
func (i *listed) says(text string) bool {
	if strings.Trim(text, "…") == "" {
		return false
	}
	has := store.Fold(i.words)
	for _, word := range strings.Fields(text) {
		runes := []rune(store.Fold(word))
		if len(runes) > 1 && i.isNamed(string(runes)) {
			continue
		}
		for n := range max(len(runes)-1, 1) {
			if !strings.Contains(has, string(runes[n:min(n+2, len(runes))])) {
				return false
			}
		}
	}
	return true
}

// isNamed says whether the category or the unit of the issue has a name with a word in it.
func (i *listed) isNamed(word string) bool {
	return slices.ContainsFunc(categories, func(c inspect.Category) bool {
		return c.Code == i.Category && (strings.Contains(store.Fold(c.NameZH), word) || strings.Contains(store.Fold(c.NameEN), word))
	}) || slices.ContainsFunc(units, func(u inspect.Unit) bool { return u.ID == i.Unit && strings.Contains(store.Fold(u.Name), word) })
}

// sights are people with all kinds of roles; each sees what inspect's rule says.
func sights(parents map[inspect.ID]inspect.ID) (all []condition) {
	grants := []inspect.Grant{
		{Role: inspect.Office, Scope: inspect.Scope{Kind: inspect.City}},
		{Role: inspect.Admin, Scope: inspect.Scope{Kind: inspect.City}},
		{Role: inspect.Inspector, Scope: inspect.Scope{Kind: inspect.AreaSubtree, ID: id("Longhua")}},
		{Role: inspect.Inspector, Scope: inspect.Scope{Kind: inspect.UnitSubtree, ID: id("contractor")}},
		{Role: inspect.UnitRole, Scope: inspect.Scope{Kind: inspect.UnitSubtree, ID: id("south crew")}},
		{Role: inspect.Leader, Scope: inspect.Scope{Kind: inspect.AreaSubtree, ID: id("city")}},
		{Role: inspect.Leader, Scope: inspect.Scope{Kind: inspect.UnitSubtree, ID: id("unknown")}},
	}
	actors := []*inspect.Actor{{ID: id("lin")}}
	for n, g := range grants {
		actors = append(actors, &inspect.Actor{ID: id("lin"), Grants: []inspect.Grant{g}},
			&inspect.Actor{ID: id("crew"), Grants: []inspect.Grant{grants[1], g, grants[(n+3)%len(grants)]}})
	}
	for _, a := range actors {
		all = append(all, condition{"sight", func(f *store.IssueFilter) { f.Viewer = a }, func(i *listed) bool {
			return a.May(inspect.MaySee, &i.Issue, inspect.Jurisdiction{Areas: line(parents, i.Area), Units: line(parents, i.Unit)})
		}})
	}
	return all
}

// inOrder is what a list holds, by numbers.
func inOrder(city []listed, sort store.Sort, keep ...func(*listed) bool) (numbers []string) {
	var kept []listed
	for _, i := range city {
		if !slices.ContainsFunc(keep, func(k func(*listed) bool) bool { return !k(&i) }) {
			kept = append(kept, i)
		}
	}
	switch sort {
	case store.NewestFirst:
		slices.Reverse(kept)
	case store.ByDue:
		due := func(i listed) inspect.Time {
			if i.DueAt == 0 {
				return math.MaxInt64
			}
			return i.DueAt
		}
		slices.SortStableFunc(kept, func(a, b listed) int { return int(max(-1, min(1, due(a)-due(b)))) })
	}
	for _, i := range kept {
		numbers = append(numbers, i.Number)
	}
	return numbers
}

// walked gives all pages of a list, and the number of issues that it counts; bounded pages need not be full, and counts not
// exact.
func walked(ctx context.Context, tx *store.Tx, f store.IssueFilter, b store.ListBounds) (numbers []string, count int, err error) {
	bounded := b.Examined > 0 && b.Examined < 100
	count, exact, err := tx.CountIssues(ctx, f)
	if !exact && !bounded && b.Sorted == 0 {
		err = errors.Join(err, errors.New("the count is not exact"))
	}
	for pages := 0; err == nil; pages++ {
		var page []store.IssueRow
		if page, f.Cursor, err = tx.ListIssues(ctx, f); err != nil {
			break
		}
		for _, row := range page {
			numbers = append(numbers, row.Number)
		}
		if f.Cursor == nil {
			break
		}
		if len(page) != f.Limit && !bounded || pages > 10_000 {
			err = errors.New("a page is not full, or they never end")
		}
	}
	if !exact && count <= len(numbers) {
		count = len(numbers) // at least so many was true
	}
	return numbers, count, err
}

// TestListsAgainstAModel reads every filter and pairs of them to the end: as a server does, where each is looked at whole
// since the city is small; walking along the indexes; sorting before; and with next to nothing looked at for a page. All but the first take a third of
// the pairs.
func TestListsAgainstAModel(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]store.ListBounds{"usual": {}, "walking": {Examined: 50_000, Small: 1, Sampled: 50_000},
		"sorting": {Examined: 50_000, Small: 1, Sorted: 100, Sampled: 50_000}, "trying": {Examined: 50_000, Small: 1, Sorted: 200, Sampled: 50_000, Tried: 60},
		"bounded": {Examined: 37, Small: 1, Sampled: 5}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			againstTheModel(t, b)
		})
	}
}

func againstTheModel(t *testing.T, bounds store.ListBounds) {
	sorts := []store.Sort{store.NewestFirst, store.OldestFirst, store.ByDue}
	storetest.Each(t, func(t *testing.T, o store.Options) {
		o.Bounds = bounds
		s, city := settle(t, o, 20261124, 300)
		all := conditions()
		kinds := byKind(all)
		check := func(ctx context.Context, tx *store.Tx, sort store.Sort, limit int, which ...condition) error {
			f := store.IssueFilter{Sort: sort, Limit: limit}
			var names []string
			var keep []func(*listed) bool
			for _, c := range which {
				c.set(&f)
				names, keep = append(names, c.kind), append(keep, c.keep)
			}
			want := inOrder(city, sort, keep...)
			if len(want) < 12 {
				f.Limit = 1
			}
			got, count, err := walked(ctx, tx, f, bounds)
			if !slices.Equal(got, want) || count != len(want) {
				t.Errorf("%v %s by %d: got %d (counted %d) %.60v…, want %d %.60v…\n%+v", names, sort, f.Limit, len(got), count, got, len(want), want, f)
			}
			return err
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, sort := range sorts {
				for _, limit := range []int{43, 299, 300} {
					if err := check(ctx, tx, sort, limit); err != nil {
						return err
					}
				}
			}
			for n, a := range all {
				if err := check(ctx, tx, sorts[n%3], 40, a); err != nil {
					return err
				}
			}
			for n, a := range kinds {
				for m, b := range kinds[:n] {
					if bounds != (store.ListBounds{}) && (n*n+m)%3 > 0 {
						continue
					}
					// any two kinds, some value of each
					if err := check(ctx, tx, sorts[(n+m)%3], 200, a[m%len(a)], b[n%len(b)]); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
}
