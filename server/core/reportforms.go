package core

import (
	"context"
	"fmt"
	"io"
	"strings"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/store"
)

// AsText is the form of a report for a group chat; all others are those of package paper.
const AsText paper.FileFormat = "text"

// ReportLine is an issue behind the figures of a report, in one spell of responsibility, with all that it counts for.
type ReportLine struct {
	Issue    inspect.ID     `json:"issue"`
	Number   string         `json:"number"`
	Unit     inspect.ID     `json:"unit,omitzero"`
	Category string         `json:"category"`
	Area     inspect.ID     `json:"area,omitzero"`
	Status   inspect.Status `json:"status,omitempty"`
	DueAt    inspect.Time   `json:"due_at,omitzero"`
	FixedAt  inspect.Time   `json:"fixed_at,omitzero"`
	ClosedAt inspect.Time   `json:"closed_at,omitzero"`
	Carried  bool           `json:"carried,omitempty"`
	Counts   []string       `json:"counts"`
}

// Counts that are no figures of closure: parts of joint work (协办), by the unit that assists.
const (
	countParts       = "parts"
	countPartsOnTime = "parts_on_time"
)

// LineCounts are the names of all that a line can count for.
func LineCounts() []string {
	return append(closure.CountKeys(), "carried", countParts, countPartsOnTime)
}

// partLines are the parts of joint work that were due in a span until now, each with its issue.
func (a *accounts) partLines(ctx context.Context, span closure.Span) (all []ReportLine, err error) {
	area := inspect.ID{}
	if a.scope.Kind == inspect.AreaSubtree {
		area = a.scope.ID
	}
	parts, err := a.tx.DueParts(ctx, closure.StartOfDay(span.From, a.core.Zone), min(closure.StartOfDay(span.To, a.core.Zone), a.tx.Now), area)
	for _, p := range parts {
		if a.scope.Kind == inspect.UnitSubtree && !a.within[p.Unit] {
			continue
		}
		l := ReportLine{Issue: p.Issue, Number: p.Number, Unit: p.Unit, Category: p.Category, Area: p.Area, Status: p.Status, DueAt: p.DueAt, FixedAt: p.RepliedAt, Counts: []string{countParts}}
		if p.RepliedAt != 0 && p.RepliedAt <= p.DueAt {
			l.Counts = append(l.Counts, countPartsOnTime)
		}
		all = append(all, l)
	}
	return all, err
}

