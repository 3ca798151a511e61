package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
)

// namedEquals is how many equals a sentence names; more of them are counted.
const namedEquals = 3

// equals names all that are equally the best, the worst or the most: up to three, then 等 n 个 or "and n others".
func (b *renderer) equals(names []string) string {
	rest := len(names) - namedEquals
	if b.Report.Language == inspect.English {
		switch {
		case rest == 1:
			return strings.Join(names[:namedEquals], ", ") + " and 1 other"
		case rest > 1:
			return strings.Join(names[:namedEquals], ", ") + fmt.Sprintf(" and %d others", rest)
		case len(names) > 1:
			return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
		}
		return strings.Join(names, "")
	}
	if rest > 0 {
		return strings.Join(names[:namedEquals], "、") + fmt.Sprintf("等 %d 个", len(names))
	}
	return strings.Join(names, "、")
}

// mostOf are the names that are counted most, by their letters, and how often each of them is.
func mostOf(counts map[string]int) (names []string, most int) {
	for name, n := range counts {
		if n > most {
			names, most = nil, n
		}
		if n == most {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, most
}

// most says who has the most of what a sentence counts: nothing where nobody is named.
func (b *renderer) most(counts map[string]int) string {
	delete(counts, "")
	names, most := mostOf(counts)
	switch {
	case len(names) == 0:
		return ""
	case len(names) == 1:
		return b.sayf("，其中%[1]s %[2]d 件", ", %[2]d of them with %[1]s", names[0], most)
	}
	return b.sayf("，其中%[1]s各 %[2]d 件", ", %[2]d each with %[1]s", b.equals(names), most)
}

// movedNode is a change that may be worth a sentence.
type movedNode struct {
	by   float64 // in percentage points, or percent of a count; upwards is better
	name string  // of the unit or category
	size string  // of the change in words, in which equals agree
	text string  // the sentence on it alone
}

// largest are the sentences on the largest changes in a direction. together makes one sentence of the changes of equals; where it is nil each has its own.
func largest(changes []movedNode, sign float64, most int, together func(names []string, size string) string) (all []string) {
	changes = slices.DeleteFunc(changes, func(c movedNode) bool { return c.by*sign <= 0 })
	slices.SortStableFunc(changes, func(a, c movedNode) int { return cmp.Compare(c.by*sign, a.by*sign) })
	for n := 0; n < len(changes) && len(all) < most; {
		same := n + 1
		for same < len(changes) && changes[same].by == changes[n].by && changes[same].size == changes[n].size {
			same++
		}
		switch equal := changes[n:same]; {
		case len(equal) == 1 || together == nil:
			for _, c := range equal {
				all = append(all, c.text)
			}
		default:
			var names []string
			for _, c := range equal {
				names = append(names, c.name)
			}
			all = append(all, together(names, equal[0].size))
		}
		n = same
	}
	return all
}

// counted is a number with what it counts, in English: 1 issue, 2 issues.
func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

// wereOf is a number as the subject of a sentence.
func wereOf(n int64) string { return counted(n, "was", "were") }
