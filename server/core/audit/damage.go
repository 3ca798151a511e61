package audit

import (
	"context"
	"fmt"

	"spotcheck/server/store"
)

// file looks whether the file of the database is as it was written, before anything is read from it.
func (a *auditor) file(ctx context.Context) error {
	found, err := a.core.store.Damage(ctx)
	for _, line := range found {
		a.wrong("database", "%s", line)
	}
	if len(found) > 0 {
		a.wrong("database", "%s", a.core.Advice(ctx))
	}
	return err
}

// Advice says what to do with a damaged database, and which backup there is to take.
func (svc *Service) Advice(ctx context.Context) string {
	which := "no backup was ever noted in the record; look for a copy of the folder"
	err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		at, last, ok, err := tx.NotedBackup(ctx)
		if ok {
			which = fmt.Sprintf("the last backup is that of %s, up to event %d: restore it into an empty place (spotcheck restore)",
				at.UTC().In(svc.zone).Format("2006-01-02 15:04"), last)
		}
		return err
	})
	if err != nil {
		which = "when the last backup was made cannot be read; take the newest there is (spotcheck restore)"
	}
	return fmt.Sprintf("the file %s is damaged: stop the server and keep the file, it may hold what came after the backup; %s", svc.store.Path(), which)
}
