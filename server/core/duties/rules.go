package duties

import (
	"context"
	"fmt"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// FirstRules are those that an installation starts with, beside the limits of the catalogue (pkg/inspect/rules.md, "Catalogue and rules of limits").
var FirstRules = []inspect.Rule{{
	ID: firstRule, Category: "06010", AreaClass: "main_road", FileZH: "主干道路面有暴露垃圾", FileEN: "Litter lies open on a main road",
	CloseZH: "垃圾清走，路面干净", CloseEN: "The litter is gone and the road is clean", Limit: 15, LimitUnit: "minute", Enabled: true,
}}

// firstRule is the id of the rule for litter on a main road, the same everywhere.
var firstRule = inspect.ID{0x06, 0x01, 0x00, 0x00, 0x00, 0x00, 0x40, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01}

// Rules gives the newest version of every rule of limits.
func (svc *Service) Rules(ctx context.Context) (all []inspect.Rule, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err = tx.Rules(ctx)
		return err
	})
	return all, err
}

// RuleVersions gives every version of a rule, oldest first.
func (svc *Service) RuleVersions(ctx context.Context, id inspect.ID) (all []inspect.Rule, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if all, err = tx.RuleVersions(ctx, id); err == nil && len(all) == 0 {
			err = inspect.ErrNotFound
		}
		return err
	})
	return all, err
}

// PutRule makes a rule or a new version of it; the same again changes nothing. Issues keep the version they were assigned under.
func (svc *Service) PutRule(ctx context.Context, a *inspect.Actor, v inspect.Rule) (saved inspect.Rule, repeated, created bool, err error) {
	now, err := svc.rule(ctx, v.ID)
	if err != nil {
		return saved, false, false, err
	}
	only, err := city.Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamRule, ruleKey(&now))
	if err != nil {
		return saved, false, false, err
	}
	err = svc.store.Write(ctx, city.OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) (err error) {
		saved, repeated, created, err = PutRule(ctx, tx, a.ID, v)
		return err
	}))
	return saved, repeated, created, err
}

// rule is the newest version of a rule, an empty one where there is none.
func (svc *Service) rule(ctx context.Context, id inspect.ID) (v inspect.Rule, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		v, _, err = tx.Rule(ctx, id, 0)
		return err
	})
	return v, err
}

func PutRule(ctx context.Context, tx *store.Tx, by inspect.ID, v inspect.Rule) (saved inspect.Rule, repeated, created bool, err error) {
	if err := tx.LockRegisters(ctx); err != nil {
		return v, false, false, err
	}
	if _, ok, err := tx.Category(ctx, v.Category); err != nil {
		return v, false, false, err
	} else if !ok {
		return v, false, false, inspect.UnknownField("/category", "the catalogue has no such item")
	}
	old, ok, err := tx.Rule(ctx, v.ID, 0)
	if err != nil {
		return v, false, false, err
	}
	seen := v.CreatedAt
	v.Version, v.Number, v.CreatedAt = old.Version, old.Number, old.CreatedAt
	changed := ledger.CheckSeen(seen, ok, old.CreatedAt)
	switch {
	case ok && v == old:
		return v, true, false, nil
	case changed != nil:
		return old, false, false, changed
	case ok && v.Category != old.Category:
		return v, false, false, inspect.ErrContent.At(fault.Field{Pointer: "/category", Detail: "a rule stays with its category; make another one"})
	case !ok:
		if v.Number, err = tx.NextRuleNumber(ctx); err != nil {
			return v, false, false, err
		}
	}
	v.Version, v.CreatedAt = v.Version+1, tx.Now
	ledger.Record(tx, by, store.StreamRule, ruleKey(&v), "rule.made", ruleBody(&v))
	return v, false, !ok, tx.InsertRule(ctx, v)
}

// ruleKey names the stream of one version, which never changes.
func ruleKey(v *inspect.Rule) string { return fmt.Sprintf("%s.%d", v.ID, v.Version) }

// ruleBody is what the record keeps of a version of a rule.
func ruleBody(v *inspect.Rule) map[string]any {
	body := map[string]any{"number": v.Number, "category": v.Category, "area_class": v.AreaClass, "file_zh": v.FileZH, "file_en": v.FileEN,
		"close_zh": v.CloseZH, "close_en": v.CloseEN, "limit": v.Limit, "limit_unit": v.LimitUnit, "enabled": v.Enabled}
	if v.Counting != "" { // older records say nothing of it
		body["counting"] = v.Counting
	}
	return body
}

// rulesFor gives the rules that may be taken for an issue, the one that is proposed first. Without any, the catalogue's limit is one
// without an id.
func rulesFor(ctx context.Context, tx *store.Tx, row *store.IssueRow) ([]inspect.Rule, error) {
	all, err := tx.RulesOf(ctx, row.Category)
	if err != nil {
		return nil, err
	}
	if len(all) > 0 {
		class, err := tx.AreaClass(ctx, row.Area)
		if err != nil {
			return nil, err
		}
		if fit := inspect.RulesForClass(all, class); len(fit) > 0 {
			return fit, nil
		}
	}
	category, _, err := tx.Category(ctx, row.Category)
	return []inspect.Rule{{Category: row.Category, Limit: category.Limit, LimitUnit: category.LimitUnit, Enabled: true}}, err
}

// RuleOf is the rule under which an issue is assigned: the one that is named, or the first that fits.
func RuleOf(ctx context.Context, tx *store.Tx, row *store.IssueRow, named inspect.ID) (inspect.Rule, error) {
	fit, err := rulesFor(ctx, tx, row)
	if err != nil || named.IsZero() {
		return fit[0], err
	}
	for _, r := range fit {
		if r.ID == named {
			return r, nil
		}
	}
	return inspect.Rule{}, inspect.UnknownField("/rule", "there is no such rule for the category and the class of the area, or it is switched off")
}
