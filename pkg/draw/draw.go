// Package draw decides by lot which targets are looked at and who goes there (双随机抽查). A list is frozen first, then a seed is taken that
// nobody could know before; all that follows is arithmetic which anybody does again with sha256sum.
package draw

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// List is what is drawn from, as it was frozen.
type List struct {
	Count   int      // how many targets are drawn
	Each    int      // inspectors that go to each
	Pool    []string // inspectors, by id
	Targets []Target
}

// Target is a place that may be drawn.
type Target struct {
	ID      string
	Stratum string   // each stratum is drawn from by its share of the list
	Recused []string // inspectors who do not go there
}

// Pick is a target that was drawn.
type Pick struct {
	Target     string
	Inspectors []string
	Replaces   string // the target in whose place this one came, empty for those of the first draw
}

// ErrExhausted means that a stratum has no more targets.
var ErrExhausted = errors.New("draw: nothing is left to draw in this stratum")

// head is the first line of a frozen list.
const head = "spotcheck-draw 1"

// none stands for no inspectors.
const none = "-"

// Text is the list as it is frozen, in one form only: a line for each thing, inspectors and targets sorted by id. Ids hold no blanks.
func (l *List) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\ncount %d\neach %d\n", head, l.Count, l.Each)
	for _, person := range slices.Sorted(slices.Values(l.Pool)) {
		fmt.Fprintf(&b, "inspector %s\n", person)
	}
	targets := slices.Clone(l.Targets)
	slices.SortFunc(targets, func(a, b Target) int { return strings.Compare(a.ID, b.ID) })
	for _, t := range targets {
		recused := none
		if len(t.Recused) > 0 {
			recused = strings.Join(slices.Sorted(slices.Values(t.Recused)), ",")
		}
		fmt.Fprintf(&b, "target %s %s %s\n", t.ID, t.Stratum, recused)
	}
	return b.String()
}

// Digest is the SHA-256 of the text, in hexadecimal digits.
func (l *List) Digest() string {
	sum := sha256.Sum256([]byte(l.Text()))
	return hex.EncodeToString(sum[:])
}

// Parse reads a frozen list. It takes the form that Text writes and no other.
func Parse(text string) (l List, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] != head || lines[len(lines)-1] != "" {
		return l, errors.New("draw: this is no frozen list")
	}
	for n, line := range lines[1 : len(lines)-1] {
		words := strings.Split(line, " ")
		switch {
		case words[0] == "count" && len(words) == 2:
			l.Count, err = strconv.Atoi(words[1])
		case words[0] == "each" && len(words) == 2:
			l.Each, err = strconv.Atoi(words[1])
		case words[0] == "inspector" && len(words) == 2:
			l.Pool = append(l.Pool, words[1])
		case words[0] == "target" && len(words) == 4:
			t := Target{ID: words[1], Stratum: words[2]}
			if words[3] != none {
				t.Recused = strings.Split(words[3], ",")
			}
			l.Targets = append(l.Targets, t)
		default:
			err = errors.New("not a line of a list")
		}
		if err != nil {
			return List{}, fmt.Errorf("draw: line %d: %w", n+2, err)
		}
	}
	if l.Text() != text {
		return List{}, errors.New("draw: the list is not in the form in which lists are frozen")
	}
	return l, nil
}

// Check says what is wrong with a list: nothing to draw from, more to draw than there is, or a target to which too few may go.
func (l *List) Check() error {
	switch {
	case len(l.Targets) == 0:
		return errors.New("draw: there is nothing to draw from")
	case l.Count < 1 || l.Count > len(l.Targets):
		return fmt.Errorf("draw: want 1 to %d targets", len(l.Targets))
	case l.Each < 1 || l.Each > len(l.Pool):
		return fmt.Errorf("draw: want 1 to %d inspectors for each target", len(l.Pool))
	}
	for _, t := range l.Targets {
		if free := len(l.Pool) - len(t.Recused); free < l.Each {
			return fmt.Errorf("draw: %d inspectors may go to %s, want %d", free, t.ID, l.Each)
		}
	}
	return nil
}

// Picks draws. Targets of a stratum stand in the order of the SHA-256 of "seed/target", and the first of each are drawn, by the quota of the
// stratum (see Quotas); inspectors stand in a queue in the order of the SHA-256 of "seed/inspector". Each pick, in the order of its hash, takes the
// first inspectors of the queue who are not recused, and these go to its end. Each replaced target, in the order in which they were replaced, is
// followed by the next one of its stratum. The error is ErrExhausted when there is none, and tells of replaced targets that are not drawn.
func (l *List) Picks(seed string, replaced ...string) ([]Pick, error) {
	strata := map[string][]string{} // not drawn yet, in order
	targets := map[string]Target{}
	for _, t := range l.Targets {
		strata[t.Stratum] = append(strata[t.Stratum], t.ID)
		targets[t.ID] = t
	}
	sizes := map[string]int{}
	for name, ids := range strata {
		byHash(seed, ids)
		sizes[name] = len(ids)
	}
	var drawn []string
	for name, quota := range Quotas(l.Count, sizes) {
		drawn = append(drawn, strata[name][:quota]...)
		strata[name] = strata[name][quota:]
	}
	byHash(seed, drawn)
	queue := slices.Clone(l.Pool)
	byHash(seed, queue)
	var picks []Pick
	pick := func(id, replaces string) {
		p := Pick{Target: id, Replaces: replaces}
		var waiting []string
		for _, person := range queue {
			if len(p.Inspectors) < l.Each && !slices.Contains(targets[id].Recused, person) {
				p.Inspectors = append(p.Inspectors, person)
			} else {
				waiting = append(waiting, person)
			}
		}
		queue = append(waiting, p.Inspectors...)
		picks = append(picks, p)
	}
	for _, id := range drawn {
		pick(id, "")
	}
	gone := map[string]bool{}
	for _, id := range replaced {
		if gone[id] || !slices.ContainsFunc(picks, func(p Pick) bool { return p.Target == id }) {
			return nil, fmt.Errorf("draw: %s is not drawn", id)
		}
		gone[id] = true
		stratum := targets[id].Stratum
		left := strata[stratum]
		if len(left) == 0 {
			return nil, ErrExhausted
		}
		strata[stratum] = left[1:]
		pick(left[0], id)
	}
	return picks, nil
}

// byHash sorts ids by the SHA-256 of "seed/id".
func byHash(seed string, ids []string) {
	sums := make(map[string]string, len(ids))
	for _, id := range ids {
		sum := sha256.Sum256([]byte(seed + "/" + id))
		sums[id] = string(sum[:])
	}
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(sums[a], sums[b]) })
}

// Quotas shares a count out over strata by their sizes: each gets the whole part of its share, and what is left goes one by one to the largest
// remainders, to the stratum whose name comes first where they are equal.
func Quotas(count int, sizes map[string]int) map[string]int {
	total := 0
	for _, size := range sizes {
		total += size
	}
	quotas := map[string]int{}
	if total == 0 {
		return quotas
	}
	names := make([]string, 0, len(sizes))
	left := count
	for name, size := range sizes {
		names = append(names, name)
		quotas[name] = count * size / total
		left -= quotas[name]
	}
	rest := func(name string) int { return count * sizes[name] % total }
	slices.SortFunc(names, func(a, b string) int {
		if d := rest(b) - rest(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, name := range names[:left] {
		quotas[name]++
	}
	return quotas
}
