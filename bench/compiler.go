package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/portals-lang/portals/bench/measure"
)

// compiler measures portalsc: how long it takes, and how large its binaries are, beside plain Go.
type compiler struct {
	ctx    context.Context
	dir    string
	binary string // portalsc
	env    []string
	edits  int
}

// compilerFigures builds portalsc and measures it. A quick run leaves out what begins with empty caches.
func compilerFigures(ctx context.Context, dir string, quick bool) ([]*measure.Figure, error) {
	c := &compiler{ctx: ctx, dir: filepath.Join(dir, "compiler")}
	c.binary = filepath.Join(c.dir, "portalsc")
	c.env = append(os.Environ(), "PORTALS_CACHE="+filepath.Join(c.dir, "cache"))
	if err := c.command(nil, "go", "build", "-trimpath", "-o", c.binary, module+"/cmd/portalsc"); err != nil {
		return nil, err
	}
	const rounds = 5
	var figures []*measure.Figure
	for _, measure := range []func(rounds int) (*measure.Figure, error){c.build, c.run, c.check, c.size} {
		f, err := measure(rounds)
		if err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	if quick {
		return figures, nil
	}
	f, err := c.cold()
	return append(figures, f), err
}

// command runs one to its end; what it prints counts only if it fails.
func (c *compiler) command(env []string, name string, args ...string) error {
	cmd := exec.CommandContext(c.ctx, name, args...)
	cmd.Env = append(c.env, env...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, text)
	}
	return nil
}

// edited writes hello, another one each time, as a program and as plain Go.
func (c *compiler) edited() (program, plain string, err error) {
	c.edits++
	program, plain = filepath.Join(c.dir, "hello.ptl"), filepath.Join(c.dir, "plain", "main.go")
	text := fmt.Sprintf(`stream names = list(["Hello, World %d!"])
stream greetings: String

workflow hello {
  from names |> map(s => s.upper()) |> to greetings
}

sink greetings to stdout.lines()
`, c.edits)
	if err := write(program, []byte(text)); err != nil {
		return "", "", err
	}
	text = fmt.Sprintf("package main\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n)\n\nfunc main() { fmt.Println(strings.ToUpper(\"Hello, World %d!\")) }\n", c.edits)
	return program, plain, write(plain, []byte(text))
}

// timed is how long a command takes, in seconds.
func (c *compiler) timed(env []string, name string, args ...string) (float64, error) {
	begin := time.Now()
	err := c.command(env, name, args...)
	return time.Since(begin).Seconds(), err
}

// sides runs portalsc and go in turns on an edited hello; the first round warms up.
func (c *compiler) sides(f *measure.Figure, rounds int, own, plain func(file string) []string) error {
	for round := range rounds + 1 {
		program, main, err := c.edited()
		if err != nil {
			return err
		}
		a, err := c.timed(nil, c.binary, own(program)...)
		if err != nil {
			return err
		}
		b, err := c.timed(nil, "go", plain(main)...)
		if err != nil {
			return err
		}
		if round > 0 {
			f.Own, f.Plain = append(f.Own, a), append(f.Plain, b)
		}
	}
	return nil
}

func (c *compiler) build(rounds int) (*measure.Figure, error) {
	f := &measure.Figure{Name: "portalsc build of an edited hello, warm", Unit: "s", Note: "beside go build"}
	return f, c.sides(f, rounds,
		func(file string) []string { return []string{"build", "-o", c.dir + "/hello", file} },
		func(file string) []string { return []string{"build", "-o", c.dir + "/plainhello", file} })
}

func (c *compiler) run(rounds int) (*measure.Figure, error) {
	f := &measure.Figure{Name: "portalsc run of an edited hello, warm", Unit: "s", Most: 2.5, MostOfOwn: true, Note: "beside go run"}
	return f, c.sides(f, rounds,
		func(file string) []string { return []string{"run", file, "--", "--memory"} },
		func(file string) []string { return []string{"run", file} })
}

