package people

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// SecurityLog gives lines that a filter finds, newest first, with the names of who did it and to whom.
func (svc *Service) SecurityLog(ctx context.Context, a *inspect.Actor, f store.LogFilter) (lines []store.LogEntry,
	people map[inspect.ID]store.PersonRef, err error) {
	if !a.MayAnywhere(inspect.MaySeeLog) {
		return nil, nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if lines, err = tx.SecurityLog(ctx, f); err != nil {
			return err
		}
		var those []inspect.ID
		for n := range lines {
			those = issues.AppendID(issues.AppendID(those, lines[n].Person), lines[n].About)
		}
		people, err = tx.PeopleRefs(ctx, those)
		return err
	})
	return lines, people, err
}

// LogPage is some lines of the security log with the names of people.
type LogPage struct {
	Lines  []store.LogEntry
	People map[inspect.ID]store.PersonRef
}

// ExportLog calls f for each page of the lines that a filter finds; the export, with what was asked for, is in the log before it begins.
func (svc *Service) ExportLog(ctx context.Context, a *inspect.Actor, filter store.LogFilter, asked string, f func(LogPage) error) error {
	if !a.MayAnywhere(inspect.MaySeeLog) {
		return inspect.ErrForbidden
	}
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.Log(ctx, store.LogEntry{Kind: inspect.LogExport, Person: a.ID, Address: a.Address, Detail: asked})
	}); err != nil {
		return err
	}
	for filter.Limit = issues.ExportPage; ; {
		lines, people, err := svc.SecurityLog(ctx, a, filter)
		if err != nil {
			return err
		}
		if err := f(LogPage{lines, people}); err != nil || len(lines) < filter.Limit {
			return err
		}
		filter.Before = lines[len(lines)-1].ID
	}
}

// Refusal is a request that was turned away: of whom, from where, which door, and why.
type Refusal struct {
	Kind            inspect.LogKind
	Person          inspect.ID
	Address, Detail string
}

// NoteRefusals writes requests that were turned away into the log, each with how often it came.
func (svc *Service) NoteRefusals(ctx context.Context, all map[Refusal]int) error {
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		for r, times := range all {
			if err := tx.LogRefusal(ctx, store.LogEntry{Kind: r.Kind, Person: r.Person, Address: r.Address, Detail: r.Detail}, times); err != nil {
				return err
			}
		}
		return nil
	})
}

// another is whom somebody did something to, nobody where it is themselves.
func another(a *inspect.Actor, id inspect.ID) inspect.ID {
	if a.ID == id {
		return inspect.ID{}
	}
	return id
}

// personInLog says what was changed of an account: of roles what they were and are, of names and numbers only that they are others.
func personInLog(ctx context.Context, tx *store.Tx, a *inspect.Actor, old, p *inspect.Person, password bool) error {
	line := store.LogEntry{Kind: inspect.LogPerson, Person: a.ID, Address: a.Address, About: another(a, p.ID)}
	if !sameGrants(old.Grants, p.Grants) {
		line.Kind = inspect.LogRoles
		line.Changes = append(line.Changes, inspect.LogChange{Field: "grants", From: grantBodies(old.Grants), To: grantBodies(p.Grants)})
	}
	if old.Disabled != p.Disabled {
		line.Kind = inspect.LogRoles
		line.Changes = append(line.Changes, inspect.LogChange{Field: "disabled", From: old.Disabled, To: p.Disabled})
	}
	before, now := personTexts(old), personTexts(p)
	for _, field := range []string{"name", "display_name", "staff_number", "phone"} {
		if before[field] != now[field] && !old.ID.IsZero() {
			line.Changes = append(line.Changes, inspect.LogChange{Field: field})
		}
	}
	if len(line.Changes) > 0 {
		if err := tx.Log(ctx, line); err != nil {
			return err
		}
	}
	if !password {
		return nil
	}
	return tx.Log(ctx, store.LogEntry{Kind: inspect.LogPassword, Person: a.ID, Address: a.Address, About: another(a, p.ID)})
}
