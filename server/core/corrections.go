package core

import (
	"context"
	"slices"
	"strings"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// correctedReports is how many issued reports of a series are looked at for what changed in them.
const correctedReports = 4

// corrections are what changed in reports of the same series since the last one was computed: each as it stands now at its own cut-off time, less as
// it stood at the event with which it was computed. What was fixed or closed only after that time is no correction.
func (c *Core) corrections(ctx context.Context, tx *store.Tx, w *Week, ask ReportAsk) error {
	issued, err := tx.LastIssuedReports(ctx, w.Kind, ask.Scope.String(), correctedReports)
	if err != nil || len(issued) == 0 {
		return err
	}
	since := issued[0].CutEvent // what came before was corrected in that one
	changed, err := tx.ChangedIssues(ctx, since)
	if err != nil {
		return err
	}
	for n := range issued {
		if err := c.correctionsOf(ctx, tx, w, ask.Scope, &issued[n], since, changed); err != nil {
			return err
		}
	}
	slices.SortStableFunc(w.Corrections, func(a, b WeekCorrection) int { return strings.Compare(a.Number, b.Number) })
	return nil
}

func (c *Core) correctionsOf(ctx context.Context, tx *store.Tx, w *Week, scope Scope, p *store.Publication, since int64, changed map[inspect.ID]bool) error {
	a, err := c.accounts(ctx, tx, scope, 0)
	if err != nil {
		return err
	}
	formula, err := ScoreFormula.In(ctx, tx)
	if err != nil {
		return err
	}
	period, err := c.period(tx, p.Period, &formula)
	if err != nil {
		return err
	}
	b := &weekBook{Week: w}
	seen := map[inspect.ID]bool{}
	lines, err := frozenReport(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	var candidates []inspect.ID
	for _, l := range lines.Lines {
		if changed[l.Issue] && !seen[l.Issue] {
			seen[l.Issue], candidates = true, append(candidates, l.Issue)
		}
	}
	if err := tx.EachFactIn(ctx, closure.StartOfDay(period.From, c.Zone), closure.StartOfDay(period.To, c.Zone), func(f *store.IssueFact) error {
		if changed[f.Issue] && !seen[f.Issue] {
			seen[f.Issue], candidates = true, append(candidates, f.Issue)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, id := range candidates {
		k, err := a.correction(ctx, id, period.Span, p.CutAt, since)
		if err != nil {
			return err
		}
		if k == nil {
			continue
		}
		w.Corrections = append(w.Corrections, WeekCorrection{Report: p.Number, Number: k.number, Figure: strings.Join(b.countNames(k.keys), b.say("、", ", ")),
			Was: b.side(k, k.before), Is: b.side(k, k.after), Why: strings.Join(b.reasons(k.why), b.say("、", ", "))})
	}
	return nil
}

// correctedIssue is what an issue counts for in a period, before and after what happened since.
type correctedIssue struct {
	number        string
	before, after map[string]inspect.ID // unit by count
	keys          []string              // that differ
	why           []string              // types of events
}

// correction compares an issue as it stood at an event with how it stands now, both at the same cut-off time; nil when nothing differs.
func (a *accounts) correction(ctx context.Context, id inspect.ID, span closure.Span, cutAt inspect.Time, since int64) (*correctedIssue, error) {
	k := &correctedIssue{before: map[string]inspect.ID{}, after: map[string]inspect.ID{}}
	var then, now closure.FactHistory
	var i inspect.Issue
	i.ID = id
	taken := false
	for last := int64(0); ; {
		events, err := a.tx.Events(ctx, store.IssueStream(id), last, eventPage)
		if err != nil {
			return nil, err
		}
		for n := range events {
			e := &events[n]
			if e.Seq > since && !taken {
				then, taken = slices.Clone(now), true
			}
			if e.Seq > since && inspect.ChangesIssue(e.Type) && !slices.Contains(k.why, e.Type) {
				k.why = append(k.why, e.Type)
			}
			if err := refold(&i, &now, e); err != nil {
				return nil, err
			}
			last = e.N
		}
		if len(events) < eventPage {
			break
		}
	}
	if !taken {
		return nil, nil
	}
	a.standing(then, span, cutAt, k.before)
	a.standing(now, span, cutAt, k.after)
	for _, key := range closure.CountKeys() {
		was, had := k.before[key]
		is, has := k.after[key]
		if had != has || was != is {
			k.keys = append(k.keys, key)
		}
	}
	if k.number = i.Number; len(k.keys) == 0 {
		return nil, nil
	}
	return k, nil
}

// standing notes under which unit an issue counts for what.
func (a *accounts) standing(book closure.FactHistory, span closure.Span, at inspect.Time, into map[string]inspect.ID) {
	s := closure.NewBreakdown()
	for n := range book {
		for _, d := range book[n].DeltasIn(span, at, a.calendar) {
			if a.keeps(&d.Cell) {
				s.Add(&d.Cell, span, d.Times)
			}
		}
	}
	for unit, f := range s.Units {
		for n, times := range f.Counts {
			if key := closure.Count(n).Key(); key != "" && times > 0 {
				into[key] = unit
			}
		}
	}
}

// side says for each count that differs whether it was counted, and for which unit where the units differ.
func (b *weekBook) side(k *correctedIssue, side map[string]inspect.ID) string {
	var parts []string
	for _, key := range k.keys {
		unit, counted := side[key]
		text := b.say("否", "no")
		if counted {
			text = b.say("是", "yes")
			for _, u := range b.Units {
				if u.ID == unit && k.before[key] != k.after[key] {
					text = u.Name
				}
			}
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, b.say("、", ", "))
}

// reasons are events as people read them.
func (b *weekBook) reasons(types []string) (words []string) {
	for _, t := range types {
		text := eventWords[t]
		if text == [2]string{} {
			text = [2]string{t, t}
		}
		words = append(words, b.say(text[0], text[1]))
	}
	return words
}

// eventWords name what can change a figure afterwards.
var eventWords = map[string][2]string{
	"issue.appeal_decided": {"申诉裁定", "appeal decided"}, "issue.unit_appealed_away": {"申诉改派", "appealed away"}, "issue.merged": {"合并", "merged"}, "issue.unmerged": {"撤销合并", "merge undone"},
	"issue.dismissed": {"作废", "dismissed"}, "issue.fixed": {"整改完成", "fixed"}, "issue.verified": {"核查通过", "verified"}, "issue.verification_failed": {"核查不合格", "failed"}, "issue.false_fix": {"虚假整改", "false fix"},
	"issue.reopened": {"重开", "reopened"}, "issue.returned": {"回退", "returned"}, "issue.extension_granted": {"延期", "extended"}, "issue.hold_granted": {"挂账", "on hold"}, "issue.rescheduled": {"节假日安排变更", "another calendar"},
	"issue.suspended": {"中止计时", "suspended"}, "issue.merged_from": {"并入他案", "another was merged into it"}, "issue.unmerged_from": {"撤销并入", "a merge was undone"}, "issue.passed": {"转派下级", "passed on"},
	"issue.assigned": {"派遣", "assigned"}, "issue.filed": {"立案", "filed"},
}
