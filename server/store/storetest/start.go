package storetest

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"time"
	_ "time/tzdata" // a moment may be one of any zone
)

// wednesday is when tests begin: the middle of a working day, far from everything that ends.
const wednesday = "2026-11-25 10:00:00 Asia/Shanghai"

// began is the moment at which the tests of this process begin, and real the same moment by the clock of this machine.
var began, real = moment(cmp.Or(os.Getenv("SPOTCHECK_TEST_START"), wednesday)), time.Now()

// Start is the moment at which the clock of a test begins, in the zone of its city. SPOTCHECK_TEST_START names another one in the
// form of wednesday, to show that no test leans on the day, the hour or the zone.
func Start() time.Time { return began }

// Clock shows Start when the process begins, for Options.Now.
func Clock() time.Time { return time.Now().Add(began.Sub(real)) }

// moment reads a day, a time and the name of a zone; what is no moment ends the tests.
func moment(text string) time.Time {
	var at time.Time
	day, name, err := text, "", error(nil)
	if n := strings.LastIndexByte(text, ' '); n > 0 {
		day, name = text[:n], text[n+1:]
	}
	zone, err := time.LoadLocation(name)
	if err == nil {
		at, err = time.ParseInLocation(time.DateTime, day, zone)
	}
	if err != nil {
		panic(fmt.Sprintf("SPOTCHECK_TEST_START is %q, want a moment such as %q: %v", text, wednesday, err))
	}
	return at
}
