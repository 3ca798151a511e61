package evidence_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/evidence"
)

// rfc6962 is the definition of §2.1 word by word.
func rfc6962(leaves []evidence.Digest) evidence.Digest {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	l, r := rfc6962(leaves[:k]), rfc6962(leaves[k:])
	return sha256.Sum256(slices.Concat([]byte{1}, l[:], r[:]))
}

func TestTreeIsThatOfRFC6962(t *testing.T) {
	t.Parallel()
	var tree evidence.MerkleTree
	var leaves []evidence.Digest
	for i := range 70 {
		s, h := evidence.Stream{Kind: "issue", ID: fmt.Sprintf("%03d", i)}, evidence.Head{N: int64(i + 1), Hash: evidence.Digest{byte(i)}}
		var one evidence.MerkleTree // the root over one leaf is the leaf
		add(t, &one, s, h)
		leaves = append(leaves, one.Root())
		add(t, &tree, s, h)
		if got, want := tree.Root(), rfc6962(leaves); got != want {
			t.Errorf("%d heads: got %s, want %s", i+1, got, want)
		}
	}
	for _, s := range []evidence.Stream{{Kind: "issue", ID: "069"}, {Kind: "issue", ID: "0"}, {Kind: "area", ID: "9"}} {
		if err := tree.Add(s, evidence.Head{}); err == nil {
			t.Errorf("%s after issue/069: want an error", s)
		}
	}
}

// record makes several streams whose events are mixed in time, and gives them in the order of stream, then number.
func record(t *testing.T, seed uint64) []evidence.RecordedEvent {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	streams := []evidence.Stream{{Kind: "area", ID: "1"}, {Kind: "issue", ID: "a"}, {Kind: "issue", ID: "b"}, {Kind: "user", ID: "1"}}
	heads := make([]evidence.Head, len(streams))
	var all []evidence.RecordedEvent
	for seq := range int64(60) {
		i := random.IntN(len(streams))
		e, err := heads[i].Next(streams[i], "x", 1, seq)
		if err != nil {
			t.Fatal(err)
		}
		heads[i] = e.Head()
		all = append(all, evidence.RecordedEvent{Event: e, Hash: heads[i].Hash, Seq: seq + 1})
	}
	slices.SortStableFunc(all, func(a, b evidence.RecordedEvent) int { return strings.Compare(a.Stream.String(), b.Stream.String()) })
	return all
}

func checkpointAt(t *testing.T, seq int64, all []evidence.RecordedEvent) evidence.Checkpoint {
	t.Helper()
	s := snapshot(t, seq, all)
	streams, root, last, err := s.End()
	if err != nil {
		t.Fatal(err)
	}
	return evidence.Checkpoint{Schema: 1, Date: "2026-11-24", Events: last, Streams: streams, Root: root}
}

