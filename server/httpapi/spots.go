package httpapi

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// spotWire is a place of the register.
type spotWire struct {
	ID         inspect.ID       `json:"id"`
	Kind       inspect.SpotKind `json:"kind"`
	Name       string           `json:"name"`
	Number     string           `json:"number,omitempty"`
	Position   placeWire        `json:"position"`
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

func spotOf(v *inspect.Spot) spotWire {
	return spotWire{ID: v.ID, Kind: v.Kind, Name: v.Name, Number: v.Number, Position: *placeOf(&inspect.Place{Point: v.Point, Datum: v.Datum, OriginalPoint: v.OriginalPoint}),
		Area: v.Area, Unit: v.Unit, Contact: v.Contact, Contractor: v.Contractor, Permit: v.Permit, Vehicles: v.Vehicles, ValidFrom: v.From, ValidTo: v.To,
		Enabled: v.Enabled, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt}
}

type positionIn struct {
	pointWire
	Datum geo.Datum `json:"datum" need:"true"`
}

type spotIn struct {
	spanIn
	Kind       inspect.SpotKind `json:"kind" need:"true"`
	Name       string           `json:"name" need:"true" max:"100"`
	Number     string           `json:"number" max:"50"`
	Position   positionIn       `json:"position" need:"true"`
	Area       inspect.ID       `json:"area"`
	Unit       inspect.ID       `json:"unit"`
	Contact    string           `json:"contact" max:"200"`
	Contractor string           `json:"contractor" max:"100"`
	Permit     string           `json:"permit" max:"100"`
	Vehicles   []string         `json:"vehicles" max:"100" each:"20"`
	Enabled    *bool            `json:"enabled"`
}

func (in *spotIn) check() error {
	wrong := append(checkPoint("/position", in.Position.pointWire), in.spanIn.check()...)
	if strings.TrimSpace(in.Name) == "" {
		wrong = append(wrong, fault.Field{Pointer: "/name", Detail: "is empty"})
	}
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

func (a *API) putSpot(c *fiber.Ctx) error {
	place, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in spotIn
	if err := read(c, &in); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	v := inspect.Spot{ID: place, Kind: in.Kind, Name: in.Name, Number: in.Number, Datum: in.Position.Datum, OriginalPoint: geo.Point(in.Position.pointWire), Area: in.Area, Unit: in.Unit,
		Contact: in.Contact, Contractor: in.Contractor, Permit: in.Permit, Span: in.span(), Enabled: enabled(in.Enabled)}
	if len(in.Vehicles) > 0 {
		v.Vehicles = in.Vehicles
	}
	v, repeated, fresh, err := a.Core.PutSpot(c.UserContext(), actor(c), v)
	if err != nil {
		return err
	}
	return created(c, fresh).JSON(fiber.Map{"repeated": repeated, "place": spotOf(&v)})
}

func (a *API) spot(c *fiber.Ctx) error {
	place, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	v, err := a.Core.Spot(c.UserContext(), actor(c), place)
	if err != nil {
		return err
	}
	return c.JSON(spotOf(&v))
}

func (a *API) spots(c *fiber.Ctx) error {
	q := queryOf(c)
	f := store.SpotFilter{Text: strings.TrimSpace(q.text("text", 100)), After: q.cursor("cursor"), Limit: q.limit(100, 200)}
	q.as("kind", &f.Kind)
	q.as("area", &f.Area)
	q.as("unit", &f.Unit)
	if err := q.fault(); err != nil {
		return err
	}
	all, next, err := a.Core.Spots(c.UserContext(), actor(c), f)
	if err != nil {
		return err
	}
	list := []spotWire{}
	for n := range all {
		list = append(list, spotOf(&all[n]))
	}
	out := fiber.Map{"places": list}
	if next != 0 {
		out["next"] = cursorText(next)
	}
	return c.JSON(out)
}

// Bounds of a look around a point.
const (
	usualNear  = 100.0 // metres
	widestNear = 5_000.0
	mostNear   = 50 // places
)

// nearWire is a place of the register with its distance.
type nearWire struct {
	spotWire
	Metres float64 `json:"metres"`
}

func nearOf(all []store.NearbySpot) []nearWire {
	list := []nearWire{}
	for n := range all {
		all[n].Vehicles = nil
		list = append(list, nearWire{spotOf(&all[n].Spot), all[n].Metres})
	}
	return list
}

func (a *API) spotsNear(c *fiber.Ctx) error {
	q := queryOf(c)
	var kind inspect.SpotKind
	q.as("kind", &kind)
	lat, lon := q.numbers("lat", 1, "degrees"), q.numbers("lon", 1, "degrees")
	radius := q.numbers("radius_m", 1, "metres")
	if radius == nil {
		radius = []float64{usualNear}
	}
	var at geo.Point
	switch {
	case lat == nil || lon == nil:
		q.fail("lat", "want lat and lon in degrees")
	case !geo.Point{Lat: lat[0], Lon: lon[0]}.Valid():
		q.fail("lat", "latitude is -90 to 90, longitude -180 to 180")
	default:
		at = geo.Point{Lat: lat[0], Lon: lon[0]}
	}
	if radius[0] <= 0 || radius[0] > widestNear {
		q.fail("radius_m", "want metres, at most 5000")
	}
	if err := q.fault(); err != nil {
		return err
	}
	near, whole, err := a.Core.SpotsNear(c.UserContext(), actor(c), at, radius[0], kind, mostNear)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"places": nearOf(near), "partial": !whole})
}

func (a *API) importSpots(c *fiber.Ctx) error {
	n, err := a.Core.ImportSpots(c.UserContext(), actor(c), bodyOf(c))
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"rows": n.Added + n.Changed + n.Same, "added": n.Added, "changed": n.Changed, "same": n.Same})
}

// nearbyWire is a place of the register that an issue may be about.
type nearbyWire struct {
	ID     inspect.ID       `json:"id"`
	Kind   inspect.SpotKind `json:"kind"`
	Name   string           `json:"name"`
	Metres float64          `json:"metres"`
}

func nearbyOf(all []store.NearbySpot) (list []nearbyWire) {
	for _, s := range all {
		list = append(list, nearbyWire{s.ID, s.Kind, s.Name, s.Metres})
	}
	return list
}
