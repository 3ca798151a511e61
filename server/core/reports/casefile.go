package reports

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// CaseFile is everything that one person may see of an issue, to be printed: its facts, its photos and its whole course.
type CaseFile struct {
	Number   string
	Document *paper.Document
	Pictures paper.Pictures
}

// historyPage is how many events are read at a time.
const historyPage = 200

// CaseFile makes the case file (案卷) of an issue in a language. A photo that cannot be shown leaves an empty frame.
func (svc *Service) CaseFile(ctx context.Context, a *inspect.Actor, id inspect.ID, language inspect.Language) (*CaseFile, error) {
	v, err := svc.issues.Issue(ctx, a, id)
	if err != nil {
		return nil, err
	}
	course, err := svc.courseOf(ctx, a, id)
	if err != nil {
		return nil, err
	}
	var office string
	from := map[string]string{}
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if office, err = city.Name.In(ctx, tx); err != nil {
			return err
		}
		for n := range v.Photos {
			if v.Photos[n].State != inspect.PhotoSafe {
				continue
			}
			shown, ok, err := tx.Rendition(ctx, v.Photos[n].ID, "display")
			if err != nil {
				return err
			}
			if ok {
				from[v.Photos[n].ID.String()] = shown.SHA256
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	pictures, err := svc.notices.Pictures(ctx, from)
	if err != nil {
		return nil, err
	}
	w := &caseWriter{Formatter: paper.Formatter{Language: language, Zone: svc.zone}, issue: &v, course: course}
	return &CaseFile{Number: v.Number, Document: w.document(office), Pictures: pictures}, nil
}

// courseOf reads all events of an issue.
func (svc *Service) courseOf(ctx context.Context, a *inspect.Actor, id inspect.ID) (all issues.History, err error) {
	for after := int64(0); ; after = all.Events[len(all.Events)-1].N {
		page, err := svc.issues.History(ctx, a, id, after, historyPage)
		if err != nil {
			return all, err
		}
		all = joined(all, page)
		if len(page.Events) < historyPage {
			return all, nil
		}
	}
}

// caseWriter writes a case file in a language.
type caseWriter struct {
	paper.Formatter
	issue  *issues.View
	course issues.History
}

func (w *caseWriter) say(chinese, english string) string {
	if w.Language == inspect.English {
		return english
	}
	return chinese
}

func (w *caseWriter) document(office string) *paper.Document {
	v := w.issue
	parts := []paper.Part{w.heading("基本情况", "Facts"), w.facts(), w.heading("现场照片", "Photos")}
	parts = append(append(parts, w.photos()...), w.heading("办理经过", "Course"), w.events())
	return &paper.Document{Language: w.Language, Office: office, Title: w.say("案卷", "Case file"), Number: v.Number, Subtitle: w.category(), Made: v.ComputedAt.UTC(),
		Facts: []paper.Fact{{Name: w.say("截至", "As of"), Text: w.at(v.ComputedAt)}}, Parts: parts}
}

func (w *caseWriter) heading(chinese, english string) paper.Part {
	return paper.Part{Heading: &paper.Heading{Level: 1, Text: w.say(chinese, english)}}
}

func (w *caseWriter) category() string {
	c := w.issue.Names.Categories[w.issue.Category]
	return w.say(c.NameZH, c.NameEN)
}

// at is a moment in the city's zone; nothing for none.
func (w *caseWriter) at(t inspect.Time) string {
	if t == 0 {
		return ""
	}
	return w.At(t.UTC()).Text
}

// person is somebody by name and staff number.
func (w *caseWriter) person(all map[inspect.ID]store.PersonRef, id inspect.ID) string {
	p := all[id]
	return strings.TrimSpace(p.DisplayName + " " + p.StaffNumber)
}

// facts is a table of what is known of the issue; what is not known has no line.
func (w *caseWriter) facts() paper.Part {
	v := w.issue
	status := issues.StatusWords[v.Status]
	severity := issues.SeverityWords[v.Severity]
	where := ""
	if v.Place != nil {
		where = fmt.Sprintf("%.6f, %.6f", v.Place.Lat, v.Place.Lon)
	}
	t := &paper.Table{Name: w.say("基本情况", "Facts"), Columns: []paper.Column{{Head: w.say("项目", "Field"), Width: 1}, {Head: w.say("内容", "Value"), Width: 4}}}
	for _, f := range [][3]string{
		{"案件编号", "Number", v.Number}, {"状态", "Status", w.say(status[0], status[1])}, {"问题类别", "Category", w.category() + " " + v.Category},
		{"严重程度", "Severity", w.say(severity.ZH, severity.EN)},
		{"地点", "Address", v.Texts.Address}, {"点位", "Place", v.SpotName}, {"区域", "Area", v.Names.Areas[v.Area]}, {"坐标（WGS-84）", "Position (WGS-84)", where},
		{"情况说明", "Note", v.Texts.Note}, {"工地", "Site", v.Texts.Site}, {"车牌", "Plate", v.Texts.Plate}, {"外部编号", "Number outside", v.ExternalNumber},
		{"上报人", "Reporter", w.person(v.Names.People, v.Reporter)}, {"上报时间", "Reported", w.at(v.ReportedAt)}, {"收到时间", "Received", w.at(v.ReceivedAt)},
		{"责任单位", "Unit", v.Names.Units[v.Unit]}, {"处置期限", "Deadline", w.at(v.DueAt)}, {"整改时间", "Fixed", w.at(v.FixedAt)}, {"结案时间", "Closed", w.at(v.ClosedAt)},
	} {
		if text := strings.TrimSpace(f[2]); text != "" {
			t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{w.Text(w.say(f[0], f[1])), w.Text(text)}})
		}
	}
	return paper.Part{Table: t}
}

