package messages

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/notify"
	"spotcheck/server/store"
)

// rotationTime is how long the secret before signs as well.
const rotationTime = 24 * time.Hour

// Webhooks gives all webhooks but those that were removed.
func (svc *Service) Webhooks(ctx context.Context, a *inspect.Actor) (all []store.Webhook, err error) {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err = tx.Webhooks(ctx)
		all = slices.DeleteFunc(all, func(w store.Webhook) bool { return w.Removed })
		return err
	})
	return all, err
}

// PutWebhook makes or changes a webhook. A new one gets a secret, which is given this once.
func (svc *Service) PutWebhook(ctx context.Context, a *inspect.Actor, w store.Webhook) (saved store.Webhook, secret string, repeated bool, err error) {
	only, err := city.Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamWebhook, w.ID.String())
	if err != nil {
		return saved, "", false, err
	}
	if err := svc.outside.CheckURL(w.URL); err != nil {
		return saved, "", false, inspect.InvalidField("/url", err.Error())
	}
	for n, t := range w.Types {
		if !slices.Contains(svc.events, t) {
			return saved, "", false, inspect.InvalidField(fmt.Sprintf("/types/%d", n), "there is no such event")
		}
	}
	slices.Sort(w.Types)
	w.Types = slices.Compact(w.Types)
	err = svc.store.Write(ctx, city.OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) error {
		secret = ""
		old, ok, err := svc.webhook(ctx, tx, w.ID)
		if err != nil {
			return err
		}
		saved = w
		saved.CreatedAt, saved.UpdatedAt, saved.Removed = tx.Now, tx.Now, false
		if ok {
			saved.CreatedAt, saved.Secret, saved.OldSecret, saved.OldUntil = old.CreatedAt, old.Secret, old.OldSecret, old.OldUntil
			if repeated = saved.Name == old.Name && saved.URL == old.URL && saved.Enabled == old.Enabled && slices.Equal(saved.Types, old.Types); repeated {
				saved = old
				return nil
			}
		}
		if err := ledger.CheckSeen(w.UpdatedAt, ok, old.UpdatedAt); err != nil {
			saved = old
			return err
		}
		if ok {
			return saveWebhook(ctx, tx, a, &old, &saved, inspect.LogWebhook)
		}
		if secret, err = svc.newSecret(&saved); err != nil {
			return err
		}
		return saveWebhook(ctx, tx, a, &old, &saved, inspect.LogWebhook)
	}))
	return saved, secret, repeated, err
}

// webhook gives a webhook for a change of it; one that was removed does not come back.
func (svc *Service) webhook(ctx context.Context, tx *store.Tx, id inspect.ID) (store.Webhook, bool, error) {
	if err := tx.LockRegisters(ctx); err != nil {
		return store.Webhook{}, false, err
	}
	w, ok, err := tx.Webhook(ctx, id)
	if ok && w.Removed {
		return w, false, inspect.ErrNotFound
	}
	return w, ok, err
}

func (svc *Service) newSecret(w *store.Webhook) (secret string, err error) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: it ends the program instead
	secret = notify.NewSecret(random)
	w.Secret, err = svc.Seal(webhookPlace(w.ID), []byte(secret))
	return secret, err
}

func webhookPlace(id inspect.ID) string { return "webhook/" + id.String() }

// changeWebhook changes one that is there.
func (svc *Service) changeWebhook(ctx context.Context, a *inspect.Actor, id inspect.ID, event inspect.LogKind,
	change func(*store.Tx, *store.Webhook) error) (w store.Webhook, err error) {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return w, inspect.ErrForbidden
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		var ok bool
		if w, ok, err = svc.webhook(ctx, tx, id); err != nil {
			return err
		}
		if !ok {
			return inspect.ErrNotFound
		}
		old := w
		if err := change(tx, &w); err != nil {
			return err
		}
		w.UpdatedAt = tx.Now
		return saveWebhook(ctx, tx, a, &old, &w, event)
	})
	return w, err
}

// RotateSecret gives a webhook another secret; for a day the one before signs as well.
func (svc *Service) RotateSecret(ctx context.Context, a *inspect.Actor, id inspect.ID) (w store.Webhook, secret string, err error) {
	w, err = svc.changeWebhook(ctx, a, id, inspect.LogWebhookSecret, func(tx *store.Tx, w *store.Webhook) error {
		w.OldSecret, w.OldUntil = w.Secret, tx.Now.Add(rotationTime)
		secret, err = svc.newSecret(w)
		return err
	})
	return w, secret, err
}

