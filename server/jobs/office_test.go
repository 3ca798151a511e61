package jobs_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/blob"
	"spotcheck/server/blob/dirblob"
	"spotcheck/server/core"
	"spotcheck/server/core/photos"
	"spotcheck/server/jobs"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// patience is how long a test waits for what has to come.
const patience = 60 * time.Second

// attempt is a decoder at work on a photo; what it is told is its result.
type attempt struct {
	photo string
	tell  chan error
}

// watched is a blob store that says which keys were put.
type watched struct {
	blob.Store
	put    chan string
	breaks atomic.Pointer[func(context.Context) error] // in place of a put
}

// Put tells, then puts.
func (w *watched) Put(ctx context.Context, key string, b []byte) error {
	if breaks := w.breaks.Load(); breaks != nil {
		return (*breaks)(ctx)
	}
	select {
	case w.put <- key:
	default:
	}
	return w.Store.Put(ctx, key, b)
}

// office is a core whose decoder waits for what the test tells it.
type office struct {
	t     testing.TB
	o     store.Options
	store *store.Store
	core  *core.Core
	blobs *watched
	began chan attempt
	log   *slog.Logger // of the workers
}

func open(t testing.TB, o store.Options, folder string) *office {
	t.Helper()
	blobs, err := dirblob.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	w := &office{t: t, o: o, store: storetest.Open(t, o), blobs: &watched{Store: blobs, put: make(chan string, 100)}, began: make(chan attempt),
		log: slog.New(slog.DiscardHandler)}
	w.core = core.New(core.Options{Store: w.store, Blobs: w.blobs, Zone: time.UTC, Now: storetest.Clock, Log: slog.New(slog.DiscardHandler), Decode: w.decode,
		Gate: photo.NewPixelSemaphore(1 << 20)})
	return w
}

// decode is the decoder of HEIC: the bytes of a photo are its name here.
func (w *office) decode(ctx context.Context, _ photo.Type, r io.Reader) (image.Image, error) {
	name, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	a := attempt{string(name), make(chan error)}
	select {
	case w.began <- a:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case err = <-a.tell:
	case <-ctx.Done():
		err = ctx.Err()
	}
	return image.NewRGBA(image.Rect(0, 0, 8, 8)), err
}

// starts starts the workers; close stops them and waits for what they do.
func (w *office) starts() (close func()) {
	w.t.Helper()
	j, err := jobs.Start(w.t.Context(), w.core, w.store, w.o.URL, w.log)
	if err != nil {
		w.t.Fatal(err)
	}
	return func() {
		w.t.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := j.Close(ctx); err != nil {
			w.t.Error(err)
		}
	}
}

// next waits for the decoder to begin on a photo.
func (w *office) next(want string) attempt {
	w.t.Helper()
	select {
	case a := <-w.began:
		if a.photo != want {
			w.t.Errorf("the job of %q began, want that of %q", a.photo, want)
		}
		return a
	case <-time.After(patience):
		w.t.Fatalf("the job of %q does not begin", want)
		panic("unreachable")
	}
}

// idle says that no decoder waits to begin.
func (w *office) idle() {
	w.t.Helper()
	select {
	case a := <-w.began:
		w.t.Errorf("the job of %q began", a.photo)
	default:
	}
}

