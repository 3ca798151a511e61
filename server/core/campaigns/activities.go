package campaigns

import (
	"context"
	"fmt"
	"reflect"

	"spotcheck/pkg/campaign"
	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// ActivityPage is an activity with the names of what it is about.
type ActivityPage struct {
	campaign.Activity
	Names
	SignIns []campaign.SignIn // who signed in, for who may plan it
	Signed  int               // how many did
	May     []inspect.Permission
}

// Activities gives activities of some days that the actor may see, the last ones first; the next cursor is 0 at the end.
func (svc *Service) Activities(ctx context.Context, a *inspect.Actor, from, until inspect.Time, before int64, limit int) (all []campaign.Activity, names Names, next int64,
	err error) {
	if !a.MayAnywhere(inspect.MaySeeActivities) {
		return nil, names, 0, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		some, at, err := tx.Activities(ctx, from, until, before, limit)
		if err != nil {
			return err
		}
		next = at
		for n := range some {
			w, err := placeOf(ctx, tx, &some[n])
			if err != nil {
				return err
			}
			if a.MayThroughout(inspect.MaySeeActivities, w) {
				all = append(all, some[n])
			}
		}
		names, err = namesOf(ctx, tx, all...)
		return err
	})
	return all, names, next, err
}

// placeOf is where an activity lies in the trees.
func placeOf(ctx context.Context, tx *store.Tx, v *campaign.Activity) (w inspect.Jurisdiction, err error) {
	if w.Areas, err = tx.SelfAndAncestors(ctx, store.AreaTree, v.Area); err != nil {
		return w, err
	}
	w.Units, err = tx.SelfAndAncestors(ctx, store.UnitTree, v.Unit)
	return w, err
}

// namesOf finds the names of all that activities name.
func namesOf(ctx context.Context, tx *store.Tx, all ...campaign.Activity) (names Names, err error) {
	var areas, units, spots, people []inspect.ID
	for n := range all {
		v := &all[n]
		areas, units, spots = issues.AppendID(areas, v.Area), issues.AppendID(units, v.Unit), append(spots, v.Spots...)
		for _, id := range []inspect.ID{v.MadeBy, v.Outcome.By, v.Cancelled.By} {
			people = issues.AppendID(people, id)
		}
	}
	if names.Areas, err = tx.NodeNames(ctx, store.AreaTree, areas); err != nil {
		return names, err
	}
	if names.Units, err = tx.NodeNames(ctx, store.UnitTree, units); err != nil {
		return names, err
	}
	if names.Spots, err = tx.SpotNames(ctx, spots); err != nil {
		return names, err
	}
	names.People, err = tx.PeopleRefs(ctx, people)
	return names, err
}

// Activity gives one activity.
func (svc *Service) Activity(ctx context.Context, a *inspect.Actor, id inspect.ID) (page ActivityPage, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		v, _, err := visibleActivity(ctx, tx, a, id)
		if err != nil {
			return err
		}
		page, err = activityPage(ctx, tx, a, &v)
		return err
	})
	return page, err
}

