package inspect

import "slices"

// Permission is something that a role may do; every Action is one too.
type Permission string

// The permissions that are not actions on an issue.
const (
	MayReport      Permission = "report"
	MaySee         Permission = "see"
	MayDeclare     Permission = "declare_photo"
	MaySeeCaller   Permission = "see_caller"
	MaySeeStamp    Permission = "see_stamp"    // on the photos of others
	MaySeeReporter Permission = "see_reporter" // by name; others get the staff number
	MayExport      Permission = "export"
	MayAdminister  Permission = "administer" // people, units, areas, categories, settings
	MaySeePeople   Permission = "see_people"
	MaySeeLog      Permission = "see_security_log"
	MaySeeRecord   Permission = "see_record"           // its checkpoints, and how it was last looked through
	MaySuspend     Permission = "suspend"              // clocks, for a typhoon
	MayIssueLinks  Permission = "link"                 // give an issue to a crew without an account
	MaySeeDuties   Permission = "see_responsibilities" // the register of who answers for what, and its gaps
	MaySeeSpots    Permission = "see_places"           // the register of places
	MaySeePlates   Permission = "see_plates"           // of the vehicles of construction sites

	MayIssuePapers Permission = "issue_papers"
	MaySeePapers   Permission = "see_papers"
	MaySignPapers  Permission = "sign_papers"

	MaySeeReports   Permission = "see_reports"   // the figures of what lies in one's scope
	MaySeeWork      Permission = "see_work"      // what each inspector reported and verified
	MayDraftReports Permission = "draft_reports" // and check those of others
	MayIssueReports Permission = "issue_reports" // and recall them

	MayPlan           Permission = "plan"      // tasks of units
	MayReportProgress Permission = "progress"  // tell how far a task is
	MaySeePlans       Permission = "see_plans" // of the units in one's scope

	MayDraw     Permission = "draw" // places that are looked at, by lot
	MaySeeDraws Permission = "see_draws"

	MayKeepStandards Permission = "keep_standards" // by which places are visited
	MaySeeStandards  Permission = "see_standards"
	MayVisit         Permission = "visit"          // what lies in one's scope, by a standard
	MaySeeVisits     Permission = "see_visits"     // of what lies in one's scope
	MayContest       Permission = "contest"        // a visit to what one's unit answers for
	MayDecideContest Permission = "decide_contest" // of a visit that somebody else made
	MayKeepDuties    Permission = "keep_duties"    // who looks after what how often, who takes turns, which round need not be made
	MaySeeRounds     Permission = "see_rounds"     // of what lies in one's scope
	MayDoRounds      Permission = "do_rounds"
	MayArchive       Permission = "archive" // keep the headings of the archive, bring documents
	MaySeeArchive    Permission = "see_archive"

	MayKeepCampaigns  Permission = "keep_campaigns"  // and close them
	MaySeeCampaigns   Permission = "see_campaigns"   // where they run; those of its groups see theirs without
	MayPlanActivities Permission = "plan_activities" // clean-ups and others, of one's unit or in one's area
	MayDoActivities   Permission = "do_activities"   // tell what came of them, with photos
	MaySeeActivities  Permission = "see_activities"

	MayExpose Permission = "expose" // draw masks over a photo for the public, and release those of others

	MayImport Permission = "import" // work from elsewhere, with who called
)

// row says which roles hold a permission over what lies in their scope, and which hold it over what they reported
// themselves or took over, wherever it lies. What a unit only assists in lies in its scope for some permissions.
type row struct {
	roles []Role
	own   []Role
	helps bool
	while []Status // own holds only then; none for always
}

// workers are all roles but that of who only looks at what others did.
var workers = []Role{Inspector, Office, UnitRole, Leader, Admin}

