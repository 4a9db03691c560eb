// Package state is the checkpoint of a store: an ordered map on disk that stands for one position of the log, and
// moves from position to position in single steps.
//
// It is a Pebble database that is never written to. Its own log is off and its memtable stays empty; all that enters
// is sorted tables, built here from a fold of the log and ingested together with a table of one entry that says which
// mark the state now stands for. An ingestion is one edit of Pebble's manifest: after a crash the state and its mark
// are both old or both new. So Pebble does what it is good at, which is merging, caching and finding, and durability
// is decided in one place, the log.
//
// What Pebble calls fatal (it lost track of its manifest) ends this state: the failure is kept, and everything after
// it fails with it (see listener.go). Opening again finds out what is on the disk.
package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/objstorage/objstorageprovider"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/store/fault"
	"github.com/portals-lang/portals/runtime/store/fold"
	"github.com/portals-lang/portals/runtime/store/group"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// format is Pebble's, fixed here so that two builds of one version of ours write the same.
const format = pebble.FormatTableFormatV6

// Options say where a state is and how it is kept.
type Options struct {
	FS         vfs.FS
	Dir        string // Pebble's; made if it is not there
	Staging    string // for tables on their way in; exists, on the same file system
	CacheBytes int64
	Logger     *slog.Logger
	ReadOnly   bool   // nothing is written, not even a lock: whoever opens it sees to it that nobody else does
	Yield      func() // called with every block that a compaction writes; nil: not
	// GivenUp is asked while Ingest writes its table: that ends with its error. Nil: not.
	GivenUp func() error
}

// State is an open checkpoint. Ingest is for one goroutine; the other methods are for any.
type State struct {
	db          *pebble.DB
	opts        Options
	tables      sstable.WriterOptions
	log         *listener
	lock        *pebble.Lock
	compactions *compactions
	mark        wal.Mark
	marked      bool
	cleaned     bool         // what was left by those before is gone
	depth       atomic.Int64 // how many tables lay above each other when it was measured last
}

// Open opens the state, or makes an empty one that has no mark.
func Open(opts Options) (*State, error) {
	s := &State{opts: opts, log: &listener{Logger: opts.Logger, dir: opts.Dir, yield: opts.Yield}}
	if opts.Yield == nil {
		s.log.yield = func() {}
	}
	if err := s.open(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *State) open() (err error) {
	// The lock is taken here and not by Pebble, so that it can be given back if Pebble cannot be closed any more.
	locks := s.opts.FS
	if s.opts.ReadOnly {
		locks = unlocked{locks}
		found, err := pebble.Peek(s.opts.Dir, s.opts.FS)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !found.Exists {
			return &fault.Error{Kind: fault.Missing, Path: s.opts.Dir, Offset: fault.NoOffset, Err: errAbsent}
		}
		if err != nil {
			return s.wrap("open the state", err)
		}
	}
	if s.lock, err = pebble.LockDirectory(s.opts.Dir, locks); err != nil {
		return s.wrap("lock the state", err)
	}
	if !s.opts.ReadOnly {
		if err := s.removeLogs(); err != nil {
			return err
		}
	}
	options := s.pebble()
	defer options.Cache.Unref()
	err = s.log.watch(func() (err error) {
		s.db, err = pebble.Open(s.opts.Dir, options)
		return err
	})
	if err != nil {
		return s.wrap("open the state", err)
	}
	s.tables = options.MakeWriterOptions(0, format.MaxTableFormat())
	if err := s.measureAll(); err != nil {
		return err
	}
	return s.readMark()
}

// unlocked is a file system that gives every lock to whoever wants it.
type unlocked struct{ vfs.FS }

// Lock gives a lock on nothing.
func (unlocked) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }

// removeLogs removes the logs that Pebble makes even if it is told to have none. They are empty; but as long as one
// is there, opening replays it, flushes what was in it, which costs syncs, and waits for that flush even if it can
// never succeed.
func (s *State) removeLogs() error {
	names, err := s.opts.FS.List(s.opts.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.wrap("list the state", err)
	}
	for _, name := range names {
		if !strings.HasSuffix(name, ".log") {
			continue
		}
		if err := s.opts.FS.Remove(s.opts.FS.PathJoin(s.opts.Dir, name)); err != nil {
			return s.wrap("remove an empty log of the state", err)
		}
	}
	return nil
}

