package inspect

import (
	"errors"
	"regexp"
	"slices"

	"spotcheck/pkg/geo"
)

// SpotKind is what a place of the register is: one of SpotKinds, or one that the city adds.
type SpotKind string

// The kinds that more than lists know of.
const (
	Shopfront        SpotKind = "shopfront"
	ConstructionSite SpotKind = "construction_site"
)

// SpotKinds are those that every city has (rules.md, "Responsibility").
var SpotKinds = []SpotKind{Shopfront, ConstructionSite, "public_toilet", "transfer_station", "bin", "unmanaged_estate", "market", "restaurant",
	"school_surroundings", "urban_village"}

var slug = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// UnmarshalText reads a kind: lower-case letters, digits and low lines. Whether the city has such a kind is another question.
func (k *SpotKind) UnmarshalText(text []byte) error {
	if !slug.Match(text) {
		return errors.New("want lower-case letters, digits and _")
	}
	*k = SpotKind(text)
	return nil
}

// LocalKind is a kind of place that a city adds.
type LocalKind struct {
	Code   SpotKind `json:"code"`
	NameZH string   `json:"name_zh"`
	NameEN string   `json:"name_en"`
}

// KnownKind says whether a kind is one of SpotKinds or of those that the city added.
func KnownKind(k SpotKind, local []LocalKind) bool {
	return slices.Contains(SpotKinds, k) || slices.ContainsFunc(local, func(l LocalKind) bool { return l.Code == k })
}

// Spot is a place of the register (点位): a shopfront, a construction site, a public toilet, a bin.
type Spot struct {
	ID            ID
	Kind          SpotKind
	Name          string
	Number        string    // the city's own, once for each kind; may be empty
	Point         geo.Point // WGS-84
	Datum         geo.Datum
	OriginalPoint geo.Point // as it came, in Datum
	Area          ID
	Unit          ID
	Contact       string
	Contractor    string // of a construction site
	Permit        string
	Vehicles      []string // number plates
	Span
	Enabled   bool
	CreatedAt Time
	UpdatedAt Time
}

// InUse says whether the place counts on a day.
func (s *Spot) InUse(on Date) bool { return s.Enabled && s.Holds(on) }
