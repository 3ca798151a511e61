package servertest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// wrong is a body with the answer that it gets.
type wrong struct {
	body     string
	code     string
	pointers []string
}

// invalid and newer are the two answers to a body that cannot be taken.
func invalid(body string, pointers ...string) wrong { return wrong{body, "content.invalid", pointers} }
func newer(body string, pointers ...string) wrong {
	return wrong{body, "content.unknown-field", pointers}
}

// retries are the rules of the codes in these tables.
var retries = map[string]string{"content.invalid": "never", "content.unknown-field": "later", "content.unknown-reference": "never"}

// wants fails unless the answer is 422 with the code, the rule for retrying, and every fault at once.
func (w wrong) wants(t *testing.T, a *servertest.Answer) {
	t.Helper()
	a.WantProblem(422, w.code, retries[w.code])
	var r refusal
	a.Into(&r)
	var got []string
	for _, e := range r.Errors {
		if got = append(got, e.Pointer); e.Detail == "" {
			t.Errorf("%q has no detail", e.Pointer)
		}
	}
	if !slices.Equal(got, w.pointers) {
		t.Errorf("got %q, want %q\n%s", got, w.pointers, a.Body)
	}
}

// times are the two that a report needs.
const times = `"reported_at":"2026-11-24T08:00:00Z","sent_at":"2026-11-24T08:00:01Z"`

// good is a report with nothing wrong in it, and more in front.
func good(more string) string { return `{` + more + `"category":"06010","photos":[],` + times + `}` }

// withPhotos is a report with these declarations.
func withPhotos(declarations string) string {
	return `{"category":"06010","photos":[` + declarations + `],` + times + `}`
}

const fineID, fineSum = `"0190a1b2-0000-7000-8000-000000000001"`, `"0000000000000000000000000000000000000000000000000000000000000000"`

