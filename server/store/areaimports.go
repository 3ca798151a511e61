package store

import (
	"context"
	"fmt"

	"spotcheck/pkg/inspect"
)

// AreaImportState is how far an import of areas is.
type AreaImportState string

// The states.
const (
	AreaImportStaging AreaImportState = "staging" // its parts are on their way
	AreaImportChecked AreaImportState = "checked" // its findings are there; it may be applied when none is an error
	AreaImportApplied AreaImportState = "applied"
)

// AreaImport is a file of areas that was checked, and perhaps applied.
type AreaImport struct {
	ID           inspect.ID
	State        AreaImportState
	Format       string
	Datum        string
	SHA256       string // of the file
	Bytes        int64
	Areas        int // in the file
	NewAreas     int // that would be, or were, new
	ChangedAreas int // that would be, or were, changed, the new ones not counted
	Errors       int
	Warnings     int
	Findings     string // JSON, the first of them
	AreasVersion int64  // version of the areas that it was checked against
	SentBy       inspect.ID
	SentAt       inspect.Time
	AppliedAt    inspect.Time
}

const importColumns = `SELECT uid, state, format, datum, sha256, bytes, areas, fresh, changed, errors, warnings, findings, against, sent_by, sent_at, applied_at
	FROM area_import `

func scanImport(r scanner) (i AreaImport, err error) {
	err = r.Scan((*uid)(&i.ID), (*string)(&i.State), &i.Format, &i.Datum, &i.SHA256, &i.Bytes, &i.Areas, &i.NewAreas, &i.ChangedAreas, &i.Errors, &i.Warnings,
		&i.Findings, &i.AreasVersion, (*uid)(&i.SentBy), &i.SentAt, &i.AppliedAt)
	return i, err
}

// AreaImport gives an import; ok is false when there is none.
func (tx *Tx) AreaImport(ctx context.Context, id inspect.ID) (i AreaImport, ok bool, err error) {
	i, err = scanImport(tx.row(ctx, importColumns+"WHERE uid = ?", bytesOf(id)))
	ok, err = ignoreNoRows(err)
	return i, ok, err
}

// AreaImportWaits says whether somebody sent a file that waits to be applied.
func (tx *Tx) AreaImportWaits(ctx context.Context, by inspect.ID) (waits bool, err error) {
	err = tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM area_import WHERE state = ? AND sent_by = ?)", string(AreaImportChecked), bytesOf(by)).Scan(&waits)
	return waits, err
}

// SameAreaImport finds the newest import of a file that was checked against the areas as they are at a version.
func (tx *Tx) SameAreaImport(ctx context.Context, format, datum, sum string, version int64) (i AreaImport, ok bool, err error) {
	i, err = scanImport(tx.row(ctx, importColumns+"WHERE sha256 = ? AND format = ? AND datum = ? AND against = ? AND state <> ? ORDER BY id DESC LIMIT 1",
		sum, format, datum, version, string(AreaImportStaging)))
	ok, err = ignoreNoRows(err)
	return i, ok, err
}

// AppliedAreaImports gives those imports that changed areas, oldest first.
func (tx *Tx) AppliedAreaImports(ctx context.Context) ([]AreaImport, error) {
	return list(ctx, tx, scanImport, importColumns+"WHERE state = ? ORDER BY id", string(AreaImportApplied))
}

// AbandonedAreaImports gives those that were sent before a moment and never applied.
func (tx *Tx) AbandonedAreaImports(ctx context.Context, before inspect.Time) ([]inspect.ID, error) {
	return list(ctx, tx, func(r scanner) (id inspect.ID, err error) {
		err = r.Scan((*uid)(&id))
		return id, err
	}, "SELECT uid FROM area_import WHERE state <> ? AND sent_at < ? ORDER BY id", string(AreaImportApplied), int64(before))
}

