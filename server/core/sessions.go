package core

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Times of sessions and of the limits on logging in.
const (
	sessionLife  = 30 * 24 * time.Hour
	seenEvery    = 5 * time.Minute      // how exact the time of last use is
	failuresFade = 24 * time.Hour       // after the last one, all are forgiven
	limitsForget = 90 * 24 * time.Hour  // more than sessionLife: who has to log in again is still known
	logKept      = 400 * 24 * time.Hour // the security log; at least 180 days are asked for
)

// The kinds of line in the security log.
const (
	LogLogin    = "login"
	LogRefused  = "login.refused"
	LogLimited  = "login.limited"
	LogLogout   = "logout"
	LogPassword = "password.changed"
	LogRoles    = "roles.changed"
	LogPerson   = "person.changed"
	LogExport   = "export"
	LogCaller   = "caller.seen"
	LogErase    = "erased"
)

// limit is how many log-ins may fail in a bucket before each further one has to wait, and how long at most.
type limit struct {
	bucket   string
	free     int
	most     time.Duration
	failures int // before this attempt
}

// limits are the buckets of an attempt. Who logged in from this address before is not slowed by what others do to the
// account or from the address, so that nobody can keep an honest person out.
func limits(name, address string, known bool) []limit {
	pair := limit{bucket: "pair " + digest(name+"\x00"+address), free: 5, most: 5 * time.Minute}
	if known {
		return []limit{pair}
	}
	return []limit{pair,
		{bucket: "account " + digest(name), free: 20, most: 30 * time.Second},
		{bucket: "address " + digest(address), free: 50, most: 30 * time.Second}}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// wait is how long an attempt has to keep from the last failure: doubling from one second.
func (l limit) wait(failures int) time.Duration {
	if failures < l.free {
		return 0
	}
	return min(time.Second<<min(failures-l.free, 20), l.most)
}

// Login is a new session; Token is shown once and never stored.
type Login struct {
	Session store.Session
	Token   string
	Actor   inspect.Actor
}

// LogIn checks name and password. An unknown name and a wrong password take the same time and get the same answer.
func (c *Core) LogIn(ctx context.Context, name, password, device, address string, cookie bool) (Login, error) {
	known := "known " + digest(name+"\x00"+address)
	var buckets []limit
	err := c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, last, err := tx.LoginFailures(ctx, known)
		if err != nil {
			return err
		}
		buckets = limits(name, address, last != 0)
		for at := range buckets {
			b := &buckets[at]
			n, last, err := tx.LoginFailures(ctx, b.bucket)
			if err != nil {
				return err
			}
			if tx.Now.Sub(last) > failuresFade {
				n = 0
			}
			if wait := last.Add(b.wait(n)).Sub(tx.Now); n > 0 && wait > 0 && last <= tx.Now { // later: by a clock that was wrong
				return inspect.ErrLoginLimit.With("Too many attempts; wait %d seconds.", int(wait.Seconds())+1).WithState(int(wait.Seconds()) + 1)
			}
			b.failures = n
			if err := tx.SetLoginFailures(ctx, b.bucket, n+1); err != nil { // taken back when the password is right
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Login{}, c.refused(ctx, LogLimited, inspect.ID{}, address, err)
	}

	var id inspect.ID
	var hash string
	err = c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		found, stored, disabled, ok, err := tx.PersonNamed(ctx, name)
		if ok && !disabled {
			id, hash = found, stored
		}
		return err
	})
	if err != nil {
		return Login{}, err
	}
	right, err := c.checkPassword(ctx, password, hash)
	if err != nil {
		return Login{}, err
	}
	if !right {
		return Login{}, c.refused(ctx, LogRefused, id, address, inspect.ErrLogin)
	}
	return c.open(ctx, id, device, address, cookie, known, buckets)
}

// refused notes a log-in that failed and gives the error on.
func (c *Core) refused(ctx context.Context, kind string, id inspect.ID, address string, cause error) error {
	if err := c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.Log(ctx, store.LogEntry{Kind: kind, Person: id, Address: address})
	}); err != nil {
		return err
	}
	return cause
}

