package inspections

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/score"
	"spotcheck/pkg/table"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

// standardColumns are the columns of a table of a standard, each with its names in Chinese and its most characters.
var standardColumns = []struct {
	name string
	also string
	most int
	read func(*standardReader, *inspect.StandardItem, string) error
}{
	{"section", "部分 章节 分类 检查项目", 100, func(r *standardReader, i *inspect.StandardItem, text string) error {
		if text != "" { // a merged cell holds for the rows below as well
			r.section = text
		}
		i.Section = r.section
		return nil
	}},
	{"code", "编号 序号", 20, func(r *standardReader, i *inspect.StandardItem, text string) error {
		if i.Code = text; text == "" {
			i.Code = strconv.Itoa(len(r.items) + 1)
		}
		return nil
	}},
	{"text", "检查内容 内容 检查标准", 500, func(_ *standardReader, i *inspect.StandardItem, text string) error {
		if i.Text = text; text == "" {
			return errors.New("is empty")
		}
		return nil
	}},
	{"points", "分值 满分 分数", 20, func(_ *standardReader, i *inspect.StandardItem, text string) error { return points(text, &i.Points) }},
	{"deduction", "扣分 每处扣分", 20, func(_ *standardReader, i *inspect.StandardItem, text string) error { return points(text, &i.Deduction) }},
	{"cap", "扣分上限 最多扣分", 20, func(_ *standardReader, i *inspect.StandardItem, text string) error { return points(text, &i.Cap) }},
	{"veto", "一票否决 否决项", 10, func(_ *standardReader, i *inspect.StandardItem, text string) error { return ticked(text, &i.Veto) }},
	{"photo_needed", "需拍照 拍照", 10, func(_ *standardReader, i *inspect.StandardItem, text string) error {
		return ticked(text, &i.PhotoNeeded)
	}},
	{"may_not_apply", "可不适用 合理缺项", 10, func(_ *standardReader, i *inspect.StandardItem, text string) error {
		return ticked(text, &i.MayNotApply)
	}},
	{"category", "问题类别 类别编码", 100, func(r *standardReader, i *inspect.StandardItem, text string) error {
		if text == "" || r.categories == nil {
			i.Category = text
			return nil
		}
		codes := r.categories[text]
		switch len(codes) {
		case 0:
			return errors.New("the catalogue has no such item, or it is switched off")
		case 1:
			i.Category = codes[0]
			return nil
		}
		return fmt.Errorf("%d items have this name: give its code", len(codes))
	}},
}

// standardNeeds are the columns that no table of a standard goes without.
var standardNeeds = []string{"text", "points"}

// points reads a number of points, as sheets write it: 5, 2.5, 5分; nothing is 0.
func points(text string, into *score.Points) error {
	text = strings.TrimSpace(strings.TrimSuffix(text, "分"))
	if text == "" {
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err == nil {
		*into, err = score.PointsOf(f)
	}
	if err != nil {
		return errors.New("want points from 0 on with at most two decimals")
	}
	return nil
}

// ticks are how tables say yes and no.
var ticks = map[string]bool{"": false, "否": false, "no": false, "false": false, "0": false, "是": true, "√": true, "✓": true, "yes": true, "true": true, "1": true}

func ticked(text string, into *bool) error {
	yes, known := ticks[strings.ToLower(text)]
	if *into = yes; !known {
		return errors.New("want 是 or 否")
	}
	return nil
}

// standardReader reads a table of a standard.
type standardReader struct {
	categories map[string][]string // by code and by name; nil to take any code
	places.TableFaults
	section string
	items   []inspect.StandardItem
	met     map[string]int // code → row
}

// ReadStandard reads the items of a standard from a table: all of it or, if something is wrong anywhere, nothing. It keeps nothing: whoever sent it looks at
// the items and saves them as a draft.
func (svc *Service) ReadStandard(ctx context.Context, a *inspect.Actor, file places.TableFile) ([]inspect.StandardItem, error) {
	if !a.MayThroughout(inspect.MayKeepStandards, inspect.Jurisdiction{}) {
		return nil, inspect.ErrForbidden
	}
	r := standardReader{categories: map[string][]string{}, met: map[string]int{}}
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.Categories(ctx)
		for _, c := range all {
			if !c.Enabled {
				continue
			}
			for _, name := range []string{c.Code, c.NameZH, c.NameEN} {
				if name != "" && !slices.Contains(r.categories[name], c.Code) {
					r.categories[name] = append(r.categories[name], c.Code)
				}
			}
		}
		return err
	}); err != nil {
		return nil, err
	}
	if err := r.table(ctx, svc.tables, file); err != nil {
		return nil, err
	}
	if wrong := r.Faults(); len(wrong) > 0 {
		return nil, inspect.ErrStandardTable.At(wrong...)
	}
	return r.items, nil
}

// table reads all rows and notes everything that is wrong.
func (r *standardReader) table(ctx context.Context, read table.Reader, file places.TableFile) error {
	var columns []table.Column
	for _, c := range standardColumns {
		columns = append(columns, table.Column{Name: c.name, Also: strings.Fields(c.also), Needed: slices.Contains(standardNeeds, c.name)})
	}
	err := places.ReadRows(ctx, read, file, columns, r.row, r.Fail)
	if err == nil && len(r.Faults()) == 0 && len(r.items) == 0 {
		r.Fail(1, "", "the table has no items")
	}
	return err
}

func (r *standardReader) row(row *table.Record) {
	var i inspect.StandardItem
	before := len(r.Faults())
	for _, c := range standardColumns {
		r.Cell(row, c.name, c.most, func(text string) error { return c.read(r, &i, text) })
	}
	if len(r.Faults()) > before {
		return
	}
	switch first := r.met[i.Code]; {
	case first > 0:
		r.Fail(row.N, "code", fmt.Sprintf("stands in row %d as well", first))
	case len(r.items) == inspect.MostItems:
		r.Fail(row.N, "", fmt.Sprintf("a standard has at most %d items", inspect.MostItems))
	case i.Points == 0 && !i.Veto:
		r.Fail(row.N, "points", "an item without points is a veto item")
	case i.Deduction > i.Points:
		r.Fail(row.N, "deduction", "a finding deducts no more than the item has")
	case i.Cap > i.Points:
		r.Fail(row.N, "cap", "findings deduct no more than the item has")
	}
	r.met[i.Code] = row.N
	r.items = append(r.items, i)
}