func snapshot(t *testing.T, seq int64, all []evidence.RecordedEvent) *evidence.Snapshot {
	t.Helper()
	s := evidence.SnapshotAt(seq)
	for _, r := range all {
		if err := s.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestCheckpointAgainstTheRecord(t *testing.T) {
	t.Parallel()
	all := record(t, 7)
	for seq := range int64(61) {
		then := slices.DeleteFunc(slices.Clone(all), func(r evidence.RecordedEvent) bool { return r.Seq > seq })
		c := checkpointAt(t, seq, then)
		against := func(now []evidence.RecordedEvent) []evidence.Finding {
			got, err := c.CompareRecord(snapshot(t, c.Events, now))
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if got := against(all); len(got) != 0 {
			t.Errorf("after event %d: got %v, want nothing", seq, got)
		}
		for _, gone := range then {
			last := !slices.ContainsFunc(then, func(r evidence.RecordedEvent) bool { return r.Stream == gone.Stream && r.N > gone.N })
			if !last {
				continue // an inner event is missed by its chain
			}
			cut := slices.DeleteFunc(slices.Clone(all), func(r evidence.RecordedEvent) bool { return r.Stream == gone.Stream && r.N >= gone.N })
			if len(against(cut)) == 0 {
				t.Errorf("after event %d: the cut tail of %s was not found", seq, gone.Stream)
			}
			removed := slices.DeleteFunc(slices.Clone(all), func(r evidence.RecordedEvent) bool { return r.Stream == gone.Stream })
			if got := against(removed); len(got) < 2 {
				t.Errorf("after event %d: got %v for the removed %s", seq, got, gone.Stream)
			}
		}
	}
}

func TestCheckpointAgainstARecordThatWasCut(t *testing.T) {
	t.Parallel()
	all := record(t, 7)
	c := checkpointAt(t, 60, all)
	cut := slices.DeleteFunc(slices.Clone(all), func(r evidence.RecordedEvent) bool { return r.Seq > 50 })
	got, err := c.CompareRecord(snapshot(t, c.Events, cut))
	if err != nil || len(got) == 0 || got[0].Fault != evidence.RecordCut {
		t.Errorf("got %v, %v, want %s first", got, err, evidence.RecordCut)
	}
}

func TestVerifyCheckpoints(t *testing.T) {
	t.Parallel()
	var days []evidence.Checkpoint
	var prev evidence.Digest
	for i := range 4 {
		at := time.Date(2026, 11, 24+i, 16, 0, 0, 0, time.UTC)
		c := evidence.Checkpoint{Schema: 1, Date: at.Format(time.DateOnly), Events: int64(10 * i), Streams: int64(i), Prev: prev, MadeAt: at}
		var err error
		if prev, err = c.Hash(); err != nil {
			t.Fatal(err)
		}
		days = append(days, c)
	}
	changed := slices.Clone(days)
	changed[1].Root[0] = 1
	back := slices.Clone(days)
	back[3].Events = 1
	for name, c := range map[string]struct {
		days []evidence.Checkpoint
		want string
	}{
		"whole":     {days, ""},
		"cut":       {days[:2], ""},
		"one gone":  {slices.Delete(slices.Clone(days), 1, 2), "checkpoint.chain"},
		"changed":   {changed, "checkpoint.chain"},
		"backwards": {back, "checkpoint.order"},
		"twice":     {[]evidence.Checkpoint{days[0], days[0]}, "checkpoint.chain checkpoint.order"},
	} {
		findings, err := evidence.VerifyCheckpoints(slices.Values(c.days))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range findings {
			got = append(got, string(f.Fault))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %q", name, findings, c.want)
		}
	}
	if got, err := changed[1].CompareCopy(days[1]); err != nil || len(got) != 1 {
		t.Errorf("a changed copy: got %v, %v, want one finding", got, err)
	}
	if got, err := days[1].CompareCopy(days[1]); err != nil || len(got) != 0 {
		t.Errorf("the same copy: got %v, %v, want nothing", got, err)
	}
}

const goodCheckpoint = `{"schema":1, "date":"2026-11-24", "events":42, "streams":3, "made_at":"2026-11-25T00:00:00.001+08:00",
	"root":"c03d5236b8f3d913523c435bde10f96460b1e02bc523e42c98cac44c34b6ae52",
	"prev":"0000000000000000000000000000000000000000000000000000000000000000"}`

func TestParseCheckpoint(t *testing.T) {
	t.Parallel()
	c, err := evidence.ParseCheckpoint([]byte(goodCheckpoint))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := c.Hash()
	if want := "971479d77ca14ee99c6005aff4c9995506dffb5ef4b91fd55e1370c80bda3dff"; err != nil || sum.String() != want {
		t.Errorf("got %s, %v, want %s", sum, err, want)
	}
	for _, change := range [][2]string{
		{`"schema":1`, `"schema":2`}, {`-24`, `-31`}, {`42`, `-1`}, {`42`, `2`}, {`42`, `4.5`}, {`"streams":3`, `"streams":-3`},
		{`.001+08:00`, `.0001+08:00`}, {`.001+08:00`, ``}, {`"root":"c0`, `"root":"C0`}, {`"root":"c0`, `"root":"`},
		{`"schema":1`, `"schema":1,"schema":1`}, {`"schema":1`, `"schema":1,"more":1`}, {`"schema":1,`, ``}, {`}`, `} x`},
		{`}`, `}` + strings.Repeat(" ", 4096)},
	} {
		if got, err := evidence.ParseCheckpoint([]byte(strings.Replace(goodCheckpoint, change[0], change[1], 1))); err == nil {
			t.Errorf("%s for %s: got %+v, want an error", change[1], change[0], got)
		}
	}
}

// FuzzParseCheckpoint: what is read is written in canonical form, and that is read as the same.
func FuzzParseCheckpoint(f *testing.F) {
	f.Add([]byte(goodCheckpoint))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := evidence.ParseCheckpoint(raw)
		if err != nil {
			return
		}
		b, err := c.Canonical()
		if err != nil || !json.Valid(b) {
			t.Fatalf("%q: got %q, %v", raw, b, err)
		}
		again, err := evidence.ParseCheckpoint(b)
		if err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		if diff := cmp.Diff(c, again); diff != "" {
			t.Fatalf("%q reads differently (-first +again):\n%s", raw, diff)
		}
	})
}
