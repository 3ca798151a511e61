package reports

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// How many lines each list of a report has at most.
const (
	roadsListed   = 20
	overdueListed = 500
	pairsListed   = 6
	lateListed    = 200
	backListed    = 200
	placesListed  = 20
)

func definition(name, text string) paper.Definition { return paper.Definition{Term: name, Text: text} }

// roads are the road sections with the most issues per kilometre.
func (m *builder) roads(ctx context.Context) error {
	s, err := m.Sheet(ctx, m.period.Span, store.RollUpAreas)
	if err != nil {
		return err
	}
	t, err := m.reports.places.AreaIndexIn(ctx, m.Tx)
	if err != nil {
		return err
	}
	for id, f := range s.Areas {
		area := t.Areas[id]
		if area == nil || area.Level != "road" || f.Counts[closure.Received] == 0 {
			continue
		}
		r := RoadRow{Name: area.Name, Issues: f.Counts[closure.Received]}
		if above := t.Areas[area.Parent]; above != nil {
			r.Area = above.Name
		}
		if shape := t.Shapes[area.Outline]; shape != nil {
			r.Metres = shape.Length()
		}
		m.Roads = append(m.Roads, r)
	}
	perKM := func(r *RoadRow) float64 {
		if r.Metres <= 0 {
			return 0
		}
		return float64(r.Issues) / r.Metres
	}
	slices.SortFunc(m.Roads, func(a, b RoadRow) int {
		return cmp.Or(cmp.Compare(perKM(&b), perKM(&a)), cmp.Compare(b.Issues, a.Issues), cmp.Compare(a.Name, b.Name))
	})
	m.Roads = m.Roads[:min(len(m.Roads), roadsListed)]
	return nil
}

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

