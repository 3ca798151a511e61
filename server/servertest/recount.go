package servertest

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/places"
	"spotcheck/server/core/reports"
)

// Recounts holds the figures of a week against those that a script in another language makes from the recorded events alone. It reads SQLite; on
// PostgreSQL the audit of figures has to do.
func (s *Server) Recounts(week string) {
	s.t.Helper()
	if s.Postgres() {
		return
	}
	b, err := s.Core.Reports.Board(context.Background(), places.OperatorDesk, reports.Request{Period: week, Scope: figures.Scope{Kind: inspect.City}})
	if err != nil {
		s.t.Fatal(err)
	}
	for unit, got := range Recount(s.t, s.Config.Data, b) {
		id, err := inspect.ParseID(unit)
		if err != nil {
			s.t.Fatalf("recount.py: %v", err)
		}
		below, err := s.Core.Reports.Board(context.Background(), places.OperatorDesk,
			reports.Request{Period: week, Scope: figures.Scope{Kind: inspect.UnitSubtree, ID: id}, CutOff: b.CutAt})
		if err != nil {
			s.t.Fatal(err)
		}
		for n, key := range closure.CountKeys() {
			if ours := below.Sheet.Total.Counts[n]; float64(ours) != got[key] {
				s.t.Errorf("%s and below of %s: %s is %d here, %g by the script", unit, week, key, ours, got[key])
			}
		}
	}
}

// Recount compares a board with what the script counts in a data folder, and gives what that counts of each unit with all below it.
func Recount(t interface {
	Helper()
	Errorf(string, ...any)
	Fatalf(string, ...any)
}, folder string, b *reports.Board) (subtrees map[string]map[string]float64) {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	out, err := exec.Command("python3", filepath.Join(filepath.Dir(here), "../../scripts/recount.py"), folder, b.Period.Name, b.CutAt.String()).Output()
	if err != nil {
		if exit, ok := err.(*exec.ExitError); ok {
			t.Fatalf("recount.py: %v: %s", err, exit.Stderr)
		}
		t.Fatalf("recount.py: %v", err)
	}
	var other struct {
		All        map[string]float64
		Units      map[string]map[string]float64
		Categories map[string]map[string]float64
		Subtrees   map[string]map[string]float64
	}
	if err := json.Unmarshal(out, &other); err != nil {
		t.Fatalf("recount.py: %v", err)
	}
	same := func(what string, f *closure.Figures, got map[string]float64) {
		var ours closure.Figures
		if f != nil {
			ours = *f
		}
		for n, key := range closure.CountKeys() {
			if float64(ours.Counts[n]) != got[key] {
				t.Errorf("%s of %s: %s is %d here, %g by the script", what, b.Period.Name, key, ours.Counts[n], got[key])
			}
		}
		if score, ok := b.Formula.Score(&ours.Counts); ok && strings.HasPrefix(what, "unit") && score-got["score"] > 0.011 || got["score"]-score > 0.011 {
			t.Errorf("%s of %s: the score is %g here, %g by the script", what, b.Period.Name, score, got["score"])
		}
	}
	same("all", &b.Sheet.Total, other.All)
	for id := range b.Sheet.Units {
		if !id.IsZero() && other.Units[id.String()] == nil {
			t.Errorf("unit %s: nothing by the script, %v here", id, b.Sheet.Units[id].Counts)
		}
	}
	for name, got := range other.Units {
		id, err := inspect.ParseID(name)
		if err != nil {
			t.Fatalf("recount.py: %v", err)
		}
		same("unit "+name, b.Sheet.Units[id], got)
	}
	for code, got := range other.Categories {
		same("category "+code, b.Sheet.Categories[code], got)
	}
	return other.Subtrees
}
