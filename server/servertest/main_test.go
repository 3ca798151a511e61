package servertest_test

import (
	"os"
	"testing"

	"spotcheck/server/app"
)

// TestMain is a child where a server in a test starts one, as main is in the program.
func TestMain(m *testing.M) {
	if code, child := app.RunChild(os.Args, os.Stdin, os.Stdout, os.Stderr); child {
		os.Exit(code)
	}
	os.Exit(m.Run())
}
