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
	}{{400_000, 8 << 20, 100, 160}, {4_000, 8 << 20, 1, 1}, {400_000, 1 << 20, 75, 300}} {
		var f fold.Fold
		f.Expect(int64(c.expect), 96<<20, false)
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

// filled is a fold that expects some log and gets operations.
func filled(expect int64, operations int, next func(b *group.Batch, i int)) *fold.Fold {
	f := &fold.Fold{}
	f.Expect(expect, 96<<20, false)
	var b group.Batch
	for i := range operations {
		if next(&b, i); b.Len() == 4096 || i+1 == operations {
			record, _ := b.Record()
			f.Add(record[wal.HeaderSize:])
			b.Reset()
		}
	}
	f.Seal()
	return f
}

// TestStages takes operations of all lengths that are staged, so that stages are filled up to their last byte, and a few longer ones.
func TestStages(t *testing.T) {
	const operations = 200_000
	key := func(i int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(i)*0x9e3779b97f4a7c15) }
	f := filled(2<<20, operations, func(b *group.Batch, i int) { b.Put(key(i), make([]byte, i*i%9)) })
	for i := 0; i < operations; i += 10 {
		if value, _, known := f.Get(key(i)); !known || len(value) != i*i%9 {
			t.Fatalf("key %d is %v, %v", i, value, known)
		}
	}
	n := 0
	err := f.Each(nil, func(_, value []byte, _ bool) error { n++; return nil })
	if err != nil || n != operations || f.Leaves() < 20 {
		t.Errorf("%d keys of %d operations in %d leaves, %v", n, operations, f.Leaves(), err)
	}
}

// TestCommonBytes asks for keys whose bytes are all common in their leaf, also as parts of other keys and of values.
func TestCommonBytes(t *testing.T) {
	const operations = 50_000
	key := func(i int) []byte { return fmt.Appendf([]byte("k"), "%017b", i*40503%(1<<17)) }
	f := filled(2<<20, operations, func(b *group.Batch, i int) { b.Put(key(i), key(i + 1)[:i%18+1]) })
	for i := 0; i < operations+1000; i += 7 {
		value, _, known := f.Get(key(i))
		if known != (i < operations) || known && string(value) != string(key(i + 1)[:i%18+1]) {
			t.Fatalf("key %d is %s, %v", i, value, known)
		}
	}
}

// TestInOrder takes keys in their order, or from the last to the first, which all go to one leaf: there are no more leaves than can be
// kept in an index, and they do not take much more memory than what is in them.
func TestInOrder(t *testing.T) {
	const operations = 500_000
	for _, step := range []uint64{1, 1<<64 - 1} {
		f := filled(112<<20, operations, func(b *group.Batch, i int) {
			b.Put(binary.BigEndian.AppendUint64([]byte("state"), 1<<40+step*uint64(i)), []byte{byte(i)})
		})
		if n := f.Leaves(); n < 1500 || n > 3000 {
			t.Errorf("%d leaves", n)
		}
		if f.Held() > 28<<20 {
			t.Errorf("%d bytes are held of %d operations", f.Held(), operations)
		}
	}
}

// TestGoneThrough asks for keys where few of them were changed often, and where some have large values: what is gone through for each
// of them stays small.
func TestGoneThrough(t *testing.T) {
	for _, c := range []struct{ keys, large int }{{10_000, 0}, {200_000, 5_000}} {
		key := func(i int) []byte {
			return binary.BigEndian.AppendUint64([]byte("state"), uint64(i%c.keys)*0x9e3779b97f4a7c15)
		}
		f := filled(112<<20, 300_000, func(b *group.Batch, i int) {
			size := 2
			if c.large > 0 && i%c.large == 0 {
				size = 300 << 10
			}
			b.Put(key(i), make([]byte, size))
		})
		most := f.GoneThrough()
		var readers sync.WaitGroup
		for reader := range 2 {
			readers.Go(func() {
				for i := reader; i < c.keys; i += 20 * (1 + reader) {
					if _, _, known := f.Get(key(i)); !known {
						t.Errorf("key %d is not known", i)
					}
				}
			})
		}
		readers.Wait()
		if n := f.GoneThrough(); n > 128<<10 || most <= 128<<10 {
			t.Errorf("%d keys: up to %d bytes are gone through, %d before", c.keys, n, most)
		}
	}
}

// TestManyRanges counts the memory of ranges, of which the same ones take it once.
func TestManyRanges(t *testing.T) {
	for _, c := range []struct{ ranges, least, most int }{{100_000, 8 << 20, 16 << 20}, {100, 0, 1 << 20}} {
		key := func(i int) []byte {
			return binary.BigEndian.AppendUint64([]byte("state"), uint64(i%c.ranges)*0x9e3779b97f4a7c15)
		}
		before := heap()
		f := filled(8<<20, 100_000, func(b *group.Batch, i int) { b.DeleteRange(key(i), append(key(i), 1)) })
		if f.Held() < c.least || f.Held() > c.most {
			t.Errorf("%d ranges hold %d bytes", c.ranges, f.Held())
		}
		if has := heap() - before; has > int64(c.most)+2<<20 {
			t.Errorf("%d ranges take %d bytes", c.ranges, has)
		}
		for i := range c.ranges {
			if !f.Covers(append(key(i), 0)) || f.Covers(append(key(i), 1)) {
				t.Fatalf("range %d", i)
			}
		}
	}
}

// TestLanes expects much log, of groups that have the keys of one lane first and then those of the other: the first keys are like the
// others all the same, and hardly a leaf is sorted.
func TestLanes(t *testing.T) {
	const operations, lane = 2_000_000, 12_000
	var f fold.Fold
	f.Expect(48<<20, 96<<20, true)
	var b group.Batch
	for i := range operations {
		key := binary.BigEndian.AppendUint64([]byte("state"), uint64(i)*0x9e3779b97f4a7c15)
		if key[5] &^= 0x80; i/lane%2 == 1 {
			key[5] |= 0x80
		}
		if b.Put(key, []byte{byte(i)}); (i+1)%(2*lane) == 0 || i+1 == operations {
			record, _ := b.Record()
			f.Add(record[wal.HeaderSize:])
			b.Reset()
		}
	}
	if n := f.Leaves(); n < 700 || n > 800 {
		t.Errorf("%d leaves", n)
	}
}
