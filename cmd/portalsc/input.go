package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
)

const extension = ".ptl"

// readApps reads each argument as an application: a file, or a directory of files.
func readApps(args []string) ([]*codegen.App, error) {
	apps := make([]*codegen.App, len(args))
	for i, arg := range args {
		app, err := readApp(arg)
		if err != nil {
			return nil, err
		}
		apps[i] = app
	}
	return apps, nil
}

func readApp(arg string) (*codegen.App, error) {
	info, err := os.Stat(arg)
	switch {
	case errors.Is(err, fs.ErrNotExist) && filepath.Ext(arg) == "":
		return nil, fmt.Errorf("there is no file or directory %s%s", arg, suggest(arg))
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %s", arg)
	case err != nil:
		return nil, err
	case info.IsDir():
		return readDir(arg)
	case filepath.Ext(arg) != extension:
		return nil, fmt.Errorf("%s is no %s file", arg, extension)
	}
	file, err := readFile(arg)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(filepath.Base(arg), extension)
	return &codegen.App{Name: name, Dir: filepath.Dir(arg), Files: []*source.File{file}}, nil
}

// suggest adds the file that was probably meant.
func suggest(arg string) string {
	if _, err := os.Stat(arg + extension); err == nil {
		return "; did you mean " + arg + extension + "?"
	}
	return ""
}

func readDir(dir string) (*codegen.App, error) {
	files, err := readFiles(dir)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("there are no %s files in %s", extension, dir)
	}
	whole, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	return &codegen.App{Name: filepath.Base(whole), Dir: dir, Files: files}, nil
}

// readFiles reads all files of a directory, by name.
func readFiles(dir string) ([]*source.File, error) {
	paths, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*"+extension))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	files := make([]*source.File, len(paths))
	for i, path := range paths {
		if files[i], err = readFile(path); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// escapeGlob makes a path mean itself in a pattern.
func escapeGlob(path string) string {
	if filepath.Separator == '\\' {
		return path // there is no escaping there
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func readFile(path string) (*source.File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return source.New(filepath.ToSlash(path), string(text)), nil
}

// resolve finds the files of an import: those of a directory, or one file.
func resolve(path string, _ bool) ([]*source.File, error) {
	path = filepath.Clean(path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		files, err := readFiles(path)
		if err == nil && len(files) == 0 {
			err = fmt.Errorf("there are no %s files in %s", extension, path)
		}
		return files, err
	}
	file, err := readFile(path + extension)
	if err != nil {
		return nil, fmt.Errorf("there is neither a directory %s nor a file %s%s", path, path+extension, nearby(path))
	}
	return []*source.File{file}, nil
}

// nearby adds what lies in the same directory under a name that is much like the one of a path that leads to nothing.
func nearby(path string) string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return ""
	}
	found := map[string]string{}
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), extension); e.IsDir() || name != e.Name() {
			found[name] = e.Name()
		}
	}
	near, ok := diag.Nearest(filepath.Base(path), slices.Sorted(maps.Keys(found)))
	if !ok {
		return ""
	}
	return "; there is " + filepath.Join(filepath.Dir(path), found[near])
}
