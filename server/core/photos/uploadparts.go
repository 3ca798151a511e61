package photos

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// Bounds of parts.
const (
	partSize  = 1 << 20          // bytes after which what has come is made durable
	partTime  = 5 * time.Second  // after which it is, however little
	storeTime = 30 * time.Second // for one part, also when the phone is gone

)

// RemoveChunks asks for the parts of an upload to be removed that is done with.
type RemoveChunks struct {
	Keys []string `json:"keys"`
}

// Kind names the job.
func (RemoveChunks) Kind() string { return "chunks.remove" }

// Part is some bytes of an upload on their way in.
type Part struct {
	Offset int64
	Length int64 // bytes, as the request declared
	Body   io.Reader
	Hash   func() hash.Hash // of the checksum, nil when the part has none
	Sum    []byte
}

// take reads a part to its end and moves the offset over what is durable of it.
func (svc *Service) take(ctx context.Context, p *Progress, in Part) error {
	body := &counted{r: io.LimitReader(in.Body, in.Length)}
	for body.n < in.Length {
		size := int64(partSize)
		if in.Hash != nil {
			size = in.Length
		}
		chunk, cut := svc.collect(body, size, in.Hash != nil)
		whole := body.n == in.Length
		switch {
		case in.Hash != nil && !whole:
			return inspect.ErrPhotoShort.With("The part ended after %d of %d bytes.", body.n, in.Length).Because(cut)
		case in.Hash != nil && !matches(in, chunk):
			return inspect.ErrUploadChecksum
		}
		if len(chunk) > 0 {
			if err := svc.storeChunk(ctx, p, chunk); err != nil {
				return err
			}
		}
		if cut != nil && !whole {
			return inspect.ErrPhotoShort.With("The part ended after %d of %d bytes; what came is kept.", body.n, in.Length).Because(cut)
		}
	}
	return nil
}

func matches(in Part, chunk []byte) bool {
	h := in.Hash()
	h.Write(chunk)
	return bytes.Equal(h.Sum(nil), in.Sum)
}

// counted counts what is read.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// collect reads up to so many bytes, fewer when the time for a part is over; its error is that of the connection.
func (svc *Service) collect(r io.Reader, size int64, whole bool) ([]byte, error) {
	chunk := make([]byte, 0, size)
	started := svc.now()
	for int64(len(chunk)) < size && (whole || len(chunk) == 0 || svc.now().Sub(started) < partTime) {
		n, err := r.Read(chunk[len(chunk):min(int64(cap(chunk)), int64(len(chunk)+64<<10))])
		chunk = chunk[:len(chunk)+n]
		if err != nil {
			return chunk, err
		}
	}
	return chunk, nil
}

// storeChunk makes bytes durable, then moves the offset over them; with the last ones goes a job that makes the photo.
func (svc *Service) storeChunk(ctx context.Context, p *Progress, chunk []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime) // the phone may be gone, its bytes are here
	defer cancel()
	key := fmt.Sprintf("upload/%s/%d-%d", p.ID, p.Generation, p.Offset)
	if err := svc.blobs.Put(ctx, key, chunk); err != nil {
		return city.AsUnavailable(err)
	}
	moved := false
	var expires inspect.Time
	err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		expires = tx.Now.Add(uploadLife)
		if moved, err = tx.AppendChunk(ctx, p.Upload, int64(len(chunk)), key, expires); err != nil || !moved {
			return err
		}
		if p.Offset+int64(len(chunk)) < p.Bytes {
			return nil
		}
		return tx.Enqueue(ctx, FinishUpload{p.ID.String()}, storeTime)
	})
	switch {
	case err != nil:
		return err
	case !moved:
		return errors.Join(inspect.ErrUploadSuperseded, city.AsUnavailable(svc.blobs.Delete(ctx, key)))
	}
	p.Offset += int64(len(chunk))
	p.ExpiresAt = expires
	return nil
}

// assemble joins the parts of an upload in a file of the spool and holds them against the digest.
func (svc *Service) assemble(ctx context.Context, p Progress, sum string) (f *os.File, err error) {
	var keys []string
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		keys, err = tx.Chunks(ctx, p.ID)
		return err
	}); err != nil {
		return nil, err
	}
	if f, err = os.CreateTemp(svc.blobs.SpoolDir(), "upload-*"); err != nil {
		return nil, inspect.ErrUnavailable.Because(err)
	}
	hash := sha256.New()
	for _, key := range keys {
		if err = svc.join(ctx, io.MultiWriter(f, hash), key); err != nil {
			break
		}
	}
	if err == nil && hex.EncodeToString(hash.Sum(nil)) != sum {
		err = inspect.ErrPhotoDigest
	}
	if err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return f, nil
}

func (svc *Service) join(ctx context.Context, w io.Writer, key string) error {
	r, _, err := svc.blobs.Open(ctx, key)
	if err != nil {
		return city.AsUnavailable(err)
	}
	defer r.Close()
	if _, err := io.Copy(w, r); err != nil {
		return inspect.ErrUnavailable.Because(err)
	}
	return nil
}

// RemoveParts takes the bytes of parts away.
func (svc *Service) RemoveParts(ctx context.Context, job RemoveChunks) error {
	var kept error
	for _, key := range job.Keys {
		err := svc.blobs.Delete(ctx, key)
		if err != nil && !errors.Is(err, ErrLocked) {
			return city.AsUnavailable(err)
		}
		kept = errors.Join(kept, err)
	}
	return kept
}

// sweepParts removes parts that no upload names.
func (svc *Service) sweepParts(ctx context.Context) error {
	strays, err := svc.strays(ctx, "upload/", (*store.Tx).ChunksKnown)
	if err != nil {
		return err
	}
	if err = svc.RemoveParts(ctx, RemoveChunks{strays}); errors.Is(err, ErrLocked) {
		return nil // they are tried again every day
	}
	return err
}
