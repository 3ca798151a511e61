// Package inspectionapi serves how problems are looked for: draws by lot, standards and visits, duties and their rounds.
package inspectionapi

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/inspections"
	"spotcheck/server/core/rounds"
	"spotcheck/server/httpapi/rest"
)

// Needs are what the doors use.
type Needs struct {
	Inspections *inspections.Service
	Rounds      *rounds.Service
	Figures     *figures.Service // of work
	Site        *rest.Site       // for the address on signs
}

// Routes are the doors, noun by noun.
func Routes(n Needs) []rest.Route {
	return slices.Concat((&drawHandlers{inspections: n.Inspections}).routes(), (&standardHandlers{inspections: n.Inspections}).routes(),
		(&visitHandlers{inspections: n.Inspections, site: n.Site}).routes(), (&dutyHandlers{rounds: n.Rounds}).routes(),
		(&roundHandlers{rounds: n.Rounds}).routes(), (&planHandlers{rounds: n.Rounds, figures: n.Figures}).routes())
}

// drawHandlers serve draws by lot.
type drawHandlers struct {
	inspections *inspections.Service
}

func (h *drawHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/draws", Handle: h.list},
		{Method: fiber.MethodGet, Path: "/api/v1/draws/:id", Handle: h.draw},
		{Method: fiber.MethodPut, Path: "/api/v1/draws/:id", Handle: h.freeze},
		{Method: fiber.MethodPut, Path: "/api/v1/draws/:id/picks", Handle: h.execute},
		{Method: fiber.MethodPut, Path: "/api/v1/draws/:id/replacements/:target", Handle: h.replace},
		{Method: fiber.MethodPut, Path: "/api/v1/draws/:id/end", Handle: h.end},
		{Method: fiber.MethodGet, Path: "/api/v1/draws/:id/proof", Handle: h.proof},
	}
}

// drawSummary is a draw as lists show it.
type drawSummary struct {
	ID        inspect.ID        `json:"id"`
	Purpose   string            `json:"purpose"`
	State     inspect.DrawState `json:"state"`
	Kind      inspect.SpotKind  `json:"kind"`
	Area      *rest.Ref         `json:"area,omitempty"`
	Targets   int               `json:"targets"`
	Count     int               `json:"count"`
	Each      int               `json:"inspectors_each"`
	FrozenAt  inspect.Time      `json:"frozen_at"`
	UpdatedAt inspect.Time      `json:"updated_at"`
}

func summaryOf(d *inspect.Draw, areas map[inspect.ID]string) drawSummary {
	s := drawSummary{ID: d.ID, Purpose: d.Purpose, State: d.State(), Kind: d.Kind, Targets: len(d.List.Targets), Count: d.List.Count, Each: d.List.Each,
		FrozenAt: d.CreatedAt, UpdatedAt: d.UpdatedAt}
	if !d.Area.IsZero() {
		s.Area = rest.RefOf(d.Area, areas)
	}
	return s
}

type drawWire struct {
	drawSummary
	ByArea  bool             `json:"by_area"`
	Pool    []rest.PersonRef `json:"pool"`
	List    []drawTarget     `json:"list"`
	Digest  string           `json:"digest"`
	Seed    string           `json:"seed,omitempty"`
	Picks   []drawPick       `json:"picks"`
	MadeBy  rest.PersonRef   `json:"made_by"`
	EndedAt inspect.Time     `json:"ended_at,omitzero"`
	Earlier []drawSummary    `json:"earlier"`
}

// drawTarget is a place that may be drawn, with the part of the area that it lies in where each part is drawn from by its share.
type drawTarget struct {
	ID   inspect.ID `json:"id"`
	Name string     `json:"name"`
	Part string     `json:"part,omitempty"`
}

type drawPick struct {
	Place      rest.Ref         `json:"place"`
	Part       string           `json:"part,omitempty"`
	Inspectors []rest.PersonRef `json:"inspectors"`
	InPlaceOf  *rest.Ref        `json:"in_place_of,omitempty"`
	Replaced   *drawReplacement `json:"replaced,omitempty"`
}

type drawReplacement struct {
	Reason string         `json:"reason"`
	By     rest.PersonRef `json:"by"`
	At     inspect.Time   `json:"at"`
}

func drawOf(p *inspections.DrawPage) drawWire {
	d := drawWire{drawSummary: summaryOf(&p.Draw, p.Areas), ByArea: p.ByArea, Pool: []rest.PersonRef{}, List: []drawTarget{}, Digest: p.Draw.List.Digest(), Seed: p.Seed,
		Picks: []drawPick{}, MadeBy: rest.PersonOf(p.MadeBy, p.People), EndedAt: p.EndedAt, Earlier: []drawSummary{}}
	parts := map[string]string{}
	for _, t := range p.Draw.List.Targets {
		place := spotRef(p, t.ID)
		if area, err := inspect.ParseID(t.Stratum); err == nil {
			parts[t.ID] = p.Areas[area]
		}
		d.List = append(d.List, drawTarget{place.ID, place.Name, parts[t.ID]})
	}
	for _, person := range p.Draw.List.Pool {
		d.Pool = append(d.Pool, personRef(p, person))
	}
	for _, pick := range p.Picks {
		w := drawPick{Place: spotRef(p, pick.Target), Part: parts[pick.Target], Inspectors: []rest.PersonRef{}}
		for _, person := range pick.Inspectors {
			w.Inspectors = append(w.Inspectors, personRef(p, person))
		}
		if pick.Replaces != "" {
			before := spotRef(p, pick.Replaces)
			w.InPlaceOf = &before
		}
		for _, r := range p.Replaced {
			if r.Target == w.Place.ID {
				w.Replaced = &drawReplacement{r.Reason, rest.PersonOf(r.By, p.People), r.At}
			}
		}
		d.Picks = append(d.Picks, w)
	}
	for n := range p.Earlier {
		d.Earlier = append(d.Earlier, summaryOf(&p.Earlier[n], p.Areas))
	}
	return d
}

