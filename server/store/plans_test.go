package store_test

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// plansOf gives how SQLite plans each query of some reading, a step a line.
func plansOf(t *testing.T, o store.Options, s *store.Store, f func(context.Context, *store.Tx) error) (steps []string) {
	t.Helper()
	var queries []string
	s.OnStatement(func(query string) { queries = append(queries, query) })
	read(t, s, f)
	s.OnStatement(nil)
	raw := storetest.Raw(t, o)
	for _, q := range queries {
		steps = append(steps, planOf(t, raw, q)...)
	}
	if len(steps) == 0 {
		t.Fatal("nothing was asked")
	}
	return steps
}

func planOf(t *testing.T, raw *sql.DB, query string) (steps []string) {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer func() {
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	}()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// TestListsOfPlannedWorkHaveAnIndex reads what is asked of all places and of a year of rounds: neither is looked through row by row.
func TestListsOfPlannedWorkHaveAnIndex(t *testing.T) {
	t.Parallel()
	o := storetest.Ready(t, storetest.SQLite)
	s := storetest.Open(t, o)
	found(t, s)
	year := store.RoundFilter{From: "2026-01-01", To: "2026-12-31"}
	never := func(f store.NeverLookedAt) func(context.Context, *store.Tx) error {
		f.Subject, f.On, f.Limit = inspect.VisitPlace, "2026-11-23", 50
		return func(ctx context.Context, tx *store.Tx) error {
			_, _, _, err := tx.NeverVisited(ctx, f)
			return err
		}
	}
	kept := func(f store.RoundFilter, by store.ComplianceKey) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Compliance(ctx, f, by)
			return err
		}
	}
	within := year
	within.Area = id("Longhua")
	for name, c := range map[string]struct {
		ask  func(context.Context, *store.Tx) error
		step string // by which the rows are found
	}{
		"never visited":                {never(store.NeverLookedAt{}), "SCAN t USING COVERING INDEX place_looked"},
		"never visited, of a kind":     {never(store.NeverLookedAt{Kind: "bin"}), "SEARCH t USING COVERING INDEX place_looked (kind=?"},
		"never visited, of an area":    {never(store.NeverLookedAt{Kind: "bin", Area: id("Longhua")}), "SEARCH t USING COVERING INDEX place_looked (kind=?"},
		"compliance by duty":           {kept(year, store.ByDuty), "SEARCH r USING COVERING INDEX round_period (period>? AND period<?)"},
		"compliance by target":         {kept(year, store.ByTarget), "SEARCH r USING COVERING INDEX round_period (period>? AND period<?)"},
		"compliance by period, within": {kept(within, store.ByPeriod), "SEARCH r USING COVERING INDEX round_period (period>? AND period<?)"},
		"plan of a week": {func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.PlanCells(ctx, store.RoundFilter{From: "2026-11-23", To: "2026-11-29"})
			return err
		}, "SEARCH r USING INDEX round_day (day>? AND day<?)"},
	} {
		steps := strings.Join(plansOf(t, o, s, c.ask), "\n")
		if !strings.Contains(steps, c.step) {
			t.Errorf("%s: want %q, got\n%s", name, c.step, steps)
		}
		if whole := wholeTable.FindString(steps); whole != "" {
			t.Errorf("%s: %s looks at each row of a table\n%s", name, whole, steps)
		}
	}
}

// TestListsGoByTwoConditionsAtOnce reads lists that are narrowed twice: each has an index that holds both.
func TestListsGoByTwoConditionsAtOnce(t *testing.T) {
	t.Parallel()
	o := storetest.Ready(t, storetest.SQLite)
	s := storetest.Open(t, o)
	found(t, s)
	assigned := []inspect.Status{inspect.Assigned}
	for step, f := range map[string]store.IssueFilter{
		"COVERING INDEX issue_reporter_status (reporter=? AND status=?)": {Reporter: id("lin"), Status: assigned},
		"COVERING INDEX issue_category_status (category=? AND status=?)": {Categories: []string{"08012"}, Status: assigned},
		"COVERING INDEX issue_unit_status (unit=? AND status=?)":         {Unit: id("bureau"), Status: assigned, Text: "mud"},
		"COVERING INDEX issue_area_status (area=? AND status=?)":         {Area: id("Longhua"), Status: []inspect.Status{inspect.Verified}},
		"INDEX issue_status_due (status=? AND <expr>>? AND <expr><?)":    {Status: assigned, DueFrom: at(1), DueTo: at(9), Sort: store.ByDue},
		"INDEX issue_status_due (status=? AND <expr><?)":                 {Overdue: true, Area: id("Longhua"), Categories: []string{"08012"}},
		"INDEX issue_fixed_late":                                         {Overdue: true},
	} {
		f.Limit = 50
		steps := strings.Join(plansOf(t, o, s, func(ctx context.Context, tx *store.Tx) error {
			_, _, _, _, err := tx.ListAndCount(ctx, f)
			return err
		}), "\n")
		if !strings.Contains(steps, step) {
			t.Errorf("want %q, got\n%s", step, steps)
		}
		if whole := wholeTable.FindString(steps); whole != "" && !strings.Contains(whole, "issue_fixed_late") { // which holds few
			t.Errorf("%s looks at each row of a table\n%s", whole, steps)
		}
	}
}

// wholeTable is a step that looks at each row of places, rounds or issues, in the table and not in an index that holds what is asked.
var wholeTable = regexp.MustCompile(`(?m)^SCAN (t|r|i|place|round|issue)( USING INDEX .*)?$`)
