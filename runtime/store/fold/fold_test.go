package fold_test

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"

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
	var f fold.Fold
	rapid.Check(t, func(t *rapid.T) {
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
		}
		compare(t, &f, want, ranges)
	})
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
			f.Add(slices.Clone(record[wal.HeaderSize:]))
			b.Reset()
		}
	}
	record, _ := b.Record()
	f.Add(record[wal.HeaderSize:])
	compare(t, &f, want, nil)
}

// TestMalformed is told from what is whole.
func TestMalformed(t *testing.T) {
	var f fold.Fold
	if f.Add([]byte{0x0c, 'k'}) {
		t.Error("half an operation passed")
	}
}

// TestResetLetsGo: a fold that was emptied holds on to no payload, which is a part of the log.
func TestResetLetsGo(t *testing.T) {
	var f fold.Fold
	var payloads []weak.Pointer[byte]
	for range 3 {
		for i := range 5 {
			var b group.Batch
			b.Put([]byte("key"), []byte{byte(i)})
			b.DeleteRange([]byte{'a', byte(i)}, []byte("b"))
			record, err := b.Record()
			if err != nil {
				t.Fatal(err)
			}
			payload := slices.Clone(record[wal.HeaderSize:])
			payloads = append(payloads, weak.Make(&payload[0]))
			f.Add(payload)
		}
		f.Seal()
		f.Reset()
	}
	runtime.GC()
	held := 0
	for _, p := range payloads {
		if p.Value() != nil {
			held++
		}
	}
	if held > 0 {
		t.Errorf("%d of %d payloads are still there", held, len(payloads))
	}
	runtime.KeepAlive(&f)
}
