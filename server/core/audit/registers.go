package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/archive"
	"spotcheck/server/core/assessments"
	"spotcheck/server/core/campaigns"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/inspections"
	"spotcheck/server/core/intake"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/people"
	"spotcheck/server/core/places"
	"spotcheck/server/core/publicity"
	"spotcheck/server/core/reports"
	"spotcheck/server/core/rounds"
	"spotcheck/server/core/workflow"
	"spotcheck/server/store"
)

// registerRows gives people, units, areas, categories, settings and the other registers under their streams.
func registerRows(ctx context.Context, tx *store.Tx) (map[evidence.Stream]*ledger.Row, error) {
	rows := map[evidence.Stream]*ledger.Row{}
	for _, load := range []func(context.Context, *store.Tx, map[evidence.Stream]*ledger.Row) error{people.LoadPeople, places.LoadTrees,
		places.LoadImports, places.LoadCategories, duties.LoadRules, duties.LoadSuspensions, ledger.LoadSettings, duties.LoadResponsibilities,
		places.LoadSpots, places.LoadAgreements, messages.LoadChannels, loadPapers, loadBatches, workflow.LoadPlans, reports.LoadAssessment,
		reports.LoadReturns, publicity.LoadExposures, loadReports, intake.LoadIntake,
		inspections.LoadDraws, inspections.LoadStandards, inspections.LoadVisits, archive.LoadHeadings, archive.LoadDocuments, archive.LoadExports,
		campaigns.LoadCampaigns, campaigns.LoadActivities, assessments.Load, rounds.LoadDuties, rounds.LoadRounds, rounds.LoadRosters, figures.LoadQuantities} {
		if err := load(ctx, tx, rows); err != nil {
			return nil, err
		}
	}
	return rows, nil
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
		Grants  []people.GrantBody
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
	if e.Type == places.AreaStaged {
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
func (r *registerReplay) grant(now []people.GrantBody, at inspect.Time) {
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
	keys := slices.Sorted(maps.Keys(row.Body))
	for _, k := range keys {
		got, err := evidence.CanonicalOf(row.Body[k])
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
	if row.CreatedAt != 0 && (row.CreatedAt != r.first || row.ChangedAt != r.changed) {
		r.found(subject, "the database says made at %s and changed at %s, the record says %s and %s", row.CreatedAt, row.ChangedAt, r.first, r.changed)
	}
	r.compareGrants(row)
	if err := r.compareTexts(ctx, tx, row); err != nil {
		return err
	}
	if row.Amiss != "" && len(r.later) == 0 { // otherwise it may be computed from what was found to be wrong
		r.found(subject, "%s", row.Amiss)
	}
	return nil
}

// compareGrants holds the roles, those that ended as well, against the events: who belonged to what at which time.
func (r *registerReplay) compareGrants(row *ledger.Row) {
	told := map[inspect.Grant]int{}
	for _, g := range r.ended {
		told[g]++
	}
	for g, since := range r.held {
		g.Since = since
		told[g]++
	}
	for _, g := range row.Grants {
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

func (r *registerReplay) compareTexts(ctx context.Context, tx *store.Tx, row *ledger.Row) error {
	if row.Owner.IsZero() {
		return nil
	}
	kept, err := tx.PersonalTexts(ctx, row.Owner)
	if err != nil {
		return err
	}
	subject := "text/" + row.Owner.String()
	for _, t := range kept {
		seal, sealed := r.seals[t.Field]
		delete(r.seals, t.Field)
		switch {
		case !sealed:
			r.found(subject, "%s has a %s that was never recorded", r.stream, t.Field)
		case !evidence.SealMatches(seal, t.Field, t.Body, t.Salt):
			r.found(subject, "the %s of %s is not the one that was recorded", t.Field, r.stream)
		case row.Texts[t.Field] != t.Body:
			r.found(r.stream.String(), "the database says another %s than the one that was recorded", t.Field)
		}
		delete(row.Texts, t.Field)
	}
	for field, text := range row.Texts {
		switch _, sealed := r.seals[field]; {
		case sealed:
			r.found(subject, "the %s of %s is missing", field, r.stream)
		case text != "":
			r.found(r.stream.String(), "the database says a %s that was never recorded", field)
		}
	}
	for field := range r.seals {
		if _, told := row.Texts[field]; !told { // it lies only beside the record
			r.found(subject, "the %s of %s is missing", field, r.stream)
		}
	}
	return nil
}
