package main

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/config"
	"spotcheck/server/core"
	"spotcheck/server/store"
)

// filled are the tables that grow with the issues.
var filled = []string{"issue", "photo", "personal_text", "stream", "event", "figure_course", "figure_sum", "issue_text"}

// numbered are those of them whose rows number themselves.
var numbered = filled[:5]

// perCommit is how many issues one transaction of a fill holds.
const perCommit = 20_000

// filler writes issues past the rules of the core, by the hundred.
type filler struct {
	*cityRegisters
	app      *app.App
	postgres bool
	lean     bool
	rng      *rand.Rand
	now      time.Time
	ids      map[inspect.ID]int64 // of registers in the database
	code     map[string]int64     // of categories
	numbers  map[int]int64
	seq      int64 // of the last event

	calendar                                         *calendar.Calendar
	issue, photo, text, stream, event, words, course *bulk
	sums                                             map[store.RollUpKey]*closure.Counts
}

// fill makes a database with so many issues of the last 365 days, and unless it is to be lean their photos, texts and records.
func fill(ctx context.Context, c config.Config, issues int, now time.Time, lean bool) error {
	c.NoSync = true // it can be made again
	a, err := app.Open(ctx, c, slog.New(slog.DiscardHandler), core.Clock)
	if err != nil {
		return err
	}
	defer a.Close()
	f := &filler{app: a, lean: lean, postgres: c.DatabaseURL != "", rng: rand.New(rand.NewPCG(20261124, uint64(issues))), now: now, ids: map[inspect.ID]int64{},
		code: map[string]int64{}, numbers: map[int]int64{}, sums: map[store.RollUpKey]*closure.Counts{}}
	if f.calendar, err = calendar.New(a.Core.Zone, calendar.Shifts, calendar.China()); err != nil {
		return err
	}
	if f.cityRegisters, err = found(ctx, a, f.rng); err != nil {
		return err
	}
	db := a.Core.Store.Writer()
	if err := f.readIDs(ctx, db); err != nil {
		return err
	}
	if f.postgres {
		db.SetMaxOpenConns(1) // settings are of the session
	}
	drop, err := indexes(ctx, db, f.postgres, filled)
	if err != nil {
		return err
	}
	if err := f.prepare(ctx, db, drop); err != nil {
		return err
	}
	for n := 0; n < issues; n += perCommit {
		if err := f.some(ctx, db, n, min(n+perCommit, issues), issues); err != nil {
			return err
		}
	}
	if err := f.writeSums(ctx, db); err != nil {
		return err
	}
	for _, last := range []func(*store.Tx, context.Context) error{(*store.Tx).RebuildMap, (*store.Tx).SetWordsFiled} {
		if err := a.Core.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return last(tx, ctx) }); err != nil {
			return err
		}
	}
	return f.finish(ctx, db, drop)
}

func (f *filler) readIDs(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "SELECT uid, id FROM area UNION ALL SELECT uid, id FROM unit UNION ALL SELECT uid, id FROM person")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var raw []byte
		var id int64
		if err := rows.Scan(&raw, &id); err != nil {
			return err
		}
		f.ids[inspect.ID(raw)] = id
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for n, c := range f.categories {
		f.code[c.Code] = int64(n + 1) // the catalogue is the first that was written
	}
	return nil
}

func (f *filler) prepare(ctx context.Context, db *sql.DB, drop []index) error {
	first := []string{"PRAGMA foreign_keys = 0", "PRAGMA cache_size = -400000"}
	if f.postgres {
		first = []string{"SET session_replication_role = replica", "SET maintenance_work_mem = '512MB'", "SET synchronous_commit = off"}
	}
	for _, i := range drop {
		first = append(first, "DROP "+i.name)
	}
	return each(ctx, db, first)
}

