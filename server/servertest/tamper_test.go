package servertest_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/audit"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/photos"
	"spotcheck/server/servertest"
)

// evidence is a small record with something of everything.
type evidence struct {
	*servertest.Tamperer
	fixed, merged, plain, last inspect.ID // issues
	report, other              servertest.Picture
	comment, paper             inspect.ID
	first, second              []byte // checkpoints
}

func newEvidence(s *servertest.Server) *evidence {
	lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
	fillRegisters(s)
	fillDraws(s)
	fillVisits(s)
	fillArchive(s)
	fillCampaigns(s)
	fillAssessments(s)
	v := &evidence{Tamperer: s.Tampers(), report: servertest.NewPicture("report"), other: servertest.NewPicture("report")}
	crew.Do(http.MethodPut, "/api/v1/me/channels", M{"rules": M{"urgent": []string{"email", "feishu"}}, "email": "crew@city.example",
		"robots": []M{{"kind": "feishu", "url": "https://robots.example/key"}}}).Want(http.StatusOK)
	s.As("admin").Do(http.MethodPut, "/api/v1/webhooks/"+inspect.NewID().String(),
		M{"name": "program", "url": "https://program.example/", "types": []string{"issue.filed"}, "enabled": false}).Want(http.StatusCreated)
	s.As("admin").Do(http.MethodPut, "/api/v1/gateways/email",
		M{"settings": M{"host": "mail.example", "port": 587, "from": "a@b.example"}, "enabled": false, "secret": "secret"}).Want(http.StatusOK)
	sent, in, _ := checksAreas(s.As("admin"), "csv", "wgs84", suburbs(2))
	sent.Want(http.StatusCreated)
	appliesAreas(s.As("admin"), in.ID).Want(http.StatusOK)
	v.fixed = inspect.NewID()
	lin.Do(http.MethodPut, "/api/v1/issues/"+v.fixed.String(), lin.Report(v.report)).Want(http.StatusCreated)
	lin.Sends(v.fixed, v.report)
	office.Assigns(v.fixed, "longhua-sanitation", 8*time.Hour)
	crew.Fixes(v.fixed)
	s.As("wang").Verifies(v.fixed, "fail")
	v.merged = lin.ReportsMud()
	office.Acts(v.merged, "merge", M{"into": v.fixed}).Want(http.StatusCreated)
	v.plain, v.comment = inspect.NewID(), inspect.NewID()
	lin.Do(http.MethodPut, "/api/v1/issues/"+v.plain.String(), lin.Report(v.other)).Want(http.StatusCreated)
	lin.Sends(v.plain, v.other)
	lin.ActsAs(v.plain, v.comment, "comment", M{"note": "门口的王师傅说每天都有"}).Want(http.StatusCreated)
	s.Drain()
	v.first = v.checkpoint(s)
	s.Pass(24 * time.Hour)
	v.second = v.checkpoint(s)
	v.last = inspect.NewID()
	nowhere, p := lin.Report(), servertest.NewPicture("report")
	delete(nowhere, "place") // raises a flag
	nowhere["photos"] = []M{p.Declared()}
	lin.Do(http.MethodPut, "/api/v1/issues/"+v.last.String(), nowhere).Want(http.StatusCreated)
	lin.Sends(v.last, p)
	s.Pass(2 * time.Minute)
	s.Drain()
	s.Audit()
	return v
}

func (v *evidence) checkpoint(s *servertest.Server) []byte {
	c, err := s.Core.Ledger.TakeCheckpoint(context.Background())
	if err != nil {
		panic(err)
	}
	body, err := c.Canonical()
	if err != nil {
		panic(err)
	}
	return body
}

// is is the condition that a column of ids names this one.
func (v *evidence) is(column string, id inspect.ID) string {
	form := "x'%s'"
	if v.Postgres() {
		form = `'\x%s'`
	}
	return fmt.Sprintf("%s = "+form, column, hex.EncodeToString(id[:]))
}

// stream is the condition that an event belongs to an issue.
func (v *evidence) stream(id inspect.ID) string {
	return "stream = (SELECT id FROM stream WHERE kind = 'issue' AND name = '" + id.String() + "')"
}

