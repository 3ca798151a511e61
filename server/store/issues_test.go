package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// worked is an issue to which everything has happened, more than the rules would allow.
func worked(t *testing.T, r store.IssueRow) store.IssueRow {
	t.Helper()
	r.Status, r.Version, r.Area = inspect.Merged, 9, id("Meilan")
	r.Unit, r.Fixer, r.OnTheSpot = id("north crew"), id("crew"), true
	r.FiledAt, r.AssignedAt, r.DueAt, r.FixedAt, r.ClosedAt = at(10), at(11), at(12), at(13), at(14)
	r.ChangedAt, r.UpdatedAt = at(15), at(16)
	r.DismissalAskedAt, r.DismissalAskedBy, r.DismissalAction = at(17), id("office"), id("dismissal")
	r.Returns, r.RejectedReturns, r.ReturnedBy, r.TimeUsed = 2, 1, id("south crew"), 90*time.Second
	r.Rework, r.FalseFixes, r.Late = 3, 4, true
	r.MergedInto, r.StatusBeforeMerge, r.OwnDueAt = id("other"), inspect.Fixed, at(18)
	r.PhotosDeclared, r.PhotosSafe, r.FlagsOpen = 7, 6, 2
	r.AlertAt = at(36)
	asked := inspect.Request{At: at(19), By: id("crew"), Action: id("asks"), Until: at(20), DecideBy: at(21)}
	r.Timing = inspect.Timing{Clock: inspect.Clock{Rule: id("rule"), Version: 2, SetManually: true, FromExtension: true, Limit: 3,
		Unit: "working_hour", From: at(22), RemainingMS: 4},
		ClockAt: at(23), Pauses: []inspect.Pause{{From: at(24), To: at(25), Suspension: id("storm")}}, Extension: asked, Extensions: 1, Hold: asked,
		Holds: 1, HeldUntil: at(26), RemindAt: at(27)}
	r.TakenOverBy = id("office")
	r.Correspondence = inspect.Correspondence{Parts: []inspect.Part{{ID: id("part"), Unit: id("north crew"), At: at(34), By: id("office"),
		DueAt: at(35), RepliedAt: at(36), RepliedBy: id("crew"), Reply: id("its reply"),
		EndedAt: at(37), Ended: id("its end")}},
		Letters: []inspect.Letter{{ID: id("letter"), Kind: "key", At: at(28), By: id("office"), ReplyBy: at(29), RepliedAt: at(30), RepliedBy: id("crew"), Reply: id("reply")}},
		Appeals: []inspect.Appeal{{Subject: "overdue", At: at(31), By: id("crew"), Unit: id("south crew"), Action: id("appeal"), Answer: "grant",
			DecidedAt: at(32), DecidedBy: id("office"), Decision: id("decision")}},
		AssignedBy: id("office"), FailedAt: at(33), FailedBy: id("lin"), FailVerdict: "fail",
		Failures: []inspect.Failure{{At: at(33), Told: at(34), By: id("lin"), Found: "fail", Action: id("failure")}}, DeadlineStoodAt: at(32),
		FieldCheckAskedAt: at(34), FieldCheckedAt: at(35),
		FieldCheckResult: "real", VisitDrawn: true,
		Feedback: inspect.Feedback{At: at(37), By: id("office"), Action: id("feedback")}}
	wantFilled(t, r)
	return r
}

func TestIssuesAreReadBack(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		bare := store.IssueRow{Issue: inspect.Issue{ID: id("bare"), Number: "2026-2", Status: inspect.Reported, Version: 1, Category: "L001", Severity: "minor",
			Source: "hotline", Reporter: id("lin"), ReportedAt: at(1), SentAt: at(1), ReceivedAt: at(1)}, ContentSalt: []byte{1}, ContentSeal: "x"}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.InsertIssueImport(ctx, &store.IssueImport{ID: id("import"), State: store.IssueImportMaking, By: id("office"), Mapping: "{}", ColumnNames: "[]"})
		})
		full := reported("full")
		full.RecurrenceOf, full.ExternalNumber, full.ReplyBy, full.Import = id("other"), "G-1", at(38), id("import")
		insert(t, s, reported("other"), full, bare)
		same(t, "a full report", issueOf(t, s, "full"), full)
		same(t, "a bare report", issueOf(t, s, "bare"), bare)

		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.LockIssues(ctx, id("full")); err != nil {
				return err
			}
			row, _, err := tx.Issue(ctx, id("full"))
			if err != nil {
				return err
			}
			row = worked(t, row)
			full = row
			return tx.UpdateIssue(ctx, &row)
		})
		same(t, "an issue to which everything happened", issueOf(t, s, "full"), full)
		if full.Complete() || !bare.Complete() {
			t.Errorf("complete: got %t and %t, want the one with a photo missing not to be", full.Complete(), bare.Complete())
		}

		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			into, err := tx.MergedInto(ctx, id("other"))
			same(t, "merged into the other", into, []store.IssueRow{full})
			back, errBack := tx.Recurrences(ctx, id("other"))
			same(t, "came back", back, []store.IssueRow{full})
			none, errNone := tx.MergedInto(ctx, id("bare"))
			same(t, "merged into the bare one", none, nil)
			var all []string
			errEach := tx.EachIssue(ctx, func(r *store.IssueRow) error { all = append(all, r.Number); return nil })
			same(t, "all", all, []string{"2026-other", "2026-full", "2026-2"})
			stop := tx.EachIssue(ctx, func(*store.IssueRow) error { return errOwn })
			if !errors.Is(stop, errOwn) {
				t.Errorf("each with an error: got %v, want %v", stop, errOwn)
			}
			_, ok, errUnknown := tx.Issue(ctx, id("unknown"))
			if ok {
				t.Error("an unknown issue is there")
			}
			return errors.Join(err, errBack, errNone, errEach, errUnknown)
		})
	})
}

