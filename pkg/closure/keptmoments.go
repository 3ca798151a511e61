package closure

import (
	"encoding/binary"
	"errors"
	"math"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// A moment is kept as its kind, the fields that it has as bits, the time since the moment before it, and those fields in the order of momentFields.

// momentField is what a moment may have besides its kind and its time.
type momentField struct {
	has  func(*Moment) bool
	put  func([]byte, *Moment) []byte
	take func(*keptReader, *Moment)
}

// momentFields are all of them. Others are added at the end only, so that what is kept stays readable.
var momentFields = []momentField{
	idField(func(m *Moment) *inspect.ID { return &m.Unit }),
	idField(func(m *Moment) *inspect.ID { return &m.Area }),
	textField(func(m *Moment) *string { return &m.Category }),
	flagField(func(m *Moment) *bool { return &m.Own }),
	timeField(func(m *Moment) *inspect.Time { return &m.FoundAt }),
	timeField(func(m *Moment) *inspect.Time { return &m.DueAt }),
	{func(m *Moment) bool { return m.Limit.N != 0 }, func(b []byte, m *Moment) []byte {
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(m.Limit.N))
	}, func(r *keptReader, m *Moment) {
		if b := r.bytes(8); b != nil {
			if n := math.Float64frombits(binary.LittleEndian.Uint64(b)); n != 0 { // a zero has no sign
				m.Limit.N = n
			}
		}
	}},
	textField(func(m *Moment) *calendar.Unit { return &m.Limit.Unit }, calendar.Units...),
	textField(func(m *Moment) *calendar.Counting { return &m.Limit.Counting }, calendar.Countings...),
	timeField(func(m *Moment) *inspect.Time { return &m.ClockAt }),
	timeField(func(m *Moment) *inspect.Time { return &m.Since }),
	timeField(func(m *Moment) *inspect.Time { return &m.StepBy }),
	flagField(func(m *Moment) *bool { return &m.Rejected }),
	timeField(func(m *Moment) *inspect.Time { return &m.PauseFrom }),
	timeField(func(m *Moment) *inspect.Time { return &m.PauseTo }),
	idField(func(m *Moment) *inspect.ID { return &m.Suspension }),
	textField(func(m *Moment) *inspect.AppealSubject { return &m.About }, inspect.AppealSubjects...),
	textField(func(m *Moment) *inspect.Finding { return &m.Finding }, inspect.Findings...),
}

// flagField is said by its bit alone.
func flagField(of func(*Moment) *bool) momentField {
	return momentField{func(m *Moment) bool { return *of(m) }, func(b []byte, _ *Moment) []byte { return b },
		func(_ *keptReader, m *Moment) { *of(m) = true }}
}

// timeField is kept as the milliseconds from the time of the moment on.
func timeField(of func(*Moment) *inspect.Time) momentField {
	return momentField{func(m *Moment) bool { return *of(m) != 0 }, func(b []byte, m *Moment) []byte { return binary.AppendVarint(b, int64(*of(m)-m.At)) },
		func(r *keptReader, m *Moment) { *of(m) = m.At + inspect.Time(r.number()) }}
}

func idField(of func(*Moment) *inspect.ID) momentField {
	return momentField{func(m *Moment) bool { return !of(m).IsZero() }, func(b []byte, m *Moment) []byte { return append(b, of(m)[:]...) },
		func(r *keptReader, m *Moment) { copy(of(m)[:], r.bytes(len(inspect.ID{}))) }}
}

// textField is a text, mostly one of those that are known.
func textField[T ~string](of func(*Moment) *T, known ...T) momentField {
	return momentField{func(m *Moment) bool { return *of(m) != "" }, func(b []byte, m *Moment) []byte {
		return append(binary.AppendUvarint(b, uint64(len(*of(m)))), *of(m)...)
	}, func(r *keptReader, m *Moment) {
		text := r.text()
		for _, k := range known {
			if string(text) == string(k) {
				*of(m) = k
				return
			}
		}
		*of(m) = T(text)
	}}
}

// AppendMoments writes the moments of an issue as they are kept.
func AppendMoments(b []byte, all []Moment) []byte {
	b = append(b, keptForm)
	last := inspect.Time(0)
	for n := range all {
		m := &all[n]
		fields := uint64(0)
		for k := range momentFields {
			if momentFields[k].has(m) {
				fields |= 1 << k
			}
		}
		b = binary.AppendVarint(binary.AppendUvarint(append(b, byte(m.Kind)), fields), int64(m.At-last))
		for k := range momentFields {
			if fields&(1<<k) != 0 {
				b = momentFields[k].put(b, m)
			}
		}
		last = m.At
	}
	return b
}

// errMoments is what is kept of moments and cannot be read.
var errMoments = errors.New("closure: these are no moments")

// ReadMoments reads what AppendMoments wrote.
func ReadMoments(b []byte) (all []Moment, err error) {
	if len(b) == 0 || b[0] != keptForm {
		return nil, errMoments
	}
	r, last := keptReader{rest: b[1:]}, inspect.Time(0)
	all = make([]Moment, 0, 8)
	for len(r.rest) > 0 && !r.bad {
		m := Moment{Kind: MomentKind(r.byte())}
		fields := r.count()
		m.At = last + inspect.Time(r.number())
		for k := 0; fields != 0 && !r.bad; k, fields = k+1, fields>>1 {
			if fields&1 == 0 {
				continue
			}
			if k >= len(momentFields) {
				return nil, errMoments
			}
			momentFields[k].take(&r, &m)
		}
		all, last = append(all, m), m.At
	}
	if r.bad {
		return nil, errMoments
	}
	return all, nil
}
