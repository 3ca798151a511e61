// Command mutants changes one line after the other of a package and says which changes its tests do not notice.
//
// All changes of a package are built into one test binary, each behind a question that the environment answers, so that a change costs the run of
// the tests and no build. Coverage is no measure here: a change that no test reaches is a survivor.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	chosenVariable  = "MUTANT"          // the number of the change that is made
	reachedVariable = "MUTANTS_REACHED" // a file to which each change that is reached is written
)

func main() {
	least := flag.Int("least", 80, "percentage of the changes that the tests have to notice, in each package")
	reasons := flag.String("reasons", "server/decisions/mutants.md", "file that names each survivor with a reason")
	workers := flag.Int("workers", 2, "test binaries that run side by side")
	last := flag.String("last", "^TestRandom", "tests that take long, and are asked only about changes that no other notices")
	verbose := flag.Bool("v", false, "say before the long tests what no other notices")
	only := flag.String("only", "", "changes that are made, by a part of their description")
	flag.Parse()
	why, err := os.ReadFile(*reasons)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		fatal(err)
	}
	long, err := regexp.Compile(*last)
	if err != nil {
		fatal(err)
	}
	failed := false
	for _, dir := range flag.Args() {
		r := runner{dir: dir, workers: *workers, last: long, only: *only, verbose: *verbose}
		if err := r.run(); err != nil {
			fatal(fmt.Errorf("%s: %w", dir, err))
		}
		if !r.report(os.Stdout, string(why), *least) {
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "mutants:", err)
	os.Exit(1)
}

// runner tries the changes of one package.
type runner struct {
	dir     string
	workers int
	last    *regexp.Regexp
	only    string
	verbose bool

	binary  string
	changes []change
	whole   time.Duration // how long the tests take when nothing is changed
}

func (r *runner) run() error {
	p, err := load(r.dir)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if r.changes, err = p.mutate(work); err != nil {
		return err
	}
	r.binary = filepath.Join(work, "tests")
	build := exec.Command("go", "test", "-c", "-vet=off", "-tags", "mutants", "-overlay", filepath.Join(work, "overlay.json"), "-o", r.binary, "./"+filepath.Clean(r.dir))
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("the changed package cannot be built: %w\n%s", err, out)
	}
	if err := r.tryNothing(filepath.Join(work, "reached")); err != nil {
		return err
	}
	return r.tryAll()
}

// tryNothing runs the tests on the package as it is, then each alone to see which changes it reaches.
func (r *runner) tryNothing(file string) error {
	began := time.Now()
	if out, err := r.command(context.Background(), reachedVariable+"=").CombinedOutput(); err != nil {
		return fmt.Errorf("the tests fail although nothing is changed: %w\n%s", err, out)
	}
	r.whole = time.Since(began)
	list, err := r.command(context.Background(), reachedVariable+"=", "-test.list=.").Output()
	if err != nil {
		return err
	}
	for name := range strings.FieldsSeq(string(list)) {
		if err := r.reachedBy(name, file); err != nil {
			return fmt.Errorf("%s alone: %w", name, err)
		}
	}
	return nil
}

// reachedBy notes a test with every change that it reaches.
func (r *runner) reachedBy(name, file string) error {
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return err
	}
	if out, err := r.command(context.Background(), reachedVariable+"="+file, alone(name)).CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for word := range strings.FieldsSeq(string(text)) {
		n, err := strconv.Atoi(word)
		if err != nil {
			return err
		}
		r.changes[n].reachedBy = append(r.changes[n].reachedBy, name)
	}
	return nil
}

// alone is the flag for some tests and no others.
func alone(names ...string) string { return "-test.run=^(" + strings.Join(names, "|") + ")$" }

func (r *runner) command(ctx context.Context, env string, which ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, r.binary, append([]string{"-test.short", "-test.failfast"}, which...)...)
	cmd.Dir, cmd.Env = r.dir, append(os.Environ(), env)
	return cmd
}

// tryAll asks the tests about every change: those that take long come last, and are asked only about what no other notices.
func (r *runner) tryAll() error {
	for _, long := range []bool{false, true} {
		if err := r.tryEach(long); err != nil {
			return err
		}
		if r.verbose && !long {
			r.report(os.Stderr, "", 0)
		}
	}
	return nil
}

// tryEach runs either the long tests or the others on each change that nothing noticed yet and that they reach.
func (r *runner) tryEach(long bool) error {
	numbers := make(chan int)
	var group sync.WaitGroup
	var broken error
	var once sync.Once
	for range r.workers {
		group.Go(func() {
			for n := range numbers {
				if err := r.try(&r.changes[n], long); err != nil {
					once.Do(func() { broken = err })
				}
			}
		})
	}
	for n := range r.changes {
		c := &r.changes[n]
		if c.left = !strings.Contains(c.String(), r.only); !c.left && !c.killed {
			numbers <- n
		}
	}
	close(numbers)
	group.Wait()
	return broken
}

// try runs tests with one change. Tests that do not come to an end notice it too.
func (r *runner) try(c *change, long bool) (err error) {
	var names []string
	for _, name := range c.reachedBy {
		if r.last.MatchString(name) == long {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		c.killed, err = r.fails(c, alone(names...))
	}
	return err
}

func (r *runner) fails(c *change, which string) (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*r.whole+10*time.Second)
	defer cancel()
	cmd := r.command(ctx, chosenVariable+"="+strconv.Itoa(c.number), which)
	var exit *exec.ExitError
	switch err := cmd.Run(); {
	case err == nil:
		return false, nil
	case ctx.Err() != nil || errors.As(err, &exit):
		return true, nil
	default:
		return false, fmt.Errorf("%s: %w", c, err)
	}
}

// report prints the survivors and says whether enough was noticed and each survivor has its reason.
func (r *runner) report(w io.Writer, why string, least int) bool {
	made, killed, unexplained := 0, 0, 0
	for _, c := range r.changes {
		if c.left {
			continue
		}
		made++
		switch {
		case c.killed:
			killed++
			continue
		case len(c.reachedBy) == 0:
			fmt.Fprintf(w, "not reached\t%s:%d\t%s", c.file, c.line, c)
		default:
			fmt.Fprintf(w, "survived\t%s:%d\t%s", c.file, c.line, c)
		}
		if !strings.Contains(why, c.String()) {
			unexplained++
			fmt.Fprint(w, "\tNO REASON")
		}
		fmt.Fprintln(w)
	}
	rate := 100
	if made > 0 {
		rate = killed * 100 / made
	}
	fmt.Fprintf(w, "%s: %d changes, %d noticed (%d %%), %d survived, %d of them without a reason; the tests take %.1f s\n",
		r.dir, made, killed, rate, made-killed, unexplained, r.whole.Seconds())
	return rate >= least && unexplained == 0
}
