package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"spotcheck/pkg/photo/phototest"
)

// picture is a photo that nobody sent before.
type picture struct {
	issue, id string
	bytes     []byte
	sum       [32]byte
}

func (p *picture) hex() string    { return hex.EncodeToString(p.sum[:]) }
func (p *picture) base64() string { return base64.StdEncoding.EncodeToString(p.sum[:]) }

// scenes are the pictures that all photos show, of 8 megapixels and about 2.2 MB; each photo has a comment of its own, so
// that no two have the same bytes.
func scenes(n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		scene := phototest.Scene(3264, 2448, uint64(i))
		for quality := 82; len(all[i]) < 2_100_000 && quality < 99; quality += 2 {
			all[i] = phototest.JPEG(scene, quality, nil)
		}
	}
	return all
}

// pictures makes new photos of the scenes.
func pictures(scenes [][]byte, n int) []*picture {
	all := make([]*picture, n)
	for i := range all {
		of := scenes[i%len(scenes)]
		p := &picture{issue: uuid(), id: uuid(), bytes: bytes.Join([][]byte{of[:2], comment(64), of[2:]}, nil)}
		p.sum = sha256.Sum256(p.bytes)
		all[i] = p
	}
	return all
}

// comment is a segment of a JPEG file that says nothing in so many bytes, at most 65,533.
func comment(size int) []byte {
	own := make([]byte, size)
	_, _ = rand.Read(own) // never fails
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xfe}, uint16(size+2)), own...)
}

// large is a picture of 8 MB with few pixels: what counts here is how its bytes go through.
func large() []byte {
	small := tiny()
	all := [][]byte{small[:2]}
	for range 128 {
		all = append(all, comment(65_000))
	}
	return bytes.Join(append(all, small[2:]), nil)
}

func tiny() []byte { return phototest.JPEG(phototest.Scene(320, 240, 7), 80, nil) }

// uuid is a random one (RFC 9562, version 4).
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
