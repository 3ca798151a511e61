// Package server_test holds the map of who may import whom, and what else keeps the house in order. Change the tables
// first, with the reason.
package server_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

const module = "spotcheck/"

// imports says which packages of ours a package may import; tests may import more. It goes one way: cmd → app → httpapi → its
// packages of doors, jobs → core → its rooms → store, blob → pkg/inspect → pkg/fault, pkg/geo, pkg/calendar: the life of an issue counts its time.
var imports = map[string][]string{
	"pkg/fault":           {},
	"pkg/geo":             {},
	"pkg/calendar":        {"pkg/table"},
	"pkg/font":            {},
	"pkg/problem":         {"pkg/fault"},
	"pkg/strictjson":      {"pkg/fault"}, // names the fields that are wrong
	"pkg/evidence":        {"pkg/strictjson", "pkg/geo"},
	"pkg/signedlog":       {"pkg/evidence"}, // whose events are its leaves
	"pkg/draw":            {},
	"pkg/score":           {},
	"pkg/assessment":      {"pkg/inspect", "pkg/closure", "pkg/fault", "pkg/score"},
	"pkg/campaign":        {"pkg/inspect", "pkg/calendar", "pkg/fault"},
	"pkg/duty":            {"pkg/calendar"},
	"pkg/inspect":         {"pkg/fault", "pkg/geo", "pkg/calendar", "pkg/draw", "pkg/duty", "pkg/score"},
	"pkg/document":        {"pkg/fault"},
	"pkg/stablezip":       {},
	"pkg/casefile":        {"pkg/evidence", "pkg/inspect"}, // what proves an issue; the language of its index
	"pkg/closure":         {"pkg/inspect", "pkg/calendar", "pkg/fault"},
	"pkg/atlas":           {"pkg/geo", "pkg/inspect", "pkg/table"},
	"pkg/table":           {},
	"pkg/intake":          {"pkg/fault", "pkg/geo", "pkg/inspect", "pkg/table"},
	"pkg/photo":           {"pkg/fault", "pkg/font"},
	"pkg/paper":           {"pkg/font", "pkg/inspect", "pkg/evidence"}, // for the canonical form
	"pkg/photo/phototest": {"pkg/photo"},
	"pkg/needs":           {}, // tests of every floor ask it

	"server/config":            {"pkg/signedlog"}, // the form of public keys
	"server/secret":            {},
	"server/notify":            {},
	"server/notify/notifytest": {"server/notify"},
	"server/child":             {},
	"server/decoder":           {"pkg/photo", "server/child"},
	"server/tables":            {"pkg/table", "server/child"},
	"server/blob":              {},
	"server/blob/blobtest":     {"server/blob"},
	"server/blob/dirblob":      {"server/blob"},
	"server/blob/minioblob":    {"server/blob"},
	"server/store":             {"pkg/assessment", "pkg/campaign", "pkg/inspect", "pkg/evidence", "pkg/fault", "pkg/geo", "pkg/calendar", "pkg/closure", "pkg/draw", "pkg/duty", "pkg/score"},
	"server/store/storetest":   {"server/store", "pkg/inspect", "pkg/needs"},
	// The rooms of the office, from the ground up: each may import those above it in this list only.
	"server/core/city":   {"pkg/calendar", "pkg/evidence", "pkg/fault", "pkg/geo", "pkg/inspect", "pkg/table", "server/blob", "server/store"},
	"server/core/ledger": {"server/core/city", "pkg/evidence", "pkg/inspect", "pkg/signedlog", "server/blob", "server/store"},
	"server/core/issues": {"server/core/city", "pkg/calendar", "pkg/evidence", "pkg/fault", "pkg/geo", "pkg/inspect", "pkg/photo", "server/secret",
		"server/store"},
	"server/core/people": {"server/core/city", "server/core/ledger", "server/core/issues", "pkg/evidence", "pkg/fault", "pkg/inspect", "server/store"},
	"server/core/places": {"server/core/city", "server/core/ledger", "server/core/issues", "pkg/atlas", "pkg/calendar", "pkg/evidence", "pkg/fault", "pkg/geo",
		"pkg/inspect", "pkg/table", "server/store"},
	"server/core/duties": {"server/core/city", "server/core/ledger", "server/core/issues", "server/core/places", "pkg/calendar", "pkg/evidence",
		"pkg/fault", "pkg/inspect", "server/store"},
	"server/core/messages": {"server/core/city", "server/core/ledger", "server/core/issues", "server/core/duties", "pkg/calendar", "pkg/evidence",
		"pkg/fault", "pkg/inspect", "server/notify", "server/secret", "server/store"},
	"server/core/photos": {"server/core/city", "server/core/issues", "server/core/people", "server/core/places", "pkg/fault", "pkg/geo", "pkg/inspect",
		"pkg/photo", "server/blob", "server/store"},
	"server/core/figures": {"server/core/city", "server/core/ledger", "pkg/calendar", "pkg/closure", "pkg/evidence", "pkg/inspect", "server/store"},
	"server/core/publicity": {"server/core/city", "server/core/ledger", "server/core/issues", "server/core/messages", "server/core/photos",
		"server/core/figures", "pkg/evidence", "pkg/inspect", "pkg/photo", "server/blob", "server/store"},
	"server/core/workflow": {"server/core/city", "server/core/ledger", "server/core/issues", "server/core/people", "server/core/places",
		"server/core/duties", "server/core/messages", "server/core/photos", "server/core/figures", "server/core/publicity", "pkg/evidence",
		"pkg/fault", "pkg/geo", "pkg/inspect", "server/store"},
	"server/core/notices": {"server/core/city", "server/core/ledger", "server/core/issues", "server/core/messages", "server/core/photos", "pkg/evidence",
		"pkg/fault", "pkg/inspect", "pkg/paper", "pkg/photo", "server/blob", "server/store"},
	"server/core/intake": {"server/core/city", "server/core/ledger", "server/core/issues", "server/core/people", "server/core/places",
		"server/core/messages", "server/core/workflow", "server/core/notices", "pkg/calendar", "pkg/evidence", "pkg/fault", "pkg/geo", "pkg/inspect",
		"pkg/intake", "pkg/paper", "pkg/table", "server/secret", "server/store"},
	"server/core/reports": {"server/core/city", "server/core/ledger", "server/core/issues", "server/core/people", "server/core/places", "server/core/messages",
		"server/core/figures", "server/core/workflow", "server/core/notices", "pkg/calendar", "pkg/closure", "pkg/evidence", "pkg/fault",
		"pkg/inspect", "pkg/paper", "server/blob", "server/store"},
	"server/core/inspections": {"server/core/city", "server/core/ledger", "server/core/issues", "server/core/places", "server/core/messages", "server/core/workflow",
		"pkg/draw", "pkg/evidence", "pkg/fault", "pkg/geo", "pkg/inspect", "pkg/paper", "pkg/score", "pkg/table", "server/store"},
	"server/core/rounds": {"server/core/city", "server/core/ledger", "server/core/places", "server/core/figures", "pkg/calendar", "pkg/duty", "pkg/evidence", "pkg/fault",
		"pkg/inspect", "server/store"},
	"server/core/archive": {"server/core/city", "server/core/ledger", "server/core/issues", "server/core/photos", "server/core/places", "server/core/reports",
		"server/core/notices", "pkg/casefile", "pkg/document", "pkg/evidence", "pkg/fault", "pkg/inspect", "pkg/paper", "pkg/photo", "pkg/signedlog", "pkg/stablezip", "pkg/table",
		"server/blob", "server/store"},
	"server/core/campaigns": {"server/core/city", "server/core/ledger", "server/core/issues", "server/core/photos", "server/core/figures", "pkg/calendar",
		"pkg/campaign", "pkg/closure", "pkg/evidence", "pkg/fault", "pkg/inspect", "pkg/paper", "pkg/photo", "pkg/score", "server/blob", "server/store"},
	"server/core/assessments": {"server/core/city", "server/core/ledger", "server/core/issues", "server/core/figures", "pkg/assessment", "pkg/closure", "pkg/duty",
		"pkg/evidence", "pkg/inspect", "pkg/paper", "pkg/score", "server/store"},
	"server/core/todo": {"server/core/duties", "server/core/notices", "server/core/intake", "server/core/reports", "server/core/inspections", "pkg/calendar",
		"pkg/closure", "pkg/inspect",
		"server/store"},
	"server/core/audit": {"server/core/city", "server/core/ledger", "server/core/issues", "server/core/people", "server/core/places",
		"server/core/duties", "server/core/messages", "server/core/photos", "server/core/figures", "server/core/publicity", "server/core/workflow",
		"server/core/notices", "server/core/intake", "server/core/reports", "server/core/inspections", "server/core/rounds", "server/core/archive", "server/core/campaigns",
		"server/core/assessments", "pkg/calendar", "pkg/closure", "pkg/evidence", "pkg/fault", "pkg/geo", "pkg/inspect", "pkg/signedlog", "server/blob", "server/store"},
	"server/core": {"pkg/inspect", "pkg/photo", "pkg/signedlog", "pkg/table", "server/blob", "server/core/archive", "server/core/assessments", "server/core/audit",
		"server/core/campaigns", "server/core/city", "server/core/duties",
		"server/core/figures", "server/core/inspections", "server/core/intake", "server/core/issues", "server/core/ledger", "server/core/messages", "server/core/notices", "server/core/people",
		"server/core/photos", "server/core/places", "server/core/publicity", "server/core/reports", "server/core/rounds", "server/core/todo", "server/core/workflow", "server/notify",
		"server/secret", "server/store"}, // it makes the rooms
	"server/jobs": {"pkg/inspect", "server/core", "server/core/audit", "server/core/city", "server/core/duties", "server/core/figures", "server/core/issues",
		"server/core/intake", "server/core/messages", "server/core/notices", "server/core/photos", "server/core/reports", "server/core/rounds",
		"server/core/workflow", "server/store"}, // an error of users that is no failure of a job
	"server/web": {}, // the built web apps as bytes; a package beside ui, since go:embed reaches no higher
	// The doors, from what they share upwards: each package may import those above it in this list only.
	"server/httpapi/rest":     {"pkg/fault", "pkg/geo", "pkg/inspect", "pkg/paper", "pkg/strictjson", "server/store"}, // server/store for the types of rows: who is named, and which session
	"server/httpapi/photoapi": {"pkg/fault", "pkg/inspect", "server/core/photos", "server/core/publicity", "server/httpapi/rest"},
	"server/httpapi/cityapi": {"pkg/calendar", "pkg/geo", "pkg/inspect", "pkg/table", "server/core/city", "server/core/duties", "server/core/figures",
		"server/core/issues", "server/core/messages", "server/core/notices", "server/core/people", "server/core/places", "server/core/publicity",
		"server/core/reports", "server/core/workflow", "server/httpapi/rest"}, // each room has settings of its own
	"server/httpapi/registerapi": {"pkg/atlas", "pkg/calendar", "pkg/fault", "pkg/geo", "pkg/inspect", "pkg/table", "server/core/duties", "server/core/issues",
		"server/core/photos", "server/core/places", "server/httpapi/cityapi", "server/httpapi/photoapi", "server/httpapi/rest", "server/store"},
	"server/httpapi/issueapi": {"pkg/calendar", "pkg/fault", "pkg/geo", "pkg/inspect", "pkg/paper", "pkg/problem", "pkg/stablezip", "server/core/issues", "server/core/people",
		"server/core/photos", // lists leave as workbooks, and with their photos
		"server/core/workflow", "server/httpapi/cityapi", "server/httpapi/photoapi", "server/httpapi/registerapi", "server/httpapi/rest",
		"server/store"},
	"server/httpapi/noticeapi": {"pkg/fault", "pkg/inspect", "pkg/paper", "pkg/stablezip", "server/core/notices", "server/httpapi/issueapi",
		"server/httpapi/photoapi", "server/httpapi/rest", "server/store"},
	"server/httpapi/reportapi": {"pkg/calendar", "pkg/closure", "pkg/fault", "pkg/inspect", "pkg/paper", "pkg/stablezip", "server/core/figures",
		"server/core/reports", "server/core/workflow", "server/httpapi/rest", "server/store"},
	"server/httpapi/importapi": {"pkg/fault", "pkg/geo", "pkg/inspect", "pkg/intake", "pkg/paper", "pkg/table", "server/core/intake", "server/core/issues",
		"server/httpapi/registerapi", "server/httpapi/rest", "server/store"},
	"server/httpapi/accountapi": {"pkg/evidence", "pkg/inspect", "pkg/signedlog", "server/core/audit", "server/core/ledger", "server/core/people", "server/core/workflow", "server/httpapi/rest",
		"server/store"},
	"server/httpapi/messageapi": {"pkg/fault", "pkg/inspect", "server/core/messages", "server/httpapi/rest", "server/store"},
	"server/httpapi/todoapi":    {"pkg/inspect", "server/core/todo", "server/httpapi/rest"},
	"server/httpapi/inspectionapi": {"pkg/duty", "server/core/figures", "server/core/rounds", "pkg/fault", "pkg/geo", "pkg/inspect", "pkg/paper", "pkg/score", "pkg/stablezip", "pkg/table", "server/core/inspections", "server/core/places", "server/core/workflow",
		"server/httpapi/photoapi", "server/httpapi/registerapi", "server/httpapi/rest", "server/store"},
	"server/httpapi": {"mobile-api-spec", "pkg/inspect", "pkg/problem", "server/blob", "server/core", "server/core/city", "server/core/issues",
		"server/core/people", "server/core/photos", "server/core/places", "server/httpapi/accountapi", "server/httpapi/cityapi",
		"server/httpapi/importapi", "server/httpapi/issueapi", "server/httpapi/messageapi", "server/httpapi/noticeapi", "server/httpapi/photoapi",
		"server/httpapi/registerapi", "server/httpapi/reportapi", "server/httpapi/rest", "server/httpapi/todoapi", "server/httpapi/inspectionapi", "server/httpapi/archiveapi", "server/httpapi/campaignapi",
		"server/httpapi/assessmentapi", "server/store", "server/web"}, // the pages leave by it too; what each package of doors needs of the rooms
	"server/httpapi/campaignapi": {"pkg/campaign", "pkg/fault", "pkg/inspect", "pkg/paper", "pkg/photo", "pkg/score", "pkg/stablezip", "server/core/campaigns", "server/httpapi/photoapi",
		"server/httpapi/rest", "server/store"},
	"server/httpapi/assessmentapi": {"pkg/assessment", "pkg/fault", "pkg/inspect", "pkg/paper", "pkg/score", "pkg/stablezip", "server/core/assessments", "server/httpapi/rest",
		"server/store"},
	"server/httpapi/archiveapi": {"pkg/document", "pkg/fault", "pkg/inspect", "pkg/photo", "pkg/stablezip", "pkg/table", "server/core/archive",
		"server/core/places", "server/httpapi/issueapi", "server/httpapi/photoapi", "server/httpapi/rest", "server/store"},
	"server/backup": {"server/blob", "server/blob/dirblob", "server/core/ledger", "server/core/notices", "server/core/photos", "server/store"}, // for the keys of bytes
	"server/app": {"pkg/photo", "pkg/signedlog", "server/backup", "server/blob", "server/blob/dirblob", "server/blob/minioblob", "server/config", "server/core",
		"server/core/city", "server/core/messages", "server/decoder", "server/httpapi", "server/jobs", "server/notify", "server/secret",
		"server/store", "server/tables"}, // the semaphore before the decoders; the job that sends the security log out
	"server/demo": {"pkg/score", "pkg/atlas", "pkg/assessment", "pkg/campaign", "pkg/fault", "pkg/geo", "pkg/inspect", "pkg/paper", "server/core", "server/core/archive", "server/core/duties", "server/core/figures",
		"server/core/inspections", "server/core/notices", "server/core/photos", "server/core/places", "server/core/reports", "server/core/rounds", "server/core/workflow",
		"pkg/duty"},
	"server/cmd/spotcheck": {"pkg/atlas", "pkg/closure", "pkg/fault", "pkg/geo", "pkg/inspect", "pkg/paper", "pkg/signedlog", "server/app", "server/backup",
		"server/config", "server/core", "server/core/audit", "server/core/city", "server/core/figures", "server/core/ledger", "server/core/people", "server/core/places",
		"server/core/reports", "server/decoder", "server/demo"}, // the program is its own child; a file of areas with its datum

	"mobile-api-spec": {},
	"server":          {},
	"server/servertest": {"mobile-api-spec", "pkg/closure", "pkg/inspect", "pkg/needs", "server/app", "server/config", "server/core", "server/core/audit",
		"server/core/city", "server/core/duties", "server/core/figures", "server/core/notices", "server/core/photos", "server/core/places",
		"server/core/reports", "server/core/rounds", "server/core/workflow", "server/httpapi", "server/store", "server/store/storetest", "pkg/photo/phototest"}, // closure for the names of counts
	"scripts/bench/photos": {"pkg/photo", "pkg/photo/phototest"},
	"scripts/bench/ingest": {"pkg/photo/phototest"},
	"scripts/bench/papers": {"pkg/inspect", "pkg/photo/phototest", "server/app", "server/config", "server/core", "server/core/notices", "server/core/people",
		"server/core/photos", "server/core/workflow", "server/store"},
	"scripts/soak":            {"pkg/inspect"}, // ids
	"scripts/mutants":         {},
	"scripts/bench/reminders": {"pkg/inspect", "server/app", "server/config", "server/core", "server/core/messages", "server/store"},
	"scripts/bench/sweep":     {"pkg/inspect", "server/app", "server/config", "server/core", "server/core/workflow"},
	"scripts/bench/imports": {"pkg/inspect", "pkg/intake", "server/app", "server/config", "server/core", "server/core/city", "server/core/intake",
		"server/store"},
	"scripts/bench/lists": {"pkg/calendar", "pkg/closure", "pkg/geo", "pkg/inspect", "server/app", "server/config", "server/core", "server/core/figures", "server/core/audit",
		"server/store"},
}

