// Package problem writes a fault as an RFC 9457 document.
package problem

import "spotcheck/pkg/fault"

// ContentType is the media type of a Document.
const ContentType = "application/problem+json"

// Retry tells an offline queue what to do with the request that failed.
type Retry string

// The three answers to "shall I send it again?".
const (
	Never      Retry = "never"
	Later      Retry = "later"
	AfterLogin Retry = "after-login"
)

// Document is the body of every error answer.
type Document struct {
	Type      string        `json:"type"`
	Title     string        `json:"title"`
	Status    int           `json:"status"`
	Detail    string        `json:"detail"`
	Code      string        `json:"code"`
	Retry     Retry         `json:"retry"`
	Errors    []fault.Field `json:"errors,omitempty"`
	Current   any           `json:"current,omitempty"`
	Row       any           `json:"row,omitempty"`
	RequestID string        `json:"request_id"`
}

type row struct {
	Status int
	Title  string
	Retry  Retry
}

// kinds is the one place where a fault becomes HTTP.
var kinds = map[fault.Kind]row{
	fault.Internal:         {500, "Something went wrong here", Later},
	fault.Invalid:          {422, "The content is not acceptable", Never},
	fault.Malformed:        {400, "The request cannot be read", Never},
	fault.Incomplete:       {400, "Less arrived than was declared", Later},
	fault.Corrupt:          {422, "The bytes are not those that were declared", Later},
	fault.Unsupported:      {415, "This type is not accepted", Never},
	fault.TooLarge:         {413, "Too large", Never},
	fault.Unauthorised:     {401, "Log in first", AfterLogin},
	fault.Forbidden:        {403, "Not allowed", Never},
	fault.NotFound:         {404, "Not found", Never},
	fault.Conflict:         {409, "The state has changed", Never},
	fault.TooMany:          {429, "Too many requests", Later},
	fault.Unavailable:      {503, "Away for a moment", Later},
	fault.Newer:            {422, "This server is older than the app", Later},
	fault.NotAllowedMethod: {405, "Not a method of this address", Never},
	fault.Gone:             {410, "Taken away", Never},
	fault.BadRange:         {416, "No such range", Never},
	fault.Precondition:     {412, "Another version is needed", Never},
	fault.Checksum:         {460, "The checksum is wrong", Later}, // a status of tus 1.0
}

// Of turns any error into a document; what is not a fault becomes one fixed sentence.
func Of(err error, requestID string) Document {
	e, ok := fault.As(err)
	if !ok {
		e = fault.New(fault.Internal, "internal", "Something went wrong on the server; the request id helps to find it.")
	}
	r := kinds[e.Kind]
	d := Document{
		Type: "about:blank#" + e.Code, Title: r.Title, Status: r.Status, Detail: e.Text,
		Code: e.Code, Retry: r.Retry, Errors: e.Fields, Current: e.State, Row: e.Row, RequestID: requestID,
	}
	if retry, ok := codes[e.Code]; ok {
		d.Retry = retry
	}
	return d
}

// codes are the exceptions to the retry rule of their kind.
var codes = map[string]Retry{
	"photo.not-safe":          Later, // an action came before the photos that it names
	"photo.rendition-pending": Later, // the job has not run yet
	"paper.pending":           Later, // the same
	"batch.running":           Later, // the same
	"log.unsigned":            Later, // the job has not run yet
	"log.not-yet":             Later, // the same
	"issue.not-found":         Later, // a photo may overtake its report
	"photo.not-found":         Later, // or its declaration

	"upload.not-found":  Later, // begin again
	"upload.offset":     Later,
	"upload.superseded": Later,
}
