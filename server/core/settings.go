package core

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/evidence"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Settings are what a city decides for itself.
type Settings struct {
	CityName          string
	Timezone          string // set once, at first start
	LateWindowMinutes int64  // how late a time done is still credited; 0 means that only receipt counts
	CityBox           *geo.Box
	PrivacyNotice     string
	Basemap           *Basemap                          // nil for none
	ExposureBoard     bool                              // photos that were released are public
	PublicLookup      bool                              // how far an issue is can be asked by its number
	AssignMinutes     int64                             // working time in which the office assigns
	VerifyMinutes     int64                             // working time in which a fix is verified
	VisitShare        int64                             // of fixes that may be verified by photo and are visited all the same, in %
	PlaceKinds        []inspect.LocalKind               // of the register of places, beside those that every city has
	DigestTimes       []time.Duration                   // since midnight, on working days
	Offices           []PaperOffice                     // that issue papers; nil for the usual one
	Roster            []inspect.Duty                    // who is on call, and when
	Formula           closure.Formula                   // of scores, with the first day of the office's week
	Schedules         []Schedule                        // reports that are drafted by themselves
	Desks             map[inspect.Source][]inspect.ID   // who of the offices handles what comes from a source; everybody where nobody is named
	ReplyLimits       map[inspect.Source]calendar.Limit // in which a source wants to know what became of an issue
}

// defaultLateWindow is 12 hours, in minutes (pkg/inspect/rules.md, "Three times of an action").
const defaultLateWindow = 12 * 60

// defaultVisits is the share of fixes that are visited, in % (pkg/inspect/rules.md, "Verification").
const defaultVisits = 10

// digestTimes are 08:30 and 14:30, since midnight.
var digestTimes = []time.Duration{8*time.Hour + 30*time.Minute, 14*time.Hour + 30*time.Minute}

// setting is how one setting is read and checked.
type setting struct {
	read  func(*Settings, json.RawMessage) error
	fixed bool
	check func(context.Context, *store.Tx, *Settings) error            // against what is there
	then  func(ctx context.Context, tx *store.Tx, by inspect.ID) error // what a change makes necessary
}

func recompute(ctx context.Context, tx *store.Tx, by inspect.ID) error {
	return tx.Enqueue(ctx, RecomputeDeadlines{By: by.String()}, 0)
}

// dutyRoster is who is on call, and when.
const dutyRoster = "duty_roster"

// The keys of the settings.
var settingTable = map[string]setting{
	"city_name": {read: func(s *Settings, v json.RawMessage) error { return text(v, &s.CityName, 1, 100) }},
	"timezone":  {read: func(s *Settings, v json.RawMessage) error { return text(v, &s.Timezone, 1, 100) }, fixed: true},
	"late_window_minutes": {read: func(s *Settings, v json.RawMessage) error {
		if err := json.Unmarshal(v, &s.LateWindowMinutes); err != nil || s.LateWindowMinutes < 0 || s.LateWindowMinutes > 7*24*60 {
			return errors.New("want minutes, 0 to 10080")
		}
		return nil
	}},
	"city_box": {read: func(s *Settings, v json.RawMessage) error {
		var b *struct{ South, West, North, East float64 }
		if err := json.Unmarshal(v, &b); err != nil {
			return errors.New("want south, west, north, east in degrees, or null")
		}
		if s.CityBox = nil; b == nil {
			return nil
		}
		if s.CityBox = (*geo.Box)(b); !s.CityBox.Valid() {
			return errors.New("want south below north and west before east")
		}
		return nil
	}},
	"assign_within_minutes": {read: func(s *Settings, v json.RawMessage) error { return minutes(v, &s.AssignMinutes) }},
	"verify_within_minutes": {read: func(s *Settings, v json.RawMessage) error { return minutes(v, &s.VerifyMinutes) }},
	"visit_share": {read: func(s *Settings, v json.RawMessage) error {
		if err := json.Unmarshal(v, &s.VisitShare); err != nil || s.VisitShare < 0 || s.VisitShare > 100 {
			return errors.New("want a share of 0 to 100 %")
		}
		return nil
	}},
	workingHours:       {read: func(_ *Settings, v json.RawMessage) error { _, err := readShifts(v); return err }, then: recompute},
	holidays:           {read: func(_ *Settings, v json.RawMessage) error { _, err := readDays(v); return err }, then: recompute},
	"digest_times":     {read: func(s *Settings, v json.RawMessage) (err error) { s.DigestTimes, err = clockTimes(v); return err }},
	"paper_offices":    {read: readOffices},
	"formula":          {read: readFormula},
	"report_schedules": {read: readSchedules},
	dutyRoster:         {read: readRoster, check: checkRoster},
	"source_desks":     {read: readDesks, check: checkDesks},
	"reply_limits":     {read: readReplyLimits},
	"basemap":          {read: readBasemap},
	"place_kinds":      {read: func(s *Settings, v json.RawMessage) (err error) { s.PlaceKinds, err = localKinds(v); return err }},
	"exposure_board":   {read: func(s *Settings, v json.RawMessage) error { return yesOrNo(v, &s.ExposureBoard) }},
	"public_lookup":    {read: func(s *Settings, v json.RawMessage) error { return yesOrNo(v, &s.PublicLookup) }},
	"privacy_notice":   {read: func(s *Settings, v json.RawMessage) error { return text(v, &s.PrivacyNotice, 0, 10_000) }},
}

