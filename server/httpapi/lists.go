package httpapi

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
	"spotcheck/server/store"
)

// query reads the parameters of an address, names those that are wrong, and refuses those that it does not know.
type query struct {
	c     *fiber.Ctx
	known map[string]bool
	wrong []fault.Field
}

func queryOf(c *fiber.Ctx) *query { return &query{c: c, known: map[string]bool{}} }

func (q *query) text(name string, most int) string {
	q.known[name] = true
	return q.checked(name, q.c.Query(name), most)
}

// checked refuses what no database takes.
func (q *query) checked(name, v string, most int) string {
	if len([]rune(v)) > most || strings.ContainsFunc(v, func(r rune) bool { return r < 32 || r == 127 || r == 0xfffd }) {
		q.fail(name, fmt.Sprintf("want at most %d characters, none of control", most))
	}
	return v
}

func (q *query) fail(name, detail string) {
	q.wrong = append(q.wrong, fault.Field{Pointer: "query:" + name, Detail: detail})
}

// texter reads a text of its own kind.
type texter interface{ UnmarshalText([]byte) error }

func (q *query) as(name string, dst texter) {
	if v := q.text(name, 100); v != "" {
		if err := dst.UnmarshalText([]byte(v)); err != nil {
			q.fail(name, err.Error())
		}
	}
}

func (q *query) flag(name string) bool {
	v := q.text(name, 5)
	if v != "" && v != "true" && v != "false" {
		q.fail(name, "want true or false")
	}
	return v == "true"
}

// all reads a parameter that may stand several times or hold commas.
func (q *query) all(name string) (values []string) {
	q.known[name] = true
	for _, v := range q.c.Context().QueryArgs().PeekMulti(name) {
		for part := range strings.SplitSeq(q.checked(name, string(v), 2000), ",") {
			if part = strings.TrimSpace(part); part != "" {
				values = append(values, part)
			}
		}
	}
	if len(values) > 50 {
		q.fail(name, "want at most 50")
	}
	return values
}

func (q *query) numbers(name string, n int, want string) []float64 {
	v := q.text(name, 200)
	if v == "" {
		return nil
	}
	parts := strings.Split(v, ",")
	numbers := make([]float64, 0, n)
	for _, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			break
		}
		numbers = append(numbers, f)
	}
	if len(numbers) != n || len(parts) != n {
		q.fail(name, "want "+want)
		return nil
	}
	return numbers
}

func (q *query) box() *geo.Box {
	b := q.numbers("bbox", 4, "west,south,east,north in degrees")
	if b == nil {
		return nil
	}
	box := &geo.Box{West: b[0], South: b[1], East: b[2], North: b[3]}
	if !box.Valid() {
		q.fail("bbox", "want west,south,east,north in degrees, in order")
	}
	return box
}

