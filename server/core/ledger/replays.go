package ledger

import (
	"context"
	"encoding/json"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Row is a row of a register as the record would tell it.
type Row struct {
	Body                 map[string]any
	Owner                inspect.ID // of the texts, zero where there are none
	Texts                map[string]string
	CreatedAt, ChangedAt inspect.Time // zero where the row does not say
	Grants               []inspect.Grant
	Amiss                string // what is wrong with a column that is computed from others
}

func LoadSettings(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*Row) error {
	settings, err := tx.Settings(ctx)
	for key, value := range settings {
		rows[evidence.Stream{Kind: store.StreamSetting, ID: key}] = &Row{Body: map[string]any{"value": json.RawMessage(value)}}
	}
	return err
}
