package intake

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// What a workbook may be unpacked: some text compresses a hundred times. Sheets beyond the second bound lie on the disk meanwhile.
const (
	mostUnpacked = 512 << 20
	mostInMemory = 16 << 20
)

// workbook reads the first sheet of an XLSX, row by row.
func workbook(body []byte, f func(Row) error) (err error) {
	defer func() { // the library reads files of strangers
		if p := recover(); p != nil {
			err = errUnreadable(XLSX, fmt.Errorf("%v", p))
		}
	}()
	w, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostInMemory,
		ShortDatePattern: "yyyy-mm-dd", LongTimePattern: "hh:mm:ss"})
	if err != nil {
		return errUnreadable(XLSX, err)
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	s, err := newSheet(w)
	if err != nil {
		return errUnreadable(XLSX, err)
	}
	defer func() { err = errors.Join(err, s.raw.Close(), s.shown.Close()) }()
	for n := 1; ; n++ {
		cells, ok, err := s.next()
		if err != nil {
			return errUnreadable(XLSX, err)
		}
		if !ok {
			return nil
		}
		if err := line(n, cells, f); err != nil {
			return err
		}
	}
}

// sheet is read twice side by side: as it is kept, since a long number is shown rounded, and as it is shown, since a date is kept as a
// number.
type sheet struct{ raw, shown *excelize.Rows }

func newSheet(w *excelize.File) (s sheet, err error) {
	names := w.GetSheetList()
	if len(names) == 0 {
		return s, errors.New("it has no sheet")
	}
	if s.raw, err = w.Rows(names[0]); err == nil {
		s.shown, err = w.Rows(names[0])
	}
	return s, err
}

// next is one row further; ok is false at the end.
func (s sheet) next() (cells []string, ok bool, err error) {
	if !s.raw.Next() || !s.shown.Next() {
		return nil, false, errors.Join(s.raw.Error(), s.shown.Error())
	}
	if cells, err = s.raw.Columns(excelize.Options{RawCellValue: true}); err != nil {
		return nil, false, err
	}
	shown, err := s.shown.Columns()
	for n := range min(len(cells), len(shown)) {
		cells[n] = asWritten(cells[n], shown[n])
	}
	return cells, true, err
}

// asWritten is what a person reads in a cell, but for numbers, which stay whole, and dates, which stand in one order.
func asWritten(raw, shown string) string {
	if raw == shown || !strings.ContainsAny(shown, "-/:年") {
		return number(raw)
	}
	serial, err := strconv.ParseFloat(raw, 64)
	if err != nil || serial <= 0 {
		return raw
	}
	at, err := excelize.ExcelDateToTime(serial, false)
	switch at = at.Round(time.Second); {
	case err != nil:
		return raw
	case at.Equal(at.Truncate(24 * time.Hour)):
		return at.Format(time.DateOnly)
	}
	return at.Format(time.DateTime)
}

// number writes whole numbers without an exponent: the number of an order is kept as 2.0261125E+12.
func number(raw string) string {
	if !strings.ContainsAny(raw, "Ee") {
		return raw
	}
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || v != float64(int64(v)) || v > 1<<53 || v < -1<<53 {
		return raw
	}
	return strconv.FormatInt(int64(v), 10)
}