// gone deletes an issue with everything that belongs to it, but for its stream.
func (v *evidence) gone(id inspect.ID) {
	whole := "issue = (SELECT id FROM issue WHERE " + v.is("uid", id) + ")"
	v.Deletes("personal_text", v.is("owner", id))
	v.Deletes("rendition", "photo IN (SELECT id FROM photo WHERE "+whole+")")
	for _, table := range []string{"photo", "flag", "action"} {
		v.Deletes(table, whole)
	}
	v.Deletes("event", v.stream(id))
	v.Deletes("issue", v.is("uid", id))
}

// finding is what an audit has to say.
type finding struct{ subject, detail string }

func (f finding) of(got audit.Finding) bool {
	return strings.HasPrefix(got.Subject, f.subject) && strings.Contains(got.Detail, f.detail)
}

// uncounted is what the map says after a change without its triggers: PostgreSQL leaves them out for who tampers.
func (v *evidence) uncounted() []finding {
	if v.Postgres() {
		return []finding{{"map", "counts"}}
	}
	return nil
}

func TestAuditNamesWhatWasChanged(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		v := newEvidence(s)
		for _, tt := range v.changes() {
			tt.change()
			wrong, noted := s.Findings(tt.outside)
			v.Restore()
			if tt.notedOnly {
				wrong, noted = noted, wrong
			}
			for _, want := range tt.want {
				found := false
				for _, got := range wrong {
					found = found || want.of(got)
				}
				if !found {
					t.Errorf("%s: %q about %q is not among %v", tt.name, want.detail, want.subject, wrong)
				}
			}
			for _, got := range wrong {
				expected := false
				for _, want := range tt.want {
					expected = expected || want.of(got)
				}
				if !expected {
					t.Errorf("%s: the audit also says %v", tt.name, got)
				}
			}
			if tt.notedOnly && len(noted) > 0 {
				t.Errorf("%s: the audit calls %v wrong", tt.name, noted)
			}
		}
		s.Audit()
	})
}

type change struct {
	name      string
	change    func()
	outside   []byte
	want      []finding
	notedOnly bool
}

func (v *evidence) changes() []change {
	return append(append(v.byteChanges(), v.rowChanges()...), append(v.eventChanges(), append(v.textChanges(), append(v.checkpointChanges(), v.registerChanges()...)...)...)...)
}

func (v *evidence) byteChanges() []change {
	key := photos.OriginalKey(v.report.SHA256())
	flipped := append([]byte{}, v.report.Bytes...)
	flipped[len(flipped)/2] ^= 1
	thumb := photos.RenditionKey(v.Texts("SELECT r.sha256 FROM rendition r JOIN photo p ON p.id = r.photo WHERE r.size = 'thumb' AND " + v.is("p.uid", v.report.ID))[0])
	stray := []byte("bytes of nobody")
	strayKey := photos.OriginalKey("a57c3b7fbd5a2b61f20c8ef7bd0cd1b47a01c6f54ac0a4b2c9ec4e5b0a1b7f10")
	return []change{
		{name: "a byte of a photo", change: func() { v.PutsBlob(key, flipped) }, want: []finding{{"photo/" + v.report.ID.String(), "were changed"}}},
		{name: "a photo cut short", change: func() { v.PutsBlob(key, v.report.Bytes[:100]) }, want: []finding{{"photo/" + v.report.ID.String(), "were changed"}}},
		{name: "a photo removed", change: func() { v.PutsBlob(key, nil) }, want: []finding{{"photo/" + v.report.ID.String(), "missing under " + key}}},
		{name: "two photos swapped", change: func() {
			v.PutsBlob(key, v.other.Bytes)
			v.PutsBlob(photos.OriginalKey(v.other.SHA256()), v.report.Bytes)
		},
			want: []finding{{"photo/" + v.report.ID.String(), "were changed"}, {"photo/" + v.other.ID.String(), "were changed"}}},
		{name: "a photo moved", change: func() { v.PutsBlob(key, nil); v.PutsBlob("photo/zz/"+v.report.SHA256(), v.report.Bytes) },
			want: []finding{{"photo/" + v.report.ID.String(), "missing"}}},
		{name: "a small picture changed", change: func() { v.PutsBlob(thumb, flipped) }, want: []finding{{"photo/" + v.report.ID.String(), "the picture made from it"}}},
		{name: "a small picture removed", change: func() { v.PutsBlob(thumb, nil) }, want: []finding{{"photo/" + v.report.ID.String(), "the picture made from it is missing"}}},
		{name: "a stray photo with a wrong name", change: func() { v.PutsBlob(strayKey, stray) }, want: []finding{{strayKey, "were changed"}}},
		{name: "a stray photo", notedOnly: true, change: func() {
			p := servertest.NewPicture("report")
			v.PutsBlob(photos.OriginalKey(p.SHA256()), p.Bytes)
		}, want: []finding{{"photo/", "no row names these bytes"}}},
		{name: "a part of nobody's upload", notedOnly: true, change: func() { v.PutsBlob("upload/"+v.fixed.String()+"/1-0", stray) },
			want: []finding{{"upload/" + v.fixed.String(), "a part of an upload that is gone"}}},
		{name: "a stray file", notedOnly: true, change: func() { v.PutsBlob("notes.txt", stray) }, want: []finding{{"notes.txt", "nothing of this program"}}},
	}
}

