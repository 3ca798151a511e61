package messages

import (
	"encoding/json"
	"errors"
	"time"

	"spotcheck/server/core/city"
)

// DigestTimes are the times of the day at which messages that can wait go out, on working days, since midnight.
var DigestTimes = city.Setting[[]time.Duration]{Key: "digest_times", Read: clockTimes,
	Default: []time.Duration{8*time.Hour + 30*time.Minute, 14*time.Hour + 30*time.Minute}}

// clockTimes reads times of the day, in order.
func clockTimes(v json.RawMessage) (all []time.Duration, err error) {
	wrong := errors.New(`want 1 to 12 times in order such as ["08:30", "14:30"]`)
	var texts []string
	if err := json.Unmarshal(v, &texts); err != nil || len(texts) < 1 || len(texts) > 12 {
		return nil, wrong
	}
	for _, text := range texts {
		t, err := time.Parse("15:04", text)
		at := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
		if err != nil || len(text) != 5 || len(all) > 0 && at <= all[len(all)-1] {
			return nil, wrong
		}
		all = append(all, at)
	}
	return all, nil
}
