package paper

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
)

// Template is how the numbers of a series look: 海环整改〔{year}〕{n}号.
type Template string

// Marks of a template.
const (
	yearMark = "{year}"
	nMark    = "{n}"
)

// longestTemplate is how many characters a template has at most.
const longestTemplate = 50

// Check says what is wrong with a template: two years, or two numbers of a year, must never look the same.
func (t Template) Check() error {
	text := string(t)
	rest := strings.NewReplacer(yearMark, "", nMark, "").Replace(text)
	switch {
	case len([]rune(text)) > longestTemplate:
		return errors.New("a template of numbers has at most 50 characters")
	case strings.Count(text, yearMark) != 1 || strings.Count(text, nMark) != 1 || strings.ContainsAny(rest, "{}"):
		return errors.New("a template of numbers has {year} and {n} once each, such as 整改〔{year}〕{n}号")
	case strings.Contains(text, yearMark+nMark) || strings.Contains(text, nMark+yearMark):
		return errors.New("something stands between {year} and {n}")
	case strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsDigit(r) || !unicode.IsPrint(r) }):
		return errors.New("a template of numbers has no digits of its own and nothing that cannot be seen")
	}
	return nil
}

// Number is the n-th number of a year.
func (t Template) Number(year int, n int64) string {
	return strings.NewReplacer(yearMark, strconv.Itoa(year), nMark, strconv.FormatInt(n, 10)).Replace(string(t))
}
