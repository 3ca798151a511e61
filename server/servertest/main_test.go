package servertest_test

import (
	"os"
	"testing"

	"spotcheck/server/decoder"
)

// TestMain is the decoder's child where a server in a test starts one, as main is in the program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == decoder.Command {
		os.Exit(decoder.RunChild(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}
