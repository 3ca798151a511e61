package inspections

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"spotcheck/pkg/draw"
	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// DrawRequest is what an office draws from: the places of a kind that are in use today, within an area.
type DrawRequest struct {
	ID      inspect.ID
	Purpose string
	Kind    inspect.SpotKind
	Area    inspect.ID   // with all below; zero for the whole city
	ByArea  bool         // each part below the area is drawn from by its share
	Count   int          // places
	Each    int          // inspectors for each
	Pool    []inspect.ID // inspectors
}

// DrawPage is a draw with the names of what it is about.
type DrawPage struct {
	inspect.Draw
	Picks   []draw.Pick
	Spots   map[inspect.ID]string
	Areas   map[inspect.ID]string
	People  map[inspect.ID]store.PersonRef
	Earlier []inspect.Draw // for the same purpose, or of the same places, the newest first
}

// earlierShown is how many earlier draws are shown beside one.
const earlierShown = 5

// Draws gives draws that the actor may see, the newest first, before the one at the cursor; the next cursor is 0 at the end.
func (svc *Service) Draws(ctx context.Context, a *inspect.Actor, before int64, limit int) (all []inspect.Draw, areas map[inspect.ID]string, next int64, err error) {
	if !a.MayAnywhere(inspect.MaySeeDraws) {
		return nil, nil, 0, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		some, at, err := tx.Draws(ctx, before, limit)
		if err != nil {
			return err
		}
		next = at
		var named []inspect.ID
		for n := range some {
			sees, err := mayDraw(ctx, tx, a, inspect.MaySeeDraws, some[n].Area)
			if err != nil {
				return err
			}
			if sees {
				all, named = append(all, some[n]), issues.AppendID(named, some[n].Area)
			}
		}
		areas, err = tx.NodeNames(ctx, store.AreaTree, named)
		return err
	})
	return all, areas, next, err
}

// Draw gives one draw.
func (svc *Service) Draw(ctx context.Context, a *inspect.Actor, id inspect.ID) (page DrawPage, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		d, err := visibleDraw(ctx, tx, a, inspect.MaySeeDraws, id)
		if err != nil {
			return err
		}
		page, err = pageOf(ctx, tx, a, d)
		return err
	})
	return page, err
}

// FreezeDraw keeps the list from which is drawn; the same again changes nothing.
func (svc *Service) FreezeDraw(ctx context.Context, a *inspect.Actor, ask DrawRequest) (page DrawPage, repeated bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		may, err := mayDraw(ctx, tx, a, inspect.MayDraw, ask.Area)
		if err != nil {
			return err
		}
		only, err := city.LeftBy(ctx, tx, a, city.ForbiddenUnless(may), store.StreamDraw, ask.ID.String())
		if err != nil {
			return err
		}
		old, ok, err := tx.Draw(ctx, ask.ID)
		if err != nil {
			return err
		}
		same := ok && sameRequest(&old, &ask, a.ID)
		if repeated = same; same {
			page, err = pageOf(ctx, tx, a, old)
			return err
		}
		switch {
		case only:
			return inspect.ErrForbidden
		case ok:
			return inspect.ErrDrawDiffers
		}
		if line, err := tx.SelfAndAncestors(ctx, store.AreaTree, ask.Area); err != nil {
			return err
		} else if len(line) == 0 && !ask.Area.IsZero() {
			return inspect.UnknownField("/area", "there is no such area")
		}
		list, err := svc.listOf(ctx, tx, &ask)
		if err != nil {
			return err
		}
		d := inspect.Draw{ID: ask.ID, Purpose: ask.Purpose, Kind: ask.Kind, Area: ask.Area, ByArea: ask.ByArea, List: list, Salt: svc.newSalt(),
			MadeBy: a.ID, CreatedAt: tx.Now}
		if err := saveDraw(ctx, tx, a.ID, "draw.frozen", &d); err != nil {
			return err
		}
		page, err = pageOf(ctx, tx, a, d)
		return err
	})
	return page, repeated, err
}

// sameRequest says whether a draw was frozen by the same person with the same request.
func sameRequest(d *inspect.Draw, ask *DrawRequest, by inspect.ID) bool {
	return d.MadeBy == by && d.Purpose == ask.Purpose && d.Kind == ask.Kind && d.Area == ask.Area && d.ByArea == ask.ByArea && d.List.Count == ask.Count &&
		d.List.Each == ask.Each && slices.Equal(slices.Sorted(slices.Values(d.List.Pool)), slices.Sorted(slices.Values(textsOf(ask.Pool))))
}

