package store

import (
	"context"
	"strings"

	"spotcheck/pkg/inspect"
)

// Webhook is a program outside that is told of events.
type Webhook struct {
	ID        inspect.ID
	Name      string
	URL       string
	Types     []string // of events
	Enabled   bool
	Removed   bool
	Secret    []byte       // sealed; none once it is removed
	OldSecret []byte       // sealed; the one before, which signs as well until OldUntil
	OldUntil  inspect.Time // 0 for never
	CreatedAt inspect.Time
	UpdatedAt inspect.Time
}

// Takes says whether the webhook is told of a type of event.
func (w *Webhook) Takes(eventType string) bool {
	for _, t := range w.Types {
		if t == eventType {
			return w.Enabled && !w.Removed
		}
	}
	return false
}

const webhookColumns = "SELECT uid, name, url, types, enabled, removed, secret, old_secret, old_until, created_at, updated_at FROM webhook "

func scanWebhook(r scanner) (w Webhook, err error) {
	var types string
	err = r.Scan((*uid)(&w.ID), &w.Name, &w.URL, &types, &w.Enabled, &w.Removed, &w.Secret, &w.OldSecret, &w.OldUntil, &w.CreatedAt, &w.UpdatedAt)
	w.Types = strings.Fields(types)
	return w, err
}

// Webhooks gives all webhooks, those that were removed as well. They are read once in a transaction; nobody changes the slice.
func (tx *Tx) Webhooks(ctx context.Context) (all []Webhook, err error) {
	if tx.webhooks == nil {
		tx.webhooks, err = list(ctx, tx, scanWebhook, webhookColumns+"ORDER BY id")
	}
	return tx.webhooks, err
}

// Webhook gives one webhook; ok is false when there is none.
func (tx *Tx) Webhook(ctx context.Context, id inspect.ID) (w Webhook, ok bool, err error) {
	w, err = scanWebhook(tx.row(ctx, webhookColumns+"WHERE uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return w, ok, err
}

// SaveWebhook inserts a webhook or changes the one with its id.
func (tx *Tx) SaveWebhook(ctx context.Context, w *Webhook) error {
	tx.webhooks = nil
	return tx.exec(ctx, `INSERT INTO webhook (uid, name, url, types, enabled, removed, secret, old_secret, old_until, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET name = excluded.name, url = excluded.url, types = excluded.types, enabled = excluded.enabled,
			removed = excluded.removed, secret = excluded.secret, old_secret = excluded.old_secret, old_until = excluded.old_until,
			updated_at = excluded.updated_at`,
		bytesOf(w.ID), w.Name, w.URL, strings.Join(w.Types, " "), w.Enabled, w.Removed, append([]byte{}, w.Secret...), append([]byte{}, w.OldSecret...),
		int64(w.OldUntil), int64(w.CreatedAt), int64(w.UpdatedAt))
}

// Gateway is how messages of one channel leave the city: a mail server, a sender of SMS, the keys of web push.
type Gateway struct {
	Kind      inspect.Channel
	Settings  string // canonical JSON, nothing secret in it
	Enabled   bool
	Secret    []byte // sealed; none where there is none
	CreatedAt inspect.Time
	UpdatedAt inspect.Time
}

const gatewayColumns = "SELECT kind, settings, enabled, secret, created_at, updated_at FROM gateway "

func scanGateway(r scanner) (g Gateway, err error) {
	err = r.Scan((*string)(&g.Kind), &g.Settings, &g.Enabled, &g.Secret, &g.CreatedAt, &g.UpdatedAt)
	return g, err
}

// Gateways gives all gateways.
func (tx *Tx) Gateways(ctx context.Context) ([]Gateway, error) {
	return list(ctx, tx, scanGateway, gatewayColumns+"ORDER BY id")
}

// Gateway gives the one of a channel; ok is false when there is none.
func (tx *Tx) Gateway(ctx context.Context, kind inspect.Channel) (g Gateway, ok bool, err error) {
	g, err = scanGateway(tx.row(ctx, gatewayColumns+"WHERE kind = ?", string(kind)))
	ok, err = ignoreNoRows(err)
	return g, ok, err
}

// SaveGateway inserts a gateway or changes the one of its channel.
func (tx *Tx) SaveGateway(ctx context.Context, g *Gateway) error {
	return tx.exec(ctx, `INSERT INTO gateway (kind, settings, enabled, secret, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (kind) DO UPDATE SET settings = excluded.settings, enabled = excluded.enabled, secret = excluded.secret, updated_at = excluded.updated_at`,
		string(g.Kind), g.Settings, g.Enabled, append([]byte{}, g.Secret...), int64(g.CreatedAt), int64(g.UpdatedAt))
}
