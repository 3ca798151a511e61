package accountapi

import (
	"math"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/signedlog"
	"spotcheck/server/core/audit"
	"spotcheck/server/core/ledger"
	"spotcheck/server/httpapi/rest"
)

// logHandlers serve the signed checkpoints of the log of events, and the proofs under them.
type logHandlers struct {
	audit *audit.Service
}

func (h *logHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/log/checkpoint", Handle: h.checkpoint},
		{Method: fiber.MethodPut, Path: "/api/v1/log/checkpoint", Handle: h.sign},
		{Method: fiber.MethodGet, Path: "/api/v1/log/consistency", Handle: h.consistency},
		{Method: fiber.MethodGet, Path: "/api/v1/log/events/:seq/proof", Handle: h.proof},
	}
}

type signedCheckpointWire struct {
	Origin string       `json:"origin"`
	Size   int64        `json:"size"`
	Root   string       `json:"root"`
	MadeAt inspect.Time `json:"made_at"`
	Note   string       `json:"note"`
	Key    string       `json:"key,omitempty"`
}

func signedCheckpointOf(c *ledger.SignedCheckpoint) (w signedCheckpointWire, err error) {
	w = signedCheckpointWire{Origin: c.Origin, Size: c.Size, Root: evidence.Digest(c.Root).String(), MadeAt: c.At, Note: c.Note}
	if c.Key != nil {
		w.Key, err = signedlog.VerifierKey(c.Origin, c.Key)
	}
	return w, err
}

// checkpoint gives the last signed checkpoint.
func (h *logHandlers) checkpoint(c *fiber.Ctx) error {
	last, err := h.audit.LastSigned(c.UserContext())
	return answerSigned(c, &last, err)
}

// sign signs the log as it is now.
func (h *logHandlers) sign(c *fiber.Ctx) error {
	last, err := h.audit.SignLog(c.UserContext(), rest.Actor(c))
	return answerSigned(c, &last, err)
}

func answerSigned(c *fiber.Ctx, of *ledger.SignedCheckpoint, err error) error {
	if err != nil {
		return err
	}
	w, err := signedCheckpointOf(of)
	if err != nil {
		return err
	}
	return c.JSON(w)
}

// consistency proves that the log of one size is the beginning of that of another.
func (h *logHandlers) consistency(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	from, to := q.Count("from", 1, math.MaxInt32), q.Count("to", 1, math.MaxInt32)
	if err := q.Err(); err != nil {
		return err
	}
	hashes, err := h.audit.ProveConsistency(c.UserContext(), int64(from), int64(to))
	if err != nil {
		return err
	}
	out := struct {
		From   int      `json:"from"`
		To     int      `json:"to"`
		Hashes []string `json:"hashes"`
	}{from, to, []string{}}
	for _, hash := range hashes {
		out.Hashes = append(out.Hashes, hash.String())
	}
	return c.JSON(out)
}

type logStepWire struct {
	Left bool   `json:"left"`
	Hash string `json:"hash"`
}

// proof proves that the log holds an event.
func (h *logHandlers) proof(c *fiber.Ctx) error {
	seq, err := strconv.ParseInt(c.Params("seq"), 10, 64)
	if err != nil || seq < 1 {
		return inspect.ErrNotFound
	}
	p, err := h.audit.ProveEvent(c.UserContext(), rest.Actor(c), seq)
	if err != nil {
		return err
	}
	out := struct {
		Checkpoint signedCheckpointWire `json:"checkpoint"`
		Seq        int64                `json:"seq"`
		Hash       string               `json:"hash"`
		Steps      []logStepWire        `json:"steps"`
	}{Seq: p.Seq, Hash: p.Event.String(), Steps: []logStepWire{}}
	for _, step := range p.Steps {
		out.Steps = append(out.Steps, logStepWire{step.Left, step.Hash.String()})
	}
	if out.Checkpoint, err = signedCheckpointOf(&p.Checkpoint); err != nil {
		return err
	}
	return c.JSON(out)
}
