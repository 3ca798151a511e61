package workflow

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
)

// NewIssue is what a phone says of a new issue.
type NewIssue struct {
	ID         inspect.ID
	Category   string
	Place      *inspect.Place // as given, in its datum
	Line       *geo.Line      // in the datum of the place
	Area       inspect.ID
	Spot       inspect.ID // the place of the register that it is about
	Severity   inspect.Severity
	Source     inspect.Source
	Texts      inspect.Texts
	Photos     []inspect.Declaration
	ReportedAt inspect.Time
	SentAt     inspect.Time
	Lost       []inspect.DroppedClaim // of what the phone said
	Joins      inspect.ID             // the issue that it is the same as, in the reporter's eyes
	Recurs     inspect.ID             // the issue that was fixed and came back as this one
	Content    []byte                 // the body as it came, to know a repetition
	External   *ExternalSource        // nil where somebody of the city saw it
}

// ExternalSource is where an issue came from that another system keeps as well.
type ExternalSource struct {
	Number  string       // in its source
	ReplyBy inspect.Time // as it says itself; 0 for the city's limit
	Import  inspect.ID
	Row     string // as it came, sealed

	N        int64 // of the year, drawn for it
	Assigned bool  // its unit is known and assigned to next
}

// ReportReceipt is the answer to a report: the receipt of everything but the photos.
type ReportReceipt struct {
	Repeated   bool
	ReceivedAt inspect.Time
	Skew       time.Duration
	Issue      *issues.View // nil in a repetition by somebody who may not see the issue any more
}

// accuracyBound is the radius in metres over which a position is flagged.
const accuracyBound = 5000

// ReportIssue takes a report; the same report again is the same issue.
func (svc *Service) ReportIssue(ctx context.Context, a *inspect.Actor, r NewIssue) (done ReportReceipt, err error) {
	text, err := ledger.Content(r.Content)
	if err != nil {
		return done, err
	}
	ToWGS84(&r)
	if err := svc.findArea(ctx, &r); err != nil {
		return done, err
	}
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		done = ReportReceipt{ReceivedAt: tx.Now, Skew: inspect.Skew(r.SentAt, tx.Now)}
		old, ok, err := tx.Issue(ctx, r.ID)
		if err != nil {
			return err
		}
		if ok {
			if old.Reporter != a.ID || !ledger.SameContent(text, old.ContentSalt, old.ContentSeal) {
				return inspect.ErrIssueDiffers
			}
			done.Repeated, done.ReceivedAt, done.Skew = true, old.ReceivedAt, inspect.Skew(old.SentAt, old.ReceivedAt)
			return nil
		}
		if err := MayReport(a, &r); err != nil {
			return err
		}
		possible := r.possible(tx.Now)
		if err := svc.ReportWithin(ctx, tx, a, &possible, text); err != nil {
			return err
		}
		done.Skew = inspect.Skew(possible.SentAt, tx.Now)
		return nil
	})
	if err == nil {
		done.Issue, err = svc.issues.Receipt(ctx, a, r.ID, done.Repeated)
	}
	if err == nil && !r.Joins.IsZero() && done.Issue != nil {
		done.Issue, err = svc.joinKnown(ctx, a, &r)
	}
	return done, err
}

// ReportFinding reports what was found at something larger that comes whole, in its transaction; text is its content.
func (svc *Service) ReportFinding(ctx context.Context, tx *store.Tx, a *inspect.Actor, r NewIssue, text string) error {
	if _, ok, err := tx.Issue(ctx, r.ID); err != nil {
		return err
	} else if ok {
		return inspect.ErrIssueDiffers
	}
	if err := MayReport(a, &r); err != nil {
		return err
	}
	ToWGS84(&r)
	if err := svc.findArea(ctx, &r); err != nil {
		return err
	}
	possible := r.possible(tx.Now)
	return svc.ReportWithin(ctx, tx, a, &possible, text)
}

