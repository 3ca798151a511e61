package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

// Upload is a resumable upload of one person's photo. Offset counts the bytes that are durable; Generation is that of
// the latest attempt to append, and only it may move the offset.
type Upload struct {
	ID         inspect.ID
	Photo      inspect.ID
	Issue      inspect.ID
	Person     inspect.ID
	Bytes      int64
	Offset     int64
	Generation int64
	SentAt     inspect.Time // by the phone's clock, when it began
	CreatedAt  inspect.Time
	ExpiresAt  inspect.Time
}

// Whole says whether every byte is durable.
func (u *Upload) Whole() bool { return u.Offset == u.Bytes }

const uploadColumns = `SELECT u.uid, p.uid, i.uid, w.uid, u.bytes, u.at_offset, u.generation, u.sent_at, u.created_at, u.expires_at
	FROM upload u JOIN photo p ON p.id = u.photo JOIN issue i ON i.id = p.issue JOIN person w ON w.id = u.person `

func scanUpload(r scanner) (u Upload, err error) {
	err = r.Scan((*uid)(&u.ID), (*uid)(&u.Photo), (*uid)(&u.Issue), (*uid)(&u.Person), &u.Bytes, &u.Offset, &u.Generation, &u.SentAt, &u.CreatedAt, &u.ExpiresAt)
	return u, err
}

// Upload gives an upload; ok is false when there is none.
func (tx *Tx) Upload(ctx context.Context, id inspect.ID) (u Upload, ok bool, err error) {
	u, err = scanUpload(tx.row(ctx, uploadColumns+"WHERE u.uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return u, ok, err
}

// InsertUpload begins an upload, unless the person has one of this photo already; either is given back.
func (tx *Tx) InsertUpload(ctx context.Context, u Upload) (Upload, error) {
	if err := tx.exec(ctx, `INSERT INTO upload (uid, photo, person, bytes, at_offset, generation, sent_at, created_at, expires_at)
		VALUES (?, (SELECT id FROM photo WHERE uid = ?), (SELECT id FROM person WHERE uid = ?), ?, ?, 0, ?, ?, ?)
		ON CONFLICT (photo, person) DO UPDATE SET expires_at = excluded.expires_at`,
		bytesOf(u.ID), bytesOf(u.Photo), bytesOf(u.Person), u.Bytes, u.Offset, int64(u.SentAt), int64(tx.Now), int64(u.ExpiresAt)); err != nil {
		return u, err
	}
	return scanUpload(tx.row(ctx, uploadColumns+"WHERE p.uid = ? AND w.uid = ?", bytesOf(u.Photo), bytesOf(u.Person)))
}

// RaiseUpload begins an attempt to append: from here on no earlier one can move the offset. ok is false when the upload
// is gone.
func (tx *Tx) RaiseUpload(ctx context.Context, id inspect.ID) (u Upload, ok bool, err error) {
	if err := tx.exec(ctx, "UPDATE upload SET generation = generation + 1 WHERE uid = ?", bytesOf(id)); err != nil {
		return u, false, err
	}
	return tx.Upload(ctx, id)
}

// AppendChunk moves the offset over a chunk that is durable under a key; ok is false when a later attempt has begun or
// the upload is gone.
func (tx *Tx) AppendChunk(ctx context.Context, u Upload, bytes int64, key string, expires inspect.Time) (ok bool, err error) {
	n, err := tx.change(ctx, "UPDATE upload SET at_offset = ?, expires_at = ? WHERE uid = ? AND at_offset = ? AND generation = ?",
		u.Offset+bytes, int64(expires), bytesOf(u.ID), u.Offset, u.Generation)
	if err != nil || n == 0 {
		return false, err
	}
	return true, tx.exec(ctx, "INSERT INTO upload_chunk (upload, at_offset, bytes, key) VALUES ((SELECT id FROM upload WHERE uid = ?), ?, ?, ?)",
		bytesOf(u.ID), u.Offset, bytes, key)
}

// Chunks gives the keys of an upload's chunks in order.
func (tx *Tx) Chunks(ctx context.Context, id inspect.ID) ([]string, error) {
	return list(ctx, tx, func(r scanner) (key string, err error) {
		err = r.Scan(&key)
		return key, err
	}, "SELECT c.key FROM upload_chunk c JOIN upload u ON u.id = c.upload WHERE u.uid = ? ORDER BY c.at_offset", bytesOf(id))
}

// DropChunks forgets the chunks of an upload and gives the keys that they have.
func (tx *Tx) DropChunks(ctx context.Context, id inspect.ID) ([]string, error) {
	keys, err := tx.Chunks(ctx, id)
	if err != nil {
		return nil, err
	}
	return keys, tx.exec(ctx, "DELETE FROM upload_chunk WHERE upload = (SELECT id FROM upload WHERE uid = ?)", bytesOf(id))
}

// DropUpload forgets an upload and gives the keys of its chunks; nothing there is no error.
func (tx *Tx) DropUpload(ctx context.Context, id inspect.ID) ([]string, error) {
	keys, err := tx.DropChunks(ctx, id)
	if err != nil {
		return nil, err
	}
	return keys, tx.exec(ctx, "DELETE FROM upload WHERE uid = ?", bytesOf(id))
}

// ExpiredUploads gives some uploads whose time is over.
func (tx *Tx) ExpiredUploads(ctx context.Context, limit int) ([]inspect.ID, error) {
	return list(ctx, tx, func(r scanner) (id inspect.ID, err error) {
		err = r.Scan((*uid)(&id))
		return id, err
	}, "SELECT uid FROM upload WHERE expires_at < ? ORDER BY expires_at LIMIT ?", int64(tx.Now), limit)
}

// ChunksKnown gives which of some parts an upload names.
func (tx *Tx) ChunksKnown(ctx context.Context, keys []string) (map[string]bool, error) {
	return tx.textSet(ctx, "SELECT key FROM upload_chunk WHERE key IN ("+marks(len(keys))+")", anyOf(keys)...)
}
