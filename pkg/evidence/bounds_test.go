package evidence_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/evidence"
)

func TestCanonicalAtItsBounds(t *testing.T) {
	t.Parallel()
	lists := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	objects := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	for _, same := range []string{
		lists(64), objects(64), "[" + strings.Repeat(`["a"],`, 99) + `["a"]]`, "[" + strings.Repeat("[],", 99) + "[]]", "[" + strings.Repeat(`{"a":1},`, 99) + "{}]",
		`"` + strings.Repeat("[", 65) + `"`, `"\"` + strings.Repeat("[", 65) + `"`, `"\\"`, `["\\","[[","\"{"]`, `"9007199254740993"`, `["a",9007199254740992]`,
		`[0,-1,10,9,19]`, `[-9007199254740992]`, `[]`, `"` + strings.Repeat("{", 65) + `"`, `["` + strings.Repeat("[", 65) + `",1]`,
	} {
		if got, err := evidence.Canonical([]byte(same)); err != nil || string(got) != same {
			t.Errorf("%s: got %s, %v", same, got, err)
		}
	}
	for text, says := range map[string]string{
		lists(65): "nested deeper than 64", objects(65): "nested deeper than 64", "": "no JSON",
		`{"a":9007199254740993}`: "the whole number at byte 5 has more digits than a 64-bit float keeps",
		`[ -9007199254740993]`:   "the whole number at byte 2 has", `["\"",9007199254740993]`: "at byte 6 has",
		`["\\",9007199254740993]`: "at byte 6 has", `[900719925474099301]`: "at byte 1 has", "1" + strings.Repeat("0", 400): "at byte 0 has",
		`[0,9007199254740993]`: "at byte 3 has",
	} {
		if got, err := evidence.Canonical([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %s, %v, want %s", text, got, err, says)
		}
	}
	if got, err := evidence.CanonicalOf(make(chan int)); err == nil || !strings.HasPrefix(err.Error(), "evidence: canonical form: ") || strings.Contains(err.Error(), "no JSON") {
		t.Errorf("got %s, %v for what is no JSON", got, err)
	}
}

func TestWhatHasNoCanonicalFormIsNoEvent(t *testing.T) {
	t.Parallel()
	head := evidence.Head{N: 4, Hash: evidence.Digest{1}}
	if e, err := head.Next(issue, "x", 1, make(chan int)); err == nil || !strings.HasPrefix(err.Error(), "evidence: event 5 of issue/018f: ") || e.N != 0 {
		t.Errorf("got %+v, %v", e, err)
	}
	e, err := head.Next(issue, "x", 3, "泥")
	if err != nil || e.N != 5 || e.Prev != head.Hash || e.Type != "x" || e.Schema != 3 || string(e.Body) != `"泥"` || e.Stream != issue {
		t.Errorf("got %+v, %v", e, err)
	}
}

func TestFindingsInWords(t *testing.T) {
	t.Parallel()
	all, head := chain(t, issue, 6, 1)
	for what, c := range map[string]struct {
		events []evidence.RecordedEvent
		head   evidence.Head
		want   string
	}{
		"three are missing":   {slices.Delete(slices.Clone(all), 1, 4), head, "event.missing: issue/018f, event 2: events 2 to 4 are missing"},
		"one is missing":      {slices.Delete(slices.Clone(all), 1, 2), head, "event.missing: issue/018f, event 2: events 2 to 2 are missing"},
		"it grew":             {all, all[3].Head(), "tail.grown: issue/018f, event 5: the chain goes on to event 6, its head says 4"},
		"the end is cut":      {all[:4], head, "tail.cut: issue/018f, event 5: the chain ends at event 4, its head says 6"},
		"the head is another": {all, evidence.Head{N: 6}, "head.differs: issue/018f, event 6: the last event does not have the hash of the head"},
		"it comes again":      {slices.Insert(slices.Clone(all), 2, all[1]), head, "event.misplaced: issue/018f, event 2: the number comes after event 2"},
		"it belongs somewhere else": {slices.Insert(slices.Clone(all), 2,
			evidence.RecordedEvent{Event: evidence.Event{Stream: evidence.Stream{Kind: "user", ID: "1"}, N: 1}}), head,
			"event.misplaced: issue/018f, event 1: the event belongs to user/1"},
	} {
		if got := fmt.Sprint(evidence.Verify(issue, slices.Values(c.events), c.head)); got != "["+c.want+"]" {
			t.Errorf("%s: got %s, want %s", what, got, c.want)
		}
	}
	if got := (evidence.Finding{Fault: evidence.RootDiffers, Detail: "of the whole"}).String(); got != "root.differs: of the whole" {
		t.Errorf("a finding about the whole record reads %s", got)
	}
}

func TestTheFirstHeadOfATreeMayBeAnything(t *testing.T) {
	t.Parallel()
	for _, s := range []evidence.Stream{{}, {Kind: "a"}, {ID: "a"}} {
		var tree evidence.MerkleTree
		if err := tree.Add(s, evidence.Head{N: 1}); err != nil || tree.Streams() != 1 {
			t.Errorf("%s: %v, %d streams", s, err, tree.Streams())
		}
		if err := tree.Add(s, evidence.Head{N: 1}); err == nil || tree.Streams() != 1 {
			t.Errorf("%s twice: %v, %d streams", s, err, tree.Streams())
		}
	}
}

func TestASnapshotOfStreamsOutOfOrder(t *testing.T) {
	t.Parallel()
	a, _ := chain(t, evidence.Stream{Kind: "b", ID: "1"}, 1, 1)
	b, _ := chain(t, evidence.Stream{Kind: "a", ID: "1"}, 1, 2)
	c, _ := chain(t, evidence.Stream{Kind: "c", ID: "1"}, 1, 3)
	s := evidence.SnapshotAt(3)
	if err := s.Add(a[0]); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(b[0]); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(c[0]); err == nil {
		t.Error("a stream that lies before the one before it was taken")
	}
	last := evidence.SnapshotAt(3)
	_, _ = last.Add(a[0]), last.Add(b[0])
	if _, _, _, err := last.End(); err == nil {
		t.Error("the last stream lies before the one before it and was taken")
	}
	if _, err := (evidence.Checkpoint{Date: "2026-11-24", Events: 3}).CompareRecord(func() *evidence.Snapshot {
		s := evidence.SnapshotAt(3)
		_,
			_ = s.Add(a[0]), s.Add(b[0])
		return s
	}()); err == nil {
		t.Error("a checkpoint was held against it")
	}
	if streams, root, seq, err := evidence.SnapshotAt(3).End(); err != nil || streams != 0 || seq != 0 || root != new(evidence.MerkleTree).Root() {
		t.Errorf("of nothing: %d streams, root %s, last %d, %v", streams, root, seq, err)
	}
	early := evidence.SnapshotAt(1)
	for _, r := range [][]evidence.RecordedEvent{a, c} {
		if err := early.Add(r[0]); err != nil {
			t.Fatal(err)
		}
	}
	if streams, _, seq, err := early.End(); err != nil || streams != 1 || seq != 1 {
		t.Errorf("after event 1: %d streams, last %d, %v", streams, seq, err)
	}
}

func TestWhatACheckpointSaysOfAnotherRecord(t *testing.T) {
	t.Parallel()
	all := record(t, 7)
	whole := checkpointAt(t, 60, all)
	for what, c := range map[string]struct {
		change func(*evidence.Checkpoint)
		want   []string
	}{
		"nothing": {func(*evidence.Checkpoint) {}, nil},
		"streams": {func(c *evidence.Checkpoint) { c.Streams++ }, []string{"streams.differ: checkpoint of 2026-11-24: there were 5 streams, there are 4"}},
		"root": {func(c *evidence.Checkpoint) { c.Root = evidence.Digest{} },
			[]string{fmt.Sprintf("root.differs: checkpoint of 2026-11-24: the root was %064d, it is %s", 0, whole.Root)}},
		"events": {func(c *evidence.Checkpoint) { c.Events++ }, []string{"record.cut: checkpoint of 2026-11-24: it was made after event 61, the record up to there ends at 60"}},
	} {
		changed := whole
		c.change(&changed)
		findings, err := changed.CompareRecord(snapshot(t, 60, all))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range findings {
			got = append(got, f.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", what, got, c.want)
		}
	}
}

func TestCheckpointsAtTheirBounds(t *testing.T) {
	t.Parallel()
	parse := func(from, to string) (evidence.Checkpoint, error) {
		return evidence.ParseCheckpoint([]byte(strings.Replace(goodCheckpoint, from, to, 1)))
	}
	for _, c := range [][2]string{{`"events":42, "streams":3`, `"events":0, "streams":0`}, {`"streams":3`, `"streams":0`},
		{`"streams":3`, `"streams":42`}, {`}`, `}` + strings.Repeat(" ", 4096-len(goodCheckpoint))}} {
		if got, err := parse(c[0], c[1]); err != nil {
			t.Errorf("%s: %+v, %v", c[1], got, err)
		}
	}
	for _, c := range [][3]string{
		{`"streams":3`, `"streams":43`, "it counts 43 streams in 42 events"}, {`"events":42, "streams":3`, `"events":-1, "streams":-1`, "it counts -1 streams in -1 events"},
		{`"streams":3`, `"streams":-1`, "it counts -1 streams"}, {`"events":42, "streams":3`, `"events":-1, "streams":-2`, "it counts -2 streams"},
		{`}`, `}` + strings.Repeat(" ", 4097-len(goodCheckpoint)), "a checkpoint has at most 4096 bytes, this has 4097"},
		{`"schema":1`, `"schema":2`, "its schema is 2, this program knows 1"}, {`"schema":1`, `"schema":0`, "its schema is 0"},
	} {
		if got, err := parse(c[0], c[1]); err == nil || !strings.Contains(err.Error(), c[2]) || got != (evidence.Checkpoint{}) {
			t.Errorf("%s: %+v, %v, want %s", c[1], got, err, c[2])
		}
	}
	c, err := parse("", "")
	if err != nil || c.MadeAt.Location() != time.UTC || !c.MadeAt.Equal(time.Date(2026, 11, 24, 16, 0, 0, 1_000_000, time.UTC)) {
		t.Errorf("made at %s, %v", c.MadeAt, err)
	}
	copied := c
	copied.Events++
	if got, err := copied.CompareCopy(c); err != nil || len(got) != 1 ||
		got[0].String() != "checkpoint.differs: checkpoint of 2026-11-24: the outside copy and the kept one differ" {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestCheckpointsRunForward by day, events, streams and time; each may stand still but the day.
func TestCheckpointsRunForward(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 16, 0, 0, 0, time.UTC)
	first := evidence.Checkpoint{Schema: 1, Date: "2026-11-24", Events: 10, Streams: 5, MadeAt: at}
	prev, err := first.Hash()
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		next evidence.Checkpoint
		back bool
	}{
		"nothing happened":  {evidence.Checkpoint{Date: "2026-11-25", Events: 10, Streams: 5, MadeAt: at}, false},
		"the same day":      {evidence.Checkpoint{Date: "2026-11-24", Events: 11, Streams: 6, MadeAt: at.Add(1)}, true},
		"the day before":    {evidence.Checkpoint{Date: "2026-11-23", Events: 11, Streams: 6, MadeAt: at.Add(1)}, true},
		"fewer events":      {evidence.Checkpoint{Date: "2026-11-25", Events: 9, Streams: 5, MadeAt: at}, true},
		"fewer streams":     {evidence.Checkpoint{Date: "2026-11-25", Events: 10, Streams: 4, MadeAt: at}, true},
		"an earlier moment": {evidence.Checkpoint{Date: "2026-11-25", Events: 10, Streams: 5, MadeAt: at.Add(-1)}, true},
	} {
		c.next.Schema, c.next.Prev = 1, prev
		findings, err := evidence.VerifyCheckpoints(slices.Values([]evidence.Checkpoint{first, c.next}))
		want := ""
		if c.back {
			want = "checkpoint.order: checkpoint of " + c.next.Date + ": it runs back behind that of 2026-11-24"
		}
		if got := strings.Trim(fmt.Sprint(findings), "[]"); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", what, got, err, want)
		}
	}
}

func TestADigestOfAnyLengthIsReadWithoutHarm(t *testing.T) {
	t.Parallel()
	var d evidence.Digest
	good := strings.Repeat("0a", 32)
	for n := range 70 {
		text := strings.Repeat("0a", 40)[:n]
		if err := d.UnmarshalText([]byte(text)); (err == nil) != (n == 64) {
			t.Errorf("%d digits: %v", n, err)
		}
	}
	if err := d.UnmarshalText([]byte(good)); err != nil || d.String() != good {
		t.Errorf("got %s, %v", d, err)
	}
	if text, err := d.MarshalText(); err != nil || string(text) != good {
		t.Errorf("written as %s, %v", text, err)
	}
}
