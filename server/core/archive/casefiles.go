package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"spotcheck/pkg/casefile"
	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/pkg/signedlog"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
)

// mostCaseFiles is how many issues one file of case files holds.
const mostCaseFiles = 2000

// CaseFiles are the case files of some issues, ready to be written as one ZIP.
type CaseFiles struct {
	Name     string // of the file, without its ending
	svc      *Service
	actor    *inspect.Actor
	language inspect.Language
	issues   []inspect.ID
}

// CaseFile gives the case file of one issue that the actor may see.
func (svc *Service) CaseFile(ctx context.Context, a *inspect.Actor, id inspect.ID, language inspect.Language) (*CaseFiles, error) {
	c := &CaseFiles{svc: svc, actor: a, language: language, issues: []inspect.ID{id}}
	return c, svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		row, err := issues.Visible(ctx, tx, a, id, inspect.MaySee)
		c.Name = row.Number
		return err
	})
}

// CaseFilesOf gives the case files of what a filter finds among what the actor may see; that they left is in the security log.
func (svc *Service) CaseFilesOf(ctx context.Context, a *inspect.Actor, f store.IssueFilter, asked string, language inspect.Language) (*CaseFiles, error) {
	c := &CaseFiles{svc: svc, actor: a, language: language, Name: "cases"}
	err := svc.issues.ExportIssues(ctx, a, f, asked, func(p issues.Page) error {
		for n := range p.Issues {
			c.issues = append(c.issues, p.Issues[n].ID)
		}
		if len(c.issues) > mostCaseFiles {
			return inspect.ErrTooManyCases
		}
		return nil
	})
	return c, err
}

// Write writes the ZIP, one issue after the other: a folder each, then what is about all of them. A photo that is not here has no file.
func (c *CaseFiles) Write(ctx context.Context, out io.Writer) error {
	wanted := map[evidence.Stream]bool{}
	for _, id := range c.issues {
		wanted[store.IssueStream(id)] = true
	}
	proofs, err := c.svc.ledger.ProveStreams(ctx, wanted)
	if err != nil {
		return err
	}
	w := &caseZIP{CaseFiles: c, zip: zip.NewWriter(out), proofs: &proofs, hash: sha256.New()}
	if w.signed, err = c.svc.ledger.LastSigned(ctx); err != nil && !errors.Is(err, inspect.ErrNoLogCheckpoint) {
		return err
	}
	for _, id := range c.issues {
		if err := w.issue(ctx, id); err != nil {
			return fmt.Errorf("archive: case file of %s: %w", id, err)
		}
	}
	return w.end(ctx)
}

// caseZIP is a ZIP of case files that is being written.
type caseZIP struct {
	*CaseFiles
	zip    *zip.Writer
	proofs *ledger.Proofs
	signed ledger.SignedCheckpoint // of the log; without a key where nobody can check it
	hash   hash.Hash               // of the file that is being written
	sums   casefile.Sums
	index  []casefile.IndexRow
}

// file writes one file and notes its digest; the photos and the PDF are small already.
func (w *caseZIP) file(name string, at inspect.Time, write func(io.Writer) error) error {
	f, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: at.UTC().In(w.svc.zone)})
	if err != nil {
		return err
	}
	w.hash.Reset()
	if err := write(io.MultiWriter(f, w.hash)); err != nil {
		return err
	}
	w.sums.Add(hex.EncodeToString(w.hash.Sum(nil)), name)
	return nil
}

func (w *caseZIP) text(name string, at inspect.Time, text string) error {
	return w.file(name, at, func(to io.Writer) error {
		_, err := io.WriteString(to, text)
		return err
	})
}

// issue writes the folder of one issue.
func (w *caseZIP) issue(ctx context.Context, id inspect.ID) error {
	v, err := w.svc.issues.Issue(ctx, w.actor, id)
	if err != nil {
		return err
	}
	f, err := w.svc.reports.CaseFile(ctx, w.actor, id, w.language)
	if err != nil {
		return err
	}
	var pdf bytes.Buffer
	if err := f.Document.Write(&pdf, paper.AsPDF, f.Pictures, nil); err != nil {
		return err
	}
	folder := v.Number + "/"
	row := casefile.IndexRow{Number: v.Number, Category: f.Document.Subtitle, Address: v.Texts.Address, Folder: folder, PDF: folder + "case-" + v.Number + ".pdf"}
	if err := w.file(row.PDF, v.ComputedAt, func(to io.Writer) error { _, err := pdf.WriteTo(to); return err }); err != nil {
		return err
	}
	for n := range v.Photos {
		p := &v.Photos[n]
		if p.State != inspect.PhotoSafe {
			row.Absent++
			continue
		}
		row.Photos++
		name := fmt.Sprintf("%s%s/%02d-%s-%s.%s", folder, casefile.PhotosFolder, n+1, p.Kind, p.SHA256[:12], p.Facts.Type)
		if err := w.original(ctx, name, p); err != nil {
			return err
		}
	}
	if err := w.record(ctx, id, folder, v.ComputedAt); err != nil {
		return err
	}
	w.index = append(w.index, row)
	return nil
}

