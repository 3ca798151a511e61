package reports

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
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

// toldOrder is in which order a report names the roles that were told.
var toldOrder = []inspect.Role{inspect.UnitRole, inspect.Office, inspect.Leader, inspect.Inspector, inspect.Admin, inspect.Auditor, ""}

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
