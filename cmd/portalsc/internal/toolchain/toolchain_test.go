package toolchain

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
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
