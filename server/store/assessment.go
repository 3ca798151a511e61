package store

import (
	"context"
	"slices"

	"spotcheck/pkg/inspect"
)

const pointColumns = `SELECT p.id, p.uid, (SELECT uid FROM unit WHERE id = p.unit), p.day, p.hundredths, p.reason, p.withdrawn, p.created_at, p.updated_at FROM assessment_point p `

func scanPoint(r scanner) (id int64, p inspect.AssessmentPoint, err error) {
	err = r.Scan(&id, (*uid)(&p.ID), (*uid)(&p.Unit), (*string)(&p.Day), &p.Hundredths, &p.Reason, &p.Withdrawn, &p.CreatedAt, &p.UpdatedAt)
	return id, p, err
}

// AssessmentPoint gives one entry; ok is false when there is none.
func (tx *Tx) AssessmentPoint(ctx context.Context, id inspect.ID) (p inspect.AssessmentPoint, ok bool, err error) {
	_, p, err = scanPoint(tx.row(ctx, pointColumns+"WHERE p.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return p, ok, err
}

// AssessmentPoints gives the entries of some days, both included, in their order, those that were withdrawn as well.
func (tx *Tx) AssessmentPoints(ctx context.Context, from, to inspect.Date) ([]inspect.AssessmentPoint, error) {
	return list(ctx, tx, func(r scanner) (p inspect.AssessmentPoint, err error) {
		_, p, err = scanPoint(r)
		return p, err
	}, pointColumns+"WHERE p.day >= ? AND p.day <= ? ORDER BY p.day, p.id", string(from), string(to))
}

// SaveAssessmentPoint inserts an entry or changes the one with its id.
func (tx *Tx) SaveAssessmentPoint(ctx context.Context, p inspect.AssessmentPoint) error {
	return tx.exec(ctx, `INSERT INTO assessment_point (uid, unit, day, hundredths, reason, withdrawn, created_at, updated_at)
		VALUES (?, (SELECT id FROM unit WHERE uid = ?), ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET unit = excluded.unit, day = excluded.day, hundredths = excluded.hundredths, reason = excluded.reason,
			withdrawn = excluded.withdrawn, updated_at = excluded.updated_at`,
		bytesOf(p.ID), bytesOf(p.Unit), string(p.Day), p.Hundredths, p.Reason, p.Withdrawn, int64(p.CreatedAt), int64(p.UpdatedAt))
}

// Verification is who verified an issue when.
type Verification struct {
	Issue  inspect.ID
	Person inspect.ID
	At     inspect.Time // when it counts as done
	Area   inspect.ID   // in which the issue lies
}

// VerificationsIn gives who verified what in a time, from inclusive, to exclusive.
func (tx *Tx) VerificationsIn(ctx context.Context, from, to inspect.Time) ([]Verification, error) {
	return list(ctx, tx, scanVerification, verificationColumns+"WHERE a.kind = 'verify' AND a.credited_at >= ? AND a.credited_at < ?", int64(from), int64(to))
}

const verificationColumns = `SELECT i.uid, p.uid, a.credited_at, r.uid FROM action a JOIN issue i ON i.id = a.issue JOIN person p ON p.id = a.person
	LEFT JOIN area r ON r.id = i.area `

func scanVerification(r scanner) (v Verification, err error) {
	err = r.Scan((*uid)(&v.Issue), (*uid)(&v.Person), &v.At, (*uid)(&v.Area))
	return v, err
}

// Verifications gives who verified some issues.
func (tx *Tx) Verifications(ctx context.Context, issues []inspect.ID) (all []Verification, err error) {
	for some := range slices.Chunk(issues, 500) {
		marks, args := in(some)
		part, err := list(ctx, tx, scanVerification, verificationColumns+"WHERE a.kind = 'verify' AND i.uid IN ("+marks+")", args...)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

// Reporters gives who reported some issues, and how they stand.
func (tx *Tx) Reporters(ctx context.Context, issues []inspect.ID) (people map[inspect.ID]inspect.ID, statuses map[inspect.ID]inspect.Status, err error) {
	people, statuses = map[inspect.ID]inspect.ID{}, map[inspect.ID]inspect.Status{}
	for some := range slices.Chunk(issues, 500) {
		marks, args := in(some)
		if err := tx.each(ctx, func(r scanner) error {
			var issue, person inspect.ID
			var status inspect.Status
			err := r.Scan((*uid)(&issue), (*uid)(&person), &status)
			people[issue], statuses[issue] = person, status
			return err
		}, "SELECT i.uid, p.uid, i.status FROM issue i JOIN person p ON p.id = i.reporter WHERE i.uid IN ("+marks+")", args...); err != nil {
			return nil, nil, err
		}
	}
	return people, statuses, nil
}
