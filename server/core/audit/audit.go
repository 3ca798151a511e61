package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/signedlog"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/people"
	"spotcheck/server/store"
)

// Finding is one thing that an audit found; Wrong is false for what only a person should know.
type Finding struct {
	Wrong   bool   `json:"wrong"`
	Subject string `json:"subject"` // what it is about
	Detail  string `json:"detail"`
}

// AuditSummary counts what an audit looked at.
type AuditSummary struct {
	Events      int64 `json:"events"`
	Streams     int64 `json:"streams"`
	Issues      int64 `json:"issues"`
	Photos      int64 `json:"photos"`
	Blobs       int64 `json:"originals"`
	Renditions  int64 `json:"renditions"`
	Checkpoints int64 `json:"checkpoints"`
	LastEvent   int64 `json:"last_event"`
	Logged      int64 `json:"logged"` // events that the growing log holds
	Signed      int64 `json:"signed"` // checkpoints of the growing log
	Wrong       int   `json:"wrong"`
}

// auditor looks at everything once and tells each finding as it comes.
type auditor struct {
	core *Service
	tell func(Finding)
	sum  AuditSummary

	seen      seqs            // numbers of events in the whole record
	absent    int64           // events that their own chains miss
	numbers   map[string]bool // of issues that the record tells of
	registers map[evidence.Stream]*ledger.Row
	imported  map[string]inspect.Time    // imports of areas that the record says were applied, and when
	outlined  map[string]evidence.Stream // outlines that the record names, with an area that has or had them
	broken    map[evidence.Stream]bool   // whose chain has a fault
	merges    []mergeHalf
}

// Audit checks the whole record: chains against heads, rows against events, texts against seals, every blob against its
// digest, checkpoints and the growing log against the chains and against an outside checkpoint of either if there is one. On a live server it takes the last
// event number first and looks at one snapshot of the database; what the blob store shows of later changes is no finding.
func (svc *Service) Audit(ctx context.Context, outside []byte, tell func(Finding)) (AuditSummary, error) {
	a := &auditor{core: svc, numbers: map[string]bool{}, broken: map[evidence.Stream]bool{}, outlined: map[string]evidence.Stream{}}
	a.tell = func(f Finding) {
		if f.Wrong {
			a.sum.Wrong++
		}
		tell(f)
	}
	if err := a.file(ctx); err != nil {
		return a.sum, err
	}
	var ofDay, ofLog []byte
	if _, err := signedlog.Parse(outside); err == nil {
		ofLog = outside
	} else {
		ofDay = outside
	}
	var want expectedFiles
	err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if a.sum.LastEvent, err = tx.LastSeq(ctx); err != nil {
			return err
		}
		a.seen.last = a.sum.LastEvent
		if err := a.record(ctx, tx); err != nil {
			return err
		}
		if err := a.mapCounts(ctx, tx); err != nil {
			return err
		}
		if want, err = a.expected(ctx, tx); err != nil {
			return err
		}
		if err := a.log(ctx, tx, ofLog); err != nil {
			return err
		}
		return a.checkpoints(ctx, tx, ofDay, &want)
	})
	if errors.Is(err, store.ErrDamaged) { // what was not read cannot be held against anything
		a.wrong("database", "the record cannot be read to its end: %v; %s", err, svc.Advice(ctx))
		return a.sum, nil
	}
	if err != nil {
		return a.sum, err
	}
	err = a.blobs(ctx, &want)
	return a.sum, err
}

func (a *auditor) wrong(subject, format string, args ...any) {
	a.tell(Finding{Wrong: true, Subject: subject, Detail: fmt.Sprintf(format, args...)})
}

func (a *auditor) note(subject, format string, args ...any) {
	a.tell(Finding{Subject: subject, Detail: fmt.Sprintf(format, args...)})
}

