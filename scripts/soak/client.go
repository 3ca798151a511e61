package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// errWrong is an answer that no fault excuses.
var errWrong = errors.New("wrong answer")

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// client speaks to the server of the moment.
type client struct {
	http    *http.Client
	server  *server
	token   string
	refused func() // told of every 503
}

// persist sends a request until it gets an answer other than "away for a moment".
func (c *client) persist(ctx context.Context, method, path string, body []byte, h http.Header) (*answer, error) {
	for by := time.Now().Add(time.Minute); ; <-time.After(20 * time.Millisecond) {
		a, err := c.once(ctx, method, path, body, h)
		if err != nil || a.status != http.StatusServiceUnavailable {
			return a, err
		}
		if c.refused(); time.Now().After(by) {
			return nil, fmt.Errorf("%w: away for a minute: %s", errWrong, a.body)
		}
	}
}

func (c *client) once(ctx context.Context, method, path string, body []byte, h http.Header) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.server.address+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for k, v := range h {
		req.Header[k] = v
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	a := &answer{status: res.StatusCode, header: res.Header}
	a.body, err = io.ReadAll(res.Body)
	return a, err
}

// put sends JSON, which is new or there already.
func (c *client) put(ctx context.Context, path string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	a, err := c.persist(ctx, http.MethodPut, path, b, nil)
	if err == nil && a.status != http.StatusOK && a.status != http.StatusCreated && a.status != http.StatusNoContent {
		err = fmt.Errorf("%w: %s: %d %s", errWrong, path, a.status, a.body)
	}
	return err
}

func (c *client) get(ctx context.Context, path string, into any) error {
	a, err := c.persist(ctx, http.MethodGet, path, nil, nil)
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("%w: %s: %d %s", errWrong, path, a.status, a.body)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(a.body, into)
}
