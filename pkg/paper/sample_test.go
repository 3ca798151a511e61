package paper_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/pkg/photo/phototest"
)

// scenes are pictures of print size.
func scenes(n int) paper.Pictures {
	all := paper.Pictures{}
	for k := range n {
		all[fmt.Sprint("p", k)] = phototest.JPEG(phototest.Scene(800, 600, uint64(k)), 82, nil)
	}
	return all
}

// shots are the pictures of tests, made once.
var shots = sync.OnceValue(func() paper.Pictures { return scenes(4) })

// peers are the groups of a sample report.
var peers = []struct {
	name  string
	units []string
}{
	{"区政府", []string{"秀英区人民政府", "龙华区人民政府", "琼山区人民政府", "美兰区人民政府"}},
	{"市直部门", []string{"市城市管理局", "市住房和城乡建设局", "市交通运输和港航管理局", "市市场监督管理局", "市水务局", "市园林管理局", "市公安局交警支队", "市商务局"}},
	{"街道（镇）", []string{"滨海街道办事处", "金贸街道办事处", "大同街道办事处", "海垦街道办事处", "城西镇人民政府", "府城街道办事处", "国兴街道办事处", "凤翔街道办事处", "白龙街道办事处",
		"和平南街道办事处", "海府街道办事处", "蓝天街道办事处", "博爱街道办事处", "海甸街道办事处", "人民路街道办事处", "新埠街道办事处", "秀英街道办事处", "海秀街道办事处"}},
	{"环卫企业", []string{"龙华京环城市环境服务有限公司", "北控环卫服务（海口秀英）有限公司", "美兰玉禾田环境发展有限公司", "琼山北京环境卫生服务有限公司", "桑德环境资源保洁分公司",
		"市环境卫生管理局直属机扫大队（含国兴大道、滨海大道夜间机械化作业班组）", "市粪污收运队", "市建筑垃圾运输管理所", "海口港区保洁联合体", "江东新区环境运营有限公司"}},
}

var zh = paper.Formatter{Language: inspect.Chinese, Zone: time.FixedZone("CST", 8*3600)}

var unitColumns = []paper.Column{{Head: "责任单位"}, {Head: "受理", Kind: paper.Count}, {GroupHead: "应处置", Head: "合计", Kind: paper.Count},
	{GroupHead: "应处置", Head: "新到期", Kind: paper.Count},
	{GroupHead: "应处置", Head: "结转", Kind: paper.Count}, {GroupHead: "处置", Head: "件数", Kind: paper.Count},
	{GroupHead: "处置", Head: "处置率", Kind: paper.Rate}, {GroupHead: "按期处置", Head: "件数", Kind: paper.Count},
	{GroupHead: "按期处置", Head: "按期率", Kind: paper.Rate}, {Head: "待核查", Kind: paper.Count}, {GroupHead: "结案", Head: "件数", Kind: paper.Count},
	{GroupHead: "结案", Head: "结案率", Kind: paper.Rate},
	{Head: "返工率", Kind: paper.Rate}, {Head: "延期率", Kind: paper.Rate}, {Head: "严重超期率", Kind: paper.Rate}, {Head: "整改时长中位数（小时）", Kind: paper.Hours}, {Head: "得分", Kind: paper.Number},
	{Head: "处置率较上周（百分点）", Kind: paper.Points}, {Head: "名次"}}

func unitRow(rng *rand.Rand, name string, rank int) paper.Row {
	due := 12 + rng.Int64N(220)
	carried := due / (5 + rng.Int64N(9))
	fixed := due - rng.Int64N(due/4+1)
	onTime := fixed - rng.Int64N(fixed/5+1)
	closed := fixed - rng.Int64N(fixed/8+1)
	cells := []paper.Value{zh.Text(name), zh.Count(due + rng.Int64N(20)), zh.Count(due), zh.Count(due - carried), zh.Count(carried), zh.Count(fixed),
		zh.Rate(fixed, due), zh.Count(onTime),
		zh.Rate(onTime, due), zh.Count(fixed - closed), zh.Count(closed), zh.Rate(closed, due), zh.Rate(rng.Int64N(3), due),
		zh.Rate(rng.Int64N(4), due), zh.Rate(rng.Int64N(2), due),
		zh.Hours(time.Duration(rng.Int64N(3000)) * time.Minute), zh.Decimal(100 * float64(fixed) / float64(due)), zh.Points(fixed, due, fixed-2, due+3), zh.Text(fmt.Sprint(rank))}
	return paper.Row{Cells: cells}
}