func textsOf(ids []inspect.ID) []string {
	texts := make([]string, len(ids))
	for n, id := range ids {
		texts[n] = id.String()
	}
	return texts
}

// ExecuteDraw takes the seed from the record and draws; once drawn it stays.
func (svc *Service) ExecuteDraw(ctx context.Context, a *inspect.Actor, id inspect.ID) (page DrawPage, repeated bool, err error) {
	return svc.change(ctx, a, id, "draw.drawn", func(ctx context.Context, tx *store.Tx, d *inspect.Draw) (bool, error) {
		if d.Seed != "" {
			return true, nil
		}
		head, err := tx.Head(ctx, drawStream(id))
		if err != nil {
			return false, err
		}
		d.Seed = head.Hash.String()
		return false, nil
	})
}

// ReplaceDrawn puts the next place of its part in the place of one that was drawn and cannot be looked at.
func (svc *Service) ReplaceDrawn(ctx context.Context, a *inspect.Actor, id, target inspect.ID, reason string) (page DrawPage, repeated bool, err error) {
	return svc.change(ctx, a, id, "draw.replaced", func(_ context.Context, tx *store.Tx, d *inspect.Draw) (bool, error) {
		if n := slices.IndexFunc(d.Replaced, func(r inspect.DrawReplacement) bool { return r.Target == target }); n >= 0 {
			if was := d.Replaced[n]; was.Reason == reason && was.By == a.ID {
				return true, nil
			}
			return false, inspect.ErrNotDrawn
		}
		if d.State() != inspect.DrawDrawn {
			return false, inspect.ErrDrawState
		}
		d.Replaced = append(d.Replaced, inspect.DrawReplacement{Target: target, Reason: reason, By: a.ID, At: tx.Now})
		switch _, err := d.Picks(); {
		case errors.Is(err, draw.ErrExhausted):
			return false, inspect.ErrDrawExhausted
		case err != nil:
			return false, inspect.ErrNotDrawn
		}
		return false, nil
	})
}

// EndDraw says that all that was drawn was looked at.
func (svc *Service) EndDraw(ctx context.Context, a *inspect.Actor, id inspect.ID) (page DrawPage, repeated bool, err error) {
	return svc.change(ctx, a, id, "draw.carried_out", func(_ context.Context, tx *store.Tx, d *inspect.Draw) (bool, error) {
		switch d.State() {
		case inspect.DrawCarriedOut:
			return true, nil
		case inspect.DrawFrozen:
			return false, inspect.ErrDrawState
		}
		d.EndedAt = tx.Now
		return false, nil
	})
}

// change changes a draw that the actor may change; f says when nothing is left to do.
func (svc *Service) change(ctx context.Context, a *inspect.Actor, id inspect.ID, event string,
	f func(context.Context, *store.Tx, *inspect.Draw) (repeated bool, err error)) (page DrawPage, repeated bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		d, refused := visibleDraw(ctx, tx, a, inspect.MayDraw, id)
		if refused != nil {
			if d, err = leftDraw(ctx, tx, a, id, refused); err != nil {
				return err
			}
		}
		if repeated, err = f(ctx, tx, &d); refused != nil && !repeated {
			return refused
		}
		if err != nil {
			return err
		}
		if !repeated {
			if err := saveDraw(ctx, tx, a.ID, event, &d); err != nil {
				return err
			}
		}
		page, err = pageOf(ctx, tx, a, d)
		return err
	})
	return page, repeated, err
}

// leftDraw is a draw as somebody left it to whom it is out of reach now: it acknowledges what they did. Anybody else is refused as before.
func leftDraw(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID, refused error) (d inspect.Draw, err error) {
	if !issues.OutOfReach(refused) {
		return d, refused
	}
	by, err := tx.LastBy(ctx, drawStream(id))
	if err == nil && by != a.ID {
		err = refused
	}
	if err != nil {
		return d, err
	}
	d, _, err = tx.Draw(ctx, id)
	return d, err
}

// DrawProof is a script that draws again; there is none before it is drawn.
func (svc *Service) DrawProof(ctx context.Context, a *inspect.Actor, id inspect.ID) (script string, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		d, err := visibleDraw(ctx, tx, a, inspect.MaySeeDraws, id)
		if err != nil {
			return err
		}
		if d.Seed == "" {
			return inspect.ErrDrawState
		}
		script, err = d.List.Proof(d.Seed, d.ReplacedTargets()...)
		return err
	})
	return script, err
}

