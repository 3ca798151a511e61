package reports

import (
	"context"
	"encoding/json"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/people"
	"spotcheck/server/store"
)

// The texts of a report that lie beside the record, under their seals.
const (
	reportContent = "content" // what it says, as JSON
	reportLines   = "lines"   // the issues behind it, as base64 of gzip of JSON
	reportReason  = "reason"  // of its recall
	reportNotes   = "notes"   // of those who check it, as JSON

)

// DraftReport computes a report and keeps it as a draft; the same again is the same draft.
func (svc *Service) DraftReport(ctx context.Context, a *inspect.Actor, id inspect.ID, ask Request) (v Publication, repeated bool, err error) {
	scope := ask.Scope.String()
	if repeated, err = svc.draftKnown(ctx, a, id, &ask); err != nil || repeated {
		if err == nil {
			v, err = svc.draftedBefore(ctx, a, id)
		}
		return v, repeated, err
	}
	f, err := svc.draft(ctx, a, ask)
	if err != nil {
		return v, false, err
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		if _, ok, err := tx.Publication(ctx, id); err != nil || ok {
			return figures.OrElse(err, inspect.ErrReportDiffers) // somebody was faster with the same id
		}
		if known, ok, err := tx.DraftOf(ctx, f.Week.Name, scope, string(ask.Genre)); err != nil || ok {
			return figures.OrElse(err, inspect.ErrReportDrafted.WithRow(map[string]any{"id": known.ID, "revision": known.Revision, "state": known.State}))
		}
		p := &store.Publication{ID: id, Genre: string(ask.Genre), Kind: f.Week.Kind, Period: f.Week.Name, Scope: scope, Language: ask.Language,
			State: store.Draft, MadeBy: a.ID, CreatedAt: tx.Now}
		return svc.saveDraft(ctx, tx, p, f, a.ID)
	})
	if err == nil {
		v, err = svc.Publication(ctx, a, id)
	}
	return v, false, err
}

// draftKnown says whether the same was drafted before; another draft under the id is an error.
func (svc *Service) draftKnown(ctx context.Context, a *inspect.Actor, id inspect.ID, ask *Request) (known bool, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, ok, err := tx.Publication(ctx, id)
		if err != nil {
			return err
		}
		if !ok || p.MadeBy != a.ID {
			if err := svc.mayOver(ctx, tx, a, inspect.MayDraftReports, ask.Scope); err != nil {
				return err
			}
		}
		if known = ok; ok && (p.Period != ask.Period || p.Scope != ask.Scope.String() || p.Genre != string(ask.Genre) || p.Language != ask.Language || p.MadeBy != a.ID ||
			ask.CutOff != 0 && p.CutAt != ask.CutOff) {
			return inspect.ErrReportDiffers
		}
		return err
	})
	return known, err
}

// draftedBefore is a report that somebody drafted: how far it is, and what it says where they may see it now.
func (svc *Service) draftedBefore(ctx context.Context, a *inspect.Actor, id inspect.ID) (v Publication, err error) {
	if v, err = svc.Publication(ctx, a, id); !issues.OutOfReach(err) {
		return v, err
	}
	return v, svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		v.Publication, _, err = tx.Publication(ctx, id)
		return err
	})
}

// draft computes what a draft says, with what changed in reports that were issued before.
func (svc *Service) draft(ctx context.Context, a *inspect.Actor, ask Request) (f *File, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := svc.mayOver(ctx, tx, a, inspect.MayDraftReports, ask.Scope); err != nil {
			return err
		}
		if f, err = svc.reportFile(ctx, tx, ask, WithIssues); err != nil {
			return err
		}
		if f.Week.Draft = true; ask.Genre != ClosureReport {
			return nil
		}
		if err := svc.corrections(ctx, tx, f.Week, ask); err != nil {
			return err
		}
		return svc.correctedTotals(ctx, tx, f.Week, ask)
	})
	return f, err
}

// saveDraft keeps what a draft says now.
func (svc *Service) saveDraft(ctx context.Context, tx *store.Tx, p *store.Publication, f *File, by inspect.ID) error {
	p.Revision++
	p.State, p.CheckedBy, p.CheckedAt = store.Draft, inspect.ID{}, 0
	p.CutEvent, p.CutAt, p.MadeBy, p.MadeAt = f.Week.CutEvent, inspect.At(f.Week.CutAt), by, tx.Now
	return svc.savePublication(ctx, tx, p, f, by, reportDrafted)
}

