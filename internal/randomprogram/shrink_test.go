package randomprogram_test

import (
	"fmt"
	"path/filepath"
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
	seen := map[[2]string]bool{{p.text, p.peer}: true}
	take := func(q program) {
		if q.mend() && !seen[[2]string{q.text, q.peer}] {
			seen[[2]string{q.text, q.peer}] = true
			smaller = append(smaller, q)
		}
	}
	alone := p
	alone.peer = ""
	take(alone)
	for _, part := range []func(*program) *string{(*program).first, (*program).second} {
		lines := slices.Collect(strings.Lines(*part(&p)))
		for i := range lines {
			for _, until := range slices.Compact([]int{i + 1, closing(lines, i)}) {
				if until > i {
					q := p
					*part(&q) = strings.Join(slices.Concat(lines[:i], lines[until:]), "")
					take(q)
				}
			}
		}
	}
	slices.SortStableFunc(smaller, func(a, b program) int { return len(a.text) + len(a.peer) - len(b.text) - len(b.peer) })
	return smaller
}

func (p *program) first() *string  { return &p.text }
func (p *program) second() *string { return &p.peer }

// mend takes away from p what the checker complains of; it tells whether something is left.
func (p *program) mend() bool {
	complaint := regexp.MustCompile(`(?m)^` + p.name + `\.ptl:(\d+):\d+: error`)
	for p.text != "" {
		right, wrong := p.lower()
		if wrong == "" {
			return true
		}
		part := p.first()
		if len(right) > 0 {
			part = p.second()
		}
		lines := slices.Collect(strings.Lines(*part))
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
		var rest strings.Builder
		for i, line := range lines {
			if !gone[i] {
				rest.WriteString(line)
			}
		}
		*part = rest.String()
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

// renamed is the program with names that no other one has. The app that it is a part of keeps its name.
func (p program) renamed(n int) program {
	rename := func(text string) string {
		return serial.ReplaceAllStringFunc(text, func(name string) string {
			if name == p.app {
				return name
			}
			return serial.ReplaceAllString(name, fmt.Sprintf("${1}%d${2}", 1+n))
		})
	}
	p.name, p.text, p.peer = fmt.Sprintf("%sc%d", p.name, n), rename(p.text), rename(p.peer)
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
	var p program
	for seed := range uint64(200) { // the shortest of many, since each step checks as many programs as there are lines
		q := programOf(seed)
		if strings.Contains(q.text, "await") && (p.text == "" || len(q.text) < len(p.text)) {
			p = q
		}
	}
	small := shrunk(p, wrongWith("await"))
	if _, complaint := small.lower(); complaint != "" || !strings.Contains(small.text, "await") || strings.Count(small.text, "\n") > 30 {
		t.Errorf("%s\nof\n%s is left\n%s", complaint, p.text, small.text)
	}
}

// wrongWith says that programs are wrong which have something in their text, or in that of their peer.
func wrongWith(what string) func([]program) map[string]bool {
	return func(ps []program) map[string]bool {
		found := map[string]bool{}
		for _, p := range ps {
			found[p.name] = strings.Contains(p.text+p.peer, what)
		}
		return found
	}
}

// TestShrinkingTwoApps does so with one that has a peer. What is left can be one of many in a binary, with others that it comes from.
func TestShrinkingTwoApps(t *testing.T) {
	p := program{name: "p1", app: "w1000", types: "record Pair7(a: Int, b: Int)\n", text: `stream ns1001 = list([1, 2, 3])
export stream pairs1002: Pair7
export portal twice1003(Int) -> Int
fun one1004() -> Int = 1
task T1005 {
on ask twice1003(n) {
let m = n + one1004()
reply n * 2
}
}
workflow w1006 {
serve T1005
from ns1001 |> map(n => Pair7(n, 1)) |> to pairs1002
}
`, peer: `stream out1007: Int
fun two1008() -> Int = 2
task T1009: Int -> Int {
on event e {
let m = two1008()
emit await ask w1000.twice1003(e)
}
}
workflow w1010 {
from w1000.pairs1002 |> map(p => p.a) |> T1009 |> to out1007
}
sink out1007 to stdout.lines()
`}
	if _, complaint := p.lower(); complaint != "" {
		t.Fatal(complaint)
	}
	small := shrunk(p, wrongWith("ask w1000."))
	if _, complaint := small.lower(); complaint != "" || !strings.Contains(small.peer, "ask w1000.") || strings.Contains(small.text+small.peer, "fun") {
		t.Errorf("%s\nis left\n%s%s", complaint, small.text, small.peer)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	newBinary(t.TempDir(), []program{small, small.renamed(0), small.renamed(1)}).write(t, root)
}
