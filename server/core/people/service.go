// Package people is who may log in: accounts and their roles, sessions, passwords, and the codes by which a phone is enrolled.
package people

import (
	"time"

	"spotcheck/server/store"
)

// Service is the room at work.
type Service struct {
	store          *store.Store // the database
	now            func() time.Time
	passwordMemory uint32        // KiB that a new password hash takes
	hashing        chan struct{} // bounds the memory of password hashes
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
