package photoapi

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/photos"
	"spotcheck/server/httpapi/rest"
)

// photoHandlers take in photos and serve them.
type photoHandlers struct {
	photos *photos.Service
}

func (h *photoHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodPost, Path: "/api/v1/issues/:id/photos", Link: true, Handle: h.declarePhotos},
		{Method: fiber.MethodPut, Path: "/api/v1/issues/:id/photos/:photo", Link: true, Slow: true, Upload: true, Handle: h.acceptPhoto},
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/photos/:photo", Link: true, Handle: h.photo},
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/photos/:photo/original", Link: true, Slow: true, Handle: h.original},
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/photos/:photo/display", Link: true, Slow: true, Handle: h.rendition("display")},
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/photos/:photo/thumb", Link: true, Slow: true, Handle: h.rendition("thumb")},
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/photos/:photo/stamped", Slow: true, Handle: h.stamped},
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/photos/:photo/receipt", Link: true, Handle: h.receipt},
		{Method: fiber.MethodPost, Path: "/api/v1/issues/:id/photos/:photo/render", Handle: h.render},
	}
}

// sentAtHeader carries the phone's clock at the moment of sending a body that is no JSON.
const sentAtHeader = "Spotcheck-Sent-At"

type declareIn struct {
	Photos []Declaration `json:"photos" need:"true" max:"20"`
	SentAt inspect.Claim `json:"sent_at" need:"true"`
}

func (h *photoHandlers) declarePhotos(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	var in declareIn
	if err := rest.ReadEvidence(c, &in); err != nil {
		return err
	}
	photos, lost, wrong := Declarations(in.Photos)
	if len(photos) == 0 {
		wrong = append(wrong, fault.Field{Pointer: "/photos", Detail: "want at least one"})
	}
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	done, err := h.photos.DeclarePhotos(c.UserContext(), rest.Actor(c), issue, photos, in.SentAt.Time, in.SentAt.Drop(lost, "/sent_at"))
	if err != nil {
		return err
	}
	list := []Photo{}
	for n := range done.Photos {
		list = append(list, PhotoOf(&done.Photos[n], ""))
	}
	return rest.Created(c, !done.Repeated).JSON(fiber.Map{"repeated": done.Repeated, "photos": list})
}

// photoIDs reads the two ids of the address of a photo.
func photoIDs(c *fiber.Ctx) (issue, photo inspect.ID, err error) {
	if issue, err = rest.ID(c, "id", inspect.ErrIssueNotFound); err != nil {
		return issue, photo, err
	}
	photo, err = rest.ID(c, "photo", inspect.ErrPhotoNotFound)
	return issue, photo, err
}

func (h *photoHandlers) acceptPhoto(c *fiber.Ctx) error {
	issue, photo, err := photoIDs(c)
	if err != nil {
		return err
	}
	u, err := UploadOf(c)
	if err != nil {
		return err
	}
	done, err := h.photos.AcceptPhoto(c.UserContext(), rest.Actor(c), issue, photo, u)
	if err != nil {
		return err
	}
	return receiptOf(c, done)
}

// receiptOf writes the receipt of a photo.
func receiptOf(c *fiber.Ctx, done photos.PhotoReceipt) error {
	p := PhotoOf(&done.Photo, "")
	receipt := fiber.Map{"repeated": done.Repeated, "sha256": p.SHA256, "bytes": p.Bytes, "received_at": p.ReceivedAt, "photo": p}
	if !done.Hidden {
		receipt["photos_safe"], receipt["photos_total"] = done.Safe, done.Declared
	}
	return rest.Created(c, !done.Repeated).JSON(receipt)
}