// keepers say who may import what of others, by the beginning of its path.
var keepers = []struct {
	what string
	who  []string
	why  string
}{
	{"github.com/gofiber/", []string{"server/httpapi", "server/httpapi/"}, "HTTP lives in one place"},
	{"github.com/valyala/", []string{"server/httpapi", "server/httpapi/rest"}, "HTTP lives in one place"},
	{"github.com/andybalholm/brotli", []string{"server/httpapi", "server/servertest"}, "what is built leaves compressed; tests undo it"},
	{"github.com/prometheus/", []string{"server/httpapi"}, "one door shows the metrics"},
	{"database/sql", []string{"server/store", "server/jobs", "server/servertest", "server/store/storetest", "scripts/bench/lists", "scripts/bench/sweep"},
		"jobs hands transactions to River; tests make databases and tamper with them; the bench fills them past the rules"},
	{"modernc.org/sqlite", []string{"server/store"}, "drivers live in the store"},
	{"github.com/jackc/pgx/", []string{"server/store", "server/jobs", "server/servertest", "server/store/storetest"}, "jobs holds the pool that listens; tests make databases"},
	{"github.com/riverqueue/", []string{"server/store", "server/jobs"}, "nobody else knows River, so that it can be replaced"},
	{"github.com/minio/", []string{"server/blob/minioblob"}, "one store speaks S3"},
	{"github.com/wneessen/go-mail", []string{"server/notify"}, "one package talks to the outside"},
	{"github.com/SherClockHolmes/webpush-go", []string{"server/notify"}, "one package talks to the outside"},
	{"golang.org/x/mod/sumdb/", []string{"pkg/signedlog", "server/core/ledger", "server/core/audit"}, "the tree of the log, its proofs and signed notes"},
	{"golang.org/x/crypto/argon2", []string{"server/core/people"}, "passwords"},
	{"github.com/gen2brain/heic", []string{"server/decoder"}, "only in a child process"},
	{"github.com/gen2brain/avif", []string{"server/decoder", "pkg/photo/phototest"}, "decoding only in a child process; tests encode"},
	{"github.com/disintegration/imaging", []string{"pkg/photo", "pkg/photo/phototest", "scripts/"}, "its goroutines are handled with care there; tests and the bench draw with it"},
	{"github.com/gowebpki/jcs", []string{"pkg/evidence"}, "one canonical form"},
	{"github.com/hashicorp/golang-lru", []string{"server/store"}, "one cache, of prepared statements"},
	{"testing", []string{"server/servertest", "server/blob/blobtest", "server/store/storetest", "server/notify/notifytest", "pkg/photo/phototest",
		"pkg/needs"}, "what only tests use"},
	{"unsafe", nil, "memory is left to Go"},
	{"github.com/ebitengine/purego", nil, "nothing opens a library of the system; what stands in for it opens none"},
	{"github.com/signintech/gopdf", []string{"pkg/paper"}, "one package sets pages"},
	{"github.com/xuri/excelize", []string{"pkg/paper", "pkg/intake", "scripts/bench/imports"}, "one package writes workbooks, one reads them; the bench makes one"},
	{"C", nil, "no cgo"},
}

