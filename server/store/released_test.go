package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/needs"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// update writes the dumps of this version: go test ./server/store -run TestReleased -update, once before a release. The
// dumps of older versions never change.
var update = flag.Bool("update", false, "write the dumps of this version into testdata/released")

const released = "testdata/released"

// TestReleasedSchemas brings the databases that every released version left up to date and reads them.
func TestReleasedSchemas(t *testing.T) {
	t.Parallel()
	for _, name := range []string{storetest.SQLite, storetest.Postgres} {
		if *update {
			writeDump(t, name)
		}
		files, err := filepath.Glob(filepath.Join(released, "*."+name+".sql"))
		if err != nil || len(files) < store.Newest {
			t.Errorf("got %d dumps of %s, %v, want one of every version up to %d", len(files), name, err, store.Newest)
		}
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				o := storetest.Empty(t, name)
				load(t, o, file)
				s := storetest.Open(t, o)
				if got := version(t, s); got != store.Newest {
					t.Errorf("got version %d, want %d", got, store.Newest)
				}
				raw := storetest.Raw(t, o)
				same(t, "tables, columns and indexes, against those of an empty database brought to now", schema(t, raw, name), fresh(t, name))
				wantMud(t, s, raw, 0)
			})
		}
	}
}

// schema gives every column and index in an order.
func schema(t *testing.T, raw *sql.DB, name string) [][3]string {
	if name == storetest.Postgres {
		return texts(t, raw, `SELECT table_name, column_name, data_type || is_nullable || COALESCE(collation_name, '') FROM information_schema.columns
			WHERE table_schema = 'public' UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2, 3`)
	}
	return texts(t, raw, `SELECT m.name, c.name, c.type || c."notnull" FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'
		UNION ALL SELECT tbl_name, name, COALESCE(sql, '') FROM sqlite_schema WHERE type = 'index' ORDER BY 1, 2, 3`)
}

func fresh(t *testing.T, name string) [][3]string {
	o := storetest.Empty(t, name)
	storetest.Open(t, o)
	return schema(t, storetest.Raw(t, o), name)
}

// load runs a dump on an empty database.
func load(t *testing.T, o store.Options, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if o.URL != "" { // many statements at once
		u, err := url.Parse(o.URL)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("default_query_exec_mode", "simple_protocol")
		u.RawQuery = q.Encode()
		o.URL = u.String()
	}
	do(t, storetest.Raw(t, o), string(text))
}

// The texts and photos of the issue in the dumps.
const (
	mudNote    = "带泥上路，龙昆南路口 🚛"
	mudAddress = "龙昆南路 18 号"
)

