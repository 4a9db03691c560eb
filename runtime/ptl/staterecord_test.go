package ptl

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

type manyState struct {
	n    int64
	m    Map[string, int64]
	s    Set[int64]
	l    List[int64]
	tail string
}

var manyStateType = &StateType[manyState]{
	Init:      func(s *manyState) { *s = manyState{} },
	IsInitial: func(s *manyState) bool { return s.n == 0 && s.m.Len()+s.s.Len()+s.l.Len() == 0 && s.tail == "" },
	Fields: []StateField{{Name: "n", Type: "Int", Shape: IntType.Shape}, {Name: "m", Shape: MapType(StringType, IntType).Shape},
		{Name: "s", Shape: SetType(IntType).Shape}, {Name: "l", Shape: ListType(IntType).Shape}, {Name: "tail", Shape: StringType.Shape}},
	Collections: []Collection[manyState]{
		StoredMap(1, func(s *manyState) *Map[string, int64] { return &s.m }, StringType, IntType),
		StoredSet(2, func(s *manyState) *Set[int64] { return &s.s }, IntType),
		StoredList(3, func(s *manyState) *List[int64] { return &s.l }, IntType),
	},
	Append: func(b []byte, s *manyState) []byte {
		b = MapType(StringType, IntType).Append(AppendInt(b, s.n), s.m)
		return AppendString(ListType(IntType).Append(SetType(IntType).Append(b, s.s), s.l), s.tail)
	},
	Read: func(r *Reader, s *manyState) {
		s.n = r.Int()
		s.m = MapType(StringType, IntType).Read(r)
		s.s = SetType(IntType).Read(r)
		s.l = ListType(IntType).Read(r)
		s.tail = r.String()
	},
	Freeze: func(s *manyState) { s.m.Share(); s.s.Share(); s.l.Share() },
	JSON: func(b []byte, s *manyState) []byte {
		return append(b, fmt.Sprintf(`{"n":%d,"m":%d,"s":%d,"l":%d}`, s.n, s.m.Len(), s.s.Len(), s.l.Len())...)
	},
}

func (s *manyState) text() string {
	return string(manyStateType.Append(nil, s))
}

// shelf is a store in memory that counts what is written.
type shelf struct {
	prefix  []byte
	entries map[string]string
	puts    int
	bytes   int
	later   []func(StateWriter)
}

func (s *shelf) Later(write func(w StateWriter)) { s.later = append(s.later, write) }

func (s *shelf) Put(key, value []byte) {
	s.entries[string(key)] = string(value)
	s.puts++
	s.bytes += len(key) + len(value)
}

func (s *shelf) Begin(prefix []byte) []byte {
	s.prefix = slices.Clone(prefix)
	return nil
}

func (s *shelf) End(b []byte, changes int) {
	eachChange(b, func(key, value []byte, deleted bool) {
		changes--
		if key = slices.Concat(s.prefix, key); deleted {
			s.Delete(key)
		} else {
			s.Put(key, value)
		}
	})
	if changes != 0 {
		panic("changes are not counted right")
	}
}

func (s *shelf) Delete(key []byte) { delete(s.entries, string(key)) }

func (s *shelf) DeleteRange(start, end []byte) {
	maps.DeleteFunc(s.entries, func(k, _ string) bool { return string(start) <= k && k < string(end) })
}

func (s *shelf) scan(prefix []byte, visit func(key, value []byte) error) error {
	for _, k := range slices.Sorted(maps.Keys(s.entries)) {
		if strings.HasPrefix(k, string(prefix)) {
			if err := visit([]byte(k), []byte(s.entries[k])); err != nil {
				return err
			}
		}
	}
	return nil
}

func manyItems() []byte { return []byte("items") }

func (s *manyState) step(t *rapid.T) {
	k := rapid.Int64Range(0, 40).Draw(t, "k")
	for range rapid.SampledFrom([]int{1, 1, 1, 12}).Draw(t, "times") {
		k++
		switch rapid.IntRange(0, 12).Draw(t, "step") {
		case 0, 1, 2:
			MapPut(&s.m, fmt.Sprint(k), k*s.n)
		case 3:
			MapRemove(&s.m, fmt.Sprint(k))
		case 4, 5:
			SetAdd(&s.s, k)
		case 6:
			SetRemove(&s.s, k)
		case 7, 8, 9:
			ListPush(&s.l, k)
		case 10:
			if s.l.Len() > 0 {
				ListRemoveAt(&s.l, 0)
			}
		case 11:
			if s.l.Len() > 0 {
				ListSet(&s.l, k%int64(s.l.Len()), s.n)
			}
		case 12:
			s.n++
		}
	}
	if rapid.IntRange(0, 30).Draw(t, "clear") == 0 {
		MapClear(&s.m)
		s.s = SetOf(ListOf[int64](1, 2, 3))
		s.l = ListReverse(s.l)
	}
}

