package font

import (
	"strings"
	"unicode"
)

// The characters that must not begin a line, and those that must not end one.
const (
	closing = "，。、；：！？）》〉」』】〕〗”’…—·％‰℃,.;:!?)]}%"
	opening = "（《〈「『【〔〖“‘([{￥$"
)

// LineBreak gives where a line ends that would be cut before text[n]: moved back so that no closing mark begins the next line and
// no opening one ends this, and, by at most two thirds of the line, so that no word or number is cut. It is at least 1.
func LineBreak(text []rune, n int) int {
	if n >= len(text) {
		return len(text)
	}
	marks := 0
	for at := n; at > 0; at-- {
		if !parts(text[at-1], text[at]) {
			continue
		}
		if marks = max(marks, at); at <= n/3 {
			break
		}
		if !within(text, at) {
			return at
		}
	}
	if marks > 0 {
		return marks
	}
	return max(n, 1)
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
	joins := func(n int) bool { return (text[n] == '-' || text[n] == ':') && digit(n-1) && digit(n+1) }
	return wordy(text[at-1]) && wordy(text[at]) || joins(at-1) || joins(at)
}
