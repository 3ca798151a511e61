package paper

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"spotcheck/pkg/inspect"
)

// ValueKind says what a value is.
type ValueKind string

// The kinds of values. None is a figure that is not there: "no data", or a change from a base of 0.
const (
	None     ValueKind = "none"
	Text     ValueKind = "text"
	Count    ValueKind = "count"
	Rate     ValueKind = "rate"   // a part of a whole; its numerator and denominator are known
	Share    ValueKind = "share"  // a change of a count, in parts of its base
	Points   ValueKind = "points" // a change of a rate, in percentage points
	Hours    ValueKind = "hours"
	Duration ValueKind = "duration" // its text names its unit, since values of one column may differ in it
	Number   ValueKind = "number"   // a score, issues per kilometre
	DateTime ValueKind = "time"     // to the minute
	Day      ValueKind = "date"
)

// Value is a figure or a text with the one text that every form shows for it.
type Value struct {
	Kind        ValueKind
	Text        string
	Number      float64 // what a spreadsheet counts with, rounded as the text is; times, texts and what is not there have none
	Ratio       bool    // it is a rate, with the next two, also where it has no data
	Numerator   int64
	Denominator int64
	Unit        string // of the figure, behind its text where no head names it
}

// wireValue is a value in JSON: a number only where there is one, numerator and denominator with every rate, also 0.
type wireValue struct {
	Kind        ValueKind `json:"kind"`
	Text        string    `json:"text"`
	Number      *float64  `json:"number,omitempty"`
	Numerator   *int64    `json:"n,omitempty"`
	Denominator *int64    `json:"of,omitempty"`
	Unit        string    `json:"unit,omitempty"`
}

