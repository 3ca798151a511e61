package registerapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/places"
	"spotcheck/server/httpapi/rest"
)

// categoryHandlers serve the catalogue of what can be wrong in the streets.
type categoryHandlers struct {
	places *places.Service
}

func (h *categoryHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/categories", Handle: h.categories},
		{Method: fiber.MethodPut, Path: "/api/v1/categories/:code", Handle: h.putCategory},
	}
}

// Category is an item of the catalogue.
type Category struct {
	Code       string            `json:"code"`
	OldCode    string            `json:"old_code,omitempty"`
	NameZH     string            `json:"name_zh"`
	NameEN     string            `json:"name_en"`
	Group      string            `json:"group"`
	Limit      float64           `json:"limit"`
	LimitUnit  inspect.LimitUnit `json:"limit_unit"`
	ClassZH    string            `json:"class_zh,omitempty"`
	Local      bool              `json:"local"`
	Enabled    bool              `json:"enabled"`
	ByPhoto    bool              `json:"by_photo"`
	ReopenDays int               `json:"reopen_days"`
	CreatedAt  inspect.Time      `json:"created_at"`
	UpdatedAt  inspect.Time      `json:"updated_at"`
}

type categoryIn struct {
	OldCode    string            `json:"old_code" max:"20"`
	NameZH     string            `json:"name_zh" need:"true" max:"100"`
	NameEN     string            `json:"name_en" need:"true" max:"100"`
	Group      string            `json:"group" need:"true" max:"50"`
	Limit      float64           `json:"limit" need:"true"`
	LimitUnit  inspect.LimitUnit `json:"limit_unit" need:"true"`
	ClassZH    string            `json:"class_zh" max:"100"`
	Local      bool              `json:"local"`
	Enabled    *bool             `json:"enabled"`
	ByPhoto    bool              `json:"by_photo"`
	ReopenDays int               `json:"reopen_days"`
}

func (h *categoryHandlers) categories(c *fiber.Ctx) error {
	all, err := h.places.Categories(c.UserContext())
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"categories": CategoriesOf(all)})
}

// CategoriesOf are items as they are answered, an empty list for none.
func CategoriesOf(all []inspect.Category) []Category {
	list := []Category{}
	for _, v := range all {
		list = append(list, Category(v))
	}
	return list
}

func (h *categoryHandlers) putCategory(c *fiber.Ctx) error {
	var in categoryIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	code := c.Params("code")
	var wrong []fault.Field
	if !validCode(code) {
		wrong = append(wrong, fault.Field{Pointer: "path:code", Detail: "want 1 to 20 letters, digits or dashes"})
	}
	if l := (calendar.Limit{N: in.Limit}); !l.Valid() {
		wrong = append(wrong, fault.Field{Pointer: "/limit", Detail: wantedLimit})
	}
	if in.ReopenDays < 0 || in.ReopenDays > 365 {
		wrong = append(wrong, fault.Field{Pointer: "/reopen_days", Detail: "want 0 to 365"})
	}
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	v, repeated, fresh, err := h.places.PutCategory(c.UserContext(), rest.Actor(c), inspect.Category{Code: code, OldCode: in.OldCode, NameZH: in.NameZH,
		NameEN: in.NameEN, Group: in.Group, Limit: in.Limit, LimitUnit: in.LimitUnit, ClassZH: in.ClassZH, Local: in.Local,
		Enabled: rest.TrueIfAbsent(in.Enabled), ByPhoto: in.ByPhoto, ReopenDays: in.ReopenDays, UpdatedAt: seen})
	if err != nil {
		return rest.WithRow(err, Category(v))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "category": Category(v)})
}

func validCode(code string) bool {
	for _, r := range code {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' {
			return false
		}
	}
	return code != "" && len(code) <= 20
}

// CategoryRef names an item of the catalogue.
type CategoryRef struct {
	Code   string `json:"code"`
	NameZH string `json:"name_zh"`
	NameEN string `json:"name_en"`
	Group  string `json:"group"`
}
