package archive

import (
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
	"spotcheck/server/core/places"
)

// FuzzHeadingTable wants of any table either faults or headings that the archive takes, those above before those below.
func FuzzHeadingTable(f *testing.F) {
	header := "编号,目录,说明,自动归集,归集种类,份数,责任单位,保管年限\n"
	for _, rows := range []string{"", "1,组织领导,,,,,,永久\n1.1,方案,,,,2,环卫；,10年\n", "1,x,,报表,bulletin,,,\n", "1,x,,,,-1,,\n", "1,x,,文书,,,环卫,\n", "1.,x,,,,,,\n1,y,,,,,,\n",
		"\"", "..,x,,,,,,\n", "1,x,,签订率,any,,,\n"} {
		f.Add([]byte(header + rows))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := headingReader{units: map[string][]inspect.ID{"环卫": {inspect.NewID()}}, met: map[string]int{}}
		if err := r.table(t.Context(), table.Read, places.TableFile{Body: body}); err != nil {
			t.Fatal(err)
		}
		if r.Err() != nil {
			return
		}
		met := map[string]bool{}
		for n, h := range r.rows {
			if h.Title == "" || h.Number == "" || met[h.Number] || h.Least < 0 || h.Least > mostLeast || h.KeepYears < 0 || h.KeepYears > MostKeepYears ||
				checkSource(&h) != nil || strings.ContainsAny(h.Title, "\n\t") {
				t.Errorf("%+v is let through", h)
			}
			if met[h.Number] = true; n > 0 && inspect.CompareHeadings(&r.rows[n-1], &h) > 0 {
				t.Errorf("%s stands before %s", r.rows[n-1].Number, h.Number)
			}
		}
	})
}
