package httpapi

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
)

// ruleWire is a rule of limits; without an id it is the limit of the catalogue.
type ruleWire struct {
	ID        inspect.ID        `json:"id,omitzero"`
	Version   int64             `json:"version,omitempty"`
	Number    int64             `json:"number,omitempty"`
	Category  string            `json:"category"`
	AreaClass string            `json:"area_class,omitempty"`
	FileZH    string            `json:"file_zh,omitempty"`
	FileEN    string            `json:"file_en,omitempty"`
	CloseZH   string            `json:"close_zh,omitempty"`
	CloseEN   string            `json:"close_en,omitempty"`
	Limit     int               `json:"limit"`
	LimitUnit inspect.LimitUnit `json:"limit_unit"`
	Enabled   bool              `json:"enabled"`
	CreatedAt inspect.Time      `json:"created_at,omitzero"`
}

func rulesWire(all []inspect.Rule) []ruleWire {
	list := []ruleWire{}
	for _, r := range all {
		list = append(list, ruleWire(r))
	}
	return list
}

type ruleIn struct {
	Category  string            `json:"category" need:"true" max:"20"`
	AreaClass string            `json:"area_class" max:"50"`
	FileZH    string            `json:"file_zh" max:"500"`
	FileEN    string            `json:"file_en" max:"500"`
	CloseZH   string            `json:"close_zh" max:"500"`
	CloseEN   string            `json:"close_en" max:"500"`
	Limit     int               `json:"limit" need:"true"`
	LimitUnit inspect.LimitUnit `json:"limit_unit" need:"true"`
	Enabled   *bool             `json:"enabled"`
}

// longestLimit is the largest number of a limit that is tried out.
const longestLimit = 10_000

// deadline tries out a limit: when would it end that begins at a moment.
func (a *API) deadline(c *fiber.Ctx) error {
	q := queryOf(c)
	from, limit := inspect.Time(0), calendar.Limit{}
	q.as("from", &from)
	var unit inspect.LimitUnit
	q.as("unit", &unit)
	n := q.numbers("limit", 1, "a whole number")
	if limit.Unit = unit; len(n) == 1 {
		limit.N = int(n[0])
	}
	if from == 0 {
		q.fail("from", "is missing")
	}
	if limit.N < 1 || limit.N > longestLimit || float64(limit.N) != n[0] {
		q.fail("limit", fmt.Sprintf("want a whole number, 1 to %d", longestLimit))
	}
	if unit == "" {
		q.fail("unit", "is missing")
	}
	if err := q.fault(); err != nil {
		return err
	}
	v, err := a.Core.Trial(c.UserContext(), from, limit)
	if err != nil {
		return err
	}
	zh, en := reads(&v)
	return c.JSON(fiber.Map{"due_at": v.DueAt, "reads_zh": zh, "reads_en": en, "skipped": daysOf(v.Working.Skipped), "provisional": v.Working.Provisional})
}

func (a *API) rules(c *fiber.Ctx) error {
	all, err := a.Core.Rules(c.UserContext())
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"rules": rulesWire(all)})
}

func (a *API) ruleVersions(c *fiber.Ctx) error {
	rule, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	all, err := a.Core.RuleVersions(c.UserContext(), rule)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"rules": rulesWire(all)})
}

func (a *API) putRule(c *fiber.Ctx) error {
	rule, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in ruleIn
	if err := read(c, &in); err != nil {
		return err
	}
	if in.Limit < 1 || in.Limit > 10_000 {
		return inspect.ErrContent.At(fault.Field{Pointer: "/limit", Detail: "want 1 to 10000"})
	}
	v, repeated, fresh, err := a.Core.PutRule(c.UserContext(), actor(c), inspect.Rule{ID: rule, Category: in.Category, AreaClass: in.AreaClass, FileZH: in.FileZH,
		FileEN: in.FileEN, CloseZH: in.CloseZH, CloseEN: in.CloseEN, Limit: in.Limit, LimitUnit: in.LimitUnit, Enabled: enabled(in.Enabled)})
	if err != nil {
		return err
	}
	return created(c, fresh).JSON(fiber.Map{"repeated": repeated, "rule": ruleWire(v)})
}

type dayWire struct {
	Date string `json:"date"`
	Kind string `json:"kind"`
	Name string `json:"name"`
}

