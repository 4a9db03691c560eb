//go:build unix

package store

import (
	"errors"
	"io"
	"io/fs"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"
)

const hasSharedLocks = true

// wholeLock takes the lock of the machine's own file system.
func wholeLock(path string) (io.Closer, error) {
	open := func(path string) (vfs.File, error) {
		return vfs.Default.OpenReadWrite(path, vfs.WriteCategoryUnspecified)
	}
	return lockNamed(path, open, syscall.F_WRLCK)
}

// lockNamed locks the file that has that name when it is locked: an app that leaves nothing behind removes its lock, and who had opened
// it by then would hold what nobody else finds. That somebody else has the lock comes back as the system says it, without a path.
func lockNamed(path string, open func(path string) (vfs.File, error), how int16) (io.Closer, error) {
	for {
		f, err := open(path)
		if err != nil {
			return nil, err
		}
		spec := syscall.Flock_t{Type: how, Whence: io.SeekStart}
		same := false
		if err = syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &spec); err == nil {
			same, err = sameFile(f, path)
		}
		if same {
			return f, nil
		}
		f.Close()
		if err != nil {
			return nil, err
		}
	}
}

// sameFile tells whether f is what has that name now.
func sameFile(f vfs.File, path string) (bool, error) {
	ours, err := f.Stat()
	if err != nil {
		return false, err
	}
	there, err := vfs.Default.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	a, b := ours.Sys().(*syscall.Stat_t), there.Sys().(*syscall.Stat_t)
	return a.Dev == b.Dev && a.Ino == b.Ino, nil
}

// sharedLock takes a lock of the machine's own file system for reading: as long as it is held nobody gets the lock but for reading,
// and held says that somebody has it otherwise. A store without the file has nobody who could hold it.
func sharedLock(path string) (lock io.Closer, held bool, err error) {
	claimed, free := claim(vfs.Default, path)
	if !free {
		return nil, true, nil
	}
	open := func(path string) (vfs.File, error) { return vfs.Default.Open(path) }
	f, err := lockNamed(path, open, syscall.F_RDLCK)
	switch {
	case err == nil:
		return claimedLock{f, claimed}, false, nil
	case errors.Is(err, fs.ErrNotExist):
		return claimed, false, nil
	}
	claimed.Close()
	var failed *fs.PathError
	held = !errors.As(err, &failed) && (errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES))
	return nil, held, err
}
