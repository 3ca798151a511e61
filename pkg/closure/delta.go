package closure

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"spotcheck/pkg/inspect"
)

// Delta is a cell that counts so many times more than before, or less.
type Delta struct {
	Cell
	Times int64
}

// MarshalJSON writes a delta as a list: times, kind, day, unit, category, area, counts.
func (d Delta) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{d.Times, d.Basis, d.Day, nameOf(d.Unit), d.Category, nameOf(d.Area), d.Counts})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (d *Delta) UnmarshalJSON(text []byte) error {
	var unit, area string
	parts := []any{&d.Times, &d.Basis, &d.Day, &unit, &d.Category, &area, &d.Counts}
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	if len(parts) != 7 || slices.ContainsFunc(d.Counts, func(c Count) bool { return c < 0 || c >= counts }) {
		return fmt.Errorf("closure: not a delta: %s", text)
	}
	return errors.Join(named(unit, &d.Unit), named(area, &d.Area))
}

// nameOf is an id as a delta and a sum name it: nothing for none.
func nameOf(id inspect.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

func named(text string, id *inspect.ID) error {
	if text == "" {
		return nil
	}
	return id.UnmarshalText([]byte(text))
}

// Changes are what turns the cells of one state of an issue's facts into those of another.
func Changes(before, after FactHistory, zone *time.Location) (all []Delta) {
	old := before.cells(zone)
	for _, c := range after.cells(zone) {
		if n := slices.IndexFunc(old, c.same); n >= 0 {
			old = slices.Delete(old, n, n+1)
			continue
		}
		all = append(all, Delta{c, 1})
	}
	for _, c := range old {
		all = append(all, Delta{c, -1})
	}
	return all
}

func (b FactHistory) cells(zone *time.Location) (all []Cell) {
	for n := range b {
		all = append(all, b[n].Cells(zone)...)
	}
	return all
}

func (c *Cell) same(other Cell) bool {
	return c.Basis == other.Basis && c.Day == other.Day && c.Unit == other.Unit && c.Category == other.Category && c.Area == other.Area && slices.Equal(c.Counts, other.Counts)
}
