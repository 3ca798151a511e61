package main

import (
	"encoding/base64"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"spotcheck/pkg/needs"
	"spotcheck/server/servertest"
)

// syscalls are those that a trace holds: what makes a file durable, and what tells a phone so.
const syscalls = "trace=fsync,fdatasync,rename,renameat,renameat2,write,pwrite64"

// call is a system call of a trace. From and to are lines: one that another thread interrupted ends later than it began.
type call struct {
	name, text string
	from, to   int
}

// traced runs the binary under strace, which writes what it sees to a file. The tracer is the child of its child, so
// that signals reach the server.
func traced(t *testing.T, dir, file string) *process {
	t.Helper()
	needs.Program(t, "strace")
	return start(t, dir, "strace", "-D", "-f", "-q", "-y", "-s", "8192", "-e", syscalls, "-e", "signal=none", "-o", file)
}

var callOf = regexp.MustCompile(`^(\d+) +(?:<\.\.\. )?(\w+)(\(| resumed>)(.*)$`)

// trace reads the calls that ended, in the order in which they began.
func trace(t *testing.T, file string) (all []*call) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	under := map[string]*call{} // by thread
	for n, line := range strings.Split(string(text), "\n") {
		m := callOf.FindStringSubmatch(line)
		switch {
		case m == nil:
		case m[3] == "(":
			c := &call{name: m[2], text: m[4], from: n, to: n}
			if strings.HasSuffix(line, "<unfinished ...>") {
				c.to = 1 << 30
				under[m[1]] = c
			}
			all = append(all, c)
		default:
			c := under[m[1]]
			c.text, c.to = c.text+m[4], n
		}
	}
	return all
}

// sought describes a call: any of the names, and all of the words in its arguments.
type sought struct {
	what  string
	names []string
	words []string
}

func (s sought) is(c *call) bool {
	for _, w := range s.words {
		if !strings.Contains(c.text, w) {
			return false
		}
	}
	for _, n := range s.names {
		if c.name == n {
			return true
		}
	}
	return false
}

var (
	syncs   = []string{"fsync", "fdatasync"}
	renames = []string{"rename", "renameat", "renameat2"}
	writes  = []string{"write", "pwrite64"}
)

// wantOrder fails unless for each of these calls there is one that began after the one before it had ended. It looks from
// the back: the answer first, then the last call before it that could be what made it true.
func wantOrder(t *testing.T, all []*call, steps ...sought) {
	t.Helper()
	before := 1 << 30
	for n := len(steps) - 1; n >= 0; n-- {
		var last *call
		for _, c := range all {
			if steps[n].is(c) && c.to < before {
				last = c
			}
		}
		if last == nil {
			t.Fatalf("before line %d of the trace there is no %s", before, steps[n].what)
		}
		before = last.from
	}
}

// stored are the steps by which bytes with a digest, or another name, come under their key.
func stored(folder, name string) []sought {
	return []sought{
		{"sync of the file of " + name, syncs, []string{"/photos/spool/"}},
		{"rename of " + name, renames, []string{"/photos/spool/", folder + "/" + name + `"`}},
		{"sync of the folder of " + name, syncs, []string{folder + ">"}},
	}
}

// recorded are the steps by which a page of the database with these words is committed.
func recorded(words ...string) []sought {
	return []sought{
		{"page with the row", writes, append([]string{"/spotcheck.db-wal>"}, words...)},
		{"sync of the log of the database", syncs, []string{"/spotcheck.db-wal>"}},
	}
}

func answered(status string, words ...string) sought {
	return sought{"answer " + status, writes, append([]string{`"HTTP/1.1 ` + status}, words...)}
}

// until are the calls that began before the first one of a kind.
func until(all []*call, s sought) []*call {
	for n, c := range all {
		if s.is(c) {
			return all[:n]
		}
	}
	return nil
}

