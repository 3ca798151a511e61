package backup

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"spotcheck/server/store"
)

// manifestName is the file that makes a backup whole; it is written last.
const manifestName = "manifest.json"

// format is the layout of the folder.
const format = 1

// Manifest says what a backup holds.
type Manifest struct {
	Format   int            `json:"format"`
	MadeAt   time.Time      `json:"made_at"`
	Program  string         `json:"program"`
	Of       store.Snapshot `json:"of"`
	Database string         `json:"database"` // file, as the list names it
	List     string         `json:"list"`     // file with a line for every other: sha256sum -c reads it
	SHA256   string         `json:"sha256"`   // of the list
	Files    int64          `json:"files"`
	Bytes    int64          `json:"bytes"` // of all files
	Lost     []string       `json:"lost,omitempty"`
	Checked  int            `json:"checked,omitempty"` // number of the folder from which the next backup reads again what is there
}

// ErrDamaged is the beginning of every sentence about a file that is not as it was written.
var ErrDamaged = errors.New("the backup is damaged")

func errDamaged(file, what string) error {
	return fmt.Errorf("%w: %s %s", ErrDamaged, file, what)
}

// ErrNoBackup means that a folder holds no whole backup.
var ErrNoBackup = errors.New("there is no whole backup here: manifest.json is missing")

// readManifest reads what a folder holds.
func readManifest(dir string) (m Manifest, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s: %w", dir, ErrNoBackup)
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, errDamaged(manifestName, "cannot be read: "+err.Error())
	}
	if m.Format == 0 {
		return m, errDamaged(manifestName, "does not say its format")
	}
	if m.Format != format {
		return m, fmt.Errorf("%s has the format %d, this program reads %d", manifestName, m.Format, format)
	}
	return m, nil
}

// write makes the manifest durable, at once or not at all.
func (m *Manifest) write(dir string) error {
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return replace(filepath.Join(dir, manifestName), append(raw, '\n'))
}

// replace gives a file new bytes, durably, at once or not at all.
func replace(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // does nothing once it is renamed
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFile(filepath.Dir(path))
}

// syncFile makes a file, or the names in a folder, durable.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// digestOf reads a file whole.
func digestOf(path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = f.Close() }() // it was only read
	hash := sha256.New()
	size, err = io.Copy(hash, f)
	return hex.EncodeToString(hash.Sum(nil)), size, err
}

// line is one of the list: a file below the folder and its digest.
type line struct{ sum, file string }

// blobs is the folder of the bytes, as the list names it.
const blobs = "blobs/"

// key is that of the bytes of a line; none for the database.
func (l line) key() (string, bool) { return strings.CutPrefix(l.file, blobs) }

// String is the line as sha256sum writes it.
func (l line) String() string { return l.sum + "  " + l.file + "\n" }

// lines reads a list.
func lines(path string, each func(line) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	for r := bufio.NewScanner(f); ; {
		if !r.Scan() {
			return r.Err()
		}
		sum, file, ok := strings.Cut(r.Text(), "  ")
		if !ok || len(sum) != 2*sha256.Size {
			return errDamaged(filepath.Base(path), "has a line that is not understood")
		}
		if err := each(line{sum, file}); err != nil {
			return err
		}
	}
}
