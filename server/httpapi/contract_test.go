package httpapi_test

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	apispec "spotcheck/mobile-api-spec"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
	"spotcheck/server/httpapi"
	"spotcheck/server/servertest"
)

func contract(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(apispec.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestEveryDoorIsInTheContractAndEveryPromiseHasADoor(t *testing.T) {
	var doors, promised []string
	for _, r := range httpapi.New(httpapi.Options{Core: core.New(core.Options{}), Log: slog.New(slog.DiscardHandler)}).Routes() {
		parts := strings.Split(r[1], "/")
		for n, p := range parts {
			if name, ok := strings.CutPrefix(p, ":"); ok {
				parts[n] = "{" + name + "}"
			}
		}
		doors = append(doors, r[0]+" "+strings.Join(parts, "/"))
	}
	for path, item := range contract(t).Paths.Map() {
		for method := range item.Operations() {
			promised = append(promised, method+" "+path)
		}
	}
	if len(doors) < 30 {
		t.Errorf("only %d doors", len(doors))
	}
	for _, d := range doors {
		if !slices.Contains(promised, d) {
			t.Errorf("the contract lacks %s", d)
		}
	}
	for _, p := range promised {
		if !slices.Contains(doors, p) {
			t.Errorf("the server lacks %s", p)
		}
	}
}

func TestEveryOperationSaysWhatHappensWhenItFails(t *testing.T) {
	for path, item := range contract(t).Paths.Map() {
		for method, op := range item.Operations() {
			if r := op.Responses.Default(); r == nil || r.Ref != "#/components/responses/AnyProblem" {
				t.Errorf("%s %s does not answer errors as a Problem", method, path)
			}
			if !slices.ContainsFunc(slices.Collect(maps.Keys(op.Responses.Map())), func(status string) bool { return status[0] == '4' }) {
				t.Errorf("%s %s names no error of its own", method, path)
			}
			if op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 {
				t.Errorf("%s %s: an operation has an id, a summary and one tag", method, path)
			}
		}
	}
}

// words turns a list of our words into what a contract lists.
func words[T ~string](all []T) (list []any) {
	for _, w := range all {
		list = append(list, string(w))
	}
	return list
}

func TestTheContractKnowsTheSameWords(t *testing.T) {
	schemas := contract(t).Components.Schemas
	property := func(schema, name string) *openapi3.SchemaRef { return schemas[schema].Value.Properties[name] }
	for name, tt := range map[string]struct {
		schema *openapi3.SchemaRef
		want   []any
	}{
		"Status": {schemas["Status"], words(inspect.Statuses)}, "Severity": {schemas["Severity"], words(inspect.Severities)},
		"Source": {schemas["Source"], words(inspect.Sources)}, "PhotoKind": {schemas["PhotoKind"], words(inspect.PhotoKinds)},
		"CaptureMethod": {schemas["CaptureMethod"], words(inspect.CaptureMethods)}, "Role": {schemas["Role"], words(inspect.Roles)},
		"SecurityLogKind": {schemas["SecurityLogKind"], words(inspect.LogKinds)},
		"UnitKind":        {schemas["UnitKind"], words(inspect.UnitKinds)}, "AreaLevel": {schemas["AreaLevel"], words(inspect.AreaLevels)},
		"LimitUnit": {schemas["LimitUnit"], words(inspect.LimitUnits)}, "PlaceSource": {schemas["PlaceSource"], words(inspect.PlaceSources)},
		"ActionKind": {schemas["ActionKind"], words(inspect.Actions)}, "Scope.kind": {property("Scope", "kind"), words(inspect.ScopeKinds)},
		"ActionRequest.verdict": {property("ActionRequest", "verdict"), words(inspect.Verdicts)},
		"ActionRequest.how":     {property("ActionRequest", "how"), words(inspect.VerificationMethods)},
		"AgreementKind":         {schemas["AgreementKind"], words(inspect.AgreementKinds)},
		"PaperKind":             {schemas["PaperKind"], words(inspect.PaperKinds)},
		"CoverageGapKind":       {schemas["CoverageGapKind"], words(inspect.CoverageGapKinds)},
		"Flag.kind":             {property("Flag", "kind"), words(inspect.FlagKinds)},
	} {
		if got := tt.schema.Value.Enum; !slices.Equal(got, tt.want) {
			t.Errorf("%s: the contract lists %v, the code %v", name, got, tt.want)
		}
	}
}

// TestTheContractListsEveryEventOfWebhooks holds the list of types, the webhooks and their payloads to what the server sends.
func TestTheContractListsEveryEventOfWebhooks(t *testing.T) {
	doc := contract(t)
	want := slices.Sorted(slices.Values(core.WebhookEvents()))
	if diff := cmp.Diff(words(want), doc.Components.Schemas["EventType"].Value.Enum); diff != "" {
		t.Errorf("EventType: %s", diff)
	}
	var raw struct {
		Webhooks map[string]struct {
			Post struct {
				RequestBody struct {
					Ref string `json:"$ref"`
				}
			}
		}
	}
	if err := json.Unmarshal(apispec.OpenAPIJSON, &raw); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(raw.Webhooks))); diff != "" {
		t.Errorf("webhooks: %s", diff)
	}
	for event, hook := range raw.Webhooks {
		body := doc.Components.RequestBodies[path.Base(hook.Post.RequestBody.Ref)]
		if types := body.Value.Content["application/json"].Schema.Value.Properties["type"].Value.Enum; !slices.Contains(types, any(event)) {
			t.Errorf("%s: its payload may not say so: %v", event, types)
		}
	}
}

// witness notes what a test is told instead of failing.
type witness struct {
	testing.TB
	errors int
}

func (w *witness) Helper()               {}
func (w *witness) Errorf(string, ...any) { w.errors++ }

func TestTheTestsHoldAnswersAgainstTheContract(t *testing.T) {
	lin := servertest.New(t, servertest.SQLite).As("lin")
	for name, tt := range map[string]struct {
		method, path, body string
		want               int
	}{
		"a good answer":            {http.MethodGet, "/livez", `{"live":true}`, 0},
		"a field too many":         {http.MethodGet, "/livez", `{"live":true,"more":1}`, 1},
		"a field too few":          {http.MethodGet, "/livez", `{}`, 1},
		"another type":             {http.MethodGet, "/livez", `{"live":"yes"}`, 1},
		"no JSON":                  {http.MethodGet, "/livez", `live`, 1},
		"a constant that is not":   {http.MethodGet, "/api/v1/issues.geojson", `{"type":"Feature","features":[]}`, 1},
		"what no door answers":     {http.MethodGet, "/nowhere", `{"live":true}`, 1},
		"a problem of no door":     {http.MethodGet, "/nowhere", `{"type":"t","title":"t","status":404,"detail":"d","code":"not-found","retry":"never","request_id":"r"}`, 0},
		"a problem with a mistake": {http.MethodGet, "/nowhere", `{"type":"t","title":"t","status":404,"detail":"d","code":"not-found","retry":"soon","request_id":"r"}`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := &witness{TB: t}
			media := "application/json"
			if strings.HasSuffix(tt.path, "geojson") {
				media = "application/geo+json"
			}
			lin.WithT(w).Hold(tt.method, tt.path, 200, http.Header{"Content-Type": {media}}, tt.body)
			if w.errors != tt.want {
				t.Errorf("got %d complaints, want %d", w.errors, tt.want)
			}
		})
	}
}
