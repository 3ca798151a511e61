package issues

import (
	"context"
	"spotcheck/server/store"
)

// loadSpot names the place of the register that an issue is about.
func loadSpot(ctx context.Context, tx *store.Tx, v *View) error {
	if v.Spot.IsZero() {
		return nil
	}
	s, _, err := tx.Spot(ctx, v.Spot)
	v.SpotName = s.Name
	return err
}
