package places

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// Spots gives a page of the register of places.
func (svc *Service) Spots(ctx context.Context, a *inspect.Actor, f store.SpotFilter) (all []inspect.Spot, next int64, err error) {
	if !a.MayAnywhere(inspect.MaySeeSpots) {
		return nil, 0, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, next, err = tx.Spots(ctx, f)
		return err
	})
	return hidden(a, all), next, err
}

// Spot gives one place of the register.
func (svc *Service) Spot(ctx context.Context, a *inspect.Actor, id inspect.ID) (v inspect.Spot, err error) {
	if !a.MayAnywhere(inspect.MaySeeSpots) {
		return v, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		var ok bool
		if v, ok, err = tx.Spot(ctx, id); err == nil && !ok {
			err = inspect.ErrNotFound
		}
		return err
	})
	return hidden(a, []inspect.Spot{v})[0], err
}

// hidden takes the number plates away from who may not see them.
func hidden(a *inspect.Actor, all []inspect.Spot) []inspect.Spot {
	if !a.MayAnywhere(inspect.MaySeePlates) {
		for n := range all {
			all[n].Vehicles = nil
		}
	}
	return all
}

// SpotsNear gives the nearest places of the register that are in use today, without number plates; whole is false when more lie
// so near than were looked at.
func (svc *Service) SpotsNear(ctx context.Context, a *inspect.Actor, at geo.Point, radiusM float64, kind inspect.SpotKind,
	most int) (near []store.NearbySpot, whole bool, err error) {
	if !a.MayAnywhere(inspect.MaySeeSpots) {
		return nil, false, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		near, whole, err = tx.NearbySpots(ctx, at, radiusM, kind, svc.city.Today(tx), most)
		return err
	})
	return near, whole, err
}

// PutSpot makes or changes a place of the register; its position is as given, in its datum. The same again changes nothing.
func (svc *Service) PutSpot(ctx context.Context, a *inspect.Actor, v inspect.Spot) (saved inspect.Spot, repeated, created bool, err error) {
	only, err := city.Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamPlace, v.ID.String())
	if err != nil {
		return saved, false, false, err
	}
	err = svc.store.Write(ctx, city.OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) error {
		saved, repeated, created, err = svc.putSpot(ctx, tx, a.ID, v)
		return err
	}))
	return saved, repeated, created, err
}

func (svc *Service) putSpot(ctx context.Context, tx *store.Tx, by inspect.ID, v inspect.Spot) (_ inspect.Spot, repeated, created bool, err error) {
	if err := tx.LockRegisters(ctx); err != nil {
		return v, false, false, err
	}
	old, ok, err := tx.Spot(ctx, v.ID)
	if err != nil {
		return v, false, false, err
	}
	seen := v.UpdatedAt
	v.Point = geo.ToWGS84(v.OriginalPoint, v.Datum)
	v.CreatedAt, v.UpdatedAt = old.CreatedAt, old.UpdatedAt
	if ok && reflect.DeepEqual(v, old) {
		return v, true, false, nil
	}
	if err := ledger.CheckSeen(seen, ok, old.UpdatedAt); err != nil {
		return old, false, false, err
	}
	if err := svc.checkSpot(ctx, tx, &v); err != nil {
		return v, false, false, err
	}
	if v.UpdatedAt = tx.Now; !ok {
		v.CreatedAt = tx.Now
	}
	body := spotBody(&v)
	if body["seals"], err = tx.SealTexts(ctx, v.ID, spotTexts(&v)); err != nil {
		return v, false, false, err
	}
	ledger.Record(tx, by, store.StreamPlace, v.ID.String(), "place.changed", body)
	return v, false, !ok, tx.SaveSpot(ctx, v)
}

// spotBody is what the record keeps of a place, spotTexts what it keeps as seals only.
func spotBody(v *inspect.Spot) map[string]any {
	return map[string]any{"kind": v.Kind, "name": v.Name, "number": v.Number, "point": v.Point, "datum": v.Datum, "given": v.OriginalPoint, "area": v.Area, "unit": v.Unit,
		"contractor": v.Contractor, "permit": v.Permit, "from": v.From, "to": v.To, "enabled": v.Enabled}
}

