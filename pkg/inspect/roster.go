package inspect

import "slices"

// OnCallShift is a time in which somebody is on call for an area with all below; without one for the whole city (值班表).
type OnCallShift struct {
	Person ID   `json:"person"`
	Area   ID   `json:"area,omitzero"`
	From   Time `json:"from"`
	To     Time `json:"to"` // exclusive
}

// OnCall are the people who are on call at a moment for what lies in an area; the line is that area with all above.
func OnCall(roster []OnCallShift, now Time, line []ID) (all []ID) {
	for _, d := range roster {
		if d.From <= now && now < d.To && (d.Area.IsZero() || slices.Contains(line, d.Area)) && !slices.Contains(all, d.Person) {
			all = append(all, d.Person)
		}
	}
	return all
}
