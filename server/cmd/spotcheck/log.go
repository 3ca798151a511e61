package main

import (
	"context"
	"errors"
	"fmt"

	"spotcheck/pkg/signedlog"
	"spotcheck/server/core/ledger"
)

// signedLog prints the last signed checkpoint of the log of events, or the public key that it is checked with: both to be kept elsewhere.
func signedLog(ctx context.Context, t *terminal, args []string) error {
	f := flags("log")
	sign := f.Bool("sign", false, "sign the log as it is now first")
	key := f.Bool("key", false, "print the public key, as tools for signed notes and --log-keys take it")
	pem := f.Bool("pem", false, "print the public key, as openssl takes it")
	a, err := openExisting(ctx, t, f, args)
	if err != nil {
		return err
	}
	if *sign {
		_, err = a.Core.Ledger.SignLog(ctx)
	}
	var last ledger.SignedCheckpoint
	if err == nil {
		last, err = a.Core.Ledger.LastSigned(ctx)
	}
	if err := errors.Join(err, a.Close()); err != nil {
		return err
	}
	text := last.Note
	if *key || *pem {
		if text, err = publicKey(&last, *pem); err != nil {
			return err
		}
	}
	_, err = fmt.Fprint(t.out, text)
	return err
}

// publicKey is the key that signed a checkpoint.
func publicKey(c *ledger.SignedCheckpoint, asPEM bool) (string, error) {
	if c.Key == nil {
		return "", errors.New("the last checkpoint was not signed by a key that is known here: give SPOTCHECK_LOG_KEY or --log-keys")
	}
	if asPEM {
		text, err := signedlog.PEM(c.Key)
		return string(text), err
	}
	text, err := signedlog.VerifierKey(c.Origin, c.Key)
	return text + "\n", err
}
