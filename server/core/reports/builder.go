package reports

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/notices"
	"spotcheck/server/store"
)

// Request is a report as somebody wants it.
type Request struct {
	Period   string // as closure.ParsePeriod reads it
	Scope    figures.Scope
	Language inspect.Language
	Genre    Genre
	CutOff   inspect.Time // up to which everything counts; now when 0
}

// trendWeeks is how many periods the chart of a report goes back.
const trendWeeks = 8

// mayOver says whether somebody has a permission over everything in a scope.
func (svc *Service) mayOver(ctx context.Context, tx *store.Tx, a *inspect.Actor, need inspect.Permission, s figures.Scope) (err error) {
	var w inspect.Jurisdiction
	switch s.Kind {
	case inspect.UnitSubtree:
		if _, ok, err := tx.Unit(ctx, s.ID); err != nil || !ok {
			return figures.OrElse(err, inspect.UnknownField("/scope", "there is no such unit"))
		}
		w.Units, err = tx.SelfAndAncestors(ctx, store.UnitTree, s.ID)
	case inspect.AreaSubtree:
		if _, ok, err := tx.Area(ctx, s.ID); err != nil || !ok {
			return figures.OrElse(err, inspect.UnknownField("/scope", "there is no such area"))
		}
		w.Areas, err = tx.SelfAndAncestors(ctx, store.AreaTree, s.ID)
	}
	if err == nil && !a.MayThroughout(need, w) {
		err = inspect.ErrForbidden
	}
	return err
}

// builder collects what a report says.
type builder struct {
	reports *Service
	*figures.Reader
	*Report
	formula  closure.Formula
	period   closure.Period
	from, to inspect.Time
	names    issues.Names
	units    map[inspect.ID]inspect.Unit
}

func (svc *Service) build(ctx context.Context, tx *store.Tx, ask Request) (*builder, error) {
	formula, err := figures.ScoreFormula.In(ctx, tx)
	if err != nil {
		return nil, err
	}
	city, err := city.Name.In(ctx, tx)
	if err != nil {
		return nil, err
	}
	m := &builder{reports: svc, formula: formula, units: map[inspect.ID]inspect.Unit{}}
	if m.period, err = svc.period(tx, ask.Period, &m.formula); err != nil {
		return nil, err
	}
	if m.Reader, err = svc.read(ctx, tx, ask, m.period); err != nil {
		return nil, err
	}
	m.from, m.to = closure.StartOfDay(m.period.From, svc.zone), closure.StartOfDay(m.period.To, svc.zone)
	m.Report = &Report{Language: ask.Language, Zone: svc.zone, Kind: m.period.Kind, Name: m.period.Name, City: city, ISO: m.period.ISO(), From: m.from.UTC(), To: m.to.UTC(),
		CutAt: m.CutOff.UTC(), Unfinished: m.to > m.CutOff, FormulaVersion: closure.Version, Formula: m.formula.Text(ask.Language)}
	if n := m.period.Number(); n > 0 && m.ISO == "" {
		m.Issue = fmt.Sprintf("第%d期", n)
	}
	if m.CutEvent, err = tx.LastSeq(ctx); err != nil {
		return nil, err
	}
	for _, part := range []func(context.Context) error{m.head, m.figures, m.barred, m.roads, m.openIssues, m.pairs, m.cameBack, m.suspended, m.lateArrivals, m.plans, m.replies} {
		if err := part(ctx); err != nil {
			return nil, fmt.Errorf("reports: report of %s: %w", m.period.Name, err)
		}
	}
	m.define()
	return m, m.ofGenre(ctx, ask.Genre)
}

// period reads a period that has begun.
func (svc *Service) period(tx *store.Tx, text string, f *closure.Formula) (closure.Period, error) {
	p, err := closure.ParsePeriod(text, time.Weekday(f.WeekStart))
	if err == nil && closure.StartOfDay(p.From, svc.zone) > tx.Now {
		err = inspect.ErrPeriodFuture
	}
	return p, err
}

