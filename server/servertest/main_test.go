package servertest_test

import (
	"os"
	"os/signal"
	"strings"
	"testing"

	"spotcheck/server/app"
	"spotcheck/server/tables"
)

// endlessSheet is the name of a sheet on which a child of these tests reads until it is killed.
const endlessSheet = "endless"

// TestMain is a child where a server in a test starts one, as main is in the program.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == tables.Command && strings.Contains(os.Args[2], endlessSheet) {
		never := make(chan os.Signal, 1)
		signal.Notify(never, os.Interrupt)
		<-never
	}
	if code, child := app.RunChild(os.Args, os.Stdin, os.Stdout, os.Stderr); child {
		os.Exit(code)
	}
	os.Exit(m.Run())
}
