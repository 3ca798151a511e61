package reports

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Note is what somebody who checks a report remarks on one of its figures.
type Note struct {
	ID   inspect.ID   `json:"id"`
	Cell string       `json:"cell"` // which figure, in the reader's words
	Text string       `json:"text"`
	By   inspect.ID   `json:"by"`
	At   inspect.Time `json:"at"`
}

// mostNotes is how many remarks a report takes.
const mostNotes = 200

func notesIn(text string) (all []Note, err error) {
	if text != "" {
		err = json.Unmarshal([]byte(text), &all)
	}
	return all, err
}

// notesOn are the remarks on a report.
func notesOn(ctx context.Context, tx *store.Tx, id inspect.ID) ([]Note, error) {
	texts, err := tx.Texts(ctx, id)
	if err != nil {
		return nil, err
	}
	all, err := notesIn(texts[reportNotes])
	if err != nil {
		err = fmt.Errorf("reports: notes on report %s: %w", id, err)
	}
	return all, err
}

// NoteReport keeps a remark on a figure of a report that is not issued; the same again changes nothing. What the report says stays as it is.
func (svc *Service) NoteReport(ctx context.Context, a *inspect.Actor, id inspect.ID, note Note) (v Publication, err error) {
	noted := false
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err := notesOn(ctx, tx, id)
		noted = slices.ContainsFunc(all, func(n Note) bool { return n.ID == note.ID && n.By == a.ID })
		return err
	}); err != nil {
		return v, err
	}
	same := func(*store.Publication) bool { return noted }
	return svc.step(ctx, a, id, inspect.MayDraftReports, same, func(ctx context.Context, tx *store.Tx, p *store.Publication) error {
		if err := at(p, p.Revision, store.Draft, store.Checked); err != nil {
			return err
		}
		all, err := notesOn(ctx, tx, id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(n Note) bool { return n.ID == note.ID }) {
			return nil
		}
		if len(all) >= mostNotes {
			return inspect.ErrReportState.With("A report takes at most %d remarks.", mostNotes)
		}
		note.By, note.At = a.ID, tx.Now
		says, err := json.Marshal(append(all, note))
		if err != nil {
			return err
		}
		if _, err := tx.SealTexts(ctx, id, map[string]string{reportNotes: string(says)}); err != nil {
			return err
		}
		return svc.savePublication(ctx, tx, p, nil, a.ID, "report.noted")
	})
}
