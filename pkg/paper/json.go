package paper

import "spotcheck/pkg/evidence"

// JSON is the report as canonical JSON (RFC 8785): equal reports give equal bytes.
func (d *Document) JSON() ([]byte, error) { return evidence.CanonicalOf(d) }
