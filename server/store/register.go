package store

import (
	"context"
	"errors"
	"slices"

	"spotcheck/pkg/inspect"
)

// LockRegisters keeps everybody else from changing registers and settings until the commit: whether a tree has a loop, who is the last
// administrator, or what a calendar has in it already, depends on what is there.
func (tx *Tx) LockRegisters(ctx context.Context) error {
	tx.settings, tx.locked = nil, true
	tx.above, tx.categories, tx.rules, tx.webhooks, tx.holders, tx.grants = nil, nil, nil, nil, nil, nil // may have changed while we waited
	if lock := tx.store.dialect.lockRegisters; lock != "" {
		return tx.exec(ctx, lock)
	}
	return nil
}

const unitColumns = `SELECT u.uid, u.name, u.kind, u.peer_group, p.uid, u.contact, u.enabled, u.created_at, u.updated_at
	FROM unit u LEFT JOIN unit p ON p.id = u.parent `

func scanUnit(r scanner) (u inspect.Unit, err error) {
	err = r.Scan((*uid)(&u.ID), &u.Name, &u.Kind, &u.PeerGroup, (*uid)(&u.Parent), &u.Contact, &u.Enabled, &u.CreatedAt, &u.UpdatedAt)
	return u, err
}

// EachUnitChange calls f for what the record says of each unit that ever changed, unit by unit, the oldest first.
func (tx *Tx) EachUnitChange(ctx context.Context, f func(unit inspect.ID, at inspect.Time, body []byte) error) error {
	return tx.each(ctx, func(r scanner) error {
		var name, body string
		var at inspect.Time
		var id inspect.ID
		if err := errors.Join(r.Scan(&name, &at, &body), id.UnmarshalText([]byte(name))); err != nil {
			return err
		}
		return f(id, at, []byte(body))
	}, "SELECT s.name, e.at, e.body FROM stream s JOIN event e ON e.stream = s.id WHERE s.kind = ? AND s.n > 1 ORDER BY s.name, e.n", StreamUnit)
}

// Units gives all units in the order in which they came.
func (tx *Tx) Units(ctx context.Context) ([]inspect.Unit, error) {
	return list(ctx, tx, scanUnit, unitColumns+"ORDER BY u.id")
}

