package reportapi

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/reports"
	"spotcheck/server/httpapi/rest"
)

// returnHandlers serve the returns that units owe, and take them in.
type returnHandlers struct {
	reports *reports.Service
}

func (h *returnHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/return-forms", Handle: h.returnForms},
		{Method: fiber.MethodPut, Path: "/api/v1/return-forms/:id", Handle: h.putReturnForm},
		{Method: fiber.MethodGet, Path: "/api/v1/returns", Handle: h.returns},
		{Method: fiber.MethodPut, Path: "/api/v1/returns/:id", Handle: h.sendReturn},
	}
}

// mostNumber is the largest number in a return.
const mostNumber = 1e12

type returnFormIn struct {
	Name    string       `json:"name" need:"words" max:"100"`
	Every   string       `json:"every" need:"true" max:"20"`
	Lines   []string     `json:"lines" need:"true" max:"12"`
	Units   []inspect.ID `json:"units" need:"true" max:"500"`
	Days    int          `json:"days"`
	By      string       `json:"by" need:"true" max:"5"`
	From    inspect.Date `json:"from" need:"true"`
	Enabled *bool        `json:"enabled"`
}

// form reads what was sent, and names every field that is wrong.
func (in *returnFormIn) form(id inspect.ID) (f inspect.ReturnForm, wrong []fault.Field) {
	add := func(pointer, detail string) { wrong = append(wrong, fault.Field{Pointer: pointer, Detail: detail}) }
	by, err := time.Parse("15:04", in.By)
	if err != nil {
		add("/by", "want a time of day, HH:MM")
	}
	if in.Days < 0 || in.Days > 60 {
		add("/days", "want 0 to 60 days after the end of the period")
	}
	if len(in.Lines) == 0 {
		add("/lines", "is missing")
	}
	seen := map[string]bool{}
	for n, line := range in.Lines {
		if line = strings.TrimSpace(line); line == "" || len([]rune(line)) > 40 || seen[line] {
			add(fmt.Sprintf("/lines/%d", n), "want what the number is, in 1 to 40 characters, each once")
		}
		seen[line] = true
	}
	if len(in.Units) == 0 {
		add("/units", "is missing")
	}
	owing := map[inspect.ID]bool{}
	for n, u := range in.Units {
		if owing[u] {
			add(fmt.Sprintf("/units/%d", n), "stands there twice")
		}
		owing[u] = true
	}
	return inspect.ReturnForm{ID: id, Name: in.Name, Every: in.Every, Lines: in.Lines, Units: in.Units, Days: in.Days, Minute: 60*by.Hour() + by.Minute(), From: in.From,
		Enabled: in.Enabled == nil || *in.Enabled}, wrong
}

type returnFormWire struct {
	ID        inspect.ID   `json:"id"`
	Name      string       `json:"name"`
	Every     string       `json:"every"`
	Lines     []string     `json:"lines"`
	Units     []rest.Ref   `json:"units"`
	Days      int          `json:"days"`
	By        string       `json:"by"`
	From      inspect.Date `json:"from"`
	Enabled   bool         `json:"enabled"`
	CreatedAt inspect.Time `json:"created_at"`
	UpdatedAt inspect.Time `json:"updated_at"`
}

func returnFormOf(f *inspect.ReturnForm, names map[inspect.ID]string) returnFormWire {
	w := returnFormWire{ID: f.ID, Name: f.Name, Every: f.Every, Lines: f.Lines, Units: []rest.Ref{}, Days: f.Days,
		By: fmt.Sprintf("%02d:%02d", f.Minute/60, f.Minute%60), From: f.From,
		Enabled: f.Enabled, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt}
	for _, u := range f.Units {
		w.Units = append(w.Units, rest.Ref{ID: u, Name: names[u]})
	}
	return w
}

type returnIn struct {
	Form    inspect.ID `json:"form" need:"true"`
	Unit    inspect.ID `json:"unit" need:"true"`
	Period  string     `json:"period" need:"true" max:"30"`
	Numbers []float64  `json:"numbers" need:"true" max:"12"`
	Note    string     `json:"note" max:"1000"`
}

