// Package servertest is a whole server in a test: a real database, a real blob store, real HTTP, and every answer held
// against the contract.
package servertest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/needs"
	"spotcheck/server/app"
	"spotcheck/server/config"
	"spotcheck/server/core"
	"spotcheck/server/core/audit"
	"spotcheck/server/httpapi"
	"spotcheck/server/store/storetest"
)

// Backend is a database with a blob store.
type Backend string

// The two pairs that an installation can have.
const (
	SQLite   Backend = "sqlite+folder"
	Postgres Backend = "postgres+minio"
)

// copies is how many there are of each server on PostgreSQL, 1 or 2: two stand behind a proxy that gives every request to the other one.
var copies = map[string]int{"": 1, "2": 2}[os.Getenv("SPOTCHECK_TEST_COPIES")]

// Pairs are those on which a test of whole servers runs: both, PostgreSQL for two copies, and SQLite with -short.
func Pairs() []Backend {
	switch {
	case copies == 2:
		return []Backend{Postgres}
	case testing.Short():
		return []Backend{SQLite}
	}
	return []Backend{SQLite, Postgres}
}

// Each runs a test on both pairs, or on two copies of the server on one, beside other tests. With -short it runs on SQLite only.
func Each(t *testing.T, test func(*testing.T, *Server)) {
	t.Helper()
	t.Parallel()
	EachAlone(t, test)
}

// EachAlone is Each without another test beside it, for what measures time or needs the whole machine.
func EachAlone(t *testing.T, test func(*testing.T, *Server)) {
	t.Helper()
	for _, p := range Pairs() {
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			test(t, begin(t, ready(t, p), copies))
		})
	}
}

// Server is a server with people who work on it.
type Server struct {
	App         *app.App
	Core        *core.Core
	API         *httpapi.API
	URL         string
	ReadTimeout time.Duration // of the server with a sender that says nothing; its own when 0
	Heartbeat   time.Duration // of event streams; the server's own when 0
	Config      config.Config
	Admin       core.FirstAccount
	t           testing.TB
	clock       *clock
	clients     map[string]*Client
	mu          sync.Mutex
	line        *Proxy  // before this copy and its twin; nil when there is one copy
	twin        *Server // the other copy

	passwordMemory uint32 // that the program hashes passwords in, KiB
	costly         bool   // they are hashed in so much
}

// New starts a server on an empty pair and stops it when the test ends.
func New(t testing.TB, p Backend) *Server {
	t.Helper()
	return begin(t, ready(t, p), 1)
}

// On starts a server on what another one left behind and stops it when the test ends. It goes by the clock of this machine, as
// a program of its own did.
func On(t testing.TB, c config.Config) *Server {
	t.Helper()
	return open(t, c, 1, 0)
}

// begin starts a server whose clock shows storetest.Start.
func begin(t testing.TB, c config.Config, copies int) *Server {
	t.Helper()
	return open(t, c, copies, time.Until(storetest.Start()))
}

