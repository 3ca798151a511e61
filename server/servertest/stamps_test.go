package servertest_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/servertest"
)

func TestAStampNamesWhoTookThePhotoAndNobodyElse(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		taken := time.Date(2026, 5, 12, 1, 31, 7, 0, time.UTC) // 09:31:07 in the city
		mine, hotline := reportsTaken(lin, taken, nil), reportsTaken(office, taken, M{"source": "hotline", "caller": M{"name": "王女士", "phone": "13800000000"}})
		behind := reportsTakenBy(lin, taken, -24*time.Hour, nil) // a phone that is a day behind
		odd := reportsTaken(lin, time.Date(1981, 1, 6, 0, 0, 0, 0, time.UTC), nil)
		office.Assigns(mine.issue, "longhua-sanitation", 8*time.Hour)
		after := servertest.NewPicture("after")
		crew.Declares(mine.issue, after).Want(http.StatusCreated)
		crew.Sends(mine.issue, after)
		s.Drain()
		afterPath := "/api/v1/issues/" + mine.issue.String() + "/photos/" + after.ID.String()
		zone := s.Core.Zone
		for _, c := range []struct {
			by    *servertest.Client
			path  string
			issue inspect.ID
			at    time.Time
			who   string
		}{
			{lin, mine.path(), mine.issue, taken, "S-lin"},
			{office, mine.path(), mine.issue, taken, "S-lin"},
			{s.As("leader"), mine.path(), mine.issue, taken, "S-lin"},
			{office, behind.path(), behind.issue, taken, "S-lin"},
			{office, odd.path(), odd.issue, time.Time{}, "S-lin"},
			{office, afterPath, mine.issue, time.Time{}, "S-crew"},
			{crew, afterPath, mine.issue, time.Time{}, "S-crew"},
			{office, hotline.path(), hotline.issue, taken, "群众"},
		} {
			when := c.at.In(zone).Format("2006-01-02 15:04:05")
			if c.at.IsZero() { // nobody says when it was taken
				var facts struct {
					ReceivedAt time.Time `json:"received_at"`
				}
				c.by.Do(http.MethodGet, c.path, nil).Want(http.StatusOK).Into(&facts)
				when = facts.ReceivedAt.In(zone).Format("2006-01-02 15:04:05") + " 收到"
			}
			display := c.by.Do(http.MethodGet, c.path+"/display", nil).Want(http.StatusOK)
			got := c.by.Do(http.MethodGet, c.path+"/stamped", nil).Want(http.StatusOK)
			want, err := photo.Stamp(display.Body, []string{when,
				office.Issue(c.issue).Number + "  施工工地车轮夹带 Mud carried onto the road by site wheels", "龙昆南路 88 号门前", c.who})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Body, want) {
				t.Errorf("%s sees another stamp than that of %s on %s", c.by.Name, c.who, c.path)
			}
		}
		crew.Do(http.MethodGet, mine.path()+"/display", nil).Want(http.StatusOK)
		crew.Do(http.MethodGet, mine.path()+"/stamped", nil).WantProblem(http.StatusForbidden, "forbidden", "never")
		s.As("meilan-crew").Do(http.MethodGet, mine.path()+"/stamped", nil).WantProblem(http.StatusNotFound, "issue.not-found", "later")
	})
}

// reportsTaken reports an issue with a photo that was taken at a moment, and sends the photo.
func reportsTaken(c *servertest.Client, taken time.Time, more M) sent {
	return reportsTakenBy(c, taken, 0, more)
}

// reportsTakenBy is reportsTaken with a phone whose clock is so far ahead.
func reportsTakenBy(c *servertest.Client, taken time.Time, ahead time.Duration, more M) sent {
	p := sent{issue: inspect.NewID(), Picture: servertest.NewPicture("report")}
	declared := p.Declared()
	declared["captured_at"] = taken.Add(ahead).Format(time.RFC3339Nano)
	now := c.Now().Add(ahead).UTC().Format(time.RFC3339Nano)
	body := c.Report()
	body["reported_at"], body["sent_at"] = now, now
	body["photos"] = []M{declared}
	for k, v := range more {
		body[k] = v
	}
	c.Do(http.MethodPut, "/api/v1/issues/"+p.issue.String(), body).Want(http.StatusCreated)
	c.Send(http.MethodPut, p.path(), p.Picture.Bytes, http.Header{"Content-Type": {"application/octet-stream"}, "Content-Digest": {p.Digest()},
		"Spotcheck-Sent-At": {now}}).Want(http.StatusCreated)
	return p
}
