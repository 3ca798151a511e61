package workflow

import (
	"cmp"
	"context"
	"errors"
	"time"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/photos"
	"spotcheck/server/core/publicity"
	"spotcheck/server/store"
)

// ActionRequest is an action as a person sends it.
type ActionRequest struct {
	ID      inspect.ID
	Issue   inspect.ID
	Action  inspect.Action
	DoneAt  inspect.Time
	SentAt  inspect.Time
	Version int64 // workflow version of If-Match, 0 for none
	Reason  string
	Note    string
	Unit    inspect.ID
	DueAt   inspect.Time
	Area    inspect.ID
	Into    inspect.ID
	Photos  []inspect.ID
	Photo   inspect.ID
	Verdict inspect.Verdict
	How     inspect.VerificationMethod
	Place   *inspect.Place
	Lost    []inspect.DroppedClaim // of what the phone said
	Flag    inspect.ID
	Decided inspect.Decision
	Rule    inspect.ID
	Until   inspect.Time
	Answer  inspect.Answer
	Kind    inspect.LetterKind
	Letter  inspect.ID
	About   inspect.AppealSubject
	Finding inspect.Finding
	Found   inspect.FieldCheckResult
	Named   []inspect.ID // people whom a comment mentions
	Part    inspect.ID   // of joint work
	To      inspect.ID   // who takes over

	Correction CorrectionRequest // beside Place and Area

	Quantities []inspect.Quantity // of a fix: how much was done

	Findings, Handling string // of feedback, beside the note: what was found, what was done

	Content []byte // the body as it came, to know a repetition
}

// ActionReceipt is the receipt of an action.
type ActionReceipt struct {
	Repeated   bool
	ReceivedAt inspect.Time
	CreditedAt inspect.Time
	Late       bool
	Skew       time.Duration
	Issue      *issues.View // nil in a repetition by somebody who may not see the issue any more
}

// Act does something to an issue; the same action again is done once.
func (svc *Service) Act(ctx context.Context, a *inspect.Actor, ask ActionRequest) (done ActionReceipt, err error) {
	text, err := ledger.Content(ask.Content)
	if err != nil {
		return done, err
	}
	ask.Place = inWGS84(ask.Place)
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := lockForAct(ctx, tx, &ask); err != nil {
			return err
		}
		old, ok, err := tx.Action(ctx, ask.ID)
		if err != nil {
			return err
		}
		done = ActionReceipt{Repeated: ok}
		if ok {
			if old.Issue != ask.Issue || old.By != a.ID || !ledger.SameContent(text, old.ContentSalt, old.ContentSeal) {
				return inspect.ErrActionDiffers
			}
		} else {
			possible := ask.possible(tx.Now)
			if old, err = svc.ActWithin(ctx, tx, a, &possible, text); err != nil {
				return err
			}
			if ask.Action == inspect.Erase { // asked last: who may not erase hears that first, and without it nothing was done
				if err := a.RecentlyAuthenticated(tx.Now); err != nil {
					return err
				}
			}
		}
		done.ReceivedAt, done.CreditedAt, done.Late, done.Skew = old.ReceivedAt, old.CreditedAt, old.Late, old.Skew
		return nil
	})
	if err == nil {
		done.Issue, err = svc.issues.Receipt(ctx, a, ask.Issue, done.Repeated)
	}
	return done, err
}

// inWGS84 is a position in WGS-84 with the point as it came.
func inWGS84(given *inspect.Place) *inspect.Place {
	if given == nil {
		return nil
	}
	p := *given
	p.OriginalPoint, p.Point = p.Point, geo.ToWGS84(p.Point, p.Datum)
	return &p
}

// errPreviewed ends a transaction in which an action was only tried.
var errPreviewed = errors.New("workflow: previewed")

// Preview gives an issue as an action would leave it, or why the action would be refused; nothing is kept.
func (svc *Service) Preview(ctx context.Context, a *inspect.Actor, ask ActionRequest) (v *issues.View, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := lockForAct(ctx, tx, &ask); err != nil {
			return err
		}
		possible := ask.possible(tx.Now)
		if _, err := svc.ActWithin(ctx, tx, a, &possible, ""); err != nil {
			return err
		}
		if v, err = svc.issues.ViewAfter(ctx, tx, a, ask.Issue); err != nil {
			return err
		}
		return errPreviewed
	})
	if errors.Is(err, errPreviewed) {
		err = nil
	}
	return v, err
}