func open(t testing.TB, c config.Config, copies int, ahead time.Duration) *Server {
	t.Helper()
	s := &Server{t: t, clients: map[string]*Client{}, clock: &clock{}, Config: c}
	s.clock.ahead.Store(int64(ahead))
	if copies == 2 {
		s.line = NewProxy(t)
	}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// At is a server that runs elsewhere, in a process of its own: it has people and phones, but no inside.
func At(t testing.TB, address string, first core.FirstAccount) *Server {
	return &Server{t: t, URL: address, Admin: first, clients: map[string]*Client{}, clock: &clock{}}
}

// Behind is a server of several copies that run elsewhere; each request goes to the next one.
func Behind(t testing.TB, line *Proxy, first core.FirstAccount) *Server {
	s := At(t, "http://"+line.Addr(), first)
	s.line = line
	return s
}

// Settings are those of a server on an empty pair.
func Settings(t testing.TB, p Backend) config.Config {
	t.Helper()
	if p == SQLite {
		return settings(t, t.TempDir(), "")
	}
	return settings(t, t.TempDir(), storetest.Empty(t, storetest.Postgres).URL)
}

// ready are the settings of a server on a pair that nothing is in but the tables.
func ready(t testing.TB, p Backend) config.Config {
	t.Helper()
	name := storetest.SQLite
	if p == Postgres {
		name = storetest.Postgres
	}
	o := storetest.Ready(t, name)
	if o.URL != "" {
		return settings(t, storetest.Folder(t), o.URL)
	}
	return settings(t, filepath.Dir(o.Path), "")
}

// settings are those of a server on a data folder and, unless it is SQLite's, a database.
func settings(t testing.TB, folder, database string) config.Config {
	t.Helper()
	c := config.Config{Addr: "127.0.0.1:0", OnePerson: true, Data: folder, Timezone: storetest.Start().Location().String(), Log: "text", S3Bucket: "spotcheck"}
	if database == "" {
		return c
	}
	c.DatabaseURL = config.Secret(database)
	c.SecretKey, c.LogKey = config.Secret(strings.Repeat("5e", 32)), config.Secret(strings.Repeat("10", 32))
	s3, err := url.Parse(needs.Service(t, "SPOTCHECK_TEST_S3"))
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := s3.User.Password()
	c.S3Endpoint, c.S3Key, c.S3Secret = s3.Scheme+"://"+s3.Host, s3.User.Username(), config.Secret(secret)
	c.S3Bucket = "spotcheck-" + strings.ReplaceAll(inspect.NewID().String(), "-", "")[:20]
	return c
}

// Start opens the server; after Stop it goes on where it was.
func (s *Server) Start() {
	s.t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	}
	a, err := app.Open(context.Background(), s.Config, log, s.Now)
	if err != nil {
		s.t.Fatal(err)
	}
	if s.passwordMemory = a.Core.People.PasswordMemory(); !s.costly {
		a.Core.People.HashWith(64)
	}
	first, err := a.Core.Start(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	if first != nil {
		s.Admin = *first
	}
	s.App, s.Core = a, a.Core
	a.Watch(context.Background())
	api, err := httpapi.Listen(httpapi.Options{Core: a.Core, Log: log, Addr: s.Config.Addr, Version: "test", Folder: s.Config.Data, Proxies: s.Config.TrustedProxies,
		PublicURL: s.Config.PublicURL, Patience: s.ReadTimeout, Beat: s.Heartbeat})
	if err != nil {
		s.t.Fatal(err)
	}
	s.API, s.URL = api, "http://"+api.Addr()
	go func() { _ = api.Serve() }() // ends with Stop
	if s.line != nil {
		s.twin = s.another()
		s.line.Leads(api.Addr(), s.twin.API.Addr())
		s.URL = "http://" + s.line.Addr()
	}
}

// Stop closes the server in the order in which it would end by itself.
func (s *Server) Stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if s.twin != nil {
		s.twin.Stop()
	}
	if err := s.API.Close(ctx); err != nil {
		s.t.Error(err)
	}
	if err := s.App.Close(); err != nil {
		s.t.Error(err)
	}
}

// HashesAsTheProgram makes the next password hashes as costly as they are outside of tests: for tests that they are the point of.
func (s *Server) HashesAsTheProgram() {
	for _, one := range []*Server{s, s.twin} {
		if one != nil {
			one.costly = true
			one.Core.People.HashWith(one.passwordMemory)
		}
	}
}

// ID is the same id for the same name, in every test.
func ID(name string) inspect.ID {
	sum := sha256.Sum256([]byte(name))
	id := inspect.ID(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // version 8, the variant of RFC 9562
	return id
}

// Audit fails the test when the record is not in order.
func (s *Server) Audit() audit.AuditSummary {
	s.t.Helper()
	found := []string{}
	sum, err := s.Core.Audit.Audit(context.Background(), nil, func(f audit.Finding) {
		if f.Wrong {
			found = append(found, fmt.Sprintf("%s: %s", f.Subject, f.Detail))
		}
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.Core.Audit.AuditFigures(context.Background(), func(f audit.Finding) {
		if f.Wrong {
			found = append(found, fmt.Sprintf("%s: %s", f.Subject, f.Detail))
		}
	}); err != nil {
		s.t.Fatal(err)
	}
	for _, f := range found {
		s.t.Errorf("audit: %s", f)
	}
	return sum
}
