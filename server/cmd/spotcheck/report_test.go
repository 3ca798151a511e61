package main

import (
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// TestAReportUpToACutOff writes the same week as it stands and as it stood on its Wednesday: what came later is not received, and nothing is due that was still
// ahead.
func TestAReportUpToACutOff(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	says(t, "", "demo", "--data="+data, "--issues=60", "--photos=none", "--until=2025-11-23").want(t, 0, "60 issues")
	number := func(name string, more ...string) (n int) {
		t.Helper()
		a := says(t, "", append([]string{"report", "week", "2025-W47", "--data=" + data, "--format=text"}, more...)...)
		a.want(t, 0, "2025")
		found := regexp.MustCompile(name + `\D{0,4}(\d+)`).FindStringSubmatch(a.out)
		if found == nil {
			t.Fatalf("%s stands nowhere in %s", name, a.out)
		}
		n, _ = strconv.Atoi(found[1])
		return n
	}
	for _, name := range []string{"受理", "应处置"} {
		if then, now := number(name, "--cut-off=2025-11-19T09:00"), number(name); then >= now {
			t.Errorf("%s: %d on Wednesday and %d at the end", name, then, now)
		}
	}
	for moment, code := range map[string]int{"yesterday": 2, "2025-11-01T09:00": 1} { // no moment, before the week
		a := says(t, "", "report", "week", "2025-W47", "--data="+data, "--cut-off="+moment)
		a.want(t, code, "")
		a.sentence(t)
	}
}
