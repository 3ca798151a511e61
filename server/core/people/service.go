// Package people is who may log in: accounts and their roles, sessions, passwords, and the codes by which a phone is enrolled.
package people

import (
	"context"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store          *store.Store // the database
	now            func() time.Time
	passwordMemory uint32        // KiB that a new password hash takes
	hashing        chan struct{} // bounds the memory of password hashes
	tell           Teller
}

// Teller tells somebody, in the transaction of the change, what somebody else did to their account.
type Teller func(ctx context.Context, tx *store.Tx, event string, person inspect.ID, by *inspect.Actor) error

// TellBy sets who tells people what was done to their accounts.
func (svc *Service) TellBy(tell Teller) { svc.tell = tell }

// tellOwner tells whose account it is, unless they did it themselves, or whoever runs the server did.
func (svc *Service) tellOwner(ctx context.Context, tx *store.Tx, event string, person inspect.ID, by *inspect.Actor) error {
	if svc.tell == nil || by.ID.IsZero() || by.ID == person {
		return nil
	}
	return svc.tell(ctx, tx, event, person, by)
}

// Needs is what the room is made of.
type Needs struct {
	Store          *store.Store // the database
	Now            func() time.Time
	PasswordMemory uint32 // KiB that a new password hash takes
}

// New makes the room.
func New(n Needs) *Service {
	svc := &Service{store: n.Store, now: n.Now, passwordMemory: n.PasswordMemory}
	svc.hashing = make(chan struct{}, 2)
	return svc
}

// HashWith sets how much memory a new password hash takes, in KiB: less where the password is not the point.
func (svc *Service) HashWith(memory uint32) { svc.passwordMemory = memory }

// PasswordMemory is how much memory a new password hash takes, in KiB.
func (svc *Service) PasswordMemory() uint32 { return svc.passwordMemory }
