package apispec_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	apispec "spotcheck/mobile-api-spec"
)

func load(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(apispec.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheContractIsValid(t *testing.T) {
	if err := load(t).Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// plain reads YAML or JSON into maps, lists and values that can be compared.
func plain(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestJSONAndYAMLSayTheSame(t *testing.T) {
	var fromJSON any
	if err := json.Unmarshal(apispec.OpenAPIJSON, &fromJSON); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(plain(t, apispec.OpenAPI))
	if err != nil {
		t.Fatal(err)
	}
	var fromYAML any
	if err := json.Unmarshal(again, &fromYAML); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fromYAML, fromJSON); diff != "" {
		t.Errorf("openapi.json differs from openapi.yaml: run scripts/contract.sh bundle\n%s", diff)
	}
}

// pieces are the files of openapi/ by name, without contract.yaml.
func pieces(t *testing.T) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	names, err := fs.Glob(apispec.Pieces, "openapi/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := apispec.Pieces.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if path.Base(name) != "contract.yaml" {
			all[path.Base(name)] = plain(t, text)
		}
	}
	if len(all) < 25 {
		t.Fatalf("only %d pieces", len(all))
	}
	return all
}

// bundled turns the references of a piece into those of the bundle: a path or a component has one place there.
func bundled(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, of := range v {
			if to, is := of.(string); is && k == "$ref" {
				_, at, _ := strings.Cut(to, "#/")
				v[k] = "#/components/" + at
			} else {
				v[k] = bundled(of)
			}
		}
	case []any:
		for n := range v {
			v[n] = bundled(v[n])
		}
	}
	return v
}

// TestTheBundleIsWhatThePiecesSay compares each path, webhook and component of the bundle with the piece that holds it,
// without the tool that makes the bundle.
func TestTheBundleIsWhatThePiecesSay(t *testing.T) {
	want := map[string]map[string]any{}
	for name, piece := range pieces(t) {
		for section, of := range piece {
			if want[section] == nil {
				want[section] = map[string]any{}
			}
			for k, v := range of.(map[string]any) {
				if want[section][k] != nil {
					t.Errorf("%s: %s %s stands in two pieces", name, section, k)
				}
				want[section][k] = bundled(v)
			}
		}
	}
	doc := plain(t, apispec.OpenAPI)
	got := map[string]map[string]any{"paths": doc["paths"].(map[string]any), "webhooks": doc["webhooks"].(map[string]any)}
	for section, of := range doc["components"].(map[string]any) {
		if section != "securitySchemes" {
			got[section] = of.(map[string]any)
		}
	}
	for section := range want {
		for _, k := range slices.Sorted(maps.Keys(want[section])) {
			if got[section][k] == nil {
				t.Errorf("%s %s of the pieces is not in the bundle: nothing refers to it", section, k)
			} else if diff := cmp.Diff(want[section][k], got[section][k]); diff != "" {
				t.Errorf("%s %s: the bundle is not what the pieces say: run scripts/contract.sh bundle\n%s", section, k, diff)
			}
		}
	}
	for section := range got {
		for k := range got[section] {
			if want[section][k] == nil {
				t.Errorf("%s %s of the bundle is in no piece", section, k)
			}
		}
	}
}

// TestThePiecesAreReadableByAll keeps out what YAML 1.2 does not have and what a person cannot compare line by line.
func TestThePiecesAreReadableByAll(t *testing.T) {
	names, err := fs.Glob(apispec.Pieces, "openapi/*.yaml")
	if err != nil || len(names) < 25 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		text, err := apispec.Pieces.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(text, &doc); err != nil {
			t.Fatal(name, err)
		}
		simple(t, name, &doc)
		if strings.Contains(string(text), "\t") || bytes.Contains(text, []byte(" \n")) {
			t.Errorf("%s has a tab, or spaces at the end of a line", name)
		}
	}
}

// simple fails for anchors, aliases, merge keys and objects on one line.
func simple(t *testing.T, name string, n *yaml.Node) {
	t.Helper()
	switch {
	case n.Anchor != "" || n.Kind == yaml.AliasNode:
		t.Errorf("%s:%d: an anchor or an alias", name, n.Line)
	case n.Tag == "!!merge" || n.Value == "<<":
		t.Errorf("%s:%d: a merge key", name, n.Line)
	case n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0 && len(n.Content) > 0:
		t.Errorf("%s:%d: an object in braces", name, n.Line)
	}
	for _, c := range n.Content {
		simple(t, name, c)
	}
}

