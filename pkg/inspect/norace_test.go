//go:build !race

package inspect_test

const fewer = 1
