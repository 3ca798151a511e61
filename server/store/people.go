package store

import (
	"context"
	"strings"

	"spotcheck/pkg/inspect"
)

const personColumns = "SELECT uid, name, display_name, staff_number, phone, disabled, created_at, updated_at FROM person "

func scanPerson(r scanner) (p inspect.Person, err error) {
	err = r.Scan((*uid)(&p.ID), &p.Name, &p.DisplayName, &p.StaffNumber, &p.Phone, &p.Disabled, &p.CreatedAt, &p.UpdatedAt)
	return p, err
}

// Person gives a person with the grants that hold; ok is false when there is none.
func (tx *Tx) Person(ctx context.Context, id inspect.ID) (p inspect.Person, ok bool, err error) {
	p, err = scanPerson(tx.row(ctx, personColumns+"WHERE uid = ?", bytesOf(id)))
	if ok, err = ignoreNoRows(err); !ok {
		return p, ok, err
	}
	p.Grants, err = tx.Grants(ctx, id, 0)
	return p, true, err
}

// PersonNamed finds a person by the name to log in by, or by one that only one account looks like, with the password hash.
func (tx *Tx) PersonNamed(ctx context.Context, name string) (id inspect.ID, hash string, disabled, ok bool, err error) {
	found := 0
	err = tx.each(ctx, func(r scanner) error {
		found++
		if found > 1 {
			return nil
		}
		return r.Scan((*uid)(&id), &hash, &disabled, &ok)
	}, "SELECT uid, password, disabled, name = ? FROM person WHERE name = ? OR look = ? ORDER BY CASE WHEN name = ? THEN 0 ELSE 1 END, id LIMIT 2",
		name, name, inspect.AccountLook(name), name)
	if !ok && found > 1 { // nobody knows which of them is meant
		return inspect.ID{}, "", false, false, err
	}
	return id, hash, disabled, found > 0, err
}

// NameTaken says whether anybody but one person has a name, or one that looks like it.
func (tx *Tx) NameTaken(ctx context.Context, name string, but inspect.ID) (bool, error) {
	return ignoreNoRows(tx.row(ctx, "SELECT 1 FROM person WHERE (name = ? OR look = ?) AND uid <> ? LIMIT 1", name, inspect.AccountLook(name), but[:]).Scan(new(int)))
}

// Password gives a person's password hash.
func (tx *Tx) Password(ctx context.Context, id inspect.ID) (hash string, err error) {
	err = tx.row(ctx, "SELECT password FROM person WHERE uid = ?", bytesOf(id)).Scan(&hash)
	return hash, err
}

// People gives people in the order in which they came, after the one at the cursor, with a text in their names, number or phone where it is named; the
// next cursor is 0 at the end.
func (tx *Tx) People(ctx context.Context, text string, after int64, limit int) (people []inspect.Person, next int64, err error) {
	var last int64
	where, args := "WHERE id > ?", []any{after}
	if text != "" {
		part := partOf(text)
		where += " AND (lower(name) LIKE ? ESCAPE '!' OR lower(display_name) LIKE ? ESCAPE '!' OR lower(staff_number) LIKE ? ESCAPE '!' OR phone LIKE ? ESCAPE '!')"
		args = append(args, part, part, part, part)
	}
	people, err = list(ctx, tx, func(r scanner) (p inspect.Person, err error) {
		err = r.Scan(&last, (*uid)(&p.ID), &p.Name, &p.DisplayName, &p.StaffNumber, &p.Phone, &p.Disabled, &p.CreatedAt, &p.UpdatedAt)
		return p, err
	}, "SELECT id, uid, name, display_name, staff_number, phone, disabled, created_at, updated_at FROM person "+where+" ORDER BY id LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, 0, err
	}
	for n := range people {
		if people[n].Grants, err = tx.Grants(ctx, people[n].ID, 0); err != nil {
			return nil, 0, err
		}
	}
	if len(people) < limit {
		last = 0
	}
	return people, last, nil
}

// CountPeople is how many people there are.
func (tx *Tx) CountPeople(ctx context.Context) (n int, err error) {
	err = tx.row(ctx, "SELECT count(*) FROM person").Scan(&n)
	return n, err
}

