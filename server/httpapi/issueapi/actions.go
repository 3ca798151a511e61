package issueapi

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/workflow"
	"spotcheck/server/httpapi/registerapi"
	"spotcheck/server/httpapi/rest"
)

// actionHandlers take what people do with issues, one action or many.
type actionHandlers struct {
	workflow *workflow.Service
	log      *slog.Logger
}

func (h *actionHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodPut, Path: "/api/v1/issues/:id/actions/:action_id", Link: true, Handle: h.act},
		{Method: fiber.MethodPost, Path: "/api/v1/issues/:id/preview", Handle: h.preview},
		{Method: fiber.MethodPost, Path: "/api/v1/actions", Slow: true, Handle: h.actAll},
	}
}

type actionIn struct {
	Action  inspect.Action             `json:"action" need:"true"`
	DoneAt  inspect.Claim              `json:"done_at" need:"true"`
	SentAt  inspect.Claim              `json:"sent_at" need:"true"`
	Reason  string                     `json:"reason" max:"1000"`
	Note    string                     `json:"note" max:"2000"`
	Unit    inspect.ID                 `json:"unit"`
	DueAt   inspect.Time               `json:"due_at"`
	Area    inspect.ID                 `json:"area"`
	Into    inspect.ID                 `json:"into"`
	Photos  []inspect.ID               `json:"photos" max:"20"`
	Photo   inspect.ID                 `json:"photo"`
	Verdict inspect.Verdict            `json:"verdict"`
	How     inspect.VerificationMethod `json:"how"`
	Place   *registerapi.PositionClaim `json:"place"`

	Flag     inspect.ID       `json:"flag"`
	Decision inspect.Decision `json:"decision"`
	Rule     inspect.ID       `json:"rule"`
	Until    inspect.Time     `json:"until"`
	Answer   inspect.Answer   `json:"answer"`

	LetterKind inspect.LetterKind       `json:"letter_kind"`
	Letter     inspect.ID               `json:"letter"`
	About      inspect.AppealSubject    `json:"about"`
	Found      inspect.FieldCheckResult `json:"found"`
	Finding    inspect.Finding          `json:"finding"`
	Mentions   []inspect.ID             `json:"mentions" max:"20"`
	Part       inspect.ID               `json:"part"`
	To         inspect.ID               `json:"to"`

	Quantities []rest.QuantityIn `json:"quantities" max:"20"`

	Findings string `json:"findings" max:"2000"`
	Handling string `json:"handling" max:"2000"`

	Category string                 `json:"category" max:"20"`
	Severity inspect.Severity       `json:"severity"`
	PlaceID  inspect.ID             `json:"place_id"`
	Address  string                 `json:"address" max:"200"`
	Plate    string                 `json:"plate" max:"20"`
	Clear    []string               `json:"clear" max:"3"`
	Deadline inspect.DeadlineChoice `json:"deadline"`
}

// given says which fields an action carries.
func (in *actionIn) given() map[inspect.Need]bool {
	return map[inspect.Need]bool{
		inspect.NeedReason: strings.TrimSpace(in.Reason) != "", inspect.NeedNote: strings.TrimSpace(in.Note) != "",
		inspect.NeedUnit: !in.Unit.IsZero(), inspect.NeedDue: in.DueAt != 0, inspect.NeedArea: !in.Area.IsZero(),
		inspect.NeedInto: !in.Into.IsZero(), inspect.NeedPhotos: len(in.Photos) > 0, inspect.NeedPhoto: !in.Photo.IsZero(),
		inspect.NeedVerdict: in.Verdict != "", inspect.NeedHow: in.How != "", inspect.NeedPlace: in.Place != nil,
		inspect.NeedFlag: !in.Flag.IsZero(), inspect.NeedDecide: in.Decision != "",
		inspect.NeedRule: !in.Rule.IsZero(), inspect.NeedUntil: in.Until != 0, inspect.NeedAnswer: in.Answer != "",
		inspect.NeedKind: in.LetterKind != "", inspect.NeedLetter: !in.Letter.IsZero(), inspect.NeedAbout: in.About != "",
		inspect.NeedFound: in.Found != "", inspect.NeedMention: len(in.Mentions) > 0,
		inspect.NeedFinding: in.Finding != "", inspect.NeedPart: !in.Part.IsZero(), inspect.NeedTo: !in.To.IsZero(),
		inspect.NeedCategory: in.Category != "", inspect.NeedSeverity: in.Severity != "", inspect.NeedSpot: !in.PlaceID.IsZero(),
		inspect.NeedAddress: strings.TrimSpace(in.Address) != "", inspect.NeedPlate: strings.TrimSpace(in.Plate) != "",
		inspect.NeedClear: len(in.Clear) > 0, inspect.NeedDeadline: in.Deadline != "",
		inspect.NeedQuantities: len(in.Quantities) > 0,
		inspect.NeedFindings:   strings.TrimSpace(in.Findings) != "", inspect.NeedHandling: strings.TrimSpace(in.Handling) != "",
	}
}

