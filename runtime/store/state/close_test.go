package state

import (
	"encoding/binary"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/portals-lang/portals/runtime/store/fold"
	"github.com/portals-lang/portals/runtime/store/group"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// TestClosingGivesUpCompactions closes a state in the middle of a compaction, which hardly writes anything any more. The next opening
// has all keys.
func TestClosingGivesUpCompactions(t *testing.T) {
	const keys = 50_000
	var writes atomic.Int64
	began, release := make(chan struct{}), make(chan struct{})
	fsys := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpFileWrite && strings.HasPrefix(op.Path, "state/") && strings.HasSuffix(op.Path, ".sst") && writes.Add(1) == 2 {
			close(began)
			<-release
		}
		return nil
	}))
	for _, dir := range []string{"state", "staging"} {
		if err := fsys.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	open := func() *State {
		s, err := Open(Options{FS: fsys, Dir: "state", Staging: "staging", CacheBytes: 1 << 20, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	for table := range uint64(12) {
		var b group.Batch
		for i := range uint64(keys) {
			b.Put(binary.BigEndian.AppendUint64([]byte{'k'}, i*0x9e3779b97f4a7c15), binary.BigEndian.AppendUint64(nil, (i+table)*0xbf58476d1ce4e5b9))
		}
		record, err := b.Record()
		if err != nil {
			t.Fatal(err)
		}
		var f fold.Fold
		f.Add(record[wal.HeaderSize:])
		if err := s.Ingest(&f, wal.Mark{Position: wal.Position{Seq: table}}); err != nil {
			t.Fatal(err)
		}
	}
	<-began
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	for !s.log.closing.Load() {
	}
	close(release)
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	if n := writes.Load(); n > 3 {
		t.Errorf("%d writes, where it was closed in the second", n)
	}
	s = open()
	n := 0
	if err := s.Scan(nil, nil, func() {}, func(_, _ []byte) error { n++; return nil }); err != nil || n != keys {
		t.Errorf("%d keys of %d, %v", n, keys, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
