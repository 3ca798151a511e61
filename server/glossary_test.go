package server_test

import (
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"spotcheck/pkg/closure"
)

// unlisted are types of words that are no words of the trade, with the reason.
var unlisted = map[string]string{
	"inspect.Need":       "names of fields, which the contract explains",
	"inspect.Permission": "a table of their own, policy.go",
	"inspect.Date":       "no list of words",
}

// listed are the places whose types of words stand in the glossary: packages, or one type.
var listed = []string{"inspect", "assessment", "calendar.Unit", "calendar.Counting", "closure.PeriodKind", "geo.Datum", "store.PublicationState", "store.IntakeState",
	"store.ImportState", ".Genre"}

// glossary is the page by its headings; each holds what stands there between backticks.
func glossary(t *testing.T) (page string, sections map[string][]string) {
	t.Helper()
	b, err := os.ReadFile("decisions/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	page, sections = string(b), map[string][]string{}
	word := regexp.MustCompile("`([^`]+)`")
	for _, part := range strings.Split(page, "\n## ")[1:] {
		heading, table, _ := strings.Cut(part, "\n")
		for _, m := range word.FindAllStringSubmatch(table, -1) {
			sections[heading] = append(sections[heading], m[1])
		}
	}
	return page, sections
}

// words are the values of the types of strings, by package and type, and all names that packages declare.
func words(t *testing.T) (values map[string][]string, declared map[string]bool) {
	t.Helper()
	values, declared = map[string][]string{}, map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		pkg := s.file.Name.Name
		add := func(typ ast.Expr, value ast.Expr) {
			name, isType := typ.(*ast.Ident)
			text, isText := value.(*ast.BasicLit)
			if !isType || !isText || text.Kind != token.STRING || !name.IsExported() {
				return
			}
			if v, err := strconv.Unquote(text.Value); err == nil && v != "" {
				values[pkg+"."+name.Name] = append(values[pkg+"."+name.Name], v)
			}
		}
		for _, d := range s.file.Decls {
			g, is := d.(*ast.GenDecl)
			if !is {
				continue
			}
			for _, spec := range g.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					declared[pkg+"."+spec.Name.Name] = true
				case *ast.ValueSpec:
					for n, v := range spec.Values {
						if declared[pkg+"."+spec.Names[n].Name] = true; spec.Type != nil {
							add(spec.Type, v)
						}
						if list, is := v.(*ast.CompositeLit); is {
							if of, is := list.Type.(*ast.ArrayType); is {
								for _, e := range list.Elts {
									add(of.Elt, e)
								}
							}
						}
					}
				}
			}
		}
	}
	return values, declared
}

func TestEveryWordIsInTheGlossary(t *testing.T) {
	_, sections := glossary(t)
	values, declared := words(t)
	checked := 0
	for typ, all := range values {
		pkg, name, _ := strings.Cut(typ, ".")
		if unlisted[typ] != "" || !slices.ContainsFunc(listed, func(l string) bool { return l == pkg || l == typ || l == "."+name }) {
			continue
		}
		found := false
		for heading, has := range sections {
			if !strings.HasSuffix(heading, ": `"+typ+"`") {
				continue
			}
			found = true
			for _, v := range all {
				if checked++; !slices.Contains(has, v) {
					t.Errorf("the glossary lacks %q of %s", v, typ)
				}
			}
			for _, v := range has {
				if !slices.Contains(all, v) {
					t.Errorf("the glossary has %q, which %s is no more", v, typ)
				}
			}
		}
		if !found {
			t.Errorf("the glossary has no table of %s: %q", typ, all)
		}
	}
	if checked < 150 {
		t.Errorf("only %d words were looked at", checked)
	}
	for _, name := range sections["Nouns"] {
		if !declared[name] {
			t.Errorf("the glossary names %s, which nobody declares", name)
		}
	}
}

func TestCountsIndicatorsAndGroupsAreInTheGlossary(t *testing.T) {
	_, sections := glossary(t)
	var indicators, groups []string
	for _, i := range closure.Indicators {
		indicators = append(indicators, i.Key)
	}
	catalogues, err := filepath.Glob("core/*/catalogue.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(catalogues, "core/catalogue.tsv") {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
			groups = append(groups, strings.Split(line, "\t")[4])
		}
	}
	slices.Sort(groups)
	for heading, want := range map[string][]string{"Counts": closure.CountKeys(), "Indicators": indicators, "Groups of the catalogue": slices.Compact(groups)} {
		if len(want) < 5 {
			t.Errorf("%s: only %q were found in the code", heading, want)
		}
		got := slices.DeleteFunc(slices.Clone(sections[heading]), func(w string) bool { return strings.Contains(w, "/") }) // names of files
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("the glossary lacks %q under %s", w, heading)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: the glossary has %q, the code %q", heading, got, want)
		}
	}
}

// TestCommentsNameSectionsThatAreThere holds the sections of rules.md that comments name against the headings of that page.
func TestCommentsNameSectionsThatAreThere(t *testing.T) {
	b, err := os.ReadFile("../pkg/inspect/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`rules\.md, "([^"]+)"`)
	seen := 0
	for _, s := range sources(t) {
		for _, group := range s.file.Comments {
			for _, m := range named.FindAllStringSubmatch(group.Text(), -1) {
				if seen++; !strings.Contains(string(b), "\n## "+m[1]+"\n") {
					t.Errorf("%s names the section %q of rules.md, which is not there", s.name, m[1])
				}
			}
			if strings.Contains(group.Text(), "domain.md") {
				t.Errorf("%s refers to a page that is not in the repository", s.name)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d comments name a section", seen)
	}
	for _, link := range regexp.MustCompile(`\]\(([^)]+\.md)\)`).FindAllStringSubmatch(string(b), -1) {
		if _, err := os.Stat(path.Join("../pkg/inspect", link[1])); err != nil {
			t.Error(err)
		}
	}
}
