package ptl

import (
	"bytes"
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// cutInBytes keeps what a cut writes as it stands in the group.
type cutInBytes struct {
	StateWriter // nil: only what follows is called
	bytes       []byte
	entries     int
	deleted     []byte
}

func (c *cutInBytes) Begin([]byte) []byte { return c.bytes }

func (c *cutInBytes) End(b []byte, entries int) {
	c.bytes = b
	c.entries += entries
}

func (c *cutInBytes) Delete(key []byte) { c.deleted = append(c.deleted, key...) }

// TestSharedCut has lanes encode what changed at once: it is what one of them writes alone.
func TestSharedCut(t *testing.T) {
	type state struct{ n int64 }
	typ := &StateType[state]{
		Init:      func(s *state) { *s = state{} },
		IsInitial: func(s *state) bool { return s.n == 0 },
		Append:    func(b []byte, s *state) []byte { return AppendInt(b, s.n) },
	}
	const keys = 3 * sharedCut
	cuts := func(parallel func(n int, work func(i int))) (cuts []*cutInBytes) {
		table := &keyedTable[int64, state]{key: IntType, state: typ, records: newRecords(typ, &Runtime{}), parts: make([]part[int64, state], 3), parallel: parallel}
		table.place.Records = []byte("s task")
		lane, l := &Keyed[int64, state]{table: table}, &Lane{Inline: true}
		table.lanes = append(table.lanes, lane)
		for cut := range int64(4) {
			l.atom++
			for key := range int64(keys) {
				if cut == 3 && key%100 != 0 {
					continue // few have changed
				}
				lane.At(l, HashInt(key), key).n = (key + cut) % 5 // every fifth is initial again
			}
			table.settle()
			written := &cutInBytes{}
			table.changes(written)
			cuts = append(cuts, written)
		}
		kept := cap(table.parts[1].encoded)
		for range 40 {
			l.atom++
			lane.At(l, HashInt(1), 1).n = 1
			table.settle()
			table.changes(&cutInBytes{})
		}
		if parallel != nil && (kept == 0 || cap(table.parts[1].encoded) > 0) {
			t.Errorf("a part keeps room for %d bytes behind one small cut, and for %d behind many", kept, cap(table.parts[1].encoded))
		}
		return cuts
	}
	called := 0
	shared := cuts(func(n int, work func(i int)) {
		called++
		var working sync.WaitGroup
		for i := range n {
			working.Go(func() { work(i) })
		}
		working.Wait()
	})
	for i, alone := range cuts(nil) {
		if got := shared[i]; alone.entries == 0 || got.entries != alone.entries || !bytes.Equal(got.bytes, alone.bytes) || !bytes.Equal(got.deleted, alone.deleted) {
			t.Errorf("cut %d: %d entries in %d bytes, not %d in %d", i, got.entries, len(got.bytes), alone.entries, len(alone.bytes))
		}
	}
	if called != 3 {
		t.Errorf("%d cuts were shared", called)
	}
	if len(shared[1].deleted) == 0 {
		t.Error("nothing was deleted")
	}
}

// TestLargeFirst: that the first records of a cut are large does not make it take room as if all were.
func TestLargeFirst(t *testing.T) {
	type state struct{ text string }
	typ := &StateType[state]{
		Init:   func(s *state) { *s = state{} },
		Append: func(b []byte, s *state) []byte { return append(b, s.text...) },
	}
	table := &keyedTable[int64, state]{key: IntType, state: typ, records: newRecords(typ, &Runtime{}), parts: make([]part[int64, state], 1)}
	lane, l := &Keyed[int64, state]{table: table}, &Lane{Inline: true}
	table.lanes = append(table.lanes, lane)
	l.atom++
	const keys = 100 * cutBlock
	large := strings.Repeat("large", 4000)
	for key := range int64(keys) {
		text := "small"
		if key < cutBlock {
			text = large
		}
		lane.At(l, HashInt(key), key).text = text
	}
	table.settle()
	written := &cutInBytes{}
	table.changes(written)
	has, room := len(written.bytes), cap(written.bytes)
	if has < cutBlock*len(large) || room > 2*has+keys*2*usualRecord {
		t.Errorf("%d bytes have room for %d", has, room)
	}
}

// TestForgottenWithoutStore: without a store too, a key whose state is initial again is forgotten, unless the running atom has touched it;
// and all others stay as they are.
func TestForgottenWithoutStore(t *testing.T) {
	type state struct{ n int64 }
	typ := &StateType[state]{
		Init:      func(s *state) { *s = state{} },
		IsInitial: func(s *state) bool { return s.n == 0 },
	}
	table := &keyedTable[int64, state]{key: IntType, state: typ, parts: make([]part[int64, state], 1), unstored: true}
	lane, l := &Keyed[int64, state]{table: table}, &Lane{Inline: true}
	table.lanes = append(table.lanes, lane)
	const atoms, each = 2000, 50
	for atom := range int64(atoms) {
		l.atom++
		var before []*state
		for key := atom * each; key < (atom+1)*each; key++ {
			before = append(before, lane.At(l, HashInt(key), key)) // as they are, but for one of them
		}
		before[0].n = -atom - 1
		for i, s := range before {
			if key := atom*each + int64(i); lane.At(l, HashInt(key), key) != s {
				t.Fatalf("key %d was forgotten in the atom that touched it", key)
			}
		}
		if atom%3 == 0 {
			table.rollback()
		} else {
			table.settle()
		}
	}
	p := &table.parts[0]
	for atom := range int64(atoms) {
		c, want := p.find(HashInt(atom*each), atom*each), int64(0)
		if atom%3 != 0 {
			want = -atom - 1
		}
		if n := int64(0); c != nil {
			if n = c.state.n; n != want {
				t.Fatalf("the state of atom %d is %d, not %d", atom, n, want)
			}
		} else if want != 0 {
			t.Fatalf("the state of atom %d is forgotten", atom)
		}
	}
	if p.used > 4*atoms || len(p.dirty) > 0 {
		t.Errorf("%d cells are in use for %d keys of %d", p.used, atoms*2/3, atoms*each)
	}
}

// deletes is a cut that is asked which keys it deletes.
type deletes struct {
	cutInBytes
	keys map[string]bool
}

func (d *deletes) Delete(key []byte) { d.keys[string(key)] = true }

// TestForgottenBetweenCuts: keys that come and go between two cuts take no room, and what cuts write and delete is as if all had stayed.
// In an atom, one key comes to stay, one that a cut has written goes, and one is changed by an atom that fails; all others are initial again.
func TestForgottenBetweenCuts(t *testing.T) {
	type state struct{ n int64 }
	typ := &StateType[state]{
		Init:      func(s *state) { *s = state{} },
		IsInitial: func(s *state) bool { return s.n == 0 },
		Append:    func(b []byte, s *state) []byte { return AppendInt(b, s.n) },
	}
	table := &keyedTable[int64, state]{key: IntType, state: typ, records: newRecords(typ, &Runtime{}), parts: make([]part[int64, state], 1), empty: true,
		load: func([]byte) ([]byte, bool, error) { t.Fatal("an empty store was asked"); return nil, false, nil }}
	lane, l := &Keyed[int64, state]{table: table}, &Lane{Inline: true}
	table.lanes = append(table.lanes, lane)
	set := func(key, n int64) { lane.At(l, HashInt(key), key).n = n }
	const atoms, each, cut = 2000, 50, 400
	most, goes := 0, map[string]bool{}
	for atom := range int64(atoms) {
		l.atom++
		for key := atom * each; key < (atom+1)*each; key++ {
			set(key, 1)
			set(key, 0)
		}
		set(atom*each, atom+1)
		if atom >= cut && atom%2 == 0 {
			set((atom-cut)*each, 0)
			goes[string(table.entry(nil, nil, slotOf(HashInt((atom-cut)*each)), (atom-cut)*each))] = true
		}
		if table.settle(); atom%7 == 0 {
			l.atom++
			set(atom*each+1, 5)
			table.rollback()
		}
		most = max(most, len(table.parts[0].dirty))
		if (atom+1)%cut > 0 {
			continue
		}
		written := &deletes{keys: map[string]bool{}}
		table.changes(written)
		if written.entries != cut {
			t.Errorf("%d keys are written, not %d", written.entries, cut)
		}
		if !maps.Equal(written.keys, goes) {
			t.Errorf("%d keys are deleted, not the %d that go", len(written.keys), len(goes))
		}
		clear(goes)
	}
	if p := &table.parts[0]; most > 4*atoms || int(p.used) > 4*atoms {
		t.Errorf("%d keys are changed at most, and %d cells in use, of %d keys that stay", most, p.used, atoms)
	}
}

// follower is a store that does at once what cuts tell it.
type follower struct {
	StateWriter // nil: only what follows is called
	has         map[string]string
}

func (f *follower) Delete(key []byte)     { delete(f.has, string(key)) }
func (f *follower) Begin(_ []byte) []byte { return nil }

func (f *follower) End(b []byte, entries int) {
	part := func(shift int) string {
		n, width := binary.Uvarint(b)
		part := string(b[width : width+int(n>>shift)])
		b = b[width+len(part):]
		return part
	}
	for range entries {
		key := part(2)
		f.has[key] = part(0)
	}
	if len(b) > 0 {
		panic("more than was said")
	}
}

// TestStoreFollows: behind each cut the store has the states that are not initial, and no others, however keys come, go and come again.
func TestStoreFollows(t *testing.T) {
	t.Run("Int", func(t *testing.T) {
		storeFollows(t, IntType, HashInt, func(n int) int64 { return int64(1-n%2*2) << (n % 63) * int64(n) })
	})
	t.Run("String", func(t *testing.T) {
		storeFollows(t, StringType, HashString, func(n int) string { return strings.Repeat("key", n%50) + string(rune(n)) })
	})
	t.Run("Bool", func(t *testing.T) {
		storeFollows(t, BoolType, HashBool, func(n int) bool { return n%2 > 0 })
	})
}

func storeFollows[K comparable](t *testing.T, typ *Type[K], hash func(K) uint64, key func(n int) K) {
	type state struct{ text string }
	states := &StateType[state]{
		Init:      func(s *state) { *s = state{} },
		IsInitial: func(s *state) bool { return s.text == "" },
		Append:    func(b []byte, s *state) []byte { return append(b, s.text...) },
	}
	table := &keyedTable[K, state]{key: typ, state: states, records: newRecords(states, &Runtime{}), parts: make([]part[K, state], 2), empty: true,
		load: func([]byte) ([]byte, bool, error) { t.Fatal("an empty store was asked"); return nil, false, nil }}
	lane, l := &Keyed[K, state]{table: table}, &Lane{Inline: true}
	table.lanes = append(table.lanes, lane)
	random := rand.New(rand.NewPCG(1, 2))
	store, want, left := &follower{has: map[string]string{}}, map[string]string{}, 0
	for atom := range 3000 {
		l.atom++
		fails := atom%5 == 0
		from := random.IntN(2000)
		for n := from; n < from+20; n++ {
			k := key(n)
			text := ""
			if random.IntN(3) == 0 {
				text = strings.Repeat("state", 1+n%70)
			}
			lane.At(l, hash(k), k).text = text
			switch at := string(table.entry(nil, nil, slotOf(hash(k)), k)); {
			case fails:
			case text == "":
				delete(want, at)
			default:
				want[at] = text
			}
		}
		if fails {
			table.rollback()
		} else {
			table.settle()
		}
		if random.IntN(30) > 0 {
			continue
		}
		for i := range table.parts {
			left += len(table.parts[i].gone)
		}
		table.changes(store)
		if !maps.Equal(store.has, want) {
			t.Fatalf("behind atom %d the store has %d states, not %d, or others", atom, len(store.has), len(want))
		}
	}
	if left == 0 && len(want) > 2 {
		t.Error("no key that the store had has left between two cuts")
	}
}
