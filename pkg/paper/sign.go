package paper

import (
	"errors"
	"time"

	"rsc.io/qr"
)

// PaperSize is on what a sign is printed.
type PaperSize string

// The sizes of signs.
const (
	A4 PaperSize = "a4"
	A5 PaperSize = "a5"
)

// signPages are the pages of signs, upright.
var signPages = map[PaperSize]sheet{A4: {width: pageWidth, height: pageHeight}, A5: {width: 148 * mm, height: 210 * mm}}

// errPaperSize is for a size on which no sign is printed.
var errPaperSize = errors.New("want a4 or a5")

// UnmarshalText reads a size and refuses all else.
func (s *PaperSize) UnmarshalText(text []byte) error {
	if _, ok := signPages[PaperSize(text)]; !ok {
		return errPaperSize
	}
	*s = PaperSize(text)
	return nil
}

// Sign is what hangs at the door of a place: how it stands, in a letter that is read from afar, and a code that leads to the place in the app.
type Sign struct {
	Language     string // zh-CN or en
	Office, Head string
	Place, Grade string
	Lines        []string // by which standard, and when
	Address      string   // behind the code
	Caption      string   // below the code
	Made         time.Time
}

// signLine is how far apart the lines of a sign are, as a share of the width of the page.
const signLine = 0.055

// PDF sets the sign on one page.
func (s *Sign) PDF(size PaperSize) ([]byte, error) {
	p, ok := signPages[size]
	if !ok {
		return nil, errPaperSize
	}
	code, err := qr.Encode(s.Address, qr.M)
	if err != nil {
		return nil, err
	}
	w := p.width
	at := func(y, high float64, text string) mark {
		text = clean(text)
		high = min(high, high*0.86*w/max(width(text, high), 1)) // a long name is set smaller, never cut
		return mark{x: w / 2, y: y, text: text, size: high, align: toMiddle}
	}
	marks := []mark{at(0.14*w, 0.035*w, s.Office), at(0.26*w, 0.075*w, s.Head), at(0.36*w, 0.05*w, s.Place), at(0.84*w, 0.5*w, s.Grade)}
	for n, line := range s.Lines {
		marks = append(marks, at((0.93+signLine*float64(n))*w, 0.032*w, line))
	}
	marks = append(marks, codeMarks(code, 0.35*w, 1.03*w, 0.3*w)...)
	marks = append(marks, at(1.385*w, 0.026*w, s.Caption))
	return pdf(fileInfo{oneLine(s.Head + " " + s.Place), oneLine(s.Office), s.Language, notBefore1980(s.Made)}, []page{{&p, marks}}, nil, sharedFont)
}

// codeMarks draws a code as black squares, with a quiet zone of four around it, in a square on the page.
func codeMarks(code *qr.Code, x, y, wide float64) (all []mark) {
	module := wide / float64(code.Size+8)
	for row := range code.Size {
		for column := 0; column < code.Size; column++ {
			from := column
			for column < code.Size && code.Black(column, row) {
				column++
			}
			if column > from {
				all = append(all, mark{x: x + module*float64(from+4), y: y + module*float64(row+4), w: module * float64(column-from), h: module, fill: true})
			}
		}
	}
	return all
}
