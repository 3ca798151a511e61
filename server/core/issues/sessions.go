package issues

// The kinds of line in the security log.
const (
	LogExport     = "export"
	LogCallerSeen = "caller.seen"
)
