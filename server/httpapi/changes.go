package httpapi

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
)

// changeWire is a line of the feed.
type changeWire struct {
	Seq      int64         `json:"seq"`
	Kind     string        `json:"kind"`
	ID       string        `json:"id,omitempty"`
	Gone     bool          `json:"gone,omitempty"`
	Issue    *listWire     `json:"issue,omitempty"`
	Unit     *unitWire     `json:"unit,omitempty"`
	Area     *areaWire     `json:"area,omitempty"`
	Category *categoryWire `json:"category,omitempty"`
	Rule     *ruleWire     `json:"rule,omitempty"`
	Settings fiber.Map     `json:"settings,omitempty"`
}

func changeOf(f *core.Feed, c *core.Change) (w changeWire, err error) {
	w = changeWire{Seq: c.Seq, Kind: c.Kind, ID: c.ID, Unit: (*unitWire)(c.Unit), Area: (*areaWire)(c.Area), Category: (*categoryWire)(c.Category), Rule: (*ruleWire)(c.Rule)}
	switch {
	case c.Kind == "person":
		w.Kind = "people"
	case c.Settings != nil:
		w.Settings, err = settingsOf(c.Settings)
	case c.Issue != nil:
		w.Issue = &listWire{rowOf(&c.Issue.IssueRow, c.Issue.Address, c.Issue.Note, &f.Names, f.At), c.Issue.Thumb}
	case c.Kind == "issue":
		w.Gone = true
	}
	return w, err
}

func (a *API) changes(c *fiber.Ctx) error {
	q := queryOf(c)
	var since *core.Cursor
	if text := q.text("since", 200); text != "" {
		at, err := core.ParseCursor(text)
		if err != nil {
			q.fail("since", err.Error())
		}
		since = &at
	}
	if err := q.fault(); err != nil {
		return err
	}
	f, err := a.Core.Changes(c.UserContext(), actor(c), since)
	if err != nil {
		return err
	}
	out := struct {
		Changes    []changeWire `json:"changes"`
		Next       string       `json:"next"`
		More       bool         `json:"more"`
		ServerTime inspect.Time `json:"server_time"`
	}{[]changeWire{}, f.Next.String(), f.More, f.At}
	for n := range f.Changes {
		w, err := changeOf(&f, &f.Changes[n])
		if err != nil {
			return err
		}
		out.Changes = append(out.Changes, w)
	}
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.JSON(out)
}

// Bounds of event streams.
const (
	streamsEach = 5                // open at once for a person
	streamBeat  = 15 * time.Second // between comments
	streamWrite = 10 * time.Second // for one line
)

// streams counts the open streams of each person.
type streams struct {
	mu   sync.Mutex
	open map[inspect.ID]int
}

func (s *streams) enter(id inspect.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[inspect.ID]int{}
	}
	if s.open[id] >= streamsEach {
		return false
	}
	s.open[id]++
	return true
}

// count is how many are open.
func (s *streams) count() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, each := range s.open {
		n += each
	}
	return n
}

func (s *streams) leave(id inspect.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[id]--; s.open[id] == 0 {
		delete(s.open, id)
	}
}

// stream says whenever there is something new up to a number; what it is stands in the feed of changes.
func (a *API) stream(c *fiber.Ctx) error {
	who, token := actor(c), tokenOf(c)
	if !a.streams.enter(who.ID) {
		return inspect.ErrTooManyStreams.At(fault.Field{Pointer: "header:Authorization", Detail: fmt.Sprintf("%d are open", streamsEach)})
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no")
	conn := c.Context().Conn()
	id, _ := c.Locals(keyID).(string)
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer a.streams.leave(who.ID)
		if err := survive(func() error { a.tell(w, conn, token, *who); return nil }); err != nil {
			a.Log.Error("event stream failed", "request_id", id, "error", err)
		}
	})
	return nil
}

// tell writes a stream until its client, its session or the server ends.
func (a *API) tell(w *bufio.Writer, conn net.Conn, token string, who inspect.Actor) {
	heard, end := a.Core.Bell.Listen()
	defer end()
	beat := time.NewTicker(a.Beat)
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
			if why := a.ended(token, &who); why != "" {
				line("event: %s\ndata: {}\n\n", why)
				return
			}
			if !line(": here\n\n") {
				return
			}
		case <-a.quit:
			line("event: closing\ndata: {}\n\n")
			return
		}
	}
}

// ended says why a stream may not go on: the session is over, or the person sees something else now.
func (a *API) ended(token string, who *inspect.Actor) string {
	ctx, cancel := context.WithTimeout(context.Background(), requestTime)
	defer cancel()
	now, _, err := a.Core.Authenticate(ctx, token)
	switch {
	case fault.KindOf(err) == fault.Unauthorised:
		return "logged-out"
	case err == nil && fmt.Sprint(now.Grants) != fmt.Sprint(who.Grants):
		return "resync"
	}
	return ""
}
