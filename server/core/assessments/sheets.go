package assessments

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"spotcheck/pkg/assessment"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// Page is a sheet as somebody may see it.
type Page struct {
	assessment.Sheet
	Ranked int // units that have a rank, whoever of them is shown
	People map[inspect.ID]store.PersonRef
	May    []Action
}

// Action is what somebody may do with a sheet as it stands.
type Action string

// The actions.
const (
	Recount Action = "recount"
	Check   Action = "check"
	Issue   Action = "issue"
)

// sight says of which units somebody sees what is issued; all is whoever sees the figures of the whole city, drafts as well.
type sight struct {
	all   bool
	units map[inspect.ID]bool
}

func sightOf(ctx context.Context, tx *store.Tx, a *inspect.Actor) (s sight, err error) {
	if s.all = inTheCity(a, inspect.MaySeeReports); s.all {
		return s, nil
	}
	s.units = map[inspect.ID]bool{}
	for _, id := range a.UnitsOf(inspect.MaySeeReports) {
		below, err := tx.SelfAndDescendants(ctx, store.UnitTree, id)
		if err != nil {
			return s, err
		}
		for _, id := range below {
			s.units[id] = true
		}
	}
	return s, nil
}

// of leaves the lines that are in sight; ok is false where the sheet itself is not.
func (s sight) of(t *assessment.Sheet) (lines []assessment.Line, ok bool) {
	if s.all {
		return t.Content.Lines, true
	}
	if t.State() == assessment.Issued {
		for _, l := range t.Content.Lines {
			if s.units[l.Unit] {
				lines = append(lines, l)
			}
		}
	}
	return lines, len(lines) > 0
}

// Sheets gives sheets that the actor may see, the newest first, before the one at the cursor; the next cursor is 0 at the end.
func (svc *Service) Sheets(ctx context.Context, a *inspect.Actor, before int64, limit int) (all []assessment.Sheet, people map[inspect.ID]store.PersonRef, next int64,
	err error) {
	if !a.MayAnywhere(inspect.MaySeeReports) {
		return nil, nil, 0, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		see, err := sightOf(ctx, tx, a)
		if err != nil {
			return err
		}
		some, at, err := tx.AssessmentSheets(ctx, before, limit)
		if err != nil {
			return err
		}
		next = at
		var named []inspect.ID
		for n := range some {
			if _, ok := see.of(&some[n]); ok {
				all, named = append(all, some[n]), append(named, peopleOf(&some[n])...)
			}
		}
		people, err = tx.PeopleRefs(ctx, named)
		return err
	})
	return all, people, next, err
}

func peopleOf(t *assessment.Sheet) []inspect.ID {
	return issues.AppendID(issues.AppendID([]inspect.ID{t.Drafted.By}, t.Checked.By), t.Issued.By)
}

// Sheet gives one sheet with the lines that the actor may see.
func (svc *Service) Sheet(ctx context.Context, a *inspect.Actor, id inspect.ID) (page Page, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := visible(ctx, tx, a, id)
		if err != nil {
			return err
		}
		page, err = pageOf(ctx, tx, a, &t)
		return err
	})
	return page, err
}

// visible gives a sheet to who may see some of it; who may not is not told that it is there.
func visible(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (t assessment.Sheet, err error) {
	t, ok, err := tx.AssessmentSheet(ctx, id)
	if err != nil {
		return t, err
	}
	see, err := sightOf(ctx, tx, a)
	if err != nil {
		return t, err
	}
	if _, sees := see.of(&t); !ok || !sees {
		return t, inspect.ErrAssessmentNotFound
	}
	return t, nil
}

func pageOf(ctx context.Context, tx *store.Tx, a *inspect.Actor, t *assessment.Sheet) (page Page, err error) {
	page.Sheet = *t
	for _, l := range t.Content.Lines {
		if l.Rank > 0 {
			page.Ranked++
		}
	}
	see, err := sightOf(ctx, tx, a)
	if err != nil {
		return page, err
	}
	page.Content.Lines, _ = see.of(t)
	drafts := inTheCity(a, inspect.MayDraftReports)
	if drafts && t.State() != assessment.Issued {
		page.May = append(page.May, Recount)
	}
	if drafts && t.State() == assessment.Draft && t.Drafted.By != a.ID {
		page.May = append(page.May, Check)
	}
	if t.State() == assessment.Checked && inTheCity(a, inspect.MayIssueReports) {
		page.May = append(page.May, Issue)
	}
	page.People, err = tx.PeopleRefs(ctx, peopleOf(t))
	return page, err
}

// DraftSheet counts a period that is over by a scheme; the same again changes nothing.
func (svc *Service) DraftSheet(ctx context.Context, a *inspect.Actor, id, scheme inspect.ID, period string) (page Page, repeated bool, err error) {
	if !inTheCity(a, inspect.MayDraftReports) {
		return page, false, inspect.ErrForbidden
	}
	var content assessment.Content
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, ok, err := tx.AssessmentSheet(ctx, id)
		if err != nil {
			return err
		}
		if ok && (t.Scheme != scheme || t.Period != period) {
			return inspect.ErrAssessmentDiffers
		}
		if repeated = ok; repeated {
			page, err = pageOf(ctx, tx, a, &t)
			return err
		}
		s, ok, err := tx.Scheme(ctx, scheme)
		if err != nil {
			return err
		}
		if !ok || !s.Enabled {
			return inspect.UnknownField("/scheme", "there is no such scheme in use")
		}
		content, err = svc.count(ctx, tx, s.Rules, period)
		return err
	}); err != nil || repeated {
		return page, repeated, err
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		if other, ok, err := tx.SheetOfPeriod(ctx, scheme, period); err != nil {
			return err
		} else if ok {
			if repeated = other.ID == id; !repeated {
				page.Sheet = other
				return inspect.ErrAssessmentDrafted
			}
			page, err = pageOf(ctx, tx, a, &other)
			return err
		}
		t := assessment.Sheet{ID: id, Scheme: scheme, Period: period, Revision: 1, Content: content, Drafted: assessment.Step{By: a.ID, At: tx.Now}, CreatedAt: tx.Now}
		if err := saveSheet(ctx, tx, a.ID, "assessment_sheet.drafted", &t); err != nil {
			return err
		}
		page, err = pageOf(ctx, tx, a, &t)
		return err
	})
	return page, repeated, err
}

