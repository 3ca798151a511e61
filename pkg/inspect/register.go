package inspect

import "time"

// Unit is a body that answers for something: a district, a bureau, a street office, a contractor, a crew.
type Unit struct {
	ID        ID
	Name      string
	Kind      UnitKind
	PeerGroup string // those that are ranked against one another
	Parent    ID
	Contact   string
	Enabled   bool
	CreatedAt Time
	UpdatedAt Time
}

// Area is a part of the city in the tree city → district → street → community → grid or road section.
type Area struct {
	ID        ID
	Name      string
	Code      string
	Level     AreaLevel
	Class     string // main road, back lane, market …: decides limits
	Parent    ID
	Outline   string  // SHA-256 of its GeoJSON, empty without one; only an import changes it
	WidthM    float64 // of a road section from side to side, metres; 0 for all else
	Enabled   bool
	CreatedAt Time
	UpdatedAt Time
}

// Category is an item of the catalogue.
type Category struct {
	Code       string // five digits of GB/T 47678.5-2026, or local
	OldCode    string // four digits of GB/T 30428.2-2013
	NameZH     string
	NameEN     string
	Group      string
	Limit      float64
	LimitUnit  LimitUnit
	ClassZH    string
	Local      bool
	Enabled    bool
	ByPhoto    bool // may be verified by photo
	ReopenDays int  // days after verification in which it can be reopened, 0 for none
	CreatedAt  Time
	UpdatedAt  Time
}

// Person is somebody who may log in.
type Person struct {
	ID          ID
	Name        string // to log in by
	DisplayName string
	StaffNumber string
	Phone       string
	Disabled    bool
	Grants      []Grant
	CreatedAt   Time
	UpdatedAt   Time
}

// Scope is what a role reaches over; ID is zero for the city.
type Scope struct {
	Kind ScopeKind
	ID   ID
}

// Grant is a role over a scope, for a time; Until is zero while it holds.
type Grant struct {
	Role  Role
	Scope Scope
	Since Time
	Until Time
}

// Actor is who asks, with the grants that hold now.
type Actor struct {
	ID          ID
	Name        string
	DisplayName string
	StaffNumber string
	Grants      []Grant
	Address     string // of the network that they ask from, for the security log
	Link        ID     // the link by which somebody acts on this person's word, zero for the person

	AuthenticatedAt Time // when whoever has the session last showed that they are this person, by a password or a code
}

// authenticatedFor is how long somebody may do what is dangerous after they gave their password.
const authenticatedFor = 10 * time.Minute

// RecentlyAuthenticated refuses what is dangerous to whoever has not given their password lately: they may have left a desk behind. Whoever runs the
// server is not asked.
func (a *Actor) RecentlyAuthenticated(now Time) error {
	if a.ID.IsZero() || now.Sub(a.AuthenticatedAt) <= authenticatedFor {
		return nil
	}
	return ErrPasswordAgain
}

// HasRole says whether the actor holds a role anywhere.
func (a *Actor) HasRole(roles ...Role) bool {
	for _, g := range a.Grants {
		for _, r := range roles {
			if g.Role == r {
				return true
			}
		}
	}
	return false
}