var reports = map[string]wrong{
	"an unknown field":        newer(good(`"colour":"red",`), "/colour"),
	"an unknown field inside": newer(good(`"place":{"lat":20,"lon":110,"alt":3},`), "/place/alt"),
	"two unknown fields":      newer(good(`"a":{"b":[{"c":null}]},"place":{"lat":20,"lon":110,"alt":3},`), "/a", "/place/alt"),
	"unknown and wrong":       invalid(good(`"colour":"red","note":5,`), "/colour", "/note"),
	"a name with signs":       newer(good(`"a/b~c":1,`), "/a~1b~0c"),
	"a name in other letters": newer(good(`"Note":"x",`), "/Note"),
	"a number for text":       invalid(good(`"note":5,`), "/note"),
	"text for a number":       invalid(good(`"place":{"lat":"20","lon":110},`), "/place/lat"),
	"null for text":           invalid(good(`"note":null,`), "/note"),
	"a list for an object":    invalid(good(`"place":[20,110],`), "/place"),
	"an object for a list":    invalid(`{"category":"06010","photos":{},`+times+`}`, "/photos"),
	"a number for a time":     invalid(`{"category":"06010","photos":[],"reported_at":1764000000,"sent_at":"2026-11-24T08:00:01Z"}`, "/reported_at"),
	"a time without offset":   invalid(`{"category":"06010","photos":[],"reported_at":"2026-11-24T08:00:00","sent_at":"2026-11-24 08:00:01Z"}`, "/reported_at", "/sent_at"),
	"a word that is none": invalid(good(`"severity":"awful","source":"rumour","place":{"lat":20,"lon":110,"datum":"nad27","source":"stars"},`),
		"/severity", "/source", "/place/datum", "/place/source"),
	"an id that is none":        invalid(good(`"area":"binhai",`), "/area"),
	"the id of nothing":         invalid(good(`"area":"00000000-0000-0000-0000-000000000000",`), "/area"),
	"a number too large":        invalid(good(`"place":{"lat":1e999,"lon":110},`), "/place/lat"),
	"not a number":              invalid(good(`"place":{"lat":NaN,"lon":110},`), ""),
	"half a byte":               invalid(withPhotos(`{"id":`+fineID+`,"sha256":`+fineSum+`,"bytes":1.5,"kind":"report"}`), "/photos/0/bytes"),
	"more bytes than there are": invalid(withPhotos(`{"id":`+fineID+`,"sha256":`+fineSum+`,"bytes":9007199254740993,"kind":"report"}`), "/photos/0/bytes"),
	"NUL":                       invalid(good(`"note":"a\u0000b",`), "/note"),
	"a bell":                    invalid(good(`"note":"a\u0007b",`), "/note"),
	"delete":                    invalid(good(`"note":"a\u007fb",`), "/note"),
	"a C1 control":              invalid(good(`"note":"a\u0085b",`), "/note"),
	"carriage return":           invalid(good(`"note":"a\r\nb",`), "/note"),
	"NUL in a name":             invalid(good(`"no\u0000te":"x",`), "/no\x00te"),
	"a raw NUL":                 invalid(good("\"note\":\"a\x00b\","), "/note"),
	"a raw line end":            invalid(good("\"note\":\"a\nb\","), "/note"),
	"bad UTF-8":                 invalid(good("\"note\":\"a\xff\xfeb\","), "/note"),
	"an overlong form":          invalid(good("\"note\":\"\xc0\xaf\","), "/note"),
	"UTF-16 in UTF-8":           invalid(good("\"note\":\"\xed\xa0\x80\","), "/note"),
	"half of a pair":            invalid(good(`"note":"\ud83d",`), "/note"),
	"a note too long":           invalid(good(`"note":"`+strings.Repeat("字", 2001)+`",`), "/note"),
	"everything too long": invalid(good(`"address":"`+strings.Repeat("a", 201)+`","site":"`+strings.Repeat("a",
		101)+`","plate":"`+strings.Repeat("a", 21)+`","caller":{"name":"`+strings.Repeat("a", 51)+`","phone":"`+strings.Repeat("1",
		31)+`"},`), "/address", "/site", "/plate", "/caller/name", "/caller/phone"),
	"a name twice":               invalid(good(`"note":"a","note":"b",`), "/note"),
	"a name twice inside":        invalid(good(`"place":{"lat":20,"lat":21,"lon":110},`), "/place/lat"),
	"a name twice, spelt oddly":  invalid(good(`"note":"a","no\u0074e":"b",`), "/note"),
	"nothing":                    invalid(``, ""),
	"only space":                 invalid("  \n ", ""),
	"an empty object":            invalid(`{}`, "/category", "/photos", "/reported_at", "/sent_at"),
	"null":                       invalid(`null`, ""),
	"a list":                     invalid(`[]`, ""),
	"a text":                     invalid(`"{}"`, ""),
	"two documents":              invalid(good("")+good(""), ""),
	"a comma too many":           invalid(`{"note":"a",}`, ""),
	"single quotes":              invalid(`{'note':'a'}`, ""),
	"a comment":                  invalid(`{/* */}`, ""),
	"a byte order mark":          invalid("\ufeff"+good(""), ""),
	"cut in the middle":          invalid(good("")[:40], ""),
	"too many photos":            invalid(withPhotos(strings.TrimSuffix(strings.Repeat(`{},`, 21), ",")), append(eachLacks(20), "")...), // and says that there are more
	"too many photos, well made": invalid(withPhotos(strings.TrimSuffix(strings.Repeat(`{"id":`+fineID+`,"sha256":`+fineSum+`,"bytes":1,"kind":"report"},`, 21), ",")), "/photos"),
	"nested too deep":            invalid(good(`"x":`+strings.Repeat("[", 16)+strings.Repeat("]", 16)+`,`), "/x", "/x"+strings.Repeat("/0", 15)),
	"nested deep enough to hurt": invalid(good(`"x":`+strings.Repeat("[", 400_000)), "/x", "/x"+strings.Repeat("/0", 15)),
	"nested just not too deep":   newer(good(`"x":`+strings.Repeat("[", 15)+strings.Repeat("]", 15)+`,`), "/x"),
	"wrong photos": invalid(withPhotos(`{"id":`+fineID+`,"sha256":"ABC","bytes":0,"kind":"report"},{"id":`+fineID+`,"sha256":`+fineSum+`,"bytes":-1,"kind":"after"}`),
		"/photos/0/sha256", "/photos/0/bytes", "/photos/1/bytes", "/photos/1/id"),
	"a kind that is none": invalid(withPhotos(`{"id":`+fineID+`,"sha256":`+fineSum+`,"bytes":1,"kind":"selfie","taken":"drawn"}`), "/photos/0/kind", "/photos/0/taken"),
	"a category too long": invalid(`{"category":"`+strings.Repeat("0", 21)+`","photos":[],`+times+`}`, "/category"),
	"things that are not there": {`{"area":"0190a1b2-0000-7000-8000-000000000009","category":"99999","photos":[],` + times + `}`,
		"content.unknown-reference", []string{"/category", "/area"}},
}