func (q *query) limit(preset, most int) int {
	v := q.text("limit", 5)
	if v == "" {
		return preset
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > most {
		q.fail("limit", fmt.Sprintf("want 1 to %d", most))
	}
	return n
}

// cursor reads one number that cursorText wrote, 0 when there is none.
func (q *query) cursor(name string) int64 {
	if parts := q.position(name, 1); parts != nil {
		return parts[0]
	}
	return 0
}

func (q *query) position(name string, n int) []int64 {
	v := q.text(name, 100)
	if v == "" {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(v)
	parts := strings.Split(string(raw), ".")
	numbers := make([]int64, 0, n)
	for _, p := range parts {
		i, errPart := strconv.ParseInt(p, 10, 64)
		if errPart != nil {
			err = errPart
		}
		numbers = append(numbers, i)
	}
	if err != nil || len(numbers) != n {
		q.fail(name, "want a cursor that this server gave")
		return nil
	}
	return numbers
}

// fault is everything that is wrong, after all parameters were asked for.
func (q *query) fault() error {
	q.c.Context().QueryArgs().VisitAll(func(k, _ []byte) {
		if !q.known[string(k)] {
			q.fail(string(k), "there is no such parameter")
		}
	})
	if len(q.wrong) > 0 {
		return inspect.ErrContent.At(q.wrong...)
	}
	return nil
}

// maxRadius is how far in metres a search near a point may reach.
const maxRadius = 50_000

// filterOf reads the filters of a list of issues.
func filterOf(q *query) (f store.IssueFilter) {
	for _, v := range q.all("status") {
		var s inspect.Status
		if err := s.UnmarshalText([]byte(v)); err != nil {
			q.fail("status", err.Error())
		}
		f.Status = append(f.Status, s)
	}
	f.Categories, f.Groups = q.all("category"), q.all("group")
	q.as("unit", &f.Unit)
	q.as("area", &f.Area)
	q.as("reporter", &f.Reporter)
	q.as("assisting", &f.Assisting)
	q.as("source", &f.Source)
	for name, at := range map[string]*inspect.Time{
		"reported_from": &f.ReportedFrom, "reported_to": &f.ReportedTo, "due_from": &f.DueFrom, "due_to": &f.DueTo,
		"closed_from": &f.ClosedFrom, "closed_to": &f.ClosedTo,
	} {
		q.as(name, at)
	}
	f.Overdue, f.Incomplete, f.Flagged, f.Text = q.flag("overdue"), q.flag("incomplete"), q.flag("flagged"), strings.TrimSpace(q.text("text", 100))
	f.SignedFront = q.flag("signed_front")
	f.Box = q.box()
	if n := q.numbers("near", 3, "lat,lon,radius in metres"); n != nil {
		f.Near, f.RadiusM = &geo.Point{Lat: n[0], Lon: n[1]}, n[2]
		if !f.Near.Valid() || f.RadiusM <= 0 || f.RadiusM > maxRadius {
			q.fail("near", "want lat,lon in degrees and a radius up to 50000 m")
		}
	}
	switch f.Sort = store.Sort(q.text("sort", 20)); f.Sort {
	case "":
		f.Sort = store.NewestFirst
	case store.NewestFirst, store.OldestFirst, store.ByDue:
	default:
		q.fail("sort", "want -received, received or due")
	}
	return f
}

func (a *API) listIssues(c *fiber.Ctx) error {
	q := queryOf(c)
	f := filterOf(q)
	f.Limit = q.limit(50, 200)
	if p := q.position("cursor", 2); p != nil {
		f.Cursor = &store.Cursor{Key: p[0], ID: p[1]}
	}
	if err := q.fault(); err != nil {
		return err
	}
	page, err := a.Core.ListIssues(c.UserContext(), actor(c), f)
	if err != nil {
		return err
	}
	out := struct {
		Issues     []listWire `json:"issues"`
		Total      int        `json:"total"`
		TotalExact bool       `json:"total_exact"`
		More       bool       `json:"more"`
		Next       string     `json:"next,omitempty"`
	}{[]listWire{}, page.Total, page.Counted, page.Next != nil, ""}
	for n := range page.Issues {
		out.Issues = append(out.Issues, listOf(&page, n))
	}
	if page.Next != nil {
		out.Next = cursorText(page.Next.Key, page.Next.ID)
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(out)
}

// listWire is an issue in a list, with the picture to show beside it.
type listWire struct {
	rowWire
	Thumb inspect.ID `json:"thumb,omitzero"`
}

func listOf(p *core.Page, n int) listWire {
	r := &p.Issues[n]
	return listWire{rowOf(&r.IssueRow, r.Address, r.Note, &p.Names, p.At), r.Thumb}
}

// export streams what a filter finds; a failure in the middle breaks the connection, so that nobody takes a part for the
// whole.
func (a *API) export(c *fiber.Ctx, mediaType, name string, write func(w *bufio.Writer, pages func(func(core.Page) error) error) error) error {
	q := queryOf(c)
	f := filterOf(q)
	if err := q.fault(); err != nil {
		return err
	}
	who, from := actor(c), a.address(c)
	if !who.MayAnywhere(inspect.MayExport) {
		return inspect.ErrForbidden
	}
	return a.pour(c, mediaType, name, func(ctx context.Context, w *bufio.Writer) error {
		return write(w, func(each func(core.Page) error) error { return a.Core.ExportIssues(ctx, who, f, from, each) })
	})
}

// errBroken ends a download in the middle.
var errBroken = errors.New("httpapi: the download broke")

// pour streams a file while it is written.
func (a *API) pour(c *fiber.Ctx, mediaType, name string, write func(context.Context, *bufio.Writer) error) error {
	c.Set(fiber.HeaderContentType, mediaType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	if c.Method() == fiber.MethodHead {
		return nil
	}
	r, w := io.Pipe()
	id, _ := c.Locals(keyID).(string)
	go func() { // ends when everything is written or the reader is closed
		ctx, cancel := context.WithTimeout(context.Background(), uploadTime)
		defer cancel()
		b := bufio.NewWriterSize(w, 64<<10)
		err := survive(func() error { return write(ctx, b) })
		if err == nil {
			err = b.Flush()
		}
		if err != nil && !errors.Is(err, io.ErrClosedPipe) { // which is a client that left
			a.Log.Error("download failed", "request_id", id, "error", err)
			err = errBroken // nobody outside learns where
		}
		_ = w.CloseWithError(err) // says nothing
	}()
	c.Context().SetBodyStream(r, -1)
	return nil
}

var csvHeader = []string{"number", "status", "category", "category_zh", "category_en", "severity", "source", "lat", "lon", "address", "note",
	"area", "unit", "reporter", "reported_at", "due_at", "fixed_at", "closed_at", "overdue", "late_arrival", "photos_safe", "photos_total", "id"}

func (a *API) exportCSV(c *fiber.Ctx) error {
	return a.export(c, "text/csv; charset=utf-8", "issues.csv", func(w *bufio.Writer, pages func(func(core.Page) error) error) error {
		if _, err := w.WriteString("\ufeff"); err != nil { // spreadsheets read UTF-8 by it
			return err
		}
		t := csv.NewWriter(w)
		if err := t.Write(csvHeader); err != nil {
			return err
		}
		return pages(func(p core.Page) error {
			for n := range p.Issues {
				if err := t.Write(csvRow(listOf(&p, n), a.local)); err != nil {
					return err
				}
			}
			t.Flush()
			return t.Error()
		})
	})
}

// local is a time in the city's zone, for people.
func (a *API) local(t inspect.Time) string {
	if t == 0 {
		return ""
	}
	return t.UTC().In(a.Core.Zone).Format("2006-01-02 15:04:05")
}

func csvRow(r listWire, local func(inspect.Time) string) []string {
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
	return []string{r.Number, string(r.Status), inert(r.Category.Code), inert(r.Category.NameZH), inert(r.Category.NameEN), string(r.Severity), string(r.Source),
		lat, lon, inert(r.Address), inert(r.Note), inert(area), inert(unit), inert(r.Reporter.StaffNumber), local(r.ReportedAt), local(r.DueAt),
		local(r.FixedAt), local(r.ClosedAt), strconv.FormatBool(r.Overdue), strconv.FormatBool(r.LateArrival), strconv.Itoa(r.PhotosSafe),
		strconv.Itoa(r.PhotosTotal), r.ID.String()}
}

// inert keeps a spreadsheet from taking text for a formula.
func inert(text string) string {
	if trimmed := strings.TrimLeft(text, " \t\r\n\u00a0\u3000"); trimmed != "" && strings.ContainsRune("=+-@|%＝＋－＠", []rune(trimmed)[0]) || strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\r") {
		return "'" + text
	}
	return text
}

func (a *API) exportGeoJSON(c *fiber.Ctx) error {
	return a.export(c, "application/geo+json", "issues.geojson", func(w *bufio.Writer, pages func(func(core.Page) error) error) error {
		if _, err := w.WriteString(`{"type":"FeatureCollection","features":[`); err != nil {
			return err
		}
		first := true
		err := pages(func(p core.Page) error {
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
