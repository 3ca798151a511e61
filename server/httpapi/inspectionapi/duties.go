package inspectionapi

import (
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/duty"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/rounds"
	"spotcheck/server/httpapi/rest"
)

// dutyHandlers serve duties and who takes turns in them.
type dutyHandlers struct {
	rounds *rounds.Service
}

func (h *dutyHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/duties", Handle: h.list},
		{Method: fiber.MethodGet, Path: "/api/v1/duties/:id", Handle: h.duty},
		{Method: fiber.MethodPut, Path: "/api/v1/duties/:id", Slow: true, Handle: h.put},
		{Method: fiber.MethodPut, Path: "/api/v1/duties/:id/end", Handle: h.end},
		{Method: fiber.MethodGet, Path: "/api/v1/duties/:id/roster", Handle: h.roster},
		{Method: fiber.MethodPut, Path: "/api/v1/duties/:id/roster/:day", Handle: h.exchange},
		{Method: fiber.MethodGet, Path: "/api/v1/leaves", Handle: h.leaves},
		{Method: fiber.MethodPut, Path: "/api/v1/leaves/:id", Handle: h.putLeave},
	}
}

// scheduleWire is when rounds are due, with times of the day as people write them.
type scheduleWire struct {
	Every    duty.Every    `json:"every"`
	Least    int           `json:"least"`
	Most     int           `json:"most"`
	Weekdays []int         `json:"weekdays"`
	RestDays duty.RestDays `json:"rest_days"`
	From     string        `json:"from,omitempty"`
	To       string        `json:"to,omitempty"`
}

func scheduleOf(s duty.Schedule) scheduleWire {
	w := scheduleWire{s.Every, s.Least, s.Most, append([]int{}, s.Weekdays...), s.RestDays, "", ""}
	if s.From != 0 || s.To != 0 {
		w.From, w.To = fmt.Sprintf("%02d:%02d", s.From/60, s.From%60), fmt.Sprintf("%02d:%02d", s.To/60, s.To%60)
	}
	return w
}

type dutyWire struct {
	ID          inspect.ID           `json:"id"`
	Name        string               `json:"name"`
	Kind        inspect.DutyKind     `json:"kind"`
	State       inspect.DutyState    `json:"state"`
	Subject     inspect.VisitSubject `json:"subject"`
	Area        *rest.Ref            `json:"area,omitempty"`
	Class       string               `json:"class,omitempty"`
	PlaceKind   inspect.SpotKind     `json:"place_kind,omitempty"`
	TargetCount int                  `json:"target_count"`
	Targets     []rest.Ref           `json:"targets,omitempty"`
	Unit        *rest.Ref            `json:"unit,omitempty"`
	People      []rest.PersonRef     `json:"people"`
	PeopleEach  int                  `json:"people_each"`
	Schedule    scheduleWire         `json:"schedule"`
	ValidFrom   inspect.Date         `json:"valid_from"`
	ValidTo     inspect.Date         `json:"valid_to,omitempty"`
	OpenedTo    inspect.Date         `json:"opened_to,omitempty"`
	EndedAt     inspect.Time         `json:"ended_at,omitzero"`
	CreatedAt   inspect.Time         `json:"created_at"`
	UpdatedAt   inspect.Time         `json:"updated_at"`
}

func peopleOf(ids []inspect.ID, names *rounds.Names) []rest.PersonRef {
	all := []rest.PersonRef{}
	for _, id := range ids {
		all = append(all, rest.PersonOf(id, names.People))
	}
	return all
}

// dutyOf is a duty as it is shown; its targets only where their names are known.
func dutyOf(d *inspect.Duty, names *rounds.Names) dutyWire {
	w := dutyWire{ID: d.ID, Name: d.Name, Kind: d.Kind, State: d.State(), Subject: d.Subject, Area: rest.RefOf(d.Area, names.Areas), Class: d.Class, PlaceKind: d.Place,
		TargetCount: len(d.Targets), Unit: rest.RefOf(d.Unit, names.Units), People: peopleOf(d.People, names), PeopleEach: d.Each, Schedule: scheduleOf(d.Schedule),
		ValidFrom: d.Holds.From, ValidTo: d.Holds.To, OpenedTo: d.OpenedTo, EndedAt: d.EndedAt, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt}
	for _, id := range d.Targets {
		if name, known := names.Targets[id]; known {
			w.Targets = append(w.Targets, rest.Ref{ID: id, Name: name})
		}
	}
	return w
}

