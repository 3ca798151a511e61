// Command papers measures a batch of notices: how long it takes from asking for it until its archive has come, and how much
// memory the server holds meanwhile. scripts/bench.sh builds and runs it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/config"
	"spotcheck/server/core"
	"spotcheck/server/core/notices"
	"spotcheck/server/store"
)

// Targets of a batch on two cores.
const (
	noticeCount = 1298
	mostTime    = 60 * time.Second
	mostMemory  = 400.0 // MB
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "papers: want a folder that is not there yet")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "papers:", err)
		os.Exit(1)
	}
}

func run(dir string) (err error) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	c := config.Config{Addr: "127.0.0.1:0", Data: dir, Timezone: "Asia/Shanghai", Log: "text"}
	a, err := app.Open(ctx, c, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), core.Clock)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	v := &papersCity{core: a.Core}
	if err := v.found(ctx); err != nil {
		return err
	}
	addr, served := make(chan string, 1), make(chan error, 1)
	started := time.Now()
	if err := v.fill(ctx, noticeCount); err != nil {
		return err
	}
	go func() { served <- a.Serve(ctx, func(at string, _ *core.FirstAccount) { addr <- at }) }()
	select {
	case v.url = <-addr:
	case err := <-served:
		return err
	}
	if err := v.settled(ctx); err != nil {
		return err
	}
	fmt.Printf("filled    %d issues with two photos each in %s\n", noticeCount, time.Since(started).Round(time.Second))
	missed, err := v.measure(ctx)
	stop()
	err = errors.Join(err, <-served)
	if err == nil && missed {
		err = errors.New("a target is missed")
	}
	return err
}

// measure asks for the batch and waits for its archive.
func (v *papersCity) measure(ctx context.Context) (missed bool, err error) {
	before, err := fresh()
	if err != nil {
		return false, err
	}
	worked, started, id := processor(), time.Now(), inspect.NewID()
	b, _, err := v.core.Notices.AskBatch(ctx, v.office, notices.BatchRequest{ID: id, Kind: inspect.RectifyNotice, Each: notices.EachIssue,
		Filter:     store.IssueFilter{Sort: store.OldestFirst},
		PaperTexts: notices.PaperTexts{Demand: "立即清扫冲洗被污染路面，落实出场车辆冲洗，并报送整改后同角度照片。", Basis: "《城市市容和环境卫生管理条例》第十四条。"}, Content: []byte("{}")})
	if err != nil {
		return false, err
	}
	issued := time.Duration(0)
	for !b.Done || b.Made < b.Issued {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
		if b, err = v.core.Notices.Batch(ctx, v.office, id); err != nil {
			return false, err
		}
		if b.Done && issued == 0 {
			issued = time.Since(started)
		}
	}
	made := time.Since(started)
	size, err := v.archive(ctx, id)
	if err != nil {
		return false, err
	}
	took, memory := time.Since(started), peak()
	fmt.Printf("batch     %d papers: numbers after %s, files after %s, the archive of %.0f MB after %s (target %s)\n", b.Made, issued.Round(100*time.Millisecond),
		made.Round(100*time.Millisecond), float64(size)/1e6, took.Round(100*time.Millisecond), mostTime)
	fmt.Printf("processor %s of this process, load %s\n", (processor() - worked).Round(100*time.Millisecond), load())
	fmt.Printf("memory    %.0f MB at the most, %.0f before (target %.0f)\n", memory, before, mostMemory)
	if b.Made != noticeCount || len(b.Failed) > 2 {
		return false, fmt.Errorf("%d papers were made, and %s failed", b.Made, b.Failed)
	}
	return took > mostTime || memory > mostMemory, v.signed(ctx, id)
}

// signed lets the unit sign for every paper of the batch, until none is left.
func (v *papersCity) signed(ctx context.Context, batch inspect.ID) error {
	no, started, n := false, time.Now(), 0
	for {
		page, err := v.core.Notices.Papers(ctx, v.crew, store.PaperFilter{Batch: batch, Signed: &no, Limit: 200})
		if err != nil {
			return err
		}
		if len(page.Papers) == 0 {
			fmt.Printf("receipts  %d papers signed for in %s\n", n, time.Since(started).Round(100*time.Millisecond))
			if n != noticeCount {
				return fmt.Errorf("%d receipts of %d papers", n, noticeCount)
			}
			return nil
		}
		for _, p := range page.Papers {
			if _, _, err := v.core.Notices.SignPaper(ctx, v.crew,
				notices.ReceiptRequest{Paper: p.ID, Name: "王师傅", SignedAt: inspect.At(time.Now()), Content: []byte("{}")}); err != nil {
				return err
			}
			n++
		}
	}
}

// archive fetches the papers of a batch and gives the size of what came.
func (v *papersCity) archive(ctx context.Context, id inspect.ID) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+v.url+"/api/v1/paper-batches/"+id.String()+"/zip", nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+v.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return 0, errors.New(res.Status)
	}
	return io.Copy(io.Discard, res.Body)
}

// processor is the time that this process has computed.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// load is how many others want the processors as well.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}

// fresh forgets the peak of this process and gives what it holds, in MB.
func fresh() (float64, error) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200); err != nil {
		return 0, err
	}
	return peak(), nil
}

// peak is what this process held at the most, in MB.
func peak() (mb float64) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return -1
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			mb = kb / 1024
		}
	}
	return mb
}
