package toolchain

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// A program that calls Go packages of the user's is built in a workspace: the runtime's module, in which the program
// lies, and beside it the module of the user, with all that its go.mod, and go.work if it has one, say about versions
// and replacements. Where both need a third module, Go takes the higher version.

// UserModule is a module of the user's whose packages a program imports.
type UserModule struct {
	Dir     string   // the absolute path of the directory of its go.mod
	Imports []string // the packages, of it or of what it requires
	Vendor  string   // the directory vendor that Go takes some of these from; "" if it takes none
}

// builds names what Go would build of the packages that m gives: the names change with their code.
func (t *Toolchain) builds(ctx context.Context, m UserModule) ([]byte, error) {
	args := []string{"list", "-deps", "-export", "-trimpath", "-f", "{{if not .Standard}}{{.ImportPath}} {{.BuildID}}{{end}}"}
	return t.ask(ctx, m.Dir, append(append(args, "--"), m.Imports...)...)
}

// ask runs the Go tool in a directory of the user's.
func (t *Toolchain) ask(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, t.goTool, args...)
	cmd.Dir = dir
	cmd.Env = Environ()
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("in %s, go %s fails (%w):\n%s", dir, args[0], err, strings.TrimSpace(stderr.String()))
	}
	return out.Bytes(), nil
}

// writeWorkspace writes the go.work of the runtime and the user's modules into dir, and what the build shall see elsewhere
// that is not there. It returns the flags that say so.
func (t *Toolchain) writeWorkspace(ctx context.Context, dir, runtime string, modules []UserModule) (flags []string, err error) {
	w, overlay, err := t.workspace(ctx, dir, runtime, modules)
	if err != nil {
		return nil, err
	}
	if len(overlay) > 0 {
		path := filepath.Join(dir, "overlay.json")
		if err := writeOverlay(path, overlay); err != nil {
			return nil, err
		}
		flags = []string{"-overlay=" + path}
	}
	return flags, os.WriteFile(filepath.Join(dir, "go.work"), modfile.Format(w.Syntax), 0o644)
}

func (t *Toolchain) workspace(ctx context.Context, dir, runtime string, modules []UserModule) (*modfile.WorkFile, map[string]string, error) {
	overlay := map[string]string{}
	w := &modfile.WorkFile{Syntax: &modfile.FileSyntax{}}
	version := "1.26.0"
	if err := w.AddUse(runtime, ""); err != nil {
		return nil, nil, err
	}
	for _, m := range modules {
		dirs, err := t.ask(ctx, m.Dir, "list", "-m", "-f", "{{.Dir}}\t{{.GoVersion}}")
		if err != nil {
			return nil, nil, err
		}
		for line := range strings.Lines(string(dirs)) {
			dir, needs, _ := strings.Cut(strings.TrimSpace(line), "\t")
			if slices.ContainsFunc(w.Use, func(u *modfile.Use) bool { return u.Path == dir }) {
				continue
			}
			if err := w.AddUse(dir, ""); err != nil {
				return nil, nil, err
			}
			if semver.Compare("v"+needs, "v"+version) > 0 {
				version = needs
			}
		}
		if err := t.addReplacements(ctx, w, m.Dir); err != nil {
			return nil, nil, err
		}
		if m.Vendor != "" {
			if err := addVendored(w, m.Vendor, runtime, dir, overlay); err != nil {
				return nil, nil, err
			}
		}
	}
	return w, overlay, w.AddGoStmt(version)
}

// addReplacements takes over what the user's own workspace replaces.
func (t *Toolchain) addReplacements(ctx context.Context, w *modfile.WorkFile, dir string) error {
	found, err := t.ask(ctx, dir, "env", "GOWORK")
	path := strings.TrimSpace(string(found))
	if err != nil || path == "" || path == "off" {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	theirs, err := modfile.ParseWork(path, text, nil)
	if err != nil {
		return err
	}
	for _, r := range theirs.Replace {
		to := r.New.Path
		if modfile.IsDirectoryPath(to) && !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		if err := w.AddReplace(r.Old.Path, r.Old.Version, to, r.New.Version); err != nil {
			return err
		}
	}
	return nil
}
