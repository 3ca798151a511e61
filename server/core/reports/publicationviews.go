package reports

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// Publication is a report on its way from a draft to its readers, with what it says.
type Publication struct {
	store.Publication
	Week      *Report
	Reason    string          // of a recall
	Says      json.RawMessage // the document: of an issued report as it was issued, otherwise as it would be made now
	Short     string          // for a group chat, likewise
	Unprinted string          // characters that its pages cannot show
	Told      []store.ReadReceipt
	Notes     []Note
	Names     map[inspect.ID]store.PersonRef
}

// packed is lines as base64 of gzip of JSON.
func packed(lines []figures.Line) (string, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	err := json.NewEncoder(z).Encode(lines)
	if closed := z.Close(); err == nil {
		err = closed
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), err
}

func unpacked(text string) (lines []figures.Line, err error) {
	if text == "" {
		return nil, nil
	}
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader([]byte(text))))
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(b, &lines)
	return lines, err
}

// publication gives a report that the actor has a permission on.
func (svc *Service) publication(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID, need inspect.Permission) (p store.Publication, s figures.Scope, err error) {
	p, ok, err := tx.Publication(ctx, id)
	if err != nil {
		return p, s, err
	}
	if !ok {
		return p, s, inspect.ErrReportNotFound
	}
	if err := s.UnmarshalText([]byte(p.Scope)); err != nil {
		return p, s, fmt.Errorf("reports: scope of report %s: %w", id, err)
	}
	if ok, err := svc.seesReport(ctx, tx, a, &p, s); err != nil || !ok {
		return p, s, figures.OrElse(err, inspect.ErrReportNotFound)
	}
	if need == inspect.MaySeeReports {
		return p, s, nil
	}
	return p, s, svc.mayOver(ctx, tx, a, need, s)
}

// seesReport says whether a person may know of a report: before it is issued those who make it for its scope, afterwards everybody whom figures
// concern, since units are ranked against each other in it.
func (svc *Service) seesReport(ctx context.Context, tx *store.Tx, a *inspect.Actor, p *store.Publication, s figures.Scope) (bool, error) {
	if p.State == store.Issued || p.State == store.Recalled {
		return a.MayAnywhere(Genre(p.Genre).need()), nil
	}
	for _, need := range []inspect.Permission{inspect.MayDraftReports, inspect.MayIssueReports} {
		err := svc.mayOver(ctx, tx, a, need, s)
		if f, ok := fault.As(err); !ok || !f.Is(inspect.ErrForbidden) {
			return err == nil, err
		}
	}
	return false, nil
}

// frozenReport is what a report says.
func frozenReport(ctx context.Context, tx *store.Tx, id inspect.ID) (*File, error) {
	texts, err := tx.Texts(ctx, id)
	if err != nil {
		return nil, err
	}
	f := &File{Week: &Report{}}
	if err := json.Unmarshal([]byte(texts[reportContent]), f.Week); err != nil {
		return nil, fmt.Errorf("reports: report %s: %w", id, err)
	}
	if f.Week.FormulaVersion < closure.Version {
		f.Week.underOneDenominator()
	}
	if f.Lines, err = unpacked(texts[reportLines]); err != nil {
		return nil, fmt.Errorf("reports: lines of report %s: %w", id, err)
	}
	return f, nil
}

// lastCheckpoint names the last checkpoint of the record: its day, its root, how many streams it holds.
func lastCheckpoint(ctx context.Context, tx *store.Tx) (text string, err error) {
	err = tx.EachCheckpoint(ctx, func(date string, body []byte) error {
		var k struct {
			Root    string
			Streams int64
		}
		if err := json.Unmarshal(body, &k); err != nil {
			return err
		}
		text = fmt.Sprintf("%s %s (%d)", date, k.Root[:min(len(k.Root), 16)], k.Streams)
		return nil
	})
	return text, err
}

