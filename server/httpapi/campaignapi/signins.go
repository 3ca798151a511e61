package campaignapi

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/campaigns"
	"spotcheck/server/httpapi/rest"
)

// signInHandlers show the page by which people sign in to an activity, which needs no account, no name and no script.
type signInHandlers struct {
	campaigns *campaigns.Service
	zone      *time.Location
}

func (h *signInHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/public/activities/:code", Open: true, Handle: h.invite},
		{Method: fiber.MethodPost, Path: "/public/activities/:code", Open: true, Handle: h.signIn},
	}
}

//go:embed signin.html
var signInHTML string

var signInTemplate = template.Must(template.New("signin").Parse(signInHTML))

// mostName is how long the name of somebody who signs in is at most.
const mostName = 100

// signInPage is what somebody sees who scanned the code.
type signInPage struct {
	campaigns.Invitation
	Lang   string
	ID     inspect.ID // under which this page signs in, however often it is sent
	Signed bool
	zone   *time.Location
}

// Say picks a text by the language.
func (p *signInPage) Say(chinese, english string) string {
	if p.Lang == "en" {
		return english
	}
	return chinese
}

// At is a moment in the city's zone.
func (p *signInPage) At(at inspect.Time) string {
	return at.UTC().In(p.zone).Format("2006-01-02 15:04")
}

func (h *signInHandlers) send(c *fiber.Ctx, i campaigns.Invitation, signed bool) error {
	p := signInPage{Invitation: i, Lang: c.Query("lang"), ID: inspect.NewID(), Signed: signed, zone: h.zone}
	if p.Lang != "zh" && p.Lang != "en" {
		p.Lang = c.AcceptsLanguages("zh", "en")
	}
	if p.Lang != "en" {
		p.Lang = "zh"
	}
	var b bytes.Buffer
	if err := signInTemplate.Execute(&b, &p); err != nil {
		return err
	}
	return rest.SendPlainPage(c, b.Bytes())
}

func (h *signInHandlers) invite(c *fiber.Ctx) error {
	i, err := h.campaigns.Invitation(c.UserContext(), c.Params("code"))
	if err != nil {
		return err
	}
	return h.send(c, i, false)
}

func (h *signInHandlers) signIn(c *fiber.Ctx) error {
	id, err := inspect.ParseID(c.FormValue("id"))
	if err != nil {
		return inspect.ErrContent.At(fault.Field{Pointer: "form:id", Detail: "is missing"})
	}
	name := strings.TrimSpace(c.FormValue("name"))
	if utf8.RuneCountInString(name) > mostName || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < 32 || r == 127 }) {
		return inspect.ErrContent.At(fault.Field{Pointer: "form:name", Detail: "want at most 100 characters, none of control"})
	}
	i, err := h.campaigns.SignIn(c.UserContext(), c.Params("code"), id, name)
	if err != nil {
		return err
	}
	return h.send(c, i, true)
}
