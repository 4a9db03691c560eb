package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/portals-lang/portals/bench/measure"
	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
)

//go:embed programs/*.ptl
var programs embed.FS

const (
	module = "github.com/portals-lang/portals"
	built  = "programs" // the module that the compiled programs are in
)

// build compiles programs into one binary, since linking one is much quicker than linking many.
func build(ctx context.Context, dir string, names []string) (binary string, err error) {
	apps, err := read(names)
	if err != nil {
		return "", err
	}
	out, found := codegen.Compile(apps, codegen.Options{Module: built, Lines: true, Resolve: resolve, Go: goPackages})
	if out == nil {
		return "", errors.New(text(found))
	}
	out.Files["main.go"] = mainOf(out.Apps)
	for name, text := range out.Files {
		if err := write(filepath.Join(dir, name), text); err != nil {
			return "", err
		}
	}
	if err := writeModule(ctx, dir); err != nil {
		return "", err
	}
	binary = filepath.Join(dir, "measure")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, ".")
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, text)
	}
	return binary, nil
}

// programsOf names the programs of rows, probes and growths, each once.
func programsOf(cases []*measure.Case, probes []*measure.Probe, growths []*measure.Growth) []string {
	var names []string
	for _, c := range cases {
		names = append(names, c.Program)
	}
	for _, p := range probes {
		if p.Program != "" {
			names = append(names, p.Program)
		}
	}
	for _, g := range growths {
		names = append(names, g.Programs()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// read returns programs as the compiler takes them.
func read(names []string) ([]*codegen.App, error) {
	var apps []*codegen.App
	for _, name := range names {
		text, made := generate(name)
		if !made {
			stored, err := programs.ReadFile("programs/" + name + ".ptl")
			if err != nil {
				return nil, err
			}
			text = string(stored)
		}
		apps = append(apps, &codegen.App{Name: name, Files: []*source.File{source.New(name+".ptl", text)}})
	}
	return apps, nil
}

// resolve finds a module that programs share.
func resolve(path string, _ bool) ([]*source.File, error) {
	path = strings.TrimPrefix(path, "./")
	stored, err := programs.ReadFile("programs/" + path + ".ptl")
	if err != nil {
		return nil, err
	}
	return []*source.File{source.New(path+".ptl", string(stored))}, nil
}

// goPackages finds the packages of this module that programs call.
func goPackages(_ string, paths []string) map[string]*codegen.GoPackage {
	out := map[string]*codegen.GoPackage{}
	for _, path := range paths {
		out[path] = &codegen.GoPackage{Problem: "The suite cannot load it"}
	}
	mode := packages.NeedName | packages.NeedTypes | packages.NeedExportFile
	found, err := packages.Load(&packages.Config{Mode: mode}, paths...)
	if err != nil {
		return out // with the problem that is there
	}
	for _, p := range found {
		if o := out[p.PkgPath]; o != nil && len(p.Errors) == 0 {
			o.Types, o.Problem = p.Types, ""
		}
	}
	return out
}

func text(found []*diag.Diagnostic) string {
	var b strings.Builder
	for _, d := range found {
		fmt.Fprintf(&b, "%s: %s\n", d.Primary.Span, d.Title)
	}
	return b.String()
}

// mainOf is the main function of the binary.
func mainOf(apps []string) []byte {
	var imports, entries bytes.Buffer
	for _, name := range apps {
		fmt.Fprintf(&imports, "\t%q\n", built+"/"+name)
		fmt.Fprintf(&entries, "\t\t%q: %s.App,\n", name, name)
	}
	return fmt.Appendf(nil, `package main

import (
	%q
	%q
%s)

func main() {
	measure.Main(map[string]*ptl.App{
%s	})
}
`, module+"/bench/measure", module+"/runtime/ptl", &imports, &entries)
}

// writeModule makes dir a module that uses this one from where it lies, with the same versions of everything else.
func writeModule(ctx context.Context, dir string) error {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return fmt.Errorf("the suite runs inside its repository: %w", err)
	}
	own := strings.TrimSpace(string(root))
	mod, err := os.ReadFile(filepath.Join(own, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(own, "go.sum"))
	if err != nil {
		return err
	}
	text := strings.Replace(string(mod), "module "+module, "module "+built, 1)
	text += "\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + own + "\n"
	if err := write(filepath.Join(dir, "go.mod"), []byte(text)); err != nil {
		return err
	}
	return write(filepath.Join(dir, "go.sum"), sum)
}

func write(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}
