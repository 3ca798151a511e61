package httpapi

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path"
	"sync"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/web"
)

// builtTypes are the kinds of files that a build makes; the machine's own list is not asked, since a policy of scripts rests on it.
var builtTypes = map[string]string{".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".webmanifest": "application/manifest+json", ".png": "image/png", ".bin": fiber.MIMEOctetStream}

// builtFiles are the files of the build in the forms in which they are sent. A form is made when it is first asked for, and kept.
type builtFiles struct {
	forms sync.Map // of name and coding to func() (builtForm, error)
}

// builtForm is a file of the build in a coding; its tag names these very bytes (RFC 9110 §8.8.3).
type builtForm struct {
	bytes       []byte
	coding, tag string
}

// form gives a file in a coding, or plain where that makes it no smaller.
func (f *builtFiles) form(name, coding string) (builtForm, error) {
	once, _ := f.forms.LoadOrStore([2]string{name, coding}, sync.OnceValues(func() (builtForm, error) { return newForm(name, coding) }))
	return once.(func() (builtForm, error))()
}

func newForm(name, coding string) (builtForm, error) {
	b, err := fs.ReadFile(web.Files, path.Join("dist", name))
	if err != nil {
		return builtForm{}, inspect.ErrNotFound.Because(err)
	}
	if coding != "" {
		small, err := squeezed(b, coding)
		if err != nil {
			return builtForm{}, err
		}
		if small != nil {
			b = small
		} else {
			coding = ""
		}
	}
	sum := sha256.Sum256(b)
	return builtForm{b, coding, `"` + hex.EncodeToString(sum[:16]) + `"`}, nil
}

// send sends a file of the build in the smallest form that the reader takes, says that they have it already, or that there is none.
func (f *builtFiles) send(c *fiber.Ctx, name string) error {
	coding := codingOf(c.Get(fiber.HeaderAcceptEncoding), codingBrotli, codingGzip)
	if builtTypes[path.Ext(name)] == "image/png" {
		coding = ""
	}
	if _, err := fs.Stat(web.Files, path.Join("dist", name)); err != nil { // names that are none are not kept
		return inspect.ErrNotFound.Because(err)
	}
	form, err := f.form(name, coding)
	if err != nil {
		return err
	}
	c.Vary(fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderETag, form.tag)
	if rest.NamesTag(c.Get(fiber.HeaderIfNoneMatch), form.tag) {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	if form.coding != "" {
		c.Set(fiber.HeaderContentEncoding, form.coding)
	}
	c.Set(fiber.HeaderContentType, builtTypes[path.Ext(name)])
	return c.Send(form.bytes)
}