// record checks the chain of every stream and holds the rows against what the events tell.
func (a *auditor) record(ctx context.Context, tx *store.Tx) (err error) {
	if a.registers, err = registerRows(ctx, tx); err != nil {
		return err
	}
	type end struct {
		stream evidence.Stream
		head   evidence.Head
	}
	var ends []end
	if err := tx.EachHead(ctx, func(s evidence.Stream, h evidence.Head) error { ends = append(ends, end{s, h}); return nil }); err != nil {
		return err
	}
	a.imported = map[string]inspect.Time{}
	for _, e := range ends {
		if err := a.imports(ctx, tx, e.stream); err != nil {
			return err
		}
	}
	for _, e := range ends {
		if err := a.stream(ctx, tx, e.stream, e.head); err != nil {
			return err
		}
	}
	if err := a.strangers(ctx, tx); err != nil {
		return err
	}
	if err := a.outlines(ctx, tx); err != nil {
		return err
	}
	if err := a.lookedAt(ctx, tx); err != nil {
		return err
	}
	if together, err := people.OnePerson.In(ctx, tx); err != nil {
		return err
	} else if together {
		a.note("setting "+people.OnePerson.Key, "one person may be administrator, office and auditor at once: no rule of two people binds them")
	}
	return a.whole(ctx, tx)
}

// streamReplayer replays the events of one stream and then compares; what it finds is told after the faults of the chain.
type streamReplayer interface {
	apply(store.RecordedEvent) error
	compare(context.Context, *store.Tx) error
}

// stream checks one chain. Where it is broken its events no longer say what the rows should be: differences are notes.
func (a *auditor) stream(ctx context.Context, tx *store.Tx, s evidence.Stream, head evidence.Head) error {
	a.sum.Streams++
	chain := evidence.ChainVerifier{Stream: s}
	r := &replay{auditor: a, stream: s}
	t := a.replayerOf(r)
	var n, held int64
	for {
		page, err := tx.Events(ctx, s, n, ledger.EventPage)
		if err != nil {
			return err
		}
		for _, e := range page {
			a.sum.Events++
			if n = e.N; n <= head.N {
				held++
			}
			chain.Add(e.RecordedEvent)
			r.place(e)
			if err := t.apply(e); err != nil && !r.stuck {
				r.stuck = true
				r.found(s.String(), "event %d cannot be replayed: %v", e.N, err)
			}
		}
		if len(page) < ledger.EventPage {
			break
		}
	}
	a.absent += head.N - held
	faults := chain.End(head)
	for _, f := range faults {
		a.wrong(f.Stream.String(), "%s: %s (event %d)", f.Fault, f.Detail, f.N)
	}
	a.broken[s] = len(faults) > 0
	if !r.stuck && n > 0 {
		if err := t.compare(ctx, tx); err != nil {
			return err
		}
	}
	for _, f := range r.later {
		f.Wrong = f.Wrong && len(faults) == 0
		a.tell(f)
	}
	return nil
}

func (a *auditor) replayerOf(r *replay) streamReplayer {
	if id, err := inspect.ParseID(r.stream.ID); err == nil && r.stream.Kind == store.StreamIssue {
		return newIssueReplay(r, id)
	}
	if r.stream.Kind == store.StreamInstallation {
		return &installationReplay{r, map[inspect.ID]map[string]string{}}
	}
	return &registerReplay{replay: r}
}

// replay is what is common to the streams of all kinds.
type replay struct {
	*auditor
	stream  evidence.Stream
	lastSeq int64
	stuck   bool // some event could not be replayed
	later   []Finding
}

// installationReplay is what happened to the installation as a whole; no row repeats it. What audits found lies beside it.
type installationReplay struct {
	*replay
	seals map[inspect.ID]map[string]string
}

func (r *installationReplay) apply(e store.RecordedEvent) error {
	var body struct {
		At     inspect.Time
		By, ID inspect.ID
		Seals  map[string]string
	}
	err := json.Unmarshal(e.Body, &body)
	r.columns(e, store.RecordedEvent{At: body.At, By: body.By})
	if body.Seals != nil {
		r.seals[body.ID] = body.Seals
	}
	return err
}