func (v *evidence) rowChanges() []change {
	row := func(set string) func() { return func() { v.Changes("issue", set, v.is("uid", v.fixed)) } }
	issue := "issue/" + v.fixed.String()
	photo := func(set string) func() { return func() { v.Changes("photo", set, v.is("uid", v.report.ID)) } }
	return []change{
		{name: "a deadline", change: row("due_at = due_at + 3600000"), want: []finding{{issue, "says due at"}}},
		{name: "a status", change: row("status = 'verified'"), want: append(v.uncounted(), finding{issue, "says status verified, the record says assigned"})},
		{name: "a rework", change: row("rework = 0"), want: []finding{{issue, "says rework 0, the record says 1"}}},
		{name: "a place on the map", change: row("lat = lat + 0.001"), want: append(v.uncounted(), finding{issue, "its place on the map"})},
		{name: "a cell", change: row("cell = cell + 1"), want: []finding{{issue, "its place on the map"}}},
		{name: "a count", change: row("photos_safe = photos_safe - 1"), want: []finding{{issue, "photos safe"}}},
		{name: "a digest in a row", change: photo("sha256 = '" + v.other.SHA256() + "'"), want: []finding{{"photo/" + v.report.ID.String(), "says digest"}}},
		{name: "a photo that proves something else", change: photo("used_by = uid"), want: []finding{{"photo/" + v.report.ID.String(), "says what it proves"}}},
		{name: "a photo called erased", change: photo("state = 'erased'"), want: []finding{{"photo/" + v.report.ID.String(), "says state erased, the record says safe"}}},
		{name: "the row of an issue", change: func() { v.Deletes("issue", v.is("uid", v.last)) },
			want: []finding{{"issue/" + v.last.String(), "is in the record but not in the database"}}},
		{name: "the row of a photo", change: func() { v.Deletes("photo", v.is("uid", v.report.ID)) }, want: []finding{
			{"photo/" + v.report.ID.String(), "is in the record but not in the database"}}},
		{name: "the row of an action", change: func() { v.Deletes("action", v.is("uid", v.comment)) }, want: []finding{
			{"action/" + v.comment.String(), "is in the record but not in the database"}}},
		{name: "when an action counts", change: func() { v.Changes("action", "credited_at = credited_at - 1", v.is("uid", v.comment)) }, want: []finding{
			{"action/" + v.comment.String(), "says credited at"}}},
		{name: "a flag nobody raised", change: func() {
			v.Inserts("flag", "issue, kind, detail, at", "(SELECT id FROM issue WHERE "+v.is("uid", v.plain)+"), 'clock.skew', '', 7")
		}, want: []finding{{"issue/" + v.plain.String(), "was never raised"}, {"issue/" + v.plain.String(), "counts 0 open flags, there are 1"}}},
		{name: "a figure beside an event", change: func() { v.Changes("event", "due_at = due_at + 1", v.stream(v.fixed)+" AND n = 6") },
			want: []finding{{issue, "event 6: the column says due at"}}},
		{name: "a person beside an event", change: func() { v.Changes("event", "person = NULL", v.stream(v.fixed)+" AND n = 1") },
			want: []finding{{issue, "event 1: the column says person"}}},
	}
}

