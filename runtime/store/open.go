package store

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/store/fault"
	"github.com/portals-lang/portals/runtime/store/state"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// paths are the places in a store's directory.
type paths struct {
	dir      string
	identity string // store.json
	removing string // what store.json is called while the store is being removed
	lock     string
	owner    string // who has the lock, for people
	log      string
	state    string
	staging  string
}

func places(fsys vfs.FS, dir string) paths {
	in := func(name string) string { return fsys.PathJoin(dir, name) }
	return paths{dir: dir, identity: in("store.json"), removing: in("removing.json"), lock: in("LOCK"), owner: in("OWNER"),
		log: in("log"), state: in("state"), staging: in("staging")}
}

// Open opens the store in dir, or makes one there. When it returns, everything that was ever durable is there, Get and
// Scan see all of it, and a new epoch has begun. It makes no checkpoint of what the log has, but has one made in the background
// if that is much, and waits for it if that is too much; so it does for compactions that run after run has given up.
func Open(dir string, opts Options) (*Store, error) {
	opts = opts.withDefaults()
	if opts.App == "" {
		return nil, &Error{Kind: fault.Invalid, Path: dir, Offset: fault.NoOffset, Detail: "a store needs the name of its app"}
	}
	s := &Store{opts: opts, paths: places(opts.FS, dir)}
	s.backlog.init(opts.CheckpointBytes)
	s.yield = s.paced(checkpointRests, s.backlog.haste)
	if err := s.enter(); err != nil {
		return nil, err
	}
	opening := s.recover
	if opts.ReadOnly {
		opening = s.look
	}
	err := opening()
	if err == nil {
		return s, nil
	}
	if s.log != nil {
		s.log.Close()
	}
	if s.state != nil {
		s.state.Close()
	}
	s.lock.Close()
	return nil, err
}

// enter takes the store's lock.
func (s *Store) enter() (err error) {
	fsys, p := s.opts.FS, s.paths
	if s.opts.ReadOnly {
		s.lock, err = lockToRead(fsys, p)
		return err
	}
	for {
		s.made = absent(fsys, p.dir)
		if err := fsys.MkdirAll(p.dir, 0o755); err != nil {
			return fault.Disk("make the store's directory", p.dir, fault.NoOffset, err)
		}
		if s.lock, err = takeLock(fsys, p); err == nil {
			break
		}
		// Who leaves nothing behind may have removed the directory meanwhile.
		if _, gone := fsys.Stat(p.dir); !errors.Is(err, fs.ErrNotExist) || !errors.Is(gone, fs.ErrNotExist) {
			return err
		}
	}
	writeOwner(fsys, p, s.opts.Owner)
	return nil
}

// absent lists a directory and those above it that are not there, the innermost first.
func absent(fsys vfs.FS, dir string) (dirs []string) {
	for {
		if _, err := fsys.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			return dirs
		}
		dirs = append(dirs, dir)
		above := fsys.PathDir(dir)
		if above == dir { // of a drive that is not there
			return dirs
		}
		dir = above
	}
}

// recover brings the store back to the end of its log.
func (s *Store) recover() (err error) {
	s.awaited.Add(1)
	defer s.awaited.Add(-1)
	fsys, p := s.opts.FS, s.paths
	if err := finishRemoval(fsys, p); err != nil {
		return err
	}
	if s.identity, err = identify(fsys, p, s.opts); err != nil {
		return err
	}
	if err := makeRooms(fsys, p); err != nil {
		return err
	}
	s.state, err = state.Open(state.Options{FS: fsys, Dir: p.state, Staging: p.staging,
		CacheBytes: s.opts.CacheBytes, Logger: s.opts.Logger, GivenUp: s.givenUp,
		Yield: s.paced(compactionRests, func() float64 { return s.state.Haste() })})
	if err != nil {
		return err
	}
	from, marked := s.state.Mark()
	if marked {
		s.checkpoint.answers(from)
	}
	r := &recovery{store: s}
	log := wal.Options{FS: fsys, Dir: p.log, Identity: s.identity.ID, SegmentBytes: s.opts.SegmentBytes,
		NewSegment: s.identity.Format < Format, Go: s.opts.Go, Yield: s.paced(checkpointRests, s.backlog.haste)}
	if err = r.ahead(&log, from); err != nil {
		return err
	}
	if err := s.state.Settle(func() error { return s.opts.Recovering(0, r.all) }); err != nil {
		return err
	}
	if s.log, s.found, err = wal.Open(log, from); err != nil {
		return err
	}
	to := s.log.Durable()
	if err := r.fold(to, marked); err != nil {
		return err
	}
	if s.opts.Go != nil {
		s.keepUp(0)
	}
	s.opts.Logger.Info("store opened", "dir", p.dir, "epoch", to.Epoch, "groups", to.Seq, "recovered", s.found.Groups)
	return nil
}

