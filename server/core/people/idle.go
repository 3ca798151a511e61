package people

import (
	"context"
	"slices"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// How long a session lasts in which nothing is done, by who it is of: whoever decides sits at a desk that others pass, everybody else carries a phone.
var (
	DeskIdle  = city.Setting[int64]{Key: "desk_idle_hours", Default: 12, Guarded: true, Read: city.ReadNumber(1, 720, "hours, 1 to 720")}
	PhoneIdle = city.Setting[int64]{Key: "phone_idle_days", Default: 30, Guarded: true, Read: city.ReadNumber(1, 30, "days, 1 to 30")}
)

// shortestIdle is what no setting goes below: the settings are not read for who was here since.
const shortestIdle = time.Hour

// notIdle refuses a session in which nothing was done for too long.
func notIdle(ctx context.Context, tx *store.Tx, a *inspect.Actor, s *store.Session) error {
	idle := tx.Now.Sub(s.SeenAt)
	if idle < shortestIdle {
		return nil
	}
	kept, err := tx.Settings(ctx)
	if err != nil {
		return err
	}
	most, err := PhoneIdle.Of(kept)
	unit := 24 * time.Hour
	if slices.ContainsFunc(a.Grants, func(g inspect.Grant) bool { return g.Role.Deciding() }) {
		most, err = DeskIdle.Of(kept)
		unit = time.Hour
	}
	if err == nil && idle > time.Duration(most)*unit {
		return inspect.ErrIdle
	}
	return err
}