// photos puts the first photo before beside the first one after, and so on; below them stand the digests of their originals.
func (w *caseWriter) photos() []paper.Part {
	var before, after []paper.CaptionedPhoto
	digests := &paper.Table{Name: w.say("照片摘要", "Digests"), Caption: w.say("原始照片的 SHA-256", "SHA-256 of the originals"),
		Columns: []paper.Column{{Head: w.say("照片", "Photo"), Width: 2}, {Head: "SHA-256", Width: 5}}}
	for n := range w.issue.Photos {
		p := &w.issue.Photos[n]
		taken := p.CorrectedCapture()
		if taken == 0 {
			taken = p.DeclaredAt
		}
		shown := paper.CaptionedPhoto{SHA256: p.SHA256, Caption: w.kind(p.Kind) + " " + w.at(taken)}
		if p.State == inspect.PhotoSafe {
			shown.ID = p.ID.String()
		} else {
			shown.Caption += " " + w.state(p.State)
		}
		if p.Kind == inspect.PhotoAfter {
			after = append(after, shown)
		} else {
			before = append(before, shown)
		}
		digests.Rows = append(digests.Rows, paper.Row{Cells: []paper.Value{w.Text(shown.Caption), w.Text(p.SHA256)}})
	}
	if len(digests.Rows) == 0 {
		return []paper.Part{{Paragraph: w.say("没有照片。", "No photos.")}}
	}
	var pairs []paper.PhotoPair
	at := func(all []paper.CaptionedPhoto, n int) (p paper.CaptionedPhoto) {
		if n < len(all) {
			p = all[n]
		}
		return p
	}
	for n := range max(len(before), len(after)) {
		pairs = append(pairs, paper.PhotoPair{Before: at(before, n), After: at(after, n)})
	}
	return []paper.Part{{Pairs: pairs}, {Table: digests}}
}