// inputOutput are packages by which a program touches the world; pkg/ computes only.
var inputOutput = []string{"os", "net", "net/http", "database/sql", "log", "log/slog", "syscall", "os/exec", "os/signal", "os/user", "plugin", "io/ioutil"}

// touches are the packages of pkg/ that do input and output all the same.
var touches = map[string]string{"pkg/photo/phototest": "makes picture files for tests", "pkg/needs": "looks for what tests need"}

// calls say who may call what; the places are packages, or files of one.
var calls = []struct {
	what  []string
	where []string
	tests bool // tests are held to it too
	why   string
}{
	{what: []string{"time.Now", "time.Since", "time.Until"}, where: []string{
		"server/core/core.go",               // core.Clock, which everybody else is given
		"server/httpapi",                    // deadlines of connections and how long a request took: of this machine, not of the record
		"server/httpapi/issueapi/stream.go", // deadlines of a line of an event stream
		"server/blob/spool.go",              // the age of a file by the clock of its file system
		"server/servertest",                 // the clock that tests turn
		"server/store/storetest",            // the clock of tests
		"server/notify/notifytest",
		"scripts/", // measures
	}, why: "time comes from one clock, so that a test or a demo can turn it"},
	{what: []string{"os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv", "os.Setenv"}, where: []string{
		"server/config",          // all that can be set
		"server/servertest",      // where the tests' databases are
		"server/store/storetest", // the same
		"pkg/needs",              // where services are
		"scripts/",
	}, why: "settings have one place"},
	{what: []string{"os.Exit", "log.Fatal", "log.Fatalf", "log.Panic", "log.Panicf"}, where: []string{"server/cmd/spotcheck", "scripts/"}, why: "only main ends the program"},
	{what: []string{"time.Sleep"}, tests: true, where: []string{"server/decoder", "server/servertest/network.go"},
		why: "nobody waits blindly; a child of the decoder's tests hangs on purpose, and a bad network is slow"},
	{what: []string{"image.Decode", "image.DecodeConfig"}, where: nil, why: "it takes whatever format some package registered"},
}

