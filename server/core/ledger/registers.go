package ledger

import (
	_ "embed"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Record leaves a line about a change of a register; what identifies a person is sealed first.
func Record(tx *store.Tx, by inspect.ID, kind, id, event string, body map[string]any) {
	body["at"], body["by"] = tx.Now, by
	tx.Record(store.Entry{Stream: evidence.Stream{Kind: kind, ID: id}, Type: event, Schema: 1, By: by, Body: body})
}
