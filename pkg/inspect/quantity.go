package inspect

import (
	"fmt"
	"math"
	"slices"

	"spotcheck/pkg/score"
)

// QuantityKind is a kind of work that a city counts (工作量): its name and what it is measured in.
type QuantityKind struct {
	Code   string `json:"code"`
	NameZH string `json:"name_zh"`
	NameEN string `json:"name_en"`
	UnitZH string `json:"unit_zh"`
	UnitEN string `json:"unit_en"`
}

// QuantityKinds are those with which a city begins.
var QuantityKinds = []QuantityKind{
	{"people", "出动人次", "People sent out", "人次", "person-times"},
	{"vehicles", "出动车次", "Vehicles sent out", "车次", "vehicle-times"},
	{"waste", "清运垃圾", "Waste carted away", "吨", "t"},
	{"dirty_spots", "清理卫生死角", "Dirty spots cleared", "处", "places"},
	{"posters", "清除小广告", "Posters removed", "处", "places"},
	{"persuaded", "劝导", "People persuaded", "人次", "person-times"},
	{"leaflets", "发放宣传资料", "Leaflets handed out", "份", "copies"},
}

// Amount is a number of something with two decimals at most, as hundredths, so that sums are exact.
type Amount = score.Points

// MostAmount is far more than anybody does in a day.
const MostAmount Amount = 100_000_000

// AmountOf gives a number, which has at most two decimals and is not below 0.
func AmountOf(f float64) (Amount, error) {
	h := math.Round(f * 100)
	if !(f > 0 && h <= float64(MostAmount)) || math.Abs(h/100-f) > 1e-9 {
		return 0, fmt.Errorf("want a number above 0, at most %d, with at most two decimals", MostAmount/100)
	}
	return Amount(h), nil
}

// Quantity is how much of one kind of work was done.
type Quantity struct {
	Kind    string `json:"kind"`
	Amount  Amount `json:"amount"`
	Counted bool   `json:"counted"` // on site; otherwise it was only reported
}

// MostQuantities is how many kinds one report of work may name.
const MostQuantities = 20

// CheckQuantities finds what is wrong with quantities by the kinds of the city: the index of the first, and why; -1 for nothing.
func CheckQuantities(all []Quantity, kinds []QuantityKind) (at int, detail string) {
	for n, q := range all {
		same := func(o Quantity) bool { return o.Kind == q.Kind && o.Counted == q.Counted }
		switch {
		case !slices.ContainsFunc(kinds, func(k QuantityKind) bool { return k.Code == q.Kind }):
			return n, "the city has no such kind of work; the setting quantity_kinds has them"
		case slices.ContainsFunc(all[:n], same):
			return n, "this kind stands there already"
		}
	}
	return -1, ""
}

// QuantitySource is what a quantity was told with.
type QuantitySource string

// What quantities are told with.
const (
	QuantityOfFix   QuantitySource = "fix"
	QuantityOfRound QuantitySource = "round"
)

// QuantitySources are all of them.
var QuantitySources = []QuantitySource{QuantityOfFix, QuantityOfRound}

// UnmarshalText reads a source and refuses all else.
func (s *QuantitySource) UnmarshalText(text []byte) (err error) {
	*s, err = OneOf(*s, text, QuantitySources)
	return
}

// WorkDone is what was told of work at one fix or one round.
type WorkDone struct {
	ID         ID // of the action or the round
	Source     QuantitySource
	Issue      ID // of a fix
	Area, Unit ID
	Category   string // of the issue of a fix
	Day        Date   // in the city's zone, on which it was done
	By         ID
	Quantities []Quantity
	At         Time // when it came
}