// possible is the request without moments that cannot be: receipt stands in for them.
func (ask ActionRequest) possible(now inspect.Time) ActionRequest {
	ask.SentAt = cmp.Or(ask.SentAt, now)
	ask.DoneAt = cmp.Or(ask.DoneAt, ask.SentAt)
	ask.Place, ask.Lost = possiblePlace(ask.Place, ask.Lost, inspect.Skew(ask.SentAt, now), now)
	return ask
}

// lockForAct keeps the issue, and the other one of a merge, from being changed by others.
func lockForAct(ctx context.Context, tx *store.Tx, ask *ActionRequest) error {
	ids := []inspect.ID{ask.Issue}
	if !ask.Into.IsZero() {
		ids = append(ids, ask.Into)
	}
	if ask.Action == inspect.Unmerge {
		row, ok, err := tx.Issue(ctx, ask.Issue)
		if err != nil {
			return err
		}
		if ok && !row.MergedInto.IsZero() {
			ids = append(ids, row.MergedInto)
		}
	}
	return tx.LockIssues(ctx, ids...)
}

func (svc *Service) ActWithin(ctx context.Context, tx *store.Tx, a *inspect.Actor, ask *ActionRequest, text string) (store.AcceptedAction, error) {
	row, err := issues.Visible(ctx, tx, a, ask.Issue, inspect.Permission(ask.Action))
	if err != nil {
		return store.AcceptedAction{}, err
	}
	if ask.Version != 0 && ask.Version != row.Version {
		return store.AcceptedAction{}, inspect.ErrIssueChanged.WithState(issues.CurrentState(&row))
	}
	m, into, err := svc.prepare(ctx, tx, a, &row, ask)
	if err != nil {
		return store.AcceptedAction{}, withState(err, &row)
	}
	e, err := row.Check(m)
	if err != nil {
		return store.AcceptedAction{}, withState(err, &row)
	}
	if err := svc.duties.NoteProposal(ctx, tx, &row, e); err != nil {
		return store.AcceptedAction{}, err
	}
	if e.Seals, err = tx.SealTexts(ctx, ask.ID, map[string]string{"reason": ask.Reason, "note": ask.Note, "findings": ask.Findings, "handling": ask.Handling}); err != nil {
		return store.AcceptedAction{}, err
	}
	if err := replaceTexts(ctx, tx, ask, e); err != nil {
		return store.AcceptedAction{}, err
	}
	d := store.AcceptedAction{ID: ask.ID, Issue: ask.Issue, Kind: ask.Action, By: a.ID, Photo: ask.Photo, ReceivedAt: tx.Now,
		CreditedAt: e.CreditedAt, Late: e.Late, Skew: inspect.Skew(ask.SentAt, tx.Now), Settled: e.Type != "issue.erasure_asked"}
	d.ContentSalt, d.ContentSeal = ledger.SealedContent(text)
	if err := tx.InsertAction(ctx, d); err != nil {
		return d, err
	}
	if err := figures.TakeQuantities(ctx, tx, &inspect.WorkDone{ID: ask.ID, Source: inspect.QuantityOfFix, Issue: row.ID, Area: row.Area, Unit: row.Unit,
		Category: row.Category, Day: inspect.DateOf(e.CreditedAt, svc.zone), By: a.ID, Quantities: ask.Quantities}); err != nil {
		return d, err
	}
	if err := svc.consequences(ctx, tx, &row, into, m, e, ask.Lost); err != nil {
		return d, err
	}
	since := tx.Now
	switch ask.Action {
	case inspect.Unmerge:
		since = row.ClosedAt // one that was declared, moved or ended meanwhile left the issue alone
	case inspect.Assign, inspect.Correct:
	default:
		return d, svc.issues.Save(ctx, tx, &row, e)
	}
	if err := svc.issues.Save(ctx, tx, &row, e); err != nil {
		return d, err
	}
	under, err := tx.Suspensions(ctx, since)
	if err != nil {
		return d, err
	}
	return d, svc.duties.SuspendIssue(ctx, tx, &row, under)
}

