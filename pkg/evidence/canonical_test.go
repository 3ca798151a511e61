package evidence_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"spotcheck/pkg/evidence"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		// RFC 8785 §3.2.2 and §3.2.3
		`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`: `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		`{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}`:                                                                                         "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}",
		// RFC 8785 appendix B
		`[-0,0,5e-324,-5e-324,1.7976931348623157e308,9007199254740991,-9007199254740991]`: `[0,0,5e-324,-5e-324,1.7976931348623157e+308,9007199254740991,-9007199254740991]`,
		`[9007199254740992,1e21,999999999999999900000.0,1e-6,1e-7,333333333.33333325]`:    `[9007199254740992,1e+21,999999999999999900000,0.000001,1e-7,333333333.33333325]`,
		` "a" `:         `"a"`,
		`[ ]`:           `[]`,
		`{"a" : "{[9"}`: `{"a":"{[9"}`,
	} {
		got, err := evidence.Canonical([]byte(raw))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v, want %s", raw, got, err, want)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", " ", "{", `{"a":1,"a":1}`, `{"a":1,"\u0061":1}`, `["\ud800"]`, `["\udc00\ud800"]`, "\"\xff\"", `1e400`,
		`9007199254740993`, `-9007199254740993`, `[12345678901234567890]`, `01`, `+1`, `.5`, `1.`, `NaN`, `1 2`, `{}x`, `"\`, `"\"`,
		strings.Repeat("[", 65) + strings.Repeat("]", 65),
	} {
		if got, err := evidence.Canonical([]byte(raw)); err == nil {
			t.Errorf("%s: got %s, want an error", raw, got)
		}
	}
}

func TestCanonicalOf(t *testing.T) {
	t.Parallel()
	got, err := evidence.CanonicalOf(map[string]any{"b": "<泥>", "a": 1.50})
	if want := `{"a":1.5,"b":"<泥>"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if got, err := evidence.CanonicalOf(int64(1<<53 + 1)); err == nil {
		t.Errorf("got %s, want an error for a number that would change", got)
	}
}

// FuzzCanonical: the canonical form is JSON, is its own canonical form, and means the same.
func FuzzCanonical(f *testing.F) {
	f.Add([]byte(`{"b":[1.50,-0,1e30],"a":"\u20ac\ud83d\ude00\n"}`))
	f.Add([]byte(`[null,true,{"":{}}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		once, err := evidence.Canonical(raw)
		if err != nil {
			return
		}
		if !json.Valid(raw) || !json.Valid(once) {
			t.Fatalf("%q became %q: not JSON", raw, once)
		}
		if twice, err := evidence.Canonical(once); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%q became %q, then %q, %v", raw, once, twice, err)
		}
		var a, b any
		if json.Unmarshal(raw, &a) != nil || json.Unmarshal(once, &b) != nil {
			t.Fatalf("%q or %q cannot be read", raw, once)
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("%q became %q: another meaning", raw, once)
		}
	})
}
