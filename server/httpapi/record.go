package httpapi

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
)

type checkpointWire struct {
	Date    string       `json:"date"`
	MadeAt  inspect.Time `json:"made_at"`
	Events  int64        `json:"events"`
	Streams int64        `json:"streams"`
	Hash    string       `json:"hash"`
}

type auditRunWire struct {
	ID       inspect.ID         `json:"id"`
	By       *personRef         `json:"by,omitempty"`
	AskedAt  inspect.Time       `json:"asked_at"`
	DoneAt   inspect.Time       `json:"done_at,omitzero"`
	Against  bool               `json:"against"`
	Sum      *core.AuditSummary `json:"sum,omitempty"`
	Findings []core.Finding     `json:"findings"`
}

// record gives what the record is now, and how it was last looked through.
func (a *API) record(c *fiber.Ctx) error {
	r, people, err := a.Core.Record(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	out := struct {
		Events      int64            `json:"events"`
		Checkpoints []checkpointWire `json:"checkpoints"`
		Audits      []auditRunWire   `json:"audits"`
	}{r.Events, []checkpointWire{}, []auditRunWire{}}
	for _, k := range r.Checkpoints {
		out.Checkpoints = append(out.Checkpoints, checkpointWire{k.Date, inspect.At(k.MadeAt), k.Events, k.Streams, k.Hash.String()})
	}
	for _, run := range r.Audits {
		w := auditRunWire{ID: run.ID, AskedAt: run.AskedAt, DoneAt: run.DoneAt, Against: run.Against, Findings: run.Findings}
		if !run.By.IsZero() {
			by := personOf(run.By, people)
			w.By = &by
		}
		if run.DoneAt != 0 {
			w.Sum = &run.Sum
		}
		if w.Findings == nil {
			w.Findings = []core.Finding{}
		}
		out.Audits = append(out.Audits, w)
	}
	return c.JSON(out)
}

// checkpoint gives the document of a day as it is hashed, to be kept elsewhere.
func (a *API) checkpoint(c *fiber.Ctx) error {
	day, err := time.Parse(time.DateOnly, c.Params("date"))
	if err != nil {
		return inspect.ErrNoCheckpoint
	}
	date := day.Format(time.DateOnly)
	body, err := a.Core.Checkpoint(c.UserContext(), actor(c), date)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="checkpoint-`+date+`.json"`)
	return c.Send(body)
}

// putAudit asks for an audit of the whole record.
func (a *API) putAudit(c *fiber.Ctx) error {
	run, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Against *core.OutsideCheckpoint `json:"against"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	repeated, err := a.Core.AskAudit(c.UserContext(), actor(c), run, in.Against)
	if err != nil {
		return err
	}
	return created(c, !repeated).JSON(fiber.Map{"repeated": repeated})
}
