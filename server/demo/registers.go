package demo

import (
	"context"
	"fmt"
	"math/rand/v2"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
)

// placesOfStreet are the kinds of place that every street has, how many of each, and what they are called.
var placesOfStreet = []struct {
	kind  inspect.SpotKind
	count int
	names []string
}{
	{inspect.Shopfront, 6, []string{"便民超市", "老爸茶店", "水果店", "五金店", "理发店", "药房", "粉汤店", "快递驿站"}},
	{"market", 1, []string{"农贸市场"}},
	{"public_toilet", 1, []string{"公共厕所"}},
	{inspect.ConstructionSite, 1, siteNames},
	{"restaurant", 2, []string{"海鲜排档", "清补凉店", "文昌鸡饭店", "烧烤店"}},
}

// siteNames are those of the construction sites of a street.
var siteNames = []string{"安置房工地", "地块三期工地", "道路改造工地"}

// signedShare is how many of the shops and restaurants signed for their front.
const signedShare = .87

// furnish fills the registers: who answers for what, road sections with their class, places, and what they signed.
func (v *city) furnish(ctx context.Context, c *core.Core, rng *rand.Rand, today inspect.Date) error {
	for _, part := range []func(context.Context, *core.Core, *rand.Rand, inspect.Date) error{v.assignAreas, v.layRoads, v.listPlaces} {
		if err := part(ctx, c, rng, today); err != nil {
			return err
		}
	}
	return nil
}

// assignAreas makes the units of a district answer for their groups there, and street offices for dirty spots.
func (v *city) assignAreas(ctx context.Context, c *core.Core, rng *rand.Rand, today inspect.Date) error {
	put := func(unit inspect.Unit, area inspect.ID, group string) error {
		_, _, _, err := c.Duties.PutResponsibility(ctx, v.admin, inspect.Responsibility{ID: v.id("responsibility", unit.Name+group), Unit: unit.ID, Area: area,
			Group: group, Leader: pick(rng, surnames) + pick(rng, givenNames), Contact: v.contacts[unit.ID].DisplayName, Span: inspect.Span{From: today}, Enabled: true})
		return err
	}
	for _, d := range v.districts() {
		for _, k := range kindsOfUnit {
			for _, group := range k.groups {
				if err := put(v.units[d+k.suffix], v.id("area", d), group); err != nil {
					return err
				}
			}
		}
	}
	for _, s := range v.streets {
		if err := put(v.units[s.Name+"办事处"], s.ID, "dirty_spot"); err != nil {
			return err
		}
	}
	return nil
}

// layRoads gives each street of the town one section of a main road, on which litter is cleared within minutes.
func (v *city) layRoads(ctx context.Context, c *core.Core, rng *rand.Rand, _ inspect.Date) error {
	for n := range v.streets {
		s := &v.streets[n]
		if s.town {
			continue
		}
		name := fmt.Sprintf("%s（%s段）", pick(rng, roads), s.Name)
		a, _, _, err := c.Places.PutArea(ctx, v.admin, inspect.Area{ID: v.id("area", name), Name: name, Level: "road", Class: "main_road", Parent: s.ID, Enabled: true})
		if err != nil {
			return err
		}
		s.mainRoad = a.ID
	}
	return nil
}

func (v *city) listPlaces(ctx context.Context, c *core.Core, rng *rand.Rand, today inspect.Date) error {
	for _, s := range v.streets {
		for _, k := range placesOfStreet {
			for n := range k.count {
				name := s.Name + pick(rng, k.names)
				at := away(s.centre, between(rng, -500, 500), between(rng, -500, 500))
				spot := inspect.Spot{ID: v.id("spot", fmt.Sprint(s.Name, k.kind, n)), Kind: k.kind, Name: name, Point: at, OriginalPoint: at, Datum: geo.WGS84, Area: s.ID,
					Unit: v.units[s.Name+"办事处"].ID, Contact: pick(rng, surnames) + pick(rng, givenNames), Span: inspect.Span{From: today}, Enabled: true}
				if k.kind == inspect.ConstructionSite {
					spot.Contractor, spot.Permit = s.district+"建工集团", fmt.Sprintf("施许 %06d", rng.IntN(1_000_000))
					spot.Vehicles = []string{fmt.Sprintf("琼A%05d", rng.IntN(100_000)), fmt.Sprintf("琼A%05d", rng.IntN(100_000))}
				}
				if _, _, _, err := c.Places.PutSpot(ctx, v.admin, spot); err != nil {
					return err
				}
				if (k.kind != inspect.Shopfront && k.kind != "restaurant") || !chance(rng, signedShare) {
					continue
				}
				if _, _, _, err := c.Places.PutAgreement(ctx, v.admin, inspect.Agreement{ID: v.id("agreement", fmt.Sprint(s.Name, k.kind, n)), Spot: spot.ID,
					Kind: "three_fronts", Span: inspect.Span{From: today}, SignedBy: spot.Contact, Enabled: true}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
