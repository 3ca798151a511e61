package reports

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/city"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/notices"
	"spotcheck/server/store"
)

// MakeReport asks for the files of an issued report.
type MakeReport struct {
	Report string `json:"report"`
}

// Kind names the job.
func (MakeReport) Kind() string { return "report.make" }

// Patient says that photos that people wait for come first.
func (MakeReport) LowPriority() bool { return true }

// ReportForms are all forms of a report.
var ReportForms = append(slices.Clone(paper.FileFormats), AsText)

// MakeReport makes the files of an issued report from what was frozen, once.
func (svc *Service) MakeReport(ctx context.Context, job MakeReport) error {
	id, err := inspect.ParseID(job.Report)
	if err != nil {
		return fmt.Errorf("reports: report: %w", err)
	}
	var f *File
	made := false
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, ok, err := tx.Publication(ctx, id)
		if made = !ok || len(p.Files) > 0 || p.Number == ""; err != nil || made {
			return err
		}
		f, err = frozenReport(ctx, tx, id)
		return err
	}); err != nil || made {
		return err
	}
	var files []store.PublicationFile
	for _, form := range ReportForms {
		var b bytes.Buffer
		if err := svc.WriteReport(ctx, f, form, &b); err != nil {
			return err
		}
		sum := sha256.Sum256(b.Bytes())
		file := store.PublicationFile{Form: string(form), SHA256: hex.EncodeToString(sum[:]), Bytes: int64(b.Len())}
		if err := svc.blobs.Put(ctx, notices.PaperKey(file.SHA256), b.Bytes()); err != nil {
			return city.AsUnavailable(err)
		}
		files = append(files, file)
	}
	slices.SortFunc(files, func(a, b store.PublicationFile) int { return bytes.Compare([]byte(a.Form), []byte(b.Form)) })
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockPublication(ctx, id); err != nil {
			return err
		}
		p, _, err := tx.Publication(ctx, id)
		if err != nil || len(p.Files) > 0 {
			return err
		}
		p.Files = files
		return svc.savePublication(ctx, tx, &p, nil, inspect.ID{}, "report.made")
	})
}

// ReportBytes opens an issued report in a form. ErrReportMaking says that it is not made yet; a draft has no files.
func (svc *Service) ReportBytes(ctx context.Context, p *store.Publication, form paper.FileFormat) (body io.ReadSeekCloser, file store.PublicationFile, err error) {
	n := slices.IndexFunc(p.Files, func(f store.PublicationFile) bool { return f.Form == string(form) })
	if n < 0 {
		if !slices.Contains(ReportForms, form) {
			return nil, file, inspect.ErrNoForm
		}
		return nil, file, inspect.ErrReportMaking
	}
	file = p.Files[n]
	body, _, err = svc.blobs.Open(ctx, notices.PaperKey(file.SHA256))
	return body, file, city.AsUnavailable(err)
}

// Wordings are the titles of what people are told of reports and returns.
var Wordings = messages.Wordings{
	reportIssued:  {inspect.Chinese: "{number} 已印发", inspect.English: "{number} was issued"},
	reportDrafted: {inspect.Chinese: "{number} 草稿已生成，请核对", inspect.English: "{number} is drafted and wants checking"},
	remindReturn:  {inspect.Chinese: "今日应报 {number}", inspect.English: "Return due today: {number}"},
	remindMissing: {inspect.Chinese: "逾期未报 {number}", inspect.English: "Return missing: {number}"},
}

func issuedRef(id inspect.ID) string { return reportIssued + "/" + id.String() }

// tellIssued tells offices, leaders and the contacts of the units in a report that it was issued.
func (svc *Service) tellIssued(ctx context.Context, tx *store.Tx, p *store.Publication, w *Report, by inspect.ID) error {
	people, err := everybody(ctx, tx, inspect.Office, inspect.Leader)
	if err != nil {
		return err
	}
	for _, u := range w.Units {
		some, err := messages.Contacts(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		people = append(people, some...)
	}
	return svc.messages.Tell(ctx, tx, messages.Notification{To: onceEach(people, by),
		NotificationEvent: store.NotificationEvent{Ref: issuedRef(p.ID), Type: reportIssued, At: tx.Now, Facts: store.IssueSummary{Number: w.title()}}})
}

// title names a report in a message.
func (w *Report) title() string {
	d := (&renderer{Report: w, Formatter: paper.Formatter{Language: w.Language, Zone: w.Zone}}).cover()
	return d.Title + " " + w.Name
}

// everybody are the people with one of some roles, wherever it reaches.
func everybody(ctx context.Context, tx *store.Tx, roles ...inspect.Role) (all []inspect.ID, err error) {
	for _, r := range roles {
		holders, err := tx.RoleHolders(ctx, r, nil, nil)
		if err != nil {
			return nil, err
		}
		for _, people := range holders {
			all = append(all, people...)
		}
	}
	return all, nil
}

// onceEach are people without repetition, and without one of them.
func onceEach(people []inspect.ID, but inspect.ID) (to []messages.Recipient) {
	seen := map[inspect.ID]bool{but: true}
	for _, p := range people {
		if !seen[p] {
			to = append(to, messages.Recipient{Person: p, Urgency: inspect.Normal})
		}
		seen[p] = true
	}
	return to
}
