package httpapi

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
	"spotcheck/server/store"
)

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
	c = store.MessagePreferences{Language: in.Language, Email: in.Email, Rules: store.ChannelRules{inspect.Low: in.Rules.Low, inspect.Normal: in.Rules.Normal, inspect.Urgent: in.Rules.Urgent}}
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

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

func channelsOf(m *core.MyChannels) fiber.Map {
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
		out["quiet"] = quietWire{clock(c.QuietFrom), clock(c.QuietTo)}
	}
	if c.Email != "" {
		out["email"] = c.Email
	}
	if m.VAPID != "" {
		out["vapid_public_key"] = m.VAPID
	}
	return out
}

func (a *API) myChannels(c *fiber.Ctx) error {
	m, err := a.Core.MyChannels(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	return c.JSON(channelsOf(&m))
}

func (a *API) chooseChannels(c *fiber.Ctx) error {
	var in channelsIn
	if err := read(c, &in); err != nil {
		return err
	}
	want, wrong := in.choice()
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	robots := []core.RobotAddress{}
	for _, r := range in.Robots {
		robots = append(robots, core.RobotAddress(r))
	}
	m, _, err := a.Core.ChooseChannels(c.UserContext(), actor(c), want, robots)
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

func (a *API) addDevice(c *fiber.Ctx) error {
	var in deviceIn
	if err := read(c, &in); err != nil {
		return err
	}
	d, err := a.Core.AddDevice(c.UserContext(), actor(c), core.Subscription{Endpoint: in.Endpoint, P256dh: in.Keys.P256dh, Auth: in.Keys.Auth})
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"id": d.ID, "created_at": d.CreatedAt})
}

func (a *API) dropDevice(c *fiber.Ctx) error {
	device, err := id(c, "id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	if err := a.Core.DropDevice(c.UserContext(), actor(c), device); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

type gatewayWire struct {
	Kind      inspect.Channel `json:"kind"`
	Settings  json.RawMessage `json:"settings"`
	Enabled   bool            `json:"enabled"`
	HasSecret bool            `json:"has_secret"`
	UpdatedAt inspect.Time    `json:"updated_at"`
}

func gatewayOf(g *store.Gateway) gatewayWire {
	return gatewayWire{g.Kind, json.RawMessage(g.Settings), g.Enabled, len(g.Secret) > 0, g.UpdatedAt}
}

func (a *API) gateways(c *fiber.Ctx) error {
	all, err := a.Core.Gateways(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	list := []gatewayWire{}
	for n := range all {
		list = append(list, gatewayOf(&all[n]))
	}
	return c.JSON(fiber.Map{"gateways": list})
}

type gatewayIn struct {
	Settings json.RawMessage `json:"settings" need:"true" max:"10000"`
	Enabled  *bool           `json:"enabled"`
	Secret   string          `json:"secret" max:"1000"`
}

func (a *API) putGateway(c *fiber.Ctx) error {
	var in gatewayIn
	if err := read(c, &in); err != nil {
		return err
	}
	g, repeated, err := a.Core.PutGateway(c.UserContext(), actor(c), inspect.Channel(c.Params("kind")), in.Settings, enabled(in.Enabled), in.Secret)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"repeated": repeated, "gateway": gatewayOf(&g)})
}

// tryChannel sends a message to who asks.
func (a *API) tryChannel(c *fiber.Ctx) error {
	var channel inspect.Channel
	if err := channel.UnmarshalText([]byte(c.Params("channel"))); err != nil {
		return inspect.ErrNotFound.Because(err)
	}
	t, err := a.Core.TryChannel(c.UserContext(), actor(c), channel)
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
