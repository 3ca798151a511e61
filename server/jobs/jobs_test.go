package jobs_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/blob"
	"spotcheck/server/blob/dirblob"
	"spotcheck/server/core"
	"spotcheck/server/core/ledger"
	"spotcheck/server/jobs"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

func TestAJobRunsOnceAfterItsCommit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *office) {
		close := w.starts()
		w.photo("rolled back", 0, errors.New("no"))
		id := w.photo("committed", 0, nil)
		w.next("committed").tell <- nil
		close()
		w.starts()()
		w.idle()
		w.wantJobs("completed 1")
		if got := w.rendered(id); got != inspect.RenditionReady {
			t.Errorf("got renditions %s, want %s", got, inspect.RenditionReady)
		}
	})
}

func TestAJobThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *office) {
		id := w.photo("photo", 0, nil) // before anybody works
		close := w.starts()
		w.next("photo").tell <- errors.New("away for a moment")
		w.next("photo").tell <- nil
		close()
		w.wantJobs("completed 2")
		if got := w.rendered(id); got != inspect.RenditionReady {
			t.Errorf("got renditions %s, want %s", got, inspect.RenditionReady)
		}
	})
}

func TestAJobThatPanicsKeepsItsStackInTheLog(t *testing.T) {
	t.Parallel()
	for where, breaks := range map[string]func(context.Context, *office) error{
		"outside of a transaction": func(context.Context, *office) error { panic("as a bug might") },
		"in a transaction": func(ctx context.Context, w *office) error {
			return w.store.Read(ctx, func(context.Context, *store.Tx) error { panic("as a bug might") })
		},
	} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, w *office) {
				w.photo("photo", 0, nil)
				said := make(lines, 1000)
				w.log = slog.New(slog.NewTextHandler(said, nil))
				close := w.starts()
				first := w.next("photo")
				put := func(ctx context.Context) error { return breaks(ctx, w) }
				w.blobs.breaks.Store(&put)
				first.tell <- nil
				said.wait(t, "photo.render", "as a bug might", "TestAJobThatPanicsKeepsItsStackInTheLog")
				w.blobs.breaks.Store(nil)
				close()
			})
		})
	}
}

// lines are what was logged.
type lines chan string

// Write takes a line, and drops what nobody has room for.
func (l lines) Write(b []byte) (int, error) {
	select {
	case l <- string(b):
	default:
	}
	return len(b), nil
}

// wait waits for a line that holds all of these.
func (l lines) wait(t *testing.T, want ...string) {
	t.Helper()
	seen := ""
	for late := time.After(patience); ; {
		select {
		case line := <-l:
			seen += line
			if !slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(line, w) }) {
				return
			}
		case <-late:
			t.Fatalf("no line holds %q: %s", want, seen)
		}
	}
}

func TestAJobForLaterWaits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *office) {
		w.photo("later", time.Hour, nil)
		w.photo("now", 0, nil)
		close := w.starts()
		w.next("now").tell <- nil
		w.idle()
		close()
		w.wantJobs("scheduled 0", "completed 1")
		w.pass()
		close = w.starts()
		w.next("later").tell <- nil
		close()
		w.wantJobs("completed 1", "completed 1")
	})
}

// asked is a context that tells when somebody begins to wait for it.
type asked struct {
	context.Context
	once *sync.Once
	tell chan struct{}
}

// Done tells, and never comes.
func (a asked) Done() <-chan struct{} {
	a.once.Do(func() { close(a.tell) })
	return a.Context.Done()
}

// TestADecoderThatTheSystemEndsIsTriedAgainLater ends it every time: the photo waits longer and longer, then counts as failed, with a flag.
func TestADecoderThatTheSystemEndsIsTriedAgainLater(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *office) {
		id := w.photo("photo", 0, nil)
		ended := &photo.RenderError{Reason: "it was killed", Killed: true}
		for n := range 4 {
			close := w.starts()
			w.next("photo").tell <- ended
			w.until("SELECT count(*) = 1 FROM river_job WHERE kind = 'photo.render' AND state = 'scheduled'")
			close()
			if got := w.rendered(id); got != inspect.RenditionPending {
				t.Fatalf("after attempt %d: got renditions %s, want %s", n+1, got, inspect.RenditionPending)
			}
			for range 6 { // hours, the longest pause
				w.pass()
			}
		}
		close := w.starts()
		w.next("photo").tell <- ended
		close()
		w.wantJobs("completed 1", "completed 1", "completed 1", "completed 1", "completed 1")
		if got := w.rendered(id); got != inspect.RenditionFailed {
			t.Errorf("got renditions %s, want %s", got, inspect.RenditionFailed)
		}
		w.until("SELECT count(*) = 1 FROM flag WHERE kind = 'photo.unseen'")
	})
}

