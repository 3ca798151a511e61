package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/stablezip"
	"spotcheck/server/blob"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// exportTime is how long an export can be fetched again.
const exportTime = 30 * 24 * time.Hour

// mostExported is how many files an export holds at the most.
const mostExported = 50_000

// ExportRequest is what somebody exports.
type ExportRequest struct {
	ID       inspect.ID
	Heading  inspect.ID // with all below; zero for all
	Year     int        // of the documents; 0 for all
	Language inspect.Language
}

// ExportPage is an export with the names of what it names.
type ExportPage struct {
	inspect.ArchiveExport
	HeadingTitle string
	MadeByRef    store.PersonRef
}

// exportEntry is a file of an export.
type exportEntry struct {
	Name   string       `json:"name"`
	SHA256 string       `json:"sha256"`
	Bytes  int64        `json:"bytes"`
	CRC32  uint32       `json:"crc32"`
	At     inspect.Time `json:"at"`
	Key    string       `json:"key,omitempty"` // where the bytes lie; empty for a page
	Page   int64        `json:"page,omitempty"`
}

// PutExport freezes what the archive holds now, as a ZIP that can be fetched from anywhere again; the same again changes nothing. It is for those who
// see all of the archive.
func (svc *Service) PutExport(ctx context.Context, a *inspect.Actor, ask ExportRequest) (page ExportPage, repeated bool, err error) {
	if !a.MayThroughout(inspect.MaySeeArchive, inspect.Jurisdiction{}) {
		return page, false, inspect.ErrForbidden
	}
	if page, err = svc.Export(ctx, a, ask.ID); err == nil {
		if page.Heading != ask.Heading || page.Year != ask.Year || page.MadeBy != a.ID {
			return page, false, inspect.ErrExportDiffers
		}
		return page, true, nil
	} else if !errors.Is(err, inspect.ErrExportNotFound) {
		return page, false, err
	}
	b := &exportBuilder{svc: svc, actor: a, ask: ask, writer: svc.writer(ask.Language), taken: map[string]bool{}}
	if err := b.build(ctx); err != nil {
		return page, false, err
	}
	layout, err := layoutOf(b.entries, svc.zone)
	if err != nil {
		return page, false, err
	}
	entries, err := json.Marshal(b.entries)
	if err != nil {
		return page, false, err
	}
	x := inspect.ArchiveExport{ID: ask.ID, Heading: ask.Heading, Year: ask.Year, Files: b.files, Bytes: layout.Bytes(), Digest: exportDigest(string(entries), b.pages.Bytes()),
		MadeBy: a.ID}
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		if _, taken, err := tx.ArchiveExport(ctx, x.ID); err != nil || taken {
			return errors.Join(err, inspect.ErrUnavailable) // it was just made: the same again finds it
		}
		x.MadeAt = tx.Now
		recordExport(tx, a.ID, "archive.exported", &x)
		return tx.InsertArchiveExport(ctx, &x, string(entries), b.pages.Bytes())
	}); err != nil {
		return page, false, err
	}
	page, err = svc.Export(ctx, a, ask.ID)
	return page, false, err
}

// exportDigest covers the list of an export and its pages.
func exportDigest(entries string, pages []byte) string {
	hash := sha256.New()
	_, _ = io.WriteString(hash, entries) // a hash takes everything
	_, _ = hash.Write(pages)
	return hex.EncodeToString(hash.Sum(nil))
}

func layoutOf(entries []exportEntry, zone *time.Location) (*stablezip.Layout, error) {
	files := make([]stablezip.Entry, len(entries))
	for n, e := range entries {
		files[n] = stablezip.Entry{Name: e.Name, Bytes: e.Bytes, CRC32: e.CRC32, Modified: e.At.UTC().In(zone)}
	}
	return stablezip.New(files)
}

// Export gives one export.
func (svc *Service) Export(ctx context.Context, a *inspect.Actor, id inspect.ID) (page ExportPage, err error) {
	all, err := svc.exports(ctx, a, func(ctx context.Context, tx *store.Tx) ([]inspect.ArchiveExport, error) {
		x, ok, err := tx.ArchiveExport(ctx, id)
		if err == nil && !ok {
			err = inspect.ErrExportNotFound
		}
		return []inspect.ArchiveExport{x}, err
	})
	if err != nil {
		return page, err
	}
	return all[0], nil
}

