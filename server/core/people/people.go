package people

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// People gives people in the order in which they came, with a text in their names, number or phone where it is named; the next cursor is 0 at the end.
func (svc *Service) People(ctx context.Context, a *inspect.Actor, text string, after int64, limit int) (people []inspect.Person, next int64, err error) {
	if !a.MayAnywhere(inspect.MaySeePeople) {
		return nil, 0, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		people, next, err = tx.People(ctx, text, after, limit)
		return err
	})
	return people, next, err
}

// Person gives one person.
func (svc *Service) Person(ctx context.Context, a *inspect.Actor, id inspect.ID) (p inspect.Person, err error) {
	if !a.MayAnywhere(inspect.MaySeePeople) && a.ID != id {
		return p, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		var ok bool
		if p, ok, err = tx.Person(ctx, id); err == nil && !ok {
			err = inspect.ErrNotFound
		}
		return err
	})
	return p, err
}

// PutPerson makes or changes a person; a password is needed for a new one. Roles that are taken away stay on record.
func (svc *Service) PutPerson(ctx context.Context, a *inspect.Actor, p inspect.Person, password string) (saved inspect.Person, repeated, created bool, err error) {
	only, err := city.Repeating(ctx, svc.store, a, a.MayAnywhere(inspect.MayAdminister), store.StreamPerson, p.ID.String())
	if err != nil {
		return saved, false, false, err
	}
	hash := ""
	if password != "" {
		if err := goodPassword(p.Name, password, "/password"); err != nil {
			return saved, false, false, err
		}
		if hash, err = svc.hashPassword(ctx, password); err != nil {
			return saved, false, false, err
		}
	}
	err = svc.store.Write(ctx, city.OnlyRepeated(only, &repeated, func(ctx context.Context, tx *store.Tx) error {
		saved, repeated, created, err = svc.putPerson(ctx, tx, a, p, hash)
		return err
	}))
	return saved, repeated, created, err
}

func (svc *Service) putPerson(ctx context.Context, tx *store.Tx, a *inspect.Actor, p inspect.Person, hash string) (saved inspect.Person, repeated, created bool, err error) {
	if err := tx.LockRegisters(ctx); err != nil {
		return p, false, false, err
	}
	old, ok, err := tx.Person(ctx, p.ID)
	if err != nil {
		return p, false, false, err
	}
	p.Name, p.DisplayName, p.StaffNumber = inspect.AccountName(p.Name), strings.TrimSpace(p.DisplayName), strings.TrimSpace(p.StaffNumber)
	if err := checkPerson(ctx, tx, &p, &old, hash != "" || ok); err != nil {
		return p, false, false, err
	}
	p.CreatedAt = tx.Now
	if ok {
		p.CreatedAt = old.CreatedAt
	}
	seen := p.UpdatedAt
	p.UpdatedAt = tx.Now
	if ok && hash == "" && samePerson(old, p) {
		return old, true, false, nil
	}
	if err := ledger.CheckSeen(seen, ok, old.UpdatedAt); err != nil {
		return old, false, false, err
	}
	if !ok || hash != "" || old.Disabled && !p.Disabled || grantsAny(old.Grants, p.Grants) {
		if err := a.RecentlyAuthenticated(tx.Now); err != nil {
			return old, false, false, err
		}
	}
	if err := tx.SavePerson(ctx, p); err != nil {
		return p, false, false, err
	}
	if hash != "" {
		if err := givePassword(ctx, tx, a, p.ID, hash); err != nil {
			return p, false, false, err
		}
	}
	if err := regrant(ctx, tx, p.ID, old.Grants, p.Grants); err != nil {
		return p, false, false, err
	}
	if n, err := tx.CityAdmins(ctx); err != nil {
		return p, false, false, err
	} else if n == 0 {
		return p, false, false, inspect.ErrLastAdmin
	}
	if p.Disabled {
		if err := tx.EndSessions(ctx, p.ID, inspect.ID{}); err != nil {
			return p, false, false, err
		}
	}
	if err := personOnRecord(ctx, tx, a.ID, p); err != nil {
		return p, false, false, err
	}
	if err := personInLog(ctx, tx, a, &old, &p, hash != ""); err != nil {
		return p, false, false, err
	}
	if ok {
		if err := svc.tellOfChange(ctx, tx, a, &old, &p, hash != ""); err != nil {
			return p, false, false, err
		}
	}
	saved, _, err = tx.Person(ctx, p.ID)
	return saved, false, !ok, err
}

