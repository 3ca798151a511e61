package store

import (
	"context"
	"errors"

	"spotcheck/pkg/inspect"
)

const standardColumns = `SELECT s.id, s.uid, s.version, s.name, s.subject, s.kind, s.class, s.items, s.pass_mark, s.recheck_mark, s.grades, s.in_force_at,
	s.replaced_at, s.made_by, s.created_at, s.updated_at FROM standard s `

func scanStandard(r scanner) (id int64, s inspect.Standard, err error) {
	var items, grades string
	if err = r.Scan(&id, (*uid)(&s.ID), &s.Version, &s.Name, &s.Subject, &s.Kind, &s.Class, &items, &s.PassMark, &s.RecheckMark, &grades, &s.InForceAt,
		&s.ReplacedAt, (*uid)(&s.MadeBy), &s.CreatedAt, &s.UpdatedAt); err != nil {
		return id, s, err
	}
	err = errors.Join(readJSON(items, &s.Items), readJSON(grades, &s.Grades))
	return id, s, err
}

func onlyStandard(r scanner) (s inspect.Standard, err error) {
	_, s, err = scanStandard(r)
	return s, err
}

// Standard gives one version of a standard; ok is false when there is none.
func (tx *Tx) Standard(ctx context.Context, id inspect.ID, version int) (s inspect.Standard, ok bool, err error) {
	_, s, err = scanStandard(tx.row(ctx, standardColumns+"WHERE s.uid = ? AND s.version = ?", bytesOf(id), version))
	ok, err = ignoreNoRows(err)
	return s, ok, err
}

// StandardVersions gives all versions of a standard, the newest first.
func (tx *Tx) StandardVersions(ctx context.Context, id inspect.ID) ([]inspect.Standard, error) {
	return list(ctx, tx, onlyStandard, standardColumns+"WHERE s.uid = ? ORDER BY s.version DESC", bytesOf(id))
}

// Standards gives of every standard the version that is in force and a draft, where there are such, and otherwise the newest; by name.
func (tx *Tx) Standards(ctx context.Context) ([]inspect.Standard, error) {
	return list(ctx, tx, onlyStandard, standardColumns+`WHERE s.replaced_at = 0 OR s.version = (SELECT max(version) FROM standard n WHERE n.uid = s.uid)
		ORDER BY s.name, s.uid, s.version DESC`)
}

// EachStandard calls f for every version of every standard; of one that cannot be read with what can.
func (tx *Tx) EachStandard(ctx context.Context, f func(inspect.Standard) error) error {
	return tx.each(ctx, func(r scanner) error {
		s, err := onlyStandard(r)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return err
		}
		return f(s)
	}, standardColumns+"ORDER BY s.id")
}

// SaveStandard inserts a version of a standard or changes the one that is there.
func (tx *Tx) SaveStandard(ctx context.Context, s inspect.Standard) error {
	items, err := asJSON(&s.Items)
	if err != nil {
		return err
	}
	grades, err := asJSON(&s.Grades)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO standard (uid, version, name, subject, kind, class, items, pass_mark, recheck_mark, grades, in_force_at, replaced_at, made_by,
			created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid, version) DO UPDATE SET name = excluded.name, subject = excluded.subject, kind = excluded.kind, class = excluded.class, items = excluded.items,
			pass_mark = excluded.pass_mark, recheck_mark = excluded.recheck_mark, grades = excluded.grades,
			in_force_at = excluded.in_force_at, replaced_at = excluded.replaced_at,
			made_by = excluded.made_by, updated_at = excluded.updated_at`,
		bytesOf(s.ID), s.Version, s.Name, string(s.Subject), string(s.Kind), s.Class, items, int64(s.PassMark), int64(s.RecheckMark), grades,
		int64(s.InForceAt), int64(s.ReplacedAt), bytesOf(s.MadeBy), int64(s.CreatedAt), int64(s.UpdatedAt))
}
