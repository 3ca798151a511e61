package inspect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// named is the same id for the same number.
func named(n int) ID { return ID{15: byte(n + 1), 14: byte((n + 1) >> 8), 6: 0x80, 8: 0x80} }

// rule is a rule in force of a unit over an area.
func rule(number, unit, area int, category, group string) Responsibility {
	return Responsibility{ID: named(1000 + number), Number: int64(number), Unit: named(unit), Area: named(area), Category: category, Group: group,
		Span: Span{From: "2026-01-01"}, Enabled: true}
}

func until(r Responsibility, from, to Date) Responsibility { r.Span = Span{from, to}; return r }

func TestProposeTakesTheMostExactRule(t *testing.T) {
	t.Parallel()
	const road, street, city, elsewhere = 1, 2, 3, 4
	line := []ID{named(road), named(street), named(city)}
	off := rule(9, 9, road, "", "")
	off.Enabled = false
	for name, tt := range map[string]struct {
		rules []Responsibility
		want  []int64
	}{
		"no rule":                                 {nil, nil},
		"another area":                            {[]Responsibility{rule(1, 1, elsewhere, "", "")}, nil},
		"another item":                            {[]Responsibility{rule(1, 1, road, "06011", "")}, nil},
		"another group":                           {[]Responsibility{rule(1, 1, road, "", "posters")}, nil},
		"switched off":                            {[]Responsibility{off}, nil},
		"not yet":                                 {[]Responsibility{until(rule(1, 1, road, "", ""), "2026-11-26", "")}, nil},
		"no more":                                 {[]Responsibility{until(rule(1, 1, road, "", ""), "2026-01-01", "2026-11-24")}, nil},
		"from today until today":                  {[]Responsibility{until(rule(1, 1, road, "", ""), "2026-11-25", "2026-11-25")}, []int64{1}},
		"the deepest area":                        {[]Responsibility{rule(1, 1, city, "", ""), rule(2, 2, road, "", ""), rule(3, 3, street, "", "")}, []int64{2, 3, 1}},
		"an area before an item":                  {[]Responsibility{rule(1, 1, street, "06010", ""), rule(2, 2, road, "", "")}, []int64{2, 1}},
		"an area before a group":                  {[]Responsibility{rule(1, 1, city, "", "litter"), rule(2, 2, street, "", "")}, []int64{2, 1}},
		"an item before its group":                {[]Responsibility{rule(2, 2, road, "", "litter"), rule(1, 1, road, "06010", "")}, []int64{1, 2}},
		"a group before everything":               {[]Responsibility{rule(2, 2, road, "", ""), rule(1, 1, road, "", "litter")}, []int64{1, 2}},
		"an item before everything":               {[]Responsibility{rule(2, 2, road, "", ""), rule(1, 1, road, "06010", "")}, []int64{1, 2}},
		"of two for an item the newest":           {[]Responsibility{rule(1, 1, road, "06010", ""), rule(2, 2, road, "06010", "")}, []int64{2, 1}},
		"of two for a group the newest":           {[]Responsibility{rule(2, 2, road, "", "litter"), rule(1, 1, road, "", "litter")}, []int64{2, 1}},
		"of two for everything the newest":        {[]Responsibility{rule(1, 1, road, "", ""), rule(2, 2, road, "", "")}, []int64{2, 1}},
		"the newest only among the equally exact": {[]Responsibility{rule(1, 1, road, "", "litter"), rule(2, 2, road, "", ""), rule(3, 3, street, "06010", "")}, []int64{1, 2, 3}},
		"the newest counts, not since when it is": {[]Responsibility{until(rule(1, 1, road, "", ""), "2026-11-01", ""),
			until(rule(2, 2, road, "", ""), "2020-01-01", "")}, []int64{2, 1}},
		"two rules of one unit, both are proposed": {[]Responsibility{rule(1, 1, road, "", ""), rule(2, 1, road, "", "")}, []int64{2, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, rules := range [][]Responsibility{tt.rules, reversed(tt.rules)} { // in whatever order they come
				var got []int64
				for _, m := range RankResponsibilities(line, "06010", "litter", "2026-11-25", rules) {
					got = append(got, m.Number)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("got rules %v, want %v", got, tt.want)
				}
			}
		})
	}
	if got := RankResponsibilities(nil, "06010", "litter", "2026-11-25", []Responsibility{rule(1, 1, road, "", "")}); got != nil {
		t.Errorf("an issue without an area: got %v, want nobody", got)
	}
}

func reversed(all []Responsibility) []Responsibility {
	all = slices.Clone(all)
	slices.Reverse(all)
	return all
}