// original writes the bytes of a photo as they came.
func (w *caseZIP) original(ctx context.Context, name string, p *inspect.Photo) error {
	body, _, err := w.svc.blobs.Open(ctx, photos.OriginalKey(p.SHA256))
	if err != nil {
		return city.AsUnavailable(err)
	}
	defer body.Close()
	return w.file(name, p.ReceivedAt, func(to io.Writer) error {
		_, err := io.Copy(to, body)
		return city.AsUnavailable(err)
	})
}

// recordPage is how many events are read at a time.
const recordPage = 200

// record writes the chain of an issue and the proof of its head.
func (w *caseZIP) record(ctx context.Context, id inspect.ID, folder string, at inspect.Time) error {
	stream, head := store.IssueStream(id), evidence.Head{}
	var logged evidence.RecordedEvent // the last event that the signed checkpoint covers
	err := w.file(folder+casefile.RecordName, at, func(to io.Writer) error {
		for {
			page, err := w.svc.issues.History(ctx, w.actor, id, head.N, recordPage)
			if err != nil {
				return err
			}
			for n := range page.Events {
				e := &page.Events[n].RecordedEvent.RecordedEvent
				if _, err := io.WriteString(to, casefile.RecordLine(e)); err != nil {
					return err
				}
				head = evidence.Head{N: e.N, Hash: e.Hash}
				if e.Seq <= w.signed.Size {
					logged = *e
				}
			}
			if len(page.Events) < recordPage {
				return nil
			}
		}
	})
	if err != nil {
		return err
	}
	text, err := w.logText(ctx, &logged)
	if err != nil {
		return err
	}
	return w.text(folder+casefile.ProofName, at, casefile.ProofText(stream, head, w.proofs.Date, w.proofs.Streams[stream])+text)
}

// logText proves an event under the signed checkpoint of the log; it is empty where there is none, or none that anybody can check.
func (w *caseZIP) logText(ctx context.Context, e *evidence.RecordedEvent) (text string, err error) {
	if w.signed.Key == nil || e.Seq == 0 {
		return "", nil
	}
	err = w.svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, err := ledger.ProveUnder(ctx, tx, w.signed, e.Seq)
		text = casefile.LogText(e.N, p.Event, p.Steps)
		return err
	})
	return text, err
}

// log writes the signed checkpoint of the log and the key that it is checked with.
func (w *caseZIP) log(at inspect.Time) error {
	if w.signed.Key == nil {
		return nil
	}
	key, err := signedlog.PEM(w.signed.Key)
	if err != nil {
		return err
	}
	return errors.Join(w.text(casefile.LogName, at, w.signed.Note), w.text(casefile.LogKeyName, at, string(key)))
}

// end writes what is about all issues: the index, the checkpoint, the script, and last the list of digests.
func (w *caseZIP) end(ctx context.Context) error {
	var office string
	var now inspect.Time
	if err := w.svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		now = tx.Now
		office, err = city.Name.In(ctx, tx)
		return err
	}); err != nil {
		return err
	}
	index := casefile.Index{Language: w.language, Office: office, Made: now.UTC().In(w.svc.zone).Format(time.DateTime), Rows: w.index, Checkpoint: w.proofs.Date}
	if err := w.file(casefile.IndexName, now, index.WriteHTML); err != nil {
		return err
	}
	if len(w.proofs.Document) > 0 {
		if err := w.text(casefile.CheckpointName, now, string(w.proofs.Document)); err != nil {
			return err
		}
	}
	if err := w.log(now); err != nil {
		return err
	}
	if err := w.text(casefile.VerifyName, now, casefile.Verify); err != nil {
		return err
	}
	if err := w.text(casefile.SumsName, now, w.sums.String()); err != nil {
		return err
	}
	return w.zip.Close()
}
