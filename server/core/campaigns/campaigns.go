package campaigns

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"spotcheck/pkg/campaign"
	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// Page is a campaign with how far it is and the names of what it is about.
type Page struct {
	campaign.Campaign
	State    campaign.State
	Progress campaign.Progress // as it stood at the closing, where it is closed
	Names
	May []inspect.Permission
}

// Names are those of what campaigns and activities name.
type Names struct {
	Areas  map[inspect.ID]string
	Units  map[inspect.ID]string
	Spots  map[inspect.ID]string
	People map[inspect.ID]store.PersonRef
}

// Summary is a campaign as lists show it.
type Summary struct {
	campaign.Campaign
	State campaign.State
}

// List gives campaigns that the actor may see, the newest first, before the one at the cursor; the next cursor is 0 at the end.
func (svc *Service) List(ctx context.Context, a *inspect.Actor, before int64, limit int) (all []Summary, areas map[inspect.ID]string, next int64, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		some, at, err := tx.Campaigns(ctx, before, limit)
		if err != nil {
			return err
		}
		next = at
		var named []inspect.ID
		for n := range some {
			sees, err := maySee(ctx, tx, a, &some[n])
			if err != nil {
				return err
			}
			if sees {
				all, named = append(all, Summary{some[n], some[n].State(svc.city.Today(tx))}), issues.AppendID(named, some[n].Area)
			}
		}
		areas, err = tx.NodeNames(ctx, store.AreaTree, named)
		return err
	})
	return all, areas, next, err
}

// Campaign gives one campaign with how far each group is.
func (svc *Service) Campaign(ctx context.Context, a *inspect.Actor, id inspect.ID) (page Page, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		c, err := visible(ctx, tx, a, id)
		if err != nil {
			return err
		}
		page, err = svc.pageOf(ctx, tx, a, &c)
		return err
	})
	return page, err
}

// throughout says whether the actor has a permission over all of an area, of the whole city where there is none.
func throughout(ctx context.Context, tx *store.Tx, a *inspect.Actor, p inspect.Permission, area inspect.ID) (bool, error) {
	line, err := tx.SelfAndAncestors(ctx, store.AreaTree, area)
	return a.MayThroughout(p, inspect.Jurisdiction{Areas: line}), err
}

// maySee says whether somebody sees a campaign: who has the permission where it runs, and those of its groups.
func maySee(ctx context.Context, tx *store.Tx, a *inspect.Actor, c *campaign.Campaign) (bool, error) {
	if c.Leads(a.ID) {
		return true, nil
	}
	return throughout(ctx, tx, a, inspect.MaySeeCampaigns, c.Area)
}

// visible gives a campaign to who may see it; who may not is not told that it is there.
func visible(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (c campaign.Campaign, err error) {
	c, ok, err := tx.Campaign(ctx, id)
	if err != nil {
		return c, err
	}
	sees, err := maySee(ctx, tx, a, &c)
	if err == nil && (!ok || !sees) {
		err = inspect.ErrCampaignNotFound
	}
	return c, err
}

// PutCampaign makes a campaign or changes it while it is not closed; the same again changes nothing. UpdatedAt is what the actor saw.
func (svc *Service) PutCampaign(ctx context.Context, a *inspect.Actor, c campaign.Campaign) (page Page, repeated, created bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		old, ok, err := tx.Campaign(ctx, c.ID)
		if err != nil {
			return err
		}
		may, err := throughout(ctx, tx, a, inspect.MayKeepCampaigns, c.Area)
		if err == nil && may && ok {
			may, err = throughout(ctx, tx, a, inspect.MayKeepCampaigns, old.Area)
		}
		if err != nil {
			return err
		}
		only, err := city.LeftBy(ctx, tx, a, city.ForbiddenUnless(may), store.StreamCampaign, c.ID.String())
		if err != nil {
			return err
		}
		seen := c.UpdatedAt
		c.Closing, c.MadeBy, c.CreatedAt, c.UpdatedAt = old.Closing, old.MadeBy, old.CreatedAt, old.UpdatedAt
		if repeated = ok && reflect.DeepEqual(c, old); repeated {
			page, err = svc.pageOf(ctx, tx, a, &old)
			return err
		}
		switch {
		case only:
			return inspect.ErrForbidden
		case old.Closing.At != 0:
			return inspect.ErrCampaignClosed
		}
		if err := ledger.CheckSeen(seen, ok, old.UpdatedAt); err != nil {
			if page, err = svc.pageOf(ctx, tx, a, &old); err != nil {
				return err
			}
			return inspect.ErrRowChanged
		}
		if err := svc.check(ctx, tx, &c); err != nil {
			return err
		}
		if created = !ok; created {
			c.MadeBy, c.CreatedAt = a.ID, tx.Now
		}
		if err := saveCampaign(ctx, tx, a.ID, "campaign.changed", &c); err != nil {
			return err
		}
		page, err = svc.pageOf(ctx, tx, a, &c)
		return err
	})
	return page, repeated, created, err
}

