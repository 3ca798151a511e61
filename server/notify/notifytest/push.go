package notifytest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"spotcheck/server/notify"
)

// Browser is a browser with its push service: it decrypts what comes (RFC 8188, RFC 8291) and checks who sent it (RFC 8292).
type Browser struct {
	*HTTPS
	key             *ecdh.PrivateKey
	auth            []byte
	public, private string // of the city
}

// Push is a browser that takes messages of a city.
func Push(t testing.TB) Place {
	public, private, err := notify.NewVAPID()
	if err != nil {
		t.Fatal(err)
	}
	b := NewBrowser(t, public)
	b.private = private
	return b
}

// NewBrowser is a browser that takes messages signed with a public key of VAPID.
func NewBrowser(t testing.TB, public string) *Browser {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &Browser{key: key, auth: make([]byte, 16), public: public}
	_, _ = rand.Read(b.auth)
	b.HTTPS = begin(t, kind{path: "/push/key-of-the-robot", refusal: notify.RecipientGone,
		answers: map[Mode]answer{Takes: {201, ""}, Busy: {429, ""}, Refuses: {404, ""}},
		read: func(s *HTTPS, r *http.Request, body []byte) Got {
			if err := b.vouched(r); err != nil {
				s.wrong("VAPID: " + err.Error())
			}
			text, err := b.decrypt(body)
			if err != nil || r.Header.Get("Content-Encoding") != "aes128gcm" || r.Header.Get("TTL") == "" {
				s.wrong("it cannot be decrypted")
			}
			var in struct{ ID, Title, Text string }
			if err := json.Unmarshal(text, &in); err != nil || r.Header.Get("Topic") != strings.ReplaceAll(in.ID, "-", "") {
				s.wrong("got " + string(text))
			}
			return Got{in.ID, in.Title + "\n" + in.Text}
		}})
	b.to.P256dh, b.to.Auth = base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), base64.RawURLEncoding.EncodeToString(b.auth)
	return b
}

// Channel is web push with the keys of the city.
func (b *Browser) Channel(o *notify.OutboundClient) notify.Channel {
	return &notify.Push{Outside: o, Subject: "office@example.org", Public: b.public, Private: b.private}
}

// vouched checks the token of VAPID.
func (b *Browser) vouched(r *http.Request) error {
	fields, ok := strings.CutPrefix(r.Header.Get("Authorization"), "vapid t=")
	token, public, both := strings.Cut(fields, ", k=")
	if !ok || !both || public != b.public {
		return errors.New("the header cannot be read, or names another key")
	}
	raw, err := base64.RawURLEncoding.DecodeString(public)
	if err != nil {
		return err
	}
	claims := jwt.MapClaims{}
	_, err = jwt.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return ecdsaKey(raw) }, jwt.WithValidMethods([]string{"ES256"}), jwt.WithExpirationRequired())
	if err == nil && (claims["aud"] != "https://"+r.Host || claims["sub"] != "mailto:office@example.org") {
		err = errors.New("it is for somebody else")
	}
	return err
}

// decrypt is the receiving side of aes128gcm with one record.
func (b *Browser) decrypt(body []byte) ([]byte, error) {
	if len(body) < 21 || len(body) < 21+int(body[20]) {
		return nil, errors.New("it has no header")
	}
	salt, size, sender, record := body[:16], binary.BigEndian.Uint32(body[16:20]), body[21:21+int(body[20])], body[21+int(body[20]):]
	if len(record) > int(size) {
		return nil, errors.New("more than one record")
	}
	theirs, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		return nil, err
	}
	shared, err := b.key.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	ikm, err := hkdf.Key(sha256.New, shared, b.auth, "WebPush: info\x00"+string(b.key.PublicKey().Bytes())+string(sender), 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	padded, err := gcm.Open(nil, nonce, record, nil)
	if err != nil {
		return nil, err
	}
	padded = []byte(strings.TrimRight(string(padded), "\x00"))
	if len(padded) == 0 || padded[len(padded)-1] != 2 {
		return nil, errors.New("the padding is wrong")
	}
	return padded[:len(padded)-1], nil
}
