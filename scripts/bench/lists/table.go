package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// Targets of the largest database.
const (
	listTarget   = 25 * time.Millisecond
	searchTarget = 50 * time.Millisecond
	mapTarget    = 50 * time.Millisecond
	actionTarget = 15 * time.Millisecond
	startTarget  = 500 * time.Millisecond
	weekTarget   = 150 * time.Millisecond
	boardTarget  = 20 * time.Millisecond
	nearTarget   = 10 * time.Millisecond
	growthTarget = 3 // times the time of the smallest database, for lists
)

func targetOf(name string) (most time.Duration, grows bool) {
	switch {
	case strings.HasPrefix(name, "search "):
		return searchTarget, false
	case strings.HasPrefix(name, "map "):
		return mapTarget, false
	case strings.HasPrefix(name, "one action"):
		return actionTarget, false
	case name == "weekly report":
		return weekTarget, false
	case name == "similar issues":
		return nearTarget, true
	case name == "live board":
		return boardTarget, false
	case name == "cold start":
		return startTarget, false
	}
	return listTarget, true
}

// show prints a table for each kind of database, and fails when a target is missed.
func show(w io.Writer, all []*measured) error {
	missed := 0
	for _, kind := range []string{"sqlite", "postgres"} {
		var of []*measured
		for _, m := range all {
			if m.database == kind {
				of = append(of, m)
			}
		}
		if len(of) == 0 {
			continue
		}
		slices.SortFunc(of, func(a, b *measured) int { return a.issues - b.issues })
		missed += table(w, kind, of)
	}
	if missed > 0 {
		return fmt.Errorf("%d targets were missed", missed)
	}
	return nil
}

// table prints the middle and the worst of a hundred in milliseconds for each size. The exponent is of the middle: time grows
// as issues to that power.
func table(w io.Writer, kind string, of []*measured) (missed int) {
	fmt.Fprintf(w, "\n%s, milliseconds: middle/worst of 100\n%-52s", kind, "")
	for _, m := range of {
		fmt.Fprintf(w, "%16d", m.issues)
	}
	fmt.Fprintf(w, "%10s\n", "exponent")
	first, last := of[0], of[len(of)-1]
	for _, name := range last.names {
		fmt.Fprint(w, padded(name, 52))
		for _, m := range of {
			cell := "-"
			if t, ok := m.took[name]; ok && t.p50 > 0 {
				cell = fmt.Sprintf("%.1f/%.1f", ms(t.p50), ms(t.p99))
			}
			fmt.Fprintf(w, "%16s", cell)
		}
		a, b := first.took[name], last.took[name]
		verdict := judge(name, a, b, last.alike[name])
		note := ""
		if alike, ok := last.alike[name]; ok {
			note = fmt.Sprintf("%.1f with %d rows, as the smallest has ", ms(alike.p50), first.rows[name])
			b = alike
		}
		exponent := "-"
		if a.p50 > 0 && b.p50 > 0 && last.issues > first.issues {
			exponent = fmt.Sprintf("%.2f", math.Log(float64(b.p50)/float64(a.p50))/math.Log(float64(last.issues)/float64(first.issues)))
		}
		if verdict != "" {
			missed++
		}
		fmt.Fprintf(w, "%10s  %s%s\n", exponent, note, verdict)
	}
	return missed
}

// judge says by how much a target was missed, nothing when it was met. What a list grows by is judged over as many rows, alike,
// where the smallest database has fewer than a page of them.
func judge(name string, small, large, alike timing) string {
	most, grows := targetOf(name)
	switch {
	case large.p99 > most:
		return fmt.Sprintf("MISSED: %.1f ms over %.0f", ms(large.p99-most), ms(most))
	case alike.p50 > 0:
		return judge(name, small, timing{alike.p50, large.p99}, timing{})
	case grows && small.p50 > 0 && large.p50 > growthTarget*small.p50:
		return fmt.Sprintf("MISSED: %.1f times the time of the smallest, want %d", float64(large.p50)/float64(small.p50), growthTarget)
	}
	return ""
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// padded fills up to a width in a terminal, where Chinese characters take two columns.
func padded(text string, width int) string {
	for _, r := range text {
		if width--; r > 0x2e80 {
			width--
		}
	}
	return text + strings.Repeat(" ", max(width, 1))
}
