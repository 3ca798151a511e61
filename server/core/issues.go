package core

import (
	"context"
	"fmt"
	"strings"
	"time"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Report is what a phone says of a new issue.
type Report struct {
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
	Joins      inspect.ID // the issue that it is the same as, in the reporter's eyes
	Recurs     inspect.ID // the issue that was fixed and came back as this one
	Content    []byte     // the body as it came, to know a repetition
	Origin     *Origin    // nil where somebody of the city saw it
}

// Origin is where an issue came from that another system keeps as well.
type Origin struct {
	Number  string // in its source
	ReplyBy inspect.Time
	Import  inspect.ID
	Row     string // as it came, sealed

	N        int64 // of the year, drawn for it
	Assigned bool  // its unit is known and assigned to next
}

// Reported is the answer to a report: the receipt of everything but the photos.
type Reported struct {
	Repeated   bool
	ReceivedAt inspect.Time
	Skew       time.Duration
	Issue      View
}

// accuracyBound is the radius in metres over which a position is flagged.
const accuracyBound = 5000

// ReportIssue takes a report; the same report again is the same issue.
func (c *Core) ReportIssue(ctx context.Context, a *inspect.Actor, r Report) (done Reported, err error) {
	text, err := content(r.Content)
	if err != nil {
		return done, err
	}
	if err := mayReport(a, &r); err != nil {
		return done, err
	}
	place(&r)
	if err := c.findArea(ctx, &r); err != nil {
		return done, err
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		done = Reported{ReceivedAt: tx.Now, Skew: inspect.Skew(r.SentAt, tx.Now)}
		old, ok, err := tx.Issue(ctx, r.ID)
		if err != nil {
			return err
		}
		if ok {
			if old.Reporter != a.ID || !sameContent(text, old.ContentSalt, old.ContentSeal) {
				return inspect.ErrIssueDiffers
			}
			done.Repeated, done.ReceivedAt, done.Skew = true, old.ReceivedAt, inspect.Skew(old.SentAt, old.ReceivedAt)
		} else if err := c.report(ctx, tx, a, &r, text); err != nil {
			return err
		}
		done.Issue, err = c.view(ctx, tx, a, r.ID)
		return err
	})
	if err == nil && !r.Joins.IsZero() {
		done.Issue, err = c.joinKnown(ctx, a, &r)
	}
	return done, err
}

func mayReport(a *inspect.Actor, r *Report) error {
	switch {
	case !a.MayAnywhere(inspect.MayReport):
		return inspect.ErrForbidden
	case !a.HasRole(inspect.Inspector, inspect.Office) && r.Source != inspect.SourceUnit:
		return inspect.ErrForbidden.With("A unit reports what it found itself, with the source %s.", inspect.SourceUnit)
	}
	return nil
}

