package stablezip

import (
	"strings"
	"unicode"
)

// SafeName is a text without what file systems and archives take for more than a name.
func SafeName(text string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|%`, r) || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, text)
	return strings.Trim(name, ". ")
}
