package campaignapi

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/campaign"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/pkg/score"
	"spotcheck/server/core/campaigns"
	"spotcheck/server/httpapi/photoapi"
	"spotcheck/server/httpapi/rest"
)

// activityHandlers serve clean-ups, publicity and voluntary work.
type activityHandlers struct {
	campaigns *campaigns.Service
}

func (h *activityHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/activities", Handle: h.list},
		{Method: fiber.MethodGet, Path: "/api/v1/activities/:id", Handle: h.activity},
		{Method: fiber.MethodPut, Path: "/api/v1/activities/:id", Handle: h.put},
		{Method: fiber.MethodPut, Path: "/api/v1/activities/:id/outcome", Handle: h.outcome},
		{Method: fiber.MethodPut, Path: "/api/v1/activities/:id/cancellation", Handle: h.cancel},
		{Method: fiber.MethodPut, Path: "/api/v1/activities/:id/photos/:sha256", Slow: true, Upload: true, Handle: h.accept},
		{Method: fiber.MethodGet, Path: "/api/v1/activities/:id/photos/:sha256", Slow: true, Handle: h.photo},
	}
}

// activitySummary is an activity as lists show it.
type activitySummary struct {
	ID        inspect.ID             `json:"id"`
	Kind      campaign.ActivityKind  `json:"kind"`
	Title     string                 `json:"title"`
	State     campaign.ActivityState `json:"state"`
	Area      *rest.Ref              `json:"area,omitempty"`
	Unit      *rest.Ref              `json:"unit,omitempty"`
	Places    []rest.Ref             `json:"places"`
	StartsAt  inspect.Time           `json:"starts_at"`
	EndsAt    inspect.Time           `json:"ends_at"`
	SignIn    bool                   `json:"sign_in"`
	Outcome   *activityOutcome       `json:"outcome,omitempty"`
	Photos    int                    `json:"photo_count"`
	UpdatedAt inspect.Time           `json:"updated_at"`
}

type activityOutcome struct {
	Note     string         `json:"note,omitempty"`
	People   int64          `json:"people"`
	Places   int64          `json:"places"`
	Vehicles int64          `json:"vehicles"`
	Tonnes   inspect.Amount `json:"tonnes"`
	Counted  bool           `json:"counted"`
	By       rest.PersonRef `json:"by"`
	At       inspect.Time   `json:"at"`
}

func activitySummaryOf(v *campaign.Activity, names *campaigns.Names) activitySummary {
	w := activitySummary{ID: v.ID, Kind: v.Kind, Title: v.Title, State: v.State(), Area: rest.RefOf(v.Area, names.Areas), Unit: rest.RefOf(v.Unit, names.Units),
		Places: refsOf(v.Spots, names.Spots), StartsAt: v.StartsAt, EndsAt: v.EndsAt, SignIn: v.SignInCode != "", Photos: len(v.Photos), UpdatedAt: v.UpdatedAt}
	if o := v.Outcome; o.At != 0 {
		w.Outcome = &activityOutcome{o.Note, o.People, o.Places, o.Vehicles, o.Tonnes, o.Counted, rest.PersonOf(o.By, names.People), o.At}
	}
	return w
}

type activityWire struct {
	activitySummary
	Note       string                `json:"note,omitempty"`
	SignInPath string                `json:"sign_in_path,omitempty"`
	Signed     int                   `json:"signed_in"`
	SignIns    []signInWire          `json:"sign_ins"`
	Photos     []activityPhoto       `json:"photos"`
	Cancelled  *activityCancellation `json:"cancelled,omitempty"`
	MadeBy     rest.PersonRef        `json:"made_by"`
	CreatedAt  inspect.Time          `json:"created_at"`
	May        []inspect.Permission  `json:"may"`
}

type signInWire struct {
	Name string       `json:"name,omitempty"`
	At   inspect.Time `json:"at"`
}

type activityPhoto struct {
	Stage      campaign.PhotoStage `json:"stage"`
	SHA256     string              `json:"sha256"`
	Bytes      int64               `json:"bytes"`
	Type       string              `json:"type"`
	ReceivedAt inspect.Time        `json:"received_at"`
}

type activityCancellation struct {
	Reason string         `json:"reason"`
	By     rest.PersonRef `json:"by"`
	At     inspect.Time   `json:"at"`
}

// signInPath is the address under which people sign in, without the server's.
func signInPath(code string) string {
	if code == "" {
		return ""
	}
	return "/public/activities/" + code
}

func activityOf(p *campaigns.ActivityPage) activityWire {
	w := activityWire{activitySummary: activitySummaryOf(&p.Activity, &p.Names), Note: p.Note, SignInPath: signInPath(p.SignInCode), Signed: p.Signed,
		SignIns: []signInWire{}, Photos: []activityPhoto{}, MadeBy: rest.PersonOf(p.MadeBy, p.People), CreatedAt: p.CreatedAt,
		May: append([]inspect.Permission{}, p.May...)}
	for _, s := range p.SignIns {
		w.SignIns = append(w.SignIns, signInWire{s.Name, s.At})
	}
	for _, f := range p.Activity.Photos {
		w.Photos = append(w.Photos, activityPhoto{f.Stage, f.SHA256, f.Bytes, f.Type, f.ReceivedAt})
	}
	if c := p.Cancelled; c.At != 0 {
		w.Cancelled = &activityCancellation{c.Reason, rest.PersonOf(c.By, p.People), c.At}
	}
	return w
}