// topLevel is all that may lie at the top of the repository.
var topLevel = []string{"server", "pkg", "mobile-api-spec", "scripts", "go.mod", "go.sum", "docker-compose.yml", "README.md", "README.zh-CN.md",
	"LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", ".ci", ".git", ".gitignore", ".gitattributes", ".editorconfig", ".golangci.yml",
	"data", ".cache", "bin", "node_modules"} // made by running and building; never committed

// modules are folders with a go.mod of their own: rivals in benches, the linter, and what stands in for a library.
var modules = []string{"scripts/bench/pocketbase", "scripts/bench/kovidgoyal", "scripts/lint", "server/decoder/purego"}

// source is a Go file of ours.
type source struct {
	name string // server/core/core.go
	pkg  string // server/core
	test bool
	file *ast.File
}

// sources parses every Go file of the repository, whatever it is built for.
func sources(t *testing.T) (all []source) {
	t.Helper()
	root := os.DirFS("..")
	if err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := path.Base(name); name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules" ||
				name == "data" || name == "bin" || slices.Contains(modules, name)) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution|parser.ParseComments)
		all = append(all, source{name, path.Dir(name), strings.HasSuffix(name, "_test.go"), f})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("only %d files were found", len(all))
	}
	return all
}

func (s *source) imports() (paths []string) {
	for _, i := range s.file.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			p = i.Path.Value
		}
		paths = append(paths, p)
	}
	return paths
}

