package cityapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/people"
	"spotcheck/server/core/places"
	"spotcheck/server/core/publicity"
	"spotcheck/server/core/reports"
	"spotcheck/server/core/workflow"
	"spotcheck/server/httpapi/rest"
)

// settingHandlers serve what the office has decided for the whole city.
type settingHandlers struct {
	city   *city.Service
	issues *issues.Service
}

func (h *settingHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/settings", Handle: h.settings},
		{Method: fiber.MethodPut, Path: "/api/v1/settings/:key", Handle: h.putSetting},
		{Method: fiber.MethodPost, Path: "/api/v1/settings/:key/preview", Handle: h.previewSetting},
	}
}

type boxWire struct {
	South float64 `json:"south"`
	West  float64 `json:"west"`
	North float64 `json:"north"`
	East  float64 `json:"east"`
}

// timesOfDay writes times of the day, such as 08:30.
func timesOfDay(all []time.Duration) any {
	texts := []string{}
	for _, t := range all {
		texts = append(texts, timeOfDay(t))
	}
	return texts
}

func timeOfDay(t time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(t.Hours()), int(t.Minutes())%60)
}

// SettingsOf are the settings as phones read them: those that have a value where nobody has decided, and those that somebody has decided.
func SettingsOf(kept map[string]string) (fiber.Map, error) {
	m := fiber.Map{}
	err := errors.Join(
		show(m, kept, &city.Name, asIs), show(m, kept, &city.Timezone, asIs), show(m, kept, &issues.LateWindowMinutes, asIs),
		show(m, kept, &city.DayCounting, asIs), show(m, kept, &issues.AssignMinutes, asIs), show(m, kept, &issues.VerifyMinutes, asIs), show(m, kept, &workflow.VisitShare, asIs),
		show(m, kept, &publicity.ExposureBoard, asIs), show(m, kept, &publicity.PublicLookup, asIs), show(m, kept, &duties.DutyRoster, rosterOf),
		show(m, kept, &messages.DigestTimes, timesOfDay), show(m, kept, &city.Box, cityBoxOf), show(m, kept, &notices.PaperOffices, unlessNone),
		show(m, kept, &places.PlaceKinds, unlessNone), show(m, kept, &figures.QuantityKinds, asIs),
		show(m, kept, &issues.SourceDesks, func(d issues.Desks) any { return unlessEmptyTable(d) }),
		show(m, kept, &issues.ReplyLimits, replyLimitsOf), show(m, kept, &issues.BasemapSetting, basemapOf), show(m, kept, &city.PrivacyNotice, unlessEmpty))
	return m, err
}

// show writes a setting under its key, unless the form says nil.
func show[T any](m fiber.Map, kept map[string]string, s *city.Setting[T], form func(T) any) error {
	v, err := s.Of(kept)
	if shown := form(v); err == nil && shown != nil {
		m[s.Key] = shown
	}
	return err
}

// asIs shows a setting whatever it is.
func asIs[T any](v T) any { return v }

// unlessEmpty leaves out a text that nobody wrote.
func unlessEmpty(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// unlessNone leaves out a list that has nothing in it.
func unlessNone[T any](all []T) any {
	if len(all) == 0 {
		return nil
	}
	return all
}

// unlessEmptyTable leaves out a table that has nothing in it.
func unlessEmptyTable[K comparable, V any](all map[K]V) any {
	if len(all) == 0 {
		return nil
	}
	return all
}

func basemapOf(b *issues.Basemap) any {
	if b == nil {
		return nil
	}
	return b
}

func cityBoxOf(b *geo.Box) any {
	if b == nil {
		return nil
	}
	return boxWire(*b)
}

func replyLimitsOf(all map[inspect.Source]calendar.Limit) any {
	if len(all) == 0 {
		return nil
	}
	m := fiber.Map{}
	for source, l := range all {
		m[string(source)] = fiber.Map{"limit": l.N, "unit": l.Unit}
	}
	return m
}

func (h *settingHandlers) settings(c *fiber.Ctx) error {
	kept, err := h.city.Settings(c.UserContext())
	if err != nil {
		return err
	}
	settings, err := SettingsOf(kept)
	if err != nil {
		return err
	}
	if err := officeSettings(settings, kept); err != nil {
		return err
	}
	return c.JSON(fiber.Map{"settings": settings, "tags": h.city.SettingTags(kept)})
}

type settingIn struct {
	Value json.RawMessage `json:"value" need:"true" max:"20000"`
}

func (h *settingHandlers) putSetting(c *fiber.Ctx) error {
	var in settingIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	seen, err := rest.SeenTag(c)
	if err != nil {
		return err
	}
	key := c.Params("key")
	now, repeated, err := h.city.SetSetting(c.UserContext(), rest.Actor(c), key, in.Value, seen)
	if err != nil {
		value := json.RawMessage(now)
		if now == "" {
			value = json.RawMessage("null")
		}
		return rest.WithRow(err, fiber.Map{"key": key, "value": value, "tag": city.SettingTag(now)})
	}
	return c.JSON(fiber.Map{"repeated": repeated, "key": key, "value": in.Value, "tag": city.SettingTag(now)})
}

type moveWire struct {
	ID     inspect.ID   `json:"id"`
	Number string       `json:"number"`
	Was    inspect.Time `json:"was"`
	Is     inspect.Time `json:"is"`
}

// previewSetting says which running deadlines a value would move.
func (h *settingHandlers) previewSetting(c *fiber.Ctx) error {
	var in settingIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	m, err := h.issues.MovesBy(c.UserContext(), rest.Actor(c), c.Params("key"), in.Value)
	if err != nil {
		return err
	}
	first := []moveWire{}
	for _, one := range m.First {
		first = append(first, moveWire{one.Issue, one.Number, one.Was, one.Is})
	}
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.JSON(fiber.Map{"looked": m.Looked, "more": m.More, "moved": m.Moved, "earlier": m.Earlier, "first": first})
}

// officeSettings are those that only the office reads, beside those of phones.
func officeSettings(m fiber.Map, kept map[string]string) error {
	return errors.Join(show(m, kept, &city.WorkingHours, shiftsOf), show(m, kept, &figures.ScoreFormula, asIs), show(m, kept, &reports.ReportSchedules, schedulesOf),
		show(m, kept, &people.OnePerson, asIs), show(m, kept, &reports.RedListHoldPercent, asIs), show(m, kept, &reports.NamesInReports, asIs))
}

// shiftsOf are the hours of the office, those of the program where nobody has decided.
func shiftsOf(all []calendar.Shift) any {
	if len(all) == 0 {
		all = calendar.Shifts
	}
	texts := []fiber.Map{}
	for _, s := range all {
		texts = append(texts, fiber.Map{"from": timeOfDay(s.From), "to": timeOfDay(s.To)})
	}
	return texts
}

// schedulesOf are the reports that are drafted by themselves; none is a list too.
func schedulesOf(all []reports.Schedule) any {
	if all == nil {
		return []reports.Schedule{}
	}
	return all
}

// rosterOf is who is on call; nobody is a list too.
func rosterOf(roster []inspect.OnCallShift) any {
	if roster == nil {
		return []inspect.OnCallShift{}
	}
	return roster
}
