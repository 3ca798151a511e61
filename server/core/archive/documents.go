package archive

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"time"

	"spotcheck/pkg/document"
	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
)

// DocumentPage is some documents with the names of what they name.
type DocumentPage struct {
	Documents []inspect.Document
	Headings  map[inspect.ID]inspect.Heading
	Units     map[inspect.ID]string
	People    map[inspect.ID]store.PersonRef
	Next      int64
}

// DocumentQuery is which documents somebody asks for.
type DocumentQuery struct {
	Heading inspect.ID // with all below; zero for all
	Year    int        // 0 for all
	store.DocumentFilter
}

// Documents gives documents that the actor may see in the order in which they came.
func (svc *Service) Documents(ctx context.Context, a *inspect.Actor, q DocumentQuery) (page DocumentPage, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		f, err := svc.filter(ctx, tx, a, q)
		if err != nil {
			return err
		}
		if page.Documents, page.Next, err = tx.Documents(ctx, f); err != nil {
			return err
		}
		return page.name(ctx, tx)
	})
	return page, err
}

// filter bounds what is asked for by what the actor may see.
func (svc *Service) filter(ctx context.Context, tx *store.Tx, a *inspect.Actor, q DocumentQuery) (f store.DocumentFilter, err error) {
	if !a.MayAnywhere(inspect.MaySeeArchive) {
		return f, inspect.ErrForbidden
	}
	f = q.DocumentFilter
	if q.Year != 0 {
		f.Dated = spanOf(q.Year)
	}
	if !a.MayThroughout(inspect.MaySeeArchive, inspect.Jurisdiction{}) {
		f.Of = a.UnitsOf(inspect.MaySeeArchive)
	}
	if q.Heading.IsZero() {
		return f, nil
	}
	all, err := tx.Headings(ctx)
	if err != nil {
		return f, err
	}
	if f.Headings = below(all, q.Heading); len(f.Headings) == 0 {
		return f, inspect.ErrHeadingNotFound
	}
	return f, nil
}

// below are a heading and all below it, nothing when there is no such.
func below(all []inspect.Heading, top inspect.ID) (ids []inspect.ID) {
	in := map[inspect.ID]bool{}
	for _, h := range inOrder(all) { // those above come first
		if in[h.ID] = h.ID == top || in[h.Parent]; in[h.ID] {
			ids = append(ids, h.ID)
		}
	}
	return ids
}

// name finds what the documents name.
func (p *DocumentPage) name(ctx context.Context, tx *store.Tx) error {
	var units, people []inspect.ID
	for n := range p.Documents {
		d := &p.Documents[n]
		units, people = append(units, d.Unit), append(people, d.MadeBy, d.Withdrawn.By)
		for _, f := range d.Files {
			people = append(people, f.By)
		}
	}
	headings, err := tx.Headings(ctx)
	if err != nil {
		return err
	}
	p.Headings = map[inspect.ID]inspect.Heading{}
	for _, h := range headings {
		p.Headings[h.ID] = h
	}
	if p.Units, err = tx.NodeNames(ctx, store.UnitTree, units); err != nil {
		return err
	}
	p.People, err = tx.PeopleRefs(ctx, people)
	return err
}

// mayFor says whether the actor has a permission over what a unit brought; what is of no unit is of the whole city.
func mayFor(ctx context.Context, tx *store.Tx, a *inspect.Actor, p inspect.Permission, unit inspect.ID) (bool, error) {
	line, err := tx.SelfAndAncestors(ctx, store.UnitTree, unit)
	return a.MayThroughout(p, inspect.Jurisdiction{Units: line}), err
}

// visible gives a document that the actor has a permission on; of no unit it is seen by everybody who sees the archive.
func visible(ctx context.Context, tx *store.Tx, a *inspect.Actor, p inspect.Permission, id inspect.ID) (d inspect.Document, err error) {
	d, ok, err := tx.Document(ctx, id)
	if err != nil {
		return d, err
	}
	sees, err := mayFor(ctx, tx, a, inspect.MaySeeArchive, d.Unit)
	if err != nil {
		return d, err
	}
	if sees = sees || d.Unit.IsZero() && a.MayAnywhere(inspect.MaySeeArchive); !ok || !sees {
		return d, inspect.ErrDocumentNotFound
	}
	if p == inspect.MaySeeArchive {
		return d, nil
	}
	may, err := mayFor(ctx, tx, a, p, d.Unit)
	if err == nil && !may {
		err = inspect.ErrForbidden
	}
	return d, err
}

// Document gives one document.
func (svc *Service) Document(ctx context.Context, a *inspect.Actor, id inspect.ID) (page DocumentPage, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		d, err := visible(ctx, tx, a, inspect.MaySeeArchive, id)
		if err != nil {
			return err
		}
		page.Documents = []inspect.Document{d}
		return page.name(ctx, tx)
	})
	return page, err
}

