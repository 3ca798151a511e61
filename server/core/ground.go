package core

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"spotcheck/pkg/atlas"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// ground keeps the areas with their outlines in memory. Each copy of the server has its own; the version in the database
// says when it is out of date.
type ground struct {
	mu   sync.Mutex // also over loading: who comes meanwhile waits for the same
	last *terrain
	next *terrain // that an import which is about to be applied will make
}

// terrain is all areas at one version. It never changes.
type terrain struct {
	version int64
	areas   map[inspect.ID]*inspect.Area
	known   []atlas.KnownArea
	shapes  map[string]*geo.Shape // by digest
	found   []inspect.ID          // of the outlines in the index, smallest first
	index   *geo.Index
}

// terrain gives the areas as they are now.
func (c *Core) terrain(ctx context.Context) (t *terrain, err error) {
	err = c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err = c.ground.terrain(ctx, tx)
		return err
	})
	return t, err
}

// terrainIn gives the areas as a transaction sees them.
func (c *Core) terrainIn(ctx context.Context, tx *store.Tx) (*terrain, error) {
	return c.ground.terrain(ctx, tx)
}

func (g *ground) terrain(ctx context.Context, tx *store.Tx) (*terrain, error) {
	version, err := tx.AreasVersion(ctx)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.last != nil && g.last.version >= version {
		return g.last, nil
	}
	t, before := newTerrain(version), g.last
	laid := g.next != nil && g.next.version == version // only the times of its areas are not known yet
	if laid {
		before = g.next
	}
	if err := t.load(ctx, tx, before); err != nil {
		return nil, fmt.Errorf("core: areas: %w", err)
	}
	if laid {
		t.found, t.index = before.found, before.index
	} else {
		t.lay()
	}
	g.last, g.next = t, nil
	return t, nil
}

func newTerrain(version int64) *terrain {
	return &terrain{version: version, areas: map[inspect.ID]*inspect.Area{}, shapes: map[string]*geo.Shape{}}
}

// ahead lays out the areas as an import will make them, so that the first report after it does not wait for the index.
func (c *Core) ahead(ctx context.Context, id inspect.ID) error {
	return c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		kept, _, err := tx.AreaImport(ctx, id)
		if err != nil {
			return err
		}
		now, err := c.ground.terrain(ctx, tx)
		if err != nil || now.version != kept.AreasVersion {
			return err // somebody was faster; the switch will say so
		}
		staged, err := tx.StagedAreas(ctx, id)
		if err != nil {
			return err
		}
		t := newTerrain(kept.AreasVersion + 1)
		if err := t.fill(ctx, tx, now.with(staged), now); err != nil {
			return fmt.Errorf("core: areas: %w", err)
		}
		t.lay()
		c.ground.mu.Lock()
		defer c.ground.mu.Unlock()
		c.ground.next = t
		return nil
	})
}

// with gives the areas with some of them new or changed.
func (t *terrain) with(staged []inspect.Area) []inspect.Area {
	changed := map[inspect.ID]bool{}
	for n := range staged {
		changed[staged[n].ID] = true
	}
	all := slices.Clone(staged)
	for n := range t.known {
		if !changed[t.known[n].ID] {
			all = append(all, t.known[n].Area)
		}
	}
	return all
}

// load reads the areas, and those outlines that the terrain before did not have.
func (t *terrain) load(ctx context.Context, tx *store.Tx, before *terrain) error {
	all, err := tx.Areas(ctx)
	if err != nil {
		return err
	}
	return t.fill(ctx, tx, all, before)
}

func (t *terrain) fill(ctx context.Context, tx *store.Tx, all []inspect.Area, before *terrain) (err error) {
	for i := range all {
		v := &all[i]
		t.areas[v.ID] = v
		k := atlas.KnownArea{Area: *v}
		if v.Outline != "" {
			if k.Outline, err = t.shape(ctx, tx, v.Outline, before); err != nil {
				return err
			}
			if k.Outline.WidthM != v.WidthM { // two roads along one line
				wide := *k.Outline
				wide.WidthM = v.WidthM
				k.Outline = &wide
			}
		}
		t.known = append(t.known, k)
	}
	return nil
}

func (t *terrain) shape(ctx context.Context, tx *store.Tx, sum string, before *terrain) (*geo.Shape, error) {
	if s := t.shapes[sum]; s != nil {
		return s, nil
	}
	if before != nil && before.shapes[sum] != nil {
		t.shapes[sum] = before.shapes[sum]
		return t.shapes[sum], nil
	}
	text, ok, err := tx.Outline(ctx, sum)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("the outline %s is missing", sum)
	}
	t.shapes[sum], err = geo.ParseGeoJSON(text)
	return t.shapes[sum], err
}

// lay makes the index over the areas that are switched on, smallest first; of two that cover the same the finer level goes
// first.
func (t *terrain) lay() {
	type sized struct {
		*atlas.KnownArea
		m2 float64
	}
	var all []sized
	for i := range t.known {
		if k := &t.known[i]; k.Enabled && k.Outline != nil && k.Outline.Centre == nil {
			all = append(all, sized{k, k.Outline.Area()})
		}
	}
	slices.SortFunc(all, func(a, b sized) int {
		return cmp.Or(cmp.Compare(a.m2, b.m2), cmp.Compare(slices.Index(inspect.AreaLevels, b.Level), slices.Index(inspect.AreaLevels, a.Level)), slices.Compare(a.ID[:], b.ID[:]))
	})
	shapes := make([]*geo.Shape, len(all))
	for i, k := range all {
		shapes[i], t.found = k.Outline, append(t.found, k.ID)
	}
	t.index = geo.NewIndex(shapes)
}

// at gives the smallest area whose outline holds a point; ok is false when none does.
func (t *terrain) at(p geo.Point) (id inspect.ID, ok bool) {
	var room [16]int
	if held := t.index.Containing(p, room[:0]); len(held) > 0 {
		return t.found[held[0]], true
	}
	return id, false
}

// above gives an area and all that it lies in, smallest first.
func (t *terrain) above(id inspect.ID) (chain []inspect.Area) {
	for v := t.areas[id]; v != nil && len(chain) < len(t.areas); v = t.areas[v.Parent] {
		chain = append(chain, *v)
	}
	return chain
}

// AreasAt gives the smallest area whose outline holds a point, and all areas that it lies in, smallest first; none where the
// outlines do not reach.
func (c *Core) AreasAt(ctx context.Context, p geo.Point) ([]inspect.Area, error) {
	t, err := c.terrain(ctx)
	if err != nil {
		return nil, err
	}
	id, ok := t.at(p)
	if !ok {
		return nil, nil
	}
	return t.above(id), nil
}

// Outline is where an area lies.
type Outline struct {
	inspect.Area
	GeoJSON []byte // geometry, WGS-84
	AreaM2  float64
	LengthM float64
}

// AreaOutline gives it; ErrNotFound when there is no such area, or none with an outline.
func (c *Core) AreaOutline(ctx context.Context, id inspect.ID) (o Outline, err error) {
	t, err := c.terrain(ctx)
	if err != nil {
		return o, err
	}
	for i := range t.known {
		if k := &t.known[i]; k.ID == id && k.Outline != nil {
			return Outline{Area: k.Area, GeoJSON: k.Outline.GeoJSON(), AreaM2: k.Outline.Area(), LengthM: k.Outline.Length()}, nil
		}
	}
	return o, inspect.ErrNotFound
}
