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

// wholeLock takes the lock of the machine's own file system, of the file that has that name when it is taken: an app that leaves nothing
// behind removes its lock, and who had opened it by then would hold what nobody else finds.
func wholeLock(path string) (io.Closer, error) {
	for {
		f, err := vfs.Default.OpenReadWrite(path, vfs.WriteCategoryUnspecified)
		if err != nil {
			return nil, err
		}
		spec := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart}
		if err := syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &spec); err != nil {
			f.Close()
			return nil, err
		}
		same, err := sameFile(f, path)
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
	f, err := vfs.Default.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return claimed, false, nil
	}
	if err != nil {
		claimed.Close()
		return nil, false, err
	}
	lock = claimedLock{f, claimed}
	spec := syscall.Flock_t{Type: syscall.F_RDLCK, Whence: io.SeekStart}
	if err := syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &spec); err != nil {
		lock.Close()
		return nil, errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES), err
	}
	return lock, false, nil
}
