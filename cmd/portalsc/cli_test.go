package main

import (
	"os"
	"os/exec"
	"path/filepath"
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
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("..", "..", "testdata", "cli"),
		Setup: func(env *testscript.Env) error {
			dirs := strings.Fields(string(goCache))
			env.Setenv("GOCACHE", dirs[0])
			env.Setenv("GOMODCACHE", dirs[1])
			env.Setenv("PORTALS_CACHE", filepath.Join(cache, "portals"))
			env.Setenv("GOFLAGS", "")
			return nil
		},
		Condition: func(name string) (bool, error) { return name == "building" && !testing.Short(), nil },
	})
}
