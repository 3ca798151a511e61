package strictjson_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/strictjson"
)

// digest stands for an id: a type that reads itself from text.
type digest [2]byte

func (d *digest) UnmarshalText(b []byte) error {
	if len(b) != 4 {
		return fault.New(fault.Invalid, "digest", "want 4 hexadecimal digits")
	}
	if _, err := hex.Decode(d[:], b); err != nil {
		return errors.New("want hexadecimal digits")
	}
	return nil
}

type kind string

type place struct {
	Lat      float64    `json:"lat" need:"true"`
	Lon      float64    `json:"lon" need:"true"`
	Accuracy *float64   `json:"accuracy_m,omitempty"`
	At       *time.Time `json:"captured_at"`
}

type photo struct {
	ID    digest `json:"id" need:"true"`
	Bytes int64  `json:"bytes"`
	Kind  kind   `json:"kind" max:"8"`
}

// Sent is embedded: its names read as if they stood in the report.
type Sent struct {
	SentAt time.Time `json:"sent_at"`
	Skew   int       `json:"skew"`
}

type report struct {
	Sent
	Category string            `json:"category" need:"true" max:"5"`
	Place    *place            `json:"place" need:"true"`
	Photos   []photo           `json:"photos" max:"3"`
	Tags     []string          `json:"tags" each:"2"`
	Words    map[string]string `json:"words" max:"2" each:"3"`
	Extra    json.RawMessage   `json:"extra" max:"20"`
	Severity int8              `json:"severity"`
	Count    uint16            `json:"count"`
	Urgent   bool              `json:"urgent"`
	Note     *string           `json:"note"`
	Joins    *report           `json:"joins"`
	Hidden   string            `json:"-"`
	Untagged string
}

// body is a good report with more members at its end.
func body(more string) string {
	s := `{"category":"06011","place":{"lat":20.03,"lon":110.33}`
	if more != "" {
		s += "," + more
	}
	return s + "}"
}

const everything = ` {"category":"06011","place":{"lat":-20.5e0,"lon":1e2,"accuracy_m":null,"captured_at":"2026-11-24T08:30:00.123+08:00"},
	"photos":[{"id":"00ff","bytes":9007199254740991,"kind":"before"},{"id":"0a0B"}],"tags":["泥","\ud83d\ude00a"],
	"words":{"a":"b","":"\u6ce5\n\t"},"extra":[1, {"x":null}],"severity":-128,"count":65535,"urgent":true,"note":"\/",
	"joins":null,"sent_at":"2026-11-24T00:00:00Z","skew":0} `

func TestDecodeReadsWhatEncodingJSONReads(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{body(""), everything, body(`"photos":[],"words":{},"tags":[ ],"extra":null,"note":"é"`)} {
		var got, want report
		if r := strictjson.Decode([]byte(raw), &got); !r.OK() {
			t.Errorf("%s: got %v, want no fault", raw, r.Fields)
		}
		if err := json.Unmarshal([]byte(raw), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s differs from encoding/json (-want +got):\n%s", raw, diff)
		}
	}
}

