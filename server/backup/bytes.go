package backup

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"spotcheck/server/blob"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
)

// copiers is how many files are copied at once: most of the time is waiting for a disk or a network.
const copiers = 4

// want is some bytes that the snapshot names.
type want struct {
	key  string
	sum  string // empty for a checkpoint, whose name says nothing of its bytes
	size int64  // as the record says; 0 when it does not
}

// note spills what the snapshot names to a file: there may be ten million.
func (t *taking) note(b store.BlobRef) error {
	w := want{size: b.Size, sum: b.Name}
	switch b.Kind {
	case store.BlobCheckpoint:
		w.key, w.sum = ledger.CheckpointKey(b.Name), ""
		t.bodies[w.key], t.newest = b.Body, w.key
	case store.BlobOriginal, store.BlobRendition, store.BlobPaper:
		if len(b.Name) != 2*sha256.Size {
			t.report.Lost = append(t.report.Lost, fmt.Sprintf("a photo or a paper has %q for a digest", b.Name))
			return nil
		}
		w.key = keys[b.Kind](b.Name)
	}
	t.all++
	_, err := fmt.Fprintf(t.wanted, "%s %d %s\n", w.key, w.size, w.sum)
	return err
}

// keys say where bytes lie that are named by their digest.
var keys = map[store.BlobKind]func(string) string{store.BlobOriginal: photos.OriginalKey, store.BlobRendition: photos.RenditionKey, store.BlobPaper: notices.PaperKey}

// folders are where bytes lie, in the order in which a snapshot names them.
func folders() []string {
	all := []string{"checkpoint/"}
	for _, kind := range []string{"photo", "rendition", "paper"} {
		for n := range 256 {
			all = append(all, fmt.Sprintf("%s/%02x/", kind, n))
		}
	}
	return all
}

// bytes copies what is wanted and not there, folder by folder.
func (t *taking) bytes(ctx context.Context) error {
	if _, err := t.wanted.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r := bufio.NewReader(t.wanted)
	next, more, err := readWant(r)
	for number, folder := range folders() {
		var group []want
		for ; err == nil && more && strings.HasPrefix(next.key, folder); next, more, err = readWant(r) {
			group = append(group, next)
		}
		if err != nil {
			return err
		}
		t.again = t.share.has(number)
		if err := t.folder(ctx, folder, group); err != nil {
			return err
		}
	}
	if more {
		return fmt.Errorf("backup: %s lies in no folder that is known", next.key)
	}
	return nil
}

func readWant(r *bufio.Reader) (w want, more bool, err error) {
	text, err := r.ReadString('\n')
	if errors.Is(err, io.EOF) {
		return w, false, nil
	}
	if err != nil {
		return w, false, err
	}
	fields := strings.Split(strings.TrimSuffix(text, "\n"), " ")
	w.key, w.sum = fields[0], fields[2]
	_, err = fmt.Sscan(fields[1], &w.size)
	return w, true, err
}

