package randomprogram_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/internal/randomprogram"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
)

var (
	seed     = flag.Uint64("seed", 1, "the first seed")
	keep     = flag.String("keep", "", "the directory to build in, which then stays")
	checked  = flag.Int("checked", 150, "how many programs are only checked")
	shrink   = flag.Bool("shrink", false, "whether programs that disagree are made smaller, which takes a build for each step")
	programs = flag.Int("programs", 12, "how many programs are compared with the interpreter")
)

// compiled is a program in its lowered form, or nil if the checker refuses it.
func compiled(name, text string) *ir.Program {
	prog, _ := codegen.Lower(&codegen.App{Name: name, Files: []*source.File{source.New(name+".ptl", text)}}, codegen.Options{})
	return prog
}

// lowered is a program in its lowered form, which the checker must take.
func lowered(t testing.TB, name, text string) *ir.Program {
	file := source.New(name+".ptl", text)
	prog, found := codegen.Lower(&codegen.App{Name: name, Files: []*source.File{file}}, codegen.Options{})
	if prog == nil {
		var report strings.Builder
		_ = diag.Text(&report, found, diag.TextOptions{})
		t.Errorf("%s\n%s", report.String(), text)
	}
	return prog
}

// TestProgramsAreRight asserts that the checker finds nothing wrong with any program, and lowering nothing impossible.
func TestProgramsAreRight(t *testing.T) {
	for i := range *checked {
		s := *seed + uint64(i)
		name := fmt.Sprintf("p%d", s)
		prog := lowered(t, name, randomprogram.Program(s))
		if prog == nil {
			continue
		}
		if err := ir.Verify(prog); err != nil {
			t.Errorf("seed %d: %v", s, err)
		}
	}
}

// TestProgramsAgree compiles programs, random ones and those of testdata/agree, runs them on the engine in many ways, and
// compares what they do with what the interpreter does where it makes the same choices.
func TestProgramsAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the Go toolchain")
	}
	b := &binary{dir: *keep, files: map[string][]byte{}}
	if b.dir == "" {
		b.dir = t.TempDir()
	} else if err := os.RemoveAll(b.dir); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	written, _ := filepath.Glob(filepath.Join("..", "..", "testdata", "agree", "*.ptl"))
	for _, file := range written {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".ptl")
		if texts[name] = string(text); !b.add(name, texts[name]) {
			t.Errorf("%s does not compile", file)
		}
	}
	for i := range *programs {
		s := *seed + uint64(i)
		name := fmt.Sprintf("p%d", s)
		texts[name] = randomprogram.Program(s)
		if !b.add(name, texts[name]) {
			t.Errorf("seed %d does not compile", s)
		}
	}
	b.build(t)
	failed := b.disagreeing(t, texts)
	for _, name := range slices.Sorted(maps.Keys(failed)) {
		t.Errorf("%s: %s", name, failed[name])
		if *shrink {
			t.Logf("the smallest program that disagrees:\n%s", shrunk(t, texts[name]))
		}
	}
}