var faults = []struct {
	name, body string
	want       []string // pointer, space, detail
}{
	{"empty body", " \n", []string{" the body is empty"}},
	{"not an object", `[1]`, []string{" want an object, got a list"}},
	{"null", `null`, []string{" want an object, got null"}},
	{"cut", `{"category":"06011"`, []string{" not valid JSON at byte 19: want a comma or }"}},
	{"cut string", `{"category":"06`, []string{" not valid JSON at byte 15: a string has no end"}},
	{"no name", `{category:1}`, []string{" not valid JSON at byte 1: want a name in double quotes"}},
	{"comma at the end", body(`"tags":[],`), []string{" not valid JSON at byte 65: want a name in double quotes"}},
	{"comma in a list", body(`"tags":["a",]`), []string{" not valid JSON at byte 67: want a value"}},
	{"no colon", `{"a" 1}`, []string{" not valid JSON at byte 5: want a colon"}},
	{"byte order mark", "\ufeff{}", []string{" not valid JSON at byte 0: want a value"}},
	{"trailing data", body("") + " {}", []string{" not valid JSON at byte 56: something follows the end of the document"}},
	{"leading zero", body(`"skew":01`), []string{" not valid JSON at byte 63: want a comma or }"}},
	{"half a number", body(`"skew":-`), []string{" not valid JSON at byte 63: want a digit"}},
	{"literal", body(`"urgent":tru`), []string{" not valid JSON at byte 64: want true"}},
	{"wrong escape", body(`"note":"\x"`), []string{" not valid JSON at byte 63: a string holds a wrong escape"}},

	{"unknown", body(`"Skew":1,"a/b~c":{"category":1}`), []string{"/Skew this name is not known", "/a~1b~0c this name is not known"}},
	{"hidden", body(`"Hidden":"x","Untagged":"x","-":"x"`), []string{"/Hidden this name is not known", "/Untagged this name is not known", "/- this name is not known"}},
	{"unknown inside", body(`"joins":` + body(`"x":[{}]`)), []string{"/joins/x this name is not known"}},
	{"wrong types", `{"category":6011,"place":"here","photos":{},"tags":[1,null,"a"],"words":{"a":true},"urgent":"yes","skew":"1","sent_at":5,"note":[]}`, []string{
		"/category want a string, got a number", "/place want an object, got a string", "/photos want a list, got an object",
		"/tags/0 want a string, got a number", "/tags/1 want a string, got null", "/words/a want a string, got true or false",
		"/urgent want true or false, got a string", "/skew want a number, got a string", "/sent_at want a string, got a number",
		"/note want a string, got a list",
	}},
	{"missing", `{"photos":[{"id":"0000"},{}]}`, []string{"/photos/1/id this is required", "/category this is required", "/place this is required"}},
	{"null where needed", `{"category":null,"place":null}`, []string{"/category want a string, got null", "/place this is required"}},
	{"twice", body(`"skew":1,"skew":2,"x":1,"x":1`), []string{"/skew this name stands here twice", "/x this name is not known", "/x this name stands here twice"}},
	{"twice by escape", body(`"skew":1,"\u0073kew":2`), []string{"/skew this name stands here twice"}},
	{"twice in raw", body(`"extra":{"a":1,"a":1}`), []string{"/extra/a this name stands here twice"}},

	{"too long", `{"category":"泥泥泥泥泥泥","place":{"lat":1,"lon":1},"tags":["abc"],"words":{"a":"abcd"},"extra":"12345678901234567890"}`, []string{
		"/category the text is longer than 5 characters", "/tags/0 the text is longer than 2 characters",
		"/words/a the text is longer than 3 characters", "/extra at most 20 bytes are allowed",
	}},
	{"too many", body(`"photos":[{"id":"0000"},{"id":"0000"},{"id":"0000"},{},1],"words":{"a":"","b":"","c":"","d":""}`), []string{
		"/photos at most 3 items are allowed", "/words/c at most 2 entries are allowed",
	}},
	{"default text", body(`"note":"` + strings.Repeat("x", strictjson.MaxText+1) + `"`), []string{"/note the text is longer than 10000 characters"}},
	{"default list", body(`"tags":[""` + strings.Repeat(`,""`, strictjson.MaxItems) + `]`), []string{"/tags at most 1000 items are allowed"}},

	{"not UTF-8", body("\"note\":\"a\xff\""), []string{"/note the text is not UTF-8"}},
	{"surrogates as bytes", body("\"note\":\"\xed\xa0\x80\""), []string{"/note the text is not UTF-8"}},
	{"half a pair", body(`"note":"\uD83Dx","tags":["\udc00","\ud83d\ud83d"]`), []string{
		`/note the text holds half of a surrogate pair, \uD83D`, `/tags/0 the text holds half of a surrogate pair, \uDC00`,
		`/tags/1 the text holds half of a surrogate pair, \uD83D`,
	}},
	{"control characters", body(`"note":"\u0000","tags":["\r","\u007f","\u0085"],"words":{"\b":"x"}`), []string{
		"/note the text holds the control character U+0000", "/tags/0 the text holds the control character U+000D",
		"/tags/1 the text holds the control character U+007F", "/tags/2 the text holds the control character U+0085",
		"/words/\b the name holds the control character U+0008",
	}},
	{"control characters as bytes", body("\"note\":\"\x00\",\"tags\":[\"\n\"],\"extra\":\"\x7f\""), []string{
		"/note the text holds the control character U+0000", "/tags/0 the text holds a line end or a tab that is not escaped",
		"/extra the text holds the control character U+007F",
	}},
	{"numbers", body(`"skew":9007199254740992,"severity":128,"count":-1,"joins":{"skew":1.0,"severity":1e2,"category":"","place":{"lat":1e999,"lon":99999999999999999999}}`), []string{
		"/skew the number is out of range: whole numbers end at ±9007199254740991", "/severity the number is out of range",
		"/count the number is out of range", "/joins/skew want a whole number, without fraction or exponent",
		"/joins/severity want a whole number, without fraction or exponent", "/joins/place/lat the number is out of range",
		"/joins/place/lon the number is out of range: whole numbers end at ±9007199254740991",
	}},
	{"no offset", body(`"sent_at":"2026-11-24T08:30:00"`), []string{"/sent_at want a time as in 2026-11-24T08:30:00.000+08:00, with its offset"}},
	{"year 0", body(`"sent_at":"0001-01-01T00:00:00+08:00"`), []string{"/sent_at want a year from 0001 to 9999"}},
	{"ids", body(`"photos":[{"id":"00"},{"id":"zzzz"}]`), []string{"/photos/0/id want 4 hexadecimal digits", "/photos/1/id want hexadecimal digits"}},
	{"depth", body(`"x":1,"extra":` + strings.Repeat("[", 16)), []string{
		"/x this name is not known", "/extra" + strings.Repeat("/0", 15) + " nested deeper than 16 levels; what follows was not read",
	}},
	{"long name", body(`"` + strings.Repeat("泥", 70) + `":1`), []string{"/" + strings.Repeat("泥", 64) + "… this name is not known"}},
}

func TestDecodeReportsEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	for _, c := range faults {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range strictjson.Decode([]byte(c.body), &report{}).Fields {
				got = append(got, f.Pointer+" "+f.Detail)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOnlyUnknown(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		body(""):                         false,
		body(`"x":1,"y":{"z":[]}`):       true,
		body(`"x":1,"skew":"1"`):         false,
		body(`"x":"\u0000"`):             false,
		`{"x":1}`:                        false,
		body(`"x":1`) + "}":              false,
		body(`"joins":` + body(`"x":1`)): true,
	} {
		if got := strictjson.Decode([]byte(raw), &report{}).OnlyUnknown; got != want {
			t.Errorf("%s: got %v, want %v", raw, got, want)
		}
	}
}

func TestWhatMustBeWrittenIsMoreThanBlanks(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{`{"reason":" 下 雨 \n"}`: "下 雨", `{"reason":" \t\n"}`: "/reason is empty",
		`{"reason":"\u3000"}`: "/reason is empty", `{"reason":""}`: "/reason is empty", `{}`: "/reason this is required"} {
		var in struct {
			Reason string `json:"reason" need:"words" max:"5"`
		}
		var got string
		if r := strictjson.Decode([]byte(raw), &in); r.OK() {
			got = in.Reason
		} else {
			got = r.Fields[0].Pointer + " " + r.Fields[0].Detail
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", raw, got, want)
		}
	}
}

func TestFaultsAreCapped(t *testing.T) {
	t.Parallel()
	raw := body(`"tags":[1` + strings.Repeat(",1", 98) + `]`)
	got := strictjson.Decode([]byte(raw), &report{}).Fields
	if len(got) != strictjson.MaxFaults+1 {
		t.Fatalf("got %d faults, want %d", len(got), strictjson.MaxFaults+1)
	}
	want := fault.Field{Detail: "there are more faults; only the first 50 are listed"}
	if got[strictjson.MaxFaults] != want {
		t.Errorf("got %v, want %v", got[strictjson.MaxFaults], want)
	}
}

func TestDepthThatIsAllowed(t *testing.T) {
	t.Parallel()
	raw := body(`"extra":` + strings.Repeat("[", 10) + strings.Repeat("]", 10))
	if r := strictjson.Decode([]byte(raw), &report{}); !r.OK() {
		t.Errorf("got %v, want no fault", r.Fields)
	}
}

func TestDestinationsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, dst := range []any{
		nil, report{}, (*report)(nil), new(any), new(struct {
			A []byte `json:"a"`
		}), new(struct {
			A map[int]string `json:"a"`
		}), new(struct {
			A string `json:"a" max:"many"`
		}), new(struct {
			A string `json:"a" need:"yes"`
		}), new(struct {
			A int `json:"a" need:"words"`
		}), new(struct {
			Sent
			A int `json:"skew"`
		}),
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%T: want a panic", dst)
				}
			}()
			strictjson.Decode([]byte(`{}`), dst)
		}()
	}
}

// FuzzDecode: whatever is accepted, encoding/json accepts with the same value, and what it calls JSON is no syntax fault.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(everything))
	for _, c := range faults {
		f.Add([]byte(c.body))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var got, want report
		r := strictjson.Decode(raw, &got)
		if len(r.Fields) > strictjson.MaxFaults+1 {
			t.Fatalf("%d faults", len(r.Fields))
		}
		if json.Valid(raw) && len(r.Fields) == 1 && strings.HasPrefix(r.Fields[0].Detail, "not valid JSON") {
			t.Fatalf("valid JSON was refused: %v", r.Fields)
		}
		if !r.OK() {
			return
		}
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatalf("accepted, but encoding/json says: %v", err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("differs from encoding/json (-want +got):\n%s", diff)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	raw := []byte(everything)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		strictjson.Decode(raw, &report{})
	}
}
