package minioblob_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"spotcheck/server/blob"
	"spotcheck/server/blob/blobtest"
	"spotcheck/server/blob/minioblob"
)

// beside is the store as an administrator of the city sees it.
func beside(t *testing.T, o minioblob.Options) *minio.Client {
	t.Helper()
	u, err := url.Parse(o.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	c, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(o.Key, o.Secret, "")})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, o minioblob.Options) *minioblob.Store {
	t.Helper()
	s, err := minioblob.Open(t.Context(), o)
	must(t, err)
	return s
}

// all gives every version of every key in a bucket, also of what marks one as deleted.
func all(t *testing.T, c *minio.Client, bucket string) (keys []string) {
	t.Helper()
	for o := range c.ListObjects(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: true}) {
		must(t, o.Err)
		keys = append(keys, o.Key)
	}
	return keys
}

func TestABucketWithVersions(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store {
		o := options(t)
		s := open(t, o)
		must(t, beside(t, o).EnableVersioning(t.Context(), o.Bucket))
		return s
	})
}

func TestDeleteRemovesEveryVersion(t *testing.T) {
	o := options(t)
	s, c := open(t, o), beside(t, o)
	must(t, s.Put(t.Context(), "photo/ab/one", []byte("before there were versions")))
	must(t, c.EnableVersioning(t.Context(), o.Bucket))
	for range 3 {
		must(t, s.Put(t.Context(), "photo/ab/one", []byte("the same photo")))
	}
	must(t, c.RemoveObject(t.Context(), o.Bucket, "photo/ab/one", minio.RemoveObjectOptions{})) // which only marks it
	must(t, s.Put(t.Context(), "photo/ab/one", []byte("the same photo")))
	must(t, s.Put(t.Context(), "photo/ab/one.other", []byte("another photo")))
	if n := len(all(t, c, o.Bucket)); n != 7 {
		t.Fatalf("there are %d versions, want 7", n)
	}
	must(t, s.Delete(t.Context(), "photo/ab/one"))
	if left := all(t, c, o.Bucket); len(left) != 1 || left[0] != "photo/ab/one.other" {
		t.Errorf("left are %v", left)
	}
	if _, err := s.Stat(t.Context(), "photo/ab/one"); !errors.Is(err, blob.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
}

func TestALockedBucketSaysUntilWhen(t *testing.T) {
	o := options(t)
	c := beside(t, o)
	must(t, c.MakeBucket(t.Context(), o.Bucket, minio.MakeBucketOptions{ObjectLocking: true}))
	mode, days, unit := minio.Governance, uint(2), minio.Days
	must(t, c.SetBucketObjectLockConfig(t.Context(), o.Bucket, &mode, &days, &unit))
	s := open(t, o)
	if got := s.Retention(t.Context()); got != "2 DAYS (GOVERNANCE)" {
		t.Errorf("got the retention %q", got)
	}
	must(t, s.Put(t.Context(), "photo/ab/one", []byte("a photo")))
	err := s.Delete(t.Context(), "photo/ab/one")
	if until := time.Now().Add(48 * time.Hour).UTC().Format(time.DateOnly); !errors.Is(err, blob.ErrLocked) || !strings.Contains(err.Error(), "photo/ab/one until "+until) {
		t.Errorf("got %v, want that it is kept until %s", err, until)
	}
	if info, err := s.Stat(t.Context(), "photo/ab/one"); err != nil || info.Size != 7 {
		t.Errorf("the photo is hidden: %+v, %v", info, err)
	}
	if got := open(t, options(t)).Retention(t.Context()); got != "" {
		t.Errorf("a plain bucket has the retention %q", got)
	}
}

func TestWhyAStoreCannotBeOpened(t *testing.T) {
	right := options(t)
	target, err := url.Parse(right.Endpoint)
	must(t, err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	late := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("X-Amz-Date", time.Now().Add(-time.Hour).UTC().Format("20060102T150405Z")) // as a machine that is behind would send it
		proxy.ServeHTTP(w, r)
	}))
	defer late.Close()
	sealed := httptest.NewTLSServer(proxy)
	defer sealed.Close()
	sealed.Config.ErrorLog = nil
	tests := map[string]struct {
		change func(*minioblob.Options)
		words  string
	}{
		"a wrong clock":                         {func(o *minioblob.Options) { o.Endpoint = late.URL }, "set the clock"},
		"an unknown key":                        {func(o *minioblob.Options) { o.Key = "nobody" }, "does not know the access key of SPOTCHECK_S3_KEY"},
		"a wrong secret":                        {func(o *minioblob.Options) { o.Secret = "not the secret" }, "secret key of SPOTCHECK_S3_SECRET"},
		"a certificate that nobody vouches for": {func(o *minioblob.Options) { o.Endpoint = sealed.URL }, "SSL_CERT_FILE"},
		"http where https is asked for":         {func(o *minioblob.Options) { o.Endpoint = "https://" + target.Host }, "speaks http"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := right
			tt.change(&o)
			_, err := minioblob.Open(t.Context(), o)
			if !errors.Is(err, blob.ErrUnavailable) || !strings.Contains(err.Error(), tt.words) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want a sentence with %q", err, tt.words)
			}
		})
	}
	open(t, right)
}
