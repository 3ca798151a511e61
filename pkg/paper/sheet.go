package paper

import (
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// TextCells are cells that hold nothing but text.
func TextCells(cells []string) []Value {
	all := make([]Value, len(cells))
	for n, c := range cells {
		all[n] = Value{Kind: Text, Text: c}
	}
	return all
}

// TextColumns are columns of text under these heads.
func TextColumns(names []string) []Column {
	all := make([]Column, len(names))
	for n, name := range names {
		all[n] = Column{Head: name, Kind: Text}
	}
	return all
}

// XLSX writes the rows of the sheet under their heads, as a workbook.
func (s *Sheet) XLSX(w io.Writer) (err error) {
	x := &xlsx{File: excelize.NewFile(), Document: &Document{Title: s.Name}, styles: map[styleKey]int{}}
	defer func() {
		if err = errors.Join(err, x.Close()); err != nil {
			err = fmt.Errorf("paper: xlsx: %w", err)
		}
	}()
	x.properties()
	if err := x.behind(s); err != nil {
		return err
	}
	x.ordered()
	return x.File.Write(w)
}