// oldestClaim and soonestClaim are how far from receipt a moment may be, once it is corrected by the skew, before it cannot be.
const (
	oldestClaim  = 5 * 366 * 24 * time.Hour
	soonestClaim = 24 * time.Hour
)

// cannotBe says whether a moment by a phone's clock lies years back or days ahead.
func cannotBe(at inspect.Time, skew time.Duration, now inspect.Time) bool {
	age := now.Sub(at.Add(skew))
	return age > oldestClaim || age < -soonestClaim
}

// possible is the report without moments that cannot be: receipt stands in for when it was seen.
func (r NewIssue) possible(now inspect.Time) NewIssue {
	r.Lost = slices.Clone(r.Lost)
	r.SentAt = cmp.Or(r.SentAt, now)
	skew := inspect.Skew(r.SentAt, now)
	if r.ReportedAt != 0 && cannotBe(r.ReportedAt, skew, now) {
		r.Lost = append(r.Lost, inspect.DroppedClaim{Field: "/reported_at", Said: r.ReportedAt.String()})
		r.ReportedAt = 0
	}
	r.ReportedAt = cmp.Or(r.ReportedAt, r.SentAt)
	r.Place, r.Lost = possiblePlace(r.Place, r.Lost, skew, now)
	return r
}

// possiblePlace is a place without the moment at which it cannot have been, be it by the phone's clock or by that of the satellites.
func possiblePlace(p *inspect.Place, lost []inspect.DroppedClaim, skew time.Duration, now inspect.Time) (*inspect.Place, []inspect.DroppedClaim) {
	if p == nil || p.CapturedAt == 0 || !cannotBe(p.CapturedAt, skew, now) || !cannotBe(p.CapturedAt, 0, now) {
		return p, lost
	}
	lost = append(slices.Clone(lost), inspect.DroppedClaim{Field: "/place/captured_at", Said: p.CapturedAt.String()})
	without := *p
	without.CapturedAt = 0
	return &without, lost
}

func MayReport(a *inspect.Actor, r *NewIssue) error {
	switch {
	case !a.MayAnywhere(inspect.MayReport):
		return inspect.ErrForbidden
	case !a.HasRole(inspect.Inspector, inspect.Office) && r.Source != inspect.SourceUnit:
		return inspect.ErrForbidden.With("A unit reports what it found itself, with the source %s.", inspect.SourceUnit)
	}
	return nil
}

// ToWGS84 turns what was given into WGS-84 and keeps the given beside it.
func ToWGS84(r *NewIssue) {
	if r.Place == nil {
		return
	}
	p := *r.Place
	p.OriginalPoint = p.Point
	p.Point = geo.ToWGS84(p.Point, p.Datum)
	r.Place = &p
	if r.Line != nil {
		line := geo.Line{Start: geo.ToWGS84(r.Line.Start, p.Datum)}
		if r.Line.End != nil {
			end := geo.ToWGS84(*r.Line.End, p.Datum)
			line.End = &end
		}
		r.Line = &line
	}
}

// findArea gives a report that names no area the smallest one whose outline holds its place, of a line its start.
func (svc *Service) findArea(ctx context.Context, r *NewIssue) error {
	if !r.Area.IsZero() || r.Place == nil {
		return nil
	}
	at := r.Place.Point
	if r.Line != nil {
		at = r.Line.Start
	}
	t, err := svc.places.AreaIndex(ctx)
	if err == nil {
		r.Area, _ = t.At(at)
	}
	return err
}