// savePublication keeps a report and leaves a line in the record; f is nil where what it says stays as it is.
func (svc *Service) savePublication(ctx context.Context, tx *store.Tx, p *store.Publication, f *File, by inspect.ID, event string) error {
	if f != nil {
		says, err := json.Marshal(f.Week)
		if err != nil {
			return fmt.Errorf("reports: report: %w", err)
		}
		texts := map[string]string{reportContent: string(says)}
		if f.Lines != nil {
			if texts[reportLines], err = packed(f.Lines); err != nil {
				return err
			}
		}
		if _, err := tx.SealTexts(ctx, p.ID, texts); err != nil {
			return err
		}
	}
	p.UpdatedAt = tx.Now
	seals, err := notices.SealsOf(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	body := PublicationBody(p)
	body["seals"] = seals
	ledger.Record(tx, by, store.StreamReport, p.ID.String(), event, body)
	if err := svc.tellPrograms(ctx, tx, event, p); err != nil {
		return err
	}
	return tx.SavePublication(ctx, p)
}

// PublicationBody is what the record keeps of a report; what it says is sealed.
func PublicationBody(p *store.Publication) map[string]any {
	files := p.Files
	if files == nil {
		files = []store.PublicationFile{}
	}
	body := map[string]any{"kind": p.Kind, "period": p.Period, "scope": p.Scope, "language": p.Language, "state": p.State, "revision": p.Revision,
		"number": p.Number, "year": p.Year, "n": p.N,
		"cut_event": p.CutEvent, "cut_at": p.CutAt, "made_by": p.MadeBy, "made_at": p.MadeAt, "checked_by": p.CheckedBy, "checked_at": p.CheckedAt, "issued_by": p.IssuedBy,
		"issued_at": p.IssuedAt, "recalled_by": p.RecalledBy, "recalled_at": p.RecalledAt, "files": files}
	if p.Genre != "" { // older programs knew one genre
		body["genre"] = p.Genre
	}
	return body
}

// step is a change of a report by somebody who has a permission over its scope. The same again by who lost it since is acknowledged with how far the
// report is, and with nothing of what it says; same says whether it is.
func (svc *Service) step(ctx context.Context, a *inspect.Actor, id inspect.ID, need inspect.Permission, same func(*store.Publication) bool,
	do func(context.Context, *store.Tx, *store.Publication) error) (v Publication, err error) {
	acknowledged := false
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockPublication(ctx, id); err != nil {
			return err
		}
		p, _, err := svc.publication(ctx, tx, a, id, need)
		if issues.OutOfReach(err) {
			before, ok, failed := tx.Publication(ctx, id)
			if acknowledged = ok && same(&before); failed != nil || !acknowledged {
				return figures.OrElse(failed, err)
			}
			v.Publication = before
			return nil
		}
		if err != nil {
			return err
		}
		if same(&p) {
			return nil
		}
		return do(ctx, tx, &p)
	})
	if err == nil && !acknowledged {
		v, err = svc.Publication(ctx, a, id)
	}
	return v, err
}

// never is for a change that is not known again.
func never(*store.Publication) bool { return false }

// at refuses a change of what somebody else changed meanwhile, or of a report in another state.
func at(p *store.Publication, revision int64, states ...store.PublicationState) error {
	for _, s := range states {
		if p.State == s {
			if p.Revision != revision {
				return inspect.ErrReportChanged
			}
			return nil
		}
	}
	return inspect.ErrReportState.With("A report that is %s does not take this.", p.State)
}

// Sentences are those of a person in place of the generated ones, where nil leaves the generated ones, and who gets a copy.
type Sentences struct{ Better, Worse, Decisions, CopyTo []string }

// says puts what a person wrote into a report.
func (w *Report) says(s Sentences) {
	w.Better, w.Worse, w.Decisions, w.CopyTo = s.Better, s.Worse, s.Decisions, s.CopyTo
}

// EditReport puts a person's sentences into a draft; who checked it has to check again.
func (svc *Service) EditReport(ctx context.Context, a *inspect.Actor, id inspect.ID, revision int64, s Sentences) (Publication, error) {
	return svc.step(ctx, a, id, inspect.MayDraftReports, never, func(ctx context.Context, tx *store.Tx, p *store.Publication) error {
		if err := at(p, revision, store.Draft, store.Checked); err != nil {
			return err
		}
		f, err := frozenReport(ctx, tx, id)
		if err != nil {
			return err
		}
		f.Week.says(s)
		p.Revision++
		p.State, p.CheckedBy, p.CheckedAt, p.MadeBy, p.MadeAt = store.Draft, inspect.ID{}, 0, a.ID, tx.Now
		return svc.savePublication(ctx, tx, p, f, a.ID, "report.edited")
	})
}

