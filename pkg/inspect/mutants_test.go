//go:build mutants

package inspect_test

// The tests run once for each of some thousand changes there: see scripts/mutants.
const fewer, least = 40, 10
