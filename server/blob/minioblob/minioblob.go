// Package minioblob keeps bytes in MinIO or any other store that speaks S3.
package minioblob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"spotcheck/server/blob"
)

// Options say where the bucket is.
type Options struct {
	Endpoint string // http://host:port or https://host
	Bucket   string // made when there is none
	Existing bool   // a bucket that is missing is an error
	Key      string
	Secret   string
	SpoolDir string // for uploads on their way
}

// Store is a bucket.
type Store struct {
	client *minio.Client
	bucket string
	spool  string
}

// Times after which a store that does not answer is taken as away.
const (
	dialTime   = 3 * time.Second
	answerTime = 6 * time.Second  // in which nothing moves, in either direction; who waits for a photo is told before ten are over
	headerTime = 20 * time.Second // for a page of a listing, which nobody waits for
)

// errSilent means that the store took a call and did not go on with it.
var errSilent = fmt.Errorf("minioblob: the store was silent for %s", answerTime)

// waits runs a call that is given up when nothing has moved for too long.
func waits(ctx context.Context, call func(ctx context.Context, moved func()) error) error {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := time.AfterFunc(answerTime, func() { cancel(errSilent) })
	defer late.Stop()
	err := call(inner, func() { late.Reset(answerTime) })
	if err != nil && errors.Is(context.Cause(inner), errSilent) {
		return fmt.Errorf("%w: %w: %w", blob.ErrUnavailable, errSilent, err)
	}
	return unavailable(err)
}

// moving is bytes on their way to the store.
type moving struct {
	io.ReadSeeker
	moved func()
}

// Read tells that the store has taken what was read before.
func (m *moving) Read(b []byte) (int, error) {
	m.moved()
	return m.ReadSeeker.Read(b)
}

// Open connects to the bucket and makes it when there is none.
func Open(ctx context.Context, o Options) (*Store, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("minioblob: the endpoint is not like http://host:port")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: dialTime, KeepAlive: 15 * time.Second}).DialContext
	transport.ResponseHeaderTimeout = headerTime
	transport.MaxIdleConnsPerHost = 32
	transport.DisableCompression = true
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(o.Key, o.Secret, ""), Secure: u.Scheme == "https", Transport: transport, MaxRetries: 2,
	})
	if err != nil {
		return nil, fmt.Errorf("minioblob: %w", err)
	}
	if err := blob.OpenSpool(o.SpoolDir); err != nil {
		return nil, fmt.Errorf("minioblob: %w", err)
	}
	s := &Store{client: client, bucket: o.Bucket, spool: o.SpoolDir}
	ok, err := client.BucketExists(ctx, o.Bucket)
	if err == nil && !ok && o.Existing {
		return nil, fmt.Errorf("there is no bucket %s at %s", o.Bucket, o.Endpoint)
	}
	if err == nil && !ok {
		err = client.MakeBucket(ctx, o.Bucket, minio.MakeBucketOptions{})
		if code := minio.ToErrorResponse(err).Code; code == "BucketAlreadyOwnedByYou" {
			err = nil // another copy of the server was first
		}
	}
	return s, explained(unavailable(err), o)
}

// SpoolDir is a local folder.
func (s *Store) SpoolDir() string { return s.spool }

// Tidy sweeps the spool; a bucket has no folders.
func (s *Store) Tidy(context.Context) error { return blob.SweepSpool(s.spool) }

// PutFile sends a file of known size; the store answers when it is durable. The file stays.
func (s *Store) PutFile(ctx context.Context, key, path string, size int64) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%w: %w", blob.ErrUnavailable, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	if info, err := f.Stat(); err != nil || info.Size() != size {
		return errors.Join(err, fmt.Errorf("minioblob: the file for %s has not %d bytes", key, size))
	}
	return s.put(ctx, key, f, size)
}

// Put sends bytes.
func (s *Store) Put(ctx context.Context, key string, b []byte) error {
	return s.put(ctx, key, bytes.NewReader(b), int64(len(b)))
}

func (s *Store) put(ctx context.Context, key string, r io.ReadSeeker, size int64) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	return waits(ctx, func(ctx context.Context, moved func()) error {
		_, err := s.client.PutObject(ctx, s.bucket, key, &moving{r, moved}, size,
			minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true})
		return err
	})
}

// Stat asks for the size of what is under a key.
func (s *Store) Stat(ctx context.Context, key string) (blob.Info, error) {
	if err := blob.CheckKey(key); err != nil {
		return blob.Info{}, err
	}
	var info minio.ObjectInfo
	err := waits(ctx, func(ctx context.Context, _ func()) (err error) {
		info, err = s.client.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
		return err
	})
	return blob.Info{Size: info.Size, ModifiedAt: info.LastModified}, err
}

// Open asks first, since the client reads only when it is read. Each read has a deadline of its own.
func (s *Store) Open(ctx context.Context, key string) (io.ReadSeekCloser, blob.Info, error) {
	info, err := s.Stat(ctx, key)
	if err != nil {
		return nil, info, err
	}
	reading, cancel := context.WithCancel(context.WithoutCancel(ctx))
	o, err := s.client.GetObject(reading, s.bucket, key, minio.GetObjectOptions{})
	if err != nil {
		cancel()
		return nil, info, unavailable(err)
	}
	return &object{o, cancel}, info, nil
}

// object is bytes that are being read.
type object struct {
	*minio.Object
	cancel context.CancelFunc
}

// Read gives up on a store that sends nothing. What was deleted since Open is ErrNotExist here.
func (o *object) Read(b []byte) (int, error) {
	late := time.AfterFunc(answerTime, o.cancel)
	defer late.Stop()
	n, err := o.Object.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		kind := blob.ErrUnavailable
		if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
			kind = blob.ErrNotExist
		}
		err = fmt.Errorf("%w: %w", kind, err)
	}
	return n, err
}

// Close ends what is still under way.
func (o *object) Close() error {
	o.cancel()
	return o.Object.Close()
}

// List asks for the keys page by page.
func (s *Store) List(ctx context.Context, prefix string, f func(string, blob.Info) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing when f does
	for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return unavailable(o.Err)
		}
		if err := f(o.Key, blob.Info{Size: o.Size, ModifiedAt: o.LastModified}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Ping asks for the bucket and writes to the spool.
func (s *Store) Ping(ctx context.Context) error {
	ok := false
	err := waits(ctx, func(ctx context.Context, _ func()) (err error) {
		ok, err = s.client.BucketExists(ctx, s.bucket)
		return err
	})
	switch {
	case err != nil:
		return err
	case !ok:
		return fmt.Errorf("%w: the bucket is gone", blob.ErrUnavailable)
	}
	return blob.PingSpool(s.spool)
}

// unavailable tells what is missing from what does not work for now.
func unavailable(err error) error {
	if err == nil {
		return nil
	}
	switch r := minio.ToErrorResponse(err); {
	case r.Code == minio.NoSuchKey:
		return fmt.Errorf("%w: %w", blob.ErrNotExist, err)
	case errors.Is(err, context.Canceled):
		return err
	}
	return fmt.Errorf("%w: %w", blob.ErrUnavailable, err)
}
