package registerapi

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/photos"
	"spotcheck/server/core/places"
	"spotcheck/server/httpapi/photoapi"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// agreementHandlers serve the agreements that places and units have signed, with their scans.
type agreementHandlers struct {
	places *places.Service
	photos *photos.Service
}

func (h *agreementHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/agreements", Handle: h.agreements},
		{Method: fiber.MethodGet, Path: "/api/v1/agreements/coverage", Handle: h.coverage},
		{Method: fiber.MethodPost, Path: "/api/v1/agreement-imports", Slow: true, Upload: true, Abandoned: true, Handle: h.importAgreements},
		{Method: fiber.MethodPut, Path: "/api/v1/agreements/:id", Handle: h.putAgreement},
		{Method: fiber.MethodPut, Path: "/api/v1/agreements/:id/scan", Slow: true, Upload: true, Handle: h.acceptScan},
		{Method: fiber.MethodGet, Path: "/api/v1/agreements/:id/scan", Slow: true, Handle: h.scan},
	}
}

type agreementWire struct {
	ID        inspect.ID            `json:"id"`
	Place     inspect.ID            `json:"place,omitzero"`
	PlaceName string                `json:"place_name,omitempty"`
	Unit      *rest.Ref             `json:"unit,omitempty"`
	Kind      inspect.AgreementKind `json:"kind"`
	SignedOn  inspect.Date          `json:"signed_on"`
	ValidTo   inspect.Date          `json:"valid_to,omitempty"`
	SignedBy  string                `json:"signed_by,omitempty"`
	Scan      *scanWire             `json:"scan,omitempty"`
	Enabled   bool                  `json:"enabled"`
	CreatedAt inspect.Time          `json:"created_at"`
	UpdatedAt inspect.Time          `json:"updated_at"`
}

func agreementOf(v *inspect.Agreement) agreementWire {
	w := agreementWire{v.ID, v.Spot, "", rest.RefOf(v.Unit, nil), v.Kind, v.From, v.To, v.SignedBy, nil, v.Enabled, v.CreatedAt, v.UpdatedAt}
	if v.Scan.SHA256 != "" {
		w.Scan = &scanWire{v.Scan.SHA256, v.Scan.Bytes, v.Scan.Type}
	}
	return w
}

type scanWire struct {
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
	Type   string `json:"type"`
}

func (h *agreementHandlers) acceptScan(c *fiber.Ctx) error {
	agreement, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	u, err := photoapi.UploadOf(c)
	if err != nil {
		return err
	}
	v, repeated, err := h.photos.AcceptScan(c.UserContext(), rest.Actor(c), agreement, u)
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "sha256": v.Scan.SHA256, "bytes": v.Scan.Bytes, "agreement": agreementOf(&v)})
}

func (h *agreementHandlers) scan(c *fiber.Ctx) error {
	agreement, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	pic, err := h.photos.Scan(c.UserContext(), rest.Actor(c), agreement)
	if err != nil {
		return err
	}
	return photoapi.SendPicture(c, pic, "scan")
}

type agreementIn struct {
	Place    inspect.ID            `json:"place"`
	Unit     inspect.ID            `json:"unit"`
	Kind     inspect.AgreementKind `json:"kind" need:"true"`
	SignedOn inspect.Date          `json:"signed_on" need:"true"`
	ValidTo  inspect.Date          `json:"valid_to"`
	SignedBy string                `json:"signed_by" max:"100"`
	Enabled  *bool                 `json:"enabled"`
}

func (h *agreementHandlers) putAgreement(c *fiber.Ctx) error {
	agreement, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in agreementIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	if in.ValidTo != "" && in.ValidTo < in.SignedOn {
		return inspect.ErrContent.At(fault.Field{Pointer: "/valid_to", Detail: "before signed_on"})
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	v, repeated, fresh, err := h.places.PutAgreement(c.UserContext(), rest.Actor(c), inspect.Agreement{ID: agreement, Spot: in.Place, Unit: in.Unit,
		Kind: in.Kind, Span: inspect.Span{From: in.SignedOn, To: in.ValidTo}, SignedBy: in.SignedBy, Enabled: rest.TrueIfAbsent(in.Enabled), UpdatedAt: seen})
	if err != nil {
		return rest.WithRow(err, agreementOf(&v))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "agreement": agreementOf(&v)})
}

// furthestEnd is how many days ahead agreements that run out are looked for.
const furthestEnd = 3660

