package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
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

// Client is what somebody logs in from: the name of the device, its network address, whether it is a browser that keeps a cookie, and what it
// was given when somebody logged in with it before.
type Client struct {
	Device, Address string
	Cookie          bool
	Known           string
}

// Login is a new session; Token is shown once and never stored. Known is what the device is known by from now on, SealKey the key of the person's
// devices.
type Login struct {
	Session store.Session
	Token   string
	Known   string
	SealKey []byte
	Actor   inspect.Actor
}

// knownDevice and knownPlace are the marks by which an account knows where it logged in before.
func knownDevice(look, secret string) string { return "device " + digest(look+"\x00"+secret) }
func knownPlace(look, near string) string    { return "known " + digest(look+"\x00"+near) }

// knownBy gives the mark by which an account knows a client: the device's own secret, or the place; empty for a stranger.
func knownBy(ctx context.Context, tx *store.Tx, look string, from Client) (string, error) {
	near, _ := Networks(from.Address)
	marks := []string{knownPlace(look, near)}
	if from.Known != "" {
		marks = append([]string{knownDevice(look, from.Known)}, marks...)
	}
	for _, mark := range marks {
		if ok, err := tx.LoggedIn(ctx, mark); err != nil || ok {
			return mark, err
		}
	}
	return "", nil
}

// LogIn checks name and password. An unknown name and a wrong password take the same time and get the same answer.
func (svc *Service) LogIn(ctx context.Context, name, password string, from Client) (Login, error) {
	look := inspect.AccountLook(name)
	var limits attempts
	var wait int
	err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		known, err := knownBy(ctx, tx, look, from)
		if err != nil {
			return err
		}
		limits = attemptsAt(look, from.Address, known)
		wait, err = limits.admit(ctx, tx)
		return err
	})
	if err != nil {
		return Login{}, err
	}
	if wait > 0 {
		return Login{}, svc.refuseLogin(ctx, inspect.LogLimited, inspect.ID{}, from.Address, tooOften(wait))
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
		return Login{}, svc.refuseLogin(ctx, inspect.LogRefused, id, from.Address, inspect.ErrLogin)
	}
	return svc.openSession(ctx, id, look, from, inspect.LogLogin, &limits)
}

// refuseLogin notes an attempt that failed and gives the error on.
func (svc *Service) refuseLogin(ctx context.Context, kind inspect.LogKind, id inspect.ID, address string, cause error) error {
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.LogRefusal(ctx, store.LogEntry{Kind: kind, Person: id, Address: address}, 1)
	}); err != nil {
		return err
	}
	return cause
}

// openSession lets a person in; limits are those of the attempt, nil where none was made at a password.
func (svc *Service) openSession(ctx context.Context, id inspect.ID, look string, from Client, kind inspect.LogKind, limits *attempts) (Login, error) {
	token := make([]byte, 32)
	rand.Read(token)
	login := Login{Token: base64.RawURLEncoding.EncodeToString(token), Known: from.Known}
	near, _ := Networks(from.Address)
	err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		login.Session = store.Session{ID: inspect.NewID(), Person: id, Device: from.Device, Cookie: from.Cookie,
			CreatedAt: tx.Now, SeenAt: tx.Now, ExpiresAt: tx.Now.Add(sessionLife), AuthenticatedAt: tx.Now}
		if limits != nil {
			var err error
			if login.Session.PasswordGiven, err = tx.PasswordGiven(ctx, id); err != nil {
				return err
			}
			if err := limits.succeed(ctx, tx); err != nil {
				return err
			}
		}
		if mark, err := knownBy(ctx, tx, look, from); err != nil {
			return err
		} else if from.Known == "" || mark != knownDevice(look, from.Known) { // a device is known by a secret that this server made
			login.Known = NewSecret()
		}
		for _, mark := range []string{knownDevice(look, login.Known), knownPlace(look, near)} {
			if err := tx.SetLoginFailures(ctx, mark, 0); err != nil {
				return err
			}
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
		return tx.Log(ctx, store.LogEntry{Kind: kind, Person: id, Address: from.Address, Detail: from.Device})
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

// Authenticate gives who a token belongs to and from where they ask, or ErrSignIn.
func (svc *Service) Authenticate(ctx context.Context, token, address string) (a inspect.Actor, s store.Session, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		var ok bool
		if s, ok, err = tx.SessionOf(ctx, TokenHash(token)); err != nil {
			return err
		}
		if !ok {
			return inspect.ErrSignIn
		}
		if a, err = ActorOf(ctx, tx, s.Person); err != nil {
			return err
		}
		if a.Address, a.AuthenticatedAt = address, s.AuthenticatedAt; s.Issue.IsZero() {
			return notIdle(ctx, tx, &a, &s)
		}
		return limitToLink(ctx, tx, &a, &s)
	})
	if err != nil || inspect.At(svc.now()).Sub(s.SeenAt) < seenEvery {
		return a, s, err
	}
	return a, s, svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return touchSession(ctx, tx, &s, address) })
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
func (svc *Service) LogOut(ctx context.Context, a *inspect.Actor, session inspect.ID) error {
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.EndSession(ctx, a.ID, session); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: inspect.LogLogout, Person: a.ID, Address: a.Address})
	})
}

