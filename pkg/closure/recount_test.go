package closure_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"testing"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/needs"
)

// otherLanguage makes a record of what it reads and prints what scripts/recount.py counts of it, for each week and cut-off.
const otherLanguage = `
import json, sqlite3, sys
sys.path.insert(0, "../../scripts")
import recount
told = json.load(sys.stdin)
db = sqlite3.connect(":memory:")
db.executescript("""CREATE TABLE setting (key TEXT, value TEXT); CREATE TABLE stream (id INTEGER PRIMARY KEY, kind TEXT, name TEXT);
	CREATE TABLE event (seq INTEGER PRIMARY KEY, stream INT, n INT, type TEXT, body TEXT); CREATE INDEX of_stream ON event (stream, n);
	CREATE INDEX named ON stream (kind, name);""")
for n, s in enumerate(told["streams"]):
	db.execute("INSERT INTO stream VALUES (?, ?, ?)", [n, s["kind"], s["name"]])
	db.executemany("INSERT INTO event (stream, n, type, body) VALUES (?, ?, ?, ?)", [[n, k, e["type"], json.dumps(e["body"])] for k, e in enumerate(s["events"])])
print(json.dumps([recount.recount(db, p["week"], p["cut_off"]) for p in told["periods"]]))
`

// TestBothLanguagesCountRandomLivesAlike counts 2,400 random lives here and by the script, which shares no code with this program: with returns, extensions,
// holds that last over a cut-off, failed and false fixes, appeals, reopening, merging and its undoing. One unit goes from below a to below b on the 15th.
func TestBothLanguagesCountRandomLivesAlike(t *testing.T) {
	t.Parallel()
	python := needs.Program(t, "python3")
	type stream struct {
		Kind   string     `json:"kind"`
		Name   string     `json:"name"`
		Events []recorded `json:"events"`
	}
	var told struct {
		Streams []stream  `json:"streams"`
		Periods []counted `json:"periods"`
	}
	r := rand.New(rand.NewPCG(20261116, 2400))
	var lives []*life
	done := map[string]int{}
	for n := range 2400 {
		l := random(r)
		lives = append(lives, l)
		for _, e := range l.record {
			done[e.Type]++
		}
		told.Streams = append(told.Streams, stream{"issue", fmt.Sprintf("issue %04d", n), l.record})
	}
	for _, kind := range []string{"issue.reopened", "issue.merged", "issue.unmerged", "issue.hold_granted", "issue.false_fix", "issue.appeal_decided", "issue.passed", "issue.returned"} {
		if done[kind] < 20 {
			t.Errorf("only %d of %s", done[kind], kind)
		}
	}
	moved := at(15, 0)
	place := func(when inspect.Time, above byte) recorded {
		body, err := json.Marshal(map[string]any{"at": when, "parent": unit(above), "peer_group": "crews"})
		if err != nil {
			t.Fatal(err)
		}
		return recorded{"unit.changed", body}
	}
	told.Streams = append(told.Streams, stream{"unit", unit('d').String(), []recorded{place(at(1, 0), 'a'), place(moved, 'b')}})
	for week := range 4 {
		for _, cutOff := range []inspect.Time{at(17+7*(week-1), 15), at(26, 11), at(120, 0)} {
			span := closure.Span{From: calendar.DayOf(2026, 11, 9+7*(week-1)), To: calendar.DayOf(2026, 11, 16+7*(week-1))}
			if cutOff > at(9+7*(week-1), 0) {
				told.Periods = append(told.Periods, counted{fmt.Sprintf("2026-W%d", 45+week), int64(cutOff), span})
			}
		}
	}
	in, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	script := exec.CommandContext(t.Context(), python, "-c", otherLanguage)
	script.Stdin = bytes.NewReader(in)
	out, err := script.CombinedOutput()
	if err != nil {
		t.Fatalf("recount.py: %v: %s", err, out)
	}
	var theirs []struct {
		All             map[string]float64
		Units, Subtrees map[string]map[string]float64
	}
	if err := json.Unmarshal(out, &theirs); err != nil {
		t.Fatal(err)
	}
	cells := 0
	same := func(what string, p counted, f *closure.Figures, got map[string]float64) {
		t.Helper()
		var ours closure.Figures
		if f != nil {
			ours = *f
		}
		for n, key := range closure.CountKeys() {
			cells++
			if float64(ours.Counts[n]) != got[key] {
				t.Errorf("%s of %s at %s: %s is %d here, %g by the script", what, p.Week, inspect.Time(p.CutOff), key, ours.Counts[n], got[key])
			}
		}
		if score, ok := closure.DefaultFormula.Score(&ours.Counts); ok && what != "all" && what[0] == 'u' && math.Abs(score-got["score"]) > 0.011 {
			t.Errorf("%s of %s: the score is %g here, %g by the script", what, p.Week, score, got["score"])
		}
	}
	for n, p := range told.Periods {
		count := func(in func(*closure.Share) bool) *closure.Breakdown {
			return compute(p.span, inspect.Time(p.CutOff), cal(t), in, lives...)
		}
		whole := count(nil)
		same("all", p, &whole.Total, theirs[n].All)
		for _, letter := range "abcd" {
			same("unit "+string(letter), p, whole.Units[unit(byte(letter))], theirs[n].Units[unit(byte(letter)).String()])
		}
		a := count(func(s *closure.Share) bool { return s.Unit == unit('a') || s.Unit == unit('d') && s.Moment < moved })
		b := count(func(s *closure.Share) bool { return s.Unit == unit('b') || s.Unit == unit('d') && s.Moment >= moved })
		same("below a", p, &a.Total, theirs[n].Subtrees[unit('a').String()])
		same("below b", p, &b.Total, theirs[n].Subtrees[unit('b').String()])
	}
	if cells < 2000 {
		t.Errorf("only %d cells are compared", cells)
	}
}

// counted is a week and up to when it is counted.
type counted struct {
	Week   string `json:"week"`
	CutOff int64  `json:"cut_off"`
	span   closure.Span
}