func (f *filler) finish(ctx context.Context, db *sql.DB, made []index) error {
	var last []string
	for _, i := range made {
		last = append(last, i.text)
	}
	for year, n := range f.numbers {
		last = append(last, fmt.Sprintf("INSERT INTO counter (name, value) VALUES ('issue-%d', %d)", year, n))
	}
	last = append(last, "UPDATE counter SET value = (SELECT max(seq) FROM event) WHERE name = 'event'")
	if f.postgres {
		for _, t := range numbered {
			last = append(last, fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', 'id'), (SELECT max(id) FROM %s))", t, t))
		}
		last = append(last, "VACUUM ANALYZE", "CHECKPOINT")
	} else {
		last = append(last, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return each(ctx, db, last)
}

func each(ctx context.Context, db *sql.DB, statements []string) error {
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// some writes the issues from one number to another, oldest first.
func (f *filler) some(ctx context.Context, db *sql.DB, from, to, of int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	of64 := float64(of)
	f.open(tx)
	if err := tx.QueryRowContext(ctx, "SELECT COALESCE(max(seq), 0) FROM event").Scan(&f.seq); err != nil {
		return err
	}
	for n := from; n < to; n++ {
		age := time.Duration((1 - (float64(n)+f.rng.Float64())/of64) * 365 * 24 * float64(time.Hour))
		if err := f.one(ctx, int64(n+1), f.now.Add(-age)); err != nil {
			return err
		}
	}
	for _, b := range []*bulk{f.issue, f.photo, f.text, f.stream, f.event, f.words, f.course} {
		if err := b.flush(ctx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (f *filler) open(tx *sql.Tx) {
	f.issue = newBulk(tx, f.postgres, "issue", "?", strings.Fields(`id uid number status version category severity source lat lon cell place line
		area reporter unit on_the_spot reported_at sent_at received_at filed_at assigned_at due_at fixed_at closed_at changed_at updated_at
		asked_at returns rejected used_ms rework false_fixes late before own_due_at photos_declared photos_safe flags_open content_salt content_seal`)...)
	f.photo = newBulk(tx, f.postgres, "photo", "?", strings.Fields(`uid issue state sha256 bytes kind captured_at taken declarer declared_at received_at
		facts renditions rendition_error`)...)
	f.text = newBulk(tx, f.postgres, "personal_text", "?", strings.Fields("owner field salt body erased_at")...)
	f.stream = newBulk(tx, f.postgres, "stream", "?", strings.Fields("id kind name n hash")...)
	f.event = newBulk(tx, f.postgres, "event", "?", strings.Fields("seq stream n type schema_version prev hash body at person unit due_at status")...)
	words := "?"
	if f.postgres {
		words = "to_tsvector('simple', ?)"
	}
	f.course = newBulk(tx, f.postgres, "figure_course", "?", append([]string{"issue"}, store.CourseColumns()...)...)
	f.words = newBulk(tx, f.postgres, "issue_text", words, "rowid", "grams")
}

// firstStream is the number of the first stream of an issue: those of the registers come before.
const firstStream = 100_000

// one writes an issue with its photo, its texts and its record.
func (f *filler) one(ctx context.Context, id int64, at time.Time) error {
	rng := f.rng
	uid := idAt(at, rng)
	street := int(float64(len(f.streets)) * math.Pow(rng.Float64(), 1.4))
	d := street / streetsEach
	reporter := f.inspectors[d][rng.IntN(inspectors)]
	l := f.life(at, d)
	year := at.In(f.app.Core.Zone).Year()
	f.numbers[year]++
	number := fmt.Sprintf("%d-%06d", year, f.numbers[year])
	p := f.around(street, rng)
	spot := inspect.Place{Point: p, Datum: geo.WGS84, OriginalPoint: p, Source: "gps", CapturedAt: inspect.At(at)}
	place, err := json.Marshal(spot)
	if err != nil {
		return err
	}
	ms := at.UnixMilli()
	declared := 1 + rng.IntN(2)
	safe, flags := declared, 0
	if rng.IntN(200) == 0 {
		safe--
	}
	if rng.IntN(70) == 0 {
		flags = 1
	}
	category := f.categories[int(float64(len(f.categories))*math.Pow(rng.Float64(), 1.5))]
	source := inspect.Sources[int(float64(len(inspect.Sources))*math.Pow(rng.Float64(), 3))]
	if err := f.issue.add(ctx, id, uid[:], number, string(l.status), l.version, f.code[category.Code], "normal", string(source), p.Lat, p.Lon,
		geo.Cell(p), string(place), "", f.ids[f.streets[street].ID], f.ids[reporter.ID], l.unit, false, ms, ms, ms+2000, l.assigned, l.assigned, l.due, l.fixed, l.closed,
		l.changed, l.changed, 0, 0, 0, 0, 0, 0, false, "", l.due, declared, safe, flags, f.bytes(16), hex.EncodeToString(f.bytes(32))); err != nil {
		return err
	}
	photo := idAt(at, rng)
	o := &origin{uid: uid, reporter: reporter.ID, office: f.inspectors[d][0].ID, report: inspect.Report{Number: number, Category: category.Code, Severity: "normal",
		Source: source, Place: &spot, Area: f.streets[street].ID, ReportedAt: inspect.Time(ms)}, photo: photo}
	moments, err := f.record(ctx, id, o, &l)
	if err != nil {
		return err
	}
	if err := f.addCourse(ctx, id, moments); err != nil || f.lean {
		return err
	}
	if err := f.photo.add(ctx, photo[:], id, "safe", hex.EncodeToString(f.bytes(32)), 2_200_000, "report", ms, "camera", f.ids[reporter.ID], ms, ms+5000,
		`{"type":"image/jpeg","width":4032,"height":3024,"upright_width":4032,"upright_height":3024,"make":"HUAWEI"}`, "ready", ""); err != nil {
		return err
	}
	text, road := note(rng), address(street, rng)
	if err := f.text.add(ctx, uid[:], "address", f.bytes(16), road, 0); err != nil {
		return err
	}
	if err := f.text.add(ctx, uid[:], "note", f.bytes(16), text, 0); err != nil {
		return err
	}
	return f.words.add(ctx, id, store.Tokens(strings.Join([]string{number, road, text}, " ")))
}

func (f *filler) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(f.rng.Uint32())
	}
	return b
}

// life is how far an issue came; times are 0 or milliseconds.
type life struct {
	status                                inspect.Status
	version                               int64
	unit                                  any
	holder                                inspect.ID // the same unit
	assigned, due, fixed, closed, changed int64
}

// life draws one, as far as it came by now: what is young is mostly open, of what is old two in a hundred are.
func (f *filler) life(at time.Time, district int) (l life) {
	rng, now := f.rng, f.now.UnixMilli()
	after := func(t int64, hours float64) int64 {
		return t + int64(hours*float64(time.Hour/time.Millisecond)*rng.ExpFloat64())
	}
	l.status, l.version, l.changed = inspect.Reported, 1, at.UnixMilli()
	days := f.now.Sub(at).Hours() / 24
	open := rng.Float64() < math.Max(0.02, 0.95*math.Exp(-days/2))
	if share := rng.IntN(100); open && share < 25 {
		return l
	} else if !open && share < 6 {
		gone := after(l.changed, 2)
		if gone > now {
			return l
		}
		l.status, l.version, l.closed, l.changed = inspect.Dismissed, 2, gone, gone
		if share < 2 {
			l.status = inspect.Merged
		}
		return l
	}
	assigned := after(l.changed, 1)
	due := assigned + int64([]int{2, 4, 8, 24, 72, 168}[rng.IntN(6)])*3_600_000
	if assigned > now {
		return l
	}
	l.holder = f.units[district][rng.IntN(1+2*bureaus+crews)].ID
	l.status, l.version, l.unit = inspect.Assigned, 2, f.ids[l.holder]
	l.assigned, l.due, l.changed = assigned, due, assigned
	if open && rng.IntN(3) > 0 {
		return l
	}
	fixed := assigned + int64(float64(due-assigned)*(0.3+0.6*rng.Float64()))
	if rng.IntN(12) == 0 {
		fixed = after(due, 10)
	}
	if fixed > now {
		return l
	}
	l.fixed, l.status, l.version, l.changed = fixed, inspect.Fixed, 3, fixed
	if closed := after(fixed, 5); !open && closed <= now {
		l.closed, l.status, l.version, l.changed = closed, inspect.Verified, 4, closed
	}
	return l
}
