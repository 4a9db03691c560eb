package main

import (
	"fmt"
	"strconv"
	"strings"
)

// Programs that are the same over and over are made here: their names end in how often.
var families = map[string]func(n int) string{
	"steps":   steps,
	"tasks":   tasks,
	"chain":   chain,
	"ring":    ring,
	"fanout":  fanout,
	"askeach": askEach,
}

// generate makes a program by its name, such as ring128.
func generate(name string) (text string, ok bool) {
	i := strings.IndexAny(name, "0123456789")
	if i < 0 {
		return "", false
	}
	family := families[name[:i]]
	n, err := strconv.Atoi(name[i:])
	if family == nil || err != nil {
		return "", false
	}
	return family(n), true
}

// numbers is how most of them begin.
const numbers = `param events: Int = 100000
param atom: Int = 256

stream numbers = range(0, events, atom: atom)
`

// steps is a chain of steps inside one workflow, which become one loop.
func steps(n int) string {
	return numbers + `stream ends: Int

workflow steps {
  from numbers
` + strings.Repeat("    |> map(x => x + 1)\n", n) + `    |> filter(x => x % 10000 == 0)
    |> to ends
}

sink ends to stdout.lines()
`
}

// tasks is a chain of tasks inside one workflow, each with state for each of 100 keys, which are other ones each time.
func tasks(n int) string {
	var b strings.Builder
	b.WriteString(numbers + `stream ends: Int

task Add: Int -> Int keyed Int {
  state sum: Int = 0

  on event x {
    sum = (sum + x) % 1000003
    emit x + sum % 2
  }
}

workflow tasks {
  from numbers
`)
	for i := range n {
		fmt.Fprintf(&b, "    |> key(x => (x + %d) %% 100)\n    |> Add as add%d\n", i, i)
	}
	b.WriteString(`    |> filter(x => x % 1000 == 0)
    |> to ends
}

sink ends to stdout.lines()
`)
	return b.String()
}

// chain is a chain of workflows, with a stream between any two.
func chain(n int) string {
	var b strings.Builder
	b.WriteString(numbers)
	from := "numbers"
	for i := range n {
		fmt.Fprintf(&b, "stream s%d: Int\nworkflow w%d { from %s |> map(x => x + 1) |> to s%d }\n", i, i, from, i)
		from = fmt.Sprintf("s%d", i)
	}
	fmt.Fprintf(&b, `stream ends: Int
workflow last { from %s |> filter(x => x %% 10000 == 0) |> to ends }
sink ends to stdout.lines()
`, from)
	return b.String()
}

// ring is a circle of workflows, in which a number goes around and is one less after each.
func ring(n int) string {
	var b strings.Builder
	b.WriteString(`param events: Int = 100000

stream start = list([events])
stream first = sequence(start, back)
stream back: Int
stream ends: Int
`)
	from := "first"
	for i := range n - 1 {
		fmt.Fprintf(&b, "stream s%d: Int\nworkflow w%d { from %s |> map(x => x - 1) |> to s%d }\n", i, i, from, i)
		from = fmt.Sprintf("s%d", i)
	}
	fmt.Fprintf(&b, `workflow last {
  flow on = from %s |> map(x => x - 1)
  on |> filter(x => x > 0) |> to back
  on |> filter(x => x <= 0) |> to ends
}
sink ends to stdout.lines()
`, from)
	return b.String()
}

// fanout is a stream that many workflows read, each of which adds up its part.
func fanout(n int) string {
	var b strings.Builder
	b.WriteString(numbers + `
task Sum: Int -> Int {
  shared state sum: Int = 0

  on event x { sum += x }
  on complete { emit sum }
}

`)
	var parts []string
	for i := range n {
		fmt.Fprintf(&b, "stream part%d: Int\nworkflow w%d { from numbers |> filter(x => x %% %d == %d) |> Sum |> to part%d }\n", i, i, n, i, i)
		parts = append(parts, fmt.Sprintf("part%d", i))
	}
	fmt.Fprintf(&b, "stream sums = sequence(%s)\nsink sums to stdout.lines()\n", strings.Join(parts, ", "))
	return b.String()
}

// askEach asks many workflows at once, and waits for all.
func askEach(n int) string {
	var b strings.Builder
	b.WriteString(numbers + "stream ends: Int\n\n")
	var asks []string
	for i := range n {
		fmt.Fprintf(&b, "portal next%d(Int) -> Int\ntask Answerer%d {\n  on ask next%d(n) { reply n + %d }\n}\nworkflow w%d { serve Answerer%d }\n", i, i, i, i, i, i)
		asks = append(asks, fmt.Sprintf("ask next%d(n)", i))
	}
	fmt.Fprintf(&b, `
task Asker: Int -> Int {
  on event n {
    let replies = await all([%s])
    let sum = replies.sum()
    if n %% 1000 == 0 { emit sum }
  }
}

workflow asker { from numbers |> Asker |> to ends }
sink ends to stdout.lines()
`, strings.Join(asks, ", "))
	return b.String()
}
