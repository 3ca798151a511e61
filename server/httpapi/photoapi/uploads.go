package photoapi

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding"
	"encoding/base64"
	"hash"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/photos"
	"spotcheck/server/httpapi/rest"
)

// uploadHandlers take in photos in parts, by the protocol tus.
type uploadHandlers struct {
	photos *photos.Service
}

func (h *uploadHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodOptions, Path: "/api/v1/uploads", Open: true, Ready: true, Handle: h.tusOptions},
		{Method: fiber.MethodPost, Path: "/api/v1/uploads", Link: true, Slow: true, Upload: true, Handle: h.tus(h.beginUpload)},
		{Method: fiber.MethodGet, Path: "/api/v1/uploads/:id", Link: true, Handle: h.tus(h.uploadOffset)},
		{Method: fiber.MethodPatch, Path: "/api/v1/uploads/:id", Link: true, Slow: true, Upload: true, Handle: h.tus(h.appendPart)},
		{Method: fiber.MethodPost, Path: "/api/v1/uploads/:id", Link: true, Slow: true, Upload: true, Handle: h.tus(h.overridden)},
		{Method: fiber.MethodDelete, Path: "/api/v1/uploads/:id", Link: true, Handle: h.tus(h.endUpload)},
	}
}

// Headers and values of tus 1.0 (https://tus.io/protocols/resumable-upload).
const (
	tusVersion     = "1.0.0"
	tusExtensions  = "creation,creation-with-upload,checksum,expiration,termination"
	tusResumable   = "Tus-Resumable"
	uploadOffset   = "Upload-Offset"
	uploadLength   = "Upload-Length"
	uploadMetadata = "Upload-Metadata"
	uploadChecksum = "Upload-Checksum"
	uploadExpires  = "Upload-Expires"
	partType       = "application/offset+octet-stream"
)

// checksums are the algorithms that a part may be summed with; sha1 because tus asks every server for it.
var checksums = map[string]func() hash.Hash{"sha256": sha256.New, "sha1": sha1.New}

// tusOptions says what this server can do.
func (h *uploadHandlers) tusOptions(c *fiber.Ctx) error {
	c.Set(tusResumable, tusVersion)
	c.Set("Tus-Version", tusVersion)
	c.Set("Tus-Extension", tusExtensions)
	c.Set("Tus-Max-Size", strconv.FormatInt(photos.MaxPhotoBytes, 10))
	c.Set("Tus-Checksum-Algorithm", "sha1,sha256")
	return c.SendStatus(fiber.StatusNoContent)
}

// tus stands before every door of uploads: the versions have to agree.
func (h *uploadHandlers) tus(handle fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(tusResumable, tusVersion)
		c.Set(fiber.HeaderCacheControl, "no-store")
		if c.Get(tusResumable) != tusVersion {
			c.Set("Tus-Version", tusVersion)
			return inspect.ErrUploadVersion
		}
		return handle(c)
	}
}

// byteCount reads a header that holds a count of bytes.
func byteCount(c *fiber.Ctx, name string, wrong *[]fault.Field) int64 {
	n, ok := parseByteCount(c.Get(name))
	if !ok {
		*wrong = append(*wrong, fault.Field{Pointer: name, Detail: "want a count of bytes"})
	}
	return n
}

// parseByteCount reads digits and nothing else.
func parseByteCount(text string) (n int64, ok bool) {
	if strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, false
	}
	return n, true
}

// checksum reads Upload-Checksum: the name of an algorithm, a blank, and the sum in base64.
func checksum(header string) (of func() hash.Hash, sum []byte, ok bool) {
	name, text, _ := strings.Cut(header, " ")
	of = checksums[name]
	if of == nil {
		return nil, nil, false
	}
	sum, err := base64.StdEncoding.DecodeString(text)
	return of, sum, err == nil && len(sum) == of().Size()
}

// metadata reads Upload-Metadata: names with values in base64, separated by commas.
func metadata(header string) map[string]string {
	all := map[string]string{}
	for pair := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), " ")
		if b, err := base64.StdEncoding.DecodeString(value); err == nil && name != "" {
			all[name] = string(b)
		}
	}
	return all
}

