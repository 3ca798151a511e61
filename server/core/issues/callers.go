package issues

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/secret"
	"spotcheck/server/store"
)

// The texts of an issue that tell who called.
const (
	TextCallerName  = "caller_name"
	TextCallerPhone = "caller_phone"
	TextRow         = "row" // of the table by which it came, all of its cells

)

// sealedMark stands before what only the key of this server opens.
const sealedMark = "sealed:"

func callerPlace(issue inspect.ID, field string) string {
	return "issue/" + issue.String() + "/" + field
}

// SealCaller hides a text about who called. A server without a key keeps it as it is.
func (svc *Service) SealCaller(issue inspect.ID, field, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	sealed, err := svc.secrets.Seal(callerPlace(issue, field), []byte(text))
	if errors.Is(err, secret.ErrNoKey) {
		return text, nil
	}
	return sealedMark + base64.StdEncoding.EncodeToString(sealed), err
}

// OpenCaller reads what SealCaller hid, and what was kept before there was a key.
func (svc *Service) OpenCaller(issue inspect.ID, field, text string) (string, error) {
	coded, sealed := strings.CutPrefix(text, sealedMark)
	raw, err := base64.StdEncoding.DecodeString(coded)
	if !sealed || err != nil {
		return text, nil
	}
	plain, err := svc.secrets.Open(callerPlace(issue, field), raw)
	if err != nil {
		return "", fmt.Errorf("issues: %s of issue %s: %w", field, issue, err)
	}
	return string(plain), nil
}

// maxDesk is how many people handle a source at most.
const maxDesk = 200

// SourceDesks says who of the offices handles what comes from a source: everybody where nobody is named.
var SourceDesks = city.Setting[Desks]{Key: "source_desks", Read: readDesks, Check: checkDesks}

// Desks are people by the source that they handle.
type Desks map[inspect.Source][]inspect.ID

// readDesks reads who of the offices handles which source.
func readDesks(v json.RawMessage) (desks Desks, err error) {
	if err := json.Unmarshal(v, &desks); err != nil {
		return nil, errors.New("want lists of people by source")
	}
	for source, people := range desks {
		if !slices.Contains(inspect.Sources, source) || len(people) > maxDesk {
			return nil, fmt.Errorf("want sources of %v, each with at most %d people", inspect.Sources, maxDesk)
		}
	}
	return desks, nil
}

// checkDesks refuses people that are not there.
func checkDesks(ctx context.Context, tx *store.Tx, desks Desks) error {
	var people []inspect.ID
	for _, some := range desks {
		for _, p := range some {
			people = AppendID(people, p)
		}
	}
	known, err := tx.PeopleRefs(ctx, people)
	for _, p := range people {
		if _, ok := known[p]; err == nil && !ok {
			return inspect.InvalidField("/value", fmt.Sprintf("there is no person %s", p))
		}
	}
	return err
}

// Handle says whether somebody handles what comes from a source: everybody does where nobody is named.
func (d Desks) Handle(who inspect.ID, source inspect.Source) bool {
	desk, named := d[source]
	return !named || slices.Contains(desk, who)
}

// ErrOtherDesk says that others handle a source.
var ErrOtherDesk = inspect.ErrForbidden.With("Who called is seen by those of the office who handle this source.")

// Caller is who called a hotline.
type Caller struct{ Name, Phone string }

// Caller gives the name and number of who called, to those of the office who handle the source; each view is in the security log.
func (svc *Service) Caller(ctx context.Context, a *inspect.Actor, id inspect.ID) (who Caller, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		row, err := Visible(ctx, tx, a, id, inspect.MaySeeCaller)
		if err != nil {
			return err
		}
		desks, err := SourceDesks.In(ctx, tx)
		if err != nil {
			return err
		}
		if !desks.Handle(a.ID, row.Source) {
			return ErrOtherDesk
		}
		all, err := tx.Texts(ctx, id)
		if err != nil {
			return err
		}
		if who.Name, err = svc.OpenCaller(id, TextCallerName, all[TextCallerName]); err != nil {
			return err
		}
		if who.Phone, err = svc.OpenCaller(id, TextCallerPhone, all[TextCallerPhone]); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: inspect.LogCallerSeen, Person: a.ID, Address: a.Address, Detail: row.Number})
	})
	return who, err
}
