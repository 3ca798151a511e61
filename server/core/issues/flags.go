package issues

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/store"
)

// NoteFlags puts flags into an event and counts them; raise keeps them beside the record once the issue is there.
func NoteFlags(row *store.IssueRow, e *inspect.Event, flags []inspect.Flag) {
	for n := range flags {
		f := &flags[n]
		f.ID = inspect.NewID()
		e.Flags = append(e.Flags, inspect.RaisedFlag{ID: f.ID, Kind: f.Kind, Photo: f.Photo, Other: f.Other})
	}
	row.FlagsOpen += len(flags)
}

func RaiseFlags(ctx context.Context, tx *store.Tx, row *store.IssueRow, flags []inspect.Flag) error {
	for _, f := range flags {
		if err := tx.AddFlag(ctx, row, f); err != nil {
			return err
		}
	}
	return nil
}

// PhotoFlags are what a photo's own words, its bytes and its clock give to think about when it comes.
func PhotoFlags(ctx context.Context, tx *store.Tx, row *store.IssueRow, p *inspect.Photo) (flags []inspect.Flag, err error) {
	add := func(k inspect.FlagKind, other inspect.ID, detail string) {
		flags = append(flags, inspect.Flag{Kind: k, Photo: p.ID, Other: other, Detail: detail})
	}
	if p.Skew != nil && inspect.SkewTooLarge(*p.Skew) {
		add(inspect.FlagSkew, inspect.ID{}, fmt.Sprintf("the phone's clock is %s behind", p.Skew.Round(time.Second)))
	}
	if p.Facts.Damaged != "" {
		add(inspect.FlagDamaged, inspect.ID{}, p.Facts.Damaged)
	}
	other, same, err := tx.PhotoWithSameBytes(ctx, p.SHA256, p.ID)
	if err != nil {
		return nil, err
	}
	if same {
		add(inspect.FlagReused, other, "the same bytes")
	}
	for _, d := range witnessOf(row, p).Anomalies() {
		add(inspect.FlagKind(d.Anomaly), inspect.ID{}, d.Detail)
	}
	if odd := oddCapture(row, p, tx.Now); odd != "" {
		add(inspect.FlagCapturedAt, inspect.ID{}, odd)
	}
	return flags, nil
}

// oddCapture says in words what is odd about when a photo was taken: in the future, or over a day before what it shows was reported.
func oddCapture(row *store.IssueRow, p *inspect.Photo, now inspect.Time) string {
	shutter := p.CorrectedCapture()
	if shutter == 0 && p.CapturedAt != 0 {
		return fmt.Sprintf("taken at %s", p.CapturedAt)
	}
	if shutter == 0 { // the phone does not say, the picture may
		shutter = p.Facts.TakenAt
	}
	if shutter == 0 {
		return ""
	}
	if ahead := shutter.Sub(now); ahead > captureSlip {
		return fmt.Sprintf("taken %s in the future", ahead.Round(time.Second))
	}
	if age := row.ReportedAt.Sub(shutter); age > captureAge && (p.Kind == inspect.PhotoReport || p.Kind == inspect.PhotoBefore) {
		return fmt.Sprintf("taken %s before the report", age.Round(time.Minute))
	}
	return ""
}

// captureSlip is by how much two clocks may differ, captureAge how old a picture of now may be.
const (
	captureSlip = 2 * time.Minute
	captureAge  = 24 * time.Hour
)

// witnessOf puts what a picture says beside what was said of it.
func witnessOf(row *store.IssueRow, p *inspect.Photo) evidence.PhotoCheck {
	f, w := &p.Facts, pictureOf(p)
	w.After, w.ReportedAt, w.Spot, w.Position = p.Kind == inspect.PhotoAfter, row.ReportedAt.UTC(), positionOf(&row.Issue), f.Point
	if at := p.CorrectedCapture(); at != 0 {
		w.CapturedAt = at.UTC()
	}
	if f.TakenAt != 0 {
		w.TakenAt = f.TakenAt.UTC()
	}
	if f.PointAccuracyM != nil {
		w.AccuracyM = *f.PointAccuracyM
	}
	return w
}

// pictureOf is what a picture says of what made it.
func pictureOf(p *inspect.Photo) evidence.PhotoCheck {
	f := &p.Facts
	return evidence.PhotoCheck{Type: f.Type, Width: f.UprightWidth, Height: f.UprightHeight, Make: f.Make, Model: f.Model, Software: f.Software, Screen: f.Screen}
}

