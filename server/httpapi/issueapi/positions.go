package issueapi

import (
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/httpapi/registerapi"
)

type stretchIn struct {
	Start registerapi.Point  `json:"start" need:"true"`
	End   *registerapi.Point `json:"end"`
}

// longestLine is the length in metres over which a line is a mistake.
const longestLine = 100_000

// line is the stretch as far as it makes sense: it shares the datum of a place, and an end too far from the start is none.
func (l *stretchIn) line(place *inspect.Place) (*geo.Line, []inspect.DroppedClaim) {
	if l == nil {
		return nil, nil
	}
	if place == nil {
		return nil, []inspect.DroppedClaim{{Field: "/line", Said: registerapi.Pair(l.Start)}}
	}
	if wrong := registerapi.CheckPoint("/line/start", l.Start); len(wrong) > 0 {
		return nil, []inspect.DroppedClaim{{Field: wrong[0].Pointer, Said: registerapi.Pair(l.Start)}}
	}
	line := &geo.Line{Start: geo.Point(l.Start)}
	if l.End == nil {
		return line, nil
	}
	end := geo.Point(*l.End)
	line.End = &end
	if len(registerapi.CheckPoint("/line/end", *l.End)) > 0 || line.Length() > longestLine {
		line.End = nil
		return line, []inspect.DroppedClaim{{Field: "/line/end", Said: registerapi.Pair(*l.End)}}
	}
	return line, nil
}
