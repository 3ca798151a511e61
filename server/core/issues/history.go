package issues

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// HistoryEvent is a line of an issue's record as one person may read it: with what was written, for which unit, and which photos
// belong to it.
type HistoryEvent struct {
	store.RecordedEvent
	DoneAt inspect.Time      // corrected by the skew of the phone; 0 for what nobody did
	Late   bool              // done offline and credited (补传)
	Unit   inspect.ID        // that it was done for, by or to
	Texts  map[string]string // by field
	Erased []string          // fields of which the text was erased by decision
	Photos []inspect.ID

	Corrected []FieldChange // what it put right
}

// History is part of the record of an issue, with what its events name.
type History struct {
	Events []HistoryEvent
	People map[inspect.ID]store.PersonRef
	Units  map[inspect.ID]string
}

// shownTexts are the fields of the texts that who sees an issue may read. Who called is not among them.
var shownTexts = []string{"reason", "note", "findings", "handling", "address", "site", "plate"}

// History gives the events of an issue after number n.
func (svc *Service) History(ctx context.Context, a *inspect.Actor, id inspect.ID, n int64, limit int) (h History, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		row, err := Visible(ctx, tx, a, id, inspect.MaySee)
		if err != nil {
			return err
		}
		events, err := tx.Events(ctx, store.IssueStream(id), n, limit)
		if err != nil {
			return err
		}
		h = History{}
		if err := h.read(ctx, tx, &row, events, svc.zone); err != nil {
			return err
		}
		w, err := LocationOf(ctx, tx, &row)
		hideReporter(h.People, a, &row.Issue, w)
		return err
	})
	return h, err
}

// read finds all that some events say.
func (h *History) read(ctx context.Context, tx *store.Tx, row *store.IssueRow, events []store.RecordedEvent, zone *time.Location) error {
	var owners, people, units []inspect.ID
	bodies := make([]inspect.Event, len(events))
	for n := range events {
		if err := json.Unmarshal(events[n].Body, &bodies[n]); err != nil {
			return fmt.Errorf("issues: event %d of %s: %w", events[n].N, row.ID, err)
		}
		e := eventOf(row, &events[n], &bodies[n])
		owners, people, units = AppendID(owners, textOwner(row, &bodies[n])), AppendID(people, e.By), AppendID(units, e.Unit)
		h.Events = append(h.Events, e)
	}
	texts, err := tx.TextsOf(ctx, owners, slices.Concat(shownTexts, textsBefore)...)
	if err != nil {
		return err
	}
	names, err := namesOfCorrections(ctx, tx, bodies, zone)
	if err != nil {
		return err
	}
	for n := range h.Events {
		told := texts[textOwner(row, &bodies[n])]
		if bodies[n].Report != nil {
			if told, err = asReported(ctx, tx, row, told); err != nil {
				return err
			}
		}
		h.Events[n].tell(bodies[n].Seals, told)
		h.Events[n].Corrected = names.of(&bodies[n], told)
	}
	if h.People, err = tx.PeopleRefs(ctx, people); err != nil {
		return err
	}
	h.Units, err = tx.NodeNames(ctx, store.UnitTree, units)
	return err
}

// textsBefore are the texts that corrections took the place of.
var textsBefore = func() (all []string) {
	for _, field := range CorrectedTexts {
		all = append(all, store.FieldBefore(field))
	}
	return all
}()

// asReported are the texts of an issue as its report had them, whatever was put right since.
func asReported(ctx context.Context, tx *store.Tx, row *store.IssueRow, now map[string]string) (map[string]string, error) {
	first, err := tx.TextsReported(ctx, row, CorrectedTexts...)
	if err != nil || len(first) == 0 {
		return now, err
	}
	told := maps.Clone(now)
	if told == nil {
		told = map[string]string{}
	}
	for field, text := range first {
		if told[field] = text; text == "" {
			delete(told, field)
		}
	}
	return told, nil
}

// textOwner is what the texts of an event lie beside the record under: the action, or the issue itself for its report.
func textOwner(row *store.IssueRow, body *inspect.Event) inspect.ID {
	if body.Report != nil {
		return row.ID
	}
	return body.ActionID
}

// eventOf reads what an event says without its texts.
func eventOf(row *store.IssueRow, r *store.RecordedEvent, body *inspect.Event) HistoryEvent {
	e := HistoryEvent{RecordedEvent: *r, Late: body.Late, Photos: slices.Clone(body.Photos)}
	if body.DoneAt != 0 {
		e.DoneAt = min(body.DoneAt.Add(inspect.Skew(body.SentAt, body.At)), body.At)
	}
	for _, d := range body.Declared {
		e.Photos = append(e.Photos, d.ID)
	}
	if body.Received != nil {
		e.Photos = append(e.Photos, body.Received.ID)
	}
	e.Unit = r.Unit // that holds it afterwards
	if !r.LeftCustody.Unit.IsZero() {
		e.Unit = r.LeftCustody.Unit // that had it
	}
	if p := row.Part(body.Part); p != nil {
		e.Unit = p.Unit
	}
	if !body.Unit.IsZero() {
		e.Unit = body.Unit
	}
	return e
}

// tell adds the texts whose seals the event holds; of what is sealed and gone it says that it was erased.
func (e *HistoryEvent) tell(seals, texts map[string]string) {
	for _, field := range shownTexts {
		if _, sealed := seals[field]; !sealed {
			continue
		}
		if text, there := texts[field]; there {
			if e.Texts == nil {
				e.Texts = map[string]string{}
			}
			e.Texts[field] = text
			continue
		}
		e.Erased = append(e.Erased, field)
	}
}
