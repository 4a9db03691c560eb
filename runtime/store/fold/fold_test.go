package fold_test

import (
	"bytes"
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/portals-lang/portals/runtime/store/fold"
	"github.com/portals-lang/portals/runtime/store/group"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// fate is what a fold says about a key.
type fate struct {
	value   string
	deleted bool
}

// key draws from shapes that are hard to sort: lengths about that of an entry, zeros and 0xff at the end, long common
// prefixes.
func key(t *rapid.T) []byte {
	prefix := rapid.SampledFrom([]string{"", "p", strings.Repeat("p", 15), strings.Repeat("p", 16), strings.Repeat("p", 31),
		strings.Repeat("p", 40)}).Draw(t, "prefix")
	filler := rapid.SampledFrom([]string{"\x00", "\xff", "a"}).Draw(t, "filler")
	return []byte(prefix + "k" + strings.Repeat(filler, rapid.IntRange(0, 20).Draw(t, "length")))
}

// TestFold compares a fold with one that applies the operations one after the other.
func TestFold(t *testing.T) {
	var large fold.Fold
	leaves := 0
	rapid.Check(t, func(t *rapid.T) {
		f := &large // its leaves are left of other runs
		if limit := rapid.SampledFrom([]int{0, 64, 300}).Draw(t, "limit"); limit > 0 {
			f = &fold.Fold{}
			f.Limit(limit)
		}
		f.Reset()
		want := map[string]fate{}
		var ranges [][2]string
		for range rapid.IntRange(1, 5).Draw(t, "groups") {
			var b group.Batch
			for i := range rapid.SampledFrom([]int{0, 1, 10, 200}).Draw(t, "operations") {
				k := key(t)
				switch rapid.IntRange(0, 9).Draw(t, "operation") {
				case 0:
					end := key(t)
					b.DeleteRange(k, end)
					if bytes.Compare(k, end) < 0 {
						ranges = append(ranges, [2]string{string(k), string(end)})
						maps.DeleteFunc(want, func(key string, _ fate) bool { return string(k) <= key && key < string(end) })
					}
				case 1, 2:
					b.Delete(k)
					want[string(k)] = fate{deleted: true}
				case 3:
					within(t, &b, k, want)
				default:
					value := string(rune('a' + i%26))
					b.Put(k, []byte(value))
					want[string(k)] = fate{value: value}
				}
			}
			record, err := b.Record()
			if err != nil || !f.Add(record[wal.HeaderSize:]) {
				t.Fatal(err)
			}
			clear(record) // which is not kept
			if rapid.Bool().Draw(t, "condense") {
				f.Condense()
			}
		}
		leaves = max(leaves, f.Leaves())
		compare(t, f, want, ranges)
		if rapid.Bool().Draw(t, "again") {
			f.Seal()
			compare(t, f, want, ranges)
			read(t, f, want, ranges)
		}
	})
	if leaves < 10 {
		t.Errorf("at most %d leaves: the test has become too small", leaves)
	}
}

// read compares what a sealed fold answers for single keys, and from a key on.
func read(t *rapid.T, f *fold.Fold, want map[string]fate, ranges [][2]string) {
	keys := slices.Sorted(maps.Keys(want))
	for range 20 {
		k := string(key(t))
		value, deleted, known := f.Get([]byte(k))
		had, touched := want[k]
		if !touched && covered(ranges, k) {
			had, touched = fate{deleted: true}, true
		}
		if known != touched || (fate{string(value), deleted}) != had {
			t.Fatalf("Get(%q) is %q, %v, %v, not %v, %v", k, value, deleted, known, had, touched)
		}
		n, _ := slices.BinarySearch(keys, k)
		c := f.Seek([]byte(k))
		for ; c.Next(); n++ {
			if n >= len(keys) || keys[n] != string(c.Key) || want[keys[n]] != (fate{string(c.Value), c.Deleted}) {
				t.Fatalf("from %q on: %q", k, c.Key)
			}
		}
		if n < len(keys) {
			t.Fatalf("from %q on, it ends before %q", k, keys[n])
		}
	}
}

func compare(t interface {
	Fatalf(string, ...any)
	Fatal(...any)
}, f *fold.Fold, want map[string]fate, ranges [][2]string) {
	found := map[string]fate{}
	var keys []string
	var spans [][2]string
	err := f.Each(func(start, end []byte) error {
		spans = append(spans, [2]string{string(start), string(end)})
		return nil
	}, func(key, value []byte, deleted bool) error {
		keys = append(keys, string(key))
		found[string(key)] = fate{string(value), deleted}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(keys) || len(keys) != len(found) {
		t.Fatalf("not in order, or more than once: %q", keys)
	}
	if !maps.Equal(want, found) {
		t.Fatalf("%v, not %v", found, want)
	}
	for i, s := range spans {
		if s[0] >= s[1] || i > 0 && spans[i-1][1] >= s[0] {
			t.Fatalf("ranges that touch or overlap: %q", spans)
		}
	}
	// The union of the ranges is the same: where one begins or ends, both agree whether that place is covered.
	for _, r := range append(slices.Clone(ranges), spans...) {
		for _, at := range r {
			if covered(ranges, at) != covered(spans, at) {
				t.Fatalf("at %q, %q covers %v, and %q does not", at, ranges, covered(ranges, at), spans)
			}
		}
	}
}

func covered(ranges [][2]string, at string) bool {
	return slices.ContainsFunc(ranges, func(r [2]string) bool { return r[0] <= at && at < r[1] })
}

// TestLargeFold sorts enough for the radix to take over, with keys of every kind.
func TestLargeFold(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var f fold.Fold
	var b group.Batch
	want := map[string]fate{}
	for i := range 50_000 {
		k := []byte(strings.Repeat("prefix", rng.IntN(6)))
		for range 1 + rng.IntN(4) {
			k = append(k, byte(rng.IntN(8)*36))
		}
		if len(k) == 1 && k[0] == 0 {
			continue
		}
		value := string(rune('a' + i%26))
		b.Put(k, []byte(value))
		want[string(k)] = fate{value: value}
		if b.Len() == 1000 {
			record, _ := b.Record()
			f.Add(record[wal.HeaderSize:])
			b.Reset()
		}
	}
	record, _ := b.Record()
	f.Add(record[wal.HeaderSize:])
	if f.Leaves() < 4 {
		t.Errorf("%d leaves", f.Leaves())
	}
	compare(t, &f, want, nil)
}

// TestSameKeys folds far more than a leaf holds of few keys, which takes no more memory than they do, and empties the fold, which
// holds nothing then.
func TestSameKeys(t *testing.T) {
	var f fold.Fold
	var b group.Batch
	want := map[string]fate{}
	for i := range 200_000 {
		k, value := []byte{'k', byte(i % 100)}, string(rune('a'+i%26))
		b.Put(k, []byte(value))
		want[string(k)] = fate{value: value}
	}
	record, _ := b.Record()
	f.Add(record[wal.HeaderSize:])
	if f.Bytes() < 900_000 || f.Held() > 100<<10 {
		t.Errorf("%d bytes take %d", f.Bytes(), f.Held())
	}
	compare(t, &f, want, nil)
	if f.Reset(); f.Held() != 0 || f.Len() != 0 {
		t.Errorf("%d operations in %d bytes are left", f.Len(), f.Held())
	}
	compare(t, &f, map[string]fate{}, nil)
}

// TestCondense folds, again and again, keys of many leaves: what was overwritten since its leaf was last sorted is there until the fold is
// condensed, with ranges that were deleted, which stay, as they are.
func TestCondense(t *testing.T) {
	var f fold.Fold
	want := map[string]fate{}
	var ranges [][2]string
	take := func(b *group.Batch) {
		record, err := b.Record()
		if err != nil || !f.Add(record[wal.HeaderSize:]) {
			t.Fatal(err)
		}
		b.Reset()
	}
	var b group.Batch
	rng := rand.New(rand.NewPCG(1, 2))
	const keys, length = 20_000, 24
	for i := range 15 * keys {
		k := binary.BigEndian.AppendUint64(nil, rng.Uint64N(keys)*0x9e3779b97f4a7c15)
		k = append(k, "behind an entry!"[:length-len(k)]...)
		value := string(rune('a' + i%26))
		b.Put(k, []byte(value))
		want[string(k)] = fate{value: value}
		if i%1000 == 0 {
			take(&b)
		}
		if i == 14*keys {
			b.DeleteRange([]byte{7}, []byte{7, 1})
			ranges = append(ranges, [2]string{"\x07", "\x07\x01"})
			maps.DeleteFunc(want, func(key string, _ fate) bool { return "\x07" <= key && key < "\x07\x01" })
			take(&b)
		}
	}
	take(&b)
	before := f.Held()
	if after := f.Condense(); before < 2*keys*(length+3) || after > before*2/3 || after != f.Held() {
		t.Errorf("%d of %d bytes are left in %d leaves", after, before, f.Leaves())
	}
	compare(t, &f, want, ranges)
}

// TestLargeValue folds a value of which nothing stays in memory when the fold is emptied.
func TestLargeValue(t *testing.T) {
	const size = 32 << 20
	record := largeRecord(t, size)
	var f fold.Fold
	before := heap()
	f.Add(record[wal.HeaderSize:])
	if f.Held() < size {
		t.Errorf("%d bytes are held of %d", f.Held(), size)
	}
	f.Reset()
	if has := heap() - before; has > size/4 {
		t.Errorf("%d bytes stay in memory", has)
	}
	runtime.KeepAlive(record)
	runtime.KeepAlive(&f)
}

func largeRecord(t *testing.T, size int) []byte {
	var b group.Batch
	b.Put([]byte("key"), make([]byte, size))
	record, err := b.Record()
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// within appends operations whose keys begin as k does, which the payload says once.
func within(t *rapid.T, b *group.Batch, k []byte, want map[string]fate) {
	begins := k[:rapid.IntRange(0, len(k)).Draw(t, "of it")]
	buf, n := b.Begin(begins), rapid.IntRange(0, 20).Draw(t, "within")
	for range n {
		rest := slices.Concat(k[len(begins):], rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "rest"))
		key := string(begins) + string(rest)
		if rapid.IntRange(0, 4).Draw(t, "deletes") == 0 {
			buf = append(binary.AppendUvarint(buf, uint64(len(rest))<<2|uint64(group.Delete)), rest...)
			want[key] = fate{deleted: true}
			continue
		}
		value := strings.Repeat("v", rapid.SampledFrom([]int{0, 1, 15, 127, 128, 5000}).Draw(t, "size"))
		buf = append(binary.AppendUvarint(buf, uint64(len(rest))<<2|uint64(group.Put)), rest...)
		buf = append(binary.AppendUvarint(buf, uint64(len(value))), value...)
		want[key] = fate{value: value}
	}
	b.End(buf, n)
}

// TestMalformed is told from what is whole.
func TestMalformed(t *testing.T) {
	var f fold.Fold
	if f.Add([]byte{0x0c, 'k'}) {
		t.Error("half an operation passed")
	}
}