// unitTable is a table of so many units by their peer groups.
func unitTable(units int) *paper.Table {
	rng := rand.New(rand.NewPCG(7, 7))
	t := &paper.Table{Name: "单位", Caption: "表2 各责任单位整改情况（按同类组排名）", Columns: slices.Clone(unitColumns), Landscape: true,
		Notes: []string{"注：应处置＝期限在本期内的新到期案件与期初未处置的结转案件之和；结转案件在未办结前每期重复计入，各周之和不等于全月。“件数不足”指应处置件数低于10件，不参与排名。"}}
	for n := 0; n < units; {
		for _, g := range peers {
			t.Rows = append(t.Rows, paper.Row{Group: g.name})
			for k, name := range g.units {
				if n++; n > units {
					break
				}
				if n > 40 {
					name = fmt.Sprintf("%s第%d片区", name, n)
				}
				row := unitRow(rng, name, k+1)
				if k == len(g.units)-1 {
					row.Cells[6], row.Cells[8], row.Cells[18] = zh.NoData(), zh.NoData(), zh.Text("件数不足")
				}
				t.Rows = append(t.Rows, row)
			}
		}
	}
	total := unitRow(rng, "全市合计", 0)
	total.Cells[18], total.Total = zh.Dash(), true
	t.Rows = append(t.Rows, total)
	return t
}

