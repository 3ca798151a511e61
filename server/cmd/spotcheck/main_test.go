package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"spotcheck/server/app"
)

// binary is the program as it is shipped, built once.
var binary string

func TestMain(m *testing.M) {
	if code, child := app.RunChild(os.Args, os.Stdin, os.Stdout, os.Stderr); child {
		os.Exit(code)
	}
	os.Exit(tests(m))
}

func tests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "spotcheck-binary-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "spotcheck")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// told is what a command said.
type told struct {
	code     int
	out, err string
}

// says runs a command in this process.
func says(t *testing.T, in string, args ...string) told {
	t.Helper()
	var out, complaint bytes.Buffer
	code := run(t.Context(), &terminal{strings.NewReader(in), &out, &complaint}, args)
	return told{code, out.String(), complaint.String()}
}

// want fails unless the command ended so and said these words.
func (a told) want(t *testing.T, code int, words ...string) {
	t.Helper()
	if a.code != code {
		t.Errorf("exit code %d, want %d\n%s%s", a.code, code, a.out, a.err)
	}
	for _, w := range words {
		if !strings.Contains(a.out+a.err, w) {
			t.Errorf("it does not say %q:\n%s%s", w, a.out, a.err)
		}
	}
}

// sentence fails unless there is one line of complaint and nothing else.
func (a told) sentence(t *testing.T) {
	t.Helper()
	if a.out != "" || strings.Count(a.err, "\n") != 1 || !strings.HasPrefix(a.err, "spotcheck: ") {
		t.Errorf("want one sentence, got\n%s%s", a.out, a.err)
	}
}

func TestWhatIsNotUnderstoodEndsWithOneSentence(t *testing.T) {
	dir := t.TempDir()
	tests := map[string]struct {
		args  []string
		env   [2]string
		words string
	}{
		"an unknown flag":            {args: []string{"--adr", ":1"}, words: "-adr"},
		"an unknown flag of another": {args: []string{"audit", "--agianst", "x"}, words: "-agianst"},
		"a flag without its value":   {args: []string{"serve", "--addr"}, words: "-addr"},
		"a setting that cannot be":   {args: []string{"migrate", "--timezone", "Mars/Olympus"}, words: "there is no such zone"},
		"settings that contradict":   {args: []string{"--tls-cert", "c.pem"}, words: "belong together"},
		"an unknown variable":        {args: []string{"migrate"}, env: [2]string{"SPOTCHECK_ADRR", ":1"}, words: "SPOTCHECK_ADRR"},
		"a word too many":            {args: []string{"migrate", "now"}, words: `"migrate now"`},
		"a command of serve":         {args: []string{"serve", "audit"}, words: `"serve audit"`},
		"nobody's name":              {args: []string{"user", "add"}, words: "want the name of the person"},
		"nobody's password":          {args: []string{"user", "password", "--data=" + dir}, words: "want the name of the person"},
		"no file":                    {args: []string{"catalogue", "import"}, words: "want the file of the catalogue"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.env[0] != "" {
				t.Setenv(tt.env[0], tt.env[1])
			}
			a := says(t, "", tt.args...)
			a.want(t, 2, tt.words)
			a.sentence(t)
		})
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("something was made: %v, %v", entries, err)
	}
}

func TestWhatCannotBeOpenedEndsWithOneSentence(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"a folder that is a file":     {"migrate", "--data", file},
		"a database that is away":     {"migrate", "--data", t.TempDir(), "--database-url", "postgres://u:hunter2@127.0.0.1:1/d?connect_timeout=2"},
		"a database URL that is none": {"migrate", "--data", t.TempDir(), "--database-url", "postgres://u:hunter2@127.0.0.1:port/d"},
	} {
		t.Run(name, func(t *testing.T) {
			a := says(t, "", args...)
			if a.code == 0 || strings.Contains(a.err, "hunter2") {
				t.Errorf("exit code %d\n%s", a.code, a.err)
			}
			a.sentence(t)
		})
	}
}

func TestHelp(t *testing.T) {
	for _, word := range helps {
		says(t, "", word).want(t, 0, "Usage: spotcheck [command] [flags]", "catalogue import", "audit")
	}
	says(t, "", "dance").want(t, 2, "Usage: spotcheck [command] [flags]")
	for _, command := range [][]string{{"serve"}, {"migrate"}, {"user", "add"}, {"user", "password"}, {"user", "disable"}, {"catalogue", "import"},
		{"areas", "import"}, {"audit"}, {"demo"}, {"report", "week"}, {"backup"}, {"restore"}, {"health"}} {
		a := says(t, "", append(command, "--help")...)
		a.want(t, 0, "Usage: spotcheck "+strings.Join(command, " "), "-database-url", "SPOTCHECK_DATA")
		if a.err != "" {
			t.Errorf("%v complains: %s", command, a.err)
		}
	}
}

func TestVersion(t *testing.T) {
	says(t, "", "report", "--help").want(t, 0, "Usage: spotcheck report week", "-format")
	says(t, "", "version").want(t, 0, "spotcheck "+Version)
	says(t, "", "--version").want(t, 0, "spotcheck "+Version)
	out, err := exec.Command(binary, "version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "spotcheck ") {
		t.Errorf("the binary says %q, %v", out, err)
	}
}

func TestExitCodesOfTheBinary(t *testing.T) {
	for want, args := range map[int][]string{0: {"version"}, 2: {"--no-such-flag"}, 1: {"audit", "--data", t.TempDir(), "--against", "no-such-file"}} {
		err := exec.Command(binary, args...).Run()
		var exit *exec.ExitError
		code := 0
		if errors.As(err, &exit) {
			code = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if code != want {
			t.Errorf("%v: exit code %d, want %d", args, code, want)
		}
	}
}

func TestACancelledCommandEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, complaint bytes.Buffer
	if code := run(ctx, &terminal{strings.NewReader(""), &out, &complaint}, []string{"migrate", "--data", t.TempDir()}); code != 1 {
		t.Errorf("exit code %d\n%s", code, complaint.String())
	}
}
