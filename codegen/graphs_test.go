package codegen_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// wide is how many branches, workflows and sequencers these graphs have.
const wide = 128

// The events of these graphs: the numbers below graphEvents, in atoms of graphAtom, which are more than one lane does alone.
const (
	graphEvents = 1100
	graphAtom   = 500
)

// graphs are applications of extreme shapes, each with what a sequential run prints, or what is wrong with what it printed.
var graphs = []struct {
	name, text string
	wrong      func(lines []string) string
}{
	{"fan-in", fanIn(), equalTo(fannedIn())},
	{"diamonds", diamonds, equalTo(diamondsDone())},
	{"chained workflows", chainedWorkflows(), equalTo(chained())},
	{"chained sequencers", chainedSequencers(), sequenced},
}

// TestGraphs runs applications of extreme shapes with 1 to 4 partitions: each task has one barrier in each atom, and what
// comes out stands in the order of a sequential run.
func TestGraphs(t *testing.T) {
	p := &programs{files: map[string][]byte{}}
	var archives []*txtar.Archive
	var names []string
	for _, g := range graphs {
		a := &txtar.Archive{Comment: []byte("graphs"), Files: []txtar.File{{Name: "graph.ptl", Data: []byte(g.text)}}}
		archives, names = append(archives, a), append(names, p.add(t, a))
	}
	p.build(t)
	for i, g := range graphs {
		for parallelism := range 4 {
			written, status := p.run(t, names[i], archives[i], "--parallelism", fmt.Sprint(1+parallelism))
			if status != 0 {
				t.Fatalf("%s: exit status %d\n%s", g.name, status, written["stderr"])
			}
			if wrong := g.wrong(strings.Split(strings.TrimSpace(written["stdout"]), "\n")); wrong != "" {
				t.Errorf("%s, %d partitions: %s", g.name, 1+parallelism, wrong)
			}
		}
	}
}

// equalTo compares with what is wanted, and tells the first difference.
func equalTo(want []string) func(lines []string) string {
	return func(lines []string) string {
		for i, w := range want {
			if i >= len(lines) || lines[i] != w {
				return fmt.Sprintf("%d lines of %d; line %d differs: %q instead of %q", len(lines), len(want), i+1, slices.Concat(lines[min(i, len(lines)):], []string{"nothing"})[0], w)
			}
		}
		if len(lines) > len(want) {
			return fmt.Sprintf("%d lines too many: %q …", len(lines)-len(want), lines[len(want)])
		}
		return ""
	}
}

// atoms calls f with the numbers of each atom of a graph's source.
func atoms(f func(atom []int)) {
	for at := 0; at < graphEvents; at += graphAtom {
		var atom []int
		for n := at; n < min(at+graphAtom, graphEvents); n++ {
			atom = append(atom, n)
		}
		f(atom)
	}
}

// fanIn is a workflow of many branches that meet again: every third has a key, every third a single instance, and the
// others neither. Those with a task emit at its barrier, too.
func fanIn() string {
	var b strings.Builder
	fmt.Fprintf(&b, `
stream ns = range(0, %d, atom: %d)
stream out: String
task Keyed(i: Int): Int -> String keyed Int {
  state n: Int = 0
  on event e { n += 1; emit "${i}: ${e} is ${n} of ${key}" }
  on atom per key { emit "${i}: ${key} has ${n}" }
}
task Single(i: Int): Int -> String {
  shared state n: Int = 0
  on event e { n += e; emit "${i}: ${e} makes ${n}" }
  on atom { emit "${i}: all have ${n}" }
}
task Gather: String -> String {
  shared state n: Int = 0
  shared state atoms: Int = 0
  on event text { n += 1; emit text }
  on atom { atoms += 1; emit "atom ${atoms}: ${n}" }
}
workflow w {
  flow all = from ns
`, graphEvents, graphAtom)
	var flows []string
	for i := range wide {
		step := []string{"key(e => e %% (%[1]d %% 7 + 1)) |> Keyed(%[1]d) as keyed%[1]d", "Single(%[1]d) as single%[1]d", "map(e => \"%[1]d: ${e}\")"}[i%3]
		fmt.Fprintf(&b, "  flow f%d = all |> %s\n", i, fmt.Sprintf(step, i))
		flows = append(flows, fmt.Sprintf("f%d", i))
	}
	fmt.Fprintf(&b, "  union(%s) |> Gather |> to out\n}\nsink out to stdout.lines()\n", strings.Join(flows, ", "))
	return b.String()
}

