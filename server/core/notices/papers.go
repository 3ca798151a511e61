package notices

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// PaperRequest is a paper as the office wants it. What is left out is taken from the issues.
type PaperRequest struct {
	ID       inspect.ID
	Kind     inspect.PaperKind
	Office   string // code of the office that issues it; the first one when empty
	Issues   []inspect.ID
	Unit     inspect.ID // that it is addressed to; the one that holds the issues when there is none
	Corrects inspect.ID
	Batch    inspect.ID
	PaperTexts
	Content []byte // the body as it came, to know a repetition
}

// PaperTexts are what the office writes on a paper.
type PaperTexts struct {
	CopyTo      []string     `json:"copy_to,omitempty"`
	Reason      string       `json:"reason,omitempty"`
	Demand      string       `json:"demand,omitempty"`
	DueAt       inspect.Time `json:"due_at,omitzero"`
	Basis       string       `json:"basis,omitempty"`
	Consequence string       `json:"consequence,omitempty"`
	Signer      string       `json:"signer,omitempty"`
}

// ahead refuses a deadline that is over before the paper is issued.
func (t *PaperTexts) ahead(now inspect.Time) error {
	if t.DueAt != 0 && t.DueAt <= now {
		return inspect.InvalidField("/due_at", "the deadline is later than now")
	}
	return nil
}

// PaperView is a paper as one person may see it.
type PaperView struct {
	store.Paper
	Says      json.RawMessage // the frozen content; nothing once it is erased
	Unprinted string          // characters that the pages cannot show
	Receipt   *store.Receipt
	Void      *store.Cancellation // nil while it is in force
	Names     PaperNames
}

// PaperNames are what the ids of papers stand for.
type PaperNames struct {
	Units   map[inspect.ID]string
	People  map[inspect.ID]store.PersonRef
	Numbers map[inspect.ID]string // of issues and of papers
}

// maxItems is how many issues one paper is about at most.
const maxItems = 100

// IssuePaper takes the next number of a series and freezes what the paper says; the same again is the same paper.
func (svc *Service) IssuePaper(ctx context.Context, a *inspect.Actor, ask PaperRequest) (v PaperView, repeated bool, err error) {
	text, err := ledger.Content(ask.Content)
	if err != nil {
		return v, false, err
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		old, ok, err := tx.Paper(ctx, ask.ID)
		if err != nil {
			return err
		}
		if (!ok || old.Issuer != a.ID) && !a.MayAnywhere(inspect.MayIssuePapers) {
			return inspect.ErrForbidden
		}
		if repeated = ok; ok && (old.Issuer != a.ID || !ledger.SameContent(text, old.ContentSalt, old.ContentSeal)) {
			return inspect.ErrPaperDiffers
		}
		if !ok {
			if err := ask.ahead(tx.Now); err != nil {
				return err
			}
			salt, seal := ledger.SealedContent(text)
			if err := svc.issuePaper(ctx, tx, a, &ask, salt, seal); err != nil {
				return err
			}
		}
		v, err = svc.paperView(ctx, tx, ask.ID)
		return err
	})
	return v, repeated, err
}

// errPreviewed ends a transaction in which a paper was only tried.
var errPreviewed = errors.New("notices: previewed")

// PreviewPaper gives a paper as it would be issued now; no number is taken and nothing is kept.
func (svc *Service) PreviewPaper(ctx context.Context, a *inspect.Actor, ask PaperRequest) (v PaperView, err error) {
	if !a.MayAnywhere(inspect.MayIssuePapers) {
		return v, inspect.ErrForbidden
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := ask.ahead(tx.Now); err != nil {
			return err
		}
		if err := svc.issuePaper(ctx, tx, a, &ask, []byte{}, ""); err != nil {
			return err
		}
		if v, err = svc.paperView(ctx, tx, ask.ID); err != nil {
			return err
		}
		return errPreviewed
	})
	if errors.Is(err, errPreviewed) {
		err = nil
	}
	return v, err
}

func (svc *Service) issuePaper(ctx context.Context, tx *store.Tx, a *inspect.Actor, ask *PaperRequest, salt []byte, seal string) error {
	rows, err := paperIssues(ctx, tx, a, ask)
	if err != nil {
		return err
	}
	unit, err := addressee(ctx, tx, ask, rows)
	if err != nil {
		return err
	}
	corrected, err := corrected(ctx, tx, a, ask, unit.ID)
	if err != nil {
		return err
	}
	p := &store.Paper{Paper: inspect.Paper{ID: ask.ID, Kind: ask.Kind, Unit: unit.ID, Issuer: a.ID, Corrects: ask.Corrects, Batch: ask.Batch, Issues: ask.Issues,
		IssuedAt: tx.Now, UpdatedAt: tx.Now}, ContentSalt: salt, ContentSeal: seal}
	says, err := svc.content(ctx, tx, ask, rows, &unit)
	if err != nil {
		return err
	}
	says.Corrects = corrected
	if err := svc.number(ctx, tx, ask.Office, p, says); err != nil {
		return err
	}
	frozen, err := evidence.CanonicalOf(says)
	if err != nil {
		return inspect.ErrContent.Because(err)
	}
	seals, err := tx.SealTexts(ctx, p.ID, map[string]string{"content": string(frozen)})
	if err != nil {
		return err
	}
	if err := tx.InsertPaper(ctx, p); err != nil {
		return err
	}
	recordPaper(tx, a.ID, paperIssued, p, seals, nil, nil)
	if err := svc.tellPrograms(ctx, tx, paperIssued, p); err != nil {
		return err
	}
	for n := range rows {
		if err := svc.issues.Save(ctx, tx, &rows[n], &inspect.Event{Type: "issue.paper_issued", By: a.ID, At: tx.Now, Paper: p.ID, PaperNumber: p.Number}); err != nil {
			return err
		}
	}
	return tx.Enqueue(ctx, MakePaper{Paper: p.ID.String()}, 0)
}

