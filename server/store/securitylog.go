package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"spotcheck/pkg/inspect"
)

// LogEntry is a line of the security log.
type LogEntry struct {
	ID      int64
	At      inspect.Time
	Kind    inspect.LogKind
	Person  inspect.ID // who did it
	Address string     // of the network that they did it from
	About   inspect.ID // whom it was done to, where that is somebody else
	Detail  string
	Changes []inspect.LogChange
	Times   int // how often it happened within the minute; only refusals are counted together
}

// maxChanges is how many bytes of what was changed a line keeps.
const maxChanges = 8_000

// Log writes a line of the security log.
func (tx *Tx) Log(ctx context.Context, e LogEntry) error { return tx.log(ctx, &e, 1) }

func (tx *Tx) log(ctx context.Context, e *LogEntry, times int) error {
	changes := []byte{}
	if len(e.Changes) > 0 {
		var err error
		if changes, err = json.Marshal(e.Changes); err != nil {
			return fmt.Errorf("store: log: %w", err)
		}
		if len(changes) > maxChanges {
			changes = shortened(e.Changes)
		}
	}
	unsent, err := tx.logGoesOut(ctx)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO security_log (at, kind, person, address, about, detail, changes, times, unsent)
		VALUES (?, ?, (SELECT id FROM person WHERE uid = ?), ?, (SELECT id FROM person WHERE uid = ?), ?, ?, ?, ?)`,
		int64(tx.Now), string(e.Kind), bytesOf(e.Person), e.Address, bytesOf(e.About), e.Detail, string(changes), times, times*unsent)
}

// shortened are changes of which only the fields are told: what they hold is too long for a line.
func shortened(changes []inspect.LogChange) []byte {
	fields := []inspect.LogChange{}
	for _, c := range changes {
		fields = append(fields, inspect.LogChange{Field: c.Field})
	}
	text, _ := json.Marshal(fields) // texts always survive
	return text
}

// logGoesOut is 1 where somebody outside is told of the log, and sees to it that they are told of this line; 0 where nobody is.
func (tx *Tx) logGoesOut(ctx context.Context) (int, error) {
	goes := tx.store.logSent
	if !goes {
		hooks, err := tx.Webhooks(ctx)
		if err != nil {
			return 0, err
		}
		for n := range hooks {
			goes = goes || hooks[n].Takes(inspect.SecurityLogged)
		}
	}
	if !goes || tx.store.logJob == nil {
		return 0, nil
	}
	if tx.logging {
		return 1, nil
	}
	tx.logging = true
	return 1, tx.Enqueue(ctx, tx.store.logJob, 0)
}

// SendLog says which job tells others of the security log, and whether it has whom to tell where no webhook wants to know.
func (s *Store) SendLog(by Job, always bool) { s.logJob, s.logSent = by, always }

// refusalsKept is how many lines of refusals the log takes in a minute; what is more is counted in one line without person and address.
const refusalsKept = 60

// LogRefusal notes somebody who was turned away so many times: what is alike within a minute is counted in one line, and so is what is too much, so
// that whoever asks again and again does not fill the database.
func (tx *Tx) LogRefusal(ctx context.Context, e LogEntry, times int) error {
	minute := tx.Now - tx.Now%inspect.Time(time.Minute.Milliseconds())
	again := func(e *LogEntry) (bool, error) {
		var id int64
		found, err := ignoreNoRows(tx.row(ctx, `SELECT id FROM security_log WHERE at >= ? AND kind = ? AND address = ? AND detail = ?
			AND COALESCE(person, 0) = COALESCE((SELECT id FROM person WHERE uid = ?), 0) ORDER BY id DESC LIMIT 1`,
			int64(minute), string(e.Kind), e.Address, e.Detail, bytesOf(e.Person)).Scan(&id))
		if err != nil || !found {
			return false, err
		}
		unsent, err := tx.logGoesOut(ctx)
		if err != nil {
			return false, err
		}
		return true, tx.exec(ctx, "UPDATE security_log SET times = times + ?, unsent = unsent + ? WHERE id = ?", times, times*unsent, id)
	}
	if done, err := again(&e); err != nil || done {
		return err
	}
	var lines int
	if err := tx.row(ctx, "SELECT count(*) FROM security_log WHERE at >= ? AND kind = ?", int64(minute), string(e.Kind)).Scan(&lines); err != nil {
		return err
	}
	if lines >= refusalsKept {
		e = LogEntry{Kind: e.Kind, Detail: "others"}
		if done, err := again(&e); err != nil || done {
			return err
		}
	}
	return tx.log(ctx, &e, times)
}

// LogFilter says which lines of the security log are wanted: zero values are no condition.
type LogFilter struct {
	Kind     inspect.LogKind
	Person   inspect.ID // did it, or it was done to them
	Address  string
	From, To inspect.Time // from inclusive, to exclusive
	Before   int64        // the id of a line
	Limit    int
}

const logColumns = `SELECT l.id, l.at, l.kind, p.uid, l.address, o.uid, l.detail, l.changes, l.times FROM security_log l
	LEFT JOIN person p ON p.id = l.person LEFT JOIN person o ON o.id = l.about `

func scanLogEntry(r scanner) (e LogEntry, err error) {
	var changes string
	if err = r.Scan(&e.ID, &e.At, &e.Kind, (*uid)(&e.Person), &e.Address, (*uid)(&e.About), &e.Detail, &changes, &e.Times); err == nil && changes != "" {
		err = json.Unmarshal([]byte(changes), &e.Changes)
	}
	return e, err
}

// SecurityLog gives lines before a cursor, newest first.
func (tx *Tx) SecurityLog(ctx context.Context, f LogFilter) ([]LogEntry, error) {
	where, args := "WHERE l.id < ?", []any{f.Before}
	for _, c := range []struct {
		wanted bool
		text   string
		args   []any
	}{
		{f.Kind != "", " AND l.kind = ?", []any{string(f.Kind)}},
		{!f.Person.IsZero(), " AND (l.person = (SELECT id FROM person WHERE uid = ?) OR l.about = (SELECT id FROM person WHERE uid = ?))",
			[]any{bytesOf(f.Person), bytesOf(f.Person)}},
		{f.Address != "", " AND l.address = ?", []any{f.Address}},
		{f.From != 0, " AND l.at >= ?", []any{int64(f.From)}},
		{f.To != 0, " AND l.at < ?", []any{int64(f.To)}},
	} {
		if c.wanted {
			where, args = where+c.text, append(args, c.args...)
		}
	}
	return list(ctx, tx, scanLogEntry, logColumns+where+" ORDER BY l.id DESC LIMIT ?", append(args, f.Limit)...)
}

// UnsentLog gives lines that others are still to be told of, oldest first.
func (tx *Tx) UnsentLog(ctx context.Context, limit int) ([]LogEntry, error) {
	return list(ctx, tx, scanLogEntry, logColumns+"WHERE l.unsent > 0 ORDER BY l.id LIMIT ?", limit)
}

// MarkLogSent notes that others were told of lines as they stood; what was counted since is told again.
func (tx *Tx) MarkLogSent(ctx context.Context, lines []LogEntry) error {
	for n := range lines {
		if err := tx.exec(ctx, "UPDATE security_log SET unsent = CASE WHEN times > ? THEN times - ? ELSE 0 END WHERE id = ?",
			lines[n].Times, lines[n].Times, lines[n].ID); err != nil {
			return err
		}
	}
	return nil
}
