// Package tables reads workbooks of strangers in a child process of our own program, two at a time: a small file may unpack to a large one,
// and what it takes of time and memory is bounded there. Text is read here, since it takes what its length says.
package tables

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"spotcheck/pkg/table"
	"spotcheck/server/child"
)

// Command is the hidden sub-command under which the program is the child.
const Command = "read-table"

// Bounds of the child, and of what it writes.
const (
	atOnce      = 2
	seconds     = 30
	maxMemory   = 900 << 20 // bytes resident
	softMemory  = 500 << 20 // at which it tidies up
	maxOut      = 160 << 20
	checksEvery = 1000 // rows
)

// Reader starts children.
type Reader struct{ child.Program }

// New makes a reader that runs this program as its child: main must give the word to RunChild when Command is its first argument.
func New() (*Reader, error) {
	p, err := child.New(Command, atOnce)
	if err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	p.Time, p.Memory, p.Worker, p.Work = seconds*time.Second, maxMemory, "the reader", "reading it"
	return &Reader{p}, nil
}

// piece is a line that a child writes: one of them.
type piece struct {
	Head *table.Head `json:"head,omitempty"`
	Row  *table.Row  `json:"row,omitempty"`
	Why  string      `json:"why,omitempty"` // the file cannot be read
	End  bool        `json:"end,omitempty"`
}

// Read is a table.Reader.
func (r *Reader) Read(ctx context.Context, body []byte, o table.Options, head func(table.Head) error, row func(table.Row) error) error {
	if !table.IsWorkbook(body) || len(body) > table.MostBytes {
		return table.Read(ctx, body, o, head, row)
	}
	said, err := json.Marshal(o)
	if err != nil {
		return err
	}
	out, err := r.Run(ctx, []string{string(said)}, bytes.NewReader(body), maxOut)
	if why := (*child.Failure)(nil); errors.As(err, &why) {
		return &table.Unreadable{Why: "the workbook cannot be read: " + why.Reason}
	}
	if err != nil {
		return err
	}
	for in, n := json.NewDecoder(bytes.NewReader(out)), 0; ; n++ {
		var p piece
		if n%checksEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		err := in.Decode(&p)
		switch {
		case err != nil:
			return &table.Unreadable{Why: "the workbook cannot be read: the reader ended too early"}
		case p.End:
			return nil
		case p.Why != "":
			return &table.Unreadable{Why: p.Why}
		case p.Head != nil:
			err = head(*p.Head)
		case p.Row != nil:
			err = row(*p.Row)
		}
		if err != nil {
			return err
		}
	}
}

// RunChild is the other side: a workbook on stdin, its rows on stdout. It gives the exit code.
func RunChild(args []string, in io.Reader, out, complain io.Writer) int {
	if err := runChild(args, in, out); err != nil {
		_, _ = fmt.Fprintln(complain, err)
		return 1
	}
	return 0
}

func runChild(args []string, in io.Reader, out io.Writer) error {
	var o table.Options
	if len(args) != 1 || json.Unmarshal([]byte(args[0]), &o) != nil {
		return errors.New("want the options of a reading")
	}
	debug.SetMemoryLimit(softMemory)
	body, err := io.ReadAll(io.LimitReader(in, table.MostBytes+1))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 256<<10)
	to := json.NewEncoder(w)
	to.SetEscapeHTML(false)
	err = table.Read(context.Background(), body, o, func(h table.Head) error { return to.Encode(piece{Head: &h}) },
		func(r table.Row) error { return to.Encode(piece{Row: &r}) })
	if why := (*table.Unreadable)(nil); errors.As(err, &why) {
		err = to.Encode(piece{Why: why.Why})
	}
	return errors.Join(err, to.Encode(piece{End: true}), w.Flush())
}
