package httpapi

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
)

type responsibilityWire struct {
	ID        inspect.ID   `json:"id"`
	Number    int64        `json:"number"`
	Unit      inspect.ID   `json:"unit"`
	Area      inspect.ID   `json:"area"`
	Category  string       `json:"category,omitempty"`
	Group     string       `json:"group,omitempty"`
	Leader    string       `json:"leader,omitempty"`
	Contact   string       `json:"contact,omitempty"`
	Assisting []inspect.ID `json:"assisting,omitempty"`
	Note      string       `json:"note,omitempty"`
	ValidFrom inspect.Date `json:"valid_from"`
	ValidTo   inspect.Date `json:"valid_to,omitempty"`
	AtOnce    bool         `json:"at_once,omitempty"`
	Enabled   bool         `json:"enabled"`
	CreatedAt inspect.Time `json:"created_at"`
	UpdatedAt inspect.Time `json:"updated_at"`
}

func responsibilityOf(v *inspect.Responsibility) responsibilityWire {
	return responsibilityWire{ID: v.ID, Number: v.Number, Unit: v.Unit, Area: v.Area, Category: v.Category, Group: v.Group, Leader: v.Leader, Contact: v.Contact,
		Assisting: v.Assisting, Note: v.Note, ValidFrom: v.From, ValidTo: v.To, AtOnce: v.AutoAssign, Enabled: v.Enabled, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt}
}

// spanIn is the days on which something is valid, as requests give it.
type spanIn struct {
	ValidFrom inspect.Date `json:"valid_from" need:"true"`
	ValidTo   inspect.Date `json:"valid_to"`
}

func (s spanIn) check() []fault.Field {
	if s.ValidTo != "" && s.ValidTo < s.ValidFrom {
		return []fault.Field{{Pointer: "/valid_to", Detail: "before valid_from"}}
	}
	return nil
}

func (s spanIn) span() inspect.Span { return inspect.Span{From: s.ValidFrom, To: s.ValidTo} }

type responsibilityIn struct {
	spanIn
	Unit      inspect.ID   `json:"unit" need:"true"`
	Area      inspect.ID   `json:"area" need:"true"`
	Category  string       `json:"category" max:"20"`
	Group     string       `json:"group" max:"50"`
	Leader    string       `json:"leader" max:"100"`
	Contact   string       `json:"contact" max:"200"`
	Assisting []inspect.ID `json:"assisting" max:"20"`
	Note      string       `json:"note" max:"1000"`
	AtOnce    bool         `json:"at_once"`
	Enabled   *bool        `json:"enabled"`
}

func (in *responsibilityIn) check() error {
	wrong := in.spanIn.check()
	if in.Category != "" && in.Group != "" {
		wrong = append(wrong, fault.Field{Pointer: "/group", Detail: "a rule is about one item or about a group, not both"})
	}
	seen := map[inspect.ID]bool{in.Unit: true}
	for n, id := range in.Assisting {
		if seen[id] {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/assisting/%d", n), Detail: "stands twice, or is the unit itself"})
		}
		seen[id] = true
	}
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	return nil
}

func (a *API) putResponsibility(c *fiber.Ctx) error {
	rule, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in responsibilityIn
	if err := read(c, &in); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	v, repeated, fresh, err := a.Core.PutResponsibility(c.UserContext(), actor(c), inspect.Responsibility{ID: rule, Unit: in.Unit, Area: in.Area,
		Category: in.Category, Group: in.Group, Leader: in.Leader, Contact: in.Contact, Assisting: in.Assisting, Note: in.Note, AutoAssign: in.AtOnce, Span: in.span(), Enabled: enabled(in.Enabled)})
	if err != nil {
		return err
	}
	return created(c, fresh).JSON(fiber.Map{"repeated": repeated, "responsibility": responsibilityOf(&v)})
}

