package registerapi

import (
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/cityapi"
	"spotcheck/server/httpapi/rest"
)

// deadlineHandlers try out limits.
type deadlineHandlers struct {
	issues *issues.Service
}

func (h *deadlineHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/deadline", Handle: h.deadline},
	}
}

// longestLimit is the largest number of a limit that is tried out.
const longestLimit = 10_000

// deadline tries out a limit: when would it end that begins at a moment.
func (h *deadlineHandlers) deadline(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	from, limit := inspect.Time(0), calendar.Limit{}
	q.As("from", &from)
	var unit inspect.LimitUnit
	q.As("unit", &unit)
	n := q.Numbers("limit", 1, "a whole number")
	if limit.Unit = unit; len(n) == 1 {
		limit.N = int(n[0])
	}
	if from == 0 {
		q.Fail("from", "is missing")
	}
	if limit.N < 1 || limit.N > longestLimit || float64(limit.N) != n[0] {
		q.Fail("limit", fmt.Sprintf("want a whole number, 1 to %d", longestLimit))
	}
	if unit == "" {
		q.Fail("unit", "is missing")
	}
	if err := q.Err(); err != nil {
		return err
	}
	v, err := h.issues.Trial(c.UserContext(), from, limit)
	if err != nil {
		return err
	}
	zh, en := DeadlineWords(&v)
	return c.JSON(fiber.Map{"due_at": v.DueAt, "reads_zh": zh, "reads_en": en, "skipped": cityapi.HolidaysOf(v.Deadline.Skipped), "provisional": v.Deadline.Provisional})
}

// unitWords are the units of limits as people say them.
var unitWords = map[inspect.LimitUnit][2]string{
	calendar.Minute: {"分钟", "minutes"}, calendar.UrgentHour: {"紧急工作时", "hours, day and night"}, calendar.WorkingHour: {"工作时", "working hours"},
	calendar.WorkingDay: {"工作日", "working days"}, calendar.CalendarDay: {"自然日", "calendar days"},
}

var weekdays = [...]string{"日", "一", "二", "三", "四", "五", "六"}

// DeadlineWords is the working of a deadline in a sentence of each language.
func DeadlineWords(v *issues.View) (zh, en string) {
	moment := func(t inspect.Time) (string, string) {
		local := t.UTC().In(v.Deadline.Zone)
		return local.Format("2006年1月2日") + "（星期" + weekdays[local.Weekday()] + "）" + local.Format("15:04"), local.Format("Monday 2 January 2006 15:04")
	}
	fromZH, fromEN := moment(v.AssignedAt)
	dueZH, dueEN := moment(v.DueAt)
	if v.Clock.SetManually {
		return "由双创办指定 = " + dueZH, "set by the office = " + dueEN
	}
	words := unitWords[v.Clock.Unit]
	zh, en = fmt.Sprintf("%s起 %d %s", fromZH, v.Clock.Limit, words[0]), fmt.Sprintf("%s from %s", limitWords(int(v.Clock.Limit), words[1]), fromEN)
	for _, days := range []struct {
		working           bool
		zh, en, one, many string
	}{{false, "跳过节假日", "left out", "holiday", "holidays"}, {true, "调休上班", "counted", "swapped working day", "swapped working days"}} {
		if n, names := exceptionDays(v.Deadline.Skipped, days.working); n > 0 {
			zh, en = zh+fmt.Sprintf("，%s %d 天（%s）", days.zh, n, strings.Join(names, "、")), en+fmt.Sprintf(", %s %s (%s)", counted(n, days.one, days.many), days.en, strings.Join(names, ", "))
		}
	}
	if len(v.Pauses) > 0 {
		zh, en = zh+fmt.Sprintf("，暂停 %d 次", len(v.Pauses)), en+", "+counted(len(v.Pauses), "pause", "pauses")
	}
	if v.Extensions > 0 {
		zh, en = zh+fmt.Sprintf("，延期 %d 次", v.Extensions), en+", "+counted(v.Extensions, "extension", "extensions")
	}
	if v.Deadline.Provisional {
		from, due := v.AssignedAt.UTC().In(v.Deadline.Zone).Year(), v.DueAt.UTC().In(v.Deadline.Zone).Year()
		years := fmt.Sprint(due)
		which := years + " 年度"
		if due == from+1 {
			which = "下一年度"
		}
		zh, en = zh+"（"+which+"放假安排未公布，暂定）", en+" (provisional: holidays of "+years+" are not published)"
	}
	return zh + " = " + dueZH, en + " = " + dueEN
}

// exceptionDays counts the holidays on days that would be worked, or the swapped working days, and names them with their days: 国庆节 10-01 – 10-07.
func exceptionDays(all []calendar.Exception, working bool) (n int, names []string) {
	var first, last calendar.Exception
	add := func() {
		if last.Day == 0 {
			return
		}
		text := strings.TrimSpace(first.Name + " " + first.Day.Date().Format("01-02"))
		if last.Day != first.Day {
			text += " – " + last.Day.Date().Format("01-02")
		}
		names = append(names, text)
	}
	for _, e := range all {
		if w := e.Day.Date().Weekday(); e.Working != working || !working && (w == time.Saturday || w == time.Sunday) {
			continue
		}
		if n++; last.Day == 0 || e.Name != last.Name || e.Day-last.Day > 3 { // a weekend may lie between
			add()
			first = e
		}
		last = e
	}
	add()
	return n, names
}

// limitWords is a limit in English, whose units are plural.
func limitWords(n int, unit string) string {
	if n == 1 {
		unit = strings.NewReplacer("minutes", "minute", "hours", "hour", "days", "day").Replace(unit)
	}
	return fmt.Sprint(n, " ", unit)
}

// counted is a number with what it counts, in English.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}