// eachLacks is what n empty declarations lack, as far as faults are listed.
func eachLacks(n int) (all []string) {
	for i := range n {
		for _, f := range []string{"id", "sha256", "bytes", "kind"} {
			all = append(all, fmt.Sprintf("/photos/%d/%s", i, f))
		}
	}
	return all[:min(len(all), 50)]
}

func TestAReportIsReadStrictly(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		for name, w := range reports {
			t.Run(name, func(t *testing.T) {
				w.wants(t, raw(t, lin, http.MethodPut, "/api/v1/issues/"+inspect.NewID().String(), w.body))
			})
		}
		var page struct{ Total int }
		if lin.Do(http.MethodGet, "/api/v1/issues", nil).Want(200).Into(&page); page.Total != 0 {
			t.Errorf("%d issues came of it", page.Total)
		}
	})
}

// fine are texts that are unusual but good.
var fine = []string{`"note":"两行\n一\t格",`, `"note":"` + strings.Repeat("字", 2000) + `",`, `"note":"😀 e\u0301 \ud83d\ude00 \u202e",`, `"note":"",`,
	`"note":"<script>alert(1)</script>' OR 1=1 --",`, `"place":{"lat":-0.0,"lon":1e2},`, `"place":{"lat":90,"lon":-180,"accuracy_m":0},`, `"line":null,`}

func TestWhatIsUnusualButGoodIsTaken(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		for _, more := range fine {
			path := "/api/v1/issues/" + inspect.NewID().String()
			var sent, kept struct{ Note string }
			raw(t, lin, http.MethodPut, path, good(more)).Want(201)
			if err := json.Unmarshal([]byte(good(more)), &sent); err != nil {
				t.Fatal(err)
			}
			if lin.Do(http.MethodGet, path, nil).Want(200).Into(&kept); kept.Note != sent.Note {
				t.Errorf("sent %q, kept %q", sent.Note, kept.Note)
			}
			raw(t, lin, http.MethodPut, path, good(more)).Want(200)
		}
		s.Audit()
	})
}

// acts is an action with more in front.
func acts(action, more string) string {
	return `{` + more + `"action":"` + action + `","done_at":"2026-11-24T08:00:00Z","sent_at":"2026-11-24T08:00:01Z"}`
}