func (v *evidence) eventChanges() []change {
	issue := "issue/" + v.fixed.String()
	last := "issue/" + v.last.String()
	event := func(n int) string { return v.stream(v.fixed) + fmt.Sprintf(" AND n = %d", n) }
	swap := func(set string) func() {
		return func() { v.Changes("event", set, v.stream(v.fixed)+" AND n IN (3, 4)") }
	}
	number := v.As("office").Issue(v.last).Number
	return []change{
		{name: "an event in the middle", change: func() { v.Deletes("event", event(3)) }, want: []finding{{issue, "event.missing"}}},
		{name: "the first event", change: func() { v.Deletes("event", event(1)) }, want: []finding{{issue, "event.missing"}}},
		{name: "the last event of a stream", change: func() {
			v.Deletes("event",
				v.stream(v.last)+" AND n = (SELECT n FROM stream WHERE id = stream)")
		}, want: []finding{{last, "tail.cut"}}},
		{name: "the body of an event", change: func() { v.Changes("event", "body = replace(body, '2026', '2027')", event(3)) },
			want: []finding{{issue, "event.changed: the content does not have the hash that was recorded (event 3)"}}},
		{name: "a body that is no JSON", change: func() { v.Changes("event", "body = replace(body, '{', '[')", event(3)) }, want: []finding{{issue, "(event 3)"}}},
		{name: "the type of an event", change: func() { v.Changes("event", "type = 'issue.filed'", event(4)) },
			want: []finding{{issue, "event.changed: the content does not have the hash that was recorded (event 4)"}}},
		{name: "the schema of an event", change: func() { v.Changes("event", "schema_version = 1", event(4)) },
			want: []finding{{issue, "event.changed: the content does not have the hash that was recorded (event 4)"}}},
		{name: "two bodies swapped", change: swap("body = (SELECT o.body FROM {aside} o WHERE o.n = 7 - event.n)"), want: []finding{{issue, "(event 3)"}, {issue, "(event 4)"}}},
		{name: "a head", change: func() {
			v.Changes("stream", "hash = (SELECT o.hash FROM stream o WHERE o.name = '"+v.plain.String()+"')", "name = '"+v.fixed.String()+"'")
		}, want: []finding{{issue, "head.differs"}}},
		{name: "an issue, but for its stream", change: func() { v.gone(v.last) }, want: []finding{
			{last, "tail.cut: the chain ends at event 0"}, {"issue " + number, "there is no such issue any more"}}},
		{name: "an issue with its stream", change: func() { v.gone(v.last); v.Deletes("stream", "name = '"+v.last.String()+"'") }, want: []finding{
			{"issue " + number, "there is no such issue any more"}, {"record", "are missing that no stream accounts for"}}},
		{name: "the stream of an issue", change: func() { v.Deletes("stream", "name = '"+v.last.String()+"'") }, want: []finding{
			{last, "stands in the database but not in the record"}, {"record", "no stream accounts for"}}},
		{name: "an issue that another one names", change: func() { v.gone(v.merged); v.Deletes("stream", "name = '"+v.merged.String()+"'") }, want: []finding{
			{"issue " + v.number(v.merged), "no such issue any more"}, {"record", "no stream accounts for"}, {issue, "names the head of issue/" + v.merged.String()},
			{"checkpoint", "streams.differ"}, {"checkpoint", "root.differs"}}},
		{name: "the number of an event", change: func() { v.Changes("event", "seq = 900000", v.stream(v.last)+" AND n = 1") }, want: []finding{
			{last, "has given only"}, {last, "runs back"}, {"record", "no stream accounts for"}}},
	}
}

func (v *evidence) number(id inspect.ID) string { return v.As("office").Issue(id).Number }

