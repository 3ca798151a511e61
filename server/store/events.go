package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
)

// The kinds of stream.
const (
	StreamIssue      = "issue"
	StreamPerson     = "person"
	StreamUnit       = "unit"
	StreamArea       = "area"
	StreamImport     = "area-import"
	StreamCategory   = "category"
	StreamRule       = "rule"
	StreamSuspension = "suspension"
	StreamPlan       = "plan"
	StreamMapping    = "import-mapping"
	StreamIntake     = "issue-import"
	StreamSetting    = "setting"

	StreamChannels       = "channels" // how a person wants to be told
	StreamWebhook        = "webhook"
	StreamGateway        = "gateway"
	StreamResponsibility = "responsibility"
	StreamPlace          = "place"
	StreamAgreement      = "agreement"
	StreamInstallation   = "installation" // what happens to it as a whole
	StreamPaper          = "paper"
	StreamBatch          = "paper_batch"
	StreamReport         = "report"
	StreamAssessment     = "assessment" // points that are added by hand
	StreamScheme         = "assessment_scheme"
	StreamSheet          = "assessment_sheet"
	StreamReturnForm     = "return_form"
	StreamReturn         = "return"
	StreamExposure       = "exposure"
	StreamDraw           = "draw"
	StreamStandard       = "standard" // each version has a stream of its own
	StreamVisit          = "visit"
	StreamDuty           = "duty"
	StreamOpening        = "round_opening" // the rounds of a duty that were opened with a day
	StreamRound          = "round"
	StreamLeave          = "leave"
	StreamRoster         = "roster"
	StreamWork           = "work" // quantities, by the fix or the round
	StreamHeading        = "heading"
	StreamDocument       = "document"
	StreamExport         = "archive_export"
	StreamCampaign       = "campaign"
	StreamActivity       = "activity"
	StreamSignIn         = "activity_sign_in" // each has a stream of its own
)

// Entry is a line for the record, as a use case makes it.
type Entry struct {
	Stream      evidence.Stream
	Type        string
	Schema      int
	Body        any
	By          inspect.ID
	Unit        inspect.ID     // columns beside the body, for figures
	DueAt       inspect.Time   //
	Status      inspect.Status //
	LeftCustody Custody        // where an issue was before and is no more: its audience there has to be told
}

// Custody is in whose hands an issue is: a unit, an area, and who looks after it for somebody else.
type Custody struct{ Unit, Area, Person inspect.ID }

// CustodyLeft is where an issue was before an event and is no more; nowhere when it stayed. A unit whose part was taken back is left as well.
func CustodyLeft(was, is *inspect.Issue) (left Custody) {
	for _, unit := range append(was.Assisting(), was.Unit) {
		if unit != is.Unit && !slices.Contains(is.Assisting(), unit) {
			left.Unit = unit
		}
	}
	if was.Area != is.Area {
		left.Area = was.Area
	}
	if was.TakenOverBy != is.TakenOverBy {
		left.Person = was.TakenOverBy
	}
	return left
}

// IssueStream is the stream of an issue.
func IssueStream(id inspect.ID) evidence.Stream {
	return evidence.Stream{Kind: StreamIssue, ID: id.String()}
}

// Record leaves a line for the record; it gets its number when the transaction is about to commit.
func (tx *Tx) Record(e Entry) { tx.events = append(tx.events, e) }

// RecordIssue leaves a line in the record of an issue, as it is after the event, which took it away from somewhere.
func (tx *Tx) RecordIssue(i *inspect.Issue, e *inspect.Event, left Custody) {
	tx.Record(Entry{Stream: IssueStream(i.ID), Type: e.Type, Schema: inspect.EventSchema, Body: e, By: e.By, Unit: i.Unit, DueAt: i.DueAt,
		Status: i.Status, LeftCustody: left})
}

// Head is where the chain of a stream ends, before this transaction.
func (tx *Tx) Head(ctx context.Context, s evidence.Stream) (evidence.Head, error) {
	var h evidence.Head
	var hash []byte
	err := tx.row(ctx, "SELECT n, hash FROM stream WHERE kind = ? AND name = ?", s.Kind, s.ID).Scan(&h.N, &hash)
	if ok, err := ignoreNoRows(err); !ok {
		return h, err
	}
	copy(h.Hash[:], hash)
	return h, nil
}

