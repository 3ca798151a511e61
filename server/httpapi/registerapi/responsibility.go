package registerapi

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/rest"
)

// responsibilityHandlers serve the register of who answers for what, and its gaps.
type responsibilityHandlers struct {
	duties *duties.Service
}

func (h *responsibilityHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/responsibilities", Handle: h.responsibilities},
		{Method: fiber.MethodGet, Path: "/api/v1/responsibilities/gaps", Handle: h.gaps},
		{Method: fiber.MethodPut, Path: "/api/v1/responsibilities/:id", Handle: h.putResponsibility},
	}
}

type responsibilityWire struct {
	ID        inspect.ID   `json:"id"`
	Number    int64        `json:"number"`
	Unit      inspect.ID   `json:"unit"`
	Area      inspect.ID   `json:"area"`
	Category  string       `json:"category,omitempty"`
	Group     string       `json:"group,omitempty"`
	Leader    string       `json:"leader,omitempty"`
	Person    inspect.ID   `json:"leader_person,omitzero"`
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
	return responsibilityWire{ID: v.ID, Number: v.Number, Unit: v.Unit, Area: v.Area, Category: v.Category, Group: v.Group, Leader: v.Leader, Person: v.LeaderID,
		Contact: v.Contact, Assisting: v.Assisting, Note: v.Note, ValidFrom: v.From, ValidTo: v.To, AtOnce: v.AutoAssign, Enabled: v.Enabled,
		CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt}
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
	Person    inspect.ID   `json:"leader_person"`
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

func (h *responsibilityHandlers) putResponsibility(c *fiber.Ctx) error {
	rule, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in responsibilityIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	v, repeated, fresh, err := h.duties.PutResponsibility(c.UserContext(), rest.Actor(c), inspect.Responsibility{ID: rule, Unit: in.Unit, Area: in.Area,
		Category: in.Category, Group: in.Group, Leader: in.Leader, LeaderID: in.Person, Contact: in.Contact, Assisting: in.Assisting, Note: in.Note, AutoAssign: in.AtOnce,
		Span: in.span(), Enabled: rest.TrueIfAbsent(in.Enabled), UpdatedAt: seen})
	if err != nil {
		return rest.WithRow(err, responsibilityOf(&v))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "responsibility": responsibilityOf(&v)})
}

func (h *responsibilityHandlers) responsibilities(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var unit, area inspect.ID
	q.As("unit", &unit)
	q.As("area", &area)
	after, limit := q.Cursor("cursor"), q.Limit(100, 200)
	if err := q.Err(); err != nil {
		return err
	}
	all, next, err := h.duties.Responsibilities(c.UserContext(), rest.Actor(c), unit, area, after, limit)
	if err != nil {
		return err
	}
	list := []responsibilityWire{}
	for n := range all {
		list = append(list, responsibilityOf(&all[n]))
	}
	out := fiber.Map{"responsibilities": list}
	if next != 0 {
		out["next"] = rest.CursorText(next)
	}
	return c.JSON(out)
}

// coverageGapWire is an area and a group that nobody answers for, or that several do.
type coverageGapWire struct {
	Kind   inspect.CoverageGapKind `json:"kind"`
	Area   rest.Ref                `json:"area"`
	Group  string                  `json:"group"`
	Items  []string                `json:"items"`
	Rules  []gapRule               `json:"rules,omitempty"`
	Issues int                     `json:"issues"`
	Open   int                     `json:"open"`
}

type gapRule struct {
	ID     inspect.ID `json:"id"`
	Number int64      `json:"number"`
	Unit   rest.Ref   `json:"unit"`
}

func (h *responsibilityHandlers) gaps(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	f := duties.GapFilter{Text: q.Text("text", 100)}
	q.As("kind", &f.Kind)
	limit := q.Limit(50, 200)
	var after *duties.GapPlace
	if p := q.Position("cursor", 4); p != nil {
		after = &duties.GapPlace{Issues: p[0], Area: p[1], Item: p[2], Kind: p[3]}
	}
	if err := q.Err(); err != nil {
		return err
	}
	page, err := h.duties.Gaps(c.UserContext(), rest.Actor(c), f, after, limit)
	if err != nil {
		return err
	}
	holes := []coverageGapWire{}
	for _, h := range page.Gaps {
		w := coverageGapWire{Kind: h.Kind, Area: rest.Ref{ID: h.Area, Name: h.AreaName}, Group: h.Group, Items: h.Items, Issues: h.All, Open: h.Open}
		for _, r := range h.Rules {
			w.Rules = append(w.Rules, gapRule{r.ID, r.Number, rest.Ref{ID: r.Unit, Name: h.Units[r.Unit]}})
		}
		holes = append(holes, w)
	}
	out := fiber.Map{"gaps": holes, "total": page.Total, "issues_counted": page.Looked, "partial": !page.Whole}
	if n := page.Next; n != nil {
		out["next"] = rest.CursorText(n.Issues, n.Area, n.Item, n.Kind)
	}
	return c.JSON(out)
}

// Responsible is a unit that answers for an issue, and why.
type Responsible struct {
	Unit      rest.Ref   `json:"unit"`
	Rule      int64      `json:"rule"`
	ReasonZH  string     `json:"reason_zh"`
	ReasonEN  string     `json:"reason_en"`
	Leader    string     `json:"leader,omitempty"`
	Contact   string     `json:"contact,omitempty"`
	Assisting []rest.Ref `json:"assisting,omitempty"`
}

// ProposedUnit is the unit that the register of responsibility proposes, with the others that fit.
type ProposedUnit struct {
	Responsible
	Others []Responsible `json:"others"`
}

// ProposedUnitOf proposes the first of the units that fit; nil for none.
func ProposedUnitOf(all []issues.Responsible) *ProposedUnit {
	if len(all) == 0 {
		return nil
	}
	p := &ProposedUnit{responsibleOf(&all[0]), []Responsible{}}
	for n := range all[1:] {
		p.Others = append(p.Others, responsibleOf(&all[n+1]))
	}
	return p
}

func responsibleOf(r *issues.Responsible) Responsible {
	w := Responsible{Unit: rest.Ref{ID: r.Unit, Name: r.UnitName}, Rule: r.Rule, ReasonZH: r.ReasonZH, ReasonEN: r.ReasonEN, Leader: r.Leader, Contact: r.Contact}
	for _, u := range r.Assisting {
		w.Assisting = append(w.Assisting, rest.Ref(u))
	}
	return w
}