// positionOf is where an issue is, nil when nobody knows.
func positionOf(i *inspect.Issue) *evidence.Location {
	if i.Place == nil {
		return nil
	}
	s := &evidence.Location{}
	s.Start = i.Place.Point
	if i.Line != nil {
		s.Line = *i.Line
	}
	if i.Place.AccuracyM != nil {
		s.AccuracyM = *i.Place.AccuracyM
	}
	return s
}

// CheckPixels keeps the fingerprint of a photo and flags what its pixels give to think about; without that there is no event.
func (svc *Service) CheckPixels(ctx context.Context, tx *store.Tx, p inspect.Photo, made photo.Renditions) error {
	var flags []inspect.Flag
	if made.Quality.Dark() {
		flags = append(flags, inspect.Flag{Kind: inspect.FlagDark, Photo: p.ID, Detail: fmt.Sprintf("19 of 20 pixels are darker than %d of 255", made.Quality.Light)})
	} else if made.Quality.Blurred() {
		flags = append(flags, inspect.Flag{Kind: inspect.FlagBlurred, Photo: p.ID, Detail: fmt.Sprintf("sharpness %.4f", made.Quality.Sharpness)})
	}
	if check := pictureOf(&p); made.Bars && check.SizeOfScreen() && !check.LooksLikeScreen() {
		flags = append(flags, inspect.Flag{Kind: inspect.FlagScreenshot, Photo: p.ID, Detail: "bars of one colour above and below, and no camera"})
	}
	if made.Distinctive {
		copied, err := copiedFrom(ctx, tx, p, made.Fingerprints)
		if err != nil {
			return err
		}
		if copied != nil {
			flags = append(flags, *copied)
		}
		again, err := shownAgain(ctx, tx, p, made.Fingerprints)
		if err != nil {
			return err
		}
		flags = append(flags, again...)
		if err := tx.SavePrints(ctx, p.ID, made.Fingerprints[0].Bytes(), made.Fingerprints[0].Keys()); err != nil {
			return err
		}
	}
	return svc.FlagPhoto(ctx, tx, p, flags...)
}

// FlagPhoto puts on record what looking at a photo gives to think about; without that there is no event.
func (svc *Service) FlagPhoto(ctx context.Context, tx *store.Tx, p inspect.Photo, flags ...inspect.Flag) error {
	if len(flags) == 0 {
		return nil
	}
	if err := tx.LockIssues(ctx, p.Issue); err != nil {
		return err
	}
	row, _, err := tx.Issue(ctx, p.Issue)
	if err != nil {
		return err
	}
	e := &inspect.Event{Type: "photo.checked", At: tx.Now}
	NoteFlags(&row, e, flags)
	if err := RaiseFlags(ctx, tx, &row, flags); err != nil {
		return err
	}
	return svc.Save(ctx, tx, &row, e)
}

// copiedFrom finds the photo of another issue that a picture is most likely a copy of, nil when there is none. Photos of
// one issue show one place and are alike for a good reason.
func copiedFrom(ctx context.Context, tx *store.Tx, p inspect.Photo, t photo.RotationFingerprints) (*inspect.Flag, error) {
	all, err := tx.CopyCandidates(ctx, t.Keys(), p.Issue)
	if err != nil {
		return nil, err
	}
	least := photo.SameDistance + 1
	var found *inspect.Flag
	for _, c := range all {
		f, err := photo.ParseFingerprint(c.Prints)
		if err != nil {
			return nil, err
		}
		if d, same := t.Same(f); same && d < least {
			least = d
			found = &inspect.Flag{Kind: inspect.FlagSimilar, Photo: p.ID, Other: c.Photo, Detail: fmt.Sprintf("differs in %d of 143 points", d)}
		}
	}
	return found, nil
}

