package inspect_test

import (
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// facts are what rules.md says of an issue, in its own words: the model keeps them, and the product is held against them.
type facts struct {
	status, before                               inspect.Status
	unit, area, fixer, askedBy, backFrom, into   inspect.ID
	due, own, filed, assigned, fixed, closed     inspect.Time
	changed                                      inspect.Time
	returns, rejected, rework, falseFixes, photo int
	used                                         time.Duration
	late, spot, visit                            bool
	timing
	letters, appeals, look string // one word for each: what, by whom, what became of it
	givenBy                inspect.ID
	parts                  string // unit and reply wanted by of each, then = and who replied, or / and whose hands it left
	keeper                 inspect.ID
	failed                 failure
	category, severity     string
	pinned                 bool // has a position
}

// failure is a verification that did not pass.
type failure struct {
	at inspect.Time
	by inspect.ID
	as inspect.Verdict
}

// contest is an appeal: against what was held against the unit since when, by whom, and what became of it.
type contest struct {
	about   inspect.AppealSubject
	since   inspect.Time
	by      inspect.ID
	answer  inspect.Answer
	decided inspect.Time
	decider inspect.ID
	finding inspect.Finding
}

// charge is what is held against a unit: since when, when it heard of it, and who decided it first.
type charge struct {
	since, told inspect.Time
	first       []inspect.ID
}

// timing is what the model keeps of the time that a unit has.
type timing struct {
	unitOfLimit       calendar.Unit
	limit             float64
	civil             bool // days by the civil code
	from              inspect.Time
	left              time.Duration
	set               inspect.Time // when its own deadline was last set
	decided           bool         // by an extension, whatever a new calendar says
	extensions, holds int
	more, hold        wish
	heldUntil, remind inspect.Time
	pauses            string // from and to of each
}

// rest is a time in which the clock stood still: on hold, or merged into another issue.
type rest struct {
	from, to inspect.Time
	merged   bool
}

// wish is more time or a hold that the unit asked for.
type wish struct {
	at, until, decide inspect.Time
	by                inspect.ID
}

// file is an issue of the model.
type file struct {
	facts
	id, reporter inspect.ID
	byPhoto      bool
	days         int
	pics         []*pic
	erasing      *who   // who asked to erase the texts
	jobs         []*job // parts of joint work
	rests        []rest // since it was assigned
	contests     []*contest
	failures     []failure
	heard        map[inspect.Time]inspect.Time // when the unit heard of each failure
	stands       inspect.Time                  // when more time was refused after the deadline
}

// job is the part of a unit that assists.
type job struct {
	id         inspect.ID
	unit       string
	given, due inspect.Time
	replied    inspect.ID // by whom
	over       string     // "lapsed" or "taken"
}

func (j *job) open() bool { return j.replied == inspect.ID{} && j.over == "" }

// job is the one that a wish names, nil for none.
func (f *file) job(id inspect.ID) *job {
	for _, j := range f.jobs {
		if j.id == id {
			return j
		}
	}
	return nil
}

// pic is a photo of the model.
type pic struct {
	id      inspect.ID
	kind    inspect.PhotoKind
	state   inspect.PhotoState
	spent   bool
	erasing *who
}

// who is a person of the model.
type who struct {
	id     inspect.ID
	roles  []inspect.Role
	unit   string       // the unit over which the roles are, "" for the city or an area
	area   string       // the area over which the roles are
	leaves inspect.Time // when the person left their unit, 0 for never
}

// ask is what somebody wants to do in the model.
type ask struct {
	action               inspect.Action
	by                   *who
	done, sent, received inspect.Time
	window               time.Duration
	flag                 bool // names a flag that was raised
	unit, area           string
	due                  inspect.Time // by hand, 0 to go by the rule
	limit                float64
	city, rule           calendar.Counting // how days are counted
	unitOfLimit          calendar.Unit
	until                inspect.Time
	grants               bool
	about                inspect.AppealSubject
	finding              inspect.Finding
	letter, part         inspect.ID // that is replied to, or taken back
	to                   *who
	category, severity   string // that are right, "" for those that stand there
	otherClass, pin      bool   // the area is of another class; it gets a position
	choice               inspect.DeadlineChoice
	id                   inspect.ID
	seed                 string
	share                int
	into                 *file
	pics                 []*pic
	pic                  *pic
	verdict              inspect.Verdict
	how                  inspect.VerificationMethod
}

// The trees of the model: who lies below whom.
var (
	unitAbove = map[string]string{"crew": "bureau", "bureau": "district", "district": "", "other": ""}
	areaAbove = map[string]string{"street": "west", "west": "city", "east": "city", "city": ""}
)

// lineUp is a node and all above it.
func lineUp(above map[string]string, at string) (line []string) {
	for ; at != ""; at = above[at] {
		line = append(line, at)
	}
	return line
}

// related says whether one unit is the other, above it or below it.
func related(a, b string) bool {
	return slices.Contains(lineUp(unitAbove, a), b) || slices.Contains(lineUp(unitAbove, b), a)
}

// nameOf turns an id back into the name of a node.
func nameOf(above map[string]string, v inspect.ID) string {
	for name := range above {
		if id(name) == v {
			return name
		}
	}
	return ""
}

// inUnit says whether the person holds roles over their unit at a moment.
func (p *who) inUnit(at inspect.Time) bool { return p.unit != "" && (p.leaves == 0 || at < p.leaves) }

// reaches says whether the person's roles reach an issue now.
func (p *who) reaches(f *file, now inspect.Time) bool {
	switch {
	case p.unit != "":
		return p.inUnit(now) && slices.Contains(lineUp(unitAbove, nameOf(unitAbove, f.unit)), p.unit)
	case p.area != "":
		return slices.Contains(lineUp(areaAbove, nameOf(areaAbove, f.area)), p.area)
	}
	return true
}

// does are the roles that do each thing to what they reach: the office decides, units fix and return, inspectors look.
var does = map[inspect.Action][]inspect.Role{
	inspect.File: {"office"}, inspect.Dismiss: {"office"}, inspect.Merge: {"office"}, inspect.Unmerge: {"office"}, inspect.Assign: {"office"},
	inspect.Reopen: {"office"}, inspect.Erase: {"office"}, inspect.DecideFlag: {"office"}, inspect.Return: {"unit"}, inspect.Fix: {"unit"},
	inspect.Verify: {"inspector", "office"}, inspect.OnTheSpotFix: {"inspector", "office"},
	inspect.Comment: {"inspector", "office", "unit", "leader"}, inspect.WithdrawPhoto: {"inspector", "office", "unit"},
	inspect.AskExtension: {"unit"}, inspect.AskHold: {"unit"}, inspect.DecideExtension: {"office"}, inspect.DecideHold: {"office"}, inspect.Resume: {"office"},
	inspect.Supervise: {"office", "leader"}, inspect.Reply: {"unit"}, inspect.AskAppeal: {"unit"}, inspect.DecideAppeal: {"office"}, inspect.PassDown: {"unit"},
	inspect.AskFieldCheck: {"office"}, inspect.FieldCheck: {"inspector"}, inspect.GiveFeedback: {"office"},
	inspect.GivePart: {"office"}, inspect.EndPart: {"office"}, inspect.HandOver: {"office"}, inspect.Correct: {"office"}, inspect.ReplyPart: {"unit"},
}

// helping are the roles that do a thing where their unit only assists.
var helping = map[inspect.Action][]inspect.Role{inspect.Comment: {"inspector", "office", "unit", "leader"}, inspect.ReplyPart: {"unit"}}

// assists says whether the person's unit, or one below it, has a part that was not taken back.
func (p *who) assists(f *file, now inspect.Time) bool {
	return p.inUnit(now) && slices.ContainsFunc(f.jobs, func(j *job) bool { return j.over != "taken" && slices.Contains(lineUp(unitAbove, j.unit), p.unit) })
}

// doesOwn are the roles that do a thing to what they reported themselves, wherever it lies now.
var doesOwn = map[inspect.Action][]inspect.Role{
	inspect.Verify: {"inspector"}, inspect.OnTheSpotFix: {"inspector"}, inspect.Comment: {"inspector", "office", "unit"},
	inspect.WithdrawPhoto: {"inspector", "office", "unit"}, inspect.Correct: {"inspector", "office", "unit"},
	inspect.Dismiss: {"inspector", "unit"},
}

// owns says whether a thing may be done to what one reported oneself: it is put right or taken back only before the office has decided what becomes of it.
func (p *who) owns(a inspect.Action, f *file) bool {
	return (p.id == f.reporter || p.id == f.keeper) && (a != inspect.Correct && a != inspect.Dismiss || f.status == inspect.Reported)
}

func (p *who) has(roles []inspect.Role, now inspect.Time) bool {
	return (p.unit == "" || p.inUnit(now)) && slices.ContainsFunc(p.roles, func(r inspect.Role) bool { return slices.Contains(roles, r) })
}

// may says whether the person may do a thing to an issue at all.
func (p *who) may(a inspect.Action, f *file, now inspect.Time) bool {
	return p.has(does[a], now) && p.reaches(f, now) || p.owns(a, f) && p.has(doesOwn[a], now) ||
		p.has(helping[a], now) && p.assists(f, now)
}

// inField are the actions whose time done may count.
var inField = []inspect.Action{inspect.Return, inspect.Fix, inspect.Verify, inspect.OnTheSpotFix, inspect.AskExtension, inspect.AskHold, inspect.FieldCheck, inspect.ReplyPart}

// counts is the moment at which an action counts, and whether that is 补传: the time done, put right by the skew of the
// phone, if it lies between what it answers and receipt and receipt came within the window; otherwise receipt.
func (f *file) counts(a *ask) (at inspect.Time, late bool) {
	lag := time.Duration(a.sent-a.done) * time.Millisecond
	at = max(a.received, f.changed)
	if a.action == inspect.Merge && a.into != nil {
		at = max(at, a.into.changed, a.into.set)
	}
	answers := f.changed
	if j := f.job(a.part); j != nil && (a.action == inspect.ReplyPart || a.action == inspect.EndPart) {
		answers = max(answers, j.given)
		at = max(at, j.given)
	}
	if slices.Contains(inField, a.action) && lag >= 0 && lag <= a.window {
		if done := a.received.Add(-lag); done >= answers {
			return done, lag > 2*time.Minute
		}
	}
	return at, false
}

// rule is one sentence of rules.md, "Life of an issue", by what breaks it.
type rule struct {
	sentence string
	broken   func(*file, *ask) bool
}

// not is broken where the issue does not stand in one of these statuses.
func not(statuses ...inspect.Status) func(*file, *ask) bool {
	return func(f *file, _ *ask) bool { return !slices.Contains(statuses, f.status) }
}

// shows says whether a photo of one of these kinds is named.
func (a *ask) shows(kinds ...inspect.PhotoKind) bool {
	return slices.ContainsFunc(a.pics, func(p *pic) bool { return slices.Contains(kinds, p.kind) })
}

// proves says whether a photo of a kind is named that proved nothing yet.
func (a *ask) proves(kind inspect.PhotoKind) bool {
	return slices.ContainsFunc(a.pics, func(p *pic) bool { return p.kind == kind && !p.spent })
}

func noPart(f *file, a *ask) bool { j := f.job(a.part); return j == nil || !j.open() }

// forbidden is rules.md, "Life of an issue", once more, as lists of what must not be. The first sentence that is broken decides.
var forbidden = map[inspect.Action][]rule{
	inspect.File: {{"only what is reported is filed", not(inspect.Reported)}},
	inspect.Dismiss: {{"only what is open is dismissed", not(inspect.Reported, inspect.Assigned, inspect.Fixed)},
		{"a second person confirms", func(f *file, a *ask) bool { return f.askedBy == a.by.id && !f.alone() }}},
	inspect.Merge: {{"only what is open is merged", not(inspect.Reported, inspect.Assigned, inspect.Fixed)},
		{"into another one", func(f *file, a *ask) bool { return a.into == nil || a.into == f }},
		{"that is alive", func(_ *file, a *ask) bool {
			return a.into.status == inspect.Dismissed || a.into.status == inspect.Merged
		}},
		{"no deadline is lost", func(f *file, a *ask) bool { return a.into.status == inspect.Reported && f.due != 0 }}},
	inspect.Unmerge: {{"only a merge is undone", not(inspect.Merged)},
		{"the last merge first", func(_ *file, a *ask) bool { return a.into.status == inspect.Merged }}},
	inspect.Assign: {{"only what is reported is assigned", not(inspect.Reported)},
		{"a deadline by hand lies ahead", func(f *file, a *ask) bool { at, _ := f.counts(a); return a.due != 0 && a.due <= at }}},
	inspect.Return: {{"only what a unit holds is returned", not(inspect.Assigned)},
		{"two returns are enough", func(f *file, _ *ask) bool { return f.returns >= 2 }},
		{"in the first quarter and before the deadline", func(f *file, a *ask) bool { at, _ := f.counts(a); return at > f.lastReturn() }}},
	inspect.Fix: {{"only what a unit holds is fixed", not(inspect.Assigned)},
		{"with an after-photo of its own", func(_ *file, a *ask) bool { return !a.proves(inspect.PhotoAfter) }}},
	inspect.Verify: {{"only what is fixed is verified", not(inspect.Fixed)},
		{"nobody verifies their own fix", func(f *file, a *ask) bool { return f.fixer == a.by.id }},
		{"nor that of their unit, or one above or below", func(f *file, a *ask) bool { return a.by.belonged(f, a.received) }},
		{"on site, where the category wants it", func(f *file, a *ask) bool { return a.how == inspect.ByPhoto && !f.byPhoto }},
		{"on site, where that was drawn", func(f *file, a *ask) bool { return a.how == inspect.ByPhoto && f.visit }},
		{"a failure is shown by a photo", func(_ *file, a *ask) bool { return a.verdict != inspect.Pass && !a.proves(inspect.PhotoCheck) }}},
	inspect.Reopen: {{"only what is closed is reopened", not(inspect.Verified)},
		{"within days", func(f *file, a *ask) bool { return a.received > f.closed.Add(time.Duration(f.days)*24*time.Hour) }}},
	inspect.OnTheSpotFix: {{"only what nobody holds is fixed on the spot", not(inspect.Reported)},
		{"with a photo of before", func(_ *file, a *ask) bool { return !a.shows(inspect.PhotoBefore, inspect.PhotoReport) }},
		{"and one of after", func(_ *file, a *ask) bool { return !a.proves(inspect.PhotoAfter) }}},
	inspect.WithdrawPhoto: {{"only what never came is withdrawn", func(_ *file, a *ask) bool { return a.pic.state != inspect.PhotoDeclared }}},
	inspect.Erase: {{"only what is here is erased", func(_ *file, a *ask) bool { return a.pic != nil && a.pic.state != inspect.PhotoSafe }},
		{"a second person confirms", func(f *file, a *ask) bool { return f.asks(a.pic) == a.by }}},
	inspect.DecideFlag: {{"only a flag that was raised is decided on", func(_ *file, a *ask) bool { return !a.flag }}},
	inspect.AskExtension: {{"only who has it asks for more time", not(inspect.Assigned)},
		{"one wish at a time", func(f *file, _ *ask) bool { return f.more.at != 0 }},
		{"two extensions are enough", func(f *file, _ *ask) bool { return f.extensions >= 2 }},
		{"before the deadline", func(f *file, a *ask) bool { at, _ := f.counts(a); return at >= f.due }},
		{"more time is more", func(f *file, a *ask) bool { return a.until <= f.due }},
		{"at most the limit once more", func(f *file, a *ask) bool { return a.until > f.ends(f.due, f.whole()) }}},
	inspect.DecideExtension: {{"while it is open", not(inspect.Assigned, inspect.Fixed)},
		{"what was asked for", func(f *file, _ *ask) bool { return f.more.at == 0 }},
		{"by somebody else", func(f *file, a *ask) bool { return f.more.by == a.by.id }},
		{"no more than was asked for", func(f *file, a *ask) bool { return a.until > f.more.until }},
		{"more time is more", func(f *file, a *ask) bool { return a.grants && f.more.granted(a) <= f.due }}},
	inspect.AskHold: {{"only who has it asks for a hold", not(inspect.Assigned)},
		{"one wish at a time", func(f *file, _ *ask) bool { return f.hold.at != 0 }},
		{"once in its life", func(f *file, _ *ask) bool { return f.holds > 0 }},
		{"a hold ends later", func(f *file, a *ask) bool { at, _ := f.counts(a); return a.until <= at }},
		{"within a year", func(f *file, a *ask) bool {
			at, _ := f.counts(a)
			return a.until.UTC().After(at.UTC().AddDate(1, 0, 0))
		}}},
	inspect.DecideHold: {{"only what is being worked on is held", not(inspect.Assigned)},
		{"what was asked for", func(f *file, _ *ask) bool { return f.hold.at == 0 }},
		{"by somebody else", func(f *file, a *ask) bool { return f.hold.by == a.by.id }},
		{"no longer than was asked for", func(f *file, a *ask) bool { return a.until > f.hold.until }},
		{"a hold ends later", func(f *file, a *ask) bool { at, _ := f.counts(a); return a.grants && f.hold.granted(a) <= at }}},
	inspect.Supervise: {{"only what a unit has to do with", not(inspect.Assigned, inspect.Fixed)},
		{"a reply is wanted later", func(f *file, a *ask) bool { at, _ := f.counts(a); return a.until <= at }}},
	inspect.Reply: {{"only what a unit has to do with", not(inspect.Assigned, inspect.Fixed, inspect.Verified)},
		{"there is a letter", func(f *file, a *ask) bool {
			return a.letter == (inspect.ID{}) || !strings.Contains(f.letters, a.letter.String())
		}},
		{"without a reply", func(f *file, a *ask) bool { return strings.Contains(f.letters, a.letter.String()+"=") }}},
	inspect.AskAppeal: {{"only what a unit has to do with", not(inspect.Assigned, inspect.Fixed, inspect.Verified)},
		{"something is held against it", func(f *file, a *ask) bool { return len(f.against(a)) == 0 || f.unit == (inspect.ID{}) }},
		{"each once", func(f *file, a *ask) bool { return f.contestable(a) == nil }},
		{"within three working days", func(f *file, a *ask) bool {
			at, _ := f.counts(a)
			return at > midnightAfterDays(f.contestable(a).told, 3)
		}}},
	inspect.DecideAppeal: {{"only what a unit has to do with", not(inspect.Assigned, inspect.Fixed, inspect.Verified)},
		{"there is an appeal that nobody decided", func(f *file, a *ask) bool { return f.waiting(a) == nil }},
		{"by somebody else", func(f *file, a *ask) bool { return f.waiting(a).by == a.by.id }},
		{"than who decided first", func(f *file, a *ask) bool {
			return slices.ContainsFunc(f.against(a), func(c charge) bool { return c.since == f.waiting(a).since && slices.Contains(c.first, a.by.id) })
		}},
		{"what the fix was, if no false one", func(_ *file, a *ask) bool {
			return (a.grants && a.about == inspect.AppealFalseFix) != (a.finding != "")
		}},
		{"until when it has to be done, while it is not", func(f *file, a *ask) bool {
			return (a.grants && a.about == inspect.AppealOverdue && f.status == inspect.Assigned) != (a.due != 0)
		}},
		{"a deadline lies ahead", func(f *file, a *ask) bool { at, _ := f.counts(a); return a.due != 0 && a.due <= at }}},
	inspect.GivePart: {{"while a unit works on it", not(inspect.Assigned)},
		{"one part at a time", func(f *file, a *ask) bool {
			return slices.ContainsFunc(f.jobs, func(j *job) bool { return j.open() && j.unit == a.unit })
		}},
		{"by another unit than the lead", func(f *file, a *ask) bool { return f.unit == id(a.unit) }},
		{"a reply is wanted later", func(f *file, a *ask) bool { at, _ := f.counts(a); return a.until <= at }}},
	inspect.ReplyPart: {{"while it is open", not(inspect.Assigned, inspect.Fixed)}, {"a part that is open", noPart}},
	inspect.EndPart:   {{"while it is open", not(inspect.Assigned, inspect.Fixed)}, {"a part that is open", noPart}},
	inspect.HandOver: {{"while it is open", not(inspect.Reported, inspect.Assigned, inspect.Fixed)},
		{"to somebody else", func(f *file, a *ask) bool {
			return a.to.id == f.keeper || f.keeper == (inspect.ID{}) && a.to.id == f.reporter
		}}},
	inspect.Correct: {{"only what is open or closed by its fix is put right", not(inspect.Reported, inspect.Assigned, inspect.Fixed, inspect.Verified)},
		{"something differs", func(f *file, a *ask) bool { return !f.differs(a) }},
		{"the deadline is asked for", func(f *file, a *ask) bool { return f.otherRule(a) && a.choice == "" }},
		{"and by nobody else's rule", func(f *file, a *ask) bool { return !f.otherRule(a) && a.choice == inspect.DeadlineByRule }}},
	inspect.PassDown: {{"only who has it passes it on", not(inspect.Assigned)},
		{"to one below", func(f *file, a *ask) bool {
			return id(a.unit) == f.unit || !slices.Contains(lineUp(unitAbove, a.unit), nameOf(unitAbove, f.unit))
		}}},
	inspect.AskFieldCheck: {{"before it is assigned", not(inspect.Reported)}},
	inspect.FieldCheck: {{"before it is assigned", not(inspect.Reported)},
		{"when asked", func(f *file, _ *ask) bool { return !strings.HasPrefix(f.look, "asked") }},
		{"with a photo", func(_ *file, a *ask) bool { return !a.proves(inspect.PhotoCheck) }}},
	inspect.Resume: {{"only what is being worked on", not(inspect.Assigned)},
		{"and is on hold", func(f *file, a *ask) bool { at, _ := f.counts(a); return f.heldUntil <= at }}},
}

// differs says whether something is put right at all, otherRule whether the deadline of another rule could apply.
func (f *file) differs(a *ask) bool {
	return a.pin || f.another(a) || a.severity != "" && a.severity != f.severity || a.area != "" && id(a.area) != f.area
}

func (f *file) another(a *ask) bool { return a.category != "" && a.category != f.category }

func (f *file) otherRule(a *ask) bool {
	return f.due != 0 && !f.decided && (f.another(a) || a.otherClass && a.area != "" && id(a.area) != f.area)
}

// against is all that is held against the unit of a kind, the latest first.
func (f *file) against(a *ask) (all []charge) {
	at, _ := f.counts(a)
	switch a.about {
	case inspect.AppealOverdue:
		if f.due != 0 && (f.fixed > f.due || f.fixed == 0 && f.status == inspect.Assigned && at > f.due) {
			return []charge{{since: f.due, told: max(f.due, f.set, f.stands)}}
		}
	case inspect.AppealWrongUnit:
		if f.status == inspect.Assigned {
			return []charge{{f.assigned, f.assigned, []inspect.ID{f.givenBy}}}
		}
	case inspect.AppealRework, inspect.AppealFalseFix:
		for _, x := range slices.Backward(f.failures) {
			c := charge{x.at, f.heard[x.at], []inspect.ID{x.by}}
			if x.as == inspect.FalseFix && a.about == inspect.AppealRework {
				again := f.contested(inspect.AppealFalseFix, x.at)
				if again == nil || again.finding != inspect.FixInsufficient {
					continue
				}
				c.told, c.first = again.decided, append(c.first, again.decider)
			} else if (x.as == inspect.FalseFix) != (a.about == inspect.AppealFalseFix) {
				continue
			}
			if x.at >= f.assigned {
				all = append(all, c)
			}
		}
	}
	return all
}

// contested is the appeal against what was held against the unit since a moment.
func (f *file) contested(about inspect.AppealSubject, since inspect.Time) *contest {
	for _, c := range f.contests {
		if c.about == about && c.since == since {
			return c
		}
	}
	return nil
}

// contestable is the latest charge that nobody contested.
func (f *file) contestable(a *ask) *charge {
	for _, c := range f.against(a) {
		if f.contested(a.about, c.since) == nil {
			return &c
		}
	}
	return nil
}

// waiting is the first appeal of a kind without a decision.
func (f *file) waiting(a *ask) *contest {
	for _, c := range f.contests {
		if c.about == a.about && c.answer == "" {
			return c
		}
	}
	return nil
}

// midnightAfterDays is the end of the n-th working day after the day of a moment, counted day by day.
func midnightAfterDays(t inspect.Time, n int) inspect.Time {
	day := t.UTC().In(work.Zone())
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if work.IsWorkingDay(calendar.DayOf(day.Date())) {
			n--
		}
	}
	year, month, date := day.Date()
	return inspect.At(time.Date(year, month, date+1, 0, 0, 0, 0, work.Zone()))
}

