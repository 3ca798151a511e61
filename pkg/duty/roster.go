package duty

import "slices"

// Crew is whose turn it is on the n-th day of a duty: so many of the people, one after the other, without those who are away; all of them where each is 0.
// Fewer are there when the others are away.
func Crew[P comparable](people []P, each, n int, away func(P) bool) (crew []P) {
	if each <= 0 || each > len(people) {
		each = len(people)
	}
	for k := range people {
		p := people[(n*each+k)%len(people)]
		if len(crew) < each && !away(p) && !slices.Contains(crew, p) {
			crew = append(crew, p)
		}
	}
	return crew
}

// Turn is which of a crew makes the n-th of so many rounds: each has a stretch of the way, none much longer than another's.
func Turn(n, rounds, crew int) int {
	if crew <= 0 || rounds <= 0 {
		return -1
	}
	return n * crew / rounds
}
