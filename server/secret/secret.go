// Package secret seals what the server has to read back and nobody else may: AES-256-GCM under one key of the installation.
package secret

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// keySize is the length of the key in bytes.
const keySize = 32

// version is the first byte of everything that is sealed.
const version = 1

// ErrNoKey means that there is no key.
var ErrNoKey = errors.New("secret: there is no key")

// ErrWrongKey means that something was sealed under another key, for another place, or was changed since.
var ErrWrongKey = errors.New("secret: it cannot be opened with the key of this server")

// Box seals and opens; the zero Box has no key. It may be used by many at once.
type Box struct{ gcm cipher.AEAD }

// New makes a box of a key.
func New(key []byte) (Box, error) {
	if len(key) != keySize {
		return Box{}, fmt.Errorf("secret: the key has %d bytes, want %d", len(key), keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return Box{}, err
	}
	gcm, err := cipher.NewGCM(block)
	return Box{gcm}, err
}

// Seal hides a text; place says where it will lie, and it opens nowhere else.
func (b Box) Seal(place string, text []byte) ([]byte, error) {
	if b.gcm == nil {
		return nil, ErrNoKey
	}
	sealed := make([]byte, 1+b.gcm.NonceSize(), 1+b.gcm.NonceSize()+len(text)+b.gcm.Overhead())
	sealed[0] = version
	_, _ = rand.Read(sealed[1:]) // never fails: it ends the program instead
	return b.gcm.Seal(sealed, sealed[1:], text, []byte(place)), nil
}

// Open gives back what was sealed for this place.
func (b Box) Open(place string, sealed []byte) ([]byte, error) {
	if b.gcm == nil {
		return nil, ErrNoKey
	}
	head := 1 + b.gcm.NonceSize()
	if len(sealed) < head || sealed[0] != version {
		return nil, ErrWrongKey
	}
	text, err := b.gcm.Open(nil, sealed[1:head], sealed[head:], []byte(place))
	if err != nil {
		return nil, ErrWrongKey
	}
	return text, nil
}

// ParseKey reads 32 bytes in base64 or as 64 hexadecimal digits.
func ParseKey(text string) ([]byte, error) {
	for _, read := range []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawURLEncoding.DecodeString} {
		if key, err := read(text); err == nil && len(key) == keySize {
			return key, nil
		}
	}
	return nil, fmt.Errorf("want %d bytes in base64 or hexadecimal digits", keySize)
}

// KeyFile gives the key that lies in a file, made with mode 0600 when there is none.
func KeyFile(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKey(path); err != nil {
			return nil, fmt.Errorf("secret: make a key: %w", err)
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	key, err := ParseKey(string(bytes.TrimSpace(text)))
	if err != nil {
		return nil, fmt.Errorf("secret: %s: %w", path, err)
	}
	return key, nil
}

// makeKey writes a new key and makes it durable; where somebody else is faster, theirs stays.
func makeKey(path string) (err error) {
	key := make([]byte, keySize)
	_, _ = rand.Read(key)
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
