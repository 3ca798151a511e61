// Command spotcheck is the server and everything that whoever runs it needs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	_ "time/tzdata" // the city's zone on machines without a zone database

	"spotcheck/pkg/fault"
	"spotcheck/server/app"
	"spotcheck/server/config"
	"spotcheck/server/core"
)

// Version is set when a release is built.
var Version = "dev"

// command is a row of the table of sub-commands.
type command struct {
	name, args, usage string
	run               func(ctx context.Context, t *terminal, args []string) error
}

// terminal is where a command reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

// misuse is a command that was not understood: an unknown flag, a setting that cannot be.
type misuse struct{ error }

// errFound makes the exit code 1 without a sentence: the command said what it found.
var errFound = errors.New("found")

func commands() []command {
	return []command{
		{"serve", "", "run the server (what happens without a command)", serve},
		{"migrate", "", "bring the database up to date and end", migrate},
		{"user add", "NAME", "add a person; the password is read from standard input, or made", userAdd},
		{"user password", "NAME", "set a password, read from standard input, or made", userPassword},
		{"user disable", "NAME", "end a person's access", userDisable},
		{"catalogue import", "FILE", "take categories from a table: CSV, tabs or a workbook", catalogueImport},
		{"areas import", "FILE --datum D", "check a file of areas with outlines; with --apply make it visible", areasImport},
		{"demo", "", "fill an empty data folder with a believable city", demoCity},
		{"report", "week [2026-W47]", "write a report: --scope, --lang, --format pdf|xlsx|docx|html|csv|json|text, --out FILE", report},
		{"audit", "[--against FILE]", "check the whole record; exit 1 when something is wrong", runAudit},
		{"log", "[--sign]", "print the last signed checkpoint of the log of events; --key or --pem its public key", signedLog},
		{"backup", "DIR", "copy everything into a folder, also while the server runs; again copies only what is new", backUp},
		{"restore", "DIR", "make an installation from a backup, in an empty place, and audit it", restore},
		{"health", "", "ask the server of these settings whether it is ready; exit 1 when not", health},
		{"version", "", "print the version", func(_ context.Context, t *terminal, _ []string) error {
			_, err := fmt.Fprintln(t.out, "spotcheck", Version)
			return err
		}},
	}
}

func main() {
	if code, child := app.RunChild(os.Args, os.Stdin, os.Stdout, os.Stderr); child {
		os.Exit(code)
	}
	private()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, &terminal{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:]))
}

// helps are what people write when they want to know what there is.
var helps = []string{"-h", "-help", "--help", "help"}

// run finds the command and gives the exit code: 0, 1 when it failed, 2 when it was not understood.
func run(ctx context.Context, t *terminal, args []string) int {
	switch {
	case len(args) > 0 && slices.Contains(helps, args[0]):
		overview(t.out)
		return 0
	case len(args) > 0 && (args[0] == "--version" || args[0] == "-version"):
		args[0] = "version"
	case len(args) == 0 || strings.HasPrefix(args[0], "-"):
		args = append([]string{"serve"}, args...)
	}
	for _, c := range commands() {
		words := strings.Fields(c.name)
		if len(args) < len(words) || !slices.Equal(args[:len(words)], words) {
			continue
		}
		err := c.run(ctx, t, args[len(words):])
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		case errors.Is(err, errFound):
			return 1
		}
		fmt.Fprintln(t.err, "spotcheck:", sentence(err))
		if errors.As(err, &misuse{}) {
			return 2
		}
		return 1
	}
	overview(t.err)
	return 2
}

// overview lists the commands.
func overview(to io.Writer) {
	fmt.Fprintln(to, "Usage: spotcheck [command] [flags]")
	for _, c := range commands() {
		fmt.Fprintf(to, "  %-18s %-18s %s\n", c.name, c.args, c.usage)
	}
	fmt.Fprintln(to, "Flags of a command: spotcheck serve --help")
}

// sentence is what a person at the terminal reads of an error: of a fault its text, what is wrong where, and the cause.
func sentence(err error) string {
	f, ok := fault.As(err)
	if !ok {
		return err.Error()
	}
	parts := []string{f.Text}
	for _, w := range f.Fields {
		parts = append(parts, fmt.Sprintf("%s: %s.", w.Pointer, w.Detail))
	}
	if f.Err != nil {
		lines := strings.Split(f.Err.Error(), "\n")
		for n := range min(2, len(lines)) { // a database driver tells every attempt on a line of its own
			parts = append(parts, strings.TrimSpace(lines[n]))
		}
	}
	return strings.Join(parts, " ")
}

// flags makes a flag set that is silent: what is wrong is said once, as one sentence.
func flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	return f
}

// settings reads the flags of a command, or shows them when that is asked for.
func settings(t *terminal, f *flag.FlagSet, args []string) (config.Config, error) {
	c, err := config.Read(f, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(t.out, "Usage: spotcheck %s [flags]\n", f.Name())
		f.SetOutput(t.out)
		f.PrintDefaults()
		return c, err
	case err != nil:
		return c, misuse{err}
	case f.NArg() > 0:
		return c, misuse{fmt.Errorf("there is no command %q; spotcheck --help lists them", f.Name()+" "+f.Arg(0))}
	}
	return c, nil
}

func serve(ctx context.Context, t *terminal, args []string) error {
	c, err := settings(t, flags("serve"), args)
	if err != nil {
		return err
	}
	log := c.Logger(t.err)
	a, err := app.Open(ctx, c, log, core.Clock)
	if err != nil {
		return err
	}
	a.Version = Version
	err = a.Serve(ctx, func(addr string, first *core.FirstAccount) {
		fmt.Fprintf(t.out, "Spotcheck listens on %s — http://localhost%s/api/docs\n%s", addr, addr[strings.LastIndexByte(addr, ':'):], introduced(first))
	})
	log.Info("stopping")
	return errors.Join(err, a.Close())
}

// introduced is the first account, the only time that its password is known; nothing later.
func introduced(first *core.FirstAccount) string {
	if first == nil {
		return ""
	}
	return fmt.Sprintf("First account, shown only now:\n  name      %s\n  password  %s\n", first.Name, first.Password)
}

// prepare makes an empty installation usable.
func prepare(ctx context.Context, t *terminal, c *core.Core) error {
	first, err := c.Start(ctx)
	fmt.Fprint(t.out, introduced(first))
	return err
}

// openExisting opens an installation for a command that asks or changes, and never begins one.
func openExisting(ctx context.Context, t *terminal, f *flag.FlagSet, args []string) (*app.App, error) {
	c, err := settings(t, f, args)
	if err != nil {
		return nil, err
	}
	return app.OpenExisting(ctx, c, c.Logger(t.err), core.Clock)
}

// open opens an installation for a command that serves nobody, and begins one where there is none.
func open(ctx context.Context, t *terminal, f *flag.FlagSet, args []string) (*app.App, error) {
	c, err := settings(t, f, args)
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, c, c.Logger(t.err), core.Clock)
}

func migrate(ctx context.Context, t *terminal, args []string) error {
	a, err := open(ctx, t, flags("migrate"), args)
	if err != nil {
		return err
	}
	v, err := a.Core.Store.Version(ctx)
	if err == nil {
		_, err = fmt.Fprintln(t.out, "The database has schema", v)
	}
	return errors.Join(err, a.Close())
}