// beginUpload is the creation of an upload, with its first part if there is one.
func (h *uploadHandlers) beginUpload(c *fiber.Ctx) error {
	var wrong []fault.Field
	length := byteCount(c, uploadLength, &wrong)
	given := metadata(c.Get(uploadMetadata))
	var issue, id inspect.ID
	var sentAt inspect.Claim
	for _, f := range []struct {
		name string
		dst  encoding.TextUnmarshaler
	}{{"issue", &issue}, {"photo", &id}, {"sent_at", &sentAt}} {
		if err := f.dst.UnmarshalText([]byte(given[f.name])); err != nil && (given[f.name] != "" || f.name != "sent_at") {
			wrong = append(wrong, fault.Field{Pointer: uploadMetadata + ":" + f.name, Detail: err.Error()})
		}
	}
	if len(wrong) > 0 {
		return inspect.ErrUploadHeader.At(wrong...)
	}
	p, err := h.photos.BeginUpload(c.UserContext(), rest.Actor(c), issue, id, length, sentAt.Time)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderLocation, "/api/v1/uploads/"+p.ID.String())
	if rest.Upload(c).Length > 0 && p.Offset == 0 && !p.Safe {
		in, err := partOf(c, 0)
		if err != nil {
			return err
		}
		if p, err = h.photos.AppendPart(c.UserContext(), rest.Actor(c), p.ID, in); err != nil {
			return err
		}
	}
	writeProgress(c, p)
	c.Status(fiber.StatusCreated)
	return nil // without a body, which the framework would write
}

// atOffset is how far an upload is; one whose photo is safe is at its end, whichever way that came.
func atOffset(p photos.Progress) int64 {
	if p.Safe {
		return p.Bytes
	}
	return p.Offset
}

// writeProgress writes how far an upload is.
func writeProgress(c *fiber.Ctx, p photos.Progress) {
	c.Set(uploadOffset, strconv.FormatInt(atOffset(p), 10))
	c.Set(uploadLength, strconv.FormatInt(p.Bytes, 10))
	c.Set(uploadExpires, p.ExpiresAt.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
}

// partOf reads the headers of a part; its body stays a stream.
func partOf(c *fiber.Ctx, offset int64) (in photos.Part, err error) {
	body := rest.Upload(c)
	in.Offset, in.Length, in.Body = offset, body.Length, body
	if c.Get(fiber.HeaderContentType) != partType {
		return in, inspect.ErrUploadType
	}
	if in.Length < 0 {
		return in, inspect.ErrUploadHeader.At(fault.Field{Pointer: fiber.HeaderContentLength, Detail: "is missing"})
	}
	if header := c.Get(uploadChecksum); header != "" {
		var ok bool
		if in.Hash, in.Sum, ok = checksum(header); !ok {
			return in, inspect.ErrUploadHeader.At(fault.Field{Pointer: uploadChecksum, Detail: "want sha256 or sha1, a blank, and the sum in base64"})
		}
	}
	return in, nil
}

func (h *uploadHandlers) uploadOffset(c *fiber.Ctx) error {
	upload, err := rest.ID(c, "id", inspect.ErrUploadNotFound)
	if err != nil {
		return err
	}
	p, err := h.photos.Upload(c.UserContext(), rest.Actor(c), upload)
	if err != nil {
		return err
	}
	writeProgress(c, p)
	return c.JSON(fiber.Map{"id": p.ID, "issue": p.Issue, "photo": p.Photo, "bytes": p.Bytes, "offset": atOffset(p), "expires_at": p.ExpiresAt, "safe": p.Safe})
}

func (h *uploadHandlers) appendPart(c *fiber.Ctx) error {
	upload, err := rest.ID(c, "id", inspect.ErrUploadNotFound)
	if err != nil {
		return err
	}
	var wrong []fault.Field
	offset := byteCount(c, uploadOffset, &wrong)
	if len(wrong) > 0 {
		return inspect.ErrUploadHeader.At(wrong...)
	}
	in, err := partOf(c, offset)
	if err != nil {
		return err
	}
	p, err := h.photos.AppendPart(c.UserContext(), rest.Actor(c), upload, in)
	if err != nil {
		return err
	}
	writeProgress(c, p)
	return c.SendStatus(fiber.StatusNoContent)
}

// overridden is for clients whose network lets only POST through.
func (h *uploadHandlers) overridden(c *fiber.Ctx) error {
	switch c.Get("X-HTTP-Method-Override") {
	case fiber.MethodPatch:
		return h.appendPart(c)
	case fiber.MethodDelete:
		return h.endUpload(c)
	}
	return inspect.ErrMethod
}

func (h *uploadHandlers) endUpload(c *fiber.Ctx) error {
	upload, err := rest.ID(c, "id", inspect.ErrUploadNotFound)
	if err != nil {
		return err
	}
	if err := h.photos.EndUpload(c.UserContext(), rest.Actor(c), upload); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
