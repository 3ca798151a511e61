package issueapi

import (
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/problem"
	"spotcheck/server/core/workflow"
	"spotcheck/server/httpapi/rest"
)

type bulkIn struct {
	Actions []bulkItem `json:"actions" need:"true" max:"200"`
	Preview bool       `json:"preview"` // nothing is done
}

// bulkItem is what a request of its own would carry in its path, its If-Match header and its body.
type bulkItem struct {
	Issue    inspect.ID `json:"issue" need:"true"`
	ActionID inspect.ID `json:"action_id" need:"true"`
	Version  int64      `json:"version"`
	Body     actionIn   `json:"body" need:"true"`
}

// outcomeWire is what became of one action: a receipt, or a problem.
type outcomeWire struct {
	Issue    inspect.ID        `json:"issue"`
	ActionID inspect.ID        `json:"action_id"`
	Status   int               `json:"status"`
	Receipt  fiber.Map         `json:"receipt,omitempty"`
	Problem  *problem.Document `json:"problem,omitempty"`
	DueAt    inspect.Time      `json:"due_at,omitzero"` // of a preview: the deadline that there would be
}

// actAll does one action after the other, each in a transaction of its own: what one is refused for is no matter of the others.
func (h *actionHandlers) actAll(c *fiber.Ctx) error {
	var in bulkIn
	if err := rest.ReadEvidence(c, &in); err != nil {
		return err
	}
	var raw struct {
		Actions []struct{ Body json.RawMessage }
	}
	if err := json.Unmarshal(rest.Body(c), &raw); err != nil {
		return inspect.ErrMalformed.Because(err)
	}
	all := []outcomeWire{}
	for n := range in.Actions {
		if in.Preview {
			all = append(all, h.previewOne(c, &in.Actions[n]))
			continue
		}
		all = append(all, h.actOne(c, &in.Actions[n], raw.Actions[n].Body))
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(fiber.Map{"outcomes": all})
}

func (h *actionHandlers) actOne(c *fiber.Ctx, in *bulkItem, body []byte) outcomeWire {
	out := outcomeWire{Issue: in.Issue, ActionID: in.ActionID}
	done, err := h.actOnce(c, in, body)
	if err != nil {
		return h.refused(c, out, err)
	}
	out.Status, out.Receipt = fiber.StatusCreated, actionReceipt(&done)
	if done.Repeated {
		out.Status = fiber.StatusOK
	}
	return out
}

// refused is the outcome of what failed.
func (h *actionHandlers) refused(c *fiber.Ctx, out outcomeWire, err error) outcomeWire {
	d := problem.Of(err, rest.RequestID(c))
	if d.Status >= 500 {
		h.log.Error("an action of many failed", "request_id", d.RequestID, "code", d.Code, "error", err)
	}
	out.Status, out.Problem = d.Status, &d
	return out
}

// previewOne tells what one action would lead to.
func (h *actionHandlers) previewOne(c *fiber.Ctx, in *bulkItem) outcomeWire {
	out := outcomeWire{Issue: in.Issue, ActionID: in.ActionID, Status: fiber.StatusOK}
	if wrong := in.Body.undecided(); len(wrong) > 0 {
		return h.refused(c, out, inspect.ErrContent.At(wrong...))
	}
	v, err := h.workflow.Preview(c.UserContext(), rest.Actor(c), in.Body.request(in.Issue, in.ActionID, in.Version, nil))
	if err != nil {
		return h.refused(c, out, err)
	}
	out.DueAt = v.DueAt
	return out
}

func (h *actionHandlers) actOnce(c *fiber.Ctx, in *bulkItem, body []byte) (done workflow.ActionReceipt, err error) {
	if wrong := in.Body.check(); len(wrong) > 0 {
		return done, inspect.ErrContent.At(wrong...)
	}
	if in.Version < 0 {
		return done, inspect.ErrContent.With("A version is positive.")
	}
	return h.workflow.Act(c.UserContext(), rest.Actor(c), in.Body.request(in.Issue, in.ActionID, in.Version, body))
}
