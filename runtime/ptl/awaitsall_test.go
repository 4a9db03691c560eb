package ptl

import "testing"

// TestAwaitsAllIsLinear: a handler that awaits a list looks at it when it begins to wait and when all have come, in whatever
// order they come, whatever else comes meanwhile, and even if one stands in the list twice.
func TestAwaitsAllIsLinear(t *testing.T) {
	const n = 1000
	l := NewLane("test", Runtime{})
	w := &Waiting[int64, struct{}]{table: &waitingTable[int64, struct{}]{parts: make([]waitingPart[int64, struct{}], 1)}}
	f, p := &frame[int64, struct{}]{}, &w.table.parts[0]
	cells := make([]Future[int64], 2*n) // the second half stands in no list
	var list []*Future[int64]
	for i := range cells {
		cells[i].end = 1
		if i < n {
			list = append(list, &cells[i])
		}
	}
	futures := ListOf(append(list, list[0], list[n/2])...)
	looks := 0
	look := func() (done bool) {
		looks++
		done = AwaitsAll(l, futures)
		w.waitsForAll(f, l.missing)
		return done
	}
	if look() {
		t.Fatal("nothing has come")
	}
	for i := range n {
		for _, by := range []*Future[int64]{&cells[n+i], &cells[i*7919%n]} {
			by.state = replied
			if p.stillMisses(f, &by.futureHead) {
				continue
			}
			if done := look(); done != (i == n-1 && by != &cells[n+i]) {
				t.Fatalf("after %d of %d replies: done is %v", i, n, done)
			}
		}
	}
	if looks != 2 {
		t.Errorf("the handler has looked %d times", looks)
	}

	cells[0].state = pending
	timer := &futureHead{} // belongs to no portal
	if look(); p.stillMisses(f, timer) {
		t.Error("a timer does not make the handler run")
	}
}