func (m *builder) addressesOf(ctx context.Context, ids []inspect.ID) (map[inspect.ID]string, error) {
	where := map[inspect.ID]string{}
	if len(ids) == 0 {
		return where, nil
	}
	texts, err := m.Tx.TextsOf(ctx, ids, "address")
	for id, t := range texts {
		where[id] = t["address"]
	}
	return where, err
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

// toldOrder is in which order a report names the roles that were told.
var toldOrder = []inspect.Role{inspect.UnitRole, inspect.Office, inspect.Leader, inspect.Inspector, inspect.Admin, ""}

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

// pairs are fixes with a photo before and one after, spread over the units.
func (m *builder) pairs(ctx context.Context) error {
	rows, err := m.Tx.ClosedIssues(ctx, m.from, min(m.to, m.Tx.Now), 10*pairsListed)
	if err != nil {
		return err
	}
	taken := map[inspect.ID]bool{}
	for _, again := range []bool{false, true} { // first one of each unit
		for n := range rows {
			row := &rows[n]
			if len(m.Pairs) == pairsListed || row.ID.IsZero() || taken[row.Unit] != again || !m.InScope(row.Unit, row.Area, row.DueAt) {
				continue
			}
			pair, ok, err := m.pair(ctx, row)
			if err != nil {
				return err
			}
			if ok {
				m.Pairs = append(m.Pairs, pair)
			}
			taken[row.Unit], row.ID = true, inspect.ID{}
		}
	}
	return nil
}

func (m *builder) pair(ctx context.Context, row *store.IssueRow) (p PhotoPair, ok bool, err error) {
	photos, err := m.Tx.Photos(ctx, row.ID)
	if err != nil {
		return p, false, err
	}
	shot := func(kind inspect.PhotoKind, used bool) (s PairPhoto) {
		for _, photo := range photos {
			if photo.Kind == kind && photo.State == inspect.PhotoSafe && photo.Renditions == inspect.RenditionReady && (!used || !photo.UsedBy.IsZero()) {
				at := photo.CorrectedCapture()
				s = PairPhoto{ID: photo.ID.String(), SHA256: photo.SHA256, At: cmp.Or(at, photo.ReceivedAt).UTC(), Received: at == 0}
				if !used {
					break // the first of the report, the last of the fix
				}
			}
		}
		return s
	}
	before, after := shot(inspect.PhotoReport, false), shot(inspect.PhotoAfter, true)
	if before.ID == "" || after.ID == "" {
		return p, false, nil
	}
	where, err := m.addressesOf(ctx, []inspect.ID{row.ID})
	return PhotoPair{Number: row.Number, Place: where[row.ID], Category: m.category(row.Category), Unit: m.units[row.Unit].Name, Before: before, After: after}, true, err
}

// cameBack are places where the same came back: chains of recurrences that got another link in the period.
func (m *builder) cameBack(ctx context.Context) error {
	rows, err := m.Tx.RecurrencesReported(ctx, m.from, m.to, backListed)
	if err != nil {
		return err
	}
	seen := map[inspect.ID]bool{}
	for n := range rows {
		row := &rows[n]
		if seen[row.ID] || !m.InScope(row.Unit, row.Area, row.ReceivedAt) {
			continue
		}
		p := PlaceRow{Category: m.category(row.Category), Unit: m.units[row.Unit].Name, LastAt: row.ReceivedAt.UTC(), Times: 1}
		first := row.ReceivedAt
		for before := row.RecurrenceOf; !before.IsZero() && p.Times < 100; p.Times++ {
			seen[before] = true
			old, ok, err := m.Tx.Issue(ctx, before)
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			first, before = old.ReceivedAt, old.RecurrenceOf
		}
		p.Days = int64(row.ReceivedAt.Sub(first)/(24*time.Hour)) + 1
		where, err := m.addressesOf(ctx, []inspect.ID{row.ID})
		if err != nil {
			return err
		}
		p.Name = cmp.Or(where[row.ID], row.Number)
		m.Places = append(m.Places, p)
	}
	slices.SortStableFunc(m.Places, func(a, b PlaceRow) int { return cmp.Compare(b.Times, a.Times) })
	m.Places = m.Places[:min(len(m.Places), placesListed)]
	return nil
}

// suspended are the times of the period in which the office stopped clocks.
func (m *builder) suspended(ctx context.Context) error {
	all, err := m.Tx.Suspensions(ctx, m.from)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(s inspect.Suspension) bool {
		return s.From >= m.to || !m.InScope(inspect.ID{}, s.Area, m.from) && m.Reader.Scope.Kind == inspect.AreaSubtree && !s.Area.IsZero()
	})
	if len(all) == 0 {
		return nil
	}
	first := slices.MinFunc(all, func(a, b inspect.Suspension) int { return cmp.Compare(a.CreatedAt, b.CreatedAt) })
	stopped, err := m.Tx.SuspendedIssueCounts(ctx, first.CreatedAt)
	if err != nil {
		return err
	}
	for _, s := range all {
		w := SuspensionRow{From: s.From.UTC(), To: s.To.UTC(), Area: m.say("全市", "The whole city"), What: m.say("全部类别", "all categories"), Reason: s.Reason, Issues: stopped[s.ID]}
		if !s.Area.IsZero() {
			area, _, err := m.Tx.Area(ctx, s.Area)
			if err != nil {
				return err
			}
			w.Area = area.Name
		}
		if len(s.Categories) > 0 {
			var names []string
			for _, code := range s.Categories {
				names = append(names, m.category(code))
			}
			w.What = strings.Join(names, m.say("、", ", "))
		}
		m.Suspensions = append(m.Suspensions, w)
	}
	return nil
}

// lateArrivals are actions that count at the time at which they were done.
func (m *builder) lateArrivals(ctx context.Context) error {
	all, err := m.Tx.LateArrivals(ctx, m.from, m.to, lateListed)
	if err != nil {
		return err
	}
	for _, l := range all {
		if m.InScope(l.Unit, l.Area, l.CreditedAt) {
			m.Late = append(m.Late, LateRow{Number: l.Number, Unit: m.units[l.Unit].Name, What: m.say(actionWords[l.Kind].zh, actionWords[l.Kind].en),
				DoneAt: l.CreditedAt.UTC(), ReceivedAt: l.ReceivedAt.UTC()})
		}
	}
	return nil
}

// actionWords name the actions that can come late.
var actionWords = map[inspect.Action]struct{ zh, en string }{
	inspect.Fix: {"整改完成", "fixed"}, inspect.Return: {"回退", "returned"}, inspect.Verify: {"核查", "verified"}, inspect.OnTheSpotFix: {"自行处置", "fixed on the spot"},
	inspect.AskExtension: {"申请延期", "more time asked for"}, inspect.AskHold: {"申请挂账", "hold asked for"}, inspect.FieldCheck: {"核实", "looked"},
}
