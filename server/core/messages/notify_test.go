package messages

import (
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// TestEveryTellingHasItsWords finds types without a title in some language, and audiences that nobody finds.
func TestEveryTellingHasItsWords(t *testing.T) {
	for kind, to := range audiencesOf {
		for _, l := range inspect.Languages {
			if IssueWordings[kind][l] == "" {
				t.Errorf("%s has no title in %s", kind, l)
			}
		}
		for a := range to {
			if audiences[a] == nil {
				t.Errorf("%s: nobody finds the audience %s", kind, a)
			}
		}
	}
	for _, l := range inspect.Languages {
		if labels[l].number == "" {
			t.Errorf("there are no labels in %s", l)
		}
	}
}

var zone = time.FixedZone("city", 8*60*60)

func TestQuietHoursEnd(t *testing.T) {
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, time.November, day, hour, minute, 0, 0, zone)
	}
	for _, c := range []struct {
		name      string
		now, want time.Time
		from, to  int
	}{
		{"by day", at(25, 12, 0), at(25, 12, 0), quietFrom, quietTo},
		{"late", at(25, 23, 30), at(26, 7, 0), quietFrom, quietTo},
		{"the first minute", at(25, 22, 0), at(26, 7, 0), quietFrom, quietTo},
		{"after midnight", at(25, 2, 40), at(25, 7, 0), quietFrom, quietTo},
		{"the last minute", at(25, 6, 59), at(25, 7, 0), quietFrom, quietTo},
		{"over", at(25, 7, 0), at(25, 7, 0), quietFrom, quietTo},
		{"at noon", at(25, 12, 30), at(25, 14, 0), 12 * 60, 14 * 60},
		{"before noon", at(25, 11, 59), at(25, 11, 59), 12 * 60, 14 * 60},
		{"never", at(25, 3, 0), at(25, 3, 0), 0, 0},
	} {
		if got := afterQuiet(c.now, c.from, c.to); !got.Equal(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestDigestsComeOnWorkingDays(t *testing.T) {
	days, err := calendar.New(zone, calendar.Shifts, calendar.China())
	if err != nil {
		t.Fatal(err)
	}
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, zone)
	}
	for _, c := range []struct {
		name      string
		now, want time.Time
	}{
		{"before the first", at(time.November, 25, 8, 0), at(time.November, 25, 8, 30)},
		{"at the first", at(time.November, 25, 8, 30), at(time.November, 25, 14, 30)},
		{"after the last", at(time.November, 25, 14, 31), at(time.November, 26, 8, 30)},
		{"over a weekend", at(time.November, 27, 20, 0), at(time.November, 30, 8, 30)},
		{"over the spring festival, with a swapped Saturday", at(time.February, 14, 15, 0), at(time.February, 24, 8, 30)},
		{"on a swapped Saturday", at(time.February, 28, 9, 0), at(time.February, 28, 14, 30)},
	} {
		if got := nextDigest(days, c.now, DigestTimes.Default); !got.Equal(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
