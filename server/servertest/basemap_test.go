package servertest_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"spotcheck/server/servertest"
)

// TestABasemapIsDeclared sets basemaps that can be and cannot be, and asks for the file of the data folder in parts.
func TestABasemapIsDeclared(t *testing.T) {
	s := servertest.New(t, servertest.SQLite)
	admin, lin := s.As("admin"), s.As("lin")
	desk := func() string {
		return lin.Do(http.MethodGet, "/desk/", nil).Want(200).Header.Get("Content-Security-Policy")
	}
	plain := desk()
	for _, wrong := range []M{{"kind": "picture", "datum": "wgs84"}, {"kind": "raster", "url": "https://tiles.example/", "datum": "wgs84"},
		{"kind": "raster", "url": "ftp://tiles.example/{z}/{x}/{y}", "datum": "wgs84"},
		{"kind": "raster", "url": "https://tiles.example/{z}/{x}/{y}", "datum": "bd09"}, {"kind": "vector", "datum": "wgs84"},
		{"kind": "pmtiles", "url": "https://tiles.example/a; script-src *", "datum": "wgs84"},
		{"kind": "pmtiles", "datum": "wgs84", "more": 1}, {"kind": "pmtiles", "datum": "wgs84", "attribution": strings.Repeat("图", 201)},
		{"kind": "raster", "url": "https://user:secret@tiles.example/{z}/{x}/{y}", "datum": "wgs84"}} {
		admin.Do(http.MethodPut, "/api/v1/settings/basemap", M{"value": wrong}).WantProblem(422, "content.invalid", "never")
	}
	admin.Do(http.MethodPut, "/api/v1/settings/basemap", M{"value": M{"kind": "raster", "url": "https://tiles.example:8443/{z}/{x}/{y}.png?key=1",
		"datum": "gcj02", "attribution": "某图 GS(2026)0001号"}}).Want(200)
	if got := desk(); !strings.Contains(got, "img-src 'self' https://tiles.example:8443 blob:") ||
		!strings.Contains(got, "connect-src 'self' https://tiles.example:8443;") || strings.Contains(got, "script-src 'self' ") {
		t.Errorf("the desk may load %s", got)
	}
	if got := lin.Do(http.MethodGet, "/app/", nil).Want(200).Header.Get("Content-Security-Policy"); got != desk() { // its tasks have a map too
		t.Errorf("the app may load %s", got)
	}
	admin.Do(http.MethodPut, "/api/v1/settings/basemap", M{"value": M{"kind": "pmtiles", "datum": "wgs84"}}).Want(200)
	if got := desk(); got != plain {
		t.Errorf("with a map of its own the desk may load %s", got)
	}
	lin.Do(http.MethodGet, "/api/v1/basemap.pmtiles", nil).WantProblem(404, "not-found", "never")
	if err := os.WriteFile(filepath.Join(s.Config.Data, "basemap.pmtiles"), []byte("PMTiles and more"), 0o600); err != nil {
		t.Fatal(err)
	}
	if part := lin.Send(http.MethodGet, "/api/v1/basemap.pmtiles", nil, http.Header{"Range": {"bytes=2-6"}}).Want(206); string(part.Body) != "Tiles" {
		t.Errorf("a part is %q", part.Body)
	}
	s.Phone("", "").Do(http.MethodGet, "/api/v1/basemap.pmtiles", nil).WantProblem(401, "session.required", "after-login")
	admin.Do(http.MethodPut, "/api/v1/settings/basemap", M{"value": nil}).Want(200)
}
