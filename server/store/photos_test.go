package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// digest is a SHA-256 that belongs to a name.
func digest(name string) string {
	return strings.ReplaceAll(id(name).String(), "-", "") + strings.ReplaceAll(id(name+"'").String(), "-", "")
}

func declaration(name string) inspect.Declaration {
	return inspect.Declaration{ID: id(name), SHA256: digest(name), Bytes: 1234567, Kind: "report", CapturedAt: at(2), CaptureMethod: "camera"}
}

// declared is a photo before its bytes come.
func declared(name, issue string) inspect.Photo {
	return inspect.Photo{Declaration: declaration(name), Issue: id(issue), State: inspect.PhotoDeclared, Declarer: id("lin"), Renditions: inspect.RenditionNone}
}

// declare keeps declarations and gives the moment.
func declare(t *testing.T, s *store.Store, photos ...inspect.Photo) (now inspect.Time) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		now = tx.Now
		return each(photos, func(p inspect.Photo) error {
			row, _, err := tx.Issue(ctx, p.Issue)
			return errors.Join(err, tx.InsertPhoto(ctx, &row, p))
		})
	})
	return now
}

func photoOf(t *testing.T, s *store.Store, name string) (p inspect.Photo) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		p, _, err = tx.Photo(ctx, id(name))
		return err
	})
	return p
}

func TestPhotosAreReadBack(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		insert(t, s, reported("issue"), reported("other"))
		full, bare := declared("full", "issue"), declared("bare", "issue")
		bare.CapturedAt = 0
		now := declare(t, s, full, bare)
		full.DeclaredAt, bare.DeclaredAt = now, now
		same(t, "declared", photoOf(t, s, "full"), full)
		same(t, "declared without a time", photoOf(t, s, "bare"), bare)

		skew, accuracy, altitude, heading := -90*time.Second, 1414.0, 12.5, 271.25
		full.Skew = &skew
		full.Facts = inspect.PhotoMetadata{Type: "heic", Width: 4032, Height: 3024, UprightWidth: 3024, UprightHeight: 4032, Orientation: 6,
			TakenAt: at(1), OffsetKnown: true, OffsetMinutes: 480, Point: &geo.Point{Lat: 20.0317123456789, Lon: 110.33}, PointAccuracyM: &accuracy,
			Make: "华为", Model: "P60", Software: "édit", Damaged: "the end is missing",
			TakenFrom: "original", Datum: "GCJ-02", AltitudeM: &altitude, HeadingDeg: &heading, Magnetic: true, Screen: true}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			now = tx.Now
			return errors.Join(tx.SetPhotoSafe(ctx, full), tx.SetPhotoSafe(ctx, bare), tx.UsePhoto(ctx, full.ID, id("fix")),
				tx.SaveRenditions(ctx, full.ID, nil, "no decoder"))
		})
		full.State, full.ReceivedAt, full.UsedBy, full.Renditions, full.RenditionError = inspect.PhotoSafe, now, id("fix"), inspect.RenditionFailed, "no decoder"
		bare.State, bare.ReceivedAt, bare.Renditions = inspect.PhotoSafe, now, inspect.RenditionPending
		same(t, "safe", photoOf(t, s, "bare"), bare)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.SetPhotoState(ctx, full, inspect.PhotoErased, id("decision"))
		})
		full.State, full.RemovalAction = inspect.PhotoErased, id("decision")
		wantFilled(t, full)
		same(t, "erased", photoOf(t, s, "full"), full)

		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			photos, err := tx.Photos(ctx, id("issue"))
			same(t, "photos of the issue", photos, []inspect.Photo{full, bare})
			none, errNone := tx.Photos(ctx, id("other"))
			same(t, "photos of the other", none, nil)
			var all []inspect.Photo
			errEach := tx.EachPhoto(ctx, func(p *inspect.Photo) error { all = append(all, *p); return nil })
			same(t, "all photos", all, []inspect.Photo{full, bare})
			_, ok, errUnknown := tx.Photo(ctx, id("unknown"))
			if ok {
				t.Error("an unknown photo is there")
			}
			return errors.Join(err, errNone, errEach, errUnknown)
		})
	})
}