// LastBy is who left the last line of a stream, before this transaction; nobody where there is none.
func (tx *Tx) LastBy(ctx context.Context, s evidence.Stream) (by inspect.ID, err error) {
	err = tx.row(ctx, "SELECT e.person FROM stream s JOIN event e ON e.stream = s.id AND e.n = s.n WHERE s.kind = ? AND s.name = ?", s.Kind, s.ID).Scan((*uid)(&by))
	_, err = ignoreNoRows(err)
	return by, err
}

// flush writes the events as the last thing before the commit: under the lock of the feed, so that the order of numbers
// is the order of commits.
func (tx *Tx) flush(ctx context.Context) error {
	if len(tx.events) == 0 {
		return nil
	}
	if lock := tx.store.dialect.lockFeed; lock != "" {
		if err := tx.exec(ctx, lock); err != nil {
			return err
		}
	}
	last, err := tx.next(ctx, "event", int64(len(tx.events)))
	if err != nil {
		return err
	}
	seq := last - int64(len(tx.events))
	for some := range slices.Chunk(tx.events, eventRows) {
		if err := tx.appendAll(ctx, seq, some); err != nil {
			return fmt.Errorf("store: event %s of %s and %d after it: %w", some[0].Type, some[0].Stream, len(some)-1, err)
		}
		seq += int64(len(some))
	}
	if notify := tx.store.dialect.notify; notify != "" {
		return tx.exec(ctx, notify)
	}
	return nil
}

// eventRows is how many events one statement keeps at most: an import leaves as many as it has rows.
const eventRows = 16

// appendAll puts events at the end of their streams, those of one stream in their order.
func (tx *Tx) appendAll(ctx context.Context, seq int64, entries []Entry) error {
	heads, streams, err := tx.heads(ctx, entries)
	if err != nil {
		return err
	}
	events := make([]evidence.Event, len(entries))
	for n, e := range entries {
		if events[n], err = heads[e.Stream].Next(e.Stream, e.Type, e.Schema, e.Body); err != nil {
			return err
		}
		heads[e.Stream] = evidence.Head{N: events[n].N, Hash: events[n].Hash()}
	}
	ids, err := tx.saveHeads(ctx, streams, heads)
	if err != nil {
		return err
	}
	args := make([]any, 0, 16*len(entries))
	for n, e := range entries {
		event := &events[n]
		hash := event.Hash()
		args = append(args, seq+int64(n)+1, ids[e.Stream], event.N, event.Type, event.Schema, event.Prev[:], hash[:], string(event.Body), int64(tx.Now),
			bytesOf(e.By), bytesOf(e.Unit), int64(e.DueAt), string(e.Status), bytesOf(e.LeftCustody.Unit), bytesOf(e.LeftCustody.Area), bytesOf(e.LeftCustody.Person))
	}
	return tx.exec(ctx, `INSERT INTO event (seq, stream, n, type, schema_version, prev, hash, body, at, person, unit, due_at, status, left_unit, left_area, left_person)
		VALUES `+rowsOf(16, len(entries)), args...)
}

// rowsOf are the marks of so many rows of so many columns.
func rowsOf(columns, rows int) string {
	row := "(" + strings.Repeat("?, ", columns-1) + "?)"
	return strings.Repeat(row+", ", rows-1) + row
}

// heads gives where the streams of some events end, and the streams in the order in which the events name them first.
func (tx *Tx) heads(ctx context.Context, entries []Entry) (map[evidence.Stream]evidence.Head, []evidence.Stream, error) {
	heads := make(map[evidence.Stream]evidence.Head, len(entries))
	var streams []evidence.Stream
	var args []any
	for _, e := range entries {
		if _, met := heads[e.Stream]; !met {
			heads[e.Stream], streams = evidence.Head{}, append(streams, e.Stream)
			args = append(args, e.Stream.Kind, e.Stream.ID)
		}
	}
	return heads, streams, tx.each(ctx, func(r scanner) error {
		var s evidence.Stream
		var h evidence.Head
		var hash []byte
		err := r.Scan(&s.Kind, &s.ID, &h.N, &hash)
		copy(h.Hash[:], hash)
		heads[s] = h
		return err
	}, "SELECT kind, name, n, hash FROM stream WHERE (kind, name) IN (VALUES "+rowsOf(2, len(streams))+")", args...)
}

