package messages

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// audience is who is told of an event.
type audience string

// The audiences.
const (
	toUnit      audience = "unit"      // who fixes for the unit that holds the issue
	toReporter  audience = "reporter"  // who reported it, or took over from who did
	toInspector audience = "inspector" // the same, where an inspector
	toPart      audience = "part"      // who fixes for the unit that assists
	toTaker     audience = "taker"     // who takes over from who reported it
	toOffice    audience = "office"    // the offices in whose scope it lies
	toMentioned audience = "mentioned" // who is named in a comment
	toAbove     audience = "above"     // who fixes for the unit above
	toLeader    audience = "leader"    // the leaders in whose scope it lies
	toDuty      audience = "duty"      // who is on call
	toNamed     audience = "named"     // the leader whom the rule of responsibility names

)

// audiencesOf is who is told of which event, and how soon they have to know. Where the limit runs by night as well, what is
// normal is urgent. Nobody is told of what they did themselves.
var audiencesOf = map[string]map[audience]inspect.Urgency{
	"issue.reported":            {toOffice: inspect.Normal},
	"issue.assigned":            {toUnit: inspect.Normal},
	"issue.returned":            {toOffice: inspect.Normal},
	"issue.fixed":               {toOffice: inspect.Low, toInspector: inspect.Normal},
	"issue.fixed_on_the_spot":   {toOffice: inspect.Low},
	"issue.verified":            {toUnit: inspect.Low, toReporter: inspect.Low},
	"issue.verification_failed": {toUnit: inspect.Normal},
	"issue.false_fix":           {toUnit: inspect.Normal, toNamed: inspect.Normal},
	"issue.reopened":            {toUnit: inspect.Normal},
	"issue.dismissed":           {toReporter: inspect.Low},
	"issue.commented":           {toMentioned: inspect.Normal},
	"issue.extension_asked":     {toOffice: inspect.Normal},
	"issue.extension_granted":   {toUnit: inspect.Normal},
	"issue.extension_refused":   {toUnit: inspect.Normal},
	"issue.hold_asked":          {toOffice: inspect.Normal},
	"issue.hold_granted":        {toUnit: inspect.Normal},
	"issue.hold_refused":        {toUnit: inspect.Normal},
	"issue.resumed":             {toUnit: inspect.Normal},
	"issue.supervised":          {toUnit: inspect.Normal, toAbove: inspect.Normal, toNamed: inspect.Normal},
	"issue.replied":             {toOffice: inspect.Low, toLeader: inspect.Low},
	"issue.appealed":            {toOffice: inspect.Normal},
	"issue.appeal_decided":      {toUnit: inspect.Normal},
	"issue.passed":              {toUnit: inspect.Normal},
	"issue.suspended":           {toUnit: inspect.Low},
	"issue.rescheduled":         {toUnit: inspect.Low},
	"issue.paper_cancelled":     {toUnit: inspect.Normal},
	"issue.paper_issued":        {toUnit: inspect.Normal},
	"issue.part_given":          {toPart: inspect.Normal, toUnit: inspect.Low},
	"issue.part_replied":        {toUnit: inspect.Normal, toOffice: inspect.Low},
	"issue.handed_over":         {toTaker: inspect.Normal},
	"issue.corrected":           {toUnit: inspect.Normal, toReporter: inspect.Low},
	AlertOnCall:                 {toDuty: inspect.Urgent},
	inspect.AlertAssign:         {toOffice: inspect.Normal},
	inspect.AlertSoon:           {toUnit: inspect.Normal},
	inspect.AlertDue:            {toUnit: inspect.Normal, toOffice: inspect.Low},
	inspect.AlertLate:           {toUnit: inspect.Normal, toAbove: inspect.Normal, toOffice: inspect.Normal, toNamed: inspect.Normal},
	inspect.AlertLong:           {toAbove: inspect.Normal, toOffice: inspect.Normal, toLeader: inspect.Normal, toNamed: inspect.Normal},
	inspect.AlertVerify:         {toOffice: inspect.Normal, toInspector: inspect.Normal},
	inspect.AlertDecision:       {toOffice: inspect.Normal},
	inspect.AlertReply:          {toUnit: inspect.Normal, toAbove: inspect.Low},
	inspect.AlertPart:           {toPart: inspect.Normal, toOffice: inspect.Low},
	inspect.AlertFeedback:       {toOffice: inspect.Normal},
	inspect.AlertHold:           {toUnit: inspect.Normal, toOffice: inspect.Low},
}