// RecountSheet counts the figures of a sheet again that is not issued, by the scheme as it is now; it has to be checked again. The same again changes nothing.
func (svc *Service) RecountSheet(ctx context.Context, a *inspect.Actor, id inspect.ID, revision int64) (page Page, repeated bool, err error) {
	var content assessment.Content
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := visible(ctx, tx, a, id)
		if err != nil {
			return err
		}
		s, _, err := tx.Scheme(ctx, t.Scheme)
		if err != nil {
			return err
		}
		content, err = svc.count(ctx, tx, s.Rules, t.Period)
		return err
	}); err != nil {
		return page, false, err
	}
	return svc.step(ctx, a, id, inspect.MayDraftReports, "assessment_sheet.drafted", func(tx *store.Tx, t *assessment.Sheet) (bool, error) {
		switch {
		case t.State() == assessment.Draft && t.Revision == revision+1 && t.Drafted.By == a.ID:
			return true, nil
		case t.State() == assessment.Issued:
			return false, inspect.ErrAssessmentState
		case t.Revision != revision:
			return false, inspect.ErrAssessmentChanged
		}
		t.Revision, t.Content, t.Drafted, t.Checked = revision+1, content, assessment.Step{By: a.ID, At: tx.Now}, assessment.Step{}
		return false, nil
	})
}

// CheckSheet says that the figures of a draft are right; by somebody else than who drafted it. The same again changes nothing.
func (svc *Service) CheckSheet(ctx context.Context, a *inspect.Actor, id inspect.ID, revision int64) (page Page, repeated bool, err error) {
	return svc.step(ctx, a, id, inspect.MayDraftReports, "assessment_sheet.checked", func(tx *store.Tx, t *assessment.Sheet) (bool, error) {
		switch {
		case t.Checked.By == a.ID && t.Checked.At != 0 && t.Revision == revision:
			return true, nil
		case t.State() != assessment.Draft:
			return false, inspect.ErrAssessmentState
		case t.Revision != revision:
			return false, inspect.ErrAssessmentChanged
		case t.Drafted.By == a.ID:
			return false, inspect.ErrSecondPerson.With("An assessment is checked by somebody else than who drafted it.")
		}
		t.Checked = assessment.Step{By: a.ID, At: tx.Now}
		return false, nil
	})
}

// IssueSheet issues a checked sheet: it stays as it is, and units see their lines. The same again changes nothing.
func (svc *Service) IssueSheet(ctx context.Context, a *inspect.Actor, id inspect.ID, revision int64) (page Page, repeated bool, err error) {
	return svc.step(ctx, a, id, inspect.MayIssueReports, "assessment_sheet.issued", func(tx *store.Tx, t *assessment.Sheet) (bool, error) {
		switch {
		case t.Issued.By == a.ID && t.Issued.At != 0 && t.Revision == revision:
			return true, nil
		case t.State() != assessment.Checked:
			return false, inspect.ErrAssessmentState
		case t.Revision != revision:
			return false, inspect.ErrAssessmentChanged
		}
		t.Issued = assessment.Step{By: a.ID, At: tx.Now}
		return false, nil
	})
}

// step changes a sheet by somebody who has a permission over the whole city; f says when nothing is left to do.
func (svc *Service) step(ctx context.Context, a *inspect.Actor, id inspect.ID, p inspect.Permission, event string,
	f func(*store.Tx, *assessment.Sheet) (bool, error)) (page Page, repeated bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		t, err := visible(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if !inTheCity(a, p) {
			return inspect.ErrForbidden
		}
		if repeated, err = f(tx, &t); err != nil {
			return err
		}
		if !repeated {
			if err := saveSheet(ctx, tx, a.ID, event, &t); err != nil {
				return err
			}
		}
		page, err = pageOf(ctx, tx, a, &t)
		return err
	})
	return page, repeated, err
}

func saveSheet(ctx context.Context, tx *store.Tx, by inspect.ID, event string, t *assessment.Sheet) error {
	t.UpdatedAt = tx.Now
	body, err := sheetBody(t)
	if err != nil {
		return err
	}
	ledger.Record(tx, by, store.StreamSheet, t.ID.String(), event, body)
	return tx.SaveAssessmentSheet(ctx, t)
}

// sheetBody is what the record keeps of a sheet: what it says lies beside the record, which holds its digest.
func sheetBody(t *assessment.Sheet) (map[string]any, error) {
	content, err := json.Marshal(&t.Content)
	return map[string]any{"scheme": t.Scheme, "period": t.Period, "revision": t.Revision, "content_sha256": fmt.Sprintf("%x", sha256.Sum256(content)),
		"drafted_by": t.Drafted.By, "drafted_at": t.Drafted.At, "checked_by": t.Checked.By, "checked_at": t.Checked.At, "issued_by": t.Issued.By,
		"issued_at": t.Issued.At}, err
}
