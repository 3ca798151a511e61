package inspect

import (
	"maps"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
)

// china is a calendar for tests.
var china = func() *calendar.Calendar {
	c, err := calendar.New(time.FixedZone("", 8*60*60), calendar.Shifts, calendar.China())
	if err != nil {
		panic(err)
	}
	return c
}()

// grid is rules.md, "Life of an issue", by hand: in which statuses each action is possible.
var grid = map[Action]string{ // r reported, a assigned, f fixed, v verified, d dismissed, m merged
	File: "r", Dismiss: "raf", Merge: "raf", Unmerge: "m", Assign: "r", Return: "a", Fix: "a", Verify: "f", Reopen: "v",
	OnTheSpotFix: "r", Comment: "rafvdm", WithdrawPhoto: "rafvdm", Erase: "rafvdm", DecideFlag: "rafvdm",
	AskExtension: "a", DecideExtension: "af", AskHold: "a", DecideHold: "a", Resume: "a",
	Supervise: "af", Reply: "afv", AskAppeal: "afv", DecideAppeal: "afv", PassDown: "a", AskFieldCheck: "r", FieldCheck: "r", GiveFeedback: "rafvdm",
	GivePart: "a", ReplyPart: "af", EndPart: "af", HandOver: "raf", Correct: "rafv",
}

func TestEveryActionInEveryStatus(t *testing.T) {
	for _, a := range Actions {
		for n, s := range Statuses {
			want := slices.Contains([]byte(grid[a]), "rafvdm"[n])
			if got := s.Allows(a); got != want {
				t.Errorf("%s when %s: got %t, want %t", a, s, got, want)
			}
			i, m := &Issue{Status: s}, &Transition{Action: a, Category: &Category{}, Calendar: china}
			if _, err := i.Check(m); (err != nil && ErrWrongStatus.Is(err)) == want {
				t.Errorf("%s when %s: the check says %v, the table %t", a, s, err, want)
			}
		}
		if !slices.Equal(a.From(), life[a].from) {
			t.Errorf("%s is possible from %v, the table says %v", a, a.From(), life[a].from)
		}
	}
}

func TestTheTablesAreComplete(t *testing.T) {
	for name, keys := range map[string][]Action{
		"life": slices.Collect(maps.Keys(life)), "past": slices.Collect(maps.Keys(past)), "grid": slices.Collect(maps.Keys(grid)),
	} {
		slices.Sort(keys)
		if all := slices.Sorted(slices.Values(Actions)); !slices.Equal(keys, all) {
			t.Errorf("the table %s has %v, want %v", name, keys, all)
		}
	}
	for a := range rules {
		if !slices.Contains(Actions, a) {
			t.Errorf("there is a rule for %q, which is no action", a)
		}
	}
	names := map[string]Action{}
	for a, p := range past {
		if other, twice := names[p]; twice || p == "" {
			t.Errorf("%s and %s are both called %q", a, other, p)
		}
		names[p] = a
	}
	for _, a := range Actions {
		if r, ok := policy[Permission(a)]; !ok || len(r.roles) == 0 {
			t.Errorf("nobody may %s", a)
		}
	}
	for p := range policy {
		if _, action := life[Action(p)]; !action && !slices.Contains([]Permission{MayReport, MaySee, MayDeclare, MaySeeCaller, MaySeeStamp, MayExport,
			MayAdminister, MaySeePeople, MaySeeLog, MaySeeRecord, MaySuspend, MayIssueLinks, MaySeeDuties, MaySeeSpots, MaySeePlates, MayIssuePapers, MaySeePapers,
			MaySignPapers, MayPlan, MayReportProgress, MaySeePlans, MayImport, MaySeeReporter, MaySeeReports, MayDraftReports, MayIssueReports, MayDraw, MaySeeDraws,
			MayKeepDuties, MaySeeRounds, MayDoRounds, MayKeepStandards, MaySeeStandards, MayVisit, MaySeeVisits, MayContest, MayDecideContest,
			MayArchive, MaySeeArchive, MaySeeWork, MayExpose, MayKeepCampaigns, MaySeeCampaigns, MayPlanActivities, MayDoActivities, MaySeeActivities}, p) {
			t.Errorf("the policy has %q, which is no permission", p)
		}
	}
}

