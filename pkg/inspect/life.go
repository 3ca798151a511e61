package inspect

import (
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/calendar"
)

// Action is something that a person does to an issue.
type Action string

// The actions.
const (
	File          Action = "file"            // 立案
	Dismiss       Action = "dismiss"         // 作废
	Merge         Action = "merge"           // 合并
	Unmerge       Action = "unmerge"         // 撤销合并
	Assign        Action = "assign"          // 派遣
	Return        Action = "return"          // 回退
	Fix           Action = "fix"             // 整改完成
	Verify        Action = "verify"          // 核查
	Reopen        Action = "reopen"          // 重开
	Comment       Action = "comment"         // 备注
	WithdrawPhoto Action = "withdraw_photo"  // 撤回未到的照片
	OnTheSpotFix  Action = "on_the_spot_fix" // 自行处置
	Erase         Action = "erase"           // 按决定清除
	DecideFlag    Action = "decide_flag"     // 疑点处理

	AskExtension    Action = "ask_extension"    // 申请延期
	DecideExtension Action = "decide_extension" // 延期审批
	AskHold         Action = "ask_hold"         // 申请挂账
	DecideHold      Action = "decide_hold"      // 挂账审批
	Resume          Action = "resume"           // 恢复计时: the reason of a hold is gone before its end
	Supervise       Action = "supervise"        // 督办
	Reply           Action = "reply"            // 督办回复
	AskAppeal       Action = "appeal"           // 申诉
	DecideAppeal    Action = "decide_appeal"    // 申诉裁定
	PassDown        Action = "pass"             // 转派下级
	AskFieldCheck   Action = "ask_look"         // 请人核实
	FieldCheck      Action = "look"             // 核实
	GiveFeedback    Action = "feedback"         // 反馈: who told the office is told what became of it
	GivePart        Action = "give_part"        // 协办: another unit gets a part
	ReplyPart       Action = "reply_part"       // 协办反馈
	EndPart         Action = "end_part"         // 撤回协办
	HandOver        Action = "hand_over"        // 移交: somebody else looks after it in the place of who reported it
	Correct         Action = "correct"          // 更正: what was wrong is put right
)

// Actions are all of them.
var Actions = []Action{File, Dismiss, Merge, Unmerge, Assign, Return, Fix, Verify, Reopen, Comment, WithdrawPhoto, OnTheSpotFix, Erase, DecideFlag,
	AskExtension, DecideExtension, AskHold, DecideHold, Resume, Supervise, Reply, AskAppeal, DecideAppeal, PassDown, AskFieldCheck, FieldCheck, GiveFeedback,
	GivePart, ReplyPart, EndPart, HandOver, Correct}

// Verdict is what a verification found.
type Verdict string

// The verdicts.
const (
	Pass     Verdict = "pass"
	Fail     Verdict = "fail"
	FalseFix Verdict = "false_fix" // 虚假整改: the fix was staged
)

// Verdicts are all of them.
var Verdicts = []Verdict{Pass, Fail, FalseFix}

// VerificationMethod is how a fix was verified.
type VerificationMethod string

// The methods.
const (
	OnSite  VerificationMethod = "on_site"
	ByPhoto VerificationMethod = "by_photo"
)

// VerificationMethods are all of them.
var VerificationMethods = []VerificationMethod{OnSite, ByPhoto}

// Need is a field of an action.
type Need string

// The fields that an action may carry, by their names in the API.
const (
	NeedReason  Need = "reason"
	NeedUnit    Need = "unit"
	NeedDue     Need = "due_at"
	NeedInto    Need = "into"
	NeedPhotos  Need = "photos"
	NeedPhoto   Need = "photo"
	NeedVerdict Need = "verdict"
	NeedHow     Need = "how"
	NeedNote    Need = "note"
	NeedArea    Need = "area"
	NeedPlace   Need = "place"
	NeedFlag    Need = "flag"
	NeedDecide  Need = "decision"
	NeedRule    Need = "rule"
	NeedUntil   Need = "until"
	NeedAnswer  Need = "answer"
	NeedLetter  Need = "letter"
	NeedKind    Need = "letter_kind"
	NeedAbout   Need = "about"
	NeedFound   Need = "found"
	NeedFinding Need = "finding"
	NeedMention Need = "mentions"

	NeedPart Need = "part"
	NeedTo   Need = "to"

	NeedCategory Need = "category"
	NeedSeverity Need = "severity"
	NeedSpot     Need = "place_id"
	NeedAddress  Need = "address"
	NeedPlate    Need = "plate"
	NeedClear    Need = "clear"
	NeedDeadline Need = "deadline"

	NeedQuantities Need = "quantities" // 工作量
	NeedFindings   Need = "findings"   // 报告: what was found on looking
	NeedHandling   Need = "handling"   // 查处: what was done
)

