package httpapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/strictjson"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// read reads a body strictly and names everything that is wrong with it.
func read(c *fiber.Ctx, dst any) error {
	if r := strictjson.Decode(bodyOf(c), dst); !r.OK() {
		return inspect.ErrContent.At(r.Fields...)
	}
	return nil
}

// readEvidence is read for doors of evidence: fields that only a newer server knows come again later.
func readEvidence(c *fiber.Ctx, dst any) error {
	r := strictjson.Decode(bodyOf(c), dst)
	switch {
	case r.OK():
		return nil
	case r.OnlyUnknown:
		return inspect.ErrNewer.At(r.Fields...)
	}
	return inspect.ErrContent.At(r.Fields...)
}

type ref struct {
	ID   inspect.ID `json:"id"`
	Name string     `json:"name"`
}

func refOf(id inspect.ID, names map[inspect.ID]string) *ref {
	if id.IsZero() {
		return nil
	}
	return &ref{id, names[id]}
}

type personRef struct {
	ID          inspect.ID `json:"id"`
	DisplayName string     `json:"display_name"`
	StaffNumber string     `json:"staff_number,omitempty"`
}

func personOf(id inspect.ID, people map[inspect.ID]store.PersonRef) personRef {
	p := people[id]
	return personRef{id, p.DisplayName, p.StaffNumber}
}

type placeWire struct {
	Lat        float64             `json:"lat"`
	Lon        float64             `json:"lon"`
	AccuracyM  *float64            `json:"accuracy_m,omitempty"`
	Datum      geo.Datum           `json:"datum"`
	Source     inspect.PlaceSource `json:"source,omitempty"`
	CapturedAt inspect.Time        `json:"captured_at,omitzero"`
	Given      *geo.Point          `json:"given,omitempty"`
}

func placeOf(p *inspect.Place) *placeWire {
	if p == nil {
		return nil
	}
	w := &placeWire{Lat: p.Lat, Lon: p.Lon, AccuracyM: p.AccuracyM, Datum: p.Datum, Source: p.Source, CapturedAt: p.CapturedAt}
	if p.Datum != geo.WGS84 {
		w.Given = &p.OriginalPoint
	}
	return w
}

type lineWire struct {
	Start geo.Point  `json:"start"`
	End   *geo.Point `json:"end,omitempty"`
}

type categoryRef struct {
	Code   string `json:"code"`
	NameZH string `json:"name_zh"`
	NameEN string `json:"name_en"`
	Group  string `json:"group"`
}

// rowWire is an issue in a list.
type rowWire struct {
	ID          inspect.ID       `json:"id"`
	Number      string           `json:"number"`
	Status      inspect.Status   `json:"status"`
	Version     int64            `json:"version"`
	Category    categoryRef      `json:"category"`
	Severity    inspect.Severity `json:"severity"`
	Source      inspect.Source   `json:"source"`
	Place       *placeWire       `json:"place,omitempty"`
	Line        *lineWire        `json:"line,omitempty"` // of mud on a road
	Address     string           `json:"address,omitempty"`
	Note        string           `json:"note,omitempty"`
	Unit        *ref             `json:"unit,omitempty"`
	Area        *ref             `json:"area,omitempty"`
	Reporter    personRef        `json:"reporter"`
	ReportedAt  inspect.Time     `json:"reported_at"`
	ReceivedAt  inspect.Time     `json:"received_at"`
	DueAt       inspect.Time     `json:"due_at,omitzero"`
	FixedAt     inspect.Time     `json:"fixed_at,omitzero"`
	ClosedAt    inspect.Time     `json:"closed_at,omitzero"`
	Overdue     bool             `json:"overdue"`
	LateArrival bool             `json:"late_arrival"`
	Complete    bool             `json:"complete"`
	PhotosSafe  int              `json:"photos_safe"`
	PhotosTotal int              `json:"photos_total"`
	FlagsOpen   int              `json:"flags_open"`
	SignedFront bool             `json:"signed_front,omitempty"`
}

