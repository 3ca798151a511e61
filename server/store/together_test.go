package store_test

import (
	"context"
	"sync"
	"testing"

	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// TestReadersTogetherSeeOneSnapshot writes beside readers that were begun together, and begins some while others write.
func TestReadersTogetherSeeOneSnapshot(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s, ctx := storetest.Open(t, o), t.Context()
		write := func() error {
			return s.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SetFiguresCounted(ctx) })
		}
		stop := make(chan struct{})
		var writing sync.WaitGroup
		writing.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if err := write(); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
		var together sync.WaitGroup
		for range 5 {
			together.Go(func() {
				for range 5 {
					if err := s.ReadTogether(ctx, func(ctx context.Context, all []*store.Tx) error {
						if len(all) < 2 {
							t.Errorf("got %d transactions", len(all))
						}
						first := int64(-1)
						for range 2 {
							for _, tx := range all {
								n, err := tx.RollUpVersion(ctx)
								if err != nil {
									return err
								}
								if first < 0 {
									first = n
								}
								if n != first {
									t.Errorf("one sees %d, another one %d", first, n)
								}
							}
							if err := write(); err != nil { // nobody waits for readers
								return err
							}
						}
						return nil
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		together.Wait()
		close(stop)
		writing.Wait()
	})
}