func (v *evidence) textChanges() []change {
	note := v.is("owner", v.plain) + " AND field = 'note'"
	text, comment := "text/"+v.plain.String(), "text/"+v.comment.String()
	owner := strings.TrimPrefix(v.is("", v.plain), " = ")
	return []change{
		{name: "a note", change: func() { v.Changes("personal_text", "body = '没有问题'", note) }, want: []finding{{text, "the note is not the one that was recorded"}}},
		{name: "a salt", change: func() { v.Changes("personal_text", "salt = "+strings.TrimPrefix(v.is("", v.fixed), " = "), note) },
			want: []finding{{text, "the note is not the one"}}},
		{name: "a note that is gone", change: func() { v.Deletes("personal_text", note) }, want: []finding{{text, "the note is missing"}}},
		{name: "a comment that is gone", change: func() { v.Deletes("personal_text", v.is("owner", v.comment)) }, want: []finding{{comment, "the note is missing"}}},
		{name: "erased without a decision", change: func() { v.Changes("personal_text", "body = '', erased_at = 1795000000000", note) },
			want: []finding{{text, "no decision of that time is in the record"}}},
		{name: "a text that was added", change: func() {
			v.Inserts("personal_text", "owner, field, salt, body, erased_at", owner+", 'plate', "+owner+", '琼A00000', 0")
		}, want: []finding{{text, "a plate that was never recorded"}}},
	}
}

func (v *evidence) checkpointChanges() []change {
	days := v.Texts("SELECT date FROM checkpoint ORDER BY date")
	first, second := "checkpoint/"+days[0]+".json", "checkpoint/"+days[1]+".json"
	changed := []byte(strings.Replace(string(v.first), `"events":`, `"events":1`, 1))
	day := func(n int) string { return "date = '" + days[n] + "'" }
	cut := func() { // everything after the second checkpoint, as if it had never been
		v.gone(v.last)
		v.Deletes("stream", "name = '"+v.last.String()+"'")
		v.Changes("counter", "value = (SELECT max(seq) FROM event)", "name = 'event'")
		v.Changes("counter", "value = value - 1", "name LIKE 'issue-%'")
	}
	outside := v.later()
	return []change{
		{name: "a checkpoint", change: func() { v.Changes("checkpoint", "body = replace(body, '\"events\":', '\"events\":1')", day(1)) }, want: []finding{
			{second, "differ"}, {"checkpoint", days[1]}}},
		{name: "the form of a checkpoint only", change: func() { v.Changes("checkpoint", "body = replace(body, ',', ', ')", day(1)) }},
		{name: "a checkpoint that cannot be read", change: func() { v.Changes("checkpoint", "body = '{}'", day(1)) }, want: []finding{{"checkpoint/" + days[1], "cannot be read"}}},
		{name: "a checkpoint of another day", change: func() { v.Changes("checkpoint", "date = '2031-01-01'", day(1)) }, want: []finding{
			{"checkpoint/2031-01-01", "it says that it is of " + days[1]}, {second, "is not in the database"}}},
		{name: "a checkpoint removed", change: func() { v.Deletes("checkpoint", day(1)) }, want: []finding{{second, "is not in the database"}}},
		{name: "the first checkpoint removed", change: func() { v.Deletes("checkpoint", day(0)) },
			want: []finding{{first, "is not in the database"}, {"checkpoint", "checkpoint.chain: checkpoint of " + days[1]}}},
		{name: "the copy of a checkpoint", change: func() { v.PutsBlob(first, changed) }, want: []finding{{first, "differ"}}},
		{name: "a copy that cannot be read", change: func() { v.PutsBlob(first, []byte("{")) }, want: []finding{{first, "cannot be read"}}},
		{name: "the copy of a checkpoint removed", change: func() { v.PutsBlob(first, nil) }, want: []finding{{first, "is missing"}}},
		{name: "a checkpoint removed with its copy", change: func() { v.Deletes("checkpoint", day(1)); v.PutsBlob(second, nil) }, outside: v.second,
			want: []finding{{"checkpoint/" + days[1], "nothing is kept here any more"}}},
		{name: "nothing, against an outside copy", change: func() {}, outside: v.first},
		{name: "the outside copy", change: func() {}, outside: changed, want: []finding{{"checkpoint", days[0]}}},
		{name: "the tail, and nobody kept a copy", change: cut},
		{name: "the tail, against an outside copy", change: cut, outside: outside, want: []finding{
			{"checkpoint", "nothing is kept here any more"}, {"checkpoint", "record.cut"}, {"checkpoint", "streams.differ"}, {"checkpoint", "root.differs"}}},
		{name: "the tail before the last checkpoint", change: func() { cut(); v.Changes("counter", "value = value - 1", "name = 'event'"); v.tail() }, want: []finding{
			{"checkpoint", "record.cut"}, {"checkpoint", "root.differs"}}},
	}
}