// spotRef names a place of a frozen list. Ids of such lists were written by ParseID's inverse.
func spotRef(p *inspections.DrawPage, text string) rest.Ref {
	id, _ := inspect.ParseID(text)
	return *rest.RefOf(id, p.Spots)
}

func personRef(p *inspections.DrawPage, text string) rest.PersonRef {
	id, _ := inspect.ParseID(text)
	return rest.PersonOf(id, p.People)
}

func (h *drawHandlers) list(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	before, limit := q.Cursor("cursor"), q.Limit(50, 200)
	if err := q.Err(); err != nil {
		return err
	}
	all, areas, next, err := h.inspections.Draws(c.UserContext(), rest.Actor(c), before, limit)
	if err != nil {
		return err
	}
	page := struct {
		Draws []drawSummary `json:"draws"`
		Next  string        `json:"next,omitempty"`
	}{Draws: []drawSummary{}}
	for n := range all {
		page.Draws = append(page.Draws, summaryOf(&all[n], areas))
	}
	if next > 0 {
		page.Next = rest.CursorText(next)
	}
	return c.JSON(page)
}

func (h *drawHandlers) draw(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrDrawNotFound)
	if err != nil {
		return err
	}
	page, err := h.inspections.Draw(c.UserContext(), rest.Actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(drawOf(&page))
}

type drawIn struct {
	Purpose string           `json:"purpose" need:"words" max:"200"`
	Kind    inspect.SpotKind `json:"kind" need:"true"`
	Area    inspect.ID       `json:"area"`
	ByArea  bool             `json:"by_area"`
	Count   int              `json:"count" need:"true" from:"1" to:"2000"`
	Each    int              `json:"inspectors_each" need:"true" from:"1" to:"10"`
	Pool    []inspect.ID     `json:"pool" need:"true" max:"200"`
}

func (h *drawHandlers) freeze(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrDrawNotFound)
	if err != nil {
		return err
	}
	var in drawIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	switch {
	case in.Count < 1 || in.Count > 2000:
		return inspect.InvalidField("/count", "want 1 to 2000")
	case in.Each < 1 || in.Each > 10:
		return inspect.InvalidField("/inspectors_each", "want 1 to 10")
	}
	page, repeated, err := h.inspections.FreezeDraw(c.UserContext(), rest.Actor(c), inspections.DrawRequest{ID: id, Purpose: in.Purpose, Kind: in.Kind, Area: in.Area,
		ByArea: in.ByArea, Count: in.Count, Each: in.Each, Pool: in.Pool})
	return answer(c, &page, repeated, err)
}

// answer is that of every change of a draw.
func answer(c *fiber.Ctx, page *inspections.DrawPage, repeated bool, err error) error {
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "draw": drawOf(page)})
}

func (h *drawHandlers) execute(c *fiber.Ctx) error {
	if err := rest.NoBody(c); err != nil {
		return err
	}
	id, err := rest.ID(c, "id", inspect.ErrDrawNotFound)
	if err != nil {
		return err
	}
	page, repeated, err := h.inspections.ExecuteDraw(c.UserContext(), rest.Actor(c), id)
	return answer(c, &page, repeated, err)
}

func (h *drawHandlers) replace(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrDrawNotFound)
	if err != nil {
		return err
	}
	target, err := rest.ID(c, "target", inspect.ErrNotDrawn)
	if err != nil {
		return err
	}
	var in struct {
		Reason string `json:"reason" need:"words" max:"500"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	page, repeated, err := h.inspections.ReplaceDrawn(c.UserContext(), rest.Actor(c), id, target, in.Reason)
	return answer(c, &page, repeated, err)
}

func (h *drawHandlers) end(c *fiber.Ctx) error {
	if err := rest.NoBody(c); err != nil {
		return err
	}
	id, err := rest.ID(c, "id", inspect.ErrDrawNotFound)
	if err != nil {
		return err
	}
	page, repeated, err := h.inspections.EndDraw(c.UserContext(), rest.Actor(c), id)
	return answer(c, &page, repeated, err)
}

func (h *drawHandlers) proof(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrDrawNotFound)
	if err != nil {
		return err
	}
	script, err := h.inspections.DrawProof(c.UserContext(), rest.Actor(c), id)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	c.Set(fiber.HeaderContentDisposition, rest.Attachment("draw.sh", "draw.sh"))
	return c.SendString(script)
}
