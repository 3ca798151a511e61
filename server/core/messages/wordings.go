package messages

import (
	"context"
	"fmt"
	"strings"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// MessageText are a message as a person reads it.
type MessageText struct {
	Title string
	Lines []string
}

// Text is all lines.
func (w *MessageText) Text() string { return strings.Join(w.Lines, "\n") }

// Wordings are titles by the type of what happened, with {number}, {category} and {due} to fill in. Each room brings those of what it tells.
type Wordings map[string]map[inspect.Language]string

// IssueWordings are the titles of all that people are told of issues; each type in tellings has one.
var IssueWordings = Wordings{
	remindHolidays: {inspect.Chinese: "请导入 {number} 年放假安排（标为正式）,此前该年期限只按周末和日期固定的节假日暂算",
		inspect.English: "Import the holidays of {number} as the official ones: until then deadlines know only its weekends and the holidays of a fixed date"},
	"issue.reported":            {inspect.Chinese: "新上报 {number} {category}", inspect.English: "Reported: {number} {category}"},
	"issue.assigned":            {inspect.Chinese: "派遣 {number} {category}，请于 {due} 前整改", inspect.English: "Assigned: {number} {category}, due {due}"},
	"issue.returned":            {inspect.Chinese: "回退 {number} {category}，待重新派遣", inspect.English: "Returned: {number} {category}, to be assigned again"},
	"issue.fixed":               {inspect.Chinese: "整改完成 {number} {category}，待核查", inspect.English: "Fixed: {number} {category}, to be verified"},
	"issue.fixed_on_the_spot":   {inspect.Chinese: "自行处置 {number} {category}，待核查", inspect.English: "Fixed on the spot: {number} {category}, to be verified"},
	"issue.verified":            {inspect.Chinese: "已结案 {number} {category}", inspect.English: "Verified: {number} {category}"},
	"issue.verification_failed": {inspect.Chinese: "返工 {number} {category}，请于 {due} 前整改", inspect.English: "Not passed: {number} {category}, due {due}"},
	"issue.false_fix":           {inspect.Chinese: "虚假整改 {number} {category}，请于 {due} 前整改", inspect.English: "False fix: {number} {category}, due {due}"},
	"issue.reopened":            {inspect.Chinese: "重开 {number} {category}，请于 {due} 前整改", inspect.English: "Reopened: {number} {category}, due {due}"},
	"issue.dismissed":           {inspect.Chinese: "作废 {number} {category}", inspect.English: "Dismissed: {number} {category}"},
	"issue.extension_asked":     {inspect.Chinese: "申请延期 {number} {category}", inspect.English: "More time is asked for: {number} {category}"},
	"issue.extension_granted":   {inspect.Chinese: "同意延期 {number} {category}，期限 {due}", inspect.English: "More time: {number} {category}, due {due}"},
	"issue.extension_refused":   {inspect.Chinese: "不同意延期 {number} {category}，期限 {due}", inspect.English: "No more time: {number} {category}, due {due}"},
	"issue.hold_asked":          {inspect.Chinese: "申请挂账 {number} {category}", inspect.English: "A hold is asked for: {number} {category}"},
	"issue.hold_granted":        {inspect.Chinese: "同意挂账 {number} {category}，期限 {due}", inspect.English: "On hold: {number} {category}, due {due}"},
	"issue.hold_refused":        {inspect.Chinese: "不同意挂账 {number} {category}", inspect.English: "No hold: {number} {category}"},
	"issue.resumed":             {inspect.Chinese: "恢复计时 {number} {category}，期限 {due}", inspect.English: "The clock goes on: {number} {category}, due {due}"},
	"issue.supervised":          {inspect.Chinese: "督办 {number} {category}，请限期回复", inspect.English: "Supervised: {number} {category}, reply wanted"},
	"issue.replied":             {inspect.Chinese: "督办已回复 {number} {category}", inspect.English: "Replied to a letter: {number} {category}"},
	"issue.appealed":            {inspect.Chinese: "申诉 {number} {category}，待裁定", inspect.English: "Appealed: {number} {category}"},
	"issue.appeal_decided":      {inspect.Chinese: "申诉已裁定 {number} {category}", inspect.English: "Appeal decided: {number} {category}"},
	"issue.passed":              {inspect.Chinese: "转派 {number} {category}，请于 {due} 前整改", inspect.English: "Passed on to you: {number} {category}, due {due}"},
	"issue.suspended":           {inspect.Chinese: "中止计时 {number} {category}，期限 {due}", inspect.English: "Suspended: {number} {category}, due {due}"},
	"issue.rescheduled":         {inspect.Chinese: "期限调整 {number} {category}，期限 {due}", inspect.English: "Deadline moved: {number} {category}, due {due}"},
	"issue.paper_cancelled":     {inspect.Chinese: "通知单已作废 {number} {category}", inspect.English: "A notice is void: {number} {category}"},
	"issue.paper_issued":        {inspect.Chinese: "已下发通知单 {number} {category}", inspect.English: "A notice was issued: {number} {category}"},
	inspect.AlertAssign:         {inspect.Chinese: "应派遣 {number} {category}", inspect.English: "To be assigned now: {number} {category}"},
	inspect.AlertSoon:           {inspect.Chinese: "即将到期 {number} {category}，期限 {due}", inspect.English: "Due soon: {number} {category}, due {due}"},
	inspect.AlertDue:            {inspect.Chinese: "已到期 {number} {category}，期限 {due}", inspect.English: "Overdue: {number} {category}, due {due}"},
	inspect.AlertLate:           {inspect.Chinese: "超期未整改 {number} {category}，期限 {due}", inspect.English: "Still overdue: {number} {category}, due {due}"},
	inspect.AlertLong:           {inspect.Chinese: "严重超期 {number} {category}，期限 {due}", inspect.English: "Long overdue: {number} {category}, due {due}"},
	inspect.AlertVerify:         {inspect.Chinese: "应核查 {number} {category}", inspect.English: "To be verified now: {number} {category}"},
	inspect.AlertDecision:       {inspect.Chinese: "申请待审批 {number} {category}", inspect.English: "A request waits for its decision: {number} {category}"},
	inspect.AlertReply:          {inspect.Chinese: "督办应回复 {number} {category}", inspect.English: "A letter wants its reply: {number} {category}"},
	inspect.AlertHold:           {inspect.Chinese: "挂账到期 {number} {category}，期限 {due}", inspect.English: "The hold ends: {number} {category}, due {due}"},
	"issue.part_given":          {inspect.Chinese: "协办 {number} {category}，请限期反馈", inspect.English: "You assist: {number} {category}, reply wanted"},
	"issue.part_replied":        {inspect.Chinese: "协办已反馈 {number} {category}", inspect.English: "An assisting unit replied: {number} {category}"},
	"issue.handed_over":         {inspect.Chinese: "移交给您 {number} {category}", inspect.English: "Handed over to you: {number} {category}"},
	"issue.corrected":           {inspect.Chinese: "更正 {number} {category}", inspect.English: "Put right: {number} {category}"},
	inspect.AlertPart:           {inspect.Chinese: "协办应反馈 {number} {category}", inspect.English: "An assisting unit should reply: {number} {category}"},
	AlertOnCall:                 {inspect.Chinese: "值班提醒 {number} {category}，请立即派遣", inspect.English: "On call: {number} {category}, assign it now"},
	inspect.AlertFeedback:       {inspect.Chinese: "应反馈 {number} {category}", inspect.English: "Its source wants to know: {number} {category}"},
	"issue.commented":           {inspect.Chinese: "备注提到了您 {number} {category}", inspect.English: "You are mentioned: {number} {category}"},
}

// labels stand before the lines of a message.
var labels = map[inspect.Language]struct{ number, category, place, unit, due, reason, note string }{
	inspect.Chinese: {"编号：", "类别：", "地点：", "责任单位：", "期限：", "理由：", "说明："},
	inspect.English: {"Number: ", "Category: ", "Place: ", "Unit: ", "Due: ", "Reason: ", "Note: "},
}

// dueForm is a deadline in the city's zone.
const dueForm = "2006-01-02 15:04"

// composer finds the words of messages for one person.
type composer struct {
	core     *Service
	actor    *inspect.Actor
	language inspect.Language
	names    issues.Names
	places   map[inspect.ID]string // of issues that the person may see
	sees     map[inspect.ID]bool
	said     map[inspect.ID]map[string]string // in the actions that messages tell of, of issues that the person may see
}

// composeAll gives messages with their words in the language of the person. The place is said only to who may see the issue now.
func (svc *Service) composeAll(ctx context.Context, tx *store.Tx, a *inspect.Actor, messages []store.Message) (all []InboxMessage, err error) {
	w, err := svc.newComposer(ctx, tx, a, messages, true)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		all = append(all, InboxMessage{m, w.compose(&m.Event)})
	}
	return all, nil
}

