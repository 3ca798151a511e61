package paper_test

import (
	"bytes"
	"io"
	"testing"

	"spotcheck/pkg/paper"
)

// TestEveryFormIsMade by its name, with the bytes that files of its kind begin with.
func TestEveryFormIsMade(t *testing.T) {
	t.Parallel()
	begins := map[paper.FileFormat]string{paper.AsPDF: "%PDF-", paper.AsXLSX: "PK", paper.AsDOCX: "PK", paper.AsHTML: "<!DOCTYPE html>", paper.AsCSV: "PK", paper.AsJSON: "{"}
	for _, f := range paper.FileFormats {
		var b bytes.Buffer
		if err := weekly(4, 2).Write(&b, f, shots(), issues(3)); err != nil || begins[f] == "" || !bytes.HasPrefix(b.Bytes(), []byte(begins[f])) || f.MediaType() == "" {
			t.Errorf("%s: %v, %.20q as %s", f, err, b.Bytes(), f.MediaType())
		}
	}
	if err := weekly(4, 0).Write(io.Discard, "odt", nil, nil); err == nil || paper.FileFormat("odt").MediaType() != "" {
		t.Errorf("what is no form was made: %v", err)
	}
}
