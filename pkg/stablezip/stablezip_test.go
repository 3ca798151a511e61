package stablezip_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
	"time"

	"spotcheck/pkg/stablezip"
)

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

// some makes so many files, some of them empty.
func some(count int) (entries []stablezip.Entry, bodies [][]byte) {
	for n := range count {
		body := make([]byte, rand.IntN(3)*rand.IntN(5000))
		for i := range body {
			body[i] = byte(rand.IntN(256))
		}
		entries = append(entries, stablezip.Entry{Name: fmt.Sprintf("1 组织领导/文件%d.pdf", n), Bytes: int64(len(body)), CRC32: crc32.ChecksumIEEE(body),
			Modified: time.Date(2026, 11, 30, 8, 30, 2*n%60, 0, time.UTC)})
		bodies = append(bodies, body)
	}
	return entries, bodies
}

// TestAnyReaderReadsIt holds what is laid out against another reader, and every part of it against the whole.
func TestAnyReaderReadsIt(t *testing.T) {
	t.Parallel()
	for _, count := range []int{0, 1, 7, 300} {
		entries, bodies := some(count)
		l, err := stablezip.New(entries)
		if err != nil {
			t.Fatal(err)
		}
		open := func(n int) (io.ReadSeekCloser, error) { return file{bytes.NewReader(bodies[n])}, nil }
		whole, err := io.ReadAll(l.Reader(open))
		if err != nil || int64(len(whole)) != l.Bytes() {
			t.Fatalf("%d files: got %d bytes, %v, want %d", count, len(whole), err, l.Bytes())
		}
		z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
		if err != nil {
			t.Fatal(err)
		}
		if len(z.File) != count {
			t.Errorf("got %d files, want %d", len(z.File), count)
		}
		for n, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(r); err != nil || !bytes.Equal(body, bodies[n]) || f.Name != entries[n].Name || !f.Modified.Equal(entries[n].Modified) {
				t.Errorf("%s of %s: got %d bytes, %v, want %d of %s", f.Name, f.Modified, len(body), err, len(bodies[n]), entries[n].Modified)
			}
		}
		for range 50 {
			from := rand.Int64N(l.Bytes() + 1)
			r := l.Reader(open)
			if _, err := r.Seek(from, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			rest, err := io.ReadAll(iotest.HalfReader(r))
			if err != nil || !bytes.Equal(rest, whole[from:]) {
				t.Fatalf("from %d: got %d bytes, %v, want %d", from, len(rest), err, int64(len(whole))-from)
			}
		}
	}
}

// zeros are so many bytes of nothing, wherever they are read.
type zeros struct{ at, size int64 }

func (z *zeros) Read(p []byte) (int, error) {
	n := min(int64(len(p)), z.size-z.at)
	if n == 0 {
		return 0, io.EOF
	}
	clear(p[:n])
	z.at += n
	return int(n), nil
}

func (z *zeros) Seek(offset int64, _ int) (int64, error) { z.at = offset; return offset, nil }
func (*zeros) Close() error                              { return nil }

// at reads a reader that seeks at any place.
type at struct{ r *stablezip.Reader }

func (a at) ReadAt(p []byte, offset int64) (int, error) {
	if _, err := a.r.Seek(offset, io.SeekStart); err != nil {
		return 0, err
	}
	return io.ReadFull(a.r, p)
}

// TestFarBeyondFourGigabytes lays out 30 GB in 100,000 files and opens the last one, which needs 64-bit offsets.
func TestFarBeyondFourGigabytes(t *testing.T) {
	t.Parallel()
	const count, size = 100_000, 300_000
	sum := crc32.NewIEEE()
	if _, err := io.Copy(sum, &zeros{size: size}); err != nil {
		t.Fatal(err)
	}
	entries := make([]stablezip.Entry, count)
	for n := range entries {
		entries[n] = stablezip.Entry{Name: fmt.Sprintf("%06d", n), Bytes: size, CRC32: sum.Sum32()}
	}
	l, err := stablezip.New(entries)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(at{l.Reader(func(int) (io.ReadSeekCloser, error) { return &zeros{size: size}, nil })}, l.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != count {
		t.Fatalf("got %d files, want %d", len(z.File), count)
	}
	r, err := z.File[count-1].Open()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, r); err != nil || n != size {
		t.Errorf("the last file: got %d bytes, %v", n, err)
	}
}

// TestAFileThatShrankIsNoZIP breaks in the middle and never sends something else in its place.
func TestAFileThatShrankIsNoZIP(t *testing.T) {
	t.Parallel()
	l, err := stablezip.New([]stablezip.Entry{{Name: "a", Bytes: 10}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(l.Reader(func(int) (io.ReadSeekCloser, error) { return &zeros{size: 9}, nil })); err == nil {
		t.Error("got no error")
	}
	for _, wrong := range []stablezip.Entry{{Name: ""}, {Name: "a", Bytes: 1 << 32}, {Name: "a", Bytes: -1}} {
		if _, err := stablezip.New([]stablezip.Entry{wrong}); err == nil {
			t.Errorf("%+v: got no error", wrong)
		}
	}
}