// shownAgain finds after-photos of an issue that are a photo of before the fix once more; which of the two came first makes no difference.
func shownAgain(ctx context.Context, tx *store.Tx, p inspect.Photo, t photo.RotationFingerprints) (flags []inspect.Flag, err error) {
	others, err := tx.PrintsOfIssue(ctx, p.Issue)
	if err != nil {
		return nil, err
	}
	before := func(k inspect.PhotoKind) bool { return k == inspect.PhotoReport || k == inspect.PhotoBefore }
	for _, o := range others {
		flag := inspect.Flag{Kind: inspect.FlagSimilar}
		switch {
		case p.Kind == inspect.PhotoAfter && before(o.Kind):
			flag.Photo, flag.Other = p.ID, o.Photo
		case before(p.Kind) && o.Kind == inspect.PhotoAfter:
			flag.Photo, flag.Other = o.Photo, p.ID
		default:
			continue
		}
		f, err := photo.ParseFingerprint(o.Prints)
		if err != nil {
			return nil, err
		}
		if d, again := t.Again(f); again {
			flag.Detail = fmt.Sprintf("the photo of before once more, differs in %d of 143 points", d)
			flags = append(flags, flag)
		}
	}
	return flags, nil
}

// DropFingerprint drops the fingerprint of a photo.
func DropFingerprint(ctx context.Context, tx *store.Tx, id inspect.ID) error {
	b, ok, err := tx.Prints(ctx, id)
	if !ok || err != nil {
		return err
	}
	f, err := photo.ParseFingerprint(b)
	if err != nil {
		return err
	}
	return tx.DropPrints(ctx, id, f.Keys())
}

// ActionFlags are what the times and the place of an action give to think about.
func ActionFlags(row *store.IssueRow, m *inspect.Transition, e *inspect.Event) (flags []inspect.Flag) {
	add := func(k inspect.FlagKind, format string, args ...any) {
		flags = append(flags, inspect.Flag{Kind: k, Detail: fmt.Sprintf(format, args...)})
	}
	if e.Late {
		add(inspect.FlagLate, "%s: done %s, received %s", e.Action, e.DoneAt, e.At)
	}
	if e.Uncredited {
		add(inspect.FlagUncredited, "%s: done %s, received %s", e.Action, e.DoneAt, e.At)
	}
	if skew := inspect.Skew(e.SentAt, e.At); inspect.SkewTooLarge(skew) {
		add(inspect.FlagSkew, "%s: the phone's clock is %s behind", e.Action, skew.Round(time.Second))
	}
	if at := positionOf(&row.Issue); e.Action == inspect.Fix && e.Place != nil && at != nil {
		accuracy := 0.0
		if e.Place.AccuracyM != nil {
			accuracy = *e.Place.AccuracyM
		}
		if d, far := at.FarFrom(e.Place.Point, accuracy); far {
			add(inspect.FlagFar, "%s: %.0f m away", e.Action, d)
		}
	}
	if len(m.Photos) > 0 {
		if stale := StalePosition(e.Place, m.Photos[0].CapturedAt, inspect.Skew(e.SentAt, e.At)); stale != "" {
			add(inspect.FlagStale, "%s: %s", e.Action, stale)
		}
	}
	return flags
}

// positionAge is how old a position may be when the photo is taken that it stands for.
const positionAge = 2 * time.Minute

// StalePosition says in words why a position is not that of a photo: too old at the shutter, or found after it. Both moments are by the phone's
// clock, or that of the position is right and the clock is not.
func StalePosition(p *inspect.Place, shutter inspect.Time, skew time.Duration) string {
	if p == nil || p.CapturedAt == 0 || shutter == 0 {
		return ""
	}
	age := shutter.Sub(p.CapturedAt)
	if corrected := age + skew; inspect.SkewTooLarge(skew) && corrected.Abs() <= positionAge {
		return ""
	}
	switch {
	case age > positionAge:
		return fmt.Sprintf("the position was %s old when the photo was taken", age.Round(time.Second))
	case age < 0:
		return fmt.Sprintf("the position was found %s after the photo", -age.Round(time.Second))
	}
	return ""
}

// LostFlags tell what was left out because it cannot be: one flag for times and one for places, beside those of single photos.
func LostFlags(lost []inspect.DroppedClaim) (flags []inspect.Flag) {
	for _, d := range lost {
		kind := inspect.FlagTimeLost
		if strings.HasPrefix(d.Field, "/place") || strings.HasPrefix(d.Field, "/line") {
			kind = inspect.FlagPlaceLost
		}
		said := d.Field + " " + d.Said
		n := slices.IndexFunc(flags, func(f inspect.Flag) bool { return f.Kind == kind && f.Photo == d.Photo })
		if n < 0 {
			flags = append(flags, inspect.Flag{Kind: kind, Photo: d.Photo, Detail: said})
			continue
		}
		flags[n].Detail += ", " + said
	}
	return flags
}
