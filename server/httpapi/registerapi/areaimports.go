package registerapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/atlas"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/places"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// areaImportHandlers take in files of outlines, first to be looked at and then to be applied.
type areaImportHandlers struct {
	places *places.Service
}

func (h *areaImportHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodPost, Path: "/api/v1/area-imports", Slow: true, Upload: true, Abandoned: true, Handle: h.checkAreas},
		{Method: fiber.MethodGet, Path: "/api/v1/area-imports/:id", Handle: h.areaImport},
		{Method: fiber.MethodPost, Path: "/api/v1/area-imports/:id/apply", Slow: true, Handle: h.applyAreas},
	}
}

type areaFinding struct {
	Row      int               `json:"row"`
	Code     string            `json:"code"`
	Kind     atlas.FindingKind `json:"kind"`
	Severity atlas.Severity    `json:"severity"`
	Lat      *float64          `json:"lat,omitempty"`
	Lon      *float64          `json:"lon,omitempty"`
	Detail   string            `json:"detail"`
}

type areaImportWire struct {
	ID        inspect.ID            `json:"id"`
	State     store.AreaImportState `json:"state"`
	Format    string                `json:"format"`
	Datum     string                `json:"datum"`
	SHA256    string                `json:"sha256"`
	Bytes     int64                 `json:"bytes"`
	Areas     int                   `json:"areas"`
	Fresh     int                   `json:"fresh"`
	Changed   int                   `json:"changed"`
	Errors    int                   `json:"errors"`
	Warnings  int                   `json:"warnings"`
	Findings  []areaFinding         `json:"findings"`
	SentAt    inspect.Time          `json:"sent_at"`
	AppliedAt inspect.Time          `json:"applied_at,omitzero"`
}

func areaImportOf(i *places.AreaImport) areaImportWire {
	w := areaImportWire{i.ID, i.State, i.Format, i.Datum, i.SHA256, i.Bytes, i.Areas, i.NewAreas, i.ChangedAreas, i.Errors, i.Warnings, []areaFinding{}, i.SentAt, i.AppliedAt}
	for _, f := range i.Findings {
		one := areaFinding{Row: f.Row, Code: f.Code, Kind: f.Kind, Severity: f.Severity, Detail: f.Detail}
		if f.At != nil {
			one.Lat, one.Lon = &f.At.Lat, &f.At.Lon
		}
		w.Findings = append(w.Findings, one)
	}
	return w
}

func (h *areaImportHandlers) checkAreas(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var f places.AreaFile
	q.As("format", &f.Format)
	q.As("datum", &f.Datum)
	f.Sheet, f.Heads = q.Table()
	if f.Format == "" {
		q.Fail("format", "is missing")
	}
	if f.Datum == "" {
		q.Fail("datum", "is missing: whoever made the file knows it")
	}
	if err := q.Err(); err != nil {
		return err
	}
	err := h.places.MaySendAreas(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	if f.Body, err = rest.ReadUpload(c, places.MaxAreaFile); err != nil {
		return err
	}
	done, repeated, err := h.places.CheckAreas(c.UserContext(), rest.Actor(c), f)
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "import": areaImportOf(&done)})
}

func (h *areaImportHandlers) areaImport(c *fiber.Ctx) error {
	which, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	done, err := h.places.AreaImport(c.UserContext(), rest.Actor(c), which)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(fiber.Map{"import": areaImportOf(&done)})
}

func (h *areaImportHandlers) applyAreas(c *fiber.Ctx) error {
	if err := rest.NoBody(c); err != nil {
		return err
	}
	which, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	done, repeated, err := h.places.ApplyAreas(c.UserContext(), rest.Actor(c), which)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"repeated": repeated, "import": areaImportOf(&done)})
}
