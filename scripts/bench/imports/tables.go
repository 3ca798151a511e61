package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/xuri/excelize/v2"
)

// tables are the work orders as a CSV and, with other numbers, as a workbook.
func tables() (text, book []byte, err error) {
	var b bytes.Buffer
	t := csv.NewWriter(&b)
	_ = t.Write(heads) // a buffer takes everything
	w := excelize.NewFile()
	defer func() { err = errors.Join(err, w.Close()) }()
	s, err := w.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, nil, err
	}
	if err := s.SetRow("A1", cells(heads)); err != nil {
		return nil, nil, err
	}
	r := rand.New(rand.NewPCG(1, 2))
	for n := range orders {
		row := order(r, n)
		_ = t.Write(row)
		row[0] = fmt.Sprintf("X-%06d", n)
		if err := s.SetRow(fmt.Sprintf("A%d", n+2), cells(row)); err != nil {
			return nil, nil, err
		}
	}
	t.Flush()
	if err := s.Flush(); err != nil {
		return nil, nil, err
	}
	made, err := w.WriteToBuffer()
	return b.Bytes(), made.Bytes(), err
}

// order is a row as a hotline writes it.
func order(r *rand.Rand, n int) []string {
	kinds := []string{"暴露垃圾", "06011", "08012", ""}
	return []string{fmt.Sprintf("2026%08d", n), time.Date(2026, 1, 1, 0, n%1440, 0, 0, time.UTC).Format(time.DateTime), kinds[n%len(kinds)],
		fmt.Sprintf("市民来电反映%d号楼前垃圾堆积多日无人清理，气味大，影响居民出行，请有关部门尽快处理并将结果回复来电人。", r.IntN(200)),
		fmt.Sprintf("龙昆南路%d号门前（滨海街道）", r.IntN(900)), fmt.Sprintf("%.6f", 20.02+r.Float64()/20), fmt.Sprintf("%.6f", 110.3+r.Float64()/20),
		"王女士", fmt.Sprintf("138%08d", r.IntN(1e8)), "一般", "区城管局", ""}
}

func cells(row []string) []any {
	all := make([]any, len(row))
	for n, c := range row {
		all[n] = c
	}
	return all
}
