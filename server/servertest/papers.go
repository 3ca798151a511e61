package servertest

import (
	"context"
	"encoding/json"

	"spotcheck/server/core/audit"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/reports"
)

// MakesPapers does the jobs that papers and batches of them left.
func (s *Server) MakesPapers() {
	s.t.Helper()
	s.Drain()
	for _, text := range s.jobs("papers.batch") {
		s.does(text, func(ctx context.Context, args []byte) error {
			var job notices.MakeBatch
			if err := json.Unmarshal(args, &job); err != nil {
				return err
			}
			return s.Core.Notices.MakeBatch(ctx, job)
		})
	}
	for _, text := range s.jobs("paper.make") {
		s.does(text, func(ctx context.Context, args []byte) error {
			var job notices.MakePaper
			if err := json.Unmarshal(args, &job); err != nil {
				return err
			}
			return s.Core.Notices.MakePaper(ctx, job)
		})
	}
}

// MakesReports does the jobs that issued reports left.
func (s *Server) MakesReports() {
	s.t.Helper()
	s.Drain()
	for _, text := range s.jobs("report.make") {
		s.does(text, func(ctx context.Context, args []byte) error {
			var job reports.MakeReport
			if err := json.Unmarshal(args, &job); err != nil {
				return err
			}
			return s.Core.Reports.MakeReport(ctx, job)
		})
	}
}

// RunsAudits does the audits that were asked for.
func (s *Server) RunsAudits() {
	s.t.Helper()
	for _, text := range s.jobs(audit.RunAudit{}.Kind()) {
		s.does(text, func(_ context.Context, args []byte) error { return does(s.Core.Audit.RunAudit, args) })
	}
}

// jobs gives the arguments of all jobs of a kind; each may be done any number of times.
func (s *Server) jobs(kind string) []string {
	s.t.Helper()
	args := "json(args)"
	if s.Postgres() {
		args = "args::text"
	}
	return s.Texts("SELECT "+args+" FROM river_job WHERE kind = ? ORDER BY id", kind)
}

func (s *Server) does(args string, job func(context.Context, []byte) error) {
	s.t.Helper()
	if err := job(context.Background(), []byte(args)); err != nil {
		s.t.Fatal(err)
	}
}
