package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"spotcheck/pkg/inspect"
)

// item is an issue on a phone with one photo and what is done to it: a report, the photo, then actions, in this order.
type item struct {
	issue, photo inspect.ID
	actions      []inspect.ID
	bytes        []byte // until the photo is safe
	sum          [32]byte
	parts        bool   // the photo goes in parts
	upload       string // address of the upload, once it is known
	report       map[string]any
	doneAt       string
	done         int  // steps that were acknowledged
	underway     bool // the next step was sent, and no answer came
}

// happenings are the actions of every issue, in order, with the events that they leave.
var happenings = [][2]string{{"comment", "issue.commented"}, {"file", "issue.filed"}, {"assign", "issue.assigned"}, {"comment", "issue.commented"}}

// steps is how many acknowledgements an item waits for.
const photoStep, steps = 1, 6

func newItem(rng *rand.Rand, area inspect.ID) (*item, error) {
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for n := range 64 * 48 {
		img.Set(n%64, n/64, color.RGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(n), 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		return nil, err
	}
	b.Write(make([]byte, rng.IntN(400_000)))
	i := &item{issue: inspect.NewID(), photo: inspect.NewID(), bytes: b.Bytes(), sum: sha256.Sum256(b.Bytes()), parts: rng.IntN(2) == 0}
	for range happenings {
		i.actions = append(i.actions, inspect.NewID())
	}
	i.doneAt = now()
	i.report = map[string]any{"category": "08012", "area": area, "note": "渣土车带泥上路", "reported_at": i.doneAt,
		"place":  map[string]any{"lat": 20.03 + rng.Float64()/10, "lon": 110.33, "accuracy_m": 4.5, "source": "gps", "captured_at": i.doneAt},
		"photos": []any{map[string]any{"id": i.photo, "sha256": hex.EncodeToString(i.sum[:]), "bytes": len(i.bytes), "kind": "report", "taken": "camera"}}}
	return i, nil
}

func now() string { return time.Now().UTC().Format(time.RFC3339Nano) }

// next sends the next step until it is acknowledged. An error means that the server is gone.
func (i *item) next(ctx context.Context, c *client, unit inspect.ID) error {
	var err error
	switch {
	case i.done == 0:
		i.report["sent_at"] = now()
		err = c.put(ctx, i.path(), i.report)
	case i.done == photoStep && i.parts:
		err = i.sendsParts(ctx, c)
	case i.done == photoStep:
		err = i.sendsWhole(ctx, c)
	default:
		what := happenings[i.done-photoStep-1][0]
		body := map[string]any{"action": what, "done_at": i.doneAt, "sent_at": now()}
		switch what {
		case "comment":
			body["note"] = "已拍照"
		case "assign":
			body["unit"], body["due_at"] = unit, "2099-01-01T00:00:00Z"
		}
		err = c.put(ctx, i.path()+"/actions/"+i.actions[i.done-photoStep-1].String(), body)
	}
	if err != nil {
		return fmt.Errorf("step %d of issue %s: %w", i.done, i.issue, err)
	}
	if i.done == photoStep {
		i.bytes = nil
	}
	i.done++
	return nil
}

func (i *item) path() string      { return "/api/v1/issues/" + i.issue.String() }
func (i *item) photoPath() string { return i.path() + "/photos/" + i.photo.String() }

// sendsWhole sends the photo with one request; only a receipt that names its digest counts.
func (i *item) sendsWhole(ctx context.Context, c *client) error {
	a, err := c.persist(ctx, http.MethodPut, i.photoPath(), i.bytes, http.Header{"Content-Type": {"application/octet-stream"},
		"Content-Digest": {"sha-256=:" + base64.StdEncoding.EncodeToString(i.sum[:]) + ":"}})
	if err != nil {
		return err
	}
	return i.isReceipt(a)
}

func (i *item) isReceipt(a *answer) error {
	var receipt struct{ SHA256 string }
	if err := json.Unmarshal(a.body, &receipt); err != nil || a.status/100 != 2 || receipt.SHA256 != hex.EncodeToString(i.sum[:]) {
		return fmt.Errorf("%w: the receipt is %d %s", errWrong, a.status, a.body)
	}
	return nil
}

// sendsParts begins an upload or goes on with it, and fetches the receipt in the end.
func (i *item) sendsParts(ctx context.Context, c *client) error {
	b64 := func(id inspect.ID) string { return base64.StdEncoding.EncodeToString([]byte(id.String())) }
	tus := http.Header{"Tus-Resumable": {"1.0.0"}, "Content-Type": {"application/offset+octet-stream"}}
	if i.upload == "" {
		h := tus.Clone()
		h["Upload-Length"], h["Upload-Metadata"] = []string{strconv.Itoa(len(i.bytes))}, []string{"issue " + b64(i.issue) + ",photo " + b64(i.photo)}
		a, err := c.persist(ctx, http.MethodPost, "/api/v1/uploads", nil, h)
		if err != nil {
			return err
		}
		if i.upload = a.header.Get("Location"); a.status != http.StatusCreated || i.upload == "" {
			return fmt.Errorf("%w: an upload begins with %d %s", errWrong, a.status, a.body)
		}
	}
	for safe := -1; ; {
		a, err := c.persist(ctx, http.MethodHead, i.upload, nil, tus)
		if err != nil {
			return err
		}
		offset, err := strconv.Atoi(a.header.Get("Upload-Offset"))
		if err != nil || a.status != http.StatusOK || offset < safe {
			return fmt.Errorf("%w: an upload that was at %d answers %d at %q", errWrong, safe, a.status, a.header.Get("Upload-Offset"))
		}
		if offset == len(i.bytes) {
			break
		}
		h := tus.Clone()
		h.Set("Upload-Offset", strconv.Itoa(offset))
		if a, err = c.persist(ctx, http.MethodPatch, i.upload, i.bytes[offset:min(len(i.bytes), offset+100_000)], h); err != nil {
			return err
		}
		if a.status == http.StatusNoContent {
			safe, _ = strconv.Atoi(a.header.Get("Upload-Offset"))
		} else if a.status != http.StatusConflict { // it had arrived, only its answer was lost
			return fmt.Errorf("%w: a part got %d %s", errWrong, a.status, a.body)
		}
	}
	a, err := c.persist(ctx, http.MethodGet, i.photoPath()+"/receipt", nil, nil)
	if err != nil {
		return err
	}
	return i.isReceipt(a)
}

// look compares what the server has of an item with what it acknowledged.
func (i *item) look(ctx context.Context, c *client) error {
	if i.done == 0 {
		return nil
	}
	var page struct {
		Events []struct{ Type string }
	}
	if err := c.get(ctx, i.path()+"/events", &page); err != nil {
		return err
	}
	got, least, most := map[string]int{}, map[string]int{"issue.reported": 1}, map[string]int{"issue.reported": 1, "photo.received": 1}
	for _, e := range page.Events {
		got[e.Type]++
	}
	if i.done > photoStep {
		least["photo.received"] = 1
	}
	for n, h := range happenings {
		most[h[1]]++
		if i.done > photoStep+1+n {
			least[h[1]]++
		}
	}
	for what, n := range got {
		if n > most[what] {
			return fmt.Errorf("issue %s: %d times %s", i.issue, n, what)
		}
	}
	for what, n := range least {
		if got[what] < n {
			return fmt.Errorf("issue %s: %s is %d times on record, %d were acknowledged", i.issue, what, got[what], n)
		}
	}
	if i.done <= photoStep {
		return nil
	}
	return i.lookAtBytes(ctx, c)
}

func (i *item) lookAtBytes(ctx context.Context, c *client) error {
	a, err := c.persist(ctx, http.MethodGet, i.photoPath()+"/original", nil, nil)
	if err != nil {
		return err
	}
	if a.status != http.StatusOK || sha256.Sum256(a.body) != i.sum {
		return fmt.Errorf("issue %s: its photo came as %d with %d other bytes", i.issue, a.status, len(a.body))
	}
	return nil
}
