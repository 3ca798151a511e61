package inspect

import "spotcheck/pkg/geo"

// MaxSimilar is how many issues near by are shown before a report is sent.
const MaxSimilar = 10

// MaxLineMetres is how long, in metres, what a vehicle lost on its way may be and still be found from its far end.
const MaxLineMetres = 1000

// within is how near, in metres, an open issue of the same group may be the same thing seen again: what lies in one spot, what a
// vehicle lost along its way, what a whole site has.
var within = map[string]float64{
	"litter": 30, "dirty_spot": 40, "street_order": 30, "posters": 30, "facility": 20, "road_mud": 100, "construction": 100,
}

// withinElse is that of groups that a city adds.
const withinElse = 40

// SimilarWithin is how near, in metres, an open issue of a group may be the same thing seen again.
func SimilarWithin(group string) float64 {
	if m, ok := within[group]; ok {
		return m
	}
	return withinElse
}

// AsLine is where something lies: its line, or the point of its place; ok is false when nobody knows.
func (i *Issue) AsLine() (l geo.Line, ok bool) {
	switch {
	case i.Line != nil:
		return *i.Line, true
	case i.Place != nil:
		return geo.Line{Start: i.Place.Point}, true
	}
	return l, false
}