// under says whether a file lies in one of these places: a package, a file, or a folder that ends in a slash.
func (s *source) under(places []string) bool {
	return slices.ContainsFunc(places, func(p string) bool {
		return s.pkg == p || s.name == p || strings.HasSuffix(p, "/") && strings.HasPrefix(s.name, p)
	})
}

func TestWhoImportsWhom(t *testing.T) {
	used := map[string]bool{}
	for _, s := range sources(t) {
		allowed, known := imports[s.pkg]
		if !known {
			t.Errorf("%s: the package %s is not on the map", s.name, s.pkg)
			continue
		}
		for _, p := range s.imports() {
			ours, is := strings.CutPrefix(p, module)
			if !is || s.test {
				continue
			}
			used[s.pkg+" "+ours] = true
			if !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s, which the map does not allow", s.name, ours)
			}
		}
	}
	for pkg, allowed := range imports {
		for _, p := range allowed {
			if _, known := imports[p]; !known {
				t.Errorf("the map lets %s import %s, which is not on it", pkg, p)
			}
			if reaches(p, pkg, map[string]bool{}) {
				t.Errorf("the map has a ring: %s and %s", pkg, p)
			}
		}
	}
	if len(used) < 20 {
		t.Errorf("only %d imports were seen", len(used))
	}
}

