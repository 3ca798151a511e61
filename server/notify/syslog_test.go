package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spotcheck/server/notify"
	"spotcheck/server/notify/notifytest"
)

// TestACollectorGetsWhatWasSaid sends fields that would end a message, and more than one line takes.
func TestACollectorGetsWhatWasSaid(t *testing.T) {
	t.Parallel()
	c := notifytest.NewCollector(t)
	s, err := notify.NewSyslog(c.Address, c.Roots)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 30, 9, 0, 0, 5e6, time.UTC)
	long := strings.Repeat("长", 10_000)
	if err := s.Send(t.Context(), []notify.SyslogMessage{
		{At: at, Severity: notify.SyslogNotice, ID: "export", Fields: [][2]string{{"id", "1"}, {"none", ""}, {"detail", "a\"b]c\\d\ne\x00"}}, Text: "two\nlines"},
		{At: at, Severity: notify.SyslogWarning, ID: "login refused\n", Fields: [][2]string{{"id", "2"}, {"long", long}}},
	}); err != nil {
		t.Fatal(err)
	}
	lines := c.Lines()
	if len(lines) != 2 {
		t.Fatalf("got %q", lines)
	}
	if want := `export [spotcheck@32473 id="1" detail="a\"b\]c\\d e"] ` + "\ufefftwo lines"; !strings.HasPrefix(lines[0], "<109>1 2026-11-30T09:00:00.005Z ") || !strings.HasSuffix(lines[0], want) {
		t.Errorf("got %q", lines[0])
	}
	if !strings.Contains(lines[1], " loginrefused [") || len(lines[1]) > 9_000 || !strings.Contains(lines[1], "长…") {
		t.Errorf("%d bytes: %q", len(lines[1]), lines[1][:200])
	}
}

// TestACollectorIsTheOneThatWasNamed refuses a collector that nobody vouches for, and addresses and files that are none.
func TestACollectorIsTheOneThatWasNamed(t *testing.T) {
	t.Parallel()
	c := notifytest.NewCollector(t)
	for name, tt := range map[string]struct{ address, roots string }{
		"no port": {"127.0.0.1", ""}, "no file": {c.Address, "/there/is/none"}, "no certificate": {c.Address, "syslog_test.go"},
	} {
		if _, err := notify.NewSyslog(tt.address, tt.roots); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
	stranger, err := notify.NewSyslog(c.Address, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := stranger.Send(t.Context(), []notify.SyslogMessage{{ID: "x"}}); err == nil || len(c.Lines()) != 0 {
		t.Errorf("a collector that nobody vouches for was told %q, %v", c.Lines(), fmt.Sprint(err))
	}
}
