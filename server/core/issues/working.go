package issues

import (
	"fmt"
	"strings"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// WorkingStep is a line of the working of a deadline, in both languages.
type WorkingStep struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// UnitWords are the units of limits as people say them.
var UnitWords = map[inspect.LimitUnit][2]string{
	calendar.Minute: {"分钟", "minutes"}, calendar.UrgentHour: {"紧急工作时", "hours, day and night"}, calendar.WorkingHour: {"工作时", "working hours"},
	calendar.WorkingDay: {"工作日", "working days"}, calendar.CalendarDay: {"自然日", "calendar days"},
}

var weekdays = [...]string{"日", "一", "二", "三", "四", "五", "六"}

// working is the working of one deadline, as it is written.
type working struct {
	cal   *calendar.Calendar
	v     *View
	limit calendar.Limit
	steps []WorkingStep
}

// workingOf is how a deadline came about, step by step, with the law or the rule of each.
func workingOf(cal *calendar.Calendar, v *View) []WorkingStep {
	w := &working{cal: cal, v: v, limit: v.Clock.CalendarLimit()}
	for _, part := range []func(){w.source, w.counting, w.start, w.days, w.pauses, w.decided, w.end, w.result} {
		part()
	}
	return w.steps
}

func (w *working) add(zh, en string, args ...any) {
	w.steps = append(w.steps, WorkingStep{fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)})
}

// addBoth adds a line whose languages are filled differently.
func (w *working) addBoth(zh, en string) { w.steps = append(w.steps, WorkingStep{zh, en}) }

// Moment writes a moment as people of the city read it, in both languages.
func Moment(t time.Time, zone *time.Location) (zh, en string) {
	local := t.In(zone)
	return local.Format("2006年1月2日") + "（星期" + weekdays[local.Weekday()] + "）" + local.Format("15:04"), local.Format("Monday 2 January 2006 15:04")
}

// endOf writes the end of a limit; midnight is that of the day which it ends.
func (w *working) endOf(t time.Time) (zh, en string) {
	if local := t.In(w.cal.Zone()); local.Hour() == 0 && local.Minute() == 0 {
		zh, en = Moment(t.Add(-1), w.cal.Zone())
		return strings.TrimSuffix(zh, "23:59") + "24:00", strings.TrimSuffix(en, "23:59") + "24:00"
	}
	return Moment(t, w.cal.Zone())
}

func (w *working) source() {
	words := UnitWords[w.limit.Unit]
	zh, en := w.limit.Amount()+" "+words[0], w.limit.Amount()+" "+words[1]
	switch r := &w.v.Deadline.Rule; {
	case w.v.Clock.SetManually:
		w.addBoth("期限由双创办指定", "The office set the deadline")
	case !r.ID.IsZero():
		w.addBoth(fmt.Sprintf("期限 %s：期限规则第 %d 号（第 %d 版）", zh, r.Number, r.Version), fmt.Sprintf("Limit: %s, by rule %d (version %d)", en, r.Number, r.Version))
	case w.v.Category != "":
		w.addBoth(fmt.Sprintf("期限 %s：问题类别 %s 的期限", zh, w.v.Category), fmt.Sprintf("Limit: %s, that of the category %s", en, w.v.Category))
	default:
		w.addBoth("期限 "+zh, "Limit: "+en)
	}
}

// counting says how the unit of the limit is counted, and by what.
func (w *working) counting() {
	hours := w.cal.WorkingDay().Hours()
	switch {
	case w.v.Clock.SetManually:
	case w.limit.CivilDays():
		w.add("按日计算：《民法典》第二百零一条、第二百零三条", "Counted in days: Civil Code, articles 201 and 203")
	case w.limit.Unit == calendar.WorkingDay:
		w.add("按实际经过的时间计算，计到分钟：1 工作日 = %v 工作时（本市计算方式）", "Counted as time that passes, to the minute: a working day is %v working hours (the way of this city)", hours)
	case w.limit.Unit == calendar.CalendarDay:
		w.add("按实际经过的时间计算，计到分钟：1 自然日 = 24 小时（本市计算方式）", "Counted as time that passes, to the minute: a calendar day is 24 hours (the way of this city)")
	case w.limit.Unit == calendar.WorkingHour:
		w.add("只计工作时间，计到分钟", "Only working time counts, to the minute")
	default:
		w.add("昼夜连续计算，节假日不停，计到分钟", "Runs day and night, on holidays too, to the minute")
	}
}