func TestIssuesNameWhatIsThere(t *testing.T) {
	t.Parallel()
	wrong := map[string]func(*store.IssueRow){
		"no such category": func(r *store.IssueRow) { r.Category = "99999" },
		"no such reporter": func(r *store.IssueRow) { r.Reporter = id("unknown") },
		"the id twice":     func(r *store.IssueRow) { r.ID = id("first") },
		"the number twice": func(r *store.IssueRow) { r.Number = "2026-first" },
	}
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		insert(t, s, reported("first"))
		for name, break_ := range wrong {
			row := reported(name)
			break_(&row)
			if err := s.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.InsertIssue(ctx, &row, "words") }); err == nil {
				t.Errorf("%s: got nil", name)
			}
		}
		var n int
		read(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			n, _, err = tx.CountIssues(ctx, store.IssueFilter{})
			return err
		})
		if n != 1 {
			t.Errorf("got %d issues, want 1", n)
		}
	})
}

// stale are changes of what is not there, or not in the state that they expect.
func TestChangesThatMissAreErrors(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		insert(t, s, reported("issue"))
		old := issueOf(t, s, "issue")
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.LockIssues(ctx, id("issue")); err != nil {
				return err
			}
			row, _, err := tx.Issue(ctx, id("issue"))
			if err != nil {
				return err
			}
			row.Version++
			if err := tx.UpdateIssue(ctx, &row); err != nil {
				return err
			}
			row.Version++ // once more in the same transaction
			row.Rework = 5
			if err := tx.UpdateIssue(ctx, &row); err != nil {
				return err
			}
			p := inspect.Photo{Declaration: declaration("photo"), Declarer: id("lin")}
			if err := tx.InsertPhoto(ctx, &row, p); err != nil {
				return err
			}
			return tx.SetPhotoSafe(ctx, p)
		})
		photo := inspect.Photo{Declaration: declaration("photo"), State: inspect.PhotoDeclared}
		unknown := inspect.Photo{Declaration: declaration("unknown"), State: inspect.PhotoDeclared}
		for name, change := range map[string]member{
			"an issue that changed meanwhile": func(ctx context.Context, tx *store.Tx) error {
				return errors.Join(tx.LockIssues(ctx, old.ID), tx.UpdateIssue(ctx, &old))
			},
			"an issue that was never read": func(ctx context.Context, tx *store.Tx) error {
				r := reported("none")
				return errors.Join(tx.LockIssues(ctx, r.ID), tx.UpdateIssue(ctx, &r))
			},
			"an issue that is not locked": func(ctx context.Context, tx *store.Tx) error {
				row, _, err := tx.Issue(ctx, old.ID)
				return errors.Join(err, tx.UpdateIssue(ctx, &row))
			},
			"a photo that is safe already": func(ctx context.Context, tx *store.Tx) error { return tx.SetPhotoSafe(ctx, photo) },
			"a photo in another state": func(ctx context.Context, tx *store.Tx) error {
				return tx.SetPhotoState(ctx, photo, inspect.PhotoErased, id("x"))
			},
			"no such photo to make safe":       func(ctx context.Context, tx *store.Tx) error { return tx.SetPhotoSafe(ctx, unknown) },
			"no such photo to use":             func(ctx context.Context, tx *store.Tx) error { return tx.UsePhoto(ctx, unknown.ID, id("x")) },
			"no such photo to make small":      func(ctx context.Context, tx *store.Tx) error { return tx.SaveRenditions(ctx, unknown.ID, nil, "why") },
			"no such erasure":                  func(ctx context.Context, tx *store.Tx) error { return tx.SettleErasure(ctx, id("unknown")) },
			"nobody whose password is changed": func(ctx context.Context, tx *store.Tx) error { return tx.SetPassword(ctx, id("unknown"), "hash") },
		} {
			tries := 0
			err := s.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				tries++
				return errors.Join(tx.Log(ctx, store.LogEntry{Kind: "stale"}), change(ctx, tx))
			})
			if err == nil || tries < 2 {
				t.Errorf("%s: got %v after %d tries, want an error after several", name, err, tries)
			}
		}
		if n := logged(t, s, "stale"); n != 0 {
			t.Errorf("got %d lines of changes that missed", n)
		}
		if got := issueOf(t, s, "issue"); got.Rework != 5 || got.Version != 3 {
			t.Errorf("got rework %d, version %d, want what was written last", got.Rework, got.Version)
		}
	})
}