// TestRecords writes random changes of a state and reads it again, now and then with what was read to go on from.
func TestRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		store := &shelf{entries: map[string]string{}}
		r := newRecords(manyStateType, &Runtime{Scan: store.scan, RecordLimit: rapid.SampledFrom([]int{1, 20, 60, 10_000}).Draw(t, "limit")})
		var s manyState
		var has *stored[manyState]
		for range rapid.IntRange(1, 30).Draw(t, "cuts") {
			for range rapid.IntRange(0, 4).Draw(t, "steps") {
				s.step(t)
			}
			has = r.write(store, []byte("record"), manyItems, &s, has)
			var read manyState
			again, err := r.read([]byte(store.entries["record"]), manyItems, &read)
			if err != nil {
				t.Fatal(err)
			}
			if read.text() != s.text() {
				t.Fatalf("stored %q and read %q", s.text(), read.text())
			}
			if own := len(store.entries) - 1; own != int(r.apart(has, &s)) {
				t.Fatalf("%d entries for %d", own, r.apart(has, &s))
			}
			if (has == nil) != (again == nil) || has != nil && has.heap != again.heap {
				t.Fatalf("what was written and what was read of it do not weigh the same: %v, %v", has, again)
			}
			if rapid.Bool().Draw(t, "restart") {
				s, has = read, again
			}
		}
		if has != nil {
			r.forget(store, manyItems())
		}
		if len(store.entries) != 1 {
			t.Fatalf("left behind: %q", store.entries)
		}
	})
}

// TestOneChangeCostsOneEntry changes large collections a little: what that costs does not depend on their size.
func TestOneChangeCostsOneEntry(t *testing.T) {
	store := &shelf{entries: map[string]string{}}
	r := newRecords(manyStateType, &Runtime{Scan: store.scan})
	var s manyState
	for i := range int64(50_000) {
		MapPut(&s.m, fmt.Sprint(i), i)
		SetAdd(&s.s, i)
		ListPush(&s.l, i)
	}
	has := r.write(store, []byte("record"), manyItems, &s, nil)
	for i := range int64(100) {
		MapPut(&s.m, fmt.Sprint(i*371), -1-i)
		SetRemove(&s.s, i*17)
		SetAdd(&s.s, 1_000_000+i)
		ListPush(&s.l, i)
		ListRemoveAt(&s.l, 0)
		store.puts, store.bytes = 0, 0
		has = r.write(store, []byte("record"), manyItems, &s, has)
		if store.puts != 4 || store.bytes > 150 { // the record and one entry of each
			t.Fatalf("change %d: %d entries, %d bytes", i, store.puts, store.bytes)
		}
	}
}

