//go:build race

package inspect_test

// Nothing runs side by side on the same data there, and the race detector makes it ten times as slow.
const fewer = 10
