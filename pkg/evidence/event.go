package evidence

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// Digest is a SHA-256; as text it is 64 lower-case hexadecimal digits.
type Digest [sha256.Size]byte

// String is the digest in hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText writes the hexadecimal digits.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 64 lower-case hexadecimal digits, nothing else, so that a digest has one spelling.
func (d *Digest) UnmarshalText(text []byte) error {
	var read Digest
	if n, err := hex.Decode(read[:], text[:min(len(text), 2*len(d))]); err != nil || n != len(d) || read.String() != string(text) {
		return errors.New("want 64 lower-case hexadecimal digits")
	}
	*d = read
	return nil
}

// Stream names one chain of events: an issue, a user, a setting. Both parts compare by their bytes.
type Stream struct {
	Kind string
	ID   string
}

func (s Stream) String() string { return s.Kind + "/" + s.ID }

// before is the order of streams under a root: by kind, then id, bytes compared (COLLATE "C" in SQL).
func (s Stream) before(t Stream) bool {
	return s.Kind < t.Kind || s.Kind == t.Kind && s.ID < t.ID
}

// Head is where a chain ends: the number of its last event and that event's hash. The zero Head is an empty chain.
type Head struct {
	N    int64
	Hash Digest
}

// Event is one link of a chain. Events of a stream are numbered from 1, and Prev is the hash of the one before, all
// zero for the first. Body is canonical JSON and is kept as these very bytes.
type Event struct {
	Stream Stream
	N      int64
	Prev   Digest
	Type   string
	Schema int // version of what the body of this type holds
	Body   []byte
}

// Next is the event that follows a head, with its body in canonical form.
func (h Head) Next(s Stream, eventType string, schema int, body any) (Event, error) {
	canonical, err := CanonicalOf(body)
	if err != nil {
		return Event{}, fmt.Errorf("evidence: event %d of %s: %w", h.N+1, s, err)
	}
	return Event{Stream: s, N: h.N + 1, Prev: h.Hash, Type: eventType, Schema: schema, Body: canonical}, nil
}

// Hash is the SHA-256 over the tag "spotcheck.event.v1", stream kind, stream id, number, previous hash, type, schema and
// body. Each text is written with its length before it (8 bytes, most significant first), each number as 8 bytes, so
// that no two events share an encoding.
func (e Event) Hash() Digest {
	var b encoding
	b.text("spotcheck.event.v1")
	b.text(e.Stream.Kind)
	b.text(e.Stream.ID)
	b.number(e.N)
	b.digest(e.Prev)
	b.text(e.Type)
	b.number(int64(e.Schema))
	b.text(string(e.Body))
	return sha256.Sum256(b)
}

// Head is where the chain ends once this event is its last.
func (e Event) Head() Head { return Head{N: e.N, Hash: e.Hash()} }

// encoding is a byte string that can be read in one way only.
type encoding []byte

func (b *encoding) number(n int64)  { *b = binary.BigEndian.AppendUint64(*b, uint64(n)) }
func (b *encoding) digest(d Digest) { *b = append(*b, d[:]...) }

func (b *encoding) text(s string) {
	b.number(int64(len(s)))
	*b = append(*b, s...)
}
