package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/core"
)

// password of everybody in the city.
const password = "measured-by-night-7"

// cityRegisters is who works where: four districts of eleven streets, with bureaus, contractors and crews.
type cityRegisters struct {
	districts, streets []inspect.Area
	centres            []geo.Point        // of the streets
	units              [][]inspect.Unit   // by district: itself, six bureaus, six contractors, twelve crews
	inspectors         [][]inspect.Person // by district
	people             map[string]inspect.Person
	categories         []inspect.Category
}

// A street of district d is number d*streetsEach+n.
const (
	districts   = 4
	streetsEach = 11
	bureaus     = 6
	crews       = 12
	inspectors  = 50 // in a district
)

// found builds the registers of the city through the core.
func found(ctx context.Context, a *app.App, rng *rand.Rand) (*cityRegisters, error) {
	if _, err := a.Core.Start(ctx); err != nil {
		return nil, err
	}
	v := &cityRegisters{people: map[string]inspect.Person{}}
	admin := &inspect.Actor{ID: inspect.NewID(), Grants: []inspect.Grant{{Role: inspect.Admin, Scope: inspect.Scope{Kind: inspect.City}}}}
	if err := a.Core.AddPeople(ctx, password, inspect.Person{ID: admin.ID, Name: "bench-admin", DisplayName: "Bench", Grants: admin.Grants}); err != nil {
		return nil, err
	}
	whole, err := area(ctx, a.Core, admin, inspect.Area{Name: "市", Code: "460100", Level: "city"})
	if err != nil {
		return nil, err
	}
	for d := range districts {
		if err := v.district(ctx, a.Core, admin, whole, d, rng); err != nil {
			return nil, err
		}
	}
	if err := v.hire(ctx, a.Core); err != nil {
		return nil, err
	}
	v.categories, err = a.Core.Categories(ctx)
	return v, err
}

func area(ctx context.Context, c *core.Core, by *inspect.Actor, a inspect.Area) (inspect.Area, error) {
	a.ID, a.Enabled = inspect.NewID(), true
	a, _, _, err := c.PutArea(ctx, by, a)
	return a, err
}

func (v *cityRegisters) unit(ctx context.Context, c *core.Core, by *inspect.Actor, name string, kind inspect.UnitKind, above inspect.ID) (inspect.Unit, error) {
	u := inspect.Unit{ID: inspect.NewID(), Name: name, Kind: kind, PeerGroup: string(kind), Parent: above, Enabled: true}
	u, _, _, err := c.PutUnit(ctx, by, u)
	return u, err
}

func (v *cityRegisters) district(ctx context.Context, c *core.Core, by *inspect.Actor, whole inspect.Area, d int, rng *rand.Rand) error {
	name := []string{"秀英区", "龙华区", "琼山区", "美兰区"}[d]
	here, err := area(ctx, c, by, inspect.Area{Name: name, Code: fmt.Sprintf("46010%d", 5+d), Level: "district", Parent: whole.ID})
	if err != nil {
		return err
	}
	v.districts = append(v.districts, here)
	for n := range streetsEach {
		s, err := area(ctx, c, by, inspect.Area{Name: fmt.Sprintf("%s%d街道", name, n+1), Code: fmt.Sprintf("46010%d%03d", 5+d, n), Level: "street", Parent: here.ID})
		if err != nil {
			return err
		}
		v.streets = append(v.streets, s)
		v.centres = append(v.centres, geo.Point{Lat: 19.93 + 0.13*rng.Float64(), Lon: 110.18 + 0.08*float64(d) + 0.08*rng.Float64()})
	}
	top, err := v.unit(ctx, c, by, name, "district", inspect.ID{})
	if err != nil {
		return err
	}
	all := []inspect.Unit{top}
	for n := range 2*bureaus + crews {
		kind, above, word := inspect.UnitKind("bureau"), top.ID, "局"
		switch {
		case n >= 2*bureaus:
			kind, above, word = "crew", all[1+bureaus+n%bureaus].ID, "班"
		case n >= bureaus:
			kind, above, word = "contractor", all[1+n%bureaus].ID, "公司"
		}
		u, err := v.unit(ctx, c, by, fmt.Sprintf("%s%s%d", name, word, n), kind, above)
		if err != nil {
			return err
		}
		all = append(all, u)
	}
	v.units = append(v.units, all)
	return nil
}

