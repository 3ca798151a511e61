package registerapi

import (
	"context"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
	"spotcheck/server/core/places"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// placeHandlers serve the register of places: shops, sites and markets.
type placeHandlers struct {
	places *places.Service
}

func (h *placeHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/places", Handle: h.list},
		{Method: fiber.MethodGet, Path: "/api/v1/places/near", Handle: h.near},
		{Method: fiber.MethodGet, Path: "/api/v1/places/:id", Handle: h.place},
		{Method: fiber.MethodPut, Path: "/api/v1/places/:id", Handle: h.putPlace},
		{Method: fiber.MethodPost, Path: "/api/v1/place-imports", Slow: true, Upload: true, Abandoned: true, Handle: h.importPlaces},
	}
}

// placeWire is a place of the register.
type placeWire struct {
	ID         inspect.ID       `json:"id"`
	Kind       inspect.SpotKind `json:"kind"`
	Name       string           `json:"name"`
	Number     string           `json:"number,omitempty"`
	Position   Position         `json:"position"`
	Area       inspect.ID       `json:"area,omitzero"`
	Unit       inspect.ID       `json:"unit,omitzero"`
	Contact    string           `json:"contact,omitempty"`
	Contractor string           `json:"contractor,omitempty"`
	Permit     string           `json:"permit,omitempty"`
	Vehicles   []string         `json:"vehicles,omitempty"`
	ValidFrom  inspect.Date     `json:"valid_from"`
	ValidTo    inspect.Date     `json:"valid_to,omitempty"`
	Enabled    bool             `json:"enabled"`
	CreatedAt  inspect.Time     `json:"created_at"`
	UpdatedAt  inspect.Time     `json:"updated_at"`
}

func placeOf(v *inspect.Spot) placeWire {
	return placeWire{ID: v.ID, Kind: v.Kind, Name: v.Name, Number: v.Number, Position: *PositionOf(&inspect.Place{Point: v.Point, Datum: v.Datum, OriginalPoint: v.OriginalPoint}),
		Area: v.Area, Unit: v.Unit, Contact: v.Contact, Contractor: v.Contractor, Permit: v.Permit, Vehicles: v.Vehicles, ValidFrom: v.From, ValidTo: v.To,
		Enabled: v.Enabled, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt}
}

type placePosition struct {
	Point
	Datum geo.Datum `json:"datum" need:"true"`
}

type placeIn struct {
	spanIn
	Kind       inspect.SpotKind `json:"kind" need:"true"`
	Name       string           `json:"name" need:"words" max:"100"`
	Number     string           `json:"number" max:"50"`
	Position   placePosition    `json:"position" need:"true"`
	Area       inspect.ID       `json:"area"`
	Unit       inspect.ID       `json:"unit"`
	Contact    string           `json:"contact" max:"200"`
	Contractor string           `json:"contractor" max:"100"`
	Permit     string           `json:"permit" max:"100"`
	Vehicles   []string         `json:"vehicles" max:"100" each:"20"`
	Enabled    *bool            `json:"enabled"`
}

func (in *placeIn) check() error {
	wrong := append(CheckPoint("/position", in.Position.Point), in.spanIn.check()...)
	for n, plate := range in.Vehicles {
		if plate == "" || strings.ContainsRune(plate, '\n') {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/vehicles/%d", n), Detail: "want a number plate"})
		}
	}
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	return nil
}

func (h *placeHandlers) putPlace(c *fiber.Ctx) error {
	place, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in placeIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	v := inspect.Spot{ID: place, Kind: in.Kind, Name: in.Name, Number: in.Number, Datum: in.Position.Datum,
		OriginalPoint: geo.Point(in.Position.Point), Area: in.Area, Unit: in.Unit,
		Contact: in.Contact, Contractor: in.Contractor, Permit: in.Permit, Span: in.span(), Enabled: rest.TrueIfAbsent(in.Enabled)}
	if len(in.Vehicles) > 0 {
		v.Vehicles = in.Vehicles
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	v.UpdatedAt = seen
	v, repeated, fresh, err := h.places.PutSpot(c.UserContext(), rest.Actor(c), v)
	if err != nil {
		return rest.WithRow(err, placeOf(&v))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "place": placeOf(&v)})
}