func (h *agreementHandlers) agreements(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	f := store.AgreementFilter{Of: store.SignedPlaces, Text: q.Text("text", 100)}
	q.As("of", &f.Of)
	q.As("place", &f.Spot)
	q.As("unit", &f.Unit)
	days, within := 0, q.Text("ends_within", 5)
	if within != "" {
		var err error
		if days, err = strconv.Atoi(within); err != nil || days < 0 || days > furthestEnd {
			q.Fail("ends_within", fmt.Sprintf("want days, 0 to %d", furthestEnd))
		}
		if !f.Spot.IsZero() || !f.Unit.IsZero() || f.Text != "" {
			q.Fail("ends_within", "goes without place, unit and text")
		}
	}
	var after store.AgreementPlace
	if p := q.Position("cursor", 2); p != nil {
		after.ID = p[1]
		if p[0] > 0 {
			after.Ends = inspect.Date(time.Unix(min(p[0], 1<<20)*86400, 0).UTC().Format(time.DateOnly))
		}
	}
	limit := q.Limit(100, 200)
	if err := q.Err(); err != nil {
		return err
	}
	var all []inspect.Agreement
	var names map[inspect.ID]string
	var next store.AgreementPlace
	var err error
	if within != "" {
		all, names, next, err = h.places.AgreementsEnding(c.UserContext(), rest.Actor(c), f.Of, days, after, limit)
	} else {
		all, names, next, err = h.places.Agreements(c.UserContext(), rest.Actor(c), f, after, limit)
	}
	if err != nil {
		return err
	}
	list := []agreementWire{}
	for n := range all {
		w := agreementOf(&all[n])
		w.PlaceName, w.Unit = names[w.Place], rest.RefOf(all[n].Unit, names)
		list = append(list, w)
	}
	out := fiber.Map{"agreements": list}
	if next.ID != 0 {
		day := int64(0)
		if at, err := time.Parse(time.DateOnly, string(next.Ends)); err == nil {
			day = at.Unix() / 86400
		}
		out["next"] = rest.CursorText(day, next.ID)
	}
	return c.JSON(out)
}

// coverageWire is a line of coverage; without places it has no percent: no data.
type coverageWire struct {
	Kind    inspect.SpotKind `json:"kind,omitempty"`
	Units   inspect.UnitKind `json:"unit_kind,omitempty"`
	Of      *rest.Ref        `json:"of,omitempty"`
	Signed  int              `json:"signed"`
	Places  int              `json:"places"`
	Percent *float64         `json:"percent,omitempty"`
}

func (h *agreementHandlers) coverage(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	by := q.Text("by", 10)
	var parent inspect.ID
	var kind inspect.SpotKind
	q.As("parent", &parent)
	q.As("kind", &kind)
	of := store.SignedPlaces
	q.As("of", &of)
	units := of == store.SignedUnits
	if units && (by == "area" || kind != "") {
		q.Fail("of", "units are counted by kind or unit, and have no kind of place")
	}
	tree, isTree := map[string]store.Tree{"area": store.AreaTree, "unit": store.UnitTree}[by]
	if !isTree && by != "kind" {
		q.Fail("by", "want kind, area or unit")
	}
	if by == "kind" && (kind != "" || !parent.IsZero()) {
		q.Fail("by", "kind goes without parent and kind")
	}
	if err := q.Err(); err != nil {
		return err
	}
	var rows []places.CoverageRow
	var whole bool
	var err error
	if units {
		whole = true
		rows, err = h.places.CoverageOfUnits(c.UserContext(), rest.Actor(c), !isTree, parent)
	} else if isTree {
		rows, whole, err = h.places.CoverageBelow(c.UserContext(), rest.Actor(c), tree, parent, kind)
	} else {
		rows, whole, err = h.places.CoverageByKind(c.UserContext(), rest.Actor(c))
	}
	if err != nil {
		return err
	}
	list := []coverageWire{}
	for _, r := range rows {
		w := coverageWire{Kind: r.Kind, Units: r.Of, Signed: r.Signed, Places: r.Total}
		if !r.ID.IsZero() {
			w.Of = &rest.Ref{ID: r.ID, Name: r.Name}
		}
		if share, ok := r.Percent(); ok {
			share = math.Round(share*100) / 100
			w.Percent = &share
		}
		list = append(list, w)
	}
	return c.JSON(fiber.Map{"coverage": list, "partial": !whole})
}

// importAgreements takes a table of agreements with places and units.
func (h *agreementHandlers) importAgreements(c *fiber.Ctx) error {
	return importTable(c, h.places.ImportAgreements)
}
