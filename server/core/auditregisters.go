package core

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// registerRow is a row of a register as the record would tell it.
type registerRow struct {
	body               map[string]any
	owner              inspect.ID // of the texts, zero where there are none
	texts              map[string]string
	createdAt, changed inspect.Time // zero where the row does not say
	grants             []inspect.Grant
}

// registerRows gives people, units, areas, categories, settings and the other registers under their streams.
func registerRows(ctx context.Context, tx *store.Tx) (map[evidence.Stream]*registerRow, error) {
	rows := map[evidence.Stream]*registerRow{}
	for _, load := range []func(context.Context, *store.Tx, map[evidence.Stream]*registerRow) error{loadPeople, loadTrees, loadImports, loadCategories, loadRules, loadSuspensions, loadSettings, loadResponsibilities, loadSpots, loadAgreements, loadChannels, loadPapers, loadBatches, loadPlans, loadAssessment, loadReturns, loadExposures, loadReports, loadIntake} {
		if err := load(ctx, tx, rows); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func loadPeople(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*registerRow) error {
	history, err := tx.GrantHistory(ctx)
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		people, next, err := tx.People(ctx, after, eventPage)
		if err != nil {
			return err
		}
		for n := range people {
			p := &people[n]
			rows[evidence.Stream{Kind: store.StreamPerson, ID: p.ID.String()}] = &registerRow{body: map[string]any{"disabled": p.Disabled},
				owner: p.ID, texts: personTexts(p), createdAt: p.CreatedAt, changed: p.UpdatedAt, grants: history[p.ID]}
		}
		if after = next; next == 0 {
			return nil
		}
	}
}

func loadTrees(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*registerRow) error {
	units, err := tx.Units(ctx)
	if err != nil {
		return err
	}
	for n := range units {
		u := &units[n]
		rows[evidence.Stream{Kind: store.StreamUnit, ID: u.ID.String()}] = &registerRow{body: unitBody(u), owner: u.ID, texts: unitTexts(u),
			createdAt: u.CreatedAt, changed: u.UpdatedAt}
	}
	areas, err := tx.Areas(ctx)
	for n := range areas {
		v := &areas[n]
		rows[evidence.Stream{Kind: store.StreamArea, ID: v.ID.String()}] = &registerRow{body: areaBody(v), createdAt: v.CreatedAt, changed: v.UpdatedAt}
	}
	return err
}

func loadCategories(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*registerRow) error {
	categories, err := tx.Categories(ctx)
	for n := range categories {
		v := &categories[n]
		rows[evidence.Stream{Kind: store.StreamCategory, ID: v.Code}] = &registerRow{body: categoryBody(v), createdAt: v.CreatedAt, changed: v.UpdatedAt}
	}
	return err
}

func loadRules(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*registerRow) error {
	return tx.EachRule(ctx, func(v inspect.Rule) error {
		rows[evidence.Stream{Kind: store.StreamRule, ID: ruleKey(&v)}] = &registerRow{body: ruleBody(&v), createdAt: v.CreatedAt, changed: v.CreatedAt}
		return nil
	})
}

func loadSuspensions(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*registerRow) error {
	suspensions, err := tx.Suspensions(ctx, 0)
	for n := range suspensions {
		v := &suspensions[n]
		rows[evidence.Stream{Kind: store.StreamSuspension, ID: v.ID.String()}] = &registerRow{body: suspensionBody(v), createdAt: v.CreatedAt, changed: v.UpdatedAt}
	}
	return err
}

func loadSettings(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*registerRow) error {
	settings, err := tx.Settings(ctx)
	for key, value := range settings {
		rows[evidence.Stream{Kind: store.StreamSetting, ID: key}] = &registerRow{body: map[string]any{"value": json.RawMessage(value)}}
	}
	return err
}

// loadChannels gives who wants to be told how, and the ways that lead outside.
func loadChannels(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*registerRow) error {
	if err := tx.EachMessagePreferences(ctx, func(c store.MessagePreferences) {
		rows[evidence.Stream{Kind: store.StreamChannels, ID: c.Person.String()}] = &registerRow{body: choiceBody(&c), owner: c.ID, texts: choiceTexts(&c),
			createdAt: c.CreatedAt, changed: c.UpdatedAt}
	}); err != nil {
		return err
	}
	hooks, err := tx.Webhooks(ctx)
	if err != nil {
		return err
	}
	for n := range hooks {
		w := &hooks[n]
		rows[evidence.Stream{Kind: store.StreamWebhook, ID: w.ID.String()}] = &registerRow{body: webhookBody(w), createdAt: w.CreatedAt, changed: w.UpdatedAt}
	}
	gateways, err := tx.Gateways(ctx)
	for n := range gateways {
		g := &gateways[n]
		rows[evidence.Stream{Kind: store.StreamGateway, ID: string(g.Kind)}] = &registerRow{body: gatewayBody(g), createdAt: g.CreatedAt, changed: g.UpdatedAt}
	}
	return err
}

// registerReplay is a line of a register as its events tell it.
type registerReplay struct {
	*replay
	body           map[string]json.RawMessage // of the last event
	seals          map[string]string
	first, changed inspect.Time
	held           map[inspect.Grant]inspect.Time // since when; Since and Until of the key are zero
	ended          []inspect.Grant
}

func (r *registerReplay) apply(e store.RecordedEvent) error {
	var head struct {
		At      inspect.Time
		By      string // empty for the server itself
		Seals   map[string]string
		Grants  []grantBody
		Import  string // of an area that was staged
		Outline string // of an area
	}
	if err := json.Unmarshal(e.Body, &head); err != nil {
		return err
	}
	by, err := inspect.ParseID(head.By)
	if err != nil && head.By != "" {
		return err
	}
	r.columns(e, store.RecordedEvent{At: head.At, By: by})
	if head.Outline != "" && r.stream.Kind == store.StreamArea {
		r.outlined[head.Outline] = r.stream
	}
	if e.Type == areaStaged {
		if head.At = r.imported[head.Import]; head.At == 0 {
			return nil // that import was never applied
		}
	}
	r.body = nil
	if err := json.Unmarshal(e.Body, &r.body); err != nil {
		return err
	}
	if r.first == 0 {
		r.first = head.At
	}
	r.seals, r.changed = head.Seals, head.At
	r.grant(head.Grants, head.At)
	for _, k := range []string{"at", "by", "seals", "grants", "import"} {
		delete(r.body, k)
	}
	return nil
}

// grant keeps since when each role is held, and from when to when each was.
func (r *registerReplay) grant(now []grantBody, at inspect.Time) {
	held := map[inspect.Grant]inspect.Time{}
	for _, g := range now {
		key := inspect.Grant{Role: g.Role, Scope: inspect.Scope{Kind: g.Scope, ID: g.ID}}
		if held[key] = at; r.held[key] != 0 {
			held[key] = r.held[key]
		}
	}
	for key, since := range r.held {
		if held[key] == 0 {
			key.Since, key.Until = since, at
			r.ended = append(r.ended, key)
		}
	}
	r.held = held
}

func (r *registerReplay) compare(ctx context.Context, tx *store.Tx) error {
	subject := r.stream.String()
	row, ok := r.registers[r.stream]
	delete(r.registers, r.stream)
	switch told := r.body != nil; {
	case !ok && told:
		r.found(subject, "is in the record but not in the database")
		return nil
	case ok && !told:
		r.found(subject, "stands in the database, and the record says only that it was staged")
		return nil
	case !ok:
		return nil
	}
	keys := slices.Sorted(maps.Keys(row.body))
	for _, k := range keys {
		got, err := evidence.CanonicalOf(row.body[k])
		if err != nil {
			r.found(subject, "the %s of the database cannot be read: %v", k, err)
			continue
		}
		if told := r.body[k]; !bytes.Equal(got, told) {
			r.found(subject, "the database says %s %s, the record says %s", k, got, told)
		}
		delete(r.body, k)
	}
	for _, k := range slices.Sorted(maps.Keys(r.body)) {
		r.found(subject, "the record says %s %s, the database nothing", k, r.body[k])
	}
	if row.createdAt != 0 && (row.createdAt != r.first || row.changed != r.changed) {
		r.found(subject, "the database says made at %s and changed at %s, the record says %s and %s", row.createdAt, row.changed, r.first, r.changed)
	}
	r.compareGrants(row)
	return r.compareTexts(ctx, tx, row)
}

// compareGrants holds the roles, those that ended as well, against the events: who belonged to what at which time.
func (r *registerReplay) compareGrants(row *registerRow) {
	told := map[inspect.Grant]int{}
	for _, g := range r.ended {
		told[g]++
	}
	for g, since := range r.held {
		g.Since = since
		told[g]++
	}
	for _, g := range row.grants {
		told[g]--
	}
	for g, n := range told {
		scope := fmt.Sprintf("%s over %s %s from %s to %q", g.Role, g.Scope.Kind, g.Scope.ID, g.Since, g.Until)
		switch {
		case n > 0:
			r.found(r.stream.String(), "the role %s is in the record but not in the database", scope)
		case n < 0:
			r.found(r.stream.String(), "the role %s stands in the database but not in the record", scope)
		}
	}
}

func (r *registerReplay) compareTexts(ctx context.Context, tx *store.Tx, row *registerRow) error {
	if row.owner.IsZero() {
		return nil
	}
	kept, err := tx.PersonalTexts(ctx, row.owner)
	if err != nil {
		return err
	}
	subject := "text/" + row.owner.String()
	for _, t := range kept {
		seal, sealed := r.seals[t.Field]
		delete(r.seals, t.Field)
		switch {
		case !sealed:
			r.found(subject, "%s has a %s that was never recorded", r.stream, t.Field)
		case !evidence.SealMatches(seal, t.Field, t.Body, t.Salt):
			r.found(subject, "the %s of %s is not the one that was recorded", t.Field, r.stream)
		case row.texts[t.Field] != t.Body:
			r.found(r.stream.String(), "the database says another %s than the one that was recorded", t.Field)
		}
		delete(row.texts, t.Field)
	}
	for field, text := range row.texts {
		switch _, sealed := r.seals[field]; {
		case sealed:
			r.found(subject, "the %s of %s is missing", field, r.stream)
		case text != "":
			r.found(r.stream.String(), "the database says a %s that was never recorded", field)
		}
	}
	for field := range r.seals {
		if _, told := row.texts[field]; !told { // it lies only beside the record
			r.found(subject, "the %s of %s is missing", field, r.stream)
		}
	}
	return nil
}
