package duties

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// Responsibilities gives rules in the order in which they came, of a unit and of an area where they are named; the next
// cursor is 0 at the end.
func (svc *Service) Responsibilities(ctx context.Context, a *inspect.Actor, unit, area inspect.ID, after int64, limit int) (all []inspect.Responsibility, next int64, err error) {
	if !a.MayAnywhere(inspect.MaySeeDuties) {
		return nil, 0, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, next, err = tx.Responsibilities(ctx, unit, area, after, limit)
		return err
	})
	return all, next, err
}

// PutResponsibility makes or changes a rule; the same again changes nothing. A new rule gets the next number.
func (svc *Service) PutResponsibility(ctx context.Context, a *inspect.Actor, v inspect.Responsibility) (saved inspect.Responsibility, repeated, created bool, err error) {
	only, err := city.Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamResponsibility, v.ID.String())
	if err != nil {
		return saved, false, false, err
	}
	err = svc.store.Write(ctx, city.OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) error {
		saved, repeated, created, err = svc.putResponsibility(ctx, tx, a.ID, v)
		return err
	}))
	return saved, repeated, created, err
}

func (svc *Service) putResponsibility(ctx context.Context, tx *store.Tx, by inspect.ID, v inspect.Responsibility) (_ inspect.Responsibility, repeated, created bool, err error) {
	if err := tx.LockRegisters(ctx); err != nil {
		return v, false, false, err
	}
	old, ok, err := tx.Responsibility(ctx, v.ID)
	if err != nil {
		return v, false, false, err
	}
	seen := v.UpdatedAt
	v.Number, v.CreatedAt, v.UpdatedAt = old.Number, old.CreatedAt, old.UpdatedAt
	if ok && reflect.DeepEqual(v, old) {
		return v, true, false, nil
	}
	if err := ledger.CheckSeen(seen, ok, old.UpdatedAt); err != nil {
		return old, false, false, err
	}
	if err := svc.checkResponsibility(ctx, tx, &v); err != nil {
		return v, false, false, err
	}
	if v.UpdatedAt = tx.Now; !ok {
		v.CreatedAt = tx.Now
		if v.Number, err = tx.NextResponsibilityNumber(ctx); err != nil {
			return v, false, false, err
		}
	}
	body := responsibilityBody(&v)
	if body["seals"], err = tx.SealTexts(ctx, v.ID, responsibilityTexts(&v)); err != nil {
		return v, false, false, err
	}
	ledger.Record(tx, by, store.StreamResponsibility, v.ID.String(), "responsibility.changed", body)
	return v, false, !ok, tx.SaveResponsibility(ctx, v)
}

// responsibilityBody is what the record keeps of a rule, responsibilityTexts what it keeps as seals only.
func responsibilityBody(v *inspect.Responsibility) map[string]any {
	assisting := v.Assisting
	if assisting == nil {
		assisting = []inspect.ID{}
	}
	body := map[string]any{"number": v.Number, "unit": v.Unit, "area": v.Area, "category": v.Category, "group": v.Group, "assisting": assisting,
		"from": v.From, "to": v.To, "enabled": v.Enabled}
	if v.AutoAssign { // older records have no word for it
		body["at_once"] = true
	}
	if !v.LeaderID.IsZero() {
		body["leader_person"] = v.LeaderID
	}
	return body
}

func responsibilityTexts(v *inspect.Responsibility) map[string]string {
	return map[string]string{"leader": v.Leader, "contact": v.Contact, "note": v.Note}
}

func LoadResponsibilities(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	return tx.EachResponsibility(ctx, func(v inspect.Responsibility) error {
		rows[evidence.Stream{Kind: store.StreamResponsibility, ID: v.ID.String()}] = &ledger.Row{Body: responsibilityBody(&v), Owner: v.ID,
			Texts: responsibilityTexts(&v), CreatedAt: v.CreatedAt, ChangedAt: v.UpdatedAt}
		return nil
	})
}

// maxAlike is how many rules that have not ended may be about one area and subject: a proposal looks at each of them.
const maxAlike = 100

