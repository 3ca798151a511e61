package messages

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/notify"
	"spotcheck/server/store"
)

// pushSettings are those of web push.
type pushSettings struct {
	Subject string `json:"subject"`
	Public  string `json:"public_key"` // made by the server
}

// gatewayKinds say what is wrong with the settings of each gateway.
var gatewayKinds = map[inspect.Channel]func(c *Service, settings []byte) error{
	inspect.Email: func(_ *Service, settings []byte) error {
		var s notify.MailSettings
		if err := strictly(settings, &s); err != nil {
			return err
		}
		switch {
		case s.Host == "" || len(s.Host) > 253:
			return errors.New("host: want the name of a mail server")
		case s.Port < 1 || s.Port > 65535:
			return errors.New("port: want 1 to 65535")
		case notify.CheckAddress(s.From) != nil:
			return errors.New("from: want an address of mail")
		}
		return nil
	},
	inspect.SMS: func(c *Service, settings []byte) error {
		var s notify.SMSSettings
		if err := strictly(settings, &s); err != nil {
			return err
		}
		return s.Check(c.outside)
	},
	inspect.Push: func(_ *Service, settings []byte) error {
		var s pushSettings
		if err := strictly(settings, &s); err != nil {
			return err
		}
		if s.Public != "" {
			return errors.New("public_key: the server makes it")
		}
		if notify.CheckAddress(s.Subject) != nil {
			return errors.New("subject: want an address of mail")
		}
		return nil
	},
}

// strictly reads JSON whose fields are all known.
func strictly(text []byte, dst any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(dst); err != nil {
		return errors.New("want an object with the settings of this gateway, and nothing else")
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("want one object")
	}
	return nil
}

// Gateways gives how messages leave the city.
func (svc *Service) Gateways(ctx context.Context, a *inspect.Actor) (all []store.Gateway, err error) {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err = tx.Gateways(ctx)
		return err
	})
	return all, err
}

// PutGateway sets one gateway; the same again changes nothing, and who says when it was last changed as they saw it changes no other state.
// Without a secret the one that is there stays, and web push
// makes its own.
func (svc *Service) PutGateway(ctx context.Context, a *inspect.Actor, kind inspect.Channel, settings []byte, enabled bool,
	secret string, seen inspect.Time) (g store.Gateway, repeated bool, err error) {
	only, err := city.Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamGateway, string(kind))
	if err != nil {
		return g, false, err
	}
	check := gatewayKinds[kind]
	if check == nil {
		return g, false, inspect.ErrNotFound
	}
	if err := check(svc, settings); err != nil {
		return g, false, inspect.InvalidField("/settings", err.Error())
	}
	canonical, err := evidence.Canonical(settings)
	if err != nil {
		return g, false, inspect.InvalidField("/settings", "cannot be read")
	}
	err = svc.store.Write(ctx, city.OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockRegisters(ctx); err != nil {
			return err
		}
		g, repeated, err = svc.putGateway(ctx, tx, a, store.Gateway{Kind: kind, Settings: string(canonical), Enabled: enabled, CreatedAt: tx.Now, UpdatedAt: tx.Now},
			secret, seen)
		return err
	}))
	return g, repeated, err
}

func (svc *Service) putGateway(ctx context.Context, tx *store.Tx, a *inspect.Actor, g store.Gateway, secret string,
	seen inspect.Time) (store.Gateway, bool, error) {
	old, ok, err := tx.Gateway(ctx, g.Kind)
	if err != nil {
		return g, false, err
	}
	if ok {
		g.CreatedAt, g.Secret = old.CreatedAt, old.Secret
	}
	if g.Kind == inspect.Push {
		if secret, err = withKeys(&g, &old); err != nil {
			return g, false, err
		}
	}
	if secret != "" {
		kept, err := svc.secrets.Open(gatewayPlace(g.Kind), g.Secret)
		if err != nil || string(kept) != secret {
			if g.Secret, err = svc.Seal(gatewayPlace(g.Kind), []byte(secret)); err != nil {
				return g, false, err
			}
		}
	}
	if ok && g.Settings == old.Settings && g.Enabled == old.Enabled && bytes.Equal(g.Secret, old.Secret) {
		return old, true, nil
	}
	if err := ledger.CheckSeen(seen, ok, old.UpdatedAt); err != nil {
		return old, false, err
	}
	var was map[string]any
	if ok {
		was = gatewayBody(&old)
	}
	line := store.LogEntry{Kind: inspect.LogGateway, Person: a.ID, Address: a.Address, Detail: string(g.Kind), Changes: changesOf(was, gatewayBody(&g))}
	if !bytes.Equal(g.Secret, old.Secret) {
		line.Changes = append(line.Changes, inspect.LogChange{Field: "secret"})
	}
	if err := tx.Log(ctx, line); err != nil {
		return g, false, err
	}
	ledger.Record(tx, a.ID, store.StreamGateway, string(g.Kind), "gateway.changed", gatewayBody(&g))
	err = tx.SaveGateway(ctx, &g)
	return g, false, err
}

// withKeys gives web push the keys that it has, or new ones, since browsers know the public one.
func withKeys(g, old *store.Gateway) (private string, err error) {
	var s, was pushSettings
	if err := json.Unmarshal([]byte(g.Settings), &s); err != nil {
		return "", err
	}
	if old.Settings != "" {
		if err := json.Unmarshal([]byte(old.Settings), &was); err != nil {
			return "", err
		}
	}
	if s.Public = was.Public; s.Public == "" {
		if s.Public, private, err = notify.NewVAPID(); err != nil {
			return "", err
		}
	}
	text, err := evidence.CanonicalOf(s)
	g.Settings = string(text)
	return private, err
}

func gatewayPlace(kind inspect.Channel) string { return "gateway/" + string(kind) }

// gatewayBody is what the record keeps of a gateway; its secret is not in it.
func gatewayBody(g *store.Gateway) map[string]any {
	return map[string]any{"settings": json.RawMessage(g.Settings), "enabled": g.Enabled}
}
