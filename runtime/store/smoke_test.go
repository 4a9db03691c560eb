package store

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

func TestSmoke(t *testing.T) {
	for _, fsys := range []vfs.FS{vfs.NewMem(), vfs.Default} {
		dir := "db"
		if fsys == vfs.Default {
			dir = t.TempDir()
		}
		opts := Options{FS: fsys, App: "a", Random: bytes.NewReader(make([]byte, 16)), SegmentBytes: 64 << 10}
		for round := range 3 {
			s, err := Open(dir, opts)
			if err != nil {
				t.Fatal(err)
			}
			for i := range round * 1000 {
				if _, ok, err := s.Get(fmt.Appendf(nil, "key%d", i)); !ok || err != nil {
					t.Fatal(round, i, ok, err)
				}
			}
			var b Batch
			for i := range 1000 {
				b.Reset()
				b.Put(fmt.Appendf(nil, "key%d", i+1000*round), make([]byte, 200))
				if _, err := s.Commit(&b); err != nil {
					t.Fatal(err)
				}
			}
			if round == 1 {
				if err := s.Checkpoint(); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("%+v", s.Stats())
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