var actions = map[string]wrong{
	"an unknown field":        newer(acts("comment", `"note":"x","mood":"good",`), "/mood"),
	"an unknown action":       invalid(acts("vanish", ``), "/action"),
	"nothing":                 invalid(`{}`, "/action", "/done_at", "/sent_at"),
	"a comment of spaces":     invalid(acts("comment", `"note":" \n ",`), "/note"),
	"an assignment of none":   invalid(acts("assign", ``), "/unit"),
	"a verdict of none":       invalid(acts("verify", ``), "/how", "/verdict"),
	"a failure unproven":      invalid(acts("verify", `"verdict":"fail","how":"on_site",`), "/photos", "/reason"),
	"a fix without photos":    invalid(acts("fix", `"photos":[],`), "/photos"),
	"a fix with a unit":       invalid(acts("fix", `"photos":[`+fineID+`],"unit":`+fineID+`,"due_at":"2026-11-24T09:00:00Z",`), "/due_at", "/unit"),
	"a merge into nothing":    invalid(acts("merge", ``), "/into"),
	"a reopening unexplained": invalid(acts("reopen", ``), "/reason"),
	"wrong words":             invalid(acts("verify", `"verdict":"maybe","how":"by_ear","photos":["x",5],`), "/verdict", "/how", "/photos/0", "/photos/1"),
	"a reason too long":       invalid(acts("dismiss", `"reason":"`+strings.Repeat("字", 1001)+`",`), "/reason"),
	"bad times":               invalid(`{"action":"file","done_at":"yesterday","sent_at":"12:00"}`, "/done_at", "/sent_at"),
}

func TestAnActionIsReadStrictly(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		id := s.As("lin").ReportsMud()
		door := "/api/v1/issues/" + id.String() + "/actions/"
		for name, w := range actions {
			t.Run(name, func(t *testing.T) {
				w.wants(t, raw(t, office, http.MethodPut, door+inspect.NewID().String(), w.body))
			})
		}
		for _, version := range []string{"3", `"x"`, `"-1"`, `W/"1"`, `""`, `"`, `"1", "2"`, `"1.0"`, `"+1"`, `"99999999999999999999"`} {
			a := seen(loosely(t, office), id, version, "file", nil)
			invalid("", "If-Match").wants(t, a)
		}
		wrong := seen(loosely(t, office), id, "nonsense", "assign", nil)
		invalid("", "/unit", "If-Match").wants(t, wrong)
		if i := office.Issue(id); i.Version != 1 {
			t.Errorf("something was done: %+v", i)
		}
		office.WantEvents(id, "issue.reported")
	})
}

// loosely is a client that may send what the contract does not allow.
func loosely(t *testing.T, c *servertest.Client) *servertest.Client {
	loose := c.WithT(t)
	loose.AllowInvalidRequests = true
	return loose
}

