package server_test

import (
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTheRunPicksTestsThatAreThere: scripts/test.sh names tests that it leaves out under the race detector, and parts of names of
// stories that it runs again. A name that no test has any more would leave out, or run, nothing.
func TestTheRunPicksTestsThatAreThere(t *testing.T) {
	script, err := os.ReadFile("../scripts/test.sh")
	if err != nil {
		t.Fatal(err)
	}
	var all, stories []string
	for _, s := range sources(t) {
		if !s.test {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil {
				continue
			}
			all = append(all, f.Name.Name)
			if s.pkg == "server/servertest" {
				stories = append(stories, f.Name.Name)
			}
		}
	}
	picked := 0
	check := func(list string, names []string, whole bool) {
		for name := range strings.SplitSeq(strings.Join(strings.Fields(list), ""), "|") {
			picked++
			pattern := regexp.MustCompile(name)
			if !slices.ContainsFunc(names, func(test string) bool {
				at := pattern.FindStringIndex(test)
				return at != nil && strings.HasPrefix(test, "Test") && (!whole || at[0] == 0 && at[1] == len(test)) ||
					whole && name == "Fuzz.*"
			}) {
				t.Errorf("scripts/test.sh picks %q, and no test has that name", name)
			}
		}
	}
	for _, list := range regexp.MustCompile(`\^\(([^)]*)\)\$`).FindAllSubmatch(script, -1) {
		check(string(list[1]), all, true)
	}
	parts := regexp.MustCompile(`hostile='([^']*)'|-run "\$\(tr -d ' \\n' <<<'([^']*)'|-test\.run '\(?([^')]*)`)
	for _, list := range parts.FindAllSubmatch(script, -1) {
		check(string(list[1])+string(list[2])+string(list[3]), stories, false)
	}
	if picked < 100 {
		t.Errorf("read %d names from scripts/test.sh, which has more", picked)
	}
}