func (a *API) responsibilities(c *fiber.Ctx) error {
	q := queryOf(c)
	var unit, area inspect.ID
	q.as("unit", &unit)
	q.as("area", &area)
	after, limit := q.cursor("cursor"), q.limit(100, 200)
	if err := q.fault(); err != nil {
		return err
	}
	all, next, err := a.Core.Responsibilities(c.UserContext(), actor(c), unit, area, after, limit)
	if err != nil {
		return err
	}
	list := []responsibilityWire{}
	for n := range all {
		list = append(list, responsibilityOf(&all[n]))
	}
	out := fiber.Map{"responsibilities": list}
	if next != 0 {
		out["next"] = cursorText(next)
	}
	return c.JSON(out)
}

// holeWire is an area and a group that nobody answers for, or that several do.
type holeWire struct {
	Kind   inspect.CoverageGapKind `json:"kind"`
	Area   ref                     `json:"area"`
	Group  string                  `json:"group"`
	Items  []string                `json:"items"`
	Rules  []holeRule              `json:"rules,omitempty"`
	Issues int                     `json:"issues"`
	Open   int                     `json:"open"`
}

type holeRule struct {
	ID     inspect.ID `json:"id"`
	Number int64      `json:"number"`
	Unit   ref        `json:"unit"`
}

func (a *API) gaps(c *fiber.Ctx) error {
	q := queryOf(c)
	var kind inspect.CoverageGapKind
	q.as("kind", &kind)
	limit := q.limit(50, 200)
	var after *core.HolePlace
	if p := q.position("cursor", 4); p != nil {
		after = &core.HolePlace{Issues: p[0], Area: p[1], Item: p[2], Kind: p[3]}
	}
	if err := q.fault(); err != nil {
		return err
	}
	page, err := a.Core.Gaps(c.UserContext(), actor(c), kind, after, limit)
	if err != nil {
		return err
	}
	holes := []holeWire{}
	for _, h := range page.Holes {
		w := holeWire{Kind: h.Kind, Area: ref{h.Area, h.AreaName}, Group: h.Group, Items: h.Items, Issues: h.All, Open: h.Open}
		for _, r := range h.Rules {
			w.Rules = append(w.Rules, holeRule{r.ID, r.Number, ref{r.Unit, h.Units[r.Unit]}})
		}
		holes = append(holes, w)
	}
	out := fiber.Map{"gaps": holes, "total": page.Total, "issues_counted": page.Looked, "partial": !page.Whole}
	if n := page.Next; n != nil {
		out["next"] = cursorText(n.Issues, n.Area, n.Item, n.Kind)
	}
	return c.JSON(out)
}

// responsibleWire is a unit that answers for an issue, and why.
type responsibleWire struct {
	Unit      ref    `json:"unit"`
	Rule      int64  `json:"rule"`
	ReasonZH  string `json:"reason_zh"`
	ReasonEN  string `json:"reason_en"`
	Leader    string `json:"leader,omitempty"`
	Contact   string `json:"contact,omitempty"`
	Assisting []ref  `json:"assisting,omitempty"`
}

// proposedUnit is the unit that the register of responsibility proposes, with the others that fit.
type proposedUnit struct {
	responsibleWire
	Others []responsibleWire `json:"others"`
}

func proposedUnitOf(all []core.Responsible) *proposedUnit {
	if len(all) == 0 {
		return nil
	}
	p := &proposedUnit{responsibleOf(&all[0]), []responsibleWire{}}
	for n := range all[1:] {
		p.Others = append(p.Others, responsibleOf(&all[n+1]))
	}
	return p
}

func responsibleOf(r *core.Responsible) responsibleWire {
	w := responsibleWire{Unit: ref{r.Unit, r.UnitName}, Rule: r.Rule, ReasonZH: r.ReasonZH, ReasonEN: r.ReasonEN, Leader: r.Leader, Contact: r.Contact}
	for _, u := range r.Assisting {
		w.Assisting = append(w.Assisting, ref(u))
	}
	return w
}