// SavePerson inserts a person or changes the one with the same id, but for the password.
func (tx *Tx) SavePerson(ctx context.Context, p inspect.Person) error {
	tx.holders, tx.grants = nil, nil
	return tx.exec(ctx, `INSERT INTO person (uid, name, look, display_name, staff_number, phone, password, disabled, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET name = excluded.name, look = excluded.look, display_name = excluded.display_name, staff_number = excluded.staff_number,
			phone = excluded.phone, disabled = excluded.disabled, updated_at = excluded.updated_at`,
		bytesOf(p.ID), p.Name, inspect.AccountLook(p.Name), p.DisplayName, p.StaffNumber, p.Phone, p.Disabled, int64(p.CreatedAt), int64(p.UpdatedAt))
}

// SetPassword keeps a new password hash, of one that nobody else knows.
func (tx *Tx) SetPassword(ctx context.Context, id inspect.ID, hash string) error {
	if err := tx.execOne(ctx, "UPDATE person SET password = ?, password_given = FALSE WHERE uid = ?", hash, bytesOf(id)); err != nil {
		return err
	}
	return tx.exec(ctx, "DELETE FROM enrolment WHERE person = (SELECT id FROM person WHERE uid = ?)", bytesOf(id))
}

// MarkPasswordGiven notes that somebody else knows a person's password.
func (tx *Tx) MarkPasswordGiven(ctx context.Context, id inspect.ID) error {
	return tx.execOne(ctx, "UPDATE person SET password_given = TRUE WHERE uid = ?", bytesOf(id))
}

// PasswordGiven says whether somebody else knows a person's password.
func (tx *Tx) PasswordGiven(ctx context.Context, id inspect.ID) (given bool, err error) {
	err = tx.row(ctx, "SELECT password_given FROM person WHERE uid = ?", bytesOf(id)).Scan(&given)
	return given, err
}

// Grants gives a person's grants: those that hold, and with a moment also those that held then.
func (tx *Tx) Grants(ctx context.Context, id inspect.ID, at inspect.Time) ([]inspect.Grant, error) {
	return list(ctx, tx, scanGrant, `SELECT g.role, g.scope_kind, g.scope_uid, g.since, g.until FROM role_grant g
		JOIN person p ON p.id = g.person WHERE p.uid = ? AND (g.until = 0 OR (g.since <= ? AND g.until > ?)) ORDER BY g.id`, bytesOf(id), int64(at), int64(at))
}

// GrantsOf gives the grants of people that hold now.
func (tx *Tx) GrantsOf(ctx context.Context, people []inspect.ID) (map[inspect.ID][]inspect.Grant, error) {
	if tx.grants == nil {
		tx.grants = map[inspect.ID][]inspect.Grant{}
	}
	var fresh []inspect.ID
	for _, p := range people {
		if _, known := tx.grants[p]; !known {
			tx.grants[p], fresh = nil, append(fresh, p)
		}
	}
	if len(fresh) == 0 {
		return tx.grants, nil
	}
	marks, args := in(fresh)
	err := tx.each(ctx, func(r scanner) error {
		var person inspect.ID
		var g inspect.Grant
		err := r.Scan((*uid)(&person), &g.Role, &g.Scope.Kind, (*uid)(&g.Scope.ID), &g.Since, &g.Until)
		tx.grants[person] = append(tx.grants[person], g)
		return err
	}, "SELECT p.uid, g.role, g.scope_kind, g.scope_uid, g.since, g.until FROM role_grant g "+
		"JOIN person p ON p.id = g.person WHERE g.until = 0 AND p.uid IN ("+marks+") ORDER BY g.id", args...)
	return tx.grants, err
}

// GrantHistory gives every grant of everybody, those that ended as well.
func (tx *Tx) GrantHistory(ctx context.Context) (map[inspect.ID][]inspect.Grant, error) {
	all := map[inspect.ID][]inspect.Grant{}
	return all, tx.each(ctx, func(r scanner) error {
		var person inspect.ID
		var g inspect.Grant
		err := r.Scan((*uid)(&person), &g.Role, &g.Scope.Kind, (*uid)(&g.Scope.ID), &g.Since, &g.Until)
		all[person] = append(all[person], g)
		return err
	}, "SELECT p.uid, g.role, g.scope_kind, g.scope_uid, g.since, g.until FROM role_grant g JOIN person p ON p.id = g.person ORDER BY g.id")
}