// Exports gives exports, the newest first, before the one at the cursor; the next cursor is 0 at the end.
func (svc *Service) Exports(ctx context.Context, a *inspect.Actor, before int64, limit int) (all []ExportPage, next int64, err error) {
	all, err = svc.exports(ctx, a, func(ctx context.Context, tx *store.Tx) (some []inspect.ArchiveExport, err error) {
		some, next, err = tx.ArchiveExports(ctx, before, limit)
		return some, err
	})
	return all, next, err
}

// exports reads exports and names what they name.
func (svc *Service) exports(ctx context.Context, a *inspect.Actor, read func(context.Context, *store.Tx) ([]inspect.ArchiveExport, error)) (all []ExportPage, err error) {
	if !a.MayThroughout(inspect.MaySeeArchive, inspect.Jurisdiction{}) {
		return nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		some, err := read(ctx, tx)
		if err != nil {
			return err
		}
		var made []inspect.ID
		for n := range some {
			made = append(made, some[n].MadeBy)
		}
		people, err := tx.PeopleRefs(ctx, made)
		if err != nil {
			return err
		}
		for n := range some {
			h, _, err := tx.Heading(ctx, some[n].Heading)
			if err != nil {
				return err
			}
			all = append(all, ExportPage{some[n], h.Title, people[some[n].MadeBy]})
		}
		return nil
	})
	return all, err
}

// openTime bounds the opening of one file of an export.
const openTime = time.Minute

// ExportZIP opens the ZIP of an export; it reads one file at a time.
func (svc *Service) ExportZIP(ctx context.Context, a *inspect.Actor, id inspect.ID) (page ExportPage, zip io.ReadSeekCloser, err error) {
	if page, err = svc.Export(ctx, a, id); err != nil {
		return page, nil, err
	}
	if page.GoneAt != 0 {
		return page, nil, inspect.ErrExportGone
	}
	var text string
	var pages []byte
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		text, pages, err = tx.ExportContent(ctx, id)
		return err
	}); err != nil {
		return page, nil, err
	}
	var entries []exportEntry
	if err := json.Unmarshal([]byte(text), &entries); err != nil {
		return page, nil, fmt.Errorf("archive: export %s: %w", id, err)
	}
	layout, err := layoutOf(entries, svc.zone)
	if err != nil {
		return page, nil, err
	}
	return page, layout.Reader(func(n int) (io.ReadSeekCloser, error) {
		e := &entries[n]
		if e.Key == "" {
			return pageReader{bytes.NewReader(pages[e.Page : e.Page+e.Bytes])}, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), openTime) // the answer is still being sent when its request is done
		defer cancel()
		body, _, err := svc.blobs.Open(ctx, e.Key)
		if errors.Is(err, blob.ErrNotExist) {
			err = inspect.ErrExportGone.Because(err)
		}
		return body, city.AsUnavailable(err)
	}), nil
}

// pageReader is a page in memory.
type pageReader struct{ *bytes.Reader }

// Close has nothing to close.
func (pageReader) Close() error { return nil }

// DropExports forgets what exports are made of whose time is over; that they were made stays on record.
func (svc *Service) DropExports(ctx context.Context) error {
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		old, err := tx.ExportsMadeBefore(ctx, tx.Now.Add(-exportTime))
		if err != nil {
			return err
		}
		for n := range old {
			old[n].GoneAt = tx.Now
			recordExport(tx, inspect.ID{}, "archive.export_dropped", &old[n])
			if err := tx.DropExportContent(ctx, old[n].ID); err != nil {
				return err
			}
		}
		return nil
	})
}

func recordExport(tx *store.Tx, by inspect.ID, event string, x *inspect.ArchiveExport) {
	ledger.Record(tx, by, store.StreamExport, x.ID.String(), event, exportBody(x))
}

// exportBody is what the record keeps of an export: of its list the digest.
func exportBody(x *inspect.ArchiveExport) map[string]any {
	return map[string]any{"heading": x.Heading, "year": x.Year, "files": x.Files, "bytes": x.Bytes, "digest": x.Digest, "made_by": x.MadeBy,
		"made_at": x.MadeAt, "gone_at": x.GoneAt}
}

// LoadExports gives exports as the record tells them.
func LoadExports(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	return tx.EachArchiveExport(ctx, func(x *inspect.ArchiveExport, entries string, pages []byte) error {
		row := &ledger.Row{Body: exportBody(x)}
		if x.GoneAt == 0 && exportDigest(entries, pages) != x.Digest {
			row.Amiss = "the list of its files is not the one that was recorded"
		}
		rows[evidence.Stream{Kind: store.StreamExport, ID: x.ID.String()}] = row
		return nil
	})
}
