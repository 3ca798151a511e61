package core

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"spotcheck/pkg/inspect"
)

// Cost of argon2id: the second recommendation of the OWASP password storage cheat sheet.
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonKey    = 32 // bytes
)

// noPassword is the hash that an unknown name is checked against, so that it takes as long as a known one.
const noPassword = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// hashPassword makes the text that is stored.
func (c *Core) hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	key, err := c.argon(ctx, password, salt)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, argonMemory, argonTime, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// checkPassword compares in the same time whatever the hash is.
func (c *Core) checkPassword(ctx context.Context, password, hash string) (bool, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 {
		parts = strings.Split(noPassword, "$")
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	want, errKey := base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errKey != nil {
		return false, fmt.Errorf("core: a password hash cannot be read")
	}
	key, err := c.argon(ctx, password, salt)
	return subtle.ConstantTimeCompare(key, want) == 1 && hash != noPassword, err
}

// argon hashes when there is room: each takes 19 MiB.
func (c *Core) argon(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case c.hashing <- struct{}{}:
		defer func() { <-c.hashing }()
	case <-ctx.Done():
		return nil, inspect.ErrUnavailable.Because(ctx.Err())
	}
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, 1, argonKey), nil
}

// goodPassword says whether a password may be set.
func goodPassword(name, password string) error {
	if n := utf8.RuneCountInString(password); n < 10 || n > 200 || strings.EqualFold(password, name) {
		return inspect.ErrWeakPassword
	}
	return nil
}

// NewSecret makes 130 random bits in letters and digits that are easy to read out.
func NewSecret() string {
	return strings.ToLower(rand.Text())
}
