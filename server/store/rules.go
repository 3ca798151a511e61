package store

import (
	"context"
	"strings"

	"spotcheck/pkg/inspect"
)

const ruleColumns = `SELECT r.uid, r.version, r.number, (SELECT code FROM category WHERE id = r.category), r.area_class, r.file_zh, r.file_en, r.close_zh, r.close_en,
	r.time_limit, r.limit_unit, r.enabled, r.created_at, r.counting FROM rule r `

// newestRule says that a row is the newest version of its rule.
const newestRule = "r.version = (SELECT max(n.version) FROM rule n WHERE n.uid = r.uid)"

func scanRule(r scanner) (v inspect.Rule, err error) {
	err = r.Scan((*uid)(&v.ID), &v.Version, &v.Number, &v.Category, &v.AreaClass, &v.FileZH, &v.FileEN, &v.CloseZH, &v.CloseEN, &v.Limit,
		&v.LimitUnit, &v.Enabled, &v.CreatedAt, &v.Counting)
	return v, err
}

// Rules gives the newest version of every rule, by number.
func (tx *Tx) Rules(ctx context.Context) ([]inspect.Rule, error) {
	return list(ctx, tx, scanRule, ruleColumns+"WHERE "+newestRule+" ORDER BY r.number")
}

// RulesOf gives the newest version of the rules of a category, by number. They are read once in a transaction; nobody changes the slice.
func (tx *Tx) RulesOf(ctx context.Context, category string) (all []inspect.Rule, err error) {
	if all, known := tx.rules[category]; known {
		return all, nil
	}
	all, err = list(ctx, tx, scanRule, ruleColumns+"WHERE r.category = (SELECT id FROM category WHERE code = ?) AND "+newestRule+" ORDER BY r.number", category)
	if err == nil {
		if tx.rules == nil {
			tx.rules = map[string][]inspect.Rule{}
		}
		tx.rules[category] = all
	}
	return all, err
}

// RuleVersions gives every version of a rule, oldest first.
func (tx *Tx) RuleVersions(ctx context.Context, id inspect.ID) ([]inspect.Rule, error) {
	return list(ctx, tx, scanRule, ruleColumns+"WHERE r.uid = ? ORDER BY r.version", bytesOf(id))
}

// EachRule calls f for every version of every rule.
func (tx *Tx) EachRule(ctx context.Context, f func(inspect.Rule) error) error {
	return tx.each(ctx, func(r scanner) error {
		v, err := scanRule(r)
		if err != nil {
			return err
		}
		return f(v)
	}, ruleColumns+"ORDER BY r.id")
}

// RunningIssues gives issues whose unit is at work, by number of row after one; next is 0 when there is none left.
func (tx *Tx) RunningIssues(ctx context.Context, after int64, limit int) (ids []inspect.ID, next int64, err error) {
	err = tx.each(ctx, func(r scanner) error {
		var id inspect.ID
		err := r.Scan(&next, (*uid)(&id))
		ids = append(ids, id)
		return err
	}, "SELECT i.id, i.uid FROM issue i WHERE i.status = 'assigned' AND i.id > ? ORDER BY i.id LIMIT ?", after, limit)
	if len(ids) < limit {
		next = 0
	}
	return ids, next, err
}

// Rule gives a version of a rule, 0 for the newest; ok is false when there is none.
func (tx *Tx) Rule(ctx context.Context, id inspect.ID, version int64) (v inspect.Rule, ok bool, err error) {
	v, err = scanRule(tx.row(ctx, ruleColumns+"WHERE r.uid = ? AND (r.version = ? OR ? = 0) ORDER BY r.version DESC LIMIT 1", bytesOf(id), version, version))
	ok, err = ignoreNoRows(err)
	return v, ok, err
}

// InsertRule keeps a new version of a rule.
func (tx *Tx) InsertRule(ctx context.Context, v inspect.Rule) error {
	tx.rules = nil
	return tx.exec(ctx, `INSERT INTO rule (uid, version, number, category, area_class, file_zh, file_en, close_zh, close_en, time_limit, limit_unit, enabled, created_at, counting)
		VALUES (?, ?, ?, (SELECT id FROM category WHERE code = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		bytesOf(v.ID), v.Version, v.Number, v.Category, v.AreaClass, v.FileZH, v.FileEN, v.CloseZH, v.CloseEN, v.Limit, string(v.LimitUnit), v.Enabled, int64(v.CreatedAt),
		string(v.Counting))
}

// NextRuleNumber draws the number of a new rule.
func (tx *Tx) NextRuleNumber(ctx context.Context) (int64, error) { return tx.next(ctx, "rule", 1) }

// AreaClass is the class of an area, or of the nearest above it that has one; empty when none has.
func (tx *Tx) AreaClass(ctx context.Context, area inspect.ID) (class string, err error) {
	if area.IsZero() {
		return "", nil
	}
	err = tx.row(ctx, `WITH RECURSIVE line (class, parent, depth) AS (
		SELECT class, parent, 0 FROM area WHERE uid = ?
		UNION ALL SELECT x.class, x.parent, line.depth + 1 FROM area x JOIN line ON x.id = line.parent WHERE line.depth < 64)
		SELECT class FROM line WHERE class <> '' ORDER BY depth LIMIT 1`, bytesOf(area)).Scan(&class)
	_, err = ignoreNoRows(err)
	return class, err
}

// DueAlerts gives issues of which somebody has to be told now, those that wait longest first.
func (tx *Tx) DueAlerts(ctx context.Context, limit int) ([]inspect.ID, error) {
	return list(ctx, tx, func(r scanner) (id inspect.ID, err error) {
		err = r.Scan((*uid)(&id))
		return id, err
	}, "SELECT i.uid FROM issue i WHERE i.alert_at > 0 AND i.alert_at <= ? ORDER BY i.alert_at, i.id LIMIT ?", int64(tx.Now), limit)
}

// SetAlerts keeps when somebody has to be told of each of some issues next, 0 for never.
func (tx *Tx) SetAlerts(ctx context.Context, rows []IssueRow) error {
	if len(rows) == 0 {
		return nil
	}
	var when, ids []any
	for n := range rows {
		when, ids = append(when, rows[n].id, int64(rows[n].AlertAt)), append(ids, rows[n].id)
	}
	return tx.exec(ctx, "UPDATE issue SET alert_at = CASE id"+strings.Repeat(" WHEN CAST(? AS BIGINT) THEN CAST(? AS BIGINT)", len(rows))+" END WHERE id IN ("+marks(len(ids))+")",
		append(when, ids...)...)
}
