package duty

// Window is what was due of a target in one period, and what was done in it.
type Window struct {
	Planned int // so far: a round that is still open is not yet due
	Excused int // of those, for a reason that is on record
	Done    int // in time, rounds beyond the plan among them
}

// Due is the quota of the window: what was planned without what was excused.
func (w Window) Due() int { return max(w.Planned-w.Excused, 0) }

// Kept is how much of the quota was done; more than the quota makes up for no other window.
func (w Window) Kept() int { return min(w.Done, w.Due()) }

// Compliance is how far a duty was kept: Σ min(done, quota) ÷ Σ quota over its windows (落实率).
type Compliance struct{ Kept, Due, Planned, Excused, Done int }

// Add counts a number of windows that are alike.
func (c *Compliance) Add(w Window, times int) {
	c.Kept += times * w.Kept()
	c.Due += times * w.Due()
	c.Planned += times * w.Planned
	c.Excused += times * w.Excused
	c.Done += times * w.Done
}

// Share is the compliance from 0 to 1; ok is false where nothing was due, and there is no data.
func (c Compliance) Share() (share float64, ok bool) {
	if c.Due == 0 {
		return 0, false
	}
	return float64(c.Kept) / float64(c.Due), true
}