func TestTheReasonSaysAreaSubjectUnitAndRule(t *testing.T) {
	t.Parallel()
	road := &Area{Name: "龙昆南路", Level: "road"}
	item := &Category{NameZH: "暴露垃圾", NameEN: "Exposed litter"}
	for _, tt := range []struct {
		rule   Responsibility
		zh, en string
	}{
		{rule(12, 1, 1, "06010", ""), "路段 龙昆南路，事项 暴露垃圾 → 龙华环卫，规则 12", "road section 龙昆南路, item Exposed litter → 龙华环卫, rule 12"},
		{rule(13, 1, 1, "", "litter"), "路段 龙昆南路，类别 垃圾 → 龙华环卫，规则 13", "road section 龙昆南路, group litter → 龙华环卫, rule 13"},
		{rule(14, 1, 1, "", ""), "路段 龙昆南路，全部事项 → 龙华环卫，规则 14", "road section 龙昆南路, everything → 龙华环卫, rule 14"},
	} {
		if zh, en := tt.rule.Reason(road, "龙华环卫", item); zh != tt.zh || en != tt.en {
			t.Errorf("got %q, %q, want %q, %q", zh, en, tt.zh, tt.en)
		}
	}
	for _, l := range AreaLevels {
		if levels[l] == [2]string{} {
			t.Errorf("nobody says %s", l)
		}
	}
}

// TestHolesAreWhereProposalsFail holds the walk over all areas against one proposal after the other, on random cities.
func TestHolesAreWhereProposalsFail(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 2026))
	met := map[CoverageGapKind]int{}
	for range 600 {
		areas, items, rules := randomCity(r)
		got := map[string]bool{}
		for _, h := range CoverageGaps(areas, items, rules, "2026-11-25") {
			if met[h.Kind]++; areas[h.AreaAt].ID != h.Area || items[h.ItemAt].Group != h.Group {
				t.Errorf("%+v does not stand at %d and %d", h, h.AreaAt, h.ItemAt)
			}
			for _, code := range h.Items {
				got[fmt.Sprint(h.Kind, h.AreaAt, code, h.Group)] = true
			}
		}
		want := holesOneByOne(areas, items, rules)
		for k := range want {
			if !got[k] {
				t.Errorf("%s is not found", k)
			}
		}
		if len(got) != len(want) {
			t.Errorf("got %d holes, want %d", len(got), len(want))
		}
	}
	if met[NobodyResponsible] < 100 || met[SeveralResponsible] < 100 {
		t.Errorf("the cities had %v", met)
	}
}

func randomCity(r *rand.Rand) (areas []Area, items []Category, rules []Responsibility) {
	for n := range 2 + r.IntN(12) {
		a := Area{ID: named(n), Enabled: r.IntN(6) > 0}
		if n > 0 && r.IntN(5) > 0 {
			a.Parent = areas[r.IntN(n)].ID
		}
		areas = append(areas, a)
	}
	for n := range 5 {
		items = append(items, Category{Code: fmt.Sprintf("0600%d", n), Group: []string{"litter", "posters"}[n%2], Enabled: r.IntN(5) > 0})
	}
	for n := range r.IntN(12) {
		v := rule(n, r.IntN(3), r.IntN(len(areas)), "", "")
		switch item := items[r.IntN(len(items))]; r.IntN(3) {
		case 0:
			v.Category = item.Code
		case 1:
			v.Group = item.Group
		}
		if r.IntN(6) == 0 {
			v.To = "2026-06-30"
		}
		rules = append(rules, v)
	}
	return areas, items, rules
}

// holesOneByOne asks for a proposal in every lowest area for every item.
func holesOneByOne(areas []Area, items []Category, rules []Responsibility) map[string]bool {
	want := map[string]bool{}
	for n, a := range areas {
		if !a.Enabled || slices.ContainsFunc(areas, func(b Area) bool { return b.Parent == a.ID && b.Enabled }) {
			continue
		}
		var line []ID
		for at := a.ID; !at.IsZero(); {
			line = append(line, at)
			at = areas[slices.IndexFunc(areas, func(b Area) bool { return b.ID == at })].Parent
		}
		for _, item := range items {
			fit := RankResponsibilities(line, item.Code, item.Group, "2026-11-25", rules)
			switch {
			case !item.Enabled:
			case len(fit) == 0:
				want[fmt.Sprint(NobodyResponsible, n, item.Code, item.Group)] = true
			case slices.ContainsFunc(fit, func(m ResponsibilityMatch) bool { return fit[0].Clashes(&m) }):
				want[fmt.Sprint(SeveralResponsible, n, item.Code, item.Group)] = true
			}
		}
	}
	return want
}

func TestDatesAreDaysOfTheCity(t *testing.T) {
	t.Parallel()
	shanghai := time.FixedZone("Asia/Shanghai", 8*3600)
	late := At(time.Date(2026, 11, 24, 16, 0, 0, 0, time.UTC)) // midnight there
	if got := DateOf(late, shanghai); got != "2026-11-25" {
		t.Errorf("got %s, want 2026-11-25", got)
	}
	if got := DateOf(late-1, shanghai); got != "2026-11-24" {
		t.Errorf("got %s, want 2026-11-24", got)
	}
	if got := Date("2028-02-28").Add(2); got != "2028-03-01" {
		t.Errorf("got %s, want 2028-03-01", got)
	}
	for _, text := range []string{"", "2026-02-29", "2026-1-1", "26-01-01", "2026-01-01T00:00:00Z", "1999-12-31", "2100-01-01", "２０２６-01-01"} {
		if err := new(Date).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken for a date", text)
		}
	}
}
