package inspectionapi

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/duty"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/rounds"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// planHandlers serve the figures of planned work: the plan of a week, how far duties were kept, what nobody looked at, how much was done.
type planHandlers struct {
	rounds  *rounds.Service
	figures *figures.Service
}

func (h *planHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/round-plan", Handle: h.plan},
		{Method: fiber.MethodGet, Path: "/api/v1/compliance", Slow: true, Handle: h.compliance},
		{Method: fiber.MethodGet, Path: "/api/v1/never-visited", Handle: h.neverVisited},
		{Method: fiber.MethodGet, Path: "/api/v1/quantities", Slow: true, Handle: h.quantities},
	}
}

type planRow struct {
	Subject inspect.VisitSubject         `json:"subject"`
	Target  rest.Ref                     `json:"target"`
	Days    []map[inspect.RoundState]int `json:"days"`
}

func (h *planHandlers) plan(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var ask rounds.PlanRequest
	q.As("from", &ask.From)
	q.As("area", &ask.Area)
	q.As("duty", &ask.Duty)
	if err := q.Err(); err != nil {
		return err
	}
	p, err := h.rounds.Plan(c.UserContext(), rest.Actor(c), ask)
	if err != nil {
		return err
	}
	rows := []planRow{}
	for n := range p.Rows {
		r := &p.Rows[n]
		row := planRow{r.Subject, rest.Ref{ID: r.Target, Name: r.Name}, nil}
		for _, day := range r.Days {
			if day == nil {
				day = map[inspect.RoundState]int{}
			}
			row.Days = append(row.Days, day)
		}
		rows = append(rows, row)
	}
	return c.JSON(fiber.Map{"from": p.From, "to": p.From.Add(rounds.PlanDays - 1), "rows": rows, "total": p.Total})
}

type complianceWire struct {
	Kept    int      `json:"kept"`
	Due     int      `json:"due"`
	Planned int      `json:"planned"`
	Excused int      `json:"excused"`
	Done    int      `json:"done"`
	Share   *float64 `json:"share,omitempty"`
}

func complianceOf(c duty.Compliance) complianceWire {
	w := complianceWire{Kept: c.Kept, Due: c.Due, Planned: c.Planned, Excused: c.Excused, Done: c.Done}
	if share, ok := c.Share(); ok {
		w.Share = &share
	}
	return w
}

type keptWire struct {
	complianceWire
	Duty   *roundDuty   `json:"duty,omitempty"`
	Target *rest.Ref    `json:"target,omitempty"`
	Period inspect.Date `json:"period,omitempty"`
}

func (h *planHandlers) compliance(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var f store.RoundFilter
	f.From, f.To = spanOf(q)
	q.As("area", &f.Area)
	q.As("duty", &f.Duty)
	by := store.ByDuty
	q.As("by", oneOf(&by, store.ByDuty, store.ByTarget, store.ByPeriod))
	if err := q.Err(); err != nil {
		return err
	}
	all, total, names, err := h.rounds.Compliance(c.UserContext(), rest.Actor(c), f, by)
	if err != nil {
		return err
	}
	list := []keptWire{}
	for n := range all {
		k := &all[n]
		w := keptWire{complianceWire: complianceOf(k.Compliance), Target: rest.RefOf(k.Target, names.Targets), Period: k.Period}
		if d := names.Duties[k.Duty]; d != nil {
			w.Duty = &roundDuty{d.ID, d.Name, d.Kind}
		}
		list = append(list, w)
	}
	return c.JSON(fiber.Map{"total": complianceOf(total), "rows": list})
}

// choice reads one of some words.
type choice[S ~string] struct {
	into *S
	all  []S
}

func oneOf[S ~string](into *S, all ...S) choice[S] { return choice[S]{into, all} }

// UnmarshalText reads one of the words and refuses all else.
func (c choice[S]) UnmarshalText(text []byte) error {
	for _, one := range c.all {
		if string(one) == string(text) {
			*c.into = one
			return nil
		}
	}
	return fmt.Errorf("want one of %v", c.all)
}

type neverTarget struct {
	rest.Ref
	Area *rest.Ref `json:"area,omitempty"`
}

func (h *planHandlers) neverVisited(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	f := store.NeverLookedAt{Subject: inspect.VisitPlace, Limit: q.Limit(50, 200)}
	q.As("subject", &f.Subject)
	q.As("area", &f.Area)
	q.As("kind", &f.Kind)
	q.As("since", &f.Since)
	if err := q.Err(); err != nil {
		return err
	}
	first, never, all, areas, err := h.rounds.NeverVisited(c.UserContext(), rest.Actor(c), f)
	if err != nil {
		return err
	}
	list := []neverTarget{}
	for _, t := range first {
		list = append(list, neverTarget{rest.Ref{ID: t.ID, Name: t.Name}, rest.RefOf(t.Area, areas)})
	}
	return c.JSON(fiber.Map{"never": never, "all": all, "first": list})
}

type quantitySum struct {
	Unit     *rest.Ref      `json:"unit,omitempty"`
	Area     *rest.Ref      `json:"area,omitempty"`
	Category string         `json:"category,omitempty"`
	Period   string         `json:"period,omitempty"`
	Kind     string         `json:"kind"`
	Counted  inspect.Amount `json:"counted"`
	Reported inspect.Amount `json:"reported"`
	Times    int            `json:"times"`
}

func (h *planHandlers) quantities(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var f store.QuantityFilter
	f.From, f.To = spanOf(q)
	q.As("area", &f.Area)
	q.As("unit", &f.Unit)
	q.As("source", &f.Source)
	by := store.SumByUnit
	q.As("by", oneOf(&by, store.SumByUnit, store.SumByArea, store.SumByCategory, store.SumByMonth, store.SumByDay))
	if err := q.Err(); err != nil {
		return err
	}
	all, err := h.figures.SumQuantities(c.UserContext(), rest.Actor(c), f, by)
	if err != nil {
		return err
	}
	list := []quantitySum{}
	for _, s := range all.Sums {
		w := quantitySum{Kind: s.Kind, Counted: s.Counted, Reported: s.Reported, Times: s.Times}
		switch by {
		case store.SumByUnit:
			w.Unit = rest.RefOf(s.ID, all.Names)
		case store.SumByArea:
			w.Area = rest.RefOf(s.ID, all.Names)
		case store.SumByCategory:
			w.Category = s.Name
		default:
			w.Period = s.Name
		}
		list = append(list, w)
	}
	return c.JSON(fiber.Map{"kinds": all.Kinds, "sums": list})
}
