package httpapi

import (
	"bufio"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

func FuzzFraming(f *testing.F) {
	for _, headers := range []string{"Content-Length: 5", "Content-Length: 5\r\nContent-Length: 5", "Transfer-Encoding: chunked", "transfer-encoding:chunked\r\ncontent-length:1",
		"Content-Length: +5", "Content-Length: 0x5", "Content-Length: 5 ", "X: y\r\n Content-Length: 5", "Content-Length:",
		"Transfer-Encoding: identity", "X-A: b\nContent-Length: 7",
		"Content-Length : 5", "\tContent-Length: 5", "Content-Length: 5\r", "Content-Length: 99999999999999999999"} {
		f.Add(headers)
	}
	f.Fuzz(func(t *testing.T, headers string) {
		var h fasthttp.RequestHeader
		if err := h.Read(bufio.NewReader(strings.NewReader("PUT / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n\r\n"))); err != nil {
			return // answered as unreadable
		}
		parsed := h.ContentLength()
		length, err := framing(&h)
		if err != nil {
			return
		}
		if parsed >= 0 && int64(parsed) != length || parsed == -1 && length != -1 || parsed == -2 && length != 0 {
			t.Errorf("%q: the server reads %d, we read %d", headers, parsed, length)
		}
	})
}
