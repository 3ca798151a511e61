// Package blob is where bytes lie: photos as they came, pictures made from them, checkpoints. What a store promises is
// written at each method, and one suite holds every store to it.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
)

// ErrNotExist means that there are no bytes under a key.
var ErrNotExist = errors.New("blob: no such key")

// ErrUnavailable means that the store is away or full for now; nothing was half done, and the same call may work later.
var ErrUnavailable = errors.New("blob: store unavailable")

// ErrLocked means that the store keeps bytes for a time that somebody set, and that it does not remove them before.
var ErrLocked = errors.New("blob: the store keeps these bytes until their time of retention is over")

// ErrKey means that a key has characters that no store takes.
var ErrKey = errors.New("blob: bad key")

// Info is what a store knows of some bytes without reading them.
type Info struct {
	Size       int64
	ModifiedAt time.Time
}

// Store keeps bytes under keys. All methods may be called at once from many goroutines and again after any failure.
type Store interface {
	// PutFile makes the bytes of a file durable under a key before it returns nil, also when the key is there already. The
	// file stays and may be put again; it must not be written to any more. On an error the key is as it was; it never
	// shows half of the bytes.
	PutFile(ctx context.Context, key, path string, size int64) error
	// Put is PutFile for bytes in memory.
	Put(ctx context.Context, key string, b []byte) error
	// Stat fails with ErrNotExist when there is nothing.
	Stat(ctx context.Context, key string) (Info, error)
	// Open gives the bytes; it fails here, not at the first Read, when there are none. The context bounds the opening only:
	// an answer is still being sent when the request that opened it is done. When the key is deleted meanwhile, the bytes
	// are read to their end or a Read fails with ErrNotExist. The caller closes.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, Info, error)
	// Delete removes the bytes durably, in every version that the store keeps; nothing there is no error. ErrLocked means
	// that they are still there.
	Delete(ctx context.Context, key string) error
	// List calls f for every key with a prefix, in no promised order, and stops at its first error.
	List(ctx context.Context, prefix string, f func(key string, info Info) error) error
	// Ping says whether bytes can be kept now.
	Ping(ctx context.Context) error
	// SpoolDir is a folder for files that PutFile will be given.
	SpoolDir() string
	// Tidy removes what crashes left in the spool, and folders that hold nothing any more. Nothing that is under way is touched.
	Tidy(ctx context.Context) error
}

var goodKey = regexp.MustCompile(`^[a-z0-9][a-z0-9._/-]{0,199}$`)

// CheckKey refuses what could leave the folder of a store or be read in two ways.
func CheckKey(key string) error {
	if !goodKey.MatchString(key) || strings.Contains(key, "..") || strings.Contains(key, "//") || strings.HasSuffix(key, "/") {
		return fmt.Errorf("%w: %q", ErrKey, key)
	}
	return nil
}
