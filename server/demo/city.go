package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"

	"spotcheck/pkg/atlas"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
	"spotcheck/server/core/places"
)

// streetTable are the streets and towns of Haikou with their centres in WGS-84 (Vonng/adcode, CC BY 4.0, from Amap 2016;
// names by the statistics bureau, 2023, WTFPL).
//
//go:embed streets.csv
var streetTable []byte

// street is a place where things are found.
type street struct {
	inspect.Area
	district string
	centre   geo.Point
	mainRoad inspect.ID // a section of one in the town
	town     bool       // fewer people, fewer issues
}

// city is what the story plays in.
type city struct {
	seed       uint64
	admin      *inspect.Actor
	streets    []street
	units      map[string]inspect.Unit // by name
	diligence  map[inspect.ID]float64  // how likely a unit is in time
	clerks     map[string]*inspect.Actor
	leader     *inspect.Actor
	inspectors map[string][]*inspect.Actor // by district
	contacts   map[inspect.ID]*inspect.Actor
	categories []inspect.Category
	weights    []float64 // of the categories, summed up
	people     []inspect.Person
}

// id is the same id for the same name in every city of a seed.
func (c *city) id(kind, name string) inspect.ID {
	sum := sha256.Sum256(fmt.Appendf(nil, "spotcheck demo %d %s %s", c.seed, kind, name))
	id := inspect.ID(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // version 8 of RFC 9562: made by rule
	return id
}

// idAt is a UUIDv7 of a moment whose random bits come from the story.
func idAt(t inspect.Time, rng *rand.Rand) inspect.ID {
	var id inspect.ID
	binary.BigEndian.PutUint64(id[:8], uint64(t)<<16|rng.Uint64()&0x0fff|0x7000)
	binary.BigEndian.PutUint64(id[8:], rng.Uint64()&(1<<62-1)|1<<63)
	return id
}

// kindsOfUnit are the bodies of each district: the suffix of the name, kind, peer group and groups of categories.
var kindsOfUnit = []struct {
	suffix, above string
	kind          inspect.UnitKind
	peers         string
	groups        []string
}{
	{suffix: "", kind: "district", peers: "各区"},
	{suffix: "环卫局", kind: "bureau", peers: "环卫", groups: []string{"facility"}},
	{suffix: "城管局", kind: "bureau", peers: "城管", groups: []string{"street_order", "posters"}},
	{suffix: "住建局", kind: "bureau", peers: "住建", groups: []string{"road_mud", "construction"}},
	{suffix: "清禾保洁", above: "环卫局", kind: "contractor", peers: "保洁企业", groups: []string{"litter"}},
	{suffix: "道路保洁一班", above: "清禾保洁", kind: "crew", peers: "班组"},
}

// frequency of each group of categories, in parts.
var frequency = map[string]float64{"litter": 30, "dirty_spot": 22, "road_mud": 12, "construction": 6, "street_order": 16, "posters": 9, "facility": 5}

// build makes registers and people through the core, at the moment that the clock shows.
func build(ctx context.Context, c *core.Core, seed uint64, password string, today inspect.Date) (*city, error) {
	v := &city{seed: seed, units: map[string]inspect.Unit{}, diligence: map[inspect.ID]float64{}, clerks: map[string]*inspect.Actor{},
		inspectors: map[string][]*inspect.Actor{}, contacts: map[inspect.ID]*inspect.Actor{}}
	v.admin = &inspect.Actor{ID: v.id("person", "demo-admin"), Grants: []inspect.Grant{{Role: inspect.Admin, Scope: inspect.Scope{Kind: inspect.City}}}}
	if err := c.People.AddPeople(ctx, password, inspect.Person{ID: v.admin.ID, Name: "demo-admin", DisplayName: "演示管理员", StaffNumber: "A001", Grants: v.admin.Grants}); err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, part := range []func() error{
		func() error { return v.readStreets(ctx, c) },
		func() error { return v.outline(ctx, c) },
		func() error { return v.buildUnits(ctx, c, rng) },
		func() error { return v.hire(ctx, c, rng, password) },
		func() error { return v.catalogue(ctx, c) },
		func() error { return v.settings(ctx, c) },
		func() error { return v.furnish(ctx, c, rng, today) },
	} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// outlines are those of the districts, with the centres of the streets.
//
//go:embed outlines.geojson
var outlines []byte

// outline gives the areas their outlines.
func (v *city) outline(ctx context.Context, c *core.Core) error {
	done, _, err := c.Places.CheckAreas(ctx, v.admin, places.AreaFile{ID: v.id("import", "outlines"), Format: atlas.GeoJSON, Datum: geo.WGS84,
		TableFile: places.TableFile{Body: outlines}})
	if err != nil {
		return err
	}
	if done.Errors > 0 {
		return fmt.Errorf("demo: outlines: %+v", done.Findings)
	}
	_, _, err = c.Places.ApplyAreas(ctx, v.admin, done.ID)
	return err
}

func (v *city) readStreets(ctx context.Context, c *core.Core) error {
	rows, err := csv.NewReader(bytes.NewReader(streetTable)).ReadAll()
	if err != nil {
		return fmt.Errorf("demo: streets: %w", err)
	}
	put := func(a inspect.Area) (inspect.Area, error) {
		a.ID, a.Enabled = v.id("area", a.Name), true
		a, _, _, err := c.Places.PutArea(ctx, v.admin, a)
		return a, err
	}
	whole, err := put(inspect.Area{Name: "演示市", Code: "460100", Level: "city"})
	if err != nil {
		return err
	}
	districts := map[string]inspect.Area{}
	for _, row := range rows[1:] {
		d, ok := districts[row[2]]
		if !ok {
			if d, err = put(inspect.Area{Name: row[2], Code: row[0][:6], Level: "district", Parent: whole.ID}); err != nil {
				return err
			}
			districts[row[2]] = d
		}
		a, err := put(inspect.Area{Name: row[1], Code: row[0], Level: "street", Parent: d.ID})
		if err != nil {
			return err
		}
		lon, errLon := strconv.ParseFloat(row[3], 64)
		lat, errLat := strconv.ParseFloat(row[4], 64)
		if errLon != nil || errLat != nil {
			return fmt.Errorf("demo: street %s has no centre", row[1])
		}
		v.streets = append(v.streets, street{Area: a, district: row[2], centre: geo.Point{Lat: lat, Lon: lon}, town: row[0][6] != '0'})
	}
	return nil
}

// districts are their names in the order of the table.
func (v *city) districts() (names []string) {
	for _, s := range v.streets {
		if n := len(names); n == 0 || names[n-1] != s.district {
			names = append(names, s.district)
		}
	}
	return names
}

func (v *city) buildUnits(ctx context.Context, c *core.Core, rng *rand.Rand) error {
	put := func(u inspect.Unit, diligence float64) error {
		u.ID, u.Enabled = v.id("unit", u.Name), true
		u, _, _, err := c.Places.PutUnit(ctx, v.admin, u)
		v.units[u.Name], v.diligence[u.ID] = u, diligence
		return err
	}
	for _, d := range v.districts() {
		for _, k := range kindsOfUnit {
			u := inspect.Unit{Name: d + k.suffix, Kind: k.kind, PeerGroup: k.peers, Parent: v.units[d+k.above].ID}
			if k.suffix == "" {
				u.Parent = inspect.ID{}
			}
			if err := put(u, between(rng, .62, .97)); err != nil {
				return err
			}
		}
	}
	for _, s := range v.streets {
		if err := put(inspect.Unit{Name: s.Name + "办事处", Kind: "street", PeerGroup: "街道镇", Parent: v.units[s.district].ID}, between(rng, .55, .95)); err != nil {
			return err
		}
	}
	return nil
}

// hire makes the people: a contact for each unit, a clerk and inspectors for each district, the office, a leader.
func (v *city) hire(ctx context.Context, c *core.Core, rng *rand.Rand, password string) error {
	numbers := map[string]int{}
	hire := func(login, letter string, role inspect.Role, scope inspect.Scope) *inspect.Actor {
		numbers[letter]++
		p := inspect.Person{ID: v.id("person", login), Name: login, DisplayName: pick(rng, surnames) + pick(rng, givenNames),
			StaffNumber: fmt.Sprintf("%s%03d", letter, numbers[letter]), Grants: []inspect.Grant{{Role: role, Scope: scope}}}
		v.people = append(v.people, p)
		return &inspect.Actor{ID: p.ID, Name: p.Name, DisplayName: p.DisplayName, StaffNumber: p.StaffNumber, Grants: p.Grants}
	}
	all := inspect.Scope{Kind: inspect.City}
	for _, login := range []string{"office1", "office2"} {
		v.clerks[login] = hire(login, "B", inspect.Office, all)
	}
	v.leader = hire("leader1", "L", inspect.Leader, all)
	for n, d := range v.districts() {
		own := inspect.Scope{Kind: inspect.AreaSubtree, ID: v.id("area", d)}
		v.clerks[d] = hire(fmt.Sprintf("clerk%d", n+1), "B", inspect.Office, own)
		for i := range 3 {
			v.inspectors[d] = append(v.inspectors[d], hire(fmt.Sprintf("inspector%d", 3*n+i+1), "X", inspect.Inspector, own))
		}
	}
	for n, name := range v.unitNames() {
		u := v.units[name]
		v.contacts[u.ID] = hire(fmt.Sprintf("unit%d", n+1), "Z", inspect.UnitRole, inspect.Scope{Kind: inspect.UnitSubtree, ID: u.ID})
	}
	return c.People.AddPeople(ctx, password, v.people...)
}

// unitNames are those of all units, in the order in which they were made.
func (v *city) unitNames() (names []string) {
	for _, d := range v.districts() {
		for _, k := range kindsOfUnit {
			names = append(names, d+k.suffix)
		}
	}
	for _, s := range v.streets {
		names = append(names, s.Name+"办事处")
	}
	return names
}

func (v *city) catalogue(ctx context.Context, c *core.Core) error {
	all, err := c.Places.Categories(ctx)
	if err != nil {
		return err
	}
	share := map[string]int{}
	for _, item := range all {
		share[item.Group]++
	}
	sum := 0.0
	for _, item := range all {
		if item.Enabled {
			sum += frequency[item.Group] / float64(share[item.Group])
			v.categories, v.weights = append(v.categories, item), append(v.weights, sum)
		}
	}
	return nil
}

func (v *city) settings(ctx context.Context, c *core.Core) error {
	for _, s := range []struct {
		key   string
		value any
	}{
		{"city_name", "演示市"},
		{"city_box", map[string]float64{"south": 19.5, "west": 110.1, "north": 20.12, "east": 110.75}},
		{"formula", map[string]int{"version": 2, "least_due": 3}}, // it has few issues a week, and its units shall be ranked
	} {
		raw, err := json.Marshal(s.value)
		if err != nil {
			return err
		}
		if _, _, err := c.City.SetSetting(ctx, v.admin, s.key, raw, ""); err != nil {
			return err
		}
	}
	return nil
}

// unitFor is who answers for a group of categories in a street, and a unit that might be asked by mistake.
func (v *city) unitFor(rng *rand.Rand, s *street, group string) (right, wrong inspect.Unit) {
	office := v.units[s.Name+"办事处"]
	wrong = v.units[s.district+"城管局"]
	if group == "dirty_spot" || chance(rng, .08) {
		return office, wrong
	}
	for _, k := range kindsOfUnit {
		for _, g := range k.groups {
			if g == group {
				right = v.units[s.district+k.suffix]
			}
		}
	}
	if right.ID == wrong.ID {
		wrong = office
	}
	return right, wrong
}
