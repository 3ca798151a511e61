package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"spotcheck/pkg/inspect"
)

// Cost of argon2id: the second recommendation of the OWASP password storage cheat sheet.
const (
	ArgonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonKey    = 32 // bytes

)

// hashFormat is the text that is stored: the cost of this hash, its salt and the key, as the reference implementation
// writes them.
const hashFormat = "$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s"

// hashPassword makes the text that is stored.
func (svc *Service) hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	key, err := svc.argon(ctx, password, salt, argonTime, svc.passwordMemory)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf(hashFormat, argon2.Version, svc.passwordMemory, argonTime, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// checkPassword compares at the cost that the hash was made with. The empty hash is that of an unknown name: it takes as
// long as a known one, and nothing is right.
func (svc *Service) checkPassword(ctx context.Context, password, hash string) (bool, error) {
	if hash == "" {
		_, err := svc.argon(ctx, password, make([]byte, 16), argonTime, svc.passwordMemory)
		return false, err
	}
	var memory, times uint32
	parts := strings.Split(hash, "$")
	if len(parts) != 6 {
		return false, errHash
	}
	_, errCost := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &memory, &times)
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	want, errKey := base64.RawStdEncoding.DecodeString(parts[5])
	if errCost != nil || errSalt != nil || errKey != nil {
		return false, errHash
	}
	key, err := svc.argon(ctx, password, salt, times, memory)
	return err == nil && subtle.ConstantTimeCompare(key, want) == 1, err
}

var errHash = errors.New("people: a password hash cannot be read")

// argon hashes when there is room: each takes 19 MiB.
func (svc *Service) argon(ctx context.Context, password string, salt []byte, times, memory uint32) ([]byte, error) {
	select {
	case svc.hashing <- struct{}{}:
		defer func() { <-svc.hashing }()
	case <-ctx.Done():
		return nil, inspect.ErrUnavailable.Because(ctx.Err())
	}
	return argon2.IDKey([]byte(password), salt, times, memory, 1, argonKey), nil
}

// NewSecret makes 130 random bits in letters and digits that are easy to read out.
func NewSecret() string {
	return strings.ToLower(rand.Text())
}
