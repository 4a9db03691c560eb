package fold_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/portals-lang/portals/runtime/store/fold"
	"github.com/portals-lang/portals/runtime/store/group"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// BenchmarkFold takes in and sorts 700,000 changes, about 16 MiB of log.
func BenchmarkFold(b *testing.B) {
	const changes = 700_000
	for _, keys := range []uint64{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			var payloads [][]byte
			for n := 0; n < changes; n += 4096 {
				var batch group.Batch
				for range 4096 {
					i := rng.Uint64N(keys)
					key := binary.BigEndian.AppendUint64([]byte{7, byte(i * 0x9e37), 1}, i)
					batch.Put(key, key[:8])
				}
				record, err := batch.Record()
				if err != nil {
					b.Fatal(err)
				}
				payloads = append(payloads, record[wal.HeaderSize:])
			}
			var f fold.Fold
			visit := func(_, _ []byte, _ bool) error { return nil }
			for b.Loop() {
				f.Reset()
				for _, p := range payloads {
					f.Add(p)
				}
				if err := f.Each(nil, visit); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/changes, "ns/change")
		})
	}
}
