package paper

// flat is a table as spreadsheets want it: one row of heads, and what group a row belongs to in a column of its own.
type flat struct {
	columns []Column
	rows    [][]Value
	filled  int // rows that are no totals at the end
}

func (d *Document) flat(t *Table) (f flat) {
	grouped := false
	for _, r := range t.Rows {
		grouped = grouped || r.Group != ""
	}
	if grouped {
		head := t.Groups
		if head == "" {
			head = d.say("组别", "Group")
		}
		f.columns = append(f.columns, Column{Head: head})
	}
	f.columns = append(f.columns, t.Columns...)
	group := Value{Kind: Text}
	for _, r := range t.Rows {
		if r.Group != "" {
			group.Text = r.Group
			continue
		}
		if r.Total {
			group.Text = ""
		}
		var row []Value
		if grouped {
			row = append(row, group)
		}
		row = append(row, r.Cells...)
		for len(row) < len(f.columns) {
			row = append(row, Value{Kind: Text})
		}
		f.rows = append(f.rows, row[:len(f.columns)])
		if !r.Total {
			f.filled = len(f.rows)
		}
	}
	return f
}
