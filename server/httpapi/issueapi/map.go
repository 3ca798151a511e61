package issueapi

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/rest"
)

// mapHandlers serve issues as clusters on a map.
type mapHandlers struct {
	issues *issues.Service
}

func (h *mapHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/map", Handle: h.showMap},
	}
}

// maxZoom is the closest that web maps go.
const maxZoom = 22

// clusterWire is what lies in one cell of a map.
type clusterWire struct {
	Lat      float64 `json:"lat"`
	Lon      float64 `json:"lon"`
	Issues   int64   `json:"issues"`
	Reported int64   `json:"reported"`
	Assigned int64   `json:"assigned"`
	Fixed    int64   `json:"fixed"`
	Verified int64   `json:"verified"`
}

func (h *mapHandlers) showMap(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	box := q.Box()
	if box == nil {
		q.Fail("bbox", "want west,south,east,north in degrees, in order")
	}
	zoom, err := strconv.Atoi(q.Text("zoom", 3))
	if err != nil || zoom < 0 || zoom > maxZoom {
		q.Fail("zoom", "want 0 to "+strconv.Itoa(maxZoom))
	}
	if err := q.Err(); err != nil {
		return err
	}
	m, err := h.issues.Map(c.UserContext(), rest.Actor(c), *box, zoom)
	if err != nil {
		return err
	}
	clusters := []clusterWire{}
	for _, v := range m.Clusters {
		clusters = append(clusters, clusterWire{v.Middle.Lat, v.Middle.Lon, v.N(), v.Reported, v.Assigned, v.Fixed, v.Verified})
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(fiber.Map{"clusters": clusters, "partial": !m.Whole})
}
