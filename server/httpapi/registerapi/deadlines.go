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

// wantedLimit is what the number of a limit has to be.
const wantedLimit = "want 0.5 to 10000, whole or with a half"

// deadline tries out a limit: when would it end that begins at a moment.
func (h *deadlineHandlers) deadline(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	from, limit := inspect.Time(0), calendar.Limit{}
	q.As("from", &from)
	var unit inspect.LimitUnit
	q.As("unit", &unit)
	q.As("counting", &limit.Counting)
	n := q.Numbers("limit", 1, "a number")
	if limit.Unit = unit; len(n) == 1 {
		limit.N = n[0]
	}
	if from == 0 {
		q.Fail("from", "is missing")
	}
	if !limit.Valid() {
		q.Fail("limit", wantedLimit)
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
	return c.JSON(fiber.Map{"due_at": v.DueAt, "reads_zh": zh, "reads_en": en, "steps": v.Deadline.Steps, "counting": v.Clock.Counting,
		"skipped": cityapi.HolidaysOf(v.Deadline.Skipped), "provisional": v.Deadline.Provisional})
}

// countingWords are how the days of a limit are counted, in a sentence.
func countingWords(l calendar.Limit) (zh, en string) {
	switch {
	case !l.InDays():
		return "", ""
	case l.CivilDays():
		return "（首日不计，民法典第201、203条）", " (the first day not counted, Civil Code articles 201 and 203)"
	}
	return "（按实际经过时间计）", " (as time that passes)"
}

// DeadlineWords is the working of a deadline in a sentence of each language.
func DeadlineWords(v *issues.View) (zh, en string) {
	moment := func(t inspect.Time) (string, string) { return issues.Moment(t.UTC(), v.Deadline.Zone) }
	fromZH, fromEN := moment(v.AssignedAt)
	dueZH, dueEN := moment(v.DueAt)
	if v.Clock.SetManually {
		return "由双创办指定 = " + dueZH, "set by the office = " + dueEN
	}
	limit, words := v.Clock.CalendarLimit(), issues.UnitWords[v.Clock.Unit]
	countingZH, countingEN := countingWords(limit)
	zh = fmt.Sprintf("%s起 %s %s%s", fromZH, limit.Amount(), words[0], countingZH)
	en = fmt.Sprintf("%s%s from %s", limitWords(limit, words[1]), countingEN, fromEN)
	for _, days := range []struct {
		working           bool
		zh, en, one, many string
	}{{false, "跳过节假日", "left out", "holiday", "holidays"}, {true, "调休上班", "counted", "swapped working day", "swapped working days"}} {
		if n, names := exceptionDays(v.Deadline.Skipped, days.working); n > 0 {
			zh, en = zh+fmt.Sprintf("，%s %d 天（%s）", days.zh, n, strings.Join(names, "、")),
				en+fmt.Sprintf(", %s %s (%s)", counted(n, days.one, days.many), days.en, strings.Join(names, ", "))
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
		which := fmt.Sprint(due, " 年度")
		if due == from+1 {
			which = "下一年度"
		}
		zh, en = zh+"（"+which+"放假安排未公布，暂定）", en+fmt.Sprintf(" (provisional: holidays of %d are not published)", due)
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
		w := e.Day.Date().Weekday()
		if weekend := w == time.Saturday || w == time.Sunday; e.Working != working || weekend != working { // it is what its weekday says
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
func limitWords(l calendar.Limit, unit string) string {
	if l.N <= 1 {
		unit = strings.NewReplacer("minutes", "minute", "hours", "hour", "days", "day").Replace(unit)
	}
	return l.Amount() + " " + unit
}

// counted is a number with what it counts, in English.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}