// reaches says whether one package may import another, directly or not.
func reaches(from, to string, seen map[string]bool) bool {
	if seen[from] {
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(imports[from], func(p string) bool { return p == to || reaches(p, to, seen) })
}

func TestLibrariesHaveTheirKeepers(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, p := range s.imports() {
			for _, k := range keepers {
				if (p == k.what || strings.HasPrefix(p, strings.TrimSuffix(k.what, "/")+"/")) && !s.under(k.who) {
					t.Errorf("%s imports %s: %s", s.name, p, k.why)
				}
			}
		}
	}
}

func TestPkgComputesOnly(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || !strings.HasPrefix(s.pkg, "pkg/") || touches[s.pkg] != "" {
			continue
		}
		for _, p := range s.imports() {
			if slices.Contains(inputOutput, p) || strings.HasPrefix(p, module+"server/") {
				t.Errorf("%s imports %s, and pkg/ does no input and output", s.name, p)
			}
		}
	}
}

func TestWhoCallsWhat(t *testing.T) {
	seen := map[string]int{}
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok {
				name := x.Name + "." + sel.Sel.Name
				for _, c := range calls {
					if !slices.Contains(c.what, name) {
						continue
					}
					seen[name]++
					if (!s.test || c.tests) && !s.under(c.where) {
						t.Errorf("%s calls %s: %s", s.name, name, c.why)
					}
				}
			}
			return true
		})
	}
	for _, name := range []string{"time.Now", "os.LookupEnv", "os.Exit"} {
		if seen[name] == 0 {
			t.Errorf("nobody calls %s: the test looks at nothing", name)
		}
	}
}

