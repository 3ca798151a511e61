package places

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// Units gives all units.
func (svc *Service) Units(ctx context.Context) (all []inspect.Unit, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err = tx.Units(ctx)
		return err
	})
	return all, err
}

// PutUnit makes or changes a unit; the same again changes nothing.
func (svc *Service) PutUnit(ctx context.Context, a *inspect.Actor, u inspect.Unit) (saved inspect.Unit, repeated, created bool, err error) {
	only, err := city.Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamUnit, u.ID.String())
	if err != nil {
		return saved, false, false, err
	}
	err = svc.store.Write(ctx, city.OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) (err error) {
		saved, repeated, created, err = prepareNode(ctx, tx, store.UnitTree, u, tx.Unit,
			func(u *inspect.Unit) treeNode { return treeNode{u.ID, u.Parent, &u.CreatedAt, &u.UpdatedAt} })
		if err != nil || repeated {
			return err
		}
		seals, err := tx.SealTexts(ctx, u.ID, unitTexts(&u))
		if err != nil {
			return err
		}
		body := unitBody(&u)
		body["seals"] = seals
		ledger.Record(tx, a.ID, store.StreamUnit, u.ID.String(), "unit.changed", body)
		return tx.SaveUnit(ctx, saved)
	}))
	return saved, repeated, created, err
}

// unitBody is what the record keeps of a unit, unitTexts what it keeps as seals only.
func unitBody(u *inspect.Unit) map[string]any {
	return map[string]any{"name": u.Name, "kind": u.Kind, "peer_group": u.PeerGroup, "parent": u.Parent, "enabled": u.Enabled}
}

func unitTexts(u *inspect.Unit) map[string]string { return map[string]string{"contact": u.Contact} }

// treeNode is what units and areas have in common: a place in their tree, and when they were made and changed.
type treeNode struct {
	id, parent       inspect.ID
	created, updated *inspect.Time
}

// prepareNode prepares the saving of a unit or an area: the registers are locked, its parent is good, its times are filled in, and
// who sees less or more when it moves is told.
func prepareNode[T comparable](ctx context.Context, tx *store.Tx, t store.Tree, v T, load func(context.Context, inspect.ID) (T, bool, error),
	of func(*T) treeNode) (saved T, repeated, created bool, err error) {
	saved = v
	n := of(&saved)
	seen := *n.updated
	if err := tx.LockRegisters(ctx); err != nil {
		return saved, false, false, err
	}
	old, ok, err := load(ctx, n.id)
	if err != nil {
		return saved, false, false, err
	}
	if err := checkParent(ctx, tx, t, n.id, n.parent); err != nil {
		return saved, false, false, err
	}
	if *n.created, *n.updated = tx.Now, tx.Now; !ok {
		return saved, false, true, ledger.CheckSeen(seen, false, 0)
	}
	was := of(&old)
	if *n.created, *n.updated = *was.created, *was.updated; saved == old {
		return saved, true, false, nil
	}
	if err := ledger.CheckSeen(seen, true, *was.updated); err != nil {
		return old, false, false, err
	}
	if *n.updated = tx.Now; n.parent != was.parent {
		err = tx.BumpTreeVersion(ctx)
	}
	return saved, false, false, err
}

// checkParent refuses a parent that is not there, or that lies below.
func checkParent(ctx context.Context, tx *store.Tx, t store.Tree, id, parent inspect.ID) error {
	if parent.IsZero() {
		return nil
	}
	line, err := tx.SelfAndAncestors(ctx, t, parent)
	switch {
	case err != nil:
		return err
	case len(line) == 0:
		return inspect.UnknownField("/parent", "there is no such parent")
	case slices.Contains(line, id):
		return inspect.ErrTreeLoop.At(fault.Field{Pointer: "/parent", Detail: "the parent lies inside it"})
	}
	return nil
}

// Areas gives all areas.
func (svc *Service) Areas(ctx context.Context) (all []inspect.Area, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err = tx.Areas(ctx)
		return err
	})
	return all, err
}

