package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
)

// pointWire is a place as a request gives it.
type pointWire struct {
	Lat float64 `json:"lat" need:"true"`
	Lon float64 `json:"lon" need:"true"`
}

type placeIn struct {
	pointWire
	AccuracyM  *float64            `json:"accuracy_m"`
	Datum      geo.Datum           `json:"datum"`
	Source     inspect.PlaceSource `json:"source"`
	CapturedAt inspect.Time        `json:"captured_at"`
}

type lineIn struct {
	Start pointWire  `json:"start" need:"true"`
	End   *pointWire `json:"end"`
}

type photoIn struct {
	ID         inspect.ID            `json:"id" need:"true"`
	SHA256     string                `json:"sha256" need:"true" max:"64"`
	Bytes      int64                 `json:"bytes" need:"true"`
	Kind       inspect.PhotoKind     `json:"kind" need:"true"`
	CapturedAt inspect.Time          `json:"captured_at"`
	Taken      inspect.CaptureMethod `json:"taken"`
}

type callerIn struct {
	Name  string `json:"name" max:"50"`
	Phone string `json:"phone" max:"30"`
}

type reportIn struct {
	Category   string           `json:"category" need:"true" max:"20"`
	Place      *placeIn         `json:"place"`
	Area       inspect.ID       `json:"area"`
	PlaceID    inspect.ID       `json:"place_id"`
	Address    string           `json:"address" max:"200"`
	Note       string           `json:"note" max:"2000"`
	Severity   inspect.Severity `json:"severity"`
	Source     inspect.Source   `json:"source"`
	Line       *lineIn          `json:"line"`
	Site       string           `json:"site" max:"100"`
	Plate      string           `json:"plate" max:"20"`
	Caller     *callerIn        `json:"caller"`
	Photos     []photoIn        `json:"photos" need:"true" max:"20"`
	Joins      inspect.ID       `json:"joins"`
	Recurs     inspect.ID       `json:"recurs"`
	ReportedAt inspect.Time     `json:"reported_at" need:"true"`
	SentAt     inspect.Time     `json:"sent_at" need:"true"`
}

