package table

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// look is what the code of a number format makes of a number (ECMA-376 part 1, 18.8.31).
type look int

const (
	asNumber  look = iota
	asDate         // it names a year, a month, a day, or an hour beside one of them
	asTime         // only hours, minutes or seconds
	asElapsed      // hours beyond a day, such as [h]:mm
)

// builtIn are the formats that files name by number only: the ones of every language, and those of Chinese, Japanese and Korean.
func builtIn(id int) look {
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return asDate
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47, id == 55, id == 56:
		return asTime
	case id == 46:
		return asElapsed
	}
	return asNumber
}

// bare is the first section of a code without literals, escapes, blanks of a width, fillings, colours, conditions and languages.
func bareCode(code string) (letters string, elapsed bool) {
	var b strings.Builder
	for rest := []rune(code); len(rest) > 0; {
		switch r := rest[0]; r {
		case ';':
			return b.String(), elapsed
		case '"':
			end := 1
			for end < len(rest) && rest[end] != '"' {
				end++
			}
			rest = rest[min(end+1, len(rest)):]
			continue
		case '\\', '_', '*':
			rest = rest[min(2, len(rest)):]
			continue
		case '[':
			end := 1
			for end < len(rest) && rest[end] != ']' {
				end++
			}
			if inside := strings.ToLower(string(rest[1:end])); inside != "" && strings.Trim(inside, "hms") == "" {
				elapsed = true
			}
			rest = rest[min(end+1, len(rest)):]
			continue
		default:
			b.WriteRune(r)
		}
		rest = rest[1:]
	}
	return b.String(), elapsed
}

// lookOf says what the code of a format makes of a number.
func lookOf(code string) look {
	letters, elapsed := bareCode(code)
	if elapsed {
		return asElapsed
	}
	letters = strings.ToLower(letters)
	if strings.Contains(letters, "general") || strings.Contains(letters, "通用格式") || strings.Contains(letters, "@") {
		return asNumber
	}
	for _, mark := range []string{"am/pm", "a/p", "上午/下午"} {
		if strings.Contains(letters, mark) {
			letters = strings.ReplaceAll(letters, mark, "h")
		}
	}
	letters = strings.NewReplacer("e+", "", "e-", "").Replace(letters)
	at := strings.IndexAny(letters, "0#?")
	if at >= 0 && (!strings.HasSuffix(letters[:at], "s.") || strings.ContainsAny(letters, "#?")) {
		return asNumber // digits, but for parts of a second
	}
	hours := strings.ContainsAny(letters, "hs") // an m beside them is a minute
	switch {
	case strings.ContainsAny(letters, "yde"):
		return asDate
	case hours:
		return asTime
	case strings.Contains(letters, "m"), strings.Contains(letters, "aaa"):
		return asDate
	}
	return asNumber
}

// Epochs of the two systems of dates.
var (
	epoch1900 = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	epoch1904 = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
)

// lastSerial is the day before the year 10000.
const lastSerial = 2958466

// date writes a serial number as the moment that it stands for; ok is false where it is none.
func date(serial float64, l look, since1904 bool) (text string, ok bool) {
	if !(serial >= 0 && serial < lastSerial) {
		return "", false
	}
	seconds := int64(math.Round(serial * 86400))
	if l == asElapsed {
		return strconv.FormatInt(seconds/3600, 10) + time.Unix(seconds%3600, 0).UTC().Format(":04:05"), true
	}
	if l == asTime && serial < 1 {
		return time.Unix(seconds%86400, 0).UTC().Format(time.TimeOnly), true
	}
	since := epoch1900
	switch {
	case since1904:
		since = epoch1904
	case serial < 60: // a leap day of 1900 that never was
		since = since.AddDate(0, 0, 1)
	case serial < 61:
		return "", false
	}
	at := since.AddDate(0, 0, int(seconds/86400)).Add(time.Duration(seconds%86400) * time.Second)
	if seconds%86400 == 0 {
		return at.Format(time.DateOnly), true
	}
	return at.Format(time.DateTime), true
}

// pattern is a code of literals and digits alone, such as 000-0000-0000 or "12345-"0: what it shows is what a person means.
type pattern []rune // digit for the place of a digit

const digit = -1

// patternOf reads such a code; ok is false for any other, and for one that shows the number as it is.
func patternOf(code string) (p pattern, ok bool) {
	rest := []rune(code)
	zeros, literals := 0, 0
	literal := func(all ...rune) {
		for _, r := range all {
			p, literals = append(p, r), literals+1
		}
	}
	for n := 0; n < len(rest); n++ {
		switch r := rest[n]; {
		case r == ';':
			n = len(rest)
		case r == '0':
			p, zeros = append(p, digit), zeros+1
		case r == '\\' && n+1 < len(rest):
			n++
			literal(rest[n])
		case r == '"':
			for n++; n < len(rest) && rest[n] != '"'; n++ {
				literal(rest[n])
			}
		case r == '[':
			for n < len(rest) && rest[n] != ']' {
				n++
			}
		case r == '_' || r == '*':
			n++
		case strings.ContainsRune("-/() ", r):
			literal(r)
		default:
			return nil, false
		}
	}
	return p, zeros > 0 && zeros+literals > 1
}

// shows writes a whole number as the pattern shows it.
func (p pattern) shows(digits string) string {
	zeros := 0
	for _, r := range p {
		if r == digit {
			zeros++
		}
	}
	for len(digits) < zeros {
		digits = "0" + digits
	}
	var b strings.Builder
	for _, r := range p {
		if r != digit {
			b.WriteRune(r)
			continue
		}
		take := len(digits) - zeros + 1 // the first place takes what is too long
		b.WriteString(digits[:take])
		digits, zeros = digits[take:], zeros-1
	}
	return b.String()
}

// format is how a style of a workbook shows numbers.
type format struct {
	look look
	as   pattern
}

func formatOf(code string) format {
	f := format{look: lookOf(code)}
	if p, ok := patternOf(code); ok && f.look == asNumber {
		f.as = p
	}
	return f
}

// mostDigits is how many digits a spreadsheet keeps of a number.
const mostDigits = 15

// number writes a number as a person reads it: without an exponent, and without the noise beyond fifteen digits. Doubt is set where
// digits are lost.
func (f *format) number(raw string, since1904 bool) (text string, doubt DoubtKind) {
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return raw, ""
	}
	if f.look != asNumber {
		if text, ok := date(v, f.look, since1904); ok {
			return text, ""
		}
		doubt = NoDate
	}
	rounded := strconv.FormatFloat(v, 'e', mostDigits-1, 64)
	if v, err = strconv.ParseFloat(rounded, 64); err != nil || math.Abs(v) >= 1e30 || v != 0 && math.Abs(v) < 1e-20 {
		return raw, doubt
	}
	text = strconv.FormatFloat(v, 'f', -1, 64)
	switch whole := v == math.Trunc(v); {
	case whole && math.Abs(v) >= 1e15:
		return text, Rounded
	case whole && v >= 0 && f.as != nil && doubt == "":
		text = f.as.shows(text)
	}
	return text, doubt
}
