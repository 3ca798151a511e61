package people

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// OnePerson says whether one person may be administrator, office and auditor at once: in a small district, or a trial. Every report that is issued
// and every audit says so. Where it ends, who holds several of these roles keeps the first.
var OnePerson = city.Setting[bool]{Key: "one_person", Guarded: true, Read: city.ReadFlag, Then: separate}

// Settings are those of this room.
var Settings = []city.AnySetting{&OnePerson, &DeskIdle, &PhoneIdle}

// separate ends the roles that conflict, on record, where one person may not do all any more.
func separate(ctx context.Context, tx *store.Tx, a *inspect.Actor, onePerson bool) error {
	if onePerson {
		return nil
	}
	several, err := tx.HoldersOfSeveral(ctx, inspect.RolesApart()...)
	if err != nil {
		return err
	}
	for _, id := range several {
		old, _, err := tx.Person(ctx, id)
		if err != nil {
			return err
		}
		p := old
		p.Grants, p.UpdatedAt = inspect.Separated(old.Grants), tx.Now
		if err := tx.SavePerson(ctx, p); err != nil {
			return err
		}
		if err := regrant(ctx, tx, id, old.Grants, p.Grants); err != nil {
			return err
		}
		if err := personOnRecord(ctx, tx, a.ID, p); err != nil {
			return err
		}
		if err := personInLog(ctx, tx, a, &old, &p, false); err != nil {
			return err
		}
	}
	return nil
}

// KeepOnePerson says of an installation from before there was the choice that one person does all, where somebody does.
func (svc *Service) KeepOnePerson(ctx context.Context, c *city.Service) error {
	decided := false
	var several []inspect.ID
	err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		kept, err := tx.Settings(ctx)
		if err != nil {
			return err
		}
		if _, decided = kept[OnePerson.Key]; decided {
			return nil
		}
		several, err = tx.HoldersOfSeveral(ctx, inspect.RolesApart()...)
		return err
	})
	if err != nil || decided || len(several) == 0 {
		return err
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		return c.PutSetting(ctx, tx, &inspect.Actor{}, &OnePerson, []byte("true"))
	})
}
