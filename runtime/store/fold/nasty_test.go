package fold_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/portals-lang/portals/runtime/store/fold"
	"github.com/portals-lang/portals/runtime/store/group"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// nasty are keys that lie close to each other, and beginnings of each other, and at the bounds of leaves.
type nasty struct {
	rng   *rand.Rand
	known []string // keys that were used lately
	long  string
}

// key is a new one, or one that is known, or one beside that.
func (n *nasty) key() []byte {
	const bytesOf = "\x00\x00\x01a\xff"
	k := n.fresh(bytesOf)
	if len(n.known) > 0 && n.rng.IntN(3) > 0 {
		k = n.known[n.rng.IntN(len(n.known))]
		switch n.rng.IntN(6) {
		case 0: // a beginning
			k = k[:n.rng.IntN(len(k)+1)]
		case 1: // the next one
			k += "\x00"
		case 2: // one before, or behind
			b := []byte(k)
			if len(b) > 0 {
				b[len(b)-1] += byte(2*n.rng.IntN(2)) - 1
			}
			k = string(b)
		case 3:
			k += string(bytesOf[n.rng.IntN(len(bytesOf))])
		}
	}
	if len(k) == 0 || k == group.Reserved {
		k = "\x00\x00"
	}
	if len(n.known) < 200 {
		n.known = append(n.known, k)
	} else {
		n.known[n.rng.IntN(len(n.known))] = k
	}
	return []byte(k)
}

// fresh is a key of some length.
func (n *nasty) fresh(of string) string {
	b := []byte(n.long[:n.rng.IntN(3)*n.rng.IntN(len(n.long)+1)/2])
	for range n.rng.IntN(20) {
		b = append(b, of[n.rng.IntN(len(of))])
	}
	return string(b)
}

// value is mostly small, sometimes empty, about as large as a chunk, or larger.
func (n *nasty) value() []byte {
	size := n.rng.IntN(20)
	switch n.rng.IntN(60) {
	case 0:
		size = 4096 - n.rng.IntN(60)
	case 1:
		size = n.rng.IntN(20000)
	case 2, 3, 4, 5:
		size = 0
	}
	v := bytes.Repeat([]byte{byte(n.rng.IntN(256))}, size)
	if size > 4 {
		v[0], v[size-1] = byte(n.rng.IntN(256)), byte(n.rng.IntN(256))
	}
	return v
}

var nastySeeds = flag.Uint64("nasty-seeds", 15, "folds that TestNasty tries; 10000 takes four minutes")

// TestNasty compares folds with one that applies the operations one after the other, in rounds: with the leaves of the round before, or
// as another fold expects them, or without.
func TestNasty(t *testing.T) {
	leaves := 0
	for seed := range *nastySeeds {
		leaves = max(leaves, tryNasty(t, seed))
	}
	if leaves < 100 {
		t.Errorf("at most %d leaves: the test has become too small", leaves)
	}
}

func tryNasty(t *testing.T, seed uint64) (leaves int) {
	rng := rand.New(rand.NewPCG(seed, 7))
	n := &nasty{rng: rng, long: strings.Repeat(string([]byte{"\x00p\xff"[rng.IntN(3)]}), rng.IntN(60))}
	limit := []int{32, 64, 200, 1000, 5000, 0}[rng.IntN(6)]
	begun := func() *fold.Fold {
		f := &fold.Fold{}
		f.Limit(limit)
		return f
	}
	f := begun()
	for round := range 1 + rng.IntN(5) {
		where := fmt.Sprintf("seed %d, round %d: ", seed, round)
		if rng.IntN(3) == 0 { // other keys than before
			n.known = nil
		}
		want, ranges := n.fill(t, f)
		leaves = max(leaves, f.Leaves())
		t.Log(where)
		compare(t, f, want, ranges)
		if rng.IntN(2) == 0 {
			f.Seal()
			compare(t, f, want, ranges)
			n.read(t, where, f, want, ranges)
		}
		switch rng.IntN(5) {
		case 0:
			f = begun()
		case 1:
			f = begun()
			f.Expect(int64(rng.IntN(20))<<16, 1<<20, rng.IntN(2) == 0)
		default:
			if f.Reset(); f.Held() != 0 {
				t.Fatalf("%s%d bytes are held of nothing", where, f.Held())
			}
		}
	}
	return leaves
}

// fill adds groups to a fold and tells what it amounts to.
func (n *nasty) fill(t *testing.T, f *fold.Fold) (want map[string]fate, ranges [][2]string) {
	want = map[string]fate{}
	rangeEvery := []int{5, 30, 300, 1 << 30}[n.rng.IntN(4)]
	for range 1 + n.rng.IntN(20) {
		var b group.Batch
		for range n.rng.IntN(1 + []int{3, 100, 1000}[n.rng.IntN(3)]) {
			k := n.key()
			switch {
			case n.rng.IntN(rangeEvery) == 0:
				end := n.key()
				b.DeleteRange(k, end)
				if bytes.Compare(k, end) < 0 {
					ranges = append(ranges, [2]string{string(k), string(end)})
					maps.DeleteFunc(want, func(key string, _ fate) bool { return string(k) <= key && key < string(end) })
				}
			case n.rng.IntN(5) == 0:
				b.Delete(k)
				want[string(k)] = fate{deleted: true}
			default:
				v := n.value()
				b.Put(k, v)
				want[string(k)] = fate{value: string(v)}
			}
		}
		record, err := b.Record()
		if err != nil || !f.Add(record[wal.HeaderSize:]) {
			t.Fatal(err)
		}
		clear(record) // which is not kept
		if n.rng.IntN(4) == 0 {
			f.Condense()
		}
	}
	return want, ranges
}

// read gets keys, and goes on from some, in a sealed fold.
func (n *nasty) read(t *testing.T, where string, f *fold.Fold, want map[string]fate, ranges [][2]string) {
	keys := slices.Sorted(maps.Keys(want))
	for range 50 {
		k := string(n.key())
		value, deleted, known := f.Get([]byte(k))
		had, touched := want[k]
		if !touched && covered(ranges, k) {
			had, touched = fate{deleted: true}, true
		}
		if known != touched || (fate{string(value), deleted}) != had {
			t.Fatalf("%sGet(%q) is %q, %v, %v, not %v, %v", where, k, value, deleted, known, had, touched)
		}
		at, _ := slices.BinarySearch(keys, k)
		c := f.Seek([]byte(k))
		for m := 0; m < 30 && c.Next(); m++ {
			if at >= len(keys) || keys[at] != string(c.Key) || want[keys[at]] != (fate{string(c.Value), c.Deleted}) {
				t.Fatalf("%sfrom %q on: %q", where, k, c.Key)
			}
			at++
		}
	}
}
