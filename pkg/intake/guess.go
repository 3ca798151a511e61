package intake

import "spotcheck/pkg/table"

// usualNames are what other systems call their columns, the most usual first.
var usualNames = map[Field][]string{
	Number:           {"编号", "工单编号", "工单号", "案件编号", "案件号", "受理编号", "诉求编号", "事件编号", "流水号", "序号", "number", "id"},
	SourceReceivedAt: {"受理时间", "来电时间", "登记时间", "派单时间", "上报时间", "创建时间", "时间", "received"},
	Category:         {"类别", "问题类别", "诉求类别", "诉求类型", "事项类别", "事项分类", "问题类型", "工单类型", "分类", "类型", "category"},
	Severity:         {"紧急程度", "severity"},
	Note:             {"内容", "诉求内容", "工单内容", "问题描述", "诉求描述", "详细内容", "情况说明", "描述", "content", "description"},
	Address:          {"地址", "事发地址", "发生地址", "诉求地址", "问题地址", "问题地点", "事发地点", "地点", "位置", "address"},
	Site:             {"工地", "工地名称", "site"},
	Plate:            {"车牌", "车牌号", "plate"},
	Lat:              {"纬度", "lat", "latitude"},
	Lon:              {"经度", "lon", "lng", "longitude"},
	Area:             {"区域", "所属区域", "街道", "所属街道", "镇街", "area"},
	Unit:             {"责任单位", "承办单位", "主办单位", "处理单位", "unit"},
	CallerName:       {"来电人", "诉求人", "联系人", "姓名", "caller"},
	CallerPhone:      {"来电电话", "联系电话", "来电号码", "电话", "手机", "phone"},
	ReplyBy:          {"回复期限", "答复期限", "办结时限", "办理期限", "截止时间", "reply by"},
	Status:           {"状态", "办理状态", "status"},
	Findings:         {"报告", "调查情况"},
	Handling:         {"查处", "处理情况", "办理情况"},
	Feedback:         {"反馈", "反馈内容", "答复内容"},
	RepliedAt:        {"回复时间", "答复时间", "办结时间"},
}

// UsualNames are the names by which the heads of a table are looked for that nobody has mapped yet.
func UsualNames() (all [][]string) {
	for _, f := range Fields() {
		all = append(all, usualNames[f])
	}
	return all
}

// GuessColumns finds by their usual names which columns tell what. A place by coordinates takes both of them.
func GuessColumns(heads []string) map[Field]string {
	columns := map[Field]string{}
	taken := map[string]bool{}
	for _, f := range Fields() {
		for _, name := range usualNames[f] {
			at, _ := table.Find(heads, name)
			if at >= 0 && !taken[heads[at]] {
				columns[f], taken[heads[at]] = heads[at], true
				break
			}
		}
	}
	if columns[Lat] == "" || columns[Lon] == "" {
		delete(columns, Lat)
		delete(columns, Lon)
	}
	return columns
}

// Fits says whether a table has every column that a mapping reads.
func (m *Mapping) Fits(heads []string) bool {
	for _, f := range fields {
		name := m.Columns[f.name]
		if f.read == nil || name == "" {
			continue
		}
		if at, _ := table.Find(heads, name); at < 0 {
			return false
		}
	}
	return true
}

// Code is that of a category by a word of another system; none where nobody said what it means here.
func (m *Mapping) Code(word string, known Registers) (code string, ok bool) {
	r := reader{Mapping: m, known: known}
	o := WorkOrder{}
	if readCategory(&r, &o, word) != nil {
		return "", false
	}
	return o.Category, true
}