// RemoveWebhook ends a webhook and forgets its secrets; what was sent stays in the log.
func (svc *Service) RemoveWebhook(ctx context.Context, a *inspect.Actor, id inspect.ID) error {
	_, err := svc.changeWebhook(ctx, a, id, inspect.LogWebhookRemoved, func(_ *store.Tx, w *store.Webhook) error {
		w.Removed, w.Enabled, w.Secret, w.OldSecret, w.OldUntil = true, false, nil, nil, 0
		return nil
	})
	return err
}

// saveWebhook keeps a webhook; the event is on record and, with what was changed, in the security log.
func saveWebhook(ctx context.Context, tx *store.Tx, a *inspect.Actor, old, w *store.Webhook, event inspect.LogKind) error {
	var was map[string]any
	if !old.ID.IsZero() {
		was = webhookBody(old)
	}
	if err := tx.Log(ctx, store.LogEntry{Kind: event, Person: a.ID, Address: a.Address, Detail: w.Name, Changes: changesOf(was, webhookBody(w))}); err != nil {
		return err
	}
	ledger.Record(tx, a.ID, store.StreamWebhook, w.ID.String(), string(event), webhookBody(w))
	return tx.SaveWebhook(ctx, w)
}

// changesOf are the fields in which two states of a thing differ, by name; the first is nil for a new one.
func changesOf(was, now map[string]any) (all []inspect.LogChange) {
	for _, field := range slices.Sorted(maps.Keys(now)) {
		if !reflect.DeepEqual(was[field], now[field]) {
			all = append(all, inspect.LogChange{Field: field, From: was[field], To: now[field]})
		}
	}
	return all
}

// webhookBody is what the record keeps of a webhook; its secrets are not in it.
func webhookBody(w *store.Webhook) map[string]any {
	types := w.Types
	if types == nil {
		types = []string{}
	}
	return map[string]any{"name": w.Name, "url": w.URL, "types": types, "enabled": w.Enabled, "removed": w.Removed, "old_until": w.OldUntil}
}

// SecurityLog is a message to a webhook with what was tried.
type SecurityLog struct {
	store.Message
	Tries []store.Attempt
}

// WebhookLog gives what was sent to a webhook, newest first.
func (svc *Service) WebhookLog(ctx context.Context, a *inspect.Actor, id inspect.ID, before int64, limit int) (all []SecurityLog, next int64, err error) {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return nil, 0, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, ok, err := tx.Webhook(ctx, id); err != nil || !ok {
			return notThere(err)
		}
		messages, after, err := tx.Messages(ctx, store.MessageFilter{Channel: inspect.Webhook, Recipient: id}, before, limit)
		if err != nil {
			return err
		}
		all, next = nil, after
		for _, m := range messages {
			l := SecurityLog{Message: m}
			if l.Tries, err = tx.Attempts(ctx, m.DeliveryBatch); err != nil {
				return err
			}
			all = append(all, l)
		}
		return nil
	})
	return all, next, err
}

func notThere(err error) error {
	if err == nil {
		return inspect.ErrNotFound
	}
	return err
}

// Resend sends a message to a webhook again, under the id that it had.
func (svc *Service) Resend(ctx context.Context, a *inspect.Actor, webhook, message inspect.ID) error {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return inspect.ErrForbidden
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if w, ok, err := tx.Webhook(ctx, webhook); err != nil || !ok || w.Removed {
			return notThere(err)
		}
		if ok, err := tx.Resend(ctx, webhook, message); err != nil || !ok {
			return notThere(err)
		}
		return tx.Enqueue(ctx, SendDue{}, 0)
	})
}

// TellWebhooks tells webhooks of an event of what is no issue, in the transaction that keeps it. The data identifies no person; people
// are told in notices of their own.
func (svc *Service) TellWebhooks(ctx context.Context, tx *store.Tx, event string, id inspect.ID, data any) error {
	if hooks, err := wantedByWebhook(ctx, tx, event); err != nil || !hooks {
		return err
	}
	return svc.Tell(ctx, tx, Notification{NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("program/%s/%s/%d", event, id, tx.Now),
		Type: event, At: tx.Now, Data: data}})
}