// Unit gives one unit; ok is false when there is none.
func (tx *Tx) Unit(ctx context.Context, id inspect.ID) (u inspect.Unit, ok bool, err error) {
	u, err = scanUnit(tx.row(ctx, unitColumns+"WHERE u.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return u, ok, err
}

// SaveUnit inserts a unit or changes the one with its id.
func (tx *Tx) SaveUnit(ctx context.Context, u inspect.Unit) error {
	tx.above = nil
	return tx.exec(ctx, `INSERT INTO unit (uid, name, kind, peer_group, parent, contact, enabled, created_at, updated_at)
		VALUES (?, ?, ?, ?, (SELECT id FROM unit WHERE uid = ?), ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET name = excluded.name, kind = excluded.kind, peer_group = excluded.peer_group,
			parent = excluded.parent, contact = excluded.contact, enabled = excluded.enabled, updated_at = excluded.updated_at`,
		bytesOf(u.ID), u.Name, string(u.Kind), u.PeerGroup, bytesOf(u.Parent), u.Contact, u.Enabled, int64(u.CreatedAt), int64(u.UpdatedAt))
}

const areaColumns = `SELECT a.uid, a.name, a.code, a.level, a.class, p.uid, COALESCE(o.sha256, ''), a.width_m, a.enabled, a.created_at, a.updated_at
	FROM area a LEFT JOIN area p ON p.id = a.parent LEFT JOIN outline o ON o.id = a.outline `

func scanArea(r scanner) (a inspect.Area, err error) {
	err = r.Scan((*uid)(&a.ID), &a.Name, &a.Code, &a.Level, &a.Class, (*uid)(&a.Parent), &a.Outline, &a.WidthM, &a.Enabled, &a.CreatedAt, &a.UpdatedAt)
	return a, err
}

// Areas gives all areas in the order in which they came.
func (tx *Tx) Areas(ctx context.Context) ([]inspect.Area, error) {
	return list(ctx, tx, scanArea, areaColumns+"ORDER BY a.id")
}

// FirstAreas gives so many areas in the order in which they came.
func (tx *Tx) FirstAreas(ctx context.Context, most int) ([]inspect.Area, error) {
	return list(ctx, tx, scanArea, areaColumns+"ORDER BY a.id LIMIT ?", most)
}

// Area gives one area; ok is false when there is none.
func (tx *Tx) Area(ctx context.Context, id inspect.ID) (a inspect.Area, ok bool, err error) {
	a, err = scanArea(tx.row(ctx, areaColumns+"WHERE a.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return a, ok, err
}

// SaveArea inserts an area or changes the one with its id, but for its outline: SwitchAreas does that.
func (tx *Tx) SaveArea(ctx context.Context, a inspect.Area) error {
	if err := tx.areasChanged(ctx); err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO area (uid, name, code, level, class, parent, enabled, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, (SELECT id FROM area WHERE uid = ?), ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET name = excluded.name, code = excluded.code, level = excluded.level, class = excluded.class,
			parent = excluded.parent, enabled = excluded.enabled, updated_at = excluded.updated_at`,
		bytesOf(a.ID), a.Name, a.Code, string(a.Level), a.Class, bytesOf(a.Parent), a.Enabled, int64(a.CreatedAt), int64(a.UpdatedAt))
}

// Tree is a table whose rows name their parent.
type Tree string

// The two trees.
const (
	UnitTree Tree = "unit"
	AreaTree Tree = "area"
)

// Node is a node of a tree.
type Node struct {
	ID, Parent inspect.ID
	Name       string
}

// Nodes gives all nodes of a tree in the order in which they came.
func (tx *Tx) Nodes(ctx context.Context, t Tree) ([]Node, error) {
	return list(ctx, tx, func(r scanner) (n Node, err error) {
		err = r.Scan((*uid)(&n.ID), (*uid)(&n.Parent), &n.Name)
		return n, err
	}, "SELECT x.uid, p.uid, x.name FROM "+string(t)+" x LEFT JOIN "+string(t)+" p ON p.id = x.parent ORDER BY x.id")
}

// SelfAndAncestors gives a node of a tree and all above it, lowest first; nothing for no node.
func (tx *Tx) SelfAndAncestors(ctx context.Context, t Tree, id inspect.ID) ([]inspect.ID, error) {
	at := treeNode{t, id}
	if line, known := tx.above[at]; known {
		return slices.Clone(line), nil
	}
	line, err := tx.walk(ctx, `WITH RECURSIVE line (id, uid, parent, depth) AS (
		SELECT id, uid, parent, 0 FROM `+string(t)+` WHERE uid = ?
		UNION ALL SELECT x.id, x.uid, x.parent, line.depth + 1 FROM `+string(t)+` x JOIN line ON x.id = line.parent WHERE line.depth < 64
		) SELECT uid FROM line ORDER BY depth`, id)
	if err != nil {
		return nil, err
	}
	if tx.above == nil {
		tx.above = map[treeNode][]inspect.ID{}
	}
	tx.above[at] = line
	return slices.Clone(line), nil
}

// SelfAndDescendants gives a node of a tree and all below it.
func (tx *Tx) SelfAndDescendants(ctx context.Context, t Tree, id inspect.ID) ([]inspect.ID, error) {
	return tx.walk(ctx, subtree(t)+" SELECT uid FROM line ORDER BY id", id)
}

// subtree is the beginning of a query over the rows below the one whose uid is the first argument, itself included.
func subtree(t Tree) string {
	return `WITH RECURSIVE line (id, uid, depth) AS (
		SELECT id, uid, 0 FROM ` + string(t) + ` WHERE uid = ?
		UNION ALL SELECT x.id, x.uid, line.depth + 1 FROM ` + string(t) + ` x JOIN line ON x.parent = line.id WHERE line.depth < 64)`
}

func (tx *Tx) walk(ctx context.Context, q string, id inspect.ID) ([]inspect.ID, error) {
	if id.IsZero() {
		return nil, nil
	}
	return list(ctx, tx, func(r scanner) (at inspect.ID, err error) {
		err = r.Scan((*uid)(&at))
		return at, err
	}, q, bytesOf(id))
}

const categoryColumns = `SELECT code, old_code, name_zh, name_en, grp, time_limit, limit_unit, class_zh, local, enabled, by_photo, reopen_days,
	created_at, updated_at FROM category `

func scanCategory(r scanner) (c inspect.Category, err error) {
	err = r.Scan(&c.Code, &c.OldCode, &c.NameZH, &c.NameEN, &c.Group, &c.Limit, &c.LimitUnit, &c.ClassZH, &c.Local, &c.Enabled,
		&c.ByPhoto, &c.ReopenDays, &c.CreatedAt, &c.UpdatedAt)
	return c, err
}

// Categories gives the catalogue in the order in which it came.
func (tx *Tx) Categories(ctx context.Context) ([]inspect.Category, error) {
	return list(ctx, tx, scanCategory, categoryColumns+"ORDER BY id")
}

// CategoriesOf gives some items.
func (tx *Tx) CategoriesOf(ctx context.Context, codes []string) ([]inspect.Category, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	v := values{column: "code", all: padded(texts(codes))}
	return list(ctx, tx, scanCategory, categoryColumns+"WHERE "+v.sql(), v.all...)
}

// Category gives one item; ok is false when there is none.
func (tx *Tx) Category(ctx context.Context, code string) (c inspect.Category, ok bool, err error) {
	if c, ok = tx.categories[code]; ok {
		return c, true, nil
	}
	c, err = scanCategory(tx.row(ctx, categoryColumns+"WHERE code = ?", code))
	if ok, err = ignoreNoRows(err); ok {
		if tx.categories == nil {
			tx.categories = map[string]inspect.Category{}
		}
		tx.categories[code] = c
	}
	return c, ok, err
}

// SaveCategory inserts an item or changes the one with its code; the registers have to be locked.
func (tx *Tx) SaveCategory(ctx context.Context, c inspect.Category) error {
	if !tx.locked {
		return errUnlocked
	}
	tx.categories = nil
	return tx.exec(ctx, `INSERT INTO category (code, old_code, name_zh, name_en, grp, time_limit, limit_unit, class_zh, local, enabled,
			by_photo, reopen_days, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (code) DO UPDATE SET old_code = excluded.old_code, name_zh = excluded.name_zh, name_en = excluded.name_en,
			grp = excluded.grp, time_limit = excluded.time_limit, limit_unit = excluded.limit_unit, class_zh = excluded.class_zh,
			local = excluded.local, enabled = excluded.enabled, by_photo = excluded.by_photo, reopen_days = excluded.reopen_days,
			updated_at = excluded.updated_at`,
		c.Code, c.OldCode, c.NameZH, c.NameEN, c.Group, c.Limit, string(c.LimitUnit), c.ClassZH, c.Local, c.Enabled,
		c.ByPhoto, c.ReopenDays, int64(c.CreatedAt), int64(c.UpdatedAt))
}

// Settings gives the JSON of every setting by its key. They are read once in a transaction; nobody changes the map.
func (tx *Tx) Settings(ctx context.Context) (map[string]string, error) {
	if tx.settings != nil {
		return tx.settings, nil
	}
	all := map[string]string{}
	if err := tx.each(ctx, func(r scanner) error {
		var key, value string
		err := r.Scan(&key, &value)
		all[key] = value
		return err
	}, "SELECT key, value FROM setting"); err != nil {
		return nil, err
	}
	tx.settings = all
	return all, nil
}

// errUnlocked is a change of what somebody else may be changing at the same time.
var errUnlocked = errors.New("store: the registers were not locked before what is saved was looked at")

// SaveSetting keeps the JSON of a setting; the registers have to be locked.
func (tx *Tx) SaveSetting(ctx context.Context, key, value string) error {
	if !tx.locked {
		return errUnlocked
	}
	tx.settings = nil
	return tx.exec(ctx, "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
}

// NodeNames gives the names of the nodes of a tree with these ids.
func (tx *Tx) NodeNames(ctx context.Context, t Tree, ids []inspect.ID) (map[inspect.ID]string, error) {
	marks, args := in(ids)
	names := map[inspect.ID]string{}
	err := tx.each(ctx, func(r scanner) error {
		var id inspect.ID
		var name string
		err := r.Scan((*uid)(&id), &name)
		names[id] = name
		return err
	}, "SELECT uid, name FROM "+string(t)+" WHERE uid IN ("+marks+")", args...)
	return names, err
}