// check checks a program of ten thousand lines.
func (c *compiler) check(rounds int) (*measure.Figure, error) {
	f := &measure.Figure{Name: "portalsc check of 10 k lines", Unit: "s"}
	path := filepath.Join(c.dir, "long.ptl")
	if err := write(path, long(10_000)); err != nil {
		return nil, err
	}
	for range rounds {
		took, err := c.timed(nil, c.binary, "check", path)
		if err != nil {
			return nil, err
		}
		f.Own = append(f.Own, took)
	}
	return f, nil
}

// long is a program of so many lines: tasks, functions and types, a workflow for each hundred lines or so.
func long(lines int) []byte {
	var b bytes.Buffer
	for i := 0; bytes.Count(b.Bytes(), []byte("\n")) < lines; i++ {
		fmt.Fprintf(&b, `record Order%[1]d(user: Int, items: List[Int], note: String = "")
enum Op%[1]d { Add%[1]d(user: Int, item: Int), Clear%[1]d(user: Int) }

stream ops%[1]d = list([Add%[1]d(1, 2), Clear%[1]d(1), Add%[1]d(%[1]d, 3)])
stream orders%[1]d: Order%[1]d

fun price%[1]d(items: List[Int], prices: Map[Int, Int]) -> Int {
  var sum = 0
  for item in items {
    let known = prices[item] ?? 0
    if known > 100 { sum += known - known / 10 } else { sum += known }
  }
  sum
}

task Cart%[1]d: Op%[1]d -> Order%[1]d keyed Int {
  state items: List[Int] = []
  state spent: Int = 0

  on event Add%[1]d(user, item) {
    items.push(item)
    if items.length > 10 { emit Order%[1]d(user, items, note: "many of ${key}") }
  }
  on event Clear%[1]d(user) {
    spent += price%[1]d(items, [1: 10, 2: 200])
    emit Order%[1]d(user, items.filter(i => i %% 2 == 0).map(i => i * 3))
    items = []
  }
}

workflow shop%[1]d {
  from ops%[1]d
    |> key(op => op.user)
    |> Cart%[1]d
    |> filter(o => o.items.length > 0)
    |> to orders%[1]d
}

sink orders%[1]d to stdout.ndjson()

`, i)
	}
	return b.Bytes()
}

// size compares the binaries that build has left.
func (c *compiler) size(int) (*measure.Figure, error) {
	f := &measure.Figure{Name: "binary of hello", Unit: "MB", Note: "beside that of go build"}
	for _, side := range []struct {
		name string
		to   *[]float64
	}{{"hello", &f.Own}, {"plainhello", &f.Plain}} {
		info, err := os.Stat(filepath.Join(c.dir, side.name))
		if err != nil {
			return nil, err
		}
		*side.to = append(*side.to, float64(info.Size())/1e6)
	}
	return f, nil
}

// cold builds hello with empty caches, Go's included, as the first build on a machine does.
func (c *compiler) cold() (*measure.Figure, error) {
	f := &measure.Figure{Name: "portalsc build of hello, cold", Unit: "s", Note: "Go's build cache is empty, too; beside go build"}
	program, main, err := c.edited()
	if err != nil {
		return nil, err
	}
	for i, side := range []struct {
		args []string
		to   *[]float64
	}{{[]string{c.binary, "build", "-o", c.dir + "/hello", program}, &f.Own}, {[]string{"go", "build", "-o", c.dir + "/plainhello", main}, &f.Plain}} {
		env := []string{"PORTALS_CACHE=" + filepath.Join(c.dir, "coldcache"), fmt.Sprintf("GOCACHE=%s", filepath.Join(c.dir, fmt.Sprintf("cold%d", i)))}
		took, err := c.timed(env, side.args[0], side.args[1:]...)
		if err != nil {
			return nil, err
		}
		*side.to = append(*side.to, took)
	}
	return f, nil
}