// checkResponsibility finds what is wrong with a rule, all at once.
func (svc *Service) checkResponsibility(ctx context.Context, tx *store.Tx, v *inspect.Responsibility) error {
	var wrong []fault.Field
	add := func(pointer, detail string) { wrong = append(wrong, fault.Field{Pointer: pointer, Detail: detail}) }
	gone, err := tx.UnknownUnits(ctx, append([]inspect.ID{v.Unit}, v.Assisting...))
	if err != nil {
		return err
	}
	if slices.Contains(gone, v.Unit) {
		add("/unit", "there is no such unit")
	}
	for n, id := range v.Assisting {
		if slices.Contains(gone, id) {
			add(fmt.Sprintf("/assisting/%d", n), "there is no such unit")
		}
	}
	if _, ok, err := tx.Area(ctx, v.Area); err != nil {
		return err
	} else if !ok {
		add("/area", "there is no such area")
	}
	items, err := tx.Categories(ctx)
	if err != nil {
		return err
	}
	if v.Category != "" && !slices.ContainsFunc(items, func(i inspect.Category) bool { return i.Code == v.Category }) {
		add("/category", "the catalogue has no such item")
	}
	if v.Group != "" && !slices.ContainsFunc(items, func(i inspect.Category) bool { return i.Group == v.Group }) {
		add("/group", "the catalogue has no item of this group")
	}
	leader, there, err := tx.Person(ctx, v.LeaderID)
	if err != nil {
		return err
	}
	if !v.LeaderID.IsZero() && !there {
		add("/leader_person", "there is no such person")
	}
	if len(wrong) > 0 {
		return inspect.ErrUnknownRef.At(wrong...)
	}
	if there {
		if err := checkLeader(ctx, tx, v, &leader); err != nil {
			return err
		}
	}
	if n, err := tx.CountEquivalentResponsibilities(ctx, v, svc.city.Today(tx)); err != nil {
		return err
	} else if n >= maxAlike && v.Enabled {
		return inspect.InvalidField("/area", fmt.Sprintf("%d rules that have not ended are about this already; end some of them", n))
	}
	return nil
}

// checkLeader refuses a leader who would be told of nothing: who may not log in, or sees no issue of the area and its unit.
func checkLeader(ctx context.Context, tx *store.Tx, v *inspect.Responsibility, leader *inspect.Person) error {
	var w inspect.Jurisdiction
	var err error
	if w.Areas, err = tx.SelfAndAncestors(ctx, store.AreaTree, v.Area); err != nil {
		return err
	}
	if w.Units, err = tx.SelfAndAncestors(ctx, store.UnitTree, v.Unit); err != nil {
		return err
	}
	a := inspect.Actor{ID: leader.ID, Grants: leader.Grants}
	if leader.Disabled || !a.May(inspect.MaySee, &inspect.Issue{Status: inspect.Assigned, Unit: v.Unit, Area: v.Area}, w) {
		return inspect.InvalidField("/leader_person", "this person cannot log in, or sees no issues of this area and unit")
	}
	return nil
}

// LeadersOf are the people who lead where an issue lies: those whom the most exact rules name that fit it and its unit.
func LeadersOf(ctx context.Context, tx *store.Tx, row *store.IssueRow) ([]inspect.ID, error) {
	if row.Area.IsZero() || row.Unit.IsZero() {
		return nil, nil
	}
	name, err := city.Timezone.In(ctx, tx)
	if err != nil {
		return nil, err
	}
	zone, err := city.LoadZone(name)
	if err != nil {
		return nil, err
	}
	item, _, err := tx.Category(ctx, row.Category)
	if err != nil {
		return nil, err
	}
	line, err := tx.SelfAndAncestors(ctx, store.AreaTree, row.Area)
	if err != nil {
		return nil, err
	}
	units, err := tx.SelfAndAncestors(ctx, store.UnitTree, row.Unit)
	if err != nil {
		return nil, err
	}
	on := inspect.DateOf(tx.Now, zone)
	rules, _, err := tx.ResponsibilitiesFor(ctx, line, row.Category, item.Group, on)
	if err != nil {
		return nil, err
	}
	for _, m := range inspect.RankResponsibilities(line, row.Category, item.Group, on, rules) {
		if m.LeaderID.IsZero() || !slices.Contains(units, m.Unit) {
			continue
		}
		leader, ok, err := tx.Person(ctx, m.LeaderID)
		if err != nil || !ok || leader.Disabled {
			return nil, err
		}
		return []inspect.ID{m.LeaderID}, nil
	}
	return nil, nil
}

// maxResponsible is how many units are named that could answer for an issue.
const maxResponsible = 20

// MatchingRules are the rules that fit an item in an area, the most exact first.
type MatchingRules struct {
	Rules []inspect.ResponsibilityMatch
	Names map[int64]store.ResponsibilityNames // by the number of the rule
	item  inspect.Category
}

