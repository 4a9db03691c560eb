//go:build unix

package store

import (
	"errors"
	"io"
	"io/fs"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// sharedLock takes the lock for reading, which needs no right to write: as long as it is held nobody gets the lock, and held says
// that somebody has that. A store without the file has nobody who could hold it. Where files have no numbers, as in tests, nobody
// can tell.
func sharedLock(fsys vfs.FS, path string) (lock io.Closer, held bool, err error) {
	f, err := fsys.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return io.NopCloser(nil), false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if f.Fd() == vfs.InvalidFd {
		return f, false, nil
	}
	spec := syscall.Flock_t{Type: syscall.F_RDLCK, Whence: io.SeekStart}
	if err := syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &spec); err != nil {
		f.Close()
		return nil, errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES), err
	}
	return f, false, nil
}
