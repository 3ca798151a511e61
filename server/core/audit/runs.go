package audit

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/signedlog"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// Bounds of what the desk shows of the record, and of what is kept of the findings of one audit.
const (
	checkpointsShown  = 60
	auditNotes        = 60 // lines: that an audit was asked for, and what it found
	auditFindingsKept = 200
	findingLength     = 500 // characters

)

// The lines about an audit on record.
const (
	auditAsked = "audit.asked"
	auditDone  = "audit.done"
)

// auditFindings is the text in which the findings of an audit lie beside the record: they may quote what names people.
const auditFindings = "findings"

// RunAudit asks for an audit of the whole record.
type RunAudit struct {
	Audit   string `json:"audit"`
	By      string `json:"by"`
	Against string `json:"against,omitempty"` // a checkpoint that was kept outside: of a day in its canonical form, or of the log as it was signed
}

// Kind names the job.
func (RunAudit) Kind() string { return "record.audit" }

// Queue keeps it apart: it may take hours, and one at a time is enough.
func (RunAudit) Queue() string { return AuditQueue }

// AuditQueue is where audits wait for each other.
const AuditQueue = "audits"

// OutsideCheckpoint is a checkpoint that was kept outside, as its document says it.
type OutsideCheckpoint = evidence.Checkpoint

// KeptCheckpoint is a checkpoint with its hash, which the next one names.
type KeptCheckpoint struct {
	evidence.Checkpoint
	Hash evidence.Digest
}

// RecordState is what the record is now, and how it was last looked through.
type RecordState struct {
	Events      int64
	Checkpoints []KeptCheckpoint // the last ones, newest first
	Audits      []AuditRun       // the last ones, newest first
}

// AuditRun is an audit that was asked for at the desk, or made on the command line. DoneAt is 0 while it has not ended.
type AuditRun struct {
	ID       inspect.ID
	By       inspect.ID // the zero one for the command line
	AskedAt  inspect.Time
	DoneAt   inspect.Time
	Against  bool // it was held against a checkpoint that was kept outside
	Sum      AuditSummary
	Findings []Finding // the first ones
}

// auditNote is a line about an audit as the record has it.
type auditNote struct {
	ID      inspect.ID        `json:"id"`
	At      inspect.Time      `json:"at"`
	By      inspect.ID        `json:"by"`
	Against string            `json:"against"` // hash of the checkpoint
	Sum     AuditSummary      `json:"sum"`
	Seals   map[string]string `json:"seals"`
}

// Record gives the state of the record, with the names of who asked for audits.
func (svc *Service) Record(ctx context.Context, a *inspect.Actor) (r RecordState, people map[inspect.ID]store.PersonRef, err error) {
	if !a.MayAnywhere(inspect.MaySeeRecord) {
		return r, nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if r.Events, err = tx.LastSeq(ctx); err != nil {
			return err
		}
		if r.Checkpoints, err = lastCheckpoints(ctx, tx); err != nil {
			return err
		}
		if r.Audits, err = auditRuns(ctx, tx); err != nil {
			return err
		}
		var by []inspect.ID
		for _, run := range r.Audits {
			by = issues.AppendID(by, run.By)
		}
		people, err = tx.PeopleRefs(ctx, by)
		return err
	})
	return r, people, err
}

func lastCheckpoints(ctx context.Context, tx *store.Tx) ([]KeptCheckpoint, error) {
	raw, err := tx.Checkpoints(ctx)
	if err != nil {
		return nil, err
	}
	var all []KeptCheckpoint
	for n := len(raw) - 1; n >= 0 && len(all) < checkpointsShown; n-- {
		one, err := evidence.ParseCheckpoint(raw[n])
		if err != nil {
			continue // what cannot be read is what an audit finds
		}
		hash, err := one.Hash()
		if err != nil {
			return nil, err
		}
		all = append(all, KeptCheckpoint{one, hash})
	}
	return all, nil
}

func auditRuns(ctx context.Context, tx *store.Tx) ([]AuditRun, error) {
	lines, err := tx.AuditNotes(ctx, auditNotes)
	if err != nil {
		return nil, err
	}
	var all []AuditRun
	for _, line := range lines {
		var note auditNote
		if err := json.Unmarshal(line.Body, &note); err != nil {
			continue
		}
		k := slices.IndexFunc(all, func(r AuditRun) bool { return r.ID == note.ID })
		if k < 0 {
			all = append(all, AuditRun{ID: note.ID, By: note.By, AskedAt: note.At, Against: note.Against != ""})
			k = len(all) - 1
		}
		if line.Type != auditDone {
			continue
		}
		all[k].DoneAt, all[k].Sum = note.At, note.Sum
		texts, err := tx.Texts(ctx, note.ID)
		if err != nil {
			return nil, err
		}
		_ = json.Unmarshal([]byte(texts[auditFindings]), &all[k].Findings) // what is not as it was, the next audit finds
	}
	slices.Reverse(all)
	return all, nil
}

