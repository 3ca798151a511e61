package store

import (
	"context"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
)

// The streams of what happens to the installation as a whole.
var (
	backups  = evidence.Stream{Kind: StreamInstallation, ID: "backup"}
	restores = evidence.Stream{Kind: StreamInstallation, ID: "restore"}
	audits   = evidence.Stream{Kind: StreamInstallation, ID: "audit"}
)

// NoteAudit leaves a line about an audit: that it was asked for, or what it found. by is the zero one for the command line.
func (tx *Tx) NoteAudit(event string, by inspect.ID, body map[string]any) {
	body["at"] = tx.Now
	if !by.IsZero() {
		body["by"] = by
	}
	tx.Record(Entry{Stream: audits, Type: event, Schema: 1, By: by, Body: body})
}

// AuditNotes gives the last lines about audits, oldest first.
func (tx *Tx) AuditNotes(ctx context.Context, limit int) ([]RecordedEvent, error) {
	head, err := tx.Head(ctx, audits)
	if err != nil {
		return nil, err
	}
	return tx.Events(ctx, audits, head.N-int64(limit), limit)
}

// NoteBackup leaves in the record that a snapshot is safe in a backup.
func (s *Store) NoteBackup(ctx context.Context, of Snapshot) error {
	return s.Write(ctx, func(_ context.Context, tx *Tx) error {
		tx.happened(backups, "installation.backed_up", of)
		return nil
	})
}

// happened leaves a line that names a snapshot.
func (tx *Tx) happened(s evidence.Stream, event string, of Snapshot) {
	tx.Record(Entry{Stream: s, Type: event, Schema: 1, Body: map[string]any{"at": tx.Now, "last_event": of.LastEvent, "schema": of.Schema}})
}

// NotedBackup is when the last backup was noted, and the last event that is in it; ok is false when there is none.
func (tx *Tx) NotedBackup(ctx context.Context) (at inspect.Time, last int64, ok bool, err error) {
	head, err := tx.Head(ctx, backups)
	if err != nil {
		return at, 0, false, err
	}
	lines, err := tx.Events(ctx, backups, head.N-1, 1)
	if err != nil || len(lines) == 0 {
		return at, 0, false, err
	}
	var body struct {
		LastEvent int64 `json:"last_event"`
	}
	err = readJSON(string(lines[0].Body), &body)
	return lines[0].At, body.LastEvent, err == nil, err
}

// LastBackup is when the last backup was noted; where there is none, ever is false and at is when the record began.
func (tx *Tx) LastBackup(ctx context.Context) (at inspect.Time, ever bool, err error) {
	err = tx.row(ctx, `SELECT COALESCE(b.at, (SELECT at FROM event ORDER BY id LIMIT 1), 0), b.at IS NOT NULL
		FROM (SELECT (SELECT e.at FROM event e JOIN stream s ON s.id = e.stream AND s.n = e.n WHERE s.kind = ? AND s.name = ?) AS at) b`,
		backups.Kind, backups.ID).Scan(&at, &ever)
	return at, ever, err
}
