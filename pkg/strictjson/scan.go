package strictjson

import (
	"strconv"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// kind is what a value looks like from its first byte, in the words of a fault.
type kind string

const (
	kindNone   kind = ""
	kindObject kind = "an object"
	kindList   kind = "a list"
	kindText   kind = "a string"
	kindNumber kind = "a number"
	kindBool   kind = "true or false"
	kindNull   kind = "null"
)

// reader walks over the bytes. Once syntax is set, nothing more is read and at is where it went wrong.
type reader struct {
	raw    []byte
	at     int
	depth  int
	syntax string
}

func (r *reader) fail(why string) bool {
	if r.syntax == "" {
		r.syntax = why
	}
	return false
}

func (r *reader) space() {
	for r.at < len(r.raw) {
		switch r.raw[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

func (r *reader) take(c byte) bool {
	if r.at < len(r.raw) && r.raw[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *reader) peek() kind {
	if r.at == len(r.raw) {
		return kindNone
	}
	switch c := r.raw[r.at]; {
	case c == '{':
		return kindObject
	case c == '[':
		return kindList
	case c == '"':
		return kindText
	case c == '-' || isDigit(c):
		return kindNumber
	case c == 't' || c == 'f':
		return kindBool
	case c == 'n':
		return kindNull
	}
	return kindNone
}

func (r *reader) literal(word string) bool {
	if len(r.raw)-r.at < len(word) || string(r.raw[r.at:r.at+len(word)]) != word {
		return r.fail("want " + word)
	}
	r.at += len(word)
	return true
}

// name reads the name of a member and the colon behind it.
func (r *reader) name() (name, wrong string, ok bool) {
	if r.peek() != kindText {
		return "", "", r.fail("want a name in double quotes")
	}
	if name, wrong, ok = r.quoted(); !ok {
		return "", "", false
	}
	r.space()
	if !r.take(':') {
		return "", "", r.fail("want a colon")
	}
	return name, wrong, true
}

// quoted reads a string. wrong says what its characters may not be; ok is false when it has no end or a bad escape.
func (r *reader) quoted() (s, wrong string, ok bool) {
	r.at++
	start := r.at
	for r.at < len(r.raw) && isPlain(r.raw[r.at]) {
		r.at++
	}
	if r.at < len(r.raw) && r.raw[r.at] == '"' {
		r.at++
		return string(r.raw[start : r.at-1]), "", true
	}
	text := append([]byte(nil), r.raw[start:r.at]...)
	for r.at < len(r.raw) {
		if r.take('"') {
			return string(text), wrong, true
		}
		c, why, ok := r.character()
		if !ok {
			return "", "", false
		}
		if why == "" && unicode.IsControl(c) && c != '\n' && c != '\t' {
			why = "holds the control character U+" + upperHex(c)
		}
		if wrong == "" {
			wrong = why
		}
		text = utf8.AppendRune(text, c)
	}
	return "", "", r.fail("a string has no end")
}

// character reads one character of a string, escaped or not.
func (r *reader) character() (c rune, wrong string, ok bool) {
	if r.raw[r.at] == '\\' {
		return r.escape()
	}
	c, size := utf8.DecodeRune(r.raw[r.at:])
	r.at += size
	switch {
	case c == utf8.RuneError && size == 1:
		wrong = "is not UTF-8"
	case c == '\n' || c == '\t':
		wrong = "holds a line end or a tab that is not escaped"
	}
	return c, wrong, true
}

// escapes gives the characters of the escapes of two bytes.
var escapes = map[byte]rune{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

func (r *reader) escape() (c rune, wrong string, ok bool) {
	if r.at+1 < len(r.raw) {
		if c, ok := escapes[r.raw[r.at+1]]; ok {
			r.at += 2
			return c, "", true
		}
	}
	c, ok = r.unit(r.at)
	if !ok {
		return 0, "", r.fail("a string holds a wrong escape")
	}
	r.at += 6
	if !utf16.IsSurrogate(c) {
		return c, "", true
	}
	low, ok := r.unit(r.at)
	if pair := utf16.DecodeRune(c, low); ok && pair != utf8.RuneError {
		r.at += 6
		return pair, "", true
	}
	return utf8.RuneError, `holds half of a surrogate pair, \u` + upperHex(c), true
}

// unit is the UTF-16 code unit of the \uXXXX at a place.
func (r *reader) unit(at int) (rune, bool) {
	if at+6 > len(r.raw) || r.raw[at] != '\\' || r.raw[at+1] != 'u' {
		return 0, false
	}
	var c rune
	for _, h := range r.raw[at+2 : at+6] {
		switch {
		case isDigit(h):
			c = c<<4 | rune(h-'0')
		case 'a' <= h|0x20 && h|0x20 <= 'f':
			c = c<<4 | rune(h|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return c, true
}

// numeral reads the text of a number; whole is true when it has neither fraction nor exponent.
func (r *reader) numeral() (text string, whole, ok bool) {
	start := r.at
	r.take('-')
	if !r.take('0') && !r.digits() {
		return "", false, r.fail("want a digit")
	}
	whole = true
	if r.take('.') {
		whole = false
		if !r.digits() {
			return "", false, r.fail("want a digit after the point")
		}
	}
	if r.take('e') || r.take('E') {
		whole = false
		if !r.take('+') {
			r.take('-')
		}
		if !r.digits() {
			return "", false, r.fail("want a digit in the exponent")
		}
	}
	return string(r.raw[start:r.at]), whole, true
}

func (r *reader) digits() bool {
	start := r.at
	for r.at < len(r.raw) && isDigit(r.raw[r.at]) {
		r.at++
	}
	return r.at > start
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isPlain(c byte) bool { return c >= ' ' && c < 0x7f && c != '"' && c != '\\' }

func upperHex(c rune) string {
	s := strconv.FormatUint(uint64(c)|0x10000, 16)
	return string([]byte{upper(s[1]), upper(s[2]), upper(s[3]), upper(s[4])})
}

func upper(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 'A'
	}
	return c
}
