package inspect

import "slices"

// Pending is something about an issue that waits for somebody beside its status: a decision of the office, or an answer of the unit.
type Pending string

// What may be pending. The order is that of their bits in a row of the database, and stays.
const (
	PendingExtension Pending = "extension" // more time was asked for
	PendingHold      Pending = "hold"
	PendingAppeal    Pending = "appeal"
	PendingDismissal Pending = "dismissal" // a second person has to confirm
	PendingReply     Pending = "reply"     // a supervision letter has no answer
	PendingReturned  Pending = "returned"  // a unit gave it back, and nobody has it
	PendingRework    Pending = "rework"    // the unit has to do it again
	PendingLook      Pending = "look"      // somebody on site has to say whether the report is real
)

// AllPending are all of them.
var AllPending = []Pending{PendingExtension, PendingHold, PendingAppeal, PendingDismissal, PendingReply, PendingReturned, PendingRework, PendingLook}

// UnmarshalText reads what is pending and refuses all else.
func (p *Pending) UnmarshalText(text []byte) (err error) {
	*p, err = OneOf(*p, text, AllPending)
	return
}

// Bit is what stands for it in a row of the database.
func (p Pending) Bit() int64 { return 1 << slices.Index(AllPending, p) }

// Pending says what waits for somebody. What is over, dismissed or merged waits for nobody, but for an appeal.
func (i *Issue) Pending() (all []Pending) {
	working := i.Status == Assigned || i.Status == Fixed
	for _, p := range []struct {
		is   bool
		kind Pending
	}{
		{working && i.Extension.At != 0, PendingExtension},
		{working && i.Hold.At != 0, PendingHold},
		{slices.ContainsFunc(i.Appeals, func(a Appeal) bool { return a.Answer == "" }), PendingAppeal},
		{i.DismissalAskedAt != 0 && i.Status != Dismissed && i.Status != Merged, PendingDismissal},
		{working && slices.ContainsFunc(i.Letters, func(l Letter) bool { return l.RepliedAt == 0 }), PendingReply},
		{i.Status == Reported && !i.ReturnedBy.IsZero(), PendingReturned},
		{i.Status == Assigned && i.Rework > 0, PendingRework},
		{i.Status == Reported && i.FieldCheckAskedAt != 0, PendingLook},
	} {
		if p.is {
			all = append(all, p.kind)
		}
	}
	return all
}

// PendingBits is all that is pending as a row of the database holds it.
func (i *Issue) PendingBits() (bits int64) {
	for _, p := range i.Pending() {
		bits |= p.Bit()
	}
	return bits
}
