package messages

import (
	"context"

	"spotcheck/pkg/evidence"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// LoadChannels gives who wants to be told how, and the ways that lead outside.
func LoadChannels(ctx context.Context, tx *store.Tx, rows map[evidence.Stream]*ledger.Row) error {
	if err := tx.EachMessagePreferences(ctx, func(c store.MessagePreferences) {
		rows[evidence.Stream{Kind: store.StreamChannels, ID: c.Person.String()}] = &ledger.Row{Body: choiceBody(&c), Owner: c.ID, Texts: choiceTexts(&c),
			CreatedAt: c.CreatedAt, ChangedAt: c.UpdatedAt}
	}); err != nil {
		return err
	}
	hooks, err := tx.Webhooks(ctx)
	if err != nil {
		return err
	}
	for n := range hooks {
		w := &hooks[n]
		rows[evidence.Stream{Kind: store.StreamWebhook, ID: w.ID.String()}] = &ledger.Row{Body: webhookBody(w), CreatedAt: w.CreatedAt, ChangedAt: w.UpdatedAt}
	}
	gateways, err := tx.Gateways(ctx)
	for n := range gateways {
		g := &gateways[n]
		rows[evidence.Stream{Kind: store.StreamGateway, ID: string(g.Kind)}] = &ledger.Row{Body: gatewayBody(g), CreatedAt: g.CreatedAt, ChangedAt: g.UpdatedAt}
	}
	return err
}
