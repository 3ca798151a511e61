package photoapi

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
	"spotcheck/server/core/publicity"
	"spotcheck/server/httpapi/rest"
)

// boardHandlers show the public board, which needs no account.
type boardHandlers struct {
	publicity *publicity.Service
	zone      *time.Location
}

func (h *boardHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/public/", Open: true, Handle: h.publicBoard},
		{Method: fiber.MethodGet, Path: "/public/public.css", Open: true, Ready: true, Handle: h.publicStyle},
		{Method: fiber.MethodGet, Path: "/public/issue", Open: true, Limited: true, Handle: h.publicIssue},
		{Method: fiber.MethodGet, Path: "/public/photos/:photo", Open: true, Handle: h.publicPicture},
		{Method: fiber.MethodPost, Path: "/public/photos/:photo/objection", Open: true, Limited: true, Handle: h.object},
	}
}

//go:embed public.html
var publicHTML string

//go:embed public.css
var publicCSS []byte

var publicTemplate = template.Must(template.New("public").Parse(publicHTML))

// publicPage is what a page for everybody shows. It has no script.
type publicPage struct {
	publicity.Public
	Lang, Title, Number, Message, Empty string
	Issues                              []publicity.PublicIssue
	zone                                *time.Location
}

// Chinese says in which of the two languages the page is.
func (p *publicPage) Chinese() bool { return p.Lang == "zh" }

// Say picks a text by the language.
func (p *publicPage) Say(chinese, english string) string {
	if p.Chinese() {
		return chinese
	}
	return english
}

// Day is a day in the city's zone.
func (p *publicPage) Day(at inspect.Time) string { return at.UTC().In(p.zone).Format(time.DateOnly) }

var publicStatuses = map[inspect.Status][2]string{
	inspect.Reported:  {"已受理", "received"},
	inspect.Assigned:  {"处置中", "being dealt with"},
	inspect.Fixed:     {"已整改，待核查", "fixed, to be checked"},
	inspect.Verified:  {"已结案", "closed"},
	inspect.Merged:    {"已并入同一问题", "merged into another report of the same"},
	inspect.Dismissed: {"不予立案", "not taken up"},
}

// Status is what a status is called outside.
func (p *publicPage) Status(s inspect.Status) string {
	return p.Say(publicStatuses[s][0], publicStatuses[s][1])
}

func (h *boardHandlers) page(c *fiber.Ctx) (p publicPage, err error) {
	p.zone = h.zone
	if p.Lang = c.Query("lang"); p.Lang != "zh" && p.Lang != "en" {
		p.Lang = c.AcceptsLanguages("zh", "en")
	}
	if p.Lang != "en" {
		p.Lang = "zh"
	}
	p.Public, err = h.publicity.Public(c.UserContext())
	p.Title = p.City + p.Say("城市环境问题公开", ": what is wrong in the streets")
	return p, err
}

// show sends a page, which nobody keeps: what was taken down is gone.
func (p *publicPage) show(c *fiber.Ctx) error {
	var b bytes.Buffer
	if err := publicTemplate.Execute(&b, p); err != nil {
		return err
	}
	return rest.SendPlainPage(c, b.Bytes())
}

func (h *boardHandlers) publicStyle(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "text/css; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Send(publicCSS)
}

func (h *boardHandlers) publicBoard(c *fiber.Ctx) error {
	p, err := h.page(c)
	if err != nil {
		return err
	}
	if p.Board {
		p.Empty = p.Say("目前没有公开的照片。", "No photo is public now.")
		if p.Issues, err = h.publicity.PublicBoard(c.UserContext()); err != nil {
			return err
		}
	}
	return p.show(c)
}

func (h *boardHandlers) publicIssue(c *fiber.Ctx) error {
	p, err := h.page(c)
	if err != nil {
		return err
	}
	q := rest.QueryOf(c)
	q.Given("lang") // which is read already
	p.Number = strings.TrimSpace(q.Text("number", 20))
	if err := q.Err(); err != nil {
		return err
	}
	v, err := h.publicity.PublicIssue(c.UserContext(), p.Number)
	switch f, known := fault.As(err); {
	case known && f.Is(inspect.ErrNotFound):
		p.Empty = p.Say("没有这个编号的案件。", "There is no issue with this number.")
		c.Status(fiber.StatusNotFound)
	case err != nil:
		return err
	default:
		p.Issues = []publicity.PublicIssue{v}
	}
	return p.show(c)
}

func (h *boardHandlers) publicPicture(c *fiber.Ctx) error {
	photo, err := rest.ID(c, "photo", inspect.ErrNotPublic)
	if err != nil {
		return err
	}
	pic, err := h.publicity.PublicPicture(c.UserContext(), photo)
	if err != nil {
		return err
	}
	err = SendPicture(c, pic, "public")
	c.Set(fiber.HeaderCacheControl, "no-cache") // it may be taken down
	return err
}

func (h *boardHandlers) object(c *fiber.Ctx) error {
	photo, err := rest.ID(c, "photo", inspect.ErrNotPublic)
	if err != nil {
		return err
	}
	p, err := h.page(c)
	if err != nil {
		return err
	}
	why := strings.TrimSpace(strings.ReplaceAll(c.FormValue("why"), "\r\n", "\n"))
	if why == "" || len([]rune(why)) > 500 || !utf8.ValidString(why) || strings.ContainsFunc(why, func(r rune) bool { return r < 32 && r != '\n' || r == 127 }) {
		return inspect.ErrContent.At(fault.Field{Pointer: "form:why", Detail: "want 1 to 500 characters, none of control"})
	}
	if err := h.publicity.Object(c.UserContext(), photo, why); err != nil {
		return err
	}
	p.Message = p.Say("已收到，办公室会处理。", "Received. The office will look at it.")
	return p.show(c)
}
