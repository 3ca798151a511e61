//go:build race

package phototest

// Racing is true under the race detector, where what is slow and runs alone is made smaller: the memory of password hashes,
// pictures of many pixels, decoders in processes of their own.
const Racing = true
