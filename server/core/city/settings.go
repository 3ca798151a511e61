package city

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/evidence"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Setting is one thing that a city decides for itself, by the key under which it is kept. Each room of the office declares
// its own and reads them; New is given all of them.
type Setting[T any] struct {
	Key     string
	Default T                                                                      // where nobody has decided; it must not be changed
	Fixed   bool                                                                   // set once, at the first start
	Guarded bool                                                                   // of security: changed by who gave their password lately
	Read    func(json.RawMessage) (T, error)                                       // refuses what makes no sense
	Check   func(context.Context, *store.Tx, T) error                              // against what is there; nil for no check
	Then    func(ctx context.Context, tx *store.Tx, a *inspect.Actor, now T) error // what a change makes necessary; nil for nothing
}

// Of gives the setting out of all that are kept, as Settings and the store give them.
func (s *Setting[T]) Of(kept map[string]string) (T, error) {
	text, ok := kept[s.Key]
	if !ok {
		return s.Default, nil
	}
	v, err := s.Read(json.RawMessage(text))
	if err != nil {
		return s.Default, fmt.Errorf("city: setting %s: %w", s.Key, err)
	}
	return v, nil
}

// In gives the setting as a transaction sees it.
func (s *Setting[T]) In(ctx context.Context, tx *store.Tx) (T, error) {
	kept, err := tx.Settings(ctx)
	if err != nil {
		return s.Default, err
	}
	return s.Of(kept)
}

// AnySetting is a Setting of any type.
type AnySetting interface {
	key() string
	fixed() bool
	guarded() bool
	checked(json.RawMessage) (check func(context.Context, *store.Tx) error, err error)
	followed(ctx context.Context, tx *store.Tx, a *inspect.Actor, value json.RawMessage) error
}

func (s *Setting[T]) key() string { return s.Key }

func (s *Setting[T]) fixed() bool { return s.Fixed }

func (s *Setting[T]) guarded() bool { return s.Guarded }

// checked reads a value and gives how to hold it against what is there.
func (s *Setting[T]) checked(value json.RawMessage) (func(context.Context, *store.Tx) error, error) {
	v, err := s.Read(value)
	return func(ctx context.Context, tx *store.Tx) error {
		if s.Check == nil {
			return nil
		}
		return s.Check(ctx, tx, v)
	}, err
}

// followed does what a change makes necessary.
func (s *Setting[T]) followed(ctx context.Context, tx *store.Tx, a *inspect.Actor, value json.RawMessage) error {
	if s.Then == nil {
		return nil
	}
	now, err := s.Read(value)
	if err != nil {
		return fmt.Errorf("city: setting %s: %w", s.Key, err)
	}
	return s.Then(ctx, tx, a, now)
}

// The settings of the city itself.
var (
	Name          = Setting[string]{Key: "city_name", Read: ReadText(1, 100)}
	Timezone      = Setting[string]{Key: "timezone", Read: ReadText(1, 100), Fixed: true}
	Box           = Setting[*geo.Box]{Key: "city_box", Read: readBox} // nil for none
	PrivacyNotice = Setting[string]{Key: "privacy_notice", Read: ReadText(0, 10_000)}
	WorkingHours  = Setting[[]calendar.Shift]{Key: "working_hours", Read: readShifts, Then: recompute[[]calendar.Shift]}
	DayCounting   = Setting[calendar.Counting]{Key: "day_counting", Default: calendar.Elapsed, Read: readCounting}
	Holidays      = Setting[[]calendar.Exception]{Key: "holidays", Read: readDays, Check: checkDays, Then: recompute[[]calendar.Exception]}
)

// Settings are those of the city itself.
var Settings = []AnySetting{&Name, &Timezone, &Box, &PrivacyNotice, &WorkingHours, &DayCounting, &Holidays}

// checkDays refuses a year that is called official and lacks a statutory holiday.
func checkDays(_ context.Context, _ *store.Tx, own []calendar.Exception) error {
	if err := wholeYears(calendar.Added(calendar.China(), own)); err != nil {
		return inspect.InvalidField("/value", err.Error())
	}
	return nil
}

func recompute[T any](ctx context.Context, tx *store.Tx, a *inspect.Actor, _ T) error {
	return tx.Enqueue(ctx, RecomputeDeadlines{By: a.ID.String()}, 0)
}

// readCounting reads how the days of limits are counted from now on; what runs already is counted as it was when it was assigned.
func readCounting(v json.RawMessage) (k calendar.Counting, err error) {
	if err := json.Unmarshal(v, &k); err != nil || k == "" {
		return "", fmt.Errorf("want one of %v", calendar.Countings)
	}
	return k, nil
}

func readBox(v json.RawMessage) (*geo.Box, error) {
	var b *struct{ South, West, North, East float64 }
	if err := json.Unmarshal(v, &b); err != nil {
		return nil, errors.New("want south, west, north, east in degrees, or null")
	}
	box := (*geo.Box)(b)
	if box != nil && !box.Valid() {
		return nil, errors.New("want south below north and west before east")
	}
	return box, nil
}

// ReadFlag reads true or false.
func ReadFlag(v json.RawMessage) (yes bool, err error) {
	if err := json.Unmarshal(v, &yes); err != nil {
		return false, errors.New("want true or false")
	}
	return yes, nil
}