// weekly is a report of a week of 40 units as they are.
func weekly(units, photos int) *paper.Document {
	d := &paper.Document{Language: inspect.Chinese, Office: "海口市双创工作指挥部办公室", Title: "海口市双创工作周报", Number: "第47期", Subtitle: "2026年第47周（2026-11-16 至 2026-11-22） 全市",
		Date: "2026年11月23日", Facts: []paper.Fact{{Name: "统计截止", Text: "2026-11-23 00:00（第 184,202 号事件）"}, {Name: "算法版本", Text: "v1（处置 40、按期 30、超期 10、返工 10、延期 10，最少应处置 10 件）"},
			{Name: "存证检查点", Text: "2026-11-22  3f9ac2d1e87b44a0…  共 52,434 条"}}}
	say := func(p ...paper.Part) { d.Parts = append(d.Parts, p...) }
	head := func(text string) paper.Part { return paper.Part{Heading: &paper.Heading{Level: 1, Text: text}} }
	sub := func(text string) paper.Part { return paper.Part{Heading: &paper.Heading{Level: 2, Text: text}} }
	say(head("一、领导专页"), paper.Part{Key: []paper.KeyFigure{
		{Name: "本周受理", Value: zh.Count(1298), Detail: "立案 1290 件", Change: []paper.Value{zh.Change(1298, 1201)}},
		{Name: "处置率", Value: zh.Rate(911, 972), Detail: "911 / 972", Change: []paper.Value{zh.Points(911, 972, 880, 960)}},
		{Name: "按期处置率", Value: zh.Rate(737, 972), Detail: "737 / 972", Change: []paper.Value{zh.Points(737, 972, 760, 960)}},
		{Name: "结案率", Value: zh.Rate(820, 972), Detail: "820 / 972", Change: []paper.Value{zh.Points(820, 972, 800, 960)}},
		{Name: "整改时长中位数", Value: zh.Hours(26*time.Hour + 30*time.Minute), Change: []paper.Value{zh.Dash()}}}},
		sub("变好的方面"), paper.Part{List: []string{"全市处置率为 93.72 %（911/972），较上周上升 2.05 个百分点，连续三周上升。", "带泥上路（08012）受理 41 件，较上周下降 22.6 %。", "龙华区人民政府按期处置率由末位升至同类组第 2 名。"}},
		sub("变差的方面"), paper.Part{List: []string{"按期处置率为 75.82 %（737/972），较上周下降 3.35 个百分点，主要集中在市市场监督管理局、和平南街道办事处，其中占道经营类案件超期 38 件，占全部超期案件的 41.30 %。",
			"乱倒垃圾、积存垃圾渣土两类重复发生，共 12 处点位在 30 日内发生 3 次以上。"}},
		sub("需要决策的事项"), paper.Part{List: []string{"龙昆南路（红城湖路口至椰海大道段）施工围挡 3 处超期 15 个工作日未整改，涉及市住房和城乡建设局与琼山区人民政府，建议明确主办单位。", "挂账案件 7 件将于 12 月底到期，其中 4 件需安排专项经费。"}},
		head("二、总体情况"), paper.Part{Paragraph: "本周全市共受理案件 1298 件，立案 1290 件，立案率 99.38 %；应处置 972 件（新到期 871 件、结转 101 件），已处置 911 件，处置率 93.72 %；按期处置 737 件，按期处置率 75.82 %；结案 820 件，结案率 84.36 %。"})
	overall := &paper.Table{Name: "总体", Caption: "表1 主要指标", Columns: []paper.Column{{Head: "指标"}, {Head: "本周", Kind: paper.Rate},
		{Head: "分子", Kind: paper.Count}, {Head: "分母", Kind: paper.Count}, {Head: "环比", Kind: paper.Points}, {Head: "同比", Kind: paper.Points}}}
	for _, r := range [][3]any{{"立案率", int64(51229), int64(51571)}, {"结案率", int64(43523), int64(52434)}, {"按期结案率", int64(40394), int64(52434)},
		{"处置率", int64(911), int64(972)}, {"返工率", int64(276), int64(52434)}} {
		n, of := r[1].(int64), r[2].(int64)
		overall.Rows = append(overall.Rows, paper.Row{Cells: []paper.Value{zh.Text(r[0].(string)), zh.Rate(n, of), zh.Count(n), zh.Count(of),
			zh.Points(n, of, n-20, of), zh.Dash()}})
	}
	say(paper.Part{Table: overall})
	trend := &paper.Chart{Title: "图1 近八周处置率与按期处置率", Kind: paper.LineChart, Series: []paper.Series{{Name: "处置率"}, {Name: "按期处置率"}}}
	for n := range int64(8) {
		trend.Labels = append(trend.Labels, fmt.Sprintf("第%d周", 40+n))
		trend.Series[0].Values = append(trend.Series[0].Values, zh.Rate(850+n*8, 972))
		trend.Series[1].Values = append(trend.Series[1].Values, zh.Rate(700+n*n, 972))
	}
	trend.Series[1].Values[3] = zh.NoData()
	say(paper.Part{Chart: trend}, head("三、各责任单位"), paper.Part{Table: unitTable(units)}, head("四、红黑榜"))
	for _, list := range []struct{ name, colour string }{{"红榜", "前三名"}, {"黑榜", "后三名"}} {
		t := &paper.Table{Name: list.name, Caption: list.name + "（各同类组" + list.colour + "）",
			Columns: []paper.Column{{Head: "同类组"}, {Head: "单位"}, {Head: "得分", Kind: paper.Number}, {Head: "处置率", Kind: paper.Rate}, {Head: "事由"}}}
		for n := range 3 {
			t.Rows = append(t.Rows, paper.Row{Cells: []paper.Value{zh.Text(peers[n].name), zh.Text(peers[n].units[n]), zh.Decimal(98.2 - float64(n)),
				zh.Rate(97-int64(n), 100), zh.Text("处置率居同类组第" + fmt.Sprint(n+1))}})
		}
		say(paper.Part{Table: t})
	}
	bars := &paper.Chart{Title: "图2 各类问题受理件数（前十）", Kind: paper.BarChart, Series: []paper.Series{{Name: "本周"}, {Name: "上周"}}}
	kinds := &paper.Table{Name: "类别", Caption: "表3 问题类别", Columns: []paper.Column{{Head: "代码"}, {Head: "类别"}, {Head: "件数", Kind: paper.Count},
		{Head: "占比", Kind: paper.Rate}, {Head: "较上周", Kind: paper.Share}}}
	for n, name := range []string{"暴露垃圾", "积存垃圾渣土", "带泥上路", "道路遗撒", "占道经营", "机动车乱停放", "非机动车乱停放", "乱张贴、乱涂写小广告", "道路破损", "门前三包责任未落实（含店外经营、店外堆放、门前积水及占用盲道等）"} {
		v := int64(180 - n*17)
		bars.Labels = append(bars.Labels, name)
		bars.Series[0].Values = append(bars.Series[0].Values, zh.Count(v))
		bars.Series[1].Values = append(bars.Series[1].Values, zh.Count(v+int64(n)*3-9))
		kinds.Rows = append(kinds.Rows, paper.Row{Cells: []paper.Value{zh.Text(fmt.Sprintf("060%02d", n+10)), zh.Text(name), zh.Count(v),
			zh.Rate(v, 1298), zh.Change(v, v+int64(n)*3-9)}})
	}
	say(head("五、问题类别"), paper.Part{Table: kinds}, paper.Part{Chart: bars}, head("六、整改前后对比"))
	var pairs []paper.PhotoPair
	for n := 0; n+1 < photos; n += 2 {
		pairs = append(pairs, paper.PhotoPair{Title: fmt.Sprintf("2026-%06d 龙昆南路%d号门前 积存垃圾渣土（滨海街道办事处）", 1200+n, n+1),
			Before: paper.CaptionedPhoto{ID: fmt.Sprint("p", n), Caption: "2026-11-17 09:12"},
			After:  paper.CaptionedPhoto{ID: fmt.Sprint("p", n+1), Caption: "2026-11-17 15:40"}})
	}
	pairs = append(pairs, paper.PhotoPair{Title: "照片缺失的一组", Before: paper.CaptionedPhoto{ID: "lost", Caption: "2026-11-17 09:12"}})
	late := &paper.Table{Name: "超期", Caption: "表6 超期未处置案件", Columns: []paper.Column{{Head: "编号"}, {Head: "地点"}, {Head: "类别"}, {Head: "责任单位"},
		{Head: "期限", Kind: paper.DateTime}, {Head: "超期（小时）", Kind: paper.Hours}, {Head: "告知情况"}}}
	for n := range 25 {
		late.Rows = append(late.Rows, paper.Row{Cells: []paper.Value{zh.Text(fmt.Sprintf("2026-%06d", 900+n)), zh.Text("和平南路与海府路交叉口东北侧人行道施工围挡旁"),
			zh.Text("占道经营（09020）"), zh.Text(peers[2].units[n%18]),
			zh.At(time.Date(2026, 11, 20, 10, n, 0, 0, time.UTC)), zh.Hours(time.Duration(n*7) * time.Hour), zh.Text("11-20 18:01 告知单位值班员；11-21 08:00 告知分管领导；11-22 08:00 告知指挥部")}})
	}
	say(paper.Part{Pairs: pairs}, head("七、超期案件"), paper.Part{Table: late}, head("八、更正"),
		paper.Part{Table: &paper.Table{Name: "更正", Columns: []paper.Column{{Head: "案件"}, {Head: "原因"}}, Empty: "本期无更正。"}},
		head("九、指标定义"), paper.Part{Definitions: []paper.Definition{{Term: "处置率", Text: "截止时已整改且其后未被判不合格的件数 ÷ 应处置件数。"}, {Term: "按期处置率", Text: "现行有效的整改在期限前完成的件数 ÷ 应处置件数。批准的延期顺延期限。"},
			{Term: "得分", Text: "40·处置率 + 30·按期处置率 + 处置率·（10·（1−严重超期率）+ 10·（1−返工率）+ 10·（1−延期率））；虚假整改每件另扣 max（1，100÷应处置）分，最低 0 分。"}}},
		paper.Part{Note: "边界为示意图，不作为划界依据。"})
	return d
}