func (svc *Service) ReportWithin(ctx context.Context, tx *store.Tx, a *inspect.Actor, r *NewIssue, text string) error {
	if err := checkRefs(ctx, tx, r); err != nil {
		return err
	}
	skew := inspect.Skew(r.SentAt, tx.Now)
	e := &inspect.Event{
		Type: "issue.reported", By: a.ID, At: tx.Now, SentAt: r.SentAt, DoneAt: r.ReportedAt, Declared: r.Photos,
		Report: &inspect.Report{
			Category: r.Category, Severity: r.Severity, Source: r.Source,
			Place: r.Place, Area: r.Area, Spot: r.Spot, ReportedAt: min(r.ReportedAt.Add(skew), tx.Now),
		},
	}
	err := svc.knownBefore(ctx, tx, a, r, e.Report)
	if err != nil {
		return err
	}
	if o := r.External; o != nil {
		e.Report.ExternalNumber, e.Report.ReplyBy, e.Report.Import = o.Number, o.ReplyBy, o.Import
	}
	if e.Report.ReplyBy == 0 { // however it came
		if e.Report.ReplyBy, err = svc.issues.ReplyBy(ctx, tx, r.Source, e.Report.ReportedAt); err != nil {
			return err
		}
	}
	if r.Line != nil {
		e.Report.LineStart, e.Report.LineEnd = &r.Line.Start, r.Line.End
	}
	if e.Report.SignedFront, err = tx.SpotSigned(ctx, r.Spot, svc.city.Today(tx)); err != nil {
		return err
	}
	flags, err := svc.reportFlags(ctx, tx, r, skew)
	if err != nil {
		return err
	}
	texts, err := svc.namedTexts(r)
	if err != nil {
		return err
	}
	if e.Seals, err = tx.SealNewTexts(ctx, r.ID, texts); err != nil {
		return err
	}
	if e.Report.Number, err = svc.numberOf(ctx, tx, r); err != nil { // who reports meanwhile waits from here to the commit
		return err
	}
	row := store.IssueRow{Issue: inspect.Issue{ID: r.ID}, PhotosDeclared: len(r.Photos)}
	row.ContentSalt, row.ContentSeal = ledger.SealedContent(text)
	if err := row.Apply(e); err != nil {
		return err
	}
	issues.NoteFlags(&row, e, flags)
	if err := svc.duties.ScheduleAlerts(ctx, tx, &row, e); err != nil {
		return err
	}
	if err := tx.InsertIssue(ctx, &row, searchText(&r.Texts, row.Number, row.ExternalNumber), store.PlateNamed(r.Texts.Plate),
		store.SiteNamed(r.Texts.Site)); err != nil {
		return err
	}
	if err := svc.figures.FollowFigures(ctx, tx, &row, e); err != nil {
		return err
	}
	if err := photos.Declare(ctx, tx, &row, a, r.Photos); err != nil {
		return err
	}
	if err := issues.RaiseFlags(ctx, tx, &row, flags); err != nil {
		return err
	}
	tx.RecordIssue(&row.Issue, e, store.Custody{})
	tell := svc.messages.TellOfEvent
	if r.External != nil {
		tell = svc.messages.TellPrograms // people are told of an import once
	}
	if err := tell(ctx, tx, &row, e); err != nil {
		return err
	}
	if err := svc.recurred(ctx, tx, a, &row); err != nil || !r.Joins.IsZero() || r.External != nil && r.External.Assigned {
		return err
	}
	return svc.autoAssign(ctx, tx, &row)
}

// YearOf is that of a transaction in the city's zone.
func (svc *Service) YearOf(tx *store.Tx) int { return tx.Now.UTC().In(svc.zone).Year() }

// numberOf is the readable number of a new issue.
func (svc *Service) numberOf(ctx context.Context, tx *store.Tx, r *NewIssue) (string, error) {
	if r.External != nil {
		return inspect.IssueNumber(svc.YearOf(tx), r.External.N), nil
	}
	n, err := tx.NextNumber(ctx, svc.YearOf(tx))
	return inspect.IssueNumber(svc.YearOf(tx), n), err
}

