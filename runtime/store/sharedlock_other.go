//go:build !unix

package store

import (
	"errors"
	"io"
)

const hasSharedLocks = false

func sharedLock(string) (lock io.Closer, held bool, err error) {
	return nil, false, errors.ErrUnsupported
}
