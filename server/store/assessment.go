package store

import (
	"context"

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

// InspectorFigures is what one person reported and verified in a time.
type InspectorFigures struct {
	Person                              inspect.ID
	Submitted, Filed, Merged, Dismissed int64 // reported by the person; dismissed as no issue
	Verified, VerifiedOnTime            int64
}

// InspectorFiguresIn gives what each person reported and verified in a time, from inclusive, to exclusive; with an area, only of issues that lie there.
func (tx *Tx) InspectorFiguresIn(ctx context.Context, from, to inspect.Time, area inspect.ID) ([]InspectorFigures, error) {
	within, args := "", []any{int64(from), int64(to)}
	if !area.IsZero() {
		ids, err := tx.idsIn(ctx, subtree(AreaTree)+" SELECT id FROM line", bytesOf(area))
		if err != nil {
			return nil, err
		}
		within, args = " AND i.area IN ("+marks(len(ids))+")", append(args, ids...)
	}
	return list(ctx, tx, func(r scanner) (v InspectorFigures, err error) {
		err = r.Scan((*uid)(&v.Person), &v.Submitted, &v.Filed, &v.Merged, &v.Dismissed, &v.Verified, &v.VerifiedOnTime)
		return v, err
	}, `SELECT p.uid, sum(w.submitted), sum(w.filed), sum(w.merged), sum(w.refused), sum(w.verified), sum(w.on_time) FROM (
			SELECT i.reporter AS person, count(*) AS submitted, sum(CASE WHEN i.filed_at > 0 THEN 1 ELSE 0 END) AS filed, sum(CASE WHEN i.status = 'merged' THEN 1 ELSE 0 END) AS merged,
				sum(CASE WHEN i.status = 'dismissed' THEN 1 ELSE 0 END) AS refused, 0 AS verified, 0 AS on_time
			FROM figure_fact f JOIN issue i ON i.id = f.issue WHERE f.n = 0 AND f.received_at >= ? AND f.received_at < ?`+within+` GROUP BY i.reporter
			UNION ALL
			SELECT x.person, 0, 0, 0, 0, count(*), sum(CASE WHEN EXISTS (SELECT 1 FROM figure_fact f WHERE f.issue = x.issue AND f.verify_by > 0 AND f.checked_at <= f.verify_by AND f.checked_at = x.credited_at) THEN 1 ELSE 0 END)
			FROM action x JOIN issue i ON i.id = x.issue WHERE x.kind = 'verify' AND x.credited_at >= ? AND x.credited_at < ?`+within+` GROUP BY x.person) w
		JOIN person p ON p.id = w.person GROUP BY p.id, p.uid ORDER BY p.id`, append(args, args...)...)
}
