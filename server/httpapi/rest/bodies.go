package rest

import (
	"bytes"
	"errors"
	"io"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/strictjson"
)

// SetBody keeps the body that was read before the handler.
func SetBody(c *fiber.Ctx, b []byte) { c.Locals(keyBody, b) }

// Body is the body that was read before the handler.
func Body(c *fiber.Ctx) []byte {
	b, _ := c.Locals(keyBody).([]byte)
	return bytes.Clone(b)
}

// Read reads a body strictly and names everything that is wrong with it.
func Read(c *fiber.Ctx, dst any) error {
	if r := strictjson.Decode(Body(c), dst); !r.OK() {
		return inspect.ErrContent.At(r.Fields...)
	}
	return nil
}

// ReadEvidence is Read for doors of evidence: fields that only a newer server knows come again later.
func ReadEvidence(c *fiber.Ctx, dst any) error {
	r := strictjson.Decode(Body(c), dst)
	switch {
	case r.OK():
		return nil
	case r.OnlyUnknown:
		return inspect.ErrNewer.At(r.Fields...)
	}
	return inspect.ErrContent.At(r.Fields...)
}

// NoBody refuses a body where none is taken.
func NoBody(c *fiber.Ctx) error {
	if len(Body(c)) > 0 {
		return inspect.ErrContent.At(fault.Field{Detail: "this door takes no body"})
	}
	return nil
}

// TrueIfAbsent is a switch of a body that is on where the body does not say.
func TrueIfAbsent(v *bool) bool { return v == nil || *v }

// UploadStream is a body that its handler reads. Read fails with io.ErrUnexpectedEOF when the sender stops before the end.
type UploadStream struct {
	io.Reader
	Length int64 // in bytes; -1 in chunks
}

// SetUpload keeps the body for the handler.
func SetUpload(c *fiber.Ctx, u UploadStream) { c.Locals(keyUpload, u) }

// Upload is the body that the handler reads.
func Upload(c *fiber.Ctx) UploadStream { return c.Locals(keyUpload).(UploadStream) }

// ReadUpload reads an upload whole, and refuses one of more than so many bytes: before it is read, where its length says so.
func ReadUpload(c *fiber.Ctx, most int64) ([]byte, error) {
	u := Upload(c)
	return ReadAtMost(u, u.Length, most)
}

// ReadAtMost reads a body of a length, -1 in chunks, and refuses one of more than so many bytes.
func ReadAtMost(r io.Reader, length, most int64) ([]byte, error) {
	if length > most {
		return nil, inspect.ErrTooLarge
	}
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	return b, readFault(int64(len(b)), most, err)
}

// DropAtMost reads a body that nobody asked for to its end, and keeps nothing of it.
func DropAtMost(r io.Reader, most int64) error {
	n, err := io.Copy(io.Discard, io.LimitReader(r, most+1))
	return readFault(n, most, err)
}

// readFault is what is wrong with a body of which n bytes were read.
func readFault(n, most int64, err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return inspect.ErrBodyIncomplete.Because(err)
	case err != nil:
		return inspect.ErrMalformed.Because(err)
	case n > most:
		return inspect.ErrTooLarge
	}
	return nil
}