func TestRecordsTellDamage(t *testing.T) {
	store := &shelf{entries: map[string]string{}}
	r := newRecords(manyStateType, &Runtime{Scan: store.scan, RecordLimit: 1})
	var s manyState
	for i := range int64(20) {
		MapPut(&s.m, fmt.Sprint(i), i)
		ListPush(&s.l, i)
	}
	r.write(store, []byte("record"), manyItems, &s, nil)
	read := func(change func(entries map[string]string)) string {
		damaged := &shelf{entries: maps.Clone(store.entries)}
		change(damaged.entries)
		r.scan = damaged.scan
		var s manyState
		_, err := r.read([]byte(damaged.entries["record"]), manyItems, &s)
		return fmt.Sprint(err)
	}
	at := func(field, position byte) string {
		return "items" + string([]byte{field, 0, 0, 0, 0, 0, 0, 0, position})
	}
	for _, c := range []struct {
		change func(entries map[string]string)
		want   string
	}{
		{func(map[string]string) {}, "<nil>"},
		{func(e map[string]string) { delete(e, at(1, 3)) }, "state m: it has 19 entries, and 20 by its record"},
		{func(e map[string]string) { delete(e, at(3, 3)) }, "state l: entry 3 stands at the wrong position"},
		{func(e map[string]string) { e[at(1, 3)] = "\x05" }, "state m: entry 3: "},
		{func(e map[string]string) { e[at(3, 19)] += "x" }, "state l: entry 19: there is more behind it"},
		{func(e map[string]string) { e[at(1, 200)] = e[at(1, 0)] }, "state m: entry 20 stands at the wrong position"},
		{func(e map[string]string) { e["record"] += "\x00\x01" }, "what it says of its collections makes no sense"},
		{func(e map[string]string) { e["record"] += "\x02" }, "what it says of its collections makes no sense"},
	} {
		if got := read(c.change); !strings.HasPrefix(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestUpgradeOfEntries moves states to other fields, with their entries.
func TestUpgradeOfEntries(t *testing.T) {
	store := &shelf{entries: map[string]string{}}
	r := newRecords(manyStateType, &Runtime{Scan: store.scan, RecordLimit: 1})
	s := manyState{n: 7, tail: "end"}
	for i := range int64(30) {
		MapPut(&s.m, fmt.Sprint(i), i)
		SetAdd(&s.s, i%5)
		ListPush(&s.l, i)
	}
	r.write(store, []byte("record"), manyItems, &s, nil)
	before := layoutOf(nil, manyStateType.Fields)
	type turned struct {
		l List[int64]
		m Map[string, int64]
	}
	fields := slices.Clone(manyStateType.Fields)
	slices.Reverse(fields)
	now := layoutOf(nil, fields)
	upgraded := &shelf{entries: map[string]string{}}
	for k, v := range store.entries {
		if rest, ok := strings.CutPrefix(k, "items"); ok {
			newRest, value, err := now.UpgradeItem(before, []byte(rest), []byte(v))
			if err != nil {
				t.Fatal(err)
			}
			upgraded.entries["items"+string(newRest)] = string(value)
			continue
		}
		initial := AppendString(nil, "")
		initial = append(initial, 0, 0, 0, 0)
		value, err := now.Upgrade(before, []byte(v), initial)
		if err != nil {
			t.Fatal(err)
		}
		upgraded.entries[k] = string(value)
	}
	typ := &StateType[turned]{Fields: fields,
		Collections: []Collection[turned]{StoredList(1, func(s *turned) *List[int64] { return &s.l }, IntType),
			StoredMap(3, func(s *turned) *Map[string, int64] { return &s.m }, StringType, IntType)},
		Read: func(r *Reader, s *turned) {
			_ = r.String()
			s.l = ListType(IntType).Read(r)
			SetType(IntType).Read(r)
			s.m = MapType(StringType, IntType).Read(r)
			r.Int()
		}}
	var read turned
	again := newRecords(typ, &Runtime{Scan: upgraded.scan})
	if _, err := again.read([]byte(upgraded.entries["record"]), manyItems, &read); err != nil {
		t.Fatal(err)
	}
	if !ListType(IntType).Equal(read.l, s.l) || !MapType(StringType, IntType).Equal(read.m, s.m) {
		t.Errorf("%v %v became %v %v", s.l, s.m, read.l, read.m)
	}
}

// fullGroup lends a buffer that has no room left.
type fullGroup struct {
	StateWriter // nil: only what follows is called
	changes     int
}

func (f *fullGroup) Begin([]byte) []byte { return make([]byte, 1<<16) }

func (f *fullGroup) End(_ []byte, changes int) { f.changes += changes }

// TestEqualItems: for items that turn out to be as they were, room is made in the group once at most, not for each.
func TestEqualItems(t *testing.T) {
	group, item := &fullGroup{}, "the same in another place"
	w := itemWriter{to: group, was: make([]byte, 0, 100)}
	made := testing.AllocsPerRun(1, func() {
		w.begin([]byte("items"), 1, 0)
		for i := range 1000 {
			writeItem(&w, i, &item, &item, func(b []byte, s *string) []byte { return AppendString(b, *s) })
		}
		w.end()
	})
	if made > 10 || group.changes > 0 {
		t.Errorf("memory was allocated %g times for 1,000 equal items, of which %d are written", made, group.changes)
	}
}
