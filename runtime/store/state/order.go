package state

import (
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// ordered is the file system as Pebble is given it. Pebble makes a manifest, syncs its content, makes a marker that names
// it, removes the marker before, and then syncs the directory. That relies on names becoming durable in the order they
// were made, which a journaling file system does and others need not: after a power cut there may be a marker that
// names no file, or none at all. Here the directory is synced before a marker is made and before one is removed.
type ordered struct{ vfs.FS }

const markerPrefix = "marker."

// Create makes a file; what was made before a marker is durable before it.
func (o ordered) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	if err := o.before(name); err != nil {
		return nil, err
	}
	return o.FS.Create(name, category)
}

// Remove removes a file; what was made before a marker goes is durable before it goes.
func (o ordered) Remove(name string) error {
	if err := o.before(name); err != nil {
		return err
	}
	return o.FS.Remove(name)
}

func (o ordered) before(name string) error {
	if !strings.HasPrefix(o.PathBase(name), markerPrefix) {
		return nil
	}
	dir, err := o.OpenDir(o.PathDir(name))
	if err != nil {
		return err
	}
	err = dir.Sync()
	if closed := dir.Close(); err == nil {
		err = closed
	}
	return err
}

// Unwrap gives Pebble the file system below, for what it asks of the real one.
func (o ordered) Unwrap() vfs.FS { return o.FS }
