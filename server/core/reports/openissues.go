package reports

import (
	"cmp"
	"context"
	"math"
	"slices"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// listedIssue is an issue of a list of open ones.
type listedIssue struct {
	store.IssueCourse
	course closure.Course
}

// openIssues are what is overdue at the cut-off, with who was told when, and what is on hold.
func (m *builder) openIssues(ctx context.Context) error {
	overdue, held, err := m.unfixedIssues(ctx)
	if err != nil {
		return err
	}
	if err := m.undone(ctx); err != nil {
		return err
	}
	where, err := m.addresses(ctx, append(slices.Clone(overdue), held...))
	if err != nil {
		return err
	}
	told, err := m.told(ctx, overdue)
	if err != nil {
		return err
	}
	var ids []inspect.ID
	for n := range overdue {
		ids = append(ids, overdue[n].Issue)
	}
	provisional, err := m.provisionalMarks(ctx, ids)
	if err != nil {
		return err
	}
	for n := range overdue {
		i, t := &overdue[n], overdue[n].course.Turn()
		long := t.LongOverdueAt(m.Calendar)
		m.Overdue = append(m.Overdue, OverdueRow{Number: i.Number, Place: where[i.Issue], Category: m.category(i.course.Category),
			Unit: m.units[t.Holder(t.DueAt)].Name, DueAt: t.DueAt.UTC(), Over: m.Calendar.Between(t.DueAt.UTC(), m.CutOff.UTC(), t.Limit.Unit),
			Clock: t.Limit.Unit, Long: long != 0 && long < m.CutOff, Provisional: provisional[i.Issue], Told: told[i.Issue]})
	}
	for n := range held {
		i, t := &held[n], held[n].course.Turn()
		reason, err := m.holdReason(ctx, i.Issue)
		if err != nil {
			return err
		}
		m.Holds = append(m.Holds, HoldRow{Number: i.Number, Place: where[i.Issue], Unit: m.units[t.Holder(t.DueAt)].Name, Until: t.HeldUntil.UTC(), Reason: reason})
	}
	return nil
}

// unfixedIssues are those overdue and those on hold at the cut-off, the oldest deadline first.
func (m *builder) unfixedIssues(ctx context.Context) (overdue, held []listedIssue, err error) {
	take := func(c *store.IssueCourse) error {
		course, ok := closure.CourseOf(c.Moments, m.CutOff)
		if !ok || course.Status != inspect.Assigned || course.Own {
			return nil
		}
		t := course.Turn()
		switch inScope := m.InScope(t.Holder(t.DueAt), course.Area, t.DueAt); {
		case !inScope:
		case t.HeldUntil > m.CutOff:
			held = append(held, listedIssue{*c, course})
		case t.DueAt < min(m.CutOff, m.to) && m.isUndone(&course):
			overdue = append(overdue, listedIssue{*c, course})
		}
		return nil
	}
	if m.CutOff < m.Tx.Now { // as it stood then: no index knows
		err = m.Tx.EachCourseIn(ctx, m.CutOff, m.CutOff+1, take)
		for _, all := range [][]listedIssue{overdue, held} {
			slices.SortStableFunc(all, byDeadline)
		}
		return overdue[:min(len(overdue), overdueListed)], held, err
	}
	most := overdueListed
	if m.Within != nil {
		most = math.MaxInt32 // all are asked whether they belong to the scope
	}
	if err := m.Tx.EachOverdue(ctx, min(m.CutOff, m.to), m.Tx.Now, most, take); err != nil {
		return nil, nil, err
	}
	err = m.Tx.EachOnHold(ctx, m.Tx.Now, take)
	return overdue[:min(len(overdue), overdueListed)], held, err
}

// isUndone says whether an issue counts as due and not as disposed of. One that was closed in the period and reopened after it does not.
func (m *builder) isUndone(c *closure.Course) bool {
	for _, share := range c.Shares(m.View(m.period.Span)) {
		if slices.Contains(share.Counts, closure.Due) {
			return !slices.Contains(share.Counts, closure.Disposed)
		}
	}
	return false
}

// undone are the issues that count as due and not as disposed of and that nobody has to fix.
func (m *builder) undone(ctx context.Context) error {
	var all []listedIssue
	take := func(c *store.IssueCourse) error {
		course, ok := closure.CourseOf(c.Moments, m.CutOff)
		if !ok || course.Own || course.Status == inspect.Assigned || !m.isUndone(&course) {
			return nil
		}
		if t := course.Turn(); m.InScope(t.Holder(t.DueAt), course.Area, t.DueAt) {
			all = append(all, listedIssue{*c, course})
		}
		return nil
	}
	var err error
	if m.CutOff < m.Tx.Now {
		err = m.Tx.EachCourseIn(ctx, m.from, m.CutOff+1, take)
		slices.SortStableFunc(all, byDeadline)
	} else {
		err = m.Tx.EachUndone(ctx, m.from, min(m.CutOff, m.to), take)
	}
	if err != nil {
		return err
	}
	where, err := m.addresses(ctx, all)
	for n := range all {
		i, t := &all[n], all[n].course.Turn()
		row := UndoneRow{Number: i.Number, Place: where[i.Issue], Category: m.category(i.course.Category), Unit: m.units[t.Holder(t.DueAt)].Name}
		if f := i.course.StandingFix(); f != nil {
			row.FixedAt = f.From.UTC()
		}
		m.Undone = append(m.Undone, row)
	}
	return err
}

func byDeadline(a, b listedIssue) int {
	return cmp.Compare(a.course.Turn().DueAt, b.course.Turn().DueAt)
}

func (m *builder) addresses(ctx context.Context, listed []listedIssue) (map[inspect.ID]string, error) {
	var ids []inspect.ID
	for n := range listed {
		ids = append(ids, listed[n].Issue)
	}
	return m.addressesOf(ctx, ids)
}

// told says how often those of each role were told that the issues are overdue.
func (m *builder) told(ctx context.Context, listed []listedIssue) (map[inspect.ID][]Reminder, error) {
	var ids []inspect.ID
	for n := range listed {
		ids = append(ids, listed[n].Issue)
	}
	all, err := m.Tx.NotificationsOf(ctx, ids, inspect.AlertDue, inspect.AlertLate, inspect.AlertLong, "issue.supervised")
	told := map[inspect.ID][]Reminder{}
	for _, t := range all {
		told[t.Issue] = append(told[t.Issue], Reminder{Role: t.Role, Times: t.Times, At: t.At.UTC()})
	}
	for _, some := range told {
		slices.SortFunc(some, func(a, b Reminder) int { return slices.Index(toldOrder, a.Role) - slices.Index(toldOrder, b.Role) })
	}
	return told, err
}

// provisionalMarks are the issues whose overdue mark may still go.
func (m *builder) provisionalMarks(ctx context.Context, ids []inspect.ID) (map[inspect.ID]bool, error) {
	marks := map[inspect.ID]bool{}
	if len(ids) == 0 {
		return marks, nil
	}
	late, err := issues.LateWindow(ctx, m.Tx)
	if err != nil {
		return nil, err
	}
	rows, err := m.Tx.Issues(ctx, ids)
	for n := range rows {
		marks[rows[n].ID] = rows[n].OverdueProvisional(m.Tx.Now, late)
	}
	return marks, err
}

// holdReason is what the office wrote when it granted a hold.
func (m *builder) holdReason(ctx context.Context, issue inspect.ID) (string, error) {
	row, ok, err := m.Tx.Issue(ctx, issue)
	if err != nil || !ok {
		return "", err
	}
	done, err := m.Tx.Actions(ctx, &row)
	if err != nil {
		return "", err
	}
	for _, d := range slices.Backward(done) {
		if d.Kind == inspect.AskHold {
			texts, err := m.Tx.Texts(ctx, d.ID)
			return texts["reason"], err
		}
	}
	return "", nil
}
