package toolchain

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// A module of the user's may have what it requires in a directory vendor. Go itself builds from it only where it is the
// one vendor directory of all; here the runtime's modules are needed beside. So the workspace replaces each vendored module
// by its directory there. These directories lack a go.mod, as vendoring leaves it out; the build sees one nevertheless, by
// an overlay. It requires nothing: vendor/modules.txt lists all that is needed.
//
// What the runtime requires too cannot come from there, since vendoring leaves out the packages that the user does not
// import. It comes from where modules come from.

// vendored is a module in a directory vendor.
type vendored struct{ path, version, language string }

// readVendored lists the modules of vendor/modules.txt.
func readVendored(vendor string) ([]vendored, error) {
	text, err := os.ReadFile(filepath.Join(vendor, "modules.txt"))
	if err != nil {
		return nil, err
	}
	var modules []vendored
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		switch {
		case len(words) >= 3 && words[0] == "#" && words[2] != "=>": // that without a version only tells of a replacement
			modules = append(modules, vendored{path: words[1], version: words[2]})
		case len(words) > 1 && words[0] == "##" && len(modules) > 0:
			if _, version, found := strings.Cut(line, "go "); found {
				modules[len(modules)-1].language = strings.TrimSpace(version)
			}
		}
	}
	return modules, nil
}

// addVendored lets the workspace take modules from a directory vendor, but for those that the runtime requires. The files
// that the build shall see there it writes into dir, and notes in overlay.
func addVendored(w *modfile.WorkFile, vendor, runtime, dir string, overlay map[string]string) error {
	own, err := requiredBy(runtime)
	if err != nil {
		return err
	}
	modules, err := readVendored(vendor)
	if err != nil {
		return err
	}
	for _, m := range modules {
		if slices.Contains(own, m.path) {
			continue
		}
		f := &modfile.File{Syntax: &modfile.FileSyntax{}}
		if err := f.AddModuleStmt(m.path); err != nil {
			return err
		}
		if m.language != "" {
			if err := f.AddGoStmt(m.language); err != nil {
				return err
			}
		}
		name := filepath.Join("vendored", filepath.FromSlash(m.path)+"@"+m.version, "go.mod")
		if err := write(dir, filepath.ToSlash(name), modfile.Format(f.Syntax)); err != nil {
			return err
		}
		at := filepath.Join(vendor, filepath.FromSlash(m.path))
		overlay[filepath.Join(at, "go.mod")] = filepath.Join(dir, name)
		if err := w.AddReplace(m.path, m.version, at, ""); err != nil {
			return err
		}
	}
	return nil
}

// requiredBy are the modules that the one in a directory requires.
func requiredBy(dir string) ([]string, error) {
	path := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := modfile.ParseLax(path, text, nil)
	if err != nil {
		return nil, err
	}
	var modules []string
	for _, r := range f.Require {
		modules = append(modules, r.Mod.Path)
	}
	return modules, nil
}

// writeOverlay writes the file that -overlay takes.
func writeOverlay(path string, overlay map[string]string) error {
	text, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}
