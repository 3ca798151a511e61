package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"spotcheck/server/secret"
)

func box(t *testing.T, first byte) secret.Box {
	t.Helper()
	b, err := secret.New(append([]byte{first}, make([]byte, 31)...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatIsSealedOpensInItsPlaceOnly(t *testing.T) {
	b := box(t, 1)
	text := []byte("whsec_一个秘密")
	sealed, err := b.Seal("webhook/1", text)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := b.Open("webhook/1", sealed); err != nil || !bytes.Equal(got, text) {
		t.Errorf("got %q, %v", got, err)
	}
	if again, _ := b.Seal("webhook/1", text); bytes.Equal(again, sealed) || bytes.Contains(sealed, text[:6]) {
		t.Error("the same text is sealed the same way twice, or can be read")
	}
	if _, err := b.Open("webhook/2", sealed); !errors.Is(err, secret.ErrWrongKey) {
		t.Errorf("in another place: %v", err)
	}
	if _, err := box(t, 2).Open("webhook/1", sealed); !errors.Is(err, secret.ErrWrongKey) {
		t.Errorf("with another key: %v", err)
	}
	for n := range sealed {
		bad := bytes.Clone(sealed)
		bad[n] ^= 1
		if _, err := b.Open("webhook/1", bad); !errors.Is(err, secret.ErrWrongKey) {
			t.Errorf("byte %d changed: %v", n, err)
		}
		if _, err := b.Open("webhook/1", sealed[:n]); !errors.Is(err, secret.ErrWrongKey) {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
	var none secret.Box
	if _, err := none.Seal("x", text); !errors.Is(err, secret.ErrNoKey) {
		t.Errorf("without a key: %v", err)
	}
	if _, err := none.Open("x", sealed); !errors.Is(err, secret.ErrNoKey) {
		t.Errorf("without a key: %v", err)
	}
}

func TestKeysAreReadInBothForms(t *testing.T) {
	key := bytes.Repeat([]byte{0xfb}, 32)
	for _, text := range []string{hex.EncodeToString(key), base64.StdEncoding.EncodeToString(key), base64.RawURLEncoding.EncodeToString(key)} {
		if got, err := secret.ParseKey(text); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%s: got %x, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "secret", hex.EncodeToString(key[:31]), base64.StdEncoding.EncodeToString(append(key, 0))} {
		if _, err := secret.ParseKey(text); err == nil {
			t.Errorf("%q is taken for a key", text)
		}
	}
	if _, err := secret.New(key[:16]); err == nil {
		t.Error("a short key is taken")
	}
}

// TestAKeyIsMadeOnce asks for the key of a folder from many sides at once.
func TestAKeyIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	keys := make([][]byte, 8)
	var all sync.WaitGroup
	for n := range keys {
		all.Go(func() {
			key, err := secret.KeyFile(path)
			if err != nil {
				t.Error(err)
			}
			keys[n] = key
		})
	}
	all.Wait()
	for _, key := range keys {
		if !bytes.Equal(key, keys[0]) || len(key) != 32 {
			t.Errorf("got %x and %x", key, keys[0])
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("the folder holds %v", left)
	}
	if err := os.WriteFile(path, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.KeyFile(path); err == nil {
		t.Error("what is no key is taken for one")
	}
}