// read begins to read figures as they stood at the cut-off that somebody wants, which lies in the period or after it.
func (svc *Service) read(ctx context.Context, tx *store.Tx, ask Request, p closure.Period) (*figures.Reader, error) {
	if ask.CutOff > tx.Now {
		return nil, inspect.InvalidField("/cut_off", "the cut-off is not in the future")
	}
	if ask.CutOff != 0 && ask.CutOff < closure.StartOfDay(p.From, svc.zone) {
		return nil, inspect.InvalidField("/cut_off", "the cut-off is not before the period")
	}
	return svc.figures.Read(ctx, tx, ask.Scope, ask.CutOff)
}

// head is who issues the report, and whose it is.
func (m *builder) head(ctx context.Context) error {
	if office, ok, err := notices.OfficeNamed(ctx, m.Tx, ""); err != nil {
		return err
	} else if ok {
		m.Office = office.Name
	}
	units, err := m.Tx.Units(ctx)
	if err != nil {
		return err
	}
	for _, u := range units {
		m.units[u.ID] = u
	}
	categories, err := m.Tx.Categories(ctx)
	if err != nil {
		return err
	}
	m.names.Categories = map[string]inspect.Category{}
	for _, k := range categories {
		m.names.Categories[k.Code] = k
	}
	switch m.Reader.Scope.Kind {
	case inspect.UnitSubtree:
		m.Report.Scope = m.units[m.Reader.Scope.ID].Name
	case inspect.AreaSubtree:
		area, _, err := m.Tx.Area(ctx, m.Reader.Scope.ID)
		m.Report.Scope = area.Name
		return err
	default:
		m.Report.Scope = m.say("全市", "The whole city")
	}
	return nil
}

func (m *builder) say(chinese, english string) string {
	if m.Report.Language == inspect.English {
		return english
	}
	return chinese
}

func (m *builder) category(code string) string {
	k := m.names.Categories[code]
	return cmp.Or(m.say(k.NameZH, k.NameEN), code)
}

// figures are those of the period, of the one before, and of the year before.
func (m *builder) figures(ctx context.Context) error {
	first := time.Weekday(m.formula.WeekStart)
	now, err := m.Sheet(ctx, m.period.Span, store.RollUpUnits, store.RollUpCategories)
	if err != nil {
		return err
	}
	if err := m.AddFixTimes(ctx, now, m.period.Span); err != nil {
		return err
	}
	before, err := m.period.Before(first)
	if err != nil {
		return err
	}
	then, err := m.previous(ctx, before)
	if err != nil {
		return err
	}
	m.Now, m.Before, m.Compared = m.of(&now.Total), then.Now, then.Compared
	m.rank(now, then)
	if err := m.assisting(ctx); err != nil {
		return err
	}
	m.byCategory(now, then)
	if year, err := m.period.YearBefore(first); err == nil && !m.slowly(closure.Month) && !m.Unfinished {
		s, err := m.Sheet(ctx, year.Span)
		if err != nil {
			return err
		}
		if !s.Total.IsEmpty() {
			f := m.of(&s.Total)
			m.LastYear = &f
		}
	}
	return m.trend(ctx, before, then)
}

// of turns counts into what a report says of them. A unit receives what is assigned to it.
func (m *builder) of(f *closure.Figures) Figures {
	w := figuresFrom(f)
	if m.Reader.Scope.Kind == inspect.UnitSubtree {
		w.Received, w.Filed, w.Assigned = f.Counts[closure.AssignedToUnit], f.Counts[closure.AssignedToUnit], f.Counts[closure.AssignedToUnit]
	}
	return w
}