// content is what a paper says but for its number and its office.
func (svc *Service) content(ctx context.Context, tx *store.Tx, ask *PaperRequest, rows []store.IssueRow, to *inspect.Unit) (says *paper.Content, err error) {
	says = &paper.Content{Kind: ask.Kind, To: to.Name, CopyTo: ask.CopyTo, Reason: ask.Reason, Demand: ask.Demand, DueAt: svc.longTime(ask.DueAt),
		Basis: ask.Basis, Consequence: ask.Consequence, Signer: ask.Signer, Date: tx.Now.UTC().In(svc.zone).Format("2006年1月2日")}
	says.Items, err = svc.items(ctx, tx, rows)
	return says, err
}

// recordPaper leaves a line about a paper that tells all of it.
func recordPaper(tx *store.Tx, by inspect.ID, event string, p *store.Paper, seals map[string]string, r *store.Receipt, void *store.Cancellation) {
	body := PaperBody(p, r, void)
	body["seals"] = seals
	ledger.Record(tx, by, store.StreamPaper, p.ID.String(), event, body)
}

// PaperBody is what the record keeps of a paper; what it says is sealed.
func PaperBody(p *store.Paper, r *store.Receipt, void *store.Cancellation) map[string]any {
	body := map[string]any{"kind": p.Kind, "office": p.Office, "year": p.Year, "n": p.N, "number": p.Number, "unit": p.Unit, "issuer": p.Issuer,
		"corrects": p.Corrects, "batch": p.Batch, "issues": p.Issues, "pdf": p.PDF.SHA256, "pdf_bytes": p.PDF.Bytes, "docx": p.DOCX.SHA256, "docx_bytes": p.DOCX.Bytes}
	if body["receipt"] = nil; r != nil {
		body["receipt"] = map[string]any{"by": r.By, "at": r.At, "signed_at": r.SignedAt, "signature": r.Signature.SHA256,
			"signature_bytes": r.Signature.Bytes, "photo": r.Photo}
	}
	if void != nil {
		body["cancelled"] = map[string]any{"by": void.By, "at": void.At}
	}
	return body
}

// paperIssues are the issues of a paper, locked; all of them must be such that a paper can be issued about them.
func paperIssues(ctx context.Context, tx *store.Tx, a *inspect.Actor, ask *PaperRequest) (rows []store.IssueRow, err error) {
	if err := tx.LockIssues(ctx, ask.Issues...); err != nil {
		return nil, err
	}
	var wrong []fault.Field
	for n, id := range ask.Issues {
		row, err := issues.Visible(ctx, tx, a, id, inspect.MayIssuePapers)
		at := fmt.Sprintf("/issues/%d", n)
		switch f, _ := fault.As(err); {
		case f != nil && f.Kind == fault.NotFound:
			wrong = append(wrong, fault.Field{Pointer: at, Detail: "there is no such issue, or none that you may see"})
		case err != nil:
			return nil, err
		case !slices.Contains(paperStatuses(ask.Kind), row.Status):
			return nil, inspect.ErrWrongStatus.With("There is no %s about an issue that is %s.", paper.Title(ask.Kind), row.Status).
				At(fault.Field{Pointer: at, Detail: string(row.Status)}).WithState(issues.CurrentState(&row))
		}
		rows = append(rows, row)
	}
	if len(wrong) > 0 {
		return nil, inspect.ErrUnknownRef.At(wrong...)
	}
	return rows, nil
}

// paperStatuses are those of the issues that a paper may be about; the office presses on what is open.
func paperStatuses(k inspect.PaperKind) []inspect.Status {
	open := []inspect.Status{inspect.Reported, inspect.Assigned, inspect.Fixed}
	if k == inspect.SupervisionLetter {
		return open
	}
	return append(open, inspect.Verified)
}

