package httpapi

import (
	"bytes"
	"compress/gzip"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
)

// compressFrom is the size in bytes from which an answer is compressed; a smaller one goes in one packet either way.
const compressFrom = 1400

// Efforts of compressing: what is kept for every reader may take longer than what is made for one.
const (
	brotliOnce   = 9
	gzipOnce     = gzip.BestCompression
	gzipEachTime = 4
)

// Names of content codings (RFC 9110 §8.4.1).
const (
	codingBrotli = "br"
	codingGzip   = "gzip"
)

// codingOf chooses from an Accept-Encoding header one of the codings that there are, the first that is taken; empty for none.
func codingOf(header string, there ...string) string {
	taken := map[string]bool{}
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(part, ";")
		key, value, _ := strings.Cut(weight, "=")
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		refused := strings.EqualFold(strings.TrimSpace(key), "q") && (err != nil || q <= 0)
		taken[strings.ToLower(strings.TrimSpace(name))] = !refused
	}
	for _, coding := range there {
		yes, named := taken[coding]
		if yes || !named && taken["*"] {
			return coding
		}
	}
	return ""
}

// compressible are the types of answers that get smaller by it; photos and archives do not.
var compressible = []string{fiber.MIMEApplicationJSON, "application/geo+json", "application/yaml", "text/html", "text/csv"}

// compress makes an answer smaller for who takes that. It leaves alone what is streamed, what is part of something, and what has a tag: that
// names these very bytes, or the version of an issue for If-Match. Only what was asked for by GET is compressed: tokens and codes are given
// out by POST alone, and what stands in a compressed answer can be guessed from its length by who may choose a part of it (BREACH).
func compress(c *fiber.Ctx) error {
	answer := c.Response()
	if m := c.Method(); m != fiber.MethodGet && m != fiber.MethodHead || answer.StatusCode() != fiber.StatusOK || answer.IsBodyStream() {
		return nil
	}
	if len(answer.Header.Peek(fiber.HeaderETag)) > 0 || len(answer.Header.ContentEncoding()) > 0 || !getsSmaller(string(answer.Header.ContentType())) {
		return nil
	}
	c.Vary(fiber.HeaderAcceptEncoding)
	if len(answer.Body()) < compressFrom || codingOf(c.Get(fiber.HeaderAcceptEncoding), codingGzip) == "" {
		return nil
	}
	small, err := gzipped(answer.Body())
	if err != nil {
		return err
	}
	answer.SetBodyRaw(small)
	answer.Header.SetContentEncoding(codingGzip)
	return nil
}

func getsSmaller(mediaType string) bool {
	for _, t := range compressible {
		if strings.HasPrefix(mediaType, t) {
			return true
		}
	}
	return false
}

// gzips are writers that wait for their next answer: a new one costs more than what it writes.
var gzips = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(io.Discard, gzipEachTime) // a level that there is
	return w
}}

func gzipped(b []byte) ([]byte, error) {
	w := gzips.Get().(*gzip.Writer)
	defer gzips.Put(w)
	var small bytes.Buffer
	w.Reset(&small)
	if err := writeWhole(w, b); err != nil {
		return nil, err
	}
	return small.Bytes(), nil
}

// writeWhole writes all of something, and its end.
func writeWhole(w io.WriteCloser, b []byte) error {
	if _, err := w.Write(b); err != nil {
		return err
	}
	return w.Close()
}

// squeezed is something in a coding, as small as it gets, or nil where it gets no smaller.
func squeezed(b []byte, coding string) ([]byte, error) {
	var small bytes.Buffer
	var w io.WriteCloser = brotli.NewWriterLevel(&small, brotliOnce)
	if coding == codingGzip {
		var err error
		if w, err = gzip.NewWriterLevel(&small, gzipOnce); err != nil {
			return nil, err
		}
	}
	if err := writeWhole(w, b); err != nil || small.Len() >= len(b) {
		return nil, err
	}
	return small.Bytes(), nil
}
