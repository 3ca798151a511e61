// Package strictjson reads JSON that comes from outside: nothing is guessed, nothing is dropped in silence, and every
// fault is reported at once with its JSON pointer.
//
// A destination is a struct whose fields carry tags:
//
//	json:"name"   the exact name; fields without it are not read
//	need:"true"   the name must be there
//	need:"words"  the name must be there with a text of more than blanks; those at its ends are left out
//	max:"200"     the most runes of a text, items of a list, entries of a map, bytes of a json.RawMessage
//	each:"80"     the most runes of each text in a list or a map
//
// Its types may be structs (embedded ones are flattened), pointers for what is optional, slices, map[string]string,
// strings, booleans, integers, float64, time.Time, json.RawMessage and whatever implements encoding.TextUnmarshaler.
// A nil pointer is the only thing that null can become.
package strictjson

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"spotcheck/pkg/fault"
)

// The bounds that hold where no tag says otherwise.
const (
	MaxDepth  = 16     // objects and lists inside one another
	MaxFaults = 50     // faults that are listed; one more line says that there are others
	MaxText   = 10_000 // runes of a text
	MaxName   = 200    // runes of a name in a map
	MaxItems  = 1_000  // items of a list, entries of a map
	MaxRaw    = 10_000 // bytes of a json.RawMessage
)

// Result is what Decode found wrong.
type Result struct {
	Fields      []fault.Field // in the order of the document; empty when all is well
	OnlyUnknown bool          // there are faults, and all of them are names that this version does not know
}

// OK says that nothing was wrong and the destination can be used.
func (r Result) OK() bool { return len(r.Fields) == 0 }

// Decode reads one JSON object from raw into the struct that dst points to. Unless the result is OK, dst may be half
// filled and must not be used. A destination of a type that cannot be read is a bug of the caller and panics.
func Decode(raw []byte, dst any) Result {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		panic("strictjson: the destination must be a pointer")
	}
	mustRead(v.Type().Elem())
	d := decoder{reader: reader{raw: raw}}
	d.document(v.Elem())
	return d.result()
}

type decoder struct {
	reader
	path   []step
	fields []fault.Field
	others int // faults that are not unknown names
	more   bool
}

// step is one token of a pointer: a name, or an index of a list.
type step struct {
	name   string
	index  int
	inList bool
}

func (d *decoder) document(dst reflect.Value) {
	d.space()
	if d.at == len(d.raw) {
		d.fault("the body is empty")
		return
	}
	if !d.value(dst, limits{}) {
		return
	}
	d.space()
	if d.at < len(d.raw) {
		d.fail("something follows the end of the document")
	}
}

func (d *decoder) result() Result {
	if d.syntax != "" {
		detail := fmt.Sprintf("not valid JSON at byte %d: %s", d.at, d.syntax)
		return Result{Fields: []fault.Field{{Detail: detail}}}
	}
	if d.more {
		d.fields = append(d.fields, fault.Field{Detail: fmt.Sprintf("there are more faults; only the first %d are listed", MaxFaults)})
	}
	return Result{Fields: d.fields, OnlyUnknown: len(d.fields) > 0 && d.others == 0}
}

// fault records one fault at the place that is being read.
func (d *decoder) fault(format string, args ...any) {
	d.others++
	d.record(fmt.Sprintf(format, args...))
}

