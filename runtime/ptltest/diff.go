package ptltest

import (
	"fmt"
	"strings"

	"github.com/portals-lang/portals/runtime/ptl"
)

// A diff is lines of text. Each begins with its mark: `-` what was expected and not seen, `+` what was seen and not
// expected, a space for what is as it should be.

// shown is how many equal lines around a difference are shown.
const shown = 2

// short is the length up to which a value that differs is shown whole.
const short = 56

// diffEvents compares two atoms, event by event.
func diffEvents(s Seen, want, seen ptl.Batch) []string {
	left, right := trees(s.texts(want)), trees(s.texts(seen))
	body := diffParts(left, right, func(i, j int) bool { return s.equal(want, i, seen, j) }, 1)
	return bracketed(body)
}

// diffUnordered compares two atoms whose equal events have been paired.
func diffUnordered(s Seen, want, seen ptl.Batch, pairs []int) []string {
	var same, body []string
	used := map[int]bool{}
	for i, j := range pairs {
		if line := s.text(want, i) + ","; j >= 0 {
			used[j] = true
			same = append(same, marks(' ', 1, line))
		} else {
			body = append(body, marks('-', 1, line))
		}
	}
	for j := range seen.Len() {
		if !used[j] {
			body = append(body, marks('+', 1, s.text(seen, j)+","))
		}
	}
	return bracketed(append(elided(same), body...))
}

func bracketed(body []string) []string {
	return append(append([]string{marks(' ', 0, "[")}, body...), marks(' ', 0, "]"))
}

// diffValues compares two values. Where they are long and made alike, only the parts that differ are marked.
func diffValues(want, seen *tree, depth int) []string {
	if want.text == seen.text && want.label == seen.label {
		return []string{marks(' ', depth, want.whole()+",")}
	}
	alike := want.open != "" && want.open == seen.open && want.label == seen.label && len(want.parts)+len(seen.parts) > 0
	if !alike || len(want.text)+len(seen.text) <= 2*short {
		return []string{marks('-', depth, want.whole()+","), marks('+', depth, seen.whole()+",")}
	}
	equal := func(i, j int) bool { return want.parts[i].whole() == seen.parts[j].whole() }
	lines := []string{marks(' ', depth, want.label+want.open)}
	if strings.HasSuffix(want.open, "[") {
		lines = append(lines, diffParts(want.parts, seen.parts, equal, depth+1)...)
	} else {
		lines = append(lines, diffFields(want.parts, seen.parts, depth+1)...)
	}
	return append(lines, marks(' ', depth, want.close()+","))
}

func (t *tree) whole() string { return t.label + t.text }

// diffFields compares what belongs together by its position.
func diffFields(want, seen []*tree, depth int) []string {
	var lines []string
	for i := range max(len(want), len(seen)) {
		switch {
		case i >= len(seen):
			lines = append(lines, marks('-', depth, want[i].whole()+","))
		case i >= len(want):
			lines = append(lines, marks('+', depth, seen[i].whole()+","))
		default:
			lines = append(lines, diffValues(want[i], seen[i], depth)...)
		}
	}
	return lines
}

// diffParts compares two sequences: equal elements are paired in order, as many as can be, and of what lies between them
// the first is compared with the first, and so on.
func diffParts(want, seen []*tree, equal func(i, j int) bool, depth int) []string {
	var lines, same []string
	i, j := 0, 0
	gap := func(untilI, untilJ int) {
		if untilI > i || untilJ > j {
			lines = append(lines, elided(same)...)
			same = nil
			lines = append(lines, diffFields(want[i:untilI], seen[j:untilJ], depth)...)
		}
		i, j = untilI, untilJ
	}
	for _, pair := range common(len(want), len(seen), equal) {
		gap(pair[0], pair[1])
		same = append(same, marks(' ', depth, want[i].whole()+","))
		i, j = i+1, j+1
	}
	gap(len(want), len(seen))
	return append(lines, elided(same)...)
}

// mostCompared bounds the work of pairing; longer sequences are compared position by position, but for their equal ends.
const mostCompared = 1 << 22

// common is a longest common subsequence, as pairs of indices.
func common(n, m int, equal func(i, j int) bool) [][2]int {
	var pairs, tail [][2]int
	start := 0
	for start < min(n, m) && equal(start, start) {
		pairs = append(pairs, [2]int{start, start})
		start++
	}
	for n > start && m > start && equal(n-1, m-1) {
		n, m = n-1, m-1
		tail = append(tail, [2]int{n, m})
	}
	if rows, columns := n-start, m-start; rows > 0 && columns > 0 && rows*columns <= mostCompared {
		pairs = append(pairs, longest(start, rows, columns, equal)...)
	}
	for k := len(tail) - 1; k >= 0; k-- {
		pairs = append(pairs, tail[k])
	}
	return pairs
}

// longest finds it by the table of the lengths for all ends.
func longest(start, rows, columns int, equal func(i, j int) bool) (pairs [][2]int) {
	same := make([]bool, rows*columns)
	length := make([]int32, (rows+1)*(columns+1))
	at := func(i, j int) int { return i*(columns+1) + j }
	for i := rows - 1; i >= 0; i-- {
		for j := columns - 1; j >= 0; j-- {
			if equal(start+i, start+j) {
				same[i*columns+j] = true
				length[at(i, j)] = length[at(i+1, j+1)] + 1
			} else {
				length[at(i, j)] = max(length[at(i+1, j)], length[at(i, j+1)])
			}
		}
	}
	for i, j := 0, 0; i < rows && j < columns; {
		switch {
		case same[i*columns+j]:
			pairs = append(pairs, [2]int{start + i, start + j})
			i, j = i+1, j+1
		case length[at(i+1, j)] >= length[at(i, j+1)]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// elided leaves out the middle of many equal lines.
func elided(same []string) []string {
	if len(same) <= 2*shown+1 {
		return same
	}
	indent := same[0][:len(same[0])-len(strings.TrimLeft(same[0], " "))]
	out := append([]string(nil), same[:shown]...)
	out = append(out, fmt.Sprintf("%s… %d more that are as expected", indent, len(same)-2*shown))
	return append(out, same[len(same)-shown:]...)
}

// marks is a line of a diff.
func marks(mark byte, depth int, text string) string {
	return string(mark) + " " + strings.Repeat("  ", depth) + text
}

// marked is how many lines of a diff are a difference.
func marked(diff []string) int {
	n := 0
	for _, line := range diff {
		if line[0] != ' ' {
			n++
		}
	}
	return n
}

func trees(texts []string) []*tree {
	out := make([]*tree, len(texts))
	for i, text := range texts {
		out[i] = parse(text)
	}
	return out
}

// oneLine is an atom as a list, cut where it is too long to read.
func oneLine(texts []string) string {
	const most = 200
	line := "[" + strings.Join(texts, ", ") + "]"
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return line
}
