package campaignapi

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/campaign"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/pkg/score"
	"spotcheck/pkg/stablezip"
	"spotcheck/server/core/campaigns"
	"spotcheck/server/httpapi/rest"
)

// campaignHandlers serve campaigns, how far they are, and their report.
type campaignHandlers struct {
	campaigns *campaigns.Service
}

func (h *campaignHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/campaigns", Handle: h.list},
		{Method: fiber.MethodGet, Path: "/api/v1/campaigns/:id", Handle: h.campaign},
		{Method: fiber.MethodPut, Path: "/api/v1/campaigns/:id", Handle: h.put},
		{Method: fiber.MethodPut, Path: "/api/v1/campaigns/:id/closing", Handle: h.close},
		{Method: fiber.MethodGet, Path: "/api/v1/campaigns/:id/facts", Handle: h.facts},
		{Method: fiber.MethodGet, Path: "/api/v1/campaigns/:id/report", Slow: true, Handle: h.report},
	}
}

type campaignSummary struct {
	ID        inspect.ID     `json:"id"`
	Title     string         `json:"title"`
	State     campaign.State `json:"state"`
	Area      *rest.Ref      `json:"area,omitempty"`
	From      inspect.Date   `json:"from"`
	To        inspect.Date   `json:"to"`
	Groups    int            `json:"group_count"`
	Leaders   int            `json:"leader_count"`
	UpdatedAt inspect.Time   `json:"updated_at"`
}

func summaryOf(c *campaign.Campaign, state campaign.State, areas map[inspect.ID]string) campaignSummary {
	return campaignSummary{c.ID, c.Title, state, rest.RefOf(c.Area, areas), c.Span.From, c.Span.To, len(c.Groups), len(c.Leaders()), c.UpdatedAt}
}

type campaignWire struct {
	campaignSummary
	Note       string               `json:"note,omitempty"`
	Categories []string             `json:"categories"`
	Groups     []campaignGroup      `json:"groups"`
	Targets    []campaign.Target    `json:"targets"`
	Totals     []campaign.Cell      `json:"totals"`
	Weeks      []campaign.Week      `json:"weeks"`
	Closing    *campaignClosing     `json:"closing,omitempty"`
	MadeBy     rest.PersonRef       `json:"made_by"`
	CreatedAt  inspect.Time         `json:"created_at"`
	May        []inspect.Permission `json:"may"`
}

type campaignGroup struct {
	ID       inspect.ID        `json:"id"`
	Name     string            `json:"name"`
	Leader   rest.PersonRef    `json:"leader"`
	Members  []rest.PersonRef  `json:"members"`
	Areas    []rest.Ref        `json:"areas"`
	Units    []rest.Ref        `json:"units"`
	Goals    []campaign.Target `json:"goals"` // of its own
	Progress []campaign.Cell   `json:"progress"`
}

type campaignClosing struct {
	At         inspect.Time   `json:"at"`
	By         rest.PersonRef `json:"by"`
	Conclusion string         `json:"conclusion"`
}

func campaignOf(p *campaigns.Page) campaignWire {
	w := campaignWire{campaignSummary: summaryOf(&p.Campaign, p.State, p.Areas), Note: p.Note, Categories: append([]string{}, p.Categories...),
		Groups: []campaignGroup{}, Targets: append([]campaign.Target{}, p.Targets...), Totals: append([]campaign.Cell{}, p.Progress.Totals...),
		Weeks: append([]campaign.Week{}, p.Progress.Weeks...), MadeBy: rest.PersonOf(p.MadeBy, p.People), CreatedAt: p.CreatedAt,
		May: append([]inspect.Permission{}, p.May...)}
	for n, g := range p.Campaign.Groups {
		wire := campaignGroup{g.ID, g.Name, rest.PersonOf(g.Leader, p.People), []rest.PersonRef{}, refsOf(g.Areas, p.Areas), refsOf(g.Units, p.Units),
			[]campaign.Target{}, append([]campaign.Cell{}, p.Progress.Groups[n]...)}
		for _, id := range g.Members {
			wire.Members = append(wire.Members, rest.PersonOf(id, p.People))
		}
		for _, m := range campaign.Measures {
			if goal, own := g.Goals[m]; own {
				wire.Goals = append(wire.Goals, campaign.Target{Measure: m, Goal: goal})
			}
		}
		w.Groups = append(w.Groups, wire)
	}
	if p.Closing.At != 0 {
		w.Closing = &campaignClosing{p.Closing.At, rest.PersonOf(p.Closing.By, p.People), p.Closing.Conclusion}
	}
	return w
}

