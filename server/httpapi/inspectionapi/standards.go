package inspectionapi

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/score"
	"spotcheck/pkg/table"
	"spotcheck/server/core/inspections"
	"spotcheck/server/core/places"
	"spotcheck/server/httpapi/rest"
)

// standardHandlers serve the checklists by which places and areas are visited.
type standardHandlers struct {
	inspections *inspections.Service
}

func (h *standardHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/standards", Handle: h.list},
		{Method: fiber.MethodGet, Path: "/api/v1/standards/:id", Handle: h.versions},
		{Method: fiber.MethodPut, Path: "/api/v1/standards/:id", Handle: h.draft},
		{Method: fiber.MethodPut, Path: "/api/v1/standards/:id/versions/:version/force", Handle: h.enact},
		{Method: fiber.MethodPut, Path: "/api/v1/standards/:id/end", Handle: h.end},
		{Method: fiber.MethodGet, Path: "/api/v1/standard-examples", Handle: h.examples},
		{Method: fiber.MethodPost, Path: "/api/v1/standard-readings", Slow: true, Upload: true, Abandoned: true, Handle: h.read},
	}
}

type standardWire struct {
	standardContent
	ID         inspect.ID            `json:"id"`
	Version    int                   `json:"version"`
	State      inspect.StandardState `json:"state"`
	InForceAt  inspect.Time          `json:"in_force_at,omitzero"`
	ReplacedAt inspect.Time          `json:"replaced_at,omitzero"`
	CreatedAt  inspect.Time          `json:"created_at"`
	UpdatedAt  inspect.Time          `json:"updated_at"`
}

// standardContent is what a standard asks.
type standardContent struct {
	Name        string                 `json:"name"`
	Subject     inspect.VisitSubject   `json:"subject"`
	Kind        inspect.SpotKind       `json:"kind,omitempty"`
	Class       string                 `json:"class,omitempty"`
	Items       []inspect.StandardItem `json:"items"`
	PassMark    score.Points           `json:"pass_mark"`
	RecheckMark score.Points           `json:"recheck_mark"`
	Grades      []score.Grade          `json:"grades"`
}

func contentOf(s *inspect.Standard) standardContent {
	return standardContent{s.Name, s.Subject, s.Kind, s.Class, s.Items, s.PassMark, s.RecheckMark, append([]score.Grade{}, s.Grades...)}
}

func standardOf(s *inspect.Standard) standardWire {
	return standardWire{contentOf(s), s.ID, s.Version, s.State(), s.InForceAt, s.ReplacedAt, s.CreatedAt, s.UpdatedAt}
}

func standardsOf(all []inspect.Standard) []standardWire {
	list := []standardWire{}
	for n := range all {
		list = append(list, standardOf(&all[n]))
	}
	return list
}

func (h *standardHandlers) list(c *fiber.Ctx) error {
	all, err := h.inspections.Standards(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"standards": standardsOf(all)})
}

func (h *standardHandlers) versions(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrStandardNotFound)
	if err != nil {
		return err
	}
	all, err := h.inspections.StandardVersions(c.UserContext(), rest.Actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"versions": standardsOf(all)})
}

type standardItemIn struct {
	Code        string  `json:"code" need:"true" max:"20"`
	Section     string  `json:"section" max:"100"`
	Text        string  `json:"text" need:"words" max:"500"`
	Points      float64 `json:"points" need:"true"`
	Deduction   float64 `json:"deduction"`
	Cap         float64 `json:"cap"`
	Veto        bool    `json:"veto"`
	PhotoNeeded bool    `json:"photo_needed"`
	MayNotApply bool    `json:"may_not_apply"`
	Category    string  `json:"category" max:"20"`
}

type gradeIn struct {
	Name string  `json:"name" need:"words" max:"20"`
	From float64 `json:"from" need:"true"`
}

type standardIn struct {
	Name        string               `json:"name" need:"words" max:"100"`
	Subject     inspect.VisitSubject `json:"subject" need:"true"`
	Kind        inspect.SpotKind     `json:"kind"`
	Class       string               `json:"class" max:"30"`
	Items       []standardItemIn     `json:"items" need:"true" max:"300"`
	PassMark    float64              `json:"pass_mark" need:"true"`
	RecheckMark float64              `json:"recheck_mark" need:"true"`
	Grades      []gradeIn            `json:"grades" need:"true" max:"10"`
}