// TestNamesAreOneThingEach keeps generators from making one type of two things: names of components differ by more than
// their case, whatever kind they are of.
func TestNamesAreOneThingEach(t *testing.T) {
	seen := map[string]string{}
	taken := []string{"date", "map", "record", "object", "string", "number", "error", "event", "array", "set", "promise", "request", "response", "function", "symbol"}
	for kind, of := range plain(t, apispec.OpenAPI)["components"].(map[string]any) {
		for name := range of.(map[string]any) {
			key := strings.ToLower(name)
			if seen[key] != "" {
				t.Errorf("%s %s: the name is that of one of the %s as well", kind, name, seen[key])
			}
			if seen[key] = kind; slices.Contains(taken, key) {
				t.Errorf("%s %s: languages have a type of this name", kind, name)
			}
		}
	}
	doc, ids := load(t), map[string]string{}
	for at, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			where := method + " " + at
			key := strings.ToLower(op.OperationID)
			if ids[key] != "" || seen[key] != "" {
				t.Errorf("%s: the name %s is taken by %s%s", where, op.OperationID, ids[key], seen[key])
			}
			ids[key] = where
			arguments(t, where, item, op)
		}
	}
}

// arguments fails when a call made from an operation would have two arguments of one name.
func arguments(t *testing.T, where string, item *openapi3.PathItem, op *openapi3.Operation) {
	t.Helper()
	names := map[string]bool{}
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		key := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(p.Value.Name))
		if names[key] {
			t.Errorf("%s: two parameters are called %s", where, key)
		}
		names[key] = true
	}
	if op.RequestBody == nil {
		return
	}
	for _, media := range op.RequestBody.Value.Content {
		if name := path.Base(media.Schema.Ref); names[strings.ToLower(name)] {
			t.Errorf("%s: a parameter and the type of the body are both called %s", where, name)
		}
	}
}

// schemas calls visit for every schema that stands anywhere in the contract.
func schemas(v any, at string, visit func(at string, schema map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		_, isType := v["type"].(string)
		if _, isTypes := v["type"].([]any); isType || isTypes {
			visit(at, v)
		}
		for k, of := range v {
			if k != "example" && k != "enum" {
				schemas(of, at+"/"+k, visit)
			}
		}
	case []any:
		for n := range v {
			schemas(v[n], fmt.Sprintf("%s/%d", at, n), visit)
		}
	}
}

// TestNumbersSayHowWideTheyAre keeps generators from reading a longitude into 32 bits.
func TestNumbersSayHowWideTheyAre(t *testing.T) {
	formats := map[string][]any{"number": {"double"}, "integer": {"int32", "int64"}}
	seen := 0
	schemas(plain(t, apispec.OpenAPI), "", func(at string, s map[string]any) {
		kind, _ := s["type"].(string)
		if allowed := formats[kind]; allowed != nil {
			if seen++; !slices.Contains(allowed, s["format"]) {
				t.Errorf("%s: a %s of the format %v", at, kind, s["format"])
			}
			if s["exclusiveMinimum"] != nil || s["exclusiveMaximum"] != nil {
				t.Errorf("%s: exclusive bounds are not read alike by generators", at)
			}
		}
		if kind == "array" && s["items"] == nil {
			t.Errorf("%s: a list of nothing", at)
		}
	})
	if seen < 150 {
		t.Errorf("only %d numbers were seen", seen)
	}
}

func TestListsInQueriesAreLists(t *testing.T) {
	for at, item := range load(t).Paths.Map() {
		for method, op := range item.Operations() {
			for _, p := range slices.Concat(item.Parameters, op.Parameters) {
				p := p.Value
				if strings.Contains(p.Description, "comma") {
					t.Errorf("%s %s: %s is a list that the contract calls a text", method, at, p.Name)
				}
				if p.In == "query" && p.Schema.Value.Type.Is("array") && (p.Style != "form" || p.Explode == nil || *p.Explode) {
					t.Errorf("%s %s: %s is a list, but not with commas", method, at, p.Name)
				}
			}
		}
	}
}

func TestTypesOfContentAreNamed(t *testing.T) {
	for at, item := range load(t).Paths.Map() {
		for method, op := range item.Operations() {
			for status, r := range op.Responses.Map() {
				for kind := range r.Value.Content {
					if strings.Contains(kind, "*") {
						t.Errorf("%s %s: %s answers with %s", method, at, status, kind)
					}
				}
			}
		}
	}
}
