package places

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

// areaCache keeps the areas with their outlines in memory. Each copy of the server has its own; the version in the database
// says when it is out of date.
type areaCache struct {
	mu   sync.Mutex // also over loading: who comes meanwhile waits for the same
	last *AreaIndex
	next *AreaIndex // that an import which is about to be applied will make
}

// AreaIndex is all areas at one version. It never changes.
type AreaIndex struct {
	version int64
	Areas   map[inspect.ID]*inspect.Area
	known   []atlas.KnownArea
	Shapes  map[string]*geo.Shape // by digest
	byShape []inspect.ID          // of the outlines in the index, smallest first
	index   *geo.Index
}

// AreaIndex gives the areas as they are now.
func (svc *Service) AreaIndex(ctx context.Context) (t *AreaIndex, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err = svc.areas.get(ctx, tx)
		return err
	})
	return t, err
}

// AreaIndexIn gives the areas as a transaction sees them.
func (svc *Service) AreaIndexIn(ctx context.Context, tx *store.Tx) (*AreaIndex, error) {
	return svc.areas.get(ctx, tx)
}

func (g *areaCache) get(ctx context.Context, tx *store.Tx) (*AreaIndex, error) {
	version, err := tx.AreasVersion(ctx)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.last != nil && g.last.version >= version {
		return g.last, nil
	}
	t, before := newAreaIndex(version), g.last
	laid := g.next != nil && g.next.version == version // only the times of its areas are not known yet
	if laid {
		before = g.next
	}
	if err := t.load(ctx, tx, before); err != nil {
		return nil, fmt.Errorf("places: areas: %w", err)
	}
	if laid {
		t.byShape, t.index = before.byShape, before.index
	} else {
		t.buildIndex()
	}
	g.last, g.next = t, nil
	return t, nil
}

func newAreaIndex(version int64) *AreaIndex {
	return &AreaIndex{version: version, Areas: map[inspect.ID]*inspect.Area{}, Shapes: map[string]*geo.Shape{}}
}

// prepareIndex lays out the areas as an import will make them, so that the first report after it does not wait for the index.
func (svc *Service) prepareIndex(ctx context.Context, id inspect.ID) error {
	return svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		kept, _, err := tx.AreaImport(ctx, id)
		if err != nil {
			return err
		}
		now, err := svc.areas.get(ctx, tx)
		if err != nil || now.version != kept.AreasVersion {
			return err // somebody was faster; the switch will say so
		}
		staged, err := tx.StagedAreas(ctx, id)
		if err != nil {
			return err
		}
		t := newAreaIndex(kept.AreasVersion + 1)
		if err := t.fill(ctx, tx, now.withStaged(staged), now); err != nil {
			return fmt.Errorf("places: areas: %w", err)
		}
		t.buildIndex()
		svc.areas.mu.Lock()
		defer svc.areas.mu.Unlock()
		svc.areas.next = t
		return nil
	})
}

// withStaged gives the areas with some of them new or changed.
func (t *AreaIndex) withStaged(staged []inspect.Area) []inspect.Area {
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

// load reads the areas, and those outlines that the index before did not have.
func (t *AreaIndex) load(ctx context.Context, tx *store.Tx, before *AreaIndex) error {
	all, err := tx.Areas(ctx)
	if err != nil {
		return err
	}
	return t.fill(ctx, tx, all, before)
}

func (t *AreaIndex) fill(ctx context.Context, tx *store.Tx, all []inspect.Area, before *AreaIndex) (err error) {
	for i := range all {
		v := &all[i]
		t.Areas[v.ID] = v
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

func (t *AreaIndex) shape(ctx context.Context, tx *store.Tx, sum string, before *AreaIndex) (*geo.Shape, error) {
	if s := t.Shapes[sum]; s != nil {
		return s, nil
	}
	if before != nil && before.Shapes[sum] != nil {
		t.Shapes[sum] = before.Shapes[sum]
		return t.Shapes[sum], nil
	}
	text, ok, err := tx.Outline(ctx, sum)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("the outline %s is missing", sum)
	}
	t.Shapes[sum], err = geo.ParseGeoJSON(text)
	return t.Shapes[sum], err
}

// buildIndex makes the index over the areas that are switched on, smallest first; of two that cover the same the finer level goes
// first.
func (t *AreaIndex) buildIndex() {
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
		shapes[i], t.byShape = k.Outline, append(t.byShape, k.ID)
	}
	t.index = geo.NewIndex(shapes)
}

// At gives the smallest area whose outline holds a point; ok is false when none does.
func (t *AreaIndex) At(p geo.Point) (id inspect.ID, ok bool) {
	var room [16]int
	if held := t.index.Containing(p, room[:0]); len(held) > 0 {
		return t.byShape[held[0]], true
	}
	return id, false
}

// Above gives an area and all that it lies in, smallest first.
func (t *AreaIndex) Above(id inspect.ID) (chain []inspect.Area) {
	for v := t.Areas[id]; v != nil && len(chain) < len(t.Areas); v = t.Areas[v.Parent] {
		chain = append(chain, *v)
	}
	return chain
}

// AreasAt gives the smallest area whose outline holds a point, and all areas that it lies in, smallest first; none where the
// outlines do not reach.
func (svc *Service) AreasAt(ctx context.Context, p geo.Point) ([]inspect.Area, error) {
	t, err := svc.AreaIndex(ctx)
	if err != nil {
		return nil, err
	}
	id, ok := t.At(p)
	if !ok {
		return nil, nil
	}
	return t.Above(id), nil
}

// Outline is where an area lies.
type Outline struct {
	inspect.Area
	GeoJSON []byte // geometry, WGS-84
	AreaM2  float64
	LengthM float64
}

// AreaOutline gives it; ErrNotFound when there is no such area, or none with an outline.
func (svc *Service) AreaOutline(ctx context.Context, id inspect.ID) (o Outline, err error) {
	t, err := svc.AreaIndex(ctx)
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
