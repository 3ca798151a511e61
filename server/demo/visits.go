package demo

import (
	"context"
	"encoding/json"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/inspections"
)

// visitMarkets puts the example for markets in force and visits by it what was drawn; each market has a little less in order than the one before.
func (o *office) visitMarkets(ctx context.Context) error {
	examples, err := o.core.Inspections.StandardExamples(ctx, o.city.clerks["office1"])
	if err != nil {
		return err
	}
	s := examples[1] // of markets
	s.ID, s.Name = o.city.id("standard", "markets"), "农贸市场检查标准"
	if _, _, _, err := o.core.Inspections.DraftStandard(ctx, o.city.clerks["office1"], s); err != nil {
		return err
	}
	if _, _, err := o.core.Inspections.EnactStandard(ctx, o.city.clerks["office1"], s.ID, 1); err != nil {
		return err
	}
	drawn, err := o.core.Inspections.Draw(ctx, o.city.clerks["office1"], o.city.id("draw", "markets"))
	if err != nil {
		return err
	}
	wrong := 0
	for n, p := range drawn.Picks {
		if n == 1 { // it was closed, and another one stands in its place
			continue
		}
		target, err := inspect.ParseID(p.Target)
		if err != nil {
			return err
		}
		v := inspect.Visit{ID: o.city.id("visit", p.Target), Standard: s.ID, Version: 1, Subject: inspect.VisitPlace, Target: target, Draw: drawn.ID,
			StartedAt: o.now().Add(-40 * time.Minute), DoneAt: o.now(), SentAt: o.now(), Signature: inspect.VisitSignature{Kind: inspect.Countersigned, Name: "市场负责人"}}
		for m, i := range s.Items {
			a := inspect.VisitAnswer{Item: i.Code, Result: inspect.AnswerYes}
			if m < wrong && !i.PhotoNeeded && !i.Veto {
				a.Result, a.Note = inspect.AnswerNo, "现场已指出，责令改正"
			}
			v.Answers = append(v.Answers, a)
		}
		wrong += 3
		by := o.drawnFor(p.Inspectors[0])
		content, err := json.Marshal(map[string]any{"target": target})
		if err != nil {
			return err
		}
		if _, _, err := o.core.Inspections.TakeVisit(ctx, by, inspections.NewVisit{Visit: v, Content: content}); err != nil {
			return err
		}
	}
	return nil
}

// drawnFor is the inspector with an id.
func (o *office) drawnFor(id string) *inspect.Actor {
	for _, all := range o.city.inspectors {
		for _, a := range all {
			if a.ID.String() == id {
				return a
			}
		}
	}
	return nil
}

// contestVisit contests one item of the first visit that has any wrong, and another clerk decides the next hour.
func (o *office) contestVisit(ctx context.Context) error {
	drawn, err := o.core.Inspections.Draw(ctx, o.city.clerks["office1"], o.city.id("draw", "markets"))
	if err != nil {
		return err
	}
	for n, p := range drawn.Picks {
		if n == 1 {
			continue
		}
		page, err := o.core.Inspections.Visit(ctx, o.city.clerks["office1"], o.city.id("visit", p.Target))
		if err != nil {
			return err
		}
		contact := o.city.contacts[page.Unit]
		if contact == nil || len(page.Failed()) == 0 {
			continue
		}
		if _, _, err := o.core.Inspections.ContestVisit(ctx, contact, page.ID, page.Failed()[:1], "制度牌当天已重新上墙"); err != nil {
			return err
		}
		_, _, err = o.core.Inspections.DecideContest(ctx, o.city.clerks["office1"], page.ID, page.Failed()[:1], "经核实属实，予以撤销")
		return err
	}
	return nil
}