// TestTheClockIsOneFunction finds time.Now in core only where everybody gets it from.
func TestTheClockIsOneFunction(t *testing.T) {
	for _, s := range sources(t) {
		if s.name != "server/core/core.go" {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Name.Name == "Clock" {
				continue
			}
			ast.Inspect(d, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Now" {
					if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" {
						t.Errorf("%s calls time.Now outside Clock", s.name)
					}
				}
				return true
			})
		}
	}
}

func TestNothingRunsBeforeMain(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init", s.name)
			}
		}
		if s.file.Name.Name == "main" && !strings.HasPrefix(s.pkg, "server/cmd/") && !strings.HasPrefix(s.pkg, "scripts/") {
			t.Errorf("%s is a program", s.name)
		}
	}
}

func TestTheTopLevelIsAsAgreed(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(topLevel, e.Name()) {
			t.Errorf("%s lies at the top of the repository", e.Name())
		}
	}
	for _, must := range []string{"server", "pkg", "mobile-api-spec", "scripts", "go.mod", "LICENSE"} {
		if _, err := os.Stat(filepath.Join("..", must)); err != nil {
			t.Error(err)
		}
	}
}

// TestImportsAreGrouped: the standard library, libraries of others, ours, with an empty line between.
func TestImportsAreGrouped(t *testing.T) {
	for _, s := range sources(t) {
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(s.name)))
		if err != nil {
			t.Fatal(err)
		}
		_, block, ok := strings.Cut(string(text), "\nimport (\n")
		if !ok {
			continue
		}
		block, _, _ = strings.Cut(block, "\n)\n")
		for n, group := range strings.Split(block, "\n\n") {
			kinds := map[string]bool{}
			for line := range strings.SplitSeq(group, "\n") {
				_, path, _ := strings.Cut(line, `"`)
				first, _, _ := strings.Cut(path, "/")
				switch {
				case path == "" || strings.HasPrefix(strings.TrimSpace(line), "//"):
				case first == "spotcheck":
					kinds["ours"] = true
				case strings.Contains(first, "."):
					kinds["others"] = true
				default:
					kinds["standard"] = true
				}
			}
			if len(kinds) > 1 || kinds["standard"] && n > 0 {
				t.Errorf("%s mixes its imports: the standard library first, then others, then ours, with an empty line between", s.name)
			}
		}
	}
}

