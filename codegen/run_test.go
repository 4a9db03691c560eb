package codegen_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/portals-lang/portals/internal/golden"
)

// programs is a binary that holds many programs: linking one is much quicker than linking many.
type programs struct {
	binary string
	dirs   []string
	files  map[string][]byte
}

// add puts the program of an archive into the binary.
func (p *programs) add(t *testing.T, a *txtar.Archive) (name string) {
	t.Helper()
	dir := fmt.Sprintf("p%d", len(p.dirs))
	for name, text := range compile(t, a, "generated/"+dir).Files {
		if name != "main.go" {
			p.files[filepath.Join(dir, filepath.Base(name))] = text
		}
	}
	p.dirs = append(p.dirs, dir)
	return dir
}

// build links the binary.
func (p *programs) build(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the Go toolchain")
	}
	dir := t.TempDir()
	module(t, dir, "generated")
	var imports, cases strings.Builder
	for _, name := range p.dirs {
		fmt.Fprintf(&imports, "\t%s \"generated/%s\"\n", name, name)
		fmt.Fprintf(&cases, "\tcase %q:\n\t\truntime.Main(%s.App)\n", name, name)
	}
	main := fmt.Sprintf(`package main

import (
	"os"

	"github.com/portals-lang/portals/runtime"
%s)

func main() {
	name := os.Args[1]
	os.Args = os.Args[1:]
	switch name {
%s	}
}
`, imports.String(), cases.String())
	write(t, filepath.Join(dir, "main.go"), []byte(main))
	for name, text := range p.files {
		write(t, filepath.Join(dir, name), text)
	}
	p.binary = filepath.Join(dir, "programs")
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", p.binary, ".")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
}

// run runs a program in a directory of its own that holds the archive's other files. It returns what the program printed
// and the files that the archive's file `writes` names.
func (p *programs) run(t *testing.T, name string, a *txtar.Archive, args ...string) (written map[string]string, status int) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range a.Files {
		if !strings.HasSuffix(f.Name, ".ptl") {
			write(t, filepath.Join(dir, f.Name), f.Data)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.binary, append([]string{name, "--memory"}, args...)...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Stdin = strings.NewReader(golden.File(a, "stdin"))
	err := cmd.Run()
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		t.Errorf("it does not end; so far it has printed\n%s%s", out.String(), errs.String())
	case errors.As(err, &ended):
		status = ended.ExitCode()
	case err != nil:
		t.Fatal(err)
	}
	written = map[string]string{"stdout": out.String(), "stderr": errs.String()}
	for _, name := range strings.Fields(golden.File(a, "writes")) {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		}
		written[name] = string(text)
	}
	return written, status
}

// TestRuns runs the programs of testdata/run. What they print stands in `stdout`; a file `args` holds their flags,
// `writes` the names of files that they write.
func TestRuns(t *testing.T) {
	const dir = "../testdata/run"
	p := &programs{files: map[string][]byte{}}
	names := map[string]string{}
	files, _ := filepath.Glob(filepath.Join(dir, "*.txtar"))
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		names[string(txtar.Format(a))] = p.add(t, a)
	}
	p.build(t)
	golden.Run(t, dir, func(t *testing.T, a *txtar.Archive) map[string]string {
		args := strings.Fields(golden.File(a, "args"))
		written, status := p.run(t, names[string(txtar.Format(a))], a, args...)
		if status != 0 {
			t.Errorf("exit status %d\n%s", status, written["stderr"])
		}
		delete(written, "stderr") // the times in logs differ from run to run
		return written
	})
}

// TestAFailureNamesItsLine runs programs that fail, each with one statement marked by a comment HERE; the report must
// name its line, and the key behind a comment KEY. The same statements fail on their own under --on-failure skip.
func TestAFailureNamesItsLine(t *testing.T) {
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
			if _, key, named := strings.Cut(failing[title], "// KEY "); named {
				key, _, _ = strings.Cut(key, "\n")
				if !strings.Contains(written["stderr"], ", key "+key) {
					t.Errorf("want key %s in\n%s", key, written["stderr"])
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
workflow w { from ns |> key(n => n) |> T |> to out } // KEY 1
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
}
