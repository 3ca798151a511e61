package audit

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// imports notes when the record says that an import was applied: what areas say of it counts from then on.
func (a *auditor) imports(ctx context.Context, tx *store.Tx, s evidence.Stream) error {
	if s.Kind != store.StreamImport {
		return nil
	}
	told, err := tx.Events(ctx, s, 0, 1)
	for _, e := range told {
		a.imported[s.ID] = e.At
	}
	return err
}

// outlines holds outlines and the files that they came from against their digests.
func (a *auditor) outlines(ctx context.Context, tx *store.Tx) error {
	if err := tx.EachOutline(ctx, func(sum string, geometry []byte) error {
		delete(a.outlined, sum)
		if got := sha256.Sum256(geometry); hex.EncodeToString(got[:]) != sum {
			a.wrong("outline "+sum, "the outline was changed: its digest is %x", got)
		}
		return nil
	}); err != nil {
		return err
	}
	for sum, area := range a.outlined {
		a.wrong(area.String(), "the outline %s, which it has or had, is missing", sum)
	}
	imports, err := tx.AppliedAreaImports(ctx)
	if err != nil {
		return err
	}
	for _, i := range imports {
		sum, next := sha256.New(), 0
		if err := tx.EachImportPart(ctx, i.ID, func(n int, body []byte) error {
			if sum.Write(body); n != next {
				a.wrong(store.StreamImport+"/"+i.ID.String(), "part %d of the file stands where part %d should be", n, next)
			}
			next++
			return nil
		}); err != nil {
			return err
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != i.SHA256 {
			a.wrong(store.StreamImport+"/"+i.ID.String(), "the file was changed: its digest is %s", got)
		}
	}
	return nil
}

// lookedAt holds when somebody was last at each place and area against the visits and rounds, which the record tells of.
func (a *auditor) lookedAt(ctx context.Context, tx *store.Tx) error {
	return tx.EachWronglyLookedAt(ctx, func(subject inspect.VisitSubject, id inspect.ID, kept, told inspect.Time) error {
		a.wrong(string(subject)+" "+id.String(), "was last looked at %s by its row, and %s by visits and rounds", cmp.Or(kept.String(), "never"), cmp.Or(told.String(), "never"))
		return nil
	})
}
