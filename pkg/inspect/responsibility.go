package inspect

import (
	"cmp"
	"fmt"
	"slices"
)

// Responsibility says that a unit answers for an area with all below (包抓, 片区, 分片包干): for one item of the catalogue,
// for a group of items, or for everything.
type Responsibility struct {
	ID         ID
	Number     int64 // for people: rule 12
	Unit       ID
	Area       ID
	Category   string // code of the item; empty: the group
	Group      string // both empty: everything
	Leader     string
	LeaderID   ID // an account: who is told when something is late; zero for none
	Contact    string
	Assisting  []ID // units
	Note       string
	AutoAssign bool // assigns what comes without anybody's click
	Span
	Enabled   bool
	CreatedAt Time
	UpdatedAt Time
}

// The subjects of rules, by how exact they are.
const (
	everything = iota
	wholeGroup
	oneItem
)

func (r *Responsibility) subject() int {
	switch {
	case r.Category != "":
		return oneItem
	case r.Group != "":
		return wholeGroup
	}
	return everything
}

// fits says whether the rule is about an item of a group.
func (r *Responsibility) fits(category, group string) bool {
	return (r.Category == "" || r.Category == category) && (r.Group == "" || r.Group == group)
}

// InForce says whether the rule holds on a day.
func (r *Responsibility) InForce(on Date) bool { return r.Enabled && r.Holds(on) }

// ResponsibilityMatch is a rule that fits an issue.
type ResponsibilityMatch struct {
	Responsibility
	LevelsAbove int // how many steps its area lies above that of the issue
}

// RankResponsibilities ranks the rules that fit an issue of this item of a group on a day, the most exact first: the deepest area, then one
// item before a group before everything, then the newest. The line is the area with all above, lowest first.
func RankResponsibilities(line []ID, category, group string, on Date, rules []Responsibility) []ResponsibilityMatch {
	var fit []ResponsibilityMatch
	for _, r := range rules {
		if above := slices.Index(line, r.Area); above >= 0 && r.InForce(on) && r.fits(category, group) {
			fit = append(fit, ResponsibilityMatch{r, above})
		}
	}
	slices.SortFunc(fit, func(a, b ResponsibilityMatch) int { return cmp.Or(a.exactness(&b), cmp.Compare(b.Number, a.Number)) })
	return fit
}

// exactness is negative where a match is more exact than another.
func (m *ResponsibilityMatch) exactness(o *ResponsibilityMatch) int {
	return cmp.Or(cmp.Compare(m.LevelsAbove, o.LevelsAbove), cmp.Compare(o.subject(), m.subject()))
}

// Clashes says whether two matches are equally exact and name different units.
func (m *ResponsibilityMatch) Clashes(o *ResponsibilityMatch) bool {
	return m.exactness(o) == 0 && m.Unit != o.Unit
}

// levels are the levels of areas as people say them.
var levels = map[AreaLevel][2]string{
	"city": {"市", "city"}, "district": {"区", "district"}, "street": {"街道", "street"}, "community": {"社区", "community"},
	"grid": {"网格", "grid"}, "road": {"路段", "road section"},
}

// groupWords are the groups of categories to start with, in Chinese and English.
var groupWords = map[string][2]string{"litter": {"垃圾", "litter"}, "dirty_spot": {"卫生死角", "dirty spots"}, "road_mud": {"道路遗撒", "mud and spills"},
	"street_order": {"街面秩序", "street order"}, "posters": {"小广告", "posters"}, "facility": {"设施", "facilities"}, "construction": {"工地", "construction"}}

// Reason says why a rule proposes its unit, in Chinese and English.
func (r *Responsibility) Reason(area *Area, unit string, item *Category) (zh, en string) {
	group, ok := groupWords[r.Group]
	if !ok { // one that the city added
		group = [2]string{r.Group, r.Group}
	}
	what := [3][2]string{
		everything: {"全部事项", "everything"}, wholeGroup: {"类别 " + group[0], "group " + group[1]},
		oneItem: {"事项 " + item.NameZH, "item " + item.NameEN},
	}[r.subject()]
	level := levels[area.Level]
	return fmt.Sprintf("%s %s，%s → %s，规则 %d", level[0], area.Name, what[0], unit, r.Number),
		fmt.Sprintf("%s %s, %s → %s, rule %d", level[1], area.Name, what[1], unit, r.Number)
}
