package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/places"
	"spotcheck/server/core/publicity"
	"spotcheck/server/core/workflow"
)

type unitWire struct {
	ID        inspect.ID       `json:"id"`
	Name      string           `json:"name"`
	Kind      inspect.UnitKind `json:"kind"`
	PeerGroup string           `json:"peer_group,omitempty"`
	Parent    inspect.ID       `json:"parent,omitzero"`
	Contact   string           `json:"contact,omitempty"`
	Enabled   bool             `json:"enabled"`
	CreatedAt inspect.Time     `json:"created_at"`
	UpdatedAt inspect.Time     `json:"updated_at"`
}

type unitIn struct {
	Name      string           `json:"name" need:"true" max:"100"`
	Kind      inspect.UnitKind `json:"kind" need:"true"`
	PeerGroup string           `json:"peer_group" max:"100"`
	Parent    inspect.ID       `json:"parent"`
	Contact   string           `json:"contact" max:"200"`
	Enabled   *bool            `json:"enabled"`
}

func (a *API) units(c *fiber.Ctx) error {
	all, err := a.Core.Places.Units(c.UserContext())
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"units": unitsOf(all)})
}

func unitsOf(all []inspect.Unit) []unitWire {
	list := []unitWire{}
	for _, u := range all {
		list = append(list, unitWire(u))
	}
	return list
}

func (a *API) putUnit(c *fiber.Ctx) error {
	unit, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in unitIn
	if err := read(c, &in); err != nil {
		return err
	}
	u, repeated, fresh, err := a.Core.Places.PutUnit(c.UserContext(), actor(c), inspect.Unit{ID: unit, Name: in.Name, Kind: in.Kind, PeerGroup: in.PeerGroup,
		Parent: in.Parent, Contact: in.Contact, Enabled: enabled(in.Enabled)})
	if err != nil {
		return err
	}
	return created(c, fresh).JSON(fiber.Map{"repeated": repeated, "unit": unitWire(u)})
}

// enabled is true where a request does not say.
func enabled(v *bool) bool { return v == nil || *v }

type areaWire struct {
	ID        inspect.ID        `json:"id"`
	Name      string            `json:"name"`
	Code      string            `json:"code,omitempty"`
	Level     inspect.AreaLevel `json:"level"`
	Class     string            `json:"class,omitempty"`
	Parent    inspect.ID        `json:"parent,omitzero"`
	Outline   string            `json:"outline,omitempty"`
	WidthM    float64           `json:"width_m,omitempty"`
	Enabled   bool              `json:"enabled"`
	CreatedAt inspect.Time      `json:"created_at"`
	UpdatedAt inspect.Time      `json:"updated_at"`
}

type areaIn struct {
	Name    string            `json:"name" need:"true" max:"100"`
	Code    string            `json:"code" max:"30"`
	Level   inspect.AreaLevel `json:"level" need:"true"`
	Class   string            `json:"class" max:"50"`
	Parent  inspect.ID        `json:"parent"`
	Enabled *bool             `json:"enabled"`
}

func (a *API) areas(c *fiber.Ctx) error {
	all, err := a.Core.Places.Areas(c.UserContext())
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"areas": areasOf(all)})
}

func areasOf(all []inspect.Area) []areaWire {
	list := []areaWire{}
	for _, v := range all {
		list = append(list, areaWire(v))
	}
	return list
}

func (a *API) putArea(c *fiber.Ctx) error {
	area, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in areaIn
	if err := read(c, &in); err != nil {
		return err
	}
	v, repeated, fresh, err := a.Core.Places.PutArea(c.UserContext(), actor(c), inspect.Area{ID: area, Name: in.Name, Code: in.Code, Level: in.Level,
		Class: in.Class, Parent: in.Parent, Enabled: enabled(in.Enabled)})
	if err != nil {
		return err
	}
	return created(c, fresh).JSON(fiber.Map{"repeated": repeated, "area": areaWire(v)})
}

type categoryWire struct {
	Code       string            `json:"code"`
	OldCode    string            `json:"old_code,omitempty"`
	NameZH     string            `json:"name_zh"`
	NameEN     string            `json:"name_en"`
	Group      string            `json:"group"`
	Limit      float64           `json:"limit"`
	LimitUnit  inspect.LimitUnit `json:"limit_unit"`
	ClassZH    string            `json:"class_zh,omitempty"`
	Local      bool              `json:"local"`
	Enabled    bool              `json:"enabled"`
	ByPhoto    bool              `json:"by_photo"`
	ReopenDays int               `json:"reopen_days"`
	CreatedAt  inspect.Time      `json:"created_at"`
	UpdatedAt  inspect.Time      `json:"updated_at"`
}

type categoryIn struct {
	OldCode    string            `json:"old_code" max:"20"`
	NameZH     string            `json:"name_zh" need:"true" max:"100"`
	NameEN     string            `json:"name_en" need:"true" max:"100"`
	Group      string            `json:"group" need:"true" max:"50"`
	Limit      float64           `json:"limit" need:"true"`
	LimitUnit  inspect.LimitUnit `json:"limit_unit" need:"true"`
	ClassZH    string            `json:"class_zh" max:"100"`
	Local      bool              `json:"local"`
	Enabled    *bool             `json:"enabled"`
	ByPhoto    bool              `json:"by_photo"`
	ReopenDays int               `json:"reopen_days"`
}