// wantNone fails when there is such a call before the last one of another kind had ended.
func wantNone(t *testing.T, all []*call, s, before sought) {
	t.Helper()
	end := 0
	for _, c := range all {
		if before.is(c) {
			end = c.to
		}
	}
	for _, c := range all {
		if s.is(c) && c.from < end {
			t.Errorf("there is a %s in line %d, before the %s in line %d", s.what, c.from, before.what, end)
		}
	}
}

func TestAnAcknowledgedPhotoIsOnTheDisk(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "trace")
	p := traced(t, t.TempDir(), file)
	lin := servertest.At(t, p.address, firstAccount(t, p.out.String())).As("lin")
	id, pic := reportsOne(lin)
	lin.Upload(id, pic).Want(http.StatusCreated)
	lin.Upload(id, pic).Want(http.StatusOK)
	p.terminate(t)

	all, sum := trace(t, file), pic.SHA256()
	put, page := stored("/photos/blobs/photo/"+sum[:2], sum), recorded(sum, "photo.received")
	first, second := answered("201 Created", `\"`+sum+`\"`), answered("200 OK", `\"`+sum+`\"`)
	wantOrder(t, all, slices.Concat(put, page, []sought{first})...)
	wantNone(t, until(all, first), page[0], put[2])
	wantOrder(t, all, slices.Concat([]sought{first}, put, []sought{second})...)
}

func TestEveryPartOfAnUploadIsOnTheDisk(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "trace")
	p := traced(t, t.TempDir(), file)
	lin := servertest.At(t, p.address, firstAccount(t, p.out.String())).As("lin")
	id, pic := reportsOne(lin)
	b64 := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	at := lin.Send(http.MethodPost, "/api/v1/uploads", nil, http.Header{"Tus-Resumable": {"1.0.0"}, "Content-Type": {"application/offset+octet-stream"},
		"Upload-Length":   {strconv.Itoa(len(pic.Bytes))},
		"Upload-Metadata": {"issue " + b64(id.String()) + ",photo " + b64(pic.ID.String())}}).Want(http.StatusCreated).Header.Get("Location")
	half := len(pic.Bytes) / 2
	for n, part := range [][]byte{pic.Bytes[:half], pic.Bytes[half:]} {
		lin.Send(http.MethodPatch, at, part, http.Header{"Tus-Resumable": {"1.0.0"}, "Upload-Offset": {strconv.Itoa(n * half)},
			"Content-Type": {"application/offset+octet-stream"}}).Want(http.StatusNoContent)
	}
	p.terminate(t)

	all, sum := trace(t, file), pic.SHA256()
	key := "upload/" + path.Base(at)
	first, second := answered("204 No Content", "Upload-Offset: "+strconv.Itoa(half)), answered("204 No Content", "Upload-Offset: "+strconv.Itoa(len(pic.Bytes)))
	part := func(name string, answer sought) {
		t.Helper()
		put, page := stored("/photos/blobs/"+key, name), recorded(key+"/"+name)
		wantOrder(t, all, slices.Concat(put, page, []sought{answer})...)
		wantNone(t, all, page[0], put[1])
	}
	part("1-0", first)
	part("2-"+strconv.Itoa(half), second)
	put, page := stored("/photos/blobs/photo/"+sum[:2], sum), recorded(sum, "photo.received")
	wantOrder(t, all, slices.Concat([]sought{first}, put, page, []sought{second})...)
	wantNone(t, all, page[0], put[2])
}

// TestWhatAKilledServerWroteIsOnTheDiskBeforeItIsToldAgain kills a server: what it had committed may be in the memory of
// the system only, and the next one reads it. It has to be on the disk before anybody is answered from it.
func TestWhatAKilledServerWroteIsOnTheDiskBeforeItIsToldAgain(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	servertest.At(t, p.address, firstAccount(t, p.out.String())).As("lin").ReportsMud()
	p.dies(t)

	file := filepath.Join(t.TempDir(), "trace")
	traced(t, p.dir, file).terminate(t)
	all := trace(t, file)
	wantOrder(t, all, sought{"sync of the log of the database", syncs, []string{"/spotcheck.db-wal>"}}, sought{"greeting", writes, []string{"Spotcheck listens on"}})
}
