package people

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
	LogErase    = "erased"
)

// attemptLimit is how many log-ins may fail in a bucket before each further one has to wait, and how long at most.
type attemptLimit struct {
	bucket   string
	free     int
	most     time.Duration
	failures int // before this attempt
}

// attemptLimits are the buckets of an attempt at a name of that look. Who logged in from this address before is not slowed by what others do to the
// account or from the address, so that nobody can keep an honest person out.
func attemptLimits(look, address string, known bool) []attemptLimit {
	pair := attemptLimit{bucket: "pair " + digest(look+"\x00"+address), free: 5, most: 5 * time.Minute}
	if known {
		return []attemptLimit{pair}
	}
	return []attemptLimit{pair,
		{bucket: "account " + digest(look), free: 20, most: 30 * time.Second},
		{bucket: "address " + digest(address), free: 50, most: 30 * time.Second}}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// wait is how long an attempt has to keep from the last failure: doubling from one second.
func (l attemptLimit) wait(failures int) time.Duration {
	if failures < l.free {
		return 0
	}
	return min(time.Second<<min(failures-l.free, 20), l.most)
}

// Client is what somebody logs in from: the name of the device, its network address, and whether it is a browser that keeps a cookie.
type Client struct {
	Device, Address string
	Cookie          bool
}

// Login is a new session; Token is shown once and never stored. SealKey is the key of the person's devices.
type Login struct {
	Session store.Session
	Token   string
	SealKey []byte
	Actor   inspect.Actor
}

// LogIn checks name and password. An unknown name and a wrong password take the same time and get the same answer.
func (svc *Service) LogIn(ctx context.Context, name, password string, from Client) (Login, error) {
	address, look := from.Address, inspect.AccountLook(name)
	known := "known " + digest(look+"\x00"+address)
	var buckets []attemptLimit
	err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, last, err := tx.LoginFailures(ctx, known)
		if err != nil {
			return err
		}
		buckets = attemptLimits(look, address, last != 0)
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
		return Login{}, svc.refuseLogin(ctx, LogLimited, inspect.ID{}, address, err)
	}

	var id inspect.ID
	var hash string
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		found, stored, disabled, ok, err := tx.PersonNamed(ctx, name)
		if ok && !disabled {
			id, hash = found, stored
		}
		return err
	})
	if err != nil {
		return Login{}, err
	}
	right, err := svc.checkPassword(ctx, password, hash)
	if err != nil {
		return Login{}, err
	}
	if !right {
		return Login{}, svc.refuseLogin(ctx, LogRefused, id, address, inspect.ErrLogin)
	}
	return svc.openSession(ctx, id, from, known, buckets)
}

// refuseLogin notes a log-in that failed and gives the error on.
func (svc *Service) refuseLogin(ctx context.Context, kind string, id inspect.ID, address string, cause error) error {
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.Log(ctx, store.LogEntry{Kind: kind, Person: id, Address: address})
	}); err != nil {
		return err
	}
	return cause
}

func (svc *Service) openSession(ctx context.Context, id inspect.ID, from Client, known string, buckets []attemptLimit) (Login, error) {
	token := make([]byte, 32)
	rand.Read(token)
	login := Login{Token: base64.RawURLEncoding.EncodeToString(token)}
	err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		login.Session = store.Session{ID: inspect.NewID(), Person: id, Device: from.Device, Cookie: from.Cookie,
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
		if err := tx.InsertSession(ctx, login.Session, TokenHash(login.Token)); err != nil {
			return err
		}
		var err error
		if login.Actor, err = ActorOf(ctx, tx, id); err != nil {
			return err
		}
		if login.SealKey, err = sealKey(ctx, tx, id); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: LogLogin, Person: id, Address: from.Address})
	})
	return login, err
}

func TokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// ActorOf is a person as one who asks.
func ActorOf(ctx context.Context, tx *store.Tx, id inspect.ID) (inspect.Actor, error) {
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
func (svc *Service) Authenticate(ctx context.Context, token string) (a inspect.Actor, s store.Session, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		var ok bool
		if s, ok, err = tx.SessionOf(ctx, TokenHash(token)); err != nil {
			return err
		}
		if !ok {
			return inspect.ErrSignIn
		}
		if a, err = ActorOf(ctx, tx, s.Person); err != nil || s.Issue.IsZero() {
			return err
		}
		return limitToLink(ctx, tx, &a, &s)
	})
	if err != nil || inspect.At(svc.now()).Sub(s.SeenAt) < seenEvery {
		return a, s, err
	}
	return a, s, svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return touchSession(ctx, tx, &s) })
}

// Sessions gives the devices on which the actor is logged in.
func (svc *Service) Sessions(ctx context.Context, a *inspect.Actor) (all []store.Session, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err = tx.Sessions(ctx, a.ID)
		return err
	})
	return all, err
}

// LogOut ends one of the actor's own sessions; one that is gone is no error.
func (svc *Service) LogOut(ctx context.Context, a *inspect.Actor, session inspect.ID, address string) error {
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.EndSession(ctx, a.ID, session); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: LogLogout, Person: a.ID, Address: address})
	})
}

// ChangePassword sets the actor's own password and ends their other sessions.
func (svc *Service) ChangePassword(ctx context.Context, a *inspect.Actor, session inspect.ID, old, password, address string) error {
	var hash string
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		hash, err = tx.Password(ctx, a.ID)
		return err
	}); err != nil {
		return err
	}
	switch right, err := svc.checkPassword(ctx, old, hash); {
	case err != nil:
		return err
	case !right:
		return inspect.ErrOldPassword
	}
	return svc.setPassword(ctx, a.ID, a.Name, session, password, address)
}

func (svc *Service) setPassword(ctx context.Context, id inspect.ID, name string, but inspect.ID, password, address string) error {
	if err := goodPassword(name, password); err != nil {
		return err
	}
	hash, err := svc.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
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
func (svc *Service) SweepSessions(ctx context.Context) error {
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.SweepSessions(ctx, tx.Now.Add(-limitsForget), tx.Now.Add(-logKept))
	})
}
