package needs_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"spotcheck/pkg/needs"
)

// child says that this process is the one that is looked at.
const child = "SPOTCHECK_TEST_NEEDS"

// TestWhatIsMissingIsSaid runs itself below a shell, which stands where go test does.
func TestWhatIsMissingIsSaid(t *testing.T) {
	t.Parallel()
	if os.Getenv(child) != "" {
		t.Run("service", func(t *testing.T) {
			needs.Service(t, "SPOTCHECK_TEST_NOWHERE")
			t.Error("the test goes on")
		})
		t.Run("service again", func(t *testing.T) {
			needs.Service(t, "SPOTCHECK_TEST_NOWHERE")
			t.Error("the test goes on")
		})
		t.Run("program", func(t *testing.T) {
			needs.Program(t, "spotcheck-nowhere", "/nowhere/*")
			t.Error("the test goes on")
		})
		t.Run("modules", func(t *testing.T) {
			needs.Modules(t, "/nowhere/forms")
			t.Error("the test goes on")
		})
		return
	}
	sh := exec.CommandContext(t.Context(), "sh", "-c", `"$0" -test.run "^TestWhatIsMissingIsSaid$" >/dev/null; exit $?`, os.Args[0])
	sh.Env = append(os.Environ(), child+"=1")
	var said bytes.Buffer
	sh.Stderr = &said
	if err := sh.Run(); err != nil {
		t.Fatalf("a test that needs what is missing fails: %v: %s", err, said.String())
	}
	for _, want := range []string{"SPOTCHECK_TEST_NOWHERE is not set", "scripts/services.sh start", "spotcheck-nowhere is not installed", "npm ci in scripts/forms"} {
		if strings.Count(said.String(), want) != 1 {
			t.Errorf("got %q, want %q in it once", said.String(), want)
		}
	}
}

func TestWhatIsThereIsFound(t *testing.T) {
	t.Setenv("SPOTCHECK_TEST_SOMEWHERE", "here")
	if got := needs.Service(t, "SPOTCHECK_TEST_SOMEWHERE"); got != "here" {
		t.Errorf("got %q, want here", got)
	}
	if got := needs.Program(t, "nothing", "/bin/[s]h"); got != "/bin/sh" {
		t.Errorf("got %q, want /bin/sh", got)
	}
}