// pointsReader reads numbers of points and notes those that are none.
type pointsReader struct{ wrong []fault.Field }

func (r *pointsReader) points(at string, f float64) score.Points {
	p, err := score.PointsOf(f)
	if err != nil {
		r.wrong = append(r.wrong, fault.Field{Pointer: at, Detail: err.Error()})
	}
	return p
}

func (r *pointsReader) filled(at, text string) string {
	if text = strings.TrimSpace(text); text == "" {
		r.wrong = append(r.wrong, fault.Field{Pointer: at, Detail: "is empty"})
	}
	return text
}

func (in *standardIn) standard() (s inspect.Standard, err error) {
	var r pointsReader
	s = inspect.Standard{Name: r.filled("/name", in.Name), Subject: in.Subject, Kind: in.Kind, Class: in.Class, PassMark: r.points("/pass_mark", in.PassMark),
		RecheckMark: r.points("/recheck_mark", in.RecheckMark)}
	for n, i := range in.Items {
		at := "/items/" + strconv.Itoa(n)
		s.Items = append(s.Items, inspect.StandardItem{Code: r.filled(at+"/code", i.Code), Section: strings.TrimSpace(i.Section), Text: r.filled(at+"/text", i.Text),
			Points: r.points(at+"/points", i.Points), Deduction: r.points(at+"/deduction", i.Deduction), Cap: r.points(at+"/cap", i.Cap), Veto: i.Veto,
			PhotoNeeded: i.PhotoNeeded, MayNotApply: i.MayNotApply, Category: i.Category})
	}
	for n, g := range in.Grades {
		at := "/grades/" + strconv.Itoa(n)
		s.Grades = append(s.Grades, score.Grade{Name: r.filled(at+"/name", g.Name), From: r.points(at+"/from", g.From)})
	}
	if len(r.wrong) > 0 {
		return s, inspect.ErrContent.At(r.wrong...)
	}
	return s, nil
}

func (h *standardHandlers) draft(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrStandardNotFound)
	if err != nil {
		return err
	}
	var in standardIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	s, err := in.standard()
	if err != nil {
		return err
	}
	if s.UpdatedAt, err = rest.SeenRow(c); err != nil {
		return err
	}
	s.ID = id
	s, repeated, fresh, err := h.inspections.DraftStandard(c.UserContext(), rest.Actor(c), s)
	if err != nil {
		return rest.WithRow(err, standardOf(&s))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "standard": standardOf(&s)})
}

func (h *standardHandlers) enact(c *fiber.Ctx) error {
	if err := rest.NoBody(c); err != nil {
		return err
	}
	id, err := rest.ID(c, "id", inspect.ErrStandardNotFound)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(c.Params("version"))
	if err != nil {
		return inspect.ErrStandardNotFound
	}
	s, repeated, err := h.inspections.EnactStandard(c.UserContext(), rest.Actor(c), id, version)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"repeated": repeated, "standard": standardOf(&s)})
}

func (h *standardHandlers) end(c *fiber.Ctx) error {
	if err := rest.NoBody(c); err != nil {
		return err
	}
	id, err := rest.ID(c, "id", inspect.ErrStandardNotFound)
	if err != nil {
		return err
	}
	s, repeated, err := h.inspections.EndStandard(c.UserContext(), rest.Actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"repeated": repeated, "standard": standardOf(&s)})
}

func (h *standardHandlers) examples(c *fiber.Ctx) error {
	all, err := h.inspections.StandardExamples(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	list := []standardContent{}
	for n := range all {
		list = append(list, contentOf(&all[n]))
	}
	return c.JSON(fiber.Map{"examples": list})
}

// read reads the items of a standard from a table, and keeps nothing.
func (h *standardHandlers) read(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var file places.TableFile
	file.Sheet, file.Heads = q.Table()
	if err := q.Err(); err != nil {
		return err
	}
	if !rest.Actor(c).MayAnywhere(inspect.MayKeepStandards) { // before anybody's megabytes are read
		return inspect.ErrForbidden
	}
	var err error
	if file.Body, err = rest.ReadUpload(c, table.MostBytes); err != nil {
		return err
	}
	items, err := h.inspections.ReadStandard(c.UserContext(), rest.Actor(c), file)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"items": items})
}