// saveHeads keeps where streams end now, and gives their rows.
func (tx *Tx) saveHeads(ctx context.Context, streams []evidence.Stream, heads map[evidence.Stream]evidence.Head) (map[evidence.Stream]int64, error) {
	args := make([]any, 0, 4*len(streams))
	for _, s := range streams {
		h := heads[s]
		args = append(args, s.Kind, s.ID, h.N, h.Hash[:])
	}
	ids := make(map[evidence.Stream]int64, len(streams))
	return ids, tx.each(ctx, func(r scanner) error {
		var s evidence.Stream
		var id int64
		err := r.Scan(&s.Kind, &s.ID, &id)
		ids[s] = id
		return err
	}, "INSERT INTO stream (kind, name, n, hash) VALUES "+rowsOf(4, len(streams))+`
		ON CONFLICT (kind, name) DO UPDATE SET n = excluded.n, hash = excluded.hash RETURNING kind, name, id`, args...)
}

// RecordedEvent is an event as it stands in the record.
type RecordedEvent struct {
	evidence.RecordedEvent
	At          inspect.Time // the columns beside the body
	By          inspect.ID
	Unit        inspect.ID
	DueAt       inspect.Time
	Status      inspect.Status
	LeftCustody Custody // nowhere in events of schema 1, which nobody follows any more
}

const eventColumns = `SELECT e.seq, s.kind, s.name, e.n, e.type, e.schema_version, e.prev, e.hash, e.body, e.at, e.person,
	e.unit, e.due_at, e.status, e.left_unit, e.left_area, e.left_person FROM event e JOIN stream s ON s.id = e.stream `

func scanEvent(r scanner) (RecordedEvent, error) {
	var e RecordedEvent
	var prev, hash []byte
	var body string
	err := r.Scan(&e.Seq, &e.Stream.Kind, &e.Stream.ID, &e.N, &e.Type, &e.Schema, &prev, &hash, &body, (*int64)(&e.At), (*uid)(&e.By),
		(*uid)(&e.Unit), (*int64)(&e.DueAt), (*string)(&e.Status), (*uid)(&e.LeftCustody.Unit), (*uid)(&e.LeftCustody.Area), (*uid)(&e.LeftCustody.Person))
	copy(e.Prev[:], prev)
	copy(e.Hash[:], hash)
	e.Body = []byte(body)
	return e, err
}

// Events gives a stream's events after number n, oldest first.
func (tx *Tx) Events(ctx context.Context, s evidence.Stream, n int64, limit int) ([]RecordedEvent, error) {
	return list(ctx, tx, scanEvent, eventColumns+"WHERE s.kind = ? AND s.name = ? AND e.n > ? ORDER BY e.n LIMIT ?", s.Kind, s.ID, n, limit)
}

// EachEvent calls f for every event up to a number, in the order of stream, then n. The plus keeps SQLite from taking the
// index of the numbers, after which it would have to sort the whole record.
func (tx *Tx) EachEvent(ctx context.Context, upTo int64, f func(RecordedEvent) error) error {
	return tx.each(ctx, func(r scanner) error {
		e, err := scanEvent(r)
		if err != nil {
			return err
		}
		return f(e)
	}, eventColumns+"WHERE +e.seq <= ? ORDER BY s.kind, s.name, e.n", upTo)
}

// IssueAfter is the id of the n-th issue on record after one, in the order of ids; ok is false when there are fewer.
func (tx *Tx) IssueAfter(ctx context.Context, after inspect.ID, n int) (id inspect.ID, ok bool, err error) {
	var name string
	err = tx.row(ctx, "SELECT name FROM stream WHERE kind = ? AND name > ? ORDER BY name LIMIT 1 OFFSET ?", StreamIssue, after.String(), n-1).Scan(&name)
	if ok, err = ignoreNoRows(err); ok {
		err = id.UnmarshalText([]byte(name))
	}
	return id, ok, err
}

// EachIssueEvent calls f for what happened to the issues after one id up to another, in the order of ids, then of what happened, up to the number of an
// event; without the other id up to the end. What happens to photos alone is left out.
func (tx *Tx) EachIssueEvent(ctx context.Context, after, upTo inspect.ID, seq int64, f func(issue, eventType, body string) error) error {
	q, args := "", []any{StreamIssue, after.String()}
	if !upTo.IsZero() {
		q, args = "AND s.name <= ? ", append(args, upTo.String())
	}
	return tx.each(ctx, func(r scanner) error {
		var issue, eventType, body string
		if err := r.Scan(&issue, &eventType, &body); err != nil {
			return err
		}
		return f(issue, eventType, body)
	}, "SELECT s.name, e.type, e.body FROM event e JOIN stream s ON s.id = e.stream WHERE s.kind = ? AND s.name > ? "+q+
		"AND +e.seq <= ? AND e.type LIKE 'issue.%' ORDER BY s.name, e.n", append(args, seq)...)
}

