package rest

import (
	"strings"
	"time"

	"spotcheck/pkg/inspect"
)

// EscapeFormula keeps a spreadsheet from taking text for a formula.
func EscapeFormula(text string) string {
	trimmed := strings.TrimLeft(text, " \t\r\n\u00a0\u3000")
	if trimmed != "" && strings.ContainsRune("=+-@|%＝＋－＠", []rune(trimmed)[0]) || strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\r") {
		return "'" + text
	}
	return text
}

// LocalTime is a time in a zone, for people; empty for none.
func LocalTime(t inspect.Time, zone *time.Location) string {
	if t == 0 {
		return ""
	}
	return t.UTC().In(zone).Format("2006-01-02 15:04:05")
}
