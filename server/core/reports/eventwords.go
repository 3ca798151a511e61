package reports

// reasons are events as people read them; one that nobody knows is a change of the record.
func (b *renderer) reasons(types []string) (words []string) {
	for _, t := range types {
		text, ok := eventWords[t]
		if !ok {
			text = [2]string{"记录变更", "the record changed"}
		}
		words = append(words, b.say(text[0], text[1]))
	}
	return words
}

// eventWords name what can change a figure afterwards.
var eventWords = map[string][2]string{
	"issue.reported":            {"上报", "reported"},
	"issue.filed":               {"立案", "filed"},
	"issue.assigned":            {"派遣", "assigned"},
	"issue.returned":            {"回退", "returned"},
	"issue.fixed":               {"整改完成", "fixed"},
	"issue.fixed_on_the_spot":   {"自行处置", "fixed on the spot"},
	"issue.verified":            {"核查通过", "verified"},
	"issue.verification_failed": {"核查不合格", "failed"},
	"issue.false_fix":           {"虚假整改", "false fix"},
	"issue.reopened":            {"重开", "reopened"},
	"issue.dismissed":           {"作废", "dismissed"},
	"issue.dismissal_asked":     {"申请作废", "dismissal asked"},
	"issue.merged":              {"合并", "merged"},
	"issue.unmerged":            {"撤销合并", "merge undone"},
	"issue.merged_from":         {"并入他案", "another was merged into it"},
	"issue.unmerged_from":       {"撤销并入", "a merge was undone"},
	"issue.commented":           {"备注", "comment"},
	"issue.extension_asked":     {"申请延期", "more time asked"},
	"issue.extension_granted":   {"延期", "extended"},
	"issue.extension_refused":   {"不同意延期", "more time refused"},
	"issue.hold_asked":          {"申请挂账", "hold asked"},
	"issue.hold_granted":        {"挂账", "on hold"},
	"issue.hold_refused":        {"不同意挂账", "hold refused"},
	"issue.resumed":             {"恢复计时", "clock resumed"},
	"issue.supervised":          {"督办", "supervised"},
	"issue.replied":             {"督办回复", "replied"},
	"issue.appealed":            {"申诉", "appealed"},
	"issue.appeal_decided":      {"申诉裁定", "appeal decided"},
	"issue.unit_appealed_away":  {"申诉改派", "appealed away"},
	"issue.passed":              {"转派下级", "passed on"},
	"issue.look_asked":          {"请人核实", "look asked"},
	"issue.looked":              {"核实", "looked"},
	"issue.rescheduled":         {"节假日安排变更", "another calendar"},
	"issue.suspended":           {"中止计时", "suspended"},
	"issue.recurred":            {"再次发生", "came back"},
	"issue.photo_withdrawn":     {"撤回照片", "photo withdrawn"},
	"issue.flag_decided":        {"疑点处理", "doubt decided"},
	"issue.erasure_asked":       {"申请清除", "erasure asked"},
	"issue.erased":              {"已清除", "erased"},
	"issue.paper_cancelled":     {"通知单作废", "notice cancelled"},
	"issue.paper_issued":        {"发出通知单", "notice issued"},
	"issue.fed_back":            {"已反馈", "fed back"},
	"issue.part_given":          {"指定协办", "a part was given"},
	"issue.part_replied":        {"协办反馈", "a part was replied to"},
	"issue.part_ended":          {"撤回协办", "a part was taken back"},
	"issue.handed_over":         {"移交", "handed over"},
	"issue.corrected":           {"更正", "put right"},
}
