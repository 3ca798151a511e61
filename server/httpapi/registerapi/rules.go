package registerapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/duties"
	"spotcheck/server/httpapi/rest"
)

// ruleHandlers serve the rules of limits in all their versions.
type ruleHandlers struct {
	duties *duties.Service
}

func (h *ruleHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/rules", Handle: h.rules},
		{Method: fiber.MethodGet, Path: "/api/v1/rules/:id", Handle: h.ruleVersions},
		{Method: fiber.MethodPut, Path: "/api/v1/rules/:id", Handle: h.putRule},
	}
}

// Rule is a rule of limits; without an id it is the limit of the catalogue.
type Rule struct {
	ID        inspect.ID        `json:"id,omitzero"`
	Version   int64             `json:"version,omitempty"`
	Number    int64             `json:"number,omitempty"`
	Category  string            `json:"category"`
	AreaClass string            `json:"area_class,omitempty"`
	FileZH    string            `json:"file_zh,omitempty"`
	FileEN    string            `json:"file_en,omitempty"`
	CloseZH   string            `json:"close_zh,omitempty"`
	CloseEN   string            `json:"close_en,omitempty"`
	Limit     float64           `json:"limit"`
	LimitUnit inspect.LimitUnit `json:"limit_unit"`
	Enabled   bool              `json:"enabled"`
	CreatedAt inspect.Time      `json:"created_at,omitzero"`
	Counting  calendar.Counting `json:"counting,omitempty"`
}

// RulesOf are rules as they are answered, an empty list for none.
func RulesOf(all []inspect.Rule) []Rule {
	list := []Rule{}
	for _, r := range all {
		list = append(list, Rule(r))
	}
	return list
}

type ruleIn struct {
	Category  string            `json:"category" need:"true" max:"20"`
	AreaClass string            `json:"area_class" max:"50"`
	FileZH    string            `json:"file_zh" max:"500"`
	FileEN    string            `json:"file_en" max:"500"`
	CloseZH   string            `json:"close_zh" max:"500"`
	CloseEN   string            `json:"close_en" max:"500"`
	Limit     float64           `json:"limit" need:"true"`
	LimitUnit inspect.LimitUnit `json:"limit_unit" need:"true"`
	Enabled   *bool             `json:"enabled"`
	Counting  calendar.Counting `json:"counting"`
}

func (h *ruleHandlers) rules(c *fiber.Ctx) error {
	all, err := h.duties.Rules(c.UserContext())
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"rules": RulesOf(all)})
}

func (h *ruleHandlers) ruleVersions(c *fiber.Ctx) error {
	rule, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	all, err := h.duties.RuleVersions(c.UserContext(), rule)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"rules": RulesOf(all)})
}

func (h *ruleHandlers) putRule(c *fiber.Ctx) error {
	rule, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in ruleIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	if l := (calendar.Limit{N: in.Limit}); !l.Valid() {
		return inspect.ErrContent.At(fault.Field{Pointer: "/limit", Detail: wantedLimit})
	}
	seen, err := rest.SeenRow(c)
	if err != nil {
		return err
	}
	v, repeated, fresh, err := h.duties.PutRule(c.UserContext(), rest.Actor(c), inspect.Rule{ID: rule, Category: in.Category, AreaClass: in.AreaClass, FileZH: in.FileZH,
		FileEN: in.FileEN, CloseZH: in.CloseZH, CloseEN: in.CloseEN, Limit: in.Limit, LimitUnit: in.LimitUnit, Enabled: rest.TrueIfAbsent(in.Enabled),
		Counting: in.Counting, CreatedAt: seen})
	if err != nil {
		return rest.WithRow(err, Rule(v))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "rule": Rule(v)})
}