// later is a checkpoint after everything, that is kept outside only.
func (v *evidence) later() []byte {
	v.Pass(24 * time.Hour)
	body := v.checkpoint(v.Server)
	day := v.Texts("SELECT max(date) FROM checkpoint")[0]
	v.SQL("DELETE FROM checkpoint WHERE date = '" + day + "'")
	if err := v.Core.Blobs.Delete(context.Background(), ledger.CheckpointKey(day)); err != nil {
		panic(err)
	}
	return body
}

// tail cuts the last event before the second checkpoint, a comment, with all that it left.
func (v *evidence) tail() {
	v.Changes("stream", "n = n - 1, hash = (SELECT prev FROM event WHERE stream = stream.id AND n = stream.n)", "name = '"+v.plain.String()+"'")
	v.Deletes("event", v.stream(v.plain)+" AND type = 'issue.commented'")
	v.Deletes("action", v.is("uid", v.comment))
	v.Deletes("personal_text", v.is("owner", v.comment))
	v.Changes("issue", "updated_at = (SELECT max(at) FROM event WHERE "+v.stream(v.plain)+")", v.is("uid", v.plain))
}

func (v *evidence) registerChanges() []change {
	crew, unit := servertest.ID("crew"), servertest.ID("longhua-sanitation")
	person := "(SELECT id FROM person WHERE " + v.is("uid", crew) + ")"
	stranger := strings.TrimPrefix(v.is("", v.fixed), " = ")
	return []change{
		{name: "a role nobody gave", change: func() {
			v.Inserts("role_grant", "person, role, scope_kind, since, until", person+", 'admin', 'city', 1, 0")
		},
			want: []finding{{"person/" + crew.String(), "the role admin over city"}}},
		{name: "when a role began", change: func() { v.Changes("role_grant", "since = since + 1", "person = "+person) },
			want: []finding{{"person/" + crew.String(), "the role unit over unit"}}},
		{name: "a role that ended", change: func() { v.Changes("role_grant", "until = since + 1", "person = "+person) },
			want: []finding{{"person/" + crew.String(), "the role unit over unit"}}},
		{name: "a role removed", change: func() { v.Deletes("role_grant", "person = "+person) },
			want: []finding{{"person/" + crew.String(), "is in the record but not in the database"}}},
		{name: "a name", change: func() { v.Changes("person", "display_name = 'Somebody'", v.is("uid", crew)) },
			want: []finding{{"person/" + crew.String(), "another display_name"}}},
		{name: "a person let in again", change: func() { v.Changes("person", "disabled = NOT disabled", v.is("uid", crew)) },
			want: []finding{{"person/" + crew.String(), "says disabled true, the record says false"}}},
		{name: "a person nobody made", change: func() {
			v.Inserts("person", "uid, name, display_name, staff_number, phone, password, disabled, created_at, updated_at", stranger+", 'ghost', '', '', '', '', false, 1, 1")
		}, want: []finding{{"person/" + v.fixed.String(), "stands in the database but not in the record"}}},
		{name: "the parent of a unit", change: func() { v.Changes("unit", "parent = NULL", v.is("uid", unit)) }, want: []finding{{"unit/" + unit.String(), "says parent"}}},
		{name: "the name of an area", change: func() { v.Changes("area", "name = 'x'", v.is("uid", servertest.ID("binhai"))) },
			want: []finding{{"area/" + servertest.ID("binhai").String(), "says name"}}},
		{name: "a limit of the catalogue", change: func() { v.Changes("category", "time_limit = 99", "code = '08012'") }, want: []finding{{"category/08012", "says limit 99"}}},
		{name: "an item removed", change: func() { v.Deletes("category", "code = '09010'") }, want: []finding{{"category/09010", "is in the record but not in the database"}}},
		{name: "a setting", change: func() { v.Changes("setting", "value = '\"Asia/Tokyo\"'", "key = 'timezone'") }, want: []finding{{"setting/timezone", "Asia/Tokyo"}}},
		{name: "a setting nobody made", change: func() { v.Inserts("setting", "key, value", "'late_window_minutes', '0'") },
			want: []finding{{"setting/late_window_minutes", "not in the record"}}},
	}
}
