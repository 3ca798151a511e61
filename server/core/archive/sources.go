package archive

import (
	"context"
	"errors"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/reports"
	"spotcheck/server/store"
)

// Leaf is something that was made here, below a heading that fills itself.
type Leaf struct {
	ID            inspect.ID // of the report or paper, zero for a list that is made when it is asked for
	Title, Number string
	Dated         inspect.Date
	Unit          inspect.ID
	SHA256        string // of its file; empty before that is made
	Bytes         int64
	Type          string
}

// source is how a heading is filled by itself.
type source struct {
	check  func(detail string) error
	leaves func(svc *Service, ctx context.Context, tx *store.Tx, a *inspect.Actor, h *inspect.Heading, dated inspect.Span) ([]Leaf, error)
}

// sources are what fills headings, one row each.
var sources = map[inspect.HeadingSource]source{
	inspect.IssuedReports: {checkGenre, (*Service).reportLeaves},
	inspect.IssuedPapers:  {checkPaperKind, (*Service).paperLeaves},
	inspect.SignedShare:   {noDetail, (*Service).coverageLeaf},
}

// checkSource refuses what no source gives.
func checkSource(h *inspect.Heading) error {
	if h.Source == "" {
		if h.Detail != "" {
			return inspect.InvalidField("/detail", "only what fills a heading has a detail")
		}
		return nil
	}
	if len(h.Units) > 0 {
		return inspect.InvalidField("/units", "nobody brings anything to a heading that fills itself")
	}
	if err := sources[h.Source].check(h.Detail); err != nil {
		return inspect.InvalidField("/detail", err.Error())
	}
	return nil
}

// leaves are what fills a heading, of a year (0 for all), as one person may see it.
func (svc *Service) leaves(ctx context.Context, tx *store.Tx, a *inspect.Actor, h *inspect.Heading, year int) ([]Leaf, error) {
	return sources[h.Source].leaves(svc, ctx, tx, a, h, spanOf(year))
}

// Leaves gives what fills a heading by itself, with the names of units.
func (svc *Service) Leaves(ctx context.Context, a *inspect.Actor, heading inspect.ID, year int) (all []Leaf, units map[inspect.ID]string, err error) {
	if !a.MayAnywhere(inspect.MaySeeArchive) {
		return nil, nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		h, ok, err := tx.Heading(ctx, heading)
		if err != nil {
			return err
		}
		if !ok {
			return inspect.ErrHeadingNotFound
		}
		if h.Source == "" {
			return nil
		}
		if all, err = svc.leaves(ctx, tx, a, &h, year); err != nil {
			return err
		}
		var named []inspect.ID
		for n := range all {
			named = append(named, all[n].Unit)
		}
		units, err = tx.NodeNames(ctx, store.UnitTree, named)
		return err
	})
	return all, units, err
}

// leafPage is how many rows are read at a time.
const leafPage = 200

func checkGenre(detail string) error {
	if detail == "" {
		return nil
	}
	var g reports.Genre
	return g.UnmarshalText([]byte(detail))
}

// reportLeaves are the reports of a genre, or all, that were issued and stand.
func (svc *Service) reportLeaves(ctx context.Context, tx *store.Tx, _ *inspect.Actor, h *inspect.Heading, dated inspect.Span) (all []Leaf, err error) {
	f := store.PublicationFilter{State: store.Issued, Limit: leafPage}
	if h.Detail != "" {
		var g reports.Genre
		if err := g.UnmarshalText([]byte(h.Detail)); err != nil {
			return nil, err
		}
		f.Genre = (*string)(&g)
	}
	for {
		page, next, err := tx.Publications(ctx, f)
		if err != nil {
			return nil, err
		}
		for n := range page {
			p := &page[n]
			l := Leaf{ID: p.ID, Title: reports.Title(reports.Genre(p.Genre), p.Kind, p.Language) + " " + p.Period,
				Number: p.Number, Dated: inspect.DateOf(p.IssuedAt, svc.zone), Type: "pdf"}
			for _, file := range p.Files {
				if file.Form == string(paper.AsPDF) {
					l.SHA256, l.Bytes = file.SHA256, file.Bytes
				}
			}
			if dated.Holds(l.Dated) {
				all = append(all, l)
			}
		}
		if f.Before = next; next == 0 {
			return all, nil
		}
	}
}

func checkPaperKind(detail string) error {
	if detail == "" {
		return nil
	}
	var k inspect.PaperKind
	return k.UnmarshalText([]byte(detail))
}

// paperLeaves are the papers of a kind, or all, that stand: neither void nor replaced.
func (svc *Service) paperLeaves(ctx context.Context, tx *store.Tx, a *inspect.Actor, h *inspect.Heading, dated inspect.Span) (all []Leaf, err error) {
	for f := (store.PaperFilter{Kind: inspect.PaperKind(h.Detail), For: a, Limit: leafPage}); ; {
		page, next, err := tx.Papers(ctx, f)
		if err != nil {
			return nil, err
		}
		for n := range page {
			p := &page[n]
			l := Leaf{ID: p.ID, Title: paper.Title(p.Kind), Number: p.Number, Dated: inspect.DateOf(p.IssuedAt, svc.zone), Unit: p.Unit, SHA256: p.PDF.SHA256,
				Bytes: p.PDF.Bytes, Type: "pdf"}
			if dated.Holds(l.Dated) && p.CancelledAt == 0 && p.CorrectedBy.IsZero() {
				all = append(all, l)
			}
		}
		if f.After = next; next == 0 {
			return all, nil
		}
	}
}

func noDetail(detail string) error {
	if detail == "" {
		return nil
	}
	return errors.New("want none")
}

// coverageLeaf is the list of how many have signed, which is made as of the day on which it is asked for.
func (svc *Service) coverageLeaf(_ context.Context, tx *store.Tx, _ *inspect.Actor, _ *inspect.Heading, _ inspect.Span) ([]Leaf, error) {
	return []Leaf{{Title: "签约覆盖率", Dated: svc.city.Today(tx), Type: "xlsx"}}, nil
}

// leafKey is where the file of a report or paper lies.
func leafKey(l *Leaf) string { return notices.PaperKey(l.SHA256) }
