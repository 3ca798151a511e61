package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"spotcheck/pkg/inspect"
)

// feedChannel is the channel of PostgreSQL on which copies of the server tell one another of events.
const feedChannel = "spotcheck_feed"

// feedPoll is how often the feed is looked at besides: other programs may write to the same database.
const feedPoll = 2 * time.Second

// Change is an event as the feed of changes needs it: what it is about, and whose sight an issue left by it.
type Change struct {
	Seq         int64
	Kind, ID    string // of the stream
	LeftCustody Custody
}

// Changes gives the events after a number, oldest first.
func (tx *Tx) Changes(ctx context.Context, after int64, limit int) ([]Change, error) {
	return list(ctx, tx, func(r scanner) (c Change, err error) {
		err = r.Scan(&c.Seq, &c.Kind, &c.ID, (*uid)(&c.LeftCustody.Unit), (*uid)(&c.LeftCustody.Area), (*uid)(&c.LeftCustody.Person))
		return c, err
	}, "SELECT e.seq, s.kind, s.name, e.left_unit, e.left_area, e.left_person FROM event e JOIN stream s ON s.id = e.stream WHERE e.seq > ? ORDER BY e.seq LIMIT ?", after, limit)
}

// Epoch names this run of the record: another one after a backup was restored. It is made when there is none.
func (tx *Tx) Epoch(ctx context.Context) (epoch string, err error) {
	err = tx.row(ctx, "SELECT epoch FROM installation ORDER BY id DESC LIMIT 1").Scan(&epoch)
	_, err = ignoreNoRows(err)
	return epoch, err
}

// NewEpoch begins another run of the record.
func (tx *Tx) NewEpoch(ctx context.Context) error {
	return tx.exec(ctx, "INSERT INTO installation (epoch) VALUES (?)", inspect.NewID().String())
}

// BumpTreeVersion notes that a unit or an area lies elsewhere now, and with it what people see.
func (tx *Tx) BumpTreeVersion(ctx context.Context) error {
	_, err := tx.next(ctx, "tree", 1)
	return err
}

// TreeVersion counts how often units and areas were moved.
func (tx *Tx) TreeVersion(ctx context.Context) (n int64, err error) {
	err = tx.row(ctx, "SELECT value FROM counter WHERE name = 'tree'").Scan(&n)
	_, err = ignoreNoRows(err)
	return n, err
}

// Watch calls told with the number of the last event whenever there are new ones, until the context ends. It is told by
// what this program commits, by other copies through PostgreSQL, and looks by itself besides; then it also finds out
// whether this program has become too old.
func (s *Store) Watch(ctx context.Context, url string, told func(seq int64)) {
	heard := make(chan struct{}, 1)
	var listening sync.WaitGroup
	defer listening.Wait()
	if !s.dialect.grouped {
		listening.Go(func() { listen(ctx, url, heard) })
	}
	tick := time.NewTicker(feedPoll)
	defer tick.Stop()
	for last := int64(-1); ; {
		if seq, err := s.lastSeq(ctx); err == nil && seq != last {
			last = seq
			told(seq)
		}
		select {
		case <-s.committed:
		case <-heard:
		case <-tick.C:
			s.look(ctx)
		case <-ctx.Done():
			return
		}
	}
}

func (s *Store) lastSeq(ctx context.Context) (seq int64, err error) {
	err = s.Read(ctx, func(ctx context.Context, tx *Tx) error {
		seq, err = tx.LastSeq(ctx)
		return err
	})
	return seq, err
}

// listen passes on what PostgreSQL notifies, and connects again when the connection is lost.
func listen(ctx context.Context, url string, heard chan<- struct{}) {
	for ctx.Err() == nil {
		if err := listenOnce(ctx, url, heard); err != nil {
			select {
			case <-time.After(feedPoll):
			case <-ctx.Done():
			}
		}
	}
}

func listenOnce(ctx context.Context, url string, heard chan<- struct{}) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("store: listen: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // whatever ended it is said already
	if _, err := conn.Exec(ctx, "LISTEN "+feedChannel); err != nil {
		return fmt.Errorf("store: listen: %w", err)
	}
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
		select {
		case heard <- struct{}{}:
		default: // one is waiting already
		}
	}
}