func (r *installationReplay) compare(ctx context.Context, tx *store.Tx) error {
	for id, seals := range r.seals {
		told, err := tx.Texts(ctx, id)
		if err != nil {
			return err
		}
		of := registerReplay{replay: r.replay, seals: seals}
		if err := of.compareTexts(ctx, tx, &ledger.Row{Owner: id, Texts: told}); err != nil {
			return err
		}
	}
	return nil
}

// found keeps a finding for after those of the chain.
func (r *replay) found(subject, format string, args ...any) {
	r.later = append(r.later, Finding{Wrong: true, Subject: subject, Detail: fmt.Sprintf(format, args...)})
}

// place checks where an event stands in the whole record.
func (r *replay) place(e store.RecordedEvent) {
	if !r.seen.add(e.Seq) {
		r.found(r.stream.String(), "event %d has the number %d, the record has given only %d", e.N, e.Seq, r.seen.last)
	}
	if e.Seq <= r.lastSeq {
		r.found(r.stream.String(), "event %d has the number %d in the whole record, which runs back behind %d", e.N, e.Seq, r.lastSeq)
	}
	r.lastSeq = e.Seq
}

// columns holds what stands beside the body of an event, for figures, against what it tells.
func (r *replay) columns(e store.RecordedEvent, want store.RecordedEvent) {
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"at", e.At, want.At}, {"person", e.By, want.By}, {"unit", e.Unit, want.Unit}, {"due at", e.DueAt, want.DueAt}, {"status", e.Status, want.Status},
		{"left", e.LeftCustody, want.LeftCustody},
	} {
		if c.got != c.want {
			r.found(r.stream.String(), "event %d: the column says %s %v, the event %v", e.N, c.name, c.got, c.want)
		}
	}
}

// strangers finds what stands in the database and has no events.
func (a *auditor) strangers(ctx context.Context, tx *store.Tx) error {
	for s := range a.registers {
		a.wrong(s.String(), "stands in the database but not in the record")
	}
	if err := tx.EachIssueWithoutEvents(ctx, func(id inspect.ID, number string) error {
		a.wrong(store.IssueStream(id).String(), "issue %s stands in the database but not in the record", number)
		return nil
	}); err != nil {
		return err
	}
	return tx.EachWithWrongMapCell(ctx, func(id inspect.ID, number string) error {
		a.wrong(store.IssueStream(id).String(), "issue %s: its place on the map is not the one of the record", number)
		return nil
	})
}

// whole looks for what is gone with all its traces: numbers that were given and are nowhere.
func (a *auditor) whole(ctx context.Context, tx *store.Tx) error {
	counters, err := tx.Counters(ctx)
	if err != nil {
		return err
	}
	if err := a.papers(ctx, tx, counters); err != nil {
		return err
	}
	for name, last := range counters {
		var year int
		if _, err := fmt.Sscanf(name, "issue-%d", &year); err != nil {
			continue
		}
		for n := int64(1); n <= last; n++ {
			number := inspect.IssueNumber(year, n)
			if a.numbers[number] {
				continue
			}
			if ok, err := tx.IssueNumbered(ctx, number); err != nil {
				return err
			} else if !ok {
				a.wrong("issue "+number, "the number was given, and there is no such issue any more")
			}
		}
	}
	if gaps, missing := a.seen.gaps(); missing > a.absent {
		a.wrong("record", "of the events 1 to %d of the whole record %d are missing that no stream accounts for; gone are %s", a.seen.last, missing-a.absent, gaps)
	}
	for _, m := range a.merges {
		if a.broken[m.other] {
			continue
		}
		if ok, err := tx.HasEvent(ctx, m.other, m.head); err != nil {
			return err
		} else if !ok {
			a.wrong(m.stream.String(), "event %d names the head of %s, which is not in the record", m.n, m.other)
		}
	}
	return nil
}

// mapCounts holds the counts of the map against the issues.
func (a *auditor) mapCounts(ctx context.Context, tx *store.Tx) error {
	all, err := tx.MapMiscounts(ctx, issues.MiscountsShown)
	for _, m := range all {
		a.wrong("map", "cell %d of level %d counts %d issues of the area %d, there are %d, or they lie elsewhere", m.Cell, m.Level, m.Stored, m.Area, m.Counted)
	}
	return err
}
