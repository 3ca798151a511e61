package store

import (
	"context"

	"spotcheck/pkg/inspect"
)

// ImportMapping says under a name how tables of work from elsewhere are read.
type ImportMapping struct {
	ID        inspect.ID
	Name      string
	Mapping   string // JSON
	Enabled   bool
	CreatedAt inspect.Time
	UpdatedAt inspect.Time
}

const mappingColumns = "SELECT uid, name, mapping, enabled, created_at, updated_at FROM import_mapping "

func scanMapping(r scanner) (m ImportMapping, err error) {
	err = r.Scan((*uid)(&m.ID), &m.Name, &m.Mapping, &m.Enabled, &m.CreatedAt, &m.UpdatedAt)
	return m, err
}

// ImportMappings gives all mappings in the order of their names.
func (tx *Tx) ImportMappings(ctx context.Context) ([]ImportMapping, error) {
	return list(ctx, tx, scanMapping, mappingColumns+"ORDER BY name")
}

// ImportMapping gives one mapping; ok is false when there is none.
func (tx *Tx) ImportMapping(ctx context.Context, id inspect.ID) (m ImportMapping, ok bool, err error) {
	m, err = scanMapping(tx.row(ctx, mappingColumns+"WHERE uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return m, ok, err
}

// MappingNamed gives the mapping of a name; ok is false when there is none.
func (tx *Tx) MappingNamed(ctx context.Context, name string) (m ImportMapping, ok bool, err error) {
	m, err = scanMapping(tx.row(ctx, mappingColumns+"WHERE name = ?", name))
	ok, err = ignoreNoRows(err)
	return m, ok, err
}

// SaveMapping inserts a mapping or changes the one with its id.
func (tx *Tx) SaveMapping(ctx context.Context, m ImportMapping) error {
	return tx.exec(ctx, `INSERT INTO import_mapping (uid, name, mapping, enabled, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (uid) DO UPDATE SET name = excluded.name, mapping = excluded.mapping, enabled = excluded.enabled, updated_at = excluded.updated_at`,
		bytesOf(m.ID), m.Name, m.Mapping, m.Enabled, int64(m.CreatedAt), int64(m.UpdatedAt))
}
