package file

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/connector/reject"
)

// expand returns the files that path names: itself if there is such a file, else those that it matches as a pattern, in
// lexical order. Like a shell, it leaves out names with a leading dot unless the pattern has it; and it leaves out what earlier
// runs rejected, which otherwise `data/*` would take for data.
func expand(fsys vfs.FS, path string) ([]string, error) {
	info, err := fsys.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a directory: name the files in it, as in %q", path, fsys.PathJoin(path, "*"))
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file, so it could not be read again after a crash: pipe it in and use stdin", path)
	case err == nil:
		return []string{path}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, named("look at", path, err)
	}
	if !isPattern(path) {
		if strings.HasPrefix(path, "~") {
			return nil, fmt.Errorf("there is no file %s (only a shell knows what ~ stands for: write the path out, or make it a param)", path)
		}
		return nil, fmt.Errorf("there is no file %s (paths are relative to the working directory)", path)
	}
	if _, err := filepath.Match(path, ""); err != nil {
		return nil, fmt.Errorf("%s is not a pattern: a [ without its ], or a \\ at the end", path)
	}
	files, err := match(fsys, path)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no file matches %s (paths are relative to the working directory)", path)
	}
	slices.Sort(files)
	return files, nil
}

func isPattern(path string) bool { return strings.ContainsAny(path, `*?[\`) }

// match returns the regular files that pattern matches.
func match(fsys vfs.FS, pattern string) ([]string, error) {
	dirs := []string{fsys.PathDir(pattern)}
	if isPattern(dirs[0]) {
		var err error
		if dirs, err = matchDirs(fsys, dirs[0]); err != nil {
			return nil, err
		}
	}
	return inDirs(fsys, dirs, fsys.PathBase(pattern), func(name string, info vfs.FileInfo) bool {
		return info.Mode().IsRegular() && !strings.HasSuffix(name, reject.Suffix)
	})
}

// matchDirs returns the directories that pattern matches.
func matchDirs(fsys vfs.FS, pattern string) ([]string, error) {
	if !isPattern(pattern) {
		return []string{pattern}, nil
	}
	parents, err := matchDirs(fsys, fsys.PathDir(pattern))
	if err != nil {
		return nil, err
	}
	return inDirs(fsys, parents, fsys.PathBase(pattern), func(_ string, info vfs.FileInfo) bool { return info.IsDir() })
}

// inDirs returns the entries of dirs whose names match pattern and that keep wants.
func inDirs(fsys vfs.FS, dirs []string, pattern string, keep func(string, vfs.FileInfo) bool) (found []string, err error) {
	for _, dir := range dirs {
		names, err := fsys.List(dir)
		if dir == "." && errors.Is(err, fs.ErrNotExist) {
			names, err = fsys.List("") // what Pebble's file system in memory calls its root
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, named("list", dir, err)
		}
		for _, name := range names {
			if ok, _ := filepath.Match(pattern, name); !ok || name[0] == '.' && pattern[0] != '.' {
				continue
			}
			path := fsys.PathJoin(dir, name)
			if info, err := fsys.Stat(path); err == nil && keep(name, info) {
				found = append(found, path)
			}
		}
	}
	return found, nil
}

// named puts err into a sentence that names the file once, which the errors of the operating system do or do not.
func named(verb, path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("cannot %s %s: %w", verb, path, err)
}
