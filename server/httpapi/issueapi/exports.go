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
// whole. The query is that of the request, from which its form was read.
func (h *exportHandlers) export(c *fiber.Ctx, q *rest.Query, mediaType, name string, write func(w *bufio.Writer, pages func(func(issues.Page) error) error) error) error {
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

// csvColumns are the columns of a list: as programs name them, and as people read them.
var csvColumns = [][3]string{{"number", "编号", "Number"}, {"status", "状态", "Status"}, {"category", "类别编码", "Category code"}, {"category_zh", "类别", "Category (Chinese)"},
	{"category_en", "类别（英文）", "Category"}, {"severity", "严重程度", "Severity"}, {"source", "来源", "Source"}, {"lat", "纬度", "Latitude"}, {"lon", "经度", "Longitude"},
	{"address", "地址", "Address"}, {"note", "情况说明", "Note"}, {"area", "区域", "Area"}, {"unit", "责任单位", "Unit"}, {"reporter", "上报人工号", "Reporter's staff number"},
	{"reported_at", "上报时间", "Reported"}, {"due_at", "期限", "Deadline"}, {"fixed_at", "整改时间", "Fixed"}, {"closed_at", "结案时间", "Closed"}, {"overdue", "超期", "Overdue"},
	{"late_arrival", "补传", "Sent later"}, {"photos_safe", "已收到照片", "Photos received"}, {"photos_total", "照片", "Photos"}, {"id", "系统标识", "ID"}}

// csvWriter writes a list in the words of a language, or of programs where it has none.
type csvWriter struct {
	language inspect.Language
	zone     *time.Location
}

// pick gives the words of the language.
func (w csvWriter) pick(code, chinese, english string) string {
	switch w.language {
	case inspect.Chinese:
		return chinese
	case inspect.English:
		return english
	}
	return code
}

func (w csvWriter) head() (head []string) {
	for _, c := range csvColumns {
		head = append(head, w.pick(c[0], c[1], c[2]))
	}
	return head
}

func (w csvWriter) flag(yes bool) string {
	if yes {
		return w.pick("true", "是", "yes")
	}
	return w.pick("false", "否", "no")
}

func (h *exportHandlers) exportCSV(c *fiber.Ctx) error {
	q, out := rest.QueryOf(c), csvWriter{zone: h.zone}
	if q.Given("lang") {
		q.As("lang", &out.language)
	}
	return h.export(c, q, "text/csv; charset=utf-8", "issues.csv", func(w *bufio.Writer, pages func(func(issues.Page) error) error) error {
		if _, err := w.WriteString("\ufeff"); err != nil { // spreadsheets read UTF-8 by it
			return err
		}
		t := csv.NewWriter(w)
		if err := t.Write(out.head()); err != nil {
			return err
		}
		return pages(func(p issues.Page) error {
			for n := range p.Issues {
				if err := t.Write(out.row(listOf(&p, n))); err != nil {
					return err
				}
			}
			t.Flush()
			return t.Error()
		})
	})
}

func (w csvWriter) row(r listWire) []string {
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
	text, local := rest.EscapeFormula, func(at inspect.Time) string { return rest.LocalTime(at, w.zone) }
	status, severity, source := issues.StatusWords[r.Status], issues.SeverityWords[r.Severity], issues.SourceWords[r.Source]
	return []string{r.Number, w.pick(string(r.Status), status[0], status[1]), text(r.Category.Code), text(r.Category.NameZH), text(r.Category.NameEN),
		w.pick(string(r.Severity), severity.ZH, severity.EN),
		w.pick(string(r.Source), source[0], source[1]), lat, lon, text(r.Address), text(r.Note), text(area), text(unit), text(r.Reporter.StaffNumber), local(r.ReportedAt),
		local(r.DueAt), local(r.FixedAt), local(r.ClosedAt), w.flag(r.Overdue), w.flag(r.LateArrival),
		strconv.Itoa(r.PhotosSafe), strconv.Itoa(r.PhotosTotal), r.ID.String()}
}

func (h *exportHandlers) exportGeoJSON(c *fiber.Ctx) error {
	return h.export(c, rest.QueryOf(c), "application/geo+json", "issues.geojson", func(w *bufio.Writer, pages func(func(issues.Page) error) error) error {
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
