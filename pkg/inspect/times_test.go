package inspect_test

import (
	"encoding/json"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
)

func TestTheThreeTimes(t *testing.T) {
	const h, m, s = time.Hour, time.Minute, time.Second
	const window = 12 * h
	type want struct {
		lag           time.Duration // of the credited time behind receipt
		late, refused bool
	}
	tests := map[string]struct {
		lag    time.Duration // from done to sent, by the phone's clock
		skew   time.Duration // the phone is behind by so much
		window time.Duration
		want   want
	}{
		"at once":                      {window: window, want: want{}},
		"a slow network":               {lag: 90 * s, window: window, want: want{lag: 90 * s}},
		"at the bound of skew":         {lag: 2 * m, window: window, want: want{lag: 2 * m}},
		"offline":                      {lag: 3 * h, window: window, want: want{lag: 3 * h, late: true}},
		"the whole window":             {lag: window, window: window, want: want{lag: window, late: true}},
		"after the window":             {lag: window + time.Millisecond, window: window, want: want{refused: true}},
		"before what it answers":       {lag: 21 * h, window: 24 * h, want: want{refused: true}},
		"just what it answers":         {lag: 20 * h, window: 24 * h, want: want{lag: 20 * h, late: true}},
		"a phone that is behind":       {lag: 3 * h, skew: 30 * 24 * h, window: window, want: want{lag: 3 * h, late: true}},
		"a phone that is ahead":        {lag: 3 * h, skew: -30 * 24 * h, window: window, want: want{lag: 3 * h, late: true}},
		"done after sending":           {lag: -1 * h, window: window, want: want{refused: true}},
		"done a little after sending":  {lag: -1 * m, window: window, want: want{}},
		"only receipt counts":          {lag: 3 * h, window: 0, want: want{refused: true}},
		"only receipt, a slow network": {lag: 90 * s, window: 0, want: want{}},
		"only receipt, at once":        {window: 0, want: want{}},
		"a window of a minute, slow":   {lag: 90 * s, window: m, want: want{}},
		"a window of a minute, within": {lag: 50 * s, window: m, want: want{lag: 50 * s}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "a")
			d.assigns("longhua", 10_000)
			d.now = d.now.Add(20 * h)
			sent := d.now.Add(-tt.skew)
			e := d.does("crew", move{Action: inspect.Fix, Photos: []inspect.Photo{d.photo("p", inspect.PhotoAfter)},
				DoneAt: sent.Add(-tt.lag), SentAt: sent, LateWindow: tt.window})
			got := want{d.now.Sub(e.CreditedAt), e.Late, e.Uncredited}
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			if d.i.FixedAt != e.CreditedAt || d.i.Late != tt.want.late {
				t.Errorf("fixed at %s, late %t", d.i.FixedAt, d.i.Late)
			}
			if e.DoneAt != sent.Add(-tt.lag) || e.SentAt != sent || e.At != d.now {
				t.Errorf("the three times are not on record: %+v", e)
			}
			if e.LateWindowMinutes == nil || *e.LateWindowMinutes != int64(tt.window/m) {
				t.Errorf("the window in force is not on record: %v", e.LateWindowMinutes)
			}
		})
	}
}

func TestAWindowOfNothingIsStampedToo(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 60)
	text, err := json.Marshal(d.fixes())
	if err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(text, &body); err != nil || body["late_window_minutes"] != 0.0 {
		t.Errorf("got %v (%v) in %s", body["late_window_minutes"], err, text)
	}
}

func TestWhatTheOfficeDoesCountsAtReceipt(t *testing.T) {
	d := newDesk(t, "a")
	d.now = minutes(60)
	e := d.does("office", move{Action: inspect.Assign, Unit: id("longhua"), DueAt: minutes(90), DoneAt: minutes(5), LateWindow: 12 * time.Hour})
	if e.CreditedAt != minutes(60) || e.Late || e.Uncredited {
		t.Errorf("credited at %s, late %t, uncredited %t", e.CreditedAt, e.Late, e.Uncredited)
	}
}

func TestAnOfflineFixIsOnTime(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 60)
	d.now = minutes(180)
	d.does("crew", move{Action: inspect.Fix, Photos: []inspect.Photo{d.photo("p", inspect.PhotoAfter)}, DoneAt: minutes(50), SentAt: minutes(180), LateWindow: 12 * time.Hour})
	if d.i.Overdue(minutes(180)) || !d.i.Late {
		t.Errorf("fixed at %s, due %s, late %t", d.i.FixedAt, d.i.DueAt, d.i.Late)
	}
}

func TestAReturnOfflineCountsWhenItWasDone(t *testing.T) {
	d := newDesk(t, "a")
	d.assigns("longhua", 240)
	d.now = minutes(200)
	d.refuses("crew", move{Action: inspect.Return, DoneAt: minutes(30), SentAt: minutes(200), LateWindow: 0}, inspect.ErrReturnTooLate)
	d.does("crew", move{Action: inspect.Return, DoneAt: minutes(30), SentAt: minutes(200), LateWindow: 12 * time.Hour})
	if d.i.TimeUsed != 30*time.Minute {
		t.Errorf("used %s", d.i.TimeUsed)
	}
}

func TestTimeNeverRunsBackwardsBetweenServers(t *testing.T) {
	d := newDesk(t, "a")
	d.now = minutes(60)
	d.assigns("longhua", 90)
	d.now = minutes(59) // another copy of the server, a minute behind
	e := d.fixes()
	if e.CreditedAt != minutes(60) || e.At != minutes(59) || d.i.ChangedAt != minutes(60) {
		t.Errorf("credited at %s, received at %s", e.CreditedAt, e.At)
	}
}

func TestSkew(t *testing.T) {
	for skew, odd := range map[time.Duration]bool{
		0: false, 2 * time.Minute: false, -2 * time.Minute: false, 2*time.Minute + time.Millisecond: true, -3 * time.Minute: true,
	} {
		if got := inspect.Skew(minutes(0), minutes(0).Add(skew)); got != skew || inspect.SkewTooLarge(got) != odd {
			t.Errorf("%s: got %s, odd %t", skew, got, inspect.SkewTooLarge(got))
		}
	}
}

func TestOverdue(t *testing.T) {
	tests := map[string]struct {
		issue inspect.Issue
		want  bool
	}{
		"no deadline":           {inspect.Issue{Status: inspect.Reported}, false},
		"time left":             {inspect.Issue{Status: inspect.Assigned, DueAt: minutes(101)}, false},
		"past":                  {inspect.Issue{Status: inspect.Assigned, DueAt: minutes(99)}, true},
		"fixed in time":         {inspect.Issue{Status: inspect.Fixed, DueAt: minutes(50), FixedAt: minutes(50)}, false},
		"fixed late":            {inspect.Issue{Status: inspect.Fixed, DueAt: minutes(50), FixedAt: minutes(51)}, true},
		"verified, fixed in t.": {inspect.Issue{Status: inspect.Verified, DueAt: minutes(50), FixedAt: minutes(49), ClosedAt: minutes(80)}, false},
		"dismissed":             {inspect.Issue{Status: inspect.Dismissed, DueAt: minutes(50)}, false},
		"merged":                {inspect.Issue{Status: inspect.Merged, DueAt: minutes(50)}, false},
	}
	for name, tt := range tests {
		if got := tt.issue.Overdue(minutes(100)); got != tt.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}
