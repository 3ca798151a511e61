package accountapi

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/audit"
	"spotcheck/server/httpapi/rest"
)

// recordHandlers serve the state of the record and have it audited.
type recordHandlers struct {
	audit *audit.Service
}

func (h *recordHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/record", Handle: h.record},
		{Method: fiber.MethodGet, Path: "/api/v1/record/checkpoints/:date", Handle: h.checkpoint},
		{Method: fiber.MethodPut, Path: "/api/v1/record/audits/:id", Handle: h.putAudit},
	}
}

type checkpointWire struct {
	Date    string       `json:"date"`
	MadeAt  inspect.Time `json:"made_at"`
	Events  int64        `json:"events"`
	Streams int64        `json:"streams"`
	Hash    string       `json:"hash"`
}

type auditRunWire struct {
	ID       inspect.ID          `json:"id"`
	By       *rest.PersonRef     `json:"by,omitempty"`
	AskedAt  inspect.Time        `json:"asked_at"`
	DoneAt   inspect.Time        `json:"done_at,omitzero"`
	Against  bool                `json:"against"`
	Sum      *audit.AuditSummary `json:"sum,omitempty"`
	Findings []audit.Finding     `json:"findings"`
}

// record gives what the record is now, and how it was last looked through.
func (h *recordHandlers) record(c *fiber.Ctx) error {
	r, people, err := h.audit.Record(c.UserContext(), rest.Actor(c))
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
		w.By = rest.PersonIfAny(run.By, people)
		if run.DoneAt != 0 {
			w.Sum = &run.Sum
		}
		if w.Findings == nil {
			w.Findings = []audit.Finding{}
		}
		out.Audits = append(out.Audits, w)
	}
	return c.JSON(out)
}

// checkpoint gives the document of a day as it is hashed, to be kept elsewhere.
func (h *recordHandlers) checkpoint(c *fiber.Ctx) error {
	day, err := time.Parse(time.DateOnly, c.Params("date"))
	if err != nil {
		return inspect.ErrNoCheckpoint
	}
	date := day.Format(time.DateOnly)
	body, err := h.audit.Checkpoint(c.UserContext(), rest.Actor(c), date)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="checkpoint-`+date+`.json"`)
	return c.Send(body)
}

// putAudit asks for an audit of the whole record.
func (h *recordHandlers) putAudit(c *fiber.Ctx) error {
	run, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Against    *audit.OutsideCheckpoint `json:"against"`
		AgainstLog string                   `json:"against_log"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	repeated, err := h.audit.AskAudit(c.UserContext(), rest.Actor(c), run, in.Against, in.AgainstLog)
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(fiber.Map{"repeated": repeated})
}
