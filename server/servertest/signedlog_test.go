package servertest_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	record "spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/signedlog"
	"spotcheck/server/config"
	"spotcheck/server/servertest"
	"spotcheck/server/store"
)

type signedCheckpoint struct {
	Origin, Root, Note, Key string
	Size                    int64
}

// opened is the checkpoint as its own key reads it.
func (c *signedCheckpoint) opened(t *testing.T) signedlog.Checkpoint {
	t.Helper()
	key, err := signedlog.ParseVerifierKey(c.Key)
	if err != nil {
		t.Fatalf("%q: %v", c.Key, err)
	}
	read, err := signedlog.Open([]byte(c.Note), []ed25519.PublicKey{key})
	if err != nil || read.Size != c.Size || read.Origin != c.Origin || hex.EncodeToString(read.Root[:]) != c.Root {
		t.Fatalf("got %+v, %v of %+v", read, err, c)
	}
	return read
}

func signsLog(s *servertest.Server) (c signedCheckpoint) {
	s.As("admin").Do(http.MethodPut, "/api/v1/log/checkpoint", nil).Want(http.StatusOK).Into(&c)
	return c
}

func logHash(t *testing.T, text string) (h tlog.Hash) {
	t.Helper()
	if n, err := hex.Decode(h[:], []byte(text)); err != nil || n != len(h) {
		t.Fatalf("%q is no hash", text)
	}
	return h
}

// TestTheLogProvesEveryEvent checks what the doors give with the library alone.
func TestTheLogProvesEveryEvent(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		const at = "/api/v1/log/checkpoint"
		lin.Do(http.MethodGet, at, nil).WantProblem(404, "log.unsigned", "later")
		id := lin.ReportsMud()
		first := signsLog(s)
		before := first.opened(t)
		if again := signsLog(s); again != first {
			t.Errorf("nothing happened, and it is signed anew: %+v, %+v", again, first)
		}
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		var events struct{ Events []struct{ Seq int64 } }
		office.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/events", nil).Want(200).Into(&events)
		last := events.Events[len(events.Events)-1].Seq
		proofAt := func(seq int64) string { return fmt.Sprintf("/api/v1/log/events/%d/proof", seq) }
		office.Do(http.MethodGet, proofAt(last), nil).WantProblem(404, "log.not-yet", "later")
		second := signsLog(s)
		now := second.opened(t)
		if now.Size <= before.Size || now.Origin != before.Origin || now.Size < last {
			t.Fatalf("%+v does not go on after %+v", now, before)
		}
		var kept signedCheckpoint
		if s.As("stranger").Do(http.MethodGet, at, nil).Want(200).Into(&kept); kept != second {
			t.Errorf("got %+v, want %+v", kept, second)
		}

		var p struct{ Hashes []string }
		s.As("stranger").Do(http.MethodGet, fmt.Sprintf("/api/v1/log/consistency?from=%d&to=%d", before.Size, now.Size), nil).Want(200).Into(&p)
		var tree tlog.TreeProof
		for _, text := range p.Hashes {
			tree = append(tree, logHash(t, text))
		}
		if err := tlog.CheckTree(tree, now.Size, now.Root, before.Size, before.Root); err != nil {
			t.Error(err)
		}
		for _, sizes := range []string{"from=5&to=4", fmt.Sprintf("from=1&to=%d", now.Size+1000)} {
			office.Do(http.MethodGet, "/api/v1/log/consistency?"+sizes, nil).WantProblem(422, "log.sizes", "never")
		}

		for seq := int64(1); seq <= now.Size; seq++ {
			var p struct {
				Checkpoint signedCheckpoint
				Seq        int64
				Hash       string
				Steps      []struct{ Hash string }
			}
			s.As("admin").Do(http.MethodGet, proofAt(seq), nil).Want(200).Into(&p)
			event, proof := logHash(t, p.Hash), tlog.RecordProof{}
			for _, step := range p.Steps {
				proof = append(proof, logHash(t, step.Hash))
			}
			if err := tlog.CheckRecord(proof, now.Size, now.Root, seq-1, tlog.RecordHash(event[:])); err != nil || p.Seq != seq || p.Checkpoint != second {
				t.Fatalf("event %d: %+v, %v", seq, p, err)
			}
		}
		office.Do(http.MethodGet, proofAt(last), nil).Want(200)
		for _, who := range []string{"stranger", "office"} { // 1 is of a register, which neither may see; last is an issue that one may
			s.As(who).Do(http.MethodGet, proofAt(1), nil).WantProblem(404, "not-found", "never")
		}
		s.As("stranger").Do(http.MethodGet, proofAt(last), nil).WantProblem(404, "not-found", "never")
		s.As("office").Do(http.MethodPut, at, nil).WantProblem(403, "forbidden", "never")
		s.Audit()
	})
}

