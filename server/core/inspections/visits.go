package inspections

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/workflow"
	"spotcheck/server/store"
)

// NewVisit is a visit as a phone sends it, whole.
type NewVisit struct {
	inspect.Visit
	Findings map[inspect.ID]workflow.NewIssue // what findings become, by the issue that they name
	Content  []byte                           // the body as it came, to know a repetition
}

// TakeVisit takes a visit with all that was found, or nothing of it; the same visit again is the same visit.
func (svc *Service) TakeVisit(ctx context.Context, a *inspect.Actor, n NewVisit) (page VisitPage, repeated bool, err error) {
	text, err := ledger.Content(n.Content)
	if err != nil {
		return page, false, err
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		old, ok, err := tx.Visit(ctx, n.ID)
		if err != nil {
			return err
		}
		if repeated = ok; ok {
			if old.By != a.ID || !ledger.SameContent(text, old.ContentSalt, old.ContentSeal) {
				return inspect.ErrVisitDiffers
			}
			page, err = svc.visitPage(ctx, tx, a, &old)
			return err
		}
		row := store.VisitRow{Visit: n.Visit}
		if err := svc.receive(ctx, tx, a, &row, n.Findings, text); err != nil {
			return err
		}
		page, err = svc.visitPage(ctx, tx, a, &row)
		return err
	})
	return page, repeated, err
}

// receive checks a new visit, reports what was found, gives it its score and keeps it.
func (svc *Service) receive(ctx context.Context, tx *store.Tx, a *inspect.Actor, v *store.VisitRow, findings map[inspect.ID]workflow.NewIssue, text string) error {
	v.By, v.ReceivedAt, v.UpdatedAt = a.ID, tx.Now, tx.Now
	v.SentAt = orElse(v.SentAt, tx.Now)
	skew := inspect.Skew(v.SentAt, tx.Now)
	v.DoneAt = min(orElse(v.DoneAt, v.SentAt).Add(skew), tx.Now)
	v.StartedAt = min(orElse(v.StartedAt, v.DoneAt).Add(skew), v.DoneAt)
	s, base, err := standardOf(ctx, tx, &v.Visit)
	if err != nil {
		return err
	}
	at, err := svc.targetOf(ctx, tx, &v.Visit, &s)
	if err != nil {
		return err
	}
	if !a.MayAnywhere(inspect.MayVisit) || v.Draw.IsZero() && !a.MayThroughout(inspect.MayVisit, at.where) { // the lot sends people beyond their scope
		return inspect.ErrForbidden
	}
	if !at.spot.ID.IsZero() && !at.spot.InUse(inspect.Date(v.DoneAt.UTC().In(svc.zone).Format("2006-01-02"))) {
		return inspect.ErrVisitClosed
	}
	if err := svc.checkCompany(ctx, tx, a, v); err != nil {
		return err
	}
	asked := s.Codes()
	if base != nil {
		asked = base.Failed()
	}
	if wrong := append(s.CheckAnswers(v.Answers, asked), photosNeeded(&s, v.Answers, findings)...); len(wrong) > 0 {
		return inspect.ErrVisitAnswers.At(wrong...)
	}
	if err := svc.reportFindings(ctx, tx, a, v, &s, at, findings, text); err != nil {
		return err
	}
	if base != nil {
		v.Answers = base.AfterRecheck(v.Answers)
	}
	if !v.Unit.IsZero() {
		cal, err := svc.city.Calendar(ctx, tx)
		if err != nil {
			return err
		}
		v.ContestBy = inspect.At(cal.EndOfWorkingDayAfter(tx.Now.UTC(), inspect.ContestDays))
	}
	v.Settle(&s)
	v.ContentSalt, v.ContentSeal = ledger.SealedContent(text)
	if err := recordVisit(ctx, tx, a.ID, "visit.done", v); err != nil {
		return err
	}
	if err := tx.InsertVisit(ctx, v); err != nil {
		return err
	}
	return svc.tellUnit(ctx, tx, visitDone, v, at.name)
}

func orElse(t, otherwise inspect.Time) inspect.Time {
	if t == 0 {
		return otherwise
	}
	return t
}

// standardOf finds the version by which a visit was made, and the visit that it looks at again, which is nil for none. A version that was replaced while
// somebody was without network still holds for what was answered by it.
func standardOf(ctx context.Context, tx *store.Tx, v *inspect.Visit) (s inspect.Standard, base *store.VisitRow, err error) {
	s, ok, err := tx.Standard(ctx, v.Standard, v.Version)
	switch {
	case err != nil:
		return s, nil, err
	case !ok:
		return s, nil, inspect.UnknownField("/standard", "there is no such version of a standard")
	case s.InForceAt == 0:
		return s, nil, inspect.InvalidField("/version", "this version was never in force")
	case v.Rechecks.IsZero():
		return s, nil, nil
	}
	row, ok, err := tx.Visit(ctx, v.Rechecks)
	switch {
	case err != nil:
		return s, nil, err
	case !ok || row.Subject != v.Subject || row.Target != v.Target:
		return s, nil, inspect.UnknownField("/rechecks", "there is no such visit to this place")
	case row.Standard != v.Standard || row.Version != v.Version:
		return s, nil, inspect.InvalidField("/version", "a re-check is made by the version of the visit before")
	case len(row.Failed()) == 0:
		return s, nil, inspect.ErrVisitState
	}
	taken, err := tx.VisitTaken(ctx, inspect.ID{}, v.Target, v.Rechecks)
	if err == nil && taken {
		err = inspect.ErrVisitAnswered
	}
	return s, &row, err
}

