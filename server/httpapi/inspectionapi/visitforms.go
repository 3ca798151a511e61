package inspectionapi

import (
	"fmt"
	"strings"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/score"
	"spotcheck/server/core/inspections"
	"spotcheck/server/core/workflow"
	"spotcheck/server/httpapi/photoapi"
	"spotcheck/server/httpapi/registerapi"
	"spotcheck/server/httpapi/rest"
)

// visitIn is a visit as a phone sends it.
type visitIn struct {
	Standard  inspect.ID           `json:"standard" need:"true"`
	Version   int                  `json:"version" need:"true" from:"1" to:"100000"`
	Subject   inspect.VisitSubject `json:"subject" need:"true"`
	Target    inspect.ID           `json:"target" need:"true"`
	Rechecks  inspect.ID           `json:"rechecks"`
	Draw      inspect.ID           `json:"draw"`
	With      []inspect.ID         `json:"with" max:"10"`
	StartedAt inspect.Claim        `json:"started_at" need:"true"`
	DoneAt    inspect.Claim        `json:"done_at" need:"true"`
	SentAt    inspect.Claim        `json:"sent_at" need:"true"`
	Answers   []visitAnswerIn      `json:"answers" need:"true" max:"300"`
	Note      string               `json:"note" max:"2000"`
	Signature visitSignatureIn     `json:"signature" need:"true"`
}

type visitAnswerIn struct {
	Item     string               `json:"item" need:"true" max:"20"`
	Result   inspect.AnswerResult `json:"result" need:"true"`
	Note     string               `json:"note" max:"500"`
	Findings []visitFindingIn     `json:"findings" max:"50"`
}

// visitFindingIn is something that was found. With the id of an issue it becomes that issue; without it is only written down.
type visitFindingIn struct {
	Issue    inspect.ID                 `json:"issue"`
	Category string                     `json:"category" max:"20"`
	Note     string                     `json:"note" max:"2000"`
	Place    *registerapi.PositionClaim `json:"place"`
	Photos   []photoapi.Declaration     `json:"photos" max:"20"`
}

type visitSignatureIn struct {
	Kind   inspect.SignatureKind `json:"kind" need:"true"`
	Name   string                `json:"name" max:"100"`
	Reason string                `json:"reason" max:"500"`
}

// visit is what the phone says, in the words of the office; every fault is named with its place.
func (in *visitIn) visit(id inspect.ID) (n inspections.NewVisit, err error) {
	var wrong []fault.Field
	n = inspections.NewVisit{Findings: map[inspect.ID]workflow.NewIssue{}, Visit: inspect.Visit{ID: id, Standard: in.Standard, Version: in.Version, Subject: in.Subject,
		Target: in.Target, Rechecks: in.Rechecks, Draw: in.Draw, With: in.With, StartedAt: in.StartedAt.Time, DoneAt: in.DoneAt.Time, SentAt: in.SentAt.Time,
		Note: strings.TrimSpace(in.Note), Signature: inspect.VisitSignature{Kind: in.Signature.Kind, Name: strings.TrimSpace(in.Signature.Name),
			Reason: strings.TrimSpace(in.Signature.Reason)}}}
	switch s := n.Signature; {
	case s.Kind == inspect.Countersigned && s.Name == "":
		wrong = append(wrong, fault.Field{Pointer: "/signature/name", Detail: "is empty"})
	case s.Kind == inspect.SignRefused && s.Reason == "":
		wrong = append(wrong, fault.Field{Pointer: "/signature/reason", Detail: "is empty"})
	}
	for at, a := range in.Answers {
		answer := inspect.VisitAnswer{Item: a.Item, Result: a.Result, Note: strings.TrimSpace(a.Note)}
		for m := range a.Findings {
			wrong = append(wrong, a.Findings[m].add(fmt.Sprintf("/answers/%d/findings/%d", at, m), &answer, n.Findings)...)
		}
		n.Answers = append(n.Answers, answer)
	}
	if len(wrong) > 0 {
		return n, inspect.ErrContent.At(wrong...)
	}
	return n, nil
}