// place turns what was given into WGS-84 and keeps the given beside it.
func place(r *Report) {
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
func (c *Core) findArea(ctx context.Context, r *Report) error {
	if !r.Area.IsZero() || r.Place == nil {
		return nil
	}
	at := r.Place.Point
	if r.Line != nil {
		at = r.Line.Start
	}
	t, err := c.terrain(ctx)
	if err == nil {
		r.Area, _ = t.at(at)
	}
	return err
}

func (c *Core) report(ctx context.Context, tx *store.Tx, a *inspect.Actor, r *Report, text string) error {
	if err := checkRefs(ctx, tx, r); err != nil {
		return err
	}
	number, err := c.numberOf(ctx, tx, r)
	if err != nil {
		return err
	}
	skew := inspect.Skew(r.SentAt, tx.Now)
	e := &inspect.Event{
		Type: "issue.reported", By: a.ID, At: tx.Now, SentAt: r.SentAt, DoneAt: r.ReportedAt, Declared: r.Photos,
		Report: &inspect.Report{
			Number: number, Category: r.Category, Severity: r.Severity, Source: r.Source,
			Place: r.Place, Area: r.Area, Spot: r.Spot, ReportedAt: min(r.ReportedAt.Add(skew), tx.Now),
		},
	}
	if err := c.knownBefore(ctx, tx, a, r, e.Report); err != nil {
		return err
	}
	if o := r.Origin; o != nil {
		e.Report.ExternalNumber, e.Report.ReplyBy, e.Report.Import = o.Number, o.ReplyBy, o.Import
	}
	if r.Line != nil {
		e.Report.LineStart, e.Report.LineEnd = &r.Line.Start, r.Line.End
	}
	if e.Report.SignedFront, err = tx.SpotSigned(ctx, r.Spot, c.today(tx)); err != nil {
		return err
	}
	flags, err := c.oddities(ctx, tx, r, skew)
	if err != nil {
		return err
	}
	texts, err := c.namedTexts(r)
	if err != nil {
		return err
	}
	if e.Seals, err = tx.SealNewTexts(ctx, r.ID, texts); err != nil {
		return err
	}

	row := store.IssueRow{Issue: inspect.Issue{ID: r.ID}, PhotosDeclared: len(r.Photos)}
	row.ContentSalt, row.ContentSeal = sealedContent(text)
	if err := row.Apply(e); err != nil {
		return err
	}
	note(&row, e, flags)
	if err := c.expects(ctx, tx, &row, e); err != nil {
		return err
	}
	if err := tx.InsertIssue(ctx, &row, words(&r.Texts, row.Number, row.ExternalNumber)); err != nil {
		return err
	}
	if err := c.count(ctx, tx, &row, e); err != nil {
		return err
	}
	if err := declare(ctx, tx, &row, a, r.Photos); err != nil {
		return err
	}
	if err := raise(ctx, tx, &row, flags); err != nil {
		return err
	}
	tx.RecordIssue(&row.Issue, e, store.Custody{})
	tell := c.tellOf
	if r.Origin != nil {
		tell = c.tellPrograms // people are told of an import once
	}
	if err := tell(ctx, tx, &row, e); err != nil {
		return err
	}
	if err := c.recurred(ctx, tx, a, &row); err != nil || !r.Joins.IsZero() || r.Origin != nil && r.Origin.Assigned {
		return err
	}
	return c.atOnce(ctx, tx, &row)
}

// year is that of a transaction in the city's zone.
func (c *Core) year(tx *store.Tx) int { return tx.Now.UTC().In(c.Zone).Year() }

// numberOf is the readable number of a new issue.
func (c *Core) numberOf(ctx context.Context, tx *store.Tx, r *Report) (string, error) {
	if r.Origin != nil {
		return issueNumber(c.year(tx), r.Origin.N), nil
	}
	n, err := tx.NextNumber(ctx, c.year(tx))
	return issueNumber(c.year(tx), n), err
}

// issueNumber is the readable number of an issue.
func issueNumber(year int, n int64) string { return fmt.Sprintf("%d-%06d", year, n) }

// checkRefs finds everything that a report names but that is not there, all at once.
func checkRefs(ctx context.Context, tx *store.Tx, r *Report) error {
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

// oddities are what a person should look at; nothing is refused for them.
func (c *Core) oddities(ctx context.Context, tx *store.Tx, r *Report, skew time.Duration) ([]inspect.Flag, error) {
	box, err := CityBox.In(ctx, tx)
	if err != nil {
		return nil, err
	}
	var flags []inspect.Flag
	add := func(k inspect.FlagKind, format string, args ...any) {
		flags = append(flags, inspect.Flag{Kind: k, Detail: fmt.Sprintf(format, args...)})
	}
	if inspect.SkewTooLarge(skew) {
		add(inspect.FlagSkew, "the phone's clock is %s behind", skew.Round(time.Second))
	}
	switch p := r.Place; {
	case p == nil:
		add(inspect.FlagNoPlace, "the report has no position")
	default:
		if box != nil && !box.Contains(p.Point) {
			add(inspect.FlagOutside, "%.5f, %.5f lies outside the city's box", p.Lat, p.Lon)
		}
		if p.AccuracyM != nil && *p.AccuracyM > accuracyBound {
			add(inspect.FlagInaccurate, "the position is good to %.0f m only", *p.AccuracyM)
		}
	}
	return flags, nil
}

// namedTexts gives the texts of a report by the names under which they are sealed. Who called can be read with the key of this server
// only, where it has one.
func (c *Core) namedTexts(r *Report) (map[string]string, error) {
	all := map[string]string{}
	for field, text := range r.Texts.Fields() {
		all[field] = *text
	}
	if r.Origin != nil {
		all[textRow] = r.Origin.Row
	}
	for _, field := range []string{textCallerName, textCallerPhone} {
		sealed, err := c.sealCaller(r.ID, field, all[field])
		if err != nil {
			return nil, err
		}
		all[field] = sealed
	}
	return all, nil
}

// words are what a search finds an issue by.
func words(t *inspect.Texts, number, outside string) string {
	return strings.Join([]string{number, outside, t.Address, t.Note, t.Site, t.Plate}, " ")
}