func figuresFrom(f *closure.Figures) Figures {
	c := &f.Counts
	w := Figures{
		Received: c[closure.Received], Filed: c[closure.Filed], Assigned: c[closure.Assigned], Due: c[closure.Due], New: f.NewlyDue(), Carried: c[closure.Carried],
		DueToClose: c[closure.DueToClose], CarriedToClose: c[closure.CarriedToClose], Reopened: c[closure.Reopened], Open: c[closure.Open],
		Overdue:  c[closure.Overdue],
		Disposed: c[closure.Disposed], OnTime: c[closure.OnTime], Waiting: c[closure.AwaitingVerification], Closed: c[closure.Closed], ClosedTimed: c[closure.ClosedOnTime],
		Rework: c[closure.Reworked], Extended: c[closure.Extended], LongOverdue: c[closure.LongOverdue], FalseFixes: c[closure.FalseFix], OnHold: c[closure.OnHold],
		Returned: c[closure.Returned], Shirked: c[closure.Shirked], OnTheSpot: c[closure.OnTheSpot], Own: c[closure.OwnDue], DismissedLate: c[closure.DismissedLate],
		Assigning: Ratio{c[closure.AssignOnTime], c[closure.AssignDue]}, Verifying: Ratio{c[closure.VerifyOnTime], c[closure.VerifyDue]},
		Holding: Ratio{c[closure.OnHold], c[closure.Open]}, Returning: Ratio{c[closure.Returned], c[closure.AssignedToUnit]},
	}
	w.Median, w.HasMedian = f.MedianToFix()
	w.Found, _ = f.MedianFromDiscovery()
	return w
}

// rank gives every unit of which something is counted its figures, score and rank.
func (m *builder) rank(now *closure.Breakdown, then *previous) {
	m.Units = m.ranked(m.Reader, now, m.period.Span)
	for n := range m.Units {
		u := &m.Units[n]
		if before, ok := then.units[u.ID]; ok {
			u.Before, u.RankBefore = &before.Now, before.Rank
		}
	}
}

// ranked are the units of which something is counted, in the order of a report.
func (m *builder) ranked(a *figures.Reader, s *closure.Breakdown, span closure.Span) (rows []UnitRow) {
	var all []*closure.RankedUnit
	byUnit := map[inspect.ID]*closure.RankedUnit{}
	for id, f := range s.Units {
		u, ok := m.units[id]
		if !ok {
			continue
		}
		score, _ := m.formula.Score(&f.Counts)
		r := &closure.RankedUnit{PeerGroup: a.PeerGroup(&u, span), Name: u.Name, Due: f.Counts[closure.Due], Score: score}
		all, byUnit[id] = append(all, r), r
	}
	closure.Rank(all, m.least())
	for id, r := range byUnit {
		f := s.Units[id]
		u := UnitRow{ID: id, Group: r.PeerGroup, Name: r.Name, Now: figuresFrom(f), Score: r.Score, Rank: r.Rank}
		u.Now.Received = f.Counts[closure.AssignedToUnit]
		_, u.HasScore = m.formula.Score(&f.Counts)
		rows = append(rows, u)
	}
	sortUnits(rows)
	return rows
}

// assisting gives every unit the parts of joint work that were due until now, also those that had nothing else.
func (m *builder) assisting(ctx context.Context) error {
	area := inspect.ID{}
	if m.Reader.Scope.Kind == inspect.AreaSubtree {
		area = m.Reader.Scope.ID
	}
	err := m.Tx.CountDueParts(ctx, m.from, min(m.to, m.CutOff), area, func(unit inspect.ID, due, onTime int64) {
		if !m.UnitInScope(unit, m.from) {
			return
		}
		at := slices.IndexFunc(m.Units, func(u UnitRow) bool { return u.ID == unit })
		if at < 0 {
			at = len(m.Units)
			u := m.units[unit]
			m.Units = append(m.Units, UnitRow{ID: unit, Group: m.PeerGroup(&u, m.period.Span), Name: u.Name})
		}
		m.Units[at].Now.Assisting = Ratio{onTime, due}
		m.Now.Assisting.N, m.Now.Assisting.Of = m.Now.Assisting.N+onTime, m.Now.Assisting.Of+due
	})
	sortUnits(m.Units)
	return err
}

// sortUnits puts units into the order of the report: by group, then by rank.
func sortUnits(all []UnitRow) {
	slices.SortFunc(all, func(a, b UnitRow) int {
		last := func(u *UnitRow) int {
			if u.Rank == 0 {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(a.Group, b.Group), last(&a)-last(&b), cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Name, b.Name))
	})
}

