package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/intake"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/places"
	"spotcheck/server/core/workflow"
	"spotcheck/server/store"
)

// What making issues of a table does at once.
const (
	madeAtOnce = 20              // issues of a transaction: the writer is free again soon
	makeFor    = 1 * time.Minute // after which the job lets others go first

)

// MakeIssues asks for issues to be made of the rows of an import.
type MakeIssues struct {
	Import string `json:"import"`
}

// Kind names the job.
func (MakeIssues) Kind() string { return "issues.import" }

// Patient says that photos that people wait for come first.
func (MakeIssues) LowPriority() bool { return true }

// AskIssues leaves it to a job to make issues of all rows with nothing wrong; the same again changes nothing.
func (svc *Service) AskIssues(ctx context.Context, a *inspect.Actor, id inspect.ID) (done IssueImport, repeated bool, err error) {
	var bare *store.IssueImport
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockIssueImport(ctx, id); err != nil {
			return err
		}
		i, err := svc.visibleImport(ctx, tx, a, id)
		if err != nil {
			bare, err = askedBefore(ctx, tx, a, id, err)
			return err
		}
		if repeated = slices.Contains([]store.IssueImportState{store.IssueImportMaking, store.IssueImportDone}, i.State); repeated {
			return nil
		}
		if i.By != a.ID {
			return inspect.ErrForbidden.With("Issues are made of a table by who sent it: they report what it says.")
		}
		i.State, i.UpdatedAt = store.IssueImportMaking, tx.Now
		ledger.Record(tx, a.ID, store.StreamIntake, id.String(), "issue_import.asked", intakeBody(&i))
		if err := tx.SetIssueImportState(ctx, &i, store.IssueImportChecked); err != nil {
			return err
		}
		return tx.Enqueue(ctx, MakeIssues{Import: id.String()}, 0)
	}); err != nil {
		return done, false, err
	}
	if bare != nil {
		return IssueImport{IssueImport: *bare}, true, nil
	}
	done, err = svc.IssueImport(ctx, a, id)
	return done, repeated, err
}

// askedBefore is an import that somebody had issues made of before they lost it: how far it is, none of its rows. Anything else is refused as
// it was.
func askedBefore(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID, refused error) (*store.IssueImport, error) {
	if !issues.OutOfReach(refused) {
		return nil, refused
	}
	i, ok, err := tx.IssueImport(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case !ok || i.By != a.ID || i.State != store.IssueImportMaking && i.State != store.IssueImportDone:
		return nil, refused
	}
	return &i, nil
}

// issueMaker is an import whose rows become issues.
type issueMaker struct {
	intake *Service
	store.IssueImport
	who    inspect.Actor
	orders *intake.RowReader
	land   *places.AreaIndex
}

// MakeIssues makes issues of the rows of an import, a few in each transaction, which takes the rows away: however often this begins anew,
// nothing is made twice and nothing is left out. After a while it lets others go first.
func (svc *Service) MakeIssues(ctx context.Context, job MakeIssues) error {
	id, err := inspect.ParseID(job.Import)
	if err != nil {
		return fmt.Errorf("intake: import: %w", err)
	}
	m := issueMaker{intake: svc}
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if m.IssueImport, _, err = tx.IssueImport(ctx, id); err != nil || m.State != store.IssueImportMaking {
			return err
		}
		p, _, err := tx.Person(ctx, m.By)
		if err != nil {
			return err
		}
		m.who = inspect.Actor{ID: p.ID, Grants: p.Grants}
		m.orders, err = svc.ordersOf(ctx, tx, &m.IssueImport)
		return err
	}); err != nil || m.State != store.IssueImportMaking {
		return err
	}
	for until := svc.now().Add(makeFor); ; {
		if m.land, err = svc.places.AreaIndex(ctx); err != nil {
			return err
		}
		left, err := m.some(ctx, madeAtOnce)
		if err != nil {
			return err
		}
		if left == 0 {
			return svc.endImport(ctx, id)
		}
		if svc.now().After(until) {
			return city.ErrNotYet
		}
	}
}

// some makes issues of the next rows, and gives how many there were. What the rules refuse is found by making them one by one: then the row
// says why.
func (m *issueMaker) some(ctx context.Context, most int) (rows int, err error) {
	err = m.intake.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		staged, err := m.next(ctx, tx, most)
		if err != nil || len(staged) == 0 {
			return err
		}
		rows = len(staged)
		return m.make(ctx, tx, staged)
	})
	f, refused := fault.As(err)
	if !refused || f.Kind == fault.Unavailable {
		return rows, err
	}
	if most > 1 {
		for range most {
			if _, err := m.some(ctx, 1); err != nil {
				return rows, err
			}
		}
		return rows, nil
	}
	return rows, m.intake.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		staged, err := m.next(ctx, tx, 1)
		if err != nil || len(staged) == 0 {
			return err
		}
		return m.refuse(ctx, tx, &staged[0], f)
	})
}

// next gives the next rows to become issues; nobody else makes them meanwhile.
func (m *issueMaker) next(ctx context.Context, tx *store.Tx, most int) ([]store.StagedRow, error) {
	if err := tx.LockIssueImport(ctx, m.ID); err != nil {
		return nil, err
	}
	return tx.StagedRows(ctx, m.ID, store.RowNew, 0, most)
}

// refuse keeps a row that can be no issue, with the reason.
func (m *issueMaker) refuse(ctx context.Context, tx *store.Tx, row *store.StagedRow, why *fault.Error) error {
	text := why.Text
	for _, f := range why.Fields {
		text += " " + f.Pointer + " " + f.Detail
	}
	return m.set(ctx, tx, row, store.RowInvalid, []intake.Finding{{Kind: intake.Refused, Subject: text}})
}

