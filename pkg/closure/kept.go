package closure

import (
	"encoding/binary"
	"errors"
	"slices"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// keptForm is the first byte of moments and of changes as they are kept, and says how to read the others.
const keptForm = 1

// bases are the kinds of cell by the number that stands for them in what is kept; others are added at the end only.
var bases = []DateBasis{ByDay, ByDue, ByFix, ByClosing}

// AppendDeltas writes changes as they are kept: of each how often, the kind, the day, unit, category and area by their lengths, and the counts.
func AppendDeltas(b []byte, all []Delta) []byte {
	b = append(b, keptForm)
	for n := range all {
		d := &all[n]
		b = append(binary.AppendVarint(b, d.Times), byte(slices.Index(bases, d.Basis)))
		b = binary.AppendVarint(b, int64(d.Day))
		for _, text := range [][]byte{bytesOf(&d.Unit), []byte(d.Category), bytesOf(&d.Area)} {
			b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
		}
		b = binary.AppendUvarint(b, uint64(len(d.Counts)))
		for _, c := range d.Counts {
			b = append(b, byte(c))
		}
	}
	return b
}

// bytesOf is an id, or nothing for none.
func bytesOf(id *inspect.ID) []byte {
	if id.IsZero() {
		return nil
	}
	return id[:]
}

var errDeltas = errors.New("closure: these are no changes of sums")

// ReadDeltas calls f for each change that AppendDeltas wrote.
func ReadDeltas(b []byte, f func(*Delta)) error {
	if len(b) == 0 || b[0] != keptForm {
		return errDeltas
	}
	for r := (keptReader{rest: b[1:]}); len(r.rest) > 0; {
		d := Delta{Times: r.number()}
		basis := int(r.byte())
		d.Day = calendar.Day(r.number())
		unit, category, area, of := r.text(), r.text(), r.text(), r.text()
		if r.bad || basis >= len(bases) || !isID(unit) || !isID(area) {
			return errDeltas
		}
		d.Basis, d.Category, d.Counts = bases[basis], string(category), make([]Count, len(of))
		copy(d.Unit[:], unit)
		copy(d.Area[:], area)
		for n, c := range of {
			if Count(c) >= counts {
				return errDeltas
			}
			d.Counts[n] = Count(c)
		}
		f(&d)
	}
	return nil
}

// isID says whether bytes are an id or none.
func isID(b []byte) bool { return len(b) == 0 || len(b) == len(inspect.ID{}) }

// keptReader reads what is left of what is kept, until something cannot be read.
type keptReader struct {
	rest []byte
	bad  bool
}

func (r *keptReader) bytes(n int) []byte {
	if n > len(r.rest) || r.bad {
		r.bad = true
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

// text is some bytes after their number; one that is larger than what there is is as bad as one too many.
func (r *keptReader) text() []byte { return r.bytes(int(min(r.count(), uint64(len(r.rest)+1)))) }

func (r *keptReader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *keptReader) count() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.skip(n)
	return v
}

func (r *keptReader) number() int64 {
	v, n := binary.Varint(r.rest)
	r.skip(n)
	return v
}

func (r *keptReader) skip(n int) {
	if n <= 0 {
		r.bad = true
		return
	}
	r.rest = r.rest[n:]
}