// newComposer looks up what the words of some messages need. In a group chat nobody knows who reads: exact places are left out.
func (svc *Service) newComposer(ctx context.Context, tx *store.Tx, a *inspect.Actor, messages []store.Message, exact bool) (*composer, error) {
	w := &composer{core: svc, actor: a, language: inspect.Chinese, places: map[inspect.ID]string{}, sees: map[inspect.ID]bool{}}
	choices, err := tx.MessagePreferences(ctx, []inspect.ID{a.ID})
	if err != nil {
		return nil, err
	}
	if l := choices[a.ID].Language; l != "" {
		w.language = l
	}
	var rows []store.IssueRow
	var actions []inspect.ID
	for n := range messages {
		h := &messages[n].Event
		rows = append(rows, store.IssueRow{Issue: inspect.Issue{Unit: h.Facts.Unit, Area: h.Facts.Area, Category: h.Facts.Category}})
		if !exact || h.Issue.IsZero() {
			continue
		}
		sees, err := w.place(ctx, tx, h.Issue)
		if err != nil {
			return nil, err
		}
		if sees {
			actions = issues.AppendID(actions, actionOf(h))
		}
	}
	if w.said, err = tx.TextsOf(ctx, actions, saidFields...); err != nil {
		return nil, err
	}
	w.names, err = issues.NamesOf(ctx, tx, rows, func(func(inspect.ID)) {})
	return w, err
}

