package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"spotcheck/pkg/strictjson"
)

// CheckpointSchema is the version of the checkpoint document that this program writes.
const CheckpointSchema = 1

// maxCheckpoint is the largest checkpoint document that is read, in bytes.
const maxCheckpoint = 4096

// Checkpoint says what the whole record was at one moment: after event Events there were so many streams, and the root
// over their heads was this. A copy kept outside shows later that nothing before it was cut off or changed.
type Checkpoint struct {
	Schema  int       `json:"schema" need:"true"`
	Date    string    `json:"date" need:"true" max:"10"` // day in the city's zone, 2026-11-24
	Events  int64     `json:"events" need:"true"`        // number of the last event in the whole record
	Streams int64     `json:"streams" need:"true"`
	Root    Digest    `json:"root" need:"true"`
	Prev    Digest    `json:"prev" need:"true"` // Hash of the checkpoint before it, all zero for the first
	MadeAt  time.Time `json:"made_at" need:"true"`
}

// Canonical is the document in the form of RFC 8785, with MadeAt in UTC to the millisecond.
func (c Checkpoint) Canonical() ([]byte, error) {
	return CanonicalOf(struct {
		plain
		MadeAt string `json:"made_at"`
	}{plain(c), c.MadeAt.UTC().Format("2006-01-02T15:04:05.000Z")})
}

// plain is a checkpoint without methods.
type plain Checkpoint

// Hash is the SHA-256 of the canonical document; the next checkpoint names it.
func (c Checkpoint) Hash() (Digest, error) {
	b, err := c.Canonical()
	if err != nil {
		return Digest{}, err
	}
	return sha256.Sum256(b), nil
}

// ParseCheckpoint reads a checkpoint document, however it is laid out, and says all that is wrong with it.
func ParseCheckpoint(raw []byte) (Checkpoint, error) {
	var c Checkpoint
	if len(raw) > maxCheckpoint {
		return c, fmt.Errorf("evidence: a checkpoint has at most %d bytes, this has %d", maxCheckpoint, len(raw))
	}
	if r := strictjson.Decode(raw, &c); !r.OK() {
		all, _ := json.Marshal(r.Fields)
		return Checkpoint{}, fmt.Errorf("evidence: not a checkpoint: %s", all)
	}
	if err := c.check(); err != nil {
		return Checkpoint{}, fmt.Errorf("evidence: not a checkpoint: %w", err)
	}
	c.MadeAt = c.MadeAt.UTC()
	return c, nil
}

func (c Checkpoint) check() error {
	if c.Schema != CheckpointSchema {
		return fmt.Errorf("its schema is %d, this program knows %d", c.Schema, CheckpointSchema)
	}
	if _, err := time.Parse(time.DateOnly, c.Date); err != nil {
		return fmt.Errorf("its date is not a day as in 2026-11-24")
	}
	if c.Events < 0 || c.Streams < 0 || c.Streams > c.Events {
		return fmt.Errorf("it counts %d streams in %d events", c.Streams, c.Events)
	}
	if !c.MadeAt.Equal(c.MadeAt.Truncate(time.Millisecond)) {
		return fmt.Errorf("its time is finer than a millisecond")
	}
	return nil
}

// CompareRecord compares the checkpoint with the record as it is now. The snapshot was begun at c.Events and has been given
// every event; it cannot be used again.
func (c Checkpoint) CompareRecord(s *Snapshot) ([]Finding, error) {
	streams, root, lastSeq, err := s.End()
	if err != nil {
		return nil, err
	}
	var all []Finding
	say := func(f Fault, format string, args ...any) {
		all = append(all, Finding{Fault: f, Detail: "checkpoint of " + c.Date + ": " + fmt.Sprintf(format, args...)})
	}
	if lastSeq < c.Events {
		say(RecordCut, "it was made after event %d, the record up to there ends at %d", c.Events, lastSeq)
	}
	if streams != c.Streams {
		say(StreamsDiffer, "there were %d streams, there are %d", c.Streams, streams)
	}
	if root != c.Root {
		say(RootDiffers, "the root was %s, it is %s", c.Root, root)
	}
	return all, nil
}

// CompareCopy compares an outside copy of a checkpoint with the one that the installation keeps of the same day.
func (c Checkpoint) CompareCopy(kept Checkpoint) ([]Finding, error) {
	mine, err := c.Canonical()
	if err != nil {
		return nil, err
	}
	theirs, err := kept.Canonical()
	if err != nil {
		return nil, err
	}
	if bytes.Equal(mine, theirs) {
		return nil, nil
	}
	return []Finding{{Fault: CheckpointDiffers, Detail: "checkpoint of " + c.Date + ": the outside copy and the kept one differ"}}, nil
}

// VerifyCheckpoints checks that each checkpoint, oldest first, continues the one before it.
func VerifyCheckpoints(checkpoints iter.Seq[Checkpoint]) ([]Finding, error) {
	var all []Finding
	var last Checkpoint
	var prev Digest
	for c := range checkpoints {
		if c.Prev != prev {
			all = append(all, Finding{Fault: CheckpointChain, Detail: "checkpoint of " + c.Date + ": it does not continue the one before it"})
		}
		if c.Date <= last.Date || c.Events < last.Events || c.Streams < last.Streams || c.MadeAt.Before(last.MadeAt) {
			all = append(all, Finding{Fault: CheckpointOrder, Detail: "checkpoint of " + c.Date + ": it runs back behind that of " + last.Date})
		}
		var err error
		if prev, err = c.Hash(); err != nil {
			return nil, err
		}
		last = c
	}
	return all, nil
}
