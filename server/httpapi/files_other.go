//go:build !unix

package httpapi

// fileLimit is how many files the system lets this program have open: some systems know no limit.
func fileLimit() uint64 { return 1 << 16 }
