package intake_test

import (
	"maps"
	"testing"

	"spotcheck/pkg/intake"
)

func TestColumnsAreGuessedByTheirUsualNames(t *testing.T) {
	t.Parallel()
	got := intake.GuessColumns([]string{"序号", "工单编号", "诉求类型", "诉求内容", "事发地址", "经度", "承办单位"})
	want := map[intake.Field]string{intake.Number: "工单编号", intake.Category: "诉求类型", intake.Note: "诉求内容", intake.Address: "事发地址", intake.Unit: "承办单位"}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, f := range intake.Fields() {
		found := false
		for _, names := range intake.UsualNames() {
			for _, name := range names {
				found = found || intake.GuessColumns([]string{name, "经度", "纬度"})[f] != ""
			}
		}
		if !found {
			t.Errorf("nobody finds a column for %s", f)
		}
	}
}

func TestAMappingFitsATableWithAllItsColumns(t *testing.T) {
	t.Parallel()
	m := intake.Mapping{Columns: map[intake.Field]string{intake.Number: "工单编号", intake.Category: "类型", intake.Status: "状态"},
		Categories: map[string]string{"市容": "06010"}}
	if !m.Fits([]string{"类型", " 工单编号 "}) { // a column that is only written may be missing
		t.Error("it has all of them")
	}
	if m.Fits([]string{"工单编号"}) {
		t.Error("the category is missing")
	}
	known := intake.Registers{Categories: map[string]string{"暴露垃圾": "06010"}}
	for word, want := range map[string]string{"市容": "06010", "暴露垃圾": "06010", "别的": ""} {
		if code, ok := m.Code(word, known); code != want || ok != (want != "") {
			t.Errorf("%s: got %q, want %q", word, code, want)
		}
	}
}