// target is where a visit went.
type target struct {
	name  string
	spot  inspect.Spot // none for an area
	where inspect.Jurisdiction
}

// targetOf finds where a visit went, notes who answers for it today, and holds it against the standard.
func (svc *Service) targetOf(ctx context.Context, tx *store.Tx, v *inspect.Visit, s *inspect.Standard) (at target, err error) {
	fits, ok := v.Subject == s.Subject, false
	if v.Subject == inspect.VisitPlace {
		if at.spot, ok, err = tx.Spot(ctx, v.Target); err != nil {
			return at, err
		}
		at.name, v.Area, v.Unit, fits = at.spot.Name, at.spot.Area, at.spot.Unit, fits && at.spot.Kind == s.Kind
	} else {
		var area inspect.Area
		if area, ok, err = tx.Area(ctx, v.Target); err != nil {
			return at, err
		}
		at.name, v.Area, fits = area.Name, area.ID, fits && (s.Class == "" || s.Class == area.Class)
	}
	switch {
	case !ok:
		return at, inspect.UnknownField("/target", "the register has no such place or area")
	case !fits:
		return at, inspect.InvalidField("/standard", "this standard is for other places")
	}
	at.where, err = jurisdictionOf(ctx, tx, v)
	return at, err
}

// jurisdictionOf is where a visit lies in the trees.
func jurisdictionOf(ctx context.Context, tx *store.Tx, v *inspect.Visit) (w inspect.Jurisdiction, err error) {
	if w.Areas, err = tx.SelfAndAncestors(ctx, store.AreaTree, v.Area); err != nil {
		return w, err
	}
	w.Units, err = tx.SelfAndAncestors(ctx, store.UnitTree, v.Unit)
	return w, err
}

// checkCompany holds a visit against who goes there: those of a draw are drawn, and nobody answers what somebody else answered first.
func (svc *Service) checkCompany(ctx context.Context, tx *store.Tx, a *inspect.Actor, v *store.VisitRow) error {
	people, err := tx.PeopleRefs(ctx, v.With)
	if err != nil {
		return err
	}
	for n, id := range v.With {
		if _, known := people[id]; !known || id == a.ID || slices.Contains(v.With[:n], id) {
			return inspect.UnknownField(fmt.Sprintf("/with/%d", n), "want other people, each once")
		}
	}
	if v.Draw.IsZero() {
		return nil
	}
	d, ok, err := tx.Draw(ctx, v.Draw)
	if err != nil {
		return err
	}
	picks, err := d.Picks()
	if err != nil {
		return err
	}
	drawn := false
	for _, p := range picks {
		drawn = drawn || p.Target == v.Target.String() && slices.Contains(p.Inspectors, a.ID.String()) && !slices.Contains(d.ReplacedTargets(), p.Target)
	}
	if !ok || !drawn {
		return inspect.UnknownField("/draw", "you were not drawn for this place")
	}
	taken, err := tx.VisitTaken(ctx, v.Draw, v.Target, inspect.ID{})
	if err == nil && taken {
		err = inspect.ErrVisitAnswered
	}
	return err
}

// photosNeeded finds items that are answered no and want a photo that no finding has.
func photosNeeded(s *inspect.Standard, answers []inspect.VisitAnswer, findings map[inspect.ID]workflow.NewIssue) (wrong []fault.Field) {
	for n, a := range answers {
		item := s.Item(a.Item)
		if item == nil || !item.PhotoNeeded || a.Result != inspect.AnswerNo {
			continue
		}
		if !slices.ContainsFunc(a.Findings, func(f inspect.VisitFinding) bool { return len(findings[f.Issue].Photos) > 0 }) {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/answers/%d/findings", n), Detail: "this item wants a photo of what is wrong"})
		}
	}
	return wrong
}

