package inspections

import (
	"context"
	"embed"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/score"
	"spotcheck/pkg/table"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

//go:embed examples/*.csv
var exampleTables embed.FS

// examples are the standards that come with the program, each a table that can be read as anybody's can. They are nobody's standard before an office saves
// one as its own.
var examples = []struct {
	file    string
	name    string
	subject inspect.VisitSubject
	kind    inspect.SpotKind
}{
	{"street", "道路环境卫生检查标准（示例）", inspect.VisitArea, ""},
	{"market", "农贸市场检查标准（示例）", inspect.VisitPlace, "market"},
	{"school", "学校及周边检查标准（示例）", inspect.VisitPlace, "school_surroundings"},
	{"restaurant", "餐饮店检查标准（示例）", inspect.VisitPlace, "restaurant"},
	{"construction_site", "建筑工地检查标准（示例）", inspect.VisitPlace, inspect.ConstructionSite},
	{"public_toilet", "公共厕所检查标准（示例）", inspect.VisitPlace, "public_toilet"},
	{"unmanaged_estate", "三无小区检查标准（示例）", inspect.VisitPlace, "unmanaged_estate"},
}

// Marks of a standard where nobody says otherwise.
const (
	passMark    = 60 * score.One
	recheckMark = 92 * score.One
)

// StandardExamples gives the standards that come with the program. A category that the city does not use is left out of them.
func (svc *Service) StandardExamples(ctx context.Context, a *inspect.Actor) (all []inspect.Standard, err error) {
	if !a.MayThroughout(inspect.MayKeepStandards, inspect.Jurisdiction{}) {
		return nil, inspect.ErrForbidden
	}
	known := map[string]bool{"": true}
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		categories, err := tx.Categories(ctx)
		for _, c := range categories {
			known[c.Code] = c.Enabled
		}
		return err
	}); err != nil {
		return nil, err
	}
	for _, e := range examples {
		s := inspect.Standard{Name: e.name, Subject: e.subject, Kind: e.kind, PassMark: passMark, RecheckMark: recheckMark, Grades: score.Grades()}
		if s.Items, err = exampleItems(ctx, e.file); err != nil {
			return nil, err
		}
		for n := range s.Items {
			if !known[s.Items[n].Category] {
				s.Items[n].Category = ""
			}
		}
		all = append(all, s)
	}
	return all, nil
}

// exampleItems reads the items of an example.
func exampleItems(ctx context.Context, file string) ([]inspect.StandardItem, error) {
	body, err := exampleTables.ReadFile("examples/" + file + ".csv")
	if err != nil {
		return nil, fmt.Errorf("inspections: %w", err)
	}
	r := standardReader{met: map[string]int{}}
	if err := r.table(ctx, table.Read, places.TableFile{Body: body}); err != nil {
		return nil, err
	}
	if wrong := r.Faults(); len(wrong) > 0 {
		return nil, fmt.Errorf("inspections: the example %s: %v", file, wrong)
	}
	return r.items, nil
}
