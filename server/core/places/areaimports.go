package places

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"spotcheck/pkg/atlas"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// MaxAreaFile is how many bytes a file of areas may have.
const MaxAreaFile = 16 << 20

// What is written at once, so that no transaction keeps others waiting.
const (
	partOfFile    = 256 << 10
	areasAtOnce   = 50
	outlineAtOnce = 256 << 10 // bytes of outlines
	findingsKept  = 1000
)

// ForgetAfter is how long an import that nobody applied is kept.
const ForgetAfter = 7 * 24 * time.Hour

// OperatorDesk is whoever runs the program on the machine itself, reading figures as the office does.
var OperatorDesk = &inspect.Actor{Grants: []inspect.Grant{{Role: inspect.Office, Scope: inspect.Scope{Kind: inspect.City}}}}

// Operator is whoever runs the program on the machine itself.
var Operator = &inspect.Actor{Grants: []inspect.Grant{{Role: inspect.Admin, Scope: inspect.Scope{Kind: inspect.City}}}}

// AreaFile is a file of areas as it came.
type AreaFile struct {
	ID     inspect.ID // of the import that it makes; one is made when there is none
	Format atlas.Format
	Datum  geo.Datum
	TableFile
}

// AreaImport is an import and the first of its findings.
type AreaImport struct {
	store.AreaImport
	Findings []atlas.Finding
}

// MaySendAreas refuses who may not send a file of areas, before it is read. Who sent one that is here may send it again, to learn that it is.
func (svc *Service) MaySendAreas(ctx context.Context, a *inspect.Actor) error {
	if a.MayAnywhere(inspect.MayAdminister) {
		return nil
	}
	return svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		sent, err := tx.AreaImportWaits(ctx, a.ID)
		if err == nil && !sent {
			err = inspect.ErrForbidden
		}
		return err
	})
}

// CheckAreas reads a file of areas and keeps what it would change where nobody sees it. The same file again, while no area
// was changed, is the same import. Files are checked one at a time.
func (svc *Service) CheckAreas(ctx context.Context, a *inspect.Actor, f AreaFile) (done AreaImport, repeated bool, err error) {
	if err := svc.MaySendAreas(ctx, a); err != nil {
		return done, false, err
	}
	if len(f.Body) > MaxAreaFile {
		return done, false, inspect.ErrTooLarge
	}
	select {
	case svc.checking <- struct{}{}:
		defer func() { <-svc.checking }()
	case <-ctx.Done():
		return done, false, ctx.Err()
	}
	if err := svc.forgetImports(ctx); err != nil {
		return done, false, err
	}
	s, err := svc.surveyOf(ctx, &f)
	if err != nil || s.same != nil {
		switch {
		case err != nil:
		case a.MayAnywhere(inspect.MayAdminister):
			done, err = withFindings(*s.same)
		case s.same.SentBy == a.ID: // that it is here, and none of what it says
			done.AreaImport = *s.same
		default:
			err = inspect.ErrForbidden
		}
		return done, err == nil, err
	}
	if !a.MayAnywhere(inspect.MayAdminister) {
		return done, false, inspect.ErrForbidden
	}
	if err := s.check(ctx, svc.tables, &f); err != nil {
		return done, false, err
	}
	if s.made.SentBy = a.ID; f.ID.IsZero() {
		f.ID = inspect.NewID()
	}
	s.made.ID = f.ID
	if err := svc.stage(ctx, s, f.Body); err != nil {
		return done, false, err
	}
	done, err = svc.AreaImport(ctx, a, f.ID)
	return done, false, err
}

// survey is a file with what it is held against.
type survey struct {
	made     store.AreaImport
	same     *store.AreaImport // that there is already
	register atlas.Register
	changes  []atlas.Change
}

// surveyOf looks at the register as it is now.
func (svc *Service) surveyOf(ctx context.Context, f *AreaFile) (*survey, error) {
	sum := sha256.Sum256(f.Body)
	if f.Sheet != "" || f.Heads > 0 { // another table of the same file is another import
		sum = sha256.Sum256(fmt.Appendf(nil, "%x %d %s", sum, f.Heads, f.Sheet))
	}
	s := &survey{made: store.AreaImport{State: store.AreaImportStaging, Format: string(f.Format), Datum: string(f.Datum),
		SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(f.Body))}}
	return s, svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		t, err := svc.areas.get(ctx, tx)
		if err != nil {
			return err
		}
		old, ok, err := tx.SameAreaImport(ctx, s.made.Format, s.made.Datum, s.made.SHA256, t.version)
		if ok {
			s.same = &old
		}
		if err != nil || ok {
			return err
		}
		box, err := city.Box.In(ctx, tx)
		s.made.AreasVersion, s.register = t.version, atlas.Register{Areas: t.known, Box: box}
		return err
	})
}

