package store

import (
	"context"
	"errors"

	"spotcheck/pkg/campaign"
	"spotcheck/pkg/inspect"
)

const activityColumns = `SELECT v.id, v.uid, v.kind, v.title, v.note, (SELECT uid FROM area WHERE id = v.area), (SELECT uid FROM unit WHERE id = v.unit), v.spots,
	v.starts_at, v.ends_at, v.sign_in_code, v.outcome, v.people, v.places, v.vehicles, v.tonnes, v.counted, v.done_at, v.done_by, v.cancelled, v.cancelled_at,
	v.cancelled_by, v.made_by, v.created_at, v.updated_at FROM activity v `

func scanActivity(r scanner) (id int64, v campaign.Activity, err error) {
	var spots string
	o := &v.Outcome
	if err := r.Scan(&id, (*uid)(&v.ID), &v.Kind, &v.Title, &v.Note, (*uid)(&v.Area), (*uid)(&v.Unit), &spots, &v.StartsAt, &v.EndsAt, &v.SignInCode,
		&o.Note, &o.People, &o.Places, &o.Vehicles, &o.Tonnes, &o.Counted, &o.At, (*uid)(&o.By), &v.Cancelled.Reason, &v.Cancelled.At,
		(*uid)(&v.Cancelled.By), (*uid)(&v.MadeBy), &v.CreatedAt, &v.UpdatedAt); err != nil {
		return id, v, err
	}
	err = readJSON(spots, &v.Spots)
	return id, v, err
}

// activities gives activities with their photos; last is the row of the last one.
func (tx *Tx) activities(ctx context.Context, q string, args ...any) (all []campaign.Activity, last int64, err error) {
	var rows []any
	all, err = list(ctx, tx, func(r scanner) (v campaign.Activity, err error) {
		last, v, err = scanActivity(r)
		rows = append(rows, last)
		return v, err
	}, activityColumns+q, args...)
	if err != nil || len(all) == 0 {
		return all, last, err
	}
	return all, last, tx.addPhotos(ctx, all, rows)
}

// addPhotos gives activities, which are in these rows, their photos.
func (tx *Tx) addPhotos(ctx context.Context, all []campaign.Activity, rows []any) error {
	at := map[int64]int{}
	for n, row := range rows {
		at[row.(int64)] = n
	}
	v := values{column: "p.activity", all: padded(rows)}
	return tx.each(ctx, func(r scanner) error {
		var activity int64
		var p campaign.ActivityPhoto
		if err := r.Scan(&activity, (*string)(&p.Stage), &p.SHA256, &p.Bytes, &p.Type, (*uid)(&p.By), &p.ReceivedAt); err != nil {
			return err
		}
		a := &all[at[activity]]
		a.Photos = append(a.Photos, p)
		return nil
	}, "SELECT p.activity, p.stage, p.sha256, p.bytes, p.type, p.received_by, p.received_at FROM activity_photo p WHERE "+v.sql()+" ORDER BY p.id", v.all...)
}

// Activity gives one activity; ok is false when there is none.
func (tx *Tx) Activity(ctx context.Context, id inspect.ID) (v campaign.Activity, ok bool, err error) {
	all, _, err := tx.activities(ctx, "WHERE v.uid = ?", bytesOf(id))
	if err != nil || len(all) == 0 {
		return v, false, err
	}
	return all[0], true, nil
}

// ActivityOfCode gives the activity to which people sign in by a code; ok is false when there is none.
func (tx *Tx) ActivityOfCode(ctx context.Context, code string) (v campaign.Activity, ok bool, err error) {
	all, _, err := tx.activities(ctx, "WHERE v.sign_in_code = ? AND v.sign_in_code <> ''", code)
	if err != nil || len(all) == 0 {
		return v, false, err
	}
	return all[0], true, nil
}

// Activities gives activities that begin before a moment, or never for 0, the last ones first, after so many rows were passed by the cursor; next is 0 at
// the end.
func (tx *Tx) Activities(ctx context.Context, from, until inspect.Time, before int64, limit int) (all []campaign.Activity, next int64, err error) {
	q, args := "WHERE v.starts_at >= ? AND v.starts_at < ?", []any{int64(from), int64(until)}
	if before > 0 {
		q, args = q+" AND (v.starts_at, v.id) < ((SELECT starts_at FROM activity WHERE id = ?), ?)", append(args, before, before)
	}
	all, next, err = tx.activities(ctx, q+" ORDER BY v.starts_at DESC, v.id DESC LIMIT ?", append(args, limit)...)
	if len(all) < limit {
		next = 0
	}
	return all, next, err
}

// activitiesAtOnce are read together.
const activitiesAtOnce = 500

