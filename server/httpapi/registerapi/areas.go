package registerapi

import (
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/places"
	"spotcheck/server/httpapi/rest"
)

// areaHandlers serve the register of areas and their outlines.
type areaHandlers struct {
	places *places.Service
}

func (h *areaHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/areas", Handle: h.areas},
		{Method: fiber.MethodGet, Path: "/api/v1/areas/at", Handle: h.areasAt},
		{Method: fiber.MethodPut, Path: "/api/v1/areas/:id", Handle: h.putArea},
		{Method: fiber.MethodGet, Path: "/api/v1/areas/:id/outline", Handle: h.areaOutline},
	}
}

func (h *areaHandlers) areasAt(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	at := geo.Point{Lat: q.Degrees("lat", 90), Lon: q.Degrees("lon", 180)}
	if err := q.Err(); err != nil {
		return err
	}
	chain, err := h.places.AreasAt(c.UserContext(), at)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(fiber.Map{"areas": AreasOf(chain)})
}

// areaFeature is an area as maps draw it.
type areaFeature struct {
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

func (h *areaHandlers) areaOutline(c *fiber.Ctx) error {
	area, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	o, err := h.places.AreaOutline(c.UserContext(), area)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(areaFeature{"Feature", o.ID, areaProperties{o.Name, o.Code, o.Level, o.Class, o.Outline, o.WidthM, o.AreaM2, o.LengthM}, o.GeoJSON}, "application/geo+json")
}

// Area is an area of the register, without its outline.
type Area struct {
	ID        inspect.ID        `json:"id"`
	Name      string            `json:"name"`
	Code      string            `json:"code,omitempty"`
	Level     inspect.AreaLevel `json:"level"`
	Class     string            `json:"class,omitempty"`
	Parent    inspect.ID        `json:"parent,omitzero"`
	Outline   string            `json:"outline,omitempty"`
	WidthM    float64           `json:"width_m,omitempty"`
	Enabled   bool              `json:"enabled"`
	CreatedAt inspect.Time      `json:"created_at"`
	UpdatedAt inspect.Time      `json:"updated_at"`
}

type areaIn struct {
	Name    string            `json:"name" need:"words" max:"100"`
	Code    string            `json:"code" max:"30"`
	Level   inspect.AreaLevel `json:"level" need:"true"`
	Class   string            `json:"class" max:"50"`
	Parent  inspect.ID        `json:"parent"`
	Enabled *bool             `json:"enabled"`
}

func (h *areaHandlers) areas(c *fiber.Ctx) error {
	all, err := h.places.Areas(c.UserContext())
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"areas": AreasOf(all)})
}

// AreasOf are areas as they are answered, an empty list for none.
func AreasOf(all []inspect.Area) []Area {
	list := []Area{}
	for _, v := range all {
		list = append(list, Area(v))
	}
	return list
}

func (h *areaHandlers) putArea(c *fiber.Ctx) error {
	area, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in areaIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	v, repeated, fresh, err := h.places.PutArea(c.UserContext(), rest.Actor(c), inspect.Area{ID: area, Name: in.Name, Code: in.Code, Level: in.Level,
		Class: in.Class, Parent: in.Parent, Enabled: rest.TrueIfAbsent(in.Enabled), UpdatedAt: seen})
	if err != nil {
		return rest.WithRow(err, Area(v))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "area": Area(v)})
}
