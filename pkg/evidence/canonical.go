// Package evidence makes the record provable: events in hash chains, one root over the heads of all chains, and dated
// checkpoints that can be kept outside. It computes only; reading and writing is the business of its callers.
package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gowebpki/jcs"
)

// maxDepth is how deep objects and lists may nest in an event's body.
const maxDepth = 64

// Canonical rewrites JSON to the one form of RFC 8785: sorted names, no blanks, numbers and text in one spelling. It
// refuses what would not come through unchanged: a name that stands twice, text that is not Unicode, and a whole
// number whose digits a 64-bit float does not keep.
func Canonical(raw []byte) ([]byte, error) {
	if err := bounded(raw); err != nil {
		return nil, fmt.Errorf("evidence: canonical form: %w", err)
	}
	out, err := jcs.Transform(raw)
	if err != nil {
		return nil, fmt.Errorf("evidence: canonical form: %w", err)
	}
	return out, nil
}

// CanonicalOf is the canonical JSON of a value. As encoding/json does, it writes U+FFFD for bytes that are not UTF-8.
func CanonicalOf(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("evidence: canonical form: %w", err)
	}
	return Canonical(raw)
}

// bounded refuses deep nesting and whole numbers that a float cannot hold; whether it is JSON at all is for the parser.
func bounded(raw []byte) error {
	if len(raw) == 0 {
		return errors.New("no JSON")
	}
	depth := 0
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '"':
			i += stringLength(raw[i:])
			continue
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return fmt.Errorf("nested deeper than %d", maxDepth)
			}
		case c == '}' || c == ']':
			depth--
		case c == '-' || '0' <= c && c <= '9':
			n := numberLength(raw[i:])
			if !holds(string(raw[i : i+n])) {
				return fmt.Errorf("the whole number at byte %d has more digits than a 64-bit float keeps", i)
			}
			i += n
			continue
		}
		i++
	}
	return nil
}

func stringLength(raw []byte) int {
	for i := 1; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

func numberLength(raw []byte) int {
	for i, c := range raw {
		if !strings.ContainsRune("+-.eE0123456789", rune(c)) {
			return i
		}
	}
	return len(raw)
}

// holds says whether a whole number comes through as it is written; fractions are the nearest float by definition.
func holds(number string) bool {
	if number == "-0" || strings.ContainsAny(number, ".eE") {
		return true
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return false
	}
	kept, err := jcs.NumberToJSON(f)
	return err == nil && kept == number
}
