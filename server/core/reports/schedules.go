package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/figures"
)

// ReportSchedules are the reports that are drafted by themselves.
var ReportSchedules = city.Setting[[]Schedule]{Key: "report_schedules", Read: readSchedules}

// maxSchedules is how many reports are drafted by themselves at most.
const maxSchedules = 20

func readSchedules(v json.RawMessage) (all []Schedule, err error) {
	d := json.NewDecoder(bytes.NewReader(v))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil || len(all) > maxSchedules {
		return nil, fmt.Errorf("want a list of at most %d of kind, scope, language", maxSchedules)
	}
	for n := range all {
		k := &all[n]
		var scope figures.Scope
		switch {
		case !slices.Contains(closure.PeriodKinds, k.Kind) || k.Kind == closure.Between:
			return nil, fmt.Errorf("%d: want a kind such as week or month", n)
		case scope.UnmarshalText([]byte(k.Scope)) != nil:
			return nil, fmt.Errorf("%d: want the scope city, unit:ID or area:ID", n)
		case k.Language != inspect.Chinese && k.Language != inspect.English:
			return nil, fmt.Errorf("%d: want the language zh or en", n)
		}
		k.Scope = scope.String()
	}
	return all, nil
}