// policy is who may do what. In which status stands in life; both together are the grid role × scope × action × status.
var policy = map[Permission]row{
	MayReport:      {roles: []Role{Inspector, Office, UnitRole}},
	MaySee:         {roles: []Role{Inspector, Office, UnitRole, Leader, Crew}, own: []Role{Inspector, Office, UnitRole}, helps: true},
	MayDeclare:     {roles: []Role{Inspector, Office, UnitRole, Crew}, own: []Role{Inspector, Office, UnitRole}, helps: true},
	MaySeeCaller:   {roles: []Role{Office}},
	MaySeeStamp:    {roles: []Role{Inspector, Office, Leader}, own: []Role{Inspector, Office}},
	MaySeeReporter: {roles: []Role{Inspector, Office, Leader}, own: []Role{Inspector, Office, UnitRole}},
	MayExport:      {roles: []Role{Office, Leader}},
	MayAdminister:  {roles: []Role{Admin}},
	MaySeePeople:   {roles: []Role{Admin, Office, Auditor}},
	MaySeeLog:      {roles: []Role{Admin, Auditor}},
	MaySeeRecord:   {roles: []Role{Admin, Auditor}},
	MaySuspend:     {roles: []Role{Office}},
	MayIssueLinks:  {roles: []Role{UnitRole}},
	MaySeeDuties:   {roles: []Role{Admin, Office, Leader}},
	MaySeeSpots:    {roles: workers},
	MaySeePlates:   {roles: []Role{Admin, Office}},

	MayIssuePapers: {roles: []Role{Office}},
	MaySeePapers:   {roles: []Role{Office, UnitRole, Leader}},
	MaySignPapers:  {roles: []Role{Office, UnitRole}},

	MaySeeReports:   {roles: []Role{Office, Leader, UnitRole}},
	MaySeeWork:      {roles: []Role{Office, Leader}},
	MayDraftReports: {roles: []Role{Office}},
	MayIssueReports: {roles: []Role{Leader}},

	MayPlan:           {roles: []Role{Office}},
	MayReportProgress: {roles: []Role{UnitRole}},
	MaySeePlans:       {roles: []Role{Office, UnitRole, Leader}},

	MayDraw:     {roles: []Role{Office}},
	MaySeeDraws: {roles: []Role{Office, Leader}},

	MayKeepStandards: {roles: []Role{Office}},
	MaySeeStandards:  {roles: workers},
	MayVisit:         {roles: []Role{Inspector, Office}},
	MaySeeVisits:     {roles: []Role{Inspector, Office, UnitRole, Leader}},
	MayContest:       {roles: []Role{UnitRole}},
	MayDecideContest: {roles: []Role{Office}},
	MayKeepDuties:    {roles: []Role{Office}},
	MaySeeRounds:     {roles: []Role{Inspector, Office, UnitRole, Leader}},
	MayDoRounds:      {roles: []Role{Inspector, Office, UnitRole}},
	MayArchive:       {roles: []Role{Office}},
	MaySeeArchive:    {roles: []Role{Office, Leader}},

	MayKeepCampaigns:  {roles: []Role{Office}},
	MaySeeCampaigns:   {roles: []Role{Office, Leader}},
	MayPlanActivities: {roles: []Role{Office, UnitRole}},
	MayDoActivities:   {roles: []Role{Inspector, Office, UnitRole}},
	MaySeeActivities:  {roles: []Role{Inspector, Office, UnitRole, Leader}},

	MayExpose: {roles: []Role{Office, Leader}},

	MayImport: {roles: []Role{Office}},

	Permission(File):          {roles: []Role{Office}},
	Permission(Dismiss):       {roles: []Role{Office}, own: []Role{Inspector, UnitRole}, while: []Status{Reported}}, // who reported it takes it back
	Permission(Merge):         {roles: []Role{Office}},
	Permission(Unmerge):       {roles: []Role{Office}},
	Permission(Assign):        {roles: []Role{Office}},
	Permission(Return):        {roles: []Role{UnitRole}},
	Permission(Fix):           {roles: []Role{UnitRole, Crew}},
	Permission(Verify):        {roles: []Role{Inspector, Office}, own: []Role{Inspector}},
	Permission(Reopen):        {roles: []Role{Office}},
	Permission(Comment):       {roles: []Role{Inspector, Office, UnitRole, Leader}, own: []Role{Inspector, Office, UnitRole}, helps: true},
	Permission(WithdrawPhoto): {roles: []Role{Inspector, Office, UnitRole}, own: []Role{Inspector, Office, UnitRole}},
	Permission(OnTheSpotFix):  {roles: []Role{Inspector, Office}, own: []Role{Inspector}},
	Permission(Erase):         {roles: []Role{Office}},
	Permission(DecideFlag):    {roles: []Role{Office}},

	Permission(AskExtension):    {roles: []Role{UnitRole}},
	Permission(DecideExtension): {roles: []Role{Office}},
	Permission(AskHold):         {roles: []Role{UnitRole}},
	Permission(DecideHold):      {roles: []Role{Office}},
	Permission(Resume):          {roles: []Role{Office}},
	Permission(Supervise):       {roles: []Role{Office, Leader}},
	Permission(Reply):           {roles: []Role{UnitRole}},
	Permission(AskAppeal):       {roles: []Role{UnitRole}},
	Permission(DecideAppeal):    {roles: []Role{Office}},
	Permission(PassDown):        {roles: []Role{UnitRole}},
	Permission(AskFieldCheck):   {roles: []Role{Office}},
	Permission(FieldCheck):      {roles: []Role{Inspector}},
	Permission(GiveFeedback):    {roles: []Role{Office}},
	Permission(GivePart):        {roles: []Role{Office}},
	Permission(ReplyPart):       {roles: []Role{UnitRole}, helps: true},
	Permission(EndPart):         {roles: []Role{Office}},
	Permission(HandOver):        {roles: []Role{Office}},
	Permission(Correct):         {roles: []Role{Office}, own: []Role{Inspector, Office, UnitRole}, while: []Status{Reported}},
}

