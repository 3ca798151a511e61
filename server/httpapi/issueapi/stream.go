package issueapi

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/people"
	"spotcheck/server/httpapi/rest"
)

// Bounds of event streams.
const (
	streamsEach      = 5                // open at once for a person
	streamBeat       = 15 * time.Second // between comments
	streamWrite      = 10 * time.Second // for one line
	sessionCheckTime = 30 * time.Second // to find out whether the session of a stream still holds
)

// Streams tell devices that there is something new. They count what is open for each person, and end with the server.
type Streams struct {
	people   *people.Service
	site     *rest.Site
	notifier *issues.Notifier
	log      *slog.Logger
	beat     time.Duration
	quit     chan struct{} // closed when the server ends: streams do not wait to be cut
	quitOnce sync.Once

	mu   sync.Mutex
	open map[inspect.ID]int
}

// NewStreams makes them. A stream finds out whether its client is there and may be after each beat, streamBeat when 0.
func NewStreams(who *people.Service, site *rest.Site, notifier *issues.Notifier, log *slog.Logger, beat time.Duration) *Streams {
	if beat == 0 {
		beat = streamBeat
	}
	return &Streams{people: who, site: site, notifier: notifier, log: log, beat: beat, quit: make(chan struct{}), open: map[inspect.ID]int{}}
}

// Close tells every stream to end; again is no error.
func (s *Streams) Close() { s.quitOnce.Do(func() { close(s.quit) }) }

// Count is how many are open.
func (s *Streams) Count() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, each := range s.open {
		n += each
	}
	return n
}

func (s *Streams) enter(id inspect.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[id] >= streamsEach {
		return false
	}
	s.open[id]++
	return true
}

func (s *Streams) leave(id inspect.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[id]--; s.open[id] == 0 {
		delete(s.open, id)
	}
}

func (s *Streams) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/stream", Handle: s.stream},
	}
}

// stream says whenever there is something new up to a number; what it is stands in the feed of changes.
func (s *Streams) stream(c *fiber.Ctx) error {
	who := rest.Actor(c)
	token, _ := s.site.Token(c)
	if !s.enter(who.ID) {
		return inspect.ErrTooManyStreams.At(fault.Field{Pointer: "header:Authorization", Detail: fmt.Sprintf("%d are open", streamsEach)})
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no")
	conn := c.Context().Conn()
	id := rest.RequestID(c)
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer s.leave(who.ID)
		if err := rest.CatchPanic(func() error { s.follow(w, conn, token, *who); return nil }); err != nil {
			s.log.Error("event stream failed", "request_id", id, "error", err)
		}
	})
	return nil
}

// follow writes a stream until its client, its session or the server ends.
func (s *Streams) follow(w *bufio.Writer, conn net.Conn, token string, who inspect.Actor) {
	heard, end := s.notifier.Listen()
	defer end()
	beat := time.NewTicker(s.beat)
	defer beat.Stop()
	line := func(format string, args ...any) bool {
		if err := conn.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
			return false
		}
		_, err := fmt.Fprintf(w, format, args...)
		return err == nil && w.Flush() == nil
	}
	for {
		select {
		case seq := <-heard:
			if !line("id: %d\nevent: change\ndata: {\"seq\":%d}\n\n", seq, seq) {
				return
			}
		case <-beat.C:
			if why := s.ended(token, &who); why != "" {
				line("event: %s\ndata: {}\n\n", why)
				return
			}
			if !line(": here\n\n") {
				return
			}
		case <-s.quit:
			line("event: closing\ndata: {}\n\n")
			return
		}
	}
}

// ended says why a stream may not go on: the session is over, or the person sees something else now.
func (s *Streams) ended(token string, who *inspect.Actor) string {
	ctx, cancel := context.WithTimeout(context.Background(), sessionCheckTime)
	defer cancel()
	now, _, err := s.people.Authenticate(ctx, token, who.Address)
	switch {
	case fault.KindOf(err) == fault.Unauthorised:
		return "logged-out"
	case err == nil && fmt.Sprint(now.Grants) != fmt.Sprint(who.Grants):
		return "resync"
	}
	return ""
}
