package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"spotcheck/pkg/campaign"
	"spotcheck/pkg/inspect"
)

// openCampaign plans the office's campaign over the whole story, with a group for each district, and a clean-up in each on every Friday.
func (o *office) openCampaign(ctx context.Context, from time.Time) error {
	k := campaign.Campaign{ID: o.city.id("campaign", "corners"), Title: "卫生死角百日攻坚", Note: "背街小巷、农贸市场周边和城乡结合部，周五全员清扫。", Categories: []string{},
		Span: inspect.Span{From: inspect.DateOf(inspect.At(from), o.core.Zone), To: inspect.DateOf(inspect.At(o.end.UTC().AddDate(0, 0, 14)), o.core.Zone)},
		Targets: []campaign.Target{{Measure: campaign.MeasureIssuesClosed, Goal: 60_00}, {Measure: campaign.MeasureNotices, Goal: 2_00}, {Measure: campaign.MeasureVisits},
			{Measure: campaign.MeasurePeople, Goal: 400_00}, {Measure: campaign.MeasurePlaces, Goal: 120_00}, {Measure: campaign.MeasureTonnes, Goal: 40_00}}}
	for n, d := range o.city.districts() {
		leader := o.city.clerks[d].ID
		if n == 0 {
			leader = o.city.leader.ID
		}
		k.Groups = append(k.Groups, campaign.Group{ID: o.city.id("campaign group", d), Name: d + "工作组", Leader: leader, Members: []inspect.ID{},
			Areas: []inspect.ID{o.city.id("area", d)}, Units: []inspect.ID{o.city.units[d].ID}})
	}
	if _, _, _, err := o.core.Campaigns.PutCampaign(ctx, o.city.clerks["office1"], k); err != nil {
		return err
	}
	for at := from.AddDate(0, 0, (int(time.Friday)-int(from.Weekday())+7)%7).Add(15 * time.Hour); at.Before(o.end.UTC()); at = at.AddDate(0, 0, 7) {
		o.later(at.AddDate(0, 0, -1), func(ctx context.Context) error { return o.planCleanUps(ctx, at) })
		o.later(at.Add(2*time.Hour), func(ctx context.Context) error { return o.tellCleanUps(ctx, at) })
	}
	return nil
}

func (o *office) cleanUp(district string, at time.Time) inspect.ID {
	return o.city.id("clean-up", fmt.Sprint(district, at.Unix()))
}

// planCleanUps plans the clean-ups of a Friday, of which the first lets people sign in.
func (o *office) planCleanUps(ctx context.Context, at time.Time) error {
	for n, d := range o.city.districts() {
		v := campaign.Activity{ID: o.cleanUp(d, at), Kind: campaign.CleanUp, Title: d + "周五大扫除", Note: "机关、社区和沿街商户一起上路，重点清理背街小巷。", Area: o.city.id("area", d),
			Unit: o.city.units[d].ID, Spots: []inspect.ID{}, StartsAt: inspect.At(at), EndsAt: inspect.At(at.Add(2 * time.Hour))}
		if n == 0 {
			v.SignInCode = "wanted"
		}
		if _, _, _, err := o.core.Campaigns.PutActivity(ctx, o.city.clerks["office1"], v); err != nil {
			return err
		}
	}
	return nil
}

// tellCleanUps tells what came of the clean-ups of a Friday; the last district is a little short of everything.
func (o *office) tellCleanUps(ctx context.Context, at time.Time) error {
	districts := o.city.districts()
	rng := rand.New(rand.NewPCG(o.city.seed, uint64(at.Unix())))
	for n, d := range districts {
		most := 60
		if n == len(districts)-1 {
			most = 25
		}
		outcome := campaign.ActivityOutcome{People: int64(40 + rng.IntN(most)), Places: int64(8 + rng.IntN(most/3)), Vehicles: int64(2 + rng.IntN(5)),
			Tonnes: inspect.Amount(200 + 10*rng.IntN(most)), Counted: n%2 == 0, Note: "清理卫生死角和乱堆杂物"}
		if _, _, err := o.core.Campaigns.TellOutcome(ctx, o.city.clerks["office1"], o.cleanUp(d, at), outcome); err != nil {
			return err
		}
	}
	return nil
}
