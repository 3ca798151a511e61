// Package jobs runs what was left for later: River workers that call the core, nothing else.
package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
	"spotcheck/server/core/audit"
	"spotcheck/server/core/city"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/intake"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/photos"
	"spotcheck/server/core/reports"
	"spotcheck/server/core/rounds"
	"spotcheck/server/core/workflow"
	"spotcheck/server/store"
)

// Times of jobs.
const (
	jobTime    = 3 * time.Minute       // one job at most; as many photos as there are workers may wait for one child of the decoder
	auditTime  = 12 * time.Hour        // an audit reads every photo there is
	rescueTime = 5 * time.Minute       // after which a job whose server died starts again
	lockedTime = 24 * time.Hour        // after which bytes that the blob store has locked are tried again
	notYetTime = 2 * time.Second       // after which a job looks again for what another one makes
	newerTime  = 10 * time.Second      // after which a newer copy takes what this one is too old for
	roundEvery = time.Hour             // the daily round looks whether its day has come
	sendEvery  = time.Minute           // somebody looks for messages whose time has come
	fetchTime  = 20 * time.Millisecond // between two looks for the next jobs: each takes as many as there are idle workers
	foldEvery  = 20 * time.Second      // what changed in figures goes into their sums
)

// maxWorkers do what was left for later, side by side.
const maxWorkers = 4

// pictureWorkers leave half of the processors to those who wait for an answer.
func pictureWorkers() int { return min(max(1, runtime.NumCPU()/2), maxWorkers) }

// sendWorkers look for messages to send; each sends several side by side.
const sendWorkers = 2

// upkeepWorkers look at the whole of a city, a turn each after the other.
const upkeepWorkers = 2

// worker calls one use case for one kind of job.
type worker[J river.JobArgs] struct {
	river.WorkerDefaults[J]
	do      func(context.Context, J) error
	log     *slog.Logger
	longest time.Duration // jobTime when 0
	pause   time.Duration // the longest one before another attempt; when 0 they grow from a second to days
}

// Timeout is after how long a job is cut, and taken for dead.
func (w *worker[J]) Timeout(*river.Job[J]) time.Duration { return w.longest }

// NextRetry is when a job that failed is tried again; the zero time leaves it to River.
func (w *worker[J]) NextRetry(j *river.Job[J]) time.Time {
	pause := time.Duration(math.Pow(float64(j.Attempt), 4)) * time.Second // as River counts
	if w.pause == 0 || pause < w.pause || j.AttemptedAt == nil {
		return time.Time{}
	}
	return j.AttemptedAt.Add(w.pause)
}

// Work runs the job; an error brings it back later, bytes that are locked for years as often as it takes.
func (w *worker[J]) Work(ctx context.Context, j *river.Job[J]) error {
	err := w.do(ctx, j.Args)
	if errors.Is(err, photos.ErrLocked) {
		w.log.Warn("bytes that are to be removed are locked; tried again tomorrow", "error", err)
		return river.JobSnooze(lockedTime)
	}
	if errors.Is(err, inspect.ErrOutdated) {
		return river.JobSnooze(newerTime)
	}
	if errors.Is(err, city.ErrNotYet) {
		return river.JobSnooze(notYetTime)
	}
	return err
}

// periodic are the jobs that come by themselves, also at the start. Those of every hour are unique: what fails does not pile up.
func periodic() (all []*river.PeriodicJob) {
	hourly := []store.Job{figures.CountFigures{}, issues.FileWords{}, photos.SweepStrays{}, rounds.OpenRounds{}}
	for _, step := range core.DailySteps() {
		hourly = append(hourly, core.DailyRound{Step: step})
	}
	for every, jobs := range map[time.Duration][]store.Job{roundEvery: hourly, foldEvery: {figures.FoldFigures{}},
		sendEvery: {messages.SendDue{}, messages.TellLog{}, workflow.SweepAlerts{}}} {
		for _, job := range jobs {
			all = append(all, river.NewPeriodicJob(river.PeriodicInterval(every),
				func() (river.JobArgs, *river.InsertOpts) { return job, store.JobOptions(job) }, &river.PeriodicJobOpts{RunOnStart: true}))
		}
	}
	return all
}

// Jobs are the running workers.
type Jobs struct {
	client   *river.Client[*sql.Tx]
	listener *pgxpool.Pool
}

