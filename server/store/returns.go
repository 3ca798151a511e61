package store

import (
	"context"
	"errors"

	"spotcheck/pkg/inspect"
)

const returnFormColumns = "SELECT f.uid, f.name, f.every, f.asked, f.units, f.days, f.minute, f.starts, f.asked_from, f.enabled, f.created_at, f.updated_at FROM return_form f "

func scanReturnForm(r scanner) (f inspect.ReturnForm, err error) {
	var lines, units, asked string
	if err = r.Scan((*uid)(&f.ID), &f.Name, &f.Every, &lines, &units, &f.Days, &f.Minute, &f.From, &asked, &f.Enabled, &f.CreatedAt, &f.UpdatedAt); err != nil {
		return f, err
	}
	err = errors.Join(readJSON(lines, &f.Lines), readJSON(units, &f.Units), readJSON(asked, &f.AskedFrom))
	return f, err
}

// ReturnForm gives one form; ok is false when there is none.
func (tx *Tx) ReturnForm(ctx context.Context, id inspect.ID) (f inspect.ReturnForm, ok bool, err error) {
	f, err = scanReturnForm(tx.row(ctx, returnFormColumns+"WHERE f.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return f, ok, err
}

// EachReturnForm calls f for every form in the order in which they came; for one that cannot be read with what can.
func (tx *Tx) EachReturnForm(ctx context.Context, f func(inspect.ReturnForm) error) error {
	return tx.each(ctx, func(r scanner) error {
		v, err := scanReturnForm(r)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return err
		}
		return f(v)
	}, returnFormColumns+"ORDER BY f.id")
}

// SaveReturnForm inserts a form or changes the one with its id.
func (tx *Tx) SaveReturnForm(ctx context.Context, f inspect.ReturnForm) error {
	lines, err := asJSON(&f.Lines)
	if err != nil {
		return err
	}
	units, err := asJSON(&f.Units)
	if err != nil {
		return err
	}
	asked, err := asJSON(&f.AskedFrom)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO return_form (uid, name, every, asked, units, days, minute, starts, asked_from, enabled, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET name = excluded.name, every = excluded.every, asked = excluded.asked, units = excluded.units, days = excluded.days,
			minute = excluded.minute, starts = excluded.starts, asked_from = excluded.asked_from, enabled = excluded.enabled, updated_at = excluded.updated_at`,
		bytesOf(f.ID), f.Name, f.Every, lines, units, f.Days, f.Minute, string(f.From), asked, f.Enabled, int64(f.CreatedAt), int64(f.UpdatedAt))
}

const returnColumns = `SELECT s.uid, (SELECT uid FROM return_form WHERE id = s.form), (SELECT uid FROM unit WHERE id = s.unit), s.period, s.starts, s.hundredths, s.note,
	(SELECT uid FROM person WHERE id = s.sent_by), s.sent_at FROM return_sent s `

func scanReturn(r scanner) (v inspect.ReturnSubmission, err error) {
	var numbers string
	if err = r.Scan((*uid)(&v.ID), (*uid)(&v.Form), (*uid)(&v.Unit), &v.Period, &v.From, &numbers, &v.Note, (*uid)(&v.By), &v.At); err != nil {
		return v, err
	}
	err = readJSON(numbers, &v.Hundredths)
	return v, err
}

// Return gives one return; ok is false when there is none.
func (tx *Tx) Return(ctx context.Context, id inspect.ID) (v inspect.ReturnSubmission, ok bool, err error) {
	v, err = scanReturn(tx.row(ctx, returnColumns+"WHERE s.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return v, ok, err
}

// Returns gives what was sent for the periods of a form that begin on some days, both included, in the order in which it came.
func (tx *Tx) Returns(ctx context.Context, form inspect.ID, from, to inspect.Date) ([]inspect.ReturnSubmission, error) {
	return list(ctx, tx, scanReturn, returnColumns+"WHERE s.form = (SELECT id FROM return_form WHERE uid = ?) AND s.starts >= ? AND s.starts <= ? ORDER BY s.id",
		bytesOf(form), string(from), string(to))
}

// EachReturn calls f for everything that was sent; for what cannot be read with what can.
func (tx *Tx) EachReturn(ctx context.Context, f func(inspect.ReturnSubmission) error) error {
	return tx.each(ctx, func(r scanner) error {
		v, err := scanReturn(r)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return err
		}
		return f(v)
	}, returnColumns+"ORDER BY s.id")
}

// ReturnSent says whether anybody sent a form yet.
func (tx *Tx) ReturnSent(ctx context.Context, form inspect.ID) (bool, error) {
	return ignoreNoRows(tx.row(ctx, "SELECT 1 FROM return_sent s WHERE s.form = (SELECT id FROM return_form WHERE uid = ?) LIMIT 1", bytesOf(form)).Scan(new(int)))
}

// InsertReturn keeps what a unit sent.
func (tx *Tx) InsertReturn(ctx context.Context, v inspect.ReturnSubmission) error {
	numbers, err := asJSON(&v.Hundredths)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO return_sent (uid, form, unit, period, starts, hundredths, note, sent_by, sent_at)
		VALUES (?, (SELECT id FROM return_form WHERE uid = ?), (SELECT id FROM unit WHERE uid = ?), ?, ?, ?, ?, (SELECT id FROM person WHERE uid = ?), ?)`,
		bytesOf(v.ID), bytesOf(v.Form), bytesOf(v.Unit), v.Period, string(v.From), numbers, v.Note, bytesOf(v.By), int64(v.At))
}
