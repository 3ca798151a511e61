package servertest_test

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/signedlog"
	"spotcheck/server/servertest"
)

// unpack writes what is in a ZIP into a folder of its own.
func unpack(t *testing.T, b []byte) (folder string) {
	t.Helper()
	folder = t.TempDir()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(folder, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// verifies runs verify.sh of an unpacked case file with a shell, under the key that lies there or another one; ok says whether it found nothing wrong.
func verifies(t *testing.T, shell, folder string, key ...string) (said string, ok bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), shell, append([]string{filepath.Join(folder, "verify.sh")}, key...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LANG=zh_CN.UTF-8"}
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// shells are those that are here: the script runs with each.
func shells() (all []string) {
	for _, name := range []string{"sh", "dash", "bash"} {
		if _, err := exec.LookPath(name); err == nil {
			all = append(all, name)
		}
	}
	return all
}

// caseWithCourse is an issue whose course goes over a checkpoint, and the other that was merged into it.
func caseWithCourse(t *testing.T, s *servertest.Server) (id, other inspect.ID) {
	t.Helper()
	lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
	id, other = lin.ReportsMud(), lin.ReportsMud()
	office.Assigns(id, "longhua-sanitation", 8*time.Hour)
	if _, err := s.Core.Ledger.TakeCheckpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	crew.Acts(id, "ask_extension", M{"reason": `需"夜间"封路清运 \ ,"hash":"0"}`, "until": s.Now().Add(9 * time.Hour).UTC().Format(time.RFC3339Nano)}).Want(201)
	office.Acts(id, "decide_extension", M{"answer": "refuse", "reason": "人手够"}).Want(201)
	crew.Fixes(id)
	s.As("wang").Verifies(id, "pass")
	s.Drain()
	return id, other
}

// TestACaseFileProvesItself checks a real export with its own script in every shell that is here, and finds every byte that is changed.
func TestACaseFileProvesItself(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		id, _ := caseWithCourse(t, s)
		number := s.As("office").Issue(id).Number
		whole := s.As("office").Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/casefile.zip", nil).Want(http.StatusOK).Body
		folder := unpack(t, whole)
		for _, shell := range shells() {
			said, ok := verifies(t, shell, folder)
			if !ok || !strings.Contains(said, "通过 OK") || !strings.Contains(said, number+": ") || !strings.Contains(said, "的检查点内") {
				t.Errorf("%s says %s", shell, said)
			}
		}
		originals, err := filepath.Glob(filepath.Join(folder, number, "photos", "*"))
		if err != nil || len(originals) < 2 {
			t.Fatalf("got the originals %v, %v", originals, err)
		}
		for _, name := range []string{number + "/case-" + number + ".pdf", number + "/record.jsonl", number + "/proof.txt", "index.html", "checkpoint.json",
			"SHA256SUMS", "verify.sh", number + "/photos/" + filepath.Base(originals[0])} {
			path := filepath.Join(folder, filepath.FromSlash(name))
			was, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range []int{len(was) / 3, len(was) - 2} {
				changed := slices.Clone(was)
				if changed[at] ^= 1; name == "verify.sh" { // in its first comment, so that it still runs
					changed = bytes.Replace(was, []byte("It needs"), []byte("It needz"), 1)
				}
				rewrite(t, path, changed)
				if said, ok := verifies(t, "sh", folder); ok {
					t.Errorf("byte %d of %s was changed, and the script says %s", at, name, said)
				}
			}
			rewrite(t, path, was)
		}
		rewrite(t, filepath.Join(folder, number, "more.txt"), []byte("more"))
		if said, ok := verifies(t, "sh", folder); ok {
			t.Errorf("a file was put there, and the script says %s", said)
		}
		s.As("crew").Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/casefile.zip", nil).Want(http.StatusOK)
		s.As("stranger").Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/casefile.zip", nil).WantProblem(404, "issue.not-found", "later")
	})
}

func rewrite(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// relist makes the list of digests anew, as a forger would.
func relist(t *testing.T, folder string) {
	t.Helper()
	path := filepath.Join(folder, "SHA256SUMS")
	list, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for line := range strings.Lines(string(list)) {
		_, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		b, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		all.WriteString(hex.EncodeToString(sum[:]) + "  " + name + "\n")
	}
	rewrite(t, path, []byte(all.String()))
}

// TestAForgedCaseFileIsFound changes what the record says with a list of digests that fits: the chain, the photos and the checkpoint tell.
func TestAForgedCaseFileIsFound(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		id, _ := caseWithCourse(t, s)
		number := s.As("office").Issue(id).Number
		whole := s.As("office").Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/casefile.zip?lang=en", nil).Want(http.StatusOK).Body
		edit := func(name string, change func(string) string) func(string) {
			return func(folder string) {
				path := filepath.Join(folder, filepath.FromSlash(name))
				was, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				now := change(string(was))
				if now == string(was) {
					t.Fatalf("%s: nothing was changed", name)
				}
				rewrite(t, path, []byte(now))
			}
		}
		lines := func(text string) []string { return strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n") }
		for what, forge := range map[string]func(folder string){
			"a body":         edit(number+"/record.jsonl", func(text string) string { return strings.Replace(text, `"severity":"`, `"severity":"x`, 1) }),
			"the last event": edit(number+"/record.jsonl", func(text string) string { all := lines(text); return strings.Join(all[:len(all)-1], "") }),
			"one event":      edit(number+"/record.jsonl", func(text string) string { return strings.Join(slices.Delete(lines(text), 2, 3), "") }),
			"the order": edit(number+"/record.jsonl", func(text string) string {
				all := lines(text)
				all[1], all[2] = all[2], all[1]
				return strings.Join(all, "")
			}),
			"a step of the proof": edit(number+"/proof.txt", func(text string) string { return strings.Replace(text, "\nleft ", "\nright ", 1) }),
			"the day":             edit(number+"/proof.txt", func(text string) string { return strings.Replace(text, "\ncheckpoint 2", "\ncheckpoint 3", 1) }),
			"the root": edit("checkpoint.json", func(text string) string {
				at := strings.Index(text, `"root":"`) + 8
				return text[:at] + strings.Repeat("0", 64) + text[at+64:]
			}),
			"a photo": func(folder string) {
				originals, _ := filepath.Glob(filepath.Join(folder, number, "photos", "*"))
				rewrite(t, originals[0], servertest.NewPicture("report").Bytes)
			},
		} {
			folder := unpack(t, whole)
			forge(folder)
			relist(t, folder)
			if said, ok := verifies(t, "sh", folder); ok {
				t.Errorf("%s was forged, and the script says %s", what, said)
			}
		}
	})
}

// TestTheCaseFilesOfAFilter leave as one file for who may export, with those alone that they may see.
func TestTheCaseFilesOfAFilter(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		id, other := caseWithCourse(t, s)
		office := s.As("office")
		folder := unpack(t, office.Do(http.MethodGet, "/api/v1/casefiles.zip?status=verified&status=reported", nil).Want(http.StatusOK).Body)
		if said, ok := verifies(t, "sh", folder); !ok || strings.Count(said, "条事件 events") != 2 {
			t.Errorf("the script says %s", said)
		}
		for _, number := range []string{office.Issue(id).Number, office.Issue(other).Number} {
			if _, err := os.Stat(filepath.Join(folder, number, "record.jsonl")); err != nil {
				t.Error(err)
			}
		}
		if page, err := os.ReadFile(filepath.Join(folder, "index.html")); err != nil || !strings.Contains(string(page), "龙昆南路 88 号门前") {
			t.Errorf("the index says %s, %v", page, err)
		}
		one := unpack(t, office.Do(http.MethodGet, "/api/v1/casefiles.zip?status=verified", nil).Want(http.StatusOK).Body)
		if all, _ := filepath.Glob(filepath.Join(one, "*", "record.jsonl")); len(all) != 1 {
			t.Errorf("got %v, want the one that is closed", all)
		}
		s.As("lin").Do(http.MethodGet, "/api/v1/casefiles.zip", nil).WantProblem(403, "forbidden", "never")
		s.As("crew").Do(http.MethodGet, "/api/v1/casefiles.zip", nil).WantProblem(403, "forbidden", "never")
	})
}