func TestRenditions(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		insert(t, s, reported("issue"), reported("other"), reported("none"))
		photos := []inspect.Photo{declared("lost", "issue"), declared("first", "issue"), declared("second", "issue"), declared("third", "other")}
		declare(t, s, photos...)
		thumb, display := store.Rendition{Size: "thumb", SHA256: digest("thumb"), Bytes: 9000}, store.Rendition{Size: "display", SHA256: digest("display"), Bytes: 90000}
		smaller := store.Rendition{Size: "thumb", SHA256: digest("smaller"), Bytes: 8000}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(
				each(photos[1:], func(p inspect.Photo) error { return tx.SetPhotoSafe(ctx, p) }),
				tx.SaveRenditions(ctx, id("third"), nil, "no decoder"),
				tx.SaveRenditions(ctx, id("first"), []store.Rendition{thumb, display}, ""),
				tx.SaveRenditions(ctx, id("second"), []store.Rendition{thumb}, ""),
				tx.SaveRenditions(ctx, id("first"), []store.Rendition{smaller}, "")) // made again
		})
		if got := photoOf(t, s, "first").Renditions; got != inspect.RenditionReady {
			t.Errorf("got %s, want %s", got, inspect.RenditionReady)
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, want := range []store.Rendition{smaller, display} {
				got, ok, err := tx.Rendition(ctx, id("first"), want.Size)
				if !ok || err != nil || got != want {
					t.Errorf("%s: got %v, %t, %v, want %v", want.Size, got, ok, err, want)
				}
			}
			if _, ok, err := tx.Rendition(ctx, id("second"), "display"); ok || err != nil {
				t.Errorf("a size that was not made: got %t, %v", ok, err)
			}
			first, err := tx.FirstPhotos(ctx, []inspect.ID{id("issue"), id("other"), id("none"), id("unknown")})
			same(t, "first photos", first, map[inspect.ID]inspect.ID{id("issue"): id("first")})
			nothing, errNothing := tx.FirstPhotos(ctx, nil)
			same(t, "first photos of nothing", nothing, nil)
			return errors.Join(err, errNothing)
		})
		var dropped []store.Rendition
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			dropped, err = tx.DropRenditions(ctx, id("first"))
			return err
		})
		if len(dropped) != 2 || !contains(dropped, smaller) || !contains(dropped, display) {
			t.Errorf("dropped: got %v, want %v and %v", dropped, smaller, display)
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			for sum, want := range map[string]bool{thumb.SHA256: true, display.SHA256: false, smaller.SHA256: false} {
				if known, err := tx.RenditionKnown(ctx, sum); known != want || err != nil {
					t.Errorf("%s known: got %t, %v, want %t", sum, known, err, want)
				}
			}
			return nil
		})
	})
}

func contains[T comparable](all []T, v T) bool {
	for _, one := range all {
		if one == v {
			return true
		}
	}
	return false
}

// TestLookupsHaveAnIndex names every column by which rows are found in large tables; a scan of one would grow with the city.
// Deadlines are found by an expression, and lists name their index, so that a query whose index is missing fails.
func TestLookupsHaveAnIndex(t *testing.T) {
	t.Parallel()
	o := storetest.Empty(t, storetest.SQLite)
	storetest.Open(t, o)
	raw := storetest.Raw(t, o)
	for _, column := range []string{
		"issue.uid", "issue.number", "issue.unit", "issue.area", "issue.category", "issue.reporter", "issue.cell", "issue.merged_into",
		"issue.status", "issue.reported_at", "issue.closed_at", "map_cell.level",
		"photo.uid", "photo.issue", "photo.sha256", "rendition.photo", "rendition.sha256", "flag.issue", "action.uid", "action.issue",
		"personal_text.owner", "stream.kind", "event.seq", "event.stream", "session.token_hash", "session.person", "role_grant.person",
		"login_limit.bucket", "security_log.kind", "security_log.at", "sweep_mark.sha256", "unit.parent", "area.parent",
	} {
		table, name, _ := strings.Cut(column, ".")
		if n := ask[int](t, raw, `SELECT count(*) FROM pragma_index_list(?) AS l JOIN pragma_index_info(l.name) AS c
			WHERE c.seqno = 0 AND c.name = ?`, table, name); n == 0 {
			t.Errorf("%s begins no index", column)
		}
	}
}