type returnWire struct {
	ID      inspect.ID   `json:"id"`
	Form    inspect.ID   `json:"form"`
	Unit    inspect.ID   `json:"unit"`
	Period  string       `json:"period"`
	Numbers []float64    `json:"numbers"`
	Note    string       `json:"note,omitempty"`
	SentAt  inspect.Time `json:"sent_at"`
}

func returnOf(v *inspect.ReturnSubmission) returnWire {
	w := returnWire{ID: v.ID, Form: v.Form, Unit: v.Unit, Period: v.Period, Numbers: []float64{}, Note: v.Note, SentAt: v.At}
	for _, n := range v.Hundredths {
		w.Numbers = append(w.Numbers, float64(n)/100)
	}
	return w
}

type owedWire struct {
	Form   rest.Ref            `json:"form"`
	Lines  []string            `json:"lines"`
	Period string              `json:"period"`
	Unit   rest.Ref            `json:"unit"`
	DueAt  inspect.Time        `json:"due_at"`
	State  inspect.ReturnState `json:"state"`
	SentAt inspect.Time        `json:"sent_at,omitzero"`
	Sent   int                 `json:"sent"`
	Last   *returnWire         `json:"last,omitempty"`
}

// hundredths reads a number with at most two decimals.
func hundredths(v, most float64) (int64, bool) {
	n := math.Round(v * 100)
	return int64(n), math.Abs(v) <= most && math.Abs(n/100-v) <= 1e-9*max(1, math.Abs(v))
}

func (h *returnHandlers) putReturnForm(c *fiber.Ctx) error {
	form, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in returnFormIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	f, wrong := in.form(form)
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	f.UpdatedAt = seen
	saved, repeated, fresh, err := h.reports.PutReturnForm(c.UserContext(), rest.Actor(c), f)
	if err != nil {
		return rest.WithRow(err, returnFormOf(&saved, nil))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "form": returnFormOf(&saved, nil)})
}

func (h *returnHandlers) returnForms(c *fiber.Ctx) error {
	all, names, err := h.reports.ReturnForms(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	out := []returnFormWire{}
	for n := range all {
		out = append(out, returnFormOf(&all[n], names))
	}
	return c.JSON(fiber.Map{"forms": out})
}

func (h *returnHandlers) sendReturn(c *fiber.Ctx) error {
	sent, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in returnIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	v := inspect.ReturnSubmission{ID: sent, Form: in.Form, Unit: in.Unit, Period: in.Period, Note: in.Note}
	for n, number := range in.Numbers {
		h, ok := hundredths(number, mostNumber)
		if !ok {
			return inspect.ErrContent.At(fault.Field{Pointer: fmt.Sprintf("/numbers/%d", n), Detail: "want a number with at most two decimals"})
		}
		v.Hundredths = append(v.Hundredths, h)
	}
	saved, repeated, err := h.reports.SendReturn(c.UserContext(), rest.Actor(c), v)
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "return": returnOf(&saved)})
}

func (h *returnHandlers) returns(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	var days [2]calendar.Day
	for n, name := range []string{"from", "to"} {
		var d inspect.Date
		if q.As(name, &d); d == "" {
			q.Fail(name, "is missing")
			continue
		}
		days[n], _ = calendar.ParseDay(string(d)) // a date is one
	}
	if err := q.Err(); err != nil {
		return err
	}
	all, names, err := h.reports.Returns(c.UserContext(), rest.Actor(c), days[0], days[1])
	if err != nil {
		return err
	}
	out := []owedWire{}
	for n := range all {
		out = append(out, owedOf(&all[n], names))
	}
	return c.JSON(fiber.Map{"returns": out})
}

func owedOf(o *reports.OwedReturn, names map[inspect.ID]string) owedWire {
	w := owedWire{Form: rest.Ref{ID: o.Form.ID, Name: o.Form.Name}, Lines: o.Form.Lines, Period: o.Period,
		Unit: rest.Ref{ID: o.Unit, Name: names[o.Unit]}, DueAt: o.DueAt, State: o.State, SentAt: o.SentAt, Sent: o.Sent}
	if o.Sent > 0 {
		last := returnOf(&o.Last)
		w.Last = &last
	}
	return w
}
