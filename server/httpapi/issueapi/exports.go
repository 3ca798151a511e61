package issueapi

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/photos"
	"spotcheck/server/httpapi/rest"
)

// exportHandlers write lists of issues to files.
type exportHandlers struct {
	issues *issues.Service
	photos *photos.Service
	site   *rest.Site
	zone   *time.Location
	log    *slog.Logger
}

func (h *exportHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/issues.csv", Handle: h.exportCSV},
		{Method: fiber.MethodGet, Path: "/api/v1/issues.xlsx", Slow: true, Handle: h.exportXLSX},
		{Method: fiber.MethodGet, Path: "/api/v1/issues.geojson", Handle: h.exportGeoJSON},
		{Method: fiber.MethodGet, Path: "/api/v1/issues.zip", Slow: true, Handle: h.exportPhotos},
	}
}

// export streams what a filter finds; a failure in the middle breaks the connection, so that nobody takes a part for the
// whole. The query is that of the request, from which its form was read.
func (h *exportHandlers) export(c *fiber.Ctx, q *rest.Query, mediaType, name string,
	write func(ctx context.Context, w *bufio.Writer, pages func(func(issues.Page) error) error) error) error {
	f := Filter(q)
	if err := q.Err(); err != nil {
		return err
	}
	who, asked := rest.Actor(c), rest.Asked(c)
	if !who.MayAnywhere(inspect.MayExport) {
		return inspect.ErrForbidden
	}
	return rest.StreamDownload(c, h.log, mediaType, name, func(ctx context.Context, w *bufio.Writer) error {
		return write(ctx, w, func(each func(issues.Page) error) error { return h.issues.ExportIssues(ctx, who, f, asked, each) })
	})
}

func (h *exportHandlers) exportCSV(c *fiber.Ctx) error {
	q, out := rest.QueryOf(c), exportWords{zone: h.zone}
	if q.Given("lang") {
		q.As("lang", &out.language)
	}
	return h.export(c, q, "text/csv; charset=utf-8", "issues.csv", func(_ context.Context, w *bufio.Writer, pages func(func(issues.Page) error) error) error {
		if _, err := w.WriteString("\ufeff"); err != nil { // spreadsheets read UTF-8 by it
			return err
		}
		t := csv.NewWriter(w)
		if err := t.Write(out.head()); err != nil {
			return err
		}
		return pages(func(p issues.Page) error {
			for n := range p.Issues {
				r := listOf(&p, n)
				if err := t.Write(out.row(&r)); err != nil {
					return err
				}
			}
			t.Flush()
			return t.Error()
		})
	})
}

// errEnough ends an export whose reader wants no more.
var errEnough = errors.New("httpapi: the reader has enough")

// exportXLSX is a list as a workbook, for people: in Chinese, unless another language is asked for.
func (h *exportHandlers) exportXLSX(c *fiber.Ctx) error {
	q, out := rest.QueryOf(c), exportWords{language: inspect.Chinese, zone: h.zone}
	q.As("lang", &out.language)
	return h.export(c, q, paper.AsXLSX.MediaType(), "issues.xlsx", func(_ context.Context, w *bufio.Writer, pages func(func(issues.Page) error) error) error {
		sheet := paper.Sheet{Name: out.pick("", "案卷", "Issues"), Columns: out.columns(), Rows: func(yield func([]paper.Value, error) bool) {
			err := pages(func(p issues.Page) error {
				for n := range p.Issues {
					r := listOf(&p, n)
					if !yield(out.values(&r), nil) {
						return errEnough
					}
				}
				return nil
			})
			if err != nil && !errors.Is(err, errEnough) {
				yield(nil, err)
			}
		}}
		return sheet.XLSX(w)
	})
}

func (h *exportHandlers) exportGeoJSON(c *fiber.Ctx) error {
	return h.export(c, rest.QueryOf(c), "application/geo+json", "issues.geojson", func(_ context.Context, w *bufio.Writer, pages func(func(issues.Page) error) error) error {
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
