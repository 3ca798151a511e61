// Package stablezip lays out a ZIP whose files are stored as they are, from their names, sizes and check sums alone: each byte of it has its place
// before anything is read, so that it can be sent from anywhere again and takes no memory but for its directory (PKWARE APPNOTE 6.3.10).
package stablezip

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"time"
)

// Entry is a file of the ZIP.
type Entry struct {
	Name     string // with slashes, in UTF-8
	Bytes    int64
	CRC32    uint32    // IEEE
	Modified time.Time // as its own zone has it, to two seconds
}

// Layout is where everything of a ZIP lies.
type Layout struct {
	entries []Entry
	starts  []int64 // of the header of each entry; the last is that of the directory
	end     []byte  // the directory and what closes it
}

// What the format holds.
const (
	maxName  = math.MaxUint16
	maxBytes = math.MaxUint32 - 1 // of one file; larger ones need a longer header
)

// Of the signatures and flags of the format.
const (
	localSignature     = 0x04034b50
	directorySignature = 0x02014b50
	end64Signature     = 0x06064b50
	locator64Signature = 0x07064b50
	endSignature       = 0x06054b50

	version   = 45     // that can read 64-bit offsets
	utf8Names = 0x0800 // the names are UTF-8
)

// New lays out a ZIP; files of 4 GiB and more are refused.
func New(entries []Entry) (*Layout, error) {
	l := &Layout{entries: entries, starts: make([]int64, 0, len(entries)+1)}
	at := int64(0)
	for n := range entries {
		e := &entries[n]
		if len(e.Name) > maxName || e.Name == "" {
			return nil, fmt.Errorf("stablezip: entry %d has a name of %d bytes", n, len(e.Name))
		}
		if e.Bytes < 0 || e.Bytes > maxBytes {
			return nil, fmt.Errorf("stablezip: %s has %d bytes", e.Name, e.Bytes)
		}
		l.starts = append(l.starts, at)
		at += headerBytes(e) + e.Bytes
	}
	l.starts = append(l.starts, at)
	l.close()
	return l, nil
}

// Bytes is how long the ZIP is.
func (l *Layout) Bytes() int64 { return l.starts[len(l.entries)] + int64(len(l.end)) }

func headerBytes(e *Entry) int64 { return 30 + int64(len(e.Name)) }

// common are the fields that both headers of an entry have alike.
func common(b []byte, e *Entry) []byte {
	b = binary.LittleEndian.AppendUint16(b, version)
	b = binary.LittleEndian.AppendUint16(b, utf8Names)
	b = binary.LittleEndian.AppendUint16(b, 0) // stored
	day, clock := dosTime(e.Modified)
	b = binary.LittleEndian.AppendUint16(b, clock)
	b = binary.LittleEndian.AppendUint16(b, day)
	b = binary.LittleEndian.AppendUint32(b, e.CRC32)
	b = binary.LittleEndian.AppendUint32(b, uint32(e.Bytes))
	b = binary.LittleEndian.AppendUint32(b, uint32(e.Bytes))
	return binary.LittleEndian.AppendUint16(b, uint16(len(e.Name)))
}

// dosTime is a moment from 1980 on in the form of the format.
func dosTime(t time.Time) (day, clock uint16) {
	if t.Year() < 1980 {
		return 1<<5 | 1, 0
	}
	return uint16((t.Year()-1980)<<9 | int(t.Month())<<5 | t.Day()), uint16(t.Hour()<<11 | t.Minute()<<5 | t.Second()/2)
}

func header(e *Entry) []byte {
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, headerBytes(e)), localSignature)
	b = common(b, e)
	b = binary.LittleEndian.AppendUint16(b, 0) // nothing more
	return append(b, e.Name...)
}