// UploadOf reads the headers of an upload; its body stays a stream.
func UploadOf(c *fiber.Ctx) (u photos.Upload, err error) {
	var wrong []fault.Field
	in := rest.Upload(c)
	u.Length, u.Body = in.Length, in
	if u.Length < 1 {
		wrong = append(wrong, fault.Field{Pointer: fiber.HeaderContentLength, Detail: "is missing"})
	}
	if u.SHA256, err = contentDigest(c.Get("Content-Digest")); err != nil {
		wrong = append(wrong, fault.Field{Pointer: "Content-Digest", Detail: err.Error()})
	}
	if sent := c.Get(sentAtHeader); sent != "" {
		var at inspect.Claim
		if err := at.UnmarshalText([]byte(sent)); err != nil {
			wrong = append(wrong, fault.Field{Pointer: sentAtHeader, Detail: err.Error()})
		}
		u.SentAt = at.Time
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

func (h *photoHandlers) photo(c *fiber.Ctx) error {
	issue, photo, err := photoIDs(c)
	if err != nil {
		return err
	}
	p, err := h.photos.Photo(c.UserContext(), rest.Actor(c), issue, photo)
	if err != nil {
		return err
	}
	return c.JSON(PhotoOf(&p, ""))
}

func (h *photoHandlers) original(c *fiber.Ctx) error {
	issue, photo, err := photoIDs(c)
	if err != nil {
		return err
	}
	pic, err := h.photos.Original(c.UserContext(), rest.Actor(c), issue, photo)
	if err != nil {
		return err
	}
	return SendPicture(c, pic, "original")
}

func (h *photoHandlers) rendition(size string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		issue, photo, err := photoIDs(c)
		if err != nil {
			return err
		}
		pic, err := h.photos.Rendition(c.UserContext(), rest.Actor(c), issue, photo, size)
		if err != nil {
			return err
		}
		return SendPicture(c, pic, size)
	}
}

func (h *photoHandlers) stamped(c *fiber.Ctx) error {
	issue, photo, err := photoIDs(c)
	if err != nil {
		return err
	}
	jpeg, err := h.photos.Stamped(c.UserContext(), rest.Actor(c), issue, photo)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/jpeg")
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.Send(jpeg)
}

// receipt gives the receipt of a photo that is safe: what a phone fetches after the last part of an upload.
func (h *photoHandlers) receipt(c *fiber.Ctx) error {
	issue, photo, err := photoIDs(c)
	if err != nil {
		return err
	}
	done, err := h.photos.Receipt(c.UserContext(), rest.Actor(c), issue, photo)
	if err != nil {
		return err
	}
	return receiptOf(c, done)
}

// render has pictures made again that could not be made.
func (h *photoHandlers) render(c *fiber.Ctx) error {
	issue, photo, err := photoIDs(c)
	if err != nil {
		return err
	}
	p, err := h.photos.RenderAnew(c.UserContext(), rest.Actor(c), issue, photo)
	if err != nil {
		return err
	}
	return c.JSON(PhotoOf(&p, ""))
}

type exifWire struct {
	TakenAt       inspect.Time `json:"taken_at,omitzero"`
	OffsetKnown   bool         `json:"offset_known,omitempty"`
	OffsetMinutes *int         `json:"offset_minutes,omitempty"`
	TakenFrom     string       `json:"taken_from,omitempty"`
	Lat           *float64     `json:"lat,omitempty"`
	Lon           *float64     `json:"lon,omitempty"`
	AccuracyM     *float64     `json:"accuracy_m,omitempty"`
	Datum         string       `json:"datum,omitempty"`
	AltitudeM     *float64     `json:"altitude_m,omitempty"`
	HeadingDeg    *float64     `json:"heading_deg,omitempty"`
	Magnetic      bool         `json:"magnetic,omitempty"`
	Make          string       `json:"make,omitempty"`
	Model         string       `json:"model,omitempty"`
	Software      string       `json:"software,omitempty"`
}

// Photo is a photo as the office sees it: what was declared, what arrived, and what its file says of itself.
type Photo struct {
	ID             inspect.ID             `json:"id"`
	Kind           inspect.PhotoKind      `json:"kind"`
	SHA256         string                 `json:"sha256"`
	Bytes          int64                  `json:"bytes"`
	State          inspect.PhotoState     `json:"state"`
	CapturedAt     inspect.Time           `json:"captured_at,omitzero"`
	Taken          inspect.CaptureMethod  `json:"taken"`
	DeclaredAt     inspect.Time           `json:"declared_at"`
	ReceivedAt     inspect.Time           `json:"received_at,omitzero"`
	SkewMS         *int64                 `json:"skew_ms,omitempty"`
	Type           string                 `json:"type,omitempty"`
	Width          int                    `json:"width,omitempty"`
	Height         int                    `json:"height,omitempty"`
	UprightWidth   int                    `json:"upright_width,omitempty"`
	UprightHeight  int                    `json:"upright_height,omitempty"`
	Orientation    int                    `json:"orientation,omitempty"`
	EXIF           *exifWire              `json:"exif,omitempty"`
	Damaged        string                 `json:"damaged,omitempty"`
	Thumb          inspect.RenditionState `json:"thumb"`
	Display        inspect.RenditionState `json:"display"`
	RenditionError string                 `json:"rendition_error,omitempty"`
	Reason         string                 `json:"reason,omitempty"`
}

// PhotoOf is the answer for a photo, with the reason why it is not shown, if there is one.
func PhotoOf(p *inspect.Photo, reason string) Photo {
	f := &p.Facts
	w := Photo{
		ID: p.ID, Kind: p.Kind, SHA256: p.SHA256, Bytes: p.Bytes, State: p.State, CapturedAt: p.CapturedAt, Taken: p.CaptureMethod,
		DeclaredAt: p.DeclaredAt, ReceivedAt: p.ReceivedAt, Type: f.Type, Width: f.Width, Height: f.Height,
		UprightWidth: f.UprightWidth, UprightHeight: f.UprightHeight, Orientation: f.Orientation, Damaged: f.Damaged,
		Thumb: p.Renditions, Display: p.Renditions, RenditionError: p.RenditionError, Reason: reason,
	}
	if p.Skew != nil {
		ms := p.Skew.Milliseconds()
		w.SkewMS = &ms
	}
	e := exifWire{
		TakenAt: f.TakenAt, OffsetKnown: f.OffsetKnown, TakenFrom: f.TakenFrom, AccuracyM: f.PointAccuracyM, Datum: f.Datum, AltitudeM: f.AltitudeM,
		HeadingDeg: f.HeadingDeg, Magnetic: f.Magnetic, Make: f.Make, Model: f.Model, Software: f.Software,
	}
	if f.TakenAt != 0 {
		e.OffsetMinutes = &f.OffsetMinutes
	}
	if f.Point != nil {
		e.Lat, e.Lon = &f.Point.Lat, &f.Point.Lon
	}
	if e != (exifWire{}) {
		w.EXIF = &e
	}
	return w
}
