package group_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"

	"github.com/portals-lang/portals/runtime/store/fault"
	"github.com/portals-lang/portals/runtime/store/group"
	"github.com/portals-lang/portals/runtime/store/wal"
)

type operation struct {
	op         group.Op
	key, value []byte
}

// sizes are lengths on both sides of where an encoded length grows by a byte.
var sizes = rapid.OneOf(rapid.IntRange(2, 40), rapid.SampledFrom([]int{126, 127, 128, 129, 4095, 4096, 16383, 16384, 70000}))

func operations(t *rapid.T) (ops []operation) {
	for range rapid.IntRange(0, 20).Draw(t, "operations") {
		o := operation{op: group.Op(rapid.IntRange(0, 2).Draw(t, "op"))}
		o.key = bytes.Repeat([]byte{'k'}, sizes.Draw(t, "key"))
		if o.op != group.Delete {
			o.value = bytes.Repeat([]byte{'v'}, sizes.Draw(t, "value"))
		}
		ops = append(ops, o)
	}
	return ops
}

// encode appends operations on keys that begin with prefix, which is left out of them, as package group has them.
func encode(buf []byte, prefix int, ops []operation) []byte {
	for _, o := range ops {
		key := o.key[prefix:]
		if o.op == group.Put {
			buf = group.AppendPut(buf, key, o.value)
		} else {
			buf = append(binary.AppendUvarint(buf, uint64(len(key))<<2|uint64(o.op)), key...)
		}
	}
	return buf
}

// TestRoundTrip writes operations whole and in place, and reads back the same, in one order and by offset.
func TestRoundTrip(t *testing.T) {
	var b group.Batch
	rapid.Check(t, func(t *rapid.T) {
		b.Reset()
		ops := operations(t)
		for rest := ops; len(rest) > 0; {
			o := rest[0]
			inPlace, shortest := 0, len(o.key)
			for most := rapid.IntRange(0, 4).Draw(t, "in place"); inPlace < min(most, len(rest)) && rest[inPlace].op != group.DeleteRange; inPlace++ {
				shortest = min(shortest, len(rest[inPlace].key))
			}
			if inPlace > 0 {
				prefix := rapid.IntRange(0, shortest).Draw(t, "prefix")
				b.End(encode(b.Begin(o.key[:prefix]), prefix, rest[:inPlace]), inPlace)
				rest = rest[inPlace:]
				continue
			}
			b.End(b.Begin(o.key), 0) // which leaves nothing
			switch rest = rest[1:]; o.op {
			case group.DeleteRange:
				b.DeleteRange(o.key, o.value)
			case group.Put:
				b.Put(o.key, o.value)
			default:
				b.Delete(o.key)
			}
		}
		record, err := b.Record()
		if err != nil || b.Len() != len(ops) || b.Bytes() != len(record)-wal.HeaderSize {
			t.Fatal(err, b.Len(), b.Bytes())
		}
		payload := record[wal.HeaderSize:]
		r := group.Read(payload)
		for i, o := range ops {
			op, key, value, ok := r.Next()
			again, sameKey, sameValue := group.At(payload, r.Offset())
			if !ok || op != o.op || !bytes.Equal(key, o.key) || !bytes.Equal(value, o.value) ||
				again != op || !bytes.Equal(sameKey, key[r.LeftOut():]) || !bytes.Equal(sameValue, value) {
				t.Fatalf("operation %d: %v %.9q %.9q, not %v %.9q %.9q", i, op, key, value, o.op, o.key, o.value)
			}
		}
		if _, _, _, ok := r.Next(); ok || !r.Whole() {
			t.Fatal("more than was written")
		}
	})
}

// TestJoin: a batch that takes in another one has the operations of both, and what was not valid in either.
func TestJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var both, whole, other group.Batch
		for i, b := range []*group.Batch{&both, &other} {
			for _, o := range operations(t) {
				if o.op == group.Put {
					b.Put(o.key, o.value)
					whole.Put(o.key, o.value)
				} else {
					b.End(encode(b.Begin(o.key[:1+i]), 1+i, []operation{{group.Delete, o.key, nil}}), 1)
					whole.End(encode(whole.Begin(o.key[:1+i]), 1+i, []operation{{group.Delete, o.key, nil}}), 1)
				}
			}
		}
		invalid := rapid.Bool().Draw(t, "invalid")
		if invalid {
			other.Delete(nil)
			whole.Delete(nil)
		}
		both.Join(&other)
		other.Reset()
		other.Put(bytes.Repeat([]byte{'o'}, 100), nil) // which is not the same memory
		got, err := both.Record()
		want, wantErr := whole.Record()
		if !bytes.Equal(got, want) || both.Len() != whole.Len() || (err != nil) != invalid || (wantErr != nil) != invalid {
			t.Fatalf("%d bytes and %d operations, not %d and %d (%v)", len(got), both.Len(), len(want), whole.Len(), err)
		}
	})
}