func (h *campaignHandlers) list(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	before, limit := q.Cursor("cursor"), q.Limit(50, 200)
	if err := q.Err(); err != nil {
		return err
	}
	all, areas, next, err := h.campaigns.List(c.UserContext(), rest.Actor(c), before, limit)
	if err != nil {
		return err
	}
	page := struct {
		Campaigns []campaignSummary `json:"campaigns"`
		Next      string            `json:"next,omitempty"`
	}{Campaigns: []campaignSummary{}}
	for n := range all {
		page.Campaigns = append(page.Campaigns, summaryOf(&all[n].Campaign, all[n].State, areas))
	}
	if next > 0 {
		page.Next = rest.CursorText(next)
	}
	return c.JSON(page)
}

func (h *campaignHandlers) campaign(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrCampaignNotFound)
	if err != nil {
		return err
	}
	page, err := h.campaigns.Campaign(c.UserContext(), rest.Actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(campaignOf(&page))
}

type targetIn struct {
	Measure campaign.Measure `json:"measure" need:"true"`
	Goal    float64          `json:"goal" need:"true"`
}

type groupIn struct {
	ID      inspect.ID   `json:"id" need:"true"`
	Name    string       `json:"name" need:"words" max:"100"`
	Leader  inspect.ID   `json:"leader" need:"true"`
	Members []inspect.ID `json:"members" max:"200"`
	Areas   []inspect.ID `json:"areas" max:"200"`
	Units   []inspect.ID `json:"units" max:"200"`
	Goals   []targetIn   `json:"goals" max:"20"`
}

type campaignIn struct {
	Title      string       `json:"title" need:"words" max:"200"`
	Note       string       `json:"note" max:"2000"`
	Area       inspect.ID   `json:"area"`
	From       inspect.Date `json:"from" need:"true"`
	To         inspect.Date `json:"to" need:"true"`
	Categories []string     `json:"categories" max:"200" each:"20"`
	Groups     []groupIn    `json:"groups" need:"true" max:"100"`
	Targets    []targetIn   `json:"targets" need:"true" max:"20"`
}

// goalsOf reads goals; each fault is named with its place.
func goalsOf(at string, in []targetIn, wrong *[]fault.Field) []campaign.Target {
	all := make([]campaign.Target, 0, len(in))
	for n, t := range in {
		goal, err := score.PointsOf(t.Goal)
		if err != nil {
			*wrong = append(*wrong, fault.Field{Pointer: fmt.Sprintf("%s/%d/goal", at, n), Detail: "want 0 to 1000000 with at most two decimals"})
		}
		all = append(all, campaign.Target{Measure: t.Measure, Goal: goal})
	}
	return all
}

