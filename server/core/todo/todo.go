package todo

import (
	"context"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Kind is a kind of work that waits.
type Kind string

// Item is how much of a kind waits for a person.
type Item struct {
	Kind     Kind
	Count    int
	Exact    bool         // otherwise there are at least so many
	OldestAt inspect.Time // when the oldest of them came; 0 where none is, or the kind is looked at by its limit
	DueAt    inspect.Time // the next limit, of the first that are looked at; 0 for none
}

// Day is what happened on a day of the city.
type Day struct {
	Day              inspect.Date
	Reported, Closed int
	Exact            bool
}

// List is all that waits for a person, kind by kind in the order of Kinds, and how the last days went.
type List struct {
	At    inspect.Time
	Items []Item
	Days  []Day // oldest first; today is the last
}

// The bounds of what is looked at: for the next limit of a kind, for what is not an issue, and back in time.
const (
	looked   = 100
	scanned  = 10 // by the calendar of the city
	register = 200
)

// SoonHours is how far ahead a deadline is close.
const SoonHours = 24

// limit says until when the first issues of a kind wait.
type limit func(ctx context.Context, svc *Service, tx *store.Tx, r *store.IssueRow) (inspect.Time, error)

// issueKind is a kind of work on issues: who has it, and which list it is.
type issueKind struct {
	kind   Kind
	need   []inspect.Action // one of them, somewhere
	filter func(now inspect.Time) store.IssueFilter
	until  limit
}

func due(_ context.Context, _ *Service, _ *store.Tx, r *store.IssueRow) (inspect.Time, error) {
	return r.DueAt, nil
}

func step(ctx context.Context, svc *Service, tx *store.Tx, r *store.IssueRow) (inspect.Time, error) {
	all, err := svc.duties.Alerts(ctx, tx, r)
	return inspect.StepDueAt(all), err
}

func decision(of func(r *store.IssueRow) inspect.Request) limit {
	return func(_ context.Context, _ *Service, _ *store.Tx, r *store.IssueRow) (inspect.Time, error) {
		return of(r).DecideBy, nil
	}
}

func reply(_ context.Context, _ *Service, _ *store.Tx, r *store.IssueRow) (by inspect.Time, _ error) {
	for _, l := range r.Letters {
		if l.RepliedAt == 0 && (by == 0 || l.ReplyBy < by) {
			by = l.ReplyBy
		}
	}
	return by, nil
}

func pending(p inspect.Pending) func(inspect.Time) store.IssueFilter {
	return func(inspect.Time) store.IssueFilter {
		return store.IssueFilter{Pending: []inspect.Pending{p}, Sort: store.OldestFirst, Limit: looked}
	}
}

func status(s inspect.Status, sort store.Sort) func(inspect.Time) store.IssueFilter {
	return func(inspect.Time) store.IssueFilter {
		return store.IssueFilter{Status: []inspect.Status{s}, Sort: sort, Limit: scanned}
	}
}

func soon(now inspect.Time) store.IssueFilter {
	return store.IssueFilter{Status: []inspect.Status{inspect.Assigned}, DueFrom: now, DueTo: now.Add(SoonHours * time.Hour), Sort: store.ByDue, Limit: scanned}
}

func overdue(inspect.Time) store.IssueFilter {
	return store.IssueFilter{Status: []inspect.Status{inspect.Assigned}, Overdue: true, Sort: store.ByDue, Limit: scanned}
}

func flagged(inspect.Time) store.IssueFilter {
	return store.IssueFilter{Flagged: true, Sort: store.OldestFirst, Limit: scanned}
}

// watched are the actions of who answers for deadlines: the unit, the office and the leader.
var watched = []inspect.Action{inspect.Fix, inspect.Supervise}

// issueKinds are the kinds of work on issues, in the order of a desk.
var issueKinds = []issueKind{
	{"assign", []inspect.Action{inspect.Assign}, status(inspect.Reported, store.OldestFirst), step},
	{"returned", []inspect.Action{inspect.Assign}, pending(inspect.PendingReturned), step},
	{"extension", []inspect.Action{inspect.DecideExtension}, pending(inspect.PendingExtension), decision(func(r *store.IssueRow) inspect.Request { return r.Extension })},
	{"hold", []inspect.Action{inspect.DecideHold}, pending(inspect.PendingHold), decision(func(r *store.IssueRow) inspect.Request { return r.Hold })},
	{"appeal", []inspect.Action{inspect.DecideAppeal}, pending(inspect.PendingAppeal), nil},
	{"dismissal", []inspect.Action{inspect.Dismiss}, pending(inspect.PendingDismissal), nil},
	{"verify", []inspect.Action{inspect.Verify}, status(inspect.Fixed, store.OldestFirst), step},
	{"work", []inspect.Action{inspect.Fix}, status(inspect.Assigned, store.ByDue), due},
	{"rework", []inspect.Action{inspect.Fix}, pending(inspect.PendingRework), due},
	{"soon", watched, soon, due},
	{"overdue", watched, overdue, due},
	{"reply", []inspect.Action{inspect.Reply, inspect.Supervise}, pending(inspect.PendingReply), reply},
	{"flags", []inspect.Action{inspect.DecideFlag}, flagged, nil},
}

// todayOf is the day of the city at a moment.
func (svc *Service) todayOf(at inspect.Time) calendar.Day { return closure.DayOf(at, svc.zone) }

// Todo gives all that waits for a person within their sight. Each kind is one page of a list and its count, which are bounded.
func (svc *Service) Todo(ctx context.Context, a *inspect.Actor, days int) (l List, err error) {
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		l = List{At: tx.Now}
		if !a.MayAnywhere(inspect.MaySee) {
			return nil
		}
		for _, k := range issueKinds {
			if !anyOf(a, k.need) {
				continue
			}
			item, err := svc.item(ctx, tx, a, &k)
			if err != nil {
				return err
			}
			l.Items = append(l.Items, item)
		}
		l.Days, err = svc.days(ctx, tx, a, days)
		return err
	}); err != nil {
		return l, err
	}
	for _, add := range []func(context.Context, *inspect.Actor, inspect.Time) ([]Item, error){svc.papers, svc.drafts, svc.imports, svc.returns, svc.contests} {
		items, err := add(ctx, a, l.At)
		if err != nil {
			return l, err
		}
		l.Items = append(l.Items, items...)
	}
	return l, nil
}

