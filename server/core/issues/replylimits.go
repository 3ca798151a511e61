package issues

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// ReplyLimits are the limits in which a source wants to know what became of an issue.
var ReplyLimits = city.Setting[map[inspect.Source]calendar.Limit]{Key: "reply_limits", Read: readReplyLimits}

// readReplyLimits reads in which time sources want to know what became of an issue.
func readReplyLimits(v json.RawMessage) (limits map[inspect.Source]calendar.Limit, err error) {
	var given map[inspect.Source]struct {
		Limit float64       `json:"limit"`
		Unit  calendar.Unit `json:"unit"`
	}
	if err := json.Unmarshal(v, &given); err != nil {
		return nil, fmt.Errorf("want a limit and its unit, one of %v, by source", calendar.Units)
	}
	limits = map[inspect.Source]calendar.Limit{}
	for source, l := range given {
		if !slices.Contains(inspect.Sources, source) || !(calendar.Limit{N: l.Limit}).Valid() || l.Unit == "" {
			return nil, fmt.Errorf("want sources of %v, each with a limit of 0.5 to 10000, whole or with a half, and its unit", inspect.Sources)
		}
		limits[source] = calendar.Limit{N: l.Limit, Unit: l.Unit}
	}
	return limits, nil
}

// ReplyBy is when a source wants to know what became of an issue that came to it at a moment, by the city's limit for it; 0 where it has none.
func (svc *Service) ReplyBy(ctx context.Context, tx *store.Tx, source inspect.Source, came inspect.Time) (inspect.Time, error) {
	limits, err := ReplyLimits.In(ctx, tx)
	if err != nil {
		return 0, err
	}
	limit, has := limits[source]
	if !has {
		return 0, nil
	}
	if limit.Counting, err = city.DayCounting.In(ctx, tx); err != nil {
		return 0, err
	}
	days, err := svc.city.Calendar(ctx, tx)
	if err != nil {
		return 0, err
	}
	return inspect.At(days.Deadline(came.UTC(), limit)), nil
}