// hire makes those who look at lists, and the inspectors.
func (v *cityRegisters) hire(ctx context.Context, c *core.Core) error {
	var all []inspect.Person
	add := func(name string, role inspect.Role, kind inspect.ScopeKind, scope inspect.ID) inspect.Person {
		p := inspect.Person{ID: inspect.NewID(), Name: name, DisplayName: name, StaffNumber: fmt.Sprintf("S%04d", len(all)),
			Grants: []inspect.Grant{{Role: role, Scope: inspect.Scope{Kind: kind, ID: scope}}}}
		all, v.people[name] = append(all, p), p
		return p
	}
	add("office", inspect.Office, inspect.City, inspect.ID{})
	add("district-office", inspect.Office, inspect.AreaSubtree, v.districts[1].ID)
	add("bureau", inspect.UnitRole, inspect.UnitSubtree, v.units[1][1].ID)
	add("crew", inspect.UnitRole, inspect.UnitSubtree, v.units[1][1+2*bureaus].ID)
	for d := range districts {
		var here []inspect.Person
		for n := range inspectors {
			here = append(here, add(fmt.Sprintf("inspector-%d-%d", d, n), inspect.Inspector, inspect.AreaSubtree, v.districts[d].ID))
		}
		v.inspectors = append(v.inspectors, here)
	}
	return c.AddPeople(ctx, password, all...)
}

// around is a point near the centre of a street.
func (v *cityRegisters) around(street int, rng *rand.Rand) geo.Point {
	c := v.centres[street]
	return geo.Point{Lat: c.Lat + 0.009*rng.NormFloat64(), Lon: c.Lon + 0.010*rng.NormFloat64()}
}

// note has two to ten characters; the first words of the list come far more often than the last.
func note(rng *rand.Rand) string {
	words := []string{"垃圾", "散落", "路面", "污染", "渣土", "带泥", "积水", "占道", "摊贩", "广告", "破损", "围挡", "扬尘", "异味", "淤泥", "绿化", "纸屑", "烟头",
		"井盖", "护栏", "公厕", "堵塞", "裸土", "抛洒", "油污", "乱停", "单车", "箱体", "满溢", "树枝", "落叶", "塑料", "瓷砖", "沙石", "招贴", "喷涂", "漏水", "鼠迹", "蚊蝇", "枯死"}
	text := ""
	for range 1 + rng.IntN(5) {
		text += words[int(float64(len(words))*math.Pow(rng.Float64(), 2.2))]
	}
	if rng.IntN(5000) == 0 {
		text = "鹦鹉" // a rare word
	}
	return text
}

// address is a road with a number.
func address(street int, rng *rand.Rand) string {
	roads := []string{"滨海大道", "龙昆南路", "海秀中路", "国兴大道", "和平大道", "海府路", "博爱北路", "新华南路", "金盘路", "南海大道", "椰海大道"}
	return fmt.Sprintf("%s%d号", roads[(street+rng.IntN(3))%len(roads)], 1+rng.IntN(300))
}

// idAt is a UUIDv7 of a moment.
func idAt(t time.Time, rng *rand.Rand) (id inspect.ID) {
	binary.BigEndian.PutUint64(id[:8], uint64(t.UnixMilli())<<16|rng.Uint64()&0x0fff|0x7000)
	binary.BigEndian.PutUint64(id[8:], rng.Uint64()&(1<<62-1)|1<<63)
	return id
}
