package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/inspect"
)

// client is one person with one connection.
type client struct {
	base, token string
	http        http.Client
	fill        *strings.Replacer // of {words} in queries
}

// logIn is a person of the city, by name.
func logIn(ctx context.Context, base, name string) (*client, error) {
	c := &client{base: base}
	var session struct {
		Token string `json:"token"`
		Me    struct {
			Person struct {
				ID inspect.ID `json:"id"`
			} `json:"person"`
		} `json:"me"`
	}
	if err := c.do(ctx, http.MethodPost, "/api/v1/sessions", map[string]string{"name": name, "password": password}, &session); err != nil {
		return nil, err
	}
	if c.token = session.Token; session.Me.Person.ID.IsZero() {
		return nil, fmt.Errorf("the answer to %s does not say who that is", name)
	}
	return c, c.learn(ctx, session.Me.Person.ID)
}

// learn finds what the {words} of the queries stand for.
func (c *client) learn(ctx context.Context, me inspect.ID) error {
	words := []string{"{me}", me.String()}
	for word, find := range map[string]struct{ path, list, name string }{
		"{bureau}": {"/api/v1/units", "units", "龙华区局0"}, "{district}": {"/api/v1/areas", "areas", "龙华区"}, "{street}": {"/api/v1/areas", "areas", "龙华区1街道"},
	} {
		var all map[string]json.RawMessage
		if err := c.do(ctx, http.MethodGet, find.path, nil, &all); err != nil {
			return err
		}
		var rows []struct {
			ID   inspect.ID `json:"id"`
			Name string     `json:"name"`
		}
		if err := json.Unmarshal(all[find.list], &rows); err != nil {
			return err
		}
		for _, r := range rows {
			if r.Name == find.name {
				words = append(words, word, r.ID.String())
			}
		}
	}
	for _, h := range []int{-2160, -1992, -168, -12, 12} {
		words = append(words, fmt.Sprintf("{%+dh}", h), inspect.At(time.Now().Add(time.Duration(h)*time.Hour)).String())
	}
	c.fill = strings.NewReplacer(append(words, "{category}", "06011", "{group}", "litter")...)
	return nil
}

// do makes a request and reads its answer.
func (c *client) do(ctx context.Context, method, path string, body, into any) error {
	var text io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		text = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, text)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %s", method, path, answer.Status, b)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(b, into)
}

// page is as much of a page as the bench needs.
type page struct {
	Issues []struct {
		ID inspect.ID `json:"id"`
	} `json:"issues"`
	Total int    `json:"total"`
	Exact bool   `json:"total_exact"`
	Next  string `json:"next"`
}

// list asks for a page of a query of lists.tsv.
func (c *client) list(ctx context.Context, query, cursor string, limit int) (p page, err error) {
	path := fmt.Sprintf("/api/v1/issues?limit=%d&%s", limit, strings.NewReplacer("+", "%2B", ":", "%3A").Replace(c.fill.Replace(query)))
	if cursor != "" {
		path += "&cursor=" + url.QueryEscape(cursor)
	}
	err = c.do(ctx, http.MethodGet, path, nil, &p)
	return p, err
}

// timing is how long something took: the middle and the worst of a hundred; zero when it was not measured.
type timing struct{ p50, p99 time.Duration }

// timed does something so many times, after a few that do not count.
func timed(runs int, f func(n int) error) (timing, error) {
	var all []time.Duration
	for n := -3; n < runs; n++ {
		started := time.Now()
		if err := f(n); err != nil {
			return timing{}, err
		}
		if n >= 0 {
			all = append(all, time.Since(started))
		}
	}
	if len(all) == 0 {
		return timing{}, nil
	}
	slices.Sort(all)
	return timing{all[len(all)/2], all[(len(all)*99-1)/100]}, nil
}
