package publicity

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/photos"
	"spotcheck/server/store"
)

// Public is what this city shows to everybody. Both are off until somebody switches them on.
type Public struct {
	City          string
	Board, Lookup bool
}

// What a city shows to everybody.
var (
	ExposureBoard = city.Setting[bool]{Key: "exposure_board", Read: city.ReadFlag} // photos that were released are public
	PublicLookup  = city.Setting[bool]{Key: "public_lookup", Read: city.ReadFlag}  // how far an issue is can be asked by its number

)

// Public says what this city shows to everybody; it is ErrNotPublic when that is nothing.
func (svc *Service) Public(ctx context.Context) (p Public, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, err = svc.public(ctx, tx)
		return err
	})
	return p, err
}

func (svc *Service) public(ctx context.Context, tx *store.Tx) (Public, error) {
	var p Public
	kept, err := tx.Settings(ctx)
	if err != nil {
		return p, err
	}
	if p.City, err = city.Name.Of(kept); err != nil {
		return p, err
	}
	if p.Board, err = ExposureBoard.Of(kept); err != nil {
		return p, err
	}
	if p.Lookup, err = PublicLookup.Of(kept); err == nil && !p.Board && !p.Lookup {
		err = inspect.ErrNotPublic
	}
	return p, err
}

// PublicIssue is what everybody may know of an issue: no name, no note, no position, and photos only with masks.
type PublicIssue struct {
	Number   string
	Status   inspect.Status
	Category inspect.Category
	Address  string
	Reported inspect.Time
	Fixed    inspect.Time
	Closed   inspect.Time
	Exposed  []inspect.Exposure
}

// PublicBoard gives the issues of which a photo was released, the latest release first.
func (svc *Service) PublicBoard(ctx context.Context) (all []PublicIssue, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if p, err := svc.public(ctx, tx); err != nil || !p.Board {
			return figures.OrElse(err, inspect.ErrNotPublic)
		}
		released, err := tx.Exposures(ctx, inspect.ExposureReleased, mostExposures)
		if err != nil || len(released) == 0 {
			return err
		}
		var ids []inspect.ID
		photos := map[inspect.ID][]inspect.Exposure{}
		for _, e := range released {
			ids, photos[e.Issue] = issues.AppendID(ids, e.Issue), append(photos[e.Issue], e)
		}
		rows, err := tx.Issues(ctx, ids)
		if err != nil {
			return err
		}
		if all, err = publicOf(ctx, tx, rows...); err != nil {
			return err
		}
		for n := range rows {
			all[n].Exposed = photos[rows[n].ID]
		}
		slices.SortStableFunc(all, func(a, b PublicIssue) int { return cmp.Compare(b.Exposed[0].DecidedAt, a.Exposed[0].DecidedAt) })
		return nil
	})
	return all, err
}

// PublicIssue finds an issue by its readable number.
func (svc *Service) PublicIssue(ctx context.Context, number string) (v PublicIssue, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		p, err := svc.public(ctx, tx)
		if err != nil || !p.Lookup {
			return figures.OrElse(err, inspect.ErrNotPublic)
		}
		row, ok, err := tx.IssueByNumber(ctx, number)
		if err != nil || !ok {
			return figures.OrElse(err, inspect.ErrNotFound)
		}
		found, err := publicOf(ctx, tx, row)
		if err != nil {
			return err
		}
		if v = found[0]; p.Board {
			v.Exposed, err = tx.ExposuresOf(ctx, row.ID)
		}
		return err
	})
	return v, err
}

// publicOf is what everybody may know of issues, in their order.
func publicOf(ctx context.Context, tx *store.Tx, rows ...store.IssueRow) (all []PublicIssue, err error) {
	ids := make([]inspect.ID, len(rows))
	for n := range rows {
		ids[n] = rows[n].ID
	}
	texts, err := tx.TextsOf(ctx, ids, "address")
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		v := PublicIssue{Number: row.Number, Status: row.Status, Address: texts[row.ID]["address"], Reported: row.ReportedAt, Fixed: row.FixedAt, Closed: row.ClosedAt}
		if v.Category, _, err = tx.Category(ctx, row.Category); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// PublicPicture opens a photo that was released, with its masks.
func (svc *Service) PublicPicture(ctx context.Context, id inspect.ID) (photos.Picture, error) {
	var e inspect.Exposure
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		e, err = svc.released(ctx, tx, id)
		return err
	}); err != nil {
		return photos.Picture{}, err
	}
	return svc.openExposed(ctx, e.SHA256)
}

// released is the exposure of a photo that everybody may see now.
func (svc *Service) released(ctx context.Context, tx *store.Tx, id inspect.ID) (inspect.Exposure, error) {
	if p, err := svc.public(ctx, tx); err != nil || !p.Board {
		return inspect.Exposure{}, figures.OrElse(err, inspect.ErrNotPublic)
	}
	e, ok, err := tx.Exposure(ctx, id)
	if err != nil {
		return e, err
	}
	p, _, err := tx.Photo(ctx, id)
	if err == nil && (!ok || e.State != inspect.ExposureReleased || p.State != inspect.PhotoSafe) {
		err = inspect.ErrNotPublic
	}
	return e, err
}

// Object keeps what somebody of the public has against a photo, until the office has answered; the first objection stands. The office is told.
func (svc *Service) Object(ctx context.Context, id inspect.ID, why string) error {
	return svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		e, err := svc.released(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := tx.LockIssues(ctx, e.Issue); err != nil {
			return err
		}
		if e, err = svc.released(ctx, tx, id); err != nil || e.ObjectedAt != 0 {
			return err
		}
		e.Objection, e.ObjectedAt = why, tx.Now
		if err := saveExposure(ctx, tx, inspect.ID{}, exposureObjected, &e); err != nil {
			return err
		}
		row, _, err := tx.Issue(ctx, e.Issue)
		if err != nil {
			return err
		}
		office, err := messages.Overseers(ctx, tx, &row, inspect.Office)
		if err != nil {
			return err
		}
		return svc.messages.TellSome(ctx, tx, []messages.Notification{{To: messages.AtNormalUrgency(office),
			NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("%s/%s/%d", exposureObjected, e.ID, e.ObjectedAt), Type: exposureObjected, At: tx.Now,
				Facts: store.IssueSummary{Number: row.Number}}}})
	})
}
