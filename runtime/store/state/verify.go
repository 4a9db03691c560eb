package state

import (
	"context"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/sstable"

	"github.com/portals-lang/portals/runtime/store/fault"
)

// Verify reads everything: each block of each table, against its checksum; then the map as a whole, in order; then the
// levels against each other. It counts the entries. The order matters: what compares levels expects sound tables.
func (s *State) Verify() (entries int64, err error) {
	var levels [][]pebble.SSTableInfo
	err = s.log.watch(func() (err error) {
		levels, err = s.db.SSTables()
		return err
	})
	if err != nil {
		return 0, s.wrap("list the state's tables", err)
	}
	for _, tables := range levels {
		for _, table := range tables {
			path := s.opts.FS.PathJoin(s.opts.Dir, table.BackingSSTNum.String()+".sst")
			if err := s.verifyTable(path); err != nil {
				return 0, &fault.Error{Kind: fault.Damaged, Path: path, Offset: fault.NoOffset, Err: err,
					Detail: "a table of the state cannot be read back",
					Remedy: "restore the store from a backup, or remove it to start afresh"}
			}
		}
	}
	if err := s.Scan(nil, nil, func() {}, func([]byte, []byte) error { entries++; return nil }); err != nil {
		return entries, err
	}
	return entries, s.wrap("compare the levels of the state", s.log.watch(func() error { return s.db.CheckLevels(nil) }))
}

func (s *State) verifyTable(path string) error {
	f, err := s.opts.FS.Open(path)
	if err != nil {
		return err
	}
	readable, err := sstable.NewSimpleReadable(f)
	if err != nil {
		f.Close()
		return err
	}
	options := s.pebble()
	defer options.Cache.Unref()
	r, err := sstable.NewReader(context.Background(), readable, options.MakeReaderOptions())
	if err != nil {
		readable.Close()
		return err
	}
	err = r.ValidateBlockChecksums()
	if closed := r.Close(); err == nil {
		err = closed
	}
	return err
}