// pebble is how the database is kept. The cache must be let go of.
func (s *State) pebble() *pebble.Options {
	options := &pebble.Options{
		FS: disk{s.opts.FS, s.log}, Cache: pebble.NewCache(s.opts.CacheBytes), Logger: s.log,
		Lock: s.lock, ReadOnly: s.opts.ReadOnly, ErrorIfNotExists: s.opts.ReadOnly,
		FormatMajorVersion: format, DisableWAL: true, MemTableSize: 256 << 10,
		// Statistics let Pebble pick tables for their tombstones. They are read in the background, over and over if
		// reading fails; tombstones go without them when their tables are merged for size.
		DisableTableStats:     true,
		L0CompactionThreshold: 8,
	}
	s.compactions = newCompactions(s.log)
	options.Experimental.CompactionScheduler = s.compactions
	options.EventListener = &pebble.EventListener{BackgroundError: s.log.background,
		DataCorruption:  s.log.corruption,
		CompactionBegin: s.compactions.begin, CompactionEnd: s.compactions.compacted}
	for i := range options.Levels {
		options.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	options.EnsureDefaults()
	return options
}

func (s *State) readMark() error {
	value, ok, err := s.Get([]byte(group.Reserved))
	if err != nil || !ok {
		return err
	}
	if s.mark, s.marked = wal.ParseMark(value); !s.marked {
		path := s.opts.Dir
		if found := s.log.corrupt.Load(); found != nil {
			path = *found
		}
		return &fault.Error{Kind: fault.Damaged, Path: path, Offset: fault.NoOffset,
			Detail: fmt.Sprintf("its mark is %d bytes that make no sense", len(value)),
			Remedy: "restore the store from a backup, or remove it to start afresh"}
	}
	return nil
}

// Mark is what the state stands for; false if it is empty because nothing was ever ingested. It is for the goroutine
// that ingests.
func (s *State) Mark() (wal.Mark, bool) { return s.mark, s.marked }

// Get is the value of key, in memory of its own.
func (s *State) Get(key []byte) (value []byte, ok bool, err error) {
	err = s.log.watch(func() error {
		found, closer, err := s.db.Get(key)
		if errors.Is(err, pebble.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		value, ok = append(make([]byte, 0, len(found)), found...), true
		return closer.Close()
	})
	return value, ok && err == nil, s.wrap("read from the state", err)
}

// Scan visits the keys from start up to, not including, end, ascending; nil bounds are open. It sees the state as it
// is when begun is called, which is once, also when the scan fails. Key and value are the visitor's until it returns; its error
// ends the scan and comes back.
func (s *State) Scan(start, end []byte, begun func(), visit func(key, value []byte) error) error {
	if string(start) <= group.Reserved {
		start = []byte("\x00\x00") // behind the reserved key
	}
	if len(end) == 0 {
		end = nil
	}
	var it *pebble.Iterator
	err := s.log.watch(func() (err error) {
		it, err = s.db.NewIter(&pebble.IterOptions{LowerBound: start, UpperBound: end})
		return err
	})
	begun()
	if err != nil {
		return s.wrap("read from the state", err)
	}
	var stopped error
	err = s.log.watch(func() error {
		for ok := it.First(); ok && stopped == nil; ok = it.Next() {
			stopped = visit(it.Key(), it.Value())
		}
		return it.Close()
	})
	if stopped != nil {
		return stopped
	}
	return s.wrap("read from the state", err)
}

// Ingest lays a fold over the state and moves it to mark, in one step. Either both are durable when it returns, or it
// returns an error and the state stands where it stood.
func (s *State) Ingest(f *fold.Fold, mark wal.Mark) error {
	if err := s.log.failed(); err != nil {
		return err
	}
	s.clean()
	data, meta := s.opts.FS.PathJoin(s.opts.Staging, "data.sst"), s.opts.FS.PathJoin(s.opts.Staging, "mark.sst")
	paths := []string{meta}
	if f.Len() > 0 {
		paths = append(paths, data)
		if err := s.writeTable(data, func(w *sstable.Writer) error { return s.fill(w, f) }); err != nil {
			return err
		}
	}
	err := s.writeTable(meta, func(w *sstable.Writer) error {
		return w.Set([]byte(group.Reserved), mark.AppendTo(nil))
	})
	if err != nil {
		return err
	}
	err = s.log.watch(func() error { return s.db.Ingest(context.Background(), paths) })
	if err != nil {
		return s.wrap("ingest into the state", err)
	}
	s.mark, s.marked = mark, true
	s.measure()
	s.compactions.resume()
	return nil
}

// clean waits, before anything is added, until Pebble has removed the tables that nothing refers to, of those who died while they
// added some: it does that beside, so each of many who die one after the other could add more than is removed meanwhile.
func (s *State) clean() {
	if !s.cleaned {
		s.db.TestOnlyWaitForCleaning() // as Pebble's own tests do: there is no other name for it
		s.cleaned = true
	}
}

// measure finds out how many tables lie above each other. Pebble knows when something has changed since it was opened; until then it is as
// it was found.
func (s *State) measure() {
	if top := &s.db.Metrics().Levels[0]; top.Sublevels > 0 || top.TablesCount == 0 {
		s.depth.Store(int64(top.Sublevels))
	}
}

// measureAll finds that out by what is there.
func (s *State) measureAll() error {
	levels, err := s.db.SSTables()
	if err != nil {
		return s.wrap("list the tables of the state", err)
	}
	var first, last [][]byte
	for _, t := range levels[0] {
		first, last = append(first, t.Smallest.UserKey), append(last, t.Largest.UserKey)
	}
	slices.SortFunc(first, bytes.Compare)
	slices.SortFunc(last, bytes.Compare)
	depth, ended := 0, 0
	for i, key := range first {
		for bytes.Compare(last[ended], key) < 0 {
			ended++
		}
		depth = max(depth, i+1-ended)
	}
	s.depth.Store(int64(depth))
	return nil
}

// Settle is for a state that has just been opened. If so many tables lie above each other that short runs, each of which has laid one
// there and given up its compaction, must have done it, it waits until compactions have left few, or come to nothing. Meanwhile givenUp
// is asked again and again; its error ends that, and comes back: the state can only be closed then.
func (s *State) Settle(givenUp func() error) error {
	if s.depth.Load() <= manyTables {
		return nil
	}
	var given atomic.Pointer[error]
	s.log.asks(func() bool {
		err := givenUp()
		if err != nil {
			given.CompareAndSwap(nil, &err)
		}
		return err != nil
	})
	defer s.log.asks(nil)
	s.compactions.until(func() bool {
		s.measure()
		return s.depth.Load() <= fewTables
	})
	if err := given.Load(); err != nil {
		return *err
	}
	return s.log.failed()
}

// Compactions keep up when no more than fewTables lie above each other, for all of which a key may have to be looked for; with
// manyTables there is no time to rest. With more a state is not opened.
const (
	fewTables  = 16
	manyTables = 32
)

// Haste is how much of it compactions are in, from 0 to 1.
func (s *State) Haste() float64 {
	return min(max(float64(s.depth.Load()-fewTables)/(manyTables-fewTables), 0), 1)
}

// asksEvery is how many keys are written before it is asked whether to go on: the writer keeps a failure of its file to itself until
// it is closed.
const asksEvery = 1024

// fill writes the fold into a table.
func (s *State) fill(w *sstable.Writer, f *fold.Fold) error {
	n := 0
	return f.Each(w.DeleteRange, func(key, value []byte, deleted bool) error {
		if n++; n%asksEvery == 0 && s.opts.GivenUp != nil {
			if err := s.opts.GivenUp(); err != nil {
				return err
			}
		}
		if deleted {
			return w.Delete(key)
		}
		return w.Set(key, value)
	})
}

// writeTable makes a sorted table and syncs it.
func (s *State) writeTable(path string, content func(*sstable.Writer) error) error {
	f, err := s.opts.FS.Create(path, vfs.WriteCategoryUnspecified)
	if err != nil {
		return s.wrap("make "+path, err)
	}
	g := &gradual{File: f, givenUp: s.opts.GivenUp}
	w := sstable.NewWriter(objstorageprovider.NewFileWritable(g), s.tables)
	err = content(w)
	if closed := w.Close(); err == nil {
		err = closed
	}
	if g.stopped != nil {
		return g.stopped
	}
	return s.wrap("make "+path, err)
}

// Bytes is the space that the state's files take; 0 when it is over.
func (s *State) Bytes() uint64 {
	if s.log.failed() != nil {
		return 0
	}
	return s.db.Metrics().DiskSpaceUsage()
}

// Failed is the failure that ended the state, or nil.
func (s *State) Failed() error { return s.log.failed() }

// Close lets go of the state.
func (s *State) Close() error {
	var err error
	if s.db != nil {
		s.compactions.end()
	}
	if s.db != nil && s.log.failed() == nil {
		err = s.log.watch(s.db.Close)
	}
	if s.lock != nil {
		if unlocked := s.lock.Close(); err == nil {
			err = unlocked
		}
	}
	return s.wrap("close the state", err)
}

// Absent tells whether opening a state for reading found none.
func Absent(err error) bool { return errors.Is(err, errAbsent) }

var errAbsent = errors.New("there is no state")

// wrongSize is what Pebble calls a table that is not as long as it was written; by its type that could be any error.
const wrongSize = "object size mismatch"

func (s *State) wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	if pebble.IsCorruptionError(err) || strings.Contains(err.Error(), wrongSize) {
		path := s.opts.Dir
		if found := s.log.corrupt.Load(); found != nil {
			path = *found
		}
		return &fault.Error{Kind: fault.Damaged, Path: path, Offset: fault.NoOffset, Detail: "cannot " + op, Err: err,
			Remedy: "restore the store from a backup, or remove it to start afresh; it was left as it is"}
	}
	return fault.Disk(op, s.opts.Dir, fault.NoOffset, err)
}
