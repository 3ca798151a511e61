package issueapi

import (
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/photoapi"
	"spotcheck/server/httpapi/registerapi"
	"spotcheck/server/httpapi/rest"
)

type flagWire struct {
	ID        inspect.ID       `json:"id"`
	Kind      inspect.FlagKind `json:"kind"`
	Detail    string           `json:"detail"`
	At        inspect.Time     `json:"at"`
	Photo     inspect.ID       `json:"photo,omitzero"`
	Resembles *resembledWire   `json:"resembles,omitempty"`
	Decision  inspect.Decision `json:"decision,omitempty"`
	DecidedBy *rest.PersonRef  `json:"decided_by,omitempty"`
	DecidedAt inspect.Time     `json:"decided_at,omitzero"`
	Reason    string           `json:"reason,omitempty"`
}

// resembledWire is the photo that another one is a copy of.
type resembledWire struct {
	Photo inspect.ID     `json:"photo"`
	Issue rest.NumberRef `json:"issue"`
}

func flagOf(v *issues.View, f *inspect.Flag) flagWire {
	w := flagWire{ID: f.ID, Kind: f.Kind, Detail: f.Detail, At: f.At, Photo: f.Photo, Decision: f.Decision, DecidedAt: f.DecidedAt, Reason: v.Reasons[f.ID]}
	if r, ok := v.SimilarTo[f.ID]; ok {
		w.Resembles = &resembledWire{r.Photo, rest.NumberRef{ID: r.Issue, Number: r.Number}}
	}
	w.DecidedBy = rest.PersonIfAny(f.DecidedBy, v.Names.People)
	return w
}

type pendingRequest struct {
	Photo  inspect.ID     `json:"photo,omitzero"`
	By     rest.PersonRef `json:"by"`
	At     inspect.Time   `json:"at"`
	Reason string         `json:"reason,omitempty"`
}

type proposedWire struct {
	Limit float64            `json:"limit"`
	Unit  inspect.LimitUnit  `json:"unit"`
	DueAt inspect.Time       `json:"due_at"`
	Rules []registerapi.Rule `json:"rules"`
	Again *againWire         `json:"again,omitempty"`

	Responsible *registerapi.ProposedUnit `json:"responsible,omitempty"`
	Candidates  []rest.Ref                `json:"candidates,omitempty"`
}

type againWire struct {
	Unit   inspect.ID   `json:"unit"`
	UsedMS int64        `json:"used_ms"`
	DueAt  inspect.Time `json:"due_at"`
}

// workWire is what was told of work at a fix.
type workWire struct {
	Action     inspect.ID         `json:"action"`
	Day        inspect.Date       `json:"day"`
	Quantities []inspect.Quantity `json:"quantities"`
}

// issueWire is an issue as one person may see it.
type issueWire struct {
	rowWire
	AtPlace        *rest.Ref                 `json:"at_place,omitempty"`
	NearPlaces     []registerapi.NearbyPlace `json:"near_places,omitempty"`
	Work           []workWire                `json:"work,omitempty"`
	Site           string                    `json:"site,omitempty"`
	Plate          string                    `json:"plate,omitempty"`
	SentAt         inspect.Time              `json:"sent_at"`
	FiledAt        inspect.Time              `json:"filed_at,omitzero"`
	AssignedAt     inspect.Time              `json:"assigned_at,omitzero"`
	VerifiedAt     inspect.Time              `json:"verified_at,omitzero"`
	DismissedAt    inspect.Time              `json:"dismissed_at,omitzero"`
	MergedInto     *rest.NumberRef           `json:"merged_into,omitempty"`
	MergedFrom     []rest.NumberRef          `json:"merged_from,omitempty"`
	Recurs         *rest.NumberRef           `json:"recurs,omitempty"`
	Recurrences    []rest.NumberRef          `json:"recurrences,omitempty"`
	Returns        int                       `json:"returns"`
	Rework         int                       `json:"rework"`
	FalseFixes     int                       `json:"false_fixes"`
	FinalUnit      bool                      `json:"final_unit"`
	Photos         []photoapi.Photo          `json:"photos"`
	Flags          []flagWire                `json:"flags"`
	Proposed       *proposedWire             `json:"proposed,omitempty"`
	Clock          *deadlineClock            `json:"clock,omitempty"`
	StepDueAt      inspect.Time              `json:"step_due_at,omitzero"`
	Letters        []letterWire              `json:"letters,omitempty"`
	Appeals        []appealWire              `json:"appeals,omitempty"`
	Look           *fieldCheckWire           `json:"look,omitempty"`
	Parts          []partWire                `json:"parts,omitempty"`
	Keeper         *rest.PersonRef           `json:"keeper,omitempty"`
	OutsideNumber  string                    `json:"outside_number,omitempty"`
	ReplyBy        inspect.Time              `json:"reply_by,omitzero"`
	Feedback       *feedbackWire             `json:"feedback,omitempty"`
	DismissalAsked *pendingRequest           `json:"dismissal_asked,omitempty"`
	ErasureAsked   []pendingRequest          `json:"erasure_asked,omitempty"`
	FixedOnTheSpot bool                      `json:"fixed_on_the_spot"`
	VisitDrawn     bool                      `json:"visit_drawn,omitempty"`
	May            []inspect.Action          `json:"may"`
	Contestable    []inspect.AppealSubject   `json:"contestable,omitempty"`
	UpdatedAt      inspect.Time              `json:"updated_at"`
	Timezone       string                    `json:"timezone,omitempty"`   // of the city, for who has only a link
	ServerTime     inspect.Time              `json:"server_time,omitzero"` // the same
}

