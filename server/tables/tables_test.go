package tables_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/table"
	"spotcheck/server/tables"
)

// TestMain is the child where a test starts one, as main is in the program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == tables.Command {
		if os.Getenv("SPOTCHECK_CHILD") == "hang" {
			never := make(chan os.Signal, 1)
			signal.Notify(never, os.Interrupt)
			<-never
		}
		os.Exit(tables.RunChild(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func reader(t *testing.T) *tables.Reader {
	t.Helper()
	r, err := tables.New()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// book packs the XML of a sheet, which write gives, as a workbook.
func book(t *testing.T, write func(io.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	part := func(name string, write func(io.Writer)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		write(w)
	}
	text := func(text string) func(io.Writer) { return func(w io.Writer) { _, _ = io.WriteString(w, text) } }
	part("_rels/.rels", text(`<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>`))
	part("xl/_rels/workbook.xml.rels", text(`<Relationships><Relationship Id="r1" Type="x/worksheet" Target="sheet1.xml"/></Relationships>`))
	part("xl/workbook.xml", text(`<workbook><sheets><sheet name="一" r:id="r1"/></sheets></workbook>`))
	part("xl/sheet1.xml", write)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func rowsOf(n int, cell string) func(io.Writer) {
	return func(w io.Writer) {
		fmt.Fprint(w, "<worksheet><sheetData>")
		for range n {
			fmt.Fprint(w, "<row>", cell, "</row>")
		}
		fmt.Fprint(w, "</sheetData></worksheet>")
	}
}

func inline(text string) string { return `<c t="inlineStr"><is><t>` + text + `</t></is></c>` }

func read(ctx context.Context, r table.Reader, body []byte, o table.Options) (h table.Head, rows []table.Row, err error) {
	err = r(ctx, body, o, func(got table.Head) error { h = got; return nil }, func(row table.Row) error { rows = append(rows, row); return nil })
	return h, rows, err
}

func TestTheChildReadsAsThisProcessDoes(t *testing.T) {
	body := book(t, rowsOf(1000, inline("编号 &lt;1&gt;")+`<c t="e"><v>#N/A</v></c>`))
	o := table.Options{Names: [][]string{{"编号 <1>"}}}
	h, rows, err := read(t.Context(), reader(t).Read, body, o)
	head, want, wrong := read(t.Context(), table.Read, body, o)
	if err != nil || wrong != nil || len(rows) != 999 {
		t.Fatal(len(rows), err, wrong)
	}
	if diff := cmp.Diff(want, rows) + cmp.Diff(head, h); diff != "" {
		t.Error(diff)
	}
	stop := errors.New("enough")
	if err := reader(t).Read(t.Context(), body, o, func(table.Head) error { return nil }, func(table.Row) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	_, _, err = read(t.Context(), reader(t).Read, body, table.Options{Sheet: "二"})
	if why := (*table.Unreadable)(nil); !errors.As(err, &why) || !strings.Contains(err.Error(), "no sheet") {
		t.Errorf("got %v", err)
	}
	if _, rows, err := read(t.Context(), reader(t).Read, []byte("a\n1\n"), table.Options{}); err != nil || len(rows) != 1 {
		t.Errorf("text: got %v, %v", rows, err)
	}
}

// TestASmallFileThatUnpacksToALargeOne is refused with a sentence, by what it takes.
func TestASmallFileThatUnpacksToALargeOne(t *testing.T) {
	for name, body := range map[string][]byte{
		"rows without end": book(t, rowsOf(300_000, strings.Repeat(inline("12345678901234567890"), 20))),
		"empty bytes":      book(t, func(w io.Writer) { _, _ = w.Write(make([]byte, 100<<20)) }),
		"one long cell":    book(t, rowsOf(1, inline(strings.Repeat("x", 60<<20)))),
	} {
		started := time.Now()
		_, rows, err := read(t.Context(), reader(t).Read, body, table.Options{})
		if why := (*table.Unreadable)(nil); !errors.As(err, &why) && len(rows) > 0 {
			t.Errorf("%s, %d KiB: %d rows, %v", name, len(body)>>10, len(rows), err)
		}
		t.Log(name, len(body)>>10, "KiB", time.Since(started), err)
	}
}

func TestAChildIsBounded(t *testing.T) {
	body := book(t, rowsOf(3, inline("x")))
	hangs := func() *tables.Reader {
		r := reader(t)
		r.Env = []string{"SPOTCHECK_CHILD=hang"}
		r.Time = 200 * time.Millisecond
		return r
	}
	_, _, err := read(t.Context(), hangs().Read, body, table.Options{})
	if why := (*table.Unreadable)(nil); !errors.As(err, &why) || !strings.Contains(err.Error(), "took more than 200ms") {
		t.Errorf("got %v", err)
	}
	r := hangs()
	r.Time = time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	done := make(chan error, 3)
	for range 3 { // two at once, and one that waits for its turn
		go func() {
			_, _, err := read(ctx, r.Read, body, table.Options{})
			done <- err
		}()
	}
	for range 3 {
		if err := <-done; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("whoever waits leaves with the request: %v", err)
		}
	}
	small := reader(t)
	small.Memory = 10 << 20
	_, _, err = read(t.Context(), small.Read, book(t, rowsOf(80_000, strings.Repeat(inline("12345678901234567890"), 20))), table.Options{})
	if err == nil || !strings.Contains(err.Error(), "took more than 10 MB") {
		t.Errorf("got %v", err)
	}
}

// TestAMillionStyledEmptyRows is what a spreadsheet leaves when whole columns were given a border.
func TestAMillionStyledEmptyRows(t *testing.T) {
	most := 1_000_000
	if testing.Short() {
		most = 100_000
	}
	body := book(t, func(w io.Writer) {
		b := bufio.NewWriter(w)
		fmt.Fprint(b, `<worksheet><sheetData><row r="1">`, inline("编号"), `</row><row r="2">`, inline("1"), `</row>`)
		for n := 3; n <= most; n++ {
			fmt.Fprintf(b, `<row r="%d">`, n)
			for c := 'A'; c <= 'J'; c++ {
				fmt.Fprintf(b, `<c r="%c%d" s="1"/>`, c, n)
			}
			fmt.Fprint(b, `</row>`)
		}
		fmt.Fprint(b, `</sheetData></worksheet>`)
		_ = b.Flush()
	})
	started := time.Now()
	_, rows, err := read(t.Context(), reader(t).Read, body, table.Options{Names: [][]string{{"编号"}, {"别的"}}})
	if err != nil || len(rows) != 1 {
		t.Errorf("got %v, %v", rows, err)
	}
	t.Log(len(body)>>10, "KiB", time.Since(started))
}
