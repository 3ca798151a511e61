package store

import (
	"context"
	"errors"

	"spotcheck/pkg/inspect"
)

// VisitRow is a visit as the database holds it.
type VisitRow struct {
	inspect.Visit
	ContentSalt []byte // that tells a repetition
	ContentSeal string
	id          int64
}

const visitColumns = `SELECT v.id, v.uid, s.uid, s.version, v.subject, v.target, (SELECT uid FROM area WHERE id = v.area), (SELECT uid FROM unit WHERE id = v.unit),
	(SELECT uid FROM visit WHERE id = v.rechecks), (SELECT uid FROM draw WHERE id = v.draw), v.person, v.company, v.started_at, v.done_at, v.sent_at, v.received_at,
	v.answers, v.note, v.signature, v.signed_by, v.sign_reason, v.score, v.scored, v.vetoed, v.passed, v.grade, v.contest_by, v.contest, v.contested_at, v.decided_at, v.updated_at,
	v.content_salt, v.content_seal FROM visit v JOIN standard s ON s.id = v.standard `

func scanVisit(r scanner) (v VisitRow, err error) {
	var company, answers, contest string
	var contestedAt, decidedAt inspect.Time
	if err = r.Scan(&v.id, (*uid)(&v.ID), (*uid)(&v.Standard), &v.Version, &v.Subject, (*uid)(&v.Target), (*uid)(&v.Area), (*uid)(&v.Unit), (*uid)(&v.Rechecks),
		(*uid)(&v.Draw), (*uid)(&v.By), &company, &v.StartedAt, &v.DoneAt, &v.SentAt, &v.ReceivedAt, &answers, &v.Note, &v.Signature.Kind, &v.Signature.Name,
		&v.Signature.Reason, &v.Score, &v.Scored, &v.Vetoed, &v.Passed, &v.Grade, &v.ContestBy, &contest, &contestedAt, &decidedAt, &v.UpdatedAt,
		&v.ContentSalt, &v.ContentSeal); err != nil {
		return v, err
	}
	err = errors.Join(readJSON(company, &v.With), readJSON(answers, &v.Answers), readJSON(contest, &v.Contest))
	v.Contest.At, v.Contest.DecidedAt = contestedAt, decidedAt // by which contests that wait are found
	return v, err
}

