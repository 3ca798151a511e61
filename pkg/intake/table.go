// Package intake reads work that comes from elsewhere, such as work orders of a hotline or lists of an inspection, from the tables
// that other systems give out. It computes only.
package intake

import (
	"errors"

	"spotcheck/pkg/table"
)

// Bounds of a table.
const (
	MostBytes = table.MostBytes
	MostText  = table.MostText
)

// Format is how a table is written.
type Format string

// The formats. What a file holds decides how it is read; the format is what its sender calls it.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// UnmarshalText reads one of the two names and refuses all others.
func (f *Format) UnmarshalText(text []byte) error {
	if read := Format(text); read == CSV || read == XLSX {
		*f = read
		return nil
	}
	return errors.New("want csv or xlsx")
}

// Row is a row of a table: N is its number in the file, 1 for the first.
type Row = table.Row