// add puts a finding to its answer, and the issue that it becomes beside it.
func (f *visitFindingIn) add(at string, to *inspect.VisitAnswer, all map[inspect.ID]workflow.NewIssue) (wrong []fault.Field) {
	note := strings.TrimSpace(f.Note)
	to.Findings = append(to.Findings, inspect.VisitFinding{Issue: f.Issue, Note: note})
	if f.Issue.IsZero() {
		if len(f.Photos) > 0 {
			wrong = append(wrong, fault.Field{Pointer: at + "/photos", Detail: "photos are of an issue"})
		}
		return wrong
	}
	if _, twice := all[f.Issue]; twice {
		return []fault.Field{{Pointer: at + "/issue", Detail: "stands twice"}}
	}
	photos, lost, faults := photoapi.Declarations(f.Photos)
	for _, w := range faults {
		wrong = append(wrong, fault.Field{Pointer: at + w.Pointer, Detail: w.Detail})
	}
	place, more := f.Place.Place()
	all[f.Issue] = workflow.NewIssue{ID: f.Issue, Category: f.Category, Place: place, Severity: "normal", Source: "patrol", Texts: inspect.Texts{Note: note}, Photos: photos,
		Lost: append(more, lost...)}
	return wrong
}

// visitSummary is a visit as lists show it.
type visitSummary struct {
	ID         inspect.ID           `json:"id"`
	State      inspect.VisitState   `json:"state"`
	Subject    inspect.VisitSubject `json:"subject"`
	Target     rest.Ref             `json:"target"`
	Area       *rest.Ref            `json:"area,omitempty"`
	Unit       *rest.Ref            `json:"unit,omitempty"`
	Standard   rest.Ref             `json:"standard"`
	Version    int                  `json:"version"`
	By         rest.PersonRef       `json:"by"`
	DoneAt     inspect.Time         `json:"done_at"`
	ReceivedAt inspect.Time         `json:"received_at"`
	Score      *score.Points        `json:"score,omitempty"`
	Passed     bool                 `json:"passed"`
	Vetoed     bool                 `json:"vetoed"`
	Grade      string               `json:"grade,omitempty"`
	Failed     []failedItem         `json:"failed"`
	Rechecks   inspect.ID           `json:"rechecks,omitzero"`
}

// failedItem is an item at which something is wrong.
type failedItem struct {
	Item string `json:"item"`
	Text string `json:"text"`
	Note string `json:"note,omitempty"`
}

func visitSummaryOf(v *inspect.Visit, names *inspections.VisitNames) visitSummary {
	standard := names.Standard(v)
	s := visitSummary{ID: v.ID, State: v.State(names.At), Subject: v.Subject, Target: rest.Ref{ID: v.Target, Name: names.Targets[v.Target]}, Area: rest.RefOf(v.Area, names.Areas),
		Unit: rest.RefOf(v.Unit, names.Units), Standard: rest.Ref{ID: v.Standard, Name: standard.Name}, Version: v.Version, By: rest.PersonOf(v.By, names.People),
		DoneAt: v.DoneAt, ReceivedAt: v.ReceivedAt, Passed: v.Passed, Vetoed: v.Vetoed, Grade: v.Grade, Failed: []failedItem{}, Rechecks: v.Rechecks}
	if v.Scored {
		s.Score = &v.Score
	}
	for _, code := range v.Failed() {
		a, f := v.Answer(code), failedItem{Item: code}
		if item := standard.Item(code); item != nil {
			f.Text = item.Text
		}
		notes := []string{a.Note}
		for _, found := range a.Findings {
			notes = append(notes, found.Note)
		}
		f.Note = strings.TrimSpace(strings.Join(notes, " "))
		s.Failed = append(s.Failed, f)
	}
	return s
}

type visitWire struct {
	visitSummary
	Content    standardContent  `json:"content"`
	Draw       inspect.ID       `json:"draw,omitzero"`
	With       []rest.PersonRef `json:"with"`
	StartedAt  inspect.Time     `json:"started_at"`
	Answers    []visitAnswer    `json:"answers"`
	Note       string           `json:"note,omitempty"`
	Signature  visitSignature   `json:"signature"`
	FirstScore *score.Points    `json:"first_score,omitempty"`
	ContestBy  inspect.Time     `json:"contest_by,omitzero"`
	Contest    *visitContest    `json:"contest,omitempty"`
	Again      inspect.ID       `json:"rechecked_by,omitzero"`
	Earlier    []visitSummary   `json:"earlier"`
	May        []string         `json:"may"`
}

type visitAnswer struct {
	Item     string               `json:"item"`
	Result   inspect.AnswerResult `json:"result"`
	Score    score.Points         `json:"score"`
	Note     string               `json:"note,omitempty"`
	Findings []visitFinding       `json:"findings"`
	Carried  bool                 `json:"carried"`
	Struck   bool                 `json:"struck"`
}

type visitFinding struct {
	Note  string        `json:"note,omitempty"`
	Issue *findingIssue `json:"issue,omitempty"`
}

type findingIssue struct {
	ID     inspect.ID     `json:"id"`
	Number string         `json:"number"`
	Status inspect.Status `json:"status"`
}

