package document_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"spotcheck/pkg/document"
)

const endOfPDF = "\nstartxref\n0\n%%EOF\n"

// packed makes a package of parts: name, then content.
func packed(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for n := 0; n < len(parts); n += 2 {
		w, err := z.Create(parts[n])
		if err == nil {
			_, err = io.WriteString(w, parts[n+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lying is a package whose part says that it is small and unpacks to far more.
func lying(t testing.TB) []byte {
	t.Helper()
	var small, b bytes.Buffer
	f, err := flate.NewWriter(&small, flate.BestCompression)
	if err == nil {
		_, err = f.Write(make([]byte, 32<<20))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "word/document.xml", Method: zip.Deflate, CompressedSize64: uint64(small.Len()), UncompressedSize64: 1000})
	if err == nil {
		_, err = w.Write(small.Bytes())
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInspect(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("0", 80<<20)
	utf16 := func(text string) string {
		var b strings.Builder
		b.WriteString("\xff\xfe")
		for _, c := range text {
			b.WriteByte(byte(c))
			b.WriteByte(0)
		}
		return b.String()
	}
	word := packed(t, "[Content_Types].xml", "<Types/>", "word/document.xml", "<w:document/>")
	for name, c := range map[string]struct {
		body string
		want document.Type
		err  error
	}{
		"PDF":                  {"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<</Root 1 0 R>>" + endOfPDF, document.PDF, nil},
		"PDF with a word":      {"%PDF-1.7\n(how to /Encrypt a text)" + endOfPDF, document.PDF, nil},
		"PDF with password":    {"%PDF-1.7\ntrailer<</Root 1 0 R/Encrypt 5 0 R>>" + endOfPDF, "", document.ErrProtected},
		"password at a border": {"%PDF-1.7\n" + strings.Repeat(" ", 1<<20-14) + "/Encrypt <<" + endOfPDF, "", document.ErrProtected},
		"cut PDF":              {"%PDF-1.7\n1 0 obj<<>>endobj", "", document.ErrDamaged},
		"DOCX":                 {string(word), document.DOCX, nil},
		"XLSX":                 {string(packed(t, "xl/workbook.xml", "<workbook/>")), document.XLSX, nil},
		"cut DOCX":             {string(word[:len(word)-30]), "", document.ErrDamaged},
		"some archive":         {string(packed(t, "a.exe", "MZ")), "", document.ErrType},
		"macros":               {string(packed(t, "word/document.xml", "", "word/vbaProject.bin", "x")), "", document.ErrActive},
		"bomb":                 {string(packed(t, "xl/workbook.xml", zeros)), "", document.ErrBomb},
		"bomb that lies":       {string(lying(t)), "", document.ErrBomb},
		"old Word":             {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), "", document.ErrType},
		"locked workbook":      {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + utf16("EncryptedPackage")[2:], "", document.ErrProtected},
		"page":                 {"<!DOCTYPE html><script>alert(1)</script>", "", document.ErrHTML},
		"page after blanks":    {"\xef\xbb\xbf \n<!-- %PDF-1.7 --><HTML>", "", document.ErrHTML},
		"page in UTF-16":       {utf16("<script>"), "", document.ErrHTML},
		"drawing":              {`<?xml version="1.0"?><svg onload="x">`, "", document.ErrHTML},
		"text":                 {"会议纪要", "", document.ErrType},
		"nothing":              {"", "", document.ErrType},
	} {
		got, err := document.Inspect(t.Context(), strings.NewReader(c.body), int64(len(c.body)))
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: got %q, %v, want %q, %v", name, got, err, c.want, c.err)
		}
	}
	if _, err := document.Inspect(t.Context(), strings.NewReader(""), document.MaxBytes+1); !errors.Is(err, document.ErrTooLarge) {
		t.Errorf("got %v, want that it is too large", err)
	}
}

// TestTooManyParts are a bomb as well.
func TestTooManyParts(t *testing.T) {
	t.Parallel()
	parts := []string{"word/document.xml", ""}
	for n := range 5001 {
		parts = append(parts, fmt.Sprint(n), "")
	}
	body := packed(t, parts...)
	if _, err := document.Inspect(t.Context(), bytes.NewReader(body), int64(len(body))); !errors.Is(err, document.ErrBomb) {
		t.Errorf("got %v, want a bomb", err)
	}
}

// FuzzInspect finds a type or says why not, whatever comes.
func FuzzInspect(f *testing.F) {
	f.Add([]byte("%PDF-1.7" + endOfPDF))
	f.Add([]byte("%PDF-1.7 cut off"))
	f.Add(packed(f, "word/document.xml", "x"))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		kind, err := document.Inspect(t.Context(), bytes.NewReader(body), int64(len(body)))
		if (err == nil) != (kind.MediaType() != "") {
			t.Errorf("got %q, %v", kind, err)
		}
	})
}
