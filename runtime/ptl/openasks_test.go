package ptl

import (
	"math/rand/v2"
	"testing"
)

// Asks are opened in order, one after the other or several between two replies, and answered in any order, some after long; a few
// are of an earlier process, and their cells are others now.
func TestOpenAsksFindsEachAsk(t *testing.T) {
	for _, lanes := range []int{1, 3} {
		dice := rand.New(rand.NewPCG(uint64(lanes), 7))
		o := &openAsks[int64]{mark: 1, parts: make([]openPart[int64], lanes)}
		type asked struct {
			id   uint64
			cell uint32
			f    *Future[int64]
		}
		var open []asked
		for n := uint64(1); n <= 20_000; n++ {
			a := asked{id: n<<8 | dice.Uint64N(256)}
			if dice.IntN(50) > 0 {
				a.f = o.open(a.id)
				a.cell = a.f.cell
			} else {
				a.cell, a.f = dice.Uint32N(3000), &Future[int64]{futureHead: futureHead{id: a.id, asked: 1}}
				if !o.adopt(a.f) {
					t.Fatal("a future of that very type is not taken in")
				}
			}
			open = append(open, a)
			most := 10
			if n/2000%2 == 1 {
				most = 1500
			}
			for len(open) > most {
				i := dice.IntN(len(open))
				if dice.IntN(10) > 0 {
					i = len(open) - 1 - dice.IntN(min(len(open), 8)) // young ones mostly
				}
				a := open[i]
				if f := o.find(a.id, a.cell); f != a.f || f.id != a.id {
					t.Fatalf("%d lanes: ask %d is found at %v", lanes, a.id>>8, f)
				}
				o.release(&a.f.futureHead)
				if o.find(a.id, a.cell) != nil {
					t.Fatalf("%d lanes: ask %d is found when it is released", lanes, a.id>>8)
				}
				open = append(open[:i], open[i+1:]...)
			}
		}
		for _, a := range open {
			if o.find(a.id, a.cell) != a.f || a.f.id != a.id {
				t.Fatalf("%d lanes: ask %d is lost", lanes, a.id>>8)
			}
		}
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

// Values stay where they are while more are made.
func TestPoolKeepsValuesWhereTheyAre(t *testing.T) {
	var p pool[int64]
	var at []*int64
	for n := range int64(10_000) {
		number, v := p.take()
		if *v = n; int(number) != len(at)+1 {
			t.Fatalf("number %d comes behind %d others", number, len(at))
		}
		at = append(at, v)
	}
	for i, v := range at {
		if p.at(uint32(i+1)) != v || *v != int64(i) {
			t.Fatalf("number %d is %d", i+1, *p.at(uint32(i + 1)))
		}
	}
	if last := uint32(len(p.chunks) * poolChunk); p.has(0) || !p.has(last) || p.has(last+1) {
		t.Error("it is not known which numbers there are")
	}
	if most := 10_000 + poolChunks*poolChunk; len(p.chunks)*poolChunk > most {
		t.Errorf("there is room for %d values, %d at most are due", len(p.chunks)*poolChunk, most)
	}
	n, v := p.take()
	p.give(n)
	if again, w := p.take(); again != n || w != v {
		t.Error("what is free is not used again")
	}
}
