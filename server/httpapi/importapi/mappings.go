package importapi

import (
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	tables "spotcheck/pkg/intake"
	"spotcheck/server/core/intake"
	"spotcheck/server/httpapi/rest"
)

// mappingHandlers serve how the tables of other systems are read.
type mappingHandlers struct {
	intake *intake.Service
}

func (h *mappingHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/import-mappings", Handle: h.mappings},
		{Method: fiber.MethodPut, Path: "/api/v1/import-mappings/:id", Handle: h.putMapping},
	}
}

// mappingWire says under a name how tables are read.
type mappingWire struct {
	ID      inspect.ID `json:"id"`
	Name    string     `json:"name"`
	Enabled bool       `json:"enabled"`
	tables.Mapping
	CreatedAt inspect.Time `json:"created_at"`
	UpdatedAt inspect.Time `json:"updated_at"`
}

type mappingIn struct {
	Name       string          `json:"name" need:"words" max:"100"`
	Enabled    *bool           `json:"enabled"`
	Source     inspect.Source  `json:"source" need:"true"`
	Datum      geo.Datum       `json:"datum"`
	Heads      int             `json:"heads"`
	Sheet      string          `json:"sheet" max:"100"`
	PerFile    bool            `json:"numbers_per_file"`
	Columns    json.RawMessage `json:"columns" need:"true" max:"20000"`
	Categories json.RawMessage `json:"categories" max:"400000"`
	Otherwise  string          `json:"otherwise" max:"20"`
}

// mapping reads what stands under names of its own.
func (in *mappingIn) mapping(id inspect.ID) (intake.Mapping, error) {
	m := intake.Mapping{ID: id, Name: strings.TrimSpace(in.Name), Enabled: rest.TrueIfAbsent(in.Enabled),
		Mapping: tables.Mapping{Source: in.Source, Datum: in.Datum, Heads: in.Heads, Sheet: in.Sheet, NumbersPerFile: in.PerFile, DefaultCategory: in.Otherwise}}
	var wrong []fault.Field
	if m.Name == "" {
		wrong = append(wrong, fault.Field{Pointer: "/name", Detail: "is empty"})
	}
	if err := json.Unmarshal(in.Columns, &m.Columns); err != nil {
		wrong = append(wrong, fault.Field{Pointer: "/columns", Detail: "want names of columns by field: " + err.Error()})
	}
	if len(in.Categories) > 0 {
		if err := json.Unmarshal(in.Categories, &m.Categories); err != nil {
			wrong = append(wrong, fault.Field{Pointer: "/categories", Detail: "want codes by the names of the other system"})
		}
	}
	if len(wrong) > 0 {
		return m, inspect.ErrContent.At(wrong...)
	}
	return m, nil
}

func (h *mappingHandlers) putMapping(c *fiber.Ctx) error {
	which, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	in := mappingIn{Heads: 1}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	m, err := in.mapping(which)
	if err != nil {
		return err
	}
	if m.UpdatedAt, err = rest.SeenRow(c); err != nil {
		return err
	}
	saved, repeated, fresh, err := h.intake.PutMapping(c.UserContext(), rest.Actor(c), m)
	if err != nil {
		return rest.WithRow(err, mappingWire(saved))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "mapping": mappingWire(saved)})
}

func (h *mappingHandlers) mappings(c *fiber.Ctx) error {
	all, err := h.intake.Mappings(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	list := []mappingWire{}
	for _, m := range all {
		list = append(list, mappingWire(m))
	}
	return c.JSON(fiber.Map{"mappings": list})
}