// Start starts the workers. url is that of PostgreSQL, empty on SQLite.
func Start(ctx context.Context, c *core.Core, s *store.Store, url string, log *slog.Logger) (*Jobs, error) {
	listener, err := s.Listener(ctx, url)
	if err != nil {
		return nil, err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker[photos.RenderPhoto]{do: c.Photos.RenderInTurn, log: log})
	river.AddWorker(workers, &worker[photos.RemoveBytes]{do: c.Photos.Remove, log: log})
	river.AddWorker(workers, &worker[photos.RemoveChunks]{do: c.Photos.RemoveParts, log: log})
	river.AddWorker(workers, &worker[photos.FinishUpload]{do: c.Photos.FinishLater, log: log})
	river.AddWorker(workers, &worker[workflow.SweepAlerts]{do: c.Workflow.Sweep, log: log})
	river.AddWorker(workers, &worker[duties.SuspendClocks]{do: c.Duties.Suspend, log: log})
	river.AddWorker(workers, &worker[city.RecomputeDeadlines]{do: c.Issues.Recompute, log: log})
	river.AddWorker(workers, &worker[messages.SendDue]{do: func(ctx context.Context, _ messages.SendDue) error { return c.Messages.Send(ctx) }, log: log})
	river.AddWorker(workers, &worker[messages.TellLog]{do: func(ctx context.Context, _ messages.TellLog) error { return c.Messages.TellLog(ctx) }, log: log})
	river.AddWorker(workers, &worker[notices.MakePaper]{do: c.Notices.MakePaper, log: log})
	river.AddWorker(workers, &worker[reports.MakeReport]{do: c.Reports.MakeReport, log: log})
	river.AddWorker(workers, &worker[intake.MakeIssues]{do: c.Intake.MakeIssues, log: log})
	river.AddWorker(workers, &worker[notices.MakeBatch]{do: c.Notices.MakeBatch, log: log})
	river.AddWorker(workers, &worker[audit.RunAudit]{do: c.Audit.RunAudit, log: log, longest: auditTime})
	river.AddWorker(workers, &worker[figures.FoldFigures]{do: func(ctx context.Context, _ figures.FoldFigures) error { return c.Figures.Fold(ctx) }, log: log})
	river.AddWorker(workers, &worker[issues.FileWords]{do: func(ctx context.Context, _ issues.FileWords) error { return c.Issues.FileWords(ctx) }, log: log})
	river.AddWorker(workers, &worker[figures.CountFigures]{do: func(ctx context.Context, _ figures.CountFigures) error { return c.Figures.CountFigures(ctx) }, log: log})
	river.AddWorker(workers, &worker[photos.SweepStrays]{do: func(ctx context.Context, _ photos.SweepStrays) error {
		_, err := c.Photos.SweepStrays(ctx)
		return err
	}, log: log, pause: roundEvery})
	river.AddWorker(workers, &worker[rounds.OpenRounds]{do: c.Rounds.Open, log: log})
	river.AddWorker(workers, &worker[core.DailyRound]{do: c.DoStep, log: log, pause: roundEvery})
	client, err := river.NewClient(s.Driver(listener), &river.Config{
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: min(max(2, runtime.NumCPU()), maxWorkers)},
			photos.PicturesQueue:    {MaxWorkers: pictureWorkers()},
			messages.SendingQueue:   {MaxWorkers: sendWorkers},
			messages.CollectorQueue: {MaxWorkers: 1},
			city.UpkeepQueue:        {MaxWorkers: upkeepWorkers},
			audit.AuditQueue:        {MaxWorkers: 1}},
		Workers:              workers,
		JobTimeout:           jobTime,
		RescueStuckJobsAfter: rescueTime,
		FetchPollInterval:    500 * time.Millisecond,
		FetchCooldown:        fetchTime,
		PeriodicJobs:         periodic(),
		ErrorHandler:         failures{log},
		Logger:               slog.New(quieter{log.Handler()}),
	})
	if err == nil {
		err = client.Start(context.WithoutCancel(ctx))
	}
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return &Jobs{client, listener}, nil
}

// Close lets running jobs finish until the context ends, then stops them; what was stopped starts again next time.
func (j *Jobs) Close(ctx context.Context) error {
	err := j.client.Stop(ctx)
	if err != nil {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		err = j.client.StopAndCancel(stop)
	}
	if j.listener != nil {
		j.listener.Close()
	}
	return err
}

// failures puts what went wrong in a job into the log: River itself keeps it in the row of the job, and tells nobody.
type failures struct{ log *slog.Logger }

// HandleError logs a job that failed and is tried again; a panic in a transaction carries its stack in the error.
func (f failures) HandleError(_ context.Context, j *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.log.Warn("job failed", "job", j.ID, "kind", j.Kind, "attempt", j.Attempt, "error", err)
	return nil
}

// HandlePanic logs a job that broke down, with its stack.
func (f failures) HandlePanic(_ context.Context, j *rivertype.JobRow, broken any, stack string) *river.ErrorHandlerResult {
	f.log.Error("job panicked", "job", j.ID, "kind", j.Kind, "attempt", j.Attempt, "panic", fmt.Sprint(broken), "stack", stack)
	return nil
}

// quieter passes on warnings and errors only.
type quieter struct{ slog.Handler }

// Enabled says whether a level is passed on.
func (q quieter) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
