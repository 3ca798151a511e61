package rest

import (
	"bufio"
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gofiber/fiber/v2"
)

// lines are what was logged.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write takes a line.
func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestAPanicInADownloadKeepsItsStackInTheLog(t *testing.T) {
	t.Parallel()
	said := &lines{}
	log := slog.New(slog.NewTextHandler(said, nil))
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", func(c *fiber.Ctx) error {
		SetRequestID(c, "the request")
		return StreamDownload(c, log, "text/csv", "x.csv", func(_ context.Context, w *bufio.Writer) error { panic("as a bug might") })
	})
	if res, err := app.Test(httptest.NewRequest(fiber.MethodGet, "/", nil), -1); err == nil {
		t.Errorf("a download that broke ends as if it were whole: %d", res.StatusCode)
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
	} else if strings.Contains(err.Error(), "bug") {
		t.Errorf("the client is told why: %v", err)
	}
	for _, want := range []string{"download failed", `request_id="the request"`, "as a bug might", "TestAPanicInADownloadKeepsItsStackInTheLog"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the log lacks %q: %s", want, said.String())
		}
	}
}
