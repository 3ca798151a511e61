package phototest

import (
	"bytes"
	"encoding/binary"
	"image"
	"strings"

	"github.com/gen2brain/avif"
)

// Says is what a HEIC or AVIF file says of its picture.
type Says struct {
	Turns  int // quarter turns to the left that it asks for (irot)
	EXIF   *EXIF
	ICC    []byte
	Narrow bool     // luma of 16 to 235, colours by ITU-R BT.709 (nclx); only HEIC
	Brands []string // the major one and the compatible ones; those of phones when there are none
}

// HEIC is a file of a picture as phones write it, with its samples uncompressed.
func HEIC(img image.Image, s Says) []byte {
	v := newHEVC(img, s.Narrow)
	return heif("heic", "hvc1", v.config(), v.data(), v.width, v.height, s)
}

// AVIF is a file of a picture; the coder is real, its container our own, so that it can say things.
func AVIF(img image.Image, s Says) []byte {
	var b bytes.Buffer
	must(avif.Encode(&b, img, avif.Options{Quality: 80, QualityAlpha: 80, Speed: 10, ChromaSubsampling: image.YCbCrSubsampleRatio420}))
	all := b.Bytes()
	config := find(all[8:], "av1C")
	return heif("avif", "av01", box("av1C", config), find(all, "mdat"), img.Bounds().Dx(), img.Bounds().Dy(), s)
}

// find gives the body of the first box of a kind, wherever its name stands.
func find(b []byte, kind string) []byte {
	at := bytes.Index(b, []byte(kind))
	return b[at+4 : at-4+int(binary.BigEndian.Uint32(b[at-4:]))]
}

func be16(n int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }
func be32(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

// box is a box of the ISO base media format (ISO/IEC 14496-12).
func box(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return bytes.Join([][]byte{be32(8 + len(body)), []byte(kind), body}, nil)
}

// full is a box with version and flags.
func full(kind string, version byte, parts ...[]byte) []byte {
	return box(kind, append([][]byte{{version, 0, 0, 0}}, parts...)...)
}

// heif is a file (ISO/IEC 23008-12) with one picture, item 1, and its EXIF, item 2.
func heif(brand, coding string, config, data []byte, w, h int, s Says) []byte {
	properties := [][]byte{config, full("ispe", 0, be32(w), be32(h))}
	if s.Turns != 0 {
		properties = append(properties, box("irot", []byte{byte(s.Turns)}))
	}
	if s.ICC != nil {
		properties = append(properties, box("colr", []byte("prof"), s.ICC))
	}
	if s.Narrow {
		properties = append(properties, box("colr", []byte("nclx"), be16(1), be16(1), be16(1), []byte{0}))
	}
	var links []byte
	for n := range properties {
		links = append(links, byte(n+1))
	}
	items := [][]byte{data}
	infos := [][]byte{full("infe", 2, be16(1), be16(0), []byte(coding), []byte{0})}
	var refers []byte
	if s.EXIF != nil {
		items = append(items, append(be32(0), s.EXIF.Bytes()...))
		infos = append(infos, full("infe", 2, be16(2), be16(0), []byte("Exif"), []byte{0}))
		refers = full("iref", 0, box("cdsc", be16(2), be16(1), be16(1)))
	}
	brands := s.Brands
	if brands == nil {
		brands = []string{brand, "mif1", brand}
	}
	start := box("ftyp", []byte(brands[0]), be32(0), []byte(strings.Join(brands[1:], "")))
	meta := func(at int) []byte {
		return full("meta", 0, full("hdlr", 0, be32(0), []byte("pict"), make([]byte, 13)), full("pitm", 0, be16(1)),
			locations(at, items), full("iinf", 0, be16(len(infos)), bytes.Join(infos, nil)), refers,
			box("iprp", box("ipco", properties...), full("ipma", 0, be32(1), be16(1), []byte{byte(len(links))}, links)))
	}
	at := len(start) + len(meta(0)) + 8
	return bytes.Join([][]byte{start, meta(at), box("mdat", items...)}, nil)
}

// locations is the iloc box of items that lie one behind the other from an offset.
func locations(at int, items [][]byte) []byte {
	b := bytes.Join([][]byte{{0x44, 0}, be16(len(items))}, nil)
	for n, item := range items {
		b = bytes.Join([][]byte{b, be16(n + 1), be16(0), be16(1), be32(at), be32(len(item))}, nil)
		at += len(item)
	}
	return full("iloc", 0, b)
}
