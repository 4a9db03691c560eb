package randomprogram_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The text of a program has one statement, member or declaration on a line, so leaving out a line, or a line that opens a
// block with all up to where that closes, leaves out one thing.

// without are the programs that lack one thing of text and that the checker still takes, the shortest first.
func without(text string, most int) (smaller []string) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := range lines {
		for _, until := range []int{i + 1, closing(lines, i)} {
			rest := strings.Join(slices.Concat(lines[:i], lines[until:]), "\n") + "\n"
			if until > i && !slices.Contains(smaller, rest) {
				smaller = append(smaller, rest)
			}
		}
	}
	slices.SortStableFunc(smaller, func(a, b string) int { return len(a) - len(b) })
	smaller = slices.DeleteFunc(smaller, func(text string) bool { return len(text) == 0 || compiled("shrunk", text) == nil })
	return smaller[:min(most, len(smaller))]
}

// closing is the line behind the one that closes the block which a line opens; where it opens none, that line.
func closing(lines []string, i int) int {
	depth := 0
	for n, line := range lines[i:] {
		depth += strings.Count(line, "{") - strings.Count(line, "}")
		if depth <= 0 {
			return i + n + 1
		}
	}
	return i
}

// shrunk leaves out of a program what can be left out while it still disagrees. It builds many candidates at once, since
// that is what takes the time.
func shrunk(t *testing.T, text string) string {
	const candidates, rounds = 40, 12
	for range rounds {
		b := &binary{dir: t.TempDir(), files: map[string][]byte{}}
		texts := map[string]string{}
		for i, smaller := range without(text, candidates) {
			name := fmt.Sprintf("c%d", i)
			if b.add(name, smaller) {
				texts[name] = smaller
			}
		}
		b.build(t)
		best := text
		for name := range b.disagreeing(t, texts) {
			if len(texts[name]) < len(best) {
				best = texts[name]
			}
		}
		if best == text {
			break
		}
		text = best
	}
	return text
}
