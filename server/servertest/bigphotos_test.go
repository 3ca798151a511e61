package servertest_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/servertest"
)

// forgedPNG is a PNG that claims a size and holds nothing.
func forgedPNG(width, height int) []byte {
	chunk := func(kind string, body []byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
		b = append(append(b, kind...), body...)
		return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(width))
	head = append(binary.BigEndian.AppendUint32(head, uint32(height)), 8, 6, 0, 0, 0)
	return slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head), chunk("IDAT", []byte{0x78, 0x9c}), chunk("IEND", nil))
}

// forgedJPEG is a JPEG whose frame headers, of a kind, claim sizes and that holds nothing.
func forgedJPEG(marker byte, sizes ...[2]int) []byte {
	b := []byte{0xff, 0xd8}
	for _, s := range sizes {
		b = append(b, 0xff, marker, 0, 17, 8, byte(s[1]>>8), byte(s[1]), byte(s[0]>>8), byte(s[0]), 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1)
	}
	return append(b, 0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0, 1, 2, 3, 0xff, 0xd9)
}

// riff is a WebP of these chunks.
func riff(chunks ...[]byte) []byte {
	body := slices.Concat(append([][]byte{[]byte("WEBP")}, chunks...)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func riffChunk(kind string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body)))
	if b = append(b, body...); len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// lossless is the chunk of a WebP picture of one colour: few bytes for any size up to 16,384 a side.
func lossless(width, height int) []byte {
	bits := uint64(width-1) | uint64(height-1)<<14
	head := append([]byte{0x2f}, binary.LittleEndian.AppendUint32(nil, uint32(bits))...)
	codes := []byte{0x88, 0x88, 0x08, 0, 0, 0, 0, 0} // no transform, five prefix codes of one symbol each: a pixel costs no bit
	return riffChunk("VP8L", append(head, codes...))
}

func canvas(width, height int) []byte {
	b := make([]byte, 10)
	b[4], b[5], b[6] = byte(width-1), byte((width-1)>>8), byte((width-1)>>16)
	b[7], b[8], b[9] = byte(height-1), byte((height-1)>>8), byte((height-1)>>16)
	return riffChunk("VP8X", b)
}

// forgedISO is a HEIC or AVIF that claims a size and holds nothing.
func forgedISO(brand string, width, height int) []byte {
	box := func(kind string, body ...[]byte) []byte {
		b := slices.Concat(body...)
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(b)+8)), kind...), b...)
	}
	size := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(make([]byte, 4), uint32(width)), uint32(height))
	return slices.Concat(box("ftyp", []byte(brand+"\x00\x00\x00\x00mif1"+brand)), box("meta", make([]byte, 4), box("pitm", []byte{0, 0, 0, 0, 0, 1}),
		box("iprp", box("ipco", box("ispe", size)), box("ipma", []byte{0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1}))))
}

// tooLarge are pictures that claim more than is decoded; justNot are those at the bound.
var (
	tooLarge = map[string][]byte{
		"png of 4.8 gigapixels":  forgedPNG(80_000, 60_000),
		"png of 900 megapixels":  forgedPNG(30_000, 30_000),
		"png of 2^62 pixels":     forgedPNG(1<<31-1, 1<<31-1),
		"png a pixel too wide":   forgedPNG(30_001, 1),
		"png a pixel too high":   forgedPNG(1, 30_001),
		"png a row too many":     forgedPNG(10_000, 22_001),
		"jpeg of 4.3 gigapixels": forgedJPEG(0xc0, [2]int{65_500, 65_500}),
		"progressive jpeg":       forgedJPEG(0xc2, [2]int{65_500, 65_500}),
		"webp canvas":            riff(canvas(1<<24, 1<<24)),
		"webp lossless":          riff(lossless(16_384, 16_384)),
		"webp lossy":             riff(riffChunk("VP8 ", []byte("\x10\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f\x00\x00"))),
		"heic":                   forgedISO("heic", 40_000, 40_000),
		"heic of 2^64 pixels":    forgedISO("heic", 1<<32-1, 1<<32-1),
		"avif":                   forgedISO("avif", 30_001, 10),
	}
	justNot = map[string][]byte{
		"png of 220 megapixels":    forgedPNG(10_000, 22_000),
		"png of the longest side":  forgedPNG(30_000, 3_333),
		"jpeg of the longest side": forgedJPEG(0xc0, [2]int{30_000, 3_000}),
		"heic of 220 megapixels":   forgedISO("heic", 22_000, 10_000),
	}
	// twoFaced show the check of bounds a small size and the decoder another one.
	twoFaced = map[string][]byte{
		"webp whose canvas lies":  riff(canvas(16, 16), lossless(16_384, 16_384)),
		"webp behind a stranger":  riff(riffChunk("VP8Q", make([]byte, 16)), lossless(16_384, 16_384)),
		"webp behind two":         riff(riffChunk("VP8Q", nil), canvas(16_000, 16_000), lossless(16_000, 16_000)),
		"jpeg with two frames":    forgedJPEG(0xc0, [2]int{16, 16}, [2]int{65_500, 65_500}),
		"progressive, two frames": forgedJPEG(0xc2, [2]int{16, 16}, [2]int{65_500, 65_500}),
	}
)

// allocated is how many bytes a function makes the process allocate. Its test runs alone.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// alone runs a test on both pairs with nothing beside it, so that memory can be measured.
func alone(t *testing.T, test func(*testing.T, *servertest.Server)) {
	for _, pair := range []servertest.Backend{servertest.SQLite, servertest.Postgres} {
		t.Run(string(pair), func(t *testing.T) { test(t, servertest.New(t, pair)) })
	}
}