// RenewReport computes a draft anew; the sentences of a person stay.
func (svc *Service) RenewReport(ctx context.Context, a *inspect.Actor, id inspect.ID, revision int64) (v Publication, err error) {
	old, err := svc.Publication(ctx, a, id)
	if err != nil {
		return v, err
	}
	ask := Request{Period: old.Period, Language: old.Language, Genre: Genre(old.Genre)}
	if err := ask.Scope.UnmarshalText([]byte(old.Scope)); err != nil {
		return v, fmt.Errorf("reports: scope of report %s: %w", id, err)
	}
	f, err := svc.draft(ctx, a, ask)
	if err != nil {
		return v, err
	}
	f.Week.says(Sentences{old.Week.Better, old.Week.Worse, old.Week.Decisions, old.Week.CopyTo})
	return svc.step(ctx, a, id, inspect.MayDraftReports, never, func(ctx context.Context, tx *store.Tx, p *store.Publication) error {
		if err := at(p, revision, store.Draft, store.Checked); err != nil {
			return err
		}
		return svc.saveDraft(ctx, tx, p, f, a.ID)
	})
}

// CheckReport says that the figures of a draft are right; by somebody else than who made it. The same again changes nothing.
func (svc *Service) CheckReport(ctx context.Context, a *inspect.Actor, id inspect.ID, revision int64) (Publication, error) {
	same := func(p *store.Publication) bool {
		return p.State != store.Draft && p.CheckedBy == a.ID && p.Revision == revision
	}
	return svc.step(ctx, a, id, inspect.MayDraftReports, same, func(ctx context.Context, tx *store.Tx, p *store.Publication) error {
		if err := at(p, revision, store.Draft); err != nil {
			return err
		}
		if p.MadeBy == a.ID {
			return inspect.ErrSecondPerson.With("A report is checked by somebody else than who made it.")
		}
		p.State, p.CheckedBy, p.CheckedAt = store.Checked, a.ID, tx.Now
		return svc.savePublication(ctx, tx, p, nil, a.ID, reportChecked)
	})
}

// IssueReport gives a checked report its number and freezes it; its forms are made by a job. The same again changes nothing.
func (svc *Service) IssueReport(ctx context.Context, a *inspect.Actor, id inspect.ID, revision int64) (Publication, error) {
	same := func(p *store.Publication) bool {
		return (p.State == store.Issued || p.State == store.Recalled) && p.IssuedBy == a.ID && p.Revision == revision
	}
	return svc.step(ctx, a, id, inspect.MayIssueReports, same, func(ctx context.Context, tx *store.Tx, p *store.Publication) error {
		if err := at(p, revision, store.Checked); err != nil {
			return err
		}
		f, err := frozenReport(ctx, tx, id)
		if err != nil {
			return err
		}
		p.Year = tx.Now.UTC().In(svc.zone).Year()
		if p.N, err = tx.NextPublication(ctx, reportSeries(p)); err != nil {
			return err
		}
		p.Number = fmt.Sprintf("%d年第%d期", p.Year, p.N)
		if f.Week.Language == inspect.English {
			p.Number = fmt.Sprintf("No. %d of %d", p.N, p.Year)
		}
		if f.Week.Checkpoint, err = lastCheckpoint(ctx, tx); err != nil {
			return err
		}
		if f.Week.OnePerson, err = people.OnePerson.In(ctx, tx); err != nil {
			return err
		}
		f.Week.Issue, f.Week.IssuedAt, f.Week.Draft = p.Number, tx.Now.UTC(), false
		p.State, p.IssuedBy, p.IssuedAt = store.Issued, a.ID, tx.Now
		if err := svc.savePublication(ctx, tx, p, f, a.ID, reportIssued); err != nil {
			return err
		}
		if err := svc.tellIssued(ctx, tx, p, f.Week, a.ID); err != nil {
			return err
		}
		return tx.Enqueue(ctx, MakeReport{Report: id.String()}, 0)
	})
}

// RecallReport takes back an issued report; it stays as it is, with the reason. The same again changes nothing.
func (svc *Service) RecallReport(ctx context.Context, a *inspect.Actor, id inspect.ID, reason string) (Publication, error) {
	same := func(p *store.Publication) bool { return p.State == store.Recalled && p.RecalledBy == a.ID }
	return svc.step(ctx, a, id, inspect.MayIssueReports, same, func(ctx context.Context, tx *store.Tx, p *store.Publication) error {
		if err := at(p, p.Revision, store.Issued); err != nil {
			return err
		}
		p.State, p.RecalledBy, p.RecalledAt = store.Recalled, a.ID, tx.Now
		if _, err := tx.SealTexts(ctx, id, map[string]string{reportReason: reason}); err != nil {
			return err
		}
		return svc.savePublication(ctx, tx, p, nil, a.ID, reportRecalled)
	})
}
