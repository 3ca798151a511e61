package store

import (
	"context"
	"errors"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
)

// LogCheckpoint is a signed checkpoint of the growing log.
type LogCheckpoint struct {
	Size int64 // leaves
	At   inspect.Time
	Note string // as it was signed
}

// LoggedEvent is an event as the log holds it: the leaf with the index Seq-1.
type LoggedEvent struct {
	Seq  int64 // in the whole record
	Hash evidence.Digest
}

// ErrNoLogHash means that the log lacks a hash that its size says it has.
var ErrNoLogHash = errors.New("store: a hash of the log is missing")

// logRows is how many hashes one statement keeps at most.
const logRows = 64

// LastLogHash is the index of the last hash of the log, -1 before the first.
func (tx *Tx) LastLogHash(ctx context.Context) (index int64, err error) {
	err = tx.row(ctx, "SELECT COALESCE(max(id), 0) - 1 FROM log_hash").Scan(&index)
	return index, err
}

// LogHashes gives the hashes of the log with some indexes, in their order.
func (tx *Tx) LogHashes(ctx context.Context, indexes []int64) ([]evidence.Digest, error) {
	args := make([]any, len(indexes))
	for n, index := range indexes {
		args[n] = index + 1
	}
	args = padded(args)
	found := make(map[int64]evidence.Digest, len(indexes))
	if err := tx.each(ctx, func(r scanner) error {
		var id int64
		var hash []byte
		err := r.Scan(&id, &hash)
		var one evidence.Digest
		copy(one[:], hash)
		found[id-1] = one
		return err
	}, "SELECT id, hash FROM log_hash WHERE id IN ("+marks(len(args))+")", args...); err != nil {
		return nil, err
	}
	all := make([]evidence.Digest, len(indexes))
	for n, index := range indexes {
		hash, there := found[index]
		if !there {
			return nil, ErrNoLogHash
		}
		all[n] = hash
	}
	return all, nil
}

// EachLogHash calls f for the hashes of the log from an index up to before another, in their order.
func (tx *Tx) EachLogHash(ctx context.Context, from, to int64, f func(index int64, hash []byte) error) error {
	return tx.each(ctx, func(r scanner) error {
		var id int64
		var hash []byte
		if err := r.Scan(&id, &hash); err != nil {
			return err
		}
		return f(id-1, hash)
	}, "SELECT id, hash FROM log_hash WHERE id > ? AND id <= ? ORDER BY id", from, to)
}

// AppendLog keeps hashes of the log from an index on. They follow from the events, so that those which another copy of the server has kept
// meanwhile are the same.
func (tx *Tx) AppendLog(ctx context.Context, from int64, hashes []evidence.Digest) error {
	for some := range slices.Chunk(hashes, logRows) {
		args := make([]any, 0, 2*len(some))
		for n := range some {
			args = append(args, from+int64(n)+1, some[n][:])
		}
		if err := tx.exec(ctx, "INSERT INTO log_hash (id, hash) VALUES "+rowsOf(2, len(some))+" ON CONFLICT (id) DO NOTHING", args...); err != nil {
			return err
		}
		from += int64(len(some))
	}
	return nil
}

// LoggedEvents gives the events after a number in the whole record, in the order of the change feed.
func (tx *Tx) LoggedEvents(ctx context.Context, after int64, limit int) ([]LoggedEvent, error) {
	return list(ctx, tx, func(r scanner) (e LoggedEvent, err error) {
		var hash []byte
		err = r.Scan(&e.Seq, &hash)
		copy(e.Hash[:], hash)
		return e, err
	}, "SELECT seq, hash FROM event WHERE seq > ? ORDER BY seq LIMIT ?", after, limit)
}

// StreamOf is the stream of an event of the whole record.
func (tx *Tx) StreamOf(ctx context.Context, seq int64) (s evidence.Stream, ok bool, err error) {
	ok, err = ignoreNoRows(tx.row(ctx, "SELECT s.kind, s.name FROM event e JOIN stream s ON s.id = e.stream WHERE e.seq = ?", seq).Scan(&s.Kind, &s.ID))
	return s, ok, err
}

// SaveLogCheckpoint keeps a signed checkpoint; a size that has one keeps the first.
func (tx *Tx) SaveLogCheckpoint(ctx context.Context, c LogCheckpoint) error {
	return tx.exec(ctx, "INSERT INTO log_checkpoint (size, at, note) VALUES (?, ?, ?) ON CONFLICT (size) DO NOTHING", c.Size, int64(c.At), c.Note)
}

const logCheckpointColumns = "SELECT size, at, note FROM log_checkpoint ORDER BY size "

func scanLogCheckpoint(r scanner) (c LogCheckpoint, err error) {
	err = r.Scan(&c.Size, (*int64)(&c.At), &c.Note)
	return c, err
}

// LastLogCheckpoint is the largest signed checkpoint; ok is false before the first.
func (tx *Tx) LastLogCheckpoint(ctx context.Context) (c LogCheckpoint, ok bool, err error) {
	all, err := list(ctx, tx, scanLogCheckpoint, logCheckpointColumns+"DESC LIMIT 1")
	if err != nil || len(all) == 0 {
		return c, false, err
	}
	return all[0], true, nil
}

// LogCheckpoints gives all signed checkpoints, smallest first.
func (tx *Tx) LogCheckpoints(ctx context.Context) ([]LogCheckpoint, error) {
	return list(ctx, tx, scanLogCheckpoint, logCheckpointColumns)
}
