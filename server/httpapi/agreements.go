package httpapi

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
	"spotcheck/server/store"
)

type agreementWire struct {
	ID        inspect.ID            `json:"id"`
	Place     inspect.ID            `json:"place"`
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
	w := agreementWire{v.ID, v.Spot, v.Kind, v.From, v.To, v.SignedBy, nil, v.Enabled, v.CreatedAt, v.UpdatedAt}
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

func (a *API) acceptScan(c *fiber.Ctx) error {
	agreement, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	u, err := uploadOf(c)
	if err != nil {
		return err
	}
	v, repeated, err := a.Core.AcceptScan(c.UserContext(), actor(c), agreement, u)
	if err != nil {
		return err
	}
	return created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "sha256": v.Scan.SHA256, "bytes": v.Scan.Bytes, "agreement": agreementOf(&v)})
}

func (a *API) scan(c *fiber.Ctx) error {
	agreement, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	pic, err := a.Core.Scan(c.UserContext(), actor(c), agreement)
	if err != nil {
		return err
	}
	return send(c, pic, "scan")
}

type agreementIn struct {
	Place    inspect.ID            `json:"place" need:"true"`
	Kind     inspect.AgreementKind `json:"kind" need:"true"`
	SignedOn inspect.Date          `json:"signed_on" need:"true"`
	ValidTo  inspect.Date          `json:"valid_to"`
	SignedBy string                `json:"signed_by" max:"100"`
	Enabled  *bool                 `json:"enabled"`
}

func (a *API) putAgreement(c *fiber.Ctx) error {
	agreement, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in agreementIn
	if err := read(c, &in); err != nil {
		return err
	}
	if in.ValidTo != "" && in.ValidTo < in.SignedOn {
		return inspect.ErrContent.At(fault.Field{Pointer: "/valid_to", Detail: "before signed_on"})
	}
	v, repeated, fresh, err := a.Core.PutAgreement(c.UserContext(), actor(c), inspect.Agreement{ID: agreement, Spot: in.Place, Kind: in.Kind,
		Span: inspect.Span{From: in.SignedOn, To: in.ValidTo}, SignedBy: in.SignedBy, Enabled: enabled(in.Enabled)})
	if err != nil {
		return err
	}
	return created(c, fresh).JSON(fiber.Map{"repeated": repeated, "agreement": agreementOf(&v)})
}

// furthestEnd is how many days ahead agreements that run out are looked for.
const furthestEnd = 3660

func (a *API) agreements(c *fiber.Ctx) error {
	q := queryOf(c)
	var place inspect.ID
	q.as("place", &place)
	days, within := 0, q.text("ends_within", 5)
	if within != "" {
		var err error
		if days, err = strconv.Atoi(within); err != nil || days < 0 || days > furthestEnd {
			q.fail("ends_within", fmt.Sprintf("want days, 0 to %d", furthestEnd))
		}
		if !place.IsZero() {
			q.fail("place", "goes without ends_within")
		}
	}
	var after store.AgreementPlace
	if p := q.position("cursor", 2); p != nil {
		after.ID = p[1]
		if p[0] > 0 {
			after.Ends = inspect.Date(time.Unix(min(p[0], 1<<20)*86400, 0).UTC().Format(time.DateOnly))
		}
	}
	limit := q.limit(100, 200)
	if err := q.fault(); err != nil {
		return err
	}
	var all []inspect.Agreement
	var next store.AgreementPlace
	var err error
	if within != "" {
		all, next, err = a.Core.AgreementsEnding(c.UserContext(), actor(c), days, after, limit)
	} else {
		all, next, err = a.Core.Agreements(c.UserContext(), actor(c), place, after, limit)
	}
	if err != nil {
		return err
	}
	list := []agreementWire{}
	for n := range all {
		list = append(list, agreementOf(&all[n]))
	}
	out := fiber.Map{"agreements": list}
	if next.ID != 0 {
		day := int64(0)
		if at, err := time.Parse(time.DateOnly, string(next.Ends)); err == nil {
			day = at.Unix() / 86400
		}
		out["next"] = cursorText(day, next.ID)
	}
	return c.JSON(out)
}

// coverageWire is a line of coverage; without places it has no percent: no data.
type coverageWire struct {
	Kind    inspect.SpotKind `json:"kind,omitempty"`
	Of      *ref             `json:"of,omitempty"`
	Signed  int              `json:"signed"`
	Places  int              `json:"places"`
	Percent *float64         `json:"percent,omitempty"`
}

func (a *API) coverage(c *fiber.Ctx) error {
	q := queryOf(c)
	by := q.text("by", 10)
	var parent inspect.ID
	var kind inspect.SpotKind
	q.as("parent", &parent)
	q.as("kind", &kind)
	tree, isTree := map[string]store.Tree{"area": store.AreaTree, "unit": store.UnitTree}[by]
	if !isTree && by != "kind" {
		q.fail("by", "want kind, area or unit")
	}
	if by == "kind" && (kind != "" || !parent.IsZero()) {
		q.fail("by", "kind goes without parent and kind")
	}
	if err := q.fault(); err != nil {
		return err
	}
	var rows []core.CoverageRow
	var whole bool
	var err error
	if isTree {
		rows, whole, err = a.Core.CoverageBelow(c.UserContext(), actor(c), tree, parent, kind)
	} else {
		rows, whole, err = a.Core.CoverageByKind(c.UserContext(), actor(c))
	}
	if err != nil {
		return err
	}
	list := []coverageWire{}
	for _, r := range rows {
		w := coverageWire{Kind: r.Kind, Signed: r.Signed, Places: r.Total}
		if !r.ID.IsZero() {
			w.Of = &ref{r.ID, r.Name}
		}
		if share, ok := r.Percent(); ok {
			share = math.Round(share*100) / 100
			w.Percent = &share
		}
		list = append(list, w)
	}
	return c.JSON(fiber.Map{"coverage": list, "partial": !whole})
}