func TestOtherDoorsAreAsStrict(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, lin := s.As("admin"), s.As("lin")
		id := lin.ReportsMud()
		for _, tt := range []struct {
			by           *servertest.Client
			method, path string
			wrong
		}{
			{lin, "POST", "/api/v1/issues/" + id.String() + "/photos", newer(`{"photos":[],"sent_at":"2026-11-24T08:00:00Z","x":1}`, "/x")},
			{lin, "POST", "/api/v1/issues/" + id.String() + "/photos", invalid(`{"photos":[],"sent_at":"2026-11-24T08:00:00Z"}`, "/photos")},
			{lin, "POST", "/api/v1/issues/nonsense/photos", invalid(`{}`, "path:id")},
			{lin, "PUT", "/api/v1/issues/nonsense", invalid(good(""), "path:id")},
			{lin, "PUT", "/api/v1/issues/" + id.String() + "/actions/1", invalid(acts("comment", `"note":"x",`), "path:action_id")},
			{lin, "POST", "/api/v1/sessions", invalid(`{"name":"`+strings.Repeat("a", 101)+`","password":5,"device":"\u0000","remember":true}`,
				"/name", "/password", "/device", "/remember")},
			{lin, "PUT", "/api/v1/me/password", invalid(`{}`, "/old_password", "/password")},
			{admin, "PUT", "/api/v1/people/" + inspect.NewID().String(),
				invalid(`{"name":"x","display_name":"","grants":[{"role":"king","scope":{"kind":"moon"}},{}],"x":1}`, "/grants/0/role",
					"/grants/0/scope/kind", "/grants/1/role", "/grants/1/scope", "/x")},
			{admin, "PUT", "/api/v1/people/" + inspect.NewID().String(),
				invalid(`{"name":"x","display_name":"y","grants":[{"role":"unit","scope":{"kind":"city"}},{"role":"office","scope":{"kind":"area","id":`+fineID+`}},{"role":"admin","scope":{"kind":"unit"}}]}`, "/password", "/grants/0", "/grants/1/scope/id", "/grants/2")},
			{admin, "PUT", "/api/v1/units/" + inspect.NewID().String(),
				invalid(`{"name":"`+strings.Repeat("x", 101)+`","kind":"guild","enabled":"yes"}`, "/name", "/kind", "/enabled")},
			{admin, "PUT", "/api/v1/areas/" + inspect.NewID().String(), invalid(`{"level":"street","level":"grid"}`, "/level", "/name")},
			{admin, "PUT", "/api/v1/categories/no%20good",
				invalid(`{"name_zh":"x","name_en":"y","group":"litter","limit":0,"limit_unit":"minute","reopen_days":400}`, "path:code", "/limit", "/reopen_days")},
			{admin, "PUT", "/api/v1/settings/late_window_minutes", invalid(`{"value":-1}`, "/value")},
			{admin, "PUT", "/api/v1/settings/late_window_minutes", invalid(`{"value":1.5}`, "/value")},
			{admin, "PUT", "/api/v1/settings/city_name", invalid(`{"value":"a\u0000"}`, "/value")},
			{admin, "PUT", "/api/v1/settings/city_name", invalid(`{}`, "/value")},
			{admin, "PUT", "/api/v1/settings/city_box", invalid(`{"value":{"south":1,"west":1,"north":0,"east":2}}`, "/value")},
			{lin, "GET", "/api/v1/issues?status=open&unit=x&reported_from=yesterday&bbox=1,2,3&near=0,0,0&overdue=maybe&sort=best&limit=0&cursor=!&colour=red", invalid("",
				"query:status", "query:unit", "query:reported_from", "query:overdue", "query:bbox", "query:near", "query:sort", "query:limit", "query:cursor", "query:colour")},
			{lin, "GET", "/api/v1/issues?text=%00", invalid("", "query:text")},
			{lin, "GET", "/api/v1/issues?text=%ff", invalid("", "query:text")},
			{lin, "GET", "/api/v1/issues?category=%00", invalid("", "query:category")},
			{lin, "GET", "/api/v1/issues?group=%ff%fe", invalid("", "query:group")},
			{lin, "GET", "/api/v1/issues?limit=201", invalid("", "query:limit")},
			{lin, "GET", "/api/v1/issues?bbox=10,10,5,20", invalid("", "query:bbox")},
			{lin, "GET", "/api/v1/map?zoom=23&status=fixed", invalid("", "query:bbox", "query:zoom", "query:status")},
			{lin, "GET", "/api/v1/map?bbox=10,10,5,20&zoom=x", invalid("", "query:bbox", "query:zoom")},
			{lin, "GET", "/api/v1/issues?near=20,110,50001", invalid("", "query:near")},
			{lin, "GET", "/api/v1/issues/" + id.String() + "/events?limit=x&cursor=MQ.Mg", invalid("", "query:cursor", "query:limit")},
			{admin, "GET", "/api/v1/security-log?kind=%0a&limit=1000", invalid("", "query:kind", "query:limit")},
			{admin, "GET", "/api/v1/people?cursor=%2e%2e", invalid("", "query:cursor")},
		} {
			t.Run(tt.method+" "+tt.path, func(t *testing.T) { tt.wants(t, raw(t, tt.by, tt.method, tt.path, tt.body)) })
		}
	})
}

// raw sends a body that may be anything; the answer is held against the contract.
func raw(t *testing.T, c *servertest.Client, method, path, body string) *servertest.Answer {
	t.Helper()
	loose := c.WithT(t)
	loose.AllowInvalidRequests = true
	return loose.Send(method, path, []byte(body), http.Header{"Content-Type": {"application/json"}})
}