// EachActivity calls f for every activity; of one that cannot be read with what can.
func (tx *Tx) EachActivity(ctx context.Context, f func(*campaign.Activity) error) error {
	for after := int64(0); ; {
		var some []campaign.Activity
		var rows []any
		if err := tx.each(ctx, func(r scanner) error {
			id, v, err := scanActivity(r)
			if err != nil && !errors.Is(err, ErrUnreadable) {
				return err
			}
			after, some, rows = id, append(some, v), append(rows, id)
			return nil
		}, activityColumns+"WHERE v.id > ? ORDER BY v.id LIMIT ?", after, activitiesAtOnce); err != nil {
			return err
		}
		if len(some) == 0 {
			return nil
		}
		if err := tx.addPhotos(ctx, some, rows); err != nil {
			return err
		}
		for n := range some {
			if err := f(&some[n]); err != nil {
				return err
			}
		}
	}
}

// SaveActivity inserts an activity or changes the one with its id; its photos are added apart.
func (tx *Tx) SaveActivity(ctx context.Context, v *campaign.Activity) error {
	spots, err := asJSON(&v.Spots)
	if err != nil {
		return err
	}
	o := &v.Outcome
	return tx.exec(ctx, `INSERT INTO activity (uid, kind, title, note, area, unit, spots, starts_at, ends_at, sign_in_code, outcome, people, places, vehicles, tonnes, counted,
			done_at, done_by, cancelled, cancelled_at, cancelled_by, made_by, created_at, updated_at)
		VALUES (?, ?, ?, ?, (SELECT id FROM area WHERE uid = ?), (SELECT id FROM unit WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET kind = excluded.kind, title = excluded.title, note = excluded.note, area = excluded.area, unit = excluded.unit,
			spots = excluded.spots, starts_at = excluded.starts_at, ends_at = excluded.ends_at, sign_in_code = excluded.sign_in_code, outcome = excluded.outcome,
			people = excluded.people, places = excluded.places, vehicles = excluded.vehicles, tonnes = excluded.tonnes, counted = excluded.counted,
			done_at = excluded.done_at, done_by = excluded.done_by, cancelled = excluded.cancelled, cancelled_at = excluded.cancelled_at,
			cancelled_by = excluded.cancelled_by, updated_at = excluded.updated_at`,
		bytesOf(v.ID), string(v.Kind), v.Title, v.Note, bytesOf(v.Area), bytesOf(v.Unit), spots, int64(v.StartsAt), int64(v.EndsAt), v.SignInCode, o.Note, o.People,
		o.Places, o.Vehicles, int64(o.Tonnes), o.Counted, int64(o.At), bytesOf(o.By), v.Cancelled.Reason, int64(v.Cancelled.At), bytesOf(v.Cancelled.By),
		bytesOf(v.MadeBy), int64(v.CreatedAt), int64(v.UpdatedAt))
}

// AddActivityPhoto adds a photo to an activity.
func (tx *Tx) AddActivityPhoto(ctx context.Context, activity inspect.ID, p *campaign.ActivityPhoto) error {
	return tx.exec(ctx, `INSERT INTO activity_photo (activity, stage, sha256, bytes, type, received_by, received_at)
		VALUES ((SELECT id FROM activity WHERE uid = ?), ?, ?, ?, ?, ?, ?)`, bytesOf(activity), string(p.Stage), p.SHA256, p.Bytes, p.Type, bytesOf(p.By),
		int64(p.ReceivedAt))
}

const signInColumns = "SELECT s.uid, v.uid, s.name, s.at FROM activity_sign_in s JOIN activity v ON v.id = s.activity "

func scanSignIn(r scanner) (s campaign.SignIn, err error) {
	err = r.Scan((*uid)(&s.ID), (*uid)(&s.Activity), &s.Name, &s.At)
	return s, err
}

// SignIn gives one sign-in; ok is false when there is none.
func (tx *Tx) SignIn(ctx context.Context, id inspect.ID) (s campaign.SignIn, ok bool, err error) {
	s, err = scanSignIn(tx.row(ctx, signInColumns+"WHERE s.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return s, ok, err
}

// SignIns gives those who signed in to an activity, in their order.
func (tx *Tx) SignIns(ctx context.Context, activity inspect.ID) ([]campaign.SignIn, error) {
	return list(ctx, tx, scanSignIn, signInColumns+"WHERE v.uid = ? ORDER BY s.id", bytesOf(activity))
}

// EachSignIn calls f for every sign-in.
func (tx *Tx) EachSignIn(ctx context.Context, f func(campaign.SignIn) error) error {
	return tx.each(ctx, func(r scanner) error {
		s, err := scanSignIn(r)
		if err != nil {
			return err
		}
		return f(s)
	}, signInColumns+"ORDER BY s.id")
}

// InsertSignIn keeps a new sign-in.
func (tx *Tx) InsertSignIn(ctx context.Context, s *campaign.SignIn) error {
	return tx.exec(ctx, "INSERT INTO activity_sign_in (uid, activity, name, at) VALUES (?, (SELECT id FROM activity WHERE uid = ?), ?, ?)", bytesOf(s.ID),
		bytesOf(s.Activity), s.Name, int64(s.At))
}
