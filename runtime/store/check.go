package store

import (
	"errors"
	"io/fs"
	"log/slog"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/store/group"
	"github.com/portals-lang/portals/runtime/store/state"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// Report is what Check found in a store that is sound.
type Report struct {
	Identity     Identity
	Checkpointed Position // what the state stands for
	Durable      Position // the last group of the log
	Entries      int64    // in the state
	Behind       uint64   // groups between the two, which the next Open will fold
	Clean        bool     // the store was closed in order
	Cut          string   // what stands at the end of the log if it was not
}

// Check reads the whole of a store that nobody has open and changes nothing. It looks at every checksum of the state
// and of the log, also at the parts of the log that opening the store would not read again. The first thing it finds
// wrong comes back as an Error.
func Check(fsys vfs.FS, dir string) (Report, error) {
	p := places(fsys, dir)
	var r Report
	lock, err := lockToRead(fsys, p)
	if err != nil {
		return r, err
	}
	defer lock.Close()
	if r.Identity, err = readIdentity(fsys, p); err != nil {
		return r, err
	}
	mark, err := checkState(fsys, p, &r)
	if err != nil {
		return r, err
	}
	if _, err := fsys.Stat(p.log); errors.Is(err, fs.ErrNotExist) && mark == (wal.Mark{}) {
		return r, nil // a crash came before the first group
	}
	tail, err := wal.Check(wal.Options{FS: fsys, Dir: p.log, Identity: r.Identity.ID}, mark, func(rec wal.Record) error {
		if ops := group.Read(rec.Payload); !ops.Skip() {
			return malformed(p, rec.Position)
		}
		return nil
	})
	r.Durable, r.Clean = tail.End.Position, tail.Clean
	r.Behind = r.Durable.Seq - min(r.Checkpointed.Seq, r.Durable.Seq)
	if !tail.Clean {
		r.Cut = tail.Cut
	}
	return r, err
}

// checkState verifies the state, if there is one yet.
func checkState(fsys vfs.FS, p paths, r *Report) (mark wal.Mark, err error) {
	st, err := state.Open(state.Options{FS: fsys, Dir: p.state, CacheBytes: 8 << 20, ReadOnly: true,
		Logger: slog.New(slog.DiscardHandler)})
	if state.Absent(err) {
		return mark, nil
	}
	if err != nil {
		return mark, err
	}
	defer st.Close()
	mark, _ = st.Mark()
	r.Checkpointed = mark.Position
	r.Entries, err = st.Verify()
	return mark, err
}
