package file

import (
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/ptl"
)

// measure is how much of its files a source has read; anybody may ask while it reads.
type measure struct {
	passed int64 // bytes of the files before the one that is read
	read   atomic.Int64
	total  atomic.Int64
}

// begin adds up the files, as large as they are now, and finds those before the one that is read. A file that cannot be
// looked at counts nothing: whoever reads it will tell.
func (m *measure) begin(env *ptl.Env, paths []string, index int) {
	var total int64
	m.passed = 0
	for i, path := range paths {
		info, err := env.FS.Stat(path)
		if err != nil {
			continue
		}
		if total += info.Size(); i < index {
			m.passed += info.Size()
		}
	}
	m.total.Store(total)
}

// Measure implements ptl.Measured.
func (s *source[T]) Measure() (read, total int64) {
	return s.measure.read.Load(), s.measure.total.Load()
}
