package store

import "github.com/cockroachdb/pebble/v2/vfs"

// Exists tells whether there is a store in dir: a whole one, or what is left of one.
func Exists(fsys vfs.FS, dir string) bool {
	p := places(fsys, dir)
	for _, path := range []string{p.identity, p.removing, p.log, p.state} {
		if _, err := fsys.Stat(path); err == nil {
			return true
		}
	}
	return false
}