// MarshalJSON writes the value.
func (v Value) MarshalJSON() ([]byte, error) {
	w := wireValue{Kind: v.Kind, Text: v.Text, Unit: v.Unit}
	switch v.Kind {
	case Count, Rate, Share, Points, Hours, Duration, Number:
		w.Number = &v.Number
	}
	if v.Ratio {
		w.Numerator, w.Denominator = &v.Numerator, &v.Denominator
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads it back.
func (v *Value) UnmarshalJSON(b []byte) error {
	var w wireValue
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*v = Value{Kind: w.Kind, Text: w.Text, Unit: w.Unit, Ratio: w.Denominator != nil}
	if w.Number != nil {
		v.Number = *w.Number
	}
	if w.Numerator != nil {
		v.Numerator = *w.Numerator
	}
	if w.Denominator != nil {
		v.Denominator = *w.Denominator
	}
	return nil
}

// Formatter makes values in the words of a language.
type Formatter struct {
	Language inspect.Language
	Zone     *time.Location // of the city
}

// Text is a value of words.
func (f Formatter) Text(text string) Value { return Value{Kind: Text, Text: text} }

// NoData is a figure without a denominator.
func (f Formatter) NoData() Value { return Value{Kind: None, Text: f.say("无数据", "no data")} }

// Dash is a change from a base of 0.
func (f Formatter) Dash() Value { return Value{Kind: None, Text: "—"} }

// Count is a number of things.
func (f Formatter) Count(n int64) Value {
	return Value{Kind: Count, Text: strconv.FormatInt(n, 10), Number: float64(n)}
}

// Rate is n ÷ of in percent with two decimals, halves away from zero; of ≤ 0 is no data.
func (f Formatter) Rate(n, of int64) Value {
	if of <= 0 {
		v := f.NoData()
		v.Ratio, v.Numerator, v.Denominator = true, n, of
		return v
	}
	hundredths := ratio(n, of, 10_000)
	return Value{Kind: Rate, Text: fixed(hundredths, 2) + " %", Number: float64(hundredths) / 10_000, Ratio: true, Numerator: n, Denominator: of}
}

// Points is the change from n0 ÷ of0 to n ÷ of in percentage points, of the rates as they are printed: what a reader
// subtracts is what stands there. It is a dash when one of the rates has no denominator.
func (f Formatter) Points(n, of, n0, of0 int64) Value {
	if of <= 0 || of0 <= 0 {
		return f.Dash()
	}
	d := ratio(n, of, 10_000) - ratio(n0, of0, 10_000)
	return Value{Kind: Points, Text: signed(d, 2) + f.say(" 个百分点", " pp"), Number: float64(d) / 100}
}

// Change is the change of a count in percent of its base with one decimal; a base of 0 is a dash.
func (f Formatter) Change(n, base int64) Value {
	if base <= 0 {
		return f.Dash()
	}
	d := ratio(n-base, base, 1000)
	return Value{Kind: Share, Text: signed(d, 1) + " %", Number: float64(d) / 1000}
}

// Hours is a time in hours with one decimal.
func (f Formatter) Hours(d time.Duration) Value {
	tenths := ratio(int64(d/time.Millisecond), int64(time.Hour/time.Millisecond), 10)
	return Value{Kind: Hours, Text: fixed(tenths, 1), Number: float64(tenths) / 10, Unit: f.say("小时", "h")}
}

// Duration is a time in a unit of so many hours, with one decimal and the unit behind it.
func (f Formatter) Duration(d, one time.Duration, unit string) Value {
	tenths := ratio(int64(d/time.Millisecond), int64(one/time.Millisecond), 10)
	return Value{Kind: Duration, Text: fixed(tenths, 1) + " " + unit, Number: float64(tenths) / 10, Unit: unit}
}

// Decimal is a number with two decimals, halves away from zero.
func (f Formatter) Decimal(v float64) Value {
	hundredths := int64(math.Round(v * 100))
	return Value{Kind: Number, Text: fixed(hundredths, 2), Number: float64(hundredths) / 100}
}

// Texts of times, in the city's zone.
const (
	minuteText = "2006-01-02 15:04"
	dayText    = "2006-01-02"
)

// At is a time to the minute; the zero time is a dash.
func (f Formatter) At(at time.Time) Value { return f.time(at, DateTime, minuteText) }

// Day is a day; the zero time is a dash.
func (f Formatter) Day(at time.Time) Value { return f.time(at, Day, dayText) }

func (f Formatter) time(at time.Time, kind ValueKind, form string) Value {
	if at.IsZero() {
		return f.Dash()
	}
	zone := f.Zone
	if zone == nil {
		zone = time.UTC
	}
	return Value{Kind: kind, Text: at.In(zone).Format(form)}
}

// TextWithUnit is the text with its unit.
func (v Value) TextWithUnit() string {
	if v.Unit == "" || v.Kind == Duration {
		return v.Text
	}
	return v.Text + " " + v.Unit
}

func (f Formatter) say(chinese, english string) string { return say(f.Language, chinese, english) }

func say(l inspect.Language, chinese, english string) string {
	if l == inspect.English {
		return english
	}
	return chinese
}

// ratio is n·scale ÷ of as a whole number, halves away from zero. What would not fit is counted in floating point.
func ratio(n, of, scale int64) int64 {
	if n > math.MaxInt64/(2*scale) || n < -math.MaxInt64/(2*scale) || of > math.MaxInt64/4 {
		return int64(math.Round(float64(n) / float64(of) * float64(scale)))
	}
	twice := 2 * n * scale
	if n < 0 {
		return (twice - of) / (2 * of)
	}
	return (twice + of) / (2 * of)
}

// fixed writes a whole number of units of the last decimal.
func fixed(v int64, decimals int) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	power := int64(1)
	for range decimals {
		power *= 10
	}
	rest := strconv.FormatInt(v%power, 10)
	for len(rest) < decimals {
		rest = "0" + rest
	}
	return sign + strconv.FormatInt(v/power, 10) + "." + rest
}

// signed has a sign whenever something changed.
func signed(v int64, decimals int) string {
	if v > 0 {
		return "+" + fixed(v, decimals)
	}
	return fixed(v, decimals)
}
