package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

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
	Offices           []PaperOffice // that issue papers; nil for the usual one
}

// defaultLateWindow is 12 hours, in minutes (domain.md §1).
const defaultLateWindow = 12 * 60

// setting is how one setting is read and checked.
type setting struct {
	read  func(*Settings, json.RawMessage) error
	fixed bool
}

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
	"privacy_notice": {read: func(s *Settings, v json.RawMessage) error { return text(v, &s.PrivacyNotice, 0, 10_000) }},
	"paper_offices":  {read: readOffices},
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
	s := Settings{LateWindowMinutes: defaultLateWindow, Timezone: c.Zone.String()}
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
	if err := row.read(&Settings{}, value); err != nil {
		return false, invalid("/value", err.Error())
	}
	canonical, err := evidence.Canonical(value)
	if err != nil {
		return false, invalid("/value", "cannot be read")
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
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
