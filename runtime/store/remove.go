package store

import (
	"errors"
	"io/fs"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/store/fault"
)

// Remove removes the store in dir, for a fresh start. It refuses a store that is in use. After a crash in the middle
// the store is either whole or gone: renaming its identity decides, and whoever opens the directory next finishes.
func Remove(fsys vfs.FS, dir string) error {
	p := places(fsys, dir)
	if _, err := fsys.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	lock, err := takeLock(fsys, p)
	if err != nil {
		return err
	}
	defer lock.Close()
	if there, err := fsys.List(dir); err == nil && len(there) == 1 { // the lock, which was made just now or is left of a start that failed
		return nil
	}
	_, begun := fsys.Stat(p.removing)
	if err := fsys.Rename(p.identity, p.removing); errors.Is(err, fs.ErrNotExist) && begun != nil {
		return &Error{Kind: fault.Invalid, Path: dir, Offset: fault.NoOffset, Detail: "there is no store here to remove",
			Remedy: "if this is what is left of one, delete the directory by hand"}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Disk("rename", p.identity, fault.NoOffset, err)
	}
	if err := syncDir(fsys, dir); err != nil {
		return err
	}
	return remove(fsys, p)
}

// vanish removes the store, which has no group, its lock, which is held, and the directories that were made for it, as far as they are empty
// then. Somebody may be about to open it, so what cannot be removed stays; it is as good as nothing.
func (s *Store) vanish() {
	fsys, p := s.opts.FS, s.paths
	if fsys.Rename(p.identity, p.removing) != nil || syncDir(fsys, p.dir) != nil || remove(fsys, p) != nil {
		return
	}
	for _, path := range append([]string{p.owner, p.lock}, s.made...) {
		if fsys.Remove(path) != nil {
			return
		}
	}
}

// finishRemoval finishes what a crash interrupted. Only the certainty that it began is enough: a disk that fails to say
// must not cost anybody a store.
func finishRemoval(fsys vfs.FS, p paths) error {
	_, err := fsys.Stat(p.removing)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Disk("look at", p.removing, fault.NoOffset, err)
	}
	return remove(fsys, p)
}

func remove(fsys vfs.FS, p paths) error {
	for _, path := range []string{p.log, p.state, p.staging} {
		if err := fsys.RemoveAll(path); err != nil {
			return fault.Disk("remove", path, fault.NoOffset, err)
		}
	}
	if err := syncDir(fsys, p.dir); err != nil {
		return err
	}
	if err := fsys.Remove(p.removing); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Disk("remove", p.removing, fault.NoOffset, err)
	}
	return syncDir(fsys, p.dir)
}