// check names every field that an action lacks, or that it has no use for.
func (in *actionIn) check() (wrong []fault.Field) {
	must, may := in.Action.Needs(in.Verdict)
	given := in.given()
	for _, n := range must {
		if !given[n] {
			wrong = append(wrong, fault.Field{Pointer: "/" + string(n), Detail: "is needed for " + string(in.Action)})
		}
	}
	for n, has := range given {
		if has && !slices.Contains(must, n) && !slices.Contains(may, n) {
			wrong = append(wrong, fault.Field{Pointer: "/" + string(n), Detail: "has no meaning for " + string(in.Action)})
		}
	}
	for n, field := range in.Clear {
		switch has, known := given[inspect.Need(field)], slices.Contains(workflow.Clearable, field); {
		case !known:
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/clear/%d", n), Detail: "want one of address, plate, place_id"})
		case has:
			wrong = append(wrong, fault.Field{Pointer: "/" + field, Detail: "is cleared and given at once"})
		}
	}
	wrong = append(wrong, rest.CheckAmounts(in.Quantities)...)
	slices.SortFunc(wrong, func(a, b fault.Field) int { return strings.Compare(a.Pointer, b.Pointer) })
	return wrong
}

func (h *actionHandlers) act(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	action, err := rest.ID(c, "action_id", inspect.ErrNotFound)
	if err != nil {
		return err
	}
	var in actionIn
	if err := rest.ReadEvidence(c, &in); err != nil {
		return err
	}
	wrong := in.check()
	version, err := rest.IfMatch(c.Get(fiber.HeaderIfMatch))
	if err != nil {
		wrong = append(wrong, fault.Field{Pointer: fiber.HeaderIfMatch, Detail: err.Error()})
	}
	if len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	done, err := h.workflow.Act(c.UserContext(), rest.Actor(c), in.request(issue, action, version, rest.Body(c)))
	if err != nil {
		return err
	}
	setVersionOf(c, done.Issue)
	return rest.Created(c, !done.Repeated).JSON(actionReceipt(&done))
}

// unwritten are the fields that people write last; a preview asks for what they decide.
var unwritten = []string{"/" + string(inspect.NeedReason), "/" + string(inspect.NeedNote)}

// undecided are the faults of a request that is only to be previewed.
func (in *actionIn) undecided() []fault.Field {
	must, _ := in.Action.Needs(in.Verdict)
	return slices.DeleteFunc(in.check(), func(f fault.Field) bool {
		return slices.Contains(unwritten, f.Pointer) && slices.Contains(must, inspect.Need(strings.TrimPrefix(f.Pointer, "/")))
	})
}

// preview tells what an action would lead to; the same action is sent by act when it is meant.
func (h *actionHandlers) preview(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	var in actionIn
	if err := rest.ReadEvidence(c, &in); err != nil {
		return err
	}
	if wrong := in.undecided(); len(wrong) > 0 {
		return inspect.ErrContent.At(wrong...)
	}
	v, err := h.workflow.Preview(c.UserContext(), rest.Actor(c), in.request(issue, inspect.NewID(), 0, nil))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.JSON(withIssue(fiber.Map{}, v))
}

// request is what the body asks of an issue.
func (in *actionIn) request(issue, action inspect.ID, version int64, content []byte) workflow.ActionRequest {
	place, lost := in.Place.Place()
	lost = in.SentAt.Drop(in.DoneAt.Drop(lost, "/done_at"), "/sent_at")
	return workflow.ActionRequest{
		ID: action, Issue: issue, Action: in.Action, DoneAt: in.DoneAt.Time, SentAt: in.SentAt.Time, Version: version, Reason: in.Reason, Note: in.Note,
		Unit: in.Unit, DueAt: in.DueAt, Area: in.Area, Into: in.Into, Photos: in.Photos, Photo: in.Photo, Verdict: in.Verdict, How: in.How,
		Place: place, Lost: lost, Flag: in.Flag, Decided: in.Decision, Rule: in.Rule, Until: in.Until, Answer: in.Answer,
		Kind: in.LetterKind, Letter: in.Letter, About: in.About, Finding: in.Finding, Found: in.Found, Named: in.Mentions, Part: in.Part, To: in.To, Findings: in.Findings,
		Handling: in.Handling, Quantities: rest.QuantitiesOf(in.Quantities), Content: content,
		Correction: workflow.CorrectionRequest{Category: in.Category, Severity: in.Severity, Spot: in.PlaceID, Address: strings.TrimSpace(in.Address),
			Plate: strings.TrimSpace(in.Plate), Clear: in.Clear, Deadline: in.Deadline},
	}
}

func actionReceipt(done *workflow.ActionReceipt) fiber.Map {
	return withIssue(fiber.Map{"repeated": done.Repeated, "received_at": done.ReceivedAt, "credited_at": done.CreditedAt,
		"late_arrival": done.Late, "skew_ms": done.Skew.Milliseconds()}, done.Issue)
}

// withIssue adds the issue as it is now to a receipt, where the person may see it.
func withIssue(receipt fiber.Map, v *issues.View) fiber.Map {
	if v != nil {
		receipt["issue"] = issueOf(v)
	}
	return receipt
}

// setVersionOf says in which version the issue is, where the person may see it.
func setVersionOf(c *fiber.Ctx, v *issues.View) {
	if v != nil {
		rest.SetVersion(c, v.Version)
	}
}
