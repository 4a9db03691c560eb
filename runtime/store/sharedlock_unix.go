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