// folder brings one folder of the backup up to date.
func (t *taking) folder(ctx context.Context, folder string, group []want) error {
	there := map[string]int64{}
	if err := t.kept.List(ctx, folder, func(key string, info blob.Info) error { there[key] = info.Size; return nil }); err != nil {
		return err
	}
	done := make([]copied, len(group))
	var g errgroup.Group
	g.SetLimit(copiers)
	for n, w := range group {
		size, kept := there[w.key]
		delete(there, w.key)
		whole := kept && w.sum != "" && size == w.size
		if whole && !t.again {
			done[n] = copied{sum: w.sum, size: size}
			continue
		}
		g.Go(func() (err error) {
			if whole {
				if sum, _, err := digestOf(filepath.Join(t.dir, filepath.FromSlash(blobs+w.key))); err == nil && sum == w.sum {
					done[n] = copied{sum: w.sum, size: size}
					return nil
				}
			}
			done[n], err = t.one(ctx, w)
			done[n].mended = kept && w.sum != "" && w.size > 0
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for key := range there {
		t.surplus = append(t.surplus, key)
	}
	for n, w := range group {
		if done[n].lost != "" {
			t.report.Lost = append(t.report.Lost, done[n].lost)
			continue
		}
		if done[n].fresh {
			t.report.Copied++
		}
		if done[n].mended {
			t.report.Mended = append(t.report.Mended, w.key+" was not as it was written, and is copied anew")
		}
		if err := t.list.add(line{done[n].sum, blobs + w.key}, done[n].size); err != nil {
			return err
		}
	}
	if t.Progress != nil && len(group) > 0 {
		t.Progress(t.list.files-1, t.all)
	}
	return nil
}

// copied is how it went with one file.
type copied struct {
	sum   string
	size  int64
	fresh bool
	lost  string // why there is none

	mended bool // it was there already, and not as it was written
}

// one copies some bytes, checked on the way.
func (t *taking) one(ctx context.Context, w want) (copied, error) {
	r, _, err := t.Blobs.Open(ctx, w.key)
	if errors.Is(err, blob.ErrNotExist) {
		return t.absent(ctx, w)
	}
	if err != nil {
		return copied{}, err
	}
	defer func() { _ = r.Close() }() // it was only read
	if same, ok, err := t.unchanged(ctx, w, r); err != nil || ok {
		return same, err
	}
	got, err := place(ctx, t.kept, w.key, r, w.sum)
	switch {
	case errors.Is(err, errOther):
		return copied{lost: fmt.Sprintf("%s was changed: its digest is %s", w.key, got.sum)}, nil
	case errors.Is(err, blob.ErrNotExist):
		return t.absent(ctx, w)
	}
	return got, err
}

// unchanged says whether the folder has a checkpoint already, byte for byte.
func (t *taking) unchanged(ctx context.Context, w want, r io.ReadSeeker) (c copied, ok bool, err error) {
	if w.sum != "" {
		return c, false, nil
	}
	kept, _, err := t.kept.Open(ctx, w.key)
	if errors.Is(err, blob.ErrNotExist) {
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	defer func() { _ = kept.Close() }() // it was only read
	was, err := io.ReadAll(kept)
	if err != nil {
		return c, false, err
	}
	is, err := io.ReadAll(r)
	if err == nil && !bytes.Equal(was, is) {
		_, err = r.Seek(0, io.SeekStart)
		return c, false, err
	}
	sum := sha256.Sum256(is)
	return copied{sum: hex.EncodeToString(sum[:]), size: int64(len(is))}, true, err
}

// absent says why bytes are not there: erased by decision after the snapshot, or lost.
func (t *taking) absent(ctx context.Context, w want) (copied, error) {
	if w.sum == "" {
		if w.key != t.newest { // whose copy may still be on the way
			return copied{lost: w.key + " is missing"}, nil
		}
		return place(ctx, t.kept, w.key, bytes.NewReader(t.bodies[w.key]), "")
	}
	named := false
	if err := t.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		switch w.key {
		case photos.OriginalKey(w.sum):
			named, err = tx.DigestInUse(ctx, w.sum)
		case photos.RenditionKey(w.sum):
			named, err = tx.RenditionKnown(ctx, w.sum)
		default:
			named, err = tx.PaperFileKnown(ctx, w.sum)
		}
		return err
	}); err != nil {
		return copied{}, err
	}
	if !named {
		return copied{}, errMoved
	}
	return copied{lost: w.key + " is missing"}, nil
}

// errOther means that bytes have another digest than they should.
var errOther = errors.New("backup: the bytes have another digest")

// place puts bytes into a store by way of its spool; with a digest only if they have it.
func place(ctx context.Context, to blob.Store, key string, r io.Reader, sum string) (c copied, err error) {
	f, err := os.CreateTemp(to.SpoolDir(), "copy-*")
	if err != nil {
		return c, err
	}
	defer func() { _ = os.Remove(f.Name()) }() // the spool is swept
	hash := sha256.New()
	c.size, err = io.Copy(io.MultiWriter(f, hash), r)
	if err := errors.Join(err, f.Close(), ctx.Err()); err != nil {
		return c, err
	}
	c.sum, c.fresh = hex.EncodeToString(hash.Sum(nil)), true
	if sum != "" && c.sum != sum {
		return c, errOther
	}
	return c, to.PutFile(ctx, key, f.Name(), c.size)
}

// listing writes the list of a backup.
type listing struct {
	f            *os.File
	w            *bufio.Writer
	hash         hash.Hash
	files, bytes int64
	closed       sync.Once
}

func newListing(path string) (*listing, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	return &listing{f: f, w: bufio.NewWriter(io.MultiWriter(f, hash)), hash: hash}, nil
}

func (l *listing) add(v line, size int64) error {
	l.files++
	l.bytes += size
	_, err := l.w.WriteString(v.String())
	return err
}

// file reads a file that is durable and adds it.
func (l *listing) file(path, name string) error {
	sum, size, err := digestOf(path)
	if err != nil {
		return err
	}
	return l.add(line{sum, name}, size)
}

// end makes the list durable and gives its digest.
func (l *listing) end() (string, error) {
	if err := errors.Join(l.w.Flush(), l.f.Sync(), l.Close()); err != nil {
		return "", err
	}
	return hex.EncodeToString(l.hash.Sum(nil)), nil
}

// Close may be called again.
func (l *listing) Close() (err error) {
	l.closed.Do(func() { err = l.f.Close() })
	return err
}
