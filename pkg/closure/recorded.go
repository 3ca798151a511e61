package closure

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"spotcheck/pkg/inspect"
)

// MomentIn is what figures keep of an event of the record. Of its body only that is read; ok is false for an event that changes no figure, whose body is not
// read at all.
func MomentIn(eventType, body string) (m Moment, ok bool, err error) {
	if _, ok := kinds[eventType]; !ok {
		return m, false, nil
	}
	e := inspect.Event{Type: eventType}
	if err := eachMember(body, func(name, value string) error { return takeMember(&e, name, value) }); err != nil {
		return m, false, fmt.Errorf("closure: body of %s: %w", eventType, err)
	}
	m, ok = MomentOf(&e)
	return m, ok, nil
}

// takeMember takes from an event what MomentOf asks for. A switch, as a year of a large city has millions of them.
func takeMember(e *inspect.Event, name, value string) error {
	switch name {
	case "at":
		return takeTime(&e.At, value)
	case "credited_at":
		return takeTime(&e.CreditedAt, value)
	case "due_at":
		return takeTime(&e.DueAt, value)
	case "step_by":
		return takeTime(&e.StepDueAt, value)
	case "pause_from":
		return takeTime(&e.PauseFrom, value)
	case "until":
		return takeTime(&e.Until, value)
	case "assigned_at":
		return takeTime(&e.AssignedAt, value)
	case "unit":
		return takeID(&e.Unit, value)
	case "area":
		return takeID(&e.Area, value)
	case "suspension":
		return takeID(&e.Suspension, value)
	case "category":
		return takeText(&e.Category, value)
	case "answer":
		return takeText(&e.Answer, value)
	case "about":
		return takeText(&e.AppealSubject, value)
	case "finding":
		return takeText(&e.Finding, value)
	case "return_rejected":
		e.Rejected = value == "true"
	case "report":
		e.Report = &inspect.Report{}
		return eachMember(value, func(name, value string) error { return takeOfReport(e.Report, name, value) })
	case "clock":
		e.Clock = &inspect.Clock{}
		return eachMember(value, func(name, value string) error { return takeOfClock(e.Clock, name, value) })
	}
	return nil
}

func takeOfReport(r *inspect.Report, name, value string) error {
	switch name {
	case "reported_at":
		return takeTime(&r.ReportedAt, value)
	case "category":
		return takeText(&r.Category, value)
	case "source":
		return takeText(&r.Source, value)
	case "area":
		return takeID(&r.Area, value)
	}
	return nil
}

func takeOfClock(c *inspect.Clock, name, value string) (err error) {
	switch name {
	case "limit":
		c.Limit, err = strconv.ParseFloat(value, 64)
	case "unit":
		err = takeText(&c.Unit, value)
	case "counting":
		err = takeText(&c.Counting, value)
	case "from":
		err = takeTime(&c.From, value)
	}
	return err
}

func takeTime(t *inspect.Time, value string) (err error) {
	text := ""
	if err = takeText(&text, value); err == nil && text != "" {
		*t, err = inspect.ParseTime(text)
	}
	return err
}

func takeID(id *inspect.ID, value string) (err error) {
	text := ""
	if err = takeText(&text, value); err == nil && text != "" {
		*id, err = inspect.ParseID(text)
	}
	return err
}

// takeText reads a text; null is none.
func takeText[T ~string](t *T, value string) error {
	switch {
	case value == "null":
		return nil
	case len(value) < 2 || value[0] != '"':
		return errRecorded
	case strings.IndexByte(value, '\\') < 0:
		*t = T(value[1 : len(value)-1])
		return nil
	}
	var text string
	err := json.Unmarshal([]byte(value), &text)
	*t = T(text)
	return err
}

var errRecorded = errors.New("it is not what the record holds")

// eachMember calls f for each member of a JSON object, with its value as it stands there. That the record is JSON is what wrote it cares for: only what
// is read is looked at.
func eachMember(text string, f func(name, value string) error) error {
	at := skipBlank(text, 0)
	if at == len(text) || text[at] != '{' {
		return errRecorded
	}
	at = skipBlank(text, at+1)
	for first := true; at < len(text) && text[at] != '}'; first = false {
		if !first {
			if text[at] != ',' {
				return errRecorded
			}
			at = skipBlank(text, at+1)
		}
		name, after := textFrom(text, at)
		if after < 0 {
			return errRecorded
		}
		if at = skipBlank(text, after); at == len(text) || text[at] != ':' {
			return errRecorded
		}
		at = skipBlank(text, at+1)
		end := endOfValue(text, at)
		if end <= at {
			return errRecorded
		}
		if err := f(name, text[at:end]); err != nil {
			return err
		}
		at = skipBlank(text, end)
	}
	if at >= len(text) || skipBlank(text, at+1) != len(text) {
		return errRecorded
	}
	return nil
}

func skipBlank(text string, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r') {
		at++
	}
	return at
}

// textFrom is the text that begins with a quote at a place, without its quotes, and the place after it; that is -1 where there is none. The names of the record
// have nothing to unescape.
func textFrom(text string, at int) (inside string, after int) {
	if at >= len(text) || text[at] != '"' {
		return "", -1
	}
	for from := at + 1; ; {
		n := strings.IndexByte(text[from:], '"')
		if n < 0 {
			return "", -1
		}
		from += n + 1
		escapes := 0
		for back := from - 2; back > at && text[back] == '\\'; back-- {
			escapes++
		}
		if escapes%2 == 0 {
			return text[at+1 : from-1], from
		}
	}
}

// endOfValue is the place after the value that begins at a place, -1 where it does not end.
func endOfValue(text string, at int) int {
	depth := 0
	for at < len(text) {
		switch text[at] {
		case '"':
			if _, at = textFrom(text, at); at < 0 {
				return -1
			}
			if depth == 0 {
				return at
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return at // of a number or a word, the last one
			}
			if depth == 0 {
				return at + 1
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return at
			}
		}
		at++
	}
	return -1
}