// step is a row of the life of an issue.
type step struct {
	from    []Status
	needs   []Need // must be there
	takes   []Need // may be there
	onPhone bool   // done in the field: the time done may be credited
}

var (
	anywhere = Statuses
	open     = []Status{Reported, Assigned, Fixed}
	alive    = []Status{Reported, Assigned, Fixed, Verified}
)

// life is rules.md, "Life of an issue", as a table: from which states, and what is needed. Where each leads stands in Issue.Apply.
var life = map[Action]step{
	File:          {from: []Status{Reported}, takes: []Need{NeedNote, NeedArea}},
	Dismiss:       {from: open, needs: []Need{NeedReason}},
	Merge:         {from: open, needs: []Need{NeedInto}, takes: []Need{NeedReason}},
	Unmerge:       {from: []Status{Merged}, needs: []Need{NeedReason}},
	Assign:        {from: []Status{Reported}, needs: []Need{NeedUnit}, takes: []Need{NeedDue, NeedRule, NeedNote, NeedArea}},
	Return:        {from: []Status{Assigned}, needs: []Need{NeedReason}, takes: []Need{NeedPhotos}, onPhone: true},
	Fix:           {from: []Status{Assigned}, needs: []Need{NeedPhotos}, takes: []Need{NeedNote, NeedPlace, NeedQuantities}, onPhone: true},
	Verify:        {from: []Status{Fixed}, needs: []Need{NeedVerdict, NeedHow}, takes: []Need{NeedPhotos, NeedReason, NeedNote, NeedPlace}, onPhone: true},
	Reopen:        {from: []Status{Verified}, needs: []Need{NeedReason}, takes: []Need{NeedPhotos}},
	Comment:       {from: anywhere, needs: []Need{NeedNote}, takes: []Need{NeedPhotos, NeedPlace, NeedMention}},
	WithdrawPhoto: {from: anywhere, needs: []Need{NeedPhoto, NeedReason}},
	OnTheSpotFix:  {from: []Status{Reported}, needs: []Need{NeedPhotos}, takes: []Need{NeedNote, NeedPlace, NeedQuantities}, onPhone: true},
	Erase:         {from: anywhere, needs: []Need{NeedReason}, takes: []Need{NeedPhoto}},
	DecideFlag:    {from: anywhere, needs: []Need{NeedFlag, NeedDecide, NeedReason}},

	AskExtension:    {from: []Status{Assigned}, needs: []Need{NeedReason, NeedUntil}, takes: []Need{NeedPhotos}, onPhone: true},
	DecideExtension: {from: []Status{Assigned, Fixed}, needs: []Need{NeedAnswer, NeedReason}, takes: []Need{NeedUntil}},
	AskHold:         {from: []Status{Assigned}, needs: []Need{NeedReason, NeedUntil}, takes: []Need{NeedPhotos}, onPhone: true},
	DecideHold:      {from: []Status{Assigned}, needs: []Need{NeedAnswer, NeedReason}, takes: []Need{NeedUntil}},
	Resume:          {from: []Status{Assigned}, needs: []Need{NeedReason}},
	Supervise:       {from: []Status{Assigned, Fixed}, needs: []Need{NeedKind, NeedReason, NeedUntil}},
	Reply:           {from: []Status{Assigned, Fixed, Verified}, needs: []Need{NeedLetter, NeedNote}, takes: []Need{NeedPhotos}},
	AskAppeal:       {from: []Status{Assigned, Fixed, Verified}, needs: []Need{NeedAbout, NeedReason}, takes: []Need{NeedPhotos}},
	DecideAppeal:    {from: []Status{Assigned, Fixed, Verified}, needs: []Need{NeedAbout, NeedAnswer, NeedReason}, takes: []Need{NeedFinding, NeedDue}},
	PassDown:        {from: []Status{Assigned}, needs: []Need{NeedUnit}, takes: []Need{NeedNote}},
	AskFieldCheck:   {from: []Status{Reported}, takes: []Need{NeedNote}},
	FieldCheck:      {from: []Status{Reported}, needs: []Need{NeedFound, NeedPhotos}, takes: []Need{NeedNote, NeedPlace}, onPhone: true},
	GiveFeedback:    {from: anywhere, needs: []Need{NeedNote}, takes: []Need{NeedFindings, NeedHandling}},
	GivePart:        {from: []Status{Assigned}, needs: []Need{NeedUnit, NeedUntil, NeedNote}},
	ReplyPart:       {from: []Status{Assigned, Fixed}, needs: []Need{NeedPart, NeedNote}, takes: []Need{NeedPhotos}, onPhone: true},
	EndPart:         {from: []Status{Assigned, Fixed}, needs: []Need{NeedPart, NeedReason}},
	HandOver:        {from: open, needs: []Need{NeedTo}, takes: []Need{NeedNote}},
	Correct: {from: alive, needs: []Need{NeedReason},
		takes: []Need{NeedCategory, NeedSeverity, NeedArea, NeedSpot, NeedPlace, NeedAddress, NeedPlate, NeedClear, NeedDeadline}},
}