// TestInvalidKeys makes the whole group invalid, however the key comes, until the batch is reset.
func TestInvalidKeys(t *testing.T) {
	for name, put := range map[string]func(*group.Batch, []byte){
		"put":    func(b *group.Batch, key []byte) { b.Put(key, []byte("value")) },
		"delete": func(b *group.Batch, key []byte) { b.Delete(key) },
	} {
		for _, key := range []string{"", group.Reserved} {
			var b group.Batch
			b.Put([]byte("good"), nil)
			put(&b, []byte(key))
			b.Put([]byte("good"), nil)
			if _, err := b.Record(); !fault.Is(err, fault.Invalid) || b.Len() != 2 {
				t.Errorf("%s %q: %v, %d operations", name, key, err, b.Len())
			}
			b.Reset()
			if record, err := b.Record(); err != nil || len(record) != wal.HeaderSize {
				t.Errorf("%s %q: after Reset: %v", name, key, err)
			}
		}
	}
}

// TestEmptyRange writes nothing for ranges that hold no key a user may have.
func TestEmptyRange(t *testing.T) {
	var b group.Batch
	for _, r := range [][2]string{{"a", "a"}, {"b", "a"}, {"", ""}, {"", "\x00"}, {"\x00", "\x00\x00"}} {
		b.DeleteRange([]byte(r[0]), []byte(r[1]))
	}
	if b.Len() != 0 {
		t.Errorf("%d operations", b.Len())
	}
	b.DeleteRange(nil, []byte("b"))
	record, _ := b.Record()
	if _, start, _ := group.At(record[wal.HeaderSize:], 0); string(start) != "\x00\x00" {
		t.Errorf("a range from the beginning begins at %q", start)
	}
}

// TestSteadyState allocates nothing once the buffer has grown.
func TestSteadyState(t *testing.T) {
	var b group.Batch
	key, value := []byte("a key of some length"), make([]byte, 100)
	fill := func() {
		b.Reset()
		for range 100 {
			b.Put(key, value)
			b.Delete(key)
			b.End(encode(b.Begin(key[:5]), 5, []operation{{group.Put, key, value}}), 1)
		}
	}
	fill()
	if n := testing.AllocsPerRun(10, fill); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestBatchGivesRoomUp: what a large group has taken is kept as long as one comes now and then.
func TestBatchGivesRoomUp(t *testing.T) {
	var b group.Batch
	roomAfter := func(small int) int {
		b.Reset()
		b.Put([]byte("key"), make([]byte, 8<<20))
		for range small {
			b.Reset()
			b.Put([]byte("key"), make([]byte, 100))
		}
		record, err := b.Record()
		if err != nil {
			t.Fatal(err)
		}
		return cap(record)
	}
	if room := roomAfter(10); room < 8<<20 {
		t.Errorf("room for %d bytes is left behind 10 small groups", room)
	}
	if room := roomAfter(40); room > 2<<20 {
		t.Errorf("room for %d bytes is left behind 40 small groups", room)
	}
}

// FuzzRead takes any bytes apart without ever reading beyond them or going on for ever.
func FuzzRead(f *testing.F) {
	var b group.Batch
	b.Put([]byte("key"), []byte("value"))
	b.Delete([]byte("key"))
	b.DeleteRange([]byte("a"), []byte("b"))
	b.End(encode(b.Begin([]byte("ab")), 2, []operation{{group.Put, []byte("abc"), nil}, {group.Delete, []byte("abd"), nil}}), 2)
	record, _ := b.Record()
	f.Add(record[wal.HeaderSize:])
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, payload []byte) {
		r := group.Read(payload)
		total := 0
		for {
			_, key, value, ok := r.Next()
			if !ok {
				break
			}
			total += len(key) - r.LeftOut() + len(value) + 1
		}
		if total > len(payload) {
			t.Fatalf("%d bytes out of %d", total, len(payload))
		}
	})
}
