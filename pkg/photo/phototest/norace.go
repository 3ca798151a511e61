//go:build !race

package phototest

// Racing is false in an ordinary run, where nothing is left out.
const Racing = false