// PutArea makes or changes an area, but for its outline; the same again changes nothing.
func (svc *Service) PutArea(ctx context.Context, a *inspect.Actor, v inspect.Area) (saved inspect.Area, repeated, created bool, err error) {
	only, err := city.Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamArea, v.ID.String())
	if err != nil {
		return saved, false, false, err
	}
	err = svc.store.Write(ctx, city.OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) (err error) {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		old, _, err := tx.Area(ctx, v.ID)
		if err != nil {
			return err
		}
		v.Outline, v.WidthM = old.Outline, old.WidthM
		saved, repeated, created, err = prepareNode(ctx, tx, store.AreaTree, v, tx.Area,
			func(v *inspect.Area) treeNode { return treeNode{v.ID, v.Parent, &v.CreatedAt, &v.UpdatedAt} })
		if err != nil || repeated {
			return err
		}
		ledger.Record(tx, a.ID, store.StreamArea, v.ID.String(), "area.changed", areaBody(&v))
		return tx.SaveArea(ctx, saved)
	}))
	return saved, repeated, created, err
}

// areaBody is what the record keeps of an area.
func areaBody(v *inspect.Area) map[string]any {
	body := map[string]any{"name": v.Name, "code": v.Code, "level": v.Level, "class": v.Class, "parent": v.Parent, "enabled": v.Enabled}
	if v.Outline != "" || v.WidthM != 0 {
		body["outline"], body["width_m"] = v.Outline, v.WidthM
	}
	return body
}

// Categories gives the catalogue.
func (svc *Service) Categories(ctx context.Context) (all []inspect.Category, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err = tx.Categories(ctx)
		return err
	})
	return all, err
}

// PutCategory makes or changes an item of the catalogue; the same again changes nothing.
func (svc *Service) PutCategory(ctx context.Context, a *inspect.Actor, v inspect.Category) (saved inspect.Category, repeated, created bool, err error) {
	only, err := city.Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamCategory, v.Code)
	if err != nil {
		return saved, false, false, err
	}
	err = svc.store.Write(ctx, city.OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) error {
		saved, repeated, created, err = putCategory(ctx, tx, a.ID, v)
		return err
	}))
	return saved, repeated, created, err
}

func putCategory(ctx context.Context, tx *store.Tx, by inspect.ID, v inspect.Category) (saved inspect.Category, repeated, created bool, err error) {
	if err := tx.LockRegisters(ctx); err != nil {
		return v, false, false, err
	}
	old, ok, err := tx.Category(ctx, v.Code)
	if err != nil {
		return v, false, false, err
	}
	seen := v.UpdatedAt
	v.CreatedAt, v.UpdatedAt = tx.Now, tx.Now
	if ok {
		v.CreatedAt, v.UpdatedAt = old.CreatedAt, old.UpdatedAt
		if v == old {
			return v, true, false, nil
		}
		v.UpdatedAt = tx.Now
	}
	if err := ledger.CheckSeen(seen, ok, old.UpdatedAt); err != nil {
		return old, false, false, err
	}
	ledger.Record(tx, by, store.StreamCategory, v.Code, "category.changed", categoryBody(&v))
	return v, false, !ok, tx.SaveCategory(ctx, v)
}

// categoryBody is what the record keeps of an item of the catalogue.
func categoryBody(v *inspect.Category) map[string]any {
	return map[string]any{"old_code": v.OldCode, "name_zh": v.NameZH, "name_en": v.NameEN, "group": v.Group, "limit": v.Limit,
		"limit_unit": v.LimitUnit, "class_zh": v.ClassZH, "local": v.Local, "enabled": v.Enabled, "by_photo": v.ByPhoto, "reopen_days": v.ReopenDays}
}

// catalogue is the list of items that an installation starts with.
//
//go:embed catalogue.tsv
var catalogue []byte

// Catalogue gives the built-in catalogue.
func Catalogue() TableFile { return TableFile{Body: catalogue} }

// kinds of verification and windows for reopening by group: pkg/inspect/rules.md, "Catalogue and rules of limits", gives days for the groups that it names.
var groups = map[string]struct {
	byPhoto    bool
	reopenDays int
}{
	"litter": {true, 0}, "road_mud": {false, 0}, "street_order": {true, 0}, "dirty_spot": {false, 7}, "posters": {true, 7},
	"construction": {false, 7}, "facility": {false, 30},
}

