// Package needs lets a test go on only where there is what it needs: a service, a program, modules of Node. Elsewhere the test is
// skipped, and go test says what is missing and how to get it, once for each package. scripts/test.sh brings everything and
// takes a skipped test for a failure.
package needs

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

const (
	services = `scripts/services.sh start DIR quick && eval "$(scripts/services.sh env DIR)" starts PostgreSQL and MinIO`
	packages = "scripts/test.sh installs it"
)

// Service is the address of a service, which scripts/services.sh puts into the environment.
func Service(t testing.TB, variable string) string {
	t.Helper()
	address := os.Getenv(variable)
	if address == "" {
		skip(t, variable+" is not set", services)
	}
	return address
}

// Program is the path of a program that the first of these patterns finds, or the search path does.
func Program(t testing.TB, name string, patterns ...string) string {
	t.Helper()
	for _, p := range patterns {
		if found, err := filepath.Glob(p); err == nil && len(found) > 0 {
			return found[len(found)-1]
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		skip(t, name+" is not installed", packages)
	}
	return path
}

// Modules wants those of a folder with a package.json.
func Modules(t testing.TB, dir string) {
	t.Helper()
	Program(t, "node")
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		skip(t, "the modules of "+filepath.Base(dir)+" are not installed", "npm ci in scripts/"+filepath.Base(dir)+" does it")
	}
}

// said is what was told to go test.
var said sync.Map

func skip(t testing.TB, missing, how string) {
	t.Helper()
	if _, again := said.LoadOrStore(missing, true); !again && !testing.Verbose() {
		tell(fmt.Sprintf("SKIPPED in %s: tests that need more: %s. %s.\n", filepath.Base(os.Args[0]), missing, how))
	}
	t.Skipf("%s: %s", missing, how)
}

// tell writes to where go test itself writes its errors, since it keeps to itself what a package says that passes. Where there is no
// such place only go test -v tells.
func tell(text string) {
	f, err := os.OpenFile("/proc/"+strconv.Itoa(os.Getppid())+"/fd/2", os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return
	}
	_, err = f.WriteString(text)
	_ = errors.Join(err, f.Close()) // it is for a person who looks; the skipped test stands in the results
}
