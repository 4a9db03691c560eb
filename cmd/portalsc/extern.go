package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/tools/go/packages"

	"github.com/portals-lang/portals/cmd/portalsc/internal/toolchain"
	"github.com/portals-lang/portals/codegen"
)

// goPackages finds the Go packages that programs call, and remembers which modules they come from, for the build.
type goPackages struct{ modules []toolchain.UserModule }

// find loads packages as they are seen from a directory: Go's own, and those of the nearest go.mod above it.
func (g *goPackages) find(dir string, paths []string) map[string]*codegen.GoPackage {
	out := map[string]*codegen.GoPackage{}
	var good []string
	for _, path := range paths {
		out[path] = &codegen.GoPackage{}
		switch {
		case module.CheckImportPath(path) != nil || slices.Contains([]string{"all", "std", "cmd", "main"}, path):
			out[path].Problem = "That is no import path of Go"
		case slices.Contains(strings.Split(path, "/"), "internal"):
			out[path].Problem = "It is internal to its module, and a compiled program is not in there; a function of another package can call it"
		default:
			good = append(good, path)
		}
	}
	root, err := moduleAbove(dir)
	if err != nil {
		return failing(out, err)
	}
	found, err := load(dir, root, packages.NeedName|packages.NeedTypes|packages.NeedExportFile|packages.NeedModule, good...)
	if err != nil {
		return failing(out, err)
	}
	vendor, err := vendorOf(dir, root, good)
	if err != nil {
		return failing(out, err)
	}
	var used []string
	for _, p := range found {
		o := out[p.PkgPath]
		if o == nil {
			continue
		}
		switch {
		case len(p.Errors) > 0:
			o.Problem = inWords(p.Errors[0].Msg)
			o.Near = near(dir, root)
		case p.Name == "main":
			o.Problem = "It is a program, which nothing can import"
		default:
			o.Types = p.Types
			if p.Module != nil {
				used = append(used, p.PkgPath)
			}
		}
		if o.Types == nil && root == "" && strings.Contains(p.PkgPath, ".") {
			o.Problem = "There is no go.mod in the directory of this file or above it, so only Go's own packages are found"
		}
	}
	if len(used) > 0 {
		g.modules = append(g.modules, toolchain.UserModule{Dir: root, Imports: used, Vendor: vendor})
	}
	return out
}

// vendorOf is the directory vendor that Go takes one of the packages from, or one that they need; "" if there is none.
func vendorOf(dir, root string, paths []string) (vendor string, err error) {
	if above, err := holding(root, filepath.Join("vendor", "modules.txt")); root == "" || above == "" || err != nil {
		return "", err
	}
	found, err := load(dir, root, packages.NeedName|packages.NeedFiles|packages.NeedImports|packages.NeedDeps|packages.NeedModule, paths...)
	packages.Visit(found, nil, func(p *packages.Package) {
		if p.Module == nil || len(p.GoFiles) == 0 {
			return
		}
		if dir, inside := strings.CutSuffix(filepath.ToSlash(filepath.Dir(p.GoFiles[0])), "/vendor/"+p.PkgPath); inside {
			vendor = filepath.Join(filepath.FromSlash(dir), "vendor")
		}
	})
	return vendor, err
}

// inWords makes a sentence of what Go says about a package.
func inWords(said string) string {
	switch {
	case strings.Contains(said, "no required module provides package"):
		return "Neither the module of this file nor one that its go.mod requires has that package; `go get` adds a module"
	case strings.Contains(said, "is not in std"):
		return "Go itself has no such package"
	}
	return "Go says: " + strings.ReplaceAll(strings.TrimSpace(said), "\n", " ")
}

// moduleAbove is the nearest directory with a go.mod, "" if there is none.
func moduleAbove(dir string) (string, error) { return holding(dir, "go.mod") }

// holding is the nearest directory, dir or above it, with a file of that name; "" if there is none.
func holding(dir, name string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return dir, nil
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", nil
		}
		dir = above
	}
}

func load(dir, root string, mode packages.LoadMode, paths ...string) ([]*packages.Package, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	if _, err := exec.LookPath("go"); err != nil {
		return nil, err
	}
	env := toolchain.Environ()
	if root == "" {
		env = append(env, "GOWORK=off", "GO111MODULE=on", "GOFLAGS=")
	}
	return packages.Load(&packages.Config{Mode: mode, Dir: dir, Env: env}, paths...)
}

// near lists packages that may have been meant by a path that leads nowhere: Go's own and those of the module.
func near(dir, root string) []string {
	patterns := []string{"std"}
	if root != "" {
		dir, patterns = root, append(patterns, "./...")
	}
	found, err := load(dir, root, packages.NeedName, patterns...)
	if err != nil {
		return nil // it is only for a suggestion
	}
	var paths []string
	for _, p := range found {
		if p.Name != "main" && !slices.Contains(strings.Split(p.PkgPath, "/"), "internal") {
			paths = append(paths, p.PkgPath)
		}
	}
	return paths
}

// failing is the answer when packages cannot be looked up at all.
func failing(out map[string]*codegen.GoPackage, err error) map[string]*codegen.GoPackage {
	for _, o := range out {
		switch {
		case o.Problem != "":
		case errors.Is(err, exec.ErrNotFound):
			o.Problem = "The Go toolchain was not found, which knows what is in Go packages; install Go and see to it that `go` is in PATH"
		default:
			o.Problem = fmt.Sprintf("The Go toolchain says: %v", err)
		}
	}
	return out
}