// Visit gives one visit; ok is false when there is none.
func (tx *Tx) Visit(ctx context.Context, id inspect.ID) (v VisitRow, ok bool, err error) {
	v, err = scanVisit(tx.row(ctx, visitColumns+"WHERE v.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return v, ok, err
}

// LatestVisit gives the last visit to a place or an area; ok is false when there is none.
func (tx *Tx) LatestVisit(ctx context.Context, target inspect.ID) (v VisitRow, ok bool, err error) {
	v, err = scanVisit(tx.row(ctx, visitColumns+"WHERE v.target = ? ORDER BY v.done_at DESC, v.id DESC LIMIT 1", bytesOf(target)))
	ok, err = ignoreNoRows(err)
	return v, ok, err
}

// VisitTaken says whether a visit by lot to a target, or a re-check of a visit, came already.
func (tx *Tx) VisitTaken(ctx context.Context, draw, target, rechecks inspect.ID) (bool, error) {
	if !rechecks.IsZero() {
		return tx.any(ctx, "SELECT 1 FROM visit WHERE rechecks = (SELECT id FROM visit WHERE uid = ?)", bytesOf(rechecks))
	}
	if draw.IsZero() {
		return false, nil
	}
	return tx.any(ctx, "SELECT 1 FROM visit WHERE draw = (SELECT id FROM draw WHERE uid = ?) AND target = ?", bytesOf(draw), bytesOf(target))
}

// InsertVisit keeps a new visit and the issues that its findings became, which are there already.
func (tx *Tx) InsertVisit(ctx context.Context, v *VisitRow) error {
	company, err := asJSON(&v.With)
	if err != nil {
		return err
	}
	answers, err := asJSON(&v.Answers)
	if err != nil {
		return err
	}
	contest, err := asJSON(&v.Contest)
	if err != nil {
		return err
	}
	if err := tx.row(ctx, `INSERT INTO visit (uid, standard, subject, target, area, unit, rechecks, draw, person, company, started_at, done_at, sent_at, received_at, answers,
			note, signature, signed_by, sign_reason, score, scored, vetoed, passed, grade, contest_by, contest, contested_at, decided_at, updated_at, content_salt,
			content_seal)
		VALUES (?, (SELECT id FROM standard WHERE uid = ? AND version = ?), ?, ?, (SELECT id FROM area WHERE uid = ?), (SELECT id FROM unit WHERE uid = ?),
			(SELECT b.id FROM visit b WHERE b.uid = ?), (SELECT id FROM draw WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		RETURNING id`,
		bytesOf(v.ID), bytesOf(v.Standard), v.Version, string(v.Subject), bytesOf(v.Target), bytesOf(v.Area), bytesOf(v.Unit), bytesOf(v.Rechecks), bytesOf(v.Draw),
		bytesOf(v.By), company, int64(v.StartedAt), int64(v.DoneAt), int64(v.SentAt), int64(v.ReceivedAt), answers, v.Note, string(v.Signature.Kind), v.Signature.Name,
		v.Signature.Reason, int64(v.Score), v.Scored, v.Vetoed, v.Passed, v.Grade, int64(v.ContestBy), contest, int64(v.Contest.At), int64(v.Contest.DecidedAt),
		int64(v.UpdatedAt), v.ContentSalt, v.ContentSeal).Scan(&v.id); err != nil {
		return err
	}
	for _, a := range v.Answers {
		for _, f := range a.Findings {
			if f.Issue.IsZero() {
				continue
			}
			if err := tx.exec(ctx, "INSERT INTO visit_finding (visit, item, issue) VALUES (?, ?, (SELECT id FROM issue WHERE uid = ?))", v.id, a.Item,
				bytesOf(f.Issue)); err != nil {
				return err
			}
		}
	}
	return tx.LookedAt(ctx, v.Subject, v.Target, v.DoneAt)
}

// SaveContest keeps what a contest changes of a visit.
func (tx *Tx) SaveContest(ctx context.Context, v *VisitRow) error {
	answers, err := asJSON(&v.Answers)
	if err != nil {
		return err
	}
	contest, err := asJSON(&v.Contest)
	if err != nil {
		return err
	}
	return tx.execOne(ctx, `UPDATE visit SET answers = ?, score = ?, scored = ?, vetoed = ?, passed = ?, grade = ?, contest = ?, contested_at = ?, decided_at = ?,
			updated_at = ? WHERE id = ?`, answers, int64(v.Score), v.Scored, v.Vetoed, v.Passed, v.Grade, contest, int64(v.Contest.At), int64(v.Contest.DecidedAt),
		int64(v.UpdatedAt), v.id)
}

// VisitFilter says which visits a list holds, newest first. What is empty does not filter.
type VisitFilter struct {
	Target, Standard, Issue, By inspect.ID
	Area, Unit                  inspect.ID // with all below
	Contested                   bool       // and not decided
	Failed                      bool       // did not pass and was not looked at again
	Since                       inspect.Time
	For                         *inspect.Actor // sees only what is theirs to see
	After                       int64          // a cursor: the number of the row before
	Limit                       int
}

// Visits gives a page of visits and where the next begins, 0 when there is no more.
func (tx *Tx) Visits(ctx context.Context, f VisitFilter) (page []VisitRow, next int64, err error) {
	var c condition
	and := func(sql string, args ...any) { c.sql, c.args = c.sql+" AND "+sql, append(c.args, args...) }
	if f.After != 0 {
		and("v.id < ?", f.After)
	}
	if !f.Target.IsZero() {
		and("v.target = ?", bytesOf(f.Target))
	}
	if !f.Standard.IsZero() {
		and("s.uid = ?", bytesOf(f.Standard))
	}
	if !f.By.IsZero() {
		and("v.person = ?", bytesOf(f.By))
	}
	if !f.Issue.IsZero() {
		and("v.id IN (SELECT x.visit FROM visit_finding x JOIN issue i ON i.id = x.issue WHERE i.uid = ?)", bytesOf(f.Issue))
	}
	if !f.Area.IsZero() {
		and("v.area IN ("+subtree(AreaTree)+" SELECT id FROM line)", bytesOf(f.Area))
	}
	if !f.Unit.IsZero() {
		and("v.unit IN ("+subtree(UnitTree)+" SELECT id FROM line)", bytesOf(f.Unit))
	}
	if f.Contested {
		and("v.contested_at > 0 AND v.decided_at = 0")
	}
	if f.Failed {
		and("v.scored AND NOT v.passed AND NOT EXISTS (SELECT 1 FROM visit n WHERE n.rechecks = v.id)")
	}
	if f.Since != 0 {
		and("v.received_at >= ?", int64(f.Since))
	}
	if f.For != nil {
		sql, args := inSightOf(f.For.ID, f.For.VisitGrants(), "v.person", "v.unit", "v.area")
		and(sql, args...)
	}
	page, err = list(ctx, tx, scanVisit, visitColumns+"WHERE 1 = 1"+c.sql+" ORDER BY v.id DESC LIMIT ?", append(c.args, f.Limit+1)...)
	if err == nil && len(page) > f.Limit {
		page = page[:f.Limit]
		next = page[f.Limit-1].id
	}
	return page, next, err
}

// EachVisit calls f for every visit; of one that cannot be read with what can.
func (tx *Tx) EachVisit(ctx context.Context, f func(*VisitRow) error) error {
	return tx.each(ctx, func(r scanner) error {
		v, err := scanVisit(r)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return err
		}
		return f(&v)
	}, visitColumns+"ORDER BY v.id")
}

// FindingItems gives the items at which issues were found, by visit and issue, as the table has them that finds a visit by its issue.
func (tx *Tx) FindingItems(ctx context.Context) (all map[inspect.ID]map[inspect.ID]string, err error) {
	all = map[inspect.ID]map[inspect.ID]string{}
	return all, tx.each(ctx, func(r scanner) error {
		var visit, issue inspect.ID
		var item string
		err := r.Scan((*uid)(&visit), (*uid)(&issue), &item)
		if all[visit] == nil {
			all[visit] = map[inspect.ID]string{}
		}
		all[visit][issue] = item
		return err
	}, "SELECT v.uid, i.uid, x.item FROM visit_finding x JOIN visit v ON v.id = x.visit JOIN issue i ON i.id = x.issue")
}

// DrawsToVisit gives the draws that are drawn and not carried out.
func (tx *Tx) DrawsToVisit(ctx context.Context) ([]inspect.Draw, error) {
	return list(ctx, tx, func(r scanner) (inspect.Draw, error) {
		_, d, err := scanDraw(r)
		return d, err
	}, drawColumns+"WHERE d.seed <> '' AND d.ended_at = 0 ORDER BY d.id")
}

// VisitedByDraw gives the places of a draw that were visited, each with the visit.
func (tx *Tx) VisitedByDraw(ctx context.Context, draw inspect.ID) (all map[inspect.ID]inspect.ID, err error) {
	all = map[inspect.ID]inspect.ID{}
	return all, tx.each(ctx, func(r scanner) error {
		var target, visit inspect.ID
		err := r.Scan((*uid)(&target), (*uid)(&visit))
		all[target] = visit
		return err
	}, "SELECT v.target, v.uid FROM visit v WHERE v.draw = (SELECT id FROM draw WHERE uid = ?)", bytesOf(draw))
}

// GradeCount is how many places of a kind in use have a grade by their latest visit.
type GradeCount struct {
	Kind    inspect.SpotKind
	Visited bool
	Grade   string // empty for none
	Places  int
}

// GradeCounts counts the places that are in use on a day and lie in an area with all below, of the whole city for none, by kind and grade of their latest visit.
func (tx *Tx) GradeCounts(ctx context.Context, area inspect.ID, on inspect.Date) ([]GradeCount, error) {
	in, args := "", []any{string(on), string(on)}
	if !area.IsZero() {
		in, args = " AND p.area IN ("+subtree(AreaTree)+" SELECT id FROM line)", append(args, bytesOf(area))
	}
	return list(ctx, tx, func(r scanner) (g GradeCount, err error) {
		err = r.Scan(&g.Kind, &g.Visited, &g.Grade, &g.Places)
		return g, err
	}, `SELECT p.kind, v.id IS NOT NULL, COALESCE(v.grade, ''), count(*) FROM place p
		LEFT JOIN visit v ON v.id = (SELECT l.id FROM visit l WHERE l.target = p.uid ORDER BY l.done_at DESC, l.id DESC LIMIT 1)
		WHERE p.enabled AND p.valid_from <= ? AND p.valid_to >= ?`+in+" GROUP BY 1, 2, 3 ORDER BY 1, 3", args...)
}