// issues are rows of a sheet of issues.
func issues(n int) *paper.Sheet {
	return &paper.Sheet{Name: "案件明细", Columns: []paper.Column{{Head: "编号"}, {Head: "责任单位"}, {Head: "类别"}, {Head: "地点"}, {Head: "状态"},
		{Head: "派遣", Kind: paper.DateTime}, {Head: "期限", Kind: paper.DateTime},
		{Head: "整改", Kind: paper.DateTime}, {Head: "结案", Kind: paper.DateTime}, {Head: "时长（小时）", Kind: paper.Hours}, {Head: "返工", Kind: paper.Count}, {Head: "计入"}},
		Rows: func(yield func([]paper.Value, error) bool) {
			for k := range n {
				at := time.Date(2026, 11, 16, 1, k%7000, 0, 0, time.UTC)
				if !yield([]paper.Value{zh.Text(fmt.Sprintf("2026-%06d", k)), zh.Text(peers[k%4].units[k%3]), zh.Text("占道经营（09020）"),
					zh.Text("和平南路与海府路交叉口东北侧人行道"), zh.Text("已结案"), zh.At(at),
					zh.At(at.Add(48 * time.Hour)), zh.At(at.Add(30 * time.Hour)), zh.At(at.Add(31 * time.Hour)), zh.Hours(30 * time.Hour),
					zh.Count(int64(k % 2)), zh.Text("应处置、处置、结案")}, nil) {
					return
				}
			}
		}}
}
