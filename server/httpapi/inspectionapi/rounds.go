package inspectionapi

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/rounds"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// roundHandlers serve rounds: what is to be made, what was done, and why one was not.
type roundHandlers struct {
	rounds *rounds.Service
}

func (h *roundHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/rounds", Handle: h.list},
		{Method: fiber.MethodGet, Path: "/api/v1/rounds/mine", Handle: h.mine},
		{Method: fiber.MethodPut, Path: "/api/v1/rounds/:id", Handle: h.end},
		{Method: fiber.MethodPut, Path: "/api/v1/rounds/:id/excuse", Handle: h.excuse},
	}
}

// roundDuty names the duty of a round.
type roundDuty struct {
	ID   inspect.ID       `json:"id"`
	Name string           `json:"name"`
	Kind inspect.DutyKind `json:"kind"`
}

type roundExcuse struct {
	Reason string         `json:"reason"`
	By     rest.PersonRef `json:"by"`
	At     inspect.Time   `json:"at"`
}

type roundWire struct {
	ID         inspect.ID           `json:"id"`
	State      inspect.RoundState   `json:"state"`
	Duty       roundDuty            `json:"duty"`
	Subject    inspect.VisitSubject `json:"subject"`
	Target     rest.Ref             `json:"target"`
	Day        inspect.Date         `json:"day"`
	Planned    bool                 `json:"planned"`
	OpensAt    inspect.Time         `json:"opens_at,omitzero"`
	ClosesAt   inspect.Time         `json:"closes_at,omitzero"`
	By         *rest.PersonRef      `json:"by,omitempty"`
	With       []rest.PersonRef     `json:"with"`
	StartedAt  inspect.Time         `json:"started_at,omitzero"`
	DoneAt     inspect.Time         `json:"done_at,omitzero"`
	ReceivedAt inspect.Time         `json:"received_at,omitzero"`
	Note       string               `json:"note,omitempty"`
	Quantities []inspect.Quantity   `json:"quantities"`
	Excuse     *roundExcuse         `json:"excuse,omitempty"`
	MyTurn     bool                 `json:"my_turn"`
	Crew       []rest.PersonRef     `json:"crew"`
}

func roundOf(v *rounds.RoundView, names *rounds.Names) roundWire {
	d := names.Duties[v.Duty]
	w := roundWire{ID: v.ID, State: v.State, Duty: roundDuty{d.ID, d.Name, d.Kind}, Subject: v.Subject, Target: rest.Ref{ID: v.Target, Name: names.Targets[v.Target]},
		Day: v.Day, Planned: v.Planned(), OpensAt: v.Plan.OpensAt, ClosesAt: v.Plan.ClosesAt, By: rest.PersonIfAny(v.By, names.People), With: peopleOf(v.With, names),
		StartedAt: v.StartedAt, DoneAt: v.DoneAt, ReceivedAt: v.ReceivedAt, Note: v.Note, Quantities: append([]inspect.Quantity{}, v.Quantities...), MyTurn: v.MyTurn,
		Crew: peopleOf(v.Crew, names)}
	if v.Excuse.At != 0 {
		w.Excuse = &roundExcuse{v.Excuse.Reason, rest.PersonOf(v.Excuse.By, names.People), v.Excuse.At}
	}
	return w
}

func roundsOf(all []rounds.RoundView, names *rounds.Names) []roundWire {
	list := []roundWire{}
	for n := range all {
		list = append(list, roundOf(&all[n], names))
	}
	return list
}

func (h *roundHandlers) list(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	f := store.RoundFilter{After: q.Cursor("cursor"), Limit: q.Limit(50, 200)}
	for name, into := range map[string]*inspect.ID{"duty": &f.Duty, "target": &f.Target, "area": &f.Area} {
		q.As(name, into)
	}
	q.As("from", &f.From)
	q.As("to", &f.To)
	q.As("state", &f.State)
	if q.Flag("mine") {
		f.By = rest.Actor(c).ID
	}
	if err := q.Err(); err != nil {
		return err
	}
	all, names, next, err := h.rounds.Rounds(c.UserContext(), rest.Actor(c), f)
	if err != nil {
		return err
	}
	page := struct {
		Rounds []roundWire `json:"rounds"`
		Next   string      `json:"next,omitempty"`
	}{Rounds: roundsOf(all, &names)}
	if next > 0 {
		page.Next = rest.CursorText(next)
	}
	return c.JSON(page)
}

func (h *roundHandlers) mine(c *fiber.Ctx) error {
	all, names, err := h.rounds.MyRounds(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.JSON(fiber.Map{"rounds": roundsOf(all, &names)})
}

// endedRoundIn is what was done on a round, as a phone sends it.
type endedRoundIn struct {
	Duty       inspect.ID        `json:"duty" need:"true"`
	Target     inspect.ID        `json:"target" need:"true"`
	StartedAt  inspect.Claim     `json:"started_at"`
	DoneAt     inspect.Claim     `json:"done_at" need:"true"`
	SentAt     inspect.Claim     `json:"sent_at" need:"true"`
	With       []inspect.ID      `json:"with" max:"10"`
	Note       string            `json:"note" max:"2000"`
	Quantities []rest.QuantityIn `json:"quantities" max:"20"`
}

func (h *roundHandlers) end(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrRoundNotFound)
	if err != nil {
		return err
	}
	var in endedRoundIn
	if err := rest.ReadEvidence(c, &in); err != nil {
		return err
	}
	if wrong := rest.CheckAmounts(in.Quantities); len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	v, names, repeated, err := h.rounds.EndRound(c.UserContext(), rest.Actor(c), rounds.EndedRound{ID: id, Duty: in.Duty, Target: in.Target, StartedAt: in.StartedAt.Time,
		DoneAt: in.DoneAt.Time, SentAt: in.SentAt.Time, With: in.With, Note: strings.TrimSpace(in.Note), Quantities: rest.QuantitiesOf(in.Quantities), Content: rest.Body(c)})
	return answerRound(c, &v, &names, repeated, err)
}

// answerRound is that of every change of a round.
func answerRound(c *fiber.Ctx, v *rounds.RoundView, names *rounds.Names, repeated bool, err error) error {
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "received_at": v.UpdatedAt, "round": roundOf(v, names)})
}

func (h *roundHandlers) excuse(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrRoundNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Reason string `json:"reason" need:"words" max:"500"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	v, names, repeated, err := h.rounds.ExcuseRound(c.UserContext(), rest.Actor(c), id, in.Reason)
	return answerRound(c, &v, &names, repeated, err)
}