func rowOf(r *store.IssueRow, address, note string, n *issues.Names, now inspect.Time) rowWire {
	category := n.Categories[r.Category]
	var line *lineWire
	if r.Line != nil {
		line = &lineWire{r.Line.Start, r.Line.End}
	}
	return rowWire{
		ID: r.ID, Number: r.Number, Status: r.Status, Version: r.Version,
		Category: categoryRef{r.Category, category.NameZH, category.NameEN, category.Group},
		Severity: r.Severity, Source: r.Source, Place: placeOf(r.Place), Line: line, Address: address, Note: note,
		Unit: refOf(r.Unit, n.Units), Area: refOf(r.Area, n.Areas), Reporter: personOf(r.Reporter, n.People),
		ReportedAt: r.ReportedAt, ReceivedAt: r.ReceivedAt, DueAt: r.DueAt, FixedAt: r.FixedAt, ClosedAt: r.ClosedAt,
		Overdue: r.Overdue(now), LateArrival: r.Late, Complete: r.Complete(), PhotosSafe: r.PhotosSafe, PhotosTotal: r.PhotosDeclared,
		FlagsOpen: r.FlagsOpen, SignedFront: r.SignedFront,
	}
}

type numberRef struct {
	ID     inspect.ID `json:"id"`
	Number string     `json:"number"`
}

type flagWire struct {
	ID        inspect.ID       `json:"id"`
	Kind      inspect.FlagKind `json:"kind"`
	Detail    string           `json:"detail"`
	At        inspect.Time     `json:"at"`
	Photo     inspect.ID       `json:"photo,omitzero"`
	Resembles *resembledWire   `json:"resembles,omitempty"`
	Decision  inspect.Decision `json:"decision,omitempty"`
	DecidedBy *personRef       `json:"decided_by,omitempty"`
	DecidedAt inspect.Time     `json:"decided_at,omitzero"`
	Reason    string           `json:"reason,omitempty"`
}

// resembledWire is the photo that another one is a copy of.
type resembledWire struct {
	Photo inspect.ID `json:"photo"`
	Issue numberRef  `json:"issue"`
}

func flagOf(v *issues.View, f *inspect.Flag) flagWire {
	w := flagWire{ID: f.ID, Kind: f.Kind, Detail: f.Detail, At: f.At, Photo: f.Photo, Decision: f.Decision, DecidedAt: f.DecidedAt, Reason: v.Reasons[f.ID]}
	if r, ok := v.SimilarTo[f.ID]; ok {
		w.Resembles = &resembledWire{r.Photo, numberRef{r.Issue, r.Number}}
	}
	w.DecidedBy = someone(f.DecidedBy, v)
	return w
}

type askedWire struct {
	Photo  inspect.ID   `json:"photo,omitzero"`
	By     personRef    `json:"by"`
	At     inspect.Time `json:"at"`
	Reason string       `json:"reason,omitempty"`
}

type proposedWire struct {
	Limit float64           `json:"limit"`
	Unit  inspect.LimitUnit `json:"unit"`
	DueAt inspect.Time      `json:"due_at"`
	Rules []ruleWire        `json:"rules"`
	Again *againWire        `json:"again,omitempty"`

	Responsible *proposedUnit `json:"responsible,omitempty"`
}

type againWire struct {
	Unit   inspect.ID   `json:"unit"`
	UsedMS int64        `json:"used_ms"`
	DueAt  inspect.Time `json:"due_at"`
}