// mayDraw says whether the actor has a permission over all of an area, of the whole city where there is none.
func mayDraw(ctx context.Context, tx *store.Tx, a *inspect.Actor, p inspect.Permission, area inspect.ID) (bool, error) {
	line, err := tx.SelfAndAncestors(ctx, store.AreaTree, area) // nothing for no such area: an office of the city is told so later
	return a.MayThroughout(p, inspect.Jurisdiction{Areas: line}), err
}

// visibleDraw gives a draw to who has the permission; who may not even see it is not told that it is there.
func visibleDraw(ctx context.Context, tx *store.Tx, a *inspect.Actor, p inspect.Permission, id inspect.ID) (d inspect.Draw, err error) {
	d, ok, err := tx.Draw(ctx, id)
	if err != nil {
		return d, err
	}
	if !ok {
		return d, inspect.ErrDrawNotFound
	}
	sees, err := mayDraw(ctx, tx, a, inspect.MaySeeDraws, d.Area)
	if err != nil {
		return d, err
	}
	may, err := mayDraw(ctx, tx, a, p, d.Area)
	switch {
	case err != nil:
		return d, err
	case !sees:
		return d, inspect.ErrDrawNotFound
	case !may:
		return d, inspect.ErrForbidden
	}
	return d, nil
}

func pageOf(ctx context.Context, tx *store.Tx, a *inspect.Actor, d inspect.Draw) (page DrawPage, err error) {
	page.Draw = d
	if page.Picks, err = d.Picks(); err != nil {
		return page, fmt.Errorf("inspections: draw %s: %w", d.ID, err)
	}
	var spots, people []inspect.ID
	areas := issues.AppendID(nil, d.Area)
	for _, t := range d.List.Targets {
		id, err := inspect.ParseID(t.ID)
		if err != nil {
			return page, fmt.Errorf("inspections: draw %s: %w", d.ID, err)
		}
		spots = append(spots, id)
		if stratum, err := inspect.ParseID(t.Stratum); err == nil && !slices.Contains(areas, stratum) {
			areas = append(areas, stratum)
		}
	}
	for _, text := range d.List.Pool {
		id, err := inspect.ParseID(text)
		if err != nil {
			return page, fmt.Errorf("inspections: draw %s: %w", d.ID, err)
		}
		people = append(people, id)
	}
	if page.Spots, err = tx.SpotNames(ctx, spots); err != nil {
		return page, err
	}
	if page.Areas, err = tx.NodeNames(ctx, store.AreaTree, areas); err != nil {
		return page, err
	}
	if page.People, err = tx.PeopleRefs(ctx, append(people, d.MadeBy)); err != nil {
		return page, err
	}
	earlier, err := tx.DrawsBefore(ctx, &d, earlierShown)
	if err != nil {
		return page, err
	}
	for n := range earlier {
		if sees, err := mayDraw(ctx, tx, a, inspect.MaySeeDraws, earlier[n].Area); err != nil {
			return page, err
		} else if sees {
			page.Earlier = append(page.Earlier, earlier[n])
		}
	}
	return page, nil
}

func drawStream(id inspect.ID) evidence.Stream {
	return evidence.Stream{Kind: store.StreamDraw, ID: id.String()}
}

func saveDraw(ctx context.Context, tx *store.Tx, by inspect.ID, event string, d *inspect.Draw) error {
	d.UpdatedAt = tx.Now
	ledger.Record(tx, by, store.StreamDraw, d.ID.String(), event, drawBody(d))
	return tx.SaveDraw(ctx, *d)
}

// drawBody is what the record keeps of a draw: of its list the digest.
func drawBody(d *inspect.Draw) map[string]any {
	return map[string]any{"purpose": d.Purpose, "kind": d.Kind, "area": d.Area, "by_area": d.ByArea, "list": d.List.Digest(), "salt": d.Salt, "seed": d.Seed,
		"replaced": append([]inspect.DrawReplacement{}, d.Replaced...), "ended_at": d.EndedAt, "made_by": d.MadeBy}
}

// LoadDraws gives draws as the record tells them.
func LoadDraws(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	return tx.EachDraw(ctx, func(d inspect.Draw) error {
		rows[drawStream(d.ID)] = &ledger.Row{Body: drawBody(&d), CreatedAt: d.CreatedAt, ChangedAt: d.UpdatedAt}
		return nil
	})
}