func scanGrant(r scanner) (g inspect.Grant, err error) {
	err = r.Scan(&g.Role, &g.Scope.Kind, (*uid)(&g.Scope.ID), &g.Since, &g.Until)
	return g, err
}

// AddGrant gives a person a role from now on.
func (tx *Tx) AddGrant(ctx context.Context, id inspect.ID, g inspect.Grant) error {
	tx.holders, tx.grants = nil, nil
	return tx.exec(ctx, `INSERT INTO role_grant (person, role, scope_kind, scope_uid, since, until)
		VALUES ((SELECT id FROM person WHERE uid = ?), ?, ?, ?, ?, 0)`,
		bytesOf(id), string(g.Role), string(g.Scope.Kind), bytesOf(g.Scope.ID), int64(tx.Now))
}

// EndGrant ends a role that holds; that it held stays on record.
func (tx *Tx) EndGrant(ctx context.Context, id inspect.ID, g inspect.Grant) error {
	scope, args := "scope_uid IS NULL", []any{int64(tx.Now), bytesOf(id), string(g.Role), string(g.Scope.Kind)}
	if !g.Scope.ID.IsZero() {
		scope, args = "scope_uid = ?", append(args, bytesOf(g.Scope.ID))
	}
	tx.holders, tx.grants = nil, nil
	return tx.exec(ctx, `UPDATE role_grant SET until = ? WHERE person = (SELECT id FROM person WHERE uid = ?)
		AND role = ? AND scope_kind = ? AND until = 0 AND `+scope, args...)
}

// CityAdmins is how many people who may log in administer the city.
func (tx *Tx) CityAdmins(ctx context.Context) (n int, err error) {
	err = tx.row(ctx, `SELECT count(DISTINCT p.id) FROM role_grant g JOIN person p ON p.id = g.person
		WHERE g.role = 'admin' AND g.until = 0 AND NOT p.disabled`).Scan(&n)
	return n, err
}

// HoldersOfSeveral gives the people who hold more than one of some roles now.
func (tx *Tx) HoldersOfSeveral(ctx context.Context, roles ...inspect.Role) ([]inspect.ID, error) {
	marks, args := "", []any{}
	for n, r := range roles {
		if n > 0 {
			marks += ", "
		}
		marks, args = marks+"?", append(args, string(r))
	}
	return list(ctx, tx, func(r scanner) (id inspect.ID, err error) {
		err = r.Scan((*uid)(&id))
		return id, err
	},
		"SELECT p.uid FROM role_grant g JOIN person p ON p.id = g.person WHERE g.until = 0 AND g.role IN ("+marks+`)
			GROUP BY p.id, p.uid HAVING count(DISTINCT g.role) > 1 ORDER BY p.id`, args...)
}

// Session is one device on which a person is logged in.
type Session struct {
	ID        inspect.ID
	Person    inspect.ID
	Device    string
	Cookie    bool
	CreatedAt inspect.Time
	SeenAt    inspect.Time
	ExpiresAt inspect.Time
	Issue     inspect.ID // the only one that it opens, for a link; zero for a device
	Uses      int        // of a link, each counted when it was not used for a while

	PasswordGiven   bool         // begun with a password that somebody else knows: another one is chosen first
	AuthenticatedAt inspect.Time // when whoever has it last showed that they are this person
}

const sessionColumns = `SELECT s.uid, p.uid, s.device, s.cookie, s.created_at, s.seen_at, s.expires_at,
	(SELECT uid FROM issue WHERE id = s.issue), s.uses, s.password_given, s.authenticated_at FROM session s JOIN person p ON p.id = s.person `

func scanSession(r scanner) (s Session, err error) {
	err = r.Scan((*uid)(&s.ID), (*uid)(&s.Person), &s.Device, &s.Cookie, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt, (*uid)(&s.Issue), &s.Uses,
		&s.PasswordGiven, &s.AuthenticatedAt)
	return s, err
}