func spotTexts(v *inspect.Spot) map[string]string {
	return map[string]string{"contact": v.Contact, "vehicles": strings.Join(v.Vehicles, "\n")}
}

func LoadSpots(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	return tx.EachSpot(ctx, func(v inspect.Spot, misplaced bool) error {
		body := spotBody(&v)
		if misplaced {
			body["cell"] = "another than that of its position"
		}
		rows[evidence.Stream{Kind: store.StreamPlace, ID: v.ID.String()}] = &ledger.Row{Body: body, Owner: v.ID, Texts: spotTexts(&v),
			CreatedAt: v.CreatedAt, ChangedAt: v.UpdatedAt}
		return nil
	})
}

// checkSpot finds what is wrong with a place of the register, all at once.
func (svc *Service) checkSpot(ctx context.Context, tx *store.Tx, v *inspect.Spot) error {
	kinds, err := PlaceKinds.In(ctx, tx)
	if err != nil {
		return err
	}
	var wrong []fault.Field
	add := func(pointer, detail string) { wrong = append(wrong, fault.Field{Pointer: pointer, Detail: detail}) }
	if !inspect.KnownKind(v.Kind, kinds) {
		add("/kind", "the city has no such kind of place; the setting place_kinds adds some")
	}
	if !v.Area.IsZero() {
		if _, ok, err := tx.Area(ctx, v.Area); err != nil {
			return err
		} else if !ok {
			add("/area", "there is no such area")
		}
	}
	if !v.Unit.IsZero() {
		if _, ok, err := tx.Unit(ctx, v.Unit); err != nil {
			return err
		} else if !ok {
			add("/unit", "there is no such unit")
		}
	}
	if len(wrong) > 0 {
		return inspect.ErrUnknownRef.At(wrong...)
	}
	if wrong := checkSite(v); len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	if other, ok, err := tx.SpotNumbered(ctx, v.Kind, v.Number); err != nil {
		return err
	} else if ok && other.ID != v.ID {
		return inspect.InvalidField("/number", "another place of this kind has this number")
	}
	return nil
}

// checkSite finds details that only construction sites have.
func checkSite(v *inspect.Spot) (wrong []fault.Field) {
	if v.Kind == inspect.ConstructionSite {
		return nil
	}
	for _, d := range []struct {
		name  string
		there bool
	}{{"contractor", v.Contractor != ""}, {"permit", v.Permit != ""}, {"vehicles", len(v.Vehicles) > 0}} {
		if d.there {
			wrong = append(wrong, fault.Field{Pointer: "/" + d.name, Detail: "only a construction site has this"})
		}
	}
	return wrong
}

// Bounds of the places that are proposed for an issue.
const (
	nearSpots    = 5     // of each sort
	spotRadius   = 100.0 // metres, and the accuracy of the issue's place besides
	spotAccuracy = 900.0 // metres, which counts no further
	siteRadius   = 500.0 // metres from where a line of mud begins
	RoadMud      = "road_mud"
)

// NearSpotsOf finds the places that an issue may be about: what lies near, and for mud on a road the construction sites near
// its beginning.
func (svc *Service) NearSpotsOf(ctx context.Context, tx *store.Tx, v *issues.View) error {
	if v.Status != inspect.Reported || !v.Spot.IsZero() || v.Place == nil {
		return nil
	}
	radius := spotRadius
	if m := v.Place.AccuracyM; m != nil {
		radius += min(*m, spotAccuracy)
	}
	near, _, err := tx.NearbySpots(ctx, v.Place.Point, radius, "", svc.city.Today(tx), nearSpots)
	if err != nil {
		return err
	}
	v.NearSpots = near
	item, _, err := tx.Category(ctx, v.Category)
	if err != nil || item.Group != RoadMud {
		return err
	}
	start := v.Place.Point
	if v.Line != nil {
		start = v.Line.Start
	}
	sites, _, err := tx.NearbySpots(ctx, start, siteRadius, inspect.ConstructionSite, svc.city.Today(tx), nearSpots)
	for _, s := range sites {
		if !slices.ContainsFunc(v.NearSpots, func(o store.NearbySpot) bool { return o.ID == s.ID }) {
			v.NearSpots = append(v.NearSpots, s)
		}
	}
	return err
}
