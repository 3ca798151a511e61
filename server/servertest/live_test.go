package servertest_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/audit"
	"spotcheck/server/core/photos"
	"spotcheck/server/servertest"
)

// TestAuditOfALiveServerIsClean audits again and again while people report, send, fix, merge and erase.
func TestAuditOfALiveServerIsClean(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, office2, crew := s.As("office"), s.As("office2"), s.As("crew")
		lin, wang := s.As("lin"), s.As("wang")
		var work sync.WaitGroup
		const rounds = 9 // of each reporter
		for _, reporter := range []*servertest.Client{lin, wang} {
			work.Go(func() {
				for n := range rounds {
					id, p := inspect.NewID(), servertest.NewPicture("report")
					reporter.Do(http.MethodPut, "/api/v1/issues/"+id.String(), reporter.Report(p)).Want(http.StatusCreated)
					reporter.Sends(id, p)
					switch n % 3 {
					case 0:
						office.Assigns(id, "longhua-sanitation", 1000*time.Hour) // time passes while this is under way
						crew.Fixes(id)
					case 1:
						for _, who := range []*servertest.Client{office, office2} {
							who.Acts(id, "erase", M{"photo": p.ID, "reason": "测试"}).Want(http.StatusCreated)
						}
						if err := s.Core.Photos.Remove(context.Background(), photos.RemoveBytes{Original: p.SHA256()}); err != nil {
							t.Error(err)
						}
					case 2:
						other := reporter.ReportsMud()
						office.Acts(id, "merge", M{"into": other}).Want(http.StatusCreated)
					}
					if err := s.Core.Photos.Render(context.Background(), photos.RenderPhoto{Photo: p.ID.String()}); err != nil {
						t.Error(err)
					}
					if _, err := s.Core.Ledger.TakeCheckpoint(context.Background()); err != nil {
						t.Error(err)
					}
					s.Pass(7 * time.Hour)
				}
			})
		}
		done := make(chan struct{})
		go func() { work.Wait(); close(done) }()
		for n, working := 1, true; working; n++ {
			select {
			case <-done:
				working = false
			default:
			}
			var wrong []string
			sum, err := s.Core.Audit.Audit(context.Background(), nil, func(f audit.Finding) {
				if f.Wrong {
					wrong = append(wrong, fmt.Sprintf("%s: %s", f.Subject, f.Detail))
				}
			})
			if err != nil || len(wrong) > 0 || sum.Wrong > 0 {
				t.Errorf("audit %d, after event %d: %v %v", n, sum.LastEvent, wrong, err)
			}
		}
		s.RemovesErased()
		s.Drain()
		if sum := s.Audit(); sum.Issues != 2*(rounds+rounds/3) || sum.Checkpoints < 2 {
			t.Errorf("not what happened meanwhile: %+v", sum)
		}
	})
}