// catalogueColumns are the columns of a catalogue file.
var catalogueColumns = []table.Column{{Name: "code", Needed: true}, {Name: "old_code", Needed: true}, {Name: "name_zh", Needed: true}, {Name: "name_en", Needed: true},
	{Name: "group", Needed: true}, {Name: "limit", Needed: true}, {Name: "unit", Needed: true}, {Name: "class_zh", Needed: true}}

// ImportCatalogue takes a table of categories: all of it or, if a line is wrong, nothing. Switched-off items stay off.
func (svc *Service) ImportCatalogue(ctx context.Context, by inspect.ID, file TableFile) (n CatalogueImport, err error) {
	items, err := readCatalogue(ctx, svc.tables, file)
	if err != nil {
		return n, err
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if n, err = (CatalogueImport{}), tx.LockRegisters(ctx); err != nil {
			return err
		}
		for _, v := range items {
			if old, ok, err := tx.Category(ctx, v.Code); err != nil {
				return err
			} else if ok {
				v.Enabled, v.ByPhoto, v.ReopenDays = old.Enabled, old.ByPhoto, old.ReopenDays
			}
			_, repeated, created, err := putCategory(ctx, tx, by, v)
			if err != nil {
				return err
			}
			n.Count(repeated, created)
		}
		return nil
	})
	return n, err
}

func readCatalogue(ctx context.Context, read table.Reader, file TableFile) ([]inspect.Category, error) {
	var items []inspect.Category
	var wrong []error
	_, err := table.ReadColumns(ctx, read, file.Body, file.options(), catalogueColumns, func(r *table.Record) error {
		limit, err := strconv.ParseFloat(r.Text("limit"), 64)
		code, group := r.Text("code"), r.Text("group")
		v := inspect.Category{Code: code, OldCode: r.Text("old_code"), NameZH: r.Text("name_zh"), NameEN: r.Text("name_en"), Group: group, Limit: limit,
			ClassZH: r.Text("class_zh"), Enabled: true, Local: len(code) != 5, ByPhoto: groups[group].byPhoto, ReopenDays: groups[group].reopenDays}
		if err == nil {
			err = v.LimitUnit.UnmarshalText([]byte(r.Text("unit")))
		}
		for _, c := range catalogueColumns {
			if doubt := r.Doubt(c.Name); doubt != nil {
				wrong = append(wrong, fmt.Errorf("line %d: %s: %w", r.N, c.Name, doubt))
			}
		}
		if err != nil || !(calendar.Limit{N: limit}).Valid() || v.Code == "" || v.NameZH == "" || v.NameEN == "" {
			wrong = append(wrong, fmt.Errorf("line %d: want a code, both names, and a limit with its unit", r.N))
		}
		if len(code) == 4 && bytes.Contains(catalogue, []byte("\n0"+code+"\t")) {
			wrong = append(wrong, fmt.Errorf("line %d: want the code 0%s: it lost its first zero", r.N, code))
		}
		items = append(items, v)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the catalogue cannot be read: %w", err)
	}
	return items, errors.Join(wrong...)
}

// Bootstrap is all that a phone needs to work without a network.
type Bootstrap struct {
	Categories []inspect.Category
	Rules      []inspect.Rule
	Units      []inspect.Unit
	Areas      []inspect.Area
	People     []store.PersonRef
	Settings   map[string]string // all, by key
	Cursor     issues.Cursor     // where the feed of changes goes on from here
}

// Bootstrap gives it, with the people that the actor works with.
func (svc *Service) Bootstrap(ctx context.Context, a *inspect.Actor) (b Bootstrap, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if b.Categories, err = tx.Categories(ctx); err != nil {
			return err
		}
		if b.Rules, err = tx.Rules(ctx); err != nil {
			return err
		}
		if b.Units, err = tx.Units(ctx); err != nil {
			return err
		}
		if b.Areas, err = tx.Areas(ctx); err != nil {
			return err
		}
		if b.Settings, err = tx.Settings(ctx); err != nil {
			return err
		}
		if b.People, err = tx.PeopleInSight(ctx, a); err != nil {
			return err
		}
		b.Cursor, err = issues.CursorFor(ctx, tx, a)
		return err
	})
	return b, err
}
