// Package fault is the one shape of every error that a user can meet: a kind that says what the caller can do, a code
// that phones match on, one sentence for people, and the fields that are wrong.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what the caller can do about an error; package problem maps each kind to a status and a retry rule.
type Kind uint8

// The kinds, in the order of the table in package problem.
const (
	Internal         Kind = iota // ours; the log has the cause, the user a request id
	Invalid                      // the content is wrong and stays wrong
	Malformed                    // the request cannot be read at all
	Incomplete                   // less arrived than was declared: send it again
	Corrupt                      // it arrived whole but not as declared: read it again from the source and send it
	Unsupported                  // a type that is not accepted
	TooLarge                     // over a bound
	Unauthorised                 // log in first
	Forbidden                    // known, and not allowed
	NotFound                     // not there, or not theirs to know
	Conflict                     // the state is not what the caller thought
	TooMany                      // slow down
	Unavailable                  // a part of the server is away; it comes back alone
	Newer                        // the caller speaks a newer version than this copy of the server
	NotAllowedMethod             // the address is right, the method is not
	Gone                         // it was here, and was taken away on record
	BadRange                     // no such part of it
	Precondition                 // another version of a protocol
	Checksum                     // a part that arrived is not the part that was sent
)

// Field is one thing wrong in a request: where (RFC 6901 JSON pointer, or a header or query name) and why.
type Field struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
}

// Error is a fault of a user's request. Err is the cause for the log and never shown.
type Error struct {
	Kind   Kind
	Code   string // dotted, stable, listed in mobile-api-spec/problems.md
	Text   string // one English sentence for people
	Fields []Field
	State  any // the current state, where the caller needs it to decide (409)
	Row    any // the row of a register as it is now, where somebody else changed it (409)
	Err    error
}

// New makes a sentinel. Sentinels live in lists (inspect/errors.go), not at the place of use.
func New(kind Kind, code, text string) *Error {
	return &Error{Kind: kind, Code: code, Text: text}
}

// Error says the code and the sentence, then the cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Text, e.Err)
	}
	return e.Code + ": " + e.Text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is compares codes, so that a sentence made by With is still its sentinel.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// With is the same fault with a sentence for this case.
func (e *Error) With(format string, args ...any) *Error {
	c := *e
	c.Text = fmt.Sprintf(format, args...)
	return &c
}

// At is the same fault with fields that are wrong.
func (e *Error) At(fields ...Field) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), fields...)
	return &c
}

// Because is the same fault with its cause for the log.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// WithState is the same fault with the current state.
func (e *Error) WithState(state any) *Error {
	c := *e
	c.State = state
	return &c
}

// WithRow is the same fault with the row of a register as it is now.
func (e *Error) WithRow(row any) *Error {
	c := *e
	c.Row = row
	return &c
}

// As finds the fault in an error chain; ok is false when the error is ours, not the user's.
func As(err error) (e *Error, ok bool) {
	ok = errors.As(err, &e)
	return e, ok
}

// KindOf is the kind of an error, Internal when it is none of ours to show.
func KindOf(err error) Kind {
	if e, ok := As(err); ok {
		return e.Kind
	}
	return Internal
}
