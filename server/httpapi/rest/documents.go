package rest

import (
	"bytes"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
)

// DocumentForm reads in which language and form a document is wanted: Chinese and a form that is preset where nobody says.
func DocumentForm(c *fiber.Ctx, preset paper.FileFormat) (language inspect.Language, form paper.FileFormat, err error) {
	q := QueryOf(c)
	language, form = inspect.Chinese, preset
	q.As("lang", &language)
	if asked := q.Text("form", 10); asked != "" {
		form = paper.FileFormat(asked)
	}
	if form.MediaType() == "" {
		q.Fail("form", fmt.Sprintf("want one of %v", paper.FileFormats))
	}
	return language, form, q.Err()
}

// SendDocument sends a document in a form as a file; plain is its name where only letters are understood.
func SendDocument(c *fiber.Ctx, d *paper.Document, form paper.FileFormat, name, plain string) error {
	var b bytes.Buffer
	if err := d.Write(&b, form, nil, nil); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, form.MediaType())
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	c.Set(fiber.HeaderContentDisposition, Attachment(name+"."+form.Ending(), plain+"."+form.Ending()))
	return c.Send(b.Bytes())
}
