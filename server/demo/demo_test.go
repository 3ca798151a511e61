package demo_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/config"
	"spotcheck/server/core/audit"
	"spotcheck/server/demo"
	"spotcheck/server/store"
)

// tell makes a demo in a folder of its own and gives its issues and photos.
func tell(t *testing.T, o demo.Options) (issues []inspect.Issue, photos []inspect.ID) {
	t.Helper()
	clock := &demo.Clock{}
	a, err := app.Open(t.Context(), config.Config{Data: t.TempDir(), Timezone: "Asia/Shanghai", NoSync: true}, slog.New(slog.DiscardHandler), clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	o.Password = "correct horse battery"
	if _, err := demo.Run(t.Context(), a.Core, clock, o); err != nil {
		t.Fatal(err)
	}
	if err := a.Core.Store.Read(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if err := tx.EachIssue(ctx, func(r *store.IssueRow) error { issues = append(issues, r.Issue); return nil }); err != nil {
			return err
		}
		return tx.EachPhoto(ctx, func(p *inspect.Photo) error { photos = append(photos, p.ID); return nil })
	}); err != nil {
		t.Fatal(err)
	}
	sum, err := a.Core.Audit.Audit(t.Context(), nil, func(f audit.Finding) {
		if f.Wrong {
			t.Errorf("audit: %s: %s", f.Subject, f.Detail)
		}
	})
	if err != nil || sum.Issues != int64(o.Issues) {
		t.Errorf("audit saw %d issues, want %d; %v", sum.Issues, o.Issues, err)
	}
	if _, err := demo.Run(t.Context(), a.Core, clock, o); err == nil {
		t.Error("a second demo was made on top of the first")
	}
	return issues, photos
}

func TestTheSameSeedAndDateMakeTheSameCity(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 11, 23, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	many := 120
	if testing.Short() {
		many = 100
	}
	first, firstPhotos := tell(t, demo.Options{Issues: many, Seed: 7, Until: until})
	again, againPhotos := tell(t, demo.Options{Issues: many, Seed: 7, Until: until})
	if d := cmp.Diff(first, again); d != "" {
		t.Errorf("issues differ:\n%s", d)
	}
	if d := cmp.Diff(firstPhotos, againPhotos); d != "" {
		t.Errorf("photos differ:\n%s", d)
	}
	other, _ := tell(t, demo.Options{Issues: many, Seed: 8, Until: until})
	if cmp.Equal(first, other) {
		t.Error("another seed made the same city")
	}
	seen := map[inspect.Status]int{}
	for _, i := range first {
		seen[i.Status]++
		if i.ReceivedAt >= inspect.At(until) || i.ReceivedAt < inspect.At(until.AddDate(0, 0, -7*demo.Weeks)) {
			t.Errorf("issue %s was received at %s, outside the story", i.Number, i.ReceivedAt)
		}
	}
	for _, s := range []inspect.Status{inspect.Assigned, inspect.Fixed, inspect.Verified, inspect.Dismissed} {
		if seen[s] == 0 {
			t.Errorf("no issue is %s: %v", s, seen)
		}
	}
}

// TestADemoMayEndOnAnyDay ends it on each day of a week, on the first of a year and on 29 February; in short on the last two.
func TestADemoMayEndOnAnyDay(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 8*3600)
	for n := range uint64(7) {
		if testing.Short() {
			break
		}
		tell(t, demo.Options{Issues: 60, Seed: n, Until: time.Date(2026, 11, 17+int(n), 0, 0, 0, 0, zone)})
	}
	tell(t, demo.Options{Issues: 60, Seed: 7, Until: time.Date(2027, 1, 1, 0, 0, 0, 0, zone)})
	tell(t, demo.Options{Issues: 60, Seed: 8, Until: time.Date(2028, 2, 29, 0, 0, 0, 0, zone)})
}

func TestPhotosOfADemoAreDrawn(t *testing.T) {
	t.Parallel()
	_, photos := tell(t, demo.Options{Issues: 6, Seed: 3, Until: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Photos: true})
	if len(photos) < 8 {
		t.Errorf("got %d photos of 6 issues", len(photos))
	}
}
