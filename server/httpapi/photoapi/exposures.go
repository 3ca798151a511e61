package photoapi

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/publicity"
	"spotcheck/server/httpapi/rest"
)

// exposureHandlers serve what is proposed to be shown to the public, and take the decisions.
type exposureHandlers struct {
	publicity *publicity.Service
}

func (h *exposureHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/exposures", Handle: h.exposures},
		{Method: fiber.MethodPut, Path: "/api/v1/issues/:id/photos/:photo/exposure", Handle: h.proposeExposure},
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/photos/:photo/exposure/picture", Handle: h.exposedPicture},
		{Method: fiber.MethodPut, Path: "/api/v1/issues/:id/photos/:photo/exposure/decision", Handle: h.decideExposure},
	}
}

type exposureIn struct {
	Masks         []inspect.Mask `json:"masks" max:"100"`
	NothingToMask bool           `json:"nothing_to_mask"`
	Caption       string         `json:"caption" max:"200"`
}

type exposureWire struct {
	Photo      inspect.ID            `json:"photo"`
	Issue      inspect.ID            `json:"issue"`
	Number     string                `json:"number,omitempty"`
	State      inspect.ExposureState `json:"state"`
	Masks      json.RawMessage       `json:"masks"`
	Caption    string                `json:"caption,omitempty"`
	SHA256     string                `json:"sha256"`
	MadeBy     inspect.ID            `json:"made_by"`
	MadeAt     inspect.Time          `json:"made_at"`
	DecidedBy  inspect.ID            `json:"decided_by,omitzero"`
	DecidedAt  inspect.Time          `json:"decided_at,omitzero"`
	Reason     string                `json:"reason,omitempty"`
	Objection  string                `json:"objection,omitempty"`
	ObjectedAt inspect.Time          `json:"objected_at,omitzero"`
}

func exposureOf(e *inspect.Exposure, number string) exposureWire {
	return exposureWire{e.Photo, e.Issue, number, e.State, json.RawMessage(e.Masks), e.Caption, e.SHA256, e.MadeBy, e.MadeAt, e.DecidedBy,
		e.DecidedAt, e.Reason, e.Objection, e.ObjectedAt}
}

func (h *exposureHandlers) proposeExposure(c *fiber.Ctx) error {
	issue, of, err := photoIDs(c)
	if err != nil {
		return err
	}
	var in exposureIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	var wrong []fault.Field
	if len(in.Masks) == 0 && !in.NothingToMask {
		wrong = append(wrong, fault.Field{Pointer: "/masks", Detail: "draw a mask over each face, plate, door number and minor, or say nothing_to_mask"})
	}
	for n, m := range in.Masks {
		if !m.Valid() {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/masks/%d", n), Detail: "want x, y, w, h inside the picture, in ten-thousandths of its sides"})
		}
	}
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	if in.Masks == nil {
		in.Masks = []inspect.Mask{}
	}
	e, repeated, err := h.publicity.ProposeExposure(c.UserContext(), rest.Actor(c), issue, of, in.Masks, strings.TrimSpace(in.Caption))
	if err != nil {
		return err
	}
	return rest.Created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "exposure": exposureOf(&e, "")})
}

func (h *exposureHandlers) decideExposure(c *fiber.Ctx) error {
	issue, of, err := photoIDs(c)
	if err != nil {
		return err
	}
	var in struct {
		Answer inspect.ExposureAnswer `json:"answer" need:"true"`
		SHA256 string                 `json:"sha256" need:"true" max:"64"`
		Reason string                 `json:"reason" max:"500"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	switch {
	case in.Answer != inspect.ReleaseExposure && in.Answer != inspect.KeepExposure && in.Answer != inspect.TakeDownExposure:
		return inspect.ErrContent.At(fault.Field{Pointer: "/answer", Detail: "want release, keep or take_down"})
	case in.Answer != inspect.ReleaseExposure && strings.TrimSpace(in.Reason) == "":
		return inspect.ErrContent.At(fault.Field{Pointer: "/reason", Detail: "is missing"})
	}
	e, repeated, err := h.publicity.DecideExposure(c.UserContext(), rest.Actor(c), issue, of, in.Answer, in.SHA256, in.Reason)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"repeated": repeated, "exposure": exposureOf(&e, "")})
}

func (h *exposureHandlers) exposures(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	state := inspect.ExposureState(q.Text("state", 20))
	if state != inspect.ExposureProposed && state != inspect.ExposureReleased && state != inspect.ExposureTakenDown {
		q.Fail("state", "want proposed, released or taken_down")
	}
	if err := q.Err(); err != nil {
		return err
	}
	all, err := h.publicity.Exposures(c.UserContext(), rest.Actor(c), state)
	if err != nil {
		return err
	}
	out := []exposureWire{}
	for n := range all {
		out = append(out, exposureOf(&all[n].Exposure, all[n].Number))
	}
	return c.JSON(fiber.Map{"exposures": out})
}

func (h *exposureHandlers) exposedPicture(c *fiber.Ctx) error {
	issue, of, err := photoIDs(c)
	if err != nil {
		return err
	}
	pic, err := h.publicity.ExposedPicture(c.UserContext(), rest.Actor(c), issue, of)
	if err != nil {
		return err
	}
	err = SendPicture(c, pic, "exposed")
	c.Set(fiber.HeaderCacheControl, "private, no-cache") // other masks may be drawn
	return err
}