// mud leaves one issue that was reported with a photo and assigned, and a little of everything else.
func mud(ctx context.Context, tx *store.Tx) error {
	if err := foundIn(ctx, tx); err != nil {
		return err
	}
	n, err := tx.NextNumber(ctx, 2026)
	if err != nil {
		return err
	}
	r := reported("mud")
	row := store.IssueRow{Issue: inspect.Issue{ID: id("mud")}, PhotosDeclared: 1, ContentSalt: r.ContentSalt, ContentSeal: r.ContentSeal}
	report := &inspect.Event{Type: "issue.reported", By: id("lin"), At: at(5), SentAt: at(4), Declared: []inspect.Declaration{declaration("photo")},
		Flags: []inspect.RaisedFlag{{ID: id("flag"), Kind: inspect.FlagSkew}},
		Report: &inspect.Report{Number: fmt.Sprintf("2026-%06d", n), Category: r.Category, Severity: r.Severity,
			Source: r.Source, Place: r.Place, LineStart: &r.Line.Start, LineEnd: r.Line.End, Area: r.Area, ReportedAt: r.ReportedAt}}
	if report.Seals, err = tx.SealTexts(ctx, row.ID, map[string]string{"note": mudNote, "address": mudAddress}); err != nil {
		return err
	}
	if err := row.Apply(report); err != nil {
		return err
	}
	photo := declared("photo", "mud")
	photo.Facts = inspect.PhotoMetadata{Type: "jpeg", Width: 4032, Height: 3024, UprightWidth: 3024, UprightHeight: 4032, Orientation: 6, TakenAt: at(1), Make: "华为"}
	tx.RecordIssue(&row.Issue, report, store.Custody{})
	if err := errors.Join(tx.InsertIssue(ctx, &row, row.Number+" "+mudNote+" "+mudAddress), tx.InsertPhoto(ctx, &row, photo),
		tx.AddFlag(ctx, &row, inspect.Flag{ID: id("flag"), Kind: inspect.FlagSkew, Detail: "3 分"})); err != nil {
		return err
	}
	received := &inspect.Event{Type: "photo.received", By: id("lin"), At: at(6), SentAt: at(6),
		Received: &inspect.PhotoReceipt{ID: photo.ID, SHA256: photo.SHA256, Bytes: photo.Bytes, Facts: photo.Facts}}
	assigned := &inspect.Event{Type: "issue.assigned", By: id("office"), At: at(7), CreditedAt: at(7), Action: inspect.Assign, ActionID: id("assign"),
		Unit: id("south crew"), DueAt: at(22), Before: inspect.Reported}
	for _, e := range []*inspect.Event{received, assigned} {
		if err := row.Apply(e); err != nil {
			return err
		}
		tx.RecordIssue(&row.Issue, e, store.Custody{})
	}
	row.PhotosSafe = 1
	return errors.Join(tx.SetPhotoSafe(ctx, photo), tx.SaveRenditions(ctx, photo.ID, []store.Rendition{{Size: "thumb", SHA256: digest("thumb"), Bytes: 9000}}, ""),
		tx.UpdateIssue(ctx, &row), tx.Enqueue(ctx, note{"mud"}, 24*time.Hour),
		tx.InsertAction(ctx, store.AcceptedAction{ID: id("assign"), Issue: row.ID, Kind: inspect.Assign, By: id("office"), ReceivedAt: at(7), CreditedAt: at(7),
			Settled: true, ContentSalt: []byte("salt"), ContentSeal: "sha256:seal"}),
		tx.AddGrant(ctx, id("lin"), inspect.Grant{Role: inspect.Inspector, Scope: inspect.Scope{Kind: inspect.AreaSubtree, ID: id("Longhua")}}),
		tx.SetPassword(ctx, id("lin"), "hash"), tx.SetLoginFailures(ctx, "bucket", 3), tx.Log(ctx, store.LogEntry{Kind: "login", Person: id("lin"), Address: "192.0.2.1"}),
		tx.InsertSession(ctx, store.Session{ID: id("session"), Person: id("lin"), Device: "手机", CreatedAt: at(1), SeenAt: at(1), ExpiresAt: at(1 << 26)}, []byte("token")),
		tx.LockRegisters(ctx), tx.SaveSetting(ctx, "timezone", `"Asia/Shanghai"`), tx.SaveCheckpoint(ctx, "2026-11-24", []byte(`{"events":3}`)))
}

// wantMud reads everything that mud left, and goes on from there.
func wantMud(t *testing.T, s *store.Store, raw *sql.DB, beside int64) {
	t.Helper()
	row := issueOf(t, s, "mud")
	events := eventsOf(t, s, store.IssueStream(row.ID), 0, 100)
	replayed, photos := inspect.Issue{ID: row.ID}, map[inspect.ID]*inspect.Photo{}
	for _, recorded := range events {
		e := inspect.Event{}
		if err := json.Unmarshal(recorded.Body, &e); err != nil {
			t.Fatal(err)
		}
		e.Type = recorded.Type
		if err := replayed.Apply(&e); err != nil {
			t.Fatal(err)
		}
		inspect.ApplyPhotos(photos, &e)
	}
	same(t, "the issue and its events", row.Issue, replayed)
	if row.Status != inspect.Assigned || row.Number != "2026-000001" || len(events) != 3 || !row.Complete() {
		t.Errorf("got %s %s with %d events, complete %t", row.Status, row.Number, len(events), row.Complete())
	}
	got := photoOf(t, s, "photo")
	same(t, "what the photo says", got.Facts, photos[got.ID].Facts)
	if got.State != inspect.PhotoSafe || got.SHA256 != digest("photo") || got.Renditions != inspect.RenditionReady {
		t.Errorf("the photo: got %+v", got)
	}
	wantChains(t, s)
	for _, text := range []string{"泥", "昆南", "2026-000001"} {
		same(t, "search for "+text, search(t, s, text), []string{"2026-000001"})
	}
	read(t, s, func(ctx context.Context, tx *store.Tx) error {
		texts, errTexts := tx.PersonalTexts(ctx, row.ID)
		for _, p := range texts {
			if want := map[string]string{"note": mudNote, "address": mudAddress}[p.Field]; p.Body != want || len(p.Salt) != evidence.SaltSize {
				t.Errorf("%s: got %q, want %q", p.Field, p.Body, want)
			}
		}
		person, _, errPerson := tx.Person(ctx, id("lin"))
		session, live, errSession := tx.SessionOf(ctx, []byte("token"))
		settings, errSettings := tx.Settings(ctx)
		gotUnits, errUnits := tx.Units(ctx)
		action, _, errAction := tx.Action(ctx, id("assign"))
		if len(texts) != 2 || len(person.Grants) != 1 || !live || session.Device != "手机" || settings["timezone"] != `"Asia/Shanghai"` || action.By != id("office") {
			t.Errorf("got %d texts, grants %v, session %v, settings %v, action %v", len(texts), person.Grants, session, settings, action)
		}
		same(t, "units", gotUnits, units)
		return errors.Join(errTexts, errPerson, errSession, errSettings, errUnits, errAction)
	})
	if n := ask[int](t, raw, "SELECT count(*) FROM river_job WHERE kind = 'test.note'"); n != 1 {
		t.Errorf("got %d jobs, want the one that waits", n)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.NextNumber(ctx, 2026)
		if n != 2 {
			t.Errorf("the next number is %d, want 2", n)
		}
		next := reported("next")
		tx.RecordIssue(&row.Issue, &inspect.Event{Type: "issue.commented"}, store.Custody{})
		return errors.Join(err, tx.InsertIssue(ctx, &next, mudNote), tx.Enqueue(ctx, note{"next"}, 0))
	})
	if got := wantChains(t, s); got != 4+beside {
		t.Errorf("got %d events, want 4 and %d beside", got, beside)
	}
}

