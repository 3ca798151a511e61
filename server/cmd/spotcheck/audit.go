package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/core"
	"spotcheck/server/core/audit"
)

func runAudit(ctx context.Context, t *terminal, args []string) error {
	f := flags("audit")
	against := f.String("against", "", "a checkpoint that was kept outside, of a day or a signed one of the log")
	figures := f.Bool("figures", false, "recount all figures from the record instead, and compare every one")
	readOnly := f.Bool("read-only", false, "write nothing, also no line on the record; so it is of itself where the folder cannot be written")
	c, err := settings(t, f, args)
	if err != nil {
		return err
	}
	opened := app.OpenExisting
	if *readOnly = *readOnly || c.DatabaseURL == "" && !app.Writable(c); *readOnly {
		opened = app.OpenReadOnly
	}
	a, err := opened(ctx, c, c.Logger(t.err), core.Clock)
	if err != nil {
		return err
	}
	if *figures {
		return errors.Join(auditFigures(ctx, t, a.Core), a.Close())
	}
	var outside []byte
	if *against != "" {
		if outside, err = os.ReadFile(*against); err != nil {
			return errors.Join(err, a.Close())
		}
	}
	look := onRecord(a.Core)
	if *readOnly {
		look = a.Core.Audit.Audit
	}
	return errors.Join(auditOf(ctx, t, look, outside), a.Close())
}

// auditing is an audit, with or without a line on record.
type auditing func(ctx context.Context, outside []byte, tell func(audit.Finding)) (audit.AuditSummary, error)

// onRecord is an audit that leaves a line on record.
func onRecord(c *core.Core) auditing {
	return func(ctx context.Context, outside []byte, tell func(audit.Finding)) (audit.AuditSummary, error) {
		return c.Audit.AuditOnRecord(ctx, inspect.NewID(), inspect.ID{}, outside, tell)
	}
}

// auditOf tells what an audit finds; errFound when something is wrong.
func auditOf(ctx context.Context, t *terminal, look auditing, outside []byte) error {
	sum, err := look(ctx, outside, t.finding)
	if err == nil {
		fmt.Fprintf(t.out, "a log of %d events, %d signed checkpoints\n", sum.Logged, sum.Signed)
		fmt.Fprintf(t.out, "%d events in %d streams up to number %d, %d issues, %d photos, %d originals, %d renditions, %d checkpoints: %d wrong\n",
			sum.Events, sum.Streams, sum.LastEvent, sum.Issues, sum.Photos, sum.Blobs, sum.Renditions, sum.Checkpoints, sum.Wrong)
		if sum.Wrong > 0 {
			err = errFound
		}
	}
	return err
}

// finding prints what an audit found.
func (t *terminal) finding(f audit.Finding) {
	mark := "note "
	if f.Wrong {
		mark = "WRONG"
	}
	fmt.Fprintf(t.out, "%s  %s  %s\n", mark, f.Subject, f.Detail)
}

// auditFigures tells how figures differ from the record; errFound when they do.
func auditFigures(ctx context.Context, t *terminal, c *core.Core) error {
	sum, err := c.Audit.AuditFigures(ctx, t.finding)
	if err == nil {
		fmt.Fprintf(t.out, "figures of %d issues and %d sums against the record up to number %d: %d wrong\n", sum.Issues, sum.Sums, sum.LastEvent, sum.Wrong)
		if sum.Wrong > 0 {
			err = errFound
		}
	}
	return err
}
