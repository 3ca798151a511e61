package signedlog

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// MaxNote is the largest signed checkpoint that is read, in bytes.
const MaxNote = 4096

// What can be wrong with a signed checkpoint.
var (
	ErrMalformed  = errors.New("signedlog: not a checkpoint as C2SP tlog-checkpoint says")
	ErrUnknownKey = errors.New("signedlog: none of the known keys signed this checkpoint")
	ErrSignature  = errors.New("signedlog: the signature of this checkpoint is not of its text")
)

// Checkpoint says what the log was at one size.
type Checkpoint struct {
	Origin string // names the log
	Size   int64  // leaves
	Root   tlog.Hash
}

// Origin names the log that begins with a leaf.
func Origin(first tlog.Hash) string { return fmt.Sprintf("spotcheck/%x", first[:8]) }

// text is what is signed.
func (c Checkpoint) text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(c.Root[:]) + "\n"
}

// Parse reads a signed checkpoint without looking at its signatures. Lines after the third are those of later versions.
func Parse(signed []byte) (Checkpoint, error) {
	var unverified *note.UnverifiedNoteError
	if len(signed) > MaxNote {
		return Checkpoint{}, ErrMalformed
	}
	if _, err := note.Open(signed, nil); !errors.As(err, &unverified) {
		return Checkpoint{}, ErrMalformed
	}
	return parseText(unverified.Note.Text)
}

func parseText(text string) (c Checkpoint, err error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 3 || lines[0] == "" {
		return c, ErrMalformed
	}
	for _, more := range lines[3:] {
		if more == "" {
			return c, ErrMalformed
		}
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return c, ErrMalformed
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return c, ErrMalformed
	}
	return Checkpoint{lines[0], size, tlog.Hash(root)}, nil
}

// Open reads a signed checkpoint of which one of the keys has signed the text.
func Open(signed []byte, keys []ed25519.PublicKey) (Checkpoint, error) {
	c, err := Parse(signed)
	if err != nil {
		return c, err
	}
	var known []note.Verifier
	for _, key := range keys {
		v, err := verifier(c.Origin, key)
		if err != nil {
			return c, err
		}
		known = append(known, v)
	}
	var wrong *note.InvalidSignatureError
	switch _, err = note.Open(signed, note.VerifierList(known...)); {
	case errors.As(err, &wrong):
		return c, ErrSignature
	case err != nil:
		return c, ErrUnknownKey
	}
	return c, nil
}

// signer signs with a key under the name of a log.
type signer struct {
	note.Verifier
	key ed25519.PrivateKey
}

func (s signer) Sign(text []byte) ([]byte, error) { return ed25519.Sign(s.key, text), nil }

// Sign is the checkpoint with a signature.
func (c Checkpoint) Sign(key ed25519.PrivateKey) ([]byte, error) {
	v, err := verifier(c.Origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: c.text()}, signer{v, key})
}

func verifier(origin string, key ed25519.PublicKey) (note.Verifier, error) {
	text, err := VerifierKey(origin, key)
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(text)
}