func (h *dutyHandlers) list(c *fiber.Ctx) error {
	all, names, err := h.rounds.Duties(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	list := []dutyWire{}
	for n := range all {
		list = append(list, dutyOf(&all[n], &names))
	}
	return c.JSON(fiber.Map{"duties": list})
}

func (h *dutyHandlers) duty(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrDutyNotFound)
	if err != nil {
		return err
	}
	d, names, err := h.rounds.Duty(c.UserContext(), rest.Actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(dutyOf(&d, &names))
}

type scheduleIn struct {
	Every    duty.Every    `json:"every" need:"true"`
	Least    int           `json:"least" need:"true" from:"1" to:"20"`
	Most     int           `json:"most" need:"true" from:"1" to:"20"`
	Weekdays []int         `json:"weekdays" max:"7"`
	RestDays duty.RestDays `json:"rest_days"`
	From     string        `json:"from" max:"5"`
	To       string        `json:"to" max:"5"`
}

type dutyIn struct {
	Name       string               `json:"name" need:"words" max:"100"`
	Kind       inspect.DutyKind     `json:"kind" need:"true"`
	Subject    inspect.VisitSubject `json:"subject" need:"true"`
	Area       inspect.ID           `json:"area"`
	Class      string               `json:"class" max:"30"`
	PlaceKind  inspect.SpotKind     `json:"place_kind"`
	Targets    []inspect.ID         `json:"targets" max:"3000"`
	Unit       inspect.ID           `json:"unit"`
	People     []inspect.ID         `json:"people" max:"200"`
	PeopleEach int                  `json:"people_each" from:"0" to:"200"`
	Schedule   scheduleIn           `json:"schedule" need:"true"`
	ValidFrom  inspect.Date         `json:"valid_from" need:"true"`
	ValidTo    inspect.Date         `json:"valid_to"`
}

// minuteOf is a time of the day in minutes; empty is midnight.
func minuteOf(at, text string, wrong *[]fault.Field) int {
	if text == "" {
		return 0
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		*wrong = append(*wrong, fault.Field{Pointer: at, Detail: "want a time of the day such as 22:00"})
	}
	return t.Hour()*60 + t.Minute()
}

func (in *dutyIn) duty(id inspect.ID) (inspect.Duty, error) {
	var wrong []fault.Field
	d := inspect.Duty{ID: id, Name: in.Name, Kind: in.Kind, Subject: in.Subject, Area: in.Area, Class: in.Class, Place: in.PlaceKind, Targets: in.Targets,
		Unit: in.Unit, People: in.People, Each: in.PeopleEach, Holds: inspect.Span{From: in.ValidFrom, To: in.ValidTo},
		Schedule: duty.Schedule{Every: in.Schedule.Every, Least: in.Schedule.Least, Most: in.Schedule.Most, Weekdays: in.Schedule.Weekdays, RestDays: in.Schedule.RestDays,
			From: minuteOf("/schedule/from", in.Schedule.From, &wrong), To: minuteOf("/schedule/to", in.Schedule.To, &wrong)}}
	if d.Schedule.RestDays == "" {
		d.Schedule.RestDays = duty.AllDays
	}
	if len(wrong) > 0 {
		return d, inspect.ErrContent.At(wrong...)
	}
	return d, nil
}

func (h *dutyHandlers) put(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrDutyNotFound)
	if err != nil {
		return err
	}
	var in dutyIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	d, err := in.duty(id)
	if err != nil {
		return err
	}
	if d.UpdatedAt, err = rest.SeenRow(c); err != nil {
		return err
	}
	d, repeated, fresh, err := h.rounds.PutDuty(c.UserContext(), rest.Actor(c), d)
	return h.answer(c, &d, repeated, fresh, err)
}

// answer is that of every change of a duty.
func (h *dutyHandlers) answer(c *fiber.Ctx, d *inspect.Duty, repeated, fresh bool, err error) error {
	if err != nil {
		return rest.WithRow(err, dutyOf(d, &rounds.Names{}))
	}
	kept, names, err := h.rounds.Duty(c.UserContext(), rest.Actor(c), d.ID)
	if err != nil {
		return err
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "duty": dutyOf(&kept, &names)})
}

