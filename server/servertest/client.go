package servertest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	apispec "spotcheck/mobile-api-spec"
)

// Client is a phone or a browser of one person.
type Client struct {
	*Server
	Name, Token          string
	Cookie               *http.Cookie
	password             string // by which its person logged in
	Forgetful            bool   // does not give the password where the server asks for it again
	t                    testing.TB
	AllowInvalidRequests bool   // sends what the contract does not allow; answers are still held against it
	Base                 string // of another copy of the server; empty for the first
}

// tokens guards those of clients that several do something by at once.
var tokens sync.Mutex

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	t      testing.TB
	what   string
}

// promise is the loaded contract: its doors, the form of every error, and what webhooks are told.
type promise struct {
	routers.Router
	problem  *openapi3.Schema
	payloads []*openapi3.Schema
	schemas  *schemas
}

// contract is loaded once for all tests.
var contract = sync.OnceValues(func() (p promise, err error) {
	doc, err := openapi3.NewLoader().LoadFromData(apispec.OpenAPIJSON)
	if err != nil {
		return p, err
	}
	p.problem = doc.Components.Schemas["Problem"].Value
	for _, body := range doc.Components.RequestBodies { // of webhooks: those of operations stand in them
		p.payloads = append(p.payloads, body.Value.Content["application/json"].Schema.Value)
	}
	as := openapi3filter.RegisteredBodyDecoder
	openapi3filter.RegisterBodyDecoder("application/geo+json", as("application/json"))
	for _, raw := range []string{"image/jpeg", "image/png", "image/heic", "image/webp", "image/avif", "text/html", "text/css", "text/csv", "application/yaml",
		"application/octet-stream", "application/pdf", "application/zip", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"} {
		openapi3filter.RegisterBodyDecoder(raw, openapi3filter.FileBodyDecoder)
	}
	if p.schemas, err = newSchemas(doc); err != nil {
		return p, err
	}
	p.Router, err = legacy.NewRouter(doc)
	return p, err
})

// WithT is the same client in a test of its own, a part of the one that it was made in.
func (c *Client) WithT(t testing.TB) *Client {
	part := *c
	part.t = t
	return &part
}

// Send sends one request and holds request and answer against the contract. Where the server asks for the password again it gets it, and the same request.
func (c *Client) Send(method, path string, body []byte, header http.Header) *Answer {
	c.t.Helper()
	a, err := c.Try(method, path, body, header)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// Try is Send where the server may be gone; then it gives the error of the connection.
func (c *Client) Try(method, path string, body []byte, header http.Header) (*Answer, error) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, c.base()+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	tokens.Lock()
	token := c.Token
	tokens.Unlock()
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if c.Cookie != nil {
		req.AddCookie(c.Cookie)
	}
	if len(body) > 0 && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Close = c.line != nil // the next request is for the other copy
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	a := &Answer{Status: res.StatusCode, Header: res.Header, t: c.t, what: method + " " + path}
	if a.Body, err = io.ReadAll(res.Body); err != nil {
		return nil, err
	}
	c.hold(req, body, a)
	if c.givesPassword(a) {
		return c.Try(method, path, body, header)
	}
	return a, nil
}

// givesPassword gives the password where an answer asks for it: before what is dangerous, and after nothing was done for long.
func (c *Client) givesPassword(a *Answer) bool {
	var p struct{ Code string }
	if a.Status != http.StatusForbidden && a.Status != http.StatusUnauthorized || c.Forgetful || c.password == "" || json.Unmarshal(a.Body, &p) != nil {
		return false
	}
	switch p.Code {
	case "session.authenticate-again":
		c.Do(http.MethodPost, "/api/v1/sessions/current/authentication", map[string]any{"password": c.password}).Want(http.StatusNoContent)
	case "session.idle":
		token := c.LogIn(c.Name, c.password).Token
		tokens.Lock()
		c.Token = token
		tokens.Unlock()
	default:
		return false
	}
	return true
}

