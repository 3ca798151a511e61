package inspect

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// AccountName is a name to log in by as it is kept: without blanks at its ends, and without characters that nobody sees.
func AccountName(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unseen(r) {
			return -1
		}
		return r
	}, text))
}

// AccountLook is what a name looks like, whatever its width, case and blanks: two names of one look are one account.
func AccountLook(name string) string {
	return strings.Map(func(r rune) rune {
		if unseen(r) || unicode.IsSpace(r) {
			return -1
		}
		if latin, ok := lookalikes[r]; ok {
			return latin
		}
		return r
	}, strings.ToLower(norm.NFKC.String(name)))
}

func unseen(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Cc) && r != '\t'
}

// lookalikes are small letters of other scripts that look like Latin ones.
var lookalikes = map[rune]rune{'а': 'a', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'һ': 'h', 'і': 'i', 'ј': 'j', 'ӏ': 'l', 'о': 'o', 'р': 'p', 'ѕ': 's', 'ԝ': 'w', 'х': 'x', 'у': 'y',
	'α': 'a', 'ο': 'o', 'ν': 'v', 'ρ': 'p', 'ι': 'i', 'ı': 'i', 'к': 'k', 'м': 'm', 'т': 't', 'в': 'b', 'н': 'h'}

// Bounds of the number of a phone, in digits.
const (
	leastDigits  = 5
	mostDigits   = 20
	mobileDigits = 11 // in China
)

// PhoneNumber reads the number of a phone as people type it, in any width, with blanks, dashes and brackets: what is kept is its digits, with + before
// the code of a country that is not China. ok is false for what is no number.
func PhoneNumber(text string) (number string, ok bool) {
	var digits strings.Builder
	abroad := false
	for _, r := range norm.NFKC.String(strings.TrimSpace(text)) {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r == '+' && digits.Len() == 0 && !abroad:
			abroad = true
		case unseen(r) || unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || strings.ContainsRune("().·−", r):
		default:
			return "", false
		}
	}
	number = digits.String()
	if rest, cut := strings.CutPrefix(number, "00"); cut && !abroad {
		number, abroad = rest, true
	}
	if rest, home := strings.CutPrefix(number, "86"); home && len(rest) == mobileDigits && rest[0] == '1' {
		number, abroad = rest, false
	}
	if len(number) < leastDigits || len(number) > mostDigits {
		return "", false
	}
	if abroad {
		number = "+" + number
	}
	return number, true
}
