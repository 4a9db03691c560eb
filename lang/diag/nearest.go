package diag

import "strings"

// Nearest returns the candidate that name was probably meant to be. A candidate that differs in case alone is taken
// first; otherwise the one with the fewest typing slips (a letter too many, missing, wrong, or swapped with its
// neighbour), as long as these are no more than a third of the name. Of equals the first candidate is taken.
func Nearest(name string, candidates []string) (string, bool) {
	best, slips := "", len(name)/3+1
	for _, c := range candidates {
		if c == name {
			continue
		}
		if strings.EqualFold(c, name) {
			return c, true
		}
		if d := distance(strings.ToLower(name), strings.ToLower(c), slips); d < slips {
			best, slips = c, d
		}
	}
	return best, best != ""
}

// distance is the Damerau-Levenshtein distance of a and b (the variant in which no letter is edited twice), or limit
// when it is at least that.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if abs(len(x)-len(y)) >= limit {
		return limit
	}
	// Three rows of the usual table: the one before the last is needed for swaps.
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(y)], limit)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