// checkRefs finds everything that a report names but that is not there, all at once.
func checkRefs(ctx context.Context, tx *store.Tx, r *NewIssue) error {
	var wrong []fault.Field
	category, ok, err := tx.Category(ctx, r.Category)
	if err != nil {
		return err
	}
	if !ok || !category.Enabled {
		wrong = append(wrong, fault.Field{Pointer: "/category", Detail: "the catalogue has no such item, or it is switched off"})
	}
	if !r.Area.IsZero() {
		if _, ok, err := tx.Area(ctx, r.Area); err != nil {
			return err
		} else if !ok {
			wrong = append(wrong, fault.Field{Pointer: "/area", Detail: "there is no such area"})
		}
	}
	if !r.Spot.IsZero() {
		if _, ok, err := tx.Spot(ctx, r.Spot); err != nil {
			return err
		} else if !ok {
			wrong = append(wrong, fault.Field{Pointer: "/place_id", Detail: "the register has no such place"})
		}
	}
	if len(wrong) > 0 {
		return inspect.ErrUnknownRef.At(wrong...)
	}
	return nil
}

// reportFlags are what a person should look at; nothing is refused for them.
func (svc *Service) reportFlags(ctx context.Context, tx *store.Tx, r *NewIssue, skew time.Duration) (flags []inspect.Flag, err error) {
	if inspect.SkewTooLarge(skew) {
		flags = append(flags, flagged(inspect.FlagSkew, "the phone's clock is %s behind", skew.Round(time.Second)))
	}
	if r.Place == nil {
		flags = append(flags, flagged(inspect.FlagNoPlace, "the report has no position"))
	}
	odd, err := placeFlags(ctx, tx, r.Place)
	if err != nil {
		return nil, err
	}
	flags = append(flags, odd...)
	if stale := issues.StalePosition(r.Place, firstCapture(r.Photos), skew); stale != "" {
		flags = append(flags, flagged(inspect.FlagStale, "%s", stale))
	}
	return append(flags, issues.LostFlags(r.Lost)...), nil
}

// placeFlags are what is odd about a position that an issue has from now on.
func placeFlags(ctx context.Context, tx *store.Tx, p *inspect.Place) (flags []inspect.Flag, err error) {
	box, err := city.Box.In(ctx, tx)
	if err != nil || p == nil {
		return nil, err
	}
	if box != nil && !box.Contains(p.Point) {
		flags = append(flags, flagged(inspect.FlagOutside, "%.5f, %.5f lies outside the city's box", p.Lat, p.Lon))
	}
	if p.AccuracyM != nil && *p.AccuracyM > accuracyBound {
		flags = append(flags, flagged(inspect.FlagInaccurate, "the position is good to %.0f m only", *p.AccuracyM))
	}
	return flags, nil
}

func flagged(k inspect.FlagKind, format string, args ...any) inspect.Flag {
	return inspect.Flag{Kind: k, Detail: fmt.Sprintf(format, args...)}
}

// firstCapture is when the first photo was taken, whose place a report's is; 0 when nobody says.
func firstCapture(photos []inspect.Declaration) inspect.Time {
	if len(photos) == 0 {
		return 0
	}
	return photos[0].CapturedAt
}

// namedTexts gives the texts of a report by the names under which they are sealed. Who called can be read with the key of this server
// only, where it has one.
func (svc *Service) namedTexts(r *NewIssue) (map[string]string, error) {
	all := map[string]string{}
	for field, text := range r.Texts.Fields() {
		all[field] = *text
	}
	if r.External != nil {
		all[issues.TextRow] = r.External.Row
	}
	for _, field := range []string{issues.TextCallerName, issues.TextCallerPhone} {
		sealed, err := svc.issues.SealCaller(r.ID, field, all[field])
		if err != nil {
			return nil, err
		}
		all[field] = sealed
	}
	return all, nil
}

// searchText are what a search finds an issue by.
func searchText(t *inspect.Texts, number, outside string) string {
	return strings.Join([]string{number, outside, t.Address, t.Note, t.Site, t.Plate}, "\n")
}
