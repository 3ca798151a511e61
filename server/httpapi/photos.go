package httpapi

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/photos"
)

// sentAtHeader carries the phone's clock at the moment of sending a body that is no JSON.
const sentAtHeader = "Spotcheck-Sent-At"

type declareIn struct {
	Photos []photoIn    `json:"photos" need:"true" max:"20"`
	SentAt inspect.Time `json:"sent_at" need:"true"`
}

func (a *API) declarePhotos(c *fiber.Ctx) error {
	issue, err := id(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	var in declareIn
	if err := readEvidence(c, &in); err != nil {
		return err
	}
	photos, wrong := declarations(in.Photos)
	if len(photos) == 0 {
		wrong = append(wrong, fault.Field{Pointer: "/photos", Detail: "want at least one"})
	}
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	done, err := a.Core.Photos.DeclarePhotos(c.UserContext(), actor(c), issue, photos, in.SentAt)
	if err != nil {
		return err
	}
	list := []photoWire{}
	for n := range done.Photos {
		list = append(list, photoOf(&done.Photos[n], ""))
	}
	return created(c, !done.Repeated).JSON(fiber.Map{"repeated": done.Repeated, "photos": list})
}

// photoIDs reads the two ids of the address of a photo.
func photoIDs(c *fiber.Ctx) (issue, photo inspect.ID, err error) {
	if issue, err = id(c, "id", inspect.ErrIssueNotFound); err != nil {
		return issue, photo, err
	}
	photo, err = id(c, "photo", inspect.ErrPhotoNotFound)
	return issue, photo, err
}

func (a *API) acceptPhoto(c *fiber.Ctx) error {
	issue, photo, err := photoIDs(c)
	if err != nil {
		return err
	}
	u, err := uploadOf(c)
	if err != nil {
		return err
	}
	done, err := a.Core.Photos.AcceptPhoto(c.UserContext(), actor(c), issue, photo, u)
	if err != nil {
		return err
	}
	return receiptOf(c, done)
}

// receiptOf writes the receipt of a photo.
func receiptOf(c *fiber.Ctx, done photos.PhotoReceipt) error {
	p := photoOf(&done.Photo, "")
	return created(c, !done.Repeated).JSON(fiber.Map{"repeated": done.Repeated, "sha256": p.SHA256, "bytes": p.Bytes, "received_at": p.ReceivedAt,
		"photos_safe": done.Safe, "photos_total": done.Declared, "photo": p})
}

// uploadOf reads the headers of an upload; its body stays a stream.
func uploadOf(c *fiber.Ctx) (u photos.Upload, err error) {
	var wrong []fault.Field
	in := incomingOf(c)
	u.Length, u.Body = in.length, in
	if u.Length < 1 {
		wrong = append(wrong, fault.Field{Pointer: fiber.HeaderContentLength, Detail: "is missing"})
	}
	if u.SHA256, err = contentDigest(c.Get("Content-Digest")); err != nil {
		wrong = append(wrong, fault.Field{Pointer: "Content-Digest", Detail: err.Error()})
	}
	if sent := c.Get(sentAtHeader); sent != "" {
		if err := u.SentAt.UnmarshalText([]byte(sent)); err != nil {
			wrong = append(wrong, fault.Field{Pointer: sentAtHeader, Detail: err.Error()})
		}
	}
	if c.Get(fiber.HeaderContentEncoding) != "" {
		wrong = append(wrong, fault.Field{Pointer: fiber.HeaderContentEncoding, Detail: "photos are sent as they are"})
	}
	if len(wrong) > 0 {
		return u, inspect.ErrPhotoHeader.At(wrong...)
	}
	return u, nil
}

// contentDigest reads a Content-Digest header (RFC 9530) with one sha-256, as hexadecimal digits.
func contentDigest(header string) (string, error) {
	text, opens := strings.CutPrefix(header, "sha-256=:")
	text, closes := strings.CutSuffix(text, ":")
	sum, err := base64.StdEncoding.Strict().DecodeString(text)
	if !opens || !closes || err != nil || len(sum) != 32 {
		return "", errDigest
	}
	return hex.EncodeToString(sum), nil
}

var errDigest = errors.New("want sha-256=:…: with the digest in base64")

func (a *API) photo(c *fiber.Ctx) error {
	issue, photo, err := photoIDs(c)
	if err != nil {
		return err
	}
	p, err := a.Core.Photos.Photo(c.UserContext(), actor(c), issue, photo)
	if err != nil {
		return err
	}
	return c.JSON(photoOf(&p, ""))
}

func (a *API) original(c *fiber.Ctx) error {
	issue, photo, err := photoIDs(c)
	if err != nil {
		return err
	}
	pic, err := a.Core.Photos.Original(c.UserContext(), actor(c), issue, photo)
	if err != nil {
		return err
	}
	return send(c, pic, "original")
}

func (a *API) rendition(size string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		issue, photo, err := photoIDs(c)
		if err != nil {
			return err
		}
		pic, err := a.Core.Photos.Rendition(c.UserContext(), actor(c), issue, photo, size)
		if err != nil {
			return err
		}
		return send(c, pic, size)
	}
}