// issueWire is an issue as one person may see it.
type issueWire struct {
	rowWire
	AtPlace        *ref             `json:"at_place,omitempty"`
	NearPlaces     []nearbyWire     `json:"near_places,omitempty"`
	Site           string           `json:"site,omitempty"`
	Plate          string           `json:"plate,omitempty"`
	SentAt         inspect.Time     `json:"sent_at"`
	FiledAt        inspect.Time     `json:"filed_at,omitzero"`
	AssignedAt     inspect.Time     `json:"assigned_at,omitzero"`
	VerifiedAt     inspect.Time     `json:"verified_at,omitzero"`
	DismissedAt    inspect.Time     `json:"dismissed_at,omitzero"`
	MergedInto     *numberRef       `json:"merged_into,omitempty"`
	MergedFrom     []numberRef      `json:"merged_from,omitempty"`
	Recurs         *numberRef       `json:"recurs,omitempty"`
	Recurrences    []numberRef      `json:"recurrences,omitempty"`
	Returns        int              `json:"returns"`
	Rework         int              `json:"rework"`
	FalseFixes     int              `json:"false_fixes"`
	FinalUnit      bool             `json:"final_unit"`
	Photos         []photoWire      `json:"photos"`
	Flags          []flagWire       `json:"flags"`
	Proposed       *proposedWire    `json:"proposed,omitempty"`
	Clock          *clockWire       `json:"clock,omitempty"`
	StepDueAt      inspect.Time     `json:"step_due_at,omitzero"`
	Letters        []letterWire     `json:"letters,omitempty"`
	Appeals        []appealWire     `json:"appeals,omitempty"`
	Look           *lookWire        `json:"look,omitempty"`
	Parts          []partWire       `json:"parts,omitempty"`
	Keeper         *personRef       `json:"keeper,omitempty"`
	OutsideNumber  string           `json:"outside_number,omitempty"`
	ReplyBy        inspect.Time     `json:"reply_by,omitzero"`
	Feedback       *feedbackWire    `json:"feedback,omitempty"`
	DismissalAsked *askedWire       `json:"dismissal_asked,omitempty"`
	ErasureAsked   []askedWire      `json:"erasure_asked,omitempty"`
	FixedOnTheSpot bool             `json:"fixed_on_the_spot"`
	VisitDrawn     bool             `json:"visit_drawn,omitempty"`
	May            []inspect.Action `json:"may"`
	UpdatedAt      inspect.Time     `json:"updated_at"`
}

func issueOf(v *issues.View) issueWire {
	w := issueWire{
		rowWire: rowOf(&v.IssueRow, v.Texts.Address, v.Texts.Note, &v.Names, v.ComputedAt), Site: v.Texts.Site, Plate: v.Texts.Plate,
		SentAt: v.SentAt, FiledAt: v.FiledAt, AssignedAt: v.AssignedAt, Returns: v.Returns, Rework: v.Rework, FalseFixes: v.FalseFixes,
		FinalUnit: v.Final(), Photos: []photoWire{}, Flags: []flagWire{}, FixedOnTheSpot: v.OnTheSpot, VisitDrawn: v.VisitDrawn, May: v.May, UpdatedAt: v.UpdatedAt,
	}
	w.AtPlace, w.NearPlaces = refOf(v.Spot, map[inspect.ID]string{v.Spot: v.SpotName}), nearbyOf(v.NearSpots)
	switch v.Status {
	case inspect.Verified:
		w.VerifiedAt = v.ClosedAt
	case inspect.Dismissed:
		w.DismissedAt = v.ClosedAt
	}
	if v.Into != nil {
		w.MergedInto = &numberRef{v.Into.ID, v.Into.Number}
	}
	if v.Old != nil {
		w.Recurs = &numberRef{v.Old.ID, v.Old.Number}
	}
	for _, r := range v.Recurrences {
		w.Recurrences = append(w.Recurrences, numberRef{r.ID, r.Number})
	}
	for _, r := range v.From {
		w.MergedFrom = append(w.MergedFrom, numberRef{r.ID, r.Number})
	}
	for n := range v.Photos {
		w.Photos = append(w.Photos, photoOf(&v.Photos[n], v.Reasons[v.Photos[n].ID]))
	}
	for n := range v.Flags {
		w.Flags = append(w.Flags, flagOf(v, &v.Flags[n]))
	}
	if p := v.Proposed; p != nil {
		w.Proposed = &proposedWire{Limit: p.Limit, Unit: p.Unit, DueAt: p.DueAt, Rules: rulesWire(p.Rules), Responsible: proposedUnitOf(v.Responsible)}
		if g := p.Repeat; g != nil {
			w.Proposed.Again = &againWire{g.Unit, g.Used.Milliseconds(), g.DueAt}
		}
	}
	w.Clock, w.StepDueAt = clockOf(v), v.Deadline.StepDueAt
	w.Letters, w.Appeals, w.Look = lettersOf(v), appealsOf(v), lookOf(v)
	w.Parts, w.Keeper = partsOf(v), someone(v.TakenOverBy, v)
	w.OutsideNumber, w.ReplyBy, w.Feedback = v.ExternalNumber, v.ReplyBy, feedbackOf(v)
	if v.Dismissal != nil {
		asked := askedOf(v.Dismissal, &v.Names)
		w.DismissalAsked = &asked
	}
	for n := range v.Erasures {
		w.ErasureAsked = append(w.ErasureAsked, askedOf(&v.Erasures[n], &v.Names))
	}
	return w
}

