package httpapi

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/rest"
)

// webPolicy lets a page run and load only what this server gives it; pictures that the phone has just taken are blobs of its own.
const webPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// webHandlers serve the two apps and the map behind their marks.
type webHandlers struct {
	city   *city.Service
	folder string // of data, in which a basemap may lie
	built  builtFiles
}

func (h *webHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/", Open: true, Ready: true, Handle: front},
		{Method: fiber.MethodGet, Path: "/app/", Open: true, Ready: true, Handle: h.page("app")},
		{Method: fiber.MethodGet, Path: "/app/:file", Open: true, Ready: true, Handle: h.appFile},
		{Method: fiber.MethodGet, Path: "/desk/", Open: true, Ready: true, Handle: h.page("desk")},
		{Method: fiber.MethodGet, Path: "/assets/:file", Open: true, Ready: true, Handle: h.assetFile},
		{Method: fiber.MethodGet, Path: "/api/v1/basemap.pmtiles", Slow: true, Handle: h.basemap},
	}
}

// front sends a phone to the phone's app and everybody else to the desk.
func front(c *fiber.Ctx) error {
	c.Set(fiber.HeaderVary, fiber.HeaderUserAgent)
	c.Set(fiber.HeaderCacheControl, "no-store")
	if agent := c.Get(fiber.HeaderUserAgent); strings.Contains(agent, "Mobi") || strings.Contains(agent, "Android") {
		return c.Redirect("/app/", fiber.StatusSeeOther)
	}
	return c.Redirect("/desk/", fiber.StatusSeeOther)
}

// mapPolicy is webPolicy for pages whose map may come from elsewhere. While the database is away the page comes without that map.
func (h *webHandlers) mapPolicy(c *fiber.Ctx) string {
	kept, err := h.city.Settings(c.UserContext())
	if err != nil {
		return webPolicy
	}
	basemap, err := issues.BasemapSetting.Of(kept)
	origin := basemap.Origin()
	if err != nil || origin == "" {
		return webPolicy
	}
	return strings.NewReplacer("img-src 'self'", "img-src 'self' "+origin, "connect-src 'self'", "connect-src 'self' "+origin).Replace(webPolicy)
}

// basemap sends the map that lies in the data folder, in parts, as a browser asks for them.
func (h *webHandlers) basemap(c *fiber.Ctx) error {
	name := filepath.Join(h.folder, issues.BasemapFile)
	if _, err := os.Stat(name); err != nil {
		return inspect.ErrNotFound.Because(err)
	}
	if err := c.SendFile(name); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	c.Set(fiber.HeaderCacheControl, "private, max-age=3600")
	return nil
}

// page shows one of the two apps. It is asked for again each time: it names the files of the build that is running.
func (h *webHandlers) page(name string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set("Content-Security-Policy", h.mapPolicy(c))
		c.Set("Referrer-Policy", "no-referrer") // a link's token is in the fragment, and nobody else's business
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return h.built.send(c, path.Join(name, "index.html"))
	}
}

// appFile sends what belongs to the phone's app beside its page: the service worker, the manifest, the icons.
func (h *webHandlers) appFile(c *fiber.Ctx) error {
	c.Set("Content-Security-Policy", webPolicy)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return h.built.send(c, path.Join("app", c.Params("file")))
}

// assetFile sends what a page loads. Its name holds the hash of its bytes, so it never changes.
func (h *webHandlers) assetFile(c *fiber.Ctx) error {
	if err := h.built.send(c, path.Join("assets", c.Params("file"))); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return nil
}