// photo keeps a photo that is safe and leaves the job of its renditions, all in one transaction that may fail.
func (w *office) photo(name string, delay time.Duration, fail error) inspect.ID {
	w.t.Helper()
	sum := sha256.Sum256([]byte(name))
	digest := hex.EncodeToString(sum[:])
	if err := w.blobs.Store.Put(w.t.Context(), photos.OriginalKey(digest), []byte(name)); err != nil {
		w.t.Fatal(err)
	}
	p := inspect.Photo{Declaration: inspect.Declaration{ID: inspect.NewID(), SHA256: digest, Bytes: 1, Kind: inspect.PhotoReport, CaptureMethod: "camera"},
		Facts: inspect.PhotoMetadata{Type: string(photo.HEIC), Width: 8, Height: 8}}
	err := w.store.Write(w.t.Context(), func(ctx context.Context, tx *store.Tx) error {
		person := inspect.Person{ID: inspect.NewID(), Name: name}
		row := store.IssueRow{Issue: inspect.Issue{ID: inspect.NewID(), Number: name, Category: "08012", Reporter: person.ID}, ContentSalt: []byte{}}
		if err := errors.Join(tx.LockRegisters(ctx), tx.SavePerson(ctx, person), tx.SaveCategory(ctx, inspect.Category{Code: "08012"}), tx.InsertIssue(ctx, &row, "")); err != nil {
			return err
		}
		p.Declarer = person.ID
		return errors.Join(tx.InsertPhoto(ctx, &row, p), tx.SetPhotoSafe(ctx, p), tx.Enqueue(ctx, photos.RenderPhoto{Photo: p.ID.String()}, delay), fail)
	})
	if !errors.Is(err, fail) {
		w.t.Fatal(err)
	}
	return p.ID
}

// rendered says how far the renditions of a photo are.
func (w *office) rendered(id inspect.ID) (state inspect.RenditionState) {
	w.t.Helper()
	if err := w.store.Read(w.t.Context(), func(ctx context.Context, tx *store.Tx) error {
		p, _, err := tx.Photo(ctx, id)
		state = p.Renditions
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return state
}

// wantJobs checks the jobs of photos in the order in which they were left: state and number of attempts.
func (w *office) wantJobs(want ...string) {
	w.t.Helper()
	rows, err := storetest.Raw(w.t, w.o).QueryContext(w.t.Context(), "SELECT state, attempt FROM river_job WHERE kind = 'photo.render' ORDER BY id")
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var state string
		var attempts int
		if err := rows.Scan(&state, &attempts); err != nil {
			w.t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %d", state, attempts))
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("jobs: got %v, want %v", got, want)
	}
}

// until waits for a query to be true.
func (w *office) until(query string) {
	w.t.Helper()
	raw, is := storetest.Raw(w.t, w.o), false
	for begin := time.Now(); !is; {
		if err := raw.QueryRowContext(w.t.Context(), query).Scan(&is); err != nil {
			w.t.Fatal(err)
		}
		if time.Since(begin) > patience {
			w.t.Fatalf("it never became true: %s\n%s", query, w.table())
		}
		<-time.After(20 * time.Millisecond)
	}
}

// table is what the jobs are, for who looks why something did not come.
func (w *office) table() (all string) {
	rows, err := storetest.Raw(w.t, w.o).QueryContext(w.t.Context(), "SELECT kind, state, attempt, scheduled_at FROM river_job ORDER BY id")
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	for rows.Next() {
		var kind, state, attempt, at string
		if err := rows.Scan(&kind, &state, &attempt, &at); err != nil {
			return err.Error()
		}
		all += fmt.Sprintln(kind, state, attempt, at)
	}
	if err := rows.Err(); err != nil {
		return err.Error()
	}
	return all
}

// pass lets an hour pass for the jobs, and for the claim of the client that leads.
func (w *office) pass() {
	w.t.Helper()
	raw := storetest.Raw(w.t, w.o)
	earlier := func(column string) string { return fmt.Sprintf("%s = datetime(%[1]s, '-1 hour')", column) }
	if w.o.URL != "" {
		earlier = func(column string) string { return fmt.Sprintf("%s = %[1]s - interval '1 hour'", column) }
	}
	for _, q := range []string{
		"UPDATE river_job SET " + earlier("scheduled_at") + ", " + earlier("created_at") + " WHERE state = 'scheduled'",
		"UPDATE river_job SET " + earlier("attempted_at") + " WHERE state = 'running'",
		"DELETE FROM river_leader",
	} {
		if _, err := raw.ExecContext(w.t.Context(), q); err != nil {
			w.t.Fatalf("%s: %v", q, err)
		}
	}
}

func each(t *testing.T, test func(*testing.T, *office)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) { test(t, open(t, o, t.TempDir())) })
}