func askedOf(d *issues.PendingDecision, n *issues.Names) askedWire {
	return askedWire{d.Photo, personOf(d.By, n.People), d.At, d.Reason}
}

type exifWire struct {
	TakenAt       inspect.Time `json:"taken_at,omitzero"`
	OffsetKnown   bool         `json:"offset_known,omitempty"`
	OffsetMinutes *int         `json:"offset_minutes,omitempty"`
	Lat           *float64     `json:"lat,omitempty"`
	Lon           *float64     `json:"lon,omitempty"`
	AccuracyM     *float64     `json:"accuracy_m,omitempty"`
	Make          string       `json:"make,omitempty"`
	Model         string       `json:"model,omitempty"`
	Software      string       `json:"software,omitempty"`
}

type photoWire struct {
	ID             inspect.ID             `json:"id"`
	Kind           inspect.PhotoKind      `json:"kind"`
	SHA256         string                 `json:"sha256"`
	Bytes          int64                  `json:"bytes"`
	State          inspect.PhotoState     `json:"state"`
	CapturedAt     inspect.Time           `json:"captured_at,omitzero"`
	Taken          inspect.CaptureMethod  `json:"taken"`
	DeclaredAt     inspect.Time           `json:"declared_at"`
	ReceivedAt     inspect.Time           `json:"received_at,omitzero"`
	SkewMS         *int64                 `json:"skew_ms,omitempty"`
	Type           string                 `json:"type,omitempty"`
	Width          int                    `json:"width,omitempty"`
	Height         int                    `json:"height,omitempty"`
	UprightWidth   int                    `json:"upright_width,omitempty"`
	UprightHeight  int                    `json:"upright_height,omitempty"`
	Orientation    int                    `json:"orientation,omitempty"`
	EXIF           *exifWire              `json:"exif,omitempty"`
	Damaged        string                 `json:"damaged,omitempty"`
	Thumb          inspect.RenditionState `json:"thumb"`
	Display        inspect.RenditionState `json:"display"`
	RenditionError string                 `json:"rendition_error,omitempty"`
	Reason         string                 `json:"reason,omitempty"`
}

func photoOf(p *inspect.Photo, reason string) photoWire {
	f := &p.Facts
	w := photoWire{
		ID: p.ID, Kind: p.Kind, SHA256: p.SHA256, Bytes: p.Bytes, State: p.State, CapturedAt: p.CapturedAt, Taken: p.CaptureMethod,
		DeclaredAt: p.DeclaredAt, ReceivedAt: p.ReceivedAt, Type: f.Type, Width: f.Width, Height: f.Height,
		UprightWidth: f.UprightWidth, UprightHeight: f.UprightHeight, Orientation: f.Orientation, Damaged: f.Damaged,
		Thumb: p.Renditions, Display: p.Renditions, RenditionError: p.RenditionError, Reason: reason,
	}
	if p.Skew != nil {
		ms := p.Skew.Milliseconds()
		w.SkewMS = &ms
	}
	e := exifWire{TakenAt: f.TakenAt, OffsetKnown: f.OffsetKnown, AccuracyM: f.PointAccuracyM, Make: f.Make, Model: f.Model, Software: f.Software}
	if f.TakenAt != 0 {
		e.OffsetMinutes = &f.OffsetMinutes
	}
	if f.Point != nil {
		e.Lat, e.Lon = &f.Point.Lat, &f.Point.Lon
	}
	if e != (exifWire{}) {
		w.EXIF = &e
	}
	return w
}

func grantsWire(grants []inspect.Grant) []fiber.Map {
	all := []fiber.Map{}
	for _, g := range grants {
		scope := fiber.Map{"kind": g.Scope.Kind}
		if !g.Scope.ID.IsZero() {
			scope["id"] = g.Scope.ID
		}
		m := fiber.Map{"role": g.Role, "scope": scope}
		if g.Since != 0 {
			m["since"] = g.Since
		}
		all = append(all, m)
	}
	return all
}
