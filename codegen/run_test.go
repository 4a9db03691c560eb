package codegen_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
