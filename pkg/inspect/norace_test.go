//go:build !race && !mutants

package inspect_test

const fewer, least = 1, 1000
