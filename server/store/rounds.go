package store

import (
	"context"
	"errors"
	"slices"
	"strings"

	"spotcheck/pkg/duty"
	"spotcheck/pkg/inspect"
)

// RoundRow is a round as the database holds it.
type RoundRow struct {
	inspect.Round
	OpenedAt    inspect.Time // when its row was made
	ContentSalt []byte       // that tells a repetition
	ContentSeal string
	DutyEnded   inspect.Time // when its duty ended
	id          int64
}

// State is how the round stands at a moment.
func (r *RoundRow) State(now inspect.Time) inspect.RoundState { return r.Round.State(now, r.DutyEnded) }

const roundColumns = `SELECT r.id, r.uid, d.uid, d.ended_at, r.subject, r.target, (SELECT uid FROM area WHERE id = r.area), (SELECT uid FROM unit WHERE id = r.unit),
	r.opened_on, r.n, r.opens_at, r.closes_at, r.day, r.period, r.person, r.company, r.started_at, r.done_at, r.sent_at, r.received_at, r.note,
	r.excuse, r.excused_by, r.excused_at, r.opened_at, r.updated_at, r.content_salt, r.content_seal FROM round r JOIN duty d ON d.id = r.duty `

// roundState is inspect.Round.State in SQL, at the moment of two arguments; roundOutcome is how it ended at the moment of one, empty before.
const (
	roundState   = roundEnded + ` WHEN r.opens_at <= ? THEN 'open' ELSE 'planned' END`
	roundOutcome = roundEnded + ` ELSE '' END`
	roundEnded   = `CASE WHEN r.done_at > 0 AND (r.opened_on = '' OR r.done_at <= r.closes_at) THEN 'done'
	WHEN r.excused_at > 0 THEN 'excused'
	WHEN d.ended_at > 0 AND r.closes_at > d.ended_at AND r.done_at = 0 THEN 'cancelled'
	WHEN r.closes_at <= ? OR r.done_at > 0 THEN 'missed'`
)

func scanRound(s scanner) (r RoundRow, err error) {
	var company string
	if err = s.Scan(&r.id, (*uid)(&r.ID), (*uid)(&r.Duty), &r.DutyEnded, &r.Subject, (*uid)(&r.Target), (*uid)(&r.Area), (*uid)(&r.Unit), &r.Plan.OpenedOn, &r.Plan.N,
		&r.Plan.OpensAt, &r.Plan.ClosesAt, &r.Day, &r.Period, (*uid)(&r.By), &company, &r.StartedAt, &r.DoneAt, &r.SentAt, &r.ReceivedAt, &r.Note,
		&r.Excuse.Reason, (*uid)(&r.Excuse.By), &r.Excuse.At, &r.OpenedAt, &r.UpdatedAt, &r.ContentSalt, &r.ContentSeal); err != nil {
		return r, err
	}
	err = readJSON(company, &r.With)
	return r, err
}