// writeDump makes a database of this version and writes it down.
func writeDump(t *testing.T, name string) {
	o := storetest.Empty(t, name)
	write(t, storetest.Open(t, o), mud)
	dump := dumpSQLite
	if name == storetest.Postgres {
		dump = dumpPostgres
	}
	text := dump(t, o)
	if err := errors.Join(os.MkdirAll(released, 0o755), os.WriteFile(filepath.Join(released, fmt.Sprintf("%04d.%s.sql", store.Newest, name)), []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// noise is what only psql understands, or an older server does not, or nobody needs.
var noise = regexp.MustCompile(`(?m)^(--.*|\\.*|SET .*)?\n`)

func dumpPostgres(t *testing.T, o store.Options) string {
	out, err := exec.Command(needs.Program(t, "pg_dump", "/usr/lib/postgresql/*/bin/pg_dump"), "--inserts", "--no-owner", "--no-privileges",
		"--no-comments", "--dbname="+o.URL).Output()
	if err != nil {
		t.Fatal(err)
	}
	return noise.ReplaceAllString(string(out), "")
}

func dumpSQLite(t *testing.T, o store.Options) string {
	raw := storetest.Raw(t, o)
	out := &strings.Builder{}
	out.WriteString("BEGIN;\n")
	objects := texts(t, raw, "SELECT name, type, COALESCE(sql, '') FROM sqlite_schema ORDER BY type <> 'table', rowid")
	for _, object := range objects {
		name, kind, made := object[0], object[1], object[2]
		shadow := strings.HasPrefix(name, "issue_text_") // made by the virtual table
		if made != "" && !shadow && !strings.HasPrefix(name, "sqlite_") {
			fmt.Fprintf(out, "%s;\n", made)
		}
		if kind != "table" || name == "issue_text" {
			continue
		}
		if made == "" || shadow || strings.HasPrefix(name, "sqlite_") {
			fmt.Fprintf(out, "DELETE FROM %s;\n", name)
		}
		columns := texts(t, raw, "SELECT 'quote(' || name || ')', name, '' FROM pragma_table_info('"+name+"') ORDER BY cid")
		quoted := make([]string, len(columns))
		for n, c := range columns {
			quoted[n] = c[0]
		}
		for _, row := range texts(t, raw, "SELECT "+strings.Join(quoted, " || ', ' || ")+", '', '' FROM "+name) {
			fmt.Fprintf(out, "INSERT INTO %s VALUES (%s);\n", name, row[0])
		}
	}
	return out.String() + "COMMIT;\n"
}

// texts reads rows of three texts.
func texts(t *testing.T, db *sql.DB, q string) (all [][3]string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), q)
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	defer rows.Close()
	for rows.Next() {
		var row [3]string
		if err := rows.Scan(&row[0], &row[1], &row[2]); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
