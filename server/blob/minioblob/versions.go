package minioblob

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"

	"spotcheck/server/blob"
)

// Delete removes the bytes of a key in every version, whether the bucket keeps versions now, did once, or never.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	versions, err := s.versions(ctx, key)
	if err != nil {
		return err
	}
	for _, v := range versions {
		if err := s.remove(ctx, key, v); err != nil {
			return err
		}
	}
	return nil
}

// versions gives the ids of all versions of a key, also of what marks it as deleted; one without a name when the store
// knows of no versions.
func (s *Store) versions(ctx context.Context, key string) (ids []string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing at the first other key
	for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: key, Recursive: true, WithVersions: true}) {
		switch {
		case o.Err != nil && minio.ToErrorResponse(o.Err).StatusCode == http.StatusNotImplemented:
			return []string{""}, nil
		case o.Err != nil:
			return nil, unavailable(o.Err)
		case o.Key == key:
			ids = append(ids, o.VersionID)
		case o.Key > key:
			return ids, nil
		}
	}
	return ids, ctx.Err()
}

func (s *Store) remove(ctx context.Context, key, version string) error {
	err := s.client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{VersionID: version})
	if err == nil {
		return nil
	}
	if until, locked := s.locked(ctx, key, version); locked {
		return fmt.Errorf("%w: %s until %s", blob.ErrLocked, key, until)
	}
	if err = unavailable(err); errors.Is(err, blob.ErrNotExist) {
		return nil
	}
	return err
}

// locked says until when a version is kept.
func (s *Store) locked(ctx context.Context, key, version string) (until string, locked bool) {
	if mode, at, err := s.client.GetObjectRetention(ctx, s.bucket, key, version); err == nil && mode != nil && at != nil {
		return at.UTC().Format(time.DateOnly), true
	}
	hold, err := s.client.GetObjectLegalHold(ctx, s.bucket, key, minio.GetObjectLegalHoldOptions{VersionID: version})
	return "a legal hold is lifted", err == nil && hold != nil && *hold == minio.LegalHoldEnabled
}

// Retention is how long the bucket keeps everything that is put into it, as text; empty when it does not.
func (s *Store) Retention(ctx context.Context) string {
	mode, validity, unit, err := s.client.GetBucketObjectLockConfig(ctx, s.bucket)
	if err != nil || mode == nil || validity == nil || unit == nil {
		return ""
	}
	return fmt.Sprintf("%d %s (%s)", *validity, *unit, *mode)
}
