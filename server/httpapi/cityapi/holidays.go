package cityapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/table"
	"spotcheck/server/core/city"
	"spotcheck/server/httpapi/rest"
)

// holidayHandlers serve the calendar of days off and of swapped working days.
type holidayHandlers struct {
	city *city.Service
}

func (h *holidayHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/holidays", Handle: h.holidays},
		{Method: fiber.MethodPost, Path: "/api/v1/holidays", Abandoned: true, Handle: h.importHolidays},
	}
}

// Holiday is a day off, or a working day that was swapped with one.
type Holiday struct {
	Date     string `json:"date"`
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Official bool   `json:"official,omitempty"`
}

// HolidaysOf are the days as they are answered, an empty list for none.
func HolidaysOf(all []calendar.Exception) []Holiday {
	list := []Holiday{}
	for _, e := range all {
		list = append(list, Holiday{e.Day.String(), e.Kind(), e.Name, e.Official})
	}
	return list
}

func (h *holidayHandlers) holidays(c *fiber.Ctx) error {
	all, err := h.city.Holidays(c.UserContext())
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"days": HolidaysOf(all)})
}

// importHolidays takes a file of holidays as it is published in our form; see calendar.ReadHolidays.
func (h *holidayHandlers) importHolidays(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	file := city.HolidayFile{Official: q.Flag("official"), Confirmed: q.Flag("confirm"), Body: rest.Body(c), Options: table.Options{Hint: 1}}
	file.Options.Sheet, file.Options.Heads = q.Table()
	if err := q.Err(); err != nil {
		return err
	}
	years, repeated, err := h.city.ImportHolidays(c.UserContext(), rest.Actor(c), file)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"repeated": repeated, "years": years})
}