func (m *issueMaker) set(ctx context.Context, tx *store.Tx, row *store.StagedRow, state store.RowState, found []intake.Finding) error {
	text, err := json.Marshal(found)
	if err != nil {
		return err
	}
	row.State, row.Findings = state, string(text)
	return tx.SetRow(ctx, m.ID, row)
}

// make makes issues of rows, unless their numbers came meanwhile, and takes the rows away.
func (m *issueMaker) make(ctx context.Context, tx *store.Tx, rows []store.StagedRow) error {
	orders, err := m.intake.readRows(m.ID, m.orders, rows)
	if err != nil {
		return err
	}
	var numbers []string
	for n := range orders {
		numbers = append(numbers, orders[n].Number)
	}
	known, err := tx.IssuesByExternalNumber(ctx, m.Source, numbers)
	if err != nil {
		return err
	}
	var fresh []*intake.WorkOrder
	for n := range orders {
		o := &orders[n]
		switch _, came := known[o.Number]; {
		case len(o.Findings) > 0: // the registers have changed
			err = m.set(ctx, tx, &rows[n], store.RowInvalid, o.Findings)
		case came:
			err = m.cameMeanwhile(ctx, tx, &rows[n], o, known)
		default:
			fresh = append(fresh, o)
		}
		if err != nil {
			return err
		}
	}
	first, err := tx.NextNumbers(ctx, m.intake.workflow.YearOf(tx), len(fresh))
	if err != nil {
		return err
	}
	for n, o := range fresh {
		if err := m.issue(ctx, tx, o, first+int64(n)); err != nil {
			return err
		}
	}
	return tx.DropRows(ctx, m.ID, rows[len(rows)-1].N)
}

// cameMeanwhile keeps a row whose number came since it was checked: as known, or as wrong where it says something else.
func (m *issueMaker) cameMeanwhile(ctx context.Context, tx *store.Tx, row *store.StagedRow, o *intake.WorkOrder, known map[string]inspect.ID) error {
	differ, err := m.intake.differingIn(ctx, tx, m.orders.Mapping, []intake.WorkOrder{*o}, known)
	if err != nil {
		return err
	}
	if f, is := differ[o.N]; is {
		return m.set(ctx, tx, row, store.RowInvalid, []intake.Finding{f})
	}
	return m.set(ctx, tx, row, store.RowKnown, []intake.Finding{})
}

// issue reports what a row tells, and assigns it where the row names the unit.
func (m *issueMaker) issue(ctx context.Context, tx *store.Tx, o *intake.WorkOrder, number int64) error {
	content, err := json.Marshal(o.Cells)
	if err != nil {
		return err
	}
	r := workflow.NewIssue{ID: notices.DerivedID(m.ID, strconv.Itoa(o.N)), Category: o.Category, Place: o.Place, Area: o.Area, Severity: o.Severity,
		Source: m.Source, Texts: o.Texts,
		ReportedAt: o.SourceReceivedAt, SentAt: tx.Now, External: &workflow.ExternalSource{N: number, Number: o.Number, ReplyBy: o.ReplyBy,
			Import: m.ID, Assigned: !o.Unit.IsZero()}}
	if r.ReportedAt == 0 {
		r.ReportedAt = tx.Now
	}
	if err := workflow.MayReport(&m.who, &r); err != nil {
		return err
	}
	if r.External.Row, err = m.intake.issues.SealCaller(r.ID, issues.TextRow, string(content)); err != nil {
		return err
	}
	if workflow.ToWGS84(&r); r.Area.IsZero() && r.Place != nil {
		r.Area, _ = m.land.At(r.Place.Point)
	}
	if err := m.intake.workflow.ReportWithin(ctx, tx, &m.who, &r, string(content)); err != nil || o.Unit.IsZero() {
		return err
	}
	_, err = m.intake.workflow.ActWithin(ctx, tx, &m.who, &workflow.ActionRequest{ID: notices.DerivedID(r.ID, "assign"), Issue: r.ID,
		Action: inspect.Assign, Unit: o.Unit, DoneAt: tx.Now, SentAt: tx.Now}, "")
	return err
}

// endImport notes what became of the rows, and tells who sent them.
func (svc *Service) endImport(ctx context.Context, id inspect.ID) error {
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockIssueImport(ctx, id); err != nil {
			return err
		}
		i, _, err := tx.IssueImport(ctx, id)
		if err != nil || i.State != store.IssueImportMaking {
			return err
		}
		rows, err := tx.CountRows(ctx, id)
		if err != nil {
			return err
		}
		i.KnownRows, i.InvalidRows = rows[store.RowKnown], rows[store.RowInvalid]
		i.State, i.NewRows, i.UpdatedAt = store.IssueImportDone, i.Lines-i.KnownRows-i.InvalidRows, tx.Now
		ledger.Record(tx, inspect.ID{}, store.StreamIntake, id.String(), "issue_import.done", intakeBody(&i))
		if err := tx.SetIssueImportState(ctx, &i, store.IssueImportMaking); err != nil {
			return err
		}
		return svc.messages.Tell(ctx, tx, messages.Notification{To: []messages.Recipient{{Person: i.By, Urgency: inspect.Normal}},
			NotificationEvent: store.NotificationEvent{Ref: importDone + "/" + id.String(), Type: importDone, At: tx.Now,
				Facts: store.IssueSummary{Number: strconv.Itoa(i.NewRows)}}})
	})
}

// importDone is what who sent a table is told; the number is how many issues there are now.
const importDone = "issues.imported"

// Wordings are the titles of what people are told of imports.
var Wordings = messages.Wordings{
	importDone: {inspect.Chinese: "导入完成，新增案卷 {number} 件", inspect.English: "The import is done: {number} new issues"},
}