func (w *working) start() {
	zh, en := Moment(w.v.AssignedAt.UTC(), w.cal.Zone())
	w.addBoth("派遣："+zh, "Assigned: "+en)
	if w.limit.CivilDays() {
		first := w.cal.CountedFrom(w.v.AssignedAt.UTC(), w.limit).In(w.cal.Zone())
		w.addBoth("派遣当日不计入，自"+first.Format("1月2日")+"起算（《民法典》第二百零一条）", "The first day is not counted: counted from "+first.Format("2 January")+" on (Civil Code, article 201)")
	}
}

// days are those that are not what their weekday says.
func (w *working) days() {
	for _, e := range w.v.Deadline.Skipped {
		weekday := e.Day.Date().Weekday()
		free := weekday == time.Saturday || weekday == time.Sunday
		if free != e.Working { // it is what its weekday says
			continue
		}
		zh, en := "放假，不计", "a holiday, left out"
		if e.Working {
			zh, en = "调休上班，计入", "a swapped working day, counted"
		}
		w.addBoth(fmt.Sprintf("%s %s：%s", e.Day, e.Name, zh), fmt.Sprintf("%s %s: %s", e.Day, e.Name, en))
	}
}

func (w *working) pauses() {
	for _, p := range w.v.Pauses {
		zh, en := "挂账", "on hold"
		switch {
		case p.Merged:
			zh, en = "已并入其他案卷", "merged into another issue"
		case !p.Suspension.IsZero():
			zh, en = "中止", "suspended"
		}
		fromZH, fromEN := Moment(p.From.UTC(), w.cal.Zone())
		toZH, toEN := Moment(p.To.UTC(), w.cal.Zone())
		w.addBoth(fmt.Sprintf("%s 至 %s 停止计时：%s", fromZH, toZH, zh), fmt.Sprintf("From %s to %s the clock stood still: %s", fromEN, toEN, en))
	}
}

// decided is a deadline that does not come from the limit alone.
func (w *working) decided() {
	if w.v.Clock.FromExtension {
		zh, en := Moment(w.v.OwnDueAt.UTC(), w.cal.Zone())
		w.addBoth("经审批（延期、申诉裁定）定为 "+zh, "Set to "+en+" by a decision (an extension, or an appeal)")
	}
	if w.v.DueAt < w.v.OwnDueAt {
		w.add("并入的同单位案卷期限较早，从其期限", "An issue of the same unit that was merged into this one was due earlier: its deadline holds")
	}
}

// end says by the civil code where the last day ends.
func (w *working) end() {
	if !w.limit.CivilDays() || w.v.Clock.FromExtension {
		return
	}
	raw := w.cal.Add(w.v.Clock.From.UTC(), w.v.Clock.Remaining(), w.limit.Unit)
	zh, en := w.endOf(raw)
	switch {
	case !raw.Equal(w.v.OwnDueAt.UTC()):
		w.addBoth("期限的最后一日（至 "+zh+"）是休息日，以其次一个工作日为最后一日（《民法典》第二百零三条）",
			"The last day (to "+en+") is a day of rest: the next working day is the last (Civil Code, article 203)")
	case w.limit.Unit == calendar.WorkingDay:
		w.add("最后一日的截止时间为停止业务活动的时间（《民法典》第二百零三条）；半日计至当日工作时间过半",
			"The last day ends at the close of business (Civil Code, article 203), half a day when half of its working time is over")
	default:
		w.add("最后一日的截止时间为二十四时（《民法典》第二百零三条）", "The last day ends at 24:00 (Civil Code, article 203)")
	}
}

func (w *working) result() {
	zh, en := w.endOf(w.v.DueAt.UTC())
	if w.v.Deadline.Provisional {
		w.add("期限所在年度的放假安排未公布，只计周末和法定日期固定的节假日，暂定", "The holidays of a year that it reaches into are not published: only weekends and holidays of a fixed date count; provisional")
	}
	w.addBoth("期限 = "+zh, "Due = "+en)
}