// types are all that may stand in the record of an issue.
var types = []string{
	"issue.reported", "issue.filed", "issue.assigned", "issue.returned", "issue.fixed", "issue.fixed_on_the_spot", "issue.verified",
	"issue.verification_failed", "issue.false_fix", "issue.reopened", "issue.dismissal_asked", "issue.dismissed", "issue.merged",
	"issue.unmerged", "issue.merged_from", "issue.unmerged_from", "issue.commented", "issue.photo_withdrawn", "issue.erasure_asked",
	"issue.erased", "issue.flag_decided", "issue.extension_asked", "issue.extension_granted", "issue.extension_refused", "issue.hold_asked",
	"issue.hold_granted", "issue.hold_refused", "issue.resumed", "issue.rescheduled", "issue.suspended", "issue.supervised",
	"issue.replied", "issue.appealed", "issue.appeal_decided", "issue.unit_appealed_away", "issue.passed", "issue.look_asked", "issue.looked",
	"issue.recurred", "issue.fed_back", "issue.paper_issued", "issue.paper_cancelled",
	"issue.part_given", "issue.part_replied", "issue.part_ended", "issue.handed_over", "issue.corrected", "photo.declared", "photo.received", "photo.checked",
}

func TestApplyKnowsEveryEvent(t *testing.T) {
	if got := slices.Sorted(maps.Keys(folds)); !slices.Equal(got, slices.Sorted(slices.Values(types))) {
		t.Errorf("Apply knows %v, want %v", got, types)
	}
	for _, a := range Actions {
		if _, ok := folds["issue."+past[a]]; !ok {
			t.Errorf("%s makes issue.%s, which Apply does not know", a, past[a])
		}
	}
	i := Issue{Status: Reported, Version: 1}
	if err := i.Apply(&Event{Type: "issue.vanished"}); err == nil || i.Version != 1 {
		t.Errorf("an event of unknown type: got %v", err)
	}
}

func TestWhatAnActionCarries(t *testing.T) {
	tests := map[string]struct {
		action    Action
		verdict   Verdict
		must, may []Need
	}{
		"dismissing needs a reason":     {action: Dismiss, must: []Need{NeedReason}},
		"merging names the other":       {action: Merge, must: []Need{NeedInto}},
		"undoing a merge needs reason":  {action: Unmerge, must: []Need{NeedReason}},
		"assigning needs a unit":        {action: Assign, must: []Need{NeedUnit}, may: []Need{NeedDue, NeedRule}},
		"asking for time needs both":    {action: AskExtension, must: []Need{NeedReason, NeedUntil}},
		"asking for a hold needs both":  {action: AskHold, must: []Need{NeedReason, NeedUntil}},
		"a letter needs all three":      {action: Supervise, must: []Need{NeedKind, NeedReason, NeedUntil}},
		"feedback says something":       {action: GiveFeedback, must: []Need{NeedNote}, may: []Need{NeedFindings, NeedHandling}},
		"an appeal is about something":  {action: AskAppeal, must: []Need{NeedAbout, NeedReason}},
		"deciding needs an answer":      {action: DecideHold, must: []Need{NeedAnswer, NeedReason}, may: []Need{NeedUntil}},
		"returning needs a reason":      {action: Return, must: []Need{NeedReason}},
		"fixing needs photos":           {action: Fix, must: []Need{NeedPhotos}},
		"passing needs no photo":        {action: Verify, verdict: Pass, must: []Need{NeedVerdict, NeedHow}, may: []Need{NeedPhotos, NeedReason}},
		"failing needs photo, reason":   {action: Verify, verdict: Fail, must: []Need{NeedVerdict, NeedHow, NeedPhotos, NeedReason}},
		"false fix needs photo, reason": {action: Verify, verdict: FalseFix, must: []Need{NeedVerdict, NeedHow, NeedPhotos, NeedReason}},
		"reopening needs a reason":      {action: Reopen, must: []Need{NeedReason}},
		"on the spot needs photos":      {action: OnTheSpotFix, must: []Need{NeedPhotos}},
		"a comment needs a note":        {action: Comment, must: []Need{NeedNote}},
		"withdrawing needs a reason":    {action: WithdrawPhoto, must: []Need{NeedPhoto, NeedReason}},
		"erasing needs a reason":        {action: Erase, must: []Need{NeedReason}, may: []Need{NeedPhoto}},
		"deciding needs a reason":       {action: DecideFlag, must: []Need{NeedFlag, NeedDecide, NeedReason}},
		"filing needs nothing":          {action: File},
		"a correction needs a reason": {action: Correct, must: []Need{NeedReason},
			may: []Need{NeedCategory, NeedSeverity, NeedArea, NeedSpot, NeedPlace, NeedAddress, NeedPlate, NeedClear, NeedDeadline}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			must, may := tt.action.Needs(tt.verdict)
			if got, want := slices.Sorted(slices.Values(must)), slices.Sorted(slices.Values(tt.must)); !slices.Equal(got, want) {
				t.Errorf("must carry %v, want %v", must, tt.must)
			}
			for _, n := range tt.may {
				if !slices.Contains(may, n) {
					t.Errorf("may not carry %s", n)
				}
			}
		})
	}
}
