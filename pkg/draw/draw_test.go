package draw_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/draw"
)

// schools is the seed's case: ten of sixty.
func schools() draw.List {
	l := draw.List{Count: 10, Each: 2, Pool: []string{"li", "wang", "chen", "zhou", "wu"}}
	for n := range 60 {
		t := draw.Target{ID: fmt.Sprintf("school-%02d", n), Stratum: []string{"longhua", "meilan", "xiuying"}[n%7%3]}
		if n%5 == 0 {
			t.Recused = []string{"li"}
		}
		l.Targets = append(l.Targets, t)
	}
	return l
}

func TestTenOfSixty(t *testing.T) {
	l := schools()
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
	picks, err := l.Picks("5eed")
	if err != nil {
		t.Fatal(err)
	}
	strata, seen, busy := map[string]int{}, map[string]bool{}, map[string]int{}
	for _, p := range picks {
		at := slices.IndexFunc(l.Targets, func(t draw.Target) bool { return t.ID == p.Target })
		strata[l.Targets[at].Stratum]++
		if seen[p.Target] {
			t.Errorf("%s was drawn twice", p.Target)
		}
		seen[p.Target] = true
		if len(p.Inspectors) != 2 || p.Inspectors[0] == p.Inspectors[1] {
			t.Errorf("%s is visited by %v, want two people", p.Target, p.Inspectors)
		}
		for _, person := range p.Inspectors {
			busy[person]++
			if slices.Contains(l.Targets[at].Recused, person) {
				t.Errorf("%s goes to %s and is recused there", person, p.Target)
			}
		}
	}
	if len(picks) != 10 {
		t.Errorf("%d were drawn, want 10", len(picks))
	}
	// 26, 17 and 17 of 60: 4.33, 2.83 and 2.83.
	if want := map[string]int{"longhua": 4, "meilan": 3, "xiuying": 3}; !maps.Equal(strata, want) {
		t.Errorf("drawn by stratum: %v, want %v", strata, want)
	}
	for person, n := range busy {
		if n < 3 || n > 5 {
			t.Errorf("%s goes to %d, want about as many as each", person, n)
		}
	}
	other, err := l.Picks("5eee")
	if err != nil || cmp.Equal(picks, other) {
		t.Errorf("another seed draws the same; %v", err)
	}
}

func TestQuotas(t *testing.T) {
	for _, c := range []struct {
		count int
		sizes map[string]int
		want  map[string]int
	}{
		{10, map[string]int{"a": 60}, map[string]int{"a": 10}},
		{10, map[string]int{"a": 30, "b": 30}, map[string]int{"a": 5, "b": 5}},
		{3, map[string]int{"a": 1, "b": 1}, map[string]int{"a": 2, "b": 1}}, // more than there is: Check refuses it
		{1, map[string]int{"b": 5, "a": 5}, map[string]int{"a": 1, "b": 0}},
		{7, map[string]int{"a": 50, "b": 30, "c": 20}, map[string]int{"a": 4, "b": 2, "c": 1}}, // 3.5, 2.1, 1.4
		{0, map[string]int{"a": 5}, map[string]int{"a": 0}},
		{5, nil, map[string]int{}},
	} {
		if got := draw.Quotas(c.count, c.sizes); !maps.Equal(got, c.want) {
			t.Errorf("%d of %v: got %v, want %v", c.count, c.sizes, got, c.want)
		}
	}
}

func TestReplacedTargetsAreFollowedByTheNextOfTheirStratum(t *testing.T) {
	l := draw.List{Count: 1, Each: 1, Pool: []string{"li"}, Targets: []draw.Target{{ID: "a", Stratum: "s"}, {ID: "b", Stratum: "s"}}}
	first, err := l.Picks("seed")
	if err != nil {
		t.Fatal(err)
	}
	second, err := l.Picks("seed", first[0].Target)
	if err != nil || len(second) != 2 || second[1].Replaces != first[0].Target || second[1].Target == first[0].Target {
		t.Errorf("got %v, %v", second, err)
	}
	if _, err := l.Picks("seed", first[0].Target, second[1].Target); !errors.Is(err, draw.ErrExhausted) {
		t.Errorf("got %v, want that nothing is left", err)
	}
	for _, wrong := range [][]string{{"c"}, {second[1].Target}, {first[0].Target, first[0].Target}} {
		if _, err := l.Picks("seed", wrong...); err == nil || errors.Is(err, draw.ErrExhausted) {
			t.Errorf("replacing %v: got %v", wrong, err)
		}
	}
}