func (a *API) categories(c *fiber.Ctx) error {
	all, err := a.Core.Places.Categories(c.UserContext())
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"categories": categoriesOf(all)})
}

func categoriesOf(all []inspect.Category) []categoryWire {
	list := []categoryWire{}
	for _, v := range all {
		list = append(list, categoryWire(v))
	}
	return list
}

func (a *API) putCategory(c *fiber.Ctx) error {
	var in categoryIn
	if err := read(c, &in); err != nil {
		return err
	}
	code := c.Params("code")
	var wrong []fault.Field
	if !goodCode(code) {
		wrong = append(wrong, fault.Field{Pointer: "path:code", Detail: "want 1 to 20 letters, digits or dashes"})
	}
	if l := (calendar.Limit{N: in.Limit}); !l.Valid() {
		wrong = append(wrong, fault.Field{Pointer: "/limit", Detail: wantedLimit})
	}
	if in.ReopenDays < 0 || in.ReopenDays > 365 {
		wrong = append(wrong, fault.Field{Pointer: "/reopen_days", Detail: "want 0 to 365"})
	}
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	v, repeated, fresh, err := a.Core.Places.PutCategory(c.UserContext(), actor(c), inspect.Category{Code: code, OldCode: in.OldCode, NameZH: in.NameZH,
		NameEN: in.NameEN, Group: in.Group, Limit: in.Limit, LimitUnit: in.LimitUnit, ClassZH: in.ClassZH, Local: in.Local,
		Enabled: enabled(in.Enabled), ByPhoto: in.ByPhoto, ReopenDays: in.ReopenDays})
	if err != nil {
		return err
	}
	return created(c, fresh).JSON(fiber.Map{"repeated": repeated, "category": categoryWire(v)})
}

func goodCode(code string) bool {
	for _, r := range code {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' {
			return false
		}
	}
	return code != "" && len(code) <= 20
}

type boxWire struct {
	South float64 `json:"south"`
	West  float64 `json:"west"`
	North float64 `json:"north"`
	East  float64 `json:"east"`
}

// clocksOf writes times of the day, such as 08:30.
func clocksOf(all []time.Duration) any {
	texts := []string{}
	for _, t := range all {
		texts = append(texts, fmt.Sprintf("%02d:%02d", int(t.Hours()), int(t.Minutes())%60))
	}
	return texts
}

// settingsOf are the settings as phones read them: those that have a value where nobody has decided, and those that somebody has decided.
func settingsOf(kept map[string]string) (fiber.Map, error) {
	m := fiber.Map{}
	return m, errors.Join(
		show(m, kept, &city.Name, asIs), show(m, kept, &city.Timezone, asIs), show(m, kept, &issues.LateWindowMinutes, asIs),
		show(m, kept, &city.DayCounting, asIs), show(m, kept, &issues.AssignMinutes, asIs), show(m, kept, &issues.VerifyMinutes, asIs), show(m, kept, &workflow.VisitShare, asIs),
		show(m, kept, &publicity.ExposureBoard, asIs), show(m, kept, &publicity.PublicLookup, asIs), show(m, kept, &duties.DutyRoster, rosterOf),
		show(m, kept, &messages.DigestTimes, clocksOf), show(m, kept, &city.Box, cityBoxOf), show(m, kept, &notices.PaperOffices, unlessNone),
		show(m, kept, &places.PlaceKinds, unlessNone), show(m, kept, &issues.SourceDesks, func(d issues.Desks) any { return someOf(d) }),
		show(m, kept, &issues.ReplyLimits, replyLimitsOf), show(m, kept, &issues.BasemapSetting, basemapOf), show(m, kept, &city.PrivacyNotice, unlessEmpty))
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

// someOf leaves out a table that has nothing in it.
func someOf[K comparable, V any](all map[K]V) any {
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

func (a *API) settings(c *fiber.Ctx) error {
	kept, err := a.Core.City.Settings(c.UserContext())
	if err != nil {
		return err
	}
	settings, err := settingsOf(kept)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"settings": settings})
}

type settingIn struct {
	Value json.RawMessage `json:"value" need:"true" max:"20000"`
}

func (a *API) putSetting(c *fiber.Ctx) error {
	var in settingIn
	if err := read(c, &in); err != nil {
		return err
	}
	repeated, err := a.Core.City.SetSetting(c.UserContext(), actor(c), c.Params("key"), in.Value)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"repeated": repeated, "key": c.Params("key"), "value": in.Value})
}

func (a *API) bootstrap(c *fiber.Ctx) error {
	b, err := a.Core.Places.Bootstrap(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	settings, err := settingsOf(b.Settings)
	if err != nil {
		return err
	}
	people := []personRef{}
	for _, p := range b.People {
		people = append(people, personRef{p.ID, p.DisplayName, p.StaffNumber})
	}
	return c.JSON(fiber.Map{"me": a.meWire(actor(c), session(c)), "categories": categoriesOf(b.Categories), "rules": rulesWire(b.Rules), "units": unitsOf(b.Units),
		"areas": areasOf(b.Areas), "people": people, "settings": settings, "cursor": b.Cursor.String(),
		"server_time": inspect.At(a.Core.Now()), "version": a.Version})
}

// rosterOf is who is on call; nobody is a list too.
func rosterOf(roster []inspect.OnCallShift) any {
	if roster == nil {
		return []inspect.OnCallShift{}
	}
	return roster
}
