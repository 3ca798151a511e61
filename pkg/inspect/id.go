// Package inspect is the vocabulary of field inspection: issues, photos, people, units and places, the life of an issue
// as one table, who may do what as another, and every error that a user can meet.
package inspect

import (
	"errors"
	"regexp"
	"time"

	"github.com/google/uuid"
)

// ID names a thing for good. Phones make their own ids, so nothing is ever ordered by one.
type ID [16]byte

// NewID makes an id (UUIDv7).
func NewID() ID { return ID(uuid.Must(uuid.NewV7())) }

// ParseID reads a UUID of any version of RFC 9562 in its usual form of 36 characters; the nil UUID is no id.
func ParseID(text string) (ID, error) {
	u, err := uuid.Parse(text)
	if err != nil || len(text) != 36 || u == uuid.Nil || u.Variant() != uuid.RFC4122 {
		return ID{}, errors.New("want a UUID such as 0190a1b2-0000-7000-8000-000000000001")
	}
	return ID(u), nil
}

// IsZero says whether there is no id.
func (id ID) IsZero() bool { return id == ID{} }

// String is the UUID in lower case, empty when there is no id.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	return uuid.UUID(id).String()
}

// MarshalText writes the UUID.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads a UUID.
func (id *ID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseID(string(text))
	return err
}

// Time is a moment in Unix milliseconds UTC; zero is no time.
type Time int64

// The first moment of the record and the one after its last. Clocks of phones begin anew in 1970, 1980 or 2000 and run over by 2106.
var (
	EarliestTime = At(time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC))
	LatestTime   = At(time.Date(2150, 1, 1, 0, 0, 0, 0, time.UTC))
)

// timeForm is RFC 3339 in UTC with milliseconds.
const timeForm = "2006-01-02T15:04:05.000Z"

// At is the moment of a time.Time, cut to the millisecond; the zero time.Time is no time.
func At(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMilli())
}

// IsZero says whether there is no time.
func (t Time) IsZero() bool { return t == 0 }

// UTC is the moment as a time.Time.
func (t Time) UTC() time.Time { return time.UnixMilli(int64(t)).UTC() }

// Add is the moment so much later.
func (t Time) Add(d time.Duration) Time { return t + Time(d.Milliseconds()) }

// Sub is the time from u to t.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t-u) * time.Millisecond }

// String is RFC 3339 in UTC with milliseconds, empty when there is no time.
func (t Time) String() string {
	if t == 0 {
		return ""
	}
	return t.UTC().Format(timeForm)
}

// MarshalText writes RFC 3339 in UTC with milliseconds.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads RFC 3339 with any offset, from 1900 to 2150.
func (t *Time) UnmarshalText(text []byte) (err error) {
	*t, err = ParseTime(string(text))
	return err
}

// ParseTime reads RFC 3339 with any offset, from 1900 to 2150.
func ParseTime(text string) (t Time, err error) {
	t, ok := parseWritten(text)
	if !ok {
		read, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return 0, errors.New("want a time such as 2026-11-24T14:03:05.000+08:00")
		}
		t = At(read)
	}
	if t < EarliestTime || t >= LatestTime {
		return 0, errors.New("want a time from 1900 to 2150")
	}
	if t == 0 {
		t = 1 // the first moment of 1970 is a moment, 0 is none
	}
	return t, nil
}

// parseWritten reads a time as String writes it; ok is false for any other form. A record has millions of them.
func parseWritten(text string) (t Time, ok bool) {
	if len(text) != len(timeForm) {
		return 0, false
	}
	var part [7]int
	for n, p := range [...]struct {
		from, to int
		after    byte
	}{{0, 4, '-'}, {5, 7, '-'}, {8, 10, 'T'}, {11, 13, ':'}, {14, 16, ':'}, {17, 19, '.'}, {20, 23, 'Z'}} {
		for _, digit := range []byte(text[p.from:p.to]) {
			if digit < '0' || digit > '9' {
				return 0, false
			}
			part[n] = 10*part[n] + int(digit-'0')
		}
		if text[p.to] != p.after {
			return 0, false
		}
	}
	month := time.Month(part[1])
	if month < 1 || month > 12 || part[2] < 1 || part[2] > 28 && part[2] > time.Date(part[0], month+1, 0, 0, 0, 0, 0, time.UTC).Day() || part[3] > 23 || part[4] > 59 ||
		part[5] > 59 {
		return 0, false
	}
	return At(time.Date(part[0], month, part[2], part[3], part[4], part[5], part[6]*int(time.Millisecond), time.UTC)), true
}

// Claim is a moment by the clock of a phone. Nobody can mend a clock afterwards: what cannot be is taken too, and is no moment.
type Claim struct {
	Time
	Impossible string // as it came; empty for a moment
}

// likeTime is what a program makes of a clock, whatever year it is in.
var likeTime = regexp.MustCompile(`^[+-]?\d{4,6}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$`)

// UnmarshalText reads a moment, and takes what is written like one.
func (c *Claim) UnmarshalText(text []byte) error {
	err := c.Time.UnmarshalText(text)
	if err != nil && likeTime.Match(text) {
		c.Time, c.Impossible, err = 0, string(text), nil
	}
	return err
}

// DroppedClaim is something that a phone said and that cannot be: it was left out of the record.
type DroppedClaim struct {
	Field string // its pointer
	Said  string
	Photo ID // that it was said of
}

// Drop adds a claim that cannot be to what was left out.
func (c *Claim) Drop(all []DroppedClaim, field string) []DroppedClaim {
	if c.Impossible == "" {
		return all
	}
	return append(all, DroppedClaim{Field: field, Said: c.Impossible})
}
