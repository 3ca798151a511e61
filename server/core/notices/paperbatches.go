package notices

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// BatchRequest asks for papers about all issues of a filter.
type BatchRequest struct {
	ID      inspect.ID
	Kind    inspect.PaperKind
	Each    BatchPart
	Office  string
	Filter  store.IssueFilter
	Content []byte // the body and the filter as they came, to know a repetition
	PaperTexts
}

// BatchPart says for what a batch makes a paper.
type BatchPart string

// One paper for each issue, or for each unit about all of its issues.
const (
	EachIssue BatchPart = "issue"
	EachUnit  BatchPart = "unit"
)

// batchContent is what a batch was asked for, as it was when it was asked.
type batchContent struct {
	Each   BatchPart      `json:"each"`
	Office string         `json:"office,omitempty"`
	Papers [][]inspect.ID `json:"papers"` // the issues of each
	PaperTexts
}

// BatchFailure is a paper that could not be issued.
type BatchFailure struct {
	Issues []inspect.ID `json:"issues"`
	Code   string       `json:"code"`
	Detail string       `json:"detail"`
}

// maxBatch is how many issues a batch has at most.
const maxBatch = 5000

// MakeBatch asks for the papers of a batch.
type MakeBatch struct {
	Batch string `json:"batch"`
}

// Kind names the job.
func (MakeBatch) Kind() string { return "papers.batch" }

// Patient says that photos that people wait for come first.
func (MakeBatch) LowPriority() bool { return true }

// BatchBody is what the record keeps of a batch; what was asked for is sealed.
func BatchBody(b *store.Batch) map[string]any {
	return map[string]any{"issuer": b.By, "kind": b.Kind, "papers": b.Papers, "done": b.Done, "failed": b.Failed}
}

// AskBatch keeps what a filter finds now and leaves the papers to a job; the same again is the same batch.
func (svc *Service) AskBatch(ctx context.Context, a *inspect.Actor, ask BatchRequest) (b store.Batch, repeated bool, err error) {
	text, err := ledger.Content(ask.Content)
	if err != nil {
		return b, false, err
	}
	old, known, err := svc.batch(ctx, ask.ID)
	if err != nil {
		return b, false, err
	}
	asked := batchContent{Each: ask.Each, Office: ask.Office, PaperTexts: ask.PaperTexts}
	if (!known || old.By != a.ID) && !a.MayAnywhere(inspect.MayIssuePapers) {
		return b, false, inspect.ErrForbidden
	}
	if !known {
		if asked.Papers, err = svc.batchOf(ctx, a, &ask); err != nil {
			return b, false, err
		}
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if old, known, err = tx.Batch(ctx, ask.ID); err != nil {
			return err
		}
		if repeated = known; known && (old.By != a.ID || !ledger.SameContent(text, old.ContentSalt, old.ContentSeal)) {
			return inspect.ErrBatchDiffers
		}
		if !known {
			return svc.askBatch(ctx, tx, a, &ask, &asked, text, &b)
		}
		b = old
		return nil
	})
	return b, repeated, err
}

func (svc *Service) askBatch(ctx context.Context, tx *store.Tx, a *inspect.Actor, ask *BatchRequest, asked *batchContent, text string, b *store.Batch) error {
	if err := ask.ahead(tx.Now); err != nil {
		return err
	}
	if _, ok, err := OfficeNamed(ctx, tx, ask.Office); err != nil {
		return err
	} else if !ok {
		return inspect.UnknownField("/office", "no office has this code")
	}
	frozen, err := evidence.CanonicalOf(asked)
	if err != nil {
		return err
	}
	seals, err := tx.SealTexts(ctx, ask.ID, map[string]string{"asked": string(frozen)})
	if err != nil {
		return err
	}
	*b = store.Batch{ID: ask.ID, By: a.ID, Kind: ask.Kind, AskedAt: tx.Now, UpdatedAt: tx.Now, Papers: len(asked.Papers)}
	b.ContentSalt, b.ContentSeal = ledger.SealedContent(text)
	body := BatchBody(b)
	body["seals"] = seals
	ledger.Record(tx, a.ID, store.StreamBatch, b.ID.String(), "paper_batch.asked", body)
	if err := tx.InsertBatch(ctx, b); err != nil {
		return err
	}
	return tx.Enqueue(ctx, MakeBatch{Batch: b.ID.String()}, 0)
}

func (svc *Service) batch(ctx context.Context, id inspect.ID) (b store.Batch, ok bool, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		b, ok, err = tx.Batch(ctx, id)
		return err
	})
	return b, ok, err
}