// Needs gives the fields that an action must carry and those that it may carry besides. A verification that does not
// pass has to say why and to show it; other actions have no verdict.
func (a Action) Needs(v Verdict) (must, may []Need) {
	s := life[a]
	if a == Verify && v != "" && v != Pass {
		return append(slices.Clone(s.needs), NeedReason, NeedPhotos), s.takes
	}
	return s.needs, s.takes
}

// From gives the states in which an action is possible.
func (a Action) From() []Status { return life[a].from }

// Allows says whether the life of an issue has this action in this status.
func (s Status) Allows(a Action) bool { return slices.Contains(life[a].from, s) }

// Transition is an action as somebody asks for it, with all that it needs to know already looked up.
type Transition struct {
	Action     Action
	ID         ID
	By         ID
	Link       ID   // through which it is done, on the word of By
	DoneAt     Time // by the phone's clock
	SentAt     Time // by the phone's clock
	ReceivedAt Time
	LateWindow time.Duration // setting in force: how late a time done is still credited

	Unit             ID
	DueAt            Time
	Area             ID
	Into             *Issue // the issue to merge into, or that was merged into
	OtherMergedDueAt Time   // the earliest deadline of what else was merged into it since it was assigned, if any
	Photos           []Photo
	Photo            *Photo
	Verdict          Verdict
	Method           VerificationMethod
	Place            *Place
	Flag             *Flag
	Decided          Decision

	Rule     Rule   // under which it is assigned, without an id when the catalogue alone says
	Until    Time   // that is asked for or granted
	Answer   Answer // to what was asked
	Calendar *calendar.Calendar

	DayCounting calendar.Counting // of the city, where the rule does not choose

	LetterKind       LetterKind
	Letter           ID // that is replied to
	AppealSubject    AppealSubject
	Finding          Finding // of an appeal about a false fix that is upheld
	FieldCheckResult FieldCheckResult
	SubordinateUnits []ID // the units below the one that has the issue
	Mentions         []ID // people whom a comment names
	Part             ID   // that is replied to, or taken back
	To               ID   // who takes over
	Correction       *Correction

	Seed       string // drawn for this move
	VisitShare int    // of fixes that may be verified by photo and are visited all the same, in %

	Category      *Category
	AskedBy       ID   // who asked for the same erasure before
	ActorUnits    []ID // units by which the actor has a role, or had one when the issue was fixed
	FixerUnitLine []ID // the fixing unit with all above and below it
}

// skewBound is how far off a phone's clock is not worth a flag; a later receipt is a late arrival.
const skewBound = 2 * time.Minute

