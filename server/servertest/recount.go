package servertest

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/places"
	"spotcheck/server/core/reports"
	"spotcheck/server/store"
)

// Recounts holds the figures of a week, now and as they stood before, against a count of all courses one by one, and those of now against the ones that a
// script in another language makes from the recorded events alone. The script reads SQLite; on PostgreSQL the audit of figures has to do.
func (s *Server) Recounts(week string) {
	s.t.Helper()
	for _, ago := range []time.Duration{0, time.Minute, 5 * time.Hour, 26 * time.Hour, 3 * 24 * time.Hour} {
		s.countsOneByOne(week, s.Now().Add(-ago))
	}
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

// countsOneByOne holds the figures of a week as they stood at a moment against a count of all courses, with every time that stands behind a median.
func (s *Server) countsOneByOne(week string, at time.Time) {
	s.t.Helper()
	ask := reports.Request{Period: week, Scope: figures.Scope{Kind: inspect.City}, CutOff: min(inspect.At(at), inspect.At(s.Now()))}
	b, err := s.Core.Reports.Board(context.Background(), places.OperatorDesk, ask)
	if errors.Is(err, inspect.ErrContent) {
		return // the week had not begun
	}
	if err != nil {
		s.t.Fatal(err)
	}
	var want *closure.Breakdown
	if err := s.Core.Store.Read(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		cal, err := s.Core.City.Calendar(ctx, tx)
		if err != nil {
			return err
		}
		var courses []closure.Course
		if err := tx.EachMomentsIn(ctx, 0, closure.Forever, func(all []closure.Moment) error {
			if c, ok := closure.CourseOf(all, b.CutAt); ok {
				courses = append(courses, c)
			}
			return nil
		}); err != nil {
			return err
		}
		want = closure.Compute(courses, closure.NewView(b.Period.Span, b.CutAt, cal), nil)
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	same := func(what string, got, want *closure.Figures) {
		s.t.Helper()
		if got == nil {
			got = &closure.Figures{}
		}
		if want == nil {
			want = &closure.Figures{}
		}
		for n, key := range closure.CountKeys() {
			if got.Counts[n] != want.Counts[n] {
				s.t.Errorf("%s of %s at %s: %s is %d, one by one %d", what, week, b.CutAt, key, got.Counts[n], want.Counts[n])
			}
		}
		for of, times := range map[string][2][]time.Duration{"to fix": {got.ToFix, want.ToFix}, "found to fix": {got.Found, want.Found}} {
			if !slices.Equal(slices.Sorted(slices.Values(times[0])), slices.Sorted(slices.Values(times[1]))) {
				s.t.Errorf("%s of %s at %s: %s takes %v, one by one %v", what, week, b.CutAt, of, times[0], times[1])
			}
		}
	}
	same("all", &b.Sheet.Total, &want.Total)
	for id := range union(b.Sheet.Units, want.Units) {
		same("unit "+id.String(), b.Sheet.Units[id], want.Units[id])
	}
	for code := range union(b.Sheet.Categories, want.Categories) {
		same("category "+code, b.Sheet.Categories[code], want.Categories[code])
	}
}

// union has the keys of both maps.
func union[K comparable, V any](a, b map[K]V) map[K]V {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}