func (h *placeHandlers) place(c *fiber.Ctx) error {
	place, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	v, err := h.places.Spot(c.UserContext(), rest.Actor(c), place)
	if err != nil {
		return err
	}
	return c.JSON(placeOf(&v))
}

func (h *placeHandlers) list(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	f := store.SpotFilter{Text: strings.TrimSpace(q.Text("text", 100)), After: q.Cursor("cursor"), Limit: q.Limit(100, 200)}
	q.As("kind", &f.Kind)
	q.As("area", &f.Area)
	q.As("unit", &f.Unit)
	if err := q.Err(); err != nil {
		return err
	}
	all, next, err := h.places.Spots(c.UserContext(), rest.Actor(c), f)
	if err != nil {
		return err
	}
	list := []placeWire{}
	for n := range all {
		list = append(list, placeOf(&all[n]))
	}
	out := fiber.Map{"places": list}
	if next != 0 {
		out["next"] = rest.CursorText(next)
	}
	return c.JSON(out)
}

// Bounds of a look around a point.
const (
	defaultRadius = 100.0 // metres
	widestRadius  = 5_000.0
	mostNearby    = 50 // places
)

// placeWithDistance is a place of the register with its distance.
type placeWithDistance struct {
	placeWire
	Metres float64 `json:"metres"`
}

func placesWithDistance(all []store.NearbySpot) []placeWithDistance {
	list := []placeWithDistance{}
	for n := range all {
		all[n].Vehicles = nil
		list = append(list, placeWithDistance{placeOf(&all[n].Spot), all[n].Metres})
	}
	return list
}

func (h *placeHandlers) near(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var kind inspect.SpotKind
	q.As("kind", &kind)
	lat, lon := q.Numbers("lat", 1, "degrees"), q.Numbers("lon", 1, "degrees")
	radius := q.Numbers("radius_m", 1, "metres")
	if radius == nil {
		radius = []float64{defaultRadius}
	}
	var at geo.Point
	switch {
	case lat == nil || lon == nil:
		q.Fail("lat", "want lat and lon in degrees")
	case !geo.Point{Lat: lat[0], Lon: lon[0]}.Valid():
		q.Fail("lat", "latitude is -90 to 90, longitude -180 to 180")
	default:
		at = geo.Point{Lat: lat[0], Lon: lon[0]}
	}
	if radius[0] <= 0 || radius[0] > widestRadius {
		q.Fail("radius_m", "want metres, at most 5000")
	}
	if err := q.Err(); err != nil {
		return err
	}
	near, whole, err := h.places.SpotsNear(c.UserContext(), rest.Actor(c), at, radius[0], kind, mostNearby)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"places": placesWithDistance(near), "partial": !whole})
}

func (h *placeHandlers) importPlaces(c *fiber.Ctx) error {
	return importTable(c, h.places.ImportSpots)
}

// importTable takes a table of a register, whole or not at all.
func importTable(c *fiber.Ctx, take func(context.Context, *inspect.Actor, places.TableFile) (places.CatalogueImport, error)) error {
	q := rest.QueryOf(c)
	var file places.TableFile
	file.Sheet, file.Heads = q.Table()
	if err := q.Err(); err != nil {
		return err
	}
	if !rest.Actor(c).MayAnywhere(inspect.MayAdminister) { // before anybody's megabytes are read
		return inspect.ErrForbidden
	}
	var err error
	if file.Body, err = rest.ReadUpload(c, table.MostBytes); err != nil {
		return err
	}
	n, err := take(c.UserContext(), rest.Actor(c), file)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"rows": n.Added + n.Changed + n.Same, "added": n.Added, "changed": n.Changed, "same": n.Same})
}

// NearbyPlace is a place of the register that an issue may be about.
type NearbyPlace struct {
	ID     inspect.ID       `json:"id"`
	Kind   inspect.SpotKind `json:"kind"`
	Name   string           `json:"name"`
	Metres float64          `json:"metres"`
}

// NearbyPlacesOf are the places that an issue may be about, nil for none.
func NearbyPlacesOf(all []store.NearbySpot) (list []NearbyPlace) {
	for _, s := range all {
		list = append(list, NearbyPlace{s.ID, s.Kind, s.Name, s.Metres})
	}
	return list
}
