package issueapi

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"log/slog"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/rest"
)

// exportHandlers write lists of issues to files.
type exportHandlers struct {
	issues *issues.Service
	site   *rest.Site
	zone   *time.Location
	log    *slog.Logger
}

func (h *exportHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/issues.csv", Handle: h.exportCSV},
		{Method: fiber.MethodGet, Path: "/api/v1/issues.geojson", Handle: h.exportGeoJSON},
	}
}

// export streams what a filter finds; a failure in the middle breaks the connection, so that nobody takes a part for the
// whole.
func (h *exportHandlers) export(c *fiber.Ctx, mediaType, name string, write func(w *bufio.Writer, pages func(func(issues.Page) error) error) error) error {
	q := rest.QueryOf(c)
	f := Filter(q)
	if err := q.Err(); err != nil {
		return err
	}
	who, from := rest.Actor(c), h.site.Address(c)
	if !who.MayAnywhere(inspect.MayExport) {
		return inspect.ErrForbidden
	}
	return rest.StreamDownload(c, h.log, mediaType, name, func(ctx context.Context, w *bufio.Writer) error {
		return write(w, func(each func(issues.Page) error) error { return h.issues.ExportIssues(ctx, who, f, from, each) })
	})
}

var csvHeader = []string{"number", "status", "category", "category_zh", "category_en", "severity", "source", "lat", "lon", "address", "note",
	"area", "unit", "reporter", "reported_at", "due_at", "fixed_at", "closed_at", "overdue", "late_arrival", "photos_safe", "photos_total", "id"}

func (h *exportHandlers) exportCSV(c *fiber.Ctx) error {
	return h.export(c, "text/csv; charset=utf-8", "issues.csv", func(w *bufio.Writer, pages func(func(issues.Page) error) error) error {
		if _, err := w.WriteString("\ufeff"); err != nil { // spreadsheets read UTF-8 by it
			return err
		}
		t := csv.NewWriter(w)
		if err := t.Write(csvHeader); err != nil {
			return err
		}
		return pages(func(p issues.Page) error {
			for n := range p.Issues {
				if err := t.Write(csvRow(listOf(&p, n), h.zone)); err != nil {
					return err
				}
			}
			t.Flush()
			return t.Error()
		})
	})
}

func csvRow(r listWire, zone *time.Location) []string {
	lat, lon, area, unit := "", "", "", ""
	if r.Place != nil {
		lat, lon = strconv.FormatFloat(r.Place.Lat, 'f', 6, 64), strconv.FormatFloat(r.Place.Lon, 'f', 6, 64)
	}
	if r.Area != nil {
		area = r.Area.Name
	}
	if r.Unit != nil {
		unit = r.Unit.Name
	}
	text, local := rest.EscapeFormula, func(at inspect.Time) string { return rest.LocalTime(at, zone) }
	return []string{r.Number, string(r.Status), text(r.Category.Code), text(r.Category.NameZH), text(r.Category.NameEN), string(r.Severity),
		string(r.Source), lat, lon, text(r.Address), text(r.Note), text(area), text(unit), text(r.Reporter.StaffNumber), local(r.ReportedAt),
		local(r.DueAt), local(r.FixedAt), local(r.ClosedAt), strconv.FormatBool(r.Overdue), strconv.FormatBool(r.LateArrival),
		strconv.Itoa(r.PhotosSafe), strconv.Itoa(r.PhotosTotal), r.ID.String()}
}

func (h *exportHandlers) exportGeoJSON(c *fiber.Ctx) error {
	return h.export(c, "application/geo+json", "issues.geojson", func(w *bufio.Writer, pages func(func(issues.Page) error) error) error {
		if _, err := w.WriteString(`{"type":"FeatureCollection","features":[`); err != nil {
			return err
		}
		first := true
		err := pages(func(p issues.Page) error {
			for n := range p.Issues {
				if err := writeFeature(w, listOf(&p, n), first); err != nil {
					return err
				}
				first = false
			}
			return nil
		})
		if err == nil {
			_, err = w.WriteString("\n]}\n")
		}
		return err
	})
}

// writeFeature writes an issue as a feature (RFC 7946): longitude before latitude, null where there is no place.
func writeFeature(w *bufio.Writer, r listWire, first bool) error {
	var geometry any
	if r.Place != nil {
		geometry = fiber.Map{"type": "Point", "coordinates": [2]float64{r.Place.Lon, r.Place.Lat}}
	}
	b, err := json.Marshal(fiber.Map{"type": "Feature", "id": r.ID, "geometry": geometry, "properties": r})
	if err != nil {
		return err
	}
	lead := ",\n"
	if first {
		lead = "\n"
	}
	if _, err = w.WriteString(lead); err == nil {
		_, err = w.Write(b)
	}
	return err
}