// least is how many issues due a unit needs for a rank: the number for a week, in proportion.
func (m *builder) least() int64 {
	days := int64(m.period.To - m.period.From)
	return max((m.formula.LeastDue*days+6)/7, 1)
}

func (m *builder) byCategory(now *closure.Breakdown, then *previous) {
	for code, f := range now.Categories {
		k := CategoryRow{Code: code, Name: m.category(code), Now: figuresFrom(f)}
		if before, ok := then.categories[code]; ok {
			k.Before = &before
		}
		m.Categories = append(m.Categories, k)
	}
	slices.SortFunc(m.Categories, func(a, b CategoryRow) int {
		return cmp.Or(cmp.Compare(b.Now.Received, a.Now.Received), cmp.Compare(a.Code, b.Code))
	})
}

// slowly says whether a period is longer than a kind and its scope an area, of which there are no sums: older periods would be counted from all
// their facts.
func (m *builder) slowly(than closure.PeriodKind) bool {
	return m.Reader.Scope.Kind == inspect.AreaSubtree && slices.Index(closure.PeriodKinds, m.period.Kind) > slices.Index(closure.PeriodKinds, than)
}

// trend is the rates of the periods before; the last two are known already.
func (m *builder) trend(ctx context.Context, before closure.Period, then *previous) error {
	point := func(p closure.Period, w *Figures) TrendWeek {
		return TrendWeek{Label: p.Name[min(5, len(p.Name)-1):], Disposal: w.disposal(), OnTime: w.onTime()}
	}
	if then.Now == nil || m.period.Kind == closure.Year || m.period.Kind == closure.Between || m.slowly(closure.TenDays) {
		return nil
	}
	all := []TrendWeek{point(m.period, &m.Now), point(before, then.Now)}
	for p := before; len(all) < trendWeeks; {
		var err error
		if p, err = p.Before(time.Weekday(m.formula.WeekStart)); err != nil {
			break // before there were periods
		}
		s, err := m.Sheet(ctx, p.Span)
		if err != nil {
			return err
		}
		if s.Total.IsEmpty() {
			break
		}
		w := figuresFrom(&s.Total)
		all = append(all, point(p, &w))
	}
	slices.Reverse(all)
	m.Trend = all
	return nil
}

// define prints every formula in words.
func (m *builder) define() {
	for n := range closure.Indicators {
		i := &closure.Indicators[n]
		m.Definitions = append(m.Definitions, definition(m.say(i.ZH, i.EN), m.say(i.FormulaZH, i.FormulaEN)))
	}
	m.Definitions = append(m.Definitions,
		definition(m.say("应处置", "Due"), m.say("期限在本期内（截止时已到期）的案件，与期限在期前、期初仍未整改的案件（结转），扣除截止时挂账的及作废、合并、申诉改派的；案件计入期限到达时持有它的单位",
			"a deadline in the period, up to the cut-off, or one before it and not fixed at its start, less on hold at the cut-off, dismissed, merged and "+
				"appealed away; an issue belongs to the unit that held it at the deadline")),
		definition(m.say("应结案", "Due to close"), m.say("同应处置，但以期初仍未核查结案为结转；已整改未核查的计入办公室，不再计入责任单位",
			"as due, with not verified in the place of not fixed: what is fixed and not verified burdens the office, not the unit again")),
		definition(m.say("结案后重开", "Reopened"), m.say("本期内重开的已结案件；重开不改变其已结期间的数字，自重开起计为在办、逐期结转",
			"issues reopened in the period after they were closed; it changes no period in which they were closed")),
		definition(m.say("得分", "Score"), m.formula.Text(m.Report.Language)),
		definition(m.say("排名", "Rank"), fmt.Sprintf(m.say("同类组内按得分排列；应处置少于 %d 件的不参与排名", "by score inside a peer group; units with fewer than %d issues due have none"), m.least())),
		definition(m.say("中位整改时长", "Median time to fix"), m.say("已处置案件自派遣至有效整改的自然小时的中位数，按每一件计算",
			"the middle one of the hours from assignment to the fix that stands, of all that were disposed")))
}
