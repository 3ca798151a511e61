package intake

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/intake"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// differing gives a finding for each order, by its row, whose number came before with other content: nobody may take it for the same one.
func (svc *Service) differing(ctx context.Context, m *intake.Mapping, orders []intake.WorkOrder, known map[string]inspect.ID) (all map[int]intake.Finding, err error) {
	if len(known) == 0 {
		return nil, nil
	}
	return all, svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err = svc.differingIn(ctx, tx, m, orders, known)
		return err
	})
}

// differingIn compares with the rows as they came. What was not imported, or was erased by decision, cannot be compared.
func (svc *Service) differingIn(ctx context.Context, tx *store.Tx, m *intake.Mapping, orders []intake.WorkOrder, known map[string]inspect.ID) (map[int]intake.Finding, error) {
	var ids []inspect.ID
	for _, id := range known {
		ids = append(ids, id)
	}
	texts, err := tx.TextsOf(ctx, ids, issues.TextRow)
	if err != nil {
		return nil, err
	}
	from, err := tx.ImportsOfIssues(ctx, ids)
	if err != nil {
		return nil, err
	}
	imports, all := map[inspect.ID]store.IssueImport{}, map[int]intake.Finding{}
	for n := range orders {
		o, id := &orders[n], known[orders[n].Number]
		sealed := texts[id][issues.TextRow]
		if id.IsZero() || sealed == "" || from[id].IsZero() {
			continue
		}
		i, ok := imports[from[id]]
		if !ok {
			if i, _, err = tx.IssueImport(ctx, from[id]); err != nil {
				return nil, err
			}
			imports[from[id]] = i
		}
		before, err := svc.cellsBefore(id, &i, sealed)
		if err != nil {
			return nil, err
		}
		var columns []string
		for f, text := range o.ByField() {
			if old, had := before[f]; had && !intake.SameText(old, text) {
				columns = append(columns, m.Columns[f])
			}
		}
		slices.Sort(columns)
		if len(columns) > 0 {
			all[o.N] = intake.Finding{Column: m.Columns[intake.Number], Kind: intake.Differs, Subject: strings.Join(columns, "、")}
		}
	}
	return all, nil
}

// cellsBefore are the texts of the row that an issue was made of, by what they tell.
func (svc *Service) cellsBefore(id inspect.ID, i *store.IssueImport, sealed string) (map[intake.Field]string, error) {
	text, err := svc.issues.OpenCaller(id, issues.TextRow, sealed)
	if err != nil || text == "" {
		return nil, err
	}
	var m intake.Mapping
	var names, cells []string
	if err := errors.Join(json.Unmarshal([]byte(i.Mapping), &m), json.Unmarshal([]byte(i.ColumnNames), &names), json.Unmarshal([]byte(text), &cells)); err != nil {
		return nil, err
	}
	return m.ByField(names, cells), nil
}
