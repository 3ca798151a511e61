package closure_test

import (
	"strings"
	"testing"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
)

// TestWhatFiguresReadOfTheRecord: members in any order, blanks, what is nested or escaped beside them, and no more than that.
func TestWhatFiguresReadOfTheRecord(t *testing.T) {
	t.Parallel()
	body := ` { "photos" : ["}", {"due_at":"x"}, [1,2]] , "say\\"so": "a \\" , \\\\", "n":-1.5e3,"none":null,"area":null, "yes":true ,
		"clock":{"unit":"working_day","more":{"limit":9,"a":[{}]},"limit":0.5,"counting":"civil_code","from":"2026-11-17T01:00:00.000Z"},
		"unit":"61000000-0000-7000-8000-000000000000","due_at":"2026-11-18T09:00:00+08:00","at":"2026-11-17T00:00:00.000Z","return_rejected":true}
`
	body = strings.ReplaceAll(body, "\\\\", "\\")
	got, ok, err := closure.MomentIn("issue.assigned", body)
	want := closure.Moment{Kind: 'a', At: at(17, 8), Unit: unit('a'), DueAt: at(18, 9), Limit: calendar.Limit{N: 0.5, Unit: calendar.WorkingDay, Counting: calendar.CivilCode},
		ClockAt: at(17, 9), Rejected: true}
	if err != nil || !ok || got != want {
		t.Errorf("got %+v, %v, %v, want %+v", got, ok, err, want)
	}
	if got, ok, err := closure.MomentIn("issue.corrected", `{"at":"2026-11-17T00:00:00.000Z","category":"\u0030601\t"}`); err != nil || !ok || got.Category != "0601\t" {
		t.Errorf("an escaped category is %+v, %v, %v", got, ok, err)
	}
	if _, ok, err := closure.MomentIn("issue.commented", "nobody reads this"); ok || err != nil {
		t.Errorf("what changes no figure is read: %v, %v", ok, err)
	}
	for _, body := range []string{"", "null", "[]", "{", `{"at"`, `{"at":`, `{"at":"2026-11-17T00:00:00.000Z"`, `{"at":5}`, `{"at":"soon"}`, `{"unit":"x"}`, `{"at":}`,
		`{at:1}`, `{"a":1 "b":2}`,
		`{"a":1}{}`, `{"a":1,}`, `{"a":"}`, `{"a":"\"}`, `{"clock":{"limit":"much"}}`, `{"clock":[]}`, `{"a":[1}`, `{"a":1]`} {
		if got, _, err := closure.MomentIn("issue.fixed", body); err == nil {
			t.Errorf("%s is read as %+v", body, got)
		}
	}
}