func issueOf(v *issues.View) issueWire {
	w := issueWire{
		rowWire: rowOf(&v.IssueRow, v.Texts.Address, v.Texts.Note, &v.Names, v.ComputedAt), Site: v.Texts.Site, Plate: v.Texts.Plate,
		SentAt: v.SentAt, FiledAt: v.FiledAt, AssignedAt: v.AssignedAt, Returns: v.Returns, Rework: v.Rework, FalseFixes: v.FalseFixes,
		FinalUnit: v.Final(), Photos: []photoapi.Photo{}, Flags: []flagWire{}, FixedOnTheSpot: v.OnTheSpot, VisitDrawn: v.VisitDrawn, May: v.May, Contestable: v.Contestable,
		UpdatedAt: v.UpdatedAt,
	}
	w.AtPlace, w.NearPlaces = rest.RefOf(v.Spot, map[inspect.ID]string{v.Spot: v.SpotName}), registerapi.NearbyPlacesOf(v.NearSpots)
	for _, d := range v.Work {
		w.Work = append(w.Work, workWire{d.ID, d.Day, d.Quantities})
	}
	switch v.Status {
	case inspect.Verified:
		w.VerifiedAt = v.ClosedAt
	case inspect.Dismissed:
		w.DismissedAt = v.ClosedAt
	}
	if v.Into != nil {
		w.MergedInto = &rest.NumberRef{ID: v.Into.ID, Number: v.Into.Number}
	}
	if v.Old != nil {
		w.Recurs = &rest.NumberRef{ID: v.Old.ID, Number: v.Old.Number}
	}
	for _, r := range v.Recurrences {
		w.Recurrences = append(w.Recurrences, rest.NumberRef{ID: r.ID, Number: r.Number})
	}
	for _, r := range v.From {
		w.MergedFrom = append(w.MergedFrom, rest.NumberRef{ID: r.ID, Number: r.Number})
	}
	for n := range v.Photos {
		w.Photos = append(w.Photos, photoapi.PhotoOf(&v.Photos[n], v.Reasons[v.Photos[n].ID]))
	}
	for n := range v.Flags {
		w.Flags = append(w.Flags, flagOf(v, &v.Flags[n]))
	}
	if p := v.Proposed; p != nil {
		w.Proposed = &proposedWire{Limit: p.Limit, Unit: p.Unit, DueAt: p.DueAt, Rules: registerapi.RulesOf(p.Rules), Responsible: registerapi.ProposedUnitOf(v.Responsible)}
		for _, u := range v.Candidates {
			w.Proposed.Candidates = append(w.Proposed.Candidates, rest.Ref(u))
		}
		if g := p.Repeat; g != nil {
			w.Proposed.Again = &againWire{g.Unit, g.Used.Milliseconds(), g.DueAt}
		}
	}
	w.Clock, w.StepDueAt = deadlineClockOf(v), v.Deadline.StepDueAt
	w.Letters, w.Appeals, w.Look = lettersOf(v), appealsOf(v), fieldCheckOf(v)
	w.Parts, w.Keeper = partsOf(v), rest.PersonIfAny(v.TakenOverBy, v.Names.People)
	w.OutsideNumber, w.ReplyBy, w.Feedback = v.ExternalNumber, v.ReplyBy, feedbackOf(v)
	if v.Dismissal != nil {
		asked := pendingRequestOf(v.Dismissal, &v.Names)
		w.DismissalAsked = &asked
	}
	for n := range v.Erasures {
		w.ErasureAsked = append(w.ErasureAsked, pendingRequestOf(&v.Erasures[n], &v.Names))
	}
	return w
}

func pendingRequestOf(d *issues.PendingDecision, n *issues.Names) pendingRequest {
	return pendingRequest{d.Photo, rest.PersonOf(d.By, n.People), d.At, d.Reason}
}