func fannedIn() (lines []string) {
	type at struct{ branch, key int }
	count, sum := map[at]int{}, 0
	events, done := 0, 0
	atoms(func(atom []int) {
		var touched [wide][]int
		put := func(format string, args ...any) {
			lines = append(lines, fmt.Sprintf(format, args...))
			events++
		}
		before := sum
		for _, e := range atom {
			sum += e
			for i := range wide {
				switch key := e % (i%7 + 1); i % 3 {
				case 0:
					if !slices.Contains(touched[i], key) {
						touched[i] = append(touched[i], key)
					}
					count[at{i, key}]++
					put("%d: %d is %d of %d", i, e, count[at{i, key}], key)
				case 1:
					put("%d: %d makes %d", i, e, sum)
				case 2:
					put("%d: %d", i, e)
				}
			}
		}
		if sum == before {
			panic("an empty atom")
		}
		for i := range wide {
			for _, key := range touched[i] {
				put("%d: %d has %d", i, key, count[at{i, key}])
			}
			if i%3 == 1 {
				put("%d: all have %d", i, sum)
			}
		}
		done++
		lines = append(lines, fmt.Sprintf("atom %d: %d", done, events))
	})
	return lines
}

// diamonds is a workflow whose events go two ways and meet, three times over; only one of the ways has a key.
var diamonds = fmt.Sprintf(`
stream ns = range(0, %d, atom: %d)
stream out: String
task Count(i: Int): Int -> Int keyed Int {
  state n: Int = 0
  on event e { n += 1; emit e; if n %% 2 == 0 { emit e + i } }
  on atom per key { emit n }
}
task Last: Int -> String {
  shared state n: Int = 0
  on event e { n += 1; emit "${e}" }
  on atom { emit "atom of ${n}" }
}
workflow w {
  flow a0 = from ns
  flow k0 = a0 |> key(e => e %% 11) |> Count(1) as count0
  flow a1 = union(k0, a0)
  flow k1 = a1 |> key(e => e %% 5) |> Count(10) as count1
  flow m1 = a1 |> filter(e => e %% 3 == 0) |> map(e => e * 2)
  flow a2 = union(m1, k1)
  flow k2 = a2 |> key(e => e %% 17) |> Count(100) as count2
  flow a3 = union(a2, k2)
  a3 |> Last |> to out
}
sink out to stdout.lines()
`, graphEvents, graphAtom)

// counting is a task Count of diamonds: what it emits for an event and at its barrier.
type counting struct {
	keys, i int
	n       map[int]int
	touched []int
}

func (c *counting) event(e int, to func(int)) {
	key := e % c.keys
	if !slices.Contains(c.touched, key) {
		c.touched = append(c.touched, key)
	}
	c.n[key]++
	to(e)
	if c.n[key]%2 == 0 {
		to(e + c.i)
	}
}

func (c *counting) barrier(to func(int)) {
	for _, key := range c.touched {
		to(c.n[key])
	}
	c.touched = nil
}

func diamondsDone() (lines []string) {
	c := []*counting{{keys: 11, i: 1, n: map[int]int{}}, {keys: 5, i: 10, n: map[int]int{}}, {keys: 17, i: 100, n: map[int]int{}}}
	n := 0
	a3 := func(e int) {
		n++
		lines = append(lines, fmt.Sprint(e))
	}
	// Branches that come together come in the order of the union's arguments.
	a2 := func(e int) {
		a3(e)
		c[2].event(e, a3)
	}
	a1 := func(e int) {
		if e%3 == 0 {
			a2(e * 2)
		}
		c[1].event(e, a2)
	}
	atoms(func(atom []int) {
		for _, e := range atom {
			c[0].event(e, a1)
			a1(e)
		}
		c[0].barrier(a1)
		c[1].barrier(a2)
		c[2].barrier(a3)
		lines = append(lines, fmt.Sprintf("atom of %d", n))
	})
	return lines
}

