package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

// IssueRow is an issue as the database holds it: beside the issue itself the counts and seals that are not in its events.
type IssueRow struct {
	inspect.Issue
	id             int64
	version        int64 // in the database
	PhotosDeclared int
	PhotosSafe     int
	FlagsOpen      int          // nobody has decided on them
	AlertAt        inspect.Time // when somebody has to be told next, 0 for never; computed from the issue
	ContentSalt    []byte       // of the client's first content, to know a repetition
	ContentSeal    string
}

// Complete says whether every photo that was declared is safe.
func (r *IssueRow) Complete() bool { return r.PhotosSafe == r.PhotosDeclared }

// issueColumns looks up what an issue names row by row: to plan nine joins takes PostgreSQL 10 ms, to plan these 0.3.
const issueColumns = `SELECT i.id, i.uid, i.number, i.status, i.version, COALESCE((SELECT code FROM category WHERE id = i.category), ''), i.severity, i.source,
	i.place, i.line, (SELECT uid FROM area WHERE id = i.area), (SELECT uid FROM person WHERE id = i.reporter),
	(SELECT uid FROM unit WHERE id = i.unit), (SELECT uid FROM person WHERE id = i.fixer), i.on_the_spot, i.reported_at, i.sent_at,
	i.received_at, i.filed_at, i.assigned_at, i.due_at, i.fixed_at, i.closed_at, i.changed_at, i.updated_at, i.asked_at,
	(SELECT uid FROM person WHERE id = i.asked_by), i.asked, i.returns, i.rejected, (SELECT uid FROM unit WHERE id = i.returned_by),
	i.used_ms, i.rework, i.false_fixes, i.late, (SELECT m.uid FROM issue m WHERE m.id = i.merged_into), i.before, i.own_due_at,
	i.photos_declared, i.photos_safe, i.flags_open, i.clock, i.matters, i.clock_at, i.held_until, i.alert_at, i.content_salt, i.content_seal,
	(SELECT uid FROM place WHERE id = i.spot), i.signed_front, (SELECT o.uid FROM issue o WHERE o.id = i.recurs), i.outside, i.reply_by,
	(SELECT uid FROM issue_import WHERE id = i.import), (SELECT uid FROM person WHERE id = i.keeper) FROM issue i `

func scanIssue(r scanner) (i IssueRow, err error) {
	var place, line, timing, matters string
	var used int64
	err = r.Scan(&i.id, (*uid)(&i.ID), &i.Number, &i.Status, &i.Version, &i.Category, &i.Severity, &i.Source, &place, &line, (*uid)(&i.Area),
		(*uid)(&i.Reporter), (*uid)(&i.Unit), (*uid)(&i.Fixer), &i.OnTheSpot, &i.ReportedAt, &i.SentAt, &i.ReceivedAt, &i.FiledAt,
		&i.AssignedAt, &i.DueAt, &i.FixedAt, &i.ClosedAt, &i.ChangedAt, &i.UpdatedAt, &i.DismissalAskedAt, (*uid)(&i.DismissalAskedBy), (*uid)(&i.DismissalAction),
		&i.Returns, &i.RejectedReturns, (*uid)(&i.ReturnedBy), &used, &i.Rework, &i.FalseFixes, &i.Late, (*uid)(&i.MergedInto), &i.StatusBeforeMerge,
		&i.OwnDueAt, &i.PhotosDeclared, &i.PhotosSafe, &i.FlagsOpen, &timing, &matters, &i.ClockAt, &i.HeldUntil, &i.AlertAt,
		&i.ContentSalt, &i.ContentSeal, (*uid)(&i.Spot), &i.SignedFront, (*uid)(&i.RecurrenceOf), &i.ExternalNumber, &i.ReplyBy, (*uid)(&i.Import), (*uid)(&i.TakenOverBy))
	if err != nil {
		return i, err
	}
	i.version, i.TimeUsed = i.Version, time.Duration(used)*time.Millisecond
	if timing == "" && i.OwnDueAt != 0 { // assigned before there were rules
		i.Clock = inspect.ManualClock(i.AssignedAt, i.OwnDueAt)
	}
	err = errors.Join(readJSON(place, &i.Place), readJSON(line, &i.Line), readJSON(timing, &i.Timing), readJSON(matters, &i.Correspondence))
	return i, err
}

// readJSON reads what asJSON wrote; empty text is nothing.
func readJSON(text string, dst any) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), dst); err != nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return nil
}

