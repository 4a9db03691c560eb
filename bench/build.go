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
	"strings"

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

// build compiles all programs into one binary, since linking one is much quicker than linking many.
func build(ctx context.Context, dir string) (binary string, err error) {
	apps, err := read()
	if err != nil {
		return "", err
	}
	out, found := codegen.Compile(apps, codegen.Options{Module: built, Lines: true})
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

// read returns the programs as the compiler takes them.
func read() ([]*codegen.App, error) {
	files, err := programs.ReadDir("programs")
	if err != nil {
		return nil, err
	}
	var apps []*codegen.App
	for _, f := range files {
		text, err := programs.ReadFile("programs/" + f.Name())
		if err != nil {
			return nil, err
		}
		apps = append(apps, &codegen.App{
			Name:  strings.TrimSuffix(f.Name(), ".ptl"),
			Files: []*source.File{source.New(f.Name(), string(text))},
		})
	}
	return apps, nil
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