func (c *Core) open(ctx context.Context, id inspect.ID, device, address string, cookie bool, known string, buckets []limit) (Login, error) {
	token := make([]byte, 32)
	rand.Read(token)
	login := Login{Token: base64.RawURLEncoding.EncodeToString(token)}
	err := c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		login.Session = store.Session{ID: inspect.NewID(), Person: id, Device: device, Cookie: cookie,
			CreatedAt: tx.Now, SeenAt: tx.Now, ExpiresAt: tx.Now.Add(sessionLife)}
		for n, b := range buckets {
			left := 0
			if n == len(buckets)-1 && n > 0 { // others at this address may still be guessing
				left = b.failures
			}
			if err := tx.SetLoginFailures(ctx, b.bucket, left); err != nil {
				return err
			}
		}
		if err := tx.SetLoginFailures(ctx, known, 0); err != nil {
			return err
		}
		if err := tx.InsertSession(ctx, login.Session, tokenHash(login.Token)); err != nil {
			return err
		}
		var err error
		if login.Actor, err = actor(ctx, tx, id); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: LogLogin, Person: id, Address: address})
	})
	return login, err
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// actor is a person as one who asks.
func actor(ctx context.Context, tx *store.Tx, id inspect.ID) (inspect.Actor, error) {
	p, ok, err := tx.Person(ctx, id)
	if err != nil {
		return inspect.Actor{}, err
	}
	if !ok || p.Disabled {
		return inspect.Actor{}, inspect.ErrSignIn
	}
	return inspect.Actor{ID: p.ID, Name: p.Name, DisplayName: p.DisplayName, StaffNumber: p.StaffNumber, Grants: p.Grants}, nil
}

// Authenticate gives who a token belongs to, or ErrSignIn.
func (c *Core) Authenticate(ctx context.Context, token string) (a inspect.Actor, s store.Session, err error) {
	err = c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		var ok bool
		if s, ok, err = tx.SessionOf(ctx, tokenHash(token)); err != nil {
			return err
		}
		if !ok {
			return inspect.ErrSignIn
		}
		if a, err = actor(ctx, tx, s.Person); err != nil || s.Issue.IsZero() {
			return err
		}
		return byLink(ctx, tx, &a, s.Issue)
	})
	if err != nil || inspect.At(c.Now()).Sub(s.SeenAt) < seenEvery {
		return a, s, err
	}
	return a, s, c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return touch(ctx, tx, &s) })
}

// Sessions gives the devices on which the actor is logged in.
func (c *Core) Sessions(ctx context.Context, a *inspect.Actor) (all []store.Session, err error) {
	err = c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err = tx.Sessions(ctx, a.ID)
		return err
	})
	return all, err
}

// LogOut ends one of the actor's own sessions; one that is gone is no error.
func (c *Core) LogOut(ctx context.Context, a *inspect.Actor, session inspect.ID, address string) error {
	return c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.EndSession(ctx, a.ID, session); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: LogLogout, Person: a.ID, Address: address})
	})
}

// ChangePassword sets the actor's own password and ends their other sessions.
func (c *Core) ChangePassword(ctx context.Context, a *inspect.Actor, session inspect.ID, old, password, address string) error {
	var hash string
	if err := c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		hash, err = tx.Password(ctx, a.ID)
		return err
	}); err != nil {
		return err
	}
	switch right, err := c.checkPassword(ctx, old, hash); {
	case err != nil:
		return err
	case !right:
		return inspect.ErrOldPassword
	}
	return c.setPassword(ctx, a.ID, a.Name, session, password, address)
}

func (c *Core) setPassword(ctx context.Context, id inspect.ID, name string, but inspect.ID, password, address string) error {
	if err := goodPassword(name, password); err != nil {
		return err
	}
	hash, err := c.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	return c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SetPassword(ctx, id, hash); err != nil {
			return err
		}
		if err := tx.EndSessions(ctx, id, but); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: LogPassword, Person: id, Address: address})
	})
}

// SweepSessions forgets what has run out.
func (c *Core) SweepSessions(ctx context.Context) error {
	return c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.SweepSessions(ctx, tx.Now.Add(-limitsForget), tx.Now.Add(-logKept))
	})
}
