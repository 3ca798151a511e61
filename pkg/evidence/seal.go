package evidence

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
)

// SaltSize is the length of a salt in bytes.
const SaltSize = 16

// NewSalt makes a random salt; each personal text has one of its own, erased with it.
func NewSalt() []byte {
	salt := make([]byte, SaltSize)
	_, _ = rand.Read(salt) // never fails: it ends the program instead
	return salt
}

// Seal is what enters an event in place of a text that identifies a person: "sha256:" and the hexadecimal SHA-256 over
// the tag "spotcheck.personal.v1", salt, field and text, each with its length before it. Once text and salt are erased,
// nothing leads back from it.
func Seal(field, text string, salt []byte) string {
	var b encoding
	b.text("spotcheck.personal.v1")
	b.text(string(salt))
	b.text(field)
	b.text(text)
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// SealMatches says whether a seal was made of this field, text and salt.
func SealMatches(seal, field, text string, salt []byte) bool {
	return subtle.ConstantTimeCompare([]byte(seal), []byte(Seal(field, text, salt))) == 1
}
