package store

import (
	"context"
	"errors"

	"spotcheck/pkg/inspect"
)

const dutyColumns = `SELECT d.id, d.uid, d.name, d.kind, d.subject, (SELECT uid FROM area WHERE id = d.area), d.class, d.place, d.targets,
	(SELECT uid FROM unit WHERE id = d.unit), d.people, d.each, d.schedule, d.valid_from, d.valid_to, d.opened_to, d.ended_at, d.made_by, d.created_at, d.updated_at
	FROM duty d `

func scanDuty(r scanner) (d inspect.Duty, err error) {
	var targets, people, schedule string
	if err = r.Scan(new(int64), (*uid)(&d.ID), &d.Name, &d.Kind, &d.Subject, (*uid)(&d.Area), &d.Class, &d.Place, &targets, (*uid)(&d.Unit), &people, &d.Each,
		&schedule, &d.Holds.From, &d.Holds.To, &d.OpenedTo, &d.EndedAt, (*uid)(&d.MadeBy), &d.CreatedAt, &d.UpdatedAt); err != nil {
		return d, err
	}
	err = errors.Join(readJSON(targets, &d.Targets), readJSON(people, &d.People), readJSON(schedule, &d.Schedule))
	return d, err
}

// Duty gives one duty; ok is false when there is none.
func (tx *Tx) Duty(ctx context.Context, id inspect.ID) (d inspect.Duty, ok bool, err error) {
	d, err = scanDuty(tx.row(ctx, dutyColumns+"WHERE d.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return d, ok, err
}

// Duties gives all duties, those that run first, by name.
func (tx *Tx) Duties(ctx context.Context) ([]inspect.Duty, error) {
	return list(ctx, tx, scanDuty, dutyColumns+"ORDER BY CASE WHEN d.ended_at = 0 THEN 0 ELSE 1 END, d.name, d.id")
}

// EachDuty calls f for every duty; of one that cannot be read with what can.
func (tx *Tx) EachDuty(ctx context.Context, f func(inspect.Duty) error) error {
	return tx.each(ctx, func(r scanner) error {
		d, err := scanDuty(r)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return err
		}
		return f(d)
	}, dutyColumns+"ORDER BY d.id")
}

// SaveDuty inserts a duty or changes the one with its id.
func (tx *Tx) SaveDuty(ctx context.Context, d *inspect.Duty) error {
	targets, err := asJSON(&d.Targets)
	if err != nil {
		return err
	}
	people, err := asJSON(&d.People)
	if err != nil {
		return err
	}
	schedule, err := asJSON(&d.Schedule)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO duty (uid, name, kind, subject, area, class, place, targets, unit, people, each, schedule, valid_from, valid_to, opened_to, ended_at,
			made_by, created_at, updated_at)
		VALUES (?, ?, ?, ?, (SELECT id FROM area WHERE uid = ?), ?, ?, ?, (SELECT id FROM unit WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET name = excluded.name, kind = excluded.kind, subject = excluded.subject, area = excluded.area, class = excluded.class,
			place = excluded.place, targets = excluded.targets, unit = excluded.unit, people = excluded.people, each = excluded.each, schedule = excluded.schedule,
			valid_from = excluded.valid_from, valid_to = excluded.valid_to, ended_at = excluded.ended_at, updated_at = excluded.updated_at`,
		bytesOf(d.ID), d.Name, string(d.Kind), string(d.Subject), bytesOf(d.Area), d.Class, string(d.Place), targets, bytesOf(d.Unit), people, d.Each, schedule,
		string(d.Holds.From), string(d.Holds.To), string(d.OpenedTo), int64(d.EndedAt), bytesOf(d.MadeBy), int64(d.CreatedAt), int64(d.UpdatedAt))
}

// SetOpenedTo keeps how far the rounds of a duty are opened.
func (tx *Tx) SetOpenedTo(ctx context.Context, duty inspect.ID, day inspect.Date) error {
	return tx.execOne(ctx, "UPDATE duty SET opened_to = ? WHERE uid = ?", string(day), bytesOf(duty))
}

// Target is an area or a place as a duty goes there.
type Target struct {
	ID, Area, Unit inspect.ID
	Name           string
}

func scanTarget(r scanner) (t Target, err error) {
	err = r.Scan((*uid)(&t.ID), (*uid)(&t.Area), (*uid)(&t.Unit), &t.Name)
	return t, err
}

// DutyTargets gives where a duty goes on a day: the areas or places that it names, or all that fit in its area, which are in use.
func (tx *Tx) DutyTargets(ctx context.Context, d *inspect.Duty, on inspect.Date) ([]Target, error) {
	var q string
	var args []any
	if !d.Area.IsZero() {
		q, args = subtree(AreaTree)+" ", []any{bytesOf(d.Area)}
	}
	and := func(sql string, more ...any) { q, args = q+sql, append(args, more...) }
	if d.Subject == inspect.VisitPlace {
		and(`SELECT p.uid, (SELECT uid FROM area WHERE id = p.area), (SELECT uid FROM unit WHERE id = p.unit), p.name FROM place p
			WHERE p.enabled AND p.valid_from <= ? AND p.valid_to >= ?`, string(on), string(on))
		if !d.Area.IsZero() {
			and(" AND p.area IN (SELECT id FROM line)")
		}
		if len(d.Targets) == 0 {
			and(" AND p.kind = ?", string(d.Place))
		}
	} else {
		and("SELECT a.uid, a.uid, NULL, a.name FROM area a WHERE a.enabled")
		if !d.Area.IsZero() {
			and(" AND a.id IN (SELECT id FROM line)")
		}
		switch {
		case len(d.Targets) > 0:
		case d.Class != "":
			and(" AND a.class = ?", d.Class)
		default:
			and(" AND NOT EXISTS (SELECT 1 FROM area c WHERE c.parent = a.id AND c.enabled)")
		}
	}
	if len(d.Targets) > 0 {
		column := "a.uid"
		if d.Subject == inspect.VisitPlace {
			column = "p.uid"
		}
		marks, ids := in(d.Targets)
		and(" AND "+column+" IN ("+marks+")", ids...)
	}
	and(" ORDER BY 4, 1")
	return list(ctx, tx, scanTarget, q, args...)
}