// check finds what is wrong and what would change.
func (s *survey) check(ctx context.Context, tables table.Reader, f *AreaFile) error {
	rows, found, err := atlas.Read(ctx, atlas.File{Format: f.Format, Datum: f.Datum, Body: f.Body, Sheet: f.Sheet, Heads: f.Heads, Tables: tables})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return inspect.ErrAreaFile.With("%s.", err).At(fault.Field{Detail: err.Error()})
	}
	changes, more := atlas.Check(rows, s.register, f.Datum, inspect.NewID)
	var wrong, odd []atlas.Finding
	for _, one := range append(found, more...) {
		if one.Severity == atlas.Error {
			wrong = append(wrong, one)
		} else {
			odd = append(odd, one)
		}
	}
	s.made.Areas, s.made.Errors, s.made.Warnings = len(rows), len(wrong), len(odd)
	if len(wrong) == 0 {
		s.changes = changes
	}
	for _, c := range s.changes {
		if c.New {
			s.made.NewAreas++
		} else {
			s.made.ChangedAreas++
		}
	}
	wrong = append(wrong, odd...)
	text, err := json.Marshal(wrong[:min(len(wrong), findingsKept)])
	s.made.Findings = string(text)
	return err
}

// stage writes an import in small transactions; nothing reads it before the last.
func (svc *Service) stage(ctx context.Context, s *survey, body []byte) error {
	id := s.made.ID
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		s.made.SentAt = tx.Now
		return tx.InsertAreaImport(ctx, &s.made)
	}); err != nil {
		return err
	}
	for n := 0; n*partOfFile < len(body); n++ {
		part := body[n*partOfFile : min((n+1)*partOfFile, len(body))]
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.InsertImportPart(ctx, id, n, part) }); err != nil {
			return err
		}
	}
	for rest := s.changes; len(rest) > 0; {
		now := nextChanges(rest)
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return stageAreas(ctx, tx, id, now) }); err != nil {
			return err
		}
		rest = rest[len(now):]
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetAreaImportState(ctx, id, store.AreaImportStaging, store.AreaImportChecked, s.made.AreasVersion, 0)
	})
}

// nextChanges are those that the next transaction takes, at least one.
func nextChanges(rest []atlas.Change) []atlas.Change {
	size := 0
	for n := range rest {
		if size += len(rest[n].Text); n > 0 && (n == areasAtOnce || size > outlineAtOnce) {
			return rest[:n]
		}
	}
	return rest
}

func stageAreas(ctx context.Context, tx *store.Tx, id inspect.ID, changes []atlas.Change) error {
	if err := tx.LockRegisters(ctx); err != nil { // an outline that is there stays
		return err
	}
	for n := range changes {
		v := &changes[n]
		if v.Text != nil {
			if err := tx.StageOutline(ctx, v.Area.Outline, v.Text); err != nil {
				return err
			}
		}
		if err := tx.StageArea(ctx, id, &v.Area); err != nil {
			return err
		}
	}
	return nil
}

// forgetImports takes away what was sent long ago and never applied.
func (svc *Service) forgetImports(ctx context.Context) error {
	var old []inspect.ID
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		old, err = tx.AbandonedAreaImports(ctx, tx.Now.Add(-ForgetAfter))
		return err
	}); err != nil {
		return err
	}
	for _, id := range old {
		if err := svc.unstage(ctx, id); err != nil {
			return err
		}
		for done := false; !done; {
			if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
				done, err = tx.DropAreaImport(ctx, id)
				return err
			}); err != nil {
				return err
			}
		}
	}
	if len(old) == 0 {
		return nil
	}
	return svc.dropOutlines(ctx)
}

// dropOutlines takes away what only forgotten imports had brought.
func (svc *Service) dropOutlines(ctx context.Context) error {
	for done := false; !done; {
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			if err = tx.LockRegisters(ctx); err == nil {
				done, err = tx.DropOutlines(ctx, areasAtOnce)
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

func (svc *Service) unstage(ctx context.Context, id inspect.ID) error {
	for done := false; !done; {
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			done, err = tx.Unstage(ctx, id, 10*areasAtOnce)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// AreaImport gives an import with its findings.
func (svc *Service) AreaImport(ctx context.Context, a *inspect.Actor, id inspect.ID) (done AreaImport, err error) {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return done, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		kept, err := checkedImport(ctx, tx, id)
		if err == nil {
			done, err = withFindings(kept)
		}
		return err
	})
	return done, err
}

// checkedImport gives an import that is whole.
func checkedImport(ctx context.Context, tx *store.Tx, id inspect.ID) (store.AreaImport, error) {
	kept, ok, err := tx.AreaImport(ctx, id)
	if err == nil && (!ok || kept.State == store.AreaImportStaging) {
		err = inspect.ErrNotFound
	}
	return kept, err
}

func withFindings(kept store.AreaImport) (AreaImport, error) {
	done := AreaImport{AreaImport: kept}
	err := json.Unmarshal([]byte(kept.Findings), &done.Findings)
	return done, err
}

// AreaStaged is the line about an area that an import will make or change.
const AreaStaged = "area.staged"

// importBody is what the record keeps of an import.
func importBody(i *store.AreaImport) map[string]any {
	return map[string]any{"format": i.Format, "datum": i.Datum, "sha256": i.SHA256, "bytes": i.Bytes, "areas": i.Areas, "fresh": i.NewAreas, "changed": i.ChangedAreas,
		"warnings": i.Warnings, "sent_by": i.SentBy, "sent_at": i.SentAt}
}