// look finds out what is in a store that is there, and changes nothing of it: what the log has behind the state stays in memory,
// however much it is.
func (s *Store) look() (err error) {
	fsys, p := s.opts.FS, s.paths
	if _, err := fsys.Stat(p.removing); err == nil {
		return nothing(p, "its removal was cut short")
	}
	if s.identity, err = readIdentity(fsys, p); err != nil {
		if !Exists(fsys, p.dir) {
			return nothing(p, noRun)
		}
		return err
	}
	if err := s.identity.belongsTo(s.opts.App, p); err != nil {
		return err
	}
	var from wal.Mark
	s.state, err = state.Open(state.Options{FS: fsys, Dir: p.state, CacheBytes: s.opts.CacheBytes, Logger: s.opts.Logger, ReadOnly: true})
	absent := state.Absent(err)
	if err != nil && !absent {
		return err
	}
	if !absent {
		from, _ = s.state.Mark()
	} else if _, err := fsys.Stat(p.log); errors.Is(err, fs.ErrNotExist) {
		return neverOpened(p)
	}
	s.checkpoint.answers(from)
	r := &recovery{store: s}
	log := wal.Options{FS: fsys, Dir: p.log, Identity: s.identity.ID, Go: s.opts.Go}
	if err = r.ahead(&log, from); err != nil {
		return err
	}
	if s.log, s.found, err = wal.View(log, from); err != nil {
		return err
	}
	if absent && s.found.Groups > 0 { // the log gets its first group when there is a state
		return &Error{Kind: fault.Missing, Path: p.state, Offset: fault.NoOffset, Detail: "the log has groups, and there is no state",
			Remedy: "start the app again, which makes the state anew of the log"}
	}
	if absent {
		return neverOpened(p)
	}
	return r.finish(s.log.Durable())
}

// noRun is why there may be no store, also if there was one just now: an app that was refused has removed it.
const noRun = "no run has left a store"

func neverOpened(p paths) error { return nothing(p, "it was never opened to its end") }

// nothing is the error of looking into what has nothing yet, or nothing any more.
func nothing(p paths, why string) error {
	return &Error{Kind: fault.Missing, Path: p.dir, Offset: fault.NoOffset, Detail: why + ", so there is nothing in it", Remedy: "start the app again"}
}

// makeRooms makes the directories, durably, and clears the staging room of what a crash left.
func makeRooms(fsys vfs.FS, p paths) error {
	if err := fsys.RemoveAll(p.staging); err != nil {
		return fault.Disk("clear", p.staging, fault.NoOffset, err)
	}
	for _, dir := range []string{p.log, p.state, p.staging} {
		if err := fsys.MkdirAll(dir, 0o755); err != nil {
			return fault.Disk("make", dir, fault.NoOffset, err)
		}
	}
	return syncDir(fsys, p.dir)
}

func syncDir(fsys vfs.FS, path string) error {
	d, err := fsys.OpenDir(path)
	if err != nil {
		return fault.Disk("open", path, fault.NoOffset, err)
	}
	err = d.Sync()
	if closed := d.Close(); err == nil {
		err = closed
	}
	return fault.Disk("sync", path, fault.NoOffset, err)
}

