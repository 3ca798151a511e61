package httpapi

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// modernCiphers are those of TLS 1.2 that are left; TLS 1.3 has good ones only.
var modernCiphers = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256}

// secured is the TLS of a listener whose certificate is read anew when its file changes.
func secured(certFile, keyFile string, log *slog.Logger) (*tls.Config, error) {
	k := &certificateFiles{cert: certFile, key: keyFile, log: log}
	if err := k.load(); err != nil {
		return nil, fmt.Errorf("httpapi: %w", err)
	}
	return &tls.Config{GetCertificate: k.current, MinVersion: tls.VersionTLS12, CipherSuites: modernCiphers}, nil
}

// certificateFiles are a certificate and its key, which somebody renews while the server runs.
type certificateFiles struct {
	cert, key string
	log       *slog.Logger
	mu        sync.Mutex
	loaded    *tls.Certificate
	changed   [2]time.Time // of the two files that are loaded, or could not be
}

// current gives the newest certificate that could be read. One that cannot be read does not end the one before it: its key may come in a moment.
func (k *certificateFiles) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if at, err := k.times(); err == nil && at != k.changed {
		if err := k.load(); err != nil {
			k.changed = at
			k.log.Error("the new certificate cannot be read; the one before it is used on", "error", err)
		} else {
			k.log.Info("a new certificate is used", "file", k.cert)
		}
	}
	return k.loaded, nil
}

func (k *certificateFiles) load() error {
	at, err := k.times()
	if err != nil {
		return err
	}
	c, err := tls.LoadX509KeyPair(k.cert, k.key)
	if err != nil {
		return err
	}
	k.loaded, k.changed = &c, at
	return nil
}

// times are when the two files were changed.
func (k *certificateFiles) times() (at [2]time.Time, err error) {
	for n, file := range []string{k.cert, k.key} {
		i, err := os.Stat(file)
		if err != nil {
			return at, err
		}
		at[n] = i.ModTime()
	}
	return at, nil
}
