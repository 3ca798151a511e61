package geo

import (
	"math"
	"math/big"
)

// orientation says where a point lies, looking from a to b: 1 to the left, −1 to the right, 0 on the straight line. Longitude goes
// to the right, latitude up. The answer is exact for finite numbers.
func orientation(a, b, p Point) int {
	left := (b.Lon - a.Lon) * (p.Lat - a.Lat)
	right := (b.Lat - a.Lat) * (p.Lon - a.Lon)
	switch det, bound := left-right, orientationError(left, right); {
	case det > bound:
		return 1
	case -det > bound:
		return -1
	}
	return exactOrientation(a, b, p)
}

// orientationError bounds how far the rounding of float64 can move the determinant (J. R. Shewchuk, Adaptive Precision
// Floating-Point Arithmetic, 1997, ccwerrboundA), with room for what is too small for float64.
func orientationError(left, right float64) float64 {
	const ulp = 1.0 / (1 << 53)
	return (3+16*ulp)*ulp*(math.Abs(left)+math.Abs(right)) + 1e-300
}

func exactOrientation(a, b, p Point) int {
	minus := func(x, y float64) *big.Rat {
		return new(big.Rat).Sub(new(big.Rat).SetFloat64(x), new(big.Rat).SetFloat64(y))
	}
	left := minus(b.Lon, a.Lon)
	right := minus(b.Lat, a.Lat)
	return left.Mul(left, minus(p.Lat, a.Lat)).Cmp(right.Mul(right, minus(p.Lon, a.Lon)))
}