// granted is until when the office grants a wish: as long as was asked for, if it says nothing else.
func (w *wish) granted(a *ask) inspect.Time {
	if a.until != 0 {
		return a.until
	}
	return w.until
}

// work is the calendar of the model; it has tests of its own.
var work = func() *calendar.Calendar {
	c, err := calendar.New(time.FixedZone("", 8*60*60), calendar.Shifts, calendar.China())
	if err != nil {
		panic(err)
	}
	return c
}()

// after, within and whole count in the unit of the limit.
func (f *file) after(t inspect.Time, d time.Duration) inspect.Time {
	return inspect.At(work.Add(t.UTC(), d, f.unitOfLimit))
}

func (f *file) within(from, to inspect.Time) time.Duration {
	return work.Between(from.UTC(), to.UTC(), f.unitOfLimit)
}

func (f *file) whole() time.Duration {
	return work.Duration(calendar.Limit{N: f.limit, Unit: f.unitOfLimit})
}

// ends is when some time is over that is counted from a moment on. By the civil code the end of calendar days is that of a working day.
func (f *file) ends(t inspect.Time, d time.Duration) inspect.Time {
	end := f.after(t, d)
	if last := end.Add(-time.Millisecond).UTC().In(work.Zone()); f.civil && f.unitOfLimit == calendar.CalendarDay && !work.IsWorkingDay(calendar.DayOf(last.Date())) {
		return midnightAfterDays(end.Add(-time.Millisecond), 1)
	}
	return end
}

