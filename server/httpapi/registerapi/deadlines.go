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
	en = fmt.Sprintf("%s %s%s from %s", limit.Amount(), words[1], countingEN, fromEN)
	var free, swapped int
	for _, e := range v.Deadline.Skipped {
		switch w := e.Day.Date().Weekday(); {
		case e.Working == (w != time.Saturday && w != time.Sunday): // it is what its weekday says
		case e.Working:
			swapped++
		default:
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
		zh, en = zh+"（所及年度放假安排未公布，暂定）", en+" (provisional: the holidays of a year that it reaches into are not published)"
	}
	return zh + " = " + dueZH, en + " = " + dueEN
}