func (h *activityHandlers) list(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	from, until := inspect.Time(0), inspect.Time(1<<62)
	q.As("from", &from)
	q.As("until", &until)
	before, limit := q.Cursor("cursor"), q.Limit(50, 200)
	if err := q.Err(); err != nil {
		return err
	}
	all, names, next, err := h.campaigns.Activities(c.UserContext(), rest.Actor(c), from, until, before, limit)
	if err != nil {
		return err
	}
	page := struct {
		Activities []activitySummary `json:"activities"`
		Next       string            `json:"next,omitempty"`
	}{Activities: []activitySummary{}}
	for n := range all {
		page.Activities = append(page.Activities, activitySummaryOf(&all[n], &names))
	}
	if next > 0 {
		page.Next = rest.CursorText(next)
	}
	return c.JSON(page)
}

func (h *activityHandlers) activity(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrActivityNotFound)
	if err != nil {
		return err
	}
	page, err := h.campaigns.Activity(c.UserContext(), rest.Actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(activityOf(&page))
}

// answerActivity is that of every change of an activity.
func answerActivity(c *fiber.Ctx, page *campaigns.ActivityPage, repeated, fresh bool, err error) error {
	if err != nil {
		return rest.WithRow(err, activityOf(page))
	}
	return rest.Created(c, fresh).JSON(fiber.Map{"repeated": repeated, "activity": activityOf(page)})
}

func (h *activityHandlers) put(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrActivityNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Kind     campaign.ActivityKind `json:"kind" need:"true"`
		Title    string                `json:"title" need:"words" max:"200"`
		Note     string                `json:"note" max:"2000"`
		Area     inspect.ID            `json:"area"`
		Unit     inspect.ID            `json:"unit"`
		Places   []inspect.ID          `json:"places" max:"200"`
		StartsAt inspect.Time          `json:"starts_at" need:"true"`
		EndsAt   inspect.Time          `json:"ends_at" need:"true"`
		SignIn   bool                  `json:"sign_in"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	v := campaign.Activity{ID: id, Kind: in.Kind, Title: in.Title, Note: strings.TrimSpace(in.Note), Area: in.Area, Unit: in.Unit, Spots: append([]inspect.ID{}, in.Places...),
		StartsAt: in.StartsAt, EndsAt: in.EndsAt}
	if in.SignIn {
		v.SignInCode = "wanted"
	}
	if v.UpdatedAt, err = rest.SeenRow(c); err != nil {
		return err
	}
	page, repeated, fresh, err := h.campaigns.PutActivity(c.UserContext(), rest.Actor(c), v)
	return answerActivity(c, &page, repeated, fresh, err)
}

func (h *activityHandlers) outcome(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrActivityNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Note     string  `json:"note" max:"2000"`
		People   int64   `json:"people" need:"true" from:"0" to:"1000000"`
		Places   int64   `json:"places" from:"0" to:"1000000"`
		Vehicles int64   `json:"vehicles" from:"0" to:"1000000"`
		Tonnes   float64 `json:"tonnes"`
		Counted  bool    `json:"counted" need:"true"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	tonnes, err := score.PointsOf(in.Tonnes)
	if err != nil {
		return inspect.ErrContent.At(fault.Field{Pointer: "/tonnes", Detail: "want 0 to 1000000 with at most two decimals"})
	}
	page, repeated, err := h.campaigns.TellOutcome(c.UserContext(), rest.Actor(c), id, campaign.ActivityOutcome{Note: strings.TrimSpace(in.Note), People: in.People,
		Places: in.Places, Vehicles: in.Vehicles, Tonnes: tonnes, Counted: in.Counted})
	return answerActivity(c, &page, repeated, false, err)
}

func (h *activityHandlers) cancel(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrActivityNotFound)
	if err != nil {
		return err
	}
	var in struct {
		Reason string `json:"reason" need:"words" max:"500"`
	}
	if err := rest.Read(c, &in); err != nil {
		return err
	}
	page, repeated, err := h.campaigns.CancelActivity(c.UserContext(), rest.Actor(c), id, in.Reason)
	return answerActivity(c, &page, repeated, false, err)
}

// accept takes a photo as it is, with its digest.
func (h *activityHandlers) accept(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrActivityNotFound)
	if err != nil {
		return err
	}
	q, stage := rest.QueryOf(c), campaign.BeforeWork
	q.As("stage", &stage)
	if err := q.Err(); err != nil {
		return err
	}
	u, err := photoapi.UploadOf(c)
	if err != nil {
		return err
	}
	if c.Params("sha256") != u.SHA256 {
		return inspect.ErrPhotoManifest
	}
	page, repeated, err := h.campaigns.AcceptPhoto(c.UserContext(), rest.Actor(c), id, stage, u)
	return answerActivity(c, &page, repeated, !repeated, err)
}

func (h *activityHandlers) photo(c *fiber.Ctx) error {
	id, err := rest.ID(c, "id", inspect.ErrActivityNotFound)
	if err != nil {
		return err
	}
	p, body, err := h.campaigns.PhotoBytes(c.UserContext(), rest.Actor(c), id, c.Params("sha256"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, photo.Type(p.Type).MediaType())
	c.Set(fiber.HeaderCacheControl, "private, immutable")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	return rest.SendBytes(c, body, p.Bytes, p.SHA256)
}
