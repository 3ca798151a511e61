package inspectionapi

import (
	"bytes"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/pkg/stablezip"
	"spotcheck/server/core/inspections"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// visitHandlers serve visits: they come whole, are contested and decided, and are printed.
type visitHandlers struct {
	inspections *inspections.Service
	site        *rest.Site
}

func (h *visitHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/visits", Handle: h.list},
		{Method: fiber.MethodGet, Path: "/api/v1/visits/due", Handle: h.due},
		{Method: fiber.MethodGet, Path: "/api/v1/visits/:id", Handle: h.visit},
		{Method: fiber.MethodPut, Path: "/api/v1/visits/:id", Handle: h.take},
		{Method: fiber.MethodPut, Path: "/api/v1/visits/:id/contest", Handle: h.contest},
		{Method: fiber.MethodPut, Path: "/api/v1/visits/:id/contest/decision", Handle: h.decide},
		{Method: fiber.MethodGet, Path: "/api/v1/visits/:id/record", Slow: true, Handle: h.record},
		{Method: fiber.MethodGet, Path: "/api/v1/place-grades", Handle: h.grades},
		{Method: fiber.MethodGet, Path: "/api/v1/place-grades/:id/sign", Slow: true, Handle: h.sign},
	}
}

// take takes a visit whole.
func (h *visitHandlers) take(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrVisitNotFound)
	if err != nil {
		return err
	}
	var in visitIn
	if err := rest.ReadEvidence(c, &in); err != nil {
		return err
	}
	n, err := in.visit(id)
	if err != nil {
		return err
	}
	n.Content = rest.Body(c)
	page, repeated, err := h.inspections.TakeVisit(c.UserContext(), rest.Actor(c), n)
	return answerVisit(c, &page, repeated, err)
}

// answerVisit is that of every change of a visit.
func answerVisit(c *fiber.Ctx, page *inspections.VisitPage, repeated bool, err error) error {
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "received_at": page.ReceivedAt, "visit": visitOf(page)})
}

func (h *visitHandlers) visit(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrVisitNotFound)
	if err != nil {
		return err
	}
	page, err := h.inspections.Visit(c.UserContext(), rest.Actor(c), id)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(visitOf(&page))
}

func (h *visitHandlers) list(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	f := store.VisitFilter{Contested: q.Flag("contested"), Failed: q.Flag("failed"), After: q.Cursor("cursor"), Limit: q.Limit(50, 200)}
	for name, into := range map[string]*inspect.ID{"target": &f.Target, "standard": &f.Standard, "issue": &f.Issue, "area": &f.Area, "unit": &f.Unit} {
		q.As(name, into)
	}
	if q.Flag("mine") {
		f.By = rest.Actor(c).ID
	}
	if err := q.Err(); err != nil {
		return err
	}
	all, names, next, err := h.inspections.Visits(c.UserContext(), rest.Actor(c), f)
	if err != nil {
		return err
	}
	page := struct {
		Visits []visitSummary `json:"visits"`
		Next   string         `json:"next,omitempty"`
	}{Visits: []visitSummary{}}
	for n := range all {
		page.Visits = append(page.Visits, visitSummaryOf(&all[n], &names))
	}
	if next > 0 {
		page.Next = rest.CursorText(next)
	}
	return c.JSON(page)
}

func (h *visitHandlers) due(c *fiber.Ctx) error {
	all, names, err := h.inspections.DueVisits(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	list := []dueVisit{}
	for n := range all {
		list = append(list, dueVisitOf(&all[n], &names))
	}
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.JSON(fiber.Map{"due": list})
}

func (h *visitHandlers) contest(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrVisitNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Items  []string `json:"items" need:"true" max:"300" each:"20"`
		Reason string   `json:"reason" need:"words" max:"2000"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	if len(in.Items) == 0 {
		return inspect.InvalidField("/items", "is empty")
	}
	page, repeated, err := h.inspections.ContestVisit(c.UserContext(), rest.Actor(c), id, in.Items, in.Reason)
	return answerVisit(c, &page, repeated, err)
}

func (h *visitHandlers) decide(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrVisitNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Struck []string `json:"struck" need:"true" max:"300" each:"20"`
		Reason string   `json:"reason" need:"words" max:"2000"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	page, repeated, err := h.inspections.DecideContest(c.UserContext(), rest.Actor(c), id, in.Struck, in.Reason)
	return answerVisit(c, &page, repeated, err)
}

// sign is what a graded place hangs at its door, with a code that leads to the place in the app.
func (h *visitHandlers) sign(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrVisitNotFound)
	if err != nil {
		return err
	}
	q, language, size := rest.QueryOf(c), inspect.Chinese, paper.A4
	q.As("lang", &language)
	q.As("size", &size)
	if err := q.Err(); err != nil {
		return err
	}
	origin := h.site.Origin(c)
	sign, err := h.inspections.GradeSign(c.UserContext(), rest.Actor(c), id, func(s inspect.Spot) string {
		return origin + "/app/#/report?" + url.Values{"place": {s.ID.String()}, "name": {s.Name}}.Encode()
	}, language)
	if err != nil {
		return err
	}
	file, err := sign.PDF(size)
	if err != nil {
		return err
	}
	return sendPDF(c, file, "等级公示-"+sign.Place, "sign")
}

// sendPDF sends a file that was made for who asks, and that nobody keeps.
func sendPDF(c *fiber.Ctx, file []byte, name, plain string) error {
	c.Set(fiber.HeaderContentType, paper.AsPDF.MediaType())
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderContentDisposition, rest.Attachment(stablezip.SafeName(name)+".pdf", plain+".pdf"))
	return c.Send(file)
}

// record is the printed record of a visit as it stands now.
func (h *visitHandlers) record(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrVisitNotFound)
	if err != nil {
		return err
	}
	q, language := rest.QueryOf(c), inspect.Chinese
	q.As("lang", &language)
	if err := q.Err(); err != nil {
		return err
	}
	d, name, err := h.inspections.VisitPaper(c.UserContext(), rest.Actor(c), id, language)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := d.Write(&b, paper.AsPDF, nil, nil); err != nil {
		return err
	}
	return sendPDF(c, b.Bytes(), "检查记录-"+name, "visit")
}

type kindGrades struct {
	Kind      inspect.SpotKind `json:"kind"`
	Places    int              `json:"places"`
	Visited   int              `json:"visited"`
	Graded    int              `json:"graded"`
	ByGrade   map[string]int   `json:"by_grade"`
	Ungraded  int              `json:"ungraded"`
	Unvisited int              `json:"unvisited"`
}

func (h *visitHandlers) grades(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var area inspect.ID
	q.As("area", &area)
	if err := q.Err(); err != nil {
		return err
	}
	all, err := h.inspections.PlaceGrades(c.UserContext(), rest.Actor(c), area)
	if err != nil {
		return err
	}
	list := []kindGrades{}
	for _, k := range all {
		list = append(list, kindGrades(k))
	}
	return c.JSON(fiber.Map{"kinds": list})
}