func TestManyChangeOneIssue(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		insert(t, s, reported("issue"))
		const people = 8
		for locked, failing := range map[bool]int{true: 0, false: people} {
			before := issueOf(t, s, "issue").Rework
			ended := make(chan error)
			for range people {
				go func() {
					ended <- s.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
						if locked {
							if err := tx.LockIssues(ctx, id("issue"), id("unknown")); err != nil {
								return err
							}
						}
						row, _, err := tx.Issue(ctx, id("issue"))
						if err != nil {
							return err
						}
						row.Rework++ // what is no step of the workflow leaves the version
						return tx.UpdateIssue(ctx, &row)
					})
				}()
			}
			failed := 0
			for range people {
				if err := <-ended; err != nil {
					failed++
				}
			}
			if failed != failing {
				t.Errorf("locked %t: %d failed, want %d", locked, failed, failing)
			}
			if got := issueOf(t, s, "issue").Rework - before; got != people-failing {
				t.Errorf("locked %t: %d changes are there, want %d", locked, got, people-failing)
			}
		}
	})
}

func TestNumbersOfAYear(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		draw := func(year int, fail error) (n int64) {
			err := s.Write(t.Context(), func(ctx context.Context, tx *store.Tx) (err error) {
				n, err = tx.NextNumber(ctx, year)
				return errors.Join(err, fail)
			})
			if !errors.Is(err, fail) {
				t.Error(err)
			}
			return n
		}
		var got []string
		for _, c := range []struct {
			year int
			fail error
		}{{2026, nil}, {2026, errOwn}, {2026, nil}, {2027, nil}, {2026, nil}} {
			got = append(got, fmt.Sprint(c.year, " ", draw(c.year, c.fail)))
		}
		same(t, "numbers", got, []string{"2026 1", "2026 2", "2026 2", "2027 1", "2026 3"})
	})
}

func TestFlagsAndActionsAreReadBack(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		insert(t, s, reported("issue"), reported("other"))
		row, other := issueOf(t, s, "issue"), issueOf(t, s, "other")
		done := store.AcceptedAction{ID: id("action"), Issue: id("issue"), Kind: inspect.Erase, By: id("office"), Photo: id("photo"), ReceivedAt: at(20),
			CreditedAt: at(19), Late: true, Skew: -1500 * time.Millisecond, ContentSalt: []byte("salt"), ContentSeal: "sha256:seal"}
		fix := done
		fix.ID, fix.Kind, fix.Photo, fix.Skew, fix.Late, fix.Settled = id("fix"), inspect.Fix, inspect.ID{}, 0, false, true
		flags := []inspect.Flag{{Kind: inspect.FlagSkew, Photo: id("photo"), Detail: "迟到 3 分"}, {Kind: inspect.FlagNoPlace, Detail: "none"}}
		var now inspect.Time
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			now = tx.Now
			return errors.Join(tx.AddFlag(ctx, &row, flags[0]), tx.AddFlag(ctx, &row, flags[1]), tx.InsertAction(ctx, done), tx.InsertAction(ctx, fix))
		})
		flags[0].At, flags[1].At = now, now
		open := func() (all []store.AcceptedAction) {
			read(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				all, err = tx.OpenErasures(ctx, &row)
				return err
			})
			return all
		}
		same(t, "open erasures", open(), []store.AcceptedAction{done})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Flags(ctx, &row)
			same(t, "flags", got, flags)
			none, errNone := tx.Flags(ctx, &other)
			same(t, "flags of the other", none, nil)
			for _, want := range []store.AcceptedAction{done, fix} {
				got, ok, err := tx.Action(ctx, want.ID)
				if !ok || err != nil {
					t.Errorf("action %s: got %t, %v", want.Kind, ok, err)
				}
				same(t, "action", got, want)
			}
			_, ok, errUnknown := tx.Action(ctx, id("unknown"))
			if ok {
				t.Error("an unknown action is there")
			}
			return errors.Join(err, errNone, errUnknown)
		})
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SettleErasure(ctx, done.ID) })
		same(t, "open erasures after the second person", open(), nil)
	})
}
