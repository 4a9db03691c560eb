package runtime

// suggestion is " (did you mean x?)" for the candidate that name is likely to be a slip of, or "".
func suggestion(name string, candidates []string) string {
	best, least := "", len(name)/3+2 // slips that are still likely
	for _, c := range candidates {
		short := c
		for i := len(c) - 1; i >= 0; i-- {
			if c[i] == '/' {
				short = c[i+1:]
				break
			}
		}
		if d := min(distance(name, c), distance(name, short)); d < least {
			best, least = c, d
		}
	}
	if best == "" {
		return ""
	}
	return " (did you mean " + best + "?)"
}

// distance is how many bytes must be put in, taken out or changed to make a of b; capitals count as small
// letters.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] && a[i]|0x20 != b[j]|0x20 {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(row[j]+1, row[j+1]+1, change)
		}
	}
	return row[len(b)]
}