func (d *decoder) record(detail string) {
	if len(d.fields) == MaxFaults {
		d.more = true
		return
	}
	d.fields = append(d.fields, fault.Field{Pointer: d.pointer(), Detail: detail})
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// pointer is the RFC 6901 pointer of the place that is being read; names that nobody needs in full are cut.
func (d *decoder) pointer() string {
	const longest = 64
	var b strings.Builder
	for _, s := range d.path {
		b.WriteByte('/')
		if s.inList {
			b.WriteString(strconv.Itoa(s.index))
			continue
		}
		name := s.name
		if utf8.RuneCountInString(name) > longest {
			name = string([]rune(name)[:longest]) + "…"
		}
		_, _ = pointerEscapes.WriteString(&b, name)
	}
	return b.String()
}

func (d *decoder) push(s step) { d.path = append(d.path, s) }
func (d *decoder) pop()        { d.path = d.path[:len(d.path)-1] }

// value reads the next value into dst, or only checks it when dst is the zero reflect.Value. It says false when
// reading cannot go on.
func (d *decoder) value(dst reflect.Value, lim limits) bool {
	d.space()
	got := d.peek()
	if dst.IsValid() && d.more { // lost already: keep checking, build nothing
		dst = reflect.Value{}
	}
	for dst.IsValid() && dst.Kind() == reflect.Pointer && got != kindNull {
		dst.Set(reflect.New(dst.Type().Elem()))
		dst = dst.Elem()
	}
	if dst.IsValid() && dst.Type() == rawMessage {
		return d.rawMessage(dst, lim)
	}
	if dst.IsValid() && got != kindNone {
		if want := wanted(dst.Type()); want != got && !(got == kindNull && dst.Kind() == reflect.Pointer) {
			d.fault("want %s, got %s", want, got)
			dst = reflect.Value{}
		}
	}
	switch got {
	case kindObject:
		return d.object(dst, lim)
	case kindList:
		return d.list(dst, lim)
	case kindText:
		return d.text(dst, lim)
	case kindNumber:
		return d.number(dst)
	case kindBool:
		return d.boolean(dst)
	case kindNull:
		return d.null(dst)
	}
	return d.fail("want a value")
}

func (d *decoder) object(dst reflect.Value, lim limits) bool {
	if !d.enter() {
		return false
	}
	seen := map[string]bool{}
	for first := true; ; first = false {
		d.space()
		if first && d.take('}') {
			break
		}
		name, wrong, ok := d.name()
		if !ok {
			return false
		}
		d.push(step{name: name})
		ok = d.member(dst, lim, name, wrong, seen)
		if !ok {
			return false
		}
		d.pop()
		d.space()
		if d.take('}') {
			break
		}
		if !d.take(',') {
			return d.fail("want a comma or }")
		}
	}
	d.depth--
	d.missing(dst, seen)
	return true
}

// member reads the value of one name of an object.
func (d *decoder) member(dst reflect.Value, lim limits, name, wrong string, seen map[string]bool) bool {
	again := seen[name]
	seen[name] = true
	switch {
	case wrong != "":
		d.fault("the name %s", wrong)
	case again:
		d.fault("this name stands here twice")
	case !dst.IsValid():
	case dst.Kind() == reflect.Map:
		return d.entry(dst, lim, name, len(seen))
	default:
		f, ok := planOf(dst.Type()).byName[name]
		if ok {
			return d.value(dst.FieldByIndex(f.index), f.limits)
		}
		d.record("this name is not known")
	}
	return d.value(reflect.Value{}, limits{})
}

// entry reads one value of a map.
func (d *decoder) entry(dst reflect.Value, lim limits, name string, count int) bool {
	most := or(lim.max, MaxItems)
	if utf8.RuneCountInString(name) > MaxName {
		d.fault("the name is longer than %d characters", MaxName)
	}
	if count == most+1 {
		d.fault("at most %d entries are allowed", most)
	}
	if count > most {
		return d.value(reflect.Value{}, limits{})
	}
	if dst.IsNil() {
		dst.Set(reflect.MakeMap(dst.Type()))
	}
	v := reflect.New(dst.Type().Elem()).Elem()
	ok := d.value(v, limits{max: lim.each})
	dst.SetMapIndex(reflect.ValueOf(name).Convert(dst.Type().Key()), v)
	return ok
}

func (d *decoder) missing(dst reflect.Value, seen map[string]bool) {
	if !dst.IsValid() {
		return
	}
	if dst.Kind() == reflect.Map {
		if dst.IsNil() {
			dst.Set(reflect.MakeMap(dst.Type()))
		}
		return
	}
	for _, f := range planOf(dst.Type()).fields {
		v := dst.FieldByIndex(f.index)
		null := v.Kind() == reflect.Pointer && v.IsNil() && !d.more
		if f.need && (null || !seen[f.name]) {
			d.push(step{name: f.name})
			d.fault("this is required")
			d.pop()
		}
	}
}

func (d *decoder) list(dst reflect.Value, lim limits) bool {
	if !d.enter() {
		return false
	}
	most := or(lim.max, MaxItems)
	if dst.IsValid() {
		dst.Set(reflect.MakeSlice(dst.Type(), 0, 0))
	}
	for i := 0; ; i++ {
		d.space()
		if i == 0 && d.take(']') {
			break
		}
		if dst.IsValid() && i == most {
			d.fault("at most %d items are allowed", most)
			dst = reflect.Value{}
		}
		d.push(step{index: i, inList: true})
		if !d.item(dst, lim) {
			return false
		}
		d.pop()
		d.space()
		if d.take(']') {
			break
		}
		if !d.take(',') {
			return d.fail("want a comma or ]")
		}
	}
	d.depth--
	return true
}

// item reads one value at the end of a list.
func (d *decoder) item(dst reflect.Value, lim limits) bool {
	if !dst.IsValid() || d.more {
		return d.value(reflect.Value{}, limits{})
	}
	dst.Grow(1)
	dst.SetLen(dst.Len() + 1)
	last := dst.Index(dst.Len() - 1)
	last.SetZero()
	return d.value(last, limits{max: lim.each})
}

// enter opens an object or a list; one that is nested too deep ends the reading.
func (d *decoder) enter() bool {
	d.at++
	d.depth++
	if d.depth > MaxDepth {
		d.fault("nested deeper than %d levels; what follows was not read", MaxDepth)
		return false
	}
	return true
}

func (d *decoder) rawMessage(dst reflect.Value, lim limits) bool {
	start := d.at
	if !d.value(reflect.Value{}, limits{}) {
		return false
	}
	if most := or(lim.max, MaxRaw); d.at-start > most {
		d.fault("at most %d bytes are allowed", most)
		return true
	}
	dst.SetBytes(append(json.RawMessage(nil), d.raw[start:d.at]...))
	return true
}

func or(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}
