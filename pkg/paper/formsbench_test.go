package paper_test

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

// peak is the most memory that this process ever held, in MB; 0 where the system does not say.
func peak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kb, _ := strconv.ParseFloat(fields[0], 64)
	return kb / 1024
}

// BenchmarkXLSX100000 writes a report of 40 units with the 100,000 issues behind it. Run alone, it says what memory that took.
func BenchmarkXLSX100000(b *testing.B) {
	usual := debug.SetGCPercent(100) // as the program has it, whatever tests run with
	defer debug.SetGCPercent(usual)
	d := weekly(40, 0)
	for b.Loop() {
		if err := d.XLSX(io.Discard, issues(100_000)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(peak(), "peak-MB")
}

// TestAWorkbookOf100000IssuesTakesLittleMemory measures it in a process of its own.
func TestAWorkbookOf100000IssuesTakesLittleMemory(t *testing.T) {
	t.Parallel()
	said := string(run(t, os.Args[0], "-test.run", "^$", "-test.bench", "^BenchmarkXLSX100000$", "-test.benchtime", "1x"))
	m := regexp.MustCompile(`([\d.]+) peak-MB`).FindStringSubmatch(said)
	if m == nil {
		t.Fatalf("nothing was measured: %s", said)
	}
	if mb, err := strconv.ParseFloat(m[1], 64); err != nil || mb < 20 || mb > 200 {
		t.Errorf("the process held %s MB, want at most 200", m[1])
	}
}

// BenchmarkWeekPDF sets a weekly report of 40 units with 40 photos.
func BenchmarkWeekPDF(b *testing.B) {
	pictures, d := scenes(40), weekly(40, 40)
	size := 0
	for b.Loop() {
		file, err := d.PDF(pictures)
		if err != nil {
			b.Fatal(err)
		}
		size = len(file)
	}
	b.ReportMetric(float64(size), "file-B")
}

func BenchmarkWeekDOCX(b *testing.B) {
	pictures, d := scenes(40), weekly(40, 40)
	for b.Loop() {
		if _, err := d.DOCX(pictures); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWeekHTML(b *testing.B) {
	pictures, d := scenes(40), weekly(40, 40)
	for b.Loop() {
		d.HTML(pictures)
	}
}

func BenchmarkWeekCSVAndJSON(b *testing.B) {
	d := weekly(40, 40)
	for b.Loop() {
		var w bytes.Buffer
		if err := d.CSV(&w); err != nil {
			b.Fatal(err)
		}
		if _, err := d.JSON(); err != nil {
			b.Fatal(err)
		}
	}
}
