package signedlog

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Keys are those of a log, as whoever runs it gives them: they lie in no database.
type Keys struct {
	Signer ed25519.PrivateKey  // nil where nothing is signed
	Older  []ed25519.PublicKey // those that signed before
}

// Signs says whether there is a key to sign with.
func (k Keys) Signs() bool { return k.Signer != nil }

// Public are all keys of which a signature is believed.
func (k Keys) Public() []ed25519.PublicKey {
	if !k.Signs() {
		return k.Older
	}
	return append([]ed25519.PublicKey{k.Signer.Public().(ed25519.PublicKey)}, k.Older...)
}

// Of is the key that signed a checkpoint, nil where it is none of them.
func (k Keys) Of(signed []byte) ed25519.PublicKey {
	for _, key := range k.Public() {
		if _, err := Open(signed, []ed25519.PublicKey{key}); err == nil {
			return key
		}
	}
	return nil
}

// VerifierKey is a public key as tools for signed notes take it: name, hash and key.
func VerifierKey(origin string, key ed25519.PublicKey) (string, error) {
	return note.NewEd25519VerifierKey(origin, key)
}

// ParseVerifierKey reads what VerifierKey wrote.
func ParseVerifierKey(text string) (ed25519.PublicKey, error) {
	_, err := note.NewVerifier(text)
	parts := strings.SplitN(text, "+", 3)
	if err != nil || len(parts) != 3 {
		return nil, errors.New("want a public key of a log, name+hash+key")
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize { // the kind of key, then the key
		return nil, errors.New("want an Ed25519 key")
	}
	return raw[1:], nil
}

// PEM is a public key as openssl takes it.
func PEM(key ed25519.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}
