package store

import (
	"errors"
	"io"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// errDead is what the disk says to a process that has died.
var errDead = errors.New("this process is dead")

// process is the disk as one process sees it. Before each operation that writes, the process may be stopped, or the
// disk looked at, or the operation made to fail. Locks are the process's: they go when it dies.
type process struct {
	vfs.FS // of errorfs, over disk
	disk   *vfs.MemFS

	mu     sync.Mutex
	ops    int
	reads  bool // operations that read count too
	dead   bool
	before func(n int, op errorfs.Op) error // of the n-th writing operation, from 0; called with mu held
	locked map[string]bool

	removal time.Duration // what it takes to remove a file, at the least
}

func newProcess(disk *vfs.MemFS, before func(n int, op errorfs.Op) error) *process {
	p := &process{disk: disk, before: before, locked: map[string]bool{}}
	p.FS = errorfs.Wrap(disk, errorfs.InjectorFunc(p.inject))
	return p
}

func (p *process) inject(op errorfs.Op) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count(op)
}

func (p *process) count(op errorfs.Op) error {
	if op.Kind.ReadOrWrite() == errorfs.OpIsRead && !p.reads {
		return nil
	}
	if p.dead {
		return errDead
	}
	n := p.ops
	p.ops++
	if p.before == nil {
		return nil
	}
	err := p.before(n, op)
	if errors.Is(err, errDead) {
		p.dead = true
	}
	return err
}

// Link is done with mu held: MemFS takes a lock twice in it, and a crash clone taken in between would wait for ever.
func (p *process) Link(from, to string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.count(errorfs.Op{Kind: errorfs.OpLink, Path: from}); err != nil {
		return err
	}
	return p.disk.Link(from, to)
}

// Remove takes its time, if it shall.
func (p *process) Remove(name string) error {
	time.Sleep(p.removal)
	return p.FS.Remove(name)
}

// kill makes the disk deaf to the process.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dead = true
}

func (p *process) Lock(name string) (io.Closer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.locked[name] {
		return nil, errors.New("lock held by current process")
	}
	p.locked[name] = true
	return unlocker(func() error {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.locked, name)
		return nil
	}), nil
}

type unlocker func() error

func (u unlocker) Close() error { return u() }

// bury lets go of what a dead process's store holds in memory.
func bury(s *Store) {
	if s != nil {
		_ = s.Close()
	}
}
