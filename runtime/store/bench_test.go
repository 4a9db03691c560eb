package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// The benchmarks run on the real disk, in the directory that the testing package chooses (TMPDIR): what they measure
// is its fdatasync.

func openBench(b *testing.B, opts Options) *Store {
	b.Helper()
	opts.App, opts.Random = "bench", bytes.NewReader(make([]byte, 16))
	s, err := Open(b.TempDir(), opts)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// inBackground runs background tasks as an engine would.
func inBackground(task func()) { go task() }

// benchKey is a key as the engine makes them: a table, a slot, an Int.
func benchKey(dst []byte, i uint64) []byte {
	dst = append(dst, 7, byte(i*0x9e37), 1)
	return binary.BigEndian.AppendUint64(dst, i)
}

// BenchmarkCommit is one durable commit that is waited for. A writer's worth is four changed keys: with 16 writers a
// group holds what 16 atoms changed while the last sync ran.
func BenchmarkCommit(b *testing.B) {
	for _, writers := range []int{1, 16} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			s := openBench(b, Options{Go: inBackground})
			defer s.Close()
			var batch Batch
			var key []byte
			value := make([]byte, 16)
			i := uint64(0)
			for b.Loop() {
				batch.Reset()
				for range 4 * writers {
					key = benchKey(key[:0], i%100_000)
					batch.Put(key, value)
					i++
				}
				if _, err := s.Commit(&batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*writers)/b.Elapsed().Seconds(), "commits/s")
		})
	}
}

// BenchmarkUpsert is state written as fast as it goes: groups of 4,096 changes, each synced, checkpoints in the
// background.
func BenchmarkUpsert(b *testing.B) {
	for _, keys := range []uint64{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			s := openBench(b, Options{Go: inBackground})
			const group = 4096
			var batch Batch
			var key, value []byte
			rng := rand.New(rand.NewPCG(1, 2))
			for n := 0; n < b.N; n += group {
				batch.Reset()
				for range group {
					key = benchKey(key[:0], rng.Uint64N(keys))
					value = binary.BigEndian.AppendUint64(value[:0], uint64(n))
					batch.Put(key, value)
				}
				if _, err := s.Commit(&batch); err != nil {
					b.Fatal(err)
				}
			}
			checkpoints := s.Stats().Checkpoints
			if err := s.Close(); err != nil { // waits for the checkpoint that runs
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "upserts/s")
			b.ReportMetric(float64(checkpoints), "checkpoints")
		})
	}
}

// BenchmarkBatch is the encoding alone.
func BenchmarkBatch(b *testing.B) {
	var batch Batch
	key, value := benchKey(nil, 4711), make([]byte, 8)
	b.ReportAllocs()
	for b.Loop() {
		batch.Put(key, value)
		if batch.Len() == 4096 {
			batch.Reset()
		}
	}
}

// BenchmarkCheckpoint folds a log of a million changes into a state that has as many keys already, and
// BenchmarkRecovery does so by opening the store.
func BenchmarkCheckpoint(b *testing.B) { benchFold(b, false) }

// BenchmarkRecovery is opening a store behind whose checkpoint a million changes lie.
func BenchmarkRecovery(b *testing.B) { benchFold(b, true) }

func benchFold(b *testing.B, reopen bool) {
	for _, keys := range []uint64{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			const changes = 1_000_000
			dir := b.TempDir()
			opts := Options{FS: vfs.Default, App: "bench", Random: bytes.NewReader(make([]byte, 16)), CheckpointBytes: -1,
				Durability: Async}
			s, err := Open(dir, opts)
			if err != nil {
				b.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(1, 2))
			for b.Loop() {
				b.StopTimer()
				writeChanges(b, s, rng, keys, changes)
				if !reopen {
					b.StartTimer()
					if err := s.Checkpoint(); err != nil {
						b.Fatal(err)
					}
					continue
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if s, err = Open(dir, opts); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(changes*b.N)/b.Elapsed().Seconds(), "entries/s")
			s.Close()
		})
	}
}

func writeChanges(b *testing.B, s *Store, rng *rand.Rand, keys uint64, changes int) {
	var batch Batch
	var key []byte
	value := make([]byte, 8)
	for i := range changes {
		key = benchKey(key[:0], rng.Uint64N(keys))
		binary.BigEndian.PutUint64(value, uint64(i))
		batch.Put(key, value)
		if batch.Len() == 4096 || i == changes-1 {
			if _, err := s.Commit(&batch); err != nil {
				b.Fatal(err)
			}
			batch.Reset()
		}
	}
}

// BenchmarkGet reads keys at random, of a state that many checkpoints have made.
func BenchmarkGet(b *testing.B) {
	for _, keys := range []uint64{100_000, 1_000_000} {
		s := openBench(b, Options{Go: inBackground, CheckpointBytes: -1, Durability: Async})
		rng := rand.New(rand.NewPCG(1, 2))
		for range 2 {
			writeChanges(b, s, rng, keys, 1_000_000)
			if err := s.Checkpoint(); err != nil {
				b.Fatal(err)
			}
		}
		for range 12 {
			writeChanges(b, s, rng, keys, 40_000)
			if err := s.Checkpoint(); err != nil {
				b.Fatal(err)
			}
		}
		for name, from := range map[string]uint64{"there": 0, "absent": 1 << 40} {
			b.Run(fmt.Sprintf("keys=%d/%s", keys, name), func(b *testing.B) {
				var key []byte
				for b.Loop() {
					key = benchKey(key[:0], from+rng.Uint64N(keys))
					if _, _, err := s.Get(key); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		s.Close()
	}
}
