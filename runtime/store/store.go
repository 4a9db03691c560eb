package store

import (
	"io"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/store/fault"
	"github.com/portals-lang/portals/runtime/store/group"
	"github.com/portals-lang/portals/runtime/store/state"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// Batch collects the operations of one group.
type Batch = group.Batch

// AppendPut appends a put to what Begin of a Batch has lent.
func AppendPut(buf, key, value []byte) []byte { return group.AppendPut(buf, key, value) }

// Position names a group.
type Position = wal.Position

// Error is one trouble with the store; its Kind is one of package fault's.
type Error = fault.Error

// Durability says when Commit returns.
type Durability uint8

const (
	// Sync returns when the group is on stable storage.
	Sync Durability = iota
	// Async returns when the group is written: it survives a crash of the process, not a power cut.
	Async
)

// Options configure a store. App is required, and Random for making a new one; the others have defaults.
type Options struct {
	FS         vfs.FS     // default: the disk
	Durability Durability // default: Sync
	App        string     // the store belongs to the app of this name
	Random     io.Reader  // 16 bytes are read when a store is made
	Owner      string     // who opens it, such as "process 4711": for the message to the next one who tries

	// ReadOnly opens a store that is there, to look into it: nothing is written, so there need be neither room on the disk nor the
	// right to write. The log that no checkpoint has is kept in memory, all of it.
	ReadOnly bool

	SegmentBytes    int64 // of the log's files; default 16 MiB
	CheckpointBytes int64 // log written between checkpoints; default 32 MiB; negative: only when asked
	CacheBytes      int64 // of state blocks in memory; default 64 MiB
	OverlayBytes    int64 // of memory that Open may leave the log in instead of folding it; default OverlayBytes; negative: none

	Go func(func()) // runs a background task; default: none, Commit does the work when it comes up
	// Pace makes what one kind of work that nobody waits for calls some ten thousand times a second, to let others have processors and disk:
	// it rests that many times as long as the work took, and less the more haste there is, from 0 to 1, with which it may go on at once.
	// Default: no rest.
	Pace   func(times float64) (yield func(haste float64))
	Logger *slog.Logger // default: silent
	// Recovering is told while Open reads the log how many bytes of how many are done, about: by whoever reads, one at a time. Open gives
	// up with its error, and leaves the store as good as it was.
	Recovering func(done, all int64) error

	// As the constants, and foldBytes no more than half of the log that may be left to do (see backlog.go); tests make them small.
	foldBytes, foldHolds int
}

// OverlayBytes is how much memory Open leaves the log in if it is not told: several checkpoints' worth of small changes.
const OverlayBytes = 96 << 20

const (
	defaultSegmentBytes    = 16 << 20
	defaultCheckpointBytes = 32 << 20
	defaultCacheBytes      = 64 << 20

	// foldBytes is how much log is folded in one step, and foldHolds the memory that it may take: a step makes one table, so larger
	// ones find more changes of the same keys.
	foldBytes = 64 << 20
	foldHolds = 24 << 20
)

func (o Options) withDefaults() Options {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.SegmentBytes == 0 {
		o.SegmentBytes = defaultSegmentBytes
	}
	if o.CheckpointBytes == 0 {
		o.CheckpointBytes = defaultCheckpointBytes
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = defaultCacheBytes
	}
	if o.OverlayBytes == 0 {
		o.OverlayBytes = OverlayBytes
	}
	if o.ReadOnly {
		o.OverlayBytes = math.MaxInt64
	}
	if o.Recovering == nil {
		o.Recovering = func(int64, int64) error { return nil }
	}
	if o.foldBytes == 0 {
		if o.foldBytes = foldBytes; o.CheckpointBytes > 0 {
			o.foldBytes = int(min(foldBytes, maxBehind/2*o.CheckpointBytes))
		}
	}
	if o.foldHolds == 0 {
		o.foldHolds = foldHolds
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Store is an open store. Append, Sync and Commit are for one goroutine; the other methods are for any.
type Store struct {
	opts     Options
	paths    paths
	lock     io.Closer
	made     []string // directories that were not there, the innermost first
	identity Identity
	log      *wal.Log
	state    *state.State
	overlay  overlay
	found    wal.Tail     // by Open
	mayFold  func() error // Open asks it again and again while it folds; nil when the store is open
	yield    func()       // called by checkpoints while they work; nil for nothing

	backlog    backlog
	awaited    atomic.Int32 // how many wait for a checkpoint
	tasks      sync.WaitGroup
	checkpoint checkpointer
	closed     atomic.Bool
}

// Commit writes a group behind all others and, in a store that is Sync, makes it durable before it returns. An error
// means that nobody knows whether the group will be there when the store is opened again; unless it is Invalid or
// TooLarge, the store does nothing more. An empty group is not written.
func (s *Store) Commit(b *Batch) (Position, error) {
	at, err := s.Append(b)
	if err != nil || s.opts.Durability == Async {
		return at, err
	}
	return at, s.Sync()
}

// Append writes a group behind all others, whatever the store's durability. It is durable after a Sync, or when a
// Commit or a checkpoint behind it made it so.
func (s *Store) Append(b *Batch) (Position, error) {
	record, err := b.Record()
	if err != nil {
		return Position{}, err
	}
	if b.Len() == 0 {
		return s.log.Written().Position, s.log.Failed()
	}
	if err := s.state.Failed(); err != nil {
		return Position{}, err
	}
	at, err := s.log.Append(record)
	if err == nil {
		s.keepUp(int64(len(record)))
	}
	return at, err
}

// Sync makes durable what was appended before.
func (s *Store) Sync() error { return s.log.Sync() }

// Written is the position of the last group appended, Durable that of the last one on stable storage.
func (s *Store) Written() Position { return s.log.Written().Position }

// Durable is the position of the last group on stable storage.
func (s *Store) Durable() Position { return s.log.Durable().Position }

// Checkpointed is the position that Get and Scan answer for, or an earlier one: it may move on between two calls, never
// back. What was committed since is in the log only.
func (s *Store) Checkpointed() Position { return s.checkpoint.position() }

// Get is the value of key as of Checkpointed. The value is the caller's.
func (s *Store) Get(key []byte) (value []byte, ok bool, err error) {
	if string(key) <= group.Reserved {
		return nil, false, nil
	}
	if value, deleted, known := s.overlay.get(key); known {
		return value, !deleted, nil
	}
	return s.state.Get(key)
}

// Scan visits the keys from start up to, not including, end, ascending, as of one position that is Checkpointed or
// later; nil bounds are open. Key and value must not be kept. An error from visit ends the scan and comes back.
func (s *Store) Scan(start, end []byte, visit func(key, value []byte) error) error {
	return s.overlay.scan(s.state, start, end, visit)
}

// Close ends the store in order: what runs in the background gives up, for which it waits, and it syncs, and leaves a log that says it was
// closed. It makes no checkpoint; opening reads what is left. A store that has no group at all is removed: an app that was refused
// leaves nothing behind.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return &Error{Kind: fault.Closed, Path: s.paths.dir, Offset: fault.NoOffset}
	}
	s.awaited.Add(1)
	s.tasks.Wait()
	err := s.log.Close()
	if closed := s.state.Close(); err == nil {
		err = closed
	}
	if err == nil && !s.opts.ReadOnly && s.log.Written().Seq == 0 {
		s.vanish()
	}
	if closed := s.lock.Close(); err == nil {
		err = fault.Disk("unlock", s.paths.lock, fault.NoOffset, closed)
	}
	return err
}

// malformed is a record that is what was written, and was not a group when it was.
func malformed(p paths, at Position) error {
	return &Error{Kind: fault.Damaged, Path: p.log, Offset: fault.NoOffset,
		Detail: "group " + at.String() + " is not a sequence of operations",
		Remedy: "this is a bug in the program that wrote it; please report it"}
}
