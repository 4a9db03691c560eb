package fold_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/portals-lang/portals/runtime/store/fold"
	"github.com/portals-lang/portals/runtime/store/group"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// TestExpected takes as much log as was told, less and more, of keys that are spread evenly and a few of other kinds before and behind
// them, and is asked by several at once, who get and scan: there are about as many leaves as there should be, of which the index tells
// apart all but a few, and everybody finds what is there.
func TestExpected(t *testing.T) {
	for _, c := range []struct {
		operations, expect int
		least, most        int // leaves
	}{{400_000, 8 << 20, 250, 350}, {4_000, 8 << 20, 3, 10}, {400_000, 1 << 20, 150, 600}} {
		var f fold.Fold
		f.Expect(int64(c.expect), 96<<20)
		rng := rand.New(rand.NewPCG(1, 2))
		key := func(i int) []byte {
			if i%100 == 0 {
				return fmt.Appendf(nil, "%s%d", []string{"a", "z"}[i/100%2], i%300)
			}
			return binary.BigEndian.AppendUint64([]byte("state"), uint64(i)*0x9e3779b97f4a7c15)
		}
		var b group.Batch
		values := make([]byte, c.operations)
		for i := range values {
			values[i] = byte(rng.Uint32())
			if b.Put(key(i), values[i:i+1]); b.Len() == 4096 || i+1 == len(values) {
				record, _ := b.Record()
				f.Add(record[wal.HeaderSize:])
				b.Reset()
			}
		}
		f.Seal()
		if n := f.Leaves(); n < c.least || n > c.most {
			t.Errorf("%d operations where %d bytes were expected: %d leaves", c.operations, c.expect, n)
		}
		if n := f.Crowd(); n > 8 {
			t.Errorf("%d leaves in one slot of the index", n)
		}
		var readers sync.WaitGroup
		for reader := range 3 {
			readers.Go(func() {
				for n := range 500 {
					i := (n*7919+reader)%c.operations/100*100 + 1 + n%99
					if i >= c.operations {
						continue
					}
					value, _, known := f.Get(key(i))
					if !known || value[0] != values[i] {
						t.Errorf("key %d is %v, %v, not %d", i, value, known, values[i])
					}
					if n%10 > 0 {
						continue
					}
					if s := f.Seek(key(i)); !s.Next() || string(s.Key) != string(key(i)) || s.Value[0] != values[i] {
						t.Errorf("from key %d on: %x, %v", i, s.Key, s.Value)
					}
				}
			})
		}
		n, last := 0, ""
		err := f.Each(nil, func(key, _ []byte, _ bool) error {
			if string(key) <= last {
				t.Fatalf("%x behind %x", key, last)
			}
			if last = string(key); strings.HasPrefix(last, "state") {
				n++
			}
			return nil
		})
		if readers.Wait(); err != nil || n != c.operations-c.operations/100 {
			t.Errorf("%d keys of %d operations, %v", n, c.operations, err)
		}
	}
}