// TestTwoCopiesKeepOneLog lets two copies append and sign at once.
func TestTwoCopiesKeepOneLog(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		if !s.Postgres() {
			return // a folder is one process's
		}
		other := s.Copy()
		s.As("lin").ReportsMud()
		for range 4 {
			s.As("lin").ReportsMud()
			failed := make(chan error, 2)
			for _, one := range []*servertest.Server{s, other} {
				go func() { _, err := one.Core.Ledger.SignLog(context.Background()); failed <- err }()
			}
			for range 2 {
				if err := <-failed; err != nil {
					t.Fatal(err)
				}
			}
		}
		s.Audit()
	})
}

// forger has the database and the folder, and no key.
type forger struct{ s *servertest.Server }

// rewrites changes an event of the record with all that follows from it: its chain, its head, and the tree of the log.
func (f *forger) rewrites(t *testing.T, stream record.Stream, n int64, change func(map[string]any)) {
	t.Helper()
	f.breaks(t, stream, n, change)
	f.s.SQL("DELETE FROM log_hash")
	if err := f.s.Core.Ledger.AppendLog(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// breaks does the same and leaves the tree.
func (f *forger) breaks(t *testing.T, stream record.Stream, n int64, change func(map[string]any)) {
	t.Helper()
	var events []store.RecordedEvent
	if err := f.s.Core.Store.Read(t.Context(), func(ctx context.Context, tx *store.Tx) (err error) {
		events, err = tx.Events(ctx, stream, 0, 1000)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	head := record.Head{}
	for _, e := range events {
		var body map[string]any
		if err := json.Unmarshal(e.Body, &body); err != nil {
			t.Fatal(err)
		}
		if e.N == n {
			change(body)
		}
		next, err := head.Next(stream, e.Type, e.Schema, body)
		if err != nil {
			t.Fatal(err)
		}
		head = next.Head()
		f.s.SQL("UPDATE event SET body = ?, prev = ?, hash = ? WHERE seq = ?", string(next.Body), next.Prev[:], head.Hash[:], e.Seq)
	}
	f.s.SQL("UPDATE stream SET hash = ? WHERE kind = ? AND name = ?", head.Hash[:], stream.Kind, stream.ID)
}

// TestRewrittenHistoryIsFound changes who said something, with the chain, the heads and the tree of the log made to fit: the rest of an audit finds
// nothing wrong then, and the signature does.
func TestRewrittenHistoryIsFound(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, comment := s.As("lin"), inspect.NewID()
		id := lin.ReportsMud()
		lin.ActsAs(id, comment, "comment", M{"note": "泥"}).Want(http.StatusCreated)
		s.As("office").Assigns(id, "longhua-sanitation", 8*time.Hour)
		outside := signsLog(s)
		s.As("crew").Fixes(id)
		signsLog(s)
		s.Audit()
		f := &forger{s}
		stream := store.IssueStream(id)
		wants := func(name string, against []byte, want ...finding) {
			t.Helper()
			wrong, _ := s.Findings(against)
			for _, w := range want {
				found := false
				for _, got := range wrong {
					found = found || w.of(got)
				}
				if !found {
					t.Errorf("%s: %q about %q is not among %v", name, w.detail, w.subject, wrong)
				}
			}
			if len(want) == 0 && len(wrong) > 0 {
				t.Errorf("%s: the audit says %v", name, wrong)
			}
		}

		f.breaks(t, stream, 2, func(body map[string]any) { body["sent_at"] = body["at"] })
		wants("an event with its chain", nil, finding{stream.String(), "the log holds another event under the number"}, finding{"log", "does not hold"})
		f.rewrites(t, stream, 2, func(map[string]any) {})
		wants("the tree too", nil, finding{"log", "does not hold: over the first"})
		wants("the tree too, against a checkpoint that was kept", []byte(outside.Note), finding{"log", "the outside checkpoint does not hold"})
		s.As("admin").Do(http.MethodPut, "/api/v1/log/checkpoint", nil).WantProblem(409, "log.forked", "never")
		if err := s.Core.Daily(t.Context()); err == nil || !strings.Contains(err.Error(), "log of the day") {
			t.Errorf("the round of the day signs what was forked: %v", err)
		}

		kept := s.Texts("SELECT note FROM log_checkpoint ORDER BY size")
		s.SQL("UPDATE log_checkpoint SET note = ? WHERE note = ?", resigned(t, kept[1]), kept[1])
		wants("signed by another key", nil, finding{"log", "signed by none of the known keys"})
		s.SQL("UPDATE log_checkpoint SET note = ? WHERE size = ?", strings.Replace(kept[1], kept[1][len(kept[1])-8:len(kept[1])-4], "AAAA", 1), signedSize(t, kept[1]))
		wants("a signature of nothing", nil, finding{"log", "does not have the signature of its text"})
		s.SQL("DELETE FROM log_checkpoint")
		wants("no checkpoint is left, and nobody kept one", nil)
		wants("no checkpoint is left", []byte(outside.Note), finding{"log", "the outside checkpoint does not hold"})
	})
}

// resigned is a checkpoint under a key of somebody else.
func resigned(t *testing.T, note string) string {
	t.Helper()
	c, err := signedlog.Parse([]byte(note))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := c.Sign(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

func signedSize(t *testing.T, note string) int64 {
	t.Helper()
	c, err := signedlog.Parse([]byte(note))
	if err != nil {
		t.Fatal(err)
	}
	return c.Size
}

// TestTheTreeOfTheLogIsHeldAgainstTheRecord changes what is stored of the log.
func TestTheTreeOfTheLogIsHeldAgainstTheRecord(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin").ReportsMud()
		signsLog(s)
		v := s.Tampers()
		last := s.Texts("SELECT max(id) FROM log_hash")[0]
		for name, tt := range map[string]struct{ table, set, where, want string }{
			"a leaf":                   {"log_hash", "hash = (SELECT o.hash FROM log_hash o WHERE o.id = 2)", "id = 1", "the log holds another event"},
			"a node":                   {"log_hash", "hash = (SELECT o.hash FROM log_hash o WHERE o.id = 2)", "id = 3", "hashes of the tree are not those"},
			"the end":                  {"log_hash", "", "id > 4 AND id <= " + last, ""},
			"a hash in the middle":     {"log_hash", "", "id = 3", "hashes of the tree are not those"},
			"the size of a checkpoint": {"log_checkpoint", "size = size + 1", "id > 0", "is kept as one of"},
		} {
			if tt.set == "" {
				v.Deletes(tt.table, tt.where)
			} else {
				v.Changes(tt.table, tt.set, tt.where)
			}
			wrong, _ := s.Findings(nil)
			v.Restore()
			found := tt.want == "" && len(wrong) == 0
			for _, f := range wrong {
				found = found || tt.want != "" && strings.Contains(f.Detail, tt.want)
			}
			if !found {
				t.Errorf("%s: the audit says %v, want %q", name, wrong, tt.want)
			}
		}
		s.Audit()
	})
}

// TestTheLogIsSignedByOneKeyAfterTheOther changes the key: nothing is signed until the one before it is named.
func TestTheLogIsSignedByOneKeyAfterTheOther(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin").ReportsMud()
		first := signsLog(s)
		restarts := func(change func(*config.Config)) {
			s.Stop()
			change(&s.Config)
			s.Start()
		}
		restarts(func(c *config.Config) {
			c.LogKey = config.Secret(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))))
		})
		s.As("lin").ReportsMud()
		s.As("admin").Do(http.MethodPut, "/api/v1/log/checkpoint", nil).WantProblem(409, "log.other-key", "never")
		var kept signedCheckpoint
		if s.As("lin").Do(http.MethodGet, "/api/v1/log/checkpoint", nil).Want(200).Into(&kept); kept.Note != first.Note || kept.Key != "" {
			t.Errorf("got %+v, want %+v without a key", kept, first)
		}
		if wrong, _ := s.Findings(nil); len(wrong) != 1 || !strings.Contains(wrong[0].Detail, "signed by none of the known keys") {
			t.Errorf("the audit says %v", wrong)
		}
		old, err := signedlog.ParseVerifierKey(first.Key)
		if err != nil {
			t.Fatal(err)
		}
		restarts(func(c *config.Config) { c.LogKeys = []ed25519.PublicKey{old} })
		if second := signsLog(s); second.Key == first.Key || second.Size <= first.Size {
			t.Errorf("got %+v after %+v", second, first)
		}
		s.Audit()
		if s.Postgres() {
			return
		}
		restarts(func(c *config.Config) { // the key is lost
			c.LogKey, c.LogKeys = "", nil
			if err := os.Remove(filepath.Join(c.Data, "log.key")); err != nil {
				t.Fatal(err)
			}
		})
		if _, err := os.Stat(filepath.Join(s.Config.Data, "log.key")); err == nil {
			t.Error("another key was made for a log that was signed")
		}
		s.As("admin").Do(http.MethodPut, "/api/v1/log/checkpoint", nil).WantProblem(409, "log.no-key", "never")
		wrong, noted := s.Findings(nil)
		if len(wrong) > 0 || len(noted) == 0 {
			t.Errorf("without a key the audit says %v, %v", wrong, noted)
		}
	})
}

func TestTheKeyOfTheLogIsForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	info, err := os.Stat(filepath.Join(s.Config.Data, "log.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info, err)
	}
}