// batchOf gives the issues of each paper of a batch: those that a filter finds, that are such that a paper can be issued about
// them, and that some unit holds.
func (svc *Service) batchOf(ctx context.Context, a *inspect.Actor, ask *BatchRequest) (papers [][]inspect.ID, err error) {
	f := ask.Filter
	f.Viewer, f.Limit, f.Cursor = a, issues.ExportPage, nil
	open := map[inspect.ID]int{} // the last paper to a unit
	for n := 0; ; {
		var rows []store.IssueRow
		if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			rows, f.Cursor, err = tx.ListIssues(ctx, f)
			return err
		}); err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.Unit.IsZero() || !slices.Contains(paperStatuses(ask.Kind), r.Status) {
				continue
			}
			if n++; n > maxBatch {
				return nil, inspect.ErrBatchTooLarge
			}
			at, has := open[r.Unit]
			if ask.Each == EachUnit && has && len(papers[at]) < maxItems {
				papers[at] = append(papers[at], r.ID)
				continue
			}
			open[r.Unit], papers = len(papers), append(papers, []inspect.ID{r.ID})
		}
		if f.Cursor == nil {
			break
		}
	}
	if len(papers) == 0 {
		return nil, inspect.ErrBatchEmpty
	}
	return papers, nil
}

// MakeBatch issues the papers of a batch, those that are not there yet: each has an id that follows from the batch and its
// first issue, so that nothing is made twice however often this begins anew.
func (svc *Service) MakeBatch(ctx context.Context, job MakeBatch) error {
	id, err := inspect.ParseID(job.Batch)
	if err != nil {
		return fmt.Errorf("notices: batch: %w", err)
	}
	var b store.Batch
	var who inspect.Actor
	var asked batchContent
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if b, _, err = tx.Batch(ctx, id); err != nil || b.Done || b.ID.IsZero() {
			return err
		}
		told, err := tx.Texts(ctx, id)
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(told["asked"]), &asked); err != nil {
			return err
		}
		p, _, err := tx.Person(ctx, b.By)
		who = inspect.Actor{ID: p.ID, Grants: p.Grants}
		return err
	}); err != nil || b.Done || b.ID.IsZero() {
		return err
	}
	failed := []BatchFailure{}
	for _, issues := range asked.Papers {
		ask := PaperRequest{ID: paperOf(id, issues[0]), Kind: b.Kind, Office: asked.Office, Issues: issues, Batch: id, PaperTexts: asked.PaperTexts}
		err := svc.issueOnce(ctx, &who, &ask)
		switch f, user := fault.As(err); {
		case user && f.Kind != fault.Unavailable:
			failed = append(failed, BatchFailure{issues, f.Code, f.Text})
		case err != nil:
			return err
		}
	}
	return svc.endBatch(ctx, id, failed)
}

// paperOf is the id of the paper that a batch makes about an issue.
func paperOf(batch, issue inspect.ID) inspect.ID { return DerivedID(batch, string(issue[:])) }

// DerivedID is an id that follows from another and from what it is for (a UUID of version 8): made again it is the same.
func DerivedID(from inspect.ID, what string) inspect.ID {
	sum := sha256.Sum256(append(from[:], what...))
	id := inspect.ID(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return id
}

// issueOnce issues a paper unless it is there.
func (svc *Service) issueOnce(ctx context.Context, a *inspect.Actor, ask *PaperRequest) error {
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, ok, err := tx.Paper(ctx, ask.ID); ok || err != nil {
			return err
		}
		return svc.issuePaper(ctx, tx, a, ask, []byte{}, "")
	})
}

func (svc *Service) endBatch(ctx context.Context, id inspect.ID, failed []BatchFailure) error {
	text, err := evidence.CanonicalOf(failed)
	if err != nil {
		return err
	}
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		b, _, err := tx.Batch(ctx, id)
		if err != nil || b.Done {
			return err
		}
		seals, err := SealsOf(ctx, tx, id)
		if err != nil {
			return err
		}
		b.Done, b.Failed, b.UpdatedAt = true, string(text), tx.Now
		body := BatchBody(&b)
		body["seals"] = seals
		ledger.Record(tx, inspect.ID{}, store.StreamBatch, id.String(), "paper_batch.done", body)
		return tx.EndBatch(ctx, &b)
	})
}

// Batch gives how far a batch is, to who asked for it and to whoever reaches the whole city.
func (svc *Service) Batch(ctx context.Context, a *inspect.Actor, id inspect.ID) (store.Batch, error) {
	b, ok, err := svc.batch(ctx, id)
	if err == nil && (!ok || b.By != a.ID && !a.MayThroughoutAll(inspect.MayIssuePapers, inspect.Jurisdiction{})) {
		err = inspect.ErrBatchNotFound
	}
	return b, err
}

// BatchPapers calls f for each page of the papers of a batch that is done, newest first; that they were taken out is in the
// security log.
func (svc *Service) BatchPapers(ctx context.Context, a *inspect.Actor, id inspect.ID, asked string, f func(PaperPage) error) error {
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.Log(ctx, store.LogEntry{Kind: inspect.LogExport, Person: a.ID, Address: a.Address, Detail: asked})
	}); err != nil {
		return err
	}
	for filter := (store.PaperFilter{Batch: id, Limit: issues.ExportPage}); ; {
		page, err := svc.Papers(ctx, a, filter)
		if err != nil {
			return err
		}
		if err := f(page); err != nil || page.Next == 0 {
			return err
		}
		filter.After = page.Next
	}
}
