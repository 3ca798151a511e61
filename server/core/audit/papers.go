package audit

import (
	"context"
	"strings"

	"spotcheck/pkg/evidence"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/reports"
	"spotcheck/server/store"
)

// loadPapers gives the papers under their streams. What they say lies only beside the record, under their seals.
func loadPapers(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	for f := (store.PaperFilter{Limit: ledger.EventPage}); ; {
		page, next, err := tx.Papers(ctx, f)
		if err != nil {
			return err
		}
		for n := range page {
			p := &page[n]
			r, err := tx.Receipt(ctx, p)
			if err != nil {
				return err
			}
			void, err := tx.Cancellation(ctx, p)
			if err != nil {
				return err
			}
			told, err := tx.Texts(ctx, p.ID)
			if err != nil {
				return err
			}
			rows[evidence.Stream{Kind: store.StreamPaper, ID: p.ID.String()}] = &ledger.Row{Body: notices.PaperBody(p, r, void), Owner: p.ID, Texts: told,
				CreatedAt: p.IssuedAt, ChangedAt: p.UpdatedAt}
		}
		if f.After = next; next == 0 {
			return nil
		}
	}
}

// loadBatches gives the batches of papers under their streams.
func loadBatches(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	all, err := tx.Batches(ctx)
	for n := range all {
		b := &all[n]
		told, err := tx.Texts(ctx, b.ID)
		if err != nil {
			return err
		}
		rows[evidence.Stream{Kind: store.StreamBatch, ID: b.ID.String()}] = &ledger.Row{Body: notices.BatchBody(b), Owner: b.ID, Texts: told,
			CreatedAt: b.AskedAt, ChangedAt: b.UpdatedAt}
	}
	return err
}

// loadReports gives the reports under their streams. What they say lies only beside the record, under its seal.
func loadReports(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	for f := (store.PublicationFilter{Limit: ledger.EventPage}); ; {
		page, next, err := tx.Publications(ctx, f)
		if err != nil {
			return err
		}
		for n := range page {
			p := &page[n]
			told, err := tx.Texts(ctx, p.ID)
			if err != nil {
				return err
			}
			rows[evidence.Stream{Kind: store.StreamReport, ID: p.ID.String()}] = &ledger.Row{Body: reports.PublicationBody(p), Owner: p.ID,
				Texts: told, CreatedAt: p.CreatedAt, ChangedAt: p.UpdatedAt}
		}
		if f.Before = next; next == 0 {
			return nil
		}
	}
}

// papers looks for numbers of papers that were given and are nowhere.
func (a *auditor) papers(ctx context.Context, tx *store.Tx, counters map[string]int64) error {
	given := map[string]map[int64]bool{}
	if err := tx.EachPaper(ctx, func(p *store.Paper) error {
		series := store.PaperSeries(p.Kind, p.Office, p.Year)
		if given[series] == nil {
			given[series] = map[int64]bool{}
		}
		given[series][p.N] = true
		return nil
	}); err != nil {
		return err
	}
	for series, last := range counters {
		if !strings.HasPrefix(series, "paper-") {
			continue
		}
		for n := int64(1); n <= last; n++ {
			if !given[series][n] {
				a.wrong(series, "the number %d was given, and there is no such paper any more", n)
			}
		}
	}
	return nil
}

// paperFile holds a file of a paper, or a signature under one, against its digest.
func (a *auditor) paperFile(ctx context.Context, key string, w *expectedFiles) error {
	of, known := w.papers[key]
	got, there, err := a.digest(ctx, key)
	if err != nil || !there {
		return err
	}
	delete(w.papers, key)
	sum := key[strings.LastIndexByte(key, '/')+1:]
	switch {
	case got != sum && known:
		a.wrong(of, "the file under %s was changed: its digest is %s", key, got)
	case got != sum:
		a.wrong(key, "the bytes were changed: their digest is %s", got)
	case !known:
		err = a.again(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			known, err = tx.PaperFileKnown(ctx, sum)
			return err
		})
		if err == nil && !known {
			a.note(key, "no paper names these bytes")
		}
	}
	return err
}
