package audit

import (
	"hash/maphash"
	"math/rand/v2"
	"slices"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// sumKey is the name of a sum in little room: two names that are not the same have hashes that are not, as near to never as never matters here.
type sumKey struct {
	name               uint64
	day                int32
	part, basis, grain byte // by numberOf
}

// dailySums are what stands under each day, as one number that other counts would make another number.
type dailySums struct {
	seed  maphash.Seed
	worth [len(closure.Counts{})]uint64 // of one of each count
	sums  map[sumKey]uint64
	names map[inspect.ID]uint64 // of units and areas
}

func newDailySums() (s dailySums) {
	s.seed = maphash.MakeSeed()
	for n := range s.worth {
		s.worth[n] = rand.Uint64() | 1
	}
	return s.empty()
}

// empty is another one in which the same has the same name and the same worth.
func (s dailySums) empty() dailySums {
	s.sums, s.names = map[sumKey]uint64{}, map[inspect.ID]uint64{}
	return s
}

// words are those of parts, kinds and grains.
var words = []string{store.RollUpAll, store.RollUpUnits, store.RollUpCategories, store.RollUpAreas, string(closure.ByDay), string(closure.ByDue), string(closure.ByFix),
	string(closure.ByClosing), "year", "month"}

// numberOf is the place of a word among them, the last number for one that is none of them.
func numberOf[T ~string](word T) byte { return byte(slices.Index(words, string(word))) }

// count adds a cell to all that it belongs to.
func (s *dailySums) count(d *closure.Delta) {
	all := uint64(0)
	for _, n := range d.Counts {
		all += uint64(d.Times) * s.worth[n]
	}
	store.DailyKeys(&d.Cell, func(k store.DailyKey) {
		s.sums[sumKey{s.nameOf(&k), int32(k.Day), numberOf(k.Part), numberOf(k.Basis), 0}] += all
	})
}

func (s *dailySums) nameOf(k *store.DailyKey) uint64 {
	if k.Category != "" {
		return maphash.String(s.seed, k.Category)
	}
	name, ok := s.names[k.ID]
	if !ok {
		name = maphash.String(s.seed, k.Name())
		s.names[k.ID] = name
	}
	return name
}

// add adds other ones.
func (s *dailySums) add(other *dailySums) {
	for k, n := range other.sums {
		s.sums[k] += n
	}
}

// rollUps are the sums of days, months and years.
func (s *dailySums) rollUps() map[sumKey]uint64 {
	all := map[sumKey]uint64{}
	for k, n := range s.sums {
		store.EachGrain(words[k.part], calendar.Day(k.day), func(grain string, first calendar.Day) {
			all[sumKey{k.name, int32(first), k.part, k.basis, numberOf(grain)}] += n
		})
	}
	return all
}

// keyOf names a row of the sums.
func (s *dailySums) keyOf(k *store.RollUpKey) sumKey {
	return sumKey{maphash.String(s.seed, k.Name), int32(k.Day), numberOf(k.Part), numberOf(k.Kind), numberOf(k.Grain)}
}

// worthOf is what counts come to.
func (s *dailySums) worthOf(c *closure.Counts) (all uint64) {
	for n, times := range c {
		all += uint64(times) * s.worth[n]
	}
	return all
}
