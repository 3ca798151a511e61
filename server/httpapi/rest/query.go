package rest

import (
	"encoding"
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

// Query reads the parameters of an address, names those that are wrong, and refuses those that it does not know.
type Query struct {
	c     *fiber.Ctx
	known map[string]bool
	wrong []fault.Field
}

// QueryOf reads the address of a request.
func QueryOf(c *fiber.Ctx) *Query { return &Query{c: c, known: map[string]bool{}} }

// Text reads a text of so many characters at most, empty where it is missing.
func (q *Query) Text(name string, most int) string {
	q.known[name] = true
	return q.checked(name, q.c.Query(name), most)
}

// checked refuses what no database takes, and reads nothing then.
func (q *Query) checked(name, v string, most int) string {
	if len([]rune(v)) > most || strings.ContainsFunc(v, func(r rune) bool { return r < 32 || r == 127 || r == 0xfffd }) {
		q.Fail(name, fmt.Sprintf("want at most %d characters, none of control", most))
		return ""
	}
	return v
}

// Fail notes what is wrong with a parameter.
func (q *Query) Fail(name, detail string) {
	q.wrong = append(q.wrong, fault.Field{Pointer: "query:" + name, Detail: detail})
}

// As reads a text of its own kind, and leaves dst as it is where the parameter is missing.
func (q *Query) As(name string, dst encoding.TextUnmarshaler) {
	if v := q.Text(name, 100); v != "" {
		if err := dst.UnmarshalText([]byte(v)); err != nil {
			q.Fail(name, err.Error())
		}
	}
}

// Flag reads true or false; false where it is missing.
func (q *Query) Flag(name string) bool {
	v := q.Text(name, 5)
	if v != "" && v != "true" && v != "false" {
		q.Fail(name, "want true or false")
	}
	return v == "true"
}

// All reads a parameter that may stand several times or hold commas.
func (q *Query) All(name string) (values []string) { return q.UpTo(name, 50) }

// UpTo is All of at most so many.
func (q *Query) UpTo(name string, most int) (values []string) {
	q.known[name] = true
	for _, v := range q.c.Context().QueryArgs().PeekMulti(name) {
		for part := range strings.SplitSeq(q.checked(name, string(v), 40*most), ",") {
			if part = strings.TrimSpace(part); part != "" {
				values = append(values, part)
			}
		}
	}
	if len(values) > most {
		q.Fail(name, fmt.Sprintf("want at most %d", most))
	}
	return values
}

// Numbers reads n numbers between commas, nil where they are missing or wrong.
func (q *Query) Numbers(name string, n int, want string) []float64 {
	v := q.Text(name, 200)
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
		q.Fail(name, "want "+want)
		return nil
	}
	return numbers
}

// Box reads the parameter bbox, nil where it is missing or wrong.
func (q *Query) Box() *geo.Box {
	b := q.Numbers("bbox", 4, "west,south,east,north in degrees")
	if b == nil {
		return nil
	}
	box := &geo.Box{West: b[0], South: b[1], East: b[2], North: b[3]}
	if !box.Valid() {
		q.Fail("bbox", "want west,south,east,north in degrees, in order")
	}
	return box
}

// Limit reads how many rows are wanted: preset where the address does not say, most at the largest.
func (q *Query) Limit(preset, most int) int { return q.Count("limit", preset, most) }

// Count reads a whole number from one on: preset where the address does not say, most at the largest.
func (q *Query) Count(name string, preset, most int) int {
	v := q.Text(name, max(5, len(strconv.Itoa(most))))
	if v == "" {
		return preset
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > most {
		q.Fail(name, fmt.Sprintf("want 1 to %d", most))
	}
	return n
}

// CursorText is a position in a list as clients see it: opaque.
func CursorText(parts ...int64) string {
	texts := make([]string, len(parts))
	for n, p := range parts {
		texts[n] = strconv.FormatInt(p, 10)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(texts, ".")))
}

// Cursor reads one number that CursorText wrote, 0 when there is none.
func (q *Query) Cursor(name string) int64 {
	if parts := q.Position(name, 1); parts != nil {
		return parts[0]
	}
	return 0
}

// Position reads the n numbers of a cursor that CursorText wrote, nil where there is none.
func (q *Query) Position(name string, n int) []int64 {
	v := q.Text(name, 100)
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
		q.Fail(name, "want a cursor that this server gave")
		return nil
	}
	return numbers
}

// Table gives which table of a file is meant: a sheet, and the row of its heads; nothing where it is to be guessed.
func (q *Query) Table() (sheet string, heads int) {
	sheet = q.Text("sheet", 100)
	if text := q.Text("heads", 10); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 1000 {
			q.Fail("heads", "want the number of a row, 1 to 1000")
		}
		heads = n
	}
	return sheet, heads
}

// Err is everything that is wrong, after all parameters were asked for.
func (q *Query) Err() error {
	q.c.Context().QueryArgs().VisitAll(func(k, _ []byte) {
		if !q.known[string(k)] {
			q.Fail(string(k), "there is no such parameter")
		}
	})
	if len(q.wrong) > 0 {
		return inspect.ErrContent.At(q.wrong...)
	}
	return nil
}

// Given says whether a parameter stands in the address.
func (q *Query) Given(name string) bool {
	q.known[name] = true
	return q.c.Query(name) != ""
}

// Point reads a place that must be there.
func (q *Query) Point(name string) (p geo.Point) {
	n := q.Numbers(name, 2, "lat,lon in degrees")
	if n == nil {
		if !q.Given(name) {
			q.Fail(name, "is missing")
		}
		return p
	}
	if p = (geo.Point{Lat: n[0], Lon: n[1]}); !p.Valid() {
		q.Fail(name, "want lat,lon in degrees")
	}
	return p
}

// Degrees reads a latitude or longitude, which has to be there.
func (q *Query) Degrees(name string, most float64) float64 {
	v, err := strconv.ParseFloat(q.Text(name, 30), 64)
	if err != nil || !(v >= -most && v <= most) {
		q.Fail(name, "want degrees, "+strconv.Itoa(-int(most))+" to "+strconv.Itoa(int(most)))
	}
	return v
}