// visibleActivity gives an activity and where it lies to who may see it; who may not is not told that it is there.
func visibleActivity(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (v campaign.Activity, w inspect.Jurisdiction, err error) {
	v, ok, err := tx.Activity(ctx, id)
	if err != nil {
		return v, w, err
	}
	if !ok {
		return v, w, inspect.ErrActivityNotFound
	}
	if w, err = placeOf(ctx, tx, &v); err != nil {
		return v, w, err
	}
	if !a.MayThroughout(inspect.MaySeeActivities, w) {
		err = inspect.ErrActivityNotFound
	}
	return v, w, err
}

func activityPage(ctx context.Context, tx *store.Tx, a *inspect.Actor, v *campaign.Activity) (page ActivityPage, err error) {
	page.Activity = *v
	if page.Names, err = namesOf(ctx, tx, *v); err != nil {
		return page, err
	}
	w, err := placeOf(ctx, tx, v)
	if err != nil {
		return page, err
	}
	signed, err := tx.SignIns(ctx, v.ID)
	if err != nil {
		return page, err
	}
	if page.Signed = len(signed); a.MayThroughout(inspect.MayPlanActivities, w) {
		page.SignIns = signed
	}
	if v.State() == campaign.ActivityPlanned && a.MayThroughout(inspect.MayPlanActivities, w) {
		page.May = append(page.May, inspect.MayPlanActivities)
	}
	if v.State() != campaign.ActivityCancelled && tx.Now >= v.StartsAt && a.MayThroughout(inspect.MayDoActivities, w) {
		page.May = append(page.May, inspect.MayDoActivities)
	}
	return page, nil
}

// PutActivity plans an activity or changes its plan before anything came of it; the same again changes nothing. UpdatedAt is what the actor saw, a
// SignInCode of any kind says that people may sign in.
func (svc *Service) PutActivity(ctx context.Context, a *inspect.Actor, v campaign.Activity) (page ActivityPage, repeated, created bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		old, ok, err := tx.Activity(ctx, v.ID)
		if err != nil {
			return err
		}
		may, err := mayPlan(ctx, tx, a, &v, &old, ok)
		if err != nil {
			return err
		}
		only, err := city.LeftBy(ctx, tx, a, city.ForbiddenUnless(may), store.StreamActivity, v.ID.String())
		if err != nil {
			return err
		}
		seen, signs := v.UpdatedAt, v.SignInCode != ""
		v.SignInCode, v.Outcome, v.Cancelled, v.Photos = old.SignInCode, old.Outcome, old.Cancelled, old.Photos
		v.MadeBy, v.CreatedAt, v.UpdatedAt = old.MadeBy, old.CreatedAt, old.UpdatedAt
		if !signs {
			v.SignInCode = ""
		}
		if repeated = ok && signs == (old.SignInCode != "") && reflect.DeepEqual(v, old); repeated {
			page, err = activityPage(ctx, tx, a, &old)
			return err
		}
		switch {
		case only:
			return inspect.ErrForbidden
		case old.State() != campaign.ActivityPlanned:
			return inspect.ErrActivityState
		}
		if err := ledger.CheckSeen(seen, ok, old.UpdatedAt); err != nil {
			if page, err = activityPage(ctx, tx, a, &old); err != nil {
				return err
			}
			return inspect.ErrRowChanged
		}
		if err := svc.checkActivity(ctx, tx, &v); err != nil {
			return err
		}
		if signs && v.SignInCode == "" {
			v.SignInCode = svc.newCode()
		}
		if created = !ok; created {
			v.MadeBy, v.CreatedAt = a.ID, tx.Now
		}
		if err := saveActivity(ctx, tx, a.ID, "activity.planned", &v); err != nil {
			return err
		}
		page, err = activityPage(ctx, tx, a, &v)
		return err
	})
	return page, repeated, created, err
}

// mayPlan says whether somebody may plan an activity, and change what it was.
func mayPlan(ctx context.Context, tx *store.Tx, a *inspect.Actor, v, old *campaign.Activity, known bool) (bool, error) {
	w, err := placeOf(ctx, tx, v)
	if err != nil || !a.MayThroughout(inspect.MayPlanActivities, w) || !known {
		return err == nil && a.MayThroughout(inspect.MayPlanActivities, w), err
	}
	w, err = placeOf(ctx, tx, old)
	return a.MayThroughout(inspect.MayPlanActivities, w), err
}

// checkActivity holds an activity against the registers that it names.
func (svc *Service) checkActivity(ctx context.Context, tx *store.Tx, v *campaign.Activity) error {
	if wrong := v.Check(); len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	w, err := placeOf(ctx, tx, v)
	switch {
	case err != nil:
		return err
	case len(w.Areas) == 0 && !v.Area.IsZero():
		return inspect.UnknownField("/area", "there is no such area")
	case len(w.Units) == 0 && !v.Unit.IsZero():
		return inspect.UnknownField("/unit", "there is no such unit")
	}
	on := inspect.DateOf(v.StartsAt, svc.zone)
	for n, id := range v.Spots {
		s, ok, err := tx.Spot(ctx, id)
		at := fmt.Sprintf("/places/%d", n)
		switch {
		case err != nil:
			return err
		case !ok:
			return inspect.UnknownField(at, "the register has no such place")
		case !s.InUse(on):
			return inspect.ErrActivityClosed.At(fault.Field{Pointer: at, Detail: "is not in use on that day"})
		}
	}
	return nil
}

// TellOutcome says what came of an activity, or corrects it; the same again changes nothing.
func (svc *Service) TellOutcome(ctx context.Context, a *inspect.Actor, id inspect.ID, o campaign.ActivityOutcome) (page ActivityPage, repeated bool, err error) {
	return svc.changeActivity(ctx, a, id, "activity.done", inspect.MayDoActivities, func(tx *store.Tx, v *campaign.Activity) (bool, error) {
		old := v.Outcome
		o.At, o.By = old.At, old.By
		switch {
		case old.At != 0 && o == old && old.By == a.ID:
			return true, nil
		case v.State() == campaign.ActivityCancelled:
			return false, inspect.ErrActivityState
		case tx.Now < v.StartsAt:
			return false, inspect.ErrActivityEarly
		}
		if wrong := o.Check(); len(wrong) > 0 {
			return false, inspect.ErrContent.At(wrong...)
		}
		o.At, o.By = tx.Now, a.ID
		v.Outcome = o
		return false, nil
	})
}

