package servertest_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
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

// verifies runs verify.sh of an unpacked case file with a shell; ok says whether it found nothing wrong.
func verifies(t *testing.T, shell, folder string) (said string, ok bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), shell, filepath.Join(folder, "verify.sh"))
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
