package font

import (
	"cmp"
	"strings"
	"unicode"
)

// The characters that must not begin a line, and those that must not end one.
const (
	closing = "，。、；：！？）》〉」』】〕〗”’…—·％‰℃,.;:!?)]}%"
	opening = "（《〈「『【〔〖“‘([{￥$"
)

// LineBreak gives where a line ends that would be cut before text[n]: moved back so that no closing mark begins the next line and
// no opening one ends this, and, by at most two thirds of the line, so that no word or number is cut and no date
// stands on another line than its time. It is at least 1.
func LineBreak(text []rune, n int) int {
	if n >= len(text) {
		return len(text)
	}
	marks, dates := 0, 0
	for at := n; at > 0; at-- {
		if !parts(text[at-1], text[at]) {
			continue
		}
		if marks = max(marks, at); at <= n/3 {
			break
		}
		switch {
		case within(text, at):
		case text[at-1] == ' ' && dated(text, at-1), text[at] == ' ' && dated(text, at):
			dates = max(dates, at)
		default:
			return at
		}
	}
	return max(cmp.Or(dates, marks, n), 1)
}

// parts says whether the marks allow a line to end between two characters.
func parts(before, after rune) bool {
	return !strings.ContainsRune(closing, after) && !strings.ContainsRune(opening, before)
}

// wordy says whether a character belongs to a word or number that is not to be cut.
func wordy(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// within says whether a word, a number, a date or a time goes on over a place in a text.
func within(text []rune, at int) bool {
	digit := func(n int) bool { return n >= 0 && n < len(text) && unicode.IsDigit(text[n]) }
	joins := func(n int) bool { return strings.ContainsRune("-:年月", text[n]) && digit(n-1) && digit(n+1) }
	return wordy(text[at-1]) && wordy(text[at]) || joins(at-1) || joins(at) || text[at] == '日' && digit(at-1)
}

// dated says whether a blank stands between a date and its time: 2026-11-30 08:00, 11月30日 8:00.
func dated(text []rune, blank int) bool {
	if blank == 0 || text[blank-1] != '日' && !unicode.IsDigit(text[blank-1]) {
		return false
	}
	colon := blank + 1
	for colon < len(text) && colon <= blank+2 && unicode.IsDigit(text[colon]) {
		colon++
	}
	return colon > blank+1 && colon+1 < len(text) && text[colon] == ':' && unicode.IsDigit(text[colon+1])
}