// ReadText makes a reader of texts of so many characters.
func ReadText(least, most int) func(json.RawMessage) (string, error) {
	return func(v json.RawMessage) (text string, err error) {
		if err := json.Unmarshal(v, &text); err != nil {
			return "", errors.New("want text")
		}
		if n := len([]rune(text)); n < least || n > most {
			return "", fmt.Errorf("want %d to %d characters", least, most)
		}
		return text, nil
	}
}

// ReadNumber makes a reader of whole numbers in bounds; what they are is for the message: "minutes, 1 to 10".
func ReadNumber(least, most int64, what string) func(json.RawMessage) (int64, error) {
	return func(v json.RawMessage) (n int64, err error) {
		if err := json.Unmarshal(v, &n); err != nil || n < least || n > most {
			return 0, errors.New("want " + what)
		}
		return n, nil
	}
}

// Settings gives all that the city decided, by key, as each Setting reads it.
func (svc *Service) Settings(ctx context.Context) (kept map[string]string, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		kept, err = tx.Settings(ctx)
		return err
	})
	return kept, err
}

// SettingTag names the state of a setting by the text that is kept of it, for If-Match; empty where nobody has decided.
func SettingTag(kept string) string {
	sum := sha256.Sum256([]byte(kept))
	return hex.EncodeToString(sum[:8])
}

// SettingTags are those of every setting, by key.
func (svc *Service) SettingTags(kept map[string]string) map[string]string {
	tags := map[string]string{}
	for _, s := range svc.declared {
		tags[s.key()] = SettingTag(kept[s.key()])
	}
	return tags
}

// SetSetting changes one setting; the same value again changes nothing. Who says by its tag which state they saw changes no other one: now is
// what is kept.
func (svc *Service) SetSetting(ctx context.Context, a *inspect.Actor, key string, value json.RawMessage, seen string) (now string, repeated bool, err error) {
	only, err := Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamSetting, key)
	if err != nil {
		return "", false, err
	}
	s := svc.setting(key)
	switch {
	case s == nil:
		return "", false, inspect.ErrNotFound
	case s.fixed():
		return "", false, inspect.ErrSettingFixed
	}
	check, err := s.checked(value)
	if err != nil {
		return "", false, inspect.InvalidField("/value", err.Error())
	}
	canonical, err := evidence.Canonical(value)
	if err != nil {
		return "", false, inspect.InvalidField("/value", "cannot be read")
	}
	err = svc.store.Write(ctx, OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		if err := check(ctx, tx); err != nil {
			return err
		}
		all, err := tx.Settings(ctx)
		if err != nil {
			return err
		}
		now = all[key]
		if repeated = now == string(canonical); repeated {
			return nil
		}
		if seen != "" && seen != SettingTag(now) {
			return inspect.ErrRowChanged
		}
		if s.guarded() {
			if err := a.RecentlyAuthenticated(tx.Now); err != nil {
				return err
			}
		}
		now = string(canonical)
		return svc.PutSetting(ctx, tx, a, s, canonical)
	}))
	return now, repeated, err
}

// setting is the one with a key, nil for none.
func (svc *Service) setting(key string) AnySetting {
	at := slices.IndexFunc(svc.declared, func(s AnySetting) bool { return s.key() == key })
	if at < 0 {
		return nil
	}
	return svc.declared[at]
}

// PutSetting keeps a value, in canonical form, in the transaction of whoever calls, who locked the registers before looking at what was there.
func (svc *Service) PutSetting(ctx context.Context, tx *store.Tx, a *inspect.Actor, s AnySetting, canonical []byte) error {
	tx.Record(store.Entry{Stream: evidence.Stream{Kind: store.StreamSetting, ID: s.key()}, Type: "setting.changed", Schema: 1, By: a.ID,
		Body: map[string]any{"at": tx.Now, "by": a.ID, "value": json.RawMessage(canonical)}})
	kept, err := tx.Settings(ctx)
	if err != nil {
		return err
	}
	change := inspect.LogChange{Field: s.key(), To: json.RawMessage(canonical)}
	if old, ok := kept[s.key()]; ok {
		change.From = json.RawMessage(old)
	}
	if err := tx.Log(ctx, store.LogEntry{Kind: inspect.LogSetting, Person: a.ID, Address: a.Address, Changes: []inspect.LogChange{change}}); err != nil {
		return err
	}
	if err := s.followed(ctx, tx, a, canonical); err != nil {
		return err
	}
	return tx.SaveSetting(ctx, s.key(), string(canonical))
}

// FixZone writes the city's zone into the database at first start and refuses another one later.
func (svc *Service) FixZone(ctx context.Context, tx *store.Tx) error {
	if err := tx.LockRegisters(ctx); err != nil {
		return err
	}
	all, err := tx.Settings(ctx)
	if err != nil {
		return err
	}
	var zone string
	if kept, ok := all[Timezone.Key]; ok {
		if err := json.Unmarshal([]byte(kept), &zone); err != nil {
			return err
		}
		if zone != svc.zone.String() {
			return fmt.Errorf("this installation keeps the time zone %s since its first start; it cannot become %s", zone, svc.zone)
		}
		return nil
	}
	canonical, err := evidence.CanonicalOf(svc.zone.String())
	if err != nil {
		return err
	}
	return svc.PutSetting(ctx, tx, &inspect.Actor{}, &Timezone, canonical)
}

// LoadZone reads the name of a time zone.
func LoadZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, fmt.Errorf("there is no time zone %q", name)
	}
	return zone, nil
}