// Jurisdiction is the place of an issue in the trees: its area and unit, each with all above.
type Jurisdiction struct {
	Areas, Units []ID
	Assisting    []ID // the units that have a part in it, each with all above
	Issue        ID   // itself
}

// Covers says whether a scope reaches to a place in the trees.
func (s Scope) Covers(w Jurisdiction) bool {
	switch s.Kind {
	case City:
		return true
	case AreaSubtree:
		return slices.Contains(w.Areas, s.ID)
	case UnitSubtree:
		return slices.Contains(w.Units, s.ID)
	case OneIssue:
		return w.Issue == s.ID && !s.ID.IsZero()
	}
	return false
}

// MayAnywhere says whether the actor has a permission in some scope.
func (a *Actor) MayAnywhere(p Permission) bool { return a.HasRole(policy[p].roles...) }

// May says whether the actor has a permission over an issue that lies there.
func (a *Actor) May(p Permission, i *Issue, w Jurisdiction) bool {
	r := policy[p]
	if i.ReportedOrTakenOverBy(a.ID) && a.HasRole(r.own...) && (len(r.while) == 0 || slices.Contains(r.while, i.Status)) {
		return true
	}
	if r.helps {
		w.Units = slices.Concat(w.Units, w.Assisting)
	}
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return slices.Contains(r.roles, g.Role) && g.Scope.Covers(w) })
}

// MayThroughout says whether the actor has a permission over everything that lies in a place.
func (a *Actor) MayThroughout(p Permission, w Jurisdiction) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return slices.Contains(policy[p].roles, g.Role) && g.Scope.Covers(w) })
}

// Authorise says whether the actor may use a permission on an issue: nil, ErrIssueNotFound where even its existence is not
// theirs to know, or ErrForbidden. Whether the status allows it is for Issue.Check.
func (a *Actor) Authorise(p Permission, i *Issue, w Jurisdiction) error {
	switch {
	case !a.May(MaySee, i, w):
		return ErrIssueNotFound
	case !a.May(p, i, w):
		return ErrForbidden
	}
	return nil
}