// ErrUnreadable means that a row holds what this program never wrote.
var ErrUnreadable = errors.New("store: a row cannot be read")

func asJSON[T any](v *T) (string, error) {
	if v == nil {
		return "", nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}

// Issue gives an issue; ok is false when there is none. Who will change it calls LockIssues first.
func (tx *Tx) Issue(ctx context.Context, id inspect.ID) (i IssueRow, ok bool, err error) {
	i, err = scanIssue(tx.row(ctx, issueColumns+"WHERE i.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return i, ok, err
}

// Issues gives issues by their ids, in the order of their receipt; those that are not there are left out.
func (tx *Tx) Issues(ctx context.Context, ids []inspect.ID) ([]IssueRow, error) {
	marks, args := in(ids)
	return list(ctx, tx, scanIssue, issueColumns+"WHERE i.uid IN ("+marks+") ORDER BY i.id", args...)
}

// IssueNumbered says whether there is an issue with this readable number.
func (tx *Tx) IssueNumbered(ctx context.Context, number string) (bool, error) {
	return ignoreNoRows(tx.row(ctx, "SELECT 1 FROM issue WHERE number = ?", number).Scan(new(int)))
}

// IssueByNumber gives the issue with a readable number; ok is false when there is none.
func (tx *Tx) IssueByNumber(ctx context.Context, number string) (i IssueRow, ok bool, err error) {
	i, err = scanIssue(tx.row(ctx, issueColumns+"WHERE i.number = ?", number))
	ok, err = ignoreNoRows(err)
	return i, ok, err
}

// hold marks issues as ones that nobody else can change: locked, or new.
func (tx *Tx) hold(ids ...inspect.ID) {
	if tx.held == nil {
		tx.held = map[inspect.ID]bool{}
	}
	for _, id := range ids {
		tx.held[id] = true
	}
}

// LockIssues keeps others from changing these issues until the commit; in one order, so that nobody waits in a ring.
func (tx *Tx) LockIssues(ctx context.Context, ids ...inspect.ID) error {
	tx.hold(ids...)
	if tx.store.dialect.forUpdate == "" {
		return nil
	}
	marks, args := in(ids)
	return tx.each(ctx, func(r scanner) error { return r.Scan(new(int64)) },
		"SELECT i.id FROM issue i WHERE i.uid IN ("+marks+") ORDER BY i.id"+tx.store.dialect.forUpdate, args...)
}

// LockedIssues locks issues (see LockIssues) and gives them as they are then, in the order of their receipt.
func (tx *Tx) LockedIssues(ctx context.Context, ids []inspect.ID) ([]IssueRow, error) {
	if err := tx.LockIssues(ctx, ids...); err != nil {
		return nil, err
	}
	return tx.Issues(ctx, ids)
}

// MergedInto gives the issues that were merged into one.
func (tx *Tx) MergedInto(ctx context.Context, id inspect.ID) ([]IssueRow, error) {
	return list(ctx, tx, scanIssue, issueColumns+"WHERE i.merged_into = (SELECT id FROM issue WHERE uid = ?) ORDER BY i.id LIMIT 200", bytesOf(id))
}

// Recurrences gives the issues as which one came back, oldest first.
func (tx *Tx) Recurrences(ctx context.Context, id inspect.ID) ([]IssueRow, error) {
	return list(ctx, tx, scanIssue, issueColumns+"WHERE i.recurs = (SELECT id FROM issue WHERE uid = ?) ORDER BY i.id LIMIT 200", bytesOf(id))
}

// EarliestMergedDeadline gives the earliest deadline that came over to an issue with those of the same unit that were merged into it since its
// own deadline was set and before theirs had passed, but for one of them; 0 when there is none.
func (tx *Tx) EarliestMergedDeadline(ctx context.Context, into, but inspect.ID) (due inspect.Time, err error) {
	err = tx.row(ctx, `SELECT COALESCE(min(i.due_at), 0) FROM issue i JOIN issue m ON m.id = i.merged_into
		WHERE m.uid = ? AND i.uid <> ? AND i.unit = m.unit AND i.due_at > i.closed_at AND i.closed_at >= m.clock_at`, bytesOf(into), bytesOf(but)).Scan(&due)
	return due, err
}

// mapCell is a position as the map looks for it, nothing where there is none.
func mapCell(p *inspect.Place) (lat, lon, cell any) {
	if p == nil {
		return nil, nil, nil
	}
	return p.Lat, p.Lon, geo.Cell(p.Point)
}

// InsertIssue keeps a new issue with its words for the search, and what it is filed under whole.
func (tx *Tx) InsertIssue(ctx context.Context, i *IssueRow, words string, named ...IndexedName) error {
	place, err := asJSON(i.Place)
	if err != nil {
		return err
	}
	line, err := asJSON(i.Line)
	if err != nil {
		return err
	}
	lat, lon, cell := mapCell(i.Place)
	err = tx.row(ctx, `INSERT INTO issue (uid, number, status, version, category, severity, source, lat, lon, cell, place, line, area, reporter,
			on_the_spot, reported_at, sent_at, received_at, filed_at, assigned_at, due_at, fixed_at, closed_at, changed_at, updated_at,
			asked_at, returns, rejected, used_ms, rework, false_fixes, late, before, own_due_at, photos_declared, photos_safe,
			flags_open, content_salt, content_seal, spot, signed_front, alert_at, recurs, outside, reply_by, import)
		VALUES (?, ?, ?, ?, (SELECT id FROM category WHERE code = ?), ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM area WHERE uid = ?),
			(SELECT id FROM person WHERE uid = ?), ?, ?, ?, ?, 0, 0, 0, 0, 0, ?, ?, 0, 0, 0, 0, 0, 0, ?, '', 0, ?, 0, ?, ?, ?, (SELECT id FROM place WHERE uid = ?), ?, ?,
				(SELECT id FROM issue WHERE uid = ?),
			?, ?, (SELECT id FROM issue_import WHERE uid = ?)) RETURNING id`,
		bytesOf(i.ID), i.Number, string(i.Status), i.Version, i.Category, string(i.Severity), string(i.Source), lat, lon, cell, place, line,
		bytesOf(i.Area), bytesOf(i.Reporter), i.OnTheSpot, int64(i.ReportedAt), int64(i.SentAt), int64(i.ReceivedAt),
		int64(i.ChangedAt), int64(i.UpdatedAt), i.Late, i.PhotosDeclared, i.FlagsOpen, i.ContentSalt, i.ContentSeal, bytesOf(i.Spot), i.SignedFront,
		int64(i.AlertAt), bytesOf(i.RecurrenceOf), i.ExternalNumber, int64(i.ReplyBy), bytesOf(i.Import)).Scan(&i.id)
	if err != nil {
		return err
	}
	i.version = i.Version
	tx.hold(i.ID)
	return tx.saveWords(ctx, i, words, named...)
}

// UpdateIssue writes what events may change of an issue that is locked or new. Of one that is not, others may have changed what was
// read: the transaction starts again, and finds what it has to lock (an issue may have been merged into another one meanwhile).
func (tx *Tx) UpdateIssue(ctx context.Context, i *IssueRow) error {
	if !tx.held[i.ID] {
		return errStale
	}
	timing, err := asJSON(&i.Timing)
	if err != nil {
		return err
	}
	matters, err := asJSON(&i.Correspondence)
	if err != nil {
		return err
	}
	place, err := asJSON(i.Place)
	if err != nil {
		return err
	}
	lat, lon, cell := mapCell(i.Place)
	err = tx.execOne(ctx, `UPDATE issue SET status = ?, version = ?, category = (SELECT id FROM category WHERE code = ?), severity = ?, place = ?, lat = ?, lon = ?,
			cell = ?, spot = (SELECT id FROM place WHERE uid = ?), signed_front = ?, area = (SELECT id FROM area WHERE uid = ?),
			unit = (SELECT id FROM unit WHERE uid = ?), fixer = (SELECT id FROM person WHERE uid = ?), on_the_spot = ?, filed_at = ?,
			assigned_at = ?, due_at = ?, fixed_at = ?, closed_at = ?, changed_at = ?, updated_at = ?, asked_at = ?,
			asked_by = (SELECT id FROM person WHERE uid = ?), asked = ?, returns = ?, rejected = ?,
			returned_by = (SELECT id FROM unit WHERE uid = ?), used_ms = ?, rework = ?, false_fixes = ?, late = ?,
			merged_into = (SELECT id FROM issue WHERE uid = ?), before = ?, own_due_at = ?, photos_declared = ?, photos_safe = ?, flags_open = ?,
			clock = ?, matters = ?, clock_at = ?, held_until = ?, alert_at = ?, keeper = (SELECT id FROM person WHERE uid = ?), pending = ?
		WHERE id = ? AND version = ?`,
		string(i.Status), i.Version, i.Category, string(i.Severity), place, lat, lon, cell, bytesOf(i.Spot), i.SignedFront, bytesOf(i.Area), bytesOf(i.Unit),
		bytesOf(i.Fixer), i.OnTheSpot, int64(i.FiledAt),
		int64(i.AssignedAt), int64(i.DueAt), int64(i.FixedAt), int64(i.ClosedAt), int64(i.ChangedAt), int64(i.UpdatedAt), int64(i.DismissalAskedAt),
		bytesOf(i.DismissalAskedBy), bytesOf(i.DismissalAction), i.Returns, i.RejectedReturns, bytesOf(i.ReturnedBy), i.TimeUsed.Milliseconds(), i.Rework,
		i.FalseFixes, i.Late, bytesOf(i.MergedInto), string(i.StatusBeforeMerge), int64(i.OwnDueAt), i.PhotosDeclared, i.PhotosSafe, i.FlagsOpen, timing, matters, int64(i.ClockAt),
		int64(i.HeldUntil), int64(i.AlertAt), bytesOf(i.TakenOverBy), i.PendingBits(), i.id, i.version)
	if err != nil {
		return err
	}
	i.version = i.Version
	return tx.saveParts(ctx, i)
}

// issuesOf begins the names of the counters of issues, which end with the year.
const issuesOf = "issue-"

// NextNumber draws the next number of an issue in a year of the city's zone.
func (tx *Tx) NextNumber(ctx context.Context, year int) (int64, error) {
	return tx.NextNumbers(ctx, year, 1)
}

// NextNumbers draws so many numbers at once, and gives the first.
func (tx *Tx) NextNumbers(ctx context.Context, year, n int) (first int64, err error) {
	last, err := tx.next(ctx, issuesOf+time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006"), int64(n))
	return last - int64(n) + 1, err
}

// AcceptedAction is an action that was accepted.
type AcceptedAction struct {
	ID          inspect.ID
	Issue       inspect.ID
	Kind        inspect.Action
	By          inspect.ID
	Photo       inspect.ID // that an erasure is about
	ReceivedAt  inspect.Time
	CreditedAt  inspect.Time
	Late        bool
	Skew        time.Duration
	Settled     bool // it does not wait for a second person
	ContentSalt []byte
	ContentSeal string
}

const doneColumns = `SELECT x.uid, i.uid, x.kind, p.uid, x.photo, x.received_at, x.credited_at, x.late, x.skew_ms, x.settled,
	x.content_salt, x.content_seal FROM action x JOIN issue i ON i.id = x.issue JOIN person p ON p.id = x.person `

func scanDone(r scanner) (d AcceptedAction, err error) {
	var skew int64
	err = r.Scan((*uid)(&d.ID), (*uid)(&d.Issue), &d.Kind, (*uid)(&d.By), (*uid)(&d.Photo), &d.ReceivedAt, &d.CreditedAt, &d.Late, &skew,
		&d.Settled, &d.ContentSalt, &d.ContentSeal)
	d.Skew = time.Duration(skew) * time.Millisecond
	return d, err
}

// Action gives an accepted action; ok is false when there is none.
func (tx *Tx) Action(ctx context.Context, id inspect.ID) (d AcceptedAction, ok bool, err error) {
	d, err = scanDone(tx.row(ctx, doneColumns+"WHERE x.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return d, ok, err
}

// InsertAction keeps an accepted action.
func (tx *Tx) InsertAction(ctx context.Context, d AcceptedAction) error {
	return tx.exec(ctx, `INSERT INTO action (uid, issue, kind, person, received_at, credited_at, late, skew_ms, photo, settled, content_salt, content_seal)
		VALUES (?, (SELECT id FROM issue WHERE uid = ?), ?, (SELECT id FROM person WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?, ?)`,
		bytesOf(d.ID), bytesOf(d.Issue), string(d.Kind), bytesOf(d.By), int64(d.ReceivedAt), int64(d.CreditedAt), d.Late, d.Skew.Milliseconds(),
		bytesOf(d.Photo), d.Settled, d.ContentSalt, d.ContentSeal)
}

// Actions gives all actions on an issue, oldest first.
func (tx *Tx) Actions(ctx context.Context, i *IssueRow) ([]AcceptedAction, error) {
	return list(ctx, tx, scanDone, doneColumns+"WHERE x.issue = ? ORDER BY x.id", i.id)
}

// OpenErasures gives the erasures of an issue that wait for a second person.
func (tx *Tx) OpenErasures(ctx context.Context, i *IssueRow) ([]AcceptedAction, error) {
	return list(ctx, tx, scanDone, doneColumns+"WHERE x.issue = ? AND x.kind = 'erase' AND NOT x.settled ORDER BY x.id", i.id)
}

// SettleErasure ends the wait of an erasure.
func (tx *Tx) SettleErasure(ctx context.Context, id inspect.ID) error {
	return tx.execOne(ctx, "UPDATE action SET settled = ? WHERE uid = ?", true, bytesOf(id))
}

// in makes the marks and arguments of an IN list; an empty one matches nothing.
func in(ids []inspect.ID) (marks string, args []any) {
	if len(ids) == 0 {
		return "NULL", nil
	}
	for n, id := range ids {
		if n > 0 {
			marks += ", "
		}
		marks += "?"
		args = append(args, bytesOf(id))
	}
	return marks, args
}

// EachIssue calls f for every issue.
func (tx *Tx) EachIssue(ctx context.Context, f func(*IssueRow) error) error {
	return tx.each(ctx, func(r scanner) error {
		i, err := scanIssue(r)
		if err != nil {
			return err
		}
		return f(&i)
	}, issueColumns+"ORDER BY i.id")
}

// EachWithWrongMapCell calls f for every issue whose columns for the map do not say where its place is.
func (tx *Tx) EachWithWrongMapCell(ctx context.Context, f func(id inspect.ID, number string) error) error {
	return tx.each(ctx, func(r scanner) error {
		var id inspect.ID
		var number, text string
		var lat, lon *float64
		var cell *int64
		var place *inspect.Place
		if err := r.Scan((*uid)(&id), &number, &text, &lat, &lon, &cell); err != nil {
			return err
		}
		if err := readJSON(text, &place); err != nil {
			return f(id, number)
		}
		here := lat != nil && lon != nil && cell != nil
		if place == nil && lat == nil && lon == nil && cell == nil || place != nil && here && *lat == place.Lat && *lon == place.Lon && *cell == geo.Cell(place.Point) {
			return nil
		}
		return f(id, number)
	}, "SELECT uid, number, place, lat, lon, cell FROM issue ORDER BY id")
}

// EachIssueWithoutEvents calls f for every issue that the record does not know.
func (tx *Tx) EachIssueWithoutEvents(ctx context.Context, f func(id inspect.ID, number string) error) error {
	known := map[string]bool{}
	if err := tx.each(ctx, func(r scanner) error {
		var name string
		err := r.Scan(&name)
		known[name] = true
		return err
	}, "SELECT s.name FROM stream s WHERE s.kind = ? AND EXISTS (SELECT 1 FROM event e WHERE e.stream = s.id)", StreamIssue); err != nil {
		return err
	}
	return tx.each(ctx, func(r scanner) error {
		var id inspect.ID
		var number string
		if err := r.Scan((*uid)(&id), &number); err != nil {
			return err
		}
		if known[id.String()] {
			return nil
		}
		return f(id, number)
	}, "SELECT uid, number FROM issue ORDER BY id")
}

// OpenIssuesOfReporter gives open issues that somebody looks after, as who reported them or who took over, in the order of their receipt after one; next
// is 0 at the end.
func (tx *Tx) OpenIssuesOfReporter(ctx context.Context, person inspect.ID, after int64, most int) (ids []inspect.ID, next int64, err error) {
	const part = "SELECT i.id, i.uid FROM issue i WHERE %s AND i.status IN ('reported', 'assigned', 'fixed') AND i.id > ?"
	mine := "(SELECT id FROM person WHERE uid = ?)"
	q := fmt.Sprintf(part+" UNION "+part+" ORDER BY 1 LIMIT ?", "i.reporter = "+mine+" AND i.keeper IS NULL", "i.keeper = "+mine)
	err = tx.each(ctx, func(r scanner) error {
		var id inspect.ID
		err := r.Scan(&next, (*uid)(&id))
		ids = append(ids, id)
		return err
	}, q, bytesOf(person), after, bytesOf(person), after, most)
	if len(ids) < most {
		next = 0
	}
	return ids, next, err
}