// CancelActivity says that nothing will come of an activity, and why.
func (svc *Service) CancelActivity(ctx context.Context, a *inspect.Actor, id inspect.ID, reason string) (page ActivityPage, repeated bool, err error) {
	return svc.changeActivity(ctx, a, id, "activity.cancelled", inspect.MayPlanActivities, func(tx *store.Tx, v *campaign.Activity) (bool, error) {
		switch {
		case v.Cancelled.At != 0 && v.Cancelled.Reason == reason && v.Cancelled.By == a.ID:
			return true, nil
		case v.State() != campaign.ActivityPlanned:
			return false, inspect.ErrActivityState
		}
		v.Cancelled = inspect.Withdrawal{Reason: reason, By: a.ID, At: tx.Now}
		return false, nil
	})
}

// changeActivity changes an activity over which the actor has a permission; f says when nothing is left to do.
func (svc *Service) changeActivity(ctx context.Context, a *inspect.Actor, id inspect.ID, event string, p inspect.Permission,
	f func(*store.Tx, *campaign.Activity) (bool, error)) (page ActivityPage, repeated bool, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		v, w, err := visibleActivity(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if !a.MayThroughout(p, w) {
			return inspect.ErrForbidden
		}
		if repeated, err = f(tx, &v); err != nil {
			return err
		}
		if !repeated {
			if err := saveActivity(ctx, tx, a.ID, event, &v); err != nil {
				return err
			}
		}
		page, err = activityPage(ctx, tx, a, &v)
		return err
	})
	return page, repeated, err
}

func saveActivity(ctx context.Context, tx *store.Tx, by inspect.ID, event string, v *campaign.Activity) (err error) {
	v.UpdatedAt = tx.Now
	body := activityBody(v)
	if body["seals"], err = tx.SealTexts(ctx, v.ID, activityTexts(v)); err != nil {
		return err
	}
	ledger.Record(tx, by, store.StreamActivity, v.ID.String(), event, body)
	return tx.SaveActivity(ctx, v)
}

// activityBody is what the record keeps of an activity, activityTexts what it keeps as seals only.
func activityBody(v *campaign.Activity) map[string]any {
	photos := []map[string]any{}
	for _, p := range v.Photos {
		photos = append(photos, map[string]any{"stage": p.Stage, "sha256": p.SHA256, "bytes": p.Bytes, "type": p.Type, "by": p.By, "at": p.ReceivedAt})
	}
	o := &v.Outcome
	return map[string]any{"kind": v.Kind, "title": v.Title, "area": v.Area, "unit": v.Unit, "places": append([]inspect.ID{}, v.Spots...), "starts_at": v.StartsAt,
		"ends_at": v.EndsAt, "sign_in_code": v.SignInCode, "people": o.People, "places_cleaned": o.Places, "vehicles": o.Vehicles, "tonnes": o.Tonnes,
		"counted": o.Counted, "done_at": o.At, "done_by": o.By, "cancelled_at": v.Cancelled.At, "cancelled_by": v.Cancelled.By, "photos": photos, "made_by": v.MadeBy}
}

func activityTexts(v *campaign.Activity) map[string]string {
	return map[string]string{"note": v.Note, "outcome": v.Outcome.Note, "cancelled": v.Cancelled.Reason}
}

// LoadActivities gives activities, and who signed in to them, as the record tells them.
func LoadActivities(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	if err := tx.EachActivity(ctx, func(v *campaign.Activity) error {
		rows[evidence.Stream{Kind: store.StreamActivity, ID: v.ID.String()}] = &ledger.Row{Body: activityBody(v), Owner: v.ID, Texts: activityTexts(v),
			CreatedAt: v.CreatedAt, ChangedAt: v.UpdatedAt}
		return nil
	}); err != nil {
		return err
	}
	return tx.EachSignIn(ctx, func(s campaign.SignIn) error {
		rows[evidence.Stream{Kind: store.StreamSignIn, ID: s.ID.String()}] = &ledger.Row{Body: signInBody(&s), Owner: s.ID, Texts: signInTexts(&s),
			CreatedAt: s.At, ChangedAt: s.At}
		return nil
	})
}