// check holds a campaign against the registers that it names.
func (svc *Service) check(ctx context.Context, tx *store.Tx, c *campaign.Campaign) error {
	if wrong := c.Check(); len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	if line, err := tx.SelfAndAncestors(ctx, store.AreaTree, c.Area); err != nil {
		return err
	} else if len(line) == 0 && !c.Area.IsZero() {
		return inspect.UnknownField("/area", "there is no such area")
	}
	for n, code := range c.Categories {
		if _, ok, err := tx.Category(ctx, code); err != nil {
			return err
		} else if !ok {
			return inspect.UnknownField(fmt.Sprintf("/categories/%d", n), "there is no such category")
		}
	}
	for n := range c.Groups {
		if err := checkGroup(ctx, tx, c, n); err != nil {
			return err
		}
	}
	return nil
}

func checkGroup(ctx context.Context, tx *store.Tx, c *campaign.Campaign, n int) error {
	g, at := &c.Groups[n], fmt.Sprintf("/groups/%d", n)
	people, err := tx.PeopleRefs(ctx, append([]inspect.ID{g.Leader}, g.Members...))
	if err != nil {
		return err
	}
	if _, ok := people[g.Leader]; !ok {
		return inspect.UnknownField(at+"/leader", "there is no such person")
	}
	for m, id := range g.Members {
		if _, ok := people[id]; !ok {
			return inspect.UnknownField(fmt.Sprintf("%s/members/%d", at, m), "there is no such person")
		}
	}
	for m, id := range g.Areas {
		line, err := tx.SelfAndAncestors(ctx, store.AreaTree, id)
		switch {
		case err != nil:
			return err
		case len(line) == 0:
			return inspect.UnknownField(fmt.Sprintf("%s/areas/%d", at, m), "there is no such area")
		case !c.Area.IsZero() && !slices.Contains(line, c.Area):
			return inspect.InvalidField(fmt.Sprintf("%s/areas/%d", at, m), "does not lie in the area of the campaign")
		}
	}
	for m, id := range g.Units {
		if line, err := tx.SelfAndAncestors(ctx, store.UnitTree, id); err != nil {
			return err
		} else if len(line) == 0 {
			return inspect.UnknownField(fmt.Sprintf("%s/units/%d", at, m), "there is no such unit")
		}
	}
	return nil
}