// PutDocument describes a document or changes what it says; its file comes by itself. The same again changes nothing. UpdatedAt is what the actor saw.
func (svc *Service) PutDocument(ctx context.Context, a *inspect.Actor, d inspect.Document) (page DocumentPage, repeated, created bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		old, ok, err := tx.Document(ctx, d.ID)
		if err != nil {
			return err
		}
		if ok {
			if old, err = visible(ctx, tx, a, inspect.MayArchive, d.ID); err != nil {
				return err
			}
		}
		if may, err := mayFor(ctx, tx, a, inspect.MayArchive, d.Unit); err != nil {
			return err
		} else if !may {
			return inspect.ErrForbidden
		}
		seen := d.UpdatedAt
		d.Files, d.Withdrawn, d.MadeBy, d.CreatedAt, d.UpdatedAt = old.Files, old.Withdrawn, old.MadeBy, old.CreatedAt, old.UpdatedAt
		page.Documents = []inspect.Document{old}
		if repeated = ok && sameDocument(&d, &old); repeated {
			return page.name(ctx, tx)
		}
		if err := ledger.CheckSeen(seen, ok, old.UpdatedAt); err != nil {
			return errors.Join(err, page.name(ctx, tx))
		}
		if err := checkDocument(ctx, tx, &d); err != nil {
			return err
		}
		if created = !ok; created {
			d.MadeBy, d.CreatedAt = a.ID, tx.Now
		}
		page.Documents[0] = d
		if err := saveDocument(ctx, tx, a.ID, "document.changed", &page.Documents[0]); err != nil {
			return err
		}
		return page.name(ctx, tx)
	})
	return page, repeated, created, err
}

func sameDocument(a, b *inspect.Document) bool {
	return a.Heading == b.Heading && a.Title == b.Title && a.Number == b.Number && a.Dated == b.Dated && a.Unit == b.Unit
}

// checkDocument refuses a document that has no place.
func checkDocument(ctx context.Context, tx *store.Tx, d *inspect.Document) error {
	if d.Withdrawn.At != 0 {
		return inspect.ErrDocumentWithdrawn
	}
	h, ok, err := tx.Heading(ctx, d.Heading)
	switch {
	case err != nil:
		return err
	case !ok || !h.Enabled:
		return inspect.UnknownField("/heading", "there is no such heading, or it is switched off")
	case h.Source != "":
		return inspect.ErrHeadingFilled
	case d.Unit.IsZero():
		return nil
	}
	_, there, err := tx.Unit(ctx, d.Unit)
	if err == nil && !there {
		err = inspect.UnknownField("/unit", "there is no such unit")
	}
	return err
}

// WithdrawDocument says that a document does not count any more, and why; its files stay.
func (svc *Service) WithdrawDocument(ctx context.Context, a *inspect.Actor, id inspect.ID, reason string) (page DocumentPage, repeated bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		d, err := visible(ctx, tx, a, inspect.MayArchive, id)
		if err != nil {
			return err
		}
		if d.Withdrawn.At != 0 {
			if repeated = d.Withdrawn.By == a.ID && d.Withdrawn.Reason == reason; !repeated {
				return inspect.ErrDocumentWithdrawn
			}
		} else {
			d.Withdrawn = inspect.Withdrawal{Reason: reason, By: a.ID, At: tx.Now}
			if err := saveDocument(ctx, tx, a.ID, "document.withdrawn", &d); err != nil {
				return err
			}
		}
		page.Documents = []inspect.Document{d}
		return page.name(ctx, tx)
	})
	return page, repeated, err
}

// mostVersions is how many versions of its file a document has at the most.
const mostVersions = 100