// takeLock takes the lock. A lock that cannot be had is told from a file that cannot be made by the latter's error,
// which names a path.
func takeLock(fsys vfs.FS, p paths) (lock io.Closer, err error) {
	claimed, free := claim(fsys, p.lock)
	if !free {
		return nil, inUse(fsys, p)
	}
	take := fsys.Lock
	if fsys == vfs.Default {
		take = wholeLock
	}
	if lock, err = take(p.lock); err == nil {
		return claimedLock{lock, claimed}, nil
	}
	claimed.Close()
	var path *fs.PathError
	held := errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) && !errors.As(err, &path) ||
		strings.Contains(err.Error(), "held by current process")
	if !held {
		return nil, fault.Disk("lock the store", p.lock, fault.NoOffset, err)
	}
	return nil, inUse(fsys, p)
}

// lockToRead takes the lock for somebody who only reads. That leaves the file as it is and needs no right to write it, where there
// are locks for reading; otherwise, what may not be written may be read as it is.
func lockToRead(fsys vfs.FS, p paths) (lock io.Closer, err error) {
	if _, err := fsys.Stat(p.dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nothing(p, noRun)
	} else if err != nil {
		return nil, fault.Disk("open the store", p.dir, fault.NoOffset, err)
	}
	if fsys == vfs.Default && hasSharedLocks {
		lock, held, err := sharedLock(p.lock)
		if held {
			return nil, inUse(fsys, p)
		}
		return lock, fault.Disk("lock the store", p.lock, fault.NoOffset, err)
	}
	if lock, err = takeLock(fsys, p); err == nil || fault.Is(err, fault.InUse) {
		return lock, err
	}
	if f, failed := fsys.Open(p.lock); failed == nil {
		return f, nil
	} else if !errors.Is(failed, fs.ErrNotExist) {
		return nil, err
	}
	return unlocked, nil
}

var unlocked = io.NopCloser(nil)

// claims are the locks that this process has of the machine's own file system. That one gives a lock to a process and not to who
// asks within it, and takes it away when anybody there closes the file: so none is asked for that this process has.
var claims sync.Map

// claim asks for a lock within this process.
func claim(fsys vfs.FS, path string) (claimed io.Closer, free bool) {
	if fsys != vfs.Default {
		return unlocked, true
	}
	_, taken := claims.LoadOrStore(path, true)
	return claimOn(path), !taken
}

type claimOn string

// Close gives the claim back.
func (c claimOn) Close() error { claims.Delete(string(c)); return nil }

// claimedLock is a lock with the claim on it.
type claimedLock struct{ lock, claimed io.Closer }

// Close gives back the lock, and then the claim.
func (l claimedLock) Close() error {
	defer l.claimed.Close()
	return l.lock.Close()
}

// inUse says who has the lock. Those who only read leave no note; if it can be had for reading, it is one of them.
func inUse(fsys vfs.FS, p paths) error {
	e := &Error{Kind: fault.InUse, Path: p.dir, Offset: fault.NoOffset, Detail: "another process has it open",
		Remedy: "stop that one first, or give this one another store"}
	if fsys == vfs.Default && hasSharedLocks {
		if lock, held, err := sharedLock(p.lock); err == nil && !held {
			lock.Close()
			e.Detail, e.Remedy = "another process looks into it", "try again when that one has ended"
			return e
		}
	}
	if text, err := readFile(fsys, p.owner); err == nil && len(text) > 0 {
		e.Detail = string(text) + " has it open"
	}
	return e
}

// writeOwner leaves a note for who finds the lock taken. It is a courtesy: a failure is none of the store's.
func writeOwner(fsys vfs.FS, p paths, owner string) {
	f, err := fsys.Create(p.owner, vfs.WriteCategoryUnspecified)
	if err != nil {
		return
	}
	_, _ = f.Write([]byte(owner))
	_ = f.Close()
}