// InsertAreaImport begins an import.
func (tx *Tx) InsertAreaImport(ctx context.Context, i *AreaImport) error {
	return tx.exec(ctx, `INSERT INTO area_import (uid, state, format, datum, sha256, bytes, areas, fresh, changed, errors, warnings, findings, against, sent_by,
			sent_at, applied_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
		bytesOf(i.ID), string(i.State), i.Format, i.Datum, i.SHA256, i.Bytes, i.Areas, i.NewAreas, i.ChangedAreas, i.Errors, i.Warnings, i.Findings, i.AreasVersion,
		bytesOf(i.SentBy), int64(i.SentAt))
}

// thatImport is the row of an import, by the id that is an argument.
const thatImport = "(SELECT id FROM area_import WHERE uid = ?)"

// SetAreaImportState takes an import from one state to the next, with the version of the areas that it then stands for.
func (tx *Tx) SetAreaImportState(ctx context.Context, id inspect.ID, from, to AreaImportState, version int64, appliedAt inspect.Time) error {
	return tx.execOne(ctx, "UPDATE area_import SET state = ?, against = ?, applied_at = ? WHERE uid = ? AND state = ?", string(to), version,
		int64(appliedAt), bytesOf(id), string(from))
}

// InsertImportPart keeps a part of the file.
func (tx *Tx) InsertImportPart(ctx context.Context, id inspect.ID, n int, body []byte) error {
	return tx.exec(ctx, "INSERT INTO area_import_part (import, n, body) VALUES ("+thatImport+", ?, ?)", bytesOf(id), n, body)
}

// EachImportPart calls f with the parts of a file in order.
func (tx *Tx) EachImportPart(ctx context.Context, id inspect.ID, f func(n int, body []byte) error) error {
	return tx.each(ctx, func(r scanner) error {
		var n int
		var body []byte
		if err := r.Scan(&n, &body); err != nil {
			return err
		}
		return f(n, body)
	}, "SELECT n, body FROM area_import_part WHERE import = "+thatImport+" ORDER BY n", bytesOf(id))
}

// StageArea keeps an area as an import would make it; its outline is staged already.
func (tx *Tx) StageArea(ctx context.Context, id inspect.ID, a *inspect.Area) error {
	return tx.exec(ctx, `INSERT INTO area_import_row (import, area, name, code, level, class, parent, outline, width_m, enabled, told)
		VALUES (`+thatImport+`, ?, ?, ?, ?, ?, ?, (SELECT id FROM outline WHERE sha256 = ?), ?, ?, ?)`,
		bytesOf(id), bytesOf(a.ID), a.Name, a.Code, string(a.Level), a.Class, bytesOf(a.Parent), a.Outline, a.WidthM, a.Enabled, false)
}

const stagedColumns = `SELECT r.area, r.name, r.code, r.level, r.class, r.parent, COALESCE(o.sha256, ''), r.width_m, r.enabled FROM area_import_row r
	LEFT JOIN outline o ON o.id = r.outline WHERE r.import = ` + thatImport

func scanStaged(r scanner) (a inspect.Area, err error) {
	err = r.Scan((*uid)(&a.ID), &a.Name, &a.Code, &a.Level, &a.Class, (*uid)(&a.Parent), &a.Outline, &a.WidthM, &a.Enabled)
	return a, err
}

// StagedAreas gives all areas as an import would make them.
func (tx *Tx) StagedAreas(ctx context.Context, id inspect.ID) ([]inspect.Area, error) {
	return list(ctx, tx, scanStaged, stagedColumns+" ORDER BY r.id", bytesOf(id))
}

// UnrecordedAreas gives staged areas of which the record does not tell yet.
func (tx *Tx) UnrecordedAreas(ctx context.Context, id inspect.ID, limit int) ([]inspect.Area, error) {
	return list(ctx, tx, scanStaged, stagedColumns+" AND NOT r.told ORDER BY r.id LIMIT ?", bytesOf(id), limit)
}

// SetAreaRecorded notes that the record tells of a staged area, and names its outline.
func (tx *Tx) SetAreaRecorded(ctx context.Context, id, area inspect.ID) error {
	if err := tx.exec(ctx, "UPDATE outline SET told = ? WHERE NOT told AND id = (SELECT outline FROM area_import_row WHERE import = "+thatImport+" AND area = ?)",
		true, bytesOf(id), bytesOf(area)); err != nil {
		return err
	}
	return tx.execOne(ctx, "UPDATE area_import_row SET told = ? WHERE import = "+thatImport+" AND area = ?", true, bytesOf(id), bytesOf(area))
}

// SwitchAreas makes the staged areas of an import those that everybody sees, and gives the version of the areas after it.
func (tx *Tx) SwitchAreas(ctx context.Context, id inspect.ID) (version int64, err error) {
	var row int64
	if err := tx.row(ctx, "SELECT id FROM area_import WHERE uid = ?", bytesOf(id)).Scan(&row); err != nil {
		return 0, fmt.Errorf("store: import %s: %w", id, err)
	}
	if err := tx.exec(ctx, `INSERT INTO area (uid, name, code, level, class, enabled, created_at, updated_at, outline, width_m)
		SELECT r.area, r.name, r.code, r.level, r.class, r.enabled, CAST(? AS BIGINT), CAST(? AS BIGINT), r.outline, r.width_m
		FROM area_import_row r WHERE r.import = ? ORDER BY r.id
		ON CONFLICT (uid) DO UPDATE SET name = excluded.name, code = excluded.code, level = excluded.level, class = excluded.class,
			enabled = excluded.enabled, updated_at = excluded.updated_at, outline = excluded.outline, width_m = excluded.width_m`,
		int64(tx.Now), int64(tx.Now), row); err != nil {
		return 0, err
	}
	if err := tx.exec(ctx, `UPDATE area SET parent = (SELECT p.id FROM area_import_row r JOIN area p ON p.uid = r.parent WHERE r.import = ? AND r.area = area.uid)
		WHERE uid IN (SELECT area FROM area_import_row WHERE import = ?)`, row, row); err != nil {
		return 0, err
	}
	return tx.next(ctx, areasCounter, 1)
}

// Unstage takes away what an import has staged, so many rows at once; done is true when nothing is left.
func (tx *Tx) Unstage(ctx context.Context, id inspect.ID, limit int) (done bool, err error) {
	n, err := tx.change(ctx, "DELETE FROM area_import_row WHERE id IN (SELECT id FROM area_import_row WHERE import = "+thatImport+" ORDER BY id LIMIT ?)", bytesOf(id), limit)
	return err == nil && n < int64(limit), err
}

// DropAreaImport takes away an import that was never applied, a part of its file at a time; done is true when it is gone.
func (tx *Tx) DropAreaImport(ctx context.Context, id inspect.ID) (done bool, err error) {
	n, err := tx.change(ctx, "DELETE FROM area_import_part WHERE id IN (SELECT id FROM area_import_part WHERE import = "+thatImport+" ORDER BY id LIMIT 16)", bytesOf(id))
	if err != nil || n > 0 {
		return false, err
	}
	return true, tx.exec(ctx, "DELETE FROM area_import WHERE uid = ? AND state <> ?", bytesOf(id), string(AreaImportApplied))
}
