package inspect

// AgreementKind is what a place or a unit signed for.
type AgreementKind string

// AgreementKinds are all of them: 门前三包, 门前四包, 责任书.
var AgreementKinds = []AgreementKind{"three_fronts", "four_fronts", "letter"}

// UnmarshalText reads a kind of agreement and refuses all else.
func (k *AgreementKind) UnmarshalText(text []byte) (err error) {
	*k, err = OneOf(*k, text, AgreementKinds)
	return
}

// Agreement says that somebody signed for a place of the register, or a unit with the office: exactly one of them.
type Agreement struct {
	ID        ID
	Spot      ID
	Unit      ID
	Kind      AgreementKind
	Span             // from the day of signing
	SignedBy  string // who signed
	Scan      Scan
	Enabled   bool
	CreatedAt Time
	UpdatedAt Time
}

// WrongSubject says what is wrong with whom an agreement is with, and in which field; empty where nothing is. Fronts are of places; units sign letters.
func (v *Agreement) WrongSubject() (pointer, detail string) {
	switch {
	case v.Spot.IsZero() == v.Unit.IsZero():
		return "/unit", "want a place or a unit, and not both"
	case !v.Unit.IsZero() && v.Kind != "letter":
		return "/kind", "a unit signs a letter of responsibility"
	}
	return "", ""
}

// Scan is a picture of what was signed; the zero Scan is none.
type Scan struct {
	SHA256 string // as the server computed it
	Bytes  int64
	Type   string
}

// Coverage is how many of some places or units have signed.
type Coverage struct{ Signed, Total int }

// Percent is the share that has signed, 0 to 100; ok is false where there are none, which is no data and not 0.
func (c Coverage) Percent() (share float64, ok bool) {
	if c.Total == 0 {
		return 0, false
	}
	return 100 * float64(c.Signed) / float64(c.Total), true
}

// Add is both together.
func (c Coverage) Add(o Coverage) Coverage { return Coverage{c.Signed + o.Signed, c.Total + o.Total} }