// begins is when the time of the unit begins to count: by the civil code not before the day of the assignment is over.
func (f *file) begins() inspect.Time {
	if !f.civil {
		return f.assigned
	}
	year, month, day := f.assigned.UTC().In(work.Zone()).Date()
	return inspect.At(time.Date(year, month, day+1, 0, 0, 0, 0, work.Zone()))
}

// remains is what is left at a moment until the deadline that holds.
func (f *file) remains(at inspect.Time) time.Duration {
	if f.due != f.own || f.decided {
		return f.within(max(at, f.from), f.due)
	}
	return max(f.left-f.within(f.from, at), 0)
}

// dayAfter is a working day later: eight hours, or the close of business of the next one.
func (f *file) dayAfter(t inspect.Time) inspect.Time {
	if f.civil {
		return midnightAfterDays(t, 1).Add(-6 * time.Hour)
	}
	return inspect.At(work.Add(t.UTC(), 8*time.Hour, calendar.WorkingDay))
}

// forbids is the sentence that an action would break, "" when nothing speaks against it.
func (f *file) forbids(a *ask) string {
	for _, r := range forbidden[a.action] {
		if r.broken(f, a) {
			return r.sentence
		}
	}
	return ""
}

// alone says whether one person of the office is enough to dismiss it: no unit ever had it.
func (f *file) alone() bool { return f.status == inspect.Reported && f.assigned == 0 }

// lastReturn is the last moment at which the unit may give it back.
func (f *file) lastReturn() inspect.Time {
	quarter := min(f.after(f.begins(), f.whole()/4), f.dayAfter(f.assigned))
	return min(f.due, max(f.assigned.Add(5*time.Minute), quarter))
}

// belonged says whether the person has to do with the unit that fixed it, now or when it was fixed.
func (p *who) belonged(f *file, now inspect.Time) bool {
	return f.unit != (inspect.ID{}) && (p.inUnit(now) || p.inUnit(f.fixed)) && related(p.unit, nameOf(unitAbove, f.unit))
}

// asks is who asked for an erasure before; nil for nobody.
func (f *file) asks(p *pic) *who {
	if p != nil {
		return p.erasing
	}
	return f.erasing
}
