package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// SMSSettings describe the gateway of whoever sends SMS for the city: templates with {{phone}}, {{text}}, {{id}} and {{secret}}.
type SMSSettings struct {
	Method  string            `json:"method"` // POST, PUT or GET
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Form    SMSForm           `json:"form"` // of the body
	Body    string            `json:"body"`
	Success string            `json:"success"` // stands in the answer when the message was taken; empty where the status says it
}

// SMSForm is how a value is written inside the body.
type SMSForm string

// The forms of a body.
const (
	FormJSON SMSForm = "json" // inside quotes
	FormURL  SMSForm = "urlencoded"
	FormXML  SMSForm = "xml"
	FormText SMSForm = "text"
)

// encoders write a value for where it stands.
var encoders = map[SMSForm]func(string) string{
	FormJSON: func(v string) string {
		b, _ := json.Marshal(v) // a string always has a JSON
		return string(b[1 : len(b)-1])
	},
	FormURL: url.QueryEscape,
	FormXML: func(v string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(v)) // a buffer takes everything
		return b.String()
	},
	FormText: func(v string) string { return v },
}

// mediaTypes of the forms.
var mediaTypes = map[SMSForm]string{FormJSON: "application/json; charset=utf-8", FormURL: "application/x-www-form-urlencoded", FormXML: "application/xml; charset=utf-8",
	FormText: "text/plain; charset=utf-8"}

// UnmarshalText reads a form and refuses all else.
func (f *SMSForm) UnmarshalText(text []byte) error {
	if *f = SMSForm(text); encoders[*f] == nil {
		return errors.New("want json, urlencoded, xml or text")
	}
	return nil
}

// smsText is how many bytes of text an SMS has at the most: four parts of a long one in Chinese.
const smsText = 800

var placeholder = regexp.MustCompile(`\{\{[^{}]*\}\}`)

var placeholders = []string{"{{phone}}", "{{text}}", "{{id}}", "{{secret}}"}

// Check says what is wrong with the settings.
func (s *SMSSettings) Check(o *OutboundClient) error {
	if !slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodGet}, s.Method) {
		return errors.New("the method is POST, PUT or GET")
	}
	if encoders[s.Form] == nil {
		return errors.New("the form is json, urlencoded, xml or text")
	}
	all := s.URL + s.Body
	for name, value := range s.Headers {
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) || slices.Contains(reserved, http.CanonicalHeaderKey(name)) {
			return fmt.Errorf("the header %q cannot be set so", oneLine(name, 50))
		}
		all += value
	}
	for _, p := range placeholder.FindAllString(all, -1) {
		if !slices.Contains(placeholders, p) {
			return fmt.Errorf("there is no placeholder %s", oneLine(p, 50))
		}
	}
	if !strings.Contains(all, "{{phone}}") || !strings.Contains(all, "{{text}}") {
		return errors.New("{{phone}} and {{text}} have to stand somewhere")
	}
	rest, _ := strings.CutPrefix(s.URL, "https://")
	if host, _, _ := strings.Cut(rest, "/"); strings.ContainsAny(host, "{}") {
		return errors.New("no placeholder stands in the name of the other side")
	}
	return o.CheckURL(s.address(map[string]string{}))
}

// reserved headers are set by the client itself.
var reserved = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Te", "Trailer", "Upgrade"}

// address fills the URL in: a value becomes one segment of the path, or one value of the query.
func (s *SMSSettings) address(values map[string]string) string {
	path, query, asks := strings.Cut(s.URL, "?")
	path = fill(path, values, url.PathEscape)
	if !asks {
		return path
	}
	return path + "?" + fill(query, values, url.QueryEscape)
}

// fill puts values in once: what they hold is not looked at again.
func fill(template string, values map[string]string, encode func(string) string) string {
	return placeholder.ReplaceAllStringFunc(template, func(p string) string { return encode(values[p]) })
}

// SMS sends through a gateway that speaks HTTP.
type SMS struct {
	SMSSettings
	Outside *OutboundClient
	Secret  string
}

// Send makes one request of the templates.
func (s *SMS) Send(ctx context.Context, to Recipient, m *Message) (Response, error) {
	values := map[string]string{"{{phone}}": to.Address, "{{text}}": cut(plain(m), smsText), "{{id}}": m.ID, "{{secret}}": s.Secret}
	header := http.Header{}
	if s.Body != "" {
		header.Set("Content-Type", mediaTypes[s.Form])
	}
	for name, template := range s.Headers {
		value := fill(template, values, func(v string) string { return v })
		if !httpguts.ValidHeaderFieldValue(value) {
			value = fill(template, values, url.QueryEscape)
		}
		header.Set(name, value)
	}
	receipt, answer, err := s.Outside.post(ctx, s.Method, s.address(values), header, []byte(fill(s.Body, values, encoders[s.Form])))
	if err == nil && s.Success != "" && !strings.Contains(string(answer), s.Success) {
		err = later("the gateway did not say that it took the message")
	}
	if s.Secret != "" { // some gateways answer with what they were asked
		receipt.Answer = strings.ReplaceAll(receipt.Answer, s.Secret, "***")
	}
	return receipt, err
}