// Lines give the issues behind the figures of a span, in the order in which they were received, then the parts of joint work.
func (a *accounts) lines(ctx context.Context, span closure.Span) (all []ReportLine, err error) {
	err = a.tx.EachFactIn(ctx, closure.StartOfDay(span.From, a.core.Zone), closure.StartOfDay(span.To, a.core.Zone), func(c *store.IssueFact) error {
		l := ReportLine{Issue: c.Issue, Number: c.Number, Unit: c.Unit(), Category: c.Category, Area: c.Area, Status: c.Status, DueAt: c.DueAt, FixedAt: c.FixedAt, ClosedAt: c.ClosedAt}
		if l.Counts, l.Carried = a.countsOf(&c.Fact, span, a.tx.Now); len(l.Counts) > 0 {
			all = append(all, l)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	parts, err := a.partLines(ctx, span)
	return append(all, parts...), err
}

// countsOf are the names of all that a fact counts for in a span and scope, as it stood at a moment, and whether it was carried into the span.
func (a *accounts) countsOf(f *closure.Fact, span closure.Span, at inspect.Time) (names []string, carried bool) {
	s := closure.NewBreakdown()
	for _, d := range f.DeltasIn(span, at, a.calendar) {
		if a.keeps(&d.Cell) {
			s.Add(&d.Cell, span, d.Times)
		}
	}
	for n, times := range s.Total.Counts {
		if key := closure.Count(n).Key(); key != "" && times > 0 {
			names = append(names, key)
		}
	}
	return names, s.Total.Carried > 0
}

// ReportFile is a report that can be written in every form.
type ReportFile struct {
	Week  *Week
	Lines []ReportLine // for a workbook; nil leaves its sheet of issues out
}

// WriteReport writes a report in a form. Pictures that cannot be had leave an empty frame.
func (c *Core) WriteReport(ctx context.Context, f *ReportFile, form paper.FileFormat, out io.Writer) error {
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
		if shown, err = c.pairPictures(ctx, f.Week); err != nil {
			return err
		}
	}
	var behind *paper.Sheet
	if form == paper.AsXLSX && f.Lines != nil {
		behind = f.behind()
	}
	f.Week.Zone = c.Zone
	return f.Week.Document().Write(out, form, shown, behind)
}

// pairPictures are the pictures of the before and after pairs, small enough for paper.
func (c *Core) pairPictures(ctx context.Context, w *Week) (paper.Pictures, error) {
	from := map[string]string{}
	if err := c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, p := range w.Pairs {
			for _, s := range []WeekShot{p.Before, p.After} {
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
	return c.pictures(ctx, from)
}

// behind is the sheet of issues behind the figures.
func (f *ReportFile) behind() *paper.Sheet {
	w := f.Week
	b := &weekBook{Week: w, Formatter: paper.Formatter{Language: w.Language, Zone: w.Zone}}
	units := map[inspect.ID]string{}
	for _, u := range w.Units {
		units[u.ID] = u.Name
	}
	return &paper.Sheet{Name: b.say("案件明细", "Issues"), Columns: []paper.Column{{Head: b.say("编号", "Number")}, {Head: b.say("责任单位", "Unit")}, {Head: b.say("类别", "Category")}, {Head: b.say("状态", "Status")},
		{Head: b.say("期限", "Deadline"), Kind: paper.DateTime}, {Head: b.say("整改时间", "Fixed"), Kind: paper.DateTime}, {Head: b.say("结案时间", "Closed"), Kind: paper.DateTime}, {Head: b.say("结转", "Carried")}, {Head: b.say("计入", "Counts for")}},
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
				if !yield([]paper.Value{b.Text(l.Number), b.Text(units[l.Unit]), b.Text(b.categoryName(l.Category)), b.Text(b.statusName(l.Status)), moment(l.DueAt), moment(l.FixedAt), moment(l.ClosedAt), b.Text(carried),
					b.Text(strings.Join(b.countNames(l.Counts), b.say("、", ", ")))}, nil) {
					return
				}
			}
		}}
}

func (b *weekBook) categoryName(code string) string {
	for _, k := range b.Categories {
		if k.Code == code {
			return k.Name
		}
	}
	return code
}

// statusWords are the states as people read them (the glossary in server/decisions).
var statusWords = map[inspect.Status][2]string{inspect.Reported: {"待派遣", "reported"}, inspect.Assigned: {"整改中", "assigned"}, inspect.Fixed: {"待核查", "fixed"}, inspect.Verified: {"已结案", "verified"},
	inspect.Dismissed: {"已作废", "dismissed"}, inspect.Merged: {"已合并", "merged"}}

func (b *weekBook) statusName(s inspect.Status) string {
	return b.say(statusWords[s][0], statusWords[s][1])
}

// countWords are the counts as people read them.
var countWords = map[string][2]string{
	"received": {"受理", "received"}, "filed": {"立案", "filed"}, "assigned": {"派遣", "assigned"}, "given": {"派给该单位", "given to the unit"}, "due": {"应处置", "due"}, "disposed": {"已处置", "disposed"},
	"on_time": {"按期处置", "on time"}, "waiting": {"待核查", "to be verified"}, "closed": {"已结案", "closed"}, "closed_on_time": {"按期结案", "closed on time"}, "reworked": {"返工", "reworked"},
	"extended": {"延期", "extended"}, "long_overdue": {"严重超期", "long overdue"}, "false_fix": {"虚假整改", "false fix"}, "on_hold": {"挂账", "on hold"}, "own_due": {"单位自报", "reported by the unit itself"},
	"on_the_spot": {"自行处置", "fixed on the spot"}, "returned": {"回退", "returned"}, "shirked": {"推诿", "shirked"}, "dismissed_late": {"派遣后作废", "dismissed after assignment"},
	"assign_due": {"应派遣", "to be assigned"}, "assign_on_time": {"按时派遣", "assigned in time"}, "verify_due": {"应核查", "to be verified in the period"}, "verify_on_time": {"按期核查", "verified in time"},
	countParts: {"协办", "joint work"}, countPartsOnTime: {"按期协办", "joint work in time"},
}

func (b *weekBook) countNames(keys []string) (names []string) {
	for _, k := range keys {
		names = append(names, b.say(countWords[k][0], countWords[k][1]))
	}
	return names
}

// Report computes the report of a period as figures stand now, with the issues behind them where that is asked for.
func (c *Core) Report(ctx context.Context, a *inspect.Actor, ask ReportAsk, withLines bool) (f *ReportFile, err error) {
	err = c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := c.mayOver(ctx, tx, a, inspect.MaySeeReports, ask.Scope); err != nil {
			return err
		}
		f, err = c.reportFile(ctx, tx, ask, withLines)
		return err
	})
	return f, err
}

func (c *Core) reportFile(ctx context.Context, tx *store.Tx, ask ReportAsk, withLines bool) (f *ReportFile, err error) {
	m, err := c.weekReport(ctx, tx, ask)
	if err != nil {
		return nil, err
	}
	f = &ReportFile{Week: m.Week}
	if withLines {
		if f.Lines, err = m.lines(ctx, m.period.Span); err != nil {
			return nil, fmt.Errorf("core: lines of a report: %w", err)
		}
	}
	return f, nil
}
