package closure

// Indicator is a figure with what it is made of. Without a denominator there is no data: neither 0 nor 100 %.
type Indicator struct {
	Key         string
	ZH, EN      string
	Numerator   Count
	Denominator Count
	FormulaZH   string // the formula in words
	FormulaEN   string
}

// Version is that of the table of indicators. Reports that were issued under version 1 stay as they were.
const Version = 2

// Indicators are the rates of pkg/inspect/rules.md, "Figures", in the order of a report. Rates are printed with two digits after the point,
// halves away from zero.
var Indicators = []Indicator{
	{"acceptance", "立案率", "Acceptance", Filed, Received, "本期受理、截止时已立案 ÷ 本期受理",
		"received in the period and filed by the cut-off ÷ received in the period"},
	{"assignment", "派遣率", "Assignment", Assigned, Filed, "本期受理并立案、截止时已派遣 ÷ 本期受理并立案",
		"of those filed, assigned by the cut-off ÷ received in the period and filed"},
	{"disposal", "处置率", "Disposal", Disposed, Due, "截止时已整改且其后核查未判不合格、无虚假整改 ÷ 应处置",
		"fixed by the cut-off and not failed since, without a false fix ÷ due"},
	{"on_time_disposal", "按期处置率", "On-time disposal", OnTime, Due, "有效整改在期限（返工前的期限）之前 ÷ 应处置",
		"the fix that stands came by the deadline, that before rework ÷ due"},
	{"closure", "结案率", "Closure", Closed, DueToClose, "截止时已核查结案 ÷ 应结案", "verified by the cut-off ÷ due to close"},
	{"on_time_closure", "按期结案率", "On-time closure", ClosedOnTime, DueToClose, "已结案、整改在期限之前且无虚假整改 ÷ 应结案",
		"verified, its fix came by the deadline and none was staged ÷ due to close"},
	{"rework", "返工率", "Rework", Reworked, Due, "至少一次核查不合格 ÷ 应处置", "failed at least once ÷ due"},
	{"extension", "延期率", "Extension", Extended, Due, "至少一次获准延期 ÷ 应处置", "extended at least once ÷ due"},
	{"long_overdue", "严重超期率", "Long overdue", LongOverdue, Due, "截止时未整改且责任单位实际用时超过期限（含获准延期）两倍 ÷ 应处置",
		"not fixed at the cut-off and more than twice the limit, with what was granted, used by the unit's own clock ÷ due"},
	{"hold", "挂账率", "On hold", OnHold, Open, "截止时挂账 ÷ 截止时单位在手", "on hold at the cut-off ÷ all that units had open at the cut-off"},
	{"assigned_in_time", "按时派遣率", "Assigned in time", AssignOnTime, AssignDue, "按时派遣 ÷ 本期应派遣", "assigned in time ÷ to be assigned in the period"},
	{"verified_in_time", "按期核查率", "Verified in time", VerifyOnTime, VerifyDue, "按期核查 ÷ 本期应核查", "verified in time ÷ to be verified in the period"},
}

// Rate is a numerator and its denominator.
func (i *Indicator) Rate(c *Counts) (n, of int64) { return c[i.Numerator], c[i.Denominator] }
