package demo

import (
	"math/rand/v2"

	"spotcheck/pkg/inspect"
)

// notes are what inspectors write, by the group of the category.
var notes = map[string][]string{
	"litter":       {"路面散落垃圾，长约十米", "垃圾桶旁有袋装垃圾外溢", "绿化带边有饮料瓶、纸屑", "早市收摊后菜叶未清", "公交站旁烟头、纸杯较多"},
	"dirty_spot":   {"墙角积存建筑垃圾约半方", "后巷积存杂物，有异味", "雨后路面淤泥未清", "树池内堆放废弃物", "围墙外有渣土堆"},
	"road_mud":     {"渣土车出场带泥，污染路面约二十米", "工地出入口未冲洗，泥浆带上主干道", "沿路抛洒砂石，影响通行", "车轮带泥，右侧车道两条泥印"},
	"construction": {"围挡破损，物料外露", "裸土未覆盖，扬尘明显", "建筑材料占用人行道", "工地出入口路面破损"},
	"street_order": {"流动摊贩占道经营", "店外摆放桌椅，占用人行道", "共享单车堆放在盲道上", "机动车停在人行道上"},
	"posters":      {"墙面小广告十余处", "电线杆张贴招租广告", "卷闸门喷涂电话号码", "公交站牌张贴小广告"},
	"facility":     {"果皮箱破损，内桶缺失", "公厕洗手池堵塞", "垃圾箱箱体脏污", "公厕地面积水有异味"},
}

// roads of the streets, to write addresses with.
var roads = []string{"滨海大道", "龙昆南路", "海秀中路", "国兴大道", "和平大道", "海府路", "博爱北路", "新华南路", "金盘路", "南海大道", "椰海大道", "凤翔东路",
	"人民大道", "海甸五西路", "文明东路", "白龙南路", "大同路", "义龙西路", "金垦路", "坡博路", "城西路", "红城湖路", "建国路", "中山南路", "得胜沙路"}

// reasons of what people decide.
var (
	returnReasons    = []string{"该路段不属我单位责任区", "属产权单位自管范围，请改派", "现场在邻区一侧，请核实"}
	dismissReasons   = []string{"现场复核未见问题", "照片与描述不符，无法核实", "属重复上报，已另有案件"}
	failReasons      = []string{"仍有残留，未清理干净", "仅清理表面，墙角未清", "泥印未冲洗，仍有污染"}
	falseReasons     = []string{"整改照片并非同一地点", "照片为旧照，现场未整改"}
	reopenReasons    = []string{"结案后复查，仍有残留", "三日内再次出现，原处理不彻底"}
	comments         = []string{"已电话通知联络员", "现场围观较多，改晚间清理", "洒水车预计一小时内到达", "请附近网格员留意"}
	extensionReasons = []string{"作业车辆检修，申请延期", "垃圾量大，需调用挖机", "连日降雨，无法冲洗路面"}
	holdReasons      = []string{"涉及产权纠纷，正在协调", "需列入下季度预算方可改造", "道路施工围闭，暂不具备条件"}
	replies          = []string{"因夜间施工受阻，已增派人员，今日完成。", "已约谈作业班组，明日中午前整改到位。", "现场已清理，补传照片中。"}
	appealReasons    = []string{"整改照片已按时拍摄，因网络原因迟到", "该点位当日为市政施工围闭区域", "残留为当日新产生，非整改不到位"}
	decisions        = map[inspect.Answer][]string{inspect.Granted: {"情况属实，同意", "理由充分，同意，请抓紧落实"}, inspect.Refused: {"理由不充分，不予同意", "现场具备条件，请按期整改"}}
	surnames         = []string{"陈", "林", "王", "黄", "吴", "符", "李", "周", "张", "郑", "何", "梁", "冯", "邢", "许", "云"}
	givenNames       = []string{"海燕", "志强", "秀兰", "文博", "晓峰", "丽娟", "国华", "春梅", "建军", "雨桐", "德明", "小玲", "永福", "佳慧", "成武", "月英"}
)

func pick[T any](rng *rand.Rand, all []T) T { return all[rng.IntN(len(all))] }

// chance says yes with a probability.
func chance(rng *rand.Rand, p float64) bool { return rng.Float64() < p }

// between is a number of a span.
func between(rng *rand.Rand, low, high float64) float64 { return low + (high-low)*rng.Float64() }