// kindWords are what photos show.
var kindWords = map[inspect.PhotoKind]issues.Words{inspect.PhotoReport: {ZH: "上报照片", EN: "as reported"}, inspect.PhotoBefore: {ZH: "整改前照片", EN: "before the fix"},
	inspect.PhotoAfter: {ZH: "整改后照片", EN: "after the fix"}, inspect.PhotoCheck: {ZH: "核查照片", EN: "at the check"}}

func (w *caseWriter) kind(k inspect.PhotoKind) string { return w.say(kindWords[k].ZH, kindWords[k].EN) }

// stateWords say why a photo is not shown.
var stateWords = map[inspect.PhotoState]issues.Words{inspect.PhotoDeclared: {ZH: "（未收到）", EN: "(not received)"},
	inspect.PhotoWithdrawn: {ZH: "（已撤回）", EN: "(withdrawn)"}, inspect.PhotoErased: {ZH: "（已清除）", EN: "(erased)"}}

func (w *caseWriter) state(s inspect.PhotoState) string {
	return w.say(stateWords[s].ZH, stateWords[s].EN)
}

// written are the texts of an event in the order in which they are read.
var written = []string{"reason", "note", "findings", "handling", "address", "site", "plate"}

// events is the whole course: when, what, by whom, for which unit, and what was written.
func (w *caseWriter) events() paper.Part {
	t := &paper.Table{Name: w.say("办理经过", "Course"), Columns: []paper.Column{{Head: w.say("时间", "When"), Kind: paper.DateTime, Width: 3},
		{Head: w.say("事项", "What"), Width: 3}, {Head: w.say("人员（涉及单位）", "Who (for which unit)"), Width: 3}, {Head: w.say("内容", "Written"), Width: 6}}}
	for n := range w.course.Events {
		e := &w.course.Events[n]
		what := wordsOfEvent(e.Type)
		who := strings.TrimSpace(w.person(w.course.People, e.By) + "\n" + w.course.Units[e.Unit])
		t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{w.At(e.At.UTC()), w.Text(w.say(what[0], what[1])), w.Text(who), w.Text(w.saysOf(e))}})
	}
	return paper.Part{Table: t}
}

// photoWords name what happens to the photos of an issue.
var photoWords = map[string][2]string{"photo.declared": {"登记照片", "photos declared"}, "photo.received": {"照片收到", "photo received"},
	"photo.checked": {"照片核对", "photo checked"}}

// wordsOfEvent are those of an event of an issue or of its photos.
func wordsOfEvent(kind string) [2]string {
	if words, ok := photoWords[kind]; ok {
		return words
	}
	if words, ok := eventWords[kind]; ok {
		return words
	}
	return [2]string{"记录变更", "the record changed"}
}

// saysOf is what was written with an event, until when it granted or demanded something, and what it put right.
func (w *caseWriter) saysOf(e *issues.HistoryEvent) string {
	var lines []string
	for _, field := range written {
		if text := e.Texts[field]; text != "" {
			lines = append(lines, text)
		}
		if slices.Contains(e.Erased, field) {
			lines = append(lines, w.say("（文字已清除）", "(text erased)"))
		}
	}
	for _, c := range e.Corrected {
		lines = append(lines, w.side(c.Was)+" → "+w.side(c.Is))
	}
	var body struct {
		DueAt inspect.Time `json:"due_at"`
	}
	if json.Unmarshal(e.Body, &body) == nil && body.DueAt != 0 {
		lines = append(lines, w.say("期限 ", "due ")+w.at(body.DueAt))
	}
	return strings.Join(lines, "\n")
}

func (w *caseWriter) side(t *issues.Words) string {
	if t == nil {
		return "—"
	}
	return w.say(t.ZH, t.EN)
}

// joined is a course with the page that comes after it.
func joined(all, page issues.History) issues.History {
	all.Events = append(all.Events, page.Events...)
	if all.People == nil {
		all.People, all.Units = page.People, page.Units
		return all
	}
	maps.Copy(all.People, page.People)
	maps.Copy(all.Units, page.Units)
	return all
}
