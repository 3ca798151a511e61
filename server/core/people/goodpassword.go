package people

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

// Characters of a password.
const (
	shortestPassword = 10
	longestPassword  = 200
	fewestDifferent  = 4 // of them
)

// commonText holds what many people have as a password, of the passwords of @zxcvbn-ts/language-common 4.1.3 (MIT, Dan Wheeler, Dropbox and @zxcvbn-ts):
// all of 10 characters and more, and the words among the 3,000 most common, which are looked for between digits and marks.
//
//go:embed common_passwords.txt
var commonText string

var commonPasswords = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(commonText) {
		all[strings.TrimSuffix(line, "\n")] = true
	}
	return all
})

// goodPassword says whether a password may be set: long enough, and none that is guessed first. pointer names the field that holds it.
func goodPassword(name, password, pointer string) error {
	if why := guessable(strings.ToLower(name), strings.ToLower(password)); why != "" {
		return inspect.ErrWeakPassword.At(fault.Field{Pointer: pointer, Detail: why})
	}
	return nil
}

// guessable says why a password is guessed easily; empty when it is not.
func guessable(name, password string) string {
	runes := []rune(password)
	word := strings.TrimFunc(password, func(r rune) bool { return !unicode.IsLetter(r) })
	different := map[rune]bool{}
	for _, r := range runes {
		different[r] = true
	}
	switch {
	case len(runes) < shortestPassword || len(runes) > longestPassword:
		return "has not 10 to 200 characters"
	case password == name || word != "" && word == strings.TrimFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }):
		return "is the name"
	case commonPasswords()[password] || commonPasswords()[word]:
		return "is one that many people have"
	case len(different) < fewestDifferent || isSequence(runes) || isRepeated(runes):
		return "is a row of the same or of following characters"
	}
	return ""
}

// isSequence says whether each character follows the one before it, up or down; after 9 comes 0.
func isSequence(runes []rune) bool {
	for _, step := range []rune{1, -1} {
		follows := true
		for n := 1; n < len(runes) && follows; n++ {
			next := runes[n-1] + step
			switch next {
			case '9' + 1:
				next = '0'
			case '0' - 1:
				next = '9'
			}
			follows = runes[n] == next
		}
		if follows {
			return true
		}
	}
	return false
}

// isRepeated says whether a few characters come again and again, or a common word.
func isRepeated(runes []rune) bool {
	for period := 1; 2*period <= len(runes); period++ {
		again := true
		for n := period; n < len(runes) && again; n++ {
			again = runes[n] == runes[n-period]
		}
		if again {
			return period <= fewestDifferent || commonPasswords()[string(runes[:period])]
		}
	}
	return false
}
