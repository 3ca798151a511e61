package photo

import "slices"

// The bands by which candidates are found: each is a number made of some bits, and copies share at least one.
const (
	bandCount = 8
	bandBits  = 18
)

// bandChoice is which bits make each band: low frequencies, which change least, each band another mix of them.
var bandChoice = func() (c [bandCount][bandBits]int) {
	var low []int
	for n := 1; n < printWaves*printWaves; n++ {
		if u, w := n/printWaves, n%printWaves; u+w <= 8 {
			low = append(low, n-1)
		}
	}
	at := 0
	for b := range c {
		step := 7 + 2*b
		for k := range c[b] {
			c[b][k] = low[at%len(low)]
			at += step
			for slices.Contains(c[b][:k], low[at%len(low)]) {
				at++
			}
		}
	}
	return c
}()

// Bands are the numbers of a print; the number of the band is in the upper bits, so that all are distinct keys.
func (p PerceptualHash) Bands() (keys [bandCount]int64) {
	for b, choice := range bandChoice {
		key := int64(b)
		for _, n := range choice {
			key <<= 1
			if p.bit(n) {
				key |= 1
			}
		}
		keys[b] = key
	}
	return keys
}

// Keys are all numbers by which others will find this picture.
func (f Fingerprint) Keys() []int64 {
	var all []int64
	for _, p := range f.Prints() {
		keys := p.Bands()
		all = append(all, keys[:]...)
	}
	return distinct(all)
}

// Keys are all numbers under which the picture may lie in any turn.
func (t RotationFingerprints) Keys() (all []int64) {
	for _, f := range t {
		all = append(all, f.Keys()...)
	}
	return distinct(all)
}

func distinct(keys []int64) []int64 {
	slices.Sort(keys)
	return slices.Compact(keys)
}