type visitSignature struct {
	Kind   inspect.SignatureKind `json:"kind"`
	Name   string                `json:"name,omitempty"`
	Reason string                `json:"reason,omitempty"`
}

type visitContest struct {
	Items     []string        `json:"items"`
	Reason    string          `json:"reason"`
	By        rest.PersonRef  `json:"by"`
	At        inspect.Time    `json:"at"`
	Struck    []string        `json:"struck"`
	Decision  string          `json:"decision,omitempty"`
	DecidedBy *rest.PersonRef `json:"decided_by,omitempty"`
	DecidedAt inspect.Time    `json:"decided_at,omitzero"`
}

func visitOf(p *inspections.VisitPage) visitWire {
	standard := p.Names.Standard(&p.Visit)
	w := visitWire{visitSummary: visitSummaryOf(&p.Visit, &p.Names), Content: contentOf(&standard), Draw: p.Draw, With: []rest.PersonRef{}, StartedAt: p.StartedAt,
		Answers: []visitAnswer{}, Note: p.Note, Signature: visitSignature(p.Signature), ContestBy: p.ContestBy, Again: p.Again, Earlier: []visitSummary{}, May: []string{}}
	if p.First.Scored() {
		w.FirstScore = &p.First.Score
	}
	for _, id := range p.With {
		w.With = append(w.With, rest.PersonOf(id, p.Names.People))
	}
	for n := range p.Answers {
		a := &p.Answers[n]
		wire := visitAnswer{Item: a.Item, Result: a.Result, Score: standard.ScoreOf(a), Note: a.Note, Findings: []visitFinding{}, Carried: a.Carried, Struck: a.Struck}
		for _, f := range a.Findings {
			found := visitFinding{Note: f.Note}
			if i, ok := p.Issues[f.Issue]; ok {
				found.Issue = &findingIssue{i.ID, i.Number, i.Status}
			}
			wire.Findings = append(wire.Findings, found)
		}
		w.Answers = append(w.Answers, wire)
	}
	if c := p.Contest; c.At != 0 {
		w.Contest = &visitContest{append([]string{}, c.Items...), c.Reason, rest.PersonOf(c.By, p.Names.People), c.At, append([]string{}, c.Struck...), c.Decision,
			rest.PersonIfAny(c.DecidedBy, p.Names.People), c.DecidedAt}
	}
	for n := range p.Earlier {
		w.Earlier = append(w.Earlier, visitSummaryOf(&p.Earlier[n], &p.Names))
	}
	for _, may := range p.May {
		w.May = append(w.May, string(may))
	}
	if p.MayAgain {
		w.May = append(w.May, "recheck")
	}
	return w
}

// dueVisit is a visit that nobody made yet.
type dueVisit struct {
	State    inspect.VisitState    `json:"state"`
	Draw     *rest.Ref             `json:"draw,omitempty"`
	Rechecks inspect.ID            `json:"rechecks,omitzero"`
	Subject  inspect.VisitSubject  `json:"subject"`
	Target   rest.Ref              `json:"target"`
	Kind     inspect.SpotKind      `json:"kind,omitempty"`
	Position *registerapi.Position `json:"position,omitempty"`
	With     []rest.PersonRef      `json:"with"`
	Since    inspect.Time          `json:"since"`
	Last     *visitSummary         `json:"last,omitempty"`
	Content  *standardContent      `json:"content,omitempty"`
}

func dueVisitOf(d *inspections.DueVisit, names *inspections.VisitNames) dueVisit {
	w := dueVisit{State: inspect.VisitDue, Rechecks: d.Rechecks, Subject: d.Subject, Target: rest.Ref{ID: d.Target, Name: d.Name}, Kind: d.Kind, With: []rest.PersonRef{},
		Since: d.Since}
	if !d.Draw.IsZero() {
		w.Draw = &rest.Ref{ID: d.Draw, Name: d.Purpose}
	}
	if d.Spot.Datum != "" {
		w.Position = registerapi.PositionOf(&inspect.Place{Point: d.Spot.Point, Datum: d.Spot.Datum, OriginalPoint: d.Spot.OriginalPoint})
	}
	for _, id := range d.With {
		w.With = append(w.With, rest.PersonOf(id, names.People))
	}
	if d.Last != nil {
		last := visitSummaryOf(d.Last, names)
		w.Last = &last
		if !d.Rechecks.IsZero() { // by the version of the visit before, which may be no longer in force
			s := names.Standard(d.Last)
			content := contentOf(&s)
			w.Content = &content
		}
	}
	return w
}
