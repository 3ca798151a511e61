package store_test

import (
	"context"
	"errors"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// shapeText is a geometry as it is kept.
const shapeText = `{"type":"Point","coordinates":[110.33,20.03]}`

func TestImportsAreReadBackAndSwitchedOver(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		want := store.AreaImport{ID: id("import"), State: store.AreaImportStaging, Format: "csv", Datum: "gcj02", SHA256: digest("file"), Bytes: 9, Areas: 3, NewAreas: 1,
			ChangedAreas: 2, Errors: 4, Warnings: 5, Findings: `[{"Row":2}]`, AreasVersion: 7, SentBy: id("lin"), SentAt: at(3)}
		road := inspect.Area{ID: id("road"), Name: "龙昆南路", Code: "R1", Level: "road", Class: "main road", Parent: id("block"),
			Outline: digest("shape"), WidthM: 40.5, Enabled: true}
		block := inspect.Area{ID: id("block"), Name: "街区", Code: "B1", Level: "grid", Parent: id("Longhua"), Enabled: true}
		moved := areas[1]
		moved.Name, moved.Outline, moved.Parent = "龙华区", digest("shape"), inspect.ID{}
		wantFilled(t, road, ".CreatedAt", ".UpdatedAt")
		var before int64
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			before, err = tx.AreasVersion(ctx)
			return errors.Join(err, tx.InsertAreaImport(ctx, &want), tx.InsertImportPart(ctx, want.ID, 1, []byte("part")), tx.InsertImportPart(ctx, want.ID, 0, []byte("first")),
				tx.StageOutline(ctx, road.Outline, []byte(shapeText)), tx.StageOutline(ctx, road.Outline, []byte(shapeText)),
				tx.StageArea(ctx, want.ID, &road), tx.StageArea(ctx, want.ID, &block), tx.StageArea(ctx, want.ID, &moved))
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, ok, err := tx.AreaImport(ctx, want.ID)
			same(t, "the import", got, want)
			var parts []string
			errParts := tx.EachImportPart(ctx, want.ID, func(_ int, body []byte) error { parts = append(parts, string(body)); return nil })
			same(t, "its file", parts, []string{"first", "part"})
			untold, errUntold := tx.UnrecordedAreas(ctx, want.ID, 2)
			same(t, "what is staged", untold, []inspect.Area{road, block})
			_, visible, errArea := tx.Area(ctx, road.ID)
			_, same, errSame := tx.SameAreaImport(ctx, "csv", "gcj02", want.SHA256, 7)
			if !ok || visible || same {
				t.Errorf("got %t, %t, %t, want an import that nobody sees and that is not whole", ok, visible, same)
			}
			return errors.Join(err, errParts, errUntold, errArea, errSame)
		})
		var version int64
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			errTold := tx.SetAreaRecorded(ctx, want.ID, road.ID)
			version, err = tx.SwitchAreas(ctx, want.ID)
			return errors.Join(err, errTold, tx.SetAreaImportState(ctx, want.ID, store.AreaImportStaging, store.AreaImportApplied, version, at(9)))
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			now, errVersion := tx.AreasVersion(ctx)
			if now != version || version <= before {
				t.Errorf("the areas are at version %d, then %d, and now %d", before, version, now)
			}
			var errs []error
			for _, want := range []inspect.Area{road, block, moved} {
				got, ok, err := tx.Area(ctx, want.ID)
				if !ok || got.UpdatedAt == 0 || got.CreatedAt == 0 {
					t.Errorf("%s: got %+v, %t", want.Name, got, ok)
				}
				if want.CreatedAt != 0 && (got.CreatedAt != want.CreatedAt || got.UpdatedAt == want.UpdatedAt) {
					t.Errorf("%s was made at %s and changed at %s", want.Name, got.CreatedAt, got.UpdatedAt)
				}
				want.CreatedAt, want.UpdatedAt = got.CreatedAt, got.UpdatedAt
				same(t, want.Name, got, want)
				errs = append(errs, err)
			}
			text, ok, errOutline := tx.Outline(ctx, road.Outline)
			if string(text) != shapeText || !ok {
				t.Errorf("the outline is %s", text)
			}
			again, known, errSame := tx.SameAreaImport(ctx, "csv", "gcj02", want.SHA256, version)
			applied, errApplied := tx.AppliedAreaImports(ctx)
			want.State, want.AppliedAt, want.AreasVersion = store.AreaImportApplied, at(9), version
			same(t, "applied", applied, []store.AreaImport{want})
			if same(t, "the same file", again, want); !known {
				t.Error("the file is not known again")
			}
			untold, errUntold := tx.UnrecordedAreas(ctx, want.ID, 9)
			if len(untold) != 2 {
				t.Errorf("%d areas are still to be told of, want 2", len(untold))
			}
			return errors.Join(errors.Join(errs...), errVersion, errOutline, errSame, errApplied, errUntold)
		})
		other := want
		other.ID, other.State = id("other import"), store.AreaImportChecked
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			first, err := tx.Unstage(ctx, want.ID, 2)
			last, errLast := tx.Unstage(ctx, want.ID, 2)
			if first || !last {
				t.Errorf("three rows are gone after %t, %t", first, last)
			}
			return errors.Join(err, errLast, tx.InsertAreaImport(ctx, &other), tx.InsertImportPart(ctx, other.ID, 0, []byte("x")))
		})
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			old, err := tx.AbandonedAreaImports(ctx, at(4))
			same(t, "forgotten", old, []inspect.ID{other.ID})
			early, errEarly := tx.AbandonedAreaImports(ctx, at(3))
			same(t, "forgotten too early", early, nil)
			half, errHalf := tx.DropAreaImport(ctx, other.ID)
			whole, errWhole := tx.DropAreaImport(ctx, other.ID)
			_, there, errThere := tx.AreaImport(ctx, other.ID)
			if half || !whole || there {
				t.Errorf("dropped: got %t, %t, there %t", half, whole, there)
			}
			return errors.Join(err, errEarly, errHalf, errWhole, errThere)
		})
	})
}
