package diag

import (
	"strings"
	"unicode/utf8"
)

// Nearest returns the candidate that name was probably meant to be. A candidate that differs in case alone is taken
// first; otherwise the one with the fewest typing slips (a letter too many, missing, wrong, or swapped with its
// neighbour), as long as these are no more than a third of the name. Of equals the first candidate is taken.
func Nearest(name string, candidates []string) (string, bool) {
	best, slips := "", len(name)/3+1
	lower := []rune(strings.ToLower(name))
	var t table
	for _, c := range candidates {
		if c == name {
			continue
		}
		if strings.EqualFold(c, name) {
			return c, true
		}
		if abs(utf8.RuneCountInString(c)-len(lower)) >= slips {
			continue
		}
		if d := t.distance(lower, strings.ToLower(c), slips); d < slips {
			best, slips = c, d
		}
	}
	return best, best != ""
}

// table is the rows of the usual table of distances that are needed: the present one, the last, and for swaps the one before it.
type table struct {
	row, last, before []int
	letters           []rune
}

// distance is the Damerau-Levenshtein distance of x and b (the variant in which no letter is edited twice), or limit
// when it is at least that.
func (t *table) distance(x []rune, b string, limit int) int {
	t.letters = t.letters[:0]
	for _, r := range b {
		t.letters = append(t.letters, r)
	}
	y := t.letters
	if len(t.row) <= len(y) {
		t.row, t.last, t.before = make([]int, 2*len(y)+1), make([]int, 2*len(y)+1), make([]int, 2*len(y)+1)
	}
	row, last, before := t.row, t.last, t.before
	for j := range len(y) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit { // a swap can take a slip off again, no more
			return limit
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
