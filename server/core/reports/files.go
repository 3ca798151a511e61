package reports

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// AsText is the form of a report for a group chat; all others are those of package paper.
const AsText paper.FileFormat = "text"

// LineCounts are the names of all that a line can count for.
func LineCounts() []string {
	return append(closure.CountKeys(), figures.CountParts, figures.CountPartsOnTime)
}

// File is a report that can be written in every form.
type File struct {
	Week  *Report
	Lines []figures.Line // for a workbook; nil leaves its sheet of issues out
}

// WriteReport writes a report in a form. Pictures that cannot be had leave an empty frame.
func (svc *Service) WriteReport(ctx context.Context, f *File, form paper.FileFormat, out io.Writer) error {
	if form == AsText {
		_, err := io.WriteString(out, f.Week.Short())
		return err
	}
	if form.MediaType() == "" {
		return inspect.ErrNoForm
	}
	var shown paper.Pictures
	if form == paper.AsPDF || form == paper.AsDOCX || form == paper.AsHTML {
		var err error
		if shown, err = svc.pairPictures(ctx, f.Week); err != nil {
			return err
		}
	}
	var behind *paper.Sheet
	if form == paper.AsXLSX && f.Lines != nil {
		behind = f.behind()
	}
	f.Week.Zone = svc.zone
	return f.Week.Document().Write(out, form, shown, behind)
}

// pairPictures are the pictures of the before and after pairs, small enough for paper.
func (svc *Service) pairPictures(ctx context.Context, w *Report) (paper.Pictures, error) {
	from := map[string]string{}
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, p := range append(slices.Clone(w.Pairs), w.LeftPairs...) {
			for _, s := range []PairPhoto{p.Before, p.After} {
				id, err := inspect.ParseID(s.ID)
				if err != nil {
					return err
				}
				v, ok, err := tx.Rendition(ctx, id, "display")
				if err != nil {
					return err
				}
				if ok {
					from[s.ID] = v.SHA256
				}
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return svc.notices.Pictures(ctx, from)
}

// behind is the sheet of issues behind the figures.
func (f *File) behind() *paper.Sheet {
	w := f.Week
	b := &renderer{Report: w, Formatter: paper.Formatter{Language: w.Language, Zone: w.Zone}}
	units := map[inspect.ID]string{}
	for _, u := range w.Units {
		units[u.ID] = u.Name
	}
	return &paper.Sheet{Name: b.say("案件明细", "Issues"), Columns: []paper.Column{{Head: b.say("编号", "Number")}, {Head: b.say("责任单位", "Unit")},
		{Head: b.say("类别", "Category")}, {Head: b.say("状态", "Status")},
		{Head: b.say("期限", "Deadline"), Kind: paper.DateTime}, {Head: b.say("整改时间", "Fixed"), Kind: paper.DateTime},
		{Head: b.say("结案时间", "Closed"), Kind: paper.DateTime}, {Head: b.say("结转", "Carried")}, {Head: b.say("计入", "Counts for")}},
		Rows: func(yield func([]paper.Value, error) bool) {
			for n := range f.Lines {
				l := &f.Lines[n]
				carried := ""
				if l.Carried {
					carried = b.say("是", "yes")
				}
				moment := func(t inspect.Time) paper.Value {
					if t == 0 {
						return b.Text("")
					}
					return b.At(t.UTC())
				}
				if !yield([]paper.Value{b.Text(l.Number), b.Text(units[l.Unit]), b.Text(b.categoryName(l.Category)), b.Text(b.statusName(l.Status)),
					moment(l.DueAt), moment(l.FixedAt), moment(l.ClosedAt), b.Text(carried),
					b.Text(strings.Join(b.countNames(l.Counts), b.say("、", ", ")))}, nil) {
					return
				}
			}
		}}
}

func (b *renderer) categoryName(code string) string {
	for _, k := range b.Categories {
		if k.Code == code {
			return k.Name
		}
	}
	return code
}

func (b *renderer) statusName(s inspect.Status) string {
	return b.say(issues.StatusWords[s][0], issues.StatusWords[s][1])
}

// countWords are the counts as people read them.
var countWords = map[string][2]string{
	"received": {"受理", "received"}, "filed": {"立案", "filed"}, "assigned": {"派遣", "assigned"}, "given": {"派给该单位", "given to the unit"},
	"due": {"应处置", "due"}, "disposed": {"已处置", "disposed"},
	"on_time": {"按期处置", "on time"}, "waiting": {"待核查", "to be verified"}, "closed": {"已结案", "closed"}, "closed_on_time": {"按期结案", "closed on time"}, "reworked": {"返工", "reworked"},
	"extended": {"延期", "extended"}, "long_overdue": {"严重超期", "long overdue"}, "false_fix": {"虚假整改", "false fix"}, "on_hold": {"挂账", "on hold"},
	"own_due":     {"单位自报", "reported by the unit itself"},
	"on_the_spot": {"自行处置", "fixed on the spot"}, "returned": {"回退", "returned"}, "shirked": {"推诿", "shirked"}, "dismissed_late": {"派遣后作废", "dismissed after assignment"},
	"assign_due": {"应派遣", "to be assigned"}, "assign_on_time": {"按时派遣", "assigned in time"}, "verify_due": {"应核查", "to be verified in the period"},
	"verify_on_time": {"按期核查", "verified in time"}, "due_to_close": {"应结案", "due to close"}, "closed_of_due": {"应处置中已结案", "closed of those due"},
	"carried": {"结转", "carried over"}, "carried_to_close": {"应结案结转", "carried over to close"}, "reopened": {"结案后重开", "reopened"},
	"open": {"在手", "open"}, "overdue": {"超期在办", "overdue"},
	figures.CountParts: {"协办", "joint work"}, figures.CountPartsOnTime: {"按期协办", "joint work in time"},
}

func (b *renderer) countNames(keys []string) (names []string) {
	for _, k := range keys {
		names = append(names, b.say(countWords[k][0], countWords[k][1]))
	}
	return names
}

// Detail says how much of a report is read.
type Detail int

// The figures alone, or with the issues behind each of them.
const (
	FiguresOnly Detail = iota
	WithIssues
)

// DetailOf is what a form of a report shows: a workbook lists the issues too.
func DetailOf(form paper.FileFormat) Detail {
	if form == paper.AsXLSX {
		return WithIssues
	}
	return FiguresOnly
}

// Report computes the report of a period as figures stand now, with the issues behind them where that is asked for.
func (svc *Service) Report(ctx context.Context, a *inspect.Actor, ask Request, detail Detail) (f *File, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := svc.mayOver(ctx, tx, a, ask.Genre.need(), ask.Scope); err != nil {
			return err
		}
		f, err = svc.reportFile(ctx, tx, ask, detail)
		return err
	})
	return f, err
}

func (svc *Service) reportFile(ctx context.Context, tx *store.Tx, ask Request, detail Detail) (f *File, err error) {
	m, err := svc.build(ctx, tx, ask)
	if err != nil {
		return nil, err
	}
	f = &File{Week: m.Report}
	if detail == WithIssues {
		if f.Lines, err = m.Lines(ctx, m.period.Span); err != nil {
			return nil, fmt.Errorf("reports: lines of a report: %w", err)
		}
		f.Lines = slices.DeleteFunc(f.Lines, func(l figures.Line) bool { return !l.InPeriod() })
	}
	return f, nil
}
