package inspect_test

import (
	"encoding/json"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
)

func TestIDs(t *testing.T) {
	tests := map[string]struct {
		text string
		ok   bool
	}{
		"version 7":         {"0190a1b2-0000-7000-8000-000000000001", true},
		"version 4":         {"9b2f1c1e-7d3a-4f4e-9c1d-0a1b2c3d4e5f", true},
		"version 8":         {"9b2f1c1e-7d3a-8f4e-bc1d-0a1b2c3d4e5f", true},
		"upper case":        {"9B2F1C1E-7D3A-4F4E-9C1D-0A1B2C3D4E5F", true},
		"nil":               {"00000000-0000-0000-0000-000000000000", false},
		"empty":             {"", false},
		"no dashes":         {"9b2f1c1e7d3a4f4e9c1d0a1b2c3d4e5f", false},
		"braces":            {"{9b2f1c1e-7d3a-4f4e-9c1d-0a1b2c3d4e5f}", false},
		"urn":               {"urn:uuid:9b2f1c1e-7d3a-4f4e-9c1d-0a1b2c3d4e5f", false},
		"another variant":   {"9b2f1c1e-7d3a-4f4e-1c1d-0a1b2c3d4e5f", false},
		"one digit too few": {"9b2f1c1e-7d3a-4f4e-9c1d-0a1b2c3d4e5", false},
		"not hexadecimal":   {"9b2f1c1e-7d3a-4f4e-9c1d-0a1b2c3d4e5g", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			id, err := inspect.ParseID(tt.text)
			if (err == nil) != tt.ok || id.IsZero() == tt.ok {
				t.Fatalf("%q: got %s, %v", tt.text, id, err)
			}
			if !tt.ok {
				return
			}
			again, err := inspect.ParseID(id.String())
			if err != nil || again != id {
				t.Errorf("%s comes back as %s, %v", id, again, err)
			}
		})
	}
}

func TestNewIDsDiffer(t *testing.T) {
	a, b := inspect.NewID(), inspect.NewID()
	if a == b || a.IsZero() || len(a.String()) != 36 {
		t.Errorf("got %s and %s", a, b)
	}
	if (inspect.ID{}).String() != "" {
		t.Error("no id has a text")
	}
}

func TestTimes(t *testing.T) {
	tests := map[string]struct {
		text, want string // no want: refused
	}{
		"with an offset":        {"2026-11-24T14:03:05.678+08:00", "2026-11-24T06:03:05.678Z"},
		"in UTC":                {"2026-11-24T06:03:05Z", "2026-11-24T06:03:05.000Z"},
		"finer than we keep":    {"2026-11-24T06:03:05.678999999Z", "2026-11-24T06:03:05.678Z"},
		"the first moment":      {"1900-01-01T00:00:00Z", "1900-01-01T00:00:00.000Z"},
		"just before":           {"1899-12-31T23:59:59.999Z", ""},
		"1900 by the zone only": {"1900-01-01T05:00:00+08:00", ""},
		"the last moment":       {"2149-12-31T23:59:59.999Z", "2149-12-31T23:59:59.999Z"},
		"just after":            {"2150-01-01T00:00:00Z", ""},
		"1970":                  {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.001Z"},
		"without an offset":     {"2026-11-24T14:03:05", ""},
		"a day":                 {"2026-11-24", ""},
		"no such day":           {"2026-02-30T00:00:00Z", ""},
		"a number":              {"1795500185678", ""},
		"empty":                 {"", ""},
		"with text behind":      {"2026-11-24T06:03:05Z x", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got inspect.Time
			err := got.UnmarshalText([]byte(tt.text))
			if (err == nil) != (tt.want != "") || err == nil && got.String() != tt.want {
				t.Errorf("%q: got %s, %v, want %q", tt.text, got, err, tt.want)
			}
		})
	}
}

func TestTimeCounts(t *testing.T) {
	at := inspect.At(time.Date(2026, 11, 24, 6, 0, 0, 999_999, time.UTC))
	later := at.Add(90*time.Minute + 1500*time.Microsecond)
	if got := later.Sub(at); got != 90*time.Minute+time.Millisecond {
		t.Errorf("got %s between, want whole milliseconds", got)
	}
	if inspect.At(time.Time{}) != 0 || !inspect.Time(0).IsZero() || inspect.Time(0).String() != "" {
		t.Error("no time is not 0 and empty")
	}
	var back struct{ At inspect.Time }
	text, err := json.Marshal(struct{ At inspect.Time }{at})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &back); err != nil || back.At != at {
		t.Errorf("%s came back from JSON as %s, %v", at, back.At, err)
	}
}

// TestTimesAsTheyAreWritten: the form that the record has is read as any other is, day by day and with what is wrong in it.
func TestTimesAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for at := inspect.EarliestTime; at < inspect.LatestTime; at += 86_400_000 + 7_261_003 {
		if got, err := inspect.ParseTime(at.String()); err != nil || got != at && at != 0 {
			t.Fatalf("%s is read as %s, %v", at, got, err)
		}
	}
	for _, text := range []string{"2026-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-00-01T00:00:00.000Z", "2026-11-00T00:00:00.000Z", "2026-11-31T00:00:00.000Z",
		"2026-11-24T24:00:00.000Z", "2026-11-24T00:60:00.000Z", "2026-11-24T00:00:60.000Z", "2026-11-24T00:00:00,000Z", "2026-11-24T00:00:00.0000", "2026-11-24 00:00:00.000Z",
		"2026-11-24T00:00:00.000z", "+026-11-24T00:00:00.000Z", "2026-11-24T00:00:00.00xZ", "1899-12-31T23:59:59.999Z", "2150-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"} {
		var want inspect.Time
		read, err := time.Parse(time.RFC3339Nano, text)
		ok := err == nil && inspect.At(read) >= inspect.EarliestTime && inspect.At(read) < inspect.LatestTime
		if want = inspect.At(read); ok && want == 0 {
			want = 1
		}
		if got, err := inspect.ParseTime(text); (err == nil) != ok || ok && got != want {
			t.Errorf("%s is read as %s, %v, want %t %s", text, got, err, ok, want)
		}
	}
}
