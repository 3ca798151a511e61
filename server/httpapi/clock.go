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
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
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
	Limit     float64           `json:"limit"`
	LimitUnit inspect.LimitUnit `json:"limit_unit"`
	Enabled   bool              `json:"enabled"`
	CreatedAt inspect.Time      `json:"created_at,omitzero"`
	Counting  calendar.Counting `json:"counting,omitempty"`
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
	Limit     float64           `json:"limit" need:"true"`
	LimitUnit inspect.LimitUnit `json:"limit_unit" need:"true"`
	Enabled   *bool             `json:"enabled"`
	Counting  calendar.Counting `json:"counting"`
}

// wantedLimit is what the number of a limit has to be.
const wantedLimit = "want 0.5 to 10000, whole or with a half"

// deadline tries out a limit: when would it end that begins at a moment.
func (a *API) deadline(c *fiber.Ctx) error {
	q := queryOf(c)
	from, limit := inspect.Time(0), calendar.Limit{}
	q.as("from", &from)
	var unit inspect.LimitUnit
	q.as("unit", &unit)
	q.as("counting", &limit.Counting)
	n := q.numbers("limit", 1, "a number")
	if limit.Unit = unit; len(n) == 1 {
		limit.N = n[0]
	}
	if from == 0 {
		q.fail("from", "is missing")
	}
	if !limit.Valid() {
		q.fail("limit", wantedLimit)
	}
	if unit == "" {
		q.fail("unit", "is missing")
	}
	if err := q.fault(); err != nil {
		return err
	}
	v, err := a.Core.Issues.Trial(c.UserContext(), from, limit)
	if err != nil {
		return err
	}
	zh, en := reads(&v)
	return c.JSON(fiber.Map{"due_at": v.DueAt, "reads_zh": zh, "reads_en": en, "steps": v.Deadline.Steps, "counting": v.Clock.Counting, "skipped": daysOf(v.Deadline.Skipped), "provisional": v.Deadline.Provisional})
}

func (a *API) rules(c *fiber.Ctx) error {
	all, err := a.Core.Duties.Rules(c.UserContext())
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
	all, err := a.Core.Duties.RuleVersions(c.UserContext(), rule)
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
	if l := (calendar.Limit{N: in.Limit}); !l.Valid() {
		return inspect.ErrContent.At(fault.Field{Pointer: "/limit", Detail: wantedLimit})
	}
	v, repeated, fresh, err := a.Core.Duties.PutRule(c.UserContext(), actor(c), inspect.Rule{ID: rule, Category: in.Category, AreaClass: in.AreaClass, FileZH: in.FileZH,
		FileEN: in.FileEN, CloseZH: in.CloseZH, CloseEN: in.CloseEN, Limit: in.Limit, LimitUnit: in.LimitUnit, Enabled: enabled(in.Enabled), Counting: in.Counting})
	if err != nil {
		return err
	}
	return created(c, fresh).JSON(fiber.Map{"repeated": repeated, "rule": ruleWire(v)})
}

type dayWire struct {
	Date     string `json:"date"`
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Official bool   `json:"official,omitempty"`
}

func daysOf(all []calendar.Exception) []dayWire {
	list := []dayWire{}
	for _, e := range all {
		list = append(list, dayWire{e.Day.String(), e.Kind(), e.Name, e.Official})
	}
	return list
}

func (a *API) holidays(c *fiber.Ctx) error {
	all, err := a.Core.City.Holidays(c.UserContext())
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"days": daysOf(all)})
}

// importHolidays takes a file of holidays as it is published in our form; see calendar.ReadHolidays.
func (a *API) importHolidays(c *fiber.Ctx) error {
	q := queryOf(c)
	file := city.HolidayFile{Official: q.flag("official"), Confirmed: q.flag("confirm"), Body: strings.NewReader(string(bodyOf(c)))}
	if err := q.fault(); err != nil {
		return err
	}
	years, repeated, err := a.Core.City.ImportHolidays(c.UserContext(), actor(c), file)
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

func requestOf(v *issues.View, r *inspect.Request) *requestWire {
	if r.At == 0 {
		return nil
	}
	return &requestWire{r.At, personOf(r.By, v.Names.People), r.Until, r.DecideBy, v.Reasons[r.Action]}
}

// clockWire is how a deadline came about.
type clockWire struct {
	Rule               *ruleWire         `json:"rule,omitempty"`
	ByHand             bool              `json:"by_hand"`
	Limit              float64           `json:"limit"`
	Unit               inspect.LimitUnit `json:"unit"`
	Counting           calendar.Counting `json:"counting,omitempty"`
	StartedAt          inspect.Time      `json:"started_at"`
	Pauses             []inspect.Pause   `json:"pauses"`
	Skipped            []dayWire         `json:"skipped"`
	DueAt              inspect.Time      `json:"due_at"`
	Provisional        bool              `json:"provisional"`
	OverdueProvisional bool              `json:"overdue_provisional"`
	ReadsZH            string            `json:"reads_zh"`
	ReadsEN            string            `json:"reads_en"`

	Steps []issues.WorkingStep `json:"steps"`

	Extensions     int          `json:"extensions"`
	ExtensionAsked *requestWire `json:"extension_asked,omitempty"`
	HoldAsked      *requestWire `json:"hold_asked,omitempty"`
	HeldUntil      inspect.Time `json:"held_until,omitzero"`
	RemindAt       inspect.Time `json:"remind_at,omitzero"`
}

func clockOf(v *issues.View) *clockWire {
	if v.DueAt == 0 {
		return nil
	}
	k := v.Clock
	w := &clockWire{ByHand: k.SetManually, Limit: k.Limit, Unit: k.Unit, StartedAt: v.AssignedAt, Pauses: slices.Clone(v.Pauses), Skipped: daysOf(v.Deadline.Skipped),
		DueAt: v.DueAt, Provisional: v.Deadline.Provisional, OverdueProvisional: v.Deadline.Overdue, Extensions: v.Extensions,
		ExtensionAsked: requestOf(v, &v.Extension), HoldAsked: requestOf(v, &v.Hold), HeldUntil: v.HeldUntil, RemindAt: v.RemindAt}
	if w.Pauses == nil {
		w.Pauses = []inspect.Pause{}
	}
	if !v.Deadline.Rule.ID.IsZero() {
		r := ruleWire(v.Deadline.Rule)
		w.Rule = &r
	}
	w.ReadsZH, w.ReadsEN = reads(v)
	w.Steps, w.Counting = v.Deadline.Steps, k.Counting
	return w
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

// reads is the working of a deadline in a sentence of each language.
func reads(v *issues.View) (zh, en string) {
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
