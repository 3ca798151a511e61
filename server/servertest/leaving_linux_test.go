package servertest_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"spotcheck/server/servertest"
	"spotcheck/server/tables"
)

// childrenOf are the children of this test that read the endless sheet, by their command lines (proc(5)).
func childrenOf(t *testing.T, mark string) (n int) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		line, _ := os.ReadFile(path) // one that is gone is none
		parent, _ := os.ReadFile(filepath.Dir(path) + "/stat")
		_, behind, _ := strings.Cut(string(parent), ") ")
		fields := strings.Fields(behind)
		if strings.Contains(string(line), tables.Command) && strings.Contains(string(line), mark) && len(fields) > 1 && fields[1] == strconv.Itoa(os.Getpid()) {
			n++
		}
	}
	return n
}

// TestAClientThatLeavesEndsItsImport sends workbooks that are read without end through every door of tables, leaves, and sees that nobody reads on
// and that the next in line is served.
func TestAClientThatLeavesEndsItsImport(t *testing.T) {
	s := servertest.New(t, servertest.SQLite)
	admin, office := s.As("admin"), s.As("office")
	mapping := hotline(office)
	imports := tableImports(s)
	i := imports["places"]
	book := bookOf(t, &i, "Sheet1", 1, "yyyy-mm-dd", nil)
	wait := func(what string, want func() bool) {
		t.Helper()
		tick, over := time.NewTicker(20*time.Millisecond), time.After(20*time.Second)
		defer tick.Stop()
		for !want() {
			select {
			case <-tick.C:
			case <-over:
				t.Fatal(what)
			}
		}
	}
	for n, door := range []struct {
		by   *servertest.Client
		path string
	}{
		{admin, "/api/v1/place-imports?"}, {admin, "/api/v1/agreement-imports?"}, {admin, "/api/v1/holidays?"}, {admin, "/api/v1/area-imports?format=csv&datum=gcj02&"},
		{office, "/api/v1/issue-imports?format=csv&mapping=" + mapping.String() + "&"},
	} {
		mark := fmt.Sprintf("%s%d", endlessSheet, n)
		var open []net.Conn
		for range 3 { // two are read at a time, the third waits for its turn
			c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			open = append(open, c)
			if _, err := fmt.Fprintf(c, "POST %ssheet=%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", door.path, mark,
				door.by.Token, workbookType, len(book), book); err != nil {
				t.Fatal(err)
			}
		}
		wait(door.path+": nobody reads", func() bool { return childrenOf(t, mark) > 0 })
		for _, c := range open {
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
		}
		wait(door.path+": a child reads on for who left", func() bool { return childrenOf(t, mark) == 0 })
		answer := admin.Send(http.MethodPost, "/api/v1/place-imports", book, http.Header{"Content-Type": {workbookType}})
		answer.Want(http.StatusOK, http.StatusCreated)
	}
	s.Audit()
}