// chainedWorkflows are workflows that each read the one before, by turns with a key and without. Each has a task that
// emits at its barrier, which atom it has seen. The second atom is empty from the first workflow on.
func chainedWorkflows() string {
	var b strings.Builder
	fmt.Fprintf(&b, `
stream s0 = range(0, %[1]d, atom: %[2]d)
task Step(i: Int): (Int, Int) -> (Int, Int) {
  shared state atoms: Int = 0
  on event (what, n) { emit (what, n + 1) }
  on atom { atoms += 1; emit (i, atoms) }
}
task Keyed: (Int, Int) -> (Int, Int) keyed Int {
  state seen: Int = 0
  on event (what, n) { seen += 1; emit (what, n + seen %% 2) }
}
stream s1: (Int, Int)
workflow w0 { from s0 |> filter(n => n / %[2]d != 1) |> map(n => (-1, n)) |> to s1 }
`, graphEvents, graphAtom)
	for i := 1; i < wide; i++ {
		keyed := ""
		if i%2 == 0 {
			keyed = "key((what, n) => n % 13) |> Keyed |> "
		}
		fmt.Fprintf(&b, "stream s%d: (Int, Int)\nworkflow w%d { from s%d |> %sStep(%d) |> to s%d }\n", i+1, i, i, keyed, i, i+1)
	}
	fmt.Fprintf(&b, "sink s%d to stdout.lines()\n", wide)
	return b.String()
}

func chained() (lines []string) {
	var seen [wide]map[int]int
	number := 0
	atoms(func(atom []int) {
		number++
		var events [][2]int
		for _, n := range atom {
			if n/graphAtom != 1 {
				events = append(events, [2]int{-1, n})
			}
		}
		for i := 1; i < wide; i++ {
			for j, e := range events {
				if i%2 == 0 {
					if seen[i] == nil {
						seen[i] = map[int]int{}
					}
					key := e[1] % 13
					seen[i][key]++
					events[j][1] += seen[i][key] % 2
				}
				events[j][1]++
			}
			events = append(events, [2]int{i, number})
		}
		for _, e := range events {
			lines = append(lines, fmt.Sprintf("(%d, %d)", e[0], e[1]))
		}
	})
	return lines
}

// chainedSequencers are sequencers that each take what the one before gives, and an atom of their own. A last workflow
// counts the atoms.
func chainedSequencers() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nstream s0 = range(0, %d, atom: 5)\n", graphEvents)
	for i := range wide {
		fmt.Fprintf(&b, "stream own%d = list([-%d], atom: 1)\nstream s%d = sequence(s%d, own%d)\n", i, i+1, i+1, i, i)
	}
	fmt.Fprintf(&b, `
stream out: String
task Atoms: Int -> String {
  shared state n: Int = 0
  on event e { emit "${e}" }
  on atom { n += 1; emit "atom ${n}" }
}
workflow w { from s%d |> Atoms |> to out }
sink out to stdout.lines()
`, wide)
	return b.String()
}

// sequenced tells what is wrong with the sequencers' output: which atom comes when is free, but those of one source keep
// their order and all atoms stay whole.
func sequenced(lines []string) string {
	next, atom := 0, 0
	own := map[string]bool{}
	var events []string
	for _, line := range lines {
		if !strings.HasPrefix(line, "atom ") {
			events = append(events, line)
			continue
		}
		if atom++; line != fmt.Sprintf("atom %d", atom) {
			return fmt.Sprintf("%q instead of atom %d", line, atom)
		}
		if len(events) == 1 && strings.HasPrefix(events[0], "-") && !own[events[0]] {
			own[events[0]] = true
			events = nil
			continue
		}
		var want []string
		for range 5 {
			want = append(want, fmt.Sprint(next))
			next++
		}
		if !slices.Equal(events, want) {
			return fmt.Sprintf("an atom of %v, and the next one is %v", events, want)
		}
		events = nil
	}
	if next != graphEvents || len(own) != wide || len(events) > 0 {
		return fmt.Sprintf("%d events and %d atoms of sequencers came out, of %d and %d; left over: %v", next, len(own), graphEvents, wide, events)
	}
	return ""
}