// hold compares a request and its answer with the contract.
func (c *Client) hold(req *http.Request, body []byte, a *Answer) {
	c.t.Helper()
	contract, err := contract()
	if err != nil {
		c.t.Fatal(err)
	}
	plain := req.Clone(context.Background())
	plain.URL.Scheme, plain.URL.Host, plain.Host = "", "", ""
	plain.Body = io.NopCloser(bytes.NewReader(body))
	if plain.Method == http.MethodHead { // as GET, without the body
		plain.Method = http.MethodGet
	}
	route, params, err := contract.FindRoute(plain)
	if err == nil && strings.HasSuffix(plain.URL.EscapedPath(), "/") && !strings.HasSuffix(route.Path, "/") {
		err = routers.ErrPathNotFound // the router takes a slash too many, the server does not
	}
	if err != nil {
		if !c.AllowInvalidRequests {
			c.t.Errorf("%s: the contract has no such door: %v", a.what, err)
		}
		a.wantProblemForm(contract.problem)
		return
	}
	in := &openapi3filter.RequestValidationInput{Request: plain, PathParams: params, Route: route, Options: &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, ExcludeRequestBody: true, ExcludeResponseBody: true}}
	if !c.AllowInvalidRequests {
		err := openapi3filter.ValidateRequest(context.Background(), in)
		if promised := route.Operation.RequestBody; err == nil && len(body) > 0 && promised != nil {
			err = contract.schemas.check(promised.Value.Content, req.Header.Get("Content-Type"), body)
		}
		if err != nil {
			c.t.Errorf("%s: the request is not as the contract says: %v", a.what, err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: a.Status, Header: a.Header, Options: in.Options}
	err = openapi3filter.ValidateResponse(context.Background(), out)
	if bodiless := req.Method == http.MethodHead || len(a.Body) == 0; err == nil && !bodiless {
		err = contract.schemas.check(c.answerOf(route.Operation, a).Content, a.Header.Get("Content-Type"), a.Body)
	}
	if err != nil {
		c.t.Errorf("%s: the answer is not as the contract says: %v\n%.500s", a.what, err, a.Body)
	}
}

// answerOf is what an operation promises to answer with a status. Only what may go wrong anywhere stands under "default".
func (c *Client) answerOf(o *openapi3.Operation, a *Answer) *openapi3.Response {
	c.t.Helper()
	if r := o.Responses.Status(a.Status); r != nil {
		return r.Value
	}
	if a.Status < http.StatusInternalServerError && a.Status != http.StatusMethodNotAllowed {
		c.t.Errorf("%s: the contract does not say that %s answers with %d\n%.300s", a.what, o.OperationID, a.Status, a.Body)
	}
	return o.Responses.Default().Value
}

// wantProblemForm fails unless the answer, to what is no door, is a problem as the contract describes them.
func (a *Answer) wantProblemForm(form *openapi3.Schema) {
	a.t.Helper()
	var v any
	if err := json.Unmarshal(a.Body, &v); err != nil {
		a.t.Errorf("%s: the answer is no JSON: %v\n%.300s", a.what, err, a.Body)
	} else if err := form.VisitJSON(v, openapi3.EnableJSONSchema2020()); err != nil {
		a.t.Errorf("%s: the answer is no problem: %v\n%.300s", a.what, err, a.Body)
	}
}

// Do sends JSON.
func (c *Client) Do(method, path string, body any) *Answer {
	c.t.Helper()
	var b []byte
	switch v := body.(type) {
	case nil:
	case string:
		b = []byte(v)
	default:
		var err error
		if b, err = json.Marshal(v); err != nil {
			c.t.Fatal(err)
		}
	}
	return c.Send(method, path, b, nil)
}

// Want fails unless the status is one of these.
func (a *Answer) Want(status ...int) *Answer {
	a.t.Helper()
	for _, s := range status {
		if a.Status == s {
			return a
		}
	}
	a.t.Fatalf("%s: got %d, want %v\n%s", a.what, a.Status, status, a.Body)
	return a
}

// WantProblem fails unless the answer is a problem with this status, code and rule for retrying.
func (a *Answer) WantProblem(status int, code, retry string) *Answer {
	a.t.Helper()
	var p struct{ Code, Retry string }
	a.Into(&p)
	if a.Status != status || p.Code != code || retry != "" && p.Retry != retry {
		a.t.Errorf("%s: got %d %s retry %s, want %d %s retry %s\n%s", a.what, a.Status, p.Code, p.Retry, status, code, retry, a.Body)
	}
	if ct := a.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/problem+json") {
		a.t.Errorf("%s: the problem came as %s", a.what, ct)
	}
	return a
}

// Into reads the JSON of the answer.
func (a *Answer) Into(dst any) *Answer {
	a.t.Helper()
	if err := json.Unmarshal(a.Body, dst); err != nil {
		a.t.Fatalf("%s: %v\n%s", a.what, err, a.Body)
	}
	return a
}
