// Package document tells by their content what files people bring (PDF, Word, Excel), and refuses those that nobody should open or can keep as
// evidence: pages of scripts, archives that explode, what only a password opens. Pictures are for package photo.
package document

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"spotcheck/pkg/fault"
)

// Type is what a file is.
type Type string

// The types that are taken, beside pictures.
const (
	PDF  Type = "pdf"
	DOCX Type = "docx"
	XLSX Type = "xlsx"
)

// MediaType is the type as HTTP names it, empty for none of these.
func (t Type) MediaType() string {
	switch t {
	case PDF:
		return "application/pdf"
	case DOCX:
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return ""
}

// MaxBytes is how large a document may be.
const MaxBytes = 100 << 20

// Why a file is refused.
var (
	ErrTooLarge  = fault.New(fault.TooLarge, "document.too-large", "A document has at most 100 MiB.")
	ErrType      = fault.New(fault.Unsupported, "document.type", "The file is no PDF, DOCX, XLSX or picture, whatever its name says.")
	ErrHTML      = fault.New(fault.Unsupported, "document.html", "The file is a web page, whatever its name says; a page can hold scripts and is not kept.")
	ErrActive    = fault.New(fault.Unsupported, "document.macros", "The file holds macros; save it without them.")
	ErrBomb      = fault.New(fault.Invalid, "document.bomb", "The file unpacks to far more than a document is.")
	ErrProtected = fault.New(fault.Invalid, "document.protected", "The file is protected by a password; save it without one.")
	ErrDamaged   = fault.New(fault.Invalid, "document.damaged", "The file is cut off or damaged.")
)

// head is how much of a file is looked at to tell its type.
const head = 4096

// Inspect tells what a file is by its content. ErrType says that it is none of these; it may be a picture.
func Inspect(ctx context.Context, file io.ReaderAt, size int64) (Type, error) {
	if size > MaxBytes {
		return "", ErrTooLarge
	}
	first := make([]byte, min(head, size))
	if _, err := file.ReadAt(first, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	switch {
	case bytes.HasPrefix(first, []byte("%PDF-")):
		if err := inspectPDF(file, size); err != nil {
			return "", err
		}
		return PDF, nil
	case bytes.HasPrefix(first, []byte("PK\x03\x04")):
		return inspectPackage(ctx, file, size)
	case bytes.HasPrefix(first, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return "", inspectCompound(file, size)
	case isPage(first):
		return "", ErrHTML
	}
	return "", ErrType
}

// page is how web pages and drawings with scripts begin, after what may stand before (WHATWG MIME Sniffing §7.1).
var page = regexp.MustCompile(`(?is)^(?:\s|<\?xml.*?\?>|<!--.*?-->)*` +
	`<(?:!doctype\s+(?:html|svg)|html|head|script|iframe|body|svg|style|title|table|div|meta|base|h1|font|a|br|p)[\s>/]`)

func isPage(first []byte) bool {
	text := bytes.TrimPrefix(first, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) { // UTF-16: ASCII is every other byte
		text = bytes.ReplaceAll(text[2:], []byte{0}, nil)
	}
	return page.Match(text)
}

// encrypted is the entry of a trailer that leads to what a password opens (ISO 32000-1 §7.5.5); trailers are never compressed.
var encrypted = regexp.MustCompile(`/Encrypt[\s\x00]*(?:\d+[\s\x00]+\d+[\s\x00]+R|<<)`)

// inspectPDF reads a PDF once for the entry of a password, and wants its end.
func inspectPDF(file io.ReaderAt, size int64) error {
	const part, overlap = 1 << 20, 256
	buffer := make([]byte, part+overlap)
	for at := int64(0); at < size; at += part {
		n, err := file.ReadAt(buffer[:min(int64(len(buffer)), size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if encrypted.Match(buffer[:n]) {
			return ErrProtected
		}
	}
	tail := make([]byte, min(size, 2048))
	if _, err := file.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.Contains(tail, []byte("startxref")) || !bytes.Contains(tail, []byte("%%EOF")) {
		return ErrDamaged
	}
	return nil
}

// inspectCompound tells what an old container is: a workbook or text behind a password (MS-OFFCRYPTO §2.3.1), or the formats of before 2007.
func inspectCompound(file io.ReaderAt, size int64) error {
	name := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	const part = 1 << 20
	buffer := make([]byte, part+len(name))
	for at := int64(0); at < size; at += part {
		n, err := file.ReadAt(buffer[:min(int64(len(buffer)), size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if bytes.Contains(buffer[:n], name) {
			return ErrProtected
		}
	}
	return ErrType.With("The file is in a format of Word or Excel before 2007; save it as DOCX or XLSX.")
}

// What a package may unpack to: text compresses well, a hundred times at the most in what people write.
const (
	mostParts    = 5000
	mostUnpacked = 1 << 30
	alwaysFine   = 64 << 20 // unpacked, however small it is packed
	mostTimes    = 100
)

// inspectPackage tells what an Office Open XML package is (ECMA-376 part 2), and unpacks it once for nothing but its size.
func inspectPackage(ctx context.Context, file io.ReaderAt, size int64) (Type, error) {
	z, err := zip.NewReader(file, size)
	if err != nil {
		return "", ErrDamaged.Because(err)
	}
	if len(z.File) > mostParts {
		return "", ErrBomb
	}
	var declared uint64
	for _, f := range z.File {
		if f.Flags&1 != 0 {
			return "", ErrProtected
		}
		if declared += f.UncompressedSize64; declared > mostUnpacked || declared > alwaysFine && declared > uint64(size)*mostTimes {
			return "", ErrBomb
		}
	}
	kind := typeOf(z)
	if kind == "" {
		return "", ErrType.With("The file is an archive; unpack it and bring what is in it.")
	}
	if slices.ContainsFunc(z.File, func(f *zip.File) bool {
		return strings.EqualFold(f.Name[strings.LastIndexByte(f.Name, '/')+1:], "vbaProject.bin")
	}) {
		return "", ErrActive
	}
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if err := unpack(f); err != nil {
			return "", err
		}
	}
	return kind, nil
}

// typeOf is what a package holds by its main part.
func typeOf(z *zip.Reader) Type {
	for _, f := range z.File {
		switch f.Name {
		case "word/document.xml":
			return DOCX
		case "xl/workbook.xml":
			return XLSX
		}
	}
	return ""
}

// unpack reads a part to its end: one that is longer than it says is a bomb, one that is cut off is damaged.
func unpack(f *zip.File) error {
	raw, err := f.OpenRaw()
	if err != nil {
		return ErrDamaged.Because(err)
	}
	if f.Method == zip.Deflate { // archive/zip stops at the size that is declared, without a word
		packed := flate.NewReader(raw)
		n, err := io.Copy(io.Discard, io.LimitReader(packed, int64(f.UncompressedSize64)+1))
		switch {
		case n > int64(f.UncompressedSize64):
			return ErrBomb
		case err != nil || n < int64(f.UncompressedSize64):
			return ErrDamaged.Because(err)
		}
		return nil
	}
	if f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 {
		return ErrDamaged
	}
	return nil
}
