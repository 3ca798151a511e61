package messageapi

import (
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/messages"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/store"
)

// channelHandlers serve the ways on which a person wants messages.
type channelHandlers struct {
	messages *messages.Service
}

func (h *channelHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/me/channels", Handle: h.myChannels},
		{Method: fiber.MethodPut, Path: "/api/v1/me/channels", Handle: h.chooseChannels},
		{Method: fiber.MethodPost, Path: "/api/v1/me/channels/:channel/test", Limited: true, Slow: true, Handle: h.tryChannel},
		{Method: fiber.MethodPost, Path: "/api/v1/me/devices", Handle: h.addDevice},
		{Method: fiber.MethodDelete, Path: "/api/v1/me/devices/:id", Handle: h.dropDevice},
	}
}

type choiceRules struct {
	Low    []inspect.Channel `json:"low" max:"10"`
	Normal []inspect.Channel `json:"normal" max:"10"`
	Urgent []inspect.Channel `json:"urgent" max:"10"`
}

type quietWire struct {
	From string `json:"from" need:"true" max:"5"`
	To   string `json:"to" need:"true" max:"5"`
}

type robotIn struct {
	Kind   inspect.Channel `json:"kind" need:"true"`
	URL    string          `json:"url" max:"500"`
	Secret string          `json:"secret" max:"200"`
}

type channelsIn struct {
	Language inspect.Language `json:"language"`
	Rules    choiceRules      `json:"rules" need:"true"`
	Quiet    *quietWire       `json:"quiet"`
	Email    string           `json:"email" max:"254"`
	Robots   []robotIn        `json:"robots" max:"3"`
}

// choice is what a person chose; without quiet hours there are none.
func (in *channelsIn) choice() (c store.MessagePreferences, wrong []fault.Field) {
	c = store.MessagePreferences{Language: in.Language, Email: in.Email,
		Rules: store.ChannelRules{inspect.Low: in.Rules.Low, inspect.Normal: in.Rules.Normal, inspect.Urgent: in.Rules.Urgent}}
	if c.Language == "" {
		c.Language = inspect.Chinese
	}
	for u, channels := range c.Rules {
		if channels == nil {
			c.Rules[u] = []inspect.Channel{}
		}
	}
	if in.Quiet == nil {
		return c, nil
	}
	for _, t := range []struct {
		name, text string
		minutes    *int
	}{{"from", in.Quiet.From, &c.QuietFrom}, {"to", in.Quiet.To, &c.QuietTo}} {
		at, err := time.Parse("15:04", t.text)
		if err != nil || len(t.text) != 5 {
			wrong = append(wrong, fault.Field{Pointer: "/quiet/" + t.name, Detail: "want a time of the day such as 22:00"})
		}
		*t.minutes = at.Hour()*60 + at.Minute()
	}
	return c, wrong
}

func timeOfDay(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

func channelsOf(m *messages.MyChannels) fiber.Map {
	c := &m.MessagePreferences
	robots, devices, ways := []fiber.Map{}, []fiber.Map{}, []inspect.Channel{}
	for _, r := range c.Robots {
		robot := fiber.Map{"kind": r}
		if host := m.Hosts[r]; host != "" {
			robot["host"] = host
		}
		robots = append(robots, robot)
	}
	for _, d := range m.Devices {
		devices = append(devices, fiber.Map{"id": d.ID, "created_at": d.CreatedAt})
	}
	rules := fiber.Map{}
	for _, u := range inspect.Urgencies {
		rules[string(u)] = append([]inspect.Channel{}, c.Rules[u]...)
	}
	out := fiber.Map{"language": c.Language, "rules": rules, "robots": robots, "devices": devices, "channels": append(ways, m.Ways...)}
	if c.QuietFrom != c.QuietTo {
		out["quiet"] = quietWire{timeOfDay(c.QuietFrom), timeOfDay(c.QuietTo)}
	}
	if c.Email != "" {
		out["email"] = c.Email
	}
	if m.VAPID != "" {
		out["vapid_public_key"] = m.VAPID
	}
	return out
}

func (h *channelHandlers) myChannels(c *fiber.Ctx) error {
	m, err := h.messages.MyChannels(c.UserContext(), rest.Actor(c))
	if err != nil {
		return err
	}
	return c.JSON(channelsOf(&m))
}

func (h *channelHandlers) chooseChannels(c *fiber.Ctx) error {
	var in channelsIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	want, wrong := in.choice()
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	robots := []messages.RobotAddress{}
	for _, r := range in.Robots {
		robots = append(robots, messages.RobotAddress(r))
	}
	m, _, err := h.messages.ChooseChannels(c.UserContext(), rest.Actor(c), want, robots)
	if err != nil {
		return err
	}
	return c.JSON(channelsOf(&m))
}

type deviceIn struct {
	Endpoint string `json:"endpoint" need:"true" max:"1000"`
	Keys     struct {
		P256dh string `json:"p256dh" need:"true" max:"200"`
		Auth   string `json:"auth" need:"true" max:"100"`
	} `json:"keys" need:"true"`
}

func (h *channelHandlers) addDevice(c *fiber.Ctx) error {
	var in deviceIn
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	d, err := h.messages.AddDevice(c.UserContext(), rest.Actor(c), messages.Subscription{Endpoint: in.Endpoint, P256dh: in.Keys.P256dh, Auth: in.Keys.Auth})
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"id": d.ID, "created_at": d.CreatedAt})
}

func (h *channelHandlers) dropDevice(c *fiber.Ctx) error {
	device, err := rest.ID(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	if err := h.messages.DropDevice(c.UserContext(), rest.Actor(c), device); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// tryChannel sends a message to who asks.
func (h *channelHandlers) tryChannel(c *fiber.Ctx) error {
	var channel inspect.Channel
	if err := channel.UnmarshalText([]byte(c.Params("channel"))); err != nil {
		return inspect.ErrNotFound.Because(err)
	}
	t, err := h.messages.TryChannel(c.UserContext(), rest.Actor(c), channel)
	if err != nil {
		return err
	}
	out := fiber.Map{"sent": t.Sent}
	if t.Receipt.Status != 0 {
		out["status"] = t.Receipt.Status
	}
	if t.Why != "" {
		out["why"] = t.Why
	}
	return c.JSON(out)
}