func TestCloseWaitsForARunningJob(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *office) {
		id := w.photo("photo", 0, nil)
		j, err := jobs.Start(t.Context(), w.core, w.store, w.o.URL, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		running := w.next("photo")
		closing, closed := asked{context.Background(), &sync.Once{}, make(chan struct{})}, make(chan error)
		go func() { closed <- j.Close(closing) }()
		<-closing.tell
		select {
		case running.tell <- nil:
		case err := <-closed:
			t.Fatalf("it closed while a job was running: %v", err)
		}
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if got := w.rendered(id); got != inspect.RenditionReady {
			t.Errorf("got renditions %s after close, want %s", got, inspect.RenditionReady)
		}
		w.wantJobs("completed 1")
	})
}

func TestAJobThatIsStoppedStartsAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *office) {
		w.photo("photo", 0, nil)
		j, err := jobs.Start(t.Context(), w.core, w.store, w.o.URL, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		w.next("photo")
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if err := j.Close(over); err != nil {
			t.Errorf("closed before the job was done: %v", err)
		}
		close := w.starts()
		w.next("photo").tell <- nil
		close()
		w.wantJobs("completed 1") // what was stopped does not count
	})
}

func TestTheDailyRoundRunsAtStart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *office) {
		defer w.starts()()
		want := ledger.CheckpointKey(storetest.Clock().UTC().Format("2006-01-02"))
		select {
		case key := <-w.blobs.put:
			if key != want {
				t.Errorf("got %s put, want %s", key, want)
			}
		case <-time.After(patience):
			t.Error("no checkpoint was taken")
		}
	})
}

// TestAStepOfTheDayThatFailsHoldsUpNothing has the checkpoint fail over two starts: the other steps are done, and it does not pile up.
func TestAStepOfTheDayThatFailsHoldsUpNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *office) {
		away := func(context.Context) error { return blob.ErrUnavailable }
		w.blobs.breaks.Store(&away)
		for range 2 {
			close := w.starts()
			w.until(fmt.Sprintf("SELECT count(*) >= %d FROM river_job WHERE kind IN ('daily.round', 'strays.sweep') AND state = 'completed'", len(core.DailySteps())))
			w.until("SELECT count(*) >= 1 FROM river_job WHERE kind = 'daily.round' AND state IN ('retryable', 'available') AND attempt > 0")
			close()
		}
		w.until("SELECT count(*) = 1 FROM river_job WHERE kind = 'daily.round' AND state <> 'completed'")
	})
}

// The variables by which a test tells its child process what to work on.
const (
	childPath = "SPOTCHECK_TEST_CHILD_PATH"
	childURL  = "SPOTCHECK_TEST_CHILD_URL"
	childDir  = "SPOTCHECK_TEST_CHILD_DIR"
)

// TestMain makes the program a server that never ends its job, when a test asks for one.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		child(store.Options{Path: os.Getenv(childPath), URL: os.Getenv(childURL), Now: storetest.Clock}, dir)
	}
	os.Exit(m.Run())
}

// child works until it is killed, and says on what.
func child(o store.Options, dir string) {
	s, err := store.Open(context.Background(), o)
	if err != nil {
		panic(err)
	}
	blobs, err := dirblob.Open(dir)
	if err != nil {
		panic(err)
	}
	w := &office{began: make(chan attempt)}
	c := core.New(core.Options{Store: s, Blobs: blobs, Zone: time.UTC, Now: o.Now, Log: slog.New(slog.DiscardHandler), Decode: w.decode, Gate: photo.NewPixelSemaphore(1 << 20)})
	if _, err := jobs.Start(context.Background(), c, s, o.URL, slog.New(slog.DiscardHandler)); err != nil {
		panic(err)
	}
	for a := range w.began {
		fmt.Println(a.photo)
	}
}

func TestAJobOfAKilledServerStartsAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		dir := filepath.Join(t.TempDir(), "photos")
		w := open(t, o, dir)
		id := w.photo("photo", 0, nil)
		server := exec.CommandContext(t.Context(), os.Args[0])
		server.Env = append(os.Environ(), childPath+"="+o.Path, childURL+"="+o.URL, childDir+"="+dir)
		server.Stderr = os.Stderr
		out, err := server.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		if strings.TrimSpace(line) != "photo" || err != nil {
			t.Fatalf("the other server works on %q, %v", line, err)
		}
		if err := server.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := server.Wait(); err == nil {
			t.Error("the other server was not killed")
		}
		w.wantJobs("running 1")
		w.pass()
		close := w.starts()
		w.next("photo").tell <- nil
		close()
		w.wantJobs("completed 2")
		if got := w.rendered(id); got != inspect.RenditionReady {
			t.Errorf("got renditions %s, want %s", got, inspect.RenditionReady)
		}
	})
}