// Round gives one round; ok is false when there is none.
func (tx *Tx) Round(ctx context.Context, id inspect.ID) (r RoundRow, ok bool, err error) {
	r, err = scanRound(tx.row(ctx, roundColumns+"WHERE r.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return r, ok, err
}

// SaveRound inserts a round, or changes what was done of the one with its id and why it was excused.
func (tx *Tx) SaveRound(ctx context.Context, r *RoundRow) error {
	company, err := asJSON(&r.With)
	if err != nil {
		return err
	}
	salt := r.ContentSalt
	if salt == nil {
		salt = []byte{}
	}
	return tx.exec(ctx, `INSERT INTO round (uid, duty, subject, target, area, unit, opened_on, n, opens_at, closes_at, day, period, person, company, started_at, done_at,
			sent_at, received_at, note, excuse, excused_by, excused_at, opened_at, updated_at, content_salt, content_seal)
		VALUES (?, (SELECT id FROM duty WHERE uid = ?), ?, ?, (SELECT id FROM area WHERE uid = ?), (SELECT id FROM unit WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
			?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET person = excluded.person, company = excluded.company, started_at = excluded.started_at, done_at = excluded.done_at,
			sent_at = excluded.sent_at, received_at = excluded.received_at, note = excluded.note, excuse = excluded.excuse, excused_by = excluded.excused_by,
			excused_at = excluded.excused_at, updated_at = excluded.updated_at, content_salt = excluded.content_salt, content_seal = excluded.content_seal`,
		bytesOf(r.ID), bytesOf(r.Duty), string(r.Subject), bytesOf(r.Target), bytesOf(r.Area), bytesOf(r.Unit), string(r.Plan.OpenedOn), r.Plan.N,
		int64(r.Plan.OpensAt), int64(r.Plan.ClosesAt), string(r.Day), string(r.Period), bytesOf(r.By), company, int64(r.StartedAt), int64(r.DoneAt), int64(r.SentAt),
		int64(r.ReceivedAt), r.Note, r.Excuse.Reason, bytesOf(r.Excuse.By), int64(r.Excuse.At), int64(r.OpenedAt), int64(r.UpdatedAt), salt, r.ContentSeal)
}

// RunningRounds gives the planned rounds of a duty whose time is not over at a moment, done or not, in the order in which they were opened.
func (tx *Tx) RunningRounds(ctx context.Context, duty inspect.ID, now inspect.Time) ([]RoundRow, error) {
	return list(ctx, tx, scanRound, roundColumns+`WHERE r.duty = (SELECT id FROM duty WHERE uid = ?) AND r.closes_at > ? AND r.opened_on <> '' ORDER BY r.day, r.id`,
		bytesOf(duty), int64(now))
}

// EachRound calls f for every round, in the order in which they came; of one that cannot be read with what can.
func (tx *Tx) EachRound(ctx context.Context, f func(*RoundRow) error) error {
	return tx.each(ctx, func(s scanner) error {
		r, err := scanRound(s)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			return err
		}
		return f(&r)
	}, roundColumns+"ORDER BY r.id")
}

// RoundFilter says which rounds are meant. What is empty does not filter.
type RoundFilter struct {
	Duty, Target, By inspect.ID
	Area             inspect.ID         // with all below
	From, To         inspect.Date       // of the days for which they were planned
	State            inspect.RoundState //
	For              *inspect.Actor     // sees only what is theirs to see
	After            int64              // a cursor: the number of the row before
	Limit            int
}

// where is the filter as a condition; column is the day that From and To are of.
func (f *RoundFilter) where(column string, now inspect.Time) (c condition) {
	and := func(sql string, args ...any) { c.sql, c.args = c.sql+" AND "+sql, append(c.args, args...) }
	if f.From != "" {
		and(column+" >= ?", string(f.From))
	}
	if f.To != "" {
		and(column+" <= ?", string(f.To))
	}
	if !f.Duty.IsZero() {
		and("d.uid = ?", bytesOf(f.Duty))
	}
	if !f.Target.IsZero() {
		and("r.target = ?", bytesOf(f.Target))
	}
	if !f.By.IsZero() {
		and("r.person = ?", bytesOf(f.By))
	}
	if !f.Area.IsZero() {
		and("r.area IN ("+subtree(AreaTree)+" SELECT id FROM line)", bytesOf(f.Area))
	}
	if f.State != "" {
		and(roundState+" = ?", int64(now), int64(now), string(f.State))
	}
	if f.For != nil {
		sql, args := inSightOf(f.For.ID, f.For.RoundGrants(), "r.person", "r.unit", "r.area")
		and(sql, args...)
	}
	return c
}

// inSightOf is a condition for what a person may see: what lies in the scopes of some grants, and their own.
func inSightOf(id inspect.ID, grants []inspect.Grant, person, unit, area string) (string, []any) {
	parts, args := []string{person + " = ?"}, []any{bytesOf(id)}
	for _, g := range grants {
		switch g.Scope.Kind {
		case inspect.City:
			return "1 = 1", nil
		case inspect.UnitSubtree:
			parts, args = append(parts, unit+" IN ("+subtree(UnitTree)+" SELECT id FROM line)"), append(args, bytesOf(g.Scope.ID))
		case inspect.AreaSubtree:
			parts, args = append(parts, area+" IN ("+subtree(AreaTree)+" SELECT id FROM line)"), append(args, bytesOf(g.Scope.ID))
		}
	}
	return "(" + strings.Join(parts, " OR ") + ")", args
}

// Rounds gives a page of rounds and where the next begins, 0 when there is no more; the newest first.
func (tx *Tx) Rounds(ctx context.Context, f RoundFilter) (page []RoundRow, next int64, err error) {
	c := f.where("r.day", tx.Now)
	if f.After != 0 {
		c.sql, c.args = c.sql+" AND r.id < ?", append(c.args, f.After)
	}
	page, err = list(ctx, tx, scanRound, roundColumns+"WHERE 1 = 1"+c.sql+" ORDER BY r.id DESC LIMIT ?", append(c.args, f.Limit+1)...)
	if err == nil && len(page) > f.Limit {
		page = page[:f.Limit]
		next = page[f.Limit-1].id
	}
	return page, next, err
}

// PlanCell is how many rounds of a target stand how on a day.
type PlanCell struct {
	Subject inspect.VisitSubject
	Target  inspect.ID
	Day     inspect.Date
	State   inspect.RoundState
	Rounds  int
}

// PlanCells counts the rounds of some days by target, day and state.
func (tx *Tx) PlanCells(ctx context.Context, f RoundFilter) ([]PlanCell, error) {
	c := f.where("r.day", tx.Now)
	return list(ctx, tx, func(r scanner) (p PlanCell, err error) {
		err = r.Scan(&p.Subject, (*uid)(&p.Target), &p.Day, &p.State, &p.Rounds)
		return p, err
	}, "SELECT r.subject, r.target, r.day, "+roundState+" AS state, count(*) FROM round r JOIN duty d ON d.id = r.duty WHERE 1 = 1"+c.sql+" GROUP BY 1, 2, 3, 4",
		append([]any{int64(tx.Now), int64(tx.Now)}, c.args...)...)
}

// ComplianceKey is what compliance is shown for.
type ComplianceKey string

// What compliance is shown for.
const (
	ByDuty   ComplianceKey = "duty"
	ByTarget ComplianceKey = "target"
	ByPeriod ComplianceKey = "period"
	OfUnit   ComplianceKey = "unit" // that has the duties
)

// complianceKeys are the columns of the keys, of windows as Compliance makes them.
var complianceKeys = map[ComplianceKey]string{
	ByDuty:   "w.duty AS duty, NULL AS target, '' AS period, CAST(NULL AS BIGINT) AS unit",
	ByTarget: "CAST(NULL AS BIGINT) AS duty, w.target AS target, '' AS period, CAST(NULL AS BIGINT) AS unit",
	ByPeriod: "CAST(NULL AS BIGINT) AS duty, NULL AS target, w.period AS period, CAST(NULL AS BIGINT) AS unit",
	OfUnit:   "CAST(NULL AS BIGINT) AS duty, NULL AS target, '' AS period, w.unit AS unit",
}

// Windows are windows of duties that are alike.
type Windows struct {
	Duty, Target inspect.ID
	Period       inspect.Date
	Unit         inspect.ID
	duty.Window
	Times int
}

// Compliance gives the windows of duties whose periods begin in some days, by a key. The index round_period has the rounds of a window beside each other and
// holds all that is asked of them, so that a year is neither looked up round by round nor sorted.
func (tx *Tx) Compliance(ctx context.Context, f RoundFilter, by ComplianceKey) ([]Windows, error) {
	c := f.where("r.period", tx.Now)
	args := append([]any{int64(tx.Now)}, c.args...)
	return list(ctx, tx, func(r scanner) (w Windows, err error) {
		err = r.Scan((*uid)(&w.Duty), (*uid)(&w.Target), &w.Period, (*uid)(&w.Unit), &w.Planned, &w.Excused, &w.Done, &w.Times)
		return w, err
	}, `SELECT (SELECT uid FROM duty WHERE id = k.duty), k.target, k.period, (SELECT uid FROM unit WHERE id = k.unit), k.planned, k.excused, k.done, k.times FROM (
			SELECT `+complianceKeys[by]+`, planned, excused, done, count(*) AS times FROM (
				SELECT s.duty, s.target, s.period, max(s.unit) AS unit, sum(CASE WHEN s.due AND s.state IN ('done', 'missed', 'excused') THEN 1 ELSE 0 END) AS planned,
					sum(CASE WHEN s.state = 'excused' THEN 1 ELSE 0 END) AS excused, sum(CASE WHEN s.state = 'done' THEN 1 ELSE 0 END) AS done
				FROM (SELECT r.duty, d.unit, r.target, r.period, r.opened_on <> '' AS due, `+roundOutcome+` AS state FROM round r JOIN duty d ON d.id = r.duty
					WHERE 1 = 1`+c.sql+`) s GROUP BY s.period, s.duty, s.target) w GROUP BY 1, 2, 3, 4, 5, 6, 7) k
		ORDER BY 1, 2, 3, 4`, args...)
}

// NeverLookedAt says which places or areas nobody visited or made a round to.
type NeverLookedAt struct {
	Subject inspect.VisitSubject
	Area    inspect.ID       // with all below
	Kind    inspect.SpotKind // of places
	Since   inspect.Time     // 0 for ever
	On      inspect.Date     // in use on this day
	Limit   int
}

// lookedAt are the tables that keep when somebody was last there.
var lookedAt = map[inspect.VisitSubject]string{inspect.VisitPlace: "place", inspect.VisitArea: "area"}

// LookedAt keeps that somebody was at a place or an area.
func (tx *Tx) LookedAt(ctx context.Context, subject inspect.VisitSubject, target inspect.ID, at inspect.Time) error {
	return tx.exec(ctx, "UPDATE "+lookedAt[subject]+" SET looked_at = ? WHERE uid = ? AND looked_at < ?", int64(at), bytesOf(target), int64(at))
}

// NeverVisited gives the first of what nobody looked at, and how many there are of how many. Places are counted in an index that holds all that is asked.
func (tx *Tx) NeverVisited(ctx context.Context, f NeverLookedAt) (first []Target, never, all int, err error) {
	from, in, where, args := "place t", "t.area", "t.enabled AND t.valid_from <= ? AND t.valid_to >= ?", []any{string(f.On), string(f.On)}
	columns := "t.uid, (SELECT uid FROM area WHERE id = t.area), (SELECT uid FROM unit WHERE id = t.unit), t.name"
	table := from
	if hint := tx.store.dialect.hint; hint != "" {
		from += hint + "place_looked"
	}
	if f.Subject == inspect.VisitArea {
		table, from, columns, in, args = "area t", "area t", "t.uid, (SELECT uid FROM area WHERE id = t.parent), NULL, t.name", "t.id", nil
		where = "t.enabled AND NOT EXISTS (SELECT 1 FROM area c WHERE c.parent = t.id AND c.enabled)"
	} else if f.Kind != "" {
		where, args = where+" AND t.kind = ?", append(args, string(f.Kind))
	}
	var with string
	var line []any
	if !f.Area.IsZero() {
		with, line, where = subtree(AreaTree)+" ", []any{bytesOf(f.Area)}, where+" AND "+in+" IN (SELECT id FROM line)"
	}
	since := max(int64(f.Since), 1)
	if err := tx.row(ctx, with+"SELECT count(*), count(CASE WHEN t.looked_at < ? THEN 1 END) FROM "+from+" WHERE "+where,
		slices.Concat(line, []any{since}, args)...).Scan(&all, &never); err != nil {
		return nil, 0, 0, err
	}
	first, err = list(ctx, tx, scanTarget, with+"SELECT "+columns+" FROM "+table+" WHERE t.id IN (SELECT t.id FROM "+from+" WHERE "+where+
		" AND t.looked_at < ? ORDER BY t.id LIMIT ?) ORDER BY t.id", slices.Concat(line, args, []any{since, f.Limit})...)
	return first, never, all, err
}

// EachWronglyLookedAt calls f for every place and area of which the last visit or round was at another time than is kept.
func (tx *Tx) EachWronglyLookedAt(ctx context.Context, f func(subject inspect.VisitSubject, id inspect.ID, kept, told inspect.Time) error) error {
	for subject, table := range lookedAt {
		if err := tx.each(ctx, func(r scanner) error {
			var id inspect.ID
			var kept, told inspect.Time
			if err := r.Scan((*uid)(&id), &kept, &told); err != nil {
				return err
			}
			return f(subject, id, kept, told)
		}, `SELECT t.uid, t.looked_at, COALESCE(l.at, 0) FROM `+table+` t LEFT JOIN (
				SELECT target, max(done_at) AS at FROM (SELECT target, done_at FROM round WHERE subject = ? UNION ALL SELECT target, done_at FROM visit WHERE subject = ?) done
				GROUP BY target) l ON l.target = t.uid WHERE t.looked_at <> COALESCE(l.at, 0) ORDER BY t.id`, string(subject), string(subject)); err != nil {
			return err
		}
	}
	return nil
}
