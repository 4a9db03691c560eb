package codegen_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestAFailureNamesItsPlace runs programs that fail, each with one statement marked by a comment HERE: the report must name
// its line, and say what stands behind a comment SAYS.
func TestAFailureNamesItsPlace(t *testing.T) {
	p := &programs{files: map[string][]byte{}}
	var titles []string
	for title := range failing {
		titles = append(titles, title)
	}
	slices.Sort(titles)
	archives := map[string]*txtar.Archive{}
	names := map[string]string{}
	for _, title := range titles {
		a := &txtar.Archive{Comment: []byte("lines"), Files: []txtar.File{{Name: "failing.ptl", Data: []byte(failing[title])}}}
		archives[title], names[title] = a, p.add(t, a)
	}
	p.build(t)
	for _, title := range titles {
		t.Run(title, func(t *testing.T) {
			want := "failing.ptl:" + fmt.Sprint(marked(failing[title]))
			written, status := p.run(t, names[title], archives[title])
			if status != 1 || !strings.Contains(written["stderr"], want) {
				t.Errorf("exit status %d, want 1 and %s in\n%s", status, want, written["stderr"])
			}
			for _, says := range strings.Split(failing[title], "// SAYS ")[1:] {
				if says, _, _ = strings.Cut(says, "\n"); !strings.Contains(written["stderr"], says+"\n") {
					t.Errorf("want %q in\n%s", says, written["stderr"])
				}
			}
		})
	}
}

// marked is the line with the comment HERE.
func marked(text string) int {
	before, _, _ := strings.Cut(text, "// HERE")
	return strings.Count(before, "\n") + 1
}

// around is a program whose task does body with the event n, which is 0.
func around(declarations, body string) string {
	return declarations + `
stream ns = list([0])
stream out: Int
task T: Int -> Int keyed Int {
  state xs: List[Int] = []
  state total: Int = 0
  on event n {
` + body + `
  }
  fun helper(n: Int) -> Int {
    let m = n + 1
    m / (m - 1) // helper
  }
}
workflow w { from ns |> key(n => n) |> T |> to out }
sink out to stdout.lines()
`
}

// echoing declares a portal that replies the request, and fails for negative ones.
const echoing = `
portal echo(Int) -> Int
task Echo { on ask echo(n) { if n < 0 { fail "negative" }; reply n } }
workflow echoes { serve Echo }
`