// addressee is the unit that a paper is for: the one that was asked for, or the one that holds all of the issues.
func addressee(ctx context.Context, tx *store.Tx, ask *PaperRequest, rows []store.IssueRow) (inspect.Unit, error) {
	id := ask.Unit
	if id.IsZero() {
		id = rows[0].Unit
		if id.IsZero() || slices.ContainsFunc(rows, func(r store.IssueRow) bool { return r.Unit != id }) {
			return inspect.Unit{}, inspect.InvalidField("/unit", "the issues are not held by one unit: say to whom the paper goes")
		}
	}
	u, ok, err := tx.Unit(ctx, id)
	if err == nil && !ok {
		err = inspect.UnknownField("/unit", "there is no such unit")
	}
	return u, err
}

// corrected is the number of the paper that another one takes the place of: the same kind to the same unit, once.
func corrected(ctx context.Context, tx *store.Tx, a *inspect.Actor, ask *PaperRequest, unit inspect.ID) (string, error) {
	if ask.Corrects.IsZero() {
		return "", nil
	}
	if err := tx.LockPaper(ctx, ask.Corrects); err != nil {
		return "", err
	}
	old, ok, err := tx.Paper(ctx, ask.Corrects)
	if err != nil {
		return "", err
	}
	if ok {
		ok, err = mayPaper(ctx, tx, a, inspect.MayIssuePapers, &old)
	}
	switch {
	case err != nil:
		return "", err
	case !ok:
		return "", inspect.UnknownField("/corrects", "there is no such paper, or none that you may see")
	case old.CancelledAt != 0:
		return "", inspect.ErrPaperCancelled
	case !old.CorrectedBy.IsZero():
		return "", inspect.ErrPaperCorrected
	case old.Kind != ask.Kind || old.Unit != unit:
		return "", inspect.InvalidField("/corrects", "a correction is of the same kind and to the same unit")
	}
	return old.Number, nil
}

// number takes the next number of the series and writes it, with the name of the office, into the paper.
func (svc *Service) number(ctx context.Context, tx *store.Tx, office string, p *store.Paper, says *paper.Content) error {
	o, ok, err := OfficeNamed(ctx, tx, office)
	if err != nil {
		return err
	}
	if !ok {
		return inspect.UnknownField("/office", "no office has this code")
	}
	p.Office, p.Year = o.Code, tx.Now.UTC().In(svc.zone).Year()
	if p.N, err = tx.NextPaper(ctx, p.Kind, o.Code, p.Year); err != nil {
		return err
	}
	p.Number = o.template(p.Kind).Number(p.Year, p.N)
	says.Number, says.Office = p.Number, o.Name
	if taken, err := tx.PaperNumbered(ctx, p.Number); err != nil {
		return err
	} else if taken {
		return inspect.ErrPaperNumber.With("The number %s was given to another paper; the templates of the offices have to be changed.", p.Number)
	}
	return nil
}

// longTime is a time as papers write it, in the city's zone.
func (svc *Service) longTime(t inspect.Time) string {
	if t == 0 {
		return ""
	}
	return t.UTC().In(svc.zone).Format("2006年1月2日15时04分")
}

// items are what a paper says of its issues.
func (svc *Service) items(ctx context.Context, tx *store.Tx, rows []store.IssueRow) (items []paper.Item, err error) {
	for n := range rows {
		i := &rows[n]
		category, _, err := tx.Category(ctx, i.Category)
		if err != nil {
			return nil, err
		}
		told, err := tx.Texts(ctx, i.ID)
		if err != nil {
			return nil, err
		}
		photos, err := tx.Photos(ctx, i.ID)
		if err != nil {
			return nil, err
		}
		item := paper.Item{Number: i.Number, CheckedAt: svc.longTime(i.ReportedAt), Place: told["address"], Category: fmt.Sprintf("%s（%s）", category.NameZH, i.Category),
			Wrong: told["note"], DueAt: svc.longTime(i.DueAt), DoneAt: svc.longTime(i.FixedAt), Photos: svc.shown(photos)}
		if item.Place == "" && i.Place != nil {
			item.Place = fmt.Sprintf("北纬%.5f°，东经%.5f°", i.Place.Lat, i.Place.Lon)
		}
		if i.Status == inspect.Verified {
			item.Result, item.ResultAt = "复查合格", svc.longTime(i.ClosedAt)
		}
		items = append(items, item)
	}
	return items, nil
}

// shownEach is how many photos from before, and as many from after, stand on a paper for each issue.
const shownEach = 2

// shown are the first photos from before and the last ones from after that are safe.
func (svc *Service) shown(photos []inspect.Photo) []paper.Photo {
	var before, after []paper.Photo
	for _, p := range photos {
		if p.State != inspect.PhotoSafe || p.Kind == inspect.PhotoCheck {
			continue
		}
		caption := svc.longTime(p.ReceivedAt) + "收到"
		if at := p.CorrectedCapture(); at != 0 {
			caption = svc.longTime(at)
		}
		v := paper.Photo{ID: p.ID.String(), SHA256: p.SHA256, After: p.Kind == inspect.PhotoAfter, Caption: caption}
		if v.After {
			after = append(after, v)
		} else {
			before = append(before, v)
		}
	}
	return append(before[:min(len(before), shownEach)], after[max(0, len(after)-shownEach):]...)
}