// widest is how many characters a line may have; a tab counts as four.
const widest = 180

// TestLinesEndWhereAReaderStops is for what people read on: data of tests may be wider.
func TestLinesEndWhereAReaderStops(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(s.name)))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(text)) {
			n++
			if wide := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    ")) - 1; wide > widest {
				t.Errorf("%s:%d has %d characters, want at most %d", s.name, n, wide, widest)
			}
		}
	}
}

// largest is how many lines a package may have without its tests, and its exceptions, each with the reason.
const largest = 6000

var larger = map[string]string{
	"server/store": "one package of SQL, one noun a file",
}

// TestNoPackageIsAHall keeps packages small enough to be looked through.
func TestNoPackageIsAHall(t *testing.T) {
	lines := map[string]int{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(s.name)))
		if err != nil {
			t.Fatal(err)
		}
		lines[s.pkg] += strings.Count(string(text), "\n")
	}
	for pkg, n := range lines {
		if n > largest && larger[pkg] == "" {
			t.Errorf("%s has %d lines, want at most %d", pkg, n, largest)
		}
	}
	for pkg := range larger {
		if lines[pkg] <= largest {
			t.Errorf("%s has %d lines and needs no exception", pkg, lines[pkg])
		}
	}
}

// mostMethods is how many exported methods a type may have, and its exceptions, each with the reason.
const mostMethods = 40

var moreMethods = map[string]string{"server/store.Tx": "what SQL does, one method a statement"}

// TestNoTypeDoesEverything keeps types from becoming what everything hangs on.
func TestNoTypeDoesEverything(t *testing.T) {
	methods := map[string]int{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !f.Name.IsExported() {
				continue
			}
			of := f.Recv.List[0].Type
			if star, ok := of.(*ast.StarExpr); ok {
				of = star.X
			}
			if x, ok := of.(*ast.IndexExpr); ok {
				of = x.X
			}
			if name, ok := of.(*ast.Ident); ok {
				methods[s.pkg+"."+name.Name]++
			}
		}
	}
	for name, n := range methods {
		if n > mostMethods && moreMethods[name] == "" {
			t.Errorf("%s has %d exported methods, want at most %d", name, n, mostMethods)
		}
	}
	for name := range moreMethods {
		if methods[name] <= mostMethods {
			t.Errorf("%s has %d exported methods and needs no exception", name, methods[name])
		}
	}
}