func anyOf(a *inspect.Actor, need []inspect.Action) bool {
	for _, n := range need {
		if a.MayAnywhere(inspect.Permission(n)) {
			return true
		}
	}
	return false
}

func (svc *Service) item(ctx context.Context, tx *store.Tx, a *inspect.Actor, k *issueKind) (Item, error) {
	f := k.filter(tx.Now)
	f.Viewer = a
	rows, _, total, exact, err := tx.ListAndCount(ctx, f)
	item := Item{Kind: k.kind, Count: max(total, len(rows)), Exact: exact}
	if err != nil || len(rows) == 0 {
		return item, err
	}
	if f.Sort == store.OldestFirst {
		item.OldestAt = rows[0].ReceivedAt
	}
	for n := 0; k.until != nil && n < len(rows); n++ {
		at, err := k.until(ctx, svc, tx, &rows[n])
		if err != nil {
			return item, err
		}
		item.DueAt = sooner(item.DueAt, at)
	}
	return item, nil
}

// sooner is the earlier of two moments, where 0 is none.
func sooner(a, b inspect.Time) inspect.Time {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// days counts what was reported and closed on so many last days.
func (svc *Service) days(ctx context.Context, tx *store.Tx, a *inspect.Actor, n int) (all []Day, err error) {
	today := svc.todayOf(tx.Now)
	for d := today - calendar.Day(n) + 1; d <= today; d++ {
		from, to := closure.StartOfDay(d, svc.zone), closure.StartOfDay(d+1, svc.zone)
		reported, exact, err := tx.CountIssues(ctx, store.IssueFilter{ReportedFrom: from, ReportedTo: to, Viewer: a})
		if err != nil {
			return nil, err
		}
		closed, also, err := tx.CountIssues(ctx, store.IssueFilter{ClosedFrom: from, ClosedTo: to, Viewer: a})
		if err != nil {
			return nil, err
		}
		all = append(all, Day{inspect.Date(d.String()), reported, closed, exact && also})
	}
	return all, nil
}