// givePassword sets somebody's password and ends their sessions. One that another account gave is changed at the first log-in.
func givePassword(ctx context.Context, tx *store.Tx, by *inspect.Actor, id inspect.ID, hash string) error {
	if err := tx.SetPassword(ctx, id, hash); err != nil {
		return err
	}
	if !by.ID.IsZero() && by.ID != id {
		if err := tx.MarkPasswordGiven(ctx, id); err != nil {
			return err
		}
	}
	return tx.EndSessions(ctx, id, inspect.ID{})
}

// tellOfChange tells whose account it is that they can decide more than before, or that their password is another one.
func (svc *Service) tellOfChange(ctx context.Context, tx *store.Tx, a *inspect.Actor, old, p *inspect.Person, password bool) error {
	if grantsMore(old.Grants, p.Grants) {
		if err := svc.tellOwner(ctx, tx, inspect.AccountRoles, p.ID, a); err != nil {
			return err
		}
	}
	if !password {
		return nil
	}
	return svc.tellOwner(ctx, tx, inspect.AccountPassword, p.ID, a)
}

// grantsAny says whether somebody holds a role that they did not hold, or not there.
func grantsAny(old, now []inspect.Grant) bool {
	return slices.ContainsFunc(now, func(g inspect.Grant) bool { return !holds(old, g) })
}

// grantsMore says whether somebody holds a role that decides and that they did not hold, or not there.
func grantsMore(old, now []inspect.Grant) bool {
	return slices.ContainsFunc(now, func(g inspect.Grant) bool { return g.Role.Deciding() && !holds(old, g) })
}

// personOnRecord writes the change into the person's stream, with names and number only as seals.
func personOnRecord(ctx context.Context, tx *store.Tx, by inspect.ID, p inspect.Person) error {
	seals, err := tx.SealTexts(ctx, p.ID, personTexts(&p))
	if err != nil {
		return err
	}
	body := personBody(&p)
	body["seals"] = seals
	ledger.Record(tx, by, store.StreamPerson, p.ID.String(), "person.changed", body)
	return nil
}

// GrantBody is a role over a scope as the record keeps it.
type GrantBody struct {
	Role  inspect.Role      `json:"role"`
	Scope inspect.ScopeKind `json:"scope"`
	ID    inspect.ID        `json:"id,omitzero"`
}

// personBody is what the record keeps of a person, personTexts what it keeps as seals only.
func personBody(p *inspect.Person) map[string]any {
	return map[string]any{"grants": grantBodies(p.Grants), "disabled": p.Disabled}
}

// grantBodies are roles as the record keeps them, each once.
func grantBodies(grants []inspect.Grant) []GrantBody {
	all := []GrantBody{}
	for n, g := range grants {
		if !holds(grants[:n], g) {
			all = append(all, GrantBody{g.Role, g.Scope.Kind, g.Scope.ID})
		}
	}
	return all
}

func personTexts(p *inspect.Person) map[string]string {
	return map[string]string{"name": p.Name, "display_name": p.DisplayName, "staff_number": p.StaffNumber, "phone": p.Phone}
}

func samePerson(a, b inspect.Person) bool {
	same := a.Name == b.Name && a.DisplayName == b.DisplayName && a.StaffNumber == b.StaffNumber && a.Phone == b.Phone && a.Disabled == b.Disabled
	return same && sameGrants(a.Grants, b.Grants)
}

func sameGrants(a, b []inspect.Grant) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(g inspect.Grant) bool { return !holds(b, g) })
}

func holds(grants []inspect.Grant, g inspect.Grant) bool {
	return slices.ContainsFunc(grants, func(h inspect.Grant) bool { return h.Role == g.Role && h.Scope == g.Scope })
}

