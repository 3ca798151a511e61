package store_test

import (
	"context"
	"errors"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

func TestRegistersAreReadBack(t *testing.T) {
	t.Parallel()
	wantFilled(t, units[1])
	wantFilled(t, areas[1], ".Outline", ".WidthM") // only an import fills them
	wantFilled(t, categories[0])
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			gotUnits, errUnits := tx.Units(ctx)
			gotAreas, errAreas := tx.Areas(ctx)
			gotCategories, errCategories := tx.Categories(ctx)
			same(t, "units", gotUnits, units)
			same(t, "areas", gotAreas, areas)
			same(t, "categories", gotCategories, categories)
			return errors.Join(errUnits, errAreas, errCategories)
		})

		unit, area, item := units[1], areas[1], categories[1]
		unit.Name, unit.Kind, unit.PeerGroup, unit.Parent, unit.Contact, unit.Enabled, unit.UpdatedAt = "北队", "crew", "", inspect.ID{}, "", false, at(9)
		area.Name, area.Code, area.Level, area.Class, area.Parent, area.Enabled, area.UpdatedAt = "龙华", "x", "grid", "", id("elsewhere"), false, at(9)
		item.OldCode, item.NameZH, item.NameEN, item.Group, item.Limit, item.LimitUnit, item.ClassZH = "", "泥", "soil", "piles", 3, "calendar_day", ""
		item.Local, item.Enabled, item.ByPhoto, item.ReopenDays, item.UpdatedAt = false, false, false, 0, at(9)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.LockRegisters(ctx), tx.SaveUnit(ctx, unit), tx.SaveArea(ctx, area), tx.SaveCategory(ctx, item))
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			gotUnit, okUnit, errUnit := tx.Unit(ctx, unit.ID)
			gotArea, okArea, errArea := tx.Area(ctx, area.ID)
			gotItem, okItem, errItem := tx.Category(ctx, item.Code)
			same(t, "changed unit", gotUnit, unit)
			same(t, "changed area", gotArea, area)
			same(t, "changed item", gotItem, item)
			if !okUnit || !okArea || !okItem {
				t.Errorf("got %t, %t, %t, want all there", okUnit, okArea, okItem)
			}
			_, okUnit, errNoUnit := tx.Unit(ctx, id("unknown"))
			_, okArea, errNoArea := tx.Area(ctx, id("unknown"))
			_, okItem, errNoItem := tx.Category(ctx, "unknown")
			if okUnit || okArea || okItem {
				t.Errorf("unknown: got %t, %t, %t", okUnit, okArea, okItem)
			}
			names, errNames := tx.NodeNames(ctx, store.UnitTree, []inspect.ID{unit.ID, id("bureau"), id("unknown"), id("city")})
			same(t, "names", names, map[inspect.ID]string{unit.ID: "北队", id("bureau"): "bureau"})
			none, errNone := tx.NodeNames(ctx, store.AreaTree, nil)
			same(t, "names of nothing", none, nil)
			return errors.Join(errUnit, errArea, errItem, errNoUnit, errNoArea, errNoItem, errNames, errNone)
		})
	})
}

func TestTrees(t *testing.T) {
	t.Parallel()
	cases := []struct {
		tree         store.Tree
		node         string
		above, below []string
	}{
		{store.UnitTree, "bureau", []string{"bureau"}, []string{"bureau", "north crew", "south crew", "night shift"}},
		{store.UnitTree, "south crew", []string{"south crew", "bureau"}, []string{"south crew", "night shift"}},
		{store.UnitTree, "night shift", []string{"night shift", "south crew", "bureau"}, []string{"night shift"}},
		{store.UnitTree, "contractor", []string{"contractor"}, []string{"contractor"}},
		{store.UnitTree, "city", nil, nil},
		{store.UnitTree, "unknown", nil, nil},
		{store.UnitTree, "", nil, nil},
		{store.AreaTree, "Jinmao street", []string{"Jinmao street", "Longhua", "city"}, []string{"Jinmao street"}},
		{store.AreaTree, "city", []string{"city"}, []string{"city", "Longhua", "Meilan", "Jinmao street"}},
	}
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		for _, c := range cases {
			var node inspect.ID
			if c.node != "" {
				node = id(c.node)
			}
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				above, errAbove := tx.SelfAndAncestors(ctx, c.tree, node)
				below, errBelow := tx.SelfAndDescendants(ctx, c.tree, node)
				same(t, "above "+c.node, above, ids(c.above))
				same(t, "below "+c.node, below, ids(c.below))
				return errors.Join(errAbove, errBelow)
			})
		}
	})
}

func ids(names []string) (all []inspect.ID) {
	for _, name := range names {
		all = append(all, id(name))
	}
	return all
}

// TestLoopsEnd has a tree that no use case makes, as after two administrators at once or a repair by hand.
func TestLoopsEnd(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		bureau := units[0]
		bureau.Parent = id("night shift")
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveUnit(ctx, bureau) })
		insert(t, s, reported("issue"))
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			row, _, err := tx.Issue(ctx, id("issue"))
			row.Unit = id("south crew")
			return errors.Join(err, tx.LockIssues(ctx, row.ID), tx.UpdateIssue(ctx, &row))
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			above, errAbove := tx.SelfAndAncestors(ctx, store.UnitTree, id("south crew"))
			below, errBelow := tx.SelfAndDescendants(ctx, store.UnitTree, id("south crew"))
			page, _, errList := tx.ListIssues(ctx, store.IssueFilter{Unit: id("night shift"), Sort: store.NewestFirst, Limit: 10})
			for name, want := range map[string]bool{"bureau": true, "south crew": true, "night shift": true, "contractor": false} {
				if contains(above, id(name)) != want || contains(below, id(name)) != want {
					t.Errorf("%s: above %t, below %t, want %t", name, contains(above, id(name)), contains(below, id(name)), want)
				}
			}
			if len(page) != 1 {
				t.Errorf("got %d issues of the loop, want 1", len(page))
			}
			return errors.Join(errAbove, errBelow, errList)
		})
	})
}

func TestSettings(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.LockRegisters(ctx), tx.SaveSetting(ctx, "zone", `"Asia/Shanghai"`), tx.SaveSetting(ctx, "late", "720"), tx.SaveSetting(ctx, "late", "0"))
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Settings(ctx)
			same(t, "settings", got, map[string]string{"zone": `"Asia/Shanghai"`, "late": "0"})
			return err
		})
	})
}
