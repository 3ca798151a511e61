package signedlog_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/signedlog"
)

// rfc6962 are the eight records of the test vectors of Certificate Transparency (RFC 6962), and the roots over the first 1 to 8 of them.
var rfc6962 = []struct{ record, root string }{
	{"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
	{"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
	{"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
	{"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
	{"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
	{"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
	{"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
	{"606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
}

// store is a tree in memory.
type store []tlog.Hash

func (s *store) ReadHashes(indexes []int64) (all []tlog.Hash, err error) {
	for _, n := range indexes {
		if n >= int64(len(*s)) {
			return nil, fmt.Errorf("there is no hash %d of %d", n, len(*s))
		}
		all = append(all, (*s)[n])
	}
	return all, nil
}

// grown is a tree over so many leaves, each of which is its number.
func grown(t *testing.T, size int64) *store {
	t.Helper()
	s, f := &store{}, &signedlog.Frontier{}
	for n := range size {
		*s = append(*s, f.Append(leaf(n))...)
	}
	return s
}

func leaf(n int64) tlog.Hash { return tlog.RecordHash(fmt.Append(nil, n)) }

func TestTheTreeIsThatOfRFC6962(t *testing.T) {
	t.Parallel()
	f := &signedlog.Frontier{}
	if got := hex.EncodeToString(hashBytes(f.Root())); got != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("the root over nothing is %s", got)
	}
	for n, v := range rfc6962 {
		record, err := hex.DecodeString(v.record)
		if err != nil {
			t.Fatal(err)
		}
		f.Append(tlog.RecordHash(record))
		if got := hex.EncodeToString(hashBytes(f.Root())); got != v.root || f.Size() != int64(n+1) {
			t.Errorf("%d records: got %s, want %s", f.Size(), got, v.root)
		}
	}
}

func hashBytes(h tlog.Hash) []byte { return h[:] }

// TestAFrontierGrowsAsTheLibraryStores holds each hash against that of the library, and goes on from every size.
func TestAFrontierGrowsAsTheLibraryStores(t *testing.T) {
	t.Parallel()
	const most = 300
	s, f := &store{}, &signedlog.Frontier{}
	for n := range int64(most) {
		if got := signedlog.SizeOf(int64(len(*s)) - 1); got != n {
			t.Fatalf("%d hashes: got the size %d, want %d", len(*s), got, n)
		}
		want, err := tlog.StoredHashesForRecordHash(n, leaf(n), s)
		if err != nil {
			t.Fatal(err)
		}
		got := f.Append(leaf(n))
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("leaf %d: got %v, want %v", n, got, want)
		}
		*s = append(*s, got...)
		root, err := tlog.TreeHash(n+1, s)
		if err != nil || f.Root() != root {
			t.Fatalf("size %d: got %s, want %s, %v", n+1, f.Root(), root, err)
		}
		if f, err = signedlog.ReadFrontier(n+1, s); err != nil || f.Root() != root || f.Size() != n+1 {
			t.Fatalf("size %d read again: got %v, %v", n+1, f, err)
		}
	}
}

// TestEveryProofLeadsToItsRoot goes the way of every proof of every leaf by the sides that are said, as the script of a case file does.
func TestEveryProofLeadsToItsRoot(t *testing.T) {
	t.Parallel()
	const most = 70
	s := grown(t, most)
	for size := int64(1); size <= most; size++ {
		want, err := tlog.TreeHash(size, s)
		if err != nil {
			t.Fatal(err)
		}
		for n := range size {
			proof, err := tlog.ProveRecord(size, n, s)
			if err != nil {
				t.Fatal(err)
			}
			root := leaf(n)
			for step, left := range signedlog.LeftSteps(size, n, len(proof)) {
				if left {
					root = tlog.NodeHash(proof[step], root)
				} else {
					root = tlog.NodeHash(root, proof[step])
				}
			}
			if root != want {
				t.Fatalf("leaf %d of %d leads to %s, want %s", n, size, root, want)
			}
		}
	}
}

// key is a key that is the same in every run.
func key(fill byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune(fill)), ed25519.SeedSize)))
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

func TestACheckpointIsSignedAndRead(t *testing.T) {
	t.Parallel()
	c := signedlog.Checkpoint{Origin: signedlog.Origin(leaf(0)), Size: 7, Root: leaf(7)}
	signed, err := c.Sign(key('a'))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(signed), "\n")
	if len(lines) != 6 || lines[0] != c.Origin || lines[1] != "7" || len(lines[2]) != 44 || lines[3] != "" ||
		!strings.HasPrefix(lines[4], "— "+c.Origin+" ") || lines[5] != "" {
		t.Errorf("got %q", lines)
	}
	for name, tt := range map[string]struct {
		keys []ed25519.PublicKey
		want error
	}{
		"its key": {[]ed25519.PublicKey{public(key('a'))}, nil}, "a later key too": {[]ed25519.PublicKey{public(key('b')), public(key('a'))}, nil},
		"another key": {[]ed25519.PublicKey{public(key('b'))}, signedlog.ErrUnknownKey}, "no key": {nil, signedlog.ErrUnknownKey},
	} {
		if got, err := signedlog.Open(signed, tt.keys); !errors.Is(err, tt.want) || got != c {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	if got, err := signedlog.Parse(signed); err != nil || got != c {
		t.Errorf("got %v, %v", got, err)
	}
	for _, changed := range []string{strings.Replace(string(signed), "\n7\n", "\n8\n", 1), strings.Replace(string(signed), lines[2], lines[2][1:2]+lines[2][1:], 1)} {
		if _, err := signedlog.Open([]byte(changed), []ed25519.PublicKey{public(key('a'))}); !errors.Is(err, signedlog.ErrSignature) {
			t.Errorf("%q: got %v", changed, err)
		}
	}
}

func TestKeysAreWrittenForOthers(t *testing.T) {
	t.Parallel()
	text, err := signedlog.VerifierKey("spotcheck/01", public(key('a')))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := signedlog.ParseVerifierKey(text); err != nil || !got.Equal(public(key('a'))) {
		t.Errorf("%s: got %x, %v", text, got, err)
	}
	for _, wrong := range []string{"", "a", text[1:], text + "A", strings.Replace(text, "+", "-", 1)} {
		if got, err := signedlog.ParseVerifierKey(wrong); err == nil {
			t.Errorf("%q: got %x", wrong, got)
		}
	}
}

// TestOpensslChecksASignature checks a checkpoint with what every machine has.
func TestOpensslChecksASignature(t *testing.T) {
	t.Parallel()
	c := signedlog.Checkpoint{Origin: "spotcheck/01", Size: 3, Root: leaf(1)}
	signed, err := c.Sign(key('a'))
	if err != nil {
		t.Fatal(err)
	}
	p, err := signedlog.PEM(public(key('a')))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, b := range map[string][]byte{"key.pem": p, "checkpoint": signed} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check := exec.CommandContext(t.Context(), "sh", "-ec", `sed '/^$/,$d' checkpoint >text
		sed -n 's/^— .* //p' checkpoint | openssl base64 -d -A | tail -c 64 >signature
		openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in text -sigfile signature`)
	check.Dir = dir
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("openssl says %s, %v", out, err)
	}
}

func TestALeafIsTheHashOfAnEvent(t *testing.T) {
	t.Parallel()
	e := evidence.Event{Stream: evidence.Stream{Kind: "issue", ID: "018f"}, N: 1, Type: "x", Schema: 1, Body: []byte(`{}`)}
	hash := e.Hash()
	if got, want := signedlog.Leaf(hash), tlog.RecordHash(hash[:]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// FuzzParse reads anything as a signed checkpoint: what can be read says the same when it is signed again, and no key that did not sign is believed.
func FuzzParse(f *testing.F) {
	signed, err := signedlog.Checkpoint{Origin: "spotcheck/01", Size: 3, Root: leaf(1)}.Sign(key('a'))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(signed), "", "\n\n", "a\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— a AAAAAAE=\n",
		strings.Replace(string(signed), "\n3\n", "\n03\n", 1), strings.Replace(string(signed), "\n3\n", "\n-3\n", 1),
		strings.Replace(string(signed), "\n\n", "\nmore\n\n", 1), string(signed) + string(signed[strings.Index(string(signed), "—"):])} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := signedlog.Parse(raw)
		if err != nil {
			if !errors.Is(err, signedlog.ErrMalformed) || c != (signedlog.Checkpoint{}) {
				t.Errorf("got %+v, %v", c, err)
			}
			return
		}
		if _, err := signedlog.Open(raw, []ed25519.PublicKey{public(key('b'))}); err == nil {
			t.Errorf("%q is believed by a key that never signed", raw)
		}
		again, err := c.Sign(key('a'))
		if err != nil {
			return // the name of the log is none that may sign
		}
		if got, err := signedlog.Open(again, []ed25519.PublicKey{public(key('a'))}); err != nil || got != c {
			t.Errorf("%q: got %+v, %v, want %+v", raw, got, err, c)
		}
	})
}