// AcceptFile makes the next version of the file of a document safe, as photos are: checked by its content, durable, then on record. A version that is
// there already stays.
func (svc *Service) AcceptFile(ctx context.Context, a *inspect.Actor, id inspect.ID, name string, u photos.Upload) (page DocumentPage, repeated bool, err error) {
	d, err := svc.expects(ctx, a, id)
	switch {
	case err != nil:
		return page, false, err
	case u.Length > document.MaxBytes:
		return page, false, document.ErrTooLarge
	case len(d.Files) >= mostVersions:
		return page, false, inspect.InvalidField("/file", fmt.Sprintf("a document has at most %d versions", mostVersions))
	}
	file := inspect.DocumentFile{SHA256: u.SHA256, Bytes: u.Length, Name: name, By: a.ID}
	err = svc.photos.KeepOriginal(ctx, u, func(spooled *os.File) (err error) {
		if file.Type, err = typeOf(ctx, spooled, u.Length); err != nil {
			return err
		}
		sum := crc32.NewIEEE()
		_, err = io.Copy(sum, io.NewSectionReader(spooled, 0, u.Length))
		file.CRC32 = sum.Sum32()
		return err
	}, func(ctx context.Context, tx *store.Tx) error {
		d, err := visible(ctx, tx, a, inspect.MayArchive, id)
		if err != nil {
			return err
		}
		if d.Withdrawn.At != 0 {
			return inspect.ErrDocumentWithdrawn
		}
		if repeated = slices.ContainsFunc(d.Files, func(f inspect.DocumentFile) bool { return f.SHA256 == file.SHA256 }); !repeated {
			file.N, file.ReceivedAt = len(d.Files)+1, tx.Now
			d.Files = append(d.Files, file)
			if err := saveDocument(ctx, tx, a.ID, "document.received", &d); err != nil {
				return err
			}
			if err := tx.AddDocumentFile(ctx, id, &file); err != nil {
				return err
			}
		}
		page.Documents = []inspect.Document{d}
		return page.name(ctx, tx)
	})
	return page, repeated, err
}

// expects is the document that a file is for, before anybody's megabytes are read.
func (svc *Service) expects(ctx context.Context, a *inspect.Actor, id inspect.ID) (d inspect.Document, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if d, err = visible(ctx, tx, a, inspect.MayArchive, id); err == nil && d.Withdrawn.At != 0 {
			err = inspect.ErrDocumentWithdrawn
		}
		return err
	})
	return d, err
}

// typeOf tells what a file is by its content: a document, or a picture with all that is asked of photos.
func typeOf(ctx context.Context, file *os.File, size int64) (string, error) {
	kind, err := document.Inspect(ctx, file, size)
	if !errors.Is(err, document.ErrType) {
		return string(kind), err
	}
	facts, other := photo.Inspect(ctx, file, size, time.UTC)
	if errors.Is(other, photo.ErrType) {
		return "", err
	}
	return string(facts.Type), other
}

// DocumentBytes opens a version of the file of a document, the last one for 0.
func (svc *Service) DocumentBytes(ctx context.Context, a *inspect.Actor, id inspect.ID, version int) (
	d inspect.Document, f inspect.DocumentFile, body io.ReadSeekCloser, err error) {
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		d, err = visible(ctx, tx, a, inspect.MaySeeArchive, id)
		return err
	}); err != nil {
		return d, f, nil, err
	}
	if version == 0 {
		version = len(d.Files)
	}
	if version < 1 || version > len(d.Files) {
		return d, f, nil, inspect.ErrDocumentNoFile
	}
	f = d.Files[version-1]
	body, _, err = svc.blobs.Open(ctx, photos.OriginalKey(f.SHA256))
	return d, f, body, city.AsUnavailable(err)
}

func saveDocument(ctx context.Context, tx *store.Tx, by inspect.ID, event string, d *inspect.Document) (err error) {
	d.UpdatedAt = tx.Now
	body := documentBody(d)
	if body["seals"], err = tx.SealTexts(ctx, d.ID, documentTexts(d)); err != nil {
		return err
	}
	ledger.Record(tx, by, store.StreamDocument, d.ID.String(), event, body)
	return tx.SaveDocument(ctx, d)
}

// documentBody is what the record keeps of a document, documentTexts what it keeps as seals only.
func documentBody(d *inspect.Document) map[string]any {
	files := []map[string]any{}
	for _, f := range d.Files {
		files = append(files, map[string]any{"n": f.N, "sha256": f.SHA256, "bytes": f.Bytes, "type": f.Type, "crc32": f.CRC32, "by": f.By, "at": f.ReceivedAt})
	}
	return map[string]any{"heading": d.Heading, "number": d.Number, "dated": d.Dated, "unit": d.Unit, "files": files, "withdrawn_by": d.Withdrawn.By,
		"withdrawn_at": d.Withdrawn.At, "made_by": d.MadeBy}
}

func documentTexts(d *inspect.Document) map[string]string {
	texts := map[string]string{"title": d.Title, "withdrawn": d.Withdrawn.Reason}
	for n, f := range d.Files {
		texts[fmt.Sprintf("name.%d", n+1)] = f.Name
	}
	return texts
}

// LoadDocuments gives documents as the record tells them.
func LoadDocuments(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	for _, withdrawn := range []bool{false, true} {
		if err := tx.EachDocument(ctx, store.DocumentFilter{Withdrawn: withdrawn}, func(d *inspect.Document) error {
			rows[evidence.Stream{Kind: store.StreamDocument, ID: d.ID.String()}] = &ledger.Row{Body: documentBody(d), Owner: d.ID, Texts: documentTexts(d),
				CreatedAt: d.CreatedAt, ChangedAt: d.UpdatedAt}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}
