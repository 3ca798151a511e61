package httpapi

import (
	"encoding/json"
	"io"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/atlas"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
	"spotcheck/server/store"
)

func (a *API) areasAt(c *fiber.Ctx) error {
	q := queryOf(c)
	at := geo.Point{Lat: q.degrees("lat", 90), Lon: q.degrees("lon", 180)}
	if err := q.fault(); err != nil {
		return err
	}
	chain, err := a.Core.AreasAt(c.UserContext(), at)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(fiber.Map{"areas": areasOf(chain)})
}

// degrees reads a latitude or longitude, which has to be there.
func (q *query) degrees(name string, most float64) float64 {
	v, err := strconv.ParseFloat(q.text(name, 30), 64)
	if err != nil || !(v >= -most && v <= most) {
		q.fail(name, "want degrees, "+strconv.Itoa(-int(most))+" to "+strconv.Itoa(int(most)))
	}
	return v
}

// featureWire is an area as maps draw it.
type featureWire struct {
	Type       string          `json:"type"`
	ID         inspect.ID      `json:"id"`
	Properties areaProperties  `json:"properties"`
	Geometry   json.RawMessage `json:"geometry"`
}

type areaProperties struct {
	Name    string            `json:"name"`
	Code    string            `json:"code,omitempty"`
	Level   inspect.AreaLevel `json:"level"`
	Class   string            `json:"class,omitempty"`
	Outline string            `json:"outline"`
	WidthM  float64           `json:"width_m,omitempty"`
	AreaM2  float64           `json:"area_m2"`
	LengthM float64           `json:"length_m,omitempty"`
}

func (a *API) areaOutline(c *fiber.Ctx) error {
	area, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	o, err := a.Core.AreaOutline(c.UserContext(), area)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(featureWire{"Feature", o.ID, areaProperties{o.Name, o.Code, o.Level, o.Class, o.Outline, o.WidthM, o.AreaM2, o.LengthM}, o.GeoJSON}, "application/geo+json")
}

type findingWire struct {
	Row      int               `json:"row"`
	Code     string            `json:"code"`
	Kind     atlas.FindingKind `json:"kind"`
	Severity atlas.Severity    `json:"severity"`
	Lat      *float64          `json:"lat,omitempty"`
	Lon      *float64          `json:"lon,omitempty"`
	Detail   string            `json:"detail"`
}

type importWire struct {
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
	Findings  []findingWire         `json:"findings"`
	SentAt    inspect.Time          `json:"sent_at"`
	AppliedAt inspect.Time          `json:"applied_at,omitzero"`
}

func importOf(i *core.AreaImport) importWire {
	w := importWire{i.ID, i.State, i.Format, i.Datum, i.SHA256, i.Bytes, i.Areas, i.NewAreas, i.ChangedAreas, i.Errors, i.Warnings, []findingWire{}, i.SentAt, i.AppliedAt}
	for _, f := range i.Findings {
		one := findingWire{Row: f.Row, Code: f.Code, Kind: f.Kind, Severity: f.Severity, Detail: f.Detail}
		if f.At != nil {
			one.Lat, one.Lon = &f.At.Lat, &f.At.Lon
		}
		w.Findings = append(w.Findings, one)
	}
	return w
}

func (a *API) checkAreas(c *fiber.Ctx) error {
	q := queryOf(c)
	var f core.AreaFile
	q.as("format", &f.Format)
	q.as("datum", &f.Datum)
	if f.Format == "" {
		q.fail("format", "is missing")
	}
	if f.Datum == "" {
		q.fail("datum", "is missing: whoever made the file knows it")
	}
	if err := q.fault(); err != nil {
		return err
	}
	if !actor(c).MayAnywhere(inspect.MayAdminister) { // before anybody's megabytes are read
		return inspect.ErrForbidden
	}
	in := incomingOf(c)
	if in.length > core.MaxAreaFile {
		return inspect.ErrTooLarge
	}
	var err error
	if f.Body, err = io.ReadAll(io.LimitReader(in, core.MaxAreaFile+1)); err != nil {
		return cutOff(err)
	}
	done, repeated, err := a.Core.CheckAreas(c.UserContext(), actor(c), f)
	if err != nil {
		return err
	}
	return created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "import": importOf(&done)})
}

func (a *API) areaImport(c *fiber.Ctx) error {
	which, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	done, err := a.Core.AreaImport(c.UserContext(), actor(c), which)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(fiber.Map{"import": importOf(&done)})
}

func (a *API) applyAreas(c *fiber.Ctx) error {
	if len(bodyOf(c)) > 0 {
		return inspect.ErrContent.At(fault.Field{Detail: "this door takes no body"})
	}
	which, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	done, repeated, err := a.Core.ApplyAreas(c.UserContext(), actor(c), which)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"repeated": repeated, "import": importOf(&done)})
}
