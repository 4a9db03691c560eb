package engine

import (
	"bytes"
	"testing"

	"github.com/portals-lang/portals/runtime/ptl"
)

// TestContributesBeside: an actor that finds another one at the cut does not wait for it, and what it contributes is in the cut all the same.
func TestContributesBeside(t *testing.T) {
	e := &Engine{cut: &cut{part: part{batch: &Batch{}, number: 7}}}
	contributes := func(key string) *actor {
		a := &actor{contribute: func(c *part) {
			if c.number != 7 {
				t.Errorf("%s is of cut %d", key, c.number)
			}
			c.Put([]byte(key), []byte("value"))
			c.weight += 3
			c.given += 2
			c.Later(func(w ptl.StateWriter) { w.Delete([]byte(key + " later")) })
		}}
		a.dirty.Store(true)
		return a
	}
	first, second, third := contributes("first"), contributes("second"), contributes("third")
	for range 2 {
		e.cut.mu.Lock() // as if the first one were at it
		first.contribute(&e.cut.part)
		e.contribute(second)
		e.cut.mu.Unlock()
		e.contribute(third)
		e.cut.join()
		e.cut.writeLater()
		if n := e.cut.batch.Len(); n != 6 || e.cut.weight != 9 || e.cut.given != 6 || second.dirty.Load() || third.dirty.Load() {
			t.Errorf("%d operations of weight %d, given %d", n, e.cut.weight, e.cut.given)
		}
		record, _ := e.cut.batch.Record()
		for _, key := range []string{"first", "second", "third"} {
			if !bytes.Contains(record, []byte(key+"\x05value")) || !bytes.Contains(record, []byte(key+" later")) {
				t.Errorf("what %s has contributed is not in %q", key, record)
			}
		}
		e.cut.batch.Reset()
		e.cut.weight, e.cut.given = 0, 0
		second.dirty.Store(true)
		third.dirty.Store(true)
	}
	if n := len(e.cut.parts.spare); n != 1 {
		t.Errorf("%d parts are kept for one", n)
	}
}