// campaign is what the client says in the words of the office.
func (in *campaignIn) campaign(id inspect.ID) (k campaign.Campaign, err error) {
	var wrong []fault.Field
	k = campaign.Campaign{ID: id, Title: in.Title, Note: strings.TrimSpace(in.Note), Area: in.Area, Span: inspect.Span{From: in.From, To: in.To},
		Categories: append([]string{}, in.Categories...), Groups: []campaign.Group{}, Targets: goalsOf("/targets", in.Targets, &wrong)}
	for n, g := range in.Groups {
		at := fmt.Sprintf("/groups/%d", n)
		group := campaign.Group{ID: g.ID, Name: g.Name, Leader: g.Leader, Members: append([]inspect.ID{}, g.Members...),
			Areas: append([]inspect.ID{}, g.Areas...), Units: append([]inspect.ID{}, g.Units...)}
		for m, goal := range goalsOf(at+"/goals", g.Goals, &wrong) {
			if group.Goals == nil {
				group.Goals = map[campaign.Measure]inspect.Amount{}
			}
			if _, twice := group.Goals[goal.Measure]; twice {
				wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("%s/goals/%d/measure", at, m), Detail: "stands twice"})
			}
			group.Goals[goal.Measure] = goal.Goal
		}
		k.Groups = append(k.Groups, group)
	}
	if len(k.Groups) == 0 {
		wrong = append(wrong, fault.Field{Pointer: "/groups", Detail: "is empty"})
	}
	if len(k.Targets) == 0 {
		wrong = append(wrong, fault.Field{Pointer: "/targets", Detail: "is empty"})
	}
	if len(wrong) > 0 {
		return k, inspect.ErrContent.At(wrong...)
	}
	return k, nil
}

func (h *campaignHandlers) put(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrCampaignNotFound)
	if err != nil {
		return err
	}
	var in campaignIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	k, err := in.campaign(id)
	if err != nil {
		return err
	}
	if k.UpdatedAt, err = rest.SeenRow(c); err != nil {
		return err
	}
	page, repeated, fresh, err := h.campaigns.PutCampaign(c.UserContext(), rest.Actor(c), k)
	return answerCampaign(c, &page, repeated, fresh, err)
}

// answerCampaign is that of every change of a campaign.
func answerCampaign(c *fiber.Ctx, page *campaigns.Page, repeated, fresh bool, err error) error {
	if err != nil {
		return rest.WithRow(err, campaignOf(page))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "campaign": campaignOf(page)})
}

func (h *campaignHandlers) close(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrCampaignNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Conclusion string `json:"conclusion" need:"words" max:"4000"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	page, repeated, err := h.campaigns.CloseCampaign(c.UserContext(), rest.Actor(c), id, in.Conclusion)
	return answerCampaign(c, &page, repeated, false, err)
}

type factWire struct {
	ID     inspect.ID     `json:"id"`
	Kind   string         `json:"kind"`
	Label  string         `json:"label"`
	Area   *rest.Ref      `json:"area,omitempty"`
	Unit   *rest.Ref      `json:"unit,omitempty"`
	Day    inspect.Date   `json:"day"`
	Amount inspect.Amount `json:"amount"`
}

func (h *campaignHandlers) facts(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrCampaignNotFound)
	if err != nil {
		return err
	}
	q := rest.QueryOf(c)
	var group inspect.ID
	var measure campaign.Measure
	q.As("group", &group)
	if q.As("measure", &measure); measure == "" {
		q.Fail("measure", "is missing")
	}
	if err := q.Err(); err != nil {
		return err
	}
	facts, names, all, err := h.campaigns.Facts(c.UserContext(), rest.Actor(c), id, group, measure)
	if err != nil {
		return err
	}
	list := []factWire{}
	for _, f := range facts {
		list = append(list, factWire{f.ID, f.Kind, f.Label, rest.RefOf(f.Area, names.Areas), rest.RefOf(f.Unit, names.Units), f.Day, f.Amount})
	}
	return c.JSON(fiber.Map{"facts": list, "all": all})
}

// report is how far the campaign is, or how it ended, as a document.
func (h *campaignHandlers) report(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrCampaignNotFound)
	if err != nil {
		return err
	}
	language, form, err := rest.DocumentForm(c, paper.AsPDF)
	if err != nil {
		return err
	}
	d, name, err := h.campaigns.Report(c.UserContext(), rest.Actor(c), id, language)
	if err != nil {
		return err
	}
	return rest.SendDocument(c, d, form, "专项-"+stablezip.SafeName(name), "campaign")
}