// withState adds the current state to what a rule refuses.
func withState(err error, row *store.IssueRow) error {
	f, ok := fault.As(err)
	if ok && f.State == nil && (f.Kind == fault.Conflict || f.Kind == fault.Forbidden || f.Is(inspect.ErrPhotoNeeded)) {
		return f.WithState(issues.CurrentState(row))
	}
	return err
}

// consequences are what an action changes beside its own issue's workflow.
func (svc *Service) consequences(ctx context.Context, tx *store.Tx, row, into *store.IssueRow, m *inspect.Transition, e *inspect.Event, lost []inspect.DroppedClaim) error {
	flags := append(issues.ActionFlags(row, m, e), issues.LostFlags(lost)...)
	if e.Action == inspect.Correct {
		odd, err := placeFlags(ctx, tx, e.Place)
		if err != nil {
			return err
		}
		flags = append(flags, odd...)
	}
	issues.NoteFlags(row, e, flags)
	if err := issues.RaiseFlags(ctx, tx, row, flags); err != nil {
		return err
	}
	switch e.Type {
	case "issue.photo_withdrawn":
		row.PhotosDeclared--
		return tx.SetPhotoState(ctx, *m.Photo, inspect.PhotoWithdrawn, m.ID)
	case "issue.merged", "issue.unmerged":
		return svc.link(ctx, tx, row, into, m, e)
	case "issue.erased":
		return svc.erase(ctx, tx, row, m)
	case "issue.flag_decided":
		if m.Flag.Decision == "" {
			row.FlagsOpen--
		}
		return tx.DecideFlag(ctx, m.Flag.ID, m.Decided, m.By, m.ID)
	case "issue.erasure_asked":
		return nil
	}
	if !e.SpendsPhotos() {
		return nil
	}
	for _, p := range m.Photos {
		if !p.UsedBy.IsZero() {
			continue
		}
		if err := tx.UsePhoto(ctx, p.ID, m.ID); err != nil {
			return err
		}
	}
	return nil
}

// link writes the other half of a merge, or of its undoing, into the record of the other issue; each half names the head
// of the other chain.
func (svc *Service) link(ctx context.Context, tx *store.Tx, row, into *store.IssueRow, m *inspect.Transition, e *inspect.Event) error {
	head, err := tx.Head(ctx, store.IssueStream(into.ID))
	if err != nil {
		return err
	}
	e.OtherHead = head.Hash.String()
	own, err := tx.Head(ctx, store.IssueStream(row.ID))
	if err != nil {
		return err
	}
	other := row.CounterpartEvent(m, e)
	other.OtherHead = own.Hash.String()
	return svc.issues.Save(ctx, tx, into, other)
}

// erase forgets the bytes of a photo, or the personal texts of an issue; digest, seals and the decision stay.
func (svc *Service) erase(ctx context.Context, tx *store.Tx, row *store.IssueRow, m *inspect.Transition) error {
	if err := tx.Log(ctx, store.LogEntry{Kind: inspect.LogErased, Person: m.By, Detail: row.Number}); err != nil {
		return err
	}
	if m.Photo == nil {
		return tx.EraseTexts(ctx, row)
	}
	if err := publicity.ForgetExposure(ctx, tx, m.By, m.Photo.ID); err != nil {
		return err
	}
	if err := tx.SetPhotoState(ctx, *m.Photo, inspect.PhotoErased, m.ID); err != nil {
		return err
	}
	if err := issues.DropFingerprint(ctx, tx, m.Photo.ID); err != nil {
		return err
	}
	row.PhotosDeclared--
	row.PhotosSafe--
	made, err := tx.DropRenditions(ctx, m.Photo.ID)
	if err != nil {
		return err
	}
	job := photos.RemoveBytes{Original: m.Photo.SHA256}
	for _, v := range made {
		job.Renditions = append(job.Renditions, v.SHA256)
	}
	return tx.Enqueue(ctx, job, 0)
}
