package evidence

import (
	"fmt"
	"iter"
)

// Fault names what is wrong in a chain or under a root.
type Fault string

// The faults that an audit can name.
const (
	EventMissing      Fault = "event.missing"      // numbers are left out
	EventMisplaced    Fault = "event.misplaced"    // a number comes again, or the event is of another stream
	EventChanged      Fault = "event.changed"      // the recorded hash is not that of the content
	EventUnlinked     Fault = "event.unlinked"     // it does not continue the event before it
	TailCut           Fault = "tail.cut"           // the chain ends before its head
	TailGrown         Fault = "tail.grown"         // the chain goes on after its head
	HeadDiffers       Fault = "head.differs"       // the last event is not the one that the head names
	RootDiffers       Fault = "root.differs"       // the heads are not those of the checkpoint
	StreamsDiffer     Fault = "streams.differ"     // there are more or fewer streams than at the checkpoint
	RecordCut         Fault = "record.cut"         // the record ends before the checkpoint
	CheckpointChain   Fault = "checkpoint.chain"   // a checkpoint does not continue the one before it
	CheckpointOrder   Fault = "checkpoint.order"   // dates or counts run backwards
	CheckpointDiffers Fault = "checkpoint.differs" // two checkpoints of one day differ
)

// Finding is one thing that an audit found wrong.
type Finding struct {
	Fault  Fault
	Stream Stream // zero when the finding is about the whole record
	N      int64  // number of the event in its stream, 0 when it is about none
	Detail string // one English sentence for people
}

func (f Finding) String() string {
	if f.Stream == (Stream{}) {
		return fmt.Sprintf("%s: %s", f.Fault, f.Detail)
	}
	return fmt.Sprintf("%s: %s, event %d: %s", f.Fault, f.Stream, f.N, f.Detail)
}

// RecordedEvent is an event as it was found, with the hash that stood beside it and its number in the whole record.
type RecordedEvent struct {
	Event
	Hash Digest
	Seq  int64 // position among all events of all streams
}

// ChainVerifier checks the events of one stream as they come, lowest number first. After a fault it goes on from what was
// recorded, so that one change is one finding.
type ChainVerifier struct {
	Stream   Stream
	last     Head
	findings []Finding
}

// Add checks the next event.
func (c *ChainVerifier) Add(r RecordedEvent) {
	if r.Stream != c.Stream {
		c.found(EventMisplaced, r.N, "the event belongs to %s", r.Stream)
		return
	}
	if r.N <= c.last.N {
		c.found(EventMisplaced, r.N, "the number comes after event %d", c.last.N)
		return
	}
	if r.Event.Hash() != r.Hash {
		c.found(EventChanged, r.N, "the content does not have the hash that was recorded")
	}
	switch {
	case r.N > c.last.N+1:
		c.found(EventMissing, c.last.N+1, "events %d to %d are missing", c.last.N+1, r.N-1)
	case r.Prev != c.last.Hash:
		c.found(EventUnlinked, r.N, "the event does not continue event %d as it is now", c.last.N)
	}
	c.last = Head{N: r.N, Hash: r.Hash}
}

// End compares the end of the chain with the head that is on record elsewhere and gives all findings.
func (c *ChainVerifier) End(want Head) []Finding {
	switch {
	case c.last.N < want.N:
		c.found(TailCut, c.last.N+1, "the chain ends at event %d, its head says %d", c.last.N, want.N)
	case c.last.N > want.N:
		c.found(TailGrown, want.N+1, "the chain goes on to event %d, its head says %d", c.last.N, want.N)
	case c.last.Hash != want.Hash:
		c.found(HeadDiffers, want.N, "the last event does not have the hash of the head")
	}
	return c.findings
}

func (c *ChainVerifier) found(f Fault, n int64, format string, args ...any) {
	c.findings = append(c.findings, Finding{Fault: f, Stream: c.Stream, N: n, Detail: fmt.Sprintf(format, args...)})
}

// Verify checks all events of one stream, lowest number first, against the head that is on record elsewhere. It needs
// the memory of one event.
func Verify(s Stream, events iter.Seq[RecordedEvent], want Head) []Finding {
	c := ChainVerifier{Stream: s}
	for r := range events {
		c.Add(r)
	}
	return c.End(want)
}