// saidFields are the texts of an action that a message carries.
var saidFields = []string{"reason", "note"}

// actionOf is the action that a happening was; of what no person did it is an id of nothing.
func actionOf(h *store.NotificationEvent) (action inspect.ID) {
	_ = action.UnmarshalText([]byte(h.Ref[strings.LastIndexByte(h.Ref, '/')+1:])) // the occasion of an alert is no action
	return action
}

// place looks up where an issue is, where the person may see it.
func (w *composer) place(ctx context.Context, tx *store.Tx, id inspect.ID) (sees bool, err error) {
	if _, known := w.places[id]; known {
		return w.sees[id], nil
	}
	w.places[id] = ""
	switch _, err := issues.Visible(ctx, tx, w.actor, id, inspect.MaySee); {
	case goneOr(err, nil) != nil:
		return false, err
	case err != nil:
		return false, nil
	}
	texts, err := tx.Texts(ctx, id)
	w.places[id], w.sees[id] = texts["address"], true
	return true, err
}

// compose are a happening in the language of the person.
func (w *composer) compose(h *store.NotificationEvent) MessageText {
	f, l := &h.Facts, labels[w.language]
	category := w.names.Categories[f.Category].NameZH
	if w.language == inspect.English {
		category = w.names.Categories[f.Category].NameEN
	}
	due := ""
	if f.DueAt != 0 {
		due = w.clock(f.DueAt.UTC())
	}
	title := w.core.wordings[h.Type][w.language]
	if title == "" {
		title = h.Type + " {number}"
	}
	out := MessageText{Title: strings.NewReplacer("{number}", f.Number, "{category}", category, "{due}", due).Replace(title)}
	number := f.Number
	if h.Issue.IsZero() {
		number = "" // of what is no issue the title says all, and it has no number
	}
	for _, line := range []struct{ label, text string }{
		{l.number, number}, {l.category, category}, {l.place, w.where(h)}, {l.unit, w.names.Units[f.Unit]}, {l.due, due},
		{l.reason, w.said[actionOf(h)]["reason"]}, {l.note, w.said[actionOf(h)]["note"]},
	} {
		if line.text != "" {
			out.Lines = append(out.Lines, line.label+line.text)
		}
	}
	return out
}

func (w *composer) clock(t time.Time) string { return t.In(w.core.zone).Format(dueForm) }

// digestLines is how many messages a digest lists.
const digestLines = 100

// digests are the words around a list of messages.
var digests = map[inspect.Language]struct{ title, more string }{
	inspect.Chinese: {"巡查提醒：%d 条消息", "……另有 %d 条"},
	inspect.English: {"Inspection: %d messages", "… and %d more"},
}

// composeOne is one message, or a list of many, as title and text.
func (w *composer) composeOne(messages []store.Message) (title, text string) {
	if len(messages) == 1 {
		words := w.compose(&messages[0].Event)
		text = words.Text()
		return words.Title, text
	}
	var lines []string
	for n := range messages[:min(len(messages), digestLines)] {
		h := &messages[n].Event
		line := w.compose(h).Title
		if place := w.where(h); place != "" {
			line += " · " + place
		}
		lines = append(lines, line)
	}
	if rest := len(messages) - len(lines); rest > 0 {
		lines = append(lines, fmt.Sprintf(digests[w.language].more, rest))
	}
	return fmt.Sprintf(digests[w.language].title, len(messages)), strings.Join(lines, "\n")
}

// where is the place of an issue as exactly as the person may know it.
func (w *composer) where(h *store.NotificationEvent) string {
	if place := w.places[h.Issue]; place != "" {
		return place
	}
	return w.names.Areas[h.Facts.Area]
}
