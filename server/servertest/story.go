package servertest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"image"
	"image/color"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/gen2brain/jpegn"

	"spotcheck/pkg/inspect"
)

// Picture is a photo on a phone.
type Picture struct {
	ID    inspect.ID
	Kind  string
	Bytes []byte
}

// NewPicture draws a small JPEG that no other picture equals.
func NewPicture(kind string) Picture {
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for n := range 64 * 48 {
		img.Set(n%64, n/64, color.RGBA{uint8(rand.IntN(256)), uint8(rand.IntN(256)), uint8(n), 255})
	}
	var b bytes.Buffer
	if err := jpegn.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return Picture{ID: inspect.NewID(), Kind: kind, Bytes: b.Bytes()}
}

// SHA256 is the digest in hexadecimal digits.
func (p Picture) SHA256() string {
	sum := sha256.Sum256(p.Bytes)
	return hex.EncodeToString(sum[:])
}

// Digest is the Content-Digest header.
func (p Picture) Digest() string {
	sum := sha256.Sum256(p.Bytes)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// Declared is what the phone says of the picture before its bytes come.
func (p Picture) Declared() M {
	return M{"id": p.ID, "sha256": p.SHA256(), "bytes": len(p.Bytes), "kind": p.Kind, "taken": "camera"}
}

// Issue is what a client reads of an issue.
type Issue struct {
	ID, Number, Status string
	Version            int64
	Complete, Overdue  bool
	PhotosSafe         int  `json:"photos_safe"`
	PhotosTotal        int  `json:"photos_total"`
	LateArrival        bool `json:"late_arrival"`
	FinalUnit          bool `json:"final_unit"`
	Returns, Rework    int
	FalseFixes         int `json:"false_fixes"`
	May                []string
	DueAt              time.Time `json:"due_at"`
	FixedAt            time.Time `json:"fixed_at"`
	Unit               *struct{ ID, Name string }
	MergedInto         *struct{ ID, Number string }  `json:"merged_into"`
	MergedFrom         []struct{ ID, Number string } `json:"merged_from"`
	DismissalAsked     *struct{ Reason string }      `json:"dismissal_asked"`
	Parts              []struct {
		ID, Wanted, Reply   string
		Open, Mine, Overdue bool
	}
	Flags         []struct{ Kind, Detail string }
	Note, Address string
	Place         *struct{ Lat, Lon float64 }
}

// Report is a report body with nothing wrong in it.
func (c *Client) Report(pictures ...Picture) M {
	declared := []M{}
	for _, p := range pictures {
		declared = append(declared, p.Declared())
	}
	now := c.Now().UTC().Format(time.RFC3339Nano)
	return M{"category": "08012", "place": M{"lat": 20.0312, "lon": 110.3286, "accuracy_m": 4.5, "source": "gps", "captured_at": now},
		"area": ID("binhai"), "address": "龙昆南路 88 号门前", "note": "渣土车带泥上路约二十米", "photos": declared, "reported_at": now, "sent_at": now}
}

// ReportsMud reports mud on a road with one photo and sends the photo.
func (c *Client) ReportsMud() inspect.ID {
	c.t.Helper()
	id, p := inspect.NewID(), NewPicture("report")
	c.Do(http.MethodPut, "/api/v1/issues/"+id.String(), c.Report(p)).Want(http.StatusCreated)
	c.Sends(id, p)
	return id
}

// Sends uploads a declared picture.
func (c *Client) Sends(issue inspect.ID, p Picture) *Answer {
	c.t.Helper()
	return c.Upload(issue, p).Want(http.StatusCreated, http.StatusOK)
}

// Upload uploads a declared picture and leaves the answer to the caller.
func (c *Client) Upload(issue inspect.ID, p Picture) *Answer {
	c.t.Helper()
	return c.Send(http.MethodPut, "/api/v1/issues/"+issue.String()+"/photos/"+p.ID.String(), p.Bytes, http.Header{
		"Content-Type": {"application/octet-stream"}, "Content-Digest": {p.Digest()}, "Spotcheck-Sent-At": {c.Now().UTC().Format(time.RFC3339Nano)}})
}

// Declares announces later photos.
func (c *Client) Declares(issue inspect.ID, pictures ...Picture) *Answer {
	c.t.Helper()
	declared := []M{}
	for _, p := range pictures {
		declared = append(declared, p.Declared())
	}
	return c.Do(http.MethodPost, "/api/v1/issues/"+issue.String()+"/photos", M{"photos": declared, "sent_at": c.Now().UTC().Format(time.RFC3339Nano)})
}

// Shows declares and sends a picture, and gives its id.
func (c *Client) Shows(issue inspect.ID, kind string) inspect.ID {
	c.t.Helper()
	p := NewPicture(kind)
	c.Declares(issue, p).Want(http.StatusCreated)
	c.Sends(issue, p)
	return p.ID
}

// Acts does something to an issue now.
func (c *Client) Acts(issue inspect.ID, action string, fields M) *Answer {
	c.t.Helper()
	return c.ActsAs(issue, inspect.NewID(), action, fields)
}

// ActsAs is Acts with an id of its own.
func (c *Client) ActsAs(issue, id inspect.ID, action string, fields M) *Answer {
	c.t.Helper()
	now := c.Now().UTC().Format(time.RFC3339Nano)
	body := M{"action": action, "done_at": now, "sent_at": now}
	for k, v := range fields {
		body[k] = v
	}
	return c.Do(http.MethodPut, "/api/v1/issues/"+issue.String()+"/actions/"+id.String(), body)
}

// Assigns gives an issue to a unit with so much time.
func (c *Client) Assigns(issue inspect.ID, unit string, limit time.Duration) {
	c.t.Helper()
	c.Acts(issue, "assign", M{"unit": ID(unit), "due_at": c.Now().Add(limit).UTC().Format(time.RFC3339Nano)}).Want(http.StatusCreated)
}

// Fixes says done, with a photo.
func (c *Client) Fixes(issue inspect.ID) {
	c.t.Helper()
	c.Acts(issue, "fix", M{"photos": []inspect.ID{c.Shows(issue, "after")}}).Want(http.StatusCreated)
}

// Verifies looks on site and gives a verdict.
func (c *Client) Verifies(issue inspect.ID, verdict string) {
	c.t.Helper()
	fields := M{"verdict": verdict, "how": "on_site"}
	if verdict != "pass" {
		fields["reason"], fields["photos"] = "仍有泥土", []inspect.ID{c.Shows(issue, "check")}
	}
	c.Acts(issue, "verify", fields).Want(http.StatusCreated)
}

// Issue reads an issue.
func (c *Client) Issue(id inspect.ID) (i Issue) {
	c.t.Helper()
	c.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(http.StatusOK).Into(&i)
	return i
}

// WantStatus fails unless an issue stands there.
func (c *Client) WantStatus(id inspect.ID, status string) Issue {
	c.t.Helper()
	i := c.Issue(id)
	if i.Status != status {
		c.t.Errorf("issue %s: got %s, want %s", i.Number, i.Status, status)
	}
	return i
}

// WantEvents fails unless the record of an issue holds these events, photos aside.
func (c *Client) WantEvents(id inspect.ID, want ...string) {
	c.t.Helper()
	var page struct {
		Events []struct{ Type string }
	}
	c.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/events", nil).Want(http.StatusOK).Into(&page)
	var got []string
	for _, e := range page.Events {
		if e.Type != "photo.declared" && e.Type != "photo.received" {
			got = append(got, e.Type)
		}
	}
	if !slices.Equal(got, want) {
		c.t.Errorf("events: got %v, want %v", got, want)
	}
}