func (a *API) stamped(c *fiber.Ctx) error {
	issue, photo, err := photoIDs(c)
	if err != nil {
		return err
	}
	jpeg, err := a.Core.Photos.Stamped(c.UserContext(), actor(c), issue, photo)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/jpeg")
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.Send(jpeg)
}

// send streams a picture, or the range of it that was asked for. Bytes under a digest never change.
func send(c *fiber.Ctx, pic photos.Picture, name string) error {
	etag := `"` + pic.SHA256 + `"`
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderCacheControl, "private, max-age=31536000, immutable")
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	c.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if has(c.Get(fiber.HeaderIfNoneMatch), etag) {
		c.Status(fiber.StatusNotModified)
		return pic.Body.Close()
	}
	wanted := c.Get(fiber.HeaderRange)
	if same := c.Get(fiber.HeaderIfRange); same != "" && same != etag {
		wanted = "" // the rest of something else
	}
	from, to, partial, err := byteRange(wanted, pic.Bytes)
	if err != nil {
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes */%d", pic.Bytes))
	} else if from > 0 {
		_, err = pic.Body.Seek(from, io.SeekStart)
	}
	if err != nil {
		return errors.Join(err, pic.Body.Close())
	}
	c.Set(fiber.HeaderContentType, pic.Type.MediaType())
	shown := "inline"
	if pic.Type == "pdf" { // a file of others that a browser would open
		shown = "attachment"
	}
	c.Set(fiber.HeaderContentDisposition, shown+`; filename="`+name+"-"+pic.SHA256[:12]+"."+string(pic.Type)+`"`)
	if partial {
		c.Status(fiber.StatusPartialContent)
		c.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", from, to-1, pic.Bytes))
	}
	c.Context().SetBodyStream(&part{io.LimitReader(pic.Body, to-from), pic.Body}, int(to-from))
	return nil
}

// has says whether an If-None-Match header names a tag (RFC 9110 §13.1.2).
func has(header, etag string) bool {
	for tag := range strings.SplitSeq(header, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
			return true
		}
	}
	return false
}

// part is some of a picture; the server closes it when it is sent.
type part struct {
	io.Reader
	io.Closer
}

// byteRange reads a Range header with one range (RFC 9110 §14); other forms are answered with the whole.
func byteRange(header string, size int64) (from, to int64, partial bool, err error) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	if !ok || !dash || strings.Contains(spec, ",") {
		return 0, size, false, nil
	}
	a, errA := strconv.ParseInt(first, 10, 64)
	b, errB := strconv.ParseInt(last, 10, 64)
	switch {
	case first == "" && errB == nil && b > 0: // the last b bytes
		return max(0, size-b), size, true, nil
	case first == "" && errB == nil && b == 0:
		return 0, 0, false, inspect.ErrRange
	case errA != nil || a < 0 || last != "" && (errB != nil || b < a):
		return 0, size, false, nil
	case a >= size:
		return 0, 0, false, inspect.ErrRange
	case last == "" || b >= size:
		return a, size, true, nil
	}
	return a, b + 1, true, nil
}
