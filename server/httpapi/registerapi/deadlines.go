package registerapi

import (
	"fmt"
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
	zh, en = fmt.Sprintf("%s起 %d %s", fromZH, v.Clock.Limit, words[0]), fmt.Sprintf("%d %s from %s", v.Clock.Limit, words[1], fromEN)
	var free, swapped int
	for _, e := range v.Deadline.Skipped {
		if e.Working {
			swapped++
		} else if w := e.Day.Date().Weekday(); w != time.Saturday && w != time.Sunday {
			free++
		}
	}
	if free > 0 {
		zh, en = zh+fmt.Sprintf("，跳过节假日 %d 天", free), en+fmt.Sprintf(", %d holidays left out", free)
	}
	if swapped > 0 {
		zh, en = zh+fmt.Sprintf("，调休上班 %d 天", swapped), en+fmt.Sprintf(", %d swapped working days", swapped)
	}
	if len(v.Pauses) > 0 {
		zh, en = zh+fmt.Sprintf("，暂停 %d 次", len(v.Pauses)), en+fmt.Sprintf(", %d pauses", len(v.Pauses))
	}
	if v.Extensions > 0 {
		zh, en = zh+fmt.Sprintf("，延期 %d 次", v.Extensions), en+fmt.Sprintf(", %d extensions", v.Extensions)
	}
	if v.Deadline.Provisional {
		zh, en = zh+"（下一年度放假安排未公布，暂定）", en+" (provisional: holidays of that year are not published)"
	}
	return zh + " = " + dueZH, en + " = " + dueEN
}
