package servertest_test

import (
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"

	"spotcheck/server/servertest"
)

// loads are the addresses that a page names.
var loads = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

func TestAWebAppLoadsOnlyWhatThisServerBuilt(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	nobody := (&servertest.Client{Server: s}).WithT(t)
	for _, page := range []string{"/app/", "/desk/"} {
		a := nobody.Do(http.MethodGet, page, nil).Want(200)
		wantHeader(t, a, "Content-Type", "text/html; charset=utf-8")
		wantHeader(t, a, "Cache-Control", "no-cache")
		wantHeader(t, a, "X-Content-Type-Options", "nosniff")
		policy := a.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy lacks %s: %s", page, part, policy)
			}
		}
		if strings.Contains(policy, "unsafe-") {
			t.Errorf("%s: the policy lets pages do what is unsafe: %s", page, policy)
		}
		scripts := 0
		for _, m := range loads.FindAllStringSubmatch(string(a.Body), -1) {
			if m[1] == "data:," {
				continue // no icon
			}
			file := nobody.Do(http.MethodGet, m[1], nil).Want(200)
			kept := "public, max-age=31536000, immutable"
			if strings.HasPrefix(m[1], "/app/") { // their names stay the same
				kept = "no-cache"
			}
			wantHeader(t, file, "Cache-Control", kept)
			want := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".png": "image/png",
				".webmanifest": "application/manifest+json"}[path.Ext(m[1])]
			if path.Ext(m[1]) == ".js" {
				scripts++
			}
			wantHeader(t, file, "Content-Type", want)
		}
		if scripts == 0 {
			t.Errorf("%s names no script: %s", page, a.Body)
		}
	}
}

func TestAFileThatWasNotBuiltIsNotFound(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	nobody := (&servertest.Client{Server: s}).WithT(t)
	for _, path := range []string{"/assets/none.js", "/assets/..%2Fapp%2Findex.html", "/assets/%2e%2e%2fweb.go"} {
		nobody.Do(http.MethodGet, path, nil).WantProblem(404, "not-found", "never")
	}
}

func TestTheFrontLeadsAPhoneToItsApp(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	nobody := (&servertest.Client{Server: s}).WithT(t)
	for agent, want := range map[string]string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148": "/app/",
		"Mozilla/5.0 (Linux; Android 14; tablet)":                              "/app/",
		"Mozilla/5.0 (X11; Linux x86_64)":                                      "/desk/",
	} {
		a := nobody.Send(http.MethodGet, "/", nil, http.Header{"User-Agent": {agent}}).Want(303)
		wantHeader(t, a, "Location", want)
	}
}