// close writes the directory, with 64-bit offsets where they are needed.
func (l *Layout) close() {
	var b []byte
	for n := range l.entries {
		e := &l.entries[n]
		var more []byte
		offset := uint32(math.MaxUint32)
		if l.starts[n] < math.MaxUint32 {
			offset = uint32(l.starts[n])
		} else {
			more = binary.LittleEndian.AppendUint64([]byte{1, 0, 8, 0}, uint64(l.starts[n]))
		}
		b = binary.LittleEndian.AppendUint32(b, directorySignature)
		b = binary.LittleEndian.AppendUint16(b, 3<<8|version) // made where modes are those of Unix
		b = common(b, e)
		b = binary.LittleEndian.AppendUint16(b, uint16(len(more)))
		b = append(b, make([]byte, 2+2+2)...) // no comment, first disk, no hint
		b = binary.LittleEndian.AppendUint32(b, 0o100644<<16)
		b = binary.LittleEndian.AppendUint32(b, offset)
		b = append(append(b, e.Name...), more...)
	}
	size, at := uint64(len(b)), uint64(l.starts[len(l.entries)])
	count := uint64(len(l.entries))
	b = binary.LittleEndian.AppendUint32(b, end64Signature)
	b = binary.LittleEndian.AppendUint64(b, 44) // what follows of this record
	b = binary.LittleEndian.AppendUint16(b, 3<<8|version)
	b = binary.LittleEndian.AppendUint16(b, version)
	b = append(b, make([]byte, 4+4)...) // one disk
	for _, v := range []uint64{count, count, size, at} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, locator64Signature)
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint64(b, at+size)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, endSignature)
	b = append(b, make([]byte, 2+2)...)
	for range 2 {
		b = binary.LittleEndian.AppendUint16(b, uint16(min(count, math.MaxUint16)))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(min(size, math.MaxUint32)))
	b = binary.LittleEndian.AppendUint32(b, uint32(min(at, math.MaxUint32)))
	l.end = binary.LittleEndian.AppendUint16(b, 0)
}

// Open gives the bytes of an entry.
type Open func(entry int) (io.ReadSeekCloser, error)

// Reader reads the ZIP from anywhere. One file is open at a time; Close closes it.
func (l *Layout) Reader(open Open) *Reader { return &Reader{layout: l, open: open} }

// Reader is a ZIP that is being read.
type Reader struct {
	layout *Layout
	open   Open
	at     int64
	body   io.ReadSeekCloser // of the entry, nil where none is open
	entry  int               // whose body is open
}

// ErrShort means that a file has fewer bytes than its entry says.
var ErrShort = errors.New("stablezip: a file is shorter than it was")

// Seek sets where is read next.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.layout.Bytes()
	}
	if offset < 0 {
		return r.at, errors.New("stablezip: before the start")
	}
	r.at = offset
	return offset, r.Close()
}

// Read reads what comes next: of a header, a file or the directory.
func (r *Reader) Read(p []byte) (n int, err error) {
	l := r.layout
	directory := l.starts[len(l.entries)]
	switch {
	case len(p) == 0:
		return 0, nil
	case r.at >= l.Bytes():
		return 0, io.EOF
	case r.at >= directory:
		n = copy(p, l.end[r.at-directory:])
		r.at += int64(n)
		return n, nil
	}
	at := sort.Search(len(l.entries), func(n int) bool { return l.starts[n+1] > r.at })
	e := &l.entries[at]
	within := r.at - l.starts[at]
	if within < headerBytes(e) {
		n = copy(p, header(e)[within:])
		r.at += int64(n)
		return n, nil
	}
	within -= headerBytes(e)
	if err := r.into(at, within); err != nil {
		return 0, err
	}
	n, err = r.body.Read(p[:min(int64(len(p)), e.Bytes-within)])
	r.at += int64(n)
	switch {
	case within+int64(n) == e.Bytes:
		err = r.Close()
	case errors.Is(err, io.EOF):
		err = fmt.Errorf("%w: %s", ErrShort, e.Name)
	}
	return n, err
}

// into opens an entry where it is not open yet.
func (r *Reader) into(entry int, offset int64) error {
	if r.body != nil && r.entry == entry {
		return nil
	}
	if err := r.Close(); err != nil {
		return err
	}
	body, err := r.open(entry)
	if err != nil {
		return err
	}
	r.body, r.entry = body, entry
	if offset > 0 {
		_, err = body.Seek(offset, io.SeekStart)
	}
	return err
}

// Close closes the file that is open; reading may go on.
func (r *Reader) Close() error {
	if r.body == nil {
		return nil
	}
	err := r.body.Close()
	r.body = nil
	return err
}