// audiences find the people of each.
var audiences = map[audience]func(context.Context, *store.Tx, *store.IssueRow, *inspect.Event) ([]inspect.ID, error){
	toUnit: func(ctx context.Context, tx *store.Tx, row *store.IssueRow, _ *inspect.Event) ([]inspect.ID, error) {
		return Contacts(ctx, tx, row.Unit)
	},
	toReporter: func(_ context.Context, _ *store.Tx, row *store.IssueRow, _ *inspect.Event) ([]inspect.ID, error) {
		return []inspect.ID{row.ReporterOrSuccessor()}, nil
	},
	toInspector: func(ctx context.Context, tx *store.Tx, row *store.IssueRow, _ *inspect.Event) ([]inspect.ID, error) {
		grants, err := tx.Grants(ctx, row.ReporterOrSuccessor(), 0)
		if !slices.ContainsFunc(grants, func(g inspect.Grant) bool { return g.Role == inspect.Inspector }) {
			return nil, err
		}
		return []inspect.ID{row.ReporterOrSuccessor()}, err
	},
	toOffice: func(ctx context.Context, tx *store.Tx, row *store.IssueRow, _ *inspect.Event) ([]inspect.ID, error) {
		return Overseers(ctx, tx, row, inspect.Office)
	},
	toLeader: func(ctx context.Context, tx *store.Tx, row *store.IssueRow, _ *inspect.Event) ([]inspect.ID, error) {
		return Overseers(ctx, tx, row, inspect.Leader)
	},
	toDuty: func(ctx context.Context, tx *store.Tx, row *store.IssueRow, _ *inspect.Event) ([]inspect.ID, error) {
		return duties.OnCall(ctx, tx, row)
	},
	toAbove: func(ctx context.Context, tx *store.Tx, row *store.IssueRow, _ *inspect.Event) ([]inspect.ID, error) {
		line, err := tx.SelfAndAncestors(ctx, store.UnitTree, row.Unit)
		if err != nil || len(line) < 2 {
			return nil, err
		}
		return Contacts(ctx, tx, line[1])
	},
	toNamed: func(ctx context.Context, tx *store.Tx, row *store.IssueRow, _ *inspect.Event) ([]inspect.ID, error) {
		return duties.LeadersOf(ctx, tx, row)
	},
	toPart: partContacts,
	toTaker: func(_ context.Context, _ *store.Tx, _ *store.IssueRow, e *inspect.Event) ([]inspect.ID, error) {
		return []inspect.ID{e.To}, nil
	},
	toMentioned: func(_ context.Context, _ *store.Tx, _ *store.IssueRow, e *inspect.Event) ([]inspect.ID, error) {
		return e.Mentions, nil
	},
}

// Contacts are the people who fix for a unit, or where it has none of its own, those of the next one above.
func Contacts(ctx context.Context, tx *store.Tx, unit inspect.ID) ([]inspect.ID, error) {
	line, err := tx.SelfAndAncestors(ctx, store.UnitTree, unit)
	if err != nil || len(line) == 0 {
		return nil, err
	}
	at, err := tx.RoleHolders(ctx, inspect.UnitRole, line, nil)
	if err != nil {
		return nil, err
	}
	for _, node := range line {
		if len(at[node]) > 0 {
			return at[node], nil
		}
	}
	return nil, nil
}

// Overseers are the people with a role in whose scope an issue lies.
func Overseers(ctx context.Context, tx *store.Tx, row *store.IssueRow, role inspect.Role) (all []inspect.ID, err error) {
	w, err := issues.LocationOf(ctx, tx, row)
	if err != nil {
		return nil, err
	}
	at, err := tx.RoleHolders(ctx, role, w.Units, w.Areas)
	for _, people := range at {
		all = append(all, people...)
	}
	return all, err
}

// Recipient is somebody who has to know.
type Recipient struct {
	Person  inspect.ID
	Urgency inspect.Urgency
}

// Notification is what happened and who has to know.
type Notification struct {
	store.NotificationEvent
	To []Recipient
}

// TellOfEvent tells people and programs of an event of an issue, in the transaction that keeps it.
func (svc *Service) TellOfEvent(ctx context.Context, tx *store.Tx, row *store.IssueRow, e *inspect.Event) error {
	if !strings.HasPrefix(e.Type, "issue.") {
		return nil
	}
	to, err := RecipientsOf(ctx, tx, row, e)
	if err != nil {
		return err
	}
	if hooks, err := wantedByWebhook(ctx, tx, e.Type); err != nil || len(to) == 0 && !hooks {
		return err
	}
	return svc.Tell(ctx, tx, NotificationOf(row, e.Type, e.ActionID.String(), tx.Now, to...))
}

