package store

import (
	"context"
	"crypto/rand"
)

// SealRoot is what the keys of people's devices are derived from: random, and made when there is none.
func (tx *Tx) SealRoot(ctx context.Context) (root []byte, err error) {
	const read = "SELECT root FROM seal_root WHERE id = 1"
	if found, err := ignoreNoRows(tx.row(ctx, read).Scan(&root)); found || err != nil {
		return root, err
	}
	made := make([]byte, 32)
	_, _ = rand.Read(made) // never fails: it ends the program instead
	if err := tx.exec(ctx, "INSERT INTO seal_root (id, root) VALUES (1, ?) ON CONFLICT (id) DO NOTHING", made); err != nil {
		return nil, err
	}
	err = tx.row(ctx, read).Scan(&root)
	return root, err
}