func TestListsThatCannotBeDrawnFrom(t *testing.T) {
	good := func() draw.List {
		return draw.List{Count: 1, Each: 1, Pool: []string{"li"}, Targets: []draw.Target{{ID: "a", Stratum: "s"}}}
	}
	if l := good(); l.Check() != nil {
		t.Error("a good list is refused")
	}
	for name, spoil := range map[string]func(*draw.List){
		"nothing":       func(l *draw.List) { l.Targets = nil },
		"none":          func(l *draw.List) { l.Count = 0 },
		"too many":      func(l *draw.List) { l.Count = 2 },
		"nobody":        func(l *draw.List) { l.Each = 0 },
		"too few go":    func(l *draw.List) { l.Each = 2 },
		"all recused":   func(l *draw.List) { l.Targets[0].Recused = []string{"li"} },
		"nobody at all": func(l *draw.List) { l.Pool = nil },
	} {
		l := good()
		if spoil(&l); l.Check() == nil {
			t.Errorf("%s: the list is taken", name)
		}
	}
}

// TestTheScriptDrawsTheSame runs the proof of random lists.
func TestTheScriptDrawsTheSame(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 7))
	for round := range 6 {
		l := draw.List{Count: 1 + rng.IntN(6), Each: 1 + rng.IntN(2)}
		for n := range 3 + rng.IntN(4) {
			l.Pool = append(l.Pool, fmt.Sprintf("p%d", n))
		}
		for n := range 8 + rng.IntN(12) {
			target := draw.Target{ID: fmt.Sprintf("t%03d", n*7%100), Stratum: fmt.Sprintf("s%d", rng.IntN(3))}
			if rng.IntN(3) == 0 {
				target.Recused = []string{l.Pool[rng.IntN(len(l.Pool))]}
			}
			l.Targets = append(l.Targets, target)
		}
		if err := l.Check(); err != nil {
			t.Fatal(err)
		}
		seed := fmt.Sprintf("%064x", rng.Uint64())
		picks, err := l.Picks(seed)
		if err != nil {
			t.Fatal(err)
		}
		replaced := []string{picks[0].Target}
		if more, err := l.Picks(seed, replaced...); err == nil {
			picks = more
		} else {
			replaced = nil
		}
		script, err := l.Proof(seed, replaced...)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("sh")
		cmd.Stdin = strings.NewReader(script)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("round %d: %v\n%s", round, err, script)
		}
		var want strings.Builder
		for _, p := range picks {
			replaces := p.Replaces
			if replaces == "" {
				replaces = "-"
			}
			fmt.Fprintf(&want, "%s %s %s\n", p.Target, strings.Join(p.Inspectors, ","), replaces)
		}
		if d := cmp.Diff(want.String(), string(out)); d != "" {
			t.Errorf("round %d: the script draws otherwise:\n%s", round, d)
		}
		cmd = exec.Command("sh")
		cmd.Stdin = strings.NewReader(strings.Replace(script, "target t007", "target t008", 1))
		if out, err := cmd.Output(); err == nil {
			t.Errorf("a changed list is drawn from: %s", out)
		}
	}
}

func TestNothingStrangeStandsInAScript(t *testing.T) {
	l := draw.List{Count: 1, Each: 1, Pool: []string{"$(reboot)"}, Targets: []draw.Target{{ID: "a", Stratum: "s"}}}
	if script, err := l.Proof("seed"); err == nil {
		t.Errorf("got %s", script)
	}
	l.Pool = []string{"li"}
	for _, seed := range []string{"a b", "'", "\n"} {
		if _, err := l.Proof(seed); err == nil {
			t.Errorf("the seed %q stands in a script", seed)
		}
	}
}

func FuzzParse(f *testing.F) {
	l := schools()
	f.Add(l.Text())
	f.Add("spotcheck-draw 1\ncount 1\neach 1\ninspector a\ntarget b c -\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := draw.Parse(text)
		if err != nil {
			return
		}
		if l.Text() != text {
			t.Errorf("a list is read and written otherwise: %q", text)
		}
		if l.Check() == nil {
			if _, err := l.Picks("seed"); err != nil {
				t.Errorf("a good list cannot be drawn from: %v", err)
			}
		}
	})
}
