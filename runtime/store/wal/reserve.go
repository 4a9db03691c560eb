package wal

import (
	"errors"
	"io/fs"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/store/fault"
)

// writeCategory is what the log's writes are counted under, where the file system counts.
const writeCategory = vfs.WriteCategoryUnspecified

// maxSpare is how many superfluous segments are kept to be taken again. It is more than a checkpoint gives up at once:
// filling a new segment costs as much writing as using it, and every commit meanwhile waits behind that.
const maxSpare = 8

// fillStep is how many zeros are written before the disk is asked to begin with them. All at once would be a sync of a whole segment,
// and the commits that sync meanwhile would wait behind that.
const fillStep = 128 << 10

// reserve makes segments ready to be written: full size, every block allocated and written once, the name durable.
// It keeps one ahead, made by a background task if there may be such, else made when it is asked for.
type reserve struct {
	dir   directory
	bytes int64
	spawn func(func()) // nil: no background
	yield func()       // lets others have the disk, between two steps in the background; nil: not

	wanted atomic.Bool // somebody waits for the background

	oldest uint64 // segments before this one were handed in; Trim's own

	mu     sync.Mutex
	done   sync.Cond // busy became false
	busy   bool
	ready  vfs.File // segment number, waiting to be taken
	number uint64
	err    error    // why number could not be made ready
	spare  []uint64 // superfluous segments of full size
}

func (r *reserve) init(dir directory, bytes int64, spawn func(func()), yield func()) {
	r.dir, r.bytes, r.spawn, r.yield = dir, bytes, spawn, yield
	r.done.L = &r.mu
}

// rest is called between two steps in the background.
func (r *reserve) rest() {
	if r.yield != nil && !r.wanted.Load() {
		r.yield()
	}
}

// take gives segment n, open and ready; large tells that groups are.
func (r *reserve) take(n uint64, large bool) (vfs.File, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.busy {
		r.wanted.Store(true)
		r.done.Wait()
	}
	r.wanted.Store(false)
	if r.number != n || r.ready == nil && r.err == nil {
		r.prepare(n, large, func() {})
	}
	f, err := r.ready, r.err
	r.ready, r.err, r.number = nil, nil, 0
	return f, err
}

// ahead has segment n, which will be taken next, made in the background, if there is one.
func (r *reserve) ahead(n uint64, large bool) {
	if r.spawn == nil {
		return
	}
	r.mu.Lock()
	r.busy = true
	r.mu.Unlock()
	r.spawn(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.prepare(n, large, r.rest)
		r.busy = false
		r.done.Broadcast()
	})
}

// prepare makes segment n ready. The lock is held, but not while the disk works.
func (r *reserve) prepare(n uint64, large bool, rest func()) {
	var spare uint64
	if len(r.spare) > 0 {
		spare = r.spare[0]
	}
	r.mu.Unlock()
	f, took, err := r.dir.prepare(n, spare, r.bytes, large, rest)
	r.mu.Lock()
	if took {
		r.spare = r.spare[1:]
	}
	r.ready, r.number, r.err = f, n, err
}

// prepare makes segment n: out of the file that stands there already, made ready before a crash; or out of segment
// spare, if that is not 0; or new.
func (d directory) prepare(n, spare uint64, bytes int64, large bool, rest func()) (f vfs.File, took bool, err error) {
	path := d.segment(n)
	there, err := d.leftover(path, bytes)
	switch {
	case err != nil:
	case there:
		f, err = d.fs.OpenReadWrite(path, writeCategory)
	case spare != 0:
		took = true
		if err = d.fs.Rename(d.segment(spare), path); err == nil {
			f, err = d.fs.OpenReadWrite(path, writeCategory)
		}
	default:
		f, err = d.fresh(path, bytes, large, rest)
	}
	if err != nil {
		return nil, took, fault.Disk("make a segment of the log", path, fault.NoOffset, err)
	}
	// The name must be durable before the first record is: else a power cut could leave a record under the old name.
	if err := d.syncNames(); err != nil {
		f.Close()
		return nil, took, err
	}
	return f, took, nil
}

// leftover reports whether a file of full size stands at path, and removes one of another size.
func (d directory) leftover(path string, bytes int64) (bool, error) {
	info, err := d.fs.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || info.Size() == bytes {
		return err == nil, err
	}
	return false, d.fs.Remove(path)
}

// fresh makes a new segment. For large groups it only has its size and its place on the disk: a sync has to write then which parts of it
// are in use, which is little beside a large group, where zeros are as much as all groups together.
func (d directory) fresh(path string, bytes int64, large bool, rest func()) (vfs.File, error) {
	f, err := d.fs.OpenReadWrite(path, writeCategory)
	if err != nil {
		return nil, err
	}
	if large && f.Preallocate(0, bytes) == nil { // which not every file system can
		_, err = f.WriteAt([]byte{0}, bytes-1)
	} else {
		err = zeros(f, bytes, rest)
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func zeros(f vfs.File, bytes int64, rest func()) (err error) {
	step := make([]byte, min(bytes, fillStep))
	for at := int64(0); at < bytes && err == nil; at += int64(len(step)) {
		rest()
		if _, err = f.WriteAt(step[:min(int64(len(step)), bytes-at)], at); err == nil {
			_, err = f.SyncTo(min(at+int64(len(step)), bytes))
		}
	}
	return err
}

// release hands in every segment before the given one: nobody reads them any more. Up to maxSpare are kept, the
// others are removed. Each number is handed in once, so that none is both spare and taken.
func (r *reserve) release(before uint64) error {
	for ; r.oldest < before; r.oldest++ {
		path := r.dir.segment(r.oldest)
		info, err := r.dir.fs.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fault.Disk("look at a segment of the log", path, fault.NoOffset, err)
		}
		if info.Size() == r.bytes && r.keep(r.oldest) {
			continue
		}
		if err := r.dir.fs.Remove(path); err != nil {
			return fault.Disk("remove a segment of the log", path, fault.NoOffset, err)
		}
	}
	return nil
}

func (r *reserve) keep(n uint64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.spare) == maxSpare {
		return false
	}
	r.spare = append(r.spare, n)
	return true
}

// close waits for the background and lets go of what it made.
func (r *reserve) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.busy {
		r.wanted.Store(true)
		r.done.Wait()
	}
	if r.ready == nil {
		return nil
	}
	err := r.ready.Close()
	r.ready = nil
	return err
}