func yesOrNo(v json.RawMessage, dst *bool) error {
	if err := json.Unmarshal(v, dst); err != nil {
		return errors.New("want true or false")
	}
	return nil
}

// maxSchedules is how many reports are drafted by themselves at most.
const maxSchedules = 20

func readSchedules(s *Settings, v json.RawMessage) error {
	var all []Schedule
	d := json.NewDecoder(bytes.NewReader(v))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil || len(all) > maxSchedules {
		return fmt.Errorf("want a list of at most %d of kind, scope, language", maxSchedules)
	}
	for n := range all {
		k := &all[n]
		var scope Scope
		switch {
		case !slices.Contains(closure.PeriodKinds, k.Kind) || k.Kind == closure.Between:
			return fmt.Errorf("%d: want a kind such as week or month", n)
		case scope.UnmarshalText([]byte(k.Scope)) != nil:
			return fmt.Errorf("%d: want the scope city, unit:ID or area:ID", n)
		case k.Language != inspect.Chinese && k.Language != inspect.English:
			return fmt.Errorf("%d: want the language zh or en", n)
		}
		k.Scope = scope.String()
	}
	s.Schedules = all
	return nil
}

// readFormula reads weights and limits of scores. A change takes the next version; the one in force is printed on every report.
func readFormula(s *Settings, v json.RawMessage) error {
	f := closure.Default
	d := json.NewDecoder(bytes.NewReader(v))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return errors.New("want weights disposal, on_time, long, rework, extension, false_fix, the numbers least_due and week_start, and a version")
	}
	sum := 0.0
	for _, w := range []float64{f.Disposal, f.OnTime, f.Long, f.Rework, f.Extension} {
		if w < 0 || w > 100 {
			return errors.New("a weight is from 0 to 100")
		}
		sum += w
	}
	switch {
	case sum < 99.999 || sum > 100.001:
		return errors.New("the weights disposal, on_time, long, rework and extension add up to 100")
	case f.FalseFix < 0 || f.FalseFix > 100 || f.LeastDue < 0 || f.LeastDue > 10_000 || f.WeekStart < 0 || f.WeekStart > 6 || f.Version < 1:
		return errors.New("false_fix is from 0 to 100, least_due from 0 to 10000, week_start from 0 for Sunday to 6, version from 1")
	}
	s.Formula = f
	return nil
}

func minutes(v json.RawMessage, dst *int64) error {
	if err := json.Unmarshal(v, dst); err != nil || *dst < 1 || *dst > longestStep {
		return fmt.Errorf("want minutes, 1 to %d", longestStep)
	}
	return nil
}

// maxKinds is how many kinds of place a city adds at most.
const maxKinds = 50

func localKinds(v json.RawMessage) ([]inspect.LocalKind, error) {
	var kinds []inspect.LocalKind
	d := json.NewDecoder(bytes.NewReader(v))
	d.DisallowUnknownFields()
	if err := d.Decode(&kinds); err != nil || len(kinds) > maxKinds {
		return nil, errors.New("want a list of code, name_zh, name_en")
	}
	for n, k := range kinds {
		zh, en := len([]rune(k.NameZH)), len([]rune(k.NameEN))
		if err := new(inspect.SpotKind).UnmarshalText([]byte(k.Code)); err != nil || zh < 1 || zh > 50 || en < 1 || en > 50 {
			return nil, fmt.Errorf("kind %d: want a code of lower-case letters, digits and _, and two names of 1 to 50 characters", n)
		}
		if inspect.KnownKind(k.Code, kinds[:n]) {
			return nil, fmt.Errorf("kind %d: there is a kind %s already", n, k.Code)
		}
	}
	return kinds, nil
}

