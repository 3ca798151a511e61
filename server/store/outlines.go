package store

import "context"

// areasCounter counts the changes of areas: whoever keeps them in memory knows by it when to look again.
const areasCounter = "areas"

func (tx *Tx) areasChanged(ctx context.Context) error {
	tx.above = nil
	_, err := tx.next(ctx, areasCounter, 1)
	return err
}

// AreasVersion is how often areas and their outlines were changed.
func (tx *Tx) AreasVersion(ctx context.Context) (n int64, err error) {
	err = tx.row(ctx, "SELECT value FROM counter WHERE name = '"+areasCounter+"'").Scan(&n)
	_, err = ignoreNoRows(err)
	return n, err
}

// Outline gives the GeoJSON of an outline by its SHA-256; ok is false when there is none.
func (tx *Tx) Outline(ctx context.Context, sum string) (geometry []byte, ok bool, err error) {
	err = tx.row(ctx, "SELECT geometry FROM outline WHERE sha256 = ?", sum).Scan(&geometry)
	ok, err = ignoreNoRows(err)
	return geometry, ok, err
}

// EachOutline calls f with every outline that is kept, also those that no area has any more.
func (tx *Tx) EachOutline(ctx context.Context, f func(sum string, geometry []byte) error) error {
	return tx.each(ctx, func(r scanner) error {
		var sum string
		var geometry []byte
		if err := r.Scan(&sum, &geometry); err != nil {
			return err
		}
		return f(sum, geometry)
	}, "SELECT sha256, geometry FROM outline ORDER BY id")
}

// StageOutline keeps an outline that no area has yet, and that the record does not name yet.
func (tx *Tx) StageOutline(ctx context.Context, sum string, geometry []byte) error {
	return tx.exec(ctx, "INSERT INTO outline (sha256, geometry, told) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING", sum, string(geometry), false)
}

// DropOutlines takes away outlines that the record never named and that no import has staged, so many at once; done is true when
// nothing is left. What an area had once stays: the record says where it lay then.
func (tx *Tx) DropOutlines(ctx context.Context, limit int) (done bool, err error) {
	n, err := tx.change(ctx, `DELETE FROM outline WHERE id IN (SELECT o.id FROM outline o WHERE NOT o.told AND NOT EXISTS (SELECT 1 FROM area WHERE outline = o.id)
		AND NOT EXISTS (SELECT 1 FROM area_import_row r WHERE r.outline = o.id) ORDER BY o.id LIMIT ?)`, limit)
	return err == nil && n < int64(limit), err
}
