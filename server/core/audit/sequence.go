package audit

import "fmt"

// seqs is the set of the numbers of events that were seen, a bit for each.
type seqs struct {
	last int64
	bits []uint64
}

// add notes a number; false when it is over the last.
func (s *seqs) add(n int64) bool {
	if n < 1 || n > s.last {
		return false
	}
	if s.bits == nil {
		s.bits = make([]uint64, s.last/64+1)
	}
	s.bits[n/64] |= 1 << (n % 64)
	return true
}

func (s *seqs) has(n int64) bool { return s.bits != nil && s.bits[n/64]&(1<<(n%64)) != 0 }

// gapsShown is how many gaps are named.
const gapsShown = 20

// gaps names the numbers that were not seen, and counts them.
func (s *seqs) gaps() (text string, missing int64) {
	named := 0
	for n := int64(1); n <= s.last; n++ {
		if s.has(n) {
			continue
		}
		from := n
		for n < s.last && !s.has(n+1) {
			n++
		}
		missing += n - from + 1
		switch named++; {
		case named > gapsShown:
		case from == n:
			text += fmt.Sprintf(" %d", n)
		default:
			text += fmt.Sprintf(" %d-%d", from, n)
		}
	}
	if named > gapsShown {
		text += " and more"
	}
	return text, missing
}
