package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"portalsc": main})
}

// TestCommand runs the scripts of testdata/cli. Those that build programs share one cache, the user's, so that the
// runtime is built once and not for every test.
func TestCommand(t *testing.T) {
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	goCache, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	library, err := filepath.Abs(filepath.Join("..", "..", "stdlib"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("..", "..", "testdata", "cli"),
		Setup: func(env *testscript.Env) error {
			dirs := strings.Fields(string(goCache))
			env.Setenv("GOCACHE", dirs[0])
			env.Setenv("GOMODCACHE", dirs[1])
			env.Setenv("PORTALS_CACHE", filepath.Join(cache, "portals"))
			env.Setenv("GOFLAGS", "")
			env.Setenv("STDLIB", library)
			return nil
		},
		Cmds:      map[string]func(ts *testscript.TestScript, neg bool, args []string){"status": exitsWith},
		Condition: func(name string) (bool, error) { return name == "building" && !testing.Short(), nil },
	})
}

// exitsWith is `status N PROGRAM ARGS…`: exec that wants one exit status, where `! exec` takes any but 0.
func exitsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N PROGRAM ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var ended *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, not %d", got, want)
	}
}
