package phototest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"math"
)

// Colours are what a picture's numbers mean, where that is not sRGB.
type Colours struct {
	xyz   [3][3]float64 // of red, green and blue, rows X, Y, Z, with the white of ICC
	power float64       // of the curve to light; 0 is that of sRGB
}

// P3 has the colours of new phones, Power those of sRGB with another curve, as old computers had.
var (
	P3    = Colours{xyz: [3][3]float64{{0.5151187, 0.2919778, 0.1571035}, {0.2411892, 0.6922441, 0.0665668}, {-0.0010505, 0.0418791, 0.7840713}}}
	Power = Colours{xyz: srgb, power: 1.8}
)

var (
	srgb   = [3][3]float64{{0.4360747, 0.3850649, 0.1430804}, {0.2225045, 0.7168786, 0.0606169}, {0.0139322, 0.0971045, 0.7141733}}
	toP3   = [3][3]float64{{0.8224622, 0.1775380, 0}, {0.0331942, 0.9668058, 0}, {0.0170826, 0.0723974, 0.9105199}} // from linear sRGB
	itself = [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
)

// Of says an sRGB picture in these colours.
func (c Colours) Of(img *image.RGBA) *image.RGBA {
	mix := itself
	if c.xyz != srgb {
		mix = toP3
	}
	out := image.NewRGBA(img.Rect)
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y++ {
		for x := img.Rect.Min.X; x < img.Rect.Max.X; x++ {
			p := img.RGBAAt(x, y)
			var v [3]uint8
			for n := range 3 {
				light := mix[n][0]*lightOf(p.R) + mix[n][1]*lightOf(p.G) + mix[n][2]*lightOf(p.B)
				v[n] = uint8(math.Round(255 * c.coded(min(max(light, 0), 1))))
			}
			out.SetRGBA(x, y, color.RGBA{v[0], v[1], v[2], 255})
		}
	}
	return out
}

func lightOf(v uint8) float64 {
	if x := float64(v) / 255; x > 0.04045 {
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return float64(v) / 255 / 12.92
}

func (c Colours) coded(light float64) float64 {
	switch {
	case c.power > 0:
		return math.Pow(light, 1/c.power)
	case light > 0.0031308:
		return 1.055*math.Pow(light, 1/2.4) - 0.055
	}
	return light * 12.92
}

// ICC is the profile that says so.
func (c Colours) ICC() []byte {
	s15 := func(v ...float64) (b []byte) {
		for _, x := range v {
			b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(x*65536))))
		}
		return b
	}
	curve := append([]byte("para\x00\x00\x00\x00\x00\x03\x00\x00"), s15(2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045)...)
	if c.power > 0 {
		curve = append([]byte("curv\x00\x00\x00\x00\x00\x00\x00\x01"), be16(int(c.power*256))...)
		curve = append(curve, 0, 0)
	}
	tags := []struct {
		name string
		body []byte
	}{{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve}}
	for n, name := range []string{"rXYZ", "gXYZ", "bXYZ"} {
		tags = append(tags, struct {
			name string
			body []byte
		}{name, append([]byte("XYZ \x00\x00\x00\x00"), s15(c.xyz[0][n], c.xyz[1][n], c.xyz[2][n])...)})
	}
	head := make([]byte, 128)
	copy(head[8:], "\x04\x30\x00\x00mntrRGB XYZ ")
	copy(head[36:], "acsp")
	table, bodies := be32(len(tags)), []byte(nil)
	for _, t := range tags {
		at := 128 + 4 + 12*len(tags) + len(bodies)
		table = bytes.Join([][]byte{table, []byte(t.name), be32(at), be32(len(t.body))}, nil)
		bodies = append(bodies, t.body...)
	}
	all := bytes.Join([][]byte{head, table, bodies}, nil)
	copy(all, be32(len(all)))
	return all
}

// JPEGWithICC puts a profile into a JPEG file.
func JPEGWithICC(b, icc []byte) []byte {
	body := append([]byte("ICC_PROFILE\x00\x01\x01"), icc...)
	return bytes.Join([][]byte{b[:2], {0xff, 0xe2}, be16(len(body) + 2), body, b[2:]}, nil)
}

// PNGWithICC puts a profile into a PNG file.
func PNGWithICC(b, icc []byte) []byte {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, err := z.Write(icc)
	must(err)
	must(z.Close())
	const head = 8 + 25 // mark and header
	return bytes.Join([][]byte{b[:head], chunk("iCCP", append([]byte("profile\x00\x00"), packed.Bytes()...)), b[head:]}, nil)
}
