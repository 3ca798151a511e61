package rest

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

func FuzzIfMatch(f *testing.F) {
	for _, header := range []string{"", "*", `"1"`, `"0"`, `"-1"`, `"+1"`, `"9223372036854775808"`, `1`, `"`, `""`, `W/"1"`, `"1","2"`, `""1""`} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		n, err := IfMatch(header)
		none := header == "" || header == "*"
		if err == nil && (n == 0) != none || err != nil && n != 0 || n < 0 {
			t.Errorf("%q: got %d, %v", header, n, err)
		}
		if err == nil && !none && (len(header) < 3 || strings.Trim(header[1:len(header)-1], "0123456789") != "") {
			t.Errorf("%q was taken for version %d", header, n)
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(int64(0), int64(0))
	f.Add(int64(math.MaxInt64), int64(math.MinInt64))
	app := fiber.New()
	f.Fuzz(func(t *testing.T, key, id int64) {
		var ctx fasthttp.RequestCtx
		ctx.Request.URI().SetQueryString("cursor=" + url.QueryEscape(CursorText(key, id)))
		c := app.AcquireCtx(&ctx)
		defer app.ReleaseCtx(c)
		if got := QueryOf(c).Position("cursor", 2); !slices.Equal(got, []int64{key, id}) {
			t.Errorf("got %v, want %d, %d", got, key, id)
		}
	})
}

func FuzzByteRange(f *testing.F) {
	for _, header := range []string{"", "bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0", "bytes=5-2", "bytes=1-9223372036854775807", "bytes=9223372036854775807-",
		"bytes=0-1,3-4", "bytes=+1-2", "bytes=--1", "bytes= 1-2", "octets=0-1", "bytes=-9223372036854775808", "bytes=a-b", "bytes=-", "bytes=10-20"} {
		f.Add(header, int64(10))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 1 {
			return
		}
		from, to, partial, err := byteRange(header, size)
		switch {
		case err != nil && (from != 0 || to != 0):
			t.Errorf("%q of %d: got %d-%d beside %v", header, size, from, to, err)
		case err == nil && (from < 0 || from >= to || to > size):
			t.Errorf("%q of %d: got %d-%d", header, size, from, to)
		case !partial && err == nil && (from != 0 || to != size):
			t.Errorf("%q of %d: got %d-%d as the whole", header, size, from, to)
		}
	})
}