// MatchingRules finds them for today.
func (svc *Service) MatchingRules(ctx context.Context, tx *store.Tx, area inspect.ID, code string) (f MatchingRules, err error) {
	if f.item, _, err = tx.Category(ctx, code); err != nil || area.IsZero() {
		return f, err
	}
	line, err := tx.SelfAndAncestors(ctx, store.AreaTree, area)
	if err != nil {
		return f, err
	}
	rules, names, err := tx.ResponsibilitiesFor(ctx, line, code, f.item.Group, svc.city.Today(tx))
	f.Rules, f.Names = inspect.RankResponsibilities(line, code, f.item.Group, svc.city.Today(tx), rules), names
	return f, err
}

// FindResponsible finds who answers for an issue that waits for assignment: the proposal first, then the others that fit. Receipts do without:
// they are made while others wait to write.
func (svc *Service) FindResponsible(ctx context.Context, tx *store.Tx, v *issues.View) error {
	if v.Status != inspect.Reported {
		return nil
	}
	if err := svc.findCandidates(ctx, tx, v); err != nil {
		return err
	}
	f, err := svc.MatchingRules(ctx, tx, v.Area, v.Category)
	if err != nil || len(f.Rules) == 0 {
		return err
	}
	f.Rules = f.Rules[:min(len(f.Rules), maxResponsible)]
	var assisting []inspect.ID
	for _, m := range f.Rules {
		for _, id := range m.Assisting {
			assisting = issues.AppendID(assisting, id)
		}
	}
	var helpers map[inspect.ID]string
	if len(assisting) > 0 {
		if helpers, err = tx.NodeNames(ctx, store.UnitTree, assisting); err != nil {
			return err
		}
	}
	var leaders []inspect.ID
	for _, m := range f.Rules {
		leaders = issues.AppendID(leaders, m.LeaderID)
	}
	var known map[inspect.ID]store.PersonRef
	if len(leaders) > 0 {
		if known, err = tx.PeopleRefs(ctx, leaders); err != nil {
			return err
		}
	}
	for _, m := range f.Rules {
		names := f.Names[m.Number]
		m.Leader = cmp.Or(m.Leader, known[m.LeaderID].DisplayName)
		r := issues.Responsible{Unit: m.Unit, UnitName: names.Unit, Rule: m.Number, Leader: m.Leader, Contact: m.Contact}
		r.ReasonZH, r.ReasonEN = m.Reason(&names.Area, names.Unit, &f.item)
		for _, id := range m.Assisting {
			r.Assisting = append(r.Assisting, issues.NamedUnit{ID: id, Name: helpers[id]})
		}
		v.Responsible = append(v.Responsible, r)
	}
	return nil
}

// maxCandidates is how many units are named that answer for something where an issue lies.
const maxCandidates = 50

// findCandidates finds who answers for anything in the area of an issue or above it, the deepest area first: whom an office that does not follow
// the proposal has in mind.
func (svc *Service) findCandidates(ctx context.Context, tx *store.Tx, v *issues.View) error {
	if v.Area.IsZero() {
		return nil
	}
	line, err := tx.SelfAndAncestors(ctx, store.AreaTree, v.Area)
	if err != nil {
		return err
	}
	all, err := tx.UnitsOfAreas(ctx, line, svc.city.Today(tx))
	slices.SortStableFunc(all, func(a, b store.AreaUnit) int {
		return cmp.Compare(slices.Index(line, a.Area), slices.Index(line, b.Area))
	})
	for _, u := range all {
		n := issues.NamedUnit{ID: u.Unit, Name: u.Name}
		if len(v.Candidates) < maxCandidates && !slices.Contains(v.Candidates, n) {
			v.Candidates = append(v.Candidates, n)
		}
	}
	return err
}

// NoteProposal notes in the event of an assignment which unit was proposed, and by which rule, so that figures can tell whether
// the office followed it.
func (svc *Service) NoteProposal(ctx context.Context, tx *store.Tx, row *store.IssueRow, e *inspect.Event) error {
	if e.Action != inspect.Assign {
		return nil
	}
	area := row.Area
	if !e.Area.IsZero() {
		area = e.Area
	}
	f, err := svc.MatchingRules(ctx, tx, area, row.Category)
	if len(f.Rules) > 0 {
		e.ProposedRule, e.ProposedUnit = f.Rules[0].Number, f.Rules[0].Unit
	}
	return err
}
