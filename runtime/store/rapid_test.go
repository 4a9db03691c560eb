package store

import (
	"math/rand/v2"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"pgregory.net/rapid"
)

// TestModel compares a store to a map under arbitrary sequences of commits, checkpoints and openings, with a disk that
// does not fail.
func TestModel(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		fsys := vfs.NewMem()
		opts := testOptions(fsys, Durability(rapid.IntRange(0, 1).Draw(r, "durability")))
		opts.foldBytes = rapid.SampledFrom([]int{1, 500, 5000, 1 << 20}).Draw(r, "fold")
		if rapid.Bool().Draw(r, "background") {
			opts.Go = inBackground
		}
		s, err := Open("app", opts)
		if err != nil {
			r.Fatal(err)
		}
		m := newModel()
		var b Batch
		check := func() {
			if err := m.compareState(s, s.Checkpointed().Seq); err != nil {
				r.Fatal(err)
			}
		}
		r.Repeat(map[string]func(*rapid.T){
			"commit": func(r *rapid.T) {
				rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "group"), 0))
				for range rapid.IntRange(1, 20).Draw(r, "groups") {
					changes := randomGroup(rng)
					fillBatch(&b, changes)
					m.apply(changes)
					if at, err := s.Commit(&b); err != nil || at.Seq != m.groups() {
						r.Fatal(at, err)
					}
				}
			},
			"checkpoint": func(r *rapid.T) {
				if err := s.Checkpoint(); err != nil {
					r.Fatal(err)
				}
				if err := m.compare(s, m.groups()); err != nil {
					r.Fatal(err)
				}
			},
			"reopen": func(r *rapid.T) {
				if err := s.Close(); err != nil {
					r.Fatal(err)
				}
				if m.groups() == 0 {
					if Exists(fsys, "app") {
						r.Fatal("a store with nothing in it stays")
					}
				} else if report, err := Check(fsys, "app"); err != nil || !report.Clean || report.Durable.Seq != m.groups() {
					r.Fatalf("%+v %v", report, err)
				}
				if s, err = Open("app", opts); err != nil {
					r.Fatal(err)
				}
				if err := m.compare(s, m.groups()); err != nil {
					r.Fatal(err)
				}
			},
			"": func(*rapid.T) {
				if opts.Go == nil {
					check()
				}
			},
		})
		if err := s.Close(); err != nil {
			r.Fatal(err)
		}
	})
}