// TellPrograms is TellOfEvent for what many issues have in common: people are told of that at once, in one notice.
func (svc *Service) TellPrograms(ctx context.Context, tx *store.Tx, row *store.IssueRow, e *inspect.Event) error {
	if hooks, err := wantedByWebhook(ctx, tx, e.Type); err != nil || !hooks {
		return err
	}
	return svc.Tell(ctx, tx, NotificationOf(row, e.Type, e.ActionID.String(), tx.Now))
}

// aboutDeadline are the notices that tell somebody until when something has to be done.
var aboutDeadline = map[string]bool{
	"issue.assigned": true, "issue.passed": true, "issue.verification_failed": true, "issue.false_fix": true, "issue.reopened": true,
	"issue.extension_asked": true, "issue.extension_granted": true, "issue.extension_refused": true, "issue.hold_asked": true, "issue.hold_granted": true,
	"issue.hold_refused": true, "issue.resumed": true, "issue.supervised": true, "issue.appeal_decided": true, "issue.suspended": true,
	"issue.rescheduled": true, "issue.part_given": true, inspect.AlertSoon: true,
}

// usefulUntil is the first moment ahead that a notice about a deadline is about: the next alert of the issue, which may be the warning, or the
// deadline itself; 0 where it is about none.
func usefulUntil(row *store.IssueRow, kind string, at inspect.Time) (first inspect.Time) {
	if !aboutDeadline[kind] {
		return 0
	}
	for _, moment := range []inspect.Time{row.AlertAt, row.DueAt, row.RemindAt} {
		if moment > at && (first == 0 || moment < first) {
			first = moment
		}
	}
	return first
}

// NotificationOf is a notice about an issue as it stands. Type and occasion name the happening: the same again is told once.
func NotificationOf(row *store.IssueRow, kind, occasion string, at inspect.Time, to ...Recipient) Notification {
	return Notification{NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("%s/%s/%s", kind, row.ID, occasion), Type: kind, Issue: row.ID, At: at,
		UsefulUntil: usefulUntil(row, kind, at),
		Facts:       store.IssueSummary{Number: row.Number, Status: row.Status, Category: row.Category, Unit: row.Unit, Area: row.Area, DueAt: row.DueAt}}, To: to}
}

// RecipientsOf finds who has to know of an event; who stands in two audiences is told by the more urgent one.
func RecipientsOf(ctx context.Context, tx *store.Tx, row *store.IssueRow, e *inspect.Event) ([]Recipient, error) {
	urgency := map[inspect.ID]inspect.Urgency{}
	for to, u := range audiencesOf[e.Type] {
		people, err := audiences[to](ctx, tx, row, e)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			if slices.Index(inspect.Urgencies, u) > slices.Index(inspect.Urgencies, urgency[p]) {
				urgency[p] = u
			}
		}
	}
	if delete(urgency, e.By); len(urgency) == 0 {
		return nil, nil
	}
	night, err := duties.RoundTheClock(ctx, tx, row)
	if err != nil {
		return nil, err
	}
	for p, u := range urgency {
		if night && u == inspect.Normal {
			urgency[p] = inspect.Urgent
		}
	}
	return WhoSees(ctx, tx, row, urgency)
}

// WhoSees leaves only people who may see the issue, in one order.
func WhoSees(ctx context.Context, tx *store.Tx, row *store.IssueRow, urgency map[inspect.ID]inspect.Urgency) (all []Recipient, err error) {
	w, err := issues.LocationOf(ctx, tx, row)
	if err != nil {
		return nil, err
	}
	grants, err := tx.GrantsOf(ctx, slices.Collect(maps.Keys(urgency)))
	for p, u := range urgency {
		if a := (inspect.Actor{ID: p, Grants: grants[p]}); a.May(inspect.MaySee, &row.Issue, w) {
			all = append(all, Recipient{p, u})
		}
	}
	slices.SortFunc(all, func(a, b Recipient) int { return slices.Compare(a.Person[:], b.Person[:]) })
	return all, err
}

