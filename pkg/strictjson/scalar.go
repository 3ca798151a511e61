package strictjson

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"spotcheck/pkg/fault"
)

// MaxWhole is the largest whole number, 2⁵³−1: RFC 7493 promises no more, and a phone's JavaScript holds no more.
const MaxWhole = 1<<53 - 1

var (
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	timeTime        = reflect.TypeFor[time.Time]()
	rawMessage      = reflect.TypeFor[json.RawMessage]()
)

// text reads a string into a string, a time or a type with UnmarshalText.
func (d *decoder) text(dst reflect.Value, lim limits) bool {
	s, wrong, ok := d.quoted()
	if !ok {
		return false
	}
	if lim.words {
		s = strings.TrimSpace(s)
	}
	most := or(lim.max, MaxText)
	switch {
	case wrong != "":
		d.fault("the text %s", wrong)
	case !dst.IsValid():
	case utf8.RuneCountInString(s) > most:
		d.fault("the text is longer than %d characters", most)
	case dst.Type() == timeTime:
		d.time(dst, s)
	case reflect.PointerTo(dst.Type()).Implements(textUnmarshaler):
		if err := dst.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
			d.fault("%s", sentence(err))
		}
	case lim.words && s == "":
		d.fault("is empty")
	default:
		dst.SetString(s)
	}
	return true
}

// time reads RFC 3339 with an offset; finer parts than the database keeps stay in the value.
func (d *decoder) time(dst reflect.Value, s string) {
	var t time.Time
	if err := t.UnmarshalText([]byte(s)); err != nil {
		d.fault("want a time as in 2026-11-24T08:30:00.000+08:00, with its offset")
		return
	}
	for _, year := range []int{t.Year(), t.UTC().Year()} {
		if year < 1 || year > 9999 {
			d.fault("want a year from 0001 to 9999")
			return
		}
	}
	dst.Set(reflect.ValueOf(t))
}

// number reads into an integer or a float64; where nothing is filled it still insists that the number can be held.
func (d *decoder) number(dst reflect.Value) bool {
	s, whole, ok := d.numeral()
	if !ok {
		return false
	}
	f, err := strconv.ParseFloat(s, 64)
	n, tooLong := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		d.fault("the number is out of range")
	case whole && (tooLong != nil || n > MaxWhole || n < -MaxWhole):
		d.fault("the number is out of range: whole numbers end at ±%d", MaxWhole)
	case !dst.IsValid():
	case dst.CanFloat():
		dst.SetFloat(f + 0) // −0 is 0: canonical JSON cannot tell them apart
	case !whole:
		d.fault("want a whole number, without fraction or exponent")
	case dst.CanInt() && !dst.OverflowInt(n):
		dst.SetInt(n)
	case dst.CanUint() && n >= 0 && !dst.OverflowUint(uint64(n)):
		dst.SetUint(uint64(n))
	default:
		d.fault("the number is out of range")
	}
	return true
}

func (d *decoder) boolean(dst reflect.Value) bool {
	word, is := "false", d.raw[d.at] == 't'
	if is {
		word = "true"
	}
	if !d.literal(word) {
		return false
	}
	if dst.IsValid() {
		dst.SetBool(is)
	}
	return true
}

func (d *decoder) null(dst reflect.Value) bool {
	if dst.IsValid() {
		dst.SetZero()
	}
	return d.literal("null")
}

// sentence is what people may read of the error of an UnmarshalText.
func sentence(err error) string {
	if e, ok := fault.As(err); ok {
		return e.Text
	}
	return err.Error()
}