func (a *API) reportIssue(c *fiber.Ctx) error {
	issue, err := id(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	in := reportIn{Severity: "normal", Source: "patrol"}
	if err := readEvidence(c, &in); err != nil {
		return err
	}
	wrong := checkPlace("/place", in.Place)
	wrong = append(wrong, checkLine(in.Line, in.Place)...)
	photos, more := declarations(in.Photos)
	if wrong = append(wrong, more...); len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	r := core.Report{
		ID: issue, Category: in.Category, Place: in.Place.place(), Line: in.Line.line(), Area: in.Area, Spot: in.PlaceID, Severity: in.Severity, Source: in.Source,
		Texts:  inspect.Texts{Address: in.Address, Note: in.Note, Site: in.Site, Plate: in.Plate},
		Photos: photos, ReportedAt: in.ReportedAt, SentAt: in.SentAt, Joins: in.Joins, Recurs: in.Recurs, Content: bodyOf(c),
	}
	if in.Caller != nil {
		r.Texts.CallerName, r.Texts.CallerPhone = in.Caller.Name, in.Caller.Phone
	}
	done, err := a.Core.ReportIssue(c.UserContext(), actor(c), r)
	if err != nil {
		return err
	}
	tag(c, done.Issue.Version)
	return created(c, !done.Repeated).JSON(fiber.Map{"repeated": done.Repeated, "received_at": done.ReceivedAt,
		"skew_ms": done.Skew.Milliseconds(), "issue": issueOf(&done.Issue)})
}

// created sets 201 for something new and 200 for the same again.
func created(c *fiber.Ctx, fresh bool) *fiber.Ctx {
	if fresh {
		return c.Status(fiber.StatusCreated)
	}
	return c.Status(fiber.StatusOK)
}

// tag sets the workflow version as ETag, for If-Match.
func tag(c *fiber.Ctx, version int64) {
	c.Set(fiber.HeaderETag, `"`+strconv.FormatInt(version, 10)+`"`)
}

func (p *placeIn) place() *inspect.Place {
	if p == nil {
		return nil
	}
	datum := p.Datum
	if datum == "" {
		datum = geo.WGS84
	}
	return &inspect.Place{Point: geo.Point(p.pointWire), AccuracyM: p.AccuracyM, Datum: datum, Source: p.Source, CapturedAt: p.CapturedAt}
}

func (l *lineIn) line() *geo.Line {
	if l == nil {
		return nil
	}
	line := &geo.Line{Start: geo.Point(l.Start)}
	if l.End != nil {
		end := geo.Point(*l.End)
		line.End = &end
	}
	return line
}

// checkPoint refuses what cannot be; 0, 0 is what a phone says that has no position.
func checkPoint(at string, p pointWire) []fault.Field {
	switch {
	case !geo.Point(p).Valid():
		return []fault.Field{{Pointer: at, Detail: "latitude is -90 to 90, longitude -180 to 180"}}
	case p.Lat == 0 && p.Lon == 0:
		return []fault.Field{{Pointer: at, Detail: "0, 0 is no position: leave the place out"}}
	}
	return nil
}

func checkPlace(at string, p *placeIn) []fault.Field {
	if p == nil {
		return nil
	}
	wrong := checkPoint(at, p.pointWire)
	if m := p.AccuracyM; m != nil && (*m < 0 || math.IsNaN(*m) || *m > 20_000_000) {
		wrong = append(wrong, fault.Field{Pointer: at + "/accuracy_m", Detail: "a radius in metres, not negative"})
	}
	return wrong
}

// longestLine is the length in metres over which a line is a mistake.
const longestLine = 100_000

func checkLine(l *lineIn, place *placeIn) []fault.Field {
	if l == nil {
		return nil
	}
	if place == nil {
		return []fault.Field{{Pointer: "/line", Detail: "a line needs a place as well, whose datum it shares"}}
	}
	wrong := checkPoint("/line/start", l.Start)
	if l.End != nil {
		wrong = append(wrong, checkPoint("/line/end", *l.End)...)
	}
	if len(wrong) == 0 && l.line().Length() > longestLine {
		wrong = append(wrong, fault.Field{Pointer: "/line/end", Detail: "over 100 km from the start"})
	}
	return wrong
}

var goodDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// declarations turns what a phone says of its photos into the words of the record.
func declarations(in []photoIn) (all []inspect.Declaration, wrong []fault.Field) {
	seen := map[inspect.ID]bool{}
	for n, p := range in {
		at := fmt.Sprintf("/photos/%d", n)
		if !goodDigest.MatchString(p.SHA256) {
			wrong = append(wrong, fault.Field{Pointer: at + "/sha256", Detail: "want 64 lower-case hexadecimal digits"})
		}
		if p.Bytes < 1 {
			wrong = append(wrong, fault.Field{Pointer: at + "/bytes", Detail: "want at least 1"})
		}
		if seen[p.ID] {
			wrong = append(wrong, fault.Field{Pointer: at + "/id", Detail: "stands twice"})
		}
		seen[p.ID] = true
		if p.Taken == "" {
			p.Taken = "unknown"
		}
		all = append(all, inspect.Declaration{ID: p.ID, SHA256: p.SHA256, Bytes: p.Bytes, Kind: p.Kind, CapturedAt: p.CapturedAt, CaptureMethod: p.Taken})
	}
	return all, wrong
}

func (a *API) issue(c *fiber.Ctx) error {
	issue, err := id(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	v, err := a.Core.Issue(c.UserContext(), actor(c), issue)
	if err != nil {
		return err
	}
	tag(c, v.Version)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(issueOf(&v))
}

func (a *API) caller(c *fiber.Ctx) error {
	issue, err := id(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	who, err := a.Core.Caller(c.UserContext(), actor(c), issue, a.address(c))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(struct {
		Name  string `json:"name,omitempty"`
		Phone string `json:"phone,omitempty"`
	}{who.Name, who.Phone})
}

type eventWire struct {
	Seq  int64           `json:"seq"`
	N    int64           `json:"n"`
	Type string          `json:"type"`
	At   inspect.Time    `json:"at"`
	By   *personRef      `json:"by,omitempty"`
	Body json.RawMessage `json:"body"`
	Prev string          `json:"prev"`
	Hash string          `json:"hash"`
}

func (a *API) history(c *fiber.Ctx) error {
	issue, err := id(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	q := queryOf(c)
	after, limit := q.cursor("cursor"), q.limit(200, 200)
	if err := q.fault(); err != nil {
		return err
	}
	events, people, err := a.Core.History(c.UserContext(), actor(c), issue, after, limit)
	if err != nil {
		return err
	}
	out := struct {
		Events []eventWire `json:"events"`
		Next   string      `json:"next,omitempty"`
	}{Events: []eventWire{}}
	for _, e := range events {
		w := eventWire{Seq: e.Seq, N: e.N, Type: e.Type, At: e.At, Body: e.Body, Prev: e.Prev.String(), Hash: e.Hash.String()}
		if !e.By.IsZero() {
			by := personOf(e.By, people)
			w.By = &by
		}
		out.Events = append(out.Events, w)
	}
	if len(events) == limit {
		out.Next = cursorText(events[limit-1].N)
	}
	return c.JSON(out)
}

// cursorText is a position in a list as clients see it: opaque.
func cursorText(parts ...int64) string {
	texts := make([]string, len(parts))
	for n, p := range parts {
		texts[n] = strconv.FormatInt(p, 10)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(texts, ".")))
}