// clockTimes reads times of the day, in order.
func clockTimes(v json.RawMessage) (all []time.Duration, err error) {
	wrong := errors.New(`want 1 to 12 times in order such as ["08:30", "14:30"]`)
	var texts []string
	if err := json.Unmarshal(v, &texts); err != nil || len(texts) < 1 || len(texts) > 12 {
		return nil, wrong
	}
	for _, text := range texts {
		t, err := time.Parse("15:04", text)
		at := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
		if err != nil || len(text) != 5 || len(all) > 0 && at <= all[len(all)-1] {
			return nil, wrong
		}
		all = append(all, at)
	}
	return all, nil
}

func text(v json.RawMessage, dst *string, least, most int) error {
	if err := json.Unmarshal(v, dst); err != nil {
		return errors.New("want text")
	}
	if n := len([]rune(*dst)); n < least || n > most {
		return fmt.Errorf("want %d to %d characters", least, most)
	}
	return nil
}

func (c *Core) settings(ctx context.Context, tx *store.Tx) (Settings, error) {
	s := Settings{LateWindowMinutes: defaultLateWindow, AssignMinutes: defaultAssign, VerifyMinutes: defaultVerify, VisitShare: defaultVisits, Timezone: c.Zone.String(), DigestTimes: slices.Clone(digestTimes), Formula: closure.Default}
	all, err := tx.Settings(ctx)
	if err != nil {
		return s, err
	}
	for key, value := range all {
		if row, ok := settingTable[key]; ok {
			if err := row.read(&s, json.RawMessage(value)); err != nil {
				return s, fmt.Errorf("core: setting %s: %w", key, err)
			}
		}
	}
	return s, nil
}

// Settings gives what the city decided.
func (c *Core) Settings(ctx context.Context) (s Settings, err error) {
	err = c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		s, err = c.settings(ctx, tx)
		return err
	})
	return s, err
}

// SetSetting changes one setting; the same value again changes nothing.
func (c *Core) SetSetting(ctx context.Context, a *inspect.Actor, key string, value json.RawMessage) (repeated bool, err error) {
	if !a.Holds(inspect.MayAdmin) {
		return false, inspect.ErrForbidden
	}
	row, ok := settingTable[key]
	switch {
	case !ok:
		return false, inspect.ErrNotFound
	case row.fixed:
		return false, inspect.ErrSettingFixed
	}
	s := &Settings{}
	if err := row.read(s, value); err != nil {
		return false, invalid("/value", err.Error())
	}
	canonical, err := evidence.Canonical(value)
	if err != nil {
		return false, invalid("/value", "cannot be read")
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if row.check != nil {
			if err := row.check(ctx, tx, s); err != nil {
				return err
			}
		}
		all, err := tx.Settings(ctx)
		if err != nil {
			return err
		}
		if repeated = all[key] == string(canonical); repeated {
			return nil
		}
		return putSetting(ctx, tx, a.ID, key, canonical)
	})
	return repeated, err
}

func putSetting(ctx context.Context, tx *store.Tx, by inspect.ID, key string, canonical []byte) error {
	tx.Record(store.Entry{Stream: evidence.Stream{Kind: store.StreamSetting, ID: key}, Type: "setting.changed", Schema: 1, By: by,
		Body: map[string]any{"at": tx.Now, "by": by, "value": json.RawMessage(canonical)}})
	if then := settingTable[key].then; then != nil {
		if err := then(ctx, tx, by); err != nil {
			return err
		}
	}
	return tx.SaveSetting(ctx, key, string(canonical))
}

// fixZone writes the city's zone into the database at first start and refuses another one later.
func (c *Core) fixZone(ctx context.Context, tx *store.Tx) error {
	all, err := tx.Settings(ctx)
	if err != nil {
		return err
	}
	var zone string
	if kept, ok := all["timezone"]; ok {
		if err := json.Unmarshal([]byte(kept), &zone); err != nil {
			return err
		}
		if zone != c.Zone.String() {
			return fmt.Errorf("this installation keeps the time zone %s since its first start; it cannot become %s", zone, c.Zone)
		}
		return nil
	}
	canonical, err := evidence.CanonicalOf(c.Zone.String())
	if err != nil {
		return err
	}
	return putSetting(ctx, tx, inspect.ID{}, "timezone", canonical)
}

// LoadZone reads the name of a time zone.
func LoadZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, fmt.Errorf("there is no time zone %q", name)
	}
	return zone, nil
}
