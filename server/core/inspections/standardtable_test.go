package inspections

import (
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/score"
	"spotcheck/pkg/table"
	"spotcheck/server/core/places"
)

// FuzzStandardTable wants of any table either faults or items of which a standard can be made.
func FuzzStandardTable(f *testing.F) {
	header := "部分,编号,检查内容,分值,每处扣分,扣分上限,一票否决,需拍照,可不适用,问题类别\n"
	for _, rows := range []string{
		"", "校门口,1,地面干净,10,2,,,是,,暴露垃圾\n,,无死角,2.5分,,,,,,06011\n", "食堂,4,无过期食品,0,,,是,,,\n", "a,1,b,-1,,,,,,\n", "a,1,b,1e400,,,,,,\n", "a,1,b,NaN,,,,,,\n",
		"a,1,b,5,6,,,,,\n", "a,1,b,5,,6,也许,,,\n", "\"", "a,b\n", "a,1,b,5,,,,,,没有的\na,1,c,5,,,,,,两个\n", strings.Repeat("a,,b,1,,,,,,\n", 301), "a,1,\"b\nc\",5,,,,,,\n",
	} {
		f.Add([]byte(header + rows))
	}
	f.Add([]byte("\ufeff检查内容,分值\n地面,5\n"))
	f.Add([]byte("项目,满意度\n地面,好\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := standardReader{categories: map[string][]string{"06010": {"06010"}, "暴露垃圾": {"06010"}, "06011": {"06011"}, "两个": {"06010", "06011"}}, met: map[string]int{}}
		if err := r.table(t.Context(), table.Read, places.TableFile{Body: body}); err != nil {
			t.Fatal(err)
		}
		if len(r.Faults()) > 0 {
			return
		}
		s := inspect.Standard{Name: "标准", Subject: inspect.VisitPlace, Kind: "market", Items: r.items, PassMark: 60 * score.One, Grades: score.Grades()}
		for _, wrong := range s.Check() {
			if wrong.Pointer != "/items" || wrong.Detail != "a standard has items with points" { // which only all of them together can say
				t.Errorf("%+v is let through: %v", r.items, wrong)
			}
		}
		if len(r.items) > inspect.MostItems {
			t.Errorf("%d items are let through", len(r.items))
		}
		for _, i := range r.items {
			if i.Text == "" || i.Code == "" || strings.ContainsAny(i.Text+i.Code+i.Section, "\n\t") {
				t.Errorf("%+v is let through", i)
			}
		}
	})
}

func TestExamplesAreStandards(t *testing.T) {
	for _, e := range examples {
		items, err := exampleItems(t.Context(), e.file)
		if err != nil {
			t.Fatal(err)
		}
		s := inspect.Standard{Name: e.name, Subject: e.subject, Kind: e.kind, Items: items, PassMark: passMark, RecheckMark: recheckMark, Grades: score.Grades()}
		if wrong := s.Check(); len(wrong) > 0 {
			t.Errorf("%s: %v", e.file, wrong)
		}
		total := score.Points(0)
		for _, i := range items {
			total += i.Points
		}
		if total != score.Full || !strings.Contains(e.name, "示例") {
			t.Errorf("%s: %s points, called %q", e.file, total, e.name)
		}
	}
}