var failing = map[string]string{
	"at a key that was there before": `
stream ns = list([1, 2, 1])
stream out: Int
task T: Int -> Int keyed Int {
  state n: Int = 0
  on event _ {
    n += 1
    if n == 2 { fail "again" } // HERE
    emit n
  }
}
workflow w { from ns |> key(n => n) |> T |> to out } // SAYS workflow w, task T, key 1, at the event 1
sink out to stdout.lines()
`,
	"after an await": around(echoing, `
    let m = await ask echo(n)
    emit m + 1
    emit 1 / m // HERE
`),
	"in a loop that awaits": around(echoing, `
    for i in [2, 1, 0] {
      if i > 5 { continue }
      let m = await ask echo(i)
      emit m
      total += 6 / m // HERE
    }
`),
	"before an await": around(echoing, `
    emit 1
    let m = await ask echo(1 / n) // HERE
    emit m
`),
	"an ask that failed": around(echoing, `
    let m = n - 1
    let k = await ask echo(m) // HERE
    emit k
`),
	"one of two asks that failed": around(echoing, `
    emit 1
    let (a, b) =
      await (ask echo(n), ask echo(n - 1)) // HERE
    emit a + b
`),
	"a fail statement": around("", `
    emit 1
    fail "no ${n}" // HERE
`),
	"a division": around("", `
    let x = 1
    emit x
    emit x / n // HERE
    emit x
`),
	"an overflow behind other statements": around("", `
    var big = 9223372036854775807
    if n == 0 {
      log "now"
      big += 1 // HERE
    }
    emit big
`),
	"an index out of range": around("", `
    xs.push(n)
    xs[3] = 1 // HERE
`),
	"a condition of an else if": around("", `
    if n > 0 {
      emit 1
    } else if 1 / n > 0 { // HERE
      emit 2
    }
`),
	"a lambda": around("", `
    let ys = [1, n].map(x => 1 / x) // HERE
    emit ys.length
`),
	"a lambda of several lines": around("", `
    let ys = [1, n].map(x => {
      let y = x + 1
      y / x // HERE
    })
    emit ys.length
`),
	"a chain behind a lambda of several lines": around("", `
    let ys = [1, n].map(x => {
      x + 1
    }).filter(x =>
      10 / (x - 1) > 3) // HERE
    emit ys.length
`),
	"a match arm": around("enum E { A(x: Int), B(x: Int) }\nfun e(n: Int) -> E = if n == 0 { B(n) } else { A(n) }\n", `
    match e(n) {
      A(x) => emit x
      B(x) => {
        emit 1
        emit 1 / x // HERE
      }
    }
`),
	"a loop": around("", `
    for i in [3, 2, 1, 0] {
      emit 7
      total += 6 / i // HERE
    }
`),
	"a while loop's condition": around("", `
    var i = 3
    while 6 / i > 0 { // HERE
      i -= 1
    }
    emit i
`),
	"a function": around(`
fun inverse(n: Int) -> Int {
  let one = 1
  one / n // HERE
}
`, `
    emit inverse(n)
`),
	"a generic function": around(`
fun twice[T](x: T, f: fun(T) -> T) -> T {
  let once = f(x)
  f(once)
}
`, `
    emit twice(n + 1, x => 1 / (x - 1)) // HERE
`),
	"a helper": strings.Replace(around("", `
    emit helper(n)
`), "// helper", "// HERE", 1),
	"a step": `
stream ns = list([0])
stream out: Int
workflow w {
  from ns
    |> filter(n => n >= 0)
    |> map(n => 1 / n) // HERE
    |> to out
}
sink out to stdout.lines()
`,
	"a key": `
stream ns = list([0])
stream out: Int
task T: Int -> Int keyed Int { on event n { emit n } }
workflow w {
  from ns
    |> key(n => 1 / n) // HERE
    |> T |> to out
}
sink out to stdout.lines()
`,
	"on atom": `
stream ns = list([0])
stream out: Int
task T: Int -> Int {
  shared state n: Int = 0
  on event x { n += x }
  on atom {
    emit 1 / n // HERE
  }
}
workflow w { from ns |> T |> to out }
sink out to stdout.lines()
`,
	"on atom per key": `
stream ns = list([0])
stream out: Int
task T: Int -> Int {
  state n: Int = 0
  on event x { n += x }
  on atom per key {
    emit 1
    emit 1 / n // HERE
  }
}
workflow w { from ns |> key(n => n) |> T |> to out }
sink out to stdout.lines()
`,
	"a generator": `
stream ns = unfold(3, s => if s < 0 { None } else {
  Some((6 / s, s - 1)) // HERE
})
sink ns to stdout.lines()
`,
	"an event behind a step and a task": `
stream ns = list([1, 2, 3], atom: 2)
stream out: Int
task Twice: Int -> Int { on event n { emit n * 2 } }
task T: Int -> Int keyed Bool {
  state all: Int = 0
  on event n { all += 1 / (n - 104) } // HERE
}
workflow w { from ns |> map(n => n + 50) |> Twice |> key(n => n > 103) |> T |> to out } // SAYS workflow w, task T, key true, at the event 104
sink out to stdout.lines() // SAYS atom 0 of stream ns
`,
	"a function that a task calls at a barrier, for a key that was not touched last": `
stream ns = list([2, 1, 3])
stream out: Int
fun inverse(n: Int) -> Int {
  1 / (n - 1) // HERE
}
task T: Int -> Int keyed Int {
  state n: Int = 0
  on event x { n += x }
  on atom per key { emit inverse(n) }
}
workflow w { from ns |> key(n => n) |> T |> to out } // SAYS workflow w, task T, key 1
sink out to stdout.lines() // SAYS atom 0 of stream ns, at its end
`,
	"on atom of a task with keys": `
stream ns = list([2, 1, 3])
stream out: Int
task T: Int -> Int keyed Int {
  state n: Int = 0
  shared state all: Int = 0
  on event x { n += x; all += x }
  on atom { emit 1 / (all - 6) } // HERE
}
workflow w { from ns |> key(n => n) |> T |> to out } // SAYS workflow w, task T
sink out to stdout.lines() // SAYS atom 0 of stream ns, at its end
`,
	"loops over collections in on atom": `
stream ns = list([2, 1, 3])
stream out: Int
task T: Int -> Int {
  shared state all: Set[Int] = Set([6])
  on event x { emit x }
  on atom {
    for a in all {
      for b in all { emit 1 / (a - b) } // HERE
    }
  }
}
workflow w { from ns |> T |> to out } // SAYS workflow w, task T
sink out to stdout.lines() // SAYS atom 0 of stream ns, at its end
`,
	"a loop over a collection in on atom per key": `
stream ns = list([2, 1, 3])
stream out: Int
task T: Int -> Int keyed Int {
  state all: Set[Int] = Set([1])
  on event x { emit x }
  on atom per key { for a in all { emit 1 / (a - key) } } // HERE
}
workflow w { from ns |> key(n => n) |> T |> to out } // SAYS workflow w, task T, key 1
sink out to stdout.lines() // SAYS atom 0 of stream ns, at its end
`,
	"an event that comes of a barrier": `
stream ns = list([2, 1, 3])
stream out: Int
task Sum: Int -> Int {
  shared state all: Int = 0
  on event x { all += x }
  on atom { emit all }
}
task T: Int -> Int {
  on event n { emit 1 / (n - 6) } // HERE
}
workflow w { from ns |> Sum |> T |> to out } // SAYS workflow w, task T, at the event 6
sink out to stdout.lines() // SAYS atom 0 of stream ns
`,
	"a step behind a task": `
stream ns = list([2, 1, 3])
stream out: Int
task Twice: Int -> Int keyed Int { on event n { emit n * 2 } }
workflow w {
  from ns |> key(n => n) |> Twice
    |> map(n => 1 / (n - 2)) // HERE
    |> to out // SAYS workflow w
}
sink out to stdout.lines() // SAYS atom 0 of stream ns, at the event 2
`,
	"a step behind a barrier": `
stream ns = list([2, 1, 3])
stream out: Int
task Sum: Int -> Int keyed Int {
  state sum: Int = 0
  on event n { sum += n }
  on atom per key { emit sum }
}
workflow w {
  from ns |> key(n => n) |> Sum
    |> map(n => 1 / (n - 1)) // HERE
    |> to out // SAYS workflow w
}
sink out to stdout.lines() // SAYS atom 0 of stream ns, at the event 1
`,
	"a handler that has waited": echoing + `
stream ns = list([4, 5])
stream out: Int
task T: Int -> Int keyed Int {
  on event n {
    let m = await ask echo(n * 10)
    emit 1 / (m - 50) // HERE
  }
}
workflow w { from ns |> key(n => n % 2) |> T |> to out } // SAYS workflow w, task T, key 1, at the event 5
sink out to stdout.lines() // SAYS atom 0 of stream echoes!w
`,
	"a handler whose time is over": echoing + `
portal slow(Int) -> Int
task Slow { on ask slow(rounds) { for i in range(0, rounds) { let _ = await ask echo(i) }; reply rounds } }
workflow slows { serve Slow }
stream ns = list([0, 5])
stream out: Int
task T: Int -> Int keyed Int {
  on event n {
    let m = await ask slow(n * 100000) within 1ms
    if m == None && n == 5 { fail "too late" } // HERE
  }
}
workflow w { from ns |> key(n => n % 2) |> T |> to out } // SAYS workflow w, task T, key 1, at the event 5
sink out to stdout.lines() // SAYS of stream timers
`,
	"one of two asks that failed in time": around(echoing, `
    emit 1
    if let Some((a, b)) = await (ask echo(n), ask echo(n - 1)) within 1h { // HERE
      emit a + b
    }
`),
	"a handler that goes on behind its reply": echoing + `
portal halve(Int) -> Int key n => n % 3
task Halve keyed Int {
  on ask halve(n) {
    reply n / 2
    let _ = await ask echo(1)
    if n == 4 { fail "no more" } // HERE
  }
}
workflow halves { serve Halve } // SAYS workflow halves, task Halve, key 1, at the event 4
stream ns = list([2, 4])
stream out: Int
task T: Int -> Int { on event n { emit await ask halve(n) } }
workflow w { from ns |> T |> to out } // SAYS atom 0 of stream echoes!halves
sink out to stdout.lines()
`,
	"on error": `
stream ns = list([2, 4])
stream out: Int
task T: Int -> Int {
  on event n { emit 1 / (n - 4) }
  on error e { fail "once more: ${e.message}" } // HERE
}
workflow w { from ns |> map(n => n) |> T |> to out } // SAYS workflow w, task T, at the event 4
sink out to stdout.lines()
`,
	"on complete": `
stream ns = list([2, 4])
stream out: Int
task T: Int -> Int {
  shared state sum: Int = 0
  on event n { sum += n }
  on complete { emit 1 / (sum - 6) } // HERE
}
workflow w { from ns |> T |> to out } // SAYS workflow w, task T
sink out to stdout.lines() // SAYS at its completion
`,
}