func (h *dutyHandlers) end(c *fiber.Ctx) error {
	if err := rest.NoBody(c); err != nil {
		return err
	}
	id, err := rest.ID(c, "id", inspect.ErrDutyNotFound)
	if err != nil {
		return err
	}
	d, repeated, err := h.rounds.EndDuty(c.UserContext(), rest.Actor(c), id)
	return h.answer(c, &d, repeated, false, err)
}

type rosterDay struct {
	Day       inspect.Date     `json:"day"`
	People    []rest.PersonRef `json:"people"`
	Away      []rest.PersonRef `json:"away"`
	Exchanged bool             `json:"exchanged"`
	Reason    string           `json:"reason,omitempty"`
}

func rosterDayOf(d *rounds.RosterDay, names *rounds.Names) rosterDay {
	return rosterDay{d.Day, peopleOf(d.People, names), peopleOf(d.Away, names), d.Exchanged, d.Reason}
}

func (h *dutyHandlers) roster(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrDutyNotFound)
	if err != nil {
		return err
	}
	q := rest.QueryOf(c)
	from, to := spanOf(q)
	if err := q.Err(); err != nil {
		return err
	}
	days, names, err := h.rounds.Roster(c.UserContext(), rest.Actor(c), id, from, to)
	if err != nil {
		return err
	}
	list := []rosterDay{}
	for n := range days {
		list = append(list, rosterDayOf(&days[n], &names))
	}
	return c.JSON(fiber.Map{"days": list})
}

// spanOf reads the days that a list is of; both have to be there.
func spanOf(q *rest.Query) (from, to inspect.Date) {
	q.As("from", &from)
	q.As("to", &to)
	if from == "" || to == "" || to < from {
		q.Fail("from", "want from and to, as days in order")
	}
	return from, to
}

func (h *dutyHandlers) exchange(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrDutyNotFound)
	if err != nil {
		return err
	}
	change := inspect.RosterChange{Duty: id}
	if err := change.Day.UnmarshalText([]byte(c.Params("day"))); err != nil {
		return inspect.InvalidField("day", err.Error())
	}
	var in struct {
		People []inspect.ID `json:"people" need:"true" max:"200"`
		Reason string       `json:"reason" need:"words" max:"500"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	change.People, change.Reason = in.People, in.Reason
	day, names, repeated, err := h.rounds.ExchangeRoster(c.UserContext(), rest.Actor(c), change)
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "day": rosterDayOf(&day, &names)})
}

type leaveWire struct {
	ID        inspect.ID     `json:"id"`
	Person    rest.PersonRef `json:"person"`
	From      inspect.Date   `json:"from"`
	To        inspect.Date   `json:"to"`
	Withdrawn bool           `json:"withdrawn"`
}

func leaveOf(l *inspect.Leave, names *rounds.Names) leaveWire {
	return leaveWire{l.ID, rest.PersonOf(l.Person, names.People), l.From, l.To, l.Withdrawn}
}

func (h *dutyHandlers) leaves(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	from, to := spanOf(q)
	if err := q.Err(); err != nil {
		return err
	}
	all, names, err := h.rounds.Leaves(c.UserContext(), rest.Actor(c), from, to)
	if err != nil {
		return err
	}
	list := []leaveWire{}
	for n := range all {
		list = append(list, leaveOf(&all[n], &names))
	}
	return c.JSON(fiber.Map{"leaves": list})
}

func (h *dutyHandlers) putLeave(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Person    inspect.ID   `json:"person" need:"true"`
		From      inspect.Date `json:"from" need:"true"`
		To        inspect.Date `json:"to" need:"true"`
		Withdrawn bool         `json:"withdrawn"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	l, repeated, fresh, err := h.rounds.PutLeave(c.UserContext(), rest.Actor(c), inspect.Leave{ID: id, Person: in.Person, From: in.From, To: in.To, Withdrawn: in.Withdrawn})
	if err != nil {
		return err
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "leave": leaveOf(&l, &rounds.Names{})})
}