// wantedByWebhook says whether some webhook is told of a type of event.
func wantedByWebhook(ctx context.Context, tx *store.Tx, eventType string) (bool, error) {
	hooks, err := tx.Webhooks(ctx)
	return slices.ContainsFunc(hooks, func(w store.Webhook) bool { return w.Takes(eventType) }), err
}

// Tell writes who is told of what, in the transaction of whoever calls: the inbox at once, the other channels as each
// person chose. The same notice again tells nobody twice.
func (svc *Service) Tell(ctx context.Context, tx *store.Tx, n Notification) error {
	return svc.TellSome(ctx, tx, []Notification{n})
}

// TellSome is Tell for some notices.
func (svc *Service) TellSome(ctx context.Context, tx *store.Tx, all []Notification) error {
	t, err := svc.newDelivery(ctx, tx, all)
	if err != nil {
		return err
	}
	if err := t.tell(ctx, all); err != nil {
		return err
	}
	return t.finish(ctx)
}

// tellBatch is how many notices share a transaction: few enough for the writer to be free again soon.
const tellBatch = 25

// TellAll writes many notices in transactions of its own; interrupted, it can be called again with the same.
func (svc *Service) TellAll(ctx context.Context, all []Notification) error {
	for some := range slices.Chunk(all, tellBatch) {
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return svc.TellSome(ctx, tx, some) }); err != nil {
			return err
		}
	}
	return nil
}

// InboxMessage is a message in somebody's inbox, with its words.
type InboxMessage struct {
	store.Message
	Text MessageText
}

// Inbox gives what an actor was told, newest first, and how much of it was not opened yet.
func (svc *Service) Inbox(ctx context.Context, a *inspect.Actor, which store.InboxFilter, before int64, limit int) (all []InboxMessage, count int, next int64, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		messages, after, err := tx.Inbox(ctx, a.ID, which, before, limit)
		if err != nil {
			return err
		}
		next = after
		if all, err = svc.composeAll(ctx, tx, a, messages); err != nil {
			return err
		}
		count, err = tx.Unread(ctx, a.ID)
		return err
	})
	return all, count, next, err
}

// InboxMessage gives one message of the actor's inbox.
func (svc *Service) InboxMessage(ctx context.Context, a *inspect.Actor, id inspect.ID) (m InboxMessage, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		one, ok, err := tx.InboxMessage(ctx, a.ID, id)
		if err != nil {
			return err
		}
		if !ok {
			return inspect.ErrNotFound
		}
		all, err := svc.composeAll(ctx, tx, a, []store.Message{one})
		if err == nil {
			m = all[0]
		}
		return err
	})
	return m, err
}

// ReadInbox notes what the actor has opened, and gives how much is left.
func (svc *Service) ReadInbox(ctx context.Context, a *inspect.Actor, ids []inspect.ID) (left int, err error) {
	err = svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SetRead(ctx, a.ID, ids); err != nil {
			return err
		}
		left, err = tx.Unread(ctx, a.ID)
		return err
	})
	return left, err
}

// Deliveries gives what became of messages, newest first, for who administers.
func (svc *Service) Deliveries(ctx context.Context, a *inspect.Actor, w store.MessageFilter, before int64, limit int) (all []store.Message,
	people map[inspect.ID]store.PersonRef, next int64, err error) {
	if !a.MayAnywhere(inspect.MayAdminister) {
		return nil, nil, 0, inspect.ErrForbidden
	}
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if all, next, err = tx.Messages(ctx, w, before, limit); err != nil {
			return err
		}
		var ids []inspect.ID
		for n := range all {
			ids = issues.AppendID(ids, all[n].Recipient)
		}
		people, err = tx.PeopleRefs(ctx, ids)
		return err
	})
	return all, people, next, err
}

// goneOr turns "not there" into what it means here.
func goneOr(err error, instead error) error {
	if f, ok := fault.As(err); ok && f.Kind == fault.NotFound {
		return instead
	}
	return err
}

// partContacts are who fixes for the unit of a part that was given, or for those whose reply is late.
func partContacts(ctx context.Context, tx *store.Tx, row *store.IssueRow, e *inspect.Event) (all []inspect.ID, err error) {
	for n := range row.Parts {
		if p := &row.Parts[n]; p.ID == e.ActionID || e.Type == inspect.AlertPart && p.Open() && p.DueAt <= tx.Now {
			people, err := Contacts(ctx, tx, p.Unit)
			if err != nil {
				return nil, err
			}
			all = append(all, people...)
		}
	}
	return all, nil
}
