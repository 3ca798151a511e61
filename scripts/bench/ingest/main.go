// Ingest measures how many reports with a photo a server takes, and what they cost it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// connections send at once.
const connections = 16

// result is what one run of one program came to.
type result struct {
	rate    float64 // reports with a photo, a second: two requests each
	cpu     float64 // seconds of processor that the server took for each, until the last answer
	derived float64 // the same until the derived pictures are made as well; 0 when none are
	memory  float64 // MB resident at the most
}

// program is something that takes reports.
type program interface {
	start(dir string) error
	// send hands over a report and its photo, on one connection, and returns when both are safe.
	send(p *picture) error
	// derive waits until all derived pictures are there.
	derive(all []*picture) error
	// cpu is how many seconds of processor it took so far.
	cpu() (float64, error)
	memory() float64
	stop()
}

func main() {
	log.SetFlags(0)
	spotcheck, pocketbase := flag.String("spotcheck", "", "our program"), flag.String("pocketbase", "", "PocketBase")
	disk, memory := flag.String("disk", "", "a folder on the disk"), flag.String("memory", "", "a folder in memory")
	runs, count := flag.Int("runs", 5, "runs of each"), flag.Int("photos", 160, "reports in a run")
	flag.Parse()
	all := scenes(6)
	size := 0
	for _, s := range all {
		size += len(s) / len(all)
	}
	fmt.Printf("%d reports with a photo of %.1f MB each, %d connections, medians of %d alternating runs\n", *count, float64(size)/1e6, connections, *runs)

	fmt.Println("\nmemory file system (ours: WAL, synchronous=FULL; PocketBase: as it comes)")
	ours, theirs := measure(*runs, *count, all, *memory, func() program { return &server{path: *spotcheck} }, func() program { return &base{path: *pocketbase} })
	show("Spotcheck", ours)
	show("PocketBase", theirs)
	fmt.Println("\ndisk (ours: file, folder and WAL synced before each answer; bare: the same syncs without a server)")
	durable, bare := measure(*runs, *count, all, *disk, func() program { return &server{path: *spotcheck} }, func() program { return &syncs{} })
	show("Spotcheck", durable)
	show("bare", bare)

	missed := false
	target := func(name string, got, want float64, met bool) {
		verdict := "met"
		if !met {
			verdict, missed = "MISSED", true
		}
		fmt.Printf("%-56s %6.2f  target %.2f  %s\n", name, got, want, verdict)
	}
	atLeast := func(name string, got, want float64) { target(name+", at least", got, want, got >= want) }
	atMost := func(name string, got, want float64) { target(name+", at most", got, want, got <= want) }
	peak, growth, err := memoryOf(&server{path: *spotcheck}, filepath.Join(*disk, "memory"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println()
	atLeast("rate against PocketBase", ours.rate/theirs.rate, 2)
	atMost("processor against PocketBase", ours.cpu/theirs.cpu, .5)
	atMost("processor with derived pictures", ours.derived/theirs.derived, .4)
	atLeast("rate on disk against bare syncs", durable.rate/bare.rate, .8)
	atMost("MB resident at 64 uploads of 8 MB", peak, 150)
	atMost("MB more after the last 5,000 of 10,000 uploads", growth, 10)
	if missed {
		os.Exit(1)
	}
}

func show(name string, r result) {
	fmt.Printf("  %-12s %7.1f reports/s   %6.1f ms processor each, %6.1f ms with derived pictures   %4.0f MB\n", name, r.rate, 1000*r.cpu, 1000*r.derived, r.memory)
}

// measure lets two programs take turns and gives the median of each.
func measure(runs, count int, scenes [][]byte, dir string, programs ...func() program) (a, b result) {
	results := make([][]result, len(programs))
	for n := range runs {
		for which, make := range programs {
			at := filepath.Join(dir, fmt.Sprintf("run-%d-%d", n, which))
			r, err := run(make(), at, pictures(scenes, count))
			if err != nil {
				log.Fatal(err)
			}
			results[which] = append(results[which], r)
			if err := os.RemoveAll(at); err != nil {
				log.Fatal(err)
			}
		}
	}
	return median(results[0]), median(results[1])
}

func median(all []result) result {
	of := func(f func(result) float64) float64 {
		values := make([]float64, len(all))
		for n, r := range all {
			values[n] = f(r)
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return result{of(func(r result) float64 { return r.rate }), of(func(r result) float64 { return r.cpu }),
		of(func(r result) float64 { return r.derived }), of(func(r result) float64 { return r.memory })}
}

// run measures one program once.
func run(p program, dir string, all []*picture) (r result, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return r, err
	}
	if err := p.start(dir); err != nil {
		return r, err
	}
	defer p.stop()
	before, err := p.cpu()
	if err != nil {
		return r, err
	}
	began := time.Now()
	if err := sendAll(p, all, connections); err != nil {
		return r, err
	}
	took := time.Since(began).Seconds()
	sent, err := p.cpu()
	if err != nil {
		return r, err
	}
	if err := p.derive(all); err != nil {
		return r, err
	}
	derived, err := p.cpu()
	n := float64(len(all))
	return result{n / took, (sent - before) / n, (derived - before) / n, p.memory()}, err
}

// sendAll sends over so many connections at once.
func sendAll(p program, all []*picture, at int) error {
	work := make(chan *picture)
	errs := make([]error, at)
	var senders sync.WaitGroup
	for n := range errs {
		senders.Go(func() {
			for pic := range work {
				if err := p.send(pic); err != nil && errs[n] == nil {
					errs[n] = err
				}
			}
		})
	}
	for _, pic := range all {
		work <- pic
	}
	close(work)
	senders.Wait()
	return errors.Join(errs...)
}
