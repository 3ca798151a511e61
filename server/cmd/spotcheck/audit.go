package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"spotcheck/server/core"
)

func audit(ctx context.Context, t *terminal, args []string) error {
	f := flags("audit")
	against := f.String("against", "", "a checkpoint that was kept outside")
	a, err := open(ctx, t, f, args)
	if err != nil {
		return err
	}
	var outside []byte
	if *against != "" {
		if outside, err = os.ReadFile(*against); err != nil {
			return errors.Join(err, a.Close())
		}
	}
	return errors.Join(auditOf(ctx, t, a.Core, outside), a.Close())
}

// auditOf tells what an audit finds; errFound when something is wrong.
func auditOf(ctx context.Context, t *terminal, c *core.Core, outside []byte) error {
	sum, err := c.Audit(ctx, outside, func(f core.Finding) {
		mark := "note "
		if f.Wrong {
			mark = "WRONG"
		}
		fmt.Fprintf(t.out, "%s  %s  %s\n", mark, f.Subject, f.Detail)
	})
	if err == nil {
		fmt.Fprintf(t.out, "%d events in %d streams up to number %d, %d issues, %d photos, %d originals, %d renditions, %d checkpoints: %d wrong\n",
			sum.Events, sum.Streams, sum.LastEvent, sum.Issues, sum.Photos, sum.Blobs, sum.Renditions, sum.Checkpoints, sum.Wrong)
		if sum.Wrong > 0 {
			err = errFound
		}
	}
	return err
}
