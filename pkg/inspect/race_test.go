//go:build race && !mutants

package inspect_test

// Nothing runs side by side on the same data there, and the race detector makes it ten times as slow.
const fewer, least = 10, 100