// regrant ends the roles that are gone and adds those that are new.
func regrant(ctx context.Context, tx *store.Tx, id inspect.ID, old, now []inspect.Grant) error {
	for _, g := range old {
		if !holds(now, g) {
			if err := tx.EndGrant(ctx, id, g); err != nil {
				return err
			}
		}
	}
	for n, g := range now {
		if !holds(old, g) && !holds(now[:n], g) {
			if err := tx.AddGrant(ctx, id, g); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkPerson finds what is wrong with a person, all at once, and brings the phone into its form. What nobody touched is not looked at again.
func checkPerson(ctx context.Context, tx *store.Tx, p, old *inspect.Person, hasPassword bool) error {
	if p.Name != old.Name {
		if taken, err := tx.NameTaken(ctx, p.Name, p.ID); err != nil {
			return err
		} else if taken {
			return inspect.ErrNameTaken.At(fault.Field{Pointer: "/name", Detail: "taken"})
		}
	}
	var wrong []fault.Field
	for _, f := range []struct{ pointer, text string }{{"/name", p.Name}, {"/display_name", p.DisplayName}} {
		if f.text == "" {
			wrong = append(wrong, fault.Field{Pointer: f.pointer, Detail: "is empty"})
		}
	}
	if p.Phone != "" && p.Phone != old.Phone {
		number, ok := inspect.PhoneNumber(p.Phone)
		if !ok {
			wrong = append(wrong, fault.Field{Pointer: "/phone", Detail: "want the number of a phone: 5 to 20 digits, with + before the code of another country"})
		}
		p.Phone = number
	}
	if !hasPassword {
		wrong = append(wrong, fault.Field{Pointer: "/password", Detail: "a new person needs a password"})
	}
	if len(inspect.Separated(p.Grants)) < len(p.Grants) {
		if together, err := OnePerson.In(ctx, tx); err != nil {
			return err
		} else if !together {
			wrong = append(wrong, fault.Field{Pointer: "/grants", Detail: "administrator, office and auditor are different people, unless the city says that one person does all"})
		}
	}
	for n, g := range p.Grants {
		at := fmt.Sprintf("/grants/%d", n)
		if !g.Valid() {
			wrong = append(wrong, fault.Field{Pointer: at, Detail: fmt.Sprintf("the role %s cannot have this scope", g.Role)})
			continue
		}
		tree, has := map[inspect.ScopeKind]store.Tree{inspect.UnitSubtree: store.UnitTree, inspect.AreaSubtree: store.AreaTree}[g.Scope.Kind]
		if !has {
			continue
		}
		if line, err := tx.SelfAndAncestors(ctx, tree, g.Scope.ID); err != nil {
			return err
		} else if len(line) == 0 {
			wrong = append(wrong, fault.Field{Pointer: at + "/scope/id", Detail: "there is no such " + string(tree)})
		}
	}
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	return nil
}

// EndSessions logs a person out everywhere.
func (svc *Service) EndSessions(ctx context.Context, a *inspect.Actor, id inspect.ID) error {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return inspect.ErrForbidden
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, ok, err := tx.Person(ctx, id); err != nil {
			return err
		} else if !ok {
			return inspect.ErrNotFound
		}
		if err := tx.EndSessions(ctx, id, inspect.ID{}); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: inspect.LogSessionsEnded, Person: a.ID, Address: a.Address, About: another(a, id)})
	})
}

// AddPeople makes people on the word of whoever runs the server; all get the same password, hashed once.
func (svc *Service) AddPeople(ctx context.Context, password string, people ...inspect.Person) error {
	for _, p := range people {
		if err := goodPassword(p.Name, password, "/password"); err != nil {
			return err
		}
	}
	hash, err := svc.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, p := range people {
			if _, _, _, err := svc.putPerson(ctx, tx, &inspect.Actor{}, p, hash); err != nil {
				return err
			}
		}
		return nil
	})
}

// NamedPerson finds a person by the name to log in by, on the word of whoever runs the server.
func (svc *Service) NamedPerson(ctx context.Context, name string) (p inspect.Person, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		id, _, _, ok, err := tx.PersonNamed(ctx, name)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("nobody logs in as %q", name)
		}
		p, _, err = tx.Person(ctx, id)
		return err
	})
	return p, err
}

// ResetPassword sets somebody's password and ends their sessions, on the word of whoever runs the server.
func (svc *Service) ResetPassword(ctx context.Context, name, password string) error {
	p, err := svc.NamedPerson(ctx, name)
	if err != nil {
		return err
	}
	return svc.setPassword(ctx, &inspect.Actor{}, p.ID, p.Name, inspect.ID{}, password)
}

// AskForOwnPassword has somebody choose a password of their own at their next log-in, since the one that they have was shown to others.
func (svc *Service) AskForOwnPassword(ctx context.Context, name string) error {
	p, err := svc.NamedPerson(ctx, name)
	if err != nil {
		return err
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.MarkPasswordGiven(ctx, p.ID) })
}

// DisablePerson ends somebody's access, on the word of whoever runs the server.
func (svc *Service) DisablePerson(ctx context.Context, name string) error {
	p, err := svc.NamedPerson(ctx, name)
	if err != nil {
		return err
	}
	p.Disabled = true
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, _, _, err := svc.putPerson(ctx, tx, &inspect.Actor{}, p, "")
		return err
	})
}
