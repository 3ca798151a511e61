package servertest

import (
	"context"
	"encoding/json"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/photos"
	"spotcheck/server/core/rounds"
	"spotcheck/server/core/workflow"
	"spotcheck/server/store"
)

// Drain does the jobs that are left. Those that may come twice are done again each time.
func (s *Server) Drain() {
	s.t.Helper()
	for _, id := range s.pending() {
		if err := s.Core.Photos.Render(context.Background(), photos.RenderPhoto{Photo: id.String()}); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := s.Core.Workflow.Sweep(context.Background(), workflow.SweepAlerts{}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.Core.Rounds.Open(context.Background(), rounds.OpenRounds{}); err != nil {
		s.t.Fatal(err)
	}
	again := map[string]func([]byte) error{
		city.RecomputeDeadlines{}.Kind(): func(args []byte) error { return does(s.Core.Issues.Recompute, args) },
		duties.SuspendClocks{}.Kind():    func(args []byte) error { return does(s.Core.Duties.Suspend, args) },
	}
	args := "json(args)"
	if s.Postgres() {
		args = "args::text"
	}
	for _, job := range s.Texts("SELECT kind || ' ' || " + args + " FROM river_job ORDER BY id") {
		kind, args, _ := strings.Cut(job, " ")
		if do := again[kind]; do != nil {
			if err := do([]byte(args)); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

func does[J any](do func(context.Context, J) error, args []byte) error {
	var job J
	if err := json.Unmarshal(args, &job); err != nil {
		return err
	}
	return do(context.Background(), job)
}

// pending finds the photos whose pictures are not made yet.
func (s *Server) pending() (ids []inspect.ID) {
	s.t.Helper()
	if err := s.Core.Store.Read(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		return tx.EachPhoto(ctx, func(p *inspect.Photo) error {
			if p.Renditions == inspect.RenditionPending {
				ids = append(ids, p.ID)
			}
			return nil
		})
	}); err != nil {
		s.t.Fatal(err)
	}
	return ids
}
