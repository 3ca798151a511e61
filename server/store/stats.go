package store

import (
	"context"
	"time"
)

// Backlog is what waits, for whoever is on duty.
type Backlog struct {
	Waiting, Running, Failed int64            // jobs; failed ones are tried no more
	Oldest                   time.Duration    // since the first of those that wait could have started
	Incomplete, Flagged      int64            // issues that wait for photos, or for a decision on a doubt
	Backup                   time.Duration    // since the last one was noted, or since the record began
	BackedUp                 bool             // there is one
	Retrying                 map[string]int64 // jobs that failed at least once and have not succeeded, by kind
}

// Backlog looks at the jobs and at what an index tells of issues at once.
func (s *Store) Backlog(ctx context.Context) (w Backlog, err error) {
	err = s.Read(ctx, func(ctx context.Context, tx *Tx) error {
		for state, n := range map[string]*int64{"available": &w.Waiting, "running": &w.Running, "discarded": &w.Failed} {
			if err := tx.row(ctx, "SELECT count(*) FROM river_job WHERE state = '"+state+"'").Scan(n); err != nil {
				return err
			}
		}
		var since time.Time
		err := tx.row(ctx, "SELECT scheduled_at FROM river_job WHERE state = 'available' ORDER BY scheduled_at LIMIT 1").Scan(&since)
		if ok, err := ignoreNoRows(err); err != nil {
			return err
		} else if ok {
			w.Oldest = max(0, tx.Now.UTC().Sub(since))
		}
		if err := tx.row(ctx, "SELECT count(*) FROM issue WHERE photos_safe < photos_declared").Scan(&w.Incomplete); err != nil {
			return err
		}
		if err := tx.row(ctx, "SELECT count(*) FROM issue WHERE flags_open > 0").Scan(&w.Flagged); err != nil {
			return err
		}
		last, ever, err := tx.LastBackup(ctx)
		if err != nil {
			return err
		}
		w.Backup, w.BackedUp, w.Retrying = max(0, tx.Now.Sub(last)), ever, map[string]int64{}
		return tx.each(ctx, func(r scanner) error {
			var kind string
			var n int64
			err := r.Scan(&kind, &n)
			w.Retrying[kind] = n
			return err
		}, "SELECT kind, count(*) FROM river_job WHERE state IN ('retryable', 'discarded') GROUP BY kind")
	})
	return w, err
}

// PoolStats is how busy the connections to the database are.
type PoolStats struct {
	Open, InUse int
	Waits       int64 // how often one had to be waited for
	Waited      time.Duration
}

// PoolStats gives the connections that write and those that read; on PostgreSQL they are the same.
func (s *Store) PoolStats() map[string]PoolStats {
	w, r := s.write.Stats(), s.read.Stats()
	all := map[string]PoolStats{"write": {w.OpenConnections, w.InUse, w.WaitCount, w.WaitDuration}}
	if s.read != s.write {
		all["read"] = PoolStats{r.OpenConnections, r.InUse, r.WaitCount, r.WaitDuration}
	}
	return all
}

// CommitStats gives how many commits there were since the start, and how long they took in all: mostly the disk's sync.
func (s *Store) CommitStats() (times int64, in time.Duration) {
	return s.commits.Load(), time.Duration(s.committing.Load())
}

// slowChange is how long a change may hold its transaction before it counts as slow.
const slowChange = 100 * time.Millisecond

// ChangeStats gives how many changes there were since the start, how long they held their transaction in all, and how many of them
// for longer than a tenth of a second. On SQLite nobody else writes meanwhile.
func (s *Store) ChangeStats() (times int64, in time.Duration, slow int64) {
	return s.changes.Load(), time.Duration(s.changing.Load()), s.slow.Load()
}

// changed counts a change that began then.
func (s *Store) changed(began time.Time) {
	took := s.now().Sub(began)
	s.changes.Add(1)
	s.changing.Add(int64(took))
	if took > slowChange {
		s.slow.Add(1)
	}
}

// commit ends a transaction and counts it.
func (s *Store) commit(q interface{ Commit() error }) error {
	began := s.now()
	err := q.Commit()
	s.commits.Add(1)
	s.committing.Add(int64(s.now().Sub(began)))
	return err
}
