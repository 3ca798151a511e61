package apispec_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	apispec "spotcheck/mobile-api-spec"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/problem"
)

// kinds are the kinds of fault by their names in the code.
var kinds = map[string]fault.Kind{
	"Internal": fault.Internal, "Invalid": fault.Invalid, "Malformed": fault.Malformed, "Incomplete": fault.Incomplete, "Corrupt": fault.Corrupt,
	"Unsupported": fault.Unsupported, "TooLarge": fault.TooLarge, "Unauthorised": fault.Unauthorised, "Forbidden": fault.Forbidden,
	"NotFound": fault.NotFound, "Conflict": fault.Conflict, "TooMany": fault.TooMany, "Unavailable": fault.Unavailable, "Newer": fault.Newer,
	"NotAllowedMethod": fault.NotAllowedMethod, "Gone": fault.Gone, "BadRange": fault.BadRange,
	"Precondition": fault.Precondition, "Checksum": fault.Checksum,
}

// sentinels finds every fault.New in the code.
func sentinels(t *testing.T) map[string]*fault.Error {
	t.Helper()
	found := map[string]*fault.Error{}
	for _, root := range []string{"../pkg", "../server"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if e := sentinel(t, path, n); e != nil {
					if found[e.Code] != nil {
						t.Errorf("%s: the code %s stands for two faults", path, e.Code)
					}
					found[e.Code] = e
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// sentinel is the fault that a call of fault.New makes, nil for all else.
func sentinel(t *testing.T, path string, n ast.Node) *fault.Error {
	t.Helper()
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) != 3 {
		return nil
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	if pkg, isName := ident(f); !ok || !isName || pkg != "fault" || f.Sel.Name != "New" {
		return nil
	}
	kind, _ := call.Args[0].(*ast.SelectorExpr)
	lit, _ := call.Args[1].(*ast.BasicLit)
	if kind == nil || lit == nil {
		t.Errorf("%s: a fault is made without its kind or its code in plain sight", path)
		return nil
	}
	k, known := kinds[kind.Sel.Name]
	code, err := strconv.Unquote(lit.Value)
	if !known || err != nil {
		t.Errorf("%s: fault.%s %s: not a kind, or not a code", path, kind.Sel.Name, lit.Value)
	}
	return fault.New(k, code, "")
}

func ident(f *ast.SelectorExpr) (string, bool) {
	if f == nil {
		return "", false
	}
	x, ok := f.X.(*ast.Ident)
	if !ok {
		return "", false
	}
	return x.Name, true
}

// entry is a row of problems.md.
type entry struct {
	status int
	retry  string
	means  string
	does   string
}

var row = regexp.MustCompile("(?m)^\\| `([a-z.-]+)` \\| (\\d+) \\| ([a-z-]+) \\| (.+) \\| (.+) \\|$")

func entries(t *testing.T) map[string]entry {
	t.Helper()
	all := map[string]entry{}
	for _, m := range row.FindAllStringSubmatch(apispec.Problems, -1) {
		status, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := all[m[1]]; twice {
			t.Errorf("problems.md lists %s twice", m[1])
		}
		all[m[1]] = entry{status, m[3], m[4], m[5]}
	}
	if lines := strings.Count(apispec.Problems, "\n| `"); lines != len(all) {
		t.Errorf("problems.md has %d rows, of which %d can be read", lines, len(all))
	}
	return all
}

func TestEveryCodeHasAnEntryAndEveryEntryACode(t *testing.T) {
	codes, listed := sentinels(t), entries(t)
	if len(codes) < 40 {
		t.Fatalf("only %d codes were found in the code", len(codes))
	}
	for code, e := range codes {
		got, ok := listed[code]
		if !ok {
			t.Errorf("problems.md has no entry for %s", code)
			continue
		}
		want := problem.Of(e, "")
		if got.status != want.Status || got.retry != string(want.Retry) {
			t.Errorf("%s: problems.md says %d %s, the server answers %d %s", code, got.status, got.retry, want.Status, want.Retry)
		}
	}
	for code, e := range listed {
		if codes[code] == nil {
			t.Errorf("problems.md has an entry for %s, which no server answers", code)
		}
		if len(e.means) < 10 || len(e.does) < 7 {
			t.Errorf("%s: the entry says too little", code)
		}
	}
}

func TestTheContractListsEveryCode(t *testing.T) {
	var want []any
	for _, code := range slices.Sorted(maps.Keys(sentinels(t))) {
		want = append(want, code)
	}
	if diff := cmp.Diff(want, load(t).Components.Schemas["ProblemCode"].Value.Enum); diff != "" {
		t.Errorf("ProblemCode in openapi/problems.yaml is not the list of codes: %s", diff)
	}
}

func TestEveryCodeThatTheDocumentsNameExists(t *testing.T) {
	codes := sentinels(t)
	named := regexp.MustCompile("`((?:request|content|session|password|issue|action|photo|person|tree|setting)\\.[a-z]+(?:-[a-z]+)*)`")
	others := map[string]bool{"photo.jpg": true, "photo.id": true}
	for _, k := range inspect.FlagKinds {
		others[string(k)] = true
	}
	for name, text := range map[string]string{"openapi.yaml": string(apispec.OpenAPI), "README.md": apispec.Guide, "problems.md": apispec.Problems} {
		found := named.FindAllStringSubmatch(text, -1)
		if len(found) == 0 {
			t.Errorf("%s names no code", name)
		}
		for _, m := range found {
			if codes[m[1]] == nil && !others[m[1]] {
				t.Errorf("%s names the code %s, which no server answers", name, m[1])
			}
		}
	}
}
