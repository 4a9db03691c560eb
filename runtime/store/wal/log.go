package wal

import (
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/store/fault"
)

// Options say where a log is and how it is kept.
type Options struct {
	FS           vfs.FS
	Dir          string       // exists already
	Identity     string       // no two logs have the same
	SegmentBytes int64        // size of a segment; a larger group makes a larger one
	NewSegment   bool         // the epoch begins in a new segment, even if the last one has room: older readers know no other
	Go           func(func()) // begins a background task at once, which it does not wait for; nil for none, everything is then done by the caller
	Yield        func()       // called between two steps in the background, to let others have the disk; nil: not
	// Visit is given every group behind the mark while Open looks for the end; nil for none. What it is given is not
	// known to be durable before Open has returned. Its error is that of Open.
	Visit func(Record) error
	// Second is given, beside Visit, what a second reader finds from Middle on, if that is not the zero Mark. If Tail says that the log was
	// parted, these are the groups behind that mark; if not, Visit was given all groups, and what Second was given is not of the log.
	Second func(Record) error
	Middle Mark // as Ahead gave it; needs Go
}

// Log is an open commit log. Append is for one goroutine; the other methods are for any.
type Log struct {
	dir     directory
	limit   int64
	view    bool // nothing is ever written
	reserve reserve

	// The writer's own.
	epoch uint32
	file  vfs.File // the segment that is written
	edge  int64    // where the next record goes
	from  Mark     // where this process began to write the segment: its sequence number and offset
	ahead bool     // the next segment is being made ready, or is

	syncing sync.Mutex // one sync at a time
	mu      sync.Mutex // guards what follows
	written Mark
	durable Mark
	current vfs.File  // = file
	retired []retired // earlier segments, not yet synced
	oldest  uint64    // no segment before this one exists
	failed  error     // the first failure; final
}

// retired is a segment that will not be written any more and is not durable yet.
type retired struct {
	file vfs.File
	path string
}

// Open finds the end of the log behind a mark, makes everything up to there durable, and begins a new epoch. The mark
// is the zero Mark for a log that has no checkpoint yet.
func Open(opts Options, from Mark) (*Log, Tail, error) {
	l := &Log{dir: newDirectory(opts.FS, opts.Dir, opts.Identity), limit: opts.SegmentBytes}
	l.reserve.init(l.dir, opts.SegmentBytes, opts.Go, opts.Yield)
	if from == (Mark{}) {
		from = l.dir.origin()
	}
	tail, err := l.dir.findEnd(opts, from)
	if err != nil {
		return nil, tail, err
	}
	if err := l.dir.harden(from.Segment, tail.End.Segment); err != nil {
		return nil, tail, err
	}
	l.reserve.oldest = tail.oldest
	l.written, l.durable, l.epoch = tail.End, tail.End, tail.End.Epoch+1
	if opts.NewSegment || tail.End.Segment == 0 || tail.End.Offset+startSize > l.limit {
		err = l.enter()
	} else {
		err = l.goOn()
	}
	if err == nil {
		err = l.Sync()
	}
	if err != nil {
		l.fail(err)
		l.Close()
		return nil, tail, err
	}
	return l, tail, nil
}

// View finds the end of the log behind a mark and changes nothing: what it finds need not be durable, and no epoch begins. The
// log can be read; whatever else is asked of it fails.
func View(opts Options, from Mark) (*Log, Tail, error) {
	l := &Log{dir: newDirectory(opts.FS, opts.Dir, opts.Identity), view: true}
	if from == (Mark{}) {
		from = l.dir.origin()
	}
	tail, err := l.dir.findEnd(opts, from)
	if err != nil {
		return nil, tail, err
	}
	l.written, l.durable = tail.End, tail.End
	l.failed = &fault.Error{Kind: fault.Invalid, Path: opts.Dir, Offset: fault.NoOffset, Detail: "it was opened for reading only"}
	return l, tail, nil
}

// Origin is the mark before the first record: where a log is read from that has no checkpoint.
func (l *Log) Origin() Mark { return l.dir.origin() }

// Append writes a group behind all others. The first HeaderSize bytes of record are room for the log's header, the rest
// is the payload; the log keeps neither. The group is not durable before a Sync.
func (l *Log) Append(record []byte) (Position, error) {
	if err := l.Failed(); err != nil {
		return Position{}, err
	}
	if len(record)-HeaderSize > MaxPayload {
		return Position{}, &fault.Error{Kind: fault.TooLarge, Path: l.dir.path, Offset: fault.NoOffset,
			Detail: fmt.Sprintf("a group of %d bytes, where a record holds %d", len(record)-HeaderSize, MaxPayload),
			Remedy: "cut the input into smaller atoms"}
	}
	if l.edge > startSize && l.edge+int64(len(record)) > l.limit {
		if err := l.enter(); err != nil {
			return Position{}, l.fail(err)
		}
	}
	mark, err := l.write(kindGroup, record)
	return mark.Position, err
}

