package evidence_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/evidence"
)

var issue = evidence.Stream{Kind: "issue", ID: "018f"}

// chain makes a stream of n events; event i of it is number first+i of the whole record.
func chain(t *testing.T, s evidence.Stream, n int, first int64) ([]evidence.RecordedEvent, evidence.Head) {
	t.Helper()
	var all []evidence.RecordedEvent
	var head evidence.Head
	for i := range n {
		e, err := head.Next(s, "issue.commented", 1, map[string]any{"n": i, "text": "泥"})
		if err != nil {
			t.Fatal(err)
		}
		head = e.Head()
		all = append(all, evidence.RecordedEvent{Event: e, Hash: head.Hash, Seq: first + int64(i)})
	}
	return all, head
}

// The golden values were computed by another program from the description of the encoding. They never change.
func TestGolden(t *testing.T) {
	t.Parallel()
	first := evidence.Event{Stream: issue, N: 1, Type: "issue.reported", Schema: 1, Body: []byte(`{"note":"泥"}`)}
	second, err := first.Head().Next(issue, "issue.assigned", 1, map[string]int{"unit": 7})
	if err != nil {
		t.Fatal(err)
	}
	salt := []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	var tree evidence.MerkleTree
	empty := tree.Root().String()
	add(t, &tree, issue, second.Head())
	one := tree.Root().String()
	add(t, &tree, evidence.Stream{Kind: "issue", ID: "0190"}, evidence.Head{N: 1, Hash: first.Hash()})
	add(t, &tree, evidence.Stream{Kind: "user", ID: "1"}, evidence.Head{N: 3})
	checkpoint := evidence.Checkpoint{
		Schema: 1, Date: "2026-11-24", Events: 42, Streams: tree.Streams(), Root: tree.Root(),
		MadeAt: time.Date(2026, 11, 25, 0, 0, 0, 1_000_000, time.FixedZone("", 8*3600)),
	}
	sum, err := checkpoint.Hash()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ what, got, want string }{
		{"first event", first.Hash().String(), "5bbc8af11e33f77ed3080ef14beaa06abeb4e530734ad5446f317ad585e800bc"},
		{"second event", second.Hash().String(), "47ba7b94973313c461a957ed9a7633ac37ff7bd9593ed79da05264249505739e"},
		{"seal", evidence.Seal("phone", "13800000000", salt), "sha256:65beeaec83ca17e5b61f6679961f7931842a4f0792dd0f61b5c18ab05e3ab490"},
		{"root of none", empty, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"root of one", one, "958711a97770c516c4cf2be1717cc672df6ddc04f27f5fef1edbe6259c471feb"},
		{"root of three", tree.Root().String(), "c03d5236b8f3d913523c435bde10f96460b1e02bc523e42c98cac44c34b6ae52"},
		{"checkpoint", sum.String(), "971479d77ca14ee99c6005aff4c9995506dffb5ef4b91fd55e1370c80bda3dff"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, c.got, c.want)
		}
	}
}

func add(t *testing.T, tree *evidence.MerkleTree, s evidence.Stream, h evidence.Head) {
	t.Helper()
	if err := tree.Add(s, h); err != nil {
		t.Fatal(err)
	}
}

func TestVerifyWholeChain(t *testing.T) {
	t.Parallel()
	for n := range 5 {
		events, head := chain(t, issue, n, 1)
		if got := evidence.Verify(issue, slices.Values(events), head); len(got) != 0 {
			t.Errorf("%d events: got %v, want nothing", n, got)
		}
	}
}