// Checkpoint gives the checkpoint of a day in its canonical form, to be kept outside.
func (svc *Service) Checkpoint(ctx context.Context, a *inspect.Actor, date string) (body []byte, err error) {
	if !a.MayAnywhere(inspect.MaySeeRecord) {
		return nil, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		body = nil
		return tx.EachCheckpoint(ctx, func(of string, kept []byte) error {
			if of == date {
				body = kept
			}
			return nil
		})
	})
	if err == nil && body == nil {
		err = inspect.ErrNoCheckpoint
	}
	return body, err
}

// AskAudit leaves an audit of the whole record to a job; the same again is the same audit. against is nil, or a checkpoint that
// was kept outside; signed is empty, or one of the log.
func (svc *Service) AskAudit(ctx context.Context, a *inspect.Actor, id inspect.ID, against *OutsideCheckpoint, signed string) (repeated bool, err error) {
	job := RunAudit{Audit: id.String(), By: a.ID.String(), Against: signed}
	pointer := "/against_log"
	if against != nil {
		body, err := against.Canonical()
		if err != nil {
			return false, err
		}
		pointer, job.Against = "/against", string(body)
	}
	hash := ""
	if job.Against != "" {
		if hash, err = hashOf([]byte(job.Against)); err != nil {
			return false, inspect.ErrContent.At(fault.Field{Pointer: pointer, Detail: "not a checkpoint of a record"}).Because(err)
		}
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		old, known, err := askedAudit(ctx, tx, id)
		if repeated = known; err != nil {
			return err
		}
		if known && old.By != a.ID && !a.MayAnywhere(inspect.MayAdminister) {
			return inspect.ErrForbidden
		}
		if known && (old.By != a.ID || old.Against != hash) {
			return inspect.ErrAuditDiffers
		}
		if known {
			return nil
		}
		if !a.MayAnywhere(inspect.MayAdminister) {
			return inspect.ErrForbidden
		}
		body := map[string]any{"id": id}
		if hash != "" {
			body["against"] = hash
		}
		tx.NoteAudit(auditAsked, a.ID, body)
		if err := tx.Log(ctx, store.LogEntry{Kind: inspect.LogAudit, Person: a.ID, Address: a.Address}); err != nil {
			return err
		}
		return tx.Enqueue(ctx, job, 0)
	})
	return repeated, err
}

// askedAudit is the line that asked for an audit, while it is among the last ones.
func askedAudit(ctx context.Context, tx *store.Tx, id inspect.ID) (note auditNote, ok bool, err error) {
	lines, err := tx.AuditNotes(ctx, auditNotes)
	if err != nil {
		return note, false, err
	}
	for _, line := range lines {
		note = auditNote{}
		if json.Unmarshal(line.Body, &note) == nil && note.ID == id && line.Type == auditAsked {
			return note, true, nil
		}
	}
	return auditNote{}, false, nil
}

// RunAudit makes an audit that was asked for and keeps what it found.
func (svc *Service) RunAudit(ctx context.Context, job RunAudit) error {
	id, err := inspect.ParseID(job.Audit)
	if err != nil {
		return err
	}
	by, err := inspect.ParseID(job.By)
	if err != nil {
		return err
	}
	var outside []byte
	if job.Against != "" {
		outside = []byte(job.Against)
	}
	_, err = svc.AuditOnRecord(ctx, id, by, outside, func(Finding) {})
	return err
}

// AuditOnRecord is Audit with a line on record: who made it, how long it took, what it counted, and the first findings.
func (svc *Service) AuditOnRecord(ctx context.Context, id, by inspect.ID, outside []byte, tell func(Finding)) (AuditSummary, error) {
	began := svc.now()
	var found []Finding
	sum, err := svc.Audit(ctx, outside, func(f Finding) {
		tell(f)
		if detail := []rune(f.Detail); len(detail) > findingLength {
			f.Detail = string(detail[:findingLength]) + "…"
		}
		if len(found) < auditFindingsKept {
			found = append(found, f)
		} else if n := slices.IndexFunc(found, func(f Finding) bool { return !f.Wrong }); f.Wrong && n >= 0 {
			found[n] = f // what is wrong matters more than a note
		}
	})
	if err != nil {
		return sum, err
	}
	text, err := json.Marshal(found)
	if err != nil {
		return sum, err
	}
	return sum, svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		body := map[string]any{"id": id, "sum": sum, "took_ms": svc.now().Sub(began) / time.Millisecond}
		if outside != nil {
			body["against"], err = hashOf(outside)
			if err != nil {
				return err
			}
		}
		if len(found) > 0 {
			seals, err := tx.SealTexts(ctx, id, map[string]string{auditFindings: string(text)})
			if err != nil {
				return err
			}
			body["seals"] = seals
		}
		tx.NoteAudit(auditDone, by, body)
		return nil
	})
}

// hashOf is the hash of a checkpoint of a day, however its document is laid out, or of a signed one of the log.
func hashOf(document []byte) (string, error) {
	if _, err := signedlog.Parse(document); err == nil {
		return evidence.Digest(sha256.Sum256(document)).String(), nil
	}
	c, err := evidence.ParseCheckpoint(document)
	if err != nil {
		return "", err
	}
	hash, err := c.Hash()
	return hash.String(), err
}