// InsertSession keeps a session under the hash of its token.
func (tx *Tx) InsertSession(ctx context.Context, s Session, tokenHash []byte) error {
	return tx.exec(ctx, `INSERT INTO session (uid, person, token_hash, device, cookie, created_at, seen_at, expires_at, issue, password_given, authenticated_at)
		VALUES (?, (SELECT id FROM person WHERE uid = ?), ?, ?, ?, ?, ?, ?, (SELECT id FROM issue WHERE uid = ?), ?, ?)`,
		bytesOf(s.ID), bytesOf(s.Person), tokenHash, s.Device, s.Cookie, int64(s.CreatedAt), int64(s.SeenAt), int64(s.ExpiresAt), bytesOf(s.Issue), s.PasswordGiven,
		int64(s.AuthenticatedAt))
}

// SessionOf finds the live session of a token whose person may log in.
func (tx *Tx) SessionOf(ctx context.Context, tokenHash []byte) (s Session, ok bool, err error) {
	s, err = scanSession(tx.row(ctx, sessionColumns+"WHERE s.token_hash = ? AND s.expires_at > ? AND NOT p.disabled", tokenHash, int64(tx.Now)))
	ok, err = ignoreNoRows(err)
	return s, ok, err
}

// Sessions gives a person's live sessions, newest first.
func (tx *Tx) Sessions(ctx context.Context, person inspect.ID) ([]Session, error) {
	return list(ctx, tx, scanSession, sessionColumns+"WHERE p.uid = ? AND s.issue IS NULL AND s.expires_at > ? ORDER BY s.id DESC LIMIT 200", bytesOf(person), int64(tx.Now))
}

// Links gives the live links to an issue, newest first.
func (tx *Tx) Links(ctx context.Context, issue inspect.ID) ([]Session, error) {
	return list(ctx, tx, scanSession, sessionColumns+"WHERE s.issue = (SELECT id FROM issue WHERE uid = ?) AND s.expires_at > ? ORDER BY s.id DESC LIMIT 200", bytesOf(issue),
		int64(tx.Now))
}

// EndLink ends a link to an issue; ok is false when there is none.
func (tx *Tx) EndLink(ctx context.Context, issue, id inspect.ID) (ok bool, err error) {
	return ignoreNoRows(tx.row(ctx, "DELETE FROM session WHERE uid = ? AND issue = (SELECT id FROM issue WHERE uid = ?) RETURNING id", bytesOf(id),
		bytesOf(issue)).Scan(new(int64)))
}

// TouchSession notes that a session was used.
func (tx *Tx) TouchSession(ctx context.Context, id inspect.ID) error {
	return tx.exec(ctx, "UPDATE session SET seen_at = ?, uses = uses + 1 WHERE uid = ?", int64(tx.Now), bytesOf(id))
}

// SetAuthenticated notes that whoever has a session showed now that they are its person, by a password that nobody else knows.
func (tx *Tx) SetAuthenticated(ctx context.Context, id inspect.ID) error {
	return tx.exec(ctx, "UPDATE session SET authenticated_at = ?, password_given = FALSE WHERE uid = ?", int64(tx.Now), bytesOf(id))
}

// EndSession ends one session of a person; none is no error.
func (tx *Tx) EndSession(ctx context.Context, person, id inspect.ID) error {
	return tx.exec(ctx, "DELETE FROM session WHERE uid = ? AND person = (SELECT id FROM person WHERE uid = ?)", bytesOf(id), bytesOf(person))
}

// EndSessions ends all sessions of a person but one.
func (tx *Tx) EndSessions(ctx context.Context, person, but inspect.ID) error {
	return tx.exec(ctx, "DELETE FROM session WHERE person = (SELECT id FROM person WHERE uid = ?) AND uid <> ?", bytesOf(person), but[:])
}

// SweepSessions drops sessions and log-in counts that no longer matter, and log lines older than that.
func (tx *Tx) SweepSessions(ctx context.Context, limitsBefore, logBefore inspect.Time) error {
	if err := tx.exec(ctx, "DELETE FROM session WHERE expires_at <= ?", int64(tx.Now)); err != nil {
		return err
	}
	if err := tx.exec(ctx, "DELETE FROM login_limit WHERE last_at < ?", int64(limitsBefore)); err != nil {
		return err
	}
	return tx.exec(ctx, "DELETE FROM security_log WHERE at < ?", int64(logBefore))
}