func TestVerifyNamesTheFault(t *testing.T) {
	t.Parallel()
	type events = []evidence.RecordedEvent
	other := evidence.Stream{Kind: "issue", ID: "0190"}
	for _, c := range []struct {
		name   string
		tamper func(events) events
		want   string // fault, number
	}{
		{"body", func(e events) events { e[1].Body = []byte(`{"n":9}`); return e }, "event.changed 2"},
		{"body and its hash", func(e events) events { e[1].Body = []byte(`{}`); e[1].Hash = e[1].Event.Hash(); return e }, "event.unlinked 3"},
		{"last body and its hash", func(e events) events { e[3].Body = []byte(`{}`); e[3].Hash = e[3].Event.Hash(); return e }, "head.differs 4"},
		{"type", func(e events) events { e[2].Type = "issue.fixed"; return e }, "event.changed 3"},
		{"schema", func(e events) events { e[2].Schema++; return e }, "event.changed 3"},
		{"stream", func(e events) events { e[2].Stream = other; return e }, "event.misplaced 3, event.missing 3"},
		{"one deleted", func(e events) events { return slices.Delete(e, 1, 2) }, "event.missing 2"},
		{"first deleted", func(e events) events { return e[1:] }, "event.missing 1"},
		{"tail cut", func(e events) events { return e[:3] }, "tail.cut 4"},
		{"all gone", func(events) events { return nil }, "tail.cut 1"},
		{"twice", func(e events) events { return slices.Insert(e, 2, e[1]) }, "event.misplaced 2"},
		{"grown", func(e events) events {
			next, _ := e[3].Head().Next(issue, "x", 1, nil)
			return append(e, evidence.RecordedEvent{Event: next, Hash: next.Hash()})
		}, "tail.grown 5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			all, head := chain(t, issue, 4, 1)
			var got []string
			for _, f := range evidence.Verify(issue, slices.Values(c.tamper(all)), head) {
				got = append(got, fmt.Sprintf("%s %d", f.Fault, f.N))
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestFindingReads(t *testing.T) {
	t.Parallel()
	all, head := chain(t, issue, 3, 1)
	got := fmt.Sprint(evidence.Verify(issue, slices.Values(all[:1]), head))
	if want := "[tail.cut: issue/018f, event 2: the chain ends at event 1, its head says 3]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Any one bit of anything that is recorded: Verify finds it.
func TestEveryBitCounts(t *testing.T) {
	t.Parallel()
	flip := func(s string, i int, bit byte) string {
		b := []byte(s)
		b[i] ^= 1 << bit
		return string(b)
	}
	for i := range 3 {
		for bit := range byte(8) {
			tampers := map[string]func(e *evidence.RecordedEvent){
				"n":      func(e *evidence.RecordedEvent) { e.N ^= 1 << bit },
				"schema": func(e *evidence.RecordedEvent) { e.Schema ^= 1 << bit },
				"kind":   func(e *evidence.RecordedEvent) { e.Stream.Kind = flip(e.Stream.Kind, 0, bit) },
				"id":     func(e *evidence.RecordedEvent) { e.Stream.ID = flip(e.Stream.ID, 3, bit) },
			}
			for at := range 32 {
				tampers[fmt.Sprint("prev ", at)] = func(e *evidence.RecordedEvent) { e.Prev[at] ^= 1 << bit }
				tampers[fmt.Sprint("hash ", at)] = func(e *evidence.RecordedEvent) { e.Hash[at] ^= 1 << bit }
			}
			all, head := chain(t, issue, 3, 1)
			for at := range all[i].Type {
				tampers[fmt.Sprint("type ", at)] = func(e *evidence.RecordedEvent) { e.Type = flip(e.Type, at, bit) }
			}
			for at := range all[i].Body {
				tampers[fmt.Sprint("body ", at)] = func(e *evidence.RecordedEvent) { e.Body = []byte(flip(string(e.Body), at, bit)) }
			}
			for what, tamper := range tampers {
				changed := slices.Clone(all)
				tamper(&changed[i])
				if len(evidence.Verify(issue, slices.Values(changed), head)) == 0 {
					t.Errorf("event %d, %s, bit %d: not found", i+1, what, bit)
				}
			}
		}
	}
}

// No letter can move from one part of an event to the next.
func TestHashIsUnambiguous(t *testing.T) {
	t.Parallel()
	seen := map[evidence.Digest]string{}
	const letters = "abcd"
	for i := range len(letters) + 1 {
		for j := i; j <= len(letters); j++ {
			for k := j; k <= len(letters); k++ {
				e := evidence.Event{Stream: evidence.Stream{Kind: letters[:i], ID: letters[i:j]}, Type: letters[j:k], Body: []byte(letters[k:])}
				if was, ok := seen[e.Hash()]; ok {
					t.Errorf("%+v has the hash of %s", e, was)
				}
				seen[e.Hash()] = fmt.Sprintf("%+v", e)
			}
		}
	}
}

func TestSeal(t *testing.T) {
	t.Parallel()
	salt, other := evidence.NewSalt(), evidence.NewSalt()
	if bytes.Equal(salt, other) || len(salt) != evidence.SaltSize {
		t.Fatalf("got salts %x and %x", salt, other)
	}
	seal := evidence.Seal("phone", "138", salt)
	for _, c := range []struct {
		field, text string
		salt        []byte
		want        bool
	}{
		{"phone", "138", salt, true}, {"phone", "138", other, false}, {"name", "138", salt, false},
		{"phone", "139", salt, false}, {"phone1", "38", salt, false}, {"phone", "138", nil, false},
	} {
		if got := evidence.SealMatches(seal, c.field, c.text, c.salt); got != c.want {
			t.Errorf("%s %s %x: got %v, want %v", c.field, c.text, c.salt, got, c.want)
		}
	}
}

func TestDigestHasOneSpelling(t *testing.T) {
	t.Parallel()
	want := evidence.Digest(sha256.Sum256(nil))
	text := want.String()
	var got evidence.Digest
	if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	for _, bad := range []string{"", text[1:], text + "0", text + text, strings.ToUpper(text), "g" + text[1:]} {
		if err := got.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q: want an error", bad)
		}
	}
	if got != want {
		t.Error("a refused text changed the digest")
	}
}

func BenchmarkHash(b *testing.B) {
	e := evidence.Event{Stream: issue, N: 1, Type: "issue.reported", Schema: 1, Body: bytes.Repeat([]byte("x"), 1000)}
	for b.Loop() {
		e.Hash()
	}
}