// Publication gives a report with what it says.
func (svc *Service) Publication(ctx context.Context, a *inspect.Actor, id inspect.ID) (v Publication, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if v.Publication, _, err = svc.publication(ctx, tx, a, id, inspect.MaySeeReports); err != nil {
			return err
		}
		f, err := frozenReport(ctx, tx, id)
		if err != nil {
			return err
		}
		v.Week = f.Week
		texts, err := tx.Texts(ctx, id)
		if err != nil {
			return err
		}
		v.Reason = texts[reportReason]
		if v.Notes, err = notesIn(texts[reportNotes]); err != nil {
			return err
		}
		if v.Told, err = tx.ReadReceipts(ctx, issuedRef(id)); err != nil {
			return err
		}
		people := []inspect.ID{}
		for _, n := range v.Notes {
			people = issues.AppendID(people, n.By)
		}
		v.Names, err = reportPeople(ctx, tx, people, v.Publication)
		return err
	})
	if err != nil {
		return v, err
	}
	err = svc.fillSays(ctx, &v)
	return v, err
}

// fillSays gives the text and the document of a report from its files, once they are made: what was issued reads the same for ever.
func (svc *Service) fillSays(ctx context.Context, v *Publication) (err error) {
	v.Week.Zone = svc.zone
	d := v.Week.Document()
	v.Unprinted = d.UnprintableRunes()
	if len(v.Files) == 0 {
		v.Short = v.Week.Short()
		v.Says, err = d.JSON()
		return err
	}
	made := func(form paper.FileFormat) ([]byte, error) {
		body, _, err := svc.ReportBytes(ctx, &v.Publication, form)
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(body)
		return b, errors.Join(err, body.Close())
	}
	if v.Says, err = made(paper.AsJSON); err != nil {
		return err
	}
	short, err := made(AsText)
	v.Short = string(short)
	return err
}

func reportPeople(ctx context.Context, tx *store.Tx, people []inspect.ID, all ...store.Publication) (map[inspect.ID]store.PersonRef, error) {
	for _, p := range all {
		people = issues.AppendID(issues.AppendID(issues.AppendID(issues.AppendID(people, p.MadeBy), p.CheckedBy), p.IssuedBy), p.RecalledBy)
	}
	return tx.PeopleRefs(ctx, people)
}

// ReportOf is a report with the issues behind it, as it was computed.
func (svc *Service) ReportOf(ctx context.Context, a *inspect.Actor, id inspect.ID) (p store.Publication, f *File, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if p, _, err = svc.publication(ctx, tx, a, id, inspect.MaySeeReports); err != nil {
			return err
		}
		f, err = frozenReport(ctx, tx, id)
		return err
	})
	return p, f, err
}

// IssuesOf are the issues behind the figures of a report, as it was computed; those of units in the actor's scope where all of it is not.
func (svc *Service) IssuesOf(ctx context.Context, a *inspect.Actor, id inspect.ID) (lines []figures.Line, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, s, err := svc.publication(ctx, tx, a, id, inspect.MaySeeReports)
		if err != nil {
			return err
		}
		f, err := frozenReport(ctx, tx, id)
		if err != nil {
			return err
		}
		lines = f.Lines
		err = svc.mayOver(ctx, tx, a, inspect.MaySeeReports, s)
		if of, ok := fault.As(err); !ok || !of.Is(inspect.ErrForbidden) {
			return err
		}
		var units []inspect.ID
		for _, l := range lines {
			units = issues.AppendID(units, l.Unit)
		}
		sees, err := unitsOver(ctx, tx, a, inspect.MaySeeReports, units)
		lines = slices.DeleteFunc(lines, func(l figures.Line) bool { return !sees[l.Unit] })
		return err
	})
	return lines, err
}

// Publications gives reports that the actor may see, newest first; the next cursor is 0 at the end.
func (svc *Service) Publications(ctx context.Context, a *inspect.Actor, f store.PublicationFilter) (all []store.Publication,
	names map[inspect.ID]store.PersonRef, next int64, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		page, at, err := tx.Publications(ctx, f)
		if err != nil {
			return err
		}
		next = at
		for _, p := range page {
			var s figures.Scope
			if err := s.UnmarshalText([]byte(p.Scope)); err != nil {
				return fmt.Errorf("reports: scope of report %s: %w", p.ID, err)
			}
			if ok, err := svc.seesReport(ctx, tx, a, &p, s); err != nil {
				return err
			} else if ok {
				all = append(all, p)
			}
		}
		names, err = reportPeople(ctx, tx, nil, all...)
		return err
	})
	return all, names, next, err
}