// LoginFailures gives how many log-ins failed in a bucket, and when the last did; nobody else changes them until the commit.
func (tx *Tx) LoginFailures(ctx context.Context, bucket string) (n int, last inspect.Time, err error) {
	err = tx.row(ctx, `INSERT INTO login_limit (bucket, failures, last_at) VALUES (?, 0, 0)
		ON CONFLICT (bucket) DO UPDATE SET bucket = excluded.bucket RETURNING failures, last_at`, bucket).Scan(&n, &last)
	return n, last, err
}

// SetLoginFailures keeps how many log-ins failed in a bucket, the last one now.
func (tx *Tx) SetLoginFailures(ctx context.Context, bucket string, n int) error {
	return tx.exec(ctx, `INSERT INTO login_limit (bucket, failures, last_at) VALUES (?, ?, ?)
		ON CONFLICT (bucket) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at`, bucket, n, int64(tx.Now))
}

// LoggedIn says whether a mark of a device or a place was left by a log-in.
func (tx *Tx) LoggedIn(ctx context.Context, mark string) (bool, error) {
	return ignoreNoRows(tx.row(ctx, "SELECT 1 FROM login_limit WHERE bucket = ? AND last_at > 0", mark).Scan(new(int)))
}

// PersonRef is how others see a person.
type PersonRef struct {
	ID          inspect.ID
	DisplayName string
	StaffNumber string
}

// PeopleRefs gives the people with these ids.
func (tx *Tx) PeopleRefs(ctx context.Context, ids []inspect.ID) (map[inspect.ID]PersonRef, error) {
	marks, args := in(ids)
	refs := map[inspect.ID]PersonRef{}
	err := tx.each(ctx, func(r scanner) error {
		var p PersonRef
		err := r.Scan((*uid)(&p.ID), &p.DisplayName, &p.StaffNumber)
		refs[p.ID] = p
		return err
	}, "SELECT uid, display_name, staff_number FROM person WHERE uid IN ("+marks+")", args...)
	return refs, err
}

// PeopleInSight gives the people that an actor works with: all for who works for the city, otherwise those with a role in
// the same subtrees, and oneself.
func (tx *Tx) PeopleInSight(ctx context.Context, a *inspect.Actor) ([]PersonRef, error) {
	parts, args := []string{"p.uid = ?"}, []any{bytesOf(a.ID)}
	for _, g := range a.Grants {
		switch g.Scope.Kind {
		case inspect.City:
			parts = append(parts, "1 = 1")
			continue
		case inspect.AreaSubtree:
			parts = append(parts, "g.scope_uid IN ("+subtree(AreaTree)+" SELECT uid FROM line)")
		case inspect.UnitSubtree:
			parts = append(parts, "g.scope_uid IN ("+subtree(UnitTree)+" SELECT uid FROM line)")
		}
		args = append(args, bytesOf(g.Scope.ID))
	}
	return list(ctx, tx, func(r scanner) (p PersonRef, err error) {
		err = r.Scan((*uid)(&p.ID), &p.DisplayName, &p.StaffNumber)
		return p, err
	}, `SELECT p.uid, p.display_name, p.staff_number FROM person p WHERE NOT p.disabled AND EXISTS (
		SELECT 1 FROM role_grant g WHERE g.person = p.id AND g.until = 0 AND (`+strings.Join(parts, " OR ")+`)) ORDER BY p.id LIMIT 2000`, args...)
}

// EachLook calls f for the name of every account and what it is kept to look like.
func (tx *Tx) EachLook(ctx context.Context, f func(id inspect.ID, name, look string) error) error {
	return tx.each(ctx, func(r scanner) error {
		var id inspect.ID
		var name, look string
		if err := r.Scan((*uid)(&id), &name, &look); err != nil {
			return err
		}
		return f(id, name, look)
	}, "SELECT uid, name, look FROM person ORDER BY id")
}
