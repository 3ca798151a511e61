package rest

import (
	"strings"
	"time"
	"unicode"

	"spotcheck/pkg/inspect"
)

// EscapeFormula keeps a spreadsheet from taking text for a formula.
func EscapeFormula(text string) string {
	trimmed := strings.TrimLeftFunc(text, unseen)
	if trimmed != "" && strings.ContainsRune("=+-@|%＝＋－＠", []rune(trimmed)[0]) || strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\r") {
		return "'" + text
	}
	return text
}

// unseen says whether a character shows as nothing: programs that open a table may drop it and read on.
func unseen(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Cc, unicode.Mn)
}

// LocalTime is a time in a zone, for people; empty for none.
func LocalTime(t inspect.Time, zone *time.Location) string {
	if t == 0 {
		return ""
	}
	return t.UTC().In(zone).Format("2006-01-02 15:04:05")
}