// CloseCampaign freezes how far each group came, with a conclusion; the same again changes nothing.
func (svc *Service) CloseCampaign(ctx context.Context, a *inspect.Actor, id inspect.ID, conclusion string) (page Page, repeated bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		c, err := visible(ctx, tx, a, id)
		if err != nil {
			return err
		}
		may, err := throughout(ctx, tx, a, inspect.MayKeepCampaigns, c.Area)
		if err != nil {
			return err
		}
		if repeated = c.Closing.At != 0 && c.Closing.By == a.ID && c.Closing.Conclusion == conclusion; repeated {
			page, err = svc.pageOf(ctx, tx, a, &c)
			return err
		}
		switch state := c.State(svc.city.Today(tx)); {
		case !may:
			return inspect.ErrForbidden
		case state == campaign.Closed:
			return inspect.ErrCampaignClosed
		case state == campaign.Planned:
			return inspect.ErrCampaignState
		}
		progress, err := svc.progress(ctx, tx, &c)
		if err != nil {
			return err
		}
		c.Closing = campaign.Closing{At: tx.Now, By: a.ID, Conclusion: conclusion, Progress: progress}
		if err := saveCampaign(ctx, tx, a.ID, "campaign.closed", &c); err != nil {
			return err
		}
		page, err = svc.pageOf(ctx, tx, a, &c)
		return err
	})
	return page, repeated, err
}

func (svc *Service) pageOf(ctx context.Context, tx *store.Tx, a *inspect.Actor, c *campaign.Campaign) (page Page, err error) {
	page.Campaign, page.State = *c, c.State(svc.city.Today(tx))
	if page.Progress = c.Closing.Progress; page.State != campaign.Closed {
		if page.Progress, err = svc.progress(ctx, tx, c); err != nil {
			return page, err
		}
	}
	areas, people := issues.AppendID(nil, c.Area), issues.AppendID([]inspect.ID{c.MadeBy}, c.Closing.By)
	var units []inspect.ID
	for _, g := range c.Groups {
		areas, units, people = append(areas, g.Areas...), append(units, g.Units...), append(append(people, g.Leader), g.Members...)
	}
	if page.Areas, err = tx.NodeNames(ctx, store.AreaTree, areas); err != nil {
		return page, err
	}
	if page.Units, err = tx.NodeNames(ctx, store.UnitTree, units); err != nil {
		return page, err
	}
	if page.People, err = tx.PeopleRefs(ctx, people); err != nil {
		return page, err
	}
	keeps, err := throughout(ctx, tx, a, inspect.MayKeepCampaigns, c.Area)
	if err == nil && keeps && page.State != campaign.Closed {
		page.May = append(page.May, inspect.MayKeepCampaigns)
	}
	return page, err
}

func campaignStream(id inspect.ID) evidence.Stream {
	return evidence.Stream{Kind: store.StreamCampaign, ID: id.String()}
}

func saveCampaign(ctx context.Context, tx *store.Tx, by inspect.ID, event string, c *campaign.Campaign) (err error) {
	c.UpdatedAt = tx.Now
	body := campaignBody(c)
	if body["seals"], err = tx.SealTexts(ctx, c.ID, campaignTexts(c)); err != nil {
		return err
	}
	ledger.Record(tx, by, store.StreamCampaign, c.ID.String(), event, body)
	return tx.SaveCampaign(ctx, c)
}

// campaignBody is what the record keeps of a campaign, campaignTexts what it keeps as seals only.
func campaignBody(c *campaign.Campaign) map[string]any {
	body := map[string]any{"title": c.Title, "area": c.Area, "from": c.Span.From, "to": c.Span.To, "categories": append([]string{}, c.Categories...),
		"groups": append([]campaign.Group{}, c.Groups...), "targets": append([]campaign.Target{}, c.Targets...), "closed_at": c.Closing.At,
		"closed_by": c.Closing.By, "made_by": c.MadeBy}
	if c.Closing.At != 0 {
		body["progress"] = c.Closing.Progress
	}
	return body
}

func campaignTexts(c *campaign.Campaign) map[string]string {
	return map[string]string{"note": c.Note, "conclusion": c.Closing.Conclusion}
}

// LoadCampaigns gives campaigns as the record tells them.
func LoadCampaigns(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	return tx.EachCampaign(ctx, func(c *campaign.Campaign) error {
		rows[campaignStream(c.ID)] = &ledger.Row{Body: campaignBody(c), Owner: c.ID, Texts: campaignTexts(c), CreatedAt: c.CreatedAt, ChangedAt: c.UpdatedAt}
		return nil
	})
}