// LastSeq is the number of the last event, 0 before the first.
func (tx *Tx) LastSeq(ctx context.Context) (int64, error) {
	var n int64
	err := tx.row(ctx, "SELECT value FROM counter WHERE name = 'event'").Scan(&n)
	_, err = ignoreNoRows(err)
	return n, err
}

// EachHead calls f for every stream in the order of kind, then name.
func (tx *Tx) EachHead(ctx context.Context, f func(evidence.Stream, evidence.Head) error) error {
	return tx.each(ctx, func(r scanner) error {
		var s evidence.Stream
		var h evidence.Head
		var hash []byte
		if err := r.Scan(&s.Kind, &s.ID, &h.N, &hash); err != nil {
			return err
		}
		copy(h.Hash[:], hash)
		return f(s, h)
	}, "SELECT kind, name, n, hash FROM stream ORDER BY kind, name")
}

// EachHeadAt calls f for every stream as it was after the event with a number of the whole record. What came later names the hash that it follows, so
// that only that is looked at.
func (tx *Tx) EachHeadAt(ctx context.Context, seq int64, f func(evidence.Stream, evidence.Head) error) error {
	before := map[evidence.Stream]evidence.Head{}
	if err := tx.each(ctx, func(r scanner) error {
		var s evidence.Stream
		var n int64
		var prev []byte
		if err := r.Scan(&s.Kind, &s.ID, &n, &prev); err != nil {
			return err
		}
		if _, met := before[s]; !met {
			h := evidence.Head{N: n - 1}
			copy(h.Hash[:], prev)
			before[s] = h
		}
		return nil
	}, "SELECT s.kind, s.name, e.n, e.prev FROM event e JOIN stream s ON s.id = e.stream WHERE e.seq > ? ORDER BY e.seq", seq); err != nil {
		return err
	}
	return tx.EachHead(ctx, func(s evidence.Stream, h evidence.Head) error {
		if then, later := before[s]; later {
			h = then
		}
		if h.N == 0 {
			return nil
		}
		return f(s, h)
	})
}

// SaveCheckpoint keeps a day's checkpoint; a day that has one keeps the first.
func (tx *Tx) SaveCheckpoint(ctx context.Context, date string, body []byte) error {
	return tx.exec(ctx, "INSERT INTO checkpoint (date, body) VALUES (?, ?) ON CONFLICT (date) DO NOTHING", date, string(body))
}

// HasEvent says whether a stream holds an event with this hash.
func (tx *Tx) HasEvent(ctx context.Context, s evidence.Stream, hash evidence.Digest) (bool, error) {
	return ignoreNoRows(tx.row(ctx, "SELECT 1 FROM event e JOIN stream s ON s.id = e.stream WHERE s.kind = ? AND s.name = ? AND e.hash = ?",
		s.Kind, s.ID, hash[:]).Scan(new(int)))
}

// Counters gives the last number of every counter, by its name.
func (tx *Tx) Counters(ctx context.Context) (map[string]int64, error) {
	all := map[string]int64{}
	return all, tx.each(ctx, func(r scanner) error {
		var name string
		var value int64
		err := r.Scan(&name, &value)
		all[name] = value
		return err
	}, "SELECT name, value FROM counter")
}

// EachCheckpoint calls f for every checkpoint document with the day under which it is kept, oldest first.
func (tx *Tx) EachCheckpoint(ctx context.Context, f func(date string, body []byte) error) error {
	return tx.each(ctx, func(r scanner) error {
		var date, body string
		if err := r.Scan(&date, &body); err != nil {
			return err
		}
		return f(date, []byte(body))
	}, "SELECT date, body FROM checkpoint ORDER BY date")
}

// Checkpoints gives all checkpoint documents, oldest first.
func (tx *Tx) Checkpoints(ctx context.Context) ([]json.RawMessage, error) {
	return list(ctx, tx, func(r scanner) (json.RawMessage, error) {
		var body string
		err := r.Scan(&body)
		return json.RawMessage(body), err
	}, "SELECT body FROM checkpoint ORDER BY date")
}