// TestACaseFileProvesItselfUnderTheSignedLog checks the proof of the signed log with the script alone, under the key that lies in the file, the same from
// elsewhere, and another.
func TestACaseFileProvesItselfUnderTheSignedLog(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		id, _ := caseWithCourse(t, s)
		signed := signsLog(s)
		s.As("office").Acts(id, "comment", M{"note": "已归档"}).Want(http.StatusCreated) // after the signature
		number := s.As("office").Issue(id).Number
		folder := unpack(t, s.As("office").Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/casefile.zip", nil).Want(http.StatusOK).Body)
		read := func(name string) []byte {
			b, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		if got := string(read("log-checkpoint.txt")); got != signed.Note {
			t.Errorf("got %q, want %q", got, signed.Note)
		}
		if n := len(read(number+"/proof.txt")) + len(signed.Note) + len(read("log-key.pem")); n > 4096 {
			t.Errorf("the proof has %d bytes", n)
		}
		other := t.TempDir()
		rewrite(t, filepath.Join(other, "city.pem"), read("log-key.pem"))
		stranger, err := signedlog.PEM(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public().(ed25519.PublicKey))
		if err != nil {
			t.Fatal(err)
		}
		rewrite(t, filepath.Join(other, "stranger.pem"), stranger)
		for _, shell := range shells() {
			said, ok := verifies(t, shell, folder)
			if !ok || !strings.Contains(said, "条在签名的日志内") || !strings.Contains(said, "公布的公钥") {
				t.Errorf("%s says %s", shell, said)
			}
			if said, ok := verifies(t, shell, folder, filepath.Join(other, "city.pem")); !ok || strings.Contains(said, "公布的公钥") {
				t.Errorf("%s with the key of the city says %s", shell, said)
			}
			if said, ok := verifies(t, shell, folder, filepath.Join(other, "stranger.pem")); ok {
				t.Errorf("%s with the key of somebody else says %s", shell, said)
			}
		}
		// What is changed is found by the signature or the way to its root, also where the list of digests was made to fit.
		sums := string(read("SHA256SUMS"))
		for _, tt := range []struct{ name, from, to string }{
			{"log-checkpoint.txt", "\n\n", "\nmore\n\n"}, {"log-checkpoint.txt", "spotcheck/", "spotcheck-"},
			{"log-checkpoint.txt", fmt.Sprintf("\n%d\n", signed.Size), fmt.Sprintf("\n%d\n", signed.Size+1)},
			{number + "/proof.txt", "leaf ", "leaf 1"}, {number + "/proof.txt", lastStep(string(read(number + "/proof.txt"))), strings.Repeat("0", 64)},
		} {
			was := read(tt.name)
			changed := []byte(strings.Replace(string(was), tt.from, tt.to, 1))
			if bytes.Equal(changed, was) {
				t.Fatalf("%s has no %q", tt.name, tt.from)
			}
			rewrite(t, filepath.Join(folder, filepath.FromSlash(tt.name)), changed)
			before, after := sha256.Sum256(was), sha256.Sum256(changed)
			rewrite(t, filepath.Join(folder, "SHA256SUMS"), []byte(strings.Replace(sums, hex.EncodeToString(before[:]), hex.EncodeToString(after[:]), 1)))
			if said, ok := verifies(t, "sh", folder); ok {
				t.Errorf("%s with %q in place of %q: the script says %s", tt.name, tt.to, tt.from, said)
			}
			rewrite(t, filepath.Join(folder, filepath.FromSlash(tt.name)), was)
			rewrite(t, filepath.Join(folder, "SHA256SUMS"), []byte(sums))
		}
		if said, ok := verifies(t, "sh", folder); !ok {
			t.Errorf("put back, the script says %s", said)
		}
	})
}

// lastStep is the hash of the last line of a proof.
func lastStep(proof string) string {
	return strings.TrimSpace(proof[strings.LastIndexByte(proof, ' '):])
}
