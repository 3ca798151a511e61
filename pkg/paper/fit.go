package paper

import (
	"strings"
	"unicode/utf8"
)

// MaxFittedText is how many characters a text for a group chat has at most.
const MaxFittedText = 500

// FitSentences puts sentences below each other, as many whole ones as fit into MaxFittedText characters, and then the last lines,
// which are always there. A sentence that is too long by itself is cut.
func FitSentences(sentences []string, last ...string) string {
	end := strings.Join(last, "\n")
	if end != "" && len(sentences) > 0 {
		end = "\n" + end
	}
	room := MaxFittedText - utf8.RuneCountInString(end)
	var text strings.Builder
	used := 0
	for _, s := range sentences {
		s = oneLine(s)
		n := utf8.RuneCountInString(s)
		if used > 0 {
			s, n = "\n"+s, n+1
		}
		if used+n > room {
			if used > 0 {
				continue // a shorter one may fit
			}
			s = string([]rune(s)[:min(n, max(0, room-1))]) + "…"
			n = room
		}
		text.WriteString(s)
		used += n
	}
	whole := []rune(text.String() + end)
	return string(whole[:min(len(whole), MaxFittedText)])
}