// Skew is how far the phone's clock is behind the server's.
func Skew(sent, received Time) time.Duration { return received.Sub(sent) }

// SkewTooLarge says whether a clock is so far off that people should know.
func SkewTooLarge(skew time.Duration) bool { return skew.Abs() > skewBound }

// answers is the moment before which an action cannot count: the last step of the issue, of what it is merged into with the moment when
// that got its deadline, which an extension moves without a step, and when the part was given that it replies to.
func (m *Transition) answers(i *Issue) Time {
	if m.Action == Merge && m.Into != nil {
		return max(i.ChangedAt, m.Into.ChangedAt, m.Into.ClockAt)
	}
	if p := i.Part(m.Part); p != nil {
		return max(i.ChangedAt, p.At)
	}
	return i.ChangedAt
}

// CreditedTime is the time at which an action counts, and how it came about (rules.md, "Three times of an action").
type CreditedTime struct {
	At      Time
	Late    bool // 补传: credited though it came later
	Refused bool // the time done could not be credited, receipt counts
}

// credit gives the time done, corrected by the skew, if it is not before what it answers nor after receipt, and receipt
// followed within the window; otherwise receipt. What comes within the bound of skew is neither marked late nor refused.
// Nothing is credited before what it answers, whatever the clocks of several servers say.
func (m *Transition) credit(after Time) CreditedTime {
	receipt := max(m.ReceivedAt, after)
	done := m.DoneAt.Add(Skew(m.SentAt, m.ReceivedAt))
	late := m.ReceivedAt.Sub(done)
	prompt := late.Abs() <= skewBound
	switch {
	case !life[m.Action].onPhone:
		return CreditedTime{At: receipt}
	case late < 0, done < after, late > m.LateWindow:
		return CreditedTime{At: receipt, Refused: !prompt}
	}
	return CreditedTime{At: done, Late: !prompt}
}

// Check says whether the issue allows a move, and the event that it would make. Who may ask is Decide's business, but
// for the rules that depend on who did what before.
func (i *Issue) Check(m *Transition) (*Event, error) {
	if !i.Status.Allows(m.Action) {
		return nil, ErrWrongStatus.With("An issue that is %s cannot be %s.", i.Status, strings.ReplaceAll(past[m.Action], "_", " "))
	}
	c := m.credit(m.answers(i))
	window := int64(m.LateWindow / time.Minute)
	e := &Event{
		Type: "issue." + past[m.Action], Action: m.Action, ActionID: m.ID, By: m.By, Link: m.Link, At: m.ReceivedAt, DoneAt: m.DoneAt,
		SentAt: m.SentAt, CreditedAt: c.At, Late: c.Late, Uncredited: c.Refused, LateWindowMinutes: &window,
		Unit: m.Unit, Area: m.Area, Verdict: m.Verdict, Method: m.Method, Place: m.Place, Before: i.Status, Mentions: m.Mentions,
	}
	for _, p := range m.Photos {
		e.Photos = append(e.Photos, p.ID)
	}
	if rule := rules[m.Action]; rule != nil {
		if err := rule(i, m, e); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// past names what was done, for events and sentences.
var past = map[Action]string{
	File: "filed", Dismiss: "dismissed", Merge: "merged", Unmerge: "unmerged", Assign: "assigned", Return: "returned",
	Fix: "fixed", Verify: "verified", Reopen: "reopened", Comment: "commented", WithdrawPhoto: "photo_withdrawn",
	OnTheSpotFix: "fixed_on_the_spot", Erase: "erased", DecideFlag: "flag_decided",
	AskExtension: "extension_asked", DecideExtension: "extension_granted", AskHold: "hold_asked", DecideHold: "hold_granted", Resume: "resumed",
	Supervise: "supervised", Reply: "replied", AskAppeal: "appealed", DecideAppeal: "appeal_decided", PassDown: "passed", AskFieldCheck: "look_asked",
	FieldCheck: "looked", GiveFeedback: "fed_back",
	GivePart: "part_given", ReplyPart: "part_replied", EndPart: "part_ended", HandOver: "handed_over", Correct: "corrected",
}