// ChangePassword sets the actor's own password and ends their other sessions.
func (svc *Service) ChangePassword(ctx context.Context, a *inspect.Actor, session inspect.ID, old, password string) error {
	if err := svc.checkOwnPassword(ctx, a, old); err != nil {
		return err
	}
	if password == old {
		return inspect.ErrWeakPassword.With("The new password is the old one.")
	}
	return svc.setPassword(ctx, a, a.ID, a.Name, session, password)
}

// AuthenticateAgain takes the password of who is logged in.
func (svc *Service) AuthenticateAgain(ctx context.Context, a *inspect.Actor, session inspect.ID, password string) error {
	if err := svc.checkOwnPassword(ctx, a, password); err != nil {
		return err
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SetAuthenticated(ctx, session); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: inspect.LogAuthenticated, Person: a.ID, Address: a.Address})
	})
}

// checkOwnPassword refuses a password that is not the actor's; guessing it is slowed as at the log-in.
func (svc *Service) checkOwnPassword(ctx context.Context, a *inspect.Actor, password string) error {
	limits := attempts{own: attemptLimit{bucket: "password " + a.ID.String(), free: ownFree, most: ownMost}}
	var hash string
	var wait int
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if wait, err = limits.admit(ctx, tx); err == nil {
			hash, err = tx.Password(ctx, a.ID)
		}
		return err
	}); err != nil {
		return err
	}
	if wait > 0 {
		return svc.refuseLogin(ctx, inspect.LogLimited, a.ID, a.Address, tooOften(wait))
	}
	switch right, err := svc.checkPassword(ctx, password, hash); {
	case err != nil:
		return err
	case !right:
		return svc.refuseLogin(ctx, inspect.LogPasswordRefused, a.ID, a.Address, inspect.ErrOldPassword)
	}
	return svc.store.Write(ctx, limits.succeed)
}

// setPassword keeps a new password and ends all sessions but one. Who asks is nobody where whoever runs the server does.
func (svc *Service) setPassword(ctx context.Context, a *inspect.Actor, id inspect.ID, name string, but inspect.ID, password string) error {
	if err := goodPassword(name, password, "/password"); err != nil {
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
		if err := tx.SetAuthenticated(ctx, but); err != nil {
			return err
		}
		return tx.Log(ctx, store.LogEntry{Kind: inspect.LogPassword, Person: a.ID, Address: a.Address, About: another(a, id)})
	})
}

// SweepSessions forgets what has run out.
func (svc *Service) SweepSessions(ctx context.Context) error {
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.SweepSessions(ctx, tx.Now.Add(-limitsForget), tx.Now.Add(-logKept))
	})
}
