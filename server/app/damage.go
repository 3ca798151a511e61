package app

import "context"

// checkDatabase reads the file of the database beside the work, and says what is not as it was written: the server goes on, since what
// comes now is safer in it than nowhere.
func (a *App) checkDatabase(ctx context.Context) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		found, err := a.Core.Store.Damage(ctx)
		if err != nil && ctx.Err() == nil {
			a.Log.Warn("whether the database is whole cannot be told", "error", err)
		}
		for _, line := range found {
			a.Log.Error("the database is damaged", "at", line)
		}
		if len(found) > 0 {
			a.Log.Error(a.Core.Audit.Advice(ctx))
		}
	}()
	a.closers = append(a.closers, func(context.Context) error {
		stop()
		<-done
		return nil
	})
}