// AllowedActions gives the actions that the actor may take on the issue as it stands.
func (a *Actor) AllowedActions(i *Issue, w Jurisdiction) []Action {
	next := []Action{}
	for _, action := range Actions {
		if i.Status.Allows(action) && a.May(Permission(action), i, w) {
			next = append(next, action)
		}
	}
	return next
}

// Permissions gives all that the actor holds anywhere, sorted.
func (a *Actor) Permissions() []string {
	all := []string{}
	for p := range policy {
		if a.MayAnywhere(p) {
			all = append(all, string(p))
		}
	}
	slices.Sort(all)
	return all
}

// apart are roles that check one another: who gives roles, who decides about issues, and who looks at what both did. One person holds one of
// them, unless the city says that one person does all; who has to give some up keeps the first.
var apart = []Role{Admin, Office, Auditor}

// Separated are the grants of somebody who gives up what conflicts with another one of theirs; the same ones where nothing does.
func Separated(grants []Grant) []Grant {
	kept := slices.IndexFunc(apart, func(r Role) bool { return slices.ContainsFunc(grants, func(g Grant) bool { return g.Role == r }) })
	return slices.DeleteFunc(slices.Clone(grants), func(g Grant) bool { return slices.Index(apart, g.Role) > kept })
}

// RolesApart are the roles of which one person holds one, unless the city says otherwise.
func RolesApart() []Role { return slices.Clone(apart) }

// Deciding says whether a role lets somebody decide what others did, or see who did it.
func (r Role) Deciding() bool { return slices.Contains(apart, r) || r == Leader }

// reach says which scopes a role may have.
var reach = map[Role][]ScopeKind{
	Inspector: ScopeKinds, Office: ScopeKinds, Leader: ScopeKinds,
	UnitRole: {UnitSubtree},
	Admin:    {City},
	Auditor:  {City},
}

// Valid says whether a role may have this scope.
func (g Grant) Valid() bool {
	return slices.Contains(reach[g.Role], g.Scope.Kind) && (g.Scope.Kind == City) == g.Scope.ID.IsZero()
}

// SeeingGrants are the grants by which the actor sees issues.
func (a *Actor) SeeingGrants() []Grant { return a.grantsFor(MaySee) }

// PaperGrants are the grants by which the actor sees papers.
func (a *Actor) PaperGrants() []Grant { return a.grantsFor(MaySeePapers) }

// VisitGrants are the grants by which the actor sees visits.
func (a *Actor) VisitGrants() []Grant { return a.grantsFor(MaySeeVisits) }

// RoundGrants are the grants by which the actor sees rounds.
func (a *Actor) RoundGrants() []Grant { return a.grantsFor(MaySeeRounds) }

// grantsFor are the grants by which the actor has a permission.
func (a *Actor) grantsFor(p Permission) (all []Grant) {
	for _, g := range a.Grants {
		if slices.Contains(policy[p].roles, g.Role) {
			all = append(all, g)
		}
	}
	return all
}

// UnitsOf are the units over which, with all below them, the actor has a permission; never nil.
func (a *Actor) UnitsOf(p Permission) []ID {
	units := []ID{}
	for _, g := range a.grantsFor(p) {
		if g.Scope.Kind == UnitSubtree {
			units = append(units, g.Scope.ID)
		}
	}
	return units
}

// MayThroughoutAll says whether the actor has a permission over everything that lies in one of these places.
func (a *Actor) MayThroughoutAll(p Permission, places ...Jurisdiction) bool {
	return slices.ContainsFunc(a.grantsFor(p), func(g Grant) bool {
		return len(places) > 0 && !slices.ContainsFunc(places, func(w Jurisdiction) bool { return !g.Scope.Covers(w) })
	})
}

// SeesOwnReports says whether the actor sees what they reported themselves, wherever it lies.
func (a *Actor) SeesOwnReports() bool { return a.HasRole(policy[MaySee].own...) }