func daysOf(all []calendar.Exception) []dayWire {
	list := []dayWire{}
	for _, e := range all {
		list = append(list, dayWire{e.Day.String(), e.Kind(), e.Name})
	}
	return list
}

func (a *API) holidays(c *fiber.Ctx) error {
	all, err := a.Core.Holidays(c.UserContext())
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"days": daysOf(all)})
}

// importHolidays takes a file of holidays as it is published in our form; see calendar.ReadHolidays.
func (a *API) importHolidays(c *fiber.Ctx) error {
	years, repeated, err := a.Core.ImportHolidays(c.UserContext(), actor(c), strings.NewReader(string(bodyOf(c))))
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"repeated": repeated, "years": years})
}

type requestWire struct {
	At       inspect.Time `json:"at"`
	By       personRef    `json:"by"`
	Until    inspect.Time `json:"until"`
	DecideBy inspect.Time `json:"decide_by"`
	Reason   string       `json:"reason,omitempty"`
}

func requestOf(v *core.View, r *inspect.Request) *requestWire {
	if r.At == 0 {
		return nil
	}
	return &requestWire{r.At, personOf(r.By, v.Names.People), r.Until, r.DecideBy, v.Reasons[r.Action]}
}

// clockWire is how a deadline came about.
type clockWire struct {
	Rule               *ruleWire         `json:"rule,omitempty"`
	ByHand             bool              `json:"by_hand"`
	Limit              int               `json:"limit"`
	Unit               inspect.LimitUnit `json:"unit"`
	StartedAt          inspect.Time      `json:"started_at"`
	Pauses             []inspect.Pause   `json:"pauses"`
	Skipped            []dayWire         `json:"skipped"`
	DueAt              inspect.Time      `json:"due_at"`
	Provisional        bool              `json:"provisional"`
	OverdueProvisional bool              `json:"overdue_provisional"`
	ReadsZH            string            `json:"reads_zh"`
	ReadsEN            string            `json:"reads_en"`
	Extensions         int               `json:"extensions"`
	ExtensionAsked     *requestWire      `json:"extension_asked,omitempty"`
	HoldAsked          *requestWire      `json:"hold_asked,omitempty"`
	HeldUntil          inspect.Time      `json:"held_until,omitzero"`
	RemindAt           inspect.Time      `json:"remind_at,omitzero"`
}

func clockOf(v *core.View) *clockWire {
	if v.DueAt == 0 {
		return nil
	}
	k := v.Clock
	w := &clockWire{ByHand: k.SetManually, Limit: k.Limit, Unit: k.Unit, StartedAt: v.AssignedAt, Pauses: slices.Clone(v.Pauses), Skipped: daysOf(v.Working.Skipped),
		DueAt: v.DueAt, Provisional: v.Working.Provisional, OverdueProvisional: v.Working.Overdue, Extensions: v.Extensions,
		ExtensionAsked: requestOf(v, &v.Extension), HoldAsked: requestOf(v, &v.Hold), HeldUntil: v.HeldUntil, RemindAt: v.RemindAt}
	if w.Pauses == nil {
		w.Pauses = []inspect.Pause{}
	}
	if !v.Working.Rule.ID.IsZero() {
		r := ruleWire(v.Working.Rule)
		w.Rule = &r
	}
	w.ReadsZH, w.ReadsEN = reads(v)
	return w
}

// unitWords are the units of limits as people say them.
var unitWords = map[inspect.LimitUnit][2]string{
	calendar.Minute: {"分钟", "minutes"}, calendar.UrgentHour: {"紧急工作时", "hours, day and night"}, calendar.WorkingHour: {"工作时", "working hours"},
	calendar.WorkingDay: {"工作日", "working days"}, calendar.CalendarDay: {"自然日", "calendar days"},
}

var weekdays = [...]string{"日", "一", "二", "三", "四", "五", "六"}

// reads is the working of a deadline in a sentence of each language.
func reads(v *core.View) (zh, en string) {
	moment := func(t inspect.Time) (string, string) {
		local := t.UTC().In(v.Working.Zone)
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
	for _, e := range v.Working.Skipped {
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
	if v.Working.Provisional {
		zh, en = zh+"（下一年度放假安排未公布，暂定）", en+" (provisional: holidays of that year are not published)"
	}
	return zh + " = " + dueZH, en + " = " + dueEN
}
