package ptl

import (
	"math/rand/v2"
	"testing"
)

// Asks are opened in order, one after the other or several between two replies, and answered in any order; some wait for
// long, so that the table has to grow and to move them out of the way.
func TestOpenAsksFindsEachAsk(t *testing.T) {
	for _, lanes := range []int{1, 3} {
		dice := rand.New(rand.NewPCG(uint64(lanes), 7))
		o := &openAsks[int64]{mark: 1, end: 1, parts: make([]openPart[int64], lanes)}
		open := map[uint64]*Future[int64]{}
		var ids []uint64
		for n := uint64(1); n <= 20_000; n++ {
			id := n<<8 | dice.Uint64N(256)
			open[id], ids = o.open(id), append(ids, id)
			most := 10
			if n/2000%2 == 1 {
				most = 1500
			}
			for len(ids) > most {
				i := dice.IntN(len(ids))
				if dice.IntN(10) > 0 {
					i = len(ids) - 1 - dice.IntN(min(len(ids), 8)) // young ones mostly
				}
				f := o.find(ids[i])
				if f == nil || f != open[ids[i]] || f.id != ids[i] {
					t.Fatalf("%d lanes: ask %d is found at %v", lanes, ids[i]>>8, f)
				}
				o.release(&f.futureHead)
				if o.find(ids[i]) != nil {
					t.Fatalf("%d lanes: ask %d is found when it is released", lanes, ids[i]>>8)
				}
				delete(open, ids[i])
				ids = append(ids[:i], ids[i+1:]...)
			}
		}
		for id, f := range open {
			if o.find(id) != f || f.id != id {
				t.Fatalf("%d lanes: ask %d is lost", lanes, id>>8)
			}
		}
		for i := range o.parts {
			if p := &o.parts[i]; len(p.recent) > 1<<13 {
				t.Errorf("%d lanes: %d asks at most, and a table of %d", lanes, p.peak, len(p.recent))
			}
		}
	}
}

// What was needed for many is given back when few are needed, and few use the same cells again and again.
func TestOpenAsksGivesCellsBack(t *testing.T) {
	o := &openAsks[int64]{mark: 1, end: 1, parts: make([]openPart[int64], 1)}
	id := uint64(0)
	flight := func(asks int) {
		var all []*Future[int64]
		for range asks {
			id += 1 << 8
			all = append(all, o.open(id))
		}
		for _, f := range all {
			o.release(&f.futureHead)
		}
	}
	flight(100_000)
	if n := o.parts[0].cells; n < 100_000 {
		t.Fatalf("%d cells", n)
	}
	flight(10)
	flight(10)
	if n := o.parts[0].cells; n > cellsKept {
		t.Errorf("%d cells are kept for 10 asks", n)
	}
	flight(10)
	if n := testing.AllocsPerRun(100, func() {
		id += 1 << 8
		o.release(&o.open(id).futureHead)
	}); n > 0 {
		t.Errorf("an ask makes %v allocations", n)
	}
}

func TestPoolGivesMemoryBack(t *testing.T) {
	var p pool[int64]
	take := func(values int) (emptied bool) {
		numbers := map[uint32]*int64{}
		for range values {
			n, v := p.take()
			if numbers[n] != nil || p.at(n) != v {
				t.Fatalf("number %d is there twice, or elsewhere", n)
			}
			numbers[n] = v
		}
		for n := range numbers {
			emptied = p.give(n)
		}
		return emptied
	}
	if take(100_000) || len(p.chunks)*poolChunk < 100_000 {
		t.Errorf("%d values were needed and have been given back at once", 100_000)
	}
	if !take(10) || len(p.chunks) != 0 {
		t.Errorf("%d chunks are kept for 10 values", len(p.chunks))
	}
	if take(10) || len(p.chunks) != 1 || p.used() != 0 {
		t.Errorf("%d chunks for 10 values, %d in use", len(p.chunks), p.used())
	}
}