// write puts a record at the edge.
func (l *Log) write(k kind, record []byte) (Mark, error) {
	l.mu.Lock()
	mark, durable := l.written, l.durable.Seq
	l.mu.Unlock()
	h := header{kind: k, epoch: l.epoch, prev: mark.Sum, seq: mark.Seq, durable: durable}
	if k == kindGroup {
		h.seq++
	}
	if l.edge == 0 {
		mark.Segment++
	}
	h.seal(record, l.dir.magic())
	if _, err := l.file.WriteAt(record, l.edge); err != nil {
		return mark, l.fail(fault.Disk("write to the log", l.dir.segment(mark.Segment), l.edge, err))
	}
	l.edge += h.size()
	mark.Epoch, mark.Seq, mark.Sum, mark.Offset = h.epoch, h.seq, h.sum, l.edge
	l.mu.Lock()
	l.written = mark
	l.mu.Unlock()
	if !l.ahead && l.edge >= l.limit/aheadShare {
		l.ahead = true
		l.reserve.ahead(mark.Segment+1, l.large(mark))
	}
	return mark, nil
}

// goOn begins the epoch in the segment that the log ends in.
func (l *Log) goOn() error {
	end := l.Written()
	path := l.dir.segment(end.Segment)
	file, err := l.dir.fs.OpenReadWrite(path, writeCategory)
	if err != nil {
		return fault.Disk("open a segment of the log", path, fault.NoOffset, err)
	}
	l.file, l.edge, l.current, l.from = file, end.Offset, file, end
	_, err = l.write(kindStart, startRecord(end.Segment))
	return err
}

// aheadShare is the part of a segment behind which the next one is made ready: who opens a log and writes little, or not for long,
// does without it.
const aheadShare = 4

// largeShare is how many groups of a segment make it one of large groups.
const largeShare = 128

// enter goes on to the next segment.
func (l *Log) enter() error {
	last := l.Written()
	file, err := l.reserve.take(last.Segment+1, l.large(last))
	if err != nil {
		return err
	}
	l.mu.Lock()
	old := l.current
	if old != nil && l.durable != last {
		l.retired = append(l.retired, retired{old, l.dir.segment(last.Segment)})
		old = nil
	}
	l.current = file
	l.mu.Unlock()
	l.file, l.edge, l.from, l.ahead = file, 0, Mark{Position: Position{Seq: last.Seq}}, false
	if old != nil {
		if err := old.Close(); err != nil {
			return fault.Disk("close a segment of the log", l.dir.segment(last.Segment), fault.NoOffset, err)
		}
	}
	if _, err = l.write(kindStart, startRecord(last.Segment+1)); err != nil || old != nil {
		return err
	}
	return l.catchUp()
}

// large tells whether groups of the segment have been large up to the last one written.
func (l *Log) large(last Mark) bool {
	groups := int64(last.Seq - l.from.Seq)
	return groups > 0 && l.edge-l.from.Offset >= groups*(l.limit/largeShare)
}

// maxRetired is how many segments may be written without a sync before the writer makes one itself.
const maxRetired = 4

// catchUp syncs segments that nobody asked to be synced: in the background, or here if there are too many.
func (l *Log) catchUp() error {
	l.mu.Lock()
	waiting := len(l.retired)
	l.mu.Unlock()
	switch {
	case waiting >= maxRetired:
		return l.Sync()
	case waiting == 1 && l.reserve.spawn != nil:
		l.reserve.spawn(func() { _ = l.Sync() }) // a failure is kept, for the next Append to find
	}
	return nil
}

// Sync makes durable what was appended before it was called.
func (l *Log) Sync() error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	err, to, file, old := l.failed, l.written, l.current, l.retired
	l.retired = nil
	done := l.durable == to
	l.mu.Unlock()
	if err != nil || done {
		return err
	}
	for _, r := range old {
		err := r.file.SyncData()
		if closed := r.file.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return l.fail(fault.Disk("sync the log", r.path, fault.NoOffset, err))
		}
	}
	if err := file.SyncData(); err != nil {
		return l.fail(fault.Disk("sync the log", l.dir.segment(to.Segment), fault.NoOffset, err))
	}
	l.mu.Lock()
	l.durable = to
	l.mu.Unlock()
	return nil
}

// Written is the place behind the last group appended.
func (l *Log) Written() Mark {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.written
}

// Durable is the place up to which the log is on stable storage.
func (l *Log) Durable() Mark {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.durable
}

// Failed is the failure after which the log does nothing more, or nil.
func (l *Log) Failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// fail makes err final, unless something else failed before; it returns what is final.
func (l *Log) fail(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed == nil {
		l.failed = err
	}
	return l.failed
}

// Trim gives up the segments before the one that mark is in: a checkpoint holds what they hold. It is for one
// goroutine at a time.
func (l *Log) Trim(mark Mark) error { return l.reserve.release(mark.Segment) }

// Close writes a record that vouches for all others, syncs it, and lets go of the files. A log that failed is only
// let go of.
func (l *Log) Close() error {
	if l.view {
		return nil
	}
	err := l.Sync()
	if err == nil {
		_, err = l.write(kindClose, make([]byte, HeaderSize))
	}
	if err == nil {
		err = l.Sync()
	}
	l.mu.Lock()
	file, old := l.current, l.retired
	l.current, l.retired = nil, nil
	if l.failed == nil {
		l.failed = &fault.Error{Kind: fault.Closed, Path: l.dir.path, Offset: fault.NoOffset}
	}
	l.mu.Unlock()
	for _, r := range old {
		r.file.Close()
	}
	if file != nil {
		if closed := file.Close(); err == nil && closed != nil {
			err = fault.Disk("close the log", l.dir.path, fault.NoOffset, closed)
		}
	}
	if made := l.reserve.close(); err == nil && made != nil {
		err = fault.Disk("close the log", l.dir.path, fault.NoOffset, made)
	}
	return err
}
