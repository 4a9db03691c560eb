package randomprogram_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The text of a program has one statement, member or declaration on a line, so leaving out a line, or a line that opens a
// block with all up to where that closes, leaves out one thing; and what the checker then complains of goes too.

// without are the programs that lack something of p and that the checker still takes, the shortest first.
func without(p program) (smaller []program) {
	lines := strings.Split(strings.TrimSuffix(p.text, "\n"), "\n")
	seen := map[string]bool{p.text: true}
	if p.peer != "" {
		q := p
		q.peer = ""
		smaller = append(smaller, q)
	}
	for i := range lines {
		for _, until := range slices.Compact([]int{i + 1, closing(lines, i)}) {
			rest := slices.Concat(lines[:i], lines[until:])
			if q := p; until > i && q.mend(rest) && !seen[q.text] {
				seen[q.text] = true
				smaller = append(smaller, q)
			}
		}
	}
	slices.SortStableFunc(smaller, func(a, b program) int { return len(a.text) - len(b.text) })
	return smaller
}

// mend makes p the program of lines, without those that the checker complains of; it tells whether one is left.
func (p *program) mend(lines []string) bool {
	complaint := regexp.MustCompile(`(?m)^` + p.name + `\.ptl:(\d+):\d+: error`)
	for len(lines) > 0 {
		p.text = strings.Join(lines, "\n") + "\n"
		prog, wrong := p.lower()
		if prog != nil {
			return true
		}
		gone := map[int]bool{}
		for _, at := range complaint.FindAllStringSubmatch(wrong, -1) {
			if n, err := strconv.Atoi(at[1]); err == nil && n <= len(lines) {
				for i := n - 1; i < max(n, closing(lines, n-1)); i++ {
					gone[i] = true
				}
			}
		}
		if len(gone) == 0 {
			return false
		}
		var rest []string
		for i, line := range lines {
			if !gone[i] {
				rest = append(rest, line)
			}
		}
		lines = rest
	}
	return false
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

// serial is what names end in: no two programs of a binary may share a name.
var serial = regexp.MustCompile(`\b([A-Za-z]+)(\d{4,})\b`)

// renamed is the program with names that no other one has.
func (p program) renamed(n int) program {
	p.name, p.text = fmt.Sprintf("%sc%d", p.name, n), serial.ReplaceAllString(p.text, fmt.Sprintf("${1}%d${2}", 1+n))
	if p.types == "" { // a written one, whose names end otherwise
		p.app = p.name
	}
	return p
}

// shrunk leaves out of a program what can be left out while it still is wrong; that tells of many programs at once which
// are, since a build is what takes the time.
func shrunk(p program, wrong func([]program) map[string]bool) program {
	const candidates = 30
	for smaller := without(p); len(smaller) > 0; {
		var ps []program
		for i, q := range smaller[:min(candidates, len(smaller))] {
			ps = append(ps, q.renamed(i))
		}
		found := wrong(ps)
		i := slices.IndexFunc(ps, func(p program) bool { return found[p.name] })
		if i < 0 {
			smaller = smaller[len(ps):]
			continue
		}
		p = smaller[i]
		smaller = without(p)
	}
	return p
}

// TestShrinking takes all away from a program that has nothing to do with what is wrong with it.
func TestShrinking(t *testing.T) {
	wrong := func(ps []program) map[string]bool {
		found := map[string]bool{}
		for _, p := range ps {
			found[p.name] = strings.Contains(p.text, "await")
		}
		return found
	}
	var p program
	for seed := range uint64(200) { // the shortest of many, since each step checks as many programs as there are lines
		q := programOf(seed)
		if strings.Contains(q.text, "await") && (p.text == "" || len(q.text) < len(p.text)) {
			p = q
		}
	}
	small := shrunk(p, wrong)
	if prog, _ := small.lower(); prog == nil || !wrong([]program{small})[small.name] || strings.Count(small.text, "\n") > 30 {
		t.Errorf("of\n%s is left\n%s", p.text, small.text)
	}
}