// reportFindings makes issues of what was found. One that cannot become an issue leaves nothing of the visit.
func (svc *Service) reportFindings(ctx context.Context, tx *store.Tx, a *inspect.Actor, v *store.VisitRow, s *inspect.Standard, at target,
	findings map[inspect.ID]workflow.NewIssue, text string) error {
	for n, answer := range v.Answers {
		for m, f := range answer.Findings {
			if f.Issue.IsZero() {
				continue
			}
			r := findings[f.Issue]
			if r.Category == "" {
				r.Category = s.Item(answer.Item).Category
			}
			if r.Area = v.Area; v.Subject == inspect.VisitPlace {
				r.Spot = v.Target
				if r.Place == nil && at.spot.Datum != "" {
					r.Place = &inspect.Place{Point: at.spot.OriginalPoint, Datum: at.spot.Datum, Source: "map"}
				}
			}
			if r.Texts.Address == "" {
				r.Texts.Address = at.name
			}
			r.SentAt, r.ReportedAt = v.SentAt, orElse(r.ReportedAt, v.DoneAt)
			err := svc.workflow.ReportFinding(ctx, tx, a, r, text)
			if why, theirs := fault.As(err); theirs && why.Kind != fault.Unavailable {
				return refusedFinding(fmt.Sprintf("/answers/%d/findings/%d", n, m), why)
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

// refusedFinding says where in the visit a finding stands that cannot become an issue, and why.
func refusedFinding(at string, why *fault.Error) error {
	if len(why.Fields) == 0 {
		return inspect.ErrVisitFinding.At(fault.Field{Pointer: at, Detail: why.Text})
	}
	var fields []fault.Field
	for _, f := range why.Fields {
		fields = append(fields, fault.Field{Pointer: at + f.Pointer, Detail: f.Detail})
	}
	return inspect.ErrVisitFinding.At(fields...)
}

func visitStream(id inspect.ID) evidence.Stream {
	return evidence.Stream{Kind: store.StreamVisit, ID: id.String()}
}

// recordVisit leaves a line about a visit, as it is from now on.
func recordVisit(ctx context.Context, tx *store.Tx, by inspect.ID, event string, v *store.VisitRow) (err error) {
	v.UpdatedAt = tx.Now
	body := visitBody(v)
	if body["seals"], err = tx.SealTexts(ctx, v.ID, visitTexts(v)); err != nil {
		return err
	}
	ledger.Record(tx, by, store.StreamVisit, v.ID.String(), event, body)
	return nil
}

// visitBody is what the record keeps of a visit: all but what people wrote.
func visitBody(v *store.VisitRow) map[string]any {
	answers := slices.Clone(v.Answers)
	for n := range answers {
		answers[n].Note = ""
		answers[n].Findings = slices.Clone(answers[n].Findings)
		for m := range answers[n].Findings {
			answers[n].Findings[m].Note = ""
		}
	}
	contest := v.Contest
	contest.Reason, contest.Decision = "", ""
	return map[string]any{"standard": v.Standard, "version": v.Version, "subject": v.Subject, "target": v.Target, "area": v.Area, "unit": v.Unit, "rechecks": v.Rechecks,
		"draw": v.Draw, "visited_by": v.By, "with": append([]inspect.ID{}, v.With...), "started_at": v.StartedAt, "done_at": v.DoneAt, "sent_at": v.SentAt,
		"received_at": v.ReceivedAt, "answers": answers, "signature": v.Signature.Kind, "score": v.Score, "scored": v.Scored, "vetoed": v.Vetoed, "passed": v.Passed,
		"grade": v.Grade, "contest_by": v.ContestBy, "contest": contest}
}

// visitTexts are what people wrote at a visit, which the record keeps as seals only.
func visitTexts(v *store.VisitRow) map[string]string {
	var notes []string
	for _, a := range v.Answers {
		if a.Note != "" {
			notes = append(notes, a.Item+"\t"+a.Note)
		}
		for _, f := range a.Findings {
			if f.Note != "" {
				notes = append(notes, a.Item+"\t"+f.Note)
			}
		}
	}
	return map[string]string{"note": v.Note, "answers": strings.Join(notes, "\n"), "signed_by": v.Signature.Name, "sign_reason": v.Signature.Reason,
		"contest": v.Contest.Reason, "decision": v.Contest.Decision}
}

// LoadVisits gives visits as the record tells them. The table that finds a visit by an issue of its repeats the answers.
func LoadVisits(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	items, err := tx.FindingItems(ctx)
	if err != nil {
		return err
	}
	return tx.EachVisit(ctx, func(v *store.VisitRow) error {
		row := &ledger.Row{Body: visitBody(v), Owner: v.ID, Texts: visitTexts(v), CreatedAt: v.ReceivedAt, ChangedAt: v.UpdatedAt}
		found := items[v.ID]
		for _, a := range v.Answers {
			for _, f := range a.Findings {
				if !f.Issue.IsZero() && found[f.Issue] != a.Item {
					row.Amiss = "an issue of its findings is not found by it"
				}
				delete(found, f.Issue)
			}
		}
		if len(found) > 0 {
			row.Amiss = "an issue is found by it that is none of its findings"
		}
		rows[visitStream(v.ID)] = row
		return nil
	})
}
