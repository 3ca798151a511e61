package httpapi

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

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
	return exposureWire{e.Photo, e.Issue, number, e.State, json.RawMessage(e.Masks), e.Caption, e.SHA256, e.MadeBy, e.MadeAt, e.DecidedBy, e.DecidedAt, e.Reason, e.Objection, e.ObjectedAt}
}

func (a *API) proposeExposure(c *fiber.Ctx) error {
	issue, of, err := photoIDs(c)
	if err != nil {
		return err
	}
	var in exposureIn
	if err := read(c, &in); err != nil {
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
	e, repeated, err := a.Core.Publicity.ProposeExposure(c.UserContext(), actor(c), issue, of, in.Masks, strings.TrimSpace(in.Caption))
	if err != nil {
		return err
	}
	return created(c, !repeated).JSON(fiber.Map{"repeated": repeated, "exposure": exposureOf(&e, "")})
}

func (a *API) decideExposure(c *fiber.Ctx) error {
	issue, of, err := photoIDs(c)
	if err != nil {
		return err
	}
	var in struct {
		Answer inspect.ExposureAnswer `json:"answer" need:"true"`
		SHA256 string                 `json:"sha256" need:"true" max:"64"`
		Reason string                 `json:"reason" max:"500"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	switch {
	case in.Answer != inspect.ReleaseExposure && in.Answer != inspect.KeepExposure && in.Answer != inspect.TakeDownExposure:
		return inspect.ErrContent.At(fault.Field{Pointer: "/answer", Detail: "want release, keep or take_down"})
	case in.Answer != inspect.ReleaseExposure && strings.TrimSpace(in.Reason) == "":
		return inspect.ErrContent.At(fault.Field{Pointer: "/reason", Detail: "is missing"})
	}
	e, err := a.Core.Publicity.DecideExposure(c.UserContext(), actor(c), issue, of, in.Answer, in.SHA256, in.Reason)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"exposure": exposureOf(&e, "")})
}

func (a *API) exposures(c *fiber.Ctx) error {
	q := queryOf(c)
	state := inspect.ExposureState(q.text("state", 20))
	if state != inspect.ExposureProposed && state != inspect.ExposureReleased && state != inspect.ExposureTakenDown {
		q.fail("state", "want proposed, released or taken_down")
	}
	if err := q.fault(); err != nil {
		return err
	}
	all, err := a.Core.Publicity.Exposures(c.UserContext(), actor(c), state)
	if err != nil {
		return err
	}
	out := []exposureWire{}
	for n := range all {
		out = append(out, exposureOf(&all[n].Exposure, all[n].Number))
	}
	return c.JSON(fiber.Map{"exposures": out})
}

func (a *API) exposedPicture(c *fiber.Ctx) error {
	issue, of, err := photoIDs(c)
	if err != nil {
		return err
	}
	pic, err := a.Core.Publicity.ExposedPicture(c.UserContext(), actor(c), issue, of)
	if err != nil {
		return err
	}
	err = send(c, pic, "exposed")
	c.Set(fiber.HeaderCacheControl, "private, no-cache") // other masks may be drawn
	return err
}
