package toolchain

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// tiny is a runtime without dependencies, so that building takes no time.
var tiny = fstest.MapFS{
	"go.mod":                   {Data: []byte("module " + Module + "\n\ngo 1.26.0\n")},
	"runtime/runtime.go":       {Data: []byte("package runtime\n\nfunc Main(s string) { println(s) }\n")},
	"runtime/broken_test.go":   {Data: []byte("nothing that compiles\n")},
	"runtime/ptl/ptl.go":       {Data: []byte("package ptl\n")},
	"runtime/store/wal/wal.go": {Data: []byte("package wal\n")},
}

func program(text string) *Program {
	return &Program{Files: map[string][]byte{
		"main.go":    []byte("package main\n\nimport (\n\t\"" + Module + "/" + Placeholder + "/x\"\n\t\"" + Module + "/runtime\"\n)\n\nfunc main() { runtime.Main(x.X) }\n"),
		"x/types.go": []byte("package x\n\nconst X = " + `"` + text + `"` + "\n"),
	}}
}

func TestBuild(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the Go toolchain")
	}
	dir := t.TempDir()
	tools, err := New(dir, tiny)
	if err != nil {
		t.Fatal(err)
	}
	notices := 0
	tools.Notice = func(string) { notices++ }
	var group sync.WaitGroup
	binaries := make([]string, 4)
	for i := range binaries {
		group.Go(func() {
			var err error
			if binaries[i], err = tools.Build(context.Background(), program("same")); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	out, err := exec.Command(binaries[0]).CombinedOutput()
	if err != nil || string(out) != "same\n" {
		t.Fatalf("%s%v", out, err)
	}
	if binaries[3] != binaries[0] || notices != 1 {
		t.Errorf("built %d times: %v", notices, binaries)
	}
	other, err := tools.Build(context.Background(), program("other"))
	if err != nil || other == binaries[0] {
		t.Errorf("another program is %s (%v)", other, err)
	}
	for _, left := range []string{"bin/*.*", "src/*/program/*", "src/.new-*"} {
		if found, _ := filepath.Glob(filepath.Join(dir, left)); found != nil {
			t.Errorf("left behind: %v", found)
		}
	}
}

// TestOtherSystems names what is built for another system as that one does.
func TestOtherSystems(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the Go toolchain")
	}
	t.Setenv("GOARCH", "amd64")
	for system, suffix := range map[string]string{"windows": ".exe", "linux": ""} {
		t.Setenv("GOOS", system)
		tools, err := New(t.TempDir(), tiny)
		if err != nil {
			t.Fatal(err)
		}
		binary, err := tools.Build(context.Background(), &Program{Files: map[string][]byte{"main.go": []byte("package main\n\nfunc main() {}\n")}})
		if err != nil || filepath.Ext(binary) != suffix {
			t.Errorf("for %s: %s (%v)", system, binary, err)
		}
		if here := runtime.GOOS == system && runtime.GOARCH == "amd64"; (Foreign() == "") != here {
			t.Errorf("binaries for %s are foreign: %q", system, Foreign())
		}
	}
}

// TestWhatNobodyUsesGoes tries the sweep: what was not used for long goes, once a day at most, and whatever is in use stays.
func TestWhatNobodyUsesGoes(t *testing.T) {
	tools, err := New(t.TempDir(), tiny)
	if err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	age := func(name string, by time.Duration) {
		t.Helper()
		at := time.Now().Add(-by)
		if err := os.Chtimes(filepath.Join(tools.dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	for name, old := range map[string]time.Duration{
		"bin/new": day, "bin/old": 6 * day, "bin/run": 6 * day, "bin/crashed.123": 6 * day,
		"src/new/built": day, "src/new/complete": 9 * day, "src/old/built": 6 * day, "src/old/complete": 9 * day,
		"src/unbuilt/complete": 6 * day, "src/" + tools.hash + "/built": 6 * day, "src/.new-1/go.mod": 6 * day,
	} {
		if err := write(tools.dir, name, nil); err != nil {
			t.Fatal(err)
		}
		age(name, old)
	}
	age("src/.new-1", 6*day)
	if !used(filepath.Join(tools.dir, "bin/run")) {
		t.Error("what is there is not found")
	}
	left := func() (names []string) {
		for _, pattern := range []string{"bin/*", "src/*"} {
			found, _ := filepath.Glob(filepath.Join(tools.dir, pattern))
			for _, f := range found {
				names = append(names, filepath.Base(f))
			}
		}
		return names
	}
	all := len(left())
	if err := write(tools.dir, "swept", nil); err != nil {
		t.Fatal(err)
	}
	age("swept", day/2)
	if tools.sweep(); len(left()) != all {
		t.Errorf("swept twice a day: %v", left())
	}
	age("swept", 2*day)
	tools.sweep()
	if want := []string{"new", "run", tools.hash, "new"}; !slices.Equal(left(), want) {
		t.Errorf("left are %v, want %v", left(), want)
	}
	age("bin/new", time.Minute)
	before, _ := os.Stat(filepath.Join(tools.dir, "bin/new"))
	used(filepath.Join(tools.dir, "bin/new"))
	if after, _ := os.Stat(filepath.Join(tools.dir, "bin/new")); after.ModTime() != before.ModTime() {
		t.Error("each use is noted, though the last one was a minute ago")
	}
}

func TestGoodErrors(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := New(t.TempDir(), tiny); err == nil || !strings.Contains(err.Error(), "https://go.dev/dl/") {
		t.Errorf("without Go: %v", err)
	}
	for said, want := range map[string]string{
		"go: go.mod requires go >= 1.26.0 (running go 1.20)":                                     "too old",
		"x.go:1:2: y@v1: Get \"https://proxy.golang.org\": dial tcp: lookup proxy: no such host": "network connection",
		"main.go:3:1: syntax error": "bug of portalsc",
	} {
		if err := explain(errors.New("exit status 1"), said); !strings.Contains(err.Error(), want) {
			t.Errorf("%q is explained as %v", said, err)
		}
	}
}

func TestABrokenProgramIsReportedAndLeavesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the Go toolchain")
	}
	dir := t.TempDir()
	tools, err := New(dir, tiny)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tools.Build(context.Background(), program("\n")); err == nil || !strings.Contains(err.Error(), "bug of portalsc") {
		t.Errorf("got %v", err)
	}
	if entries, _ := os.ReadDir(filepath.Join(dir, "bin")); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}
