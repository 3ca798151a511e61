package registerapi_test

import (
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/registerapi"
)

// TestTheWordsOfADeadline says which holidays are left out, and of which year they are not known.
func TestTheWordsOfADeadline(t *testing.T) {
	t.Parallel()
	china := time.FixedZone("CST", 8*3600)
	at := func(day string) inspect.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", day, china)
		if err != nil {
			t.Fatal(err)
		}
		return inspect.At(v)
	}
	off := func(name, day string, working bool) calendar.Exception {
		d, err := calendar.ParseDay(day)
		if err != nil {
			t.Fatal(err)
		}
		return calendar.Exception{Day: d, Working: working, Name: name}
	}
	holidays := []calendar.Exception{off("国庆节", "2026-10-01", false), off("国庆节", "2026-10-02", false), off("国庆节", "2026-10-03", false), // a Saturday
		off("国庆节", "2026-10-05", false), off("", "2026-10-08", false), off("国庆节", "2026-10-10", true)}
	for _, c := range []struct {
		assigned, due string
		limit         float64
		skipped       []calendar.Exception
		provisional   bool
		zh, en        string
	}{
		{"2026-09-30 09:00", "2026-10-09 09:00", 1, holidays, false,
			"2026年9月30日（星期三）09:00起 1 工作日（按实际经过时间计），跳过节假日 4 天（国庆节 10-01 – 10-05、10-08），调休上班 1 天（国庆节 10-10） = 2026年10月9日（星期五）09:00",
			"1 working day (as time that passes) from Wednesday 30 September 2026 09:00, 4 holidays left out (国庆节 10-01 – 10-05, 10-08), 1 swapped working day counted (国庆节 10-10) = Friday 9 October 2026 09:00"},
		{"2026-12-31 09:00", "2027-01-04 09:00", 2, nil, true, "2026年12月31日（星期四）09:00起 2 工作日（按实际经过时间计）（下一年度放假安排未公布，暂定） = 2027年1月4日（星期一）09:00",
			"2 working days (as time that passes) from Thursday 31 December 2026 09:00 (provisional: holidays of 2027 are not published) = Monday 4 January 2027 09:00"},
		{"2027-03-01 09:00", "2027-03-03 09:00", 2, nil, true, "2027年3月1日（星期一）09:00起 2 工作日（按实际经过时间计）（2027 年度放假安排未公布，暂定） = 2027年3月3日（星期三）09:00",
			"2 working days (as time that passes) from Monday 1 March 2027 09:00 (provisional: holidays of 2027 are not published) = Wednesday 3 March 2027 09:00"},
	} {
		v := issues.View{}
		v.AssignedAt, v.DueAt = at(c.assigned), at(c.due)
		v.Clock.Unit, v.Clock.Limit = calendar.WorkingDay, c.limit
		v.Deadline = &issues.DeadlineExplanation{Zone: china, Skipped: c.skipped, Provisional: c.provisional}
		if zh, en := registerapi.DeadlineWords(&v); zh != c.zh || en != c.en {
			t.Errorf("got\n%s\n%s\nwant\n%s\n%s", zh, en, c.zh, c.en)
		}
	}
}
