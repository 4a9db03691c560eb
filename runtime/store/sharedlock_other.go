//go:build !unix

package store

import (
	"errors"
	"io"

	"github.com/cockroachdb/pebble/v2/vfs"
)

const hasSharedLocks = false

// wholeLock takes the lock of the machine's own file system. A file that is open there cannot be removed.
func wholeLock(path string) (io.Closer, error) { return vfs.Default.Lock(path) }

func sharedLock(string) (lock io.Closer, held bool, err error) {
	return nil, false, errors.ErrUnsupported
}