func TestPicturesThatClaimTooMuchAreKeptAndNeverDecoded(t *testing.T) {
	alone(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		for name, b := range tooLarge {
			p := promise(t, lin, servertest.Picture{ID: inspect.NewID(), Kind: "report", Bytes: b})
			if n := allocated(func() { p.sends(b, nil).Want(http.StatusCreated); s.Drain() }); n > 16<<20 {
				t.Errorf("%s: keeping it took %d MiB", name, n>>20)
			}
			var photo struct {
				Thumb          string
				RenditionError string `json:"rendition_error"`
			}
			p.Do(http.MethodGet, p.path, nil).Want(200).Into(&photo)
			if photo.Thumb != "failed" || !strings.Contains(photo.RenditionError, "megapixels") {
				t.Errorf("%s: the rendition is %s (%s), want failed for its pixels", name, photo.Thumb, photo.RenditionError)
			}
			if flags := flagsOf(t, office, p.id, p.p.ID); !slices.Contains(flags, "photo.unseen") {
				t.Errorf("%s: got flags %v, want photo.unseen among them", name, flags)
			}
		}
		s.Audit()
	})
}

func TestPicturesAtTheBoundAreTaken(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, b := range justNot {
			t.Run(name, func(t *testing.T) {
				promise(t, s.As("lin"), servertest.Picture{ID: inspect.NewID(), Kind: "report", Bytes: b}).comes(t)
			})
		}
	})
}

func TestTwoFacedPicturesDoNotEatTheMemory(t *testing.T) {
	alone(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		for name, b := range twoFaced {
			p := promise(t, lin, servertest.Picture{ID: inspect.NewID(), Kind: "report", Bytes: b})
			p.sends(b, nil).Want(http.StatusCreated)
			if n := allocated(s.Drain); n > 64<<20 {
				t.Errorf("%s: its renditions took %d MiB", name, n>>20)
			}
			var photo struct{ Thumb, RenditionError string }
			if p.Do(http.MethodGet, p.path, nil).Want(200).Into(&photo); photo.Thumb != "failed" {
				t.Errorf("%s: the rendition is %s, want failed", name, photo.Thumb)
			}
		}
	})
}

func TestALargePhotoGoesThroughWithoutBeingHeld(t *testing.T) {
	alone(t, func(t *testing.T, s *servertest.Server) {
		const size = photo.MaxBytes
		p := promise(t, s.As("lin"), big(size))
		head := fmt.Sprintf("PUT %s HTTP/1.1\r\nHost: h\r\n%sContent-Digest: %s\r\nContent-Length: %d\r\n\r\n", p.path, p.Auth(), p.p.Digest(), size)
		for _, status := range []int{201, 200} {
			w := p.Dial()
			if n := allocated(func() { w.Says(head).Pours(p.p.Bytes).Hears(http.MethodPut, p.path).Want(status) }); n > 16<<20 {
				t.Errorf("an upload of 64 MiB, answered %d, took %d MiB", status, n>>20)
			}
		}
		read := func() {
			req, err := http.NewRequest(http.MethodGet, s.URL+p.path+"/original", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+p.Token)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if n, err := io.Copy(io.Discard, res.Body); n != size || err != nil || res.StatusCode != 200 {
				t.Errorf("got %d bytes, %d, %v", n, res.StatusCode, err)
			}
		}
		if n := allocated(read); n > 16<<20 {
			t.Errorf("a download of 64 MiB took %d MiB", n>>20)
		}
	})
}

func TestAPhotoOver64MiBIsRefusedByItsLength(t *testing.T) {
	alone(t, func(t *testing.T, s *servertest.Server) {
		p := promise(t, s.As("lin"), big(photo.MaxBytes+1))
		w := p.Dial().Says("PUT " + p.path + " HTTP/1.1\r\nHost: h\r\n" + p.Auth() + "Content-Digest: " + p.p.Digest() + "\r\nContent-Length: " +
			strconv.Itoa(len(p.p.Bytes)) + "\r\n\r\n").Pours(p.p.Bytes[:1000])
		if n := allocated(func() { w.Hears(http.MethodPut, p.path).WantProblem(413, "photo.too-large", "never") }); n > 8<<20 {
			t.Errorf("refusing it took %d MiB", n>>20)
		}
		w.WantClosed()
		p.wantMissing(t)
		if bytes.Equal(p.p.Bytes[:2], []byte{0xff, 0xd8}) {
			p.Acts(p.id, "withdraw_photo", M{"photo": p.p.ID, "reason": "太大"}).Want(201)
		}
	})
}

// TestAPhotoOf48MiBGoesInParts as a phone sends what a camera of 200 megapixels takes, and stays within the memory of a small one.
func TestAPhotoOf48MiBGoesInParts(t *testing.T) {
	alone(t, func(t *testing.T, s *servertest.Server) {
		const size, part = 48 << 20, 256 << 10
		p := promise(t, s.As("lin"), big(size))
		at, begun := begins(p.Client, p.id, p.p)
		begun.Want(http.StatusCreated)
		if n := allocated(func() {
			for from := 0; from < size; from += part {
				sends(p.Client, at, from, p.p.Bytes[from:min(from+part, size)]).Want(http.StatusNoContent)
			}
		}); n > 1<<30 { // the test's own parts among them
			t.Errorf("it took %d MiB", n>>20)
		}
		if got := p.Do(http.MethodGet, p.path+"/original", nil).Want(http.StatusOK); !bytes.Equal(got.Body, p.p.Bytes) {
			t.Error("it comes back as something else")
		}
	})
}
