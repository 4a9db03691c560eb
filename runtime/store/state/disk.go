package state

import (
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// disk is the file system as Pebble is given it. It differs from the one below in two ways.
//
// Pebble makes a manifest, syncs its content, makes a marker that names it, removes the marker before, and then syncs
// the directory. That relies on names becoming durable in the order they were made, which a journaling file system
// does and others need not: after a power cut there may be a marker that names no file, or none at all. Here the
// directory is synced before a marker is made and before one is removed.
//
// If that last sync fails, Pebble panics, in a goroutine of its own. Here the failure ends the state instead: Pebble
// is told that the sync succeeded, and from then on no file is written, made, renamed or removed. So both manifests,
// and all that they name, stay for the next opening to choose from; and because the state is over, nobody is told
// that anything moved.
//
// Besides, what writes much lets others have the processor after each block: compactions run beside an app's own work, which
// must not wait for them.
type disk struct {
	vfs.FS
	log *listener
}

const markerPrefix = "marker."

// ready is asked before anything that changes names.
func (d disk) ready(name string) error {
	if err := d.log.failed(); err != nil {
		return err
	}
	if !strings.HasPrefix(d.PathBase(name), markerPrefix) {
		return nil
	}
	dir, err := d.FS.OpenDir(d.PathDir(name))
	if err != nil {
		return err
	}
	err = dir.Sync()
	if closed := dir.Close(); err == nil {
		err = closed
	}
	return err
}

func (d disk) guard(f vfs.File, err error) (vfs.File, error) {
	if err != nil {
		return nil, err
	}
	return file{f, d.log}, nil
}

// Create is that of vfs.FS, as are all that follow.
func (d disk) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	if err := d.ready(name); err != nil {
		return nil, err
	}
	f, err := d.FS.Create(name, category)
	if err != nil {
		return nil, err
	}
	g := &gradual{File: f}
	if strings.HasSuffix(name, ".sst") { // of a compaction
		g.givenUp = d.log.givenUp
	}
	return d.guard(g, nil)
}

// OpenReadWrite opens a file, making it if need be.
func (d disk) OpenReadWrite(name string, category vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	if err := d.ready(name); err != nil {
		return nil, err
	}
	return d.guard(d.FS.OpenReadWrite(name, category, opts...))
}

// ReuseForWrite renames a file and opens it.
func (d disk) ReuseForWrite(from, to string, category vfs.DiskWriteCategory) (vfs.File, error) {
	if err := d.ready(to); err != nil {
		return nil, err
	}
	return d.guard(d.FS.ReuseForWrite(from, to, category))
}

// Remove removes a file.
func (d disk) Remove(name string) error {
	if err := d.ready(name); err != nil {
		return err
	}
	return d.FS.Remove(name)
}

// RemoveAll removes a directory with all that is in it.
func (d disk) RemoveAll(name string) error {
	if err := d.ready(name); err != nil {
		return err
	}
	return d.FS.RemoveAll(name)
}

// Rename renames a file.
func (d disk) Rename(from, to string) error {
	if err := d.ready(to); err != nil {
		return err
	}
	return d.FS.Rename(from, to)
}

// Link gives a file a second name.
func (d disk) Link(from, to string) error {
	if err := d.ready(to); err != nil {
		return err
	}
	return d.FS.Link(from, to)
}

// OpenDir opens a directory for syncing.
func (d disk) OpenDir(name string) (vfs.File, error) {
	f, err := d.FS.OpenDir(name)
	if err != nil {
		return nil, err
	}
	return directory{File: f, name: name, log: d.log}, nil
}

// Unwrap gives Pebble the file system below, for what it asks of the real one.
func (d disk) Unwrap() vfs.FS { return d.FS }

// beginsEvery is how much of a file is written before the disk is asked to begin with it.
const beginsEvery = 128 << 10

// gradual is a new file of which the disk takes one piece after the other while it is written. All of it at its sync would take some
// milliseconds, and the log's commits behind it as long.
type gradual struct {
	vfs.File
	written, begun int64
	givenUp        func() error // asked before each step, which then fails with its error; nil: not
	stopped        error        // that error
}

func (g *gradual) may() error {
	if g.givenUp != nil && g.stopped == nil {
		g.stopped = g.givenUp()
	}
	return g.stopped
}

// Sync is that of vfs.File.
func (g *gradual) Sync() error {
	if err := g.may(); err != nil {
		return err
	}
	return g.File.Sync()
}

// Write writes behind what was written.
func (g *gradual) Write(p []byte) (int, error) {
	if err := g.may(); err != nil {
		return 0, err
	}
	n, err := g.File.Write(p)
	if g.written += int64(n); err == nil && g.written-g.begun >= beginsEvery {
		_, err = g.SyncTo(g.written)
		g.begun = g.written
	}
	return n, err
}

// directory is an open directory whose Sync does not fail.
type directory struct {
	vfs.File
	name string
	log  *listener
}

// Sync makes the names in the directory durable, or ends the state.
func (d directory) Sync() error {
	if err := d.File.Sync(); err != nil {
		d.log.fail("sync the state", d.name, err)
	}
	return nil
}

// file is an open file that can be written while the state is not over.
type file struct {
	vfs.File
	log *listener
}

// Write is that of vfs.File, as are all that follow.
func (f file) Write(p []byte) (int, error) {
	if err := f.log.failed(); err != nil {
		return 0, err
	}
	f.log.yield()
	return f.File.Write(p)
}

// WriteAt writes at an offset.
func (f file) WriteAt(p []byte, offset int64) (int, error) {
	if err := f.log.failed(); err != nil {
		return 0, err
	}
	return f.File.WriteAt(p, offset)
}
