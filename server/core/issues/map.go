package issues

import (
	"context"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Map is what lies in a box, in clusters.
type Map struct {
	Clusters []store.Cluster
	Whole    bool // nothing that the person sees is left out
}

// Map shows what the actor sees in a box at a zoom of web maps, 0 for the whole earth in 256 pixels.
func (svc *Service) Map(ctx context.Context, a *inspect.Actor, box geo.Box, zoom int) (m Map, err error) {
	if !a.MayAnywhere(inspect.MaySee) {
		return m, inspect.ErrForbidden
	}
	return m, svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		m.Clusters, m.Whole, err = tx.MapClusters(ctx, a, store.MapGrid(box, zoom))
		return err
	})
}

// MiscountsShown is how many wrong cells of the map are named.
const MiscountsShown = 20
